//! CycloneDX in XML and Protobuf has the shape of its JSON: held against the paired documents and the
//! official schemas of the corpus, and against damaged documents.

use std::collections::BTreeMap;

use jsonschema::Validator;
use mekiki::evidence::sbom::cyclonedx::{protobuf, xml};
use mekiki::markup::parse_xml;
use mekiki::tape::{Item, parse_json, write_json};
use serde_json::Value;

use crate::corpus::{Corpus, Row, corpus, say};
use crate::seeded::Seeded;

#[path = "../../examples/protobuf_tables/generator.rs"]
mod generator;

const SCHEMAS: &str = "schemas/cyclonedx";

fn value(item: Item<'_>) -> Value {
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
fn differences(left: &Value, right: &Value, at: &str, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let here = format!("{at}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(a, b, &here, found),
                    (Some(a), None) => found.push(format!("{here}: {a} |")),
                    // What JSON alone can say.
                    (None, Some(_)) if key == "$schema" || key == "signature" => {}
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
        (a, b) if a == b || is_same_instant(a, b) => {}
        (a, b) => found.push(format!("{at}: {a} | {b}")),
    }
}

fn is_same_instant(left: &Value, right: &Value) -> bool {
    let instant = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
    instant(left).is_some() && instant(left) == instant(right)
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
        if is_valid != errors.is_empty() {
            faults.push(format!("{}: {errors:?} {told:?}", row.path));
        }
        if is_valid {
            valid += 1;
            if let Some(json) = json_pair(corpus, row) {
                paired += 1;
                let mut found = Vec::new();
                differences(&value, &json, "", &mut found);
                if !found.is_empty() {
                    faults.push(format!(
                        "{}: {:#?} {told:?}",
                        row.path,
                        &found[..found.len().min(12)]
                    ));
                }
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
        if !errors.is_empty() {
            faults.push(format!("{}: {errors:?} {told:?}", row.path));
        }
        valid += 1;
        if let Some(json) = json_pair(corpus, row) {
            paired += 1;
            let mut found = Vec::new();
            differences(&value, &json, "", &mut found);
            if !found.is_empty() {
                faults.push(format!("{}: {:#?} {told:?}", row.path, found));
            }
        }
    }
    say(&format!(
        "xml: {valid} valid documents, {paired} with their JSON"
    ));
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), faults.len());
}
