//! Signatures over the delivery and the bills of materials, rank 6.

mod verifier;

use std::collections::BTreeSet;

use verifier::Signed;
pub(super) use verifier::{Verifier, extended};

use super::dossier::{Dossier, Sorted};
use super::{Establishment, FactValue};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::detect::Kind;
use crate::evidence::signature::Verification;
use crate::evidence::{Citation, Evidence};
use crate::trust::Purpose;

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    let verifier = Verifier::new(dossier, found);
    if verifier.signatures().next().is_none() {
        return;
    }
    let artifacts: Vec<_> = dossier.artifacts().map(file).collect();
    let sboms: Vec<_> = dossier.handed_in_of(Kind::Sbom).map(file).collect();
    let mut everything = Vec::new();
    let mut all_citations = Vec::new();
    for (key, purpose, files) in [
        ("delivery.signature.verified", Purpose::Artifact, artifacts),
        ("delivery.sbom.signed", Purpose::Sbom, sboms),
    ] {
        if files.is_empty() {
            continue;
        }
        if let Some(obstacle) = verifier.obstacle() {
            // Without the files there would be nothing to verify, so the gap rests on them too.
            let citations = verifier
                .signatures()
                .chain(files)
                .map(|one| one.cite(Place::whole()))
                .collect();
            found.gap(key, obstacle, citations);
            continue;
        }
        let signed: Vec<_> = files
            .into_iter()
            .map(|file| verifier.verify(file, purpose))
            .collect();
        let mut citations: Vec<_> = verifier.citations().collect();
        for one in &signed {
            citations.push(one.file.cite(Place::whole()));
            citations.extend(
                one.outcomes
                    .iter()
                    .map(|outcome| outcome.signature.cite(Place::whole())),
            );
            remark(one, found);
        }
        let all = signed.iter().all(Signed::is_verified);
        all_citations.extend(citations.iter().cloned());
        found.machine_fact(dossier, key, FactValue::Bool(all), citations);
        everything.extend(signed);
    }
    if !everything.is_empty() {
        of_all(dossier, &everything, &all_citations, found);
    }
}

/// What is true of the signatures over everything that was delivered.
fn of_all(
    dossier: &Dossier<'_>,
    everything: &[Signed<'_>],
    citations: &[Citation],
    found: &mut Establishment,
) {
    let mut add = |key: &str, value: FactValue| {
        found.machine_fact(dossier, key, value, citations.to_vec());
    };
    let each = |holds: &dyn Fn(&Verification) -> bool| {
        everything.iter().all(|one| one.verifications().any(holds))
    };
    add(
        "delivery.signature.transparency_logged",
        FactValue::Bool(each(&Verification::is_logged)),
    );
    add(
        "delivery.signature.timestamped",
        FactValue::Bool(each(&|one| !one.signer.times.is_empty())),
    );
    let changed = everything
        .iter()
        .flat_map(|one| &one.outcomes)
        .any(|outcome| outcome.is_changed);
    add(
        "delivery.signature.signer_changed",
        FactValue::Bool(changed),
    );
    let signers: BTreeSet<String> = everything
        .iter()
        .flat_map(Signed::verifications)
        .filter_map(|one| one.signer.name())
        .collect();
    add(
        "delivery.signature.signers",
        FactValue::List(signers.into_iter().collect()),
    );
    // The strongest signature of each file counts, and of these the weakest; unknown where one is not known.
    let strengths: Option<Vec<_>> = everything
        .iter()
        .map(|one| {
            let bits = one.verifications().map(|one| one.signer.strength.as_ref());
            bits.flatten().map(|strength| strength.bits).max()
        })
        .collect();
    if let Some(bits) = strengths.and_then(|bits| bits.into_iter().min()) {
        add(
            "delivery.signature.strength_bits",
            FactValue::Integer(bits.into()),
        );
    }
}

fn file<'a>(sorted: &Sorted<'a>) -> &'a Evidence {
    sorted.evidence
}

fn remark(signed: &Signed<'_>, found: &mut Establishment) {
    if signed.is_verified() {
        return;
    }
    if signed.outcomes.is_empty() {
        found.remarks.push(
            Diagnostic::warning(
                "signature-absent",
                Place::whole(),
                "no signature was handed in for this file",
            )
            .help("hand in a signature beside it, named like the file with `.sigstore.json`, `.sig`, `.asc`, `.p7s` or `.minisig` behind")
            .in_file(signed.file.path.clone()),
        );
    }
    for outcome in &signed.outcomes {
        let reason = match &outcome.verification {
            Ok(verification) => verification
                .refusal()
                .map(|check| format!("{}: {}", check.name.word(), check.detail))
                .unwrap_or_default(),
            Err(fault) => fault.message.clone(),
        };
        let file = &signed.file.path;
        let remark = if outcome.is_changed {
            let message = format!("the signer of `{file}` has changed without approval: {reason}");
            Diagnostic::error("signer-changed", Place::whole(), message)
                .help("ask the supplier who signs now and why; if that is right, approve the new signer in the trust policy")
        } else {
            let message = format!("the signature over `{file}` does not verify: {reason}");
            Diagnostic::error("signature-refused", Place::whole(), message)
                .help("ask the supplier for the file as it was signed")
        };
        found
            .remarks
            .push(remark.in_file(outcome.signature.path.clone()));
    }
}
