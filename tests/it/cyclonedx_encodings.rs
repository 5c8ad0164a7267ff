//! CycloneDX in XML and Protobuf has the shape of its JSON: held against the paired documents and the
//! official schemas of the corpus, and against damaged documents.

use std::collections::BTreeMap;

use jsonschema::Validator;
use mekiki::evidence::sbom::cyclonedx::{protobuf, xml};
use mekiki::markup::parse_xml;
use mekiki::tape::{Item, write_json};
use serde_json::Value;

use crate::corpus::{Corpus, Row, corpus, say};
use crate::cyclonedx_pairs::{self, Differences};
use crate::seeded::Seeded;

#[path = "../../examples/protobuf_tables/generator.rs"]
mod generator;

/// JSON demands a signature of a signatory, in a form that the other encodings do not know.
const UNSIGNED: &[&str] = &["valid-attestation-1.6.xml", "valid-attestation-1.6.cdx.bin"];

pub(crate) const SCHEMAS: &str = "schemas/cyclonedx";

pub(crate) fn value(item: Item<'_>) -> Value {
    serde_json::from_str(&write_json(item, false)).expect("what is written is JSON")
}

fn schema(corpus: &Corpus, version: &str) -> Validator {
    let read = |name: &str| -> Value {
        let bytes = corpus.read(&format!("{SCHEMAS}/{name}"));
        serde_json::from_slice(&bytes).expect("a schema is JSON")
    };
    let mut options = jsonschema::options().should_validate_formats(true);
    let mut registry = jsonschema::Registry::new();
    for name in [
        "spdx.schema.json",
        "jsf-0.82.schema.json",
        "cryptography-defs.schema.json",
    ] {
        registry = registry
            .add(format!("http://cyclonedx.org/schema/{name}"), read(name))
            .expect("a schema has an address");
    }
    let registry = registry.prepare().expect("the schemas refer to each other");
    options = options.with_registry(&registry);
    let main = read(&format!("bom-{version}.schema.json"));
    options.build(&main).expect("the schema is right")
}

/// The documents of the specification in one folder, by version and name.
fn rows<'a>(corpus: &'a Corpus, folder: &str, end: &str) -> Vec<&'a Row> {
    let rows = corpus.rows.iter();
    let rows: Vec<_> = rows
        .filter(|row| row.path.starts_with(folder) && row.path.ends_with(end))
        .collect();
    assert!(!rows.is_empty(), "there is nothing in {folder}");
    rows
}

fn name(row: &Row) -> &str {
    let file = row.path.rsplit('/').next().unwrap_or_default();
    file.split("-1.").next().unwrap_or(file)
}

fn version(row: &Row) -> &str {
    row.path
        .split('/')
        .nth(2)
        .expect("a folder for each version")
}

/// The paired JSON document, if there is one.
fn json_pair(corpus: &Corpus, row: &Row) -> Option<Value> {
    let path = format!("cyclonedx/spec/{0}/{1}-{0}.json", version(row), name(row));
    let pair = corpus.rows.iter().find(|row| row.path == path)?;
    Some(serde_json::from_slice(&corpus.read(&pair.path)).expect("a valid document is JSON"))
}

/// Where two values differ, as JSON pointers.
pub(crate) fn differences(left: &Value, right: &Value, at: &str, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let here = format!("{at}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(a, b, &here, found),
                    (Some(a), None) => found.push(format!("{here}: {a} |")),
                    (None, Some(b)) if only_in_json(key, b) => {}
                    (None, Some(b)) => found.push(format!("{here}: | {b}")),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{at}/{index}"), found);
            }
        }
        // JSON knows one identity as an object and as a list of one.
        (Value::Array(a), Value::Object(_)) if at.ends_with("/identity") && a.len() == 1 => {
            differences(&a[0], right, at, found);
        }
        (a, b) if a == b || is_same_instant(a, b) => {}
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        (a, b) => found.push(format!("{at}: {a} | {b}")),
    }
}

/// What only JSON can say, or says in more words than one.
fn only_in_json(key: &str, value: &Value) -> bool {
    match key {
        "$schema" | "signature" => true,
        // Lists whose items stand without an element around them, so that there is none to be empty.
        "contact" | "data" | "dependsOn" => value == &Value::Array(Vec::new()),
        "value" => value == "",
        _ => false,
    }
}

fn is_same_instant(left: &Value, right: &Value) -> bool {
    let instant = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
    instant(left).is_some() && instant(left) == instant(right)
}

/// Holds differences against those that are known, by document and beginning of the JSON pointer. A
/// known one that is not found is a fault as well.
fn unexpected(path: &str, found: &[String], known: Differences) -> Vec<String> {
    let entry = known.iter().find(|entry| path.ends_with(entry.0));
    let known = entry.map_or(&[][..], |entry| entry.1);
    let is_known = |one: &String| {
        known
            .iter()
            .any(|start| one.starts_with(&format!("{start}:")))
    };
    let absent = known
        .iter()
        .filter(|start| {
            !found
                .iter()
                .any(|one| one.starts_with(&format!("{start}:")))
        })
        .map(|start| format!("{path}: {start} does not differ"));
    let absent: Vec<_> = absent.collect();
    let mut faults: Vec<_> = found.iter().filter(|one| !is_known(one)).cloned().collect();
    for fault in &mut faults {
        fault.insert_str(0, &format!("{path}: "));
    }
    faults.extend(absent);
    faults
}

#[test]
fn protobuf_has_the_shape_of_json() {
    let Some(corpus) = corpus() else { return };
    let mut schemas = BTreeMap::new();
    let mut faults = Vec::new();
    let (mut valid, mut paired) = (0, 0);
    for row in rows(corpus, "cyclonedx/spec-protobuf/", ".bin") {
        let bytes = corpus.read(&row.path);
        let version = version(row);
        let schema = schemas
            .entry(version)
            .or_insert_with(|| schema(corpus, version));
        let is_valid = name(row).starts_with("valid");
        let (tape, told) = match protobuf::to_tape(&bytes) {
            Ok(read) => read,
            Err(fault) if is_valid => {
                faults.push(format!("{}: {}", row.path, fault.message));
                continue;
            }
            Err(_) => continue,
        };
        let value = value(tape.root());
        let errors: Vec<_> = schema
            .iter_errors(&value)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        if is_valid != errors.is_empty() && !UNSIGNED.iter().any(|end| row.path.ends_with(end)) {
            faults.push(format!("{}: {errors:?} {told:?}", row.path));
        }
        if is_valid {
            valid += 1;
            if let Some(json) = json_pair(corpus, row) {
                paired += 1;
                let mut found = Vec::new();
                differences(&value, &json, "", &mut found);
                faults.extend(unexpected(&row.path, &found, cyclonedx_pairs::PROTOBUF));
            }
        }
    }
    say(&format!(
        "protobuf: {valid} valid documents, {paired} with their JSON"
    ));
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), faults.len());
}

#[test]
fn xml_has_the_shape_of_json() {
    let Some(corpus) = corpus() else { return };
    let mut schemas = BTreeMap::new();
    let mut faults = Vec::new();
    let (mut valid, mut paired) = (0, 0);
    for row in rows(corpus, "cyclonedx/spec/", ".xml") {
        if !name(row).starts_with("valid") {
            continue;
        }
        let source = String::from_utf8(corpus.read(&row.path)).expect("a valid document is UTF-8");
        let markup = parse_xml(&source).unwrap_or_else(|fault| panic!("{}: {fault:?}", row.path));
        let (tape, told) = xml::to_tape(&markup);
        let value = value(tape.root());
        let version = version(row);
        let shape = if version < "1.2" { "1.2" } else { version };
        let schema = schemas
            .entry(shape)
            .or_insert_with(|| schema(corpus, shape));
        let errors: Vec<_> = schema
            .iter_errors(&value)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        if !errors.is_empty() && !UNSIGNED.iter().any(|end| row.path.ends_with(end)) {
            faults.push(format!("{}: {errors:?} {told:?}", row.path));
        }
        valid += 1;
        if let Some(json) = json_pair(corpus, row) {
            paired += 1;
            let mut found = Vec::new();
            differences(&value, &json, "", &mut found);
            faults.extend(unexpected(&row.path, &found, cyclonedx_pairs::XML));
        }
    }
    say(&format!(
        "xml: {valid} valid documents, {paired} with their JSON"
    ));
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), faults.len());
}

#[test]
fn the_tables_are_those_of_the_schemas() {
    let Some(corpus) = corpus() else { return };
    for version in generator::VERSIONS {
        let made = generator::table(&corpus.path(SCHEMAS), version).expect("the schemas are right");
        let file = format!("src/evidence/sbom/tables/cyclonedx-{version}.proto.json");
        let kept = std::fs::read_to_string(file).expect("the table is there");
        assert_eq!(
            made, kept,
            "make the tables anew: see examples/protobuf_tables.rs"
        );
    }
}

/// Damages bytes in one of the ways that transport and carelessness do.
fn damaged(bytes: &[u8], seeded: &mut Seeded) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=seeded.below(3) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = seeded.below(bytes.len());
        match seeded.below(5) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << seeded.below(8),
            2 => bytes[at] = u8::try_from(seeded.below(256)).expect("a byte"),
            3 => {
                let end = (at + seeded.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + seeded.below(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = seeded.below(bytes.len());
                bytes.splice(to..to, copy);
            }
        }
    }
    bytes
}

#[test]
fn damaged_documents_are_read_or_refused() {
    let Some(corpus) = corpus() else { return };
    let mut seeded = Seeded::new(3);
    let (mut read, mut refused) = (0, 0);
    for row in rows(corpus, "cyclonedx/spec-protobuf/", ".bin") {
        let bytes = corpus.read(&row.path);
        for _ in 0..60 {
            match protobuf::to_tape(&damaged(&bytes, &mut seeded)) {
                Ok((tape, _)) => {
                    read += 1;
                    assert_eq!(tape.root().get_text("bomFormat"), Some("CycloneDX"));
                }
                Err(fault) => {
                    refused += 1;
                    assert!(["protobuf-malformed", "cyclonedx-version"].contains(&fault.code));
                }
            }
        }
    }
    assert!(read > 100 && refused > 1000, "{read} {refused}");
    (read, refused) = (0, 0);
    for row in rows(corpus, "cyclonedx/spec/", ".xml") {
        let bytes = corpus.read(&row.path);
        for _ in 0..25 {
            let bytes = damaged(&bytes, &mut seeded);
            let text = String::from_utf8_lossy(&bytes);
            let Ok(markup) = parse_xml(&text) else {
                refused += 1;
                continue;
            };
            read += 1;
            let (tape, _) = xml::to_tape(&markup);
            // What was read can be written, whatever it says.
            let (text, _) = xml::to_xml(tape.root(), "1.7").expect("a known version");
            assert!(parse_xml(&text).is_ok(), "{text}");
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} {refused}");
}
