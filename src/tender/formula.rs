//! Formulas as data: exact arithmetic over the names that a procedure offers.
//!
//! The language is a small part of CEL: numbers, names, `+ - * /`, comparisons inside conditions, `? :`, and the
//! functions `min`, `max`, `abs`, `round_down`, `round_half_up`, `round_half_even` and `round_up`. The package
//! `cel` parses; types and values are ours. Division is that of rational numbers, and no floating point is used:
//! literals are read from the text of the formula. What the language lacks is refused, never approximated. To add a
//! function, add it to `Function` with its name and to the evaluator.

mod compile;
mod evaluate;
mod print;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use crate::exact::{Exact, RoundingMode};

/// The longest formula, in bytes.
pub const MAXIMUM_BYTES: usize = 4096;
/// The largest formula, in nodes of its syntax tree.
pub const MAXIMUM_NODES: usize = 500;
/// The deepest nesting of a formula's parts.
pub const MAXIMUM_DEPTH: usize = 100;

/// A compiled formula, whose value is a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    source: String,
    root: Number,
    /// Sorted, each once.
    names: Vec<String>,
}

/// Why a formula was refused, or why it has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaFault {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The bytes of the formula that are meant, where one place is meant.
    pub at: Option<Range<usize>>,
}

impl fmt::Display for FormulaFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for FormulaFault {}

impl Formula {
    /// Compiles a formula over `names`.
    ///
    /// # Errors
    ///
    /// `formula-too-large` or `formula-syntax` alone, or else all of `formula-unknown-name`,
    /// `formula-unknown-function`, `formula-number`, `formula-type` and `formula-not-expressible`.
    pub fn compile(source: &str, names: &[&str]) -> Result<Self, Vec<FormulaFault>> {
        compile::compile(source, names)
    }

    /// Whether a formula can use a word as a name: ASCII letters, digits and `_`, not first a digit, and no word of
    /// the language.
    pub fn is_name(word: &str) -> bool {
        compile::is_name(word)
    }

    /// The formula as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that the formula uses, sorted, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether the formula uses a name.
    pub fn uses(&self, name: &str) -> bool {
        self.names().any(|one| one == name)
    }

    /// Computes the value, exactly; only the branch of `? :` that is taken is computed.
    ///
    /// # Errors
    ///
    /// `formula-division-by-zero`, which quotes the part of the formula, and `formula-without-value` for a name
    /// that `lookup` has no value for.
    pub fn evaluate(&self, lookup: &impl Fn(&str) -> Option<Exact>) -> Result<Exact, FormulaFault> {
        evaluate::number(&self.root, lookup)
    }

    /// Writes the formula with the values of its names put in: `100 × (1 − 92000000 / 100000000)`.
    ///
    /// Of `condition ? then : otherwise` it writes what holds and the branch taken: `3 < 5 → 2 × 3`. A name without a
    /// value stays as it is written.
    pub fn shown(&self, lookup: &impl Fn(&str) -> Option<Exact>) -> String {
        print::shown(&self.root, lookup)
    }

    /// The factor and the constant, where the value is `factor × name + constant` for every value of `name`, all
    /// other names held at their values; `None` where it is not, or where there is no telling.
    ///
    /// There is no telling where a condition, `min`, `max`, `abs` or a rounding depends on `name`.
    pub fn affine_in(
        &self,
        name: &str,
        lookup: &impl Fn(&str) -> Option<Exact>,
    ) -> Option<(Exact, Exact)> {
        evaluate::affine(&self.root, name, lookup)
    }
}

/// An expression whose value is a number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Number {
    Literal(Exact),
    Name(String),
    Negative(Box<Number>),
    Calculate(Operation, Box<[Number; 2]>),
    Choose(Box<Choice>),
    Call(Function, Vec<Number>),
}

/// `condition ? then : otherwise`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    condition: Condition,
    then: Number,
    otherwise: Number,
}

/// An expression that holds or not.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Compare(Comparison, Box<[Number; 2]>),
    Not(Box<Condition>),
    And(Box<[Condition; 2]>),
    Or(Box<[Condition; 2]>),
}

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    /// The comparison that holds exactly where this one does not.
    fn denied(self) -> Self {
        match self {
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::Greater,
            Self::Greater => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Least,
    Greatest,
    Size,
    /// With the digits to keep, which are no argument of the node.
    Round(RoundingMode, u32),
}

impl Function {
    /// Every function with its name; the digits of a rounding follow later.
    const NAMES: [(&'static str, Self); 7] = [
        ("min", Self::Least),
        ("max", Self::Greatest),
        ("abs", Self::Size),
        ("round_down", Self::Round(RoundingMode::Down, 0)),
        ("round_half_up", Self::Round(RoundingMode::HalfUp, 0)),
        ("round_half_even", Self::Round(RoundingMode::HalfEven, 0)),
        ("round_up", Self::Round(RoundingMode::Up, 0)),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Least => "min",
            Self::Greatest => "max",
            Self::Size => "abs",
            Self::Round(RoundingMode::Down, _) => "round_down",
            Self::Round(RoundingMode::HalfUp, _) => "round_half_up",
            Self::Round(RoundingMode::HalfEven, _) => "round_half_even",
            Self::Round(RoundingMode::Up, _) => "round_up",
        }
    }
}
