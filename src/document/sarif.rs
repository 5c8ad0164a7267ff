//! Findings as SARIF 2.1.0 (OASIS Standard, 2020-03-27), which code hosts show at the file and line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::text::printable;

/// The findings of one file.
#[derive(Debug, Clone)]
pub struct Report {
    /// The path as the caller gave it.
    pub path: String,
    /// What was found in it.
    pub findings: Vec<Diagnostic>,
}

/// Writes findings as one run of a SARIF log.
///
/// A place that is known as a JSON pointer only is a logical location (3.33); one with a line is a region
/// too (3.30). A file as a whole begins at line 1, since hosts want a line.
pub fn sarif(reports: &[Report]) -> Value {
    let mut rules: BTreeMap<&str, usize> = reports
        .iter()
        .flat_map(|report| &report.findings)
        .map(|finding| (finding.code, 0))
        .collect();
    for (index, (_, slot)) in rules.iter_mut().enumerate() {
        *slot = index;
    }
    let results: Vec<_> = reports
        .iter()
        .flat_map(|report| {
            let rules = &rules;
            report
                .findings
                .iter()
                .map(move |finding| result(&report.path, finding, rules))
        })
        .collect();
    let descriptors = rules.keys().map(|code| json!({"id": code})).collect();
    log(run(descriptors, results))
}

/// A log of one run.
pub(super) fn log(run: Map<String, Value>) -> Value {
    let mut log = Map::new();
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    log.insert("$schema".to_owned(), schema.into());
    log.insert("version".to_owned(), "2.1.0".into());
    log.insert("runs".to_owned(), vec![Value::from(run)].into());
    log.into()
}

/// A run with its rules and results.
pub(super) fn run(rules: Vec<Value>, results: Vec<Value>) -> Map<String, Value> {
    let mut run = Map::new();
    let mut driver = Map::new();
    driver.insert("name".to_owned(), "mekiki".into());
    driver.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    driver.insert("rules".to_owned(), rules.into());
    run.insert("tool".to_owned(), json!({"driver": driver}));
    run.insert("columnKind".to_owned(), "unicodeCodePoints".into());
    run.insert("results".to_owned(), results.into());
    run
}

fn result(path: &str, finding: &Diagnostic, rules: &BTreeMap<&str, usize>) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let text = match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    };
    let location = location(path, &finding.at);
    json!({
        "ruleId": finding.code,
        "ruleIndex": rules.get(finding.code),
        "level": level,
        "message": {"text": printable(&text)},
        "locations": [location],
    })
}

/// A place in a file.
pub(super) fn location(path: &str, at: &Place) -> Value {
    let mut region = json!({"startLine": at.line.unwrap_or(1)});
    if let (Some(column), Some(fields)) = (at.column, region.as_object_mut()) {
        fields.insert("startColumn".to_owned(), json!(column));
    }
    let mut location = json!({
        "physicalLocation": {"artifactLocation": {"uri": uri(path)}, "region": region},
    });
    if let (Some(pointer), Some(fields)) = (&at.pointer, location.as_object_mut())
        && !pointer.is_empty()
    {
        fields.insert(
            "logicalLocations".to_owned(),
            json!([{"fullyQualifiedName": printable(pointer)}]),
        );
    }
    location
}

/// A path as a relative URI reference (RFC 3986): what is no plain character is escaped.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_its_line_and_its_pointer() {
        let at = Place {
            line: Some(3),
            column: Some(7),
            ..Place::pointer("/components/0")
        };
        let report = Report {
            path: "目 録.json".into(),
            findings: vec![
                Diagnostic::error("b-code", at, "is wrong").help("mend it"),
                Diagnostic::note("a-code", Place::whole(), "is worth knowing"),
            ],
        };
        let log = sarif(&[report]);
        let results = &log["runs"][0]["results"];
        assert_eq!(results[0]["ruleIndex"], 1);
        assert_eq!(results[0]["message"]["text"], "is wrong; mend it");
        let location = &results[0]["locations"][0];
        assert_eq!(
            location["physicalLocation"],
            json!({"artifactLocation": {"uri": "%E7%9B%AE%20%E9%8C%B2.json"}, "region": {"startLine": 3, "startColumn": 7}})
        );
        assert_eq!(
            location["logicalLocations"][0]["fullyQualifiedName"],
            "/components/0"
        );
        assert_eq!(results[1]["level"], "note");
        assert_eq!(
            results[1]["locations"][0]["physicalLocation"]["region"]["startLine"],
            1
        );
    }
}
