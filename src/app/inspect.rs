//! Looking at single documents: what they are, whether an SBOM is sound.

use serde::Serialize;

use super::Refused;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::detect::{Detection, detect};
use crate::evidence::sbom;

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
