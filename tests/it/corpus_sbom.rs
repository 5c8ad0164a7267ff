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

/// Documents that the manifest wants read and that are refused, with the code and the reason.
const REFUSED: [(&str, &str, &str); 2] = [
    (
        "mixed/trustify/cyclonedx/decompress/simple.json.bz2",
        "sbom-unrecognized",
        "compressed; archives are not looked into",
    ),
    (
        "sbom/sbom-utility/config/test-cdx-spec-version-missing.json",
        "cyclonedx-version",
        "its source refuses it too: without a version no rule is known to hold",
    ),
];

/// Error codes that a document may have though its JSON schema accepts it: what the text of the
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

/// Every CycloneDX and SPDX 2 document in JSON, read once for all tests.
fn judged() -> Option<&'static [Judged]> {
    static JUDGED: OnceLock<Option<Vec<Judged>>> = OnceLock::new();
    let judged = JUDGED.get_or_init(|| {
        let corpus = corpus()?;
        let rows = corpus.rows.iter().filter(|row| {
            matches!(row.kind.as_str(), "sbom" | "vex")
                && matches!(row.format.as_str(), "cyclonedx-json" | "spdx-json")
        });
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
fn every_sbom_is_read_or_refused_as_the_manifest_says() {
    let Some(judged) = judged() else { return };
    let mut wrong = Vec::new();
    let (mut readable, mut refused) = (0, 0);
    for one in judged {
        let exception = REFUSED.iter().find(|(path, ..)| *path == one.row.path);
        let errors = one.errors();
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
                errors.iter().any(|one| !one.message.is_empty())
            }
            (Asked::Invalid, _) => true,
        };
        if !right {
            wrong.push(format!(
                "{}: {:?}, found {:?}",
                one.row.path,
                one.asked,
                errors.first()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(readable >= 428 && refused >= 7, "{readable}, {refused}");
    say(&format!(
        "corpus SBOMs in JSON: {readable} read, {refused} to be refused refused, {} exceptions",
        REFUSED.len()
    ));
}

#[test]
fn no_valid_sbom_is_called_invalid() {
    let Some(judged) = judged() else { return };
    let mut wrong = Vec::new();
    let (mut valid, mut schema_valid) = (0, 0);
    for one in judged {
        if one.outcome.is_err() || NOT_VALID.iter().any(|(path, _)| *path == one.row.path) {
            continue;
        }
        let errors = one.errors();
        let named = |error: &&&Diagnostic| {
            BEYOND_THE_SCHEMA
                .iter()
                .any(|(code, _)| *code == error.code)
        };
        let unexpected = if one.asked == Asked::Valid {
            valid += 1;
            errors.first()
        } else if one.row.is_schema_valid() {
            schema_valid += 1;
            errors.iter().find(|error| !named(error))
        } else {
            None
        };
        if let Some(error) = unexpected {
            wrong.push(format!("{}: {error}", one.row.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        valid >= 117 && schema_valid >= 224,
        "{valid}, {schema_valid}"
    );
    say(&format!(
        "corpus SBOMs in JSON: none of {valid} valid and {schema_valid} schema-valid ones called invalid"
    ));
}

#[test]
fn invalid_sboms_are_found_invalid_as_far_as_the_checks_go() {
    let Some(judged) = judged() else { return };
    let found = |select: &dyn Fn(&&Judged) -> bool| {
        let all: Vec<_> = judged.iter().filter(select).collect();
        let invalid = all.iter().filter(|one| !one.errors().is_empty()).count();
        (invalid, all.len())
    };
    let (invalid, all) = found(&|one| one.asked == Asked::Invalid);
    let (broken, parse_only) =
        found(&|one| one.asked == Asked::Readable && one.row.expected.contains("schema-invalid"));
    say(&format!(
        "corpus SBOMs in JSON: {invalid} of {all} invalid ones and {broken} of {parse_only} schema-invalid ones found invalid"
    ));
    // Conformance to the whole schema comes later; what is found today must not be lost.
    assert!(invalid >= 38 && broken >= 31, "{invalid}, {broken}");
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
