//! Whether a VEX document is what its standard demands.

use serde::Serialize;

use super::Refused;
use crate::diagnostic::Diagnostic;
use crate::evidence::csaf::file_name;
use crate::evidence::sbom::find_lines;
use crate::evidence::vex::{Finding, is_enveloped, read_as_found};

/// A judged VEX document, schema `mekiki/vex-validate/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct VexValidation {
    /// The schema.
    pub schema: &'static str,
    /// The format: `openvex`, `csaf` or `cyclonedx`.
    pub format: &'static str,
    /// The version of the specification; empty where the document names none.
    pub spec_version: String,
    /// Whether no finding is an error.
    pub valid: bool,
    /// The document's own identifier.
    pub id: Option<String>,
    /// Who speaks.
    pub author: Option<String>,
    /// How many statements could be read.
    pub statements: usize,
    /// Every remark.
    pub findings: Vec<VexFinding>,
}

/// A remark, with the test of the standard that it belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct VexFinding {
    /// The number of the test, such as `6.1.13` (CSAF).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<&'static str>,
    /// The remark.
    #[serde(flatten)]
    pub diagnostic: Diagnostic,
}

/// Validates a VEX document; its path counts for CSAF, which has a rule for the names of files. With
/// `in_lines` every finding has its line, also where a JSON pointer tells the place.
///
/// # Errors
///
/// When it cannot be read at all.
pub fn validate_vex(path: &str, bytes: &[u8], in_lines: bool) -> Result<VexValidation, Refused> {
    let mut reading = read_as_found(bytes)?;
    if let ("csaf", Some(id)) = (reading.document.format, &reading.document.id) {
        let misnamed = file_name::check(path, id).map(|diagnostic| Finding {
            test: None,
            diagnostic,
        });
        reading.findings.extend(misnamed);
    }
    let valid = reading.valid();
    let (tests, mut diagnostics): (Vec<_>, Vec<_>) = reading
        .findings
        .into_iter()
        .map(|Finding { test, diagnostic }| (test, diagnostic))
        .unzip();
    // Places in an envelope are those of what it carries.
    if in_lines && !is_enveloped(bytes) {
        find_lines(bytes, &mut diagnostics);
    }
    let findings = tests.into_iter().zip(diagnostics);
    Ok(VexValidation {
        schema: "mekiki/vex-validate/v1",
        format: reading.document.format,
        spec_version: reading.document.spec_version,
        valid,
        id: reading.document.id,
        author: reading.document.author,
        statements: reading.document.statements.len(),
        findings: findings
            .map(|(test, diagnostic)| VexFinding { test, diagnostic })
            .collect(),
    })
}

/// One of several validated files.
#[derive(Debug, Serialize)]
pub struct ValidatedFile<'a> {
    /// The path as given.
    path: &'a str,
    /// What was found, where it could be read.
    #[serde(flatten)]
    validation: Option<&'a VexValidation>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a [Diagnostic]>,
}

impl<'a> ValidatedFile<'a> {
    /// Takes the outcome of a validation.
    pub fn new(path: &'a str, outcome: Result<&'a VexValidation, &'a Refused>) -> Self {
        Self {
            path,
            validation: outcome.ok(),
            refused: outcome.err().map(|refused| refused.0.as_slice()),
        }
    }
}
