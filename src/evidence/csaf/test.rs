//! The mandatory tests of CSAF (2.0, section 6.1; 2.1, section 6.1).
//!
//! A test is one function, in the file of its subject, and one entry of [`tests`]. It reads the document
//! leniently: what is absent is no finding of a test, but of the schema or of nobody.

mod extension;
mod header;
mod helper;
mod language;
mod license;
mod metric;
mod product;
mod profile;
mod range;
mod reference;
mod registry;
mod sharing;
mod ssvc;
mod status;
mod time;
mod tracking;
mod vector;
mod vulnerability;
mod weakness;

use super::Finding;
use super::document::{Document, Version};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::tape::Item;

pub use registry::tests;

/// A mandatory test.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// The section of the specification.
    pub number: &'static str,
    /// The versions that have it.
    pub versions: Versions,
    /// Its name in the specification.
    pub title: &'static str,
    /// The code of its findings.
    pub code: &'static str,
    /// What to do about a finding.
    pub help: &'static str,
    run: fn(&Document<'_>, &mut Report<'_>),
}

/// The versions that have a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// 2.0 and 2.1.
    Both,
    /// 2.1 only.
    TwoOne,
}

impl Versions {
    fn have(self, version: Version) -> bool {
        match self {
            Self::Both => true,
            Self::TwoOne => version == Version::TwoOne,
        }
    }
}

/// Takes the findings of one test.
#[derive(Debug)]
struct Report<'r> {
    findings: &'r mut Findings,
    code: &'static str,
    help: &'static str,
}

impl Report<'_> {
    /// A finding at a value.
    fn at(&mut self, item: Item<'_>, say: impl FnOnce() -> String) {
        self.findings
            .error(self.code, self.help, || (item.place(), say()));
    }

    /// Something worth knowing at a value.
    fn note(&mut self, item: Item<'_>, say: impl FnOnce() -> String) {
        self.findings
            .note(self.code, self.help, || (item.place(), say()));
    }

    /// A finding at a place that is not a value, such as where one is missing.
    fn missing(&mut self, pointer: &str, say: impl FnOnce() -> String) {
        self.findings
            .error(self.code, self.help, || (Place::pointer(pointer), say()));
    }
}

/// Runs the tests of the document's version, in the order of their numbers.
pub(super) fn run(document: &Document<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for test in tests().filter(|test| test.versions.have(document.version)) {
        let found = run_one(test, document).into_iter();
        all.extend(found.map(|diagnostic| Finding {
            test: Some(test.number),
            diagnostic,
        }));
    }
    if document.is_cut() {
        all.push(Finding {
            test: None,
            diagnostic: super::too_many(),
        });
    }
    all
}

fn run_one(test: &Test, document: &Document<'_>) -> Vec<Diagnostic> {
    let mut findings = Findings::new();
    (test.run)(
        document,
        &mut Report {
            findings: &mut findings,
            code: test.code,
            help: test.help,
        },
    );
    findings.finish()
}

/// What a test finds in a document of that version whose parts are given as JSON members; for the tests of
/// the tests. The document has a `document` with these members and its version, and the other members.
#[cfg(test)]
fn findings(number: &str, version: &str, head: &str, rest: &str) -> Vec<String> {
    let test = tests()
        .find(|test| test.number == number)
        .expect("a known test");
    let comma = |members: &str| match members {
        "" => String::new(),
        _ => format!(",{members}"),
    };
    let source = format!(
        r#"{{"document":{{"csaf_version":"{version}"{}}}{}}}"#,
        comma(head),
        comma(rest)
    );
    let tape = crate::tape::parse_json(&source).expect("JSON");
    let document = Document::read(tape.root()).expect("a known version");
    assert!(test.versions.have(document.version), "{number} {version}");
    run_one(test, &document)
        .into_iter()
        .map(|finding| format!("{}: {}", finding.at, finding.message))
        .collect()
}

/// Checks a test by a table: members of `document`, other members, the finding that is expected first.
#[cfg(test)]
fn check(number: &str, version: &str, cases: &[(&str, &str, Option<&str>)]) {
    for (head, rest, expected) in cases {
        let found = findings(number, version, head, rest);
        assert_eq!(
            found.first().map(String::as_str),
            *expected,
            "{number} {version} {head} {rest}"
        );
    }
}

#[cfg(test)]
mod checks {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_test_has_a_number_and_a_code_of_its_own() {
        let numbers: BTreeSet<_> = tests().map(|test| test.number).collect();
        let codes: BTreeSet<_> = tests().map(|test| test.code).collect();
        assert_eq!(
            (numbers.len(), codes.len()),
            (tests().count(), tests().count())
        );
        let of = |version| tests().filter(|test| test.versions.have(version)).count();
        // 33 sections with 6.1.27 in 11 parts; 61 with 6.1.27 in 19 parts and 6.1.60 in 3.
        assert_eq!((of(Version::Two), of(Version::TwoOne)), (43, 81));
    }

    #[test]
    fn an_empty_document_fails_no_test_by_its_absences_alone() {
        for version in ["2.0", "2.1"] {
            for test in tests().filter(|test| test.versions == Versions::Both) {
                assert_eq!(
                    findings(test.number, version, "", ""),
                    [] as [String; 0],
                    "{}",
                    test.number
                );
            }
        }
    }
}
