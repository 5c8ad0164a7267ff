//! Why a rule is true, false or unknown: the sub-conditions that decided, with the values they saw.
//!
//! The explanation is minimal. Of a conjunction that is false only what is false is told, of one that is
//! unknown only what is unknown; disjunctions the other way round. Every condition is evaluated once.

use serde::Serialize;

use super::evaluate::{Evaluation, Item};
use super::function::Function;
use super::tree::{Node, Quantifier};
use super::{Rule, Truth, print};
use crate::fact::FactValue;
use crate::id::FactKey;

/// A condition that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The condition, in CEL.
    pub condition: String,
    /// What it says.
    pub truth: Truth,
    /// The values that it saw, in order of appearance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<SeenValue>,
    /// The elements of a list by which `all` or `covers` failed, or `exists` held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<String>,
    /// The facts without which it is unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingFact>,
    /// The conditions inside that decided, where it is composed of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}

/// A value that a condition saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenValue {
    /// The fact or parameter.
    pub fact: FactKey,
    /// Its value.
    pub value: FactValue,
    /// The rank of its evidence; none for a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_rank: Option<u8>,
}

/// A fact that a condition lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingFact {
    /// The fact or parameter.
    pub fact: FactKey,
    /// Why it does not count.
    pub lack: Lack,
    /// The value that is there but does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FactValue>,
    /// The rank of the evidence that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_rank: Option<u8>,
}

/// Why a fact does not count for a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// Nobody established it.
    Absent,
    /// Equally strong facts differ, and neither value is the worse one.
    Undecided,
    /// Its evidence has too low a rank.
    TooWeak,
    /// Its evidence has expired.
    Expired,
    /// Its list has more than [`MAXIMUM_WORDS`](super::MAXIMUM_WORDS) words.
    TooLong,
}

impl Rule {
    /// Tells why the rule says what it says under the values that `lookup` gives.
    ///
    /// The facts that it misses are told as [`Lack::Absent`] or [`Lack::TooLong`]; who knows more of them
    /// may say so afterwards.
    pub fn explain<'v>(
        &'v self,
        lookup: impl Fn(&FactKey) -> Option<&'v FactValue>,
    ) -> (Truth, Vec<Because>) {
        let mut evaluation = Evaluation::new(self.keys.iter().map(lookup).collect());
        let weighed = Weighed::new(&self.root, &mut evaluation);
        let teller = Teller {
            keys: &self.keys,
            evaluation,
        };
        (Truth::of(weighed.truth), teller.reasons(weighed))
    }
}

/// A condition with what it says, and its parts where it is composed of conditions.
struct Weighed<'v> {
    node: &'v Node,
    truth: Option<bool>,
    elements: Vec<String>,
    /// The parts that decided.
    parts: Vec<Weighed<'v>>,
}

impl<'v> Weighed<'v> {
    fn new(node: &'v Node, evaluation: &mut Evaluation<'v>) -> Self {
        let composed = |parts: Vec<Self>, truth| Self {
            node,
            truth,
            elements: Vec::new(),
            parts,
        };
        match node {
            Node::And(nodes) | Node::Or(nodes) => {
                let decides = matches!(node, Node::Or(_));
                let mut parts: Vec<_> = nodes
                    .iter()
                    .map(|part| Self::new(part, evaluation))
                    .collect();
                let truth = if parts.iter().any(|part| part.truth == Some(decides)) {
                    Some(decides)
                } else if parts.iter().any(|part| part.truth.is_none()) {
                    None
                } else {
                    Some(!decides)
                };
                // Where all parts are needed, all have this truth; otherwise the others had no say.
                parts.retain(|part| part.truth == truth);
                composed(parts, truth)
            }
            Node::Not(inner) if matches!(**inner, Node::And(_) | Node::Or(_) | Node::Not(_)) => {
                let part = Self::new(inner, evaluation);
                let truth = part.truth.map(|truth| !truth);
                composed(vec![part], truth)
            }
            Node::Choose(nodes) => {
                let [condition, then, otherwise] = &**nodes;
                let condition = Self::new(condition, evaluation);
                let Some(met) = condition.truth else {
                    return composed(vec![condition], None);
                };
                let chosen = Self::new(if met { then } else { otherwise }, evaluation);
                let truth = chosen.truth;
                composed(vec![condition, chosen], truth)
            }
            _ => {
                let truth = evaluation.truth(node);
                Self {
                    node,
                    truth,
                    elements: deciding(node, truth, evaluation),
                    parts: Vec::new(),
                }
            }
        }
    }
}

/// The elements by which a condition over a list is decided.
fn deciding<'v>(
    node: &'v Node,
    truth: Option<bool>,
    evaluation: &mut Evaluation<'v>,
) -> Vec<String> {
    let Some(truth) = truth else {
        return Vec::new();
    };
    let words = |items: Vec<Item<'v>>| items.iter().map(ToString::to_string).collect();
    match node {
        Node::Not(inner) => deciding(inner, Some(!truth), evaluation),
        Node::Each {
            quantifier: Quantifier::All | Quantifier::Exists,
            range,
            condition,
            ..
        } => {
            // An `all` that holds and an `exists` that does not rest on every element.
            let is_all = matches!(
                node,
                Node::Each {
                    quantifier: Quantifier::All,
                    ..
                }
            );
            if is_all == truth {
                return Vec::new();
            }
            let Some(range) = evaluation.value(range) else {
                return Vec::new();
            };
            words(
                range
                    .elements()
                    .filter(|one| evaluation.under(one.clone(), condition) == Some(truth))
                    .collect(),
            )
        }
        Node::Call(Function::Covers, arguments) if !truth => {
            let [have, needed] = arguments.as_slice() else {
                return Vec::new();
            };
            let (Some(have), Some(needed)) = (evaluation.value(have), evaluation.value(needed))
            else {
                return Vec::new();
            };
            words(
                needed
                    .elements()
                    .filter(|one| evaluation.holds(&have, one) == Some(false))
                    .collect(),
            )
        }
        _ => Vec::new(),
    }
}

struct Teller<'v> {
    keys: &'v [FactKey],
    evaluation: Evaluation<'v>,
}

impl<'v> Teller<'v> {
    /// The reasons of a whole rule: the rule itself need not be repeated where its parts say it all.
    fn reasons(&self, weighed: Weighed<'v>) -> Vec<Because> {
        match weighed.node {
            Node::And(_) | Node::Or(_) => weighed
                .parts
                .into_iter()
                .map(|part| self.tell(part))
                .collect(),
            _ => vec![self.tell(weighed)],
        }
    }

    fn tell(&self, weighed: Weighed<'v>) -> Because {
        let mut because = Because {
            condition: print::text(weighed.node, self.keys),
            truth: Truth::of(weighed.truth),
            values: Vec::new(),
            elements: weighed.elements,
            missing: Vec::new(),
            because: Vec::new(),
        };
        if weighed.parts.is_empty() {
            for slot in weighed.node.facts() {
                self.see(slot, weighed.truth.is_none(), &mut because);
            }
        } else {
            because.because = weighed
                .parts
                .into_iter()
                .map(|part| self.tell(part))
                .collect();
        }
        because
    }

    fn see(&self, slot: usize, open: bool, because: &mut Because) {
        let (Some(fact), given) = (self.keys.get(slot), self.evaluation.given(slot)) else {
            return;
        };
        match given {
            Some(value) if self.evaluation.is_known(slot) => because.values.push(SeenValue {
                fact: fact.clone(),
                value: value.clone(),
                proof_rank: None,
            }),
            // A condition can be decided without all of its facts.
            _ if !open => {}
            _ => because.missing.push(MissingFact {
                fact: fact.clone(),
                lack: if given.is_some() {
                    Lack::TooLong
                } else {
                    Lack::Absent
                },
                value: None,
                proof_rank: None,
            }),
        }
    }
}
