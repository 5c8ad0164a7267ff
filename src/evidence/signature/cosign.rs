//! A detached signature under a public key, as `cosign sign-blob --key` writes it: base64 of the raw
//! signature. Checked by the `sigstore` package, which is used for nothing else (see ADR 0003); what it
//! lacks (P-384 with SHA-256, RSA-PSS) is checked on the same primitives as everything else.

use base64::Engine as _;
use sigstore::crypto::{CosignVerificationKey, Signature};

use super::key::{KeyKind, PublicKey, Scheme};
use super::trust::signer_missing;
use super::{Artifact, CheckName, Kind, Proof, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;

/// Verifies `signature` (base64) over `artifact` under the first key of `trust` that it fits.
///
/// The key says the algorithm: ECDSA P-256, P-384 or P-521, Ed25519, or RSA with SHA-256. Under P-384 the
/// digest may be SHA-384, or the SHA-256 that some signers take for every curve; under RSA the padding may
/// be PKCS#1 v1.5 or PSS.
///
/// # Errors
///
/// `signer-missing` without a key, `artifact-missing` where only a digest is at hand, `key-malformed` when
/// a key cannot be used.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    if trust.keys.is_empty() {
        return Err(signer_missing(
            "a detached signature cannot be judged without the public key",
            "give --key key.pub",
        ));
    }
    let bytes = artifact.bytes().ok_or_else(|| {
        let message = "a detached signature needs the artifact itself";
        Diagnostic::error("artifact-missing", Place::whole(), message)
            .help("name the file instead of its digest")
    })?;
    let signature: Vec<u8> = signature
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let mut proof = Proof::new(Kind::Cosign, artifact);
    for material in &trust.keys {
        let key = PublicKey::read(*material)?;
        if let Some(scheme) = scheme_of(&key, bytes, &signature) {
            proof.passed(
                CheckName::Signature,
                "the signature covers this artifact under the given key",
            );
            proof.signer().key_sha256 = Some(key.digest());
            proof.signer().strength = Some(key.strength(scheme));
            proof.caution("a bare key proves no time of signing");
            return Ok(proof.verified());
        }
    }
    Ok(proof.refused(
        CheckName::Signature,
        "the signature does not cover this artifact under the given key",
    ))
}

/// The scheme by which `signature` covers `artifact` under `key`.
fn scheme_of(key: &PublicKey, artifact: &[u8], signature: &[u8]) -> Option<Scheme> {
    let first = match key.kind() {
        KeyKind::EcdsaP256 => Scheme::EcdsaAsn1(Algorithm::Sha256),
        KeyKind::EcdsaP384 => Scheme::EcdsaAsn1(Algorithm::Sha384),
        KeyKind::EcdsaP521 => Scheme::EcdsaAsn1(Algorithm::Sha512),
        KeyKind::Ed25519 => Scheme::Ed25519,
        KeyKind::Rsa(_) => Scheme::RsaPkcs1(Algorithm::Sha256),
    };
    let covers = CosignVerificationKey::try_from_der(key.spki()).is_ok_and(|verifier| {
        verifier
            .verify_signature(Signature::Base64Encoded(signature), artifact)
            .is_ok()
    });
    if covers {
        return Some(first);
    }
    let raw = base64::prelude::BASE64_STANDARD.decode(signature).ok()?;
    let others: &[Scheme] = match key.kind() {
        KeyKind::EcdsaP384 | KeyKind::EcdsaP521 => &[Scheme::EcdsaAsn1(Algorithm::Sha256)],
        KeyKind::Rsa(_) => &[Scheme::RsaPss(Algorithm::Sha256)],
        KeyKind::EcdsaP256 | KeyKind::Ed25519 => &[],
    };
    others
        .iter()
        .copied()
        .find(|scheme| key.verifies(*scheme, artifact, &raw))
}
