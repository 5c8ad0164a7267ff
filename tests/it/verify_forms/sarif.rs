//! SARIF: the shape that the standard gives it, its own rules, and the limits of hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mekiki::acceptance::report::Report;
use mekiki::app::verify::find_lines;
use mekiki::document::acceptance::sarif::{RESULTS, sarif};
use mekiki::text::Lang;
use serde_json::{Value, json};

use super::reports;
use super::sample::{checks, good, many, mixed};
use crate::binary::Scratch;
use crate::sarif_schema::breaches;

/// The members of SARIF 2.1.0 that we write, in the shape that its schema gives them.
fn shape() -> Value {
    let text = json!({"type": "object", "required": ["text"], "additionalProperties": false,
        "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string", "minLength": 1}}});
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let bag = json!({"type": "object", "properties": {
        "tags": {"type": "array", "uniqueItems": true, "maxItems": 10, "items": {"type": "string"}}}});
    let location = json!({"type": "object", "required": ["physicalLocation"], "additionalProperties": false, "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": text,
        "physicalLocation": {"type": "object", "additionalProperties": false, "required": ["artifactLocation", "region"], "properties": {
            "artifactLocation": {"type": "object", "additionalProperties": false, "required": ["uri"],
                "properties": {"uri": {"type": "string", "format": "uri-reference", "minLength": 1}}},
            "region": {"type": "object", "additionalProperties": false, "required": ["startLine"], "properties": {
                "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}}}},
        "logicalLocations": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "properties": {"fullyQualifiedName": {"type": "string"}}}}}});
    let rule = json!({"type": "object",
        "required": ["id", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration", "properties"],
        "additionalProperties": false, "properties": {
            "id": {"type": "string"}, "shortDescription": text, "fullDescription": text, "help": text,
            "helpUri": {"type": "string", "format": "uri"},
            "defaultConfiguration": {"type": "object", "additionalProperties": false, "properties": {"level": level}},
            "properties": bag}});
    let suppression = json!({"type": "object", "required": ["kind"], "additionalProperties": false, "properties": {
        "kind": {"enum": ["inSource", "external"]}, "status": {"enum": ["accepted", "underReview", "rejected"]},
        "justification": {"type": "string", "minLength": 1}}});
    let result = json!({"type": "object", "required": ["message", "ruleId", "ruleIndex", "level", "locations", "partialFingerprints"],
        "additionalProperties": false, "properties": {
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": text,
            "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": location},
            "relatedLocations": {"type": "array", "minItems": 1, "maxItems": 99, "uniqueItems": true, "items": location},
            "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
            "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
            "suppressions": {"type": "array", "uniqueItems": true, "items": suppression}, "properties": bag}});
    let notification = json!({"type": "object", "required": ["message"], "additionalProperties": false, "properties": {
        "level": level, "message": text,
        "associatedRule": {"type": "object", "additionalProperties": false, "required": ["id"], "properties": {"id": {"type": "string"}}}}});
    let run = json!({"type": "object", "required": ["tool"], "additionalProperties": false, "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {"type": "object", "required": ["name"],
            "additionalProperties": false, "properties": {"name": {"type": "string"}, "version": {"type": "string"},
                "rules": {"type": "array", "uniqueItems": true, "items": rule}}}}},
        "language": {"type": "string", "pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "automationDetails": {"type": "object", "additionalProperties": false, "properties": {"id": {"type": "string"}}},
        "artifacts": {"type": "array", "uniqueItems": true, "items": {"type": "object", "additionalProperties": false, "properties": {
            "location": {"type": "object", "additionalProperties": false, "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
            "roles": {"type": "array", "items": {"enum": ["analysisTarget"]}},
            "hashes": {"type": "object", "additionalProperties": {"type": "string"}}}}},
        "invocations": {"type": "array", "items": {"type": "object", "required": ["executionSuccessful"], "additionalProperties": false,
            "properties": {"executionSuccessful": {"type": "boolean"}, "exitCode": {"type": "integer"},
                "exitCodeDescription": {"type": "string"},
                "toolExecutionNotifications": {"type": "array", "items": notification}}}},
        "results": {"type": "array", "items": result}, "properties": bag}});
    json!({"type": "object", "required": ["version", "runs"], "additionalProperties": false, "properties": {
        "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": run}}})
}

fn write(report: &Report, lang: Lang) -> Value {
    sarif(report, &checks(), lang, &|file| format!("delivered/{file}"))
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).unwrap()
}

/// Whatever breaks a rule of the standard, or of a host, that no schema says.
fn faults(log: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let rules = list(log, "/runs/0/tool/driver/rules");
    let ids: BTreeSet<_> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    if ids.len() != rules.len() {
        faults.push("a rule is there twice".to_owned());
    }
    let sentence = |text: &Value| {
        text.as_str()
            .is_some_and(|text| text.ends_with(['.', '。', '!', '?']))
    };
    for rule in rules {
        for field in ["shortDescription", "fullDescription"] {
            if !sentence(&rule[field]["text"]) {
                faults.push(format!("{}: {field} has no full stop", rule["id"]));
            }
        }
        if rule["shortDescription"]["text"]
            .as_str()
            .unwrap()
            .chars()
            .count()
            > 1024
        {
            faults.push(format!("{}: is too long", rule["id"]));
        }
    }
    let results = list(log, "/runs/0/results");
    if results.len() > RESULTS {
        faults.push("there are too many results".to_owned());
    }
    let mut seen = BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        if rules.get(index).map(|rule| &rule["id"]) != Some(&result["ruleId"]) {
            faults.push(format!("{} is not rule {index}", result["ruleId"]));
        }
        if !sentence(&result["message"]["text"]) {
            faults.push(format!("{} has no full stop", result["message"]));
        }
        if !seen.insert(format!(
            "{} {}",
            result["ruleId"], result["partialFingerprints"]
        )) {
            faults.push(format!(
                "{} has the fingerprint of another",
                result["message"]
            ));
        }
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for place in result["locations"]
            .as_array()
            .unwrap()
            .iter()
            .chain(related)
        {
            let uri = place["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .unwrap();
            if uri.contains(['\\', ':', ' ', '|', '<']) || uri.starts_with('/') {
                faults.push(format!("{uri} is no relative reference"));
            }
        }
    }
    for told in list(log, "/runs/0/invocations/0/toolExecutionNotifications") {
        if !sentence(&told["message"]["text"]) {
            faults.push(format!("{told} has no full stop"));
        }
        if told["associatedRule"]["id"]
            .as_str()
            .is_some_and(|id| !ids.contains(id))
        {
            faults.push(format!("{told} is about no rule"));
        }
    }
    faults
}

#[test]
fn it_conforms_to_the_published_schema() {
    let reports = reports();
    let logs: Vec<Value> = reports
        .iter()
        .flat_map(|(_, report)| Lang::BOTH.map(|lang| write(report, lang)))
        .collect();
    assert!(logs.len() >= 2);
    assert_eq!(breaches(&logs), [] as [String; 0]);
    // The schema finds what it looks for.
    let mut broken = logs.into_iter().next().unwrap();
    broken["runs"][0]["tool"]["driver"]["rules"][0]["id"] = json!(3);
    assert!(!breaches([&broken]).is_empty());
}

#[test]
fn it_has_the_shape_of_the_standard_and_keeps_its_rules() {
    let shape = shape();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&shape)
        .unwrap();
    for (name, report) in reports() {
        for lang in Lang::BOTH {
            let log = write(&report, lang);
            let shapeless: Vec<_> = validator
                .iter_errors(&log)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .take(5)
                .collect();
            assert_eq!(shapeless, [] as [String; 0], "{name}");
            assert_eq!(faults(&log), [] as [String; 0], "{name}");
        }
    }
    // The rules find what they look for.
    let mut log = write(&mixed(), Lang::En);
    log["runs"][0]["results"][0]["ruleIndex"] = json!(3);
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
        json!("a\\b");
    log["runs"][0]["results"][2]["message"]["text"] = json!("no stop");
    assert_eq!(faults(&log).len(), 3, "{:?}", faults(&log));
}

#[test]
fn rules_are_all_checks_of_the_table_whatever_is_found() {
    let ids = |report: &Report| -> Vec<String> {
        let log = write(report, Lang::En);
        let rules = list(&log, "/runs/0/tool/driver/rules");
        rules
            .iter()
            .map(|rule| rule["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let table: Vec<_> = checks().list.iter().map(|check| check.id.clone()).collect();
    assert_eq!(ids(&good()), table);
    assert_eq!(ids(&mixed()), table);
    // A check of the agency's own pack comes behind.
    let mut report = good();
    let own = mekiki::acceptance::finding::Outcome::new(
        &checks().named("policy.own"),
        super::sample::both("is kept"),
    );
    report.groups[7].checks.push(own);
    assert_eq!(ids(&report).last().unwrap(), "policy.own");
}

#[test]
fn levels_suppressions_and_baseline_follow_the_standing() {
    let log = write(&mixed(), Lang::En);
    let told: BTreeMap<_, _> = list(&log, "/runs/0/results")
        .iter()
        .map(|one| {
            let suppressed = one["suppressions"][0]["justification"].as_str();
            (
                one["ruleId"].as_str().unwrap(),
                (
                    one["level"].as_str().unwrap(),
                    one["baselineState"].as_str().unwrap(),
                    suppressed,
                ),
            )
        })
        .collect();
    let why = "waived by EX-2026-03 until 2026-12-31: the maker mends it in the next release.";
    let expected = BTreeMap::from([
        ("advisory.exploited", ("error", "new", None)),
        ("advisory.feed", ("warning", "new", None)),
        ("advisory.severity", ("note", "new", Some(why))),
        ("contents.altered", ("error", "new", None)),
        ("files.readable", ("note", "new", None)),
        ("sbom.valid", ("note", "unchanged", None)),
        ("signature.sbom", ("warning", "new", None)),
    ]);
    assert_eq!(told, expected);
    assert!(list(&write(&good(), Lang::En), "/runs/0/results").is_empty());
}

#[test]
fn a_result_stands_at_its_file_and_line_with_its_other_places() {
    let log = write(&mixed(), Lang::En);
    let result = &list(&log, "/runs/0/results")[0];
    assert_eq!(
        result["message"]["text"],
        "bin/connector has other bytes than the SBOM states."
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"],
        json!({"artifactLocation": {"uri": "delivered/bom.json"}, "region": {"startLine": 14, "startColumn": 7}})
    );
    let related = &result["relatedLocations"][0];
    assert_eq!(
        related["physicalLocation"]["artifactLocation"]["uri"],
        "delivered/bin/connector"
    );
    // What has no place stands at the manifest.
    let all = list(&log, "/runs/0/results");
    let without = all
        .iter()
        .find(|one| one["ruleId"] == "signature.sbom")
        .unwrap();
    let uri = &without["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "delivered/delivery.toml");
    let rules = list(&log, "/runs/0/tool/driver/rules");
    let exploited = rules
        .iter()
        .find(|rule| rule["id"] == "advisory.exploited")
        .unwrap();
    assert_eq!(exploited["properties"]["security-severity"], "9.8");
    // A waived finding does not raise its rule.
    let severity = rules
        .iter()
        .find(|rule| rule["id"] == "advisory.severity")
        .unwrap();
    assert!(severity["properties"].get("security-severity").is_none());
    assert_eq!(
        exploited["helpUri"],
        "urn:mekiki:docs:deliveries#advisory.exploited"
    );
    assert!(
        exploited["help"]["markdown"]
            .as_str()
            .unwrap()
            .starts_with("**no vulnerability that is known to be exploited.**\n")
    );
}

#[test]
fn what_could_not_be_judged_and_what_is_left_out_is_told() {
    let log = write(&many(10_000), Lang::En);
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 1);
    let unlisted = list(&log, "/runs/0/results")
        .iter()
        .filter(|one| one["ruleId"] == "contents.unlisted");
    assert_eq!(unlisted.count(), 1000);
    let told: Vec<_> = list(&log, "/runs/0/invocations/0/toolExecutionNotifications")
        .iter()
        .map(|one| {
            (
                one["level"].as_str().unwrap(),
                one["message"]["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "error",
                "advisory.feed: not judged: all of it was looked at and is as it should be."
            ),
            (
                "warning",
                "Left out by the manifest: provenance: the contract was made before provenance was asked for."
            ),
            (
                "warning",
                "9000 results of contents.unlisted are left out; the JSON of the verdict has them all."
            ),
        ]
    );
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints = |report: &Report| -> Vec<Value> {
        let log = write(report, Lang::En);
        list(&log, "/runs/0/results")
            .iter()
            .map(|one| one["partialFingerprints"].clone())
            .collect()
    };
    let before = mixed();
    let mut after = mixed();
    for finding in after
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.findings)
    {
        for citation in &mut finding.citations {
            citation.at.line = citation.at.line.map(|line| line + 100);
        }
    }
    assert_eq!(prints(&before), prints(&after));
}

#[test]
fn a_pointer_gets_the_line_at_which_it_stands() {
    let scratch = Scratch::new();
    scratch.write(
        "bom.json",
        "{\n  \"components\": [\n    {\"name\": \"a\"}\n  ]\n}\n",
    );
    let mut report = mixed();
    find_lines(&mut report, Path::new(&scratch.root()));
    let log = write(&report, Lang::En);
    let exploited = list(&log, "/runs/0/results")
        .iter()
        .find(|one| one["ruleId"] == "advisory.exploited")
        .unwrap();
    let place = &exploited["locations"][0];
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(
        place["logicalLocations"][0]["fullyQualifiedName"],
        "/components/0"
    );
    // What lies outside of the folder is not read.
    let mut report = mixed();
    for finding in report
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.findings)
    {
        for citation in &mut finding.citations {
            citation.file = format!("../{}/bom.json", scratch.root().rsplit('/').next().unwrap());
        }
    }
    let before = report.clone();
    find_lines(&mut report, Path::new(&scratch.root()));
    assert_eq!(report, before);
}
