//! Which of the statements on a component and a vulnerability decides.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Given;
use super::bind::{Bound, How};
use super::matching::Specificity;
use super::precedence::Key;
use crate::evidence::vex::{Statement, Status};
use crate::time::{Timestamp, add_days, day_of_instant};

/// A statement on the component and vulnerability that were asked for.
#[derive(Debug, Clone)]
pub struct Voice<'t> {
    /// The document that it stands in.
    pub given: &'t Given,
    /// What it says, with its place.
    pub statement: &'t Statement,
    /// The level of trust put in its author.
    pub trust: &'t str,
    /// In what way it speaks of the component.
    pub how: How,
    /// How closely.
    pub specificity: Specificity,
    /// Whether nothing but vendor, name and version agree.
    pub is_weak: bool,
    /// The rank of the trust.
    rank: usize,
    /// The document and the statement in it.
    key: (usize, usize),
}

impl Voice<'_> {
    /// When it was last said.
    fn time(&self) -> Option<Timestamp> {
        self.statement.updated.max(self.statement.issued)
    }

    /// The greater counts for more.
    fn weigh(&self, other: &Self, order: &[Key]) -> Ordering {
        order.iter().fold(Ordering::Equal, |so_far, key| {
            so_far.then_with(|| match key {
                Key::AuthorTrust => other.rank.cmp(&self.rank),
                Key::Time => self.time().cmp(&other.time()),
                Key::Specificity => self.specificity.cmp(&other.specificity),
            })
        })
    }
}

/// What is to be held of a component and a vulnerability.
#[derive(Debug, Clone, Default)]
pub struct Decision<'t> {
    /// The status; `None` where every statement is left aside.
    pub status: Option<Status>,
    /// The statement that decides.
    pub by: Option<Voice<'t>>,
    /// Others that say the same.
    pub agreeing: Vec<Voice<'t>>,
    /// Others of the same weight that say something else: the most careful one decides.
    pub conflicting: Vec<Voice<'t>>,
    /// Others of less weight that say something else.
    pub overruled: Vec<Voice<'t>>,
    /// Statements that no longer hold on the day.
    pub expired: Vec<Voice<'t>>,
    /// Statements that were not made yet on the day.
    pub not_yet: Vec<Voice<'t>>,
    /// Whether the status expires by the data, and it could not be told whether it has: there is no day, or
    /// the statement has no time.
    pub is_undated: bool,
}

impl Decision<'_> {
    /// Whether statements of the same weight contradict each other.
    pub fn is_conflict(&self) -> bool {
        !self.conflicting.is_empty()
    }
}

impl<'t> Bound<'t> {
    /// Decides for the part at a position and a vulnerability with all its identifiers; `None` where no
    /// statement speaks of them.
    ///
    /// Identifiers are compared without regard to case. The outcome does not depend on the order of the
    /// documents or statements.
    pub fn decide<S: AsRef<str>>(&self, position: u32, ids: &[S]) -> Option<Decision<'t>> {
        let mut voices: BTreeMap<(usize, usize), Voice<'t>> = BTreeMap::new();
        for id in ids {
            let Some(entry) = self.by_id.get(&id.as_ref().trim().to_lowercase()) else {
                continue;
            };
            for index in entry.named.get(&position).into_iter().flatten() {
                self.voice(*index, false, &mut voices);
            }
            for index in &entry.enclosing {
                let enclosing = self.bindings.get(*index as usize).map(|one| one.position);
                if enclosing
                    .is_some_and(|one| one != position && self.inventory.is_through(one, position))
                {
                    self.voice(*index, true, &mut voices);
                }
            }
        }
        if voices.is_empty() {
            return None;
        }
        Some(self.weigh(voices.into_values()))
    }

    fn voice(
        &self,
        index: u32,
        is_enclosing: bool,
        voices: &mut BTreeMap<(usize, usize), Voice<'t>>,
    ) {
        let Some(binding) = self.bindings.get(index as usize) else {
            return;
        };
        let key = (binding.document, binding.statement);
        let triage = self.triage;
        let given = triage.documents().get(binding.document);
        let statement = given.and_then(|one| one.document.statements.get(binding.statement));
        let (Some(given), Some(statement)) = (given, statement) else {
            return;
        };
        let voice = Voice {
            given,
            statement,
            trust: triage.trust_of(binding.document),
            how: if is_enclosing {
                How::Enclosing
            } else {
                binding.how
            },
            specificity: Specificity {
                component: !is_enclosing,
                ..binding.specificity
            },
            is_weak: binding.is_weak,
            rank: triage.rank_of(binding.document),
            key,
        };
        match voices.get_mut(&key) {
            Some(known) if known.specificity >= voice.specificity => {}
            _ => _ = voices.insert(key, voice),
        }
    }

    fn weigh(&self, voices: impl Iterator<Item = Voice<'t>>) -> Decision<'t> {
        let precedence = self.triage.precedence();
        let mut decision = Decision::default();
        let mut current: Vec<Voice<'t>> = Vec::new();
        for voice in voices {
            let day = voice.time().map(day_of_instant);
            let ends = day
                .zip(precedence.days(voice.statement.status))
                .map(|(day, days)| add_days(day, days));
            match self.triage.as_of() {
                Some(as_of) if day.is_some_and(|day| day > as_of) => decision.not_yet.push(voice),
                Some(as_of) if ends.is_some_and(|end| end < as_of) => decision.expired.push(voice),
                _ => current.push(voice),
            }
        }
        let order = precedence.order.as_slice();
        // The heaviest first, then the more careful, then by document and place.
        current.sort_by(|one, other| {
            other
                .weigh(one, order)
                .then_with(|| {
                    let care = |voice: &Voice<'_>| voice.statement.status.care();
                    care(one).cmp(&care(other))
                })
                .then_with(|| {
                    (one.given.digest, &one.statement.at, one.key).cmp(&(
                        other.given.digest,
                        &other.statement.at,
                        other.key,
                    ))
                })
        });
        let mut voices = current.into_iter();
        let Some(by) = voices.next() else {
            return decision;
        };
        let status = by.statement.status;
        decision.is_undated = precedence.days(status).is_some()
            && (self.triage.as_of().is_none() || by.time().is_none());
        for voice in voices {
            if voice.statement.status == status {
                decision.agreeing.push(voice);
            } else if by.weigh(&voice, order) == Ordering::Equal {
                decision.conflicting.push(voice);
            } else {
                decision.overruled.push(voice);
            }
        }
        decision.status = Some(status);
        decision.by = Some(by);
        decision
    }
}
