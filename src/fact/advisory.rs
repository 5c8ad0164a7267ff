//! Advisories held against the bills of materials, rank 6.
//!
//! A component that no advisory source at hand can judge is counted as unjudged, never as clean.

use super::dossier::Dossier;
use super::{Establishment, FactValue};
use crate::diagnostic::Place;
use crate::evidence::Citation;
use crate::evidence::advisory::rustsec::{CrateAdvisory, read_advisory};
use crate::evidence::detect::Kind;
use crate::evidence::sbom::{Component, read};

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    let mut advisories: Vec<(Citation, CrateAdvisory)> = Vec::new();
    for sorted in dossier.agency_of(Kind::Advisory) {
        match read_advisory(&sorted.evidence.bytes) {
            Ok(advisory) => advisories.push((sorted.evidence.cite(Place::whole()), advisory)),
            Err(fault) => found
                .remarks
                .push(fault.in_file(sorted.evidence.path.clone())),
        }
    }
    let mut sboms = Vec::new();
    for sorted in dossier.handed_in_of(Kind::Sbom) {
        if let Ok((_, reading)) = read(&sorted.evidence.bytes) {
            sboms.push((sorted.evidence.cite(Place::whole()), reading.sbom));
        }
    }
    if sboms.is_empty() {
        return;
    }
    if advisories.is_empty() {
        for key in ["sbom.advisories.known", "sbom.advisories.unjudged"] {
            let citations = sboms.iter().map(|(citation, _)| citation.clone()).collect();
            found.gap(
                key,
                "no advisories are at hand, so nothing was looked up",
                citations,
            );
        }
        return;
    }
    let (mut known, mut unjudged) = (0, 0);
    let mut places: Vec<_> = sboms.iter().map(|(citation, _)| citation.clone()).collect();
    places.extend(advisories.iter().map(|(citation, _)| citation.clone()));
    for (citation, sbom) in &sboms {
        for component in &sbom.components {
            let Some((name, version)) = crate_of(component) else {
                unjudged += 1;
                continue;
            };
            for (_, advisory) in advisories
                .iter()
                .filter(|(_, advisory)| !advisory.withdrawn())
            {
                match advisory.touches(&name, &version) {
                    Some(false) => {}
                    Some(true) => {
                        known += 1;
                        places.push(Citation {
                            at: component.at.place(),
                            ..citation.clone()
                        });
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
