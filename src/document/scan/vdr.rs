//! A scan as a CycloneDX 1.6 document (ECMA-424): the components that something touches, and their
//! vulnerabilities with what is known and decided of each.
//!
//! Nothing in it is drawn by lot: the serial number follows from the content, so that the same inputs give
//! the same bytes. Components that could not be judged stand in it, under vulnerabilities in triage named
//! `unjudged:` with the reason, so that the document never reads as clean where the scan was blind.

mod inventory;
mod vulnerability;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(in crate::document) use super::stated::urn_of;
use super::stated::{bom_link, unjudged_by_id, unjudged_id, unjudged_sentence};
use super::{FileView, ScanView};
use crate::document::sarif::uri;
use inventory::Inventory;
use vulnerability::{affected, of_finding, unjudged};

/// What an entry affects, each once, by its text.
type Targets = BTreeMap<String, Value>;

/// Writes a scan as CycloneDX.
pub fn vdr(scan: &ScanView) -> Value {
    let mut inventory = Inventory::of(scan);
    // Findings that differ in nothing but the component are one entry.
    let mut groups: BTreeMap<(String, String), (Value, Targets)> = BTreeMap::new();
    let mut add = |entry: Value, target: Option<Value>| {
        let id = entry.get("id").and_then(Value::as_str);
        let id = id.unwrap_or_default().to_owned();
        let group = groups.entry((id, entry.to_string()));
        let (_, targets) = group.or_insert((entry, Targets::new()));
        targets.extend(target.map(|target| (target.to_string(), target)));
    };
    for finding in &scan.findings {
        let reference = inventory.reference(&finding.component);
        add(of_finding(finding), Some(affected(finding, &reference)));
    }
    for (id, group) in unjudged_by_id(scan) {
        for one in group {
            let reference = inventory.reference(&one.component);
            let entry = unjudged(&id, &unjudged_sentence(one.reason));
            add(entry, Some(json!({"ref": reference})));
        }
    }
    for file in scan.files.iter().filter(|file| file.is_empty()) {
        let sentence = format!(
            "{} lists no component, so there is nothing to judge",
            file.path
        );
        let product = file.product.as_ref();
        let target = product.map(|product| json!({"ref": inventory.reference(product)}));
        add(unjudged(&unjudged_id("empty"), &sentence), target);
    }
    for support in scan.supports.iter().filter(|one| one.is_ended()) {
        inventory.reference(&support.component);
    }
    let vulnerabilities: Vec<Value> = groups
        .into_values()
        .map(|(mut entry, targets)| {
            if let (false, Some(fields)) = (targets.is_empty(), entry.as_object_mut()) {
                fields.insert("affects".to_owned(), targets.into_values().collect());
            }
            entry
        })
        .collect();
    let (main, components) = inventory.write(scan);
    let mut metadata = json!({
        "timestamp": scan.as_of,
        "tools": {"components": [{
            "type": "application", "name": "mekiki", "version": env!("CARGO_PKG_VERSION"),
        }]},
        "properties": properties(scan),
    });
    if let (Some(main), Some(fields)) = (main, metadata.as_object_mut()) {
        fields.insert("component".to_owned(), main);
    }
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "externalReferences": scan.files.iter().map(scanned).collect::<Vec<_>>(),
        "vulnerabilities": vulnerabilities,
    });
    let serial = urn_of(&document);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("serialNumber".to_owned(), serial.into());
    }
    document
}

/// A link to a scanned document, by its serial number where it has one.
fn scanned(file: &FileView) -> Value {
    let url = bom_link(file, "").unwrap_or_else(|| uri(&file.path));
    json!({
        "type": "bom",
        "url": url,
        "comment": "scanned",
        "hashes": [{"alg": "SHA-256", "content": file.sha256}],
    })
}

/// How the scan ended, and by what it was judged.
fn properties(scan: &ScanView) -> Vec<Value> {
    let verdict = serde_json::to_value(scan.verdict).unwrap_or_default();
    let verdict = verdict.as_str().unwrap_or_default().to_owned();
    let known = scan.feed.as_of.clone().unwrap_or_default();
    let age = scan.feed.age_days.map(|age| age.to_string());
    [
        ("verdict", verdict),
        ("components", scan.components.to_string()),
        ("unjudged", scan.unjudged.len().to_string()),
        ("feed:digest", scan.feed.digest.hex()),
        ("feed:as-of", known),
        ("feed:age-days", age.unwrap_or_default()),
    ]
    .into_iter()
    .map(|(name, value)| property(name, &value))
    .collect()
}

/// A property in our own part of the names (CycloneDX, "Property Taxonomy").
fn property(name: &str, value: &str) -> Value {
    json!({"name": format!("mekiki:{name}"), "value": value})
}
