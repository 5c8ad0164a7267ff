//! Exceptional actions and the ratchet in the verification of a delivery.

use serde_json::json;

use crate::binary::mekiki;
use crate::verify_advisories::sample::{Case, DAY, HIGH, Verified};

const LAMP: &str = "pkg:npm/desk-lamp@1.0.0";
const SHELF: &str = "pkg:npm/shelf-reader@1.4.0";
const NOTES: &str = "pkg:pypi/weather-notes@1.0";
const CRITERION: &str = "A19-2.integ.known-vulns";

/// Writes an exception for the criterion on known vulnerabilities.
fn exception(case: &Case, name: &str, edits: &[(&str, &str)]) {
    let mut text = format!(
        r#"schema = "mekiki/exception/v1"
id = "EX-2026-03"
case = "case-1"
criterion = "{CRITERION}"
bid = "aoba"
requester = "調達課長"
examiner = "情報システム課長"
approver = "CISO"
decision = "approved"
decided_on = "2026-01-10"
reason = {{ ja = "後継品の納期", en = "the successor is not out yet" }}
compensating_measure = {{ ja = "隔離", en = "kept apart" }}
start = "2026-01-15"
expiry = "2026-12-31"
"#
    );
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    case.scratch.write(&format!("exceptions/{name}.toml"), text);
}

const NAMED: &str = "exceptions = [\"exceptions\"]\n";

fn excepted(edits: &[(&str, &str)]) -> (Case, Verified) {
    let case = Case::of(&[LAMP]);
    case.manifest(NAMED);
    exception(&case, "one", edits);
    let verified = case.verify();
    (case, verified)
}

#[test]
fn one_in_force_is_shown_with_what_it_waives() {
    let (case, verified) = excepted(&[]);
    assert_eq!(verified.check("advisory.severity"), "pass");
    assert_eq!(verified.check("requirement.exception"), "pass");
    let standing = &verified.finding("advisory.severity")["standing"];
    assert_eq!(
        *standing,
        json!({"by": "waived", "exception": "EX-2026-03", "until": "2026-12-31"})
    );
    let shown = &verified.0["exceptions"][0];
    assert_eq!(
        (&shown["state"], &shown["waives"], &shown["file"]),
        (&json!("in_force"), &json!(1), &json!("exceptions/one.toml"))
    );
    assert_eq!(
        verified.0["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["role"] == "exception")
            .count(),
        1
    );
    // What could not be judged is not waived.
    std::fs::remove_dir_all(case.scratch.path("feed")).unwrap();
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "unverifiable");
    assert_eq!(verified.0["exceptions"][0]["waives"], 0);
}

#[test]
fn an_expired_one_stands_in_the_first_line() {
    let (_, verified) = excepted(&[("2026-12-31", "2026-06-30")]);
    assert_eq!(verified.check("advisory.severity"), "fail");
    assert_eq!(verified.check("requirement.exception"), "fail");
    let said = "the exceptional action EX-2026-03 expired on 2026-06-30; pkg:npm/desk-lamp@1.0.0 has GHSA-aaaa-0002-lamp (high 7.5); fixed in 2.0.0";
    assert_eq!(verified.said("advisory.severity"), said);
    let finding = verified.finding("requirement.exception");
    assert_eq!(finding["citations"][0]["file"], "exceptions/one.toml");
    assert!(
        finding["message"]["en"]
            .as_str()
            .unwrap()
            .contains("expired on 2026-06-30")
    );
    let headline = verified.0["headline"]["en"].as_str().unwrap();
    assert!(
        headline
            .starts_with("Not acceptable: the exceptional action EX-2026-03 expired on 2026-06-30"),
        "{headline}"
    );
}

#[test]
fn what_is_not_in_force_waives_nothing() {
    for (case, edits, exception, shown) in [
        ("not begun", &[("2026-01-15", "2026-09-01")][..], "pass", 1),
        ("refused", &[("\"approved\"", "\"refused\"")], "pass", 1),
        ("revoked", &[("\"approved\"", "\"revoked\"")], "pass", 1),
        ("another case", &[("case-1", "case-2")], "pass", 0),
        ("another supplier", &[("\"aoba\"", "\"bora\"")], "pass", 0),
        (
            "two people",
            &[("examiner = \"情報システム課長\"", "examiner = \"CISO\"")],
            "unverifiable",
            0,
        ),
        (
            "broken",
            &[("id = \"EX-2026-03\"", "id = ")],
            "unverifiable",
            0,
        ),
    ] {
        let (_, verified) = excepted(edits);
        assert_eq!(verified.check("advisory.severity"), "fail", "{case}");
        assert_eq!(verified.check("requirement.exception"), exception, "{case}");
        assert_eq!(
            verified.0["exceptions"].as_array().unwrap().len(),
            shown,
            "{case}"
        );
        assert_eq!(
            verified.finding("advisory.severity")["standing"]["by"],
            "open",
            "{case}"
        );
    }
}

#[test]
fn two_entries_of_one_identifier_waive_nothing() {
    let (case, _) = excepted(&[]);
    exception(&case, "two", &[("2026-12-31", "2026-11-30")]);
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "fail");
    assert_eq!(
        verified.finding("requirement.exception")["code"],
        "register-repeated"
    );
}

#[test]
fn an_exception_among_what_was_delivered_is_none() {
    let (case, _) = excepted(&[]);
    std::fs::rename(
        case.scratch.path("exceptions"),
        case.scratch.path("delivered/exceptions"),
    )
    .unwrap();
    case.manifest("exceptions = [\"delivered/exceptions\"]\n");
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "fail");
    assert_eq!(verified.check("requirement.exception"), "unverifiable");
    case.manifest("exceptions = [\"nowhere.toml\"]\n");
    assert_eq!(case.verify().check("requirement.exception"), "unverifiable");
}

/// A system in operation whose clocks have run out, with its verdict as the baseline of the next.
fn operated(purls: &[&str]) -> Case {
    let case = Case::of(purls);
    case.manifest("stage = \"operation\"\n");
    let run = case.run(DAY);
    case.scratch.write("earlier.json", run.stdout);
    case.manifest("stage = \"operation\"\nbaseline = \"earlier.json\"\n");
    case
}

#[test]
fn the_ratchet_lets_only_what_is_new_fail() {
    let case = operated(&[LAMP]);
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "pass");
    assert_eq!(
        verified.finding("advisory.severity")["standing"]["by"],
        "known"
    );
    // Something new.
    case.deliver(&[LAMP, NOTES]);
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "fail");
    let open: Vec<_> = verified
        .findings("advisory.severity")
        .into_iter()
        .filter(|one| one["standing"]["by"] == "open")
        .collect();
    assert_eq!(open.len(), 1);
    assert!(
        open[0]["subject"]
            .as_str()
            .unwrap()
            .contains("weather-notes")
    );
    // Something gone.
    case.deliver(&[NOTES]);
    let verified = case.verify();
    assert_eq!(
        verified.said("requirement.exception"),
        "of 1 findings of the earlier verdict, 1 are gone"
    );
    assert_eq!(verified.finding("requirement.exception")["effect"], "notes");
}

#[test]
fn what_becomes_exploited_is_new() {
    let case = Case::without_feed(&[SHELF]);
    case.import(false, "2026-08-19");
    case.manifest("stage = \"operation\"\n");
    let run = case.run("2026-08-19");
    case.scratch.write("earlier.json", run.stdout);
    case.import(true, "2026-08-24");
    case.manifest("stage = \"operation\"\nbaseline = \"earlier.json\"\n");
    let verified = case.verify();
    assert_eq!(verified.check("advisory.exploited"), "fail");
    // And what is exploited and due stays open, however long it is known.
    let case = operated(&[SHELF]);
    let verified = case.verify();
    assert_eq!(verified.check("advisory.exploited"), "fail");
    assert_eq!(
        verified.finding("advisory.exploited")["standing"]["by"],
        "open"
    );
}

#[test]
fn what_was_waived_then_is_not_known_now() {
    let case = Case::of(&[LAMP]);
    case.manifest(&format!("stage = \"operation\"\n{NAMED}"));
    exception(&case, "one", &[("2026-12-31", "2026-08-25")]);
    let run = case.run(DAY);
    assert_eq!(run.json()["exceptions"][0]["waives"], 1);
    case.scratch.write("earlier.json", run.stdout);
    case.manifest(&format!(
        "stage = \"operation\"\nbaseline = \"earlier.json\"\n{NAMED}"
    ));
    let verified = case.verify_as_of("2026-08-26");
    assert_eq!(verified.check("advisory.severity"), "fail");
    assert!(
        verified
            .said("advisory.severity")
            .starts_with("the exceptional action EX-2026-03 expired on 2026-08-25")
    );
}

#[test]
fn a_baseline_that_does_not_belong_here_is_refused() {
    let case = operated(&[LAMP]);
    let code = |day: &str| {
        let run = case.run(day);
        assert_eq!(run.code, 3, "{run:?}");
        run.error()["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code("2026-08-24"), "baseline-later");
    case.manifest("baseline = \"earlier.json\"\n");
    assert_eq!(code(DAY), "baseline-stage");
    case.manifest("stage = \"operation\"\nbaseline = \"bom.json\"\n");
    assert_eq!(code(DAY), "file-missing");
    case.manifest("stage = \"operation\"\nbaseline = \"delivery.toml\"\n");
    assert_eq!(code(DAY), "baseline-unreadable");
    case.manifest("stage = \"operation\"\nbaseline = \"delivered/bom.json\"\n");
    assert_eq!(code(DAY), "baseline-delivered");
    case.manifest("stage = \"operation\"\nbaseline = \"earlier.json\"\n");
    case.scratch.edit(
        "earlier.json",
        "\"case\": \"case-1\"",
        "\"case\": \"case-2\"",
    );
    assert_eq!(code(DAY), "baseline-case");
}

#[test]
fn both_languages_tell_the_same() {
    let (case, verified) = excepted(&[("2026-12-31", "2026-06-30")]);
    let ja = verified.finding("advisory.severity")["message"]["ja"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        ja,
        format!(
            "例外措置EX-2026-03は2026-06-30に期限が切れている。{LAMP}に脆弱性{HIGH}(重要 7.5)がある。修正版: 2.0.0"
        )
    );
    let run = mekiki(&[
        "verify",
        &case.scratch.root(),
        "--as-of",
        DAY,
        "--lang",
        "ja",
    ]);
    assert!(
        run.stdout.starts_with("受領不可:例外措置EX-2026-03"),
        "{run:?}"
    );
}
