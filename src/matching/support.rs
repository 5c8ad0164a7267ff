//! Whether the maker still supports a component, by lists of dates of support.

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::sbom::model::{Component, ComponentKind};
use crate::snapshot::{Key, RecordFile, Snapshot, StoredCycle};
use crate::time::{Date, parse_day};

use super::{Identity, Policy};

/// A component of a product whose dates of support are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support<'s> {
    /// The component.
    pub component: &'s Component,
    /// Its position in what was judged.
    pub position: u32,
    /// The product as the list names it.
    pub product: String,
    /// The cycle that its version is of.
    pub cycle: String,
    /// Whether support has ended.
    pub ended: Ended,
    /// The latest release of the cycle.
    pub latest: Option<String>,
    /// The file of the list.
    pub file: RecordFile,
    /// Where the cycle stands in it.
    pub at: Place,
}

/// Whether support has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// It ended on this day, or on a day that the list does not tell.
    Yes(Option<Date>),
    /// It ends on this day, or no end is announced.
    No(Option<Date>),
    /// The list does not tell.
    Untold,
}

/// What is known of a component's support.
pub(super) fn of<'s>(
    snapshot: &Snapshot,
    (position, component): (u32, &'s Component),
    identities: &[Identity],
    policy: Policy,
) -> Result<Vec<Support<'s>>, Diagnostic> {
    let mut supports: Vec<Support<'s>> = Vec::new();
    if snapshot.manifest().lifecycles == 0 {
        return Ok(supports);
    }
    let keys = identities
        .iter()
        .map(|identity| (identity.key.clone(), identity.version.clone()));
    let named =
        by_name(component).map(|key| (key, component.version.as_deref().map(str::to_owned)));
    for (key, version) in keys.chain(named) {
        let Some(version) = version else { continue };
        for lifecycle in snapshot.lifecycles(&key)? {
            let Some(cycle) = cycle_of(&lifecycle.cycles, &version) else {
                continue;
            };
            if supports
                .iter()
                .any(|known| known.product == lifecycle.product)
            {
                continue;
            }
            supports.push(Support {
                component,
                position,
                product: lifecycle.product.clone(),
                cycle: cycle.name.clone(),
                ended: ended(cycle, policy.as_of),
                latest: cycle.latest.clone(),
                file: snapshot.file(lifecycle.file)?,
                at: Place::pointer(cycle.at.as_str()),
            });
        }
    }
    Ok(supports)
}

/// Lists without identifiers name products only; a name is enough for an operating system and for a
/// package URL that says nothing else.
fn by_name(component: &Component) -> Option<Key> {
    let is_generic = component
        .purls()
        .any(|purl| purl.starts_with("pkg:generic/"));
    (is_generic || component.kind == ComponentKind::OperatingSystem)
        .then(|| Key::named(&component.name))
}

/// The cycle with the longest name that the version begins with.
fn cycle_of<'c>(cycles: &'c [StoredCycle], version: &str) -> Option<&'c StoredCycle> {
    let version = version.trim_start_matches(['v', 'V']);
    let is_of = |cycle: &&StoredCycle| {
        version
            .strip_prefix(cycle.name.as_str())
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    };
    cycles
        .iter()
        .filter(is_of)
        .max_by_key(|cycle| cycle.name.len())
}

fn ended(cycle: &StoredCycle, as_of: Date) -> Ended {
    match (cycle.eol_from.as_deref().and_then(parse_day), cycle.is_eol) {
        (Some(day), _) if day <= as_of => Ended::Yes(Some(day)),
        (Some(day), _) => Ended::No(Some(day)),
        (None, Some(true)) => Ended::Yes(None),
        (None, Some(false)) => Ended::No(None),
        (None, None) => Ended::Untold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_of_the_cycle_that_it_begins_with() {
        let cycle = |name: &str| StoredCycle {
            name: name.to_owned(),
            eol_from: Some("2026-10-31".to_owned()),
            is_eol: None,
            latest: None,
            at: String::new(),
        };
        let cycles = [cycle("3.1"), cycle("3.12"), cycle("3")];
        for (version, expected) in [
            ("3.12.4", Some("3.12")),
            ("3.1.9", Some("3.1")),
            ("v3.1", Some("3.1")),
            ("3.13.0", Some("3")),
            ("3-rc1", Some("3")),
            ("31.0", None),
            ("2.7", None),
        ] {
            let found = cycle_of(&cycles, version).map(|cycle| cycle.name.as_str());
            assert_eq!(found, expected, "{version}");
        }
        let day = |text| parse_day(text).unwrap();
        let end = day("2026-10-31");
        let one = cycle("3");
        assert_eq!(ended(&one, day("2026-10-30")), Ended::No(Some(end)));
        assert_eq!(ended(&one, end), Ended::Yes(Some(end)));
    }
}
