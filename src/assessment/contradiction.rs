//! Contradictions: facts in force that cannot both hold. Always shown, never averaged.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evidence::Citation;
use crate::fact::vocabulary::Vocabulary;
use crate::fact::{Fact, FactValue};
use crate::id::FactKey;
use crate::time::Date;

/// Two or more facts of one key with different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The fact.
    pub fact: FactKey,
    /// What each side says, strongest proof first.
    pub sides: Vec<Side>,
    /// Every place, strongest proof first.
    pub citations: Vec<Citation>,
}

/// One side of a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// What it says.
    pub value: FactValue,
    /// How strongly it is proven.
    pub proof_rank: u8,
    /// Where it stands.
    pub citations: Vec<Citation>,
}

/// Finds the contradictions among facts that are in force on a day, sorted by key.
pub fn find(vocabulary: &Vocabulary, facts: &[Fact], as_of: Date) -> Vec<Contradiction> {
    let mut by_key: BTreeMap<&FactKey, Vec<&Fact>> = BTreeMap::new();
    let in_force = facts
        .iter()
        .filter(|fact| fact.valid_until.is_none_or(|last| last >= as_of));
    for fact in in_force.filter(|fact| vocabulary.lookup(fact.key.as_str()).is_some()) {
        by_key.entry(&fact.key).or_default().push(fact);
    }
    by_key
        .into_iter()
        .filter(|(_, facts)| {
            facts
                .iter()
                .any(|fact| Some(&fact.value) != facts.first().map(|first| &first.value))
        })
        .map(|(key, mut facts)| {
            facts.sort_by(|left, right| right.rank.cmp(&left.rank).then_with(|| left.cmp(right)));
            let sides: Vec<_> = facts
                .iter()
                .map(|fact| Side {
                    value: fact.value.clone(),
                    proof_rank: fact.rank.number(),
                    citations: fact.citations.clone(),
                })
                .collect();
            let citations = sides
                .iter()
                .flat_map(|side| side.citations.iter().cloned())
                .collect();
            Contradiction {
                fact: key.clone(),
                sides,
                citations,
            }
        })
        .collect()
}
