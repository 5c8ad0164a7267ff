//! Sigstore bundles, verified offline by the `sigstore-verify` library.
//!
//! Source of the steps: Sigstore Client Specification, section "Verification". The `sigstore` package's
//! own bundle verifier is not used: it does not check inclusion proofs (see ADR 0003).

use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Artifact as LibraryArtifact, Bundle, DerPublicKey, Sha256Hash};
use sigstore_verify::{
    Error, PublicKeyVerificationPolicy, VerificationPolicy, VerificationResult, Verifier,
};

use base64::Engine as _;

use super::{Artifact, Check, ProvenSigner, Signer, Verification, VerifyBundle, statement};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::tree::{Node, parse_json};

const KIND: &str = "sigstore";

/// A bundle is a few kilobytes; one with a large attestation stays far below this.
const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;

/// Verifies bundles under one trusted root.
pub struct Sigstore {
    verifier: Verifier,
}

impl Sigstore {
    /// Takes a `trusted_root.json` (media type `application/vnd.dev.sigstore.trustedroot+json`).
    ///
    /// # Errors
    ///
    /// `trusted-root-malformed` when it cannot be used.
    pub fn new(trusted_root: &[u8]) -> Result<Self, Diagnostic> {
        let malformed = |reason: String| {
            Diagnostic::error(
                "trusted-root-malformed",
                Place::whole(),
                format!("the trusted root cannot be used: {}", one_line(&reason)),
            )
            .help("hand in the trusted_root.json of the signing infrastructure")
        };
        parse_json(trusted_root)?;
        let text = String::from_utf8_lossy(trusted_root);
        let root = TrustedRoot::from_json(&text).map_err(|error| malformed(error.to_string()))?;
        let verifier = Verifier::new(&root).map_err(|error| malformed(error.to_string()))?;
        Ok(Self { verifier })
    }
}

/// Reads a bundle without verifying it.
///
/// # Errors
///
/// `bundle-too-large`, a JSON diagnostic, `json-duplicate-member` or `bundle-malformed`.
pub fn parse(bundle: &[u8]) -> Result<Bundle, Diagnostic> {
    if bundle.len() > MAXIMUM_BYTES {
        let message = format!(
            "the bundle has {} bytes, more than {MAXIMUM_BYTES}",
            bundle.len()
        );
        return Err(
            Diagnostic::error("bundle-too-large", Place::whole(), message)
                .help("sign the artifact, not an archive of it"),
        );
    }
    let (document, duplicates) = parse_json(bundle)?;
    // NOTE: two readers of a repeated member may see two signatures; such a bundle is refused.
    if let Some(duplicate) = duplicates.into_iter().next() {
        return Err(Diagnostic {
            severity: crate::diagnostic::Severity::Error,
            ..duplicate
        });
    }
    Bundle::from_json(&document.source).map_err(|error| {
        let message = format!(
            "the bundle cannot be read: {}",
            one_line(&error.to_string())
        );
        Diagnostic::error("bundle-malformed", Place::whole(), message)
            .help("hand in a Sigstore bundle of version 0.1, 0.2 or 0.3")
    })
}

/// The SHA-256 digests of what a bundle says it covers, unverified; empty when it says none.
pub fn claimed_digests(bundle: &[u8]) -> Vec<Digest> {
    let Ok((document, _)) = parse_json(bundle) else {
        return Vec::new();
    };
    let digest = document
        .root
        .at("/messageSignature/messageDigest/digest")
        .and_then(Node::text);
    let bytes = digest.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    let message = bytes.and_then(|bytes| hex::encode(bytes).parse().ok());
    let statement = statement::of_bundle(bundle).ok().flatten();
    message
        .into_iter()
        .chain(statement.into_iter().flat_map(|one| one.subjects))
        .collect()
}

impl VerifyBundle for Sigstore {
    fn verify(
        &self,
        bundle: &[u8],
        artifact: Artifact<'_>,
        signer: Signer<'_>,
    ) -> Result<Verification, Diagnostic> {
        let parsed = parse(bundle)?;
        let artifact = match artifact {
            Artifact::Bytes(bytes) => LibraryArtifact::Blob(bytes),
            Artifact::Sha256(digest) => Sha256Hash::from(*digest.bytes()).into(),
        };
        let mut key_sha256 = None;
        let outcome = match signer {
            Signer::Identity { identity, issuer } => self.verifier.verify(
                artifact,
                &parsed,
                &VerificationPolicy::new(identity, issuer),
            ),
            Signer::Key(pem) => {
                let key =
                    DerPublicKey::from_pem(&String::from_utf8_lossy(pem)).map_err(|error| {
                        let message = format!(
                            "the public key cannot be read: {}",
                            one_line(&error.to_string())
                        );
                        Diagnostic::error("key-malformed", Place::whole(), message)
                            .help("hand in a public key in PEM (SubjectPublicKeyInfo)")
                    })?;
                key_sha256 = Some(Digest::of(pem));
                self.verifier
                    .verify(artifact, &parsed, &PublicKeyVerificationPolicy::new(key))
            }
        };
        Ok(match outcome {
            Ok(result) => accepted(&result, key_sha256),
            Err(error) => Verification::refused(KIND, refusal(&error)),
        })
    }
}

fn accepted(result: &VerificationResult, key_sha256: Option<Digest>) -> Verification {
    let identity = result
        .identity()
        .map(ToString::to_string)
        .filter(|_| result.certificate_verified());
    let issuer = result
        .issuer()
        .map(str::to_owned)
        .filter(|_| result.certificate_verified());
    let times: Vec<_> = result
        .verified_timestamps()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut checks = vec![Check::passed(
        "signature",
        "the signature covers this artifact",
    )];
    if result.certificate_verified() {
        checks.push(Check::passed(
            "certificate-chain",
            "the certificate leads to the trusted root and was valid at signing",
        ));
        checks.push(Check::passed(
            "identity",
            identity.clone().unwrap_or_default(),
        ));
        checks.push(Check::passed("issuer", issuer.clone().unwrap_or_default()));
    }
    if result.sct_verified() {
        checks.push(Check::passed(
            "certificate-transparency",
            "the certificate was logged when it was issued",
        ));
    }
    if result.tlog_verified() {
        checks.push(Check::passed(
            "transparency-log",
            "the log entry, its inclusion proof and the checkpoint agree",
        ));
    }
    let signer = ProvenSigner {
        identity,
        issuer,
        key_sha256,
        times,
    };
    Verification {
        verified: true,
        kind: KIND,
        signer,
        checks,
        warnings: Vec::new(),
        transparency_logged: result.tlog_verified(),
    }
}

fn refusal(error: &Error) -> Check {
    let name = match error {
        Error::IdentityMismatch { .. } => "identity",
        Error::IssuerMismatch { .. } => "issuer",
        Error::SignatureInvalid(_) | Error::Crypto(_) => "signature",
        Error::ArtifactMismatch(_) | Error::UnsupportedArtifact(_) => "artifact",
        Error::Certificate(sigstore_verify::CertificateError::Sct(_)) => "certificate-transparency",
        Error::Certificate(_) => "certificate-chain",
        Error::TransparencyLog(_) => "transparency-log",
        Error::Timestamp(_) => "timestamp",
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => {
            "trusted-root"
        }
        _ => "bundle",
    };
    Check::failed(name, one_line(&error.to_string()))
}

fn one_line(text: &str) -> String {
    crate::text::printable(text.lines().next().unwrap_or_default())
}
