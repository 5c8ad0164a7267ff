//! Exceptional actions (例外措置) on a delivery: what they keep from counting, and what is due since they expired.
//!
//! Source: Common Model, article 8: one entry waives one criterion for a period; when it has run out, the criterion is
//! due at once. What could not be judged is never waived, nor is a check that settles no criterion.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::check::Checks;
use super::finding::{Effect, Outcome, Standing};
use super::report::ExceptionView;
use crate::digest::Digest;
use crate::evidence::register::exception::ExceptionEntry;
use crate::governance::exception::ExceptionState;
use crate::id::CriterionId;
use crate::text::Text;
use crate::time::Date;

/// An entry of the register with its file.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// The entry.
    pub entry: ExceptionEntry,
    /// Its file, as it is told.
    pub file: String,
    /// SHA-256 of its file.
    pub sha256: Digest,
}

impl Waiver {
    /// Whether it was granted in this case: to this supplier, or to the case as a whole.
    pub fn belongs(&self, case: &str, supplier: Option<&str>) -> bool {
        let granted = self.entry.bid.as_deref();
        self.entry.case == case && granted.is_none_or(|bid| supplier == Some(bid))
    }

    /// Where it stands on a day.
    pub fn state(&self, day: Date) -> ExceptionState {
        ExceptionState::of(&self.entry, day)
    }

    /// How the report shows it.
    pub fn view(&self, day: Date, waives: usize) -> ExceptionView {
        let entry = &self.entry;
        ExceptionView {
            id: entry.id.clone(),
            criterion: entry.criterion.clone(),
            state: self.state(day).word(),
            until: entry.expiry.to_string(),
            reason: entry.reason.clone(),
            compensating_measure: entry.compensating_measure.clone(),
            approver: entry.approver.clone(),
            waives,
            file: self.file.clone(),
        }
    }
}

/// Keeps open findings that fail from counting where an exception in force waives every criterion that their check
/// settles; tells for each of `waivers` how many.
///
/// A check that settles several criteria stays as it is while one of them is not waived: it would pass for that one as
/// well.
pub fn waive(
    waivers: &[Waiver],
    day: Date,
    checks: &Checks,
    outcomes: &mut [&mut Outcome],
) -> Vec<usize> {
    let mut counts = vec![0; waivers.len()];
    let in_force = by_criterion(waivers, day, ExceptionState::InForce);
    for outcome in outcomes {
        let settles = settled_by(checks, &outcome.check);
        let found = settles
            .iter()
            .map(|criterion| in_force.get(criterion.as_str()));
        let Some(found) = found.collect::<Option<Vec<_>>>() else {
            continue;
        };
        let first = found
            .iter()
            .filter_map(|index| waivers.get(**index))
            .min_by_key(|one| one.entry.expiry);
        let Some(first) = first else { continue };
        let mut count = 0;
        for finding in &mut outcome.findings {
            if finding.effect == Effect::Fails && finding.standing == Standing::Open {
                finding.standing = Standing::Waived {
                    exception: first.entry.id.clone(),
                    until: first.entry.expiry.to_string(),
                };
                count += 1;
            }
        }
        for index in found {
            if let Some(slot) = counts.get_mut(*index) {
                *slot += count;
            }
        }
        outcome.settle();
    }
    counts
}

/// Names the expired exception in findings that fail and that it would have waived; tells for each of `waivers` how many.
///
/// `say` gives the sentence: the exception's identifier, its last day, and the message of the finding.
pub fn name_expired(
    waivers: &[Waiver],
    day: Date,
    checks: &Checks,
    outcomes: &mut [&mut Outcome],
    say: &dyn Fn(&str, &str, &Text) -> Text,
) -> Vec<usize> {
    let mut named = vec![0; waivers.len()];
    let in_force = by_criterion(waivers, day, ExceptionState::InForce);
    let expired = by_criterion(waivers, day, ExceptionState::Expired);
    for outcome in outcomes {
        let settles = settled_by(checks, &outcome.check);
        let lapsed = settles
            .iter()
            .map(CriterionId::as_str)
            .find_map(|criterion| {
                let index = expired.get(criterion)?;
                (!in_force.contains_key(criterion)).then_some(*index)
            });
        let Some((index, waiver)) = lapsed.and_then(|index| Some((index, waivers.get(index)?)))
        else {
            continue;
        };
        for finding in &mut outcome.findings {
            if finding.effect == Effect::Fails && finding.standing == Standing::Open {
                let until = waiver.entry.expiry.to_string();
                finding.message = say(&waiver.entry.id, &until, &finding.message);
                if let Some(slot) = named.get_mut(index) {
                    *slot += 1;
                }
            }
        }
    }
    named
}

/// The exceptions of a state by criterion: of several the one with the latest last day.
fn by_criterion(waivers: &[Waiver], day: Date, state: ExceptionState) -> BTreeMap<&str, usize> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, waiver) in waivers.iter().enumerate() {
        if waiver.state(day) != state {
            continue;
        }
        let key = |one: &Waiver| (one.entry.expiry, one.entry.id.clone());
        let slot = found
            .entry(waiver.entry.criterion.as_str())
            .or_insert(index);
        if waivers
            .get(*slot)
            .is_some_and(|known| key(known) < key(waiver))
        {
            *slot = index;
        }
    }
    found
}

/// The criteria that a check settles; none of an own rule.
fn settled_by<'c>(checks: &'c Checks, id: &str) -> &'c [CriterionId] {
    let check = checks.list.iter().find(|check| check.id == id);
    check.map_or(&[], |check| check.settles.as_slice())
}
