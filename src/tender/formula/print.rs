//! Formulas as text again, with no more parentheses than they need.

use super::{Comparison, Condition, Function, Number, Operation, evaluate};
use crate::exact::Exact;

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

/// Writes a part in the language of formulas.
pub(super) fn source(node: &Number) -> String {
    let mut printer = Printer {
        out: String::new(),
        value: &|_| None,
        holds: &|_| None,
        shown: false,
    };
    printer.number(node, Binding::Choose, true);
    printer.out
}

/// Writes a part for people, with the values of its names.
pub(super) fn shown(node: &Number, lookup: &impl Fn(&str) -> Option<Exact>) -> String {
    let mut printer = Printer {
        out: String::new(),
        value: &|name| lookup(name),
        holds: &|condition| evaluate::condition(condition, lookup).ok(),
        shown: true,
    };
    printer.number(node, Binding::Choose, true);
    printer.out
}

struct Printer<'a> {
    out: String,
    value: &'a dyn Fn(&str) -> Option<Exact>,
    /// Whether a condition holds, where only the branch that is taken is written.
    holds: &'a dyn Fn(&Condition) -> Option<bool>,
    /// For people rather than for the parser.
    shown: bool,
}

impl Printer<'_> {
    /// Writes a node in parentheses where it binds more loosely than `least`; a sign needs them as well, except
    /// at the `head` of what stands between two parentheses.
    fn number(&mut self, node: &Number, least: Binding, head: bool) {
        match node {
            Number::Literal(value) => self.value(value, least, head),
            Number::Name(name) => match (self.value)(name) {
                Some(value) => self.value(&value, least, head),
                None => self.out.push_str(name),
            },
            Number::Negative(operand) => self.grouped(Binding::Unary, least, head, |printer, _| {
                printer.out.push_str(if printer.shown { "−" } else { "-" });
                printer.number(operand, Binding::Primary, false);
            }),
            Number::Calculate(operation, sides) => {
                let [left, right] = &**sides;
                let (own, tighter) = match operation {
                    Operation::Add | Operation::Subtract => (Binding::Add, Binding::Multiply),
                    Operation::Multiply | Operation::Divide => (Binding::Multiply, Binding::Unary),
                };
                self.grouped(own, least, head, |printer, head| {
                    printer.number(left, own, head);
                    printer.out.push_str(operation.symbol(printer.shown));
                    printer.number(right, tighter, false);
                });
            }
            Number::Choose(choice) => {
                self.grouped(Binding::Choose, least, head, |printer, _| {
                    if let Some(holds) = (printer.holds)(&choice.condition) {
                        printer.condition(&choice.condition, holds, Binding::Or);
                        printer.out.push_str(" → ");
                        let branch = if holds {
                            &choice.then
                        } else {
                            &choice.otherwise
                        };
                        printer.number(branch, Binding::Choose, true);
                    } else {
                        printer.condition(&choice.condition, true, Binding::Or);
                        printer.out.push_str(" ? ");
                        printer.number(&choice.then, Binding::Or, true);
                        printer.out.push_str(" : ");
                        printer.number(&choice.otherwise, Binding::Choose, true);
                    }
                });
            }
            Number::Call(function, arguments) => {
                self.out.push_str(function.name());
                self.out.push('(');
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    self.number(argument, Binding::Choose, true);
                }
                if let Function::Round(_, digits) = function {
                    self.out.push_str(", ");
                    self.out.push_str(&digits.to_string());
                }
                self.out.push(')');
            }
        }
    }

    /// Writes a value: a fraction binds like a division, a negative number like a sign.
    fn value(&mut self, value: &Exact, least: Binding, head: bool) {
        let text = value.to_string();
        let own = if text.contains('/') {
            Binding::Multiply
        } else if value.is_negative() {
            Binding::Unary
        } else {
            Binding::Primary
        };
        // The sign of a fraction is a sign, too.
        let least = if value.is_negative() && !head {
            Binding::Primary
        } else {
            least
        };
        self.grouped(own, least, head, |printer, _| {
            if printer.shown {
                printer.out.push_str(&text.replace('-', "−"));
            } else {
                printer.out.push_str(&text);
            }
        });
    }

    /// Writes a part that binds by `own`; the part is told whether it stands at a head.
    fn grouped(
        &mut self,
        own: Binding,
        least: Binding,
        head: bool,
        write: impl FnOnce(&mut Self, bool),
    ) {
        if own < least || (own == Binding::Unary && !head) {
            self.out.push('(');
            write(self, true);
            self.out.push(')');
        } else {
            write(self, head);
        }
    }

    /// Writes a condition, or what holds when it does not.
    fn condition(&mut self, node: &Condition, holds: bool, least: Binding) {
        match node {
            Condition::Compare(comparison, sides) => {
                let comparison = if holds {
                    *comparison
                } else {
                    comparison.denied()
                };
                let [left, right] = &**sides;
                self.grouped(Binding::Compare, least, true, |printer, _| {
                    printer.number(left, Binding::Add, true);
                    printer.out.push_str(comparison.symbol(printer.shown));
                    printer.number(right, Binding::Add, true);
                });
            }
            Condition::Not(operand) => self.condition(operand, !holds, least),
            // Not both is the one not or the other not.
            Condition::And(sides) => self.both(sides, holds, holds, least),
            Condition::Or(sides) => self.both(sides, !holds, holds, least),
        }
    }

    fn both(&mut self, sides: &[Condition; 2], and: bool, holds: bool, least: Binding) {
        let (own, sign) = match (and, self.shown) {
            (true, true) => (Binding::And, " ∧ "),
            (true, false) => (Binding::And, " && "),
            (false, true) => (Binding::Or, " ∨ "),
            (false, false) => (Binding::Or, " || "),
        };
        let [left, right] = sides;
        self.grouped(own, least, true, |printer, _| {
            printer.condition(left, holds, own);
            printer.out.push_str(sign);
            printer.condition(right, holds, own);
        });
    }
}

impl Operation {
    fn symbol(self, shown: bool) -> &'static str {
        match (self, shown) {
            (Self::Add, _) => " + ",
            (Self::Subtract, true) => " − ",
            (Self::Subtract, false) => " - ",
            (Self::Multiply, true) => " × ",
            (Self::Multiply, false) => " * ",
            (Self::Divide, _) => " / ",
        }
    }
}

impl Comparison {
    fn symbol(self, shown: bool) -> &'static str {
        match (self, shown) {
            (Self::Equal, true) => " = ",
            (Self::Equal, false) => " == ",
            (Self::Unequal, true) => " ≠ ",
            (Self::Unequal, false) => " != ",
            (Self::Less, _) => " < ",
            (Self::AtMost, true) => " ≤ ",
            (Self::AtMost, false) => " <= ",
            (Self::Greater, _) => " > ",
            (Self::AtLeast, true) => " ≥ ",
            (Self::AtLeast, false) => " >= ",
        }
    }
}
