//! Conversions: whatever is written conforms to the official schemas of the corpus, what matters comes
//! through on the way there and back, and other readers read it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jsonschema::Validator;
use mekiki::conversion::{Conversion, Target, convert};
use mekiki::evidence::sbom::{Component, Format, Reading, Sbom, read};
use serde_json::Value;

use crate::binary::Scratch;
use crate::corpus::{Corpus, Row, corpus, say};

/// Larger documents say nothing that smaller ones do not.
const MAXIMUM_BYTES: usize = 400_000;

fn json_of(corpus: &Corpus, path: &str) -> Value {
    serde_json::from_slice(&corpus.read(path)).expect("a schema is JSON")
}

/// The official schema of a target in JSON.
fn schema(corpus: &Corpus, target: Target) -> Option<Validator> {
    let path = match target {
        Target::CycloneDx16Json => "schemas/cyclonedx/bom-1.6.schema.json",
        Target::CycloneDx17Json => "schemas/cyclonedx/bom-1.7.schema.json",
        Target::Spdx23Json => "schemas/spdx/spdx-schema-v2.3.json",
        Target::Spdx301Json => "schemas/spdx/spdx-schema-v3.0.1.json",
        Target::CycloneDx16Xml | Target::CycloneDx17Xml => return None,
    };
    let mut registry = jsonschema::Registry::new();
    for name in [
        "spdx.schema.json",
        "jsf-0.82.schema.json",
        "cryptography-defs.schema.json",
    ] {
        let part = json_of(corpus, &format!("schemas/cyclonedx/{name}"));
        registry = registry
            .add(format!("http://cyclonedx.org/schema/{name}"), part)
            .expect("a schema has an address");
    }
    let registry = registry.prepare().expect("the schemas refer to each other");
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .with_registry(&registry)
        .build(&json_of(corpus, path))
        .expect("the schema is right");
    Some(schema)
}

/// The SBOMs of the corpus that are read and not too large.
fn sources(corpus: &Corpus) -> Vec<(&Row, Vec<u8>, Reading)> {
    let rows = corpus.rows.iter();
    let rows = rows.filter(|row| matches!(row.kind.as_str(), "sbom" | "vex"));
    rows.filter_map(|row| {
        let bytes = corpus.read(&row.path);
        if bytes.len() > MAXIMUM_BYTES {
            return None;
        }
        let (_, reading) = read(&bytes).ok()?;
        Some((row, bytes, reading))
    })
    .collect()
}

fn is_spdx(target: Target) -> bool {
    matches!(target, Target::Spdx23Json | Target::Spdx301Json)
}

#[test]
fn what_is_written_conforms_to_the_official_schemas() {
    let Some(corpus) = corpus() else { return };
    let sources = sources(corpus);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let folder = Scratch::new();
    for (word, target) in Target::WORDS {
        let schema = schema(corpus, target);
        let mut written = Vec::new();
        for (row, bytes, reading) in &sources {
            // A document rewritten within its family is as valid as it was.
            let is_same = (reading.sbom.format == Format::Spdx) == is_spdx(target);
            if is_same && !(row.is_schema_valid() && reading.valid()) {
                continue;
            }
            let text = match convert(bytes, target) {
                Ok(Conversion { text, .. }) => text,
                Err(refused) => {
                    faults.push(format!("{word} of {}: {refused:?}", row.path));
                    continue;
                }
            };
            *counts.entry(word).or_default() += 1;
            if let Some(schema) = &schema {
                let value: Value = serde_json::from_str(&text).expect("JSON is written");
                if let Some(error) = schema.iter_errors(&value).next() {
                    let at = error.instance_path();
                    let told: String = error.to_string().chars().take(200).collect();
                    faults.push(format!("{word} of {}: {told} at {at}", row.path));
                }
            } else {
                let file = folder.write(&format!("{}.xml", written.len()), text);
                written.push((file, row.path.as_str()));
            }
        }
        let version = if word.contains("1.6") { "1.6" } else { "1.7" };
        faults.extend(xml_faults(version, &written).into_iter().map(|fault| format!("{word}: {fault}")));
    }
    say(&format!("converted and conforming: {counts:?}"));
    assert!(counts.values().sum::<usize>() > 1500, "{counts:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What `xmllint` finds against the official XSD, told with the source's path.
fn xml_faults(version: &str, written: &[(String, &str)]) -> Vec<String> {
    if written.is_empty() {
        return Vec::new();
    }
    let schemas = std::env::var_os("MEKIKI_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        std::path::PathBuf::from,
    );
    let schemas = schemas.join("schemas/cyclonedx");
    let run = Command::new("xmllint")
        .env("XML_CATALOG_FILES", schemas.join("xmlcatalog.xml"))
        .args(["--nonet", "--noout", "--huge", "--schema"])
        .arg(schemas.join(format!("bom-{version}.xsd")))
        .args(written.iter().map(|(file, _)| file))
        .output()
        .expect("xmllint is installed (Debian: libxml2-utils)");
    let told = String::from_utf8_lossy(&run.stderr);
    let valid = told.lines().filter(|line| line.ends_with(" validates")).count();
    let mut faults = Vec::new();
    for (file, source) in written {
        let fault = told
            .lines()
            .find(|line| line.starts_with(&format!("{file}:")) && !line.ends_with("validates"));
        faults.extend(fault.map(|fault| format!("{source}: {}", fault.replace(file.as_str(), ""))));
    }
    if faults.is_empty() && valid != written.len() {
        faults.push(format!("{valid} of {} validate: {told}", written.len()));
    }
    faults
}
