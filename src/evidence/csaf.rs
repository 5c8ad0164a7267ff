//! Security advisories and VEX documents in the Common Security Advisory Framework (CSAF), versions 2.0
//! (OASIS Standard, 18 November 2022) and 2.1 (Committee Specification Draft).
//!
//! A document is held to its schema (`schema-…`) and to the mandatory tests of section 6.1, which are told
//! apart. To add a test: a function below `test/` and a line in its registry.

mod advisory;
pub mod document;
pub mod file_name;
pub mod product_tree;
pub mod tables;
pub mod test;
pub mod vers;
mod vex;

pub use advisory::advisories;
pub use vex::vex;

use document::Document;

use crate::diagnostic::{Diagnostic, Findings, Place, Severity};
use crate::tape::Item;

/// What is wrong with a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// The version of CSAF that the document states; empty where it states none.
    pub spec_version: String,
    /// The findings: of the shape, then by test.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The section of the specification whose test made it, such as `6.1.13`; none for the shape.
    pub test: Option<&'static str>,
    /// What is wrong, and where.
    pub diagnostic: Diagnostic,
}

impl Validation {
    /// Whether there is no error: a document is valid when it conforms to the schema and fails no
    /// mandatory test (CSAF 2.0, section 6).
    pub fn is_valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.diagnostic.severity != Severity::Error)
    }
}

/// Holds a document to the schema of its version and to the mandatory tests of that version.
pub fn validate(root: Item<'_>) -> Validation {
    let version = root
        .at("/document/csaf_version")
        .and_then(Item::text)
        .unwrap_or_default();
    let shape = match tables::csaf(version) {
        Some(schema) => schema.check(root, Findings::PER_CODE),
        None => vec![unknown(version)],
    };
    let mut findings: Vec<Finding> = shape
        .into_iter()
        .map(|diagnostic| Finding {
            test: None,
            diagnostic,
        })
        .collect();
    if let Some(document) = Document::read(root) {
        findings.extend(test::run(&document));
    }
    Validation {
        spec_version: version.to_owned(),
        findings,
    }
}

/// A document that is none of the versions that are read.
fn unreadable() -> Diagnostic {
    Diagnostic::error(
        "csaf-unreadable",
        Place::pointer("/document/csaf_version"),
        "the document states no version of CSAF that is read",
    )
    .help("state `2.0` or `2.1`")
}

/// A document whose groups or statuses repeat products beyond all measure.
fn too_many() -> Diagnostic {
    Diagnostic::error(
        "csaf-too-many-references",
        Place::pointer("/product_tree"),
        "the document refers to more products than are followed",
    )
    .help("list fewer products in a group, or refer to fewer groups")
}

/// A version without tables is no version that can be called valid.
fn unknown(version: &str) -> Diagnostic {
    Diagnostic::error(
        "schema-missing",
        Place::pointer("/document/csaf_version"),
        format!("no tables are at hand for CSAF `{version}`"),
    )
    .help("state `2.0` or `2.1`")
}
