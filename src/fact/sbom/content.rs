//! What SBOMs say beside their components: dependencies, completeness, age, and what else they list.

use super::coverage::every;
use super::{CITED, Delivered, Establishment, FactValue, Sboms, count};
use crate::diagnostic::Place;
use crate::evidence::Citation;
use crate::evidence::sbom::model::{ComponentKind, Composition, Sbom, Site, Target};
use crate::fact::dossier::Dossier;
use crate::time::{day_of, days_between};

/// Gives the places of what is counted.
type Counted = fn(&Sbom) -> Vec<&Site>;

/// What is counted.
const COUNTS: [(&str, Counted); 4] = [
    ("sbom.content.vulnerabilities", |sbom| {
        sbom.vulnerabilities.iter().map(|one| &one.at).collect()
    }),
    ("sbom.content.cryptographic_assets", |sbom| {
        of_kind(sbom, ComponentKind::CryptographicAsset)
    }),
    ("sbom.content.machine_learning_models", |sbom| {
        of_kind(sbom, ComponentKind::MachineLearningModel)
    }),
    ("sbom.content.services", |sbom| {
        sbom.services.iter().map(|one| &one.at).collect()
    }),
];

fn of_kind(sbom: &Sbom, kind: ComponentKind) -> Vec<&Site> {
    sbom.all_components()
        .filter(|one| one.kind == kind)
        .map(|one| &one.at)
        .collect()
}

pub(super) fn establish(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    for (key, counted) in COUNTS {
        let mut number = 0;
        let mut citations = sboms.citations();
        for one in &sboms.readable {
            let sites = counted(&one.sbom);
            number += sites.len();
            let first = sites.into_iter().take(CITED);
            citations.extend(first.map(|site| one.cite(site.place())));
        }
        found.machine_fact(dossier, key, count(number), citations);
    }
    dependencies(dossier, sboms, found);
    let claims = sboms.readable.iter().map(|one| {
        let claim = one.sbom.compositions.iter().find(|claim| {
            let is_whole = claim.assemblies.is_empty() && claim.dependencies.is_empty();
            claim.aggregate == "complete" && (is_whole || speaks_of_root(&one.sbom, claim))
        });
        let at = claim.map_or_else(Place::whole, |claim| claim.at.place());
        (claim.is_some(), one.cite(at))
    });
    every(
        dossier,
        "sbom.completeness.claimed",
        claims.collect(),
        found,
    );
    age(dossier, sboms, found);
}

/// Whether a claim on completeness speaks of what the document describes.
fn speaks_of_root(sbom: &Sbom, claim: &Composition) -> bool {
    let mut named = claim.assemblies.iter().chain(&claim.dependencies);
    named.any(|reference| sbom.references.target(*reference) == Target::Root)
}

/// Whether every SBOM says what depends on what. That nothing does (SPDX `NONE`) is said too.
fn dependencies(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    const KEY: &str = "sbom.dependencies.stated";
    let is_empty = |one: &&Delivered| one.sbom.components.is_empty();
    if let Some(empty) = sboms.readable.iter().find(is_empty) {
        let citation = vec![empty.citation.clone()];
        found.gap(KEY, "the SBOM lists no component", citation);
        return;
    }
    let answers = sboms.readable.iter().map(|one| {
        let target = |reference| one.sbom.references.target(reference);
        let leads = |target| !matches!(target, Target::NoAssertion | Target::Missing);
        let is_stated = one
            .sbom
            .dependencies()
            .any(|(from, to)| leads(target(from)) && leads(target(to)));
        (is_stated, one.citation.clone())
    });
    every(dossier, KEY, answers.collect(), found);
}

/// The age of the oldest SBOM on the day of judgment, by the day that it states.
fn age(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    const KEY: &str = "sbom.age_days";
    let mut oldest = 0;
    let mut citations: Vec<Citation> = Vec::new();
    for one in &sboms.readable {
        let metadata = &one.sbom.metadata;
        let at = metadata.timestamp_at.as_ref();
        let citation = one.cite(at.map_or_else(Place::whole, Site::place));
        let day = metadata.timestamp.as_deref().and_then(day_of);
        let days = day.map(|day| days_between(day, dossier.as_of));
        let reason = match days {
            None => "the SBOM does not say when it was made",
            Some(days) if days < 0 => "the SBOM is dated after the day of judgment",
            Some(days) => {
                oldest = days.max(oldest);
                citations.push(citation);
                continue;
            }
        };
        found.gap(KEY, reason, vec![citation]);
        return;
    }
    found.machine_fact(dossier, KEY, FactValue::Integer(oldest), citations);
}
