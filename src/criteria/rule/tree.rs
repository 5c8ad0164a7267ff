//! The typed form of a rule: what the checker makes of the syntax tree.

use std::fmt;

use super::function::Function;
use crate::fact::vocabulary::FactType;
use crate::time::Date;

/// The type of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Bool,
    Integer,
    Text,
    Date,
}

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    One(Scalar),
    List(Scalar),
    /// The list `[]`, which goes with every list.
    Empty,
    /// What a fault left open; it goes with everything, so that one mistake is told once.
    Open,
}

impl Type {
    pub(super) const BOOL: Self = Self::One(Scalar::Bool);
    pub(super) const INTEGER: Self = Self::One(Scalar::Integer);
    pub(super) const TEXT: Self = Self::One(Scalar::Text);
    pub(super) const DATE: Self = Self::One(Scalar::Date);

    /// The type of a declared fact.
    pub(super) fn of(kind: FactType) -> Self {
        match kind {
            FactType::Bool => Self::BOOL,
            FactType::Integer => Self::INTEGER,
            FactType::Date => Self::DATE,
            FactType::Text => Self::TEXT,
            FactType::List => Self::List(Scalar::Text),
        }
    }

    /// The type of the elements; `None` for what is no list.
    pub(super) fn element(self) -> Option<Self> {
        match self {
            Self::List(scalar) => Some(Self::One(scalar)),
            Self::Empty | Self::Open => Some(Self::Open),
            Self::One(_) => None,
        }
    }

    /// Whether a value of one type may stand where the other is meant.
    pub(super) fn goes_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::Open, _)
            | (_, Self::Open)
            | (Self::Empty, Self::List(_))
            | (Self::List(_), Self::Empty) => true,
            (left, right) => left == right,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Date => "date",
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(scalar) => scalar.fmt(formatter),
            Self::List(scalar) => write!(formatter, "list of {scalar}"),
            Self::Empty => formatter.write_str("empty list"),
            Self::Open => formatter.write_str("value"),
        }
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// An operation on whole numbers; the first joins lists as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// How a condition is asked of the elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Exists,
    ExistsOne,
}

/// An expression whose types have been checked.
#[derive(Debug)]
pub(super) enum Node {
    Bool(bool),
    Integer(i64),
    Text(String),
    Date(Date),
    /// A fact or parameter, by its place among the keys of the rule.
    Fact(usize),
    /// A bound name, by its depth among those in scope.
    Variable(usize, String),
    List(Vec<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `condition ? then : otherwise`.
    Choose(Box<[Node; 3]>),
    Compare(Comparison, Box<[Node; 2]>),
    Calculate(Operation, Box<[Node; 2]>),
    Negative(Box<Node>),
    /// `element in list`.
    In(Box<[Node; 2]>),
    Each {
        quantifier: Quantifier,
        name: String,
        range: Box<Node>,
        condition: Box<Node>,
    },
    /// `map` and `filter`.
    Gather {
        name: String,
        range: Box<Node>,
        condition: Option<Box<Node>>,
        item: Box<Node>,
    },
    Call(Function, Vec<Node>),
}

impl Node {
    /// The parts that the expression is made of, in order.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Bool(_)
            | Self::Integer(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::Fact(_)
            | Self::Variable(..) => Vec::new(),
            Self::List(nodes) | Self::And(nodes) | Self::Or(nodes) | Self::Call(_, nodes) => {
                nodes.iter().collect()
            }
            Self::Not(node) | Self::Negative(node) => vec![node],
            Self::Choose(nodes) => nodes.iter().collect(),
            Self::Compare(_, nodes) | Self::Calculate(_, nodes) | Self::In(nodes) => {
                nodes.iter().collect()
            }
            Self::Each {
                range, condition, ..
            } => vec![range, condition],
            Self::Gather {
                range,
                condition,
                item,
                ..
            } => std::iter::once(&**range)
                .chain(condition.as_deref())
                .chain([&**item])
                .collect(),
        }
    }

    /// The facts and parameters in it, each once, in order of appearance.
    pub(super) fn facts(&self) -> Vec<usize> {
        fn gather(node: &Node, found: &mut Vec<usize>) {
            if let Node::Fact(slot) = node
                && !found.contains(slot)
            {
                found.push(*slot);
            }
            for part in node.parts() {
                gather(part, found);
            }
        }
        let mut found = Vec::new();
        gather(self, &mut found);
        found
    }
}
