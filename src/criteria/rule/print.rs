//! A typed expression as CEL again, with no more parentheses than it needs.

use super::tree::{Comparison, Node, Operation, Quantifier};
use crate::id::FactKey;

/// How tightly an expression binds, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Choose,
    Or,
    And,
    Compare,
    Add,
    Multiply,
    Unary,
    Primary,
}

/// Writes an expression whose facts stand in `keys`.
pub(super) fn text(node: &Node, keys: &[FactKey]) -> String {
    let mut out = String::new();
    Printer { keys }.write(node, Binding::Choose, &mut out);
    out
}

struct Printer<'a> {
    keys: &'a [FactKey],
}

fn binding(node: &Node) -> Binding {
    match node {
        Node::Choose(_) => Binding::Choose,
        Node::Or(_) => Binding::Or,
        Node::And(_) => Binding::And,
        Node::Compare(..) | Node::In(_) => Binding::Compare,
        Node::Calculate(Operation::Add | Operation::Subtract, _) => Binding::Add,
        Node::Calculate(..) => Binding::Multiply,
        Node::Not(_) | Node::Negative(_) => Binding::Unary,
        Node::Integer(number) if *number < 0 => Binding::Unary,
        _ => Binding::Primary,
    }
}

impl Comparison {
    fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Operation {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// A text as CEL writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

impl Printer<'_> {
    fn write(&self, node: &Node, least: Binding, out: &mut String) {
        let own = binding(node);
        if own < least {
            out.push('(');
            self.bare(node, own, out);
            out.push(')');
        } else {
            self.bare(node, own, out);
        }
    }

    fn bare(&self, node: &Node, own: Binding, out: &mut String) {
        match node {
            Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Node::Integer(number) => out.push_str(&number.to_string()),
            Node::Text(text) => out.push_str(&quoted(text)),
            Node::Date(day) => out.push_str(&quoted(&day.to_string())),
            Node::Fact(slot) => {
                out.push_str(self.keys.get(*slot).map_or("?", FactKey::as_str));
            }
            Node::Variable(_, name) => out.push_str(name),
            Node::List(nodes) => {
                out.push('[');
                self.joined(nodes, ", ", Binding::Choose, out);
                out.push(']');
            }
            Node::Not(node) => {
                out.push('!');
                self.write(node, Binding::Primary, out);
            }
            Node::Negative(node) => {
                out.push('-');
                self.write(node, Binding::Primary, out);
            }
            Node::And(nodes) => self.joined(nodes, " && ", Binding::Compare, out),
            Node::Or(nodes) => self.joined(nodes, " || ", Binding::And, out),
            Node::Choose(nodes) => {
                let [condition, then, otherwise] = &**nodes;
                self.write(condition, Binding::Or, out);
                out.push_str(" ? ");
                self.write(then, Binding::Or, out);
                out.push_str(" : ");
                self.write(otherwise, Binding::Choose, out);
            }
            Node::Compare(comparison, nodes) => self.between(nodes, comparison.symbol(), own, out),
            Node::In(nodes) => self.between(nodes, "in", own, out),
            Node::Calculate(operation, nodes) => self.between(nodes, operation.symbol(), own, out),
            Node::Each {
                quantifier,
                name,
                range,
                condition,
            } => {
                let word = match quantifier {
                    Quantifier::All => "all",
                    Quantifier::Exists => "exists",
                    Quantifier::ExistsOne => "exists_one",
                };
                self.macro_call(range, word, name, &[condition], out);
            }
            Node::Gather {
                name,
                range,
                condition,
                item,
            } => match (condition, &**item) {
                (None, item) => self.macro_call(range, "map", name, &[item], out),
                (Some(condition), Node::Variable(_, same)) if same == name => {
                    self.macro_call(range, "filter", name, &[condition], out);
                }
                (Some(condition), item) => {
                    self.macro_call(range, "map", name, &[condition, item], out);
                }
            },
            Node::Call(function, arguments) => {
                let (name, behind_dot) = function.spelling();
                let mut arguments = arguments.as_slice();
                if behind_dot && let Some((first, rest)) = arguments.split_first() {
                    self.write(first, Binding::Primary, out);
                    out.push('.');
                    arguments = rest;
                }
                out.push_str(name);
                out.push('(');
                self.joined(arguments, ", ", Binding::Choose, out);
                out.push(')');
            }
        }
    }

    /// Both sides of an operator that reads from the left.
    fn between(&self, nodes: &[Node; 2], symbol: &str, own: Binding, out: &mut String) {
        let [left, right] = nodes;
        let tighter = match own {
            Binding::Compare => Binding::Add,
            Binding::Add => Binding::Multiply,
            _ => Binding::Unary,
        };
        let left_least = if own == Binding::Compare {
            tighter
        } else {
            own
        };
        self.write(left, left_least, out);
        out.push(' ');
        out.push_str(symbol);
        out.push(' ');
        self.write(right, tighter, out);
    }

    fn joined(&self, nodes: &[Node], between: &str, least: Binding, out: &mut String) {
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            self.write(node, least, out);
        }
    }

    fn macro_call(
        &self,
        range: &Node,
        word: &str,
        name: &str,
        arguments: &[&Node],
        out: &mut String,
    ) {
        self.write(range, Binding::Primary, out);
        out.push('.');
        out.push_str(word);
        out.push('(');
        out.push_str(name);
        for argument in arguments {
            out.push_str(", ");
            self.write(argument, Binding::Choose, out);
        }
        out.push(')');
    }
}
