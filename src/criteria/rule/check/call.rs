//! Operators and functions.

use cel::common::ast::{CallExpr, IdedExpr, operators};

use super::{Checker, Typed, a};
use crate::criteria::rule::function::{Function, names};
use crate::criteria::rule::tree::{Comparison, Node, Operation, Scalar, Type};
use crate::diagnostic::nearest;

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &CallExpr) -> Typed {
        let name = call.func_name.as_str();
        if call.target.is_none() {
            match (name, call.args.as_slice()) {
                (operators::LOGICAL_AND | operators::LOGICAL_OR, [left, right]) => {
                    return self.junction(name == operators::LOGICAL_AND, left, right);
                }
                (operators::LOGICAL_NOT, [operand]) => {
                    let operand = self.condition(operand, "`!`");
                    return Typed::new(Node::Not(Box::new(operand)), Type::BOOL);
                }
                (operators::NEGATE, [operand]) => return self.negative(operand),
                (operators::CONDITIONAL, [condition, then, otherwise]) => {
                    return self.choice(condition, then, otherwise);
                }
                (operators::IN, [element, list]) => return self.membership(element, list),
                (_, [left, right]) => {
                    if let Some(comparison) = comparison(name) {
                        return self.comparison(comparison, left, right);
                    }
                    if let Some(operation) = operation(name) {
                        return self.calculation(operation, left, right);
                    }
                }
                _ => {}
            }
        }
        match name {
            operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT => self.type_fault(
                "the rule takes an element of a list by its number".to_owned(),
                "lists of facts are sets; use `in`, `all` or `exists`",
            ),
            _ => self.function(call),
        }
    }

    /// A part that must be true or false.
    pub(super) fn condition(&mut self, expression: &IdedExpr, of: &str) -> Node {
        let typed = self.check(expression);
        if !typed.kind.goes_with(Type::BOOL) {
            let message = format!(
                "`{}` is {}, and {of} asks for true or false",
                self.text(&typed.node),
                a(typed.kind)
            );
            self.type_fault(message, "compare it with something");
        }
        typed.node
    }

    fn junction(&mut self, and: bool, left: &IdedExpr, right: &IdedExpr) -> Typed {
        let of = if and { "`&&`" } else { "`||`" };
        let mut parts = Vec::new();
        for side in [left, right] {
            match (self.condition(side, of), and) {
                (Node::And(inner), true) | (Node::Or(inner), false) => parts.extend(inner),
                (other, _) => parts.push(other),
            }
        }
        let node = if and {
            Node::And(parts)
        } else {
            Node::Or(parts)
        };
        Typed::new(node, Type::BOOL)
    }

    fn negative(&mut self, operand: &IdedExpr) -> Typed {
        let operand = self.check(operand);
        if !operand.kind.goes_with(Type::INTEGER) {
            let message = format!(
                "`{}` is {}, and `-` asks for an integer",
                self.text(&operand.node),
                a(operand.kind)
            );
            return self.type_fault(message, "`!` denies what is true or false");
        }
        Typed::new(Node::Negative(Box::new(operand.node)), Type::INTEGER)
    }

    fn choice(&mut self, condition: &IdedExpr, then: &IdedExpr, otherwise: &IdedExpr) -> Typed {
        let condition = self.condition(condition, "`?`");
        let (mut then, mut otherwise) = (self.check(then), self.check(otherwise));
        self.align(&mut then, &mut otherwise);
        if !then.kind.goes_with(otherwise.kind) {
            return self.unlike(&then, &otherwise, "chosen from by `?`");
        }
        let kind = match then.kind {
            Type::Open | Type::Empty => otherwise.kind,
            kind => kind,
        };
        let nodes = Box::new([condition, then.node, otherwise.node]);
        Typed::new(Node::Choose(nodes), kind)
    }

    fn membership(&mut self, element: &IdedExpr, list: &IdedExpr) -> Typed {
        let (mut element, mut list) = (self.check(element), self.check(list));
        self.align(&mut element, &mut list);
        match list.kind.element() {
            None => {
                let message = format!(
                    "`{}` is {}, and `in` asks for a list",
                    self.text(&list.node),
                    a(list.kind)
                );
                return self.type_fault(message, "compare single values with `==`");
            }
            Some(inner) if !inner.goes_with(element.kind) => {
                return self.unlike(&element, &list, "asked of each other with `in`");
            }
            Some(_) => {}
        }
        Typed::new(Node::In(Box::new([element.node, list.node])), Type::BOOL)
    }

    fn comparison(&mut self, comparison: Comparison, left: &IdedExpr, right: &IdedExpr) -> Typed {
        let (mut left, mut right) = (self.check(left), self.check(right));
        self.align(&mut left, &mut right);
        if !left.kind.goes_with(right.kind) {
            return self.unlike(&left, &right, "compared");
        }
        let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
        for side in [&left, &right] {
            let ordered = matches!(
                side.kind,
                Type::One(Scalar::Integer | Scalar::Text | Scalar::Date) | Type::Open
            );
            if !equality && !ordered {
                let message = format!(
                    "`{}` is {}, which has no order",
                    self.text(&side.node),
                    a(side.kind)
                );
                return self.type_fault(message, "compare the number of elements with `size`");
            }
            if let Node::List(nodes) = &side.node
                && !ascending(nodes)
            {
                let message = format!(
                    "`{}` is compared with a list of a fact, whose words are sorted",
                    self.text(&side.node)
                );
                return self.type_fault(message, "sort the words, or use `covers` both ways");
            }
        }
        let nodes = Box::new([left.node, right.node]);
        Typed::new(Node::Compare(comparison, nodes), Type::BOOL)
    }

    fn calculation(&mut self, operation: Operation, left: &IdedExpr, right: &IdedExpr) -> Typed {
        let (left, right) = (self.check(left), self.check(right));
        let is_list = |kind: Type| matches!(kind, Type::List(_) | Type::Empty);
        if operation == Operation::Add && (is_list(left.kind) || is_list(right.kind)) {
            if !left.kind.goes_with(right.kind) {
                return self.unlike(&left, &right, "joined by `+`");
            }
            let kind = if is_list(left.kind) && left.kind != Type::Empty {
                left.kind
            } else {
                right.kind
            };
            let nodes = Box::new([left.node, right.node]);
            return Typed::new(Node::Calculate(operation, nodes), kind);
        }
        for side in [&left, &right] {
            if !side.kind.goes_with(Type::INTEGER) {
                let message = format!(
                    "`{}` is {}, and `{}` asks for integers",
                    self.text(&side.node),
                    a(side.kind),
                    operation.symbol()
                );
                let help = match side.kind {
                    Type::One(Scalar::Date) => "use `months_after` and `days_between` for dates",
                    _ => "`mekiki facts` names the type of every fact",
                };
                return self.type_fault(message, help);
            }
        }
        let nodes = Box::new([left.node, right.node]);
        Typed::new(Node::Calculate(operation, nodes), Type::INTEGER)
    }

    fn function(&mut self, call: &CallExpr) -> Typed {
        let name = call.func_name.as_str();
        // A target that spells no fact may be the namespace of a function that we do not have.
        let function = Function::lookup(name, call.target.is_some());
        let Some(function) = function else {
            let near = nearest(name, names());
            let help = match (Function::lookup(name, call.target.is_none()), near) {
                (Some(function), _) if function.spelling().1 => {
                    format!("write it behind the text: `fact.{name}(…)`")
                }
                (Some(_), _) => format!("write `{name}(…)` with all its arguments in brackets"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => "`mekiki facts --doc` lists the functions".to_owned(),
            };
            let message = format!("there is no function `{name}` for this");
            return self.fault("rule-unknown-function", message, help);
        };
        let target = call.target.iter().map(AsRef::as_ref);
        let mut arguments: Vec<_> = target
            .chain(&call.args)
            .map(|argument| self.check(argument))
            .collect();
        let parameters = function.parameters();
        if arguments.len() != parameters.len() {
            let message = format!(
                "`{name}` is given {} arguments and takes {}",
                arguments.len(),
                parameters.len()
            );
            return self.type_fault(message, "`mekiki facts --doc` shows how it is called");
        }
        for (argument, parameter) in arguments.iter_mut().zip(parameters) {
            self.argument(function, argument, *parameter);
        }
        if function == Function::Covers {
            let mut pair = arguments;
            if let [have, needed] = pair.as_mut_slice()
                && have.kind.element().is_some()
                && needed.kind.element().is_some()
            {
                self.align(have, needed);
                if !have.kind.goes_with(needed.kind) {
                    return self.unlike(have, needed, "covered by each other");
                }
            }
            arguments = pair;
        }
        let nodes = arguments.into_iter().map(|one| one.node).collect();
        Typed::new(Node::Call(function, nodes), function.result())
    }

    fn argument(&mut self, function: Function, argument: &mut Typed, parameter: Option<Type>) {
        if parameter == Some(Type::DATE) {
            self.as_day(argument);
        }
        let fits = match parameter {
            Some(kind) => argument.kind.goes_with(kind),
            None => {
                argument.kind.element().is_some()
                    || (function == Function::Size && argument.kind == Type::TEXT)
            }
        };
        if !fits {
            let wanted = parameter.map_or_else(|| "a list".to_owned(), a);
            let message = format!(
                "`{}` is {}, and `{}` takes {wanted}",
                self.text(&argument.node),
                a(argument.kind),
                function.spelling().0
            );
            self.type_fault(message, "`mekiki facts --doc` shows how it is called");
        }
    }
}

/// Whether literal words stand in the order of a fact's.
fn ascending(nodes: &[Node]) -> bool {
    nodes.windows(2).all(|pair| match pair {
        [Node::Text(first), Node::Text(second)] => first < second,
        _ => true,
    })
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::Unequal,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::AtMost,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::AtLeast,
        _ => return None,
    })
}

fn operation(operator: &str) -> Option<Operation> {
    Some(match operator {
        operators::ADD => Operation::Add,
        operators::SUBSTRACT => Operation::Subtract,
        operators::MULTIPLY => Operation::Multiply,
        operators::DIVIDE => Operation::Divide,
        operators::MODULO => Operation::Remainder,
        _ => return None,
    })
}
