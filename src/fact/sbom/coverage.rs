//! How much of what an SBOM lists carries what people work with: digests, licenses, identifiers.

use super::{CITED, Delivered, Establishment, FactValue, count};
use crate::digest::Algorithm;
use crate::evidence::Citation;
use crate::evidence::sbom::model::{Component, Hash, is_stated};
use crate::evidence::sbom::semantics::{CpeForm, check_cpe, check_digest, check_purl};
use crate::fact::dossier::Dossier;
use crate::profile::survey::Survey;

/// What is asked of a component: the document, its number there, and itself.
type Asked = fn(&Survey<'_>, usize, &Component) -> bool;

/// The shares with what they ask.
const SHARES: [(&str, Asked); 3] = [
    ("sbom.coverage.hash_per_mille", has_strong_hash),
    ("sbom.coverage.license_per_mille", |_, _, component| {
        component.licenses.iter().any(|one| is_stated(&one.text))
    }),
    ("sbom.coverage.identifier_per_mille", |_, _, component| {
        component.purls().any(|purl| check_purl(purl).is_none())
            || component
                .cpes()
                .any(|cpe| check_cpe(cpe, CpeForm::Any).is_none())
    }),
];

pub(super) fn establish(
    dossier: &Dossier<'_>,
    surveys: &[(&Delivered, Survey<'_>)],
    found: &mut Establishment,
) {
    for (key, asked) in SHARES {
        share(dossier, surveys, key, asked, found);
    }
}

/// The lowest share in any SBOM, in per mille rounded down, with the places of the first that lack it.
fn share(
    dossier: &Dossier<'_>,
    surveys: &[(&Delivered, Survey<'_>)],
    key: &str,
    asked: Asked,
    found: &mut Establishment,
) {
    let mut citations: Vec<Citation> = Vec::new();
    let mut lowest: Option<(usize, Vec<Citation>)> = None;
    for (delivered, survey) in surveys {
        citations.push(delivered.citation.clone());
        let components = &delivered.sbom.components;
        let mut lacking = 0;
        let mut places = Vec::new();
        // Subject 0 is the root.
        for (subject, component) in (1..).zip(components) {
            if asked(survey, subject, component) {
                continue;
            }
            lacking += 1;
            if places.len() < CITED {
                places.push(delivered.cite(component.at.place()));
            }
        }
        let has = components.len().saturating_sub(lacking);
        let Some(per_mille) = (has * 1000).checked_div(components.len()) else {
            let citation = vec![delivered.citation.clone()];
            found.gap(key, "the SBOM lists no component", citation);
            return;
        };
        if lowest.as_ref().is_none_or(|(low, _)| per_mille < *low) {
            lowest = Some((per_mille, places));
        }
    }
    if let Some((per_mille, places)) = lowest {
        citations.extend(places);
        found.machine_fact(dossier, key, count(per_mille), citations);
    }
}

/// Whether the component, or the form in which it is distributed, has a well-formed digest of SHA-256 or
/// an algorithm of at least its strength.
fn has_strong_hash(survey: &Survey<'_>, subject: usize, component: &Component) -> bool {
    let any = |hashes: &[Hash]| hashes.iter().any(is_strong);
    let mut links = component.external_references.iter();
    any(&component.hashes)
        || links.any(|one| one.kind == "distribution" && any(&one.hashes))
        || survey.carriers(subject).any(|file| any(&file.hashes))
}

fn is_strong(hash: &Hash) -> bool {
    Algorithm::NAMES.iter().any(|(algorithm, name)| {
        *algorithm >= Algorithm::Sha256
            && *name == hash.algorithm
            && !hash.value.is_empty()
            && check_digest(name, &hash.value).is_none()
    })
}

/// Whether an SBOM has it, as a value of a fact: every SBOM must.
pub(super) fn every(
    dossier: &Dossier<'_>,
    key: &str,
    answers: Vec<(bool, Citation)>,
    found: &mut Establishment,
) {
    let all = answers.iter().all(|(holds, _)| *holds);
    let citations = answers.into_iter().map(|(_, citation)| citation).collect();
    found.machine_fact(dossier, key, FactValue::Bool(all), citations);
}
