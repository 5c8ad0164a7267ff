//! Looking at single documents: what they are, whether an SBOM is sound, whether a signature verifies.

use serde::Serialize;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::detect::{Detection, detect};
use crate::evidence::sbom;
use crate::evidence::signature::sigstore::Sigstore;
use crate::evidence::signature::{Artifact, Signer, Verification, VerifyBundle, raw_key};

/// What one file is.
#[derive(Debug, Clone, Serialize)]
pub struct DetectedFile {
    /// The path as given.
    pub path: String,
    /// Kind, format, version and encoding.
    #[serde(flatten)]
    pub detection: Detection,
    /// Digest of the bytes.
    pub sha256: Digest,
}

/// Names what a file is.
pub fn detect_file(path: &str, bytes: &[u8]) -> DetectedFile {
    DetectedFile {
        path: path.to_owned(),
        detection: detect(bytes),
        sha256: Digest::of(bytes),
    }
}

/// An inspected SBOM, schema `mekiki/sbom-inspect/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SbomInspection {
    /// The schema.
    pub schema: &'static str,
    /// Whether it could be read.
    pub readable: bool,
    /// Whether no finding is an error.
    pub valid: bool,
    /// The family.
    pub format: String,
    /// The version of the specification.
    pub spec_version: String,
    /// How it is written down.
    pub encoding: String,
    /// Number of components, without what the document describes.
    pub components: usize,
    /// Number of relationships.
    pub relationships: usize,
    /// Every remark.
    pub findings: Vec<Diagnostic>,
}

/// Inspects an SBOM.
///
/// # Errors
///
/// When it cannot be read at all.
pub fn inspect_sbom(bytes: &[u8]) -> Result<SbomInspection, Refused> {
    let (detection, reading) = sbom::read(bytes)?;
    Ok(SbomInspection {
        schema: "mekiki/sbom-inspect/v1",
        readable: true,
        valid: reading.valid(),
        format: reading.sbom.format.name().to_owned(),
        spec_version: reading.sbom.spec_version.clone(),
        encoding: detection.encoding.to_owned(),
        components: reading.sbom.components.len(),
        relationships: reading
            .sbom
            .relationships
            .iter()
            .filter(|one| reading.sbom.is_listed(one))
            .count(),
        findings: reading.findings,
    })
}

/// Inspects an SBOM and gives every finding its line, also where a JSON pointer tells the place.
///
/// # Errors
///
/// When it cannot be read at all.
pub fn inspect_sbom_in_lines(bytes: &[u8]) -> Result<SbomInspection, Refused> {
    let mut inspection = inspect_sbom(bytes)?;
    sbom::find_lines(bytes, &mut inspection.findings);
    Ok(inspection)
}

/// One of several inspected files.
#[derive(Debug, Serialize)]
pub struct InspectedFile<'a> {
    /// The path as given.
    path: &'a str,
    /// What was found, where it could be read.
    #[serde(flatten)]
    inspection: Option<&'a SbomInspection>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a [Diagnostic]>,
}

impl<'a> InspectedFile<'a> {
    /// Takes the outcome of an inspection.
    pub fn new(path: &'a str, outcome: Result<&'a SbomInspection, &'a Refused>) -> Self {
        Self {
            path,
            inspection: outcome.ok(),
            refused: outcome.err().map(|refused| refused.0.as_slice()),
        }
    }
}

/// How a fault names the bundle of a [`SignatureRequest`], whose path is not known here.
pub const BUNDLE: &str = "bundle";
/// How a fault names the trusted root.
pub const TRUSTED_ROOT: &str = "trusted root";
/// How a fault names the public key.
pub const KEY: &str = "key";

/// What is to be verified.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignatureRequest<'a> {
    /// The signed bytes.
    pub artifact: Option<&'a [u8]>,
    /// Or their digest.
    pub digest: Option<Digest>,
    /// A Sigstore bundle.
    pub bundle: Option<&'a [u8]>,
    /// A detached signature (base64).
    pub signature: Option<&'a [u8]>,
    /// The trusted root for a bundle.
    pub trusted_root: Option<&'a [u8]>,
    /// The expected identity and issuer.
    pub identity: Option<(&'a str, &'a str)>,
    /// The expected public key (PEM).
    pub key: Option<&'a [u8]>,
}

/// Verifies one signature.
///
/// # Errors
///
/// When it cannot be judged: no trusted root, no expected signer, or an unreadable bundle or key.
pub fn verify_signature(request: &SignatureRequest<'_>) -> Result<Verification, Refused> {
    let refuse = |code, message: &str, help: &str| {
        Refused::from(Diagnostic::error(code, Place::whole(), message).help(help))
    };
    let artifact = match (request.artifact, request.digest) {
        (Some(bytes), _) => Artifact::Bytes(bytes),
        (None, Some(digest)) => Artifact::Sha256(digest),
        (None, None) => {
            return Err(refuse(
                "artifact-missing",
                "no artifact is given",
                "name a file or sha256:HEX",
            ));
        }
    };
    if let Some(bundle) = request.bundle {
        let root = request.trusted_root.ok_or_else(|| {
            refuse(
                "trusted-root-missing",
                "a bundle cannot be judged without a trusted root",
                "give --trusted-root trusted_root.json",
            )
        })?;
        let signer = match (request.key, request.identity) {
            (Some(key), _) => Signer::Key(key),
            (None, Some((identity, issuer))) => Signer::Identity { identity, issuer },
            (None, None) => {
                return Err(refuse(
                    "signer-missing",
                    "the expected signer is not given",
                    "give --certificate-identity and --certificate-oidc-issuer, or --key",
                ));
            }
        };
        let root = Sigstore::new(root).map_err(|fault| fault.in_file(TRUSTED_ROOT))?;
        let verification =
            root.verify(bundle, artifact, signer)
                .map_err(|fault| match fault.code {
                    "key-malformed" => fault.in_file(KEY),
                    _ => fault.in_file(BUNDLE),
                })?;
        return Ok(verification);
    }
    match (request.signature, request.key, artifact) {
        (Some(signature), Some(key), Artifact::Bytes(bytes)) => {
            let verified = raw_key::verify(bytes, signature, key);
            Ok(verified.map_err(|fault| fault.in_file(KEY))?)
        }
        (Some(_), None, _) => Err(refuse(
            "signer-missing",
            "a detached signature cannot be judged without the public key",
            "give --key key.pub",
        )),
        (Some(_), _, _) => Err(refuse(
            "artifact-missing",
            "a detached signature needs the artifact itself",
            "name the file instead of its digest",
        )),
        (None, _, _) => Err(refuse(
            "signature-missing",
            "no signature is given",
            "give --bundle or --signature",
        )),
    }
}
