//! Rules: CEL expressions over facts, evaluated in three values.
//!
//! A fact that is not established makes an expression unknown. `&&` and `||` absorb the unknown where
//! the other side decides, as CEL's error semantics say, so a rule is true or false only where the
//! known facts force it (strong Kleene logic). Adding facts never turns true into false.
//!
//! The package `cel` parses; types, cost and values are ours, and a test holds them against it. To add a
//! function, add it to `function.rs` with its documentation and to the evaluator.

mod check;
mod cost;
mod evaluate;
mod explain;
mod function;
#[cfg(test)]
mod oracle;
mod print;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;

use cel::Program;
use cel::common::ast::{Expr, IdedExpr};
use serde::{Serialize, Serializer};

pub use self::cost::{MAXIMUM_STEPS, MAXIMUM_WORDS};
use self::evaluate::Evaluation;
pub use self::explain::{Because, Lack, MissingFact, SeenValue};
pub use self::function::{DOCUMENTED, FunctionDefinition};
use self::tree::Node;
use crate::fact::FactValue;
use crate::fact::vocabulary::Vocabulary;
use crate::id::FactKey;

/// The longest rule, in bytes.
const MAXIMUM_BYTES: usize = 4096;
/// The largest rule, in nodes of its syntax tree.
const MAXIMUM_NODES: usize = 500;
/// The deepest nesting of `all`, `exists` and their kin.
const MAXIMUM_COMPREHENSIONS: usize = 2;

/// What a rule says under the facts at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// The facts force it.
    True,
    /// The facts refute it.
    False,
    /// The facts do not decide.
    Unknown,
}

impl Truth {
    fn of(truth: Option<bool>) -> Self {
        match truth {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }

    /// Returns the word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }
}

impl Serialize for Truth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// A compiled rule.
pub struct Rule {
    source: String,
    root: Node,
    /// In order of appearance.
    keys: Vec<FactKey>,
    steps: u64,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Rule").field(&self.source).finish()
    }
}

/// Why a rule was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Rule {
    /// Compiles a rule whose every name is a declared key and whose every part has the type it needs.
    ///
    /// # Errors
    ///
    /// `rule-syntax`, `rule-too-large` or `rule-cost` alone, or else all of `rule-tests-presence`,
    /// `rule-unknown-fact`, `rule-unknown-function`, `rule-unknown-word` and `rule-type`.
    pub fn compile(source: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<RuleFault>> {
        let fault = |code, message: String, help: &str| {
            vec![RuleFault {
                code,
                message,
                help: help.to_owned(),
            }]
        };
        let too_large =
            |message: String| fault("rule-too-large", message, "split the criterion in two");
        if source.len() > MAXIMUM_BYTES {
            return Err(too_large(format!(
                "the rule is longer than {MAXIMUM_BYTES} bytes"
            )));
        }
        let program = Program::compile(source).map_err(|errors| {
            let message = errors.to_string();
            let message = message
                .lines()
                .find(|line| line.contains("ERROR"))
                .unwrap_or(message.lines().next().unwrap_or_default());
            fault(
                "rule-syntax",
                format!("the rule is not CEL: {}", message.trim()),
                "see the CEL language definition; facts are written like `sbom.delivered`",
            )
        })?;
        let size = Size::of(program.expression());
        if size.nodes > MAXIMUM_NODES || size.comprehensions > MAXIMUM_COMPREHENSIONS {
            return Err(too_large(format!(
                "the rule has {} nodes and {} nested comprehensions; {MAXIMUM_NODES} and {MAXIMUM_COMPREHENSIONS} are the limits",
                size.nodes, size.comprehensions
            )));
        }
        let checked = check::check(program.expression(), vocabulary)?;
        let steps = cost::steps(&checked.root, &checked.is_list);
        if steps > MAXIMUM_STEPS {
            return Err(fault(
                "rule-cost",
                format!(
                    "the rule can take {steps} steps over lists of {MAXIMUM_WORDS} words; {MAXIMUM_STEPS} is the limit"
                ),
                "compare fewer lists with each other, or split the criterion in two",
            ));
        }
        Ok(Self {
            source: source.to_owned(),
            root: checked.root,
            keys: checked.keys,
            steps,
        })
    }

    /// The rule as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The facts and parameters that the rule names, in order of appearance.
    pub fn keys(&self) -> impl Iterator<Item = &FactKey> {
        self.keys.iter()
    }

    /// The most steps that an evaluation takes, whatever the facts are; at most [`MAXIMUM_STEPS`].
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Evaluates the rule under the known values.
    pub fn evaluate(&self, known: &BTreeMap<&FactKey, &FactValue>) -> Truth {
        self.evaluate_by(|key| known.get(key).copied())
    }

    /// Evaluates the rule under the values that `lookup` knows; it is asked once for each key.
    pub fn evaluate_by<'v>(&'v self, lookup: impl Fn(&FactKey) -> Option<&'v FactValue>) -> Truth {
        let known = self.keys.iter().map(lookup).collect();
        Truth::of(Evaluation::new(known).truth(&self.root))
    }
}

/// The size of a syntax tree.
#[derive(Default)]
struct Size {
    nodes: usize,
    comprehensions: usize,
}

impl Size {
    fn of(expression: &IdedExpr) -> Self {
        let mut size = Self::default();
        size.add(expression, 0);
        size
    }

    fn add(&mut self, expression: &IdedExpr, depth: usize) {
        self.nodes += 1;
        match &expression.expr {
            // The key of a fact is one node, however many dots it has.
            Expr::Select(select) if check::dotted(expression).is_none() => {
                self.add(&select.operand, depth);
            }
            Expr::Call(call) => {
                for argument in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                    self.add(argument, depth);
                }
            }
            Expr::List(list) => list.elements.iter().for_each(|one| self.add(one, depth)),
            Expr::Comprehension(comprehension) => {
                let depth = depth + 1;
                self.comprehensions = self.comprehensions.max(depth);
                for part in [
                    &comprehension.iter_range,
                    &comprehension.accu_init,
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ] {
                    self.add(part, depth);
                }
            }
            _ => {}
        }
    }
}
