//! Values of formulas.

use super::{Comparison, Condition, FormulaFault, Function, Number, Operation, print};
use crate::exact::Exact;

pub(super) fn number(
    node: &Number,
    lookup: &impl Fn(&str) -> Option<Exact>,
) -> Result<Exact, FormulaFault> {
    match node {
        Number::Literal(value) => Ok(value.clone()),
        Number::Name(name) => lookup(name).ok_or_else(|| FormulaFault {
            code: "formula-without-value",
            message: format!("`{name}` has no value here"),
            help: "use a name that has a value, or give it one".to_owned(),
            at: None,
        }),
        Number::Negative(operand) => Ok(number(operand, lookup)?.negated()),
        Number::Calculate(operation, sides) => {
            let [left, right] = &**sides;
            let (one, other) = (number(left, lookup)?, number(right, lookup)?);
            Ok(match operation {
                Operation::Add => one.plus(&other),
                Operation::Subtract => one.minus(&other),
                Operation::Multiply => one.times(&other),
                Operation::Divide => one.over(&other).ok_or_else(|| FormulaFault {
                    code: "formula-division-by-zero",
                    message: format!(
                        "`{}` divides by zero: `{}`",
                        print::source(node),
                        print::shown(node, lookup)
                    ),
                    help: "guard it with a condition: `x == 0 ? 0 : 1 / x`".to_owned(),
                    at: None,
                })?,
            })
        }
        Number::Choose(choice) => {
            let branch = if condition(&choice.condition, lookup)? {
                &choice.then
            } else {
                &choice.otherwise
            };
            number(branch, lookup)
        }
        Number::Call(function, arguments) => {
            let values: Vec<_> = arguments
                .iter()
                .map(|argument| number(argument, lookup))
                .collect::<Result<_, _>>()?;
            Ok(call(*function, values))
        }
    }
}

/// The arguments of every call are at least one.
fn call(function: Function, values: Vec<Exact>) -> Exact {
    let value = match function {
        Function::Least => values.into_iter().min(),
        Function::Greatest => values.into_iter().max(),
        Function::Size => values.first().map(Exact::abs),
        Function::Round(mode, digits) => values.first().map(|value| value.round(mode, digits)),
    };
    value.unwrap_or_else(Exact::zero)
}

/// Whether a condition holds; the right side is looked at only where the left does not decide.
pub(super) fn condition(
    node: &Condition,
    lookup: &impl Fn(&str) -> Option<Exact>,
) -> Result<bool, FormulaFault> {
    Ok(match node {
        Condition::Compare(comparison, sides) => {
            let [left, right] = &**sides;
            comparison.holds(&number(left, lookup)?, &number(right, lookup)?)
        }
        Condition::Not(operand) => !condition(operand, lookup)?,
        Condition::And(sides) => {
            let [left, right] = &**sides;
            condition(left, lookup)? && condition(right, lookup)?
        }
        Condition::Or(sides) => {
            let [left, right] = &**sides;
            condition(left, lookup)? || condition(right, lookup)?
        }
    })
}

impl Comparison {
    fn holds(self, left: &Exact, right: &Exact) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// Factor and constant of a node in `name`.
pub(super) fn affine(
    node: &Number,
    name: &str,
    lookup: &impl Fn(&str) -> Option<Exact>,
) -> Option<(Exact, Exact)> {
    let alone = |value: Exact| (Exact::zero(), value);
    match node {
        Number::Literal(value) => Some(alone(value.clone())),
        Number::Name(one) if one == name => Some((Exact::one(), Exact::zero())),
        Number::Name(one) => lookup(one).map(alone),
        Number::Negative(operand) => {
            let (factor, constant) = affine(operand, name, lookup)?;
            Some((factor.negated(), constant.negated()))
        }
        Number::Calculate(operation, sides) => {
            let [left, right] = &**sides;
            let one = affine(left, name, lookup)?;
            let other = affine(right, name, lookup)?;
            Some(match operation {
                Operation::Add => (one.0.plus(&other.0), one.1.plus(&other.1)),
                Operation::Subtract => (one.0.minus(&other.0), one.1.minus(&other.1)),
                Operation::Multiply if other.0.is_zero() => {
                    (one.0.times(&other.1), one.1.times(&other.1))
                }
                Operation::Multiply if one.0.is_zero() => {
                    (one.1.times(&other.0), one.1.times(&other.1))
                }
                Operation::Divide if other.0.is_zero() => {
                    (one.0.over(&other.1)?, one.1.over(&other.1)?)
                }
                Operation::Multiply | Operation::Divide => return None,
            })
        }
        Number::Choose(choice) => {
            let branch = if settled(&choice.condition, name, lookup)? {
                &choice.then
            } else {
                &choice.otherwise
            };
            affine(branch, name, lookup)
        }
        Number::Call(function, arguments) => {
            let values = arguments
                .iter()
                .map(|argument| settled_number(argument, name, lookup))
                .collect::<Option<_>>()?;
            Some(alone(call(*function, values)))
        }
    }
}

/// The value of a node that does not depend on `name`.
fn settled_number(
    node: &Number,
    name: &str,
    lookup: &impl Fn(&str) -> Option<Exact>,
) -> Option<Exact> {
    let (factor, constant) = affine(node, name, lookup)?;
    factor.is_zero().then_some(constant)
}

/// Whether a condition that does not depend on `name` holds.
fn settled(node: &Condition, name: &str, lookup: &impl Fn(&str) -> Option<Exact>) -> Option<bool> {
    Some(match node {
        Condition::Compare(comparison, sides) => {
            let [left, right] = &**sides;
            comparison.holds(
                &settled_number(left, name, lookup)?,
                &settled_number(right, name, lookup)?,
            )
        }
        Condition::Not(operand) => !settled(operand, name, lookup)?,
        Condition::And(sides) => {
            let [left, right] = &**sides;
            settled(left, name, lookup)? && settled(right, name, lookup)?
        }
        Condition::Or(sides) => {
            let [left, right] = &**sides;
            settled(left, name, lookup)? || settled(right, name, lookup)?
        }
    })
}
