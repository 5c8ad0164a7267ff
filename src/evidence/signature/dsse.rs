//! DSSE envelopes under public keys, around an in-toto statement about the artifact or around the artifact
//! itself.
//!
//! Sources: DSSE v1.0.0, `protocol.md` (what is signed; a key counts once; key ids are hints); in-toto
//! Attestation Framework v1, `digest_set.md` (algorithms that are not secure are passed over).

use std::collections::BTreeSet;

use super::key::{PublicKey, Scheme};
use super::statement::{about, digest_missing};
use super::trust::{signer_missing, unenforceable};
use super::{Artifact, CheckName, Kind, Proof, ProvenSigner, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::attestation::envelope::{self, Envelope};

/// Verifies the envelope in `signature`, or one of several in a file of JSON Lines.
///
/// So many distinct keys of `trust` as its threshold says must have signed; a key counts once, however often it
/// signed or was handed in. Of several envelopes one that verifies is enough; where none does, the one that
/// held longest tells why.
///
/// # Errors
///
/// `signer-missing` without a key; `envelope-malformed` and the faults of JSON; `artifact-missing` where the
/// statement names the artifact by another digest than the one at hand; `key-malformed`, `key-unsupported`;
/// `expectation-unprovable` for what keys cannot prove.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let keys = trusted_keys(trust)?;
    let documents = envelope::documents(signature)?;
    let count = documents.len();
    let mut best: Option<Result<Verification, Diagnostic>> = None;
    for (index, document) in documents.into_iter().enumerate() {
        let outcome = Envelope::parse(document)
            .and_then(|envelope| verify_envelope(&envelope, &keys, artifact, trust));
        let outcome = match outcome {
            Ok(mut verification) if verification.verified => {
                if count > 1 {
                    verification.warnings.push(format!(
                        "this is envelope {} of {count}; the others were not asked to verify",
                        index + 1
                    ));
                }
                return Ok(verification);
            }
            other => other,
        };
        let steps = |outcome: &Result<Verification, Diagnostic>| {
            outcome.as_ref().map_or(0, |one| one.checks.len())
        };
        if best
            .as_ref()
            .is_none_or(|best| steps(best) < steps(&outcome))
        {
            best = Some(outcome);
        }
    }
    best.unwrap_or_else(|| {
        let message = "the file holds no envelope";
        Err(
            Diagnostic::error("signature-missing", Place::whole(), message)
                .help("give a DSSE envelope"),
        )
    })
}

/// A trusted key that verified a signature, and how.
struct Signed<'k> {
    key: &'k PublicKey,
    scheme: Scheme,
}

fn verify_envelope(
    envelope: &Envelope,
    keys: &[PublicKey],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let mut proof = Proof::new(Kind::Dsse, artifact);
    if envelope.signatures.is_empty() {
        return Ok(proof.refused(CheckName::Structure, "the envelope carries no signature"));
    }
    let detail = format!("signatures in the envelope: {}", envelope.signatures.len());
    proof.passed(CheckName::Structure, detail);

    let (signed, unknown) = signed_by(envelope, keys);
    let Some(first) = signed.first() else {
        let detail = format!(
            "no signature verifies under the trusted keys; signatures in the envelope: {}",
            envelope.signatures.len()
        );
        return Ok(proof.refused(CheckName::Signature, detail));
    };
    proof.passed(
        CheckName::Signature,
        "type and payload are as signed under a trusted key",
    );
    *proof.signer() = signer(first);
    for further in signed.iter().skip(1) {
        proof.cosigner(signer(further));
    }
    let threshold = trust.threshold.max(1);
    let detail = format!(
        "trusted keys that signed: {} of {}",
        signed.len(),
        keys.len()
    );
    if signed.len() < threshold {
        let detail = format!("{detail}; asked for: {threshold}");
        return Ok(proof.refused(CheckName::Threshold, detail));
    }
    proof.passed(CheckName::Threshold, detail);

    let expected = trust.payload_type.unwrap_or(envelope::IN_TOTO);
    if envelope.payload_type != expected {
        let detail = format!(
            "the payload is `{}`, expected `{expected}`",
            crate::text::shortened(&envelope.payload_type, 100)
        );
        return Ok(proof.refused(CheckName::ContentType, detail));
    }
    proof.passed(CheckName::ContentType, expected);

    if unknown > 0 {
        proof.caution(format!(
            "signatures by keys that are not trusted here, which count for nothing: {unknown}"
        ));
    }
    if envelope.signatures.iter().any(|one| one.has_certificate) {
        proof.caution("a certificate in the envelope is not signed and not trusted");
    }
    proof.caution("a bare key proves no time of signing");
    let outcome = if trust.payload_type.is_some() {
        about_payload(&envelope.payload, artifact, &mut proof)?
    } else {
        about(&envelope.payload, artifact, &mut proof)?
    };
    Ok(match outcome {
        Ok(()) => proof.verified(),
        Err((name, detail)) => proof.refused(name, detail),
    })
}

/// Goes on with a proof: the artifact has to be the payload itself.
fn about_payload(
    payload: &[u8],
    artifact: &Artifact<'_>,
    proof: &mut Proof,
) -> Result<Result<(), (CheckName, String)>, Diagnostic> {
    match agreement(&Artifact::of_bytes(payload), artifact) {
        Agreement::Same => {
            proof.passed(CheckName::Artifact, "the payload is the artifact");
            Ok(Ok(()))
        }
        Agreement::Different => {
            let detail = "the payload is not the artifact".to_owned();
            Ok(Err((CheckName::Artifact, detail)))
        }
        Agreement::Unknown => Err(digest_missing("of the payload")),
    }
}

/// Whether two artifacts are one, by the digests that are at hand for both.
enum Agreement {
    Same,
    Different,
    Unknown,
}

fn agreement(left: &Artifact<'_>, right: &Artifact<'_>) -> Agreement {
    let mut outcome = Agreement::Unknown;
    for algorithm in Artifact::ALGORITHMS {
        match (left.digest_hex(algorithm), right.digest_hex(algorithm)) {
            (Some(left), Some(right)) if left == right => outcome = Agreement::Same,
            (Some(_), Some(_)) => return Agreement::Different,
            _ => {}
        }
    }
    outcome
}

/// The trusted keys that signed, in their order, each once; and how many signatures none of them made.
fn signed_by<'k>(envelope: &Envelope, keys: &'k [PublicKey]) -> (Vec<Signed<'k>>, usize) {
    let message = envelope.signed_bytes();
    let mut known = BTreeSet::new();
    let mut signed = Vec::new();
    for key in keys {
        let mut scheme = None;
        for (index, signature) in envelope.signatures.iter().enumerate() {
            let fits = |one: &&Scheme| key.verifies(**one, &message, &signature.signature);
            if let Some(found) = key.schemes().iter().find(fits) {
                known.insert(index);
                scheme.get_or_insert(*found);
            }
        }
        if let Some(scheme) = scheme {
            signed.push(Signed { key, scheme });
        }
    }
    (signed, envelope.signatures.len() - known.len())
}

fn signer(signed: &Signed<'_>) -> ProvenSigner {
    ProvenSigner {
        key_sha256: Some(signed.key.digest()),
        strength: Some(signed.key.strength(signed.scheme)),
        ..ProvenSigner::default()
    }
}

/// The keys of `trust`, each once.
fn trusted_keys(trust: &Trust<'_>) -> Result<Vec<PublicKey>, Diagnostic> {
    if trust.namespace.is_some() {
        return Err(unenforceable("a DSSE envelope has no namespace"));
    }
    if !trust.certificates.is_empty() || !trust.anchors.is_empty() || !trust.revocations.is_empty()
    {
        return Err(unenforceable(
            "a DSSE envelope is verified under keys, not under certificates",
        ));
    }
    let mut keys: Vec<PublicKey> = Vec::new();
    for material in &trust.keys {
        let key = PublicKey::read(*material)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Err(signer_missing(
            "an envelope cannot be judged without the public key",
            "give --key key.pub",
        ));
    }
    Ok(keys)
}
