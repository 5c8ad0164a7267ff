//! The verdict as a CycloneDX 1.6 document (ECMA-424): the components that an advisory touches with their vulnerabilities
//! and what VEX statements decide, and the verdict on the delivery as properties and as an annotation.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::wording::{findings, shown};
use crate::acceptance::finding::{Finding, Standing};
use crate::acceptance::report::Report;
use crate::document::scan::ScanView;
use crate::document::scan::vdr::{urn_of, vdr};

/// The reference of the delivered product where the scan has none.
const PRODUCT: &str = "mekiki:delivery";

/// Writes a verdict with its scan. Without a scan, which is where no advisories could be opened, the document says in an
/// entry of its own that nothing was judged, so that it never reads as clean.
pub fn cyclonedx(report: &Report, scan: Option<&ScanView>) -> Value {
    let mut document = scan.map_or_else(|| unscanned(report), vdr);
    let about = about(report, &mut document);
    if let Some(fields) = document.as_object_mut() {
        fields.remove("serialNumber");
        let annotation = json!({
            "subjects": [about],
            "annotator": {"component": tool(report)},
            "timestamp": report.as_of,
            "text": shown(&report.headline.en),
        });
        fields.insert("annotations".to_owned(), json!([annotation]));
        if let Some(Value::Array(all)) = fields.get_mut("vulnerabilities") {
            of_vulnerabilities(report, all);
        }
    }
    if let Some(Value::Object(metadata)) = document.get_mut("metadata") {
        let all = metadata.entry("properties").or_insert_with(|| json!([]));
        if let Value::Array(all) = all {
            all.extend(properties(report));
        }
    }
    let serial = urn_of(&document);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("serialNumber".to_owned(), serial.into());
    }
    document
}

fn tool(report: &Report) -> Value {
    json!({"type": "application", "name": report.tool.name, "version": report.tool.version})
}

/// The reference of what the document is about, which is given one where it has none.
fn about(report: &Report, document: &mut Value) -> String {
    let Some(Value::Object(metadata)) = document.get_mut("metadata") else {
        return PRODUCT.to_owned();
    };
    let product = report.subject.product.as_ref();
    let main = metadata.entry("component").or_insert_with(|| {
        json!({
            "type": "application",
            "name": product.map_or_else(|| "delivery".to_owned(), |one| shown(&one.name)),
            "version": product.map_or_else(String::new, |one| shown(&one.version)),
        })
    });
    let Value::Object(main) = main else {
        return PRODUCT.to_owned();
    };
    let reference = main.entry("bom-ref").or_insert_with(|| PRODUCT.into());
    reference.as_str().unwrap_or(PRODUCT).to_owned()
}

/// The document of a delivery that was not scanned.
fn unscanned(report: &Report) -> Value {
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": report.as_of, "tools": {"components": [tool(report)]}},
        "components": [],
        "vulnerabilities": [{
            "id": "unjudged:no-scan",
            "source": {"name": "mekiki"},
            "ratings": [{"source": {"name": "mekiki"}, "severity": "unknown"}],
            "description": "no component was judged: there were no advisories or no readable SBOM to judge by",
            "analysis": {"state": "in_triage"},
            "affects": [{"ref": PRODUCT}],
        }],
    })
}

/// The verdict, by group and as a whole (CycloneDX, "Property Taxonomy").
fn properties(report: &Report) -> Vec<Value> {
    let subject = &report.subject;
    let optional = [
        ("case", &subject.case),
        ("contract", &subject.contract),
        ("supplier", &subject.supplier),
    ];
    let optional = optional
        .into_iter()
        .filter_map(|(name, value)| Some(property(name, &shown(value.as_ref()?))));
    let plain = [
        property("verdict", report.verdict.word()),
        property("as-of", &report.as_of),
        property("stage", subject.stage),
        property("delivered:sha256", &report.delivered.sha256.hex()),
        property("delivered:files", &report.delivered.files.to_string()),
        property("delivered:bytes", &report.delivered.bytes.to_string()),
    ];
    let groups = report.groups.iter();
    let groups =
        groups.map(|one| property(&format!("group:{}", one.name.word()), one.verdict.word()));
    let waived = report
        .exceptions
        .iter()
        .filter(|one| one.state == "in_force");
    let waived = waived.map(|one| {
        property(
            "exception",
            &shown(&format!("{} until {}", one.id, one.until)),
        )
    });
    plain
        .into_iter()
        .chain(optional)
        .chain(groups)
        .chain(waived)
        .collect()
}

/// What the contract makes of each vulnerability.
fn of_vulnerabilities(report: &Report, all: &mut [Value]) {
    let mut by_id: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings(report) {
        let id = finding.weakness.as_ref().and_then(|one| one.ids.first());
        if let Some(id) = id {
            by_id.entry(id).or_default().push(finding);
        }
    }
    for entry in all {
        let Some(fields) = entry.as_object_mut() else {
            continue;
        };
        let id = fields.get("id").and_then(Value::as_str).unwrap_or_default();
        let Some(findings) = by_id.get(id) else {
            continue;
        };
        let mut own: Vec<Value> = findings.iter().flat_map(|one| of_finding(one)).collect();
        own.sort_by_key(Value::to_string);
        own.dedup();
        add(fields, own);
    }
}

fn add(fields: &mut Map<String, Value>, own: Vec<Value>) {
    let all = fields.entry("properties").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        all.extend(own);
    }
}

fn of_finding(finding: &Finding) -> Vec<Value> {
    let mut all = vec![property(
        &format!("check:{}", finding.check),
        finding.effect.word(),
    )];
    match &finding.standing {
        Standing::Open => {}
        Standing::Waived { exception, until } => {
            all.push(property(
                "waived",
                &shown(&format!("{exception} until {until}")),
            ));
        }
        Standing::Known { baseline } => all.push(property("known", &baseline.hex())),
    }
    if let Some(due) = finding.weakness.as_ref().and_then(|one| one.due.as_ref()) {
        all.push(property("due", &shown(due)));
    }
    all
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": format!("mekiki:verify:{name}"), "value": value})
}
