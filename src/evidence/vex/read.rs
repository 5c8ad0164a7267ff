//! One door to every format.

use super::{VexDocument, cyclonedx, envelope, openvex};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::csaf;
use crate::evidence::detect::{Kind, detect_item};
use crate::evidence::unpack::{decode, unpack};
use crate::tape::parse_json;

/// A remark on a VEX document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The test of the standard that it breaks, such as `6.1.13` (CSAF).
    pub test: Option<&'static str>,
    /// The remark.
    pub diagnostic: Diagnostic,
}

/// What the reader gives.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What could be read.
    pub document: VexDocument,
    /// Every remark.
    pub findings: Vec<Finding>,
}

impl Reading {
    fn new(document: VexDocument, findings: Vec<Diagnostic>) -> Self {
        let findings = findings.into_iter().map(|diagnostic| Finding {
            test: None,
            diagnostic,
        });
        Self {
            document,
            findings: findings.collect(),
        }
    }

    /// Whether no finding is an error.
    pub fn valid(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|one| one.diagnostic.severity != Severity::Error)
    }
}

/// Reads a VEX document of any supported format, compressed or not.
///
/// # Errors
///
/// The diagnostics that make the document unreadable; at least one.
pub fn read(bytes: &[u8]) -> Result<(VexDocument, Vec<Diagnostic>), Vec<Diagnostic>> {
    let reading = read_as_found(bytes)?;
    let findings = reading.findings.into_iter().map(|one| one.diagnostic);
    Ok((reading.document, findings.collect()))
}

/// Reads a VEX document and keeps which test of its standard each finding belongs to.
///
/// # Errors
///
/// As [`read`].
pub fn read_as_found(bytes: &[u8]) -> Result<Reading, Vec<Diagnostic>> {
    let content = unpack(bytes).map_err(|fault| vec![fault])?;
    let text = decode(&content)
        .ok()
        .filter(|text| text.trim_start().starts_with(['{', '[']));
    let Some(text) = text else {
        // XML and Protobuf: CycloneDX is the only format that has them.
        return cyclonedx::read(&content)
            .map(|(document, found)| Reading::new(document, found))
            .map_err(|faults| {
                let is_other =
                    |one: &Diagnostic| matches!(one.code, "sbom-unsupported" | "sbom-unrecognized");
                if faults.iter().any(is_other) {
                    vec![unrecognized("the file is no known VEX document")]
                } else {
                    faults
                }
            });
    };
    let tape = parse_json(&text).map_err(|fault| vec![fault])?;
    let root = tape.root();
    let detection = detect_item(root);
    match detection.format {
        "openvex" => {
            let (document, found) = openvex::read(root).map_err(|fault| vec![fault])?;
            let mut findings = tape.repeated_members();
            findings.extend(found);
            Ok(Reading::new(document, findings))
        }
        "csaf" => {
            let mut remarks = tape.repeated_members();
            let (document, more) = csaf::vex(root).map_err(|fault| vec![fault])?;
            remarks.extend(more);
            let mut reading = Reading::new(document, remarks);
            let found = csaf::validate(root).findings.into_iter();
            reading.findings.extend(
                found.map(|csaf::Finding { test, diagnostic }| Finding { test, diagnostic }),
            );
            Ok(reading)
        }
        "cyclonedx" => {
            drop(tape);
            cyclonedx::read(text.as_bytes()).map(|(document, found)| Reading::new(document, found))
        }
        "dsse" | "sigstore-bundle" => envelope::read(text.as_bytes())
            .map(|(document, found)| Reading::new(document, found))
            .map_err(|fault| vec![fault]),
        _ if openvex::is_alike(root) => {
            let (document, found) = openvex::read(root).map_err(|fault| vec![fault])?;
            let mut findings = vec![
                Diagnostic::error(
                    "openvex-context",
                    Place::pointer("/@context"),
                    "the context does not say that this is OpenVEX",
                )
                .help("state `https://openvex.dev/ns/v0.2.0` under `@context`"),
            ];
            findings.extend(found);
            Ok(Reading::new(document, findings))
        }
        _ => {
            let what = match detection.kind {
                Kind::Unknown => "the document is no known VEX document".to_owned(),
                _ => format!("{} is no VEX document that is read", detection.format),
            };
            Err(vec![unrecognized(what)])
        }
    }
}

pub(super) fn unrecognized(what: impl Into<String>) -> Diagnostic {
    Diagnostic::error("vex-unrecognized", Place::whole(), what)
        .help("hand in OpenVEX, CSAF or CycloneDX with vulnerabilities")
}
