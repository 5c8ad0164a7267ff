//! Whether the shape of a document is what its version of the standard demands.

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom::model::Format;
use crate::evidence::sbom::tables;
use crate::markup::Element;
use crate::tape::Item;

/// Holds a document in the shape of JSON against the tables of its version.
///
/// Patch versions of SPDX 2 and version 2.1 are held against the nearest one that has a JSON form.
pub(super) fn of_tape(format: Format, version: &str, root: Item<'_>) -> Vec<Diagnostic> {
    let schema = match (format, version) {
        // Versions without JSON, put into the shape of the first that has one.
        (Format::CycloneDx, "1.0" | "1.1") => tables::cyclonedx("1.2"),
        (Format::CycloneDx, _) => tables::cyclonedx(version),
        (Format::Spdx, "2.0" | "2.1" | "2.2.1" | "2.2.2") => tables::spdx("2.2"),
        (Format::Spdx, "2.3.1") => tables::spdx("2.3"),
        (Format::Spdx, _) => tables::spdx(version),
    };
    match schema {
        Some(schema) => schema.check(root, Findings::PER_CODE),
        None => vec![unknown(format, version)],
    }
}

/// Holds an XML document of CycloneDX against the tables of its version.
pub(super) fn of_markup(version: &str, root: Element<'_>) -> Vec<Diagnostic> {
    match tables::cyclonedx_markup(version) {
        Some(schema) => schema.check(root, Findings::PER_CODE),
        None => vec![unknown(Format::CycloneDx, version)],
    }
}

/// Takes away what a Protobuf document cannot satisfy: its messages have no field for a signature, which the
/// JSON tables demand of a signatory that names no external reference (CycloneDX 1.6, `signatories`).
pub(super) fn pass_over_signatures(findings: &mut Vec<Diagnostic>) {
    findings.retain(|finding| {
        let pointer = finding.at.pointer.as_deref().unwrap_or_default();
        finding.code != "schema-required"
            || !pointer.starts_with("/declarations/affirmation/signatories/")
            || pointer.split('/').count() != 5
    });
}

/// A version without tables is no version that can be called valid.
fn unknown(format: Format, version: &str) -> Diagnostic {
    Diagnostic::error(
        "schema-missing",
        Place::whole(),
        format!("no tables are at hand for {} `{version}`", format.name()),
    )
    .help("state a published version of the specification")
}
