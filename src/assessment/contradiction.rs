//! Contradictions: facts in force that cannot both hold, and claims that the evidence shown for them refutes.
//! Always shown, never averaged.
//!
//! What has run out, or speaks about something else, is no side of its own: its values are not held against
//! others. But where it is all there is for a claim, it refutes the claim, and that is told.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::Citation;
use crate::fact::vocabulary::{Adverse, Vocabulary};
use crate::fact::{Establishment, Fact, FactValue, ProofRank, Refutation, RefutationKind};
use crate::id::FactKey;
use crate::text::Text;
use crate::time::Date;

/// In which way two sides contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContradictionKind {
    /// Facts in force differ.
    Value,
    /// A claim rests on a certificate that had lapsed when the claim was made.
    Lapsed,
    /// A claim rests on evidence about another legal entity, product, version, service or region.
    OtherScope,
}

/// What one piece of evidence says against another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The fact.
    pub fact: FactKey,
    /// In which way.
    pub kind: ContradictionKind,
    /// What each side says, strongest proof first.
    pub sides: Vec<Side>,
    /// The value that counts; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<FactValue>,
    /// Why this side counts, or what refutes the claim.
    pub because: Text,
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
    /// Whether this side counts.
    pub counted: bool,
    /// Where it stands.
    pub citations: Vec<Citation>,
}

/// Finds the contradictions on a day, sorted by key.
pub fn find(vocabulary: &Vocabulary, found: &Establishment, as_of: Date) -> Vec<Contradiction> {
    let mut by_key: BTreeMap<&FactKey, Vec<&Fact>> = BTreeMap::new();
    let in_force = found
        .facts
        .iter()
        .filter(|fact| fact.valid_until.is_none_or(|last| last >= as_of));
    for fact in in_force.filter(|fact| vocabulary.lookup(fact.key.as_str()).is_some()) {
        by_key.entry(&fact.key).or_default().push(fact);
    }
    for facts in by_key.values_mut() {
        facts.sort_by(|left, right| right.rank.cmp(&left.rank).then_with(|| left.cmp(right)));
    }
    let mut contradictions: Vec<_> = by_key
        .iter()
        .filter_map(|(key, facts)| differing(vocabulary, key, facts))
        .collect();
    let refuted = found.refutations.iter().filter_map(|one| {
        let facts = by_key.get(&one.key)?;
        refuted(one, facts)
    });
    contradictions.extend(refuted);
    contradictions.sort_by(|left, right| {
        (&left.fact, left.kind, &left.citations).cmp(&(&right.fact, right.kind, &right.citations))
    });
    contradictions.dedup();
    contradictions
}

/// Facts with different values; `facts` stand strongest first.
fn differing(vocabulary: &Vocabulary, key: &FactKey, facts: &[&Fact]) -> Option<Contradiction> {
    let first = facts.first()?;
    if facts.iter().all(|fact| fact.value == first.value) {
        return None;
    }
    let strongest = facts.iter().filter(|fact| fact.rank == first.rank);
    let values: BTreeSet<_> = strongest.map(|fact| &fact.value).collect();
    let adverse = vocabulary
        .lookup(key.as_str())
        .map_or(Adverse::Neither, |definition| definition.adverse);
    let (counted, because) = if values.len() == 1 {
        (Some(&first.value), stronger(first.rank))
    } else if adverse == Adverse::Neither {
        (None, undecided())
    } else {
        let worst = values.iter().copied().reduce(|held, one| {
            if adverse.is_worse(one, held) {
                one
            } else {
                held
            }
        });
        (worst, worse())
    };
    let sides = facts.iter().map(|fact| Side {
        value: fact.value.clone(),
        proof_rank: fact.rank.number(),
        counted: Some(&fact.value) == counted,
        citations: fact.citations.clone(),
    });
    Some(contradiction(
        key,
        ContradictionKind::Value,
        sides.collect(),
        counted.cloned(),
        because,
    ))
}

/// A claim of the supplier that the evidence for it refutes.
fn refuted(refutation: &Refutation, facts: &[&Fact]) -> Option<Contradiction> {
    // What is proven otherwise needs no such support; where the stronger proof denies the claim too, both are told.
    let supports = |fact: &&Fact| fact.rank > ProofRank::DOCUMENT && fact.value != refutation.says;
    if facts.iter().any(supports) {
        return None;
    }
    let overruled = facts.iter().any(|fact| fact.rank > ProofRank::DOCUMENT);
    let own: BTreeSet<_> = refutation.citations.iter().map(|one| &one.sha256).collect();
    let claims: Vec<_> = facts
        .iter()
        .filter(|fact| fact.value != refutation.says)
        .filter(|fact| fact.citations.iter().any(|one| !own.contains(&one.sha256)))
        .filter(|fact| refutation.since.is_none_or(|day| fact.established > day))
        .collect();
    if claims.is_empty() {
        return None;
    }
    let lapsed = refutation.kind == RefutationKind::Lapsed;
    let mut sides = vec![Side {
        value: refutation.says.clone(),
        proof_rank: refutation.rank.number(),
        counted: lapsed,
        citations: refutation.citations.clone(),
    }];
    sides.extend(claims.iter().map(|fact| Side {
        value: fact.value.clone(),
        proof_rank: fact.rank.number(),
        counted: !lapsed && !overruled,
        citations: fact.citations.clone(),
    }));
    sides.sort_by_key(|side| std::cmp::Reverse(side.proof_rank));
    let (kind, counted) = match refutation.kind {
        RefutationKind::Lapsed => (ContradictionKind::Lapsed, Some(refutation.says.clone())),
        RefutationKind::OtherScope => (
            ContradictionKind::OtherScope,
            claims
                .first()
                .filter(|_| !overruled)
                .map(|fact| fact.value.clone()),
        ),
    };
    let because = refutation.reason.clone();
    Some(contradiction(
        &refutation.key,
        kind,
        sides,
        counted,
        because,
    ))
}

fn contradiction(
    key: &FactKey,
    kind: ContradictionKind,
    sides: Vec<Side>,
    counted: Option<FactValue>,
    because: Text,
) -> Contradiction {
    let citations = sides
        .iter()
        .flat_map(|side| side.citations.iter().cloned())
        .collect();
    Contradiction {
        fact: key.clone(),
        kind,
        sides,
        counted,
        because,
        citations,
    }
}

fn stronger(rank: ProofRank) -> Text {
    Text {
        ja: format!("証明順位の最も高い側(順位{})による", rank.number()),
        en: format!(
            "the side with the strongest proof counts (rank {})",
            rank.number()
        ),
    }
}

fn worse() -> Text {
    Text {
        ja: "証明順位が等しいため、供給者に不利な側による".to_owned(),
        en: "the proofs are equally strong, so the adverse side counts".to_owned(),
    }
}

fn undecided() -> Text {
    Text {
        ja: "証明順位が等しく、いずれが不利かも定まらないため、未確定とする".to_owned(),
        en: "the proofs are equally strong and neither side is the adverse one, so nothing counts"
            .to_owned(),
    }
}
