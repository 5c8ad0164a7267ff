//! A scan as OpenVEX 0.2.0 (<https://github.com/openvex/spec>).
//!
//! One statement for each vulnerability and product with its part. What VEX statements decide is said again
//! with its own time; what the scan alone found is `under_investigation`, since only somebody who knows the
//! product can say `affected`. What could not be judged is under investigation too.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::stated::{
    TOOL, bom_link, file_of, is_iri, openvex_justification, status_of, unjudged_by_id,
    unjudged_sentence, update, urn_of,
};
use super::{ComponentView, FileView, FindingView, ScanView, StatementView};
use crate::digest::Algorithm;
use crate::evidence::vex::Status;
use crate::text::printable;

/// The specification that the documents follow.
const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// Writes a scan as OpenVEX; `None` where there is nothing to state, since a document needs a statement
/// (schema of 0.2.0, `statements`).
pub fn openvex(scan: &ScanView) -> Option<Value> {
    // Several components of one package URL are one product here: the most careful status is theirs.
    let mut statements: BTreeMap<(String, String), (usize, Value)> = BTreeMap::new();
    let mut add = |id: &str, product: &Value, status: Status, statement: Value| {
        let key = (id.to_owned(), product.to_string());
        let care = status.care();
        match statements.get(&key) {
            Some((known, _)) if *known <= care => {}
            _ => {
                statements.insert(key, (care, statement));
            }
        }
    };
    for finding in &scan.findings {
        let product = product(scan, &finding.component);
        let (status, statement) = of_finding(scan, finding, &product);
        add(finding.id(), &product, status, statement);
    }
    for (id, group) in unjudged_by_id(scan) {
        for one in group {
            let product = product(scan, &one.component);
            let status = Status::UnderInvestigation;
            let statement = json!({
                "vulnerability": {"name": id},
                "products": [product],
                "status": status.word(),
                "status_notes": format!("{} {}", full_name(&one.component), unjudged_sentence(one.reason)),
            });
            add(&id, &product, status, statement);
        }
    }
    let statements: Vec<Value> = statements.into_values().map(|(_, one)| one).collect();
    if statements.is_empty() {
        return None;
    }
    let mut document = json!({
        "@context": CONTEXT,
        "author": "mekiki",
        "role": "Vulnerability Scanner",
        "timestamp": scan.as_of,
        "version": 1,
        "tooling": TOOL,
        "statements": statements,
    });
    let id = urn_of(&document);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("@id".to_owned(), id.into());
    }
    Some(document)
}

fn of_finding(scan: &ScanView, finding: &FindingView, product: &Value) -> (Status, Value) {
    let status = status_of(finding);
    let mut vulnerability = Map::new();
    vulnerability.insert("name".to_owned(), finding.id().into());
    if !finding.summary.is_empty() {
        let summary = printable(&finding.summary);
        vulnerability.insert("description".to_owned(), summary.into());
    }
    let aliases: Vec<&String> = finding.ids.iter().skip(1).collect();
    if !aliases.is_empty() {
        vulnerability.insert("aliases".to_owned(), json!(aliases));
    }
    let mut fields = Map::new();
    fields.insert("vulnerability".to_owned(), vulnerability.into());
    fields.insert("products".to_owned(), json!([product]));
    fields.insert("status".to_owned(), status.word().into());
    fields.insert("status_notes".to_owned(), notes(scan, finding).into());
    if let Some(vex) = finding
        .vex
        .as_ref()
        .filter(|vex| vex.status == Some(status))
    {
        times(vex, &mut fields);
        reasons(vex, status, &mut fields);
    }
    if status == Status::Affected {
        let said = finding.vex.as_ref().and_then(|vex| vex.action.clone());
        let action = said.or_else(|| update(&finding.fixed));
        let action = action.unwrap_or_else(|| "no action is stated".to_owned());
        fields.insert("action_statement".to_owned(), action.into());
    }
    (status, fields.into())
}

/// When what is said again was said.
fn times(vex: &StatementView, fields: &mut Map<String, Value>) {
    let (issued, updated) = (&vex.issued, &vex.updated);
    if let Some(first) = issued.as_ref().or(updated.as_ref()) {
        fields.insert("timestamp".to_owned(), first.as_str().into());
    }
    if let Some(last) = updated
        .as_ref()
        .filter(|last| Some(*last) != issued.as_ref())
    {
        fields.insert("last_updated".to_owned(), last.as_str().into());
    }
}

/// Why the product is not affected. A word that OpenVEX does not have goes into the text.
fn reasons(vex: &StatementView, status: Status, fields: &mut Map<String, Value>) {
    let word = vex.justification.as_deref();
    let known = word.and_then(openvex_justification);
    let mut impact: Vec<&str> = word.filter(|_| known.is_none()).into_iter().collect();
    impact.extend(vex.impact.as_deref());
    if status == Status::NotAffected {
        if let Some(known) = known {
            fields.insert("justification".to_owned(), known.into());
        } else if impact.is_empty() {
            impact.push("no reason is stated");
        }
    }
    if !impact.is_empty() {
        fields.insert("impact_statement".to_owned(), impact.join(": ").into());
    }
}

/// Whence the status.
fn notes(scan: &ScanView, finding: &FindingView) -> String {
    let records = finding.records.iter().map(|record| {
        let (id, matched) = (&record.id, &record.matched);
        format!("{id} ({matched}; sha256 {})", record.sha256)
    });
    let mut notes = format!(
        "found by {TOOL} in the snapshot {}: {}",
        scan.feed.digest,
        records.collect::<Vec<_>>().join(", ")
    );
    if let Some(vex) = &finding.vex {
        match (&vex.source, &vex.at) {
            _ if vex.conflict => notes.push_str("; VEX statements contradict each other"),
            (Some(source), Some(at)) => {
                let author = vex.author.as_deref().unwrap_or("an unnamed author");
                _ = write!(notes, "; stated by {author} in {source}:{at}");
            }
            _ => notes.push_str("; no VEX statement on it holds"),
        }
    }
    printable(&notes)
}

/// What a statement speaks of: the scanned product with the component as its part, where the product can be
/// told by a package URL or CPE name; else the component.
fn product(scan: &ScanView, component: &ComponentView) -> Value {
    let file = file_of(scan, component);
    let part = identity(file, component);
    let main = file.and_then(|file| file.product.as_ref());
    let main = main.filter(|main| main.at != component.at && is_identified(main));
    match main {
        Some(main) => {
            let mut product = identity(file, main);
            product.insert("subcomponents".to_owned(), json!([part]));
            product.into()
        }
        None => part.into(),
    }
}

fn is_identified(component: &ComponentView) -> bool {
    component.purl.is_some() || !component.cpes.is_empty()
}

/// What identifies a component, by what names it most closely alone: a statement speaks of everything that any
/// of its identifiers names.
fn identity(file: Option<&FileView>, component: &ComponentView) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut identifiers = Map::new();
    if let Some(purl) = &component.purl {
        identifiers.insert("purl".to_owned(), purl.as_str().into());
        if is_iri(purl) {
            fields.insert("@id".to_owned(), purl.as_str().into());
        }
    } else {
        for cpe in &component.cpes {
            let form = if cpe.starts_with("cpe:2.3:") {
                "cpe23"
            } else {
                "cpe22"
            };
            identifiers.entry(form).or_insert(cpe.as_str().into());
        }
    }
    if !identifiers.is_empty() {
        fields.insert("identifiers".to_owned(), identifiers.into());
        return fields;
    }
    let link = file.and_then(|file| {
        (!component.reference.is_empty())
            .then(|| bom_link(file, &component.reference))
            .flatten()
    });
    let digest = file.map(|file| file.sha256.hex());
    let id = link.unwrap_or_else(|| urn_of(&json!([digest, component.at, component.name])));
    fields.insert("@id".to_owned(), id.into());
    let hashes: Map<String, Value> = component
        .hashes
        .iter()
        .filter_map(|(algorithm, value)| {
            let name = hash_name(Algorithm::from_name(algorithm)?)?;
            Some((name.to_owned(), value.to_ascii_lowercase().into()))
        })
        .collect();
    if !hashes.is_empty() {
        fields.insert("hashes".to_owned(), hashes.into());
    }
    fields
}

/// The schema's names of algorithms.
fn hash_name(algorithm: Algorithm) -> Option<&'static str> {
    Some(match algorithm {
        Algorithm::Md5 => "md5",
        Algorithm::Sha1 => "sha1",
        Algorithm::Sha256 => "sha-256",
        Algorithm::Sha384 => "sha-384",
        Algorithm::Sha512 => "sha-512",
        Algorithm::Sha3x256 => "sha3-256",
        Algorithm::Sha3x384 => "sha3-384",
        Algorithm::Sha3x512 => "sha3-512",
        Algorithm::Blake2bx256 => "blake2b-256",
        Algorithm::Blake2bx512 => "blake2b-512",
        _ => return None,
    })
}

fn full_name(component: &ComponentView) -> String {
    let version = component.version.as_deref().unwrap_or_default();
    printable(format!("{} {version}", component.name).trim_end())
}
