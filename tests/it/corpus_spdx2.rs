//! The SPDX 2 documents of the corpus in every encoding: read, refused or found invalid as its manifest
//! says, and the same document read the same way from each encoding.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use mekiki::diagnostic::{Diagnostic, Severity};
use mekiki::evidence::sbom::model::Sbom;
use mekiki::evidence::sbom::spdx2;
use mekiki::markup::parse_xml;
use mekiki::tape::{Item, Shape, Tape, parse_json};

use crate::corpus::{Row, corpus, say};

/// Error codes that a document may have though its JSON schema accepts it: what the text of the
/// specification demands and a schema cannot say.
const BEYOND_THE_SCHEMA: [&str; 3] = ["spdx-duplicate-id", "spdx-creator", "spdx-created"];

/// Documents that the manifest wants read and that are refused, with the code and the reason.
const REFUSED: [(&str, &str, &str); 1] = [(
    "sbom/ntia-checker/missing_component_name/SPDXYamlExample.yaml",
    "spdx-version",
    "an object `Document` with packages inside of it, as no version of the format has it",
)];

/// The formats of the manifest that are read here.
const FORMATS: [&str; 5] = ["spdx-json", "spdx-tv", "spdx-yaml", "spdx-rdf", "spdx-xml"];

/// The text of a document, whatever its Unicode encoding.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let text = std::str::from_utf8(bytes).expect("the document is UTF-8");
            return Cow::Borrowed(text.trim_start_matches('\u{feff}'));
        }
    };
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .skip(1)
        .map(|one| unit(*one));
    Cow::Owned(
        char::decode_utf16(units)
            .map(|one| one.expect("UTF-16"))
            .collect(),
    )
}

/// Puts a document in one of the encodings onto a tape, with the remarks on the encoding.
pub(crate) fn tape_of<'a>(
    format: &str,
    text: &'a str,
) -> Result<(Tape<'a>, Vec<Diagnostic>), Diagnostic> {
    let plain = |tape| (tape, Vec::new());
    match format {
        "spdx-rdf" => parse_xml(text)
            .and_then(|one| spdx2::rdf::to_tape(&one))
            .map(plain),
        "spdx-xml" => parse_xml(text)
            .and_then(|one| spdx2::xml::to_tape(&one))
            .map(plain),
        "spdx-json" => parse_json(text).map(plain),
        "spdx-yaml" => spdx2::parse_yaml(text).map(plain),
        "spdx-tv" => spdx2::tag_value::to_tape(text),
        other => panic!("{other} is no encoding of SPDX 2"),
    }
}

/// The tape as a value of `serde_json`, for the oracle.
fn value_of(item: Item<'_>) -> serde_json::Value {
    use serde_json::Value;
    match item.shape() {
        Shape::Null => Value::Null,
        Shape::Bool => item.bool().into(),
        Shape::Integer => item.integer().into(),
        Shape::Number => item.magnitude().into(),
        Shape::Text => item.text().into(),
        Shape::List => item.children().map(value_of).collect(),
        Shape::Table => item
            .children()
            .map(|one| (one.key().unwrap_or_default().to_owned(), value_of(one)))
            .collect(),
    }
}

struct Judged {
    row: &'static Row,
    /// The SBOM with all findings, or why it was refused.
    outcome: Result<(Sbom, Vec<Diagnostic>), Diagnostic>,
    /// What the official schema says of the tape.
    schema_fault: Option<String>,
}

impl Judged {
    fn errors(&self) -> Vec<&Diagnostic> {
        match &self.outcome {
            Ok((_, findings)) => findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .collect(),
            Err(fault) => vec![fault],
        }
    }
}

fn schema(version: &str) -> Option<jsonschema::Validator> {
    let version = if version == "2.2" { "2.2" } else { "2.3" };
    let text = corpus()?.read(&format!("schemas/spdx/spdx-schema-v{version}.json"));
    let schema = serde_json::from_slice(&text).expect("a schema is JSON");
    Some(jsonschema::validator_for(&schema).expect("a schema is sound"))
}

/// Every SPDX 2 document, read once for all tests.
fn judged() -> &'static [Judged] {
    static JUDGED: OnceLock<Vec<Judged>> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let Some(corpus) = corpus() else {
            return Vec::new();
        };
        let schemas = ["2.2", "2.3"].map(|version| (version, schema(version).expect("a schema")));
        let rows = corpus
            .rows
            .iter()
            .filter(|row| row.kind == "sbom" && FORMATS.contains(&row.format.as_str()));
        rows.map(|row| {
            let bytes = corpus.read(&row.path);
            let text = text_of(&bytes);
            let judge = || {
                let (tape, mut findings) = tape_of(&row.format, &text)?;
                spdx2::check_version(&tape)?;
                let (sbom, more) = spdx2::build(&tape);
                findings.extend(more);
                let value = value_of(tape.root());
                // Every other encoding is put into the shape of 2.3.
                let is_json = row.format == "spdx-json";
                let (_, schema) = schemas
                    .iter()
                    .find(|(version, _)| is_json && *version == sbom.spec_version)
                    .unwrap_or(&schemas[1]);
                let fault = schema
                    .iter_errors(&value)
                    .next()
                    .map(|fault| format!("{} {fault}", fault.instance_path()));
                Ok((sbom, findings, fault))
            };
            let outcome = catch_unwind(AssertUnwindSafe(judge))
                .unwrap_or_else(|_| panic!("{}: the reader panicked", row.path));
            let (outcome, schema_fault) = match outcome {
                Ok((sbom, findings, fault)) => (Ok((sbom, findings)), fault),
                Err(fault) => (Err(fault), None),
            };
            Judged {
                row,
                outcome,
                schema_fault,
            }
        })
        .collect()
    })
}

fn word(row: &Row) -> &str {
    row.expected
        .split([' ', ':', ';', ','])
        .next()
        .unwrap_or_default()
}

#[test]
fn every_document_is_read_or_refused_as_the_manifest_says() {
    let mut wrong = Vec::new();
    let mut counts = std::collections::BTreeMap::new();
    for one in judged() {
        let exception = REFUSED.iter().find(|(path, ..)| *path == one.row.path);
        let right = match word(one.row) {
            _ if exception.is_some() => {
                let code = exception.map(|(_, code, _)| *code);
                one.outcome.as_ref().err().map(|fault| fault.code) == code
            }
            // What a schema refuses is refused by the schema; the rest must be found here.
            "reject" | "invalid" => one.schema_fault.is_some() || !one.errors().is_empty(),
            _ => one.outcome.is_ok(),
        };
        if !right {
            wrong.push(format!("{}: {:?}", one.row.path, one.errors().first()));
        }
        *counts.entry(one.row.format.as_str()).or_insert(0) += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(&format!(
        "corpus SPDX 2: read or refused as expected: {counts:?}"
    ));
}

#[test]
fn no_valid_document_is_called_invalid() {
    let mut wrong = Vec::new();
    let mut valid = 0;
    for one in judged().iter().filter(|one| one.outcome.is_ok()) {
        let is_valid = word(one.row) == "valid";
        let errors = one.errors();
        let unexpected = if is_valid {
            errors.first()
        } else if one.schema_fault.is_none() {
            errors
                .iter()
                .find(|error| !BEYOND_THE_SCHEMA.contains(&error.code))
        } else {
            None
        };
        if let Some(error) = unexpected {
            wrong.push(format!("{}: {error}", one.row.path));
        }
        if is_valid && let Some(fault) = &one.schema_fault {
            wrong.push(format!("{}: schema: {fault}", one.row.path));
        }
        valid += usize::from(is_valid);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(&format!(
        "corpus SPDX 2: none of {valid} valid ones called invalid"
    ));
}
