//! Advisories held against the bills of materials, rank 6.
//!
//! A component that no advisory source at hand can judge is counted as unjudged, never as clean.

use std::collections::HashMap;

use super::dossier::Dossier;
use super::sbom::Sboms;
use super::{Establishment, FactValue};
use crate::diagnostic::Place;
use crate::evidence::Citation;
use crate::evidence::advisory::rustsec::{CrateAdvisory, read_advisory};
use crate::evidence::detect::Kind;
use crate::evidence::sbom::Component;

pub(super) fn establish(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    let mut advisories: Vec<(Citation, CrateAdvisory)> = Vec::new();
    for sorted in dossier.agency_of(Kind::Advisory) {
        match read_advisory(&sorted.evidence.bytes) {
            Ok(advisory) => advisories.push((sorted.evidence.cite(Place::whole()), advisory)),
            Err(fault) => found
                .remarks
                .push(fault.in_file(sorted.evidence.path.clone())),
        }
    }
    if sboms.readable.is_empty() {
        return;
    }
    if advisories.is_empty() {
        for key in ["sbom.advisories.known", "sbom.advisories.unjudged"] {
            found.gap(
                key,
                "no advisories are at hand, so nothing was looked up",
                sboms.citations(),
            );
        }
        return;
    }
    let (mut known, mut unjudged) = (0, 0);
    let mut places = sboms.citations();
    places.extend(advisories.iter().map(|(citation, _)| citation.clone()));
    let mut by_crate: HashMap<&str, Vec<&CrateAdvisory>> = HashMap::new();
    let in_force = advisories.iter().map(|(_, advisory)| advisory);
    for advisory in in_force.filter(|advisory| !advisory.withdrawn()) {
        by_crate
            .entry(advisory.package())
            .or_default()
            .push(advisory);
    }
    for one in &sboms.readable {
        for component in &one.sbom.components {
            let Some((name, version)) = crate_of(component) else {
                unjudged += 1;
                continue;
            };
            for advisory in by_crate.get(name.as_str()).into_iter().flatten() {
                match advisory.touches(&name, &version) {
                    Some(false) => {}
                    Some(true) => {
                        known += 1;
                        places.push(one.cite(component.at.place()));
                    }
                    None => unjudged += 1,
                }
            }
        }
    }
    if known > 0 || unjudged == 0 {
        let value = FactValue::Integer(known);
        found.machine_fact(dossier, "sbom.advisories.known", value, places.clone());
    } else {
        // That nothing is known about what was never looked up is no zero.
        let reason = format!("{unjudged} components cannot be judged by the advisories at hand");
        found.gap("sbom.advisories.known", reason, places.clone());
    }
    found.machine_fact(
        dossier,
        "sbom.advisories.unjudged",
        FactValue::Integer(unjudged),
        places,
    );
}

/// The crate's name and version, when the component is one.
fn crate_of(component: &Component) -> Option<(String, String)> {
    let purl: packageurl::PackageUrl<'_> = component.purl.as_deref()?.parse().ok()?;
    let version = purl.version()?.to_owned();
    (purl.ty() == "cargo").then(|| (purl.name().to_owned(), version))
}
