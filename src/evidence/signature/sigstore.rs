//! Sigstore bundles, verified offline.
//!
//! Source of the steps: Sigstore Client Specification, section 4 ("Verification"), in `steps`. Each is done here, and
//! what passes them all is put to the library `sigstore-verify` as well (`second`, ADR 0003 and ADR 0013). The
//! `sigstore` package's own bundle verifier is not used: it does not check inclusion proofs (see ADR 0003).
//!
//! What is required follows from the trusted root, which the signer has no hand in: where it names transparency
//! logs, the signature must be in one; where it names certificate transparency logs, so must the certificate. Whatever
//! a bundle carries must verify, required or not.

mod bundle;
mod certificate;
mod content;
pub mod embedded;
mod entry;
mod fields;
mod log;
mod older;
mod root;
mod sct;
mod second;
mod stamp;
mod steps;

use base64::Engine as _;
use sigstore_trust_root::TrustedRoot;
use sigstore_verify::Verifier;

pub use bundle::Bundle;

use super::{Artifact, CheckName, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::attestation;
use crate::tree::{Document, Node, parse_json};

/// A bundle is a few kilobytes; one with a large attestation stays far below this.
const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;

/// Verifies bundles under one trusted root.
pub struct Sigstore {
    root: root::Root,
    /// `None` where the second verifier does not know a form that the trusted root has.
    verifier: Option<Verifier>,
}

impl Sigstore {
    /// Takes a `trusted_root.json` (media type `application/vnd.dev.sigstore.trustedroot+json`), or the trust
    /// configuration of a client that holds one.
    ///
    /// # Errors
    ///
    /// A JSON diagnostic, `json-duplicate-member`, or `trusted-root-malformed` when it cannot be used.
    pub fn new(trusted_root: &[u8]) -> Result<Self, Diagnostic> {
        let document = parse_once(trusted_root)?;
        let root = root::Root::read(&document.root)?;
        Ok(Self {
            root,
            verifier: second_verifier(&document.source),
        })
    }
}

/// The second verifier under the same trusted root; `None` where it does not read what is read here.
fn second_verifier(source: &str) -> Option<Verifier> {
    let mut value: serde_json::Value = serde_json::from_str(source).ok()?;
    if let Some(inner) = value.get_mut("trustedRoot") {
        value = inner.take();
    }
    let root: TrustedRoot = serde_json::from_value(value).ok()?;
    Verifier::new(&root).ok()
}

/// Reads a bundle without verifying it: of version 0.1, 0.2 or 0.3, or as cosign wrote it before these.
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
    let document = parse_once(bundle)?;
    if older::is_one(&document.root) {
        older::read(&document.root)
    } else {
        Bundle::read(&document.root)
    }
}

/// Reads JSON in which no member is repeated: two readers of a repeated member may see two documents.
fn parse_once(bytes: &[u8]) -> Result<Document, Diagnostic> {
    let (document, duplicates) = parse_json(bytes)?;
    match duplicates.into_iter().next() {
        None => Ok(document),
        Some(duplicate) => Err(Diagnostic {
            severity: crate::diagnostic::Severity::Error,
            ..duplicate
        }),
    }
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
        steps::verify(self, &parse(bundle)?, artifact, trust)
    }
}

/// Why a verification ends before its last step.
enum Stop {
    /// A check failed.
    Refused(CheckName, String),
    /// It cannot be judged.
    Unjudged(Box<Diagnostic>),
}

fn refused(name: CheckName, detail: impl Into<String>) -> Stop {
    Stop::Refused(name, detail.into())
}

fn one_line(text: &str) -> String {
    crate::text::printable(text.lines().next().unwrap_or_default())
}
