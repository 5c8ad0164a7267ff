//! What holds of every scan: it never reads as clean where it is blind, order changes nothing, and what makes it
//! fail is what the caller named.

use std::collections::BTreeSet;

use mekiki::text::Lang;
use mekiki::text::messages::message;
use serde_json::{Value, json};

use super::sample::{
    DAY, advisories, component, components, feed, scan, vex, whole_feed, write_sbom,
};
use crate::binary::{Run, Scratch, mekiki};

/// Whether any form of a scan's result could be taken for a clean one.
fn never_clean(files: &[&str], feed: &str) {
    for more in [&[][..], &["--fail-on", "none"], &["--fail-on", "any"]] {
        let run = |format: &str, options: &[&str]| -> Run {
            let run = scan(files, feed, format, &[more, options].concat());
            assert_eq!(run.code, 3, "{format}: {run:?}");
            run
        };
        for (lang, code) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
            let text = run("text", &["--lang", code]).stdout;
            assert!(text.starts_with(unverifiable(lang)), "{text}");
            assert!(text.contains(&message(lang, "scan-unjudged")), "{text}");
        }
        let view = run("json", &[]).json();
        assert_eq!(view["verdict"], "unverifiable");
        assert_ne!(view["unjudged"], json!([]));
        let log = run("sarif", &[]).json();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert!(
            results
                .iter()
                .any(|one| one["ruleId"] == "component-unjudged")
        );
        let told = &log["runs"][0]["invocations"][0];
        assert_eq!(told["exitCode"], 3);
        assert_eq!(told["toolExecutionNotifications"][0]["level"], "error");
        let document = run("cyclonedx-vdr", &[]).json();
        let open = document["vulnerabilities"].as_array().unwrap();
        assert!(
            !open.is_empty()
                && open
                    .iter()
                    .all(|one| one["analysis"]["state"] == "in_triage")
        );
        let document = run("openvex", &[]).json();
        let open = document["statements"].as_array().unwrap();
        assert!(
            !open.is_empty()
                && open
                    .iter()
                    .all(|one| one["status"] == "under_investigation")
        );
    }
}

/// The first word of a scan that could not judge.
fn unverifiable(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "UNVERIFIABLE",
        Lang::Ja => "検証不能",
    }
}

#[test]
fn a_blind_scan_never_reads_as_clean() {
    let scratch = Scratch::new();
    // Nothing that was found touches these, so nothing but the blindness can be told.
    let listed = [
        component("pkg:npm/shelf-reader@1.4.2"),
        component("pkg:pypi/weather-notes@2.1"),
    ];
    let sbom = write_sbom(&scratch, "bom.json", &listed);
    let of_ecosystem = |name: &str| -> Vec<(String, Value)> {
        let all = advisories().into_iter();
        all.filter(|(_, one)| one["affected"][0]["package"]["ecosystem"] == name)
            .collect()
    };
    let old = feed(&scratch, "old", &advisories(), "2025-08-25");
    let one = feed(&scratch, "one", &of_ecosystem("PyPI"), "2026-08-24");
    let other = feed(&scratch, "other", &of_ecosystem("crates.io"), "2026-08-24");
    for feed in [&old, &one, &other] {
        never_clean(&[&sbom], feed);
    }
    let complete = feed(&scratch, "complete", &advisories(), "2026-08-24");
    assert_eq!(
        scan(&[&sbom], &complete, "json", &["--fail-on", "any"]).code,
        0
    );
    // No snapshot at all: no result, and an error that says so.
    std::fs::create_dir_all(scratch.path("empty")).unwrap();
    for format in ["text", "json", "sarif", "cyclonedx-vdr", "openvex"] {
        let run = scan(&[&sbom], &scratch.path("empty"), format, &[]);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (3, ""),
            "{format}: {run:?}"
        );
        assert!(run.stderr.contains("feed-missing"), "{run:?}");
    }
}

#[test]
fn an_empty_list_never_reads_as_clean() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let sbom = scratch.write(
        "bom.json",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[]}"#,
    );
    for format in ["text", "json", "sarif", "cyclonedx-vdr", "openvex"] {
        let run = scan(&[&sbom], &feed, format, &[]);
        assert_eq!(run.code, 3, "{format}: {run:?}");
        let said = match format {
            "text" | "openvex" => format!("{}{}", run.stdout, run.stderr).contains("UNVERIFIABLE"),
            "json" => run.json()["verdict"] == "unverifiable",
            "sarif" => run.json()["runs"][0]["results"][0]["ruleId"] == "component-unjudged",
            _ => run.json()["vulnerabilities"][0]["id"] == "unjudged:empty",
        };
        assert!(said, "{format}: {run:?}");
    }
}

/// What a scan finds, without the places.
fn found(view: &Value) -> BTreeSet<String> {
    let findings = view["findings"].as_array().unwrap().iter();
    findings
        .map(|one| {
            let mut one = one.clone();
            let fields = one["component"].as_object_mut().unwrap();
            fields.remove("at");
            fields.remove("file");
            one.to_string()
        })
        .collect()
}

#[test]
fn order_and_company_change_nothing() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let vex = vex(&scratch, &json!({"status": "fixed"}));
    let json_of = |files: &[&str]| scan(files, &feed, "json", &["--vex", &vex]).json();
    let first = write_sbom(&scratch, "bom.json", &components());
    let expected = found(&json_of(&[&first]));
    assert_eq!(expected.len(), 3);
    let mut listed = components();
    for _ in 0..listed.len() {
        listed.rotate_left(1);
        let rotated = write_sbom(&scratch, "rotated.json", &listed);
        assert_eq!(found(&json_of(&[&rotated])), expected);
    }
    listed.push(component("pkg:npm/unrelated@1.0.0"));
    let larger = write_sbom(&scratch, "larger.json", &listed);
    assert_eq!(found(&json_of(&[&larger])), expected);
    let other = write_sbom(
        &scratch,
        "other.json",
        &[component("pkg:npm/unrelated@1.0.0")],
    );
    let (one, two) = (json_of(&[&first, &other]), json_of(&[&other, &first]));
    assert_eq!(found(&one), expected);
    let files = |view: &Value| view["files"].as_array().unwrap().clone();
    let mut mirrored = files(&two);
    mirrored.reverse();
    assert_eq!(files(&one), mirrored);
    for (key, value) in one.as_object().unwrap() {
        assert!(key == "files" || two[key] == *value, "{key}");
    }
}

#[test]
fn the_caller_says_what_fails() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    // Each alone: critical and exploited, medium, unmaintained, out of support.
    let loom = json!({"type": "platform", "name": "loom", "version": "2.1.3", "purl": "pkg:generic/loom@2.1.3"});
    let case = |listed: &Value| write_sbom(&scratch, "bom.json", std::slice::from_ref(listed));
    let [critical, medium, notice, _] = components().try_into().unwrap();
    // A product of no ecosystem cannot be judged, so it is 3 where its support does not fail.
    for (condition, codes) in [
        ("any", [1, 1, 1, 3]),
        ("vulnerability", [1, 1, 0, 3]),
        ("low", [1, 1, 0, 3]),
        ("high", [1, 0, 0, 3]),
        ("critical", [1, 0, 0, 3]),
        ("kev", [1, 0, 0, 3]),
        ("cvss>=7", [1, 0, 0, 3]),
        ("cvss>=5.3", [1, 1, 0, 3]),
        ("cvss>=9.9", [0, 0, 0, 3]),
        ("epss>=0.1", [1, 0, 0, 3]),
        ("epss>=0.3", [0, 0, 0, 3]),
        ("end-of-support", [0, 0, 0, 1]),
        ("none", [0, 0, 0, 3]),
        ("kev,end-of-support", [1, 0, 0, 1]),
    ] {
        for (listed, code) in [&critical, &medium, &notice, &loom].into_iter().zip(codes) {
            let run = scan(&[&case(listed)], &feed, "json", &["--fail-on", condition]);
            assert_eq!(run.code, code, "{condition}: {listed}: {run:?}");
        }
    }
    let run = scan(&[&case(&critical)], &feed, "json", &["--fail-on", "severe"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_settled_finding_is_shown_and_does_not_fail() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let sbom = write_sbom(&scratch, "bom.json", &components()[..1]);
    for (status, code) in [
        (
            json!({"status": "not_affected", "justification": "component_not_present"}),
            0,
        ),
        (json!({"status": "fixed"}), 0),
        (
            json!({"status": "affected", "action_statement": "Wait."}),
            1,
        ),
        (json!({"status": "under_investigation"}), 1),
    ] {
        let vex = vex(&scratch, &status);
        let run = scan(&[&sbom], &feed, "json", &["--vex", &vex]);
        assert_eq!(run.code, code, "{run:?}");
        let view = run.json();
        assert_eq!(view["findings"][0]["vex"]["status"], status["status"]);
        let text = scan(&[&sbom], &feed, "text", &["--vex", &vex]);
        assert!(
            text.stdout.contains("CVE-2026-10001") && text.stdout.contains("VEX"),
            "{text:?}"
        );
    }
}

#[test]
fn a_past_day_knows_what_was_known() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let sbom = write_sbom(&scratch, "bom.json", &components()[..1]);
    let on = |day: &str| {
        let options = [
            "scan",
            &sbom,
            "--feed",
            &feed,
            "--as-of",
            day,
            "--format",
            "json",
            "--max-age",
            "9999",
        ];
        let view = mekiki(&options).json();
        let ids = view["findings"].as_array().unwrap().iter();
        let ids: Vec<_> = ids
            .map(|one| one["ids"][0].as_str().unwrap().to_owned())
            .collect();
        (ids.join(" "), view["later"].as_u64().unwrap())
    };
    // Published on 1 July and 30 August; withdrawn on 1 August.
    assert_eq!(on("2026-06-30"), (String::new(), 3));
    assert_eq!(
        on("2026-07-31"),
        ("CVE-2026-10001 GHSA-aaaa-0002-shlf".to_owned(), 1)
    );
    assert_eq!(on(DAY), ("CVE-2026-10001".to_owned(), 1));
    assert_eq!(
        on("2026-08-30"),
        ("CVE-2026-10001 GHSA-aaaa-0003-shlf".to_owned(), 0)
    );
}

#[test]
fn a_lock_file_is_a_list_too() {
    let scratch = Scratch::new();
    let feed = whole_feed(&scratch);
    let lock = scratch.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"tiny-ledger\"\nversion = \"0.3.1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
    );
    let view = scan(&[&lock], &feed, "json", &["--fail-on", "any"]).json();
    assert_eq!(view["components"], 1);
    assert_eq!(
        view["findings"][0]["component"]["purl"],
        "pkg:cargo/tiny-ledger@0.3.1"
    );
    let log = scan(&[&lock], &feed, "sarif", &[]).json();
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert!(region["startLine"].as_u64().unwrap() >= 7, "{region}");
    let document = scan(&[&lock], &feed, "openvex", &[]).json();
    assert_eq!(
        document["statements"][0]["products"][0]["@id"],
        "pkg:cargo/tiny-ledger@0.3.1"
    );
}
