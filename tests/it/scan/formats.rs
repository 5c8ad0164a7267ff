//! SARIF, CycloneDX and OpenVEX: valid by their standards and by our own readers, the same twice, and saying
//! what the JSON says.

use std::collections::BTreeSet;

use jsonschema::Registry;
use serde_json::{Value, json};

use super::sample::{DAY, SERIAL, component, components, feed, scan, vex, whole_feed, write_sbom};
use crate::binary::{Scratch, mekiki, mekiki_with_input};
use crate::corpus::corpus;
use crate::sarif_schema::breaches;

const FORMATS: [&str; 3] = ["sarif", "cyclonedx-vdr", "openvex"];

fn not_affected() -> Value {
    json!({"status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "Titles are never run."})
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}

/// The members of SARIF 2.1.0 that we write, in the shape that its schema gives them.
fn sarif_shape() -> Value {
    let text = json!({"type": "object", "required": ["text"], "additionalProperties": false,
        "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}}});
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let bag = json!({"type": "object", "properties": {
        "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string"}}}});
    let location = json!({"type": "object", "required": ["physicalLocation"], "additionalProperties": false, "properties": {
        "physicalLocation": {"type": "object", "additionalProperties": false, "required": ["artifactLocation", "region"], "properties": {
            "artifactLocation": {"type": "object", "additionalProperties": false,
                "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
            "region": {"type": "object", "additionalProperties": false, "required": ["startLine"], "properties": {
                "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}}}},
        "logicalLocations": {"type": "array", "items": {"type": "object", "additionalProperties": false,
            "properties": {"fullyQualifiedName": {"type": "string"}}}}}});
    let rule = json!({"type": "object", "required": ["id"], "additionalProperties": false, "properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "shortDescription": text, "fullDescription": text, "help": text,
        "helpUri": {"type": "string", "format": "uri"},
        "defaultConfiguration": {"type": "object", "additionalProperties": false, "properties": {"level": level}},
        "properties": bag}});
    let suppression = json!({"type": "object", "required": ["kind"], "additionalProperties": false, "properties": {
        "kind": {"enum": ["inSource", "external"]}, "status": {"enum": ["accepted", "underReview", "rejected"]},
        "justification": {"type": "string"}, "location": location}});
    let result = json!({"type": "object", "required": ["message", "ruleId", "ruleIndex", "level", "locations", "partialFingerprints"],
        "additionalProperties": false, "properties": {
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": text,
            "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": location},
            "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
            "suppressions": {"type": "array", "items": suppression}, "properties": bag}});
    let notification = json!({"type": "object", "required": ["message"], "additionalProperties": false, "properties": {
        "level": level, "message": text, "locations": {"type": "array", "items": location},
        "descriptor": {"type": "object", "additionalProperties": false, "properties": {"id": {"type": "string"}}}}});
    let run = json!({"type": "object", "required": ["tool"], "additionalProperties": false, "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {"type": "object", "required": ["name"],
            "additionalProperties": false, "properties": {"name": {"type": "string"}, "version": {"type": "string"},
                "rules": {"type": "array", "uniqueItems": true, "items": rule}}}}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "automationDetails": {"type": "object", "additionalProperties": false, "properties": {"id": {"type": "string"}}},
        "artifacts": {"type": "array", "uniqueItems": true, "items": {"type": "object", "additionalProperties": false, "properties": {
            "location": {"type": "object", "additionalProperties": false, "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
            "roles": {"type": "array", "items": {"enum": ["analysisTarget"]}},
            "hashes": {"type": "object", "additionalProperties": {"type": "string"}}}}},
        "invocations": {"type": "array", "items": {"type": "object", "required": ["executionSuccessful"], "additionalProperties": false,
            "properties": {"executionSuccessful": {"type": "boolean"}, "exitCode": {"type": "integer"},
                "toolExecutionNotifications": {"type": "array", "items": notification}}}},
        "results": {"type": "array", "items": result}, "properties": bag}});
    json!({"type": "object", "required": ["version", "runs"], "additionalProperties": false, "properties": {
        "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": run}}})
}

fn conforms(schema: &Value, registry: Option<&Registry>, document: &Value) {
    let mut options = jsonschema::options().should_validate_formats(true);
    if let Some(registry) = registry {
        options = options.with_registry(registry);
    }
    let validator = options.build(schema).unwrap();
    let faults: Vec<_> = validator
        .iter_errors(document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, [] as [String; 0]);
}

/// Holds a document to what its standard says of the form.
fn is_valid(scratch: &Scratch, format: &str, text: &str) {
    let document: Value = serde_json::from_str(text).unwrap();
    let path = scratch.write(&format!("written.{format}.json"), text);
    let read = |path: &str| {
        let corpus = corpus()?;
        let bytes = corpus.read(&format!("schemas/{path}"));
        Some(serde_json::from_slice::<Value>(&bytes).unwrap())
    };
    match format {
        "sarif" => {
            conforms(&sarif_shape(), None, &document);
            assert_eq!(breaches([&document]), [] as [String; 0]);
            let rules = list(&document, "/runs/0/tool/driver/rules");
            for result in list(&document, "/runs/0/results") {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(rules[index]["id"], result["ruleId"]);
            }
        }
        "openvex" => {
            let run = mekiki(&["vex", "validate", &path]);
            assert_eq!(run.code, 0, "{run:?}");
            assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
            if let Some(schema) = read("openvex/openvex_json_schema.json") {
                conforms(&schema, None, &document);
            }
        }
        _ => {
            let run = mekiki(&["sbom", "inspect", &path, "--format", "json"]);
            assert_eq!(run.code, 0, "{run:?}");
            assert_eq!(run.json()["findings"], json!([]));
            let Some(schema) = read("cyclonedx/bom-1.6.schema.json") else {
                return;
            };
            let mut registry = Registry::new();
            for name in ["spdx", "jsf-0.82"] {
                let schema = read(&format!("cyclonedx/{name}.schema.json")).unwrap();
                let uri = format!("http://cyclonedx.org/schema/{name}.schema.json");
                registry = registry.add(uri, schema).unwrap();
            }
            conforms(&schema, Some(&registry.prepare().unwrap()), &document);
        }
    }
}

#[test]
fn every_form_is_valid_and_the_same_twice() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let mut listed = components();
    listed.push(json!({"type": "library", "name": "nameless", "version": "1", "bom-ref": "n"}));
    listed.push(json!({"type": "platform", "name": "loom", "version": "2.1.3", "purl": "pkg:generic/loom@2.1.3",
        "bom-ref": "loom", "hashes": [{"alg": "SHA-256", "content": "a".repeat(64)}]}));
    let sbom = write_sbom(&scratch, "bom.json", &listed);
    let again = write_sbom(&scratch, "again.json", &components()[..2]);
    let vex = vex(&scratch, &not_affected());
    for format in FORMATS {
        for files in [vec![sbom.as_str()], vec![sbom.as_str(), again.as_str()]] {
            let run = scan(&files, &feed, format, &["--vex", &vex]);
            assert_eq!(run.code, 1, "{format}: {run:?}");
            is_valid(&scratch, format, &run.stdout);
            let to = scratch.path("out.json");
            let second = scan(&files, &feed, format, &["--vex", &vex, "--output", &to]);
            assert_eq!((second.code, second.stdout.as_str()), (1, ""), "{format}");
            assert_eq!(
                std::fs::read_to_string(&to).unwrap(),
                run.stdout,
                "{format}"
            );
        }
        let bytes = std::fs::read(&sbom).unwrap();
        let options = [
            "scan", "-", "--feed", &feed, "--as-of", DAY, "--format", format,
        ];
        let run = mekiki_with_input(&options, &bytes);
        assert_eq!(run.code, 1, "{format}: {run:?}");
        is_valid(&scratch, format, &run.stdout);
    }
}

#[test]
fn sarif_has_a_rule_a_vulnerability_and_a_result_a_component() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let mut listed = components();
    listed.push(json!({"type": "library", "name": "nameless"}));
    let sbom = write_sbom(&scratch, "bom.json", &listed);
    let vex = vex(&scratch, &not_affected());
    let plain = scan(&[&sbom], &feed, "sarif", &[]).json();
    let log = scan(&[&sbom], &feed, "sarif", &["--vex", &vex]).json();
    let results = list(&log, "/runs/0/results");
    let rules: Vec<_> = results
        .iter()
        .map(|one| one["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        [
            "CVE-2026-10001",
            "PYSEC-2026-9001",
            "RUSTSEC-2026-9001",
            "component-unjudged"
        ]
    );
    let levels: Vec<_> = results
        .iter()
        .map(|one| one["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["warning", "error", "note", "note"]);
    let rule = &list(&log, "/runs/0/tool/driver/rules")[0];
    assert_eq!(rule["properties"]["security-severity"], "9.8");
    assert_eq!(
        rule["properties"]["tags"],
        json!(["security", "vulnerability", "known-exploited"])
    );
    assert_eq!(rule["helpUri"], "https://advisories.example/shelf-1");
    // The component's line, not the document's first.
    let text = std::fs::read_to_string(&sbom).unwrap();
    for (result, name) in results.iter().zip(["shelf-reader", "weather-notes"]) {
        let line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
            .as_u64()
            .unwrap();
        let line = usize::try_from(line).unwrap();
        let entry: Vec<_> = text.lines().skip(line - 1).take(3).collect();
        assert!(
            entry.concat().contains(&format!("\"name\": \"{name}\"")),
            "{entry:?}"
        );
    }
    let suppression = &results[0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["status"]),
        (&json!("external"), &json!("accepted"))
    );
    let said = suppression["justification"].as_str().unwrap();
    assert!(
        said.contains("vulnerable_code_not_in_execute_path") && said.contains("Library Desk"),
        "{said}"
    );
    assert!(
        results[1..]
            .iter()
            .all(|one| one.get("suppressions").is_none())
    );
    assert_eq!(list(&plain, "/runs/0/results")[0]["level"], "error");
    assert!(
        list(&plain, "/runs/0/results")[0]
            .get("suppressions")
            .is_none()
    );
    assert_eq!(list(&log, "/runs/0/invocations")[0]["exitCode"], 1);
}

#[test]
fn fingerprints_stay_when_lines_move_and_tell_results_apart() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let prints = |listed: &[Value]| -> BTreeSet<String> {
        let sbom = write_sbom(&scratch, "bom.json", listed);
        let log = scan(&[&sbom], &feed, "sarif", &[]).json();
        let results = list(&log, "/runs/0/results").to_vec();
        let prints: BTreeSet<_> = results
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one["ruleId"], one["partialFingerprints"]["mekikiComponent/v1"]
                )
            })
            .collect();
        assert_eq!(prints.len(), results.len());
        prints
    };
    let mut listed = components();
    listed.push(component("pkg:npm/shelf-reader@1.4.0"));
    listed.last_mut().unwrap()["bom-ref"] = "twice".into();
    let before = prints(&listed);
    listed.reverse();
    listed.insert(0, component("pkg:npm/unrelated@1.0.0"));
    assert_eq!(prints(&listed), before);
}

#[test]
fn a_rule_has_a_thousand_results_and_the_rest_is_counted() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let nameless = |index: usize| json!({"type": "library", "name": format!("n{index}")});
    let sbom = write_sbom(
        &scratch,
        "bom.json",
        &(0..1005).map(nameless).collect::<Vec<_>>(),
    );
    let run = scan(&[&sbom], &feed, "sarif", &[]);
    assert_eq!(run.code, 3);
    let log = run.json();
    assert_eq!(list(&log, "/runs/0/results").len(), 1000);
    let told = list(&log, "/runs/0/invocations/0/toolExecutionNotifications");
    let told: Vec<_> = told
        .iter()
        .map(|one| one["message"]["text"].as_str().unwrap())
        .collect();
    assert!(
        told.iter()
            .any(|one| one.starts_with("1005 of 1006 components")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|one| one.starts_with("5 results of `component-unjudged`")),
        "{told:?}"
    );
}

#[test]
fn the_cyclonedx_document_says_what_is_known_and_decided() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let sbom = write_sbom(&scratch, "bom.json", &components());
    let vex = vex(&scratch, &not_affected());
    let document = scan(&[&sbom], &feed, "cyclonedx-vdr", &["--vex", &vex]).json();
    assert_eq!(document["metadata"]["timestamp"], "2026-08-25T00:00:00Z");
    assert_eq!(
        document["metadata"]["component"]["purl"],
        "pkg:npm/library-desk@3.0.0"
    );
    let links = list(&document, "/externalReferences");
    assert_eq!(
        links[0]["url"],
        format!("{}/1", SERIAL.replace("urn:uuid:", "urn:cdx:"))
    );
    let one = &list(&document, "/vulnerabilities")[0];
    for (pointer, expected) in [
        ("/id", json!("CVE-2026-10001")),
        (
            "/references",
            json!([{"id": "GHSA-aaaa-0001-shlf", "source": {"name": "GHSA"}}]),
        ),
        ("/ratings/0/method", json!("CVSSv31")),
        ("/ratings/0/score", json!(9.8)),
        ("/ratings/0/severity", json!("critical")),
        ("/recommendation", json!("update to 1.4.2")),
        ("/published", json!("2026-07-01T00:00:00Z")),
        ("/updated", json!("2026-08-10T00:00:00Z")),
        ("/analysis/state", json!("not_affected")),
        ("/analysis/justification", json!("code_not_reachable")),
        ("/analysis/detail", json!("Titles are never run.")),
        ("/analysis/firstIssued", json!("2026-08-01T09:00:00Z")),
        (
            "/affects",
            json!([{"ref": "pkg:npm/shelf-reader@1.4.0", "versions": [{"version": "1.4.0", "status": "unaffected"}]}]),
        ),
    ] {
        assert_eq!(
            one.pointer(pointer),
            Some(&expected),
            "{pointer} in {one:#}"
        );
    }
    let states: Vec<_> = list(&document, "/vulnerabilities")
        .iter()
        .map(|one| one["analysis"]["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["not_affected", "in_triage", "in_triage"]);
    let names: Vec<_> = list(&document, "/components")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["shelf-reader", "weather-notes", "tiny-ledger"]);
}

#[test]
fn what_is_written_is_read_again_and_changes_nothing() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let mut listed = components();
    listed.push(json!({"type": "library", "name": "nameless", "version": "1", "bom-ref": "n a#1"}));
    let sbom = write_sbom(&scratch, "bom.json", &listed);
    for status in [
        json!(null),
        not_affected(),
        json!({"status": "not_affected", "impact_statement": "Titles are never run."}),
        json!({"status": "affected", "action_statement": "Switch titles off."}),
        json!({"status": "fixed"}),
        json!({"status": "under_investigation"}),
    ] {
        let vex = status.is_object().then(|| vex(&scratch, &status));
        let options = vex
            .iter()
            .flat_map(|path| ["--vex", path.as_str()])
            .collect::<Vec<_>>();
        let before = scan(&[&sbom], &feed, "json", &options);
        for format in ["openvex", "cyclonedx-vdr"] {
            let ours = scratch.path("ours.json");
            let more = [&options[..], &["--output", &ours]].concat();
            let written = scan(&[&sbom], &feed, format, &more);
            assert_eq!(written.code, before.code);
            let after = scan(&[&sbom], &feed, "json", &["--vex", &ours]);
            assert_eq!(after.code, before.code);
            let (before, after) = (before.json(), after.json());
            assert_eq!(after["unbound"], json!([]), "{status}: {format}");
            let of = |view: &Value| -> Vec<Value> {
                let findings = list(view, "/findings").iter();
                findings
                    .map(|one| {
                        let status = one.pointer("/vex/status").cloned();
                        let status = status.unwrap_or_else(|| json!("under_investigation"));
                        json!([
                            one["ids"],
                            one["fails"],
                            status,
                            one.pointer("/vex/conflict").unwrap_or(&json!(false))
                        ])
                    })
                    .collect()
            };
            assert_eq!(of(&after), of(&before), "{status}: {format}");
            assert_eq!(after["verdict"], before["verdict"]);
        }
    }
}

#[test]
fn nothing_to_state_is_told_and_leaves_nothing_behind() {
    let scratch = Scratch::new();
    let feed = feed(&scratch, "feed", &super::sample::advisories(), "2026-08-24");
    let sbom = write_sbom(
        &scratch,
        "bom.json",
        &[component("pkg:npm/unrelated@1.0.0")],
    );
    let to = scratch.write("vex.json", "an older one");
    let run = scan(&[&sbom], &feed, "openvex", &["--output", &to]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("openvex-empty"), "{run:?}");
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "");
}

#[test]
fn a_form_that_a_command_cannot_write_is_a_usage_error() {
    let with_sarif = "text, json, sarif";
    for (command, operand, format, can) in [
        ("sbom inspect", "x", "openvex", with_sarif),
        ("sbom check", "x --profile ntia-2021", "md", with_sarif),
        ("sbom profiles", "", "sarif", "text, json"),
        ("detect", "x", "sarif", "text, json"),
        ("version ecosystems", "", "md", "text, json"),
        ("facts", "", "cyclonedx-vdr", "text, json"),
        ("feed list", "", "sarif", "text, json"),
        ("vex validate", "x", "cyclonedx-vdr", with_sarif),
        ("clauses draft", "x", "sarif", "text, json, md"),
        (
            "scan",
            "x",
            "md",
            "text, json, sarif, cyclonedx-vdr, openvex",
        ),
    ] {
        let words = format!("{command} {operand} --format {format}");
        let run = mekiki(&words.split_whitespace().collect::<Vec<_>>());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{words}: {run:?}");
        let expected = format!(
            "error[format-unsupported]: `{command}` cannot write {format}; help: it writes {can}\n"
        );
        assert_eq!(run.stderr, expected);
    }
}
