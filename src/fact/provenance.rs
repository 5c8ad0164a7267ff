//! Build provenance of the delivery: signed in-toto statements with SLSA provenance, rank 6.

use super::dossier::Dossier;
use super::signature::{Signed, Verifier};
use super::{Establishment, FactValue};
use crate::diagnostic::Place;
use crate::evidence::Evidence;
use crate::evidence::attestation::{self, Statement};
use crate::trust::Purpose;

const KEYS: [&str; 3] = [
    "delivery.provenance.verified",
    "delivery.provenance.builder_expected",
    "delivery.provenance.source_expected",
];

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    // NOTE: the signature producer has remarked on unusable trusted roots already.
    let verifier = Verifier::new(dossier, &mut Establishment::default());
    let provenances: Vec<_> = verifier
        .signatures()
        .filter(|bundle| provenance(bundle).is_some())
        .collect();
    if provenances.is_empty() {
        return;
    }
    let cited = || {
        provenances
            .iter()
            .map(|bundle| bundle.cite(Place::pointer("/dsseEnvelope/payload")))
    };
    if let Some(obstacle) = verifier.obstacle() {
        for key in KEYS {
            found.gap(key, obstacle, cited().collect());
        }
        return;
    }
    let signed: Vec<_> = dossier
        .artifacts()
        .map(|sorted| {
            verifier.verify(sorted.evidence, Purpose::Provenance, |bundle| {
                provenance(bundle).is_some()
            })
        })
        .collect();
    let mut citations: Vec<_> = verifier
        .citations()
        .chain([dossier.offering.named_at.clone()])
        .collect();
    citations.extend(cited());
    citations.extend(signed.iter().map(|one| one.file.cite(Place::whole())));

    let holds = !signed.is_empty() && signed.iter().all(Signed::is_verified);
    let statements: Vec<_> = signed
        .iter()
        .flat_map(|one| {
            one.outcomes
                .iter()
                .filter(|outcome| outcome.verified().is_some())
        })
        .filter_map(|outcome| provenance(outcome.signature))
        .collect();
    let mut add = |key: &str, value: bool| {
        found.machine_fact(dossier, key, FactValue::Bool(value), citations.clone());
    };
    add("delivery.provenance.verified", holds);
    if let Some((builder, source)) = dossier.offering.provenance.as_ref() {
        let every = |says: &dyn Fn(&Statement) -> bool| holds && statements.iter().all(says);
        add(
            "delivery.provenance.builder_expected",
            every(&|one| one.builder() == Some(builder)),
        );
        add(
            "delivery.provenance.source_expected",
            every(&|one| one.source() == Some(source)),
        );
    }
}

/// The SLSA provenance in a bundle, unverified.
fn provenance(bundle: &Evidence) -> Option<Statement> {
    let statement = attestation::of_bundle(&bundle.bytes).ok().flatten()?;
    statement
        .predicate_type
        .starts_with("https://slsa.dev/provenance/")
        .then_some(statement)
}
