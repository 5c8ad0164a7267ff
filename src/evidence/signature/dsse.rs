//! DSSE envelopes under public keys, around an in-toto statement about the artifact or around the artifact
//! itself.
//!
//! Sources: DSSE v1.0.0, `protocol.md` (what is signed; a key counts once; key ids are hints); in-toto
//! Attestation Framework v1, `digest_set.md` (algorithms that are not secure are passed over).

mod subject;

use std::collections::BTreeSet;

use super::key::{PublicKey, Scheme};
use super::trust::{signer_missing, unenforceable};
use super::{Artifact, CheckName, Kind, Proof, ProvenSigner, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::attestation::envelope::{self, Envelope};
use crate::evidence::attestation::statement;
use subject::{Subject, subject};

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
    let verification = proof.verified();
    if trust.payload_type.is_some() {
        return about_payload(&envelope.payload, artifact, verification);
    }
    about_artifact(&envelope.payload, artifact, verification)
}

/// Goes on with a verification: the artifact has to be the payload itself.
fn about_payload(
    payload: &[u8],
    artifact: &Artifact<'_>,
    verification: Verification,
) -> Result<Verification, Diagnostic> {
    let same = match agreement(&Artifact::of_bytes(payload), artifact) {
        Agreement::Same => Ok("the payload is the artifact".to_owned()),
        Agreement::Different => Err("the payload is not the artifact".to_owned()),
        Agreement::Unknown => return Err(digest_missing("of the payload")),
    };
    Ok(verification.and(CheckName::Artifact, same))
}

/// Goes on with a verification: the payload has to be a statement about the artifact.
///
/// # Errors
///
/// `artifact-missing` where the statement names its subjects by another digest than the one at hand.
pub fn about_artifact(
    payload: &[u8],
    artifact: &Artifact<'_>,
    verification: Verification,
) -> Result<Verification, Diagnostic> {
    let refused =
        |verification: Verification, name, detail| Ok(verification.and(name, Err(detail)));
    let (statement, findings) = match statement::read(payload) {
        Ok(read) => read,
        Err(fault) => return refused(verification, CheckName::Statement, fault.message),
    };
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    if let Some(fault) = findings.iter().find(is_error) {
        let detail = format!("{}: {}", fault.at, fault.message);
        return refused(verification, CheckName::Statement, detail);
    }
    let kind = statement.version.type_uri().to_owned();
    let mut verification = verification.and(CheckName::Statement, Ok(kind));
    let cautions = findings
        .iter()
        .map(|one| format!("{}: {}", one.at, one.message));
    verification.warnings.extend(cautions);
    match subject(&statement.subjects, artifact) {
        Subject::Is(name) => {
            let detail = format!("the subject `{name}`");
            Ok(verification.and(CheckName::Subject, Ok(detail)))
        }
        Subject::Contradicts(name) => {
            let detail = format!("the digests of the subject `{name}` contradict each other");
            refused(verification, CheckName::Subject, detail)
        }
        Subject::Weak(name) => {
            let detail = format!("the subject `{name}` has no digest that is strong enough");
            refused(verification, CheckName::Algorithm, detail)
        }
        Subject::Unknown => Err(digest_missing("by which the statement names its subjects")),
        Subject::None => {
            let detail = format!(
                "no subject has the digest of this artifact; subjects in the statement: {}",
                statement.subjects.len()
            );
            refused(verification, CheckName::Subject, detail)
        }
    }
}

fn digest_missing(which: &str) -> Diagnostic {
    let message = format!("the digest {which} is not at hand for this artifact");
    Diagnostic::error("artifact-missing", Place::whole(), message)
        .help("name the file instead of its digest, or its digest by the same algorithm")
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
