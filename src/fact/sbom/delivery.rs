//! The delivered files held against the SBOMs beside them.
//!
//! Several SBOMs may each speak of a part of the delivery, so a file counts as unlisted only where none of
//! them speaks of it.

use std::collections::BTreeSet;

use super::{CITED, Delivered, Establishment, Sboms, count};
use crate::delivery::allowance::Allowance;
use crate::delivery::several::unlisted;
use crate::delivery::{Inventory, Match, algorithms, hold, is_checkable};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::archive::{Limits, Walk, is_image_layout, is_image_part};
use crate::evidence::{Citation, Evidence};
use crate::fact::dossier::{Dossier, join};

const ALTERED: &str = "sbom.match.altered";
const SBOM_ONLY: &str = "sbom.match.sbom_only";
const UNLISTED: &str = "sbom.match.unlisted";

pub(super) fn establish(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    let folder = join(&dossier.offering.folder, "delivery/");
    let artifacts: Vec<(&str, &Evidence)> = dossier
        .artifacts()
        .filter_map(|one| Some((one.evidence.path.strip_prefix(&folder)?, one.evidence)))
        .collect();
    let mut seen = sboms.citations();
    seen.extend(artifacts.iter().map(|(_, one)| one.cite(Place::whole())));
    let mut gap = |reason: String| {
        for key in [ALTERED, SBOM_ONLY, UNLISTED] {
            found.gap(key, reason.as_str(), seen.clone());
        }
    };
    if artifacts.is_empty() {
        gap("nothing was delivered that the SBOM could be held against".to_owned());
        return;
    }
    let checkable: Vec<_> = sboms
        .readable
        .iter()
        .filter(|one| is_checkable(&one.sbom))
        .collect();
    if checkable.is_empty() {
        gap("no SBOM gives a digest or the name of a file".to_owned());
        return;
    }
    let inventory = match inventory(&checkable, &artifacts) {
        Ok(inventory) => inventory,
        Err(fault) => {
            let reason = format!("part of the delivery was not seen: {}", fault.message);
            gap(reason);
            return;
        }
    };
    let held: Vec<(&Delivered, Match)> = checkable
        .into_iter()
        .map(|one| {
            let own = one.citation.sha256;
            let allowance = Allowance::default();
            (
                one,
                hold(&one.sbom, own, &inventory, &allowance, Vec::new()),
            )
        })
        .collect();
    let documents = || held.iter().map(|(one, _)| one.citation.clone());
    let file = |path: &str| {
        let outer = path.split("!/").next().unwrap_or(path);
        let found = artifacts.iter().find(|(path, _)| *path == outer);
        found.map(|(_, evidence)| evidence.cite(crate::diagnostic::Place::whole()))
    };

    let altered = held.iter().flat_map(|(one, outcome)| {
        let altered = outcome.altered.iter();
        altered.map(move |altered| {
            (
                altered.path.as_str(),
                one.cite(altered.component.at.clone()),
            )
        })
    });
    let paths: BTreeSet<&str> = altered.clone().map(|(path, _)| path).collect();
    let places = altered
        .take(CITED)
        .flat_map(|(path, entry)| [Some(entry), file(path)])
        .flatten();
    let citations = documents().chain(places).collect();
    found.machine_fact(dossier, ALTERED, count(paths.len()), citations);

    let missing = held.iter().map(|(_, outcome)| outcome.sbom_only.len());
    let places = held.iter().flat_map(|(one, outcome)| {
        let first = outcome.sbom_only.iter().take(CITED);
        first.map(|entry| one.cite(entry.component.at.clone()))
    });
    let citations = documents().chain(places).collect();
    found.machine_fact(dossier, SBOM_ONLY, count(missing.sum()), citations);

    let outcomes: Vec<_> = held.iter().map(|(_, outcome)| outcome).collect();
    let unlisted = unlisted(&outcomes);
    let places = unlisted.iter().take(CITED).filter_map(|path| file(path));
    let citations: Vec<Citation> = documents().chain(places).collect();
    found.machine_fact(dossier, UNLISTED, count(unlisted.len()), citations);
}

/// The files of the delivery with the digests that the SBOMs give.
fn inventory(
    sboms: &[&Delivered],
    artifacts: &[(&str, &Evidence)],
) -> Result<Inventory, Diagnostic> {
    let named: BTreeSet<_> = sboms.iter().flat_map(|one| algorithms(&one.sbom)).collect();
    let mut inventory = Inventory::new(named.into_iter().collect(), false);
    let mut walk = Walk::new(Limits::default(), &mut inventory);
    let find = |path: &str| artifacts.iter().find(|(known, _)| *known == path);
    let is_layout = is_image_layout(|path| find(path).is_some());
    if is_layout {
        walk.layout(&mut |path| find(path).map(|(_, evidence)| evidence.bytes.to_vec()))?;
    }
    for (path, evidence) in artifacts {
        if !(is_layout && is_image_part(path)) {
            walk.file(path, &evidence.bytes)?;
        }
    }
    let remarks = walk.finish();
    let is_error = |one: &Diagnostic| one.severity == Severity::Error;
    match remarks.into_iter().find(is_error) {
        Some(fault) => Err(fault),
        None => Ok(inventory),
    }
}
