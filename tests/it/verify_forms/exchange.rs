//! What other programs read: `JUnit` XML, the Code Quality report of GitLab, and CycloneDX.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use mekiki::app::feed_open::open;
use mekiki::app::library::Library;
use mekiki::app::scan::{Request, scan};
use mekiki::document::acceptance::codequality::code_quality;
use mekiki::document::acceptance::cyclonedx::cyclonedx;
use mekiki::document::acceptance::junit::junit;
use mekiki::document::scan::ScanView;
use mekiki::matching::Policy;
use mekiki::text::Lang;
use quick_junit::TestCaseStatus;
use serde_json::{Value, json};

use super::reports;
use super::sample::{checks, good, many, mixed};
use crate::binary::{Scratch, mekiki};
use crate::scan::sample::{DAY, component, whole_feed, write_sbom};

/// Reads a report with a parser of other people and counts what it finds: suites, cases, failures, errors, skipped.
const COUNT: &str = r#"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
cases = list(root.iter("testcase"))
def of(kind): return sum(1 for case in cases if case.find(kind) is not None)
counts = [len(root.findall("testsuite")), len(cases), of("failure"), of("error"), of("skipped")]
stated = [int(root.get(name)) for name in ("tests", "failures", "errors", "skipped")]
assert stated == counts[1:], (stated, counts)
for suite in root.findall("testsuite"):
    own = suite.findall("testcase")
    assert int(suite.get("tests")) == len(own), suite.get("name")
    assert int(suite.get("failures")) == sum(1 for case in own if case.find("failure") is not None)
names = [(case.get("classname"), case.get("name")) for case in cases]
print(*counts, len(set(names)))
"#;

/// Runs a program; `None` where it is missing, which is an error in CI.
fn run(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8(text).unwrap()))
        }
        Err(error) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{program}: {error}"
            );
            let line = format!("there is no {program}; JUnit reports were not read by it\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        }
    }
}

#[test]
fn a_common_parser_reads_the_junit_report_and_counts_the_same() {
    let scratch = Scratch::new();
    let schema = format!(
        "{}/tests/it/verify_forms/junit.xsd",
        env!("CARGO_MANIFEST_DIR")
    );
    for (name, report) in reports() {
        for lang in Lang::BOTH {
            let text = junit(&report, &checks(), lang).unwrap();
            let file = scratch.write(&format!("{name}.xml"), &text);
            if let Some((ok, said)) = run("xmllint", &["--noout", "--schema", &schema, &file]) {
                assert!(ok, "{name}: {said}");
            }
            let Some((ok, said)) = run("python3", &["-c", COUNT, &file]) else {
                continue;
            };
            assert!(ok, "{name}: {said}");
            let numbers: Vec<usize> = said
                .split_whitespace()
                .map(|one| one.parse().unwrap())
                .collect();
            // The whole, 29 checks and 4 requirements.
            let expected = match name {
                "good" => [10, 34, 0, 0, 2],
                "mixed" | "hostile" => [10, 34, 4, 1, 2],
                _ => [10, 34, 5, 1, 2],
            };
            assert_eq!(numbers[..5], expected, "{name}");
            assert_eq!(
                numbers[5],
                if name == "hostile" { 31 } else { 34 },
                "{name}"
            );
        }
    }
}

#[test]
fn a_case_says_what_is_wrong_where_and_what_to_do() {
    let text = junit(&mixed(), &checks(), Lang::En).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let case = |id: &str| {
        let mut all = report
            .test_suites
            .iter()
            .flat_map(|suite| &suite.test_cases);
        all.find(|case| case.name.as_str().starts_with(id)).unwrap()
    };
    let TestCaseStatus::NonSuccess {
        message,
        ty,
        description,
        ..
    } = &case("contents.altered ").status
    else {
        panic!("{text}");
    };
    assert_eq!(
        message.as_ref().unwrap().as_str(),
        "bin/connector has other bytes than the SBOM states (bom.json:14:7, bin/connector)"
    );
    assert_eq!(ty.as_ref().unwrap().as_str(), "fail");
    assert!(
        description
            .as_ref()
            .unwrap()
            .as_str()
            .contains("→ A file was changed after")
    );
    assert!(matches!(
        &case("advisory.severity ").status,
        TestCaseStatus::Success { .. }
    ));
    let waived = case("advisory.severity ").system_out.as_ref().unwrap();
    assert!(
        waived
            .as_str()
            .contains("waived by EX-2026-03 until 2026-12-31"),
        "{waived:?}"
    );
    let TestCaseStatus::Skipped { message, .. } = &case("A19-2.integ.seal/CL-20 ").status else {
        panic!("{text}");
    };
    assert_eq!(
        message.as_ref().unwrap().as_str(),
        "for the inspector: The packaging shows no sign of having been opened."
    );
    assert!(!text.contains("timestamp"), "{text}");
    // A good one passes with what it rests on.
    let text = junit(&good(), &checks(), Lang::En).unwrap();
    assert!(text.contains("rests on bom.json:14:7"), "{text}");
}

#[test]
fn many_findings_of_a_case_are_counted() {
    let text = junit(&many(10_000), &checks(), Lang::En).unwrap();
    assert!(text.len() < 200_000, "{}", text.len());
    assert!(
        text.contains("9,800 more are not listed here"),
        "{text:.3000}"
    );
}

#[test]
fn the_code_quality_report_has_what_gitlab_asks_for() {
    let schema = json!({"type": "array", "items": {"type": "object", "additionalProperties": false,
        "required": ["description", "check_name", "fingerprint", "severity", "location"], "properties": {
            "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {"type": "object", "required": ["path", "lines"], "properties": {
                "path": {"type": "string", "pattern": "^[^./]"},
                "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}});
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in reports() {
        let written = code_quality(&report, Lang::Ja, &|file| format!("./delivered/{file}"));
        let faults: Vec<_> = validator
            .iter_errors(&written)
            .map(|one| one.to_string())
            .collect();
        assert_eq!(faults, [] as [String; 0], "{name}");
        let entries = written.as_array().unwrap();
        let prints: BTreeSet<_> = entries
            .iter()
            .map(|one| one["fingerprint"].as_str())
            .collect();
        assert_eq!(prints.len(), entries.len(), "{name}");
        let expected = match name {
            "good" => 0,
            "mixed" | "hostile" => 7,
            _ => 7 + 1000 + 1,
        };
        assert_eq!(entries.len(), expected, "{name}");
    }
    let written = code_quality(&mixed(), Lang::En, &|file| format!("delivered/{file}"));
    let severities: Vec<_> = written
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["severity"].as_str().unwrap())
        .collect();
    assert_eq!(
        severities,
        [
            "info", "minor", "info", "critical", "blocker", "major", "info"
        ]
    );
    assert_eq!(
        written[3]["location"],
        json!({"path": "delivered/bom.json", "lines": {"begin": 14}})
    );
}

/// A scan of one component with an advisory, and of one that nothing can judge.
fn scanned(scratch: &Scratch) -> ScanView {
    let feed = whole_feed(scratch);
    let listed = [
        component("pkg:npm/shelf-reader@1.4.0"),
        json!({"type": "library", "name": "nameless"}),
    ];
    let sbom = write_sbom(scratch, "bom.json", &listed);
    let as_of = DAY.parse().unwrap();
    let opened = open(Some(&feed), Some(as_of)).unwrap();
    let files = [("bom.json".to_owned(), std::fs::read(sbom).unwrap())];
    let library = Library::open(None).unwrap();
    scan(
        &Request {
            files: &files,
            vex: &[],
            precedence: &library.precedence,
            feed: &opened,
            policy: Policy {
                as_of,
                maximum_age_days: 100_000,
            },
            thresholds: &[],
        },
        &|| (),
    )
    .unwrap()
}

fn inspected(scratch: &Scratch, document: &Value) {
    let file = scratch.write("vdr.json", document.to_string());
    let run = mekiki(&["sbom", "inspect", &file, "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["findings"], json!([]));
}

#[test]
fn the_cyclonedx_document_is_valid_and_bears_the_verdict() {
    let scratch = Scratch::new();
    for (name, report) in reports() {
        let document = cyclonedx(&report, None);
        inspected(&scratch, &document);
        assert_eq!(
            document["vulnerabilities"][0]["id"], "unjudged:no-scan",
            "{name}"
        );
    }
    let view = scanned(&scratch);
    let document = cyclonedx(&mixed(), Some(&view));
    inspected(&scratch, &document);
    let of = |list: &Value, name: &str| -> Vec<String> {
        let all = list
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["name"] == name);
        all.map(|one| one["value"].as_str().unwrap().to_owned())
            .collect()
    };
    let stated = &document["metadata"]["properties"];
    assert_eq!(of(stated, "mekiki:verify:verdict"), ["not_acceptable"]);
    assert_eq!(of(stated, "mekiki:verify:group:contents"), ["fail"]);
    assert_eq!(
        of(stated, "mekiki:verify:exception"),
        ["EX-2026-03 until 2026-12-31"]
    );
    // What the scan says of itself stays.
    assert_eq!(of(stated, "mekiki:unjudged"), ["1"]);
    let annotation = &document["annotations"][0];
    assert!(
        annotation["text"]
            .as_str()
            .unwrap()
            .starts_with("not_acceptable: ")
    );
    assert_eq!(
        annotation["subjects"][0],
        document["metadata"]["component"]["bom-ref"]
    );
    let all = document["vulnerabilities"].as_array().unwrap();
    let known = all
        .iter()
        .find(|one| one["id"] == "CVE-2026-10001")
        .unwrap();
    assert_eq!(
        of(
            &known["properties"],
            "mekiki:verify:check:advisory.exploited"
        ),
        ["fails"]
    );
    assert_eq!(
        of(&known["properties"], "mekiki:verify:due"),
        ["2026-11-26"]
    );
    let other = cyclonedx(&good(), Some(&view));
    assert_ne!(other["serialNumber"], document["serialNumber"]);
}
