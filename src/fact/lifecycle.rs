//! Until when the maker supports the offered product, by the lists of dates of support that the agency fetched.
//!
//! Such a list is public and fetched by the agency, so it has the rank of a registry entry.

use super::dossier::Dossier;
use super::{Establishment, Fact, FactValue, ProofRank, Scope};
use crate::evidence::advisory::lifecycle::Cycle;
use crate::evidence::advisory::{Content, read};
use crate::evidence::detect::Kind;
use crate::time::add_days;

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    let Some((name, version)) = &dossier.offering.product else {
        return;
    };
    let lists = dossier
        .agency_of(Kind::Advisory)
        .filter(|one| one.detection.format == "endoflife");
    for list in lists {
        // What cannot be read of a feed is remarked on where the feed is gathered.
        let Ok(parsed) = read(&list.evidence.bytes, &list.evidence.path) else {
            continue;
        };
        let Content::Lifecycles(lifecycles) = parsed.content else {
            continue;
        };
        let own = lifecycles
            .iter()
            .filter(|one| one.product.eq_ignore_ascii_case(name));
        for cycle in own.filter_map(|one| cycle_of(&one.cycles, version)) {
            // The day on which support ends is the first without it.
            if let Some(last) = cycle.eol_from.map(|day| add_days(day, -1)) {
                found.facts.push(Fact {
                    key: "product.support.ends_on".into(),
                    scope: Scope::Offering(dossier.offering.id.clone()),
                    value: FactValue::Date(last),
                    rank: ProofRank::REGISTRY,
                    established: dossier.as_of,
                    valid_until: None,
                    citations: vec![list.evidence.cite(cycle.at.clone())],
                });
            }
        }
    }
}

/// The cycle with the longest name that the version begins with.
fn cycle_of<'c>(cycles: &'c [Cycle], version: &str) -> Option<&'c Cycle> {
    let is_of = |cycle: &&Cycle| {
        version
            .strip_prefix(cycle.name.as_str())
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    };
    cycles
        .iter()
        .filter(is_of)
        .max_by_key(|cycle| cycle.name.len())
}
