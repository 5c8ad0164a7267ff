//! Judges again what a change of advisories can touch, and tells what is different.
//!
//! Law, held by a property test: what this finds is the difference of two scans of everything.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::segment::component_of;
use super::{Inventory, Occurrence};
use crate::diagnostic::Diagnostic;
use crate::evidence::sbom::model::Component;
use crate::matching::{Finding, Matcher, Outcome, Reason, Unjudged};
use crate::snapshot::Changes;

/// What of a finding is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// How severe it is.
    Severity,
    /// Which versions mend it.
    Fixed,
    /// Whether it is known to be exploited.
    Kev,
    /// What it is about.
    Nature,
}

/// A finding that is not the same as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingChange<'s> {
    /// It was not there.
    Appeared(Finding<'s>),
    /// It is not there any more.
    Disappeared(Finding<'s>),
    /// Something of it is different.
    Changed {
        /// As it was.
        before: Box<Finding<'s>>,
        /// As it is.
        after: Finding<'s>,
        /// What is different.
        aspects: Vec<Aspect>,
    },
}

/// An item for which something is different.
#[derive(Debug)]
pub struct Touched<'s> {
    /// The item.
    pub component: &'s Component,
    /// Its findings that are not the same.
    pub findings: Vec<FindingChange<'s>>,
    /// What leaves open now whether it is touched, and did not before.
    pub doubt: Option<Unjudged<'s>>,
    /// Where it occurs.
    pub occurrences: Vec<Occurrence>,
}

/// What a change touches.
#[derive(Debug)]
pub struct Rescan<T> {
    /// Items that were judged.
    pub judged: usize,
    /// What `show` made of each item for which something is different, in an order that does not depend on
    /// how the inventory is divided.
    pub touched: Vec<T>,
}

/// Judges all items under the keys of a change, by the snapshot before it and the one behind.
///
/// # Errors
///
/// `inventory-damaged` and `feed-damaged`.
pub fn rescan<T: Send>(
    inventory: &Inventory,
    changes: &Changes,
    before: &Matcher<'_>,
    after: &Matcher<'_>,
    show: &(dyn Fn(&Touched<'_>) -> T + Sync),
) -> Result<Rescan<T>, Diagnostic> {
    // By the item's bytes, since one item may stand in several segments.
    let mut items: BTreeMap<Vec<u8>, Vec<(usize, u32)>> = BTreeMap::new();
    for (position, live) in inventory.segments.iter().enumerate() {
        let mut numbers = BTreeSet::new();
        for key in &changes.keys {
            numbers.extend(live.segment.items_under(key)?);
        }
        for number in numbers {
            let places = items.entry(live.segment.item(number)?).or_default();
            places.push((position, number));
        }
    }
    let judged = items.len();
    let touched: Vec<Option<T>> = items
        .into_par_iter()
        .map(|(item, places)| {
            let component = component_of(&item)?;
            let (findings, doubt) = judge(&component, before, after)?;
            if findings.is_empty() && doubt.is_none() {
                return Ok(None);
            }
            let mut occurrences = Vec::new();
            for (position, number) in places {
                if let Some(live) = inventory.segments.get(position) {
                    let own = live.segment.places(number, &component, &live.retired)?;
                    occurrences.extend(own);
                }
            }
            if occurrences.is_empty() {
                return Ok(None);
            }
            occurrences.sort();
            Ok(Some(show(&Touched {
                component: &component,
                findings,
                doubt,
                occurrences,
            })))
        })
        .collect::<Result<_, Diagnostic>>()?;
    Ok(Rescan {
        judged,
        touched: touched.into_iter().flatten().collect(),
    })
}

/// Judges one item twice.
fn judge<'s>(
    component: &'s Component,
    before: &Matcher<'_>,
    after: &Matcher<'_>,
) -> Result<(Vec<FindingChange<'s>>, Option<Unjudged<'s>>), Diagnostic> {
    let old: Outcome<'s> = before.judge([component])?;
    let new: Outcome<'s> = after.judge([component])?;
    let was = old.unjudged.first();
    let doubt = new.unjudged.into_iter().next().filter(|one| {
        let is_same =
            was.is_some_and(|was| was.reason == one.reason && was.advisories == one.advisories);
        matches!(one.reason, Reason::Doubtful(_)) && !is_same
    });
    Ok((difference(&old.findings, new.findings), doubt))
}

/// What is different between the findings of one component before and now. Two findings are the same one
/// where they share a name.
pub fn difference<'s>(before: &[Finding<'s>], after: Vec<Finding<'s>>) -> Vec<FindingChange<'s>> {
    let mut changes = Vec::new();
    let is_same = |one: &Finding<'_>, other: &Finding<'_>| {
        let mut names = one.ids.iter();
        names.any(|id| other.ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
    };
    for old in before {
        if !after.iter().any(|new| is_same(old, new)) {
            changes.push(FindingChange::Disappeared(old.clone()));
        }
    }
    for new in after {
        match before.iter().find(|old| is_same(old, &new)) {
            None => changes.push(FindingChange::Appeared(new)),
            Some(old) => {
                let aspects = aspects(old, &new);
                if !aspects.is_empty() {
                    changes.push(FindingChange::Changed {
                        before: Box::new(old.clone()),
                        after: new,
                        aspects,
                    });
                }
            }
        }
    }
    changes
}

fn aspects(before: &Finding<'_>, after: &Finding<'_>) -> Vec<Aspect> {
    let severity = |one: &Finding<'_>| {
        let rated = one.severity.as_ref();
        rated.map(|rated| (rated.value.clone(), rated.severity, rated.tenths))
    };
    // The place of an entry in its file is no part of what it says.
    let kev = |one: &Finding<'_>| {
        let entry = one.kev.as_ref();
        entry.map(|one| (one.added.clone(), one.due.clone(), one.ransomware))
    };
    let different = [
        (Aspect::Severity, severity(before) != severity(after)),
        (Aspect::Fixed, before.fixed != after.fixed),
        (Aspect::Kev, kev(before) != kev(after)),
        (Aspect::Nature, before.nature != after.nature),
    ];
    different
        .into_iter()
        .filter(|(_, is_different)| *is_different)
        .map(|(aspect, _)| aspect)
        .collect()
}
