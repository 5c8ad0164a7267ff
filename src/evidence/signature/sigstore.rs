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

use super::trust::signer_missing;
use super::{
    Artifact, CheckName, Expected, Kind, Proof, Trust, Verification, Witness, WitnessKind,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::attestation;
use crate::tree::{Node, parse_json};

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
    let statement = attestation::of_bundle(bundle).ok().flatten();
    message
        .into_iter()
        .chain(statement.into_iter().flat_map(|one| one.sha256_subjects()))
        .collect()
}

/// A verifier of Sigstore bundles. The library behind it can be exchanged without touching a caller.
pub trait VerifyBundle {
    /// Verifies `bundle` over `artifact` against the expected signer.
    ///
    /// # Errors
    ///
    /// A diagnostic when the bundle cannot be read at all; a bundle that reads but does not verify is a
    /// [`Verification`] that is not `verified`.
    fn verify(
        &self,
        bundle: &[u8],
        artifact: &Artifact<'_>,
        trust: &Trust<'_>,
    ) -> Result<Verification, Diagnostic>;
}

/// Verifies a bundle under the trusted root in `trust`.
///
/// # Errors
///
/// `trusted-root-missing`, and what [`VerifyBundle::verify`] gives.
pub(super) fn verify(
    bundle: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let Some(root) = trust.sigstore else {
        let message = "a bundle cannot be judged without a trusted root";
        return Err(
            Diagnostic::error("trusted-root-missing", Place::whole(), message)
                .help("give --trusted-root trusted_root.json"),
        );
    };
    root.verify(bundle, artifact, trust)
}

impl VerifyBundle for Sigstore {
    fn verify(
        &self,
        bundle: &[u8],
        artifact: &Artifact<'_>,
        trust: &Trust<'_>,
    ) -> Result<Verification, Diagnostic> {
        let parsed = parse(bundle)?;
        let handed_in = match (artifact.bytes(), artifact.sha256()) {
            (Some(bytes), _) => LibraryArtifact::Blob(bytes),
            (None, Some(digest)) => Sha256Hash::from(*digest.bytes()).into(),
            (None, None) => {
                let message = "a bundle is judged by the SHA-256 digest of its artifact";
                return Err(
                    Diagnostic::error("artifact-missing", Place::whole(), message)
                        .help("name the file or sha256:HEX"),
                );
            }
        };
        let mut key_sha256 = None;
        let outcome = match (trust.keys.first(), &trust.identity, &trust.issuer) {
            (Some(key), _, _) => {
                let pem = String::from_utf8_lossy(key.bytes);
                let key_der = DerPublicKey::from_pem(&pem).map_err(|error| {
                    let message = format!(
                        "the public key cannot be read: {}",
                        one_line(&error.to_string())
                    );
                    Diagnostic::error("key-malformed", Place::whole(), message)
                        .help("hand in a public key in PEM (SubjectPublicKeyInfo)")
                        .in_file(key.name)
                })?;
                key_sha256 = Some(Digest::of(key_der.as_bytes()));
                self.verifier.verify(
                    handed_in,
                    &parsed,
                    &PublicKeyVerificationPolicy::new(key_der),
                )
            }
            (None, Some(Expected::Exact(identity)), Some(Expected::Exact(issuer))) => {
                self.verifier.verify(
                    handed_in,
                    &parsed,
                    &VerificationPolicy::new(identity, issuer),
                )
            }
            _ => {
                return Err(signer_missing(
                    "the expected signer is not given",
                    "give --certificate-identity and --certificate-oidc-issuer, or --key",
                ));
            }
        };
        let mut proof = Proof::new(Kind::Sigstore, artifact);
        Ok(match outcome {
            Ok(result) => {
                proof.signer().key_sha256 = key_sha256;
                accepted(proof, &result)
            }
            Err(error) => proof.refused(failed(&error), one_line(&error.to_string())),
        })
    }
}

fn accepted(mut proof: Proof, result: &VerificationResult) -> Verification {
    proof.passed(CheckName::Signature, "the signature covers this artifact");
    if result.certificate_verified() {
        proof.passed(
            CheckName::CertificateChain,
            "the certificate leads to the trusted root and was valid at signing",
        );
        let identity = result.identity().map(ToString::to_string);
        let issuer = result.issuer().map(str::to_owned);
        proof.passed(CheckName::Identity, identity.clone().unwrap_or_default());
        proof.passed(CheckName::Issuer, issuer.clone().unwrap_or_default());
        proof.signer().identity = identity;
        proof.signer().issuer = issuer;
    }
    if result.sct_verified() {
        proof.passed(
            CheckName::CertificateTransparency,
            "the certificate was logged when it was issued",
        );
    }
    if result.tlog_verified() {
        proof.passed(
            CheckName::TransparencyLog,
            "the log entry, its inclusion proof and the checkpoint agree",
        );
        proof.witnessed(Witness {
            kind: WitnessKind::TransparencyLog,
            name: String::new(),
            at: None,
            entry: None,
        });
    }
    proof.signer().times = result
        .verified_timestamps()
        .iter()
        .map(ToString::to_string)
        .collect();
    proof.verified()
}

fn failed(error: &Error) -> CheckName {
    match error {
        Error::IdentityMismatch { .. } => CheckName::Identity,
        Error::IssuerMismatch { .. } => CheckName::Issuer,
        Error::SignatureInvalid(_) | Error::Crypto(_) => CheckName::Signature,
        Error::ArtifactMismatch(_) | Error::UnsupportedArtifact(_) => CheckName::Artifact,
        Error::Certificate(sigstore_verify::CertificateError::Sct(_)) => {
            CheckName::CertificateTransparency
        }
        Error::Certificate(_) => CheckName::CertificateChain,
        Error::TransparencyLog(_) => CheckName::TransparencyLog,
        Error::Timestamp(_) => CheckName::Timestamp,
        _ => CheckName::Structure,
    }
}

fn one_line(text: &str) -> String {
    crate::text::printable(text.lines().next().unwrap_or_default())
}
