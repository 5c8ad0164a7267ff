//! Bills of materials: what a machine reads from them, rank 6.

use super::dossier::Dossier;
use super::{Establishment, FactValue};
use crate::diagnostic::{Place, Severity};
use crate::evidence::Citation;
use crate::evidence::detect::Kind;
use crate::evidence::sbom::{Reading, Sbom, minimum_elements, read};

/// The facts that an unreadable SBOM leaves unverified.
const KEYS: [&str; 4] = [
    "sbom.delivered",
    "sbom.errors",
    "sbom.lowest_coverage_per_mille",
    "sbom.names_offered_product",
];

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    let mut readings: Vec<(Citation, Reading)> = Vec::new();
    let mut unreadable = Vec::new();
    for sorted in dossier.handed_in_of(Kind::Sbom) {
        let evidence = sorted.evidence;
        match read(&evidence.bytes) {
            Ok((_, reading)) => {
                let errors = reading
                    .findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error);
                found.remarks.extend(
                    errors
                        .cloned()
                        .map(|one| one.in_file(evidence.path.clone())),
                );
                readings.push((evidence.cite(Place::whole()), reading));
            }
            Err(faults) => {
                unreadable.push(evidence.cite(Place::whole()));
                found.remarks.extend(
                    faults
                        .into_iter()
                        .map(|one| one.in_file(evidence.path.clone())),
                );
            }
        }
    }
    for citation in unreadable {
        for key in KEYS {
            found.gap(key, "the SBOM cannot be read", vec![citation.clone()]);
        }
    }
    if readings.is_empty() {
        return;
    }
    let all: Vec<_> = readings
        .iter()
        .map(|(citation, _)| citation.clone())
        .collect();
    let mut add = |key: &str, value: FactValue, citations: Vec<Citation>| {
        found.machine_fact(dossier, key, value, citations);
    };
    add("sbom.delivered", FactValue::Bool(true), all.clone());

    let mut formats: Vec<_> = readings
        .iter()
        .map(|(_, one)| format!("{} {}", one.sbom.format.name(), one.sbom.spec_version))
        .collect();
    formats.sort();
    formats.dedup();
    add(
        "sbom.format",
        FactValue::Text(formats.join(", ")),
        all.clone(),
    );

    let components: usize = readings
        .iter()
        .map(|(_, one)| one.sbom.components.len())
        .sum();
    add("sbom.components", count(components), all.clone());

    let errors: Vec<_> = readings
        .iter()
        .map(|(citation, one)| {
            (
                citation,
                one.findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let mut places = all.clone();
    places.extend(errors.iter().flat_map(|(citation, findings)| {
        findings.iter().take(8).map(|finding| Citation {
            at: finding.at.clone(),
            ..(*citation).clone()
        })
    }));
    add(
        "sbom.errors",
        count(errors.iter().map(|(_, findings)| findings.len()).sum()),
        places,
    );

    let (lowest, places) = lowest_coverage(&readings);
    add(
        "sbom.lowest_coverage_per_mille",
        FactValue::Integer(lowest),
        places,
    );

    if let Some((name, version)) = &dossier.offering.product {
        let names = readings
            .iter()
            .any(|(_, one)| describes(&one.sbom, name, version));
        let places = readings
            .iter()
            .map(|(citation, one)| {
                let at = one
                    .sbom
                    .root
                    .as_ref()
                    .map_or_else(Place::whole, |root| root.at.place());
                Citation {
                    at,
                    ..citation.clone()
                }
            })
            .chain([dossier.offering.named_at.clone()])
            .collect();
        add("sbom.names_offered_product", FactValue::Bool(names), places);
    }
}

fn count(number: usize) -> FactValue {
    FactValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The lowest share of any minimum element in any SBOM, in per mille rounded down, with the places of
/// the first components that lack it.
fn lowest_coverage(readings: &[(Citation, Reading)]) -> (i64, Vec<Citation>) {
    let shares = readings.iter().flat_map(|(citation, reading)| {
        minimum_elements(&reading.sbom)
            .into_iter()
            .map(move |share| (share, citation))
    });
    let lowest = shares.min_by_key(|(share, _)| share.per_mille());
    let mut citations: Vec<_> = readings
        .iter()
        .map(|(citation, _)| citation.clone())
        .collect();
    if let Some((share, citation)) = &lowest {
        citations.extend(share.lacking.iter().cloned().map(|at| Citation {
            at,
            ..(*citation).clone()
        }));
    }
    let per_mille = lowest.map_or(1000, |(share, _)| share.per_mille());
    (i64::try_from(per_mille).unwrap_or(0), citations)
}

fn describes(sbom: &Sbom, name: &str, version: &str) -> bool {
    sbom.root.as_ref().is_some_and(|root| {
        let full = root
            .group
            .as_ref()
            .map(|group| format!("{group}/{}", root.name));
        (root.name == name || full.as_deref() == Some(name))
            && root.version.as_deref() == Some(version)
    })
}
