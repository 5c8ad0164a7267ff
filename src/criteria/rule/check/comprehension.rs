//! The macros over lists. CEL's parser has unfolded them into comprehensions; their form is told again here.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, operators};

use super::{Bound, Checker, Typed, a};
use crate::criteria::rule::tree::{Node, Quantifier, Type};

/// What a comprehension was written as.
enum Macro<'e> {
    Each(Quantifier, &'e IdedExpr),
    Gather(Option<&'e IdedExpr>, &'e IdedExpr),
}

/// A call of an operator with two or three operands.
fn call<'e>(expression: &'e IdedExpr, operator: &str) -> Option<&'e [IdedExpr]> {
    match &expression.expr {
        Expr::Call(CallExpr {
            func_name,
            target: None,
            args,
        }) if func_name == operator => Some(args),
        _ => None,
    }
}

fn recognise(comprehension: &ComprehensionExpr) -> Option<Macro<'_>> {
    let is_result = |expression: &IdedExpr| matches!(&expression.expr, Expr::Ident(name) if *name == comprehension.accu_var);
    let step = &comprehension.loop_step;
    for (operator, quantifier) in [
        (operators::LOGICAL_AND, Quantifier::All),
        (operators::LOGICAL_OR, Quantifier::Exists),
    ] {
        if let Some([result, condition]) = call(step, operator)
            && is_result(result)
        {
            return Some(Macro::Each(quantifier, condition));
        }
    }
    // What is joined to the result: `[item]` of map and filter, 1 of exists_one.
    let joined = |expression| match call(expression, operators::ADD) {
        Some([result, more]) if is_result(result) => Some(&more.expr),
        _ => None,
    };
    if let Some([condition, more, result]) = call(step, operators::CONDITIONAL)
        && is_result(result)
    {
        return match joined(more)? {
            Expr::List(list) => Some(Macro::Gather(Some(condition), list.elements.first()?)),
            Expr::Literal(_) => Some(Macro::Each(Quantifier::ExistsOne, condition)),
            _ => None,
        };
    }
    match joined(step)? {
        Expr::List(list) => Some(Macro::Gather(None, list.elements.first()?)),
        _ => None,
    }
}

impl Checker<'_> {
    pub(super) fn comprehension(&mut self, comprehension: &ComprehensionExpr) -> Typed {
        let range = self.check(&comprehension.iter_range);
        let (Some(form), None) = (recognise(comprehension), &comprehension.iter_var2) else {
            return self.fault(
                "rule-unknown-function",
                "the rule uses a macro that is not for facts".to_owned(),
                "use `all`, `exists`, `exists_one`, `filter` or `map`",
            );
        };
        let Some(element) = range.kind.element() else {
            let message = format!(
                "`{}` is {}, and only a list has elements",
                self.text(&range.node),
                a(range.kind)
            );
            return self.type_fault(message, "compare single values directly");
        };
        let name = comprehension.iter_var.clone();
        self.bound.push(Bound {
            name: name.clone(),
            kind: element,
            words: range.words,
        });
        let (list, words) = (Box::new(range.node), range.words);
        let typed = match form {
            Macro::Each(quantifier, condition) => {
                let word = match quantifier {
                    Quantifier::All => "`all`",
                    Quantifier::Exists => "`exists`",
                    Quantifier::ExistsOne => "`exists_one`",
                };
                let condition = Box::new(self.condition(condition, word));
                let node = Node::Each {
                    quantifier,
                    name,
                    range: list,
                    condition,
                };
                Typed::new(node, Type::BOOL)
            }
            Macro::Gather(condition, item) => {
                let condition =
                    condition.map(|condition| Box::new(self.condition(condition, "a filter")));
                let item = self.check(item);
                let kind = match item.kind {
                    Type::One(scalar) => Type::List(scalar),
                    Type::Open => Type::Open,
                    Type::List(_) | Type::Empty => {
                        self.type_fault(
                            "a list of lists is gathered".to_owned(),
                            "gather single values",
                        );
                        Type::Open
                    }
                };
                let words = match item.node {
                    Node::Variable(..) => words,
                    _ => None,
                };
                let node = Node::Gather {
                    name,
                    range: list,
                    condition,
                    item: Box::new(item.node),
                };
                Typed { node, kind, words }
            }
        };
        self.bound.pop();
        typed
    }
}
