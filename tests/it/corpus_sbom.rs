//! The SBOMs of the corpus and its hostile files: read, refused or found invalid as its manifest says,
//! and never a panic.

use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use mekiki::diagnostic::{Diagnostic, Severity};
use mekiki::evidence::detect::detect;
use mekiki::evidence::sbom::{Reading, read};
use mekiki::evidence::signature::sigstore;
use mekiki::tree::parse_json;

use crate::corpus::{Row, corpus, files_of_tar, say};
use crate::hostile::{survives, takes_little_memory};

/// Documents that the manifest wants read and that are refused, with the code and the reason.
const REFUSED: [(&str, &str, &str); 15] = [
    (
        "sbom/sbom-utility/config/test-base-invalid-format-key-foo.json",
        "sbom-unrecognized",
        "an object without any member of a standard; its source refuses it too",
    ),
    (
        "sbom/sbom-utility/config/test-cdx-spec-version-missing.json",
        "cyclonedx-version",
        "its source refuses it too: without a version no rule is known to hold",
    ),
    (
        "sbom/sbom-utility/config/test-spdx-spdx-version-missing.json",
        "spdx-version",
        "its source refuses it too: without a version no rule is known to hold",
    ),
    (
        "sbom/sbom-utility/diff/json-array-order-2-changes-base.json",
        "sbom-unrecognized",
        "a list for a test of lists",
    ),
    (
        "sbom/sbom-utility/policy/license-policy-family-name-usage-conflict.json",
        "sbom-unrecognized",
        "license policies of its tool",
    ),
    (
        "sbom/sbom-utility/policy/license-policy-license-expression-test-data.json",
        "sbom-unrecognized",
        "license policies of its tool",
    ),
    (
        "sbom/spdx-docfest/MetaSpdxscanner/app-bom-ination-1.0.spdx.tag",
        "sbom-unrecognized",
        "tag-value inside of a printed Python tuple, `b'…', '…'`",
    ),
    (
        "sbom/spdx-docfest/REA/AppBOM-inationVDR.xml",
        "sbom-unrecognized",
        "a vulnerability disclosure in its maker's own vocabulary",
    ),
    (
        "sbom/spdx-docfest/REA/PyYamlVDR.xml.zst",
        "sbom-unrecognized",
        "a vulnerability disclosure in its maker's own vocabulary",
    ),
    (
        "sbom/spdx-docfest/nexB/App-BOM-ination.json",
        "sbom-unrecognized",
        "a scan in its tool's own form",
    ),
    (
        "sbom/spdx-docfest/nexB/LibreSolar-v21.0-Source.json.zst",
        "sbom-unrecognized",
        "a scan in its tool's own form",
    ),
    (
        "sbom/spdx-docfest/nexB/gnu_time-v1.9.json.zst",
        "sbom-unrecognized",
        "a scan in its tool's own form",
    ),
    (
        "sbom/spdx-docfest/nexB/serve-1.0.0.json",
        "sbom-unrecognized",
        "a scan in its tool's own form",
    ),
    (
        "sbom/tools-java/SPDXSpreadsheetExample-v2.3.xls",
        "sbom-unsupported",
        "a spreadsheet of the old binary form; the specification has left that form behind",
    ),
    (
        "sbom/tools-java/SPDXSpreadsheetExample-v2.3.xlsx",
        "sbom-unsupported",
        "a spreadsheet; the specification has left that form behind",
    ),
];

/// Error codes that a document may have though its schema accepts it: what the text of the
/// specification demands and a schema cannot say.
const BEYOND_THE_SCHEMA: [(&str, &str); 4] = [
    (
        "cyclonedx-duplicate-reference",
        "CycloneDX 1.6 `bom-ref`: every bom-ref must be unique within the BOM",
    ),
    (
        "spdx-duplicate-id",
        "SPDX 2.3, 7.2: an SPDXID is unique in the document",
    ),
    (
        "spdx-creator",
        "SPDX 2.3, 6.8: a creator is `Person:`, `Organization:` or `Tool:`",
    ),
    (
        "spdx-created",
        "SPDX 2.3, 6.9: the date has the form YYYY-MM-DDThh:mm:ssZ",
    ),
];

/// Documents that the manifest calls valid against its own schema check.
const NOT_VALID: [(&str, &str); 1] = [(
    "sbom/dependency-track/bom-empty.json",
    "`version` is required in CycloneDX 1.4, as the manifest's own schema check says",
)];

/// What the manifest asks of a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Readable,
    Valid,
    Invalid,
    Refused,
}

struct Judged {
    row: &'static Row,
    asked: Asked,
    outcome: Result<Reading, Vec<Diagnostic>>,
}

impl Judged {
    fn errors(&self) -> Vec<&Diagnostic> {
        match &self.outcome {
            Ok(reading) => reading
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .collect(),
            Err(faults) => faults.iter().collect(),
        }
    }

    fn complain(&self, wrong: &mut Vec<String>) {
        let found = self.errors().first().map(ToString::to_string);
        wrong.push(format!(
            "{}: {:?} ({}), found {}",
            self.row.path,
            self.asked,
            self.row.expected,
            found.unwrap_or_else(|| "no error".to_owned())
        ));
    }
}

fn asked(row: &Row) -> Asked {
    let word = row.expected.split([' ', ':', ';', ',']).next();
    match word.unwrap_or_default() {
        "valid" => Asked::Valid,
        "invalid" => Asked::Invalid,
        "reject" => Asked::Refused,
        "parse" | "NTIA" | "BSI" | "quality" | "policy" | "format" | "no" => Asked::Readable,
        word => panic!("{}: the manifest has a new word `{word}`", row.path),
    }
}

/// The form of Protobuf for people. Each such row has its binary encoding beside it, which is read.
const TEXT_OF_PROTOBUF: &str = "cyclonedx-textproto";

/// Whether a row is said to be a bill of materials, or is a VEX document in the form of one.
fn is_sbom(row: &Row) -> bool {
    match row.kind.as_str() {
        "sbom" => row.format != TEXT_OF_PROTOBUF,
        "vex" => matches!(row.format.as_str(), "cyclonedx-json" | "cyclonedx-xml"),
        _ => false,
    }
}

/// Every bill of materials of the corpus, read once for all tests.
fn judged() -> Option<&'static [Judged]> {
    static JUDGED: OnceLock<Option<Vec<Judged>>> = OnceLock::new();
    let judged = JUDGED.get_or_init(|| {
        let corpus = corpus()?;
        let rows = corpus.rows.iter().filter(|row| is_sbom(row));
        let read = |row: &'static Row| {
            let bytes = corpus.read(&row.path);
            let outcome = catch_unwind(|| read(&bytes).map(|(_, reading)| reading));
            Judged {
                row,
                asked: asked(row),
                outcome: outcome.unwrap_or_else(|_| panic!("{}: the reader panicked", row.path)),
            }
        };
        Some(rows.map(read).collect())
    });
    judged.as_deref()
}

#[test]
fn every_text_of_a_protobuf_document_has_its_binary_encoding() {
    let Some(corpus) = corpus() else { return };
    let texts = corpus
        .rows
        .iter()
        .filter(|row| row.format == TEXT_OF_PROTOBUF);
    let mut count = 0;
    for row in texts {
        let binary = row
            .path
            .replace("cyclonedx/spec/", "cyclonedx/spec-protobuf/")
            .replace(".textproto", ".cdx.bin");
        let found = corpus.rows.iter().find(|one| one.path == binary);
        let found = found.unwrap_or_else(|| panic!("{binary} is not in the manifest"));
        assert_eq!(asked(found), asked(row), "{}", row.path);
        count += 1;
    }
    assert!(count >= 97, "{count}");
}

#[test]
fn every_sbom_is_read_or_refused_as_the_manifest_says() {
    let Some(judged) = judged() else { return };
    let mut wrong = Vec::new();
    let (mut readable, mut refused) = (0, 0);
    for one in judged {
        let exception = REFUSED.iter().find(|(path, ..)| *path == one.row.path);
        let right = match (one.asked, &one.outcome) {
            (Asked::Readable | Asked::Valid, outcome) => match (exception, outcome) {
                (Some((_, code, _)), Err(faults)) => faults[0].code == *code,
                (None, Ok(_)) => {
                    readable += 1;
                    true
                }
                _ => false,
            },
            (Asked::Refused, _) => {
                refused += 1;
                one.errors().iter().any(|one| !one.message.is_empty())
            }
            (Asked::Invalid, _) => true,
        };
        if !right {
            one.complain(&mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(readable >= 790 && refused >= 11, "{readable}, {refused}");
    say(&format!(
        "corpus SBOMs: {readable} read, {refused} to be refused refused, {} exceptions",
        REFUSED.len()
    ));
}

#[test]
fn every_sbom_is_valid_or_invalid_as_the_manifest_says() {
    let Some(judged) = judged() else { return };
    let mut wrong = Vec::new();
    let (mut valid, mut invalid) = (0, 0);
    for one in judged {
        if NOT_VALID.iter().any(|(path, _)| *path == one.row.path) {
            continue;
        }
        let errors = one.errors();
        let beyond = |error: &&Diagnostic| {
            BEYOND_THE_SCHEMA
                .iter()
                .any(|(code, _)| *code == error.code)
        };
        let right = match one.asked {
            Asked::Valid => {
                valid += 1;
                errors.is_empty()
            }
            Asked::Invalid => {
                invalid += 1;
                !errors.is_empty()
            }
            Asked::Readable if one.row.is_schema_valid() => {
                valid += 1;
                errors.iter().all(beyond)
            }
            Asked::Readable if one.row.expected.contains("schema-invalid") => {
                invalid += 1;
                !errors.is_empty()
            }
            Asked::Readable | Asked::Refused => true,
        };
        if !right {
            one.complain(&mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(valid >= 500 && invalid >= 200, "{valid}, {invalid}");
    say(&format!(
        "corpus SBOMs: {valid} valid ones called valid, {invalid} invalid ones called invalid"
    ));
}

#[test]
fn hostile_files_neither_panic_nor_run_on() {
    const LIMIT: Duration = Duration::from_secs(30);
    let Some(corpus) = corpus() else { return };
    let mut inputs = 0;
    for row in corpus.rows.iter().filter(|row| row.kind == "adversarial") {
        let content = corpus.read(&row.path);
        let files = if row.path.ends_with(".tar.zst") {
            files_of_tar(&content)
        } else {
            vec![(row.path.clone(), content.as_slice())]
        };
        for (name, file) in files {
            let start = Instant::now();
            let survived = catch_unwind(|| (detect(file), read(file), sigstore::parse(file)));
            assert!(survived.is_ok(), "{}: {name}: a reader panicked", row.path);
            assert!(start.elapsed() < LIMIT, "{}: {name}", row.path);
            inputs += 1;
        }
    }
    assert!(inputs >= 3_000, "{inputs}");
    say(&format!("corpus: {inputs} hostile inputs survived"));
}

#[test]
fn made_hostile_files_go_through_every_reader() {
    let Some(corpus) = corpus() else { return };
    let made = corpus
        .rows
        .iter()
        .filter(|row| row.path.starts_with("adversarial/made/"));
    let mut inputs = 0;
    for row in made {
        survives(&row.path, &corpus.read(&row.path));
        let path = corpus.path(&row.path);
        takes_little_memory(path.to_str().expect("a path of the corpus is UTF-8"));
        inputs += 1;
    }
    assert!(inputs >= 16, "{inputs}");
}

#[test]
fn made_hostile_sboms_are_judged_as_the_manifest_says() {
    let Some(corpus) = corpus() else { return };
    let made = corpus
        .rows
        .iter()
        .filter(|row| row.path.starts_with("adversarial/made/"));
    for row in made {
        let outcome = read(&corpus.read(&row.path));
        let remarked = match &outcome {
            Ok((_, reading)) => !reading.findings.is_empty(),
            Err(faults) => !faults.is_empty(),
        };
        let right = match row.expected.split([' ', ':', ';', ',']).next() {
            Some("accept") => outcome.is_ok(),
            // Refused, or remarked upon where that is enough.
            Some("reject" | "warn") => remarked,
            // Deep nesting may be read or refused.
            _ => true,
        };
        assert!(right, "{}: {}; {outcome:?}", row.path, row.expected);
    }
}

#[test]
fn json_is_accepted_and_refused_as_the_standard_says() {
    let Some(corpus) = corpus() else { return };
    let (mut accepted, mut refused) = (0, 0);
    for row in &corpus.rows {
        let Some(name) = row.path.strip_prefix("adversarial/json-suite/") else {
            continue;
        };
        let outcome = catch_unwind(|| parse_json(&corpus.read(&row.path)));
        let outcome = outcome.unwrap_or_else(|_| panic!("{name}: the parser panicked"));
        if name.starts_with("y_") {
            assert!(outcome.is_ok(), "{name}: {}", outcome.unwrap_err());
            accepted += 1;
        } else if name.starts_with("n_") {
            let fault = outcome.err().unwrap_or_else(|| panic!("{name} is no JSON"));
            assert!(fault.code.starts_with("json-"), "{name}: {fault}");
            refused += 1;
        }
    }
    assert!(accepted >= 43 && refused >= 93, "{accepted}, {refused}");
    say(&format!(
        "corpus JSON suite: {accepted} accepted, {refused} refused"
    ));
}
