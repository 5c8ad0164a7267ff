//! Which of several facts with one key counts: the strongest proof wins, and contradiction beats
//! confirmation where two are equally strong.

use super::{UsedValue, due_after};
use crate::fact::vocabulary::Adverse;
use crate::fact::{Fact, FactValue, ProofRank};
use crate::id::FactKey;
use crate::time::Date;

/// The facts of one key, weighed for one criterion on one day.
pub(super) struct Resolved<'a> {
    pub(super) key: &'a FactKey,
    /// The first day on which one of the facts loses its force.
    pub(super) due: Option<Date>,
    weighed: Vec<Weighed<'a>>,
    winner: Option<usize>,
}

struct Weighed<'a> {
    fact: &'a Fact,
    rank: ProofRank,
    expired: bool,
}

impl<'a> Resolved<'a> {
    pub(super) fn new(
        key: &'a FactKey,
        facts: &[&'a Fact],
        adverse: Option<Adverse>,
        months: Option<i32>,
        as_of: Date,
    ) -> Self {
        let mut due: Option<Date> = None;
        let mut weighed: Vec<_> = facts
            .iter()
            .map(|fact| {
                let last = fact
                    .valid_until
                    .into_iter()
                    .chain(due_after(fact.established, months))
                    .min();
                let expired = last.is_some_and(|last| last < as_of);
                // Expired evidence falls to rank 2 at most; what the machine verified stays true of the
                // bytes, but no longer of the day.
                let rank = if expired {
                    fact.rank.min(ProofRank::DOCUMENT)
                } else {
                    fact.rank
                };
                if let Some(last) = last.filter(|_| !expired) {
                    due = due.into_iter().chain([last]).min();
                }
                Weighed {
                    fact,
                    rank,
                    expired,
                }
            })
            .collect();
        lapse(&mut weighed, as_of);
        let winner = winner(&weighed, adverse.unwrap_or(Adverse::Neither));
        Self {
            key,
            due,
            weighed,
            winner,
        }
    }

    fn counted(&self) -> Option<&Weighed<'a>> {
        self.winner.and_then(|winner| self.weighed.get(winner))
    }

    /// The value that counts; `None` where equally strong facts differ and neither is the worse.
    pub(super) fn value(&self) -> Option<&'a FactValue> {
        self.counted().map(|one| &one.fact.value)
    }

    /// The rank on the day of judgment.
    pub(super) fn rank(&self) -> ProofRank {
        self.counted().map_or(ProofRank::NONE, |one| one.rank)
    }

    /// The rank, or none when the evidence has expired.
    pub(super) fn rank_in_force(&self) -> ProofRank {
        self.counted()
            .filter(|one| !one.expired)
            .map_or(ProofRank::NONE, |one| one.rank)
    }

    /// The rank that the evidence had while in force.
    pub(super) fn nominal_rank(&self) -> ProofRank {
        self.counted().map_or(ProofRank::NONE, |one| one.fact.rank)
    }

    pub(super) fn used_values(&self) -> Vec<UsedValue> {
        let value = self.value();
        self.weighed
            .iter()
            .map(|one| UsedValue {
                fact: self.key.clone(),
                value: one.fact.value.clone(),
                proof_rank: one.rank.number(),
                counted: value == Some(&one.fact.value),
                citations: one.fact.citations.clone(),
            })
            .collect()
    }
}

/// The supplier's word does not renew a certificate: where one has run out and neither a newer one nor
/// anything stronger than a document is in force, what the supplier says alongside has run out too.
fn lapse(weighed: &mut [Weighed<'_>], as_of: Date) {
    let dated = |one: &Weighed<'_>| one.fact.valid_until.is_some();
    let lapsed = weighed
        .iter()
        .any(|one| one.fact.valid_until.is_some_and(|last| last < as_of));
    let renewed = weighed
        .iter()
        .any(|one| !one.expired && (dated(one) || one.rank > ProofRank::DOCUMENT));
    if lapsed && !renewed {
        for one in weighed {
            one.expired = true;
        }
    }
}

fn winner(weighed: &[Weighed<'_>], adverse: Adverse) -> Option<usize> {
    let strongest = weighed.iter().map(|one| (one.rank, !one.expired)).max()?;
    let mut best: Option<(usize, &Weighed<'_>)> = None;
    for (index, one) in weighed
        .iter()
        .enumerate()
        .filter(|(_, one)| (one.rank, !one.expired) == strongest)
    {
        best = match best {
            Some((_, held)) if held.fact.value == one.fact.value => {
                // Of equal evidence, what was strongest while in force stands for it.
                if one.fact.rank > held.fact.rank {
                    Some((index, one))
                } else {
                    best
                }
            }
            Some((_, held)) if adverse == Adverse::Neither && held.fact.value != one.fact.value => {
                return None;
            }
            Some((_, held)) if !adverse.is_worse(&one.fact.value, &held.fact.value) => best,
            _ => Some((index, one)),
        };
    }
    best.map(|(index, _)| index)
}
