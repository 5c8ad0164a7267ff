//! A detached signature under a public key, as `cosign sign-blob --key` writes it: base64 of the raw
//! signature. Checked by the `sigstore` package, which is used for nothing else (see ADR 0003); P-384 with
//! SHA-256, which it lacks, by the library that verifies bundles.

use base64::Engine as _;
use sigstore::crypto::{CosignVerificationKey, Signature};
use sigstore_types::{DerPublicKey, SignatureBytes};
use sigstore_verify::crypto::{SigningScheme, verify_signature};

use super::{Check, ProvenSigner, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

const KIND: &str = "cosign";

/// Verifies `signature` (base64) over `artifact` under the PEM public key `key`.
///
/// The key says the algorithm: ECDSA P-256, P-384 or P-521, Ed25519, or RSA PKCS#1 with SHA-256. Under
/// P-384 the digest may be SHA-384, or the SHA-256 that some signers take for every curve.
///
/// # Errors
///
/// `key-malformed` when the key cannot be used.
pub fn verify(artifact: &[u8], signature: &[u8], key: &[u8]) -> Result<Verification, Diagnostic> {
    let verifier = CosignVerificationKey::try_from_pem(key).map_err(|error| {
        let message = format!(
            "the public key cannot be used: {}",
            crate::text::printable(&error.to_string())
        );
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("hand in a public key in PEM (SubjectPublicKeyInfo)")
    })?;
    let signature: Vec<u8> = signature
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let covers = verifier
        .verify_signature(Signature::Base64Encoded(&signature), artifact)
        .is_ok()
        || covers_under_p384_with_sha256(&verifier, &signature, artifact);
    if !covers {
        let detail = "the signature does not cover this artifact under the given key";
        return Ok(Verification::refused(
            KIND,
            Check::failed("signature", detail),
        ));
    }
    Ok(Verification {
        verified: true,
        kind: KIND,
        signer: ProvenSigner {
            key_sha256: Some(Digest::of(key)),
            ..ProvenSigner::default()
        },
        checks: vec![Check::passed(
            "signature",
            "the signature covers this artifact under the given key",
        )],
        warnings: vec!["a bare key proves no time of signing".to_owned()],
        transparency_logged: false,
    })
}

fn covers_under_p384_with_sha256(
    key: &CosignVerificationKey,
    signature: &[u8],
    artifact: &[u8],
) -> bool {
    let CosignVerificationKey::ECDSA_P384_SHA384_ASN1(key) = key else {
        return false;
    };
    let Ok(signature) = base64::prelude::BASE64_STANDARD.decode(signature) else {
        return false;
    };
    verify_signature(
        &DerPublicKey::new(key.clone()),
        artifact,
        &SignatureBytes::new(signature),
        SigningScheme::EcdsaP384Sha256,
    )
    .is_ok()
}
