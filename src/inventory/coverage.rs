//! Which components of an inventory a snapshot cannot judge, without judging each.
//!
//! Whether a snapshot covers a component depends on its ecosystems and releases alone, as long as a database
//! covers those; so components are counted in groups by them. Only where none does, each is looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::segment::component_of;
use super::{Inventory, Live};
use crate::diagnostic::Diagnostic;
use crate::matching::{Identity, Matcher, Reason, identities};

/// By what components are grouped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Grouped {
    /// Ecosystems and releases of the identities that have an ecosystem.
    pub(super) places: Vec<(String, Option<String>)>,
    /// Whether there are identities without an ecosystem.
    pub(super) has_others: bool,
}

impl Grouped {
    pub(super) fn of(identities: &[Identity]) -> Self {
        let mut places: Vec<_> = identities
            .iter()
            .filter_map(|one| Some((one.ecosystem?.to_owned(), one.distro.clone())))
            .collect();
        places.sort();
        places.dedup();
        Self {
            places,
            has_others: identities.iter().any(|one| one.ecosystem.is_none()),
        }
    }
}

/// A group of components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) kind: Grouped,
    /// How many there are, those of retired SBOMs too.
    pub(super) components: u64,
    /// The items in it.
    pub(super) items: Vec<u32>,
}

impl Group {
    pub(super) fn new(kind: Grouped) -> Self {
        Self {
            kind,
            components: 0,
            items: Vec::new(),
        }
    }
}

/// Components that a snapshot cannot judge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Why.
    pub reason: Reason,
    /// Their ecosystem, where they have one.
    pub ecosystem: Option<String>,
    /// The release of the distribution, as their package URLs write it.
    pub release: Option<String>,
    /// How many there are, each as often as it occurs.
    pub components: u64,
}

impl Inventory {
    /// Counts the components that a snapshot cannot judge, whatever its advisories say: those without an
    /// identity, without coverage, and those of which what is known is too old.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` and `feed-damaged`.
    pub fn gaps(&self, matcher: &Matcher<'_>) -> Result<Vec<Gap>, Diagnostic> {
        let mut gaps: BTreeMap<(Reason, Option<String>, Option<String>), u64> = BTreeMap::new();
        for live in &self.segments {
            for (group, components) in live_groups(live)? {
                let Grouped { places, has_others } = &group.kind;
                let missing: Vec<_> = places
                    .iter()
                    .map(|(ecosystem, release)| matcher.covers(ecosystem, release.as_deref()))
                    .collect();
                if missing.iter().any(Option::is_none) {
                    continue;
                }
                let first = places.first();
                let mut note = |reason, components| {
                    let ecosystem = first.map(|(ecosystem, _)| ecosystem.clone());
                    let release = first.and_then(|(_, release)| release.clone());
                    *gaps.entry((reason, ecosystem, release)).or_default() += components;
                };
                let uncovered = Some(Reason::EcosystemNotCovered);
                let is_looked_up = *has_others || missing.contains(&uncovered);
                if !is_looked_up {
                    let reason = missing.into_iter().flatten().max();
                    note(reason.unwrap_or(Reason::NoIdentity), components);
                    continue;
                }
                for item in group.items {
                    let component = component_of(&live.segment.item(item)?)?;
                    if let Some(reason) = matcher.missing(&identities(&component))? {
                        note(reason, occurrences(live, item)?);
                    }
                }
            }
        }
        Ok(gaps
            .into_iter()
            .filter(|(_, components)| *components > 0)
            .map(|((reason, ecosystem, release), components)| Gap {
                reason,
                ecosystem,
                release,
                components,
            })
            .collect())
    }
}

/// The groups of a segment, without what is in retired SBOMs.
fn live_groups(live: &Live) -> Result<Vec<(Group, u64)>, Diagnostic> {
    let mut retired: BTreeMap<u32, u64> = BTreeMap::new();
    for number in &live.retired {
        live.segment.sbom(*number, |sbom| {
            for (group, components) in sbom.groups {
                *retired.entry(group).or_default() += components;
            }
        })?;
    }
    let groups = (0u32..).zip(live.segment.groups()?).map(|(number, group)| {
        let gone = retired.get(&number).copied().unwrap_or_default();
        let left = group.components.saturating_sub(gone);
        (group, left)
    });
    Ok(groups.collect())
}

fn occurrences(live: &Live, item: u32) -> Result<u64, Diagnostic> {
    let mut count = 0;
    live.segment.occurrences(item, &mut |one| {
        count += u64::from(!live.retired.contains(&one.sbom));
        Ok(())
    })?;
    Ok(count)
}
