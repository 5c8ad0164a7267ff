use base64::Engine as _;
use serde_json::json;

use super::*;
use crate::acceptance::Verdict;
use crate::acceptance::check::Check;
use crate::acceptance::finding::Weakness;
use crate::text::Text;
use crate::time::parse_day;

fn check(id: &str) -> Check {
    Check {
        id: id.to_owned(),
        group: crate::acceptance::Group::Advisories,
        title: Text::default(),
        help: Text::default(),
        settles: Vec::new(),
    }
}

fn finding(check: &str, effect: Effect, subject: &str) -> Finding {
    Finding::new(check, effect, subject, Text::default())
}

fn report(findings: &[Value]) -> Value {
    json!({
        "schema": SCHEMA,
        "as_of": "2026-10-01T00:00:00Z",
        "subject": {"case": "case-1"},
        "groups": [{"name": "advisories", "findings": findings}],
    })
}

fn with_standing(finding: &Finding, by: &str) -> Value {
    let mut value = serde_json::to_value(finding).unwrap();
    value["standing"] = json!({"by": by});
    value
}

fn read(value: &Value) -> Baseline {
    read_baseline(value.to_string().as_bytes()).unwrap()
}

fn day(text: &str) -> Date {
    parse_day(text).unwrap()
}

#[test]
fn what_failed_is_known_and_what_was_waived_or_open_is_not() {
    let id = "advisory.severity";
    let failed = finding(id, Effect::Fails, "a");
    let waived = finding(id, Effect::Fails, "b");
    let unjudged = finding(id, Effect::Unverifiable, "c");
    let known = finding(id, Effect::Fails, "d");
    let warned = finding(id, Effect::Warns, "e");
    let of_requirement = finding("requirement.met", Effect::Fails, "f");
    let baseline = read(&report(&[
        with_standing(&failed, "open"),
        with_standing(&waived, "waived"),
        with_standing(&unjudged, "open"),
        with_standing(&known, "known"),
        with_standing(&warned, "open"),
        with_standing(&of_requirement, "open"),
    ]));
    assert_eq!(
        baseline.known,
        [failed.fingerprint, known.fingerprint].into()
    );
    let new = finding(id, Effect::Fails, "new");
    let mut outcome = Outcome::new(&check(id), Text::default()).with([
        failed.clone(),
        waived,
        unjudged,
        Finding {
            effect: Effect::Fails,
            ..warned
        },
        new,
    ]);
    let gone = baseline.hold(day("2026-11-26"), &mut [&mut outcome]);
    assert_eq!(gone, 1, "`d` is gone");
    let standing = |subject: &str| {
        let found = outcome
            .findings
            .iter()
            .find(|one| one.subject == subject)
            .unwrap();
        found.standing.clone()
    };
    let held = Standing::Known {
        baseline: baseline.digest,
    };
    assert_eq!(standing("a"), held);
    for subject in ["b", "c", "e", "new"] {
        assert_eq!(standing(subject), Standing::Open, "{subject}");
    }
    assert_eq!(outcome.verdict, Verdict::Fail);
    let mut alone = Outcome::new(&check(id), Text::default()).with([failed]);
    baseline.hold(day("2026-11-26"), &mut [&mut alone]);
    assert_eq!(alone.verdict, Verdict::Pass);
}

#[test]
fn what_is_exploited_and_due_is_never_known() {
    let id = "advisory.exploited";
    let weakness = |due: Option<&str>| {
        let mut one = finding(id, Effect::Fails, "pkg:npm/a");
        one.weakness = Some(Weakness {
            ids: vec!["CVE-2026-1".to_owned()],
            rating: "high".to_owned(),
            tenths: Some(75),
            exploited: true,
            due: due.map(str::to_owned),
            fixed: Vec::new(),
        });
        one
    };
    for (due, expected) in [
        (None, Verdict::Fail),
        (Some("2026-11-25"), Verdict::Fail),
        (Some("2026-11-26"), Verdict::Pass),
    ] {
        let one = weakness(due);
        let baseline = read(&report(&[with_standing(&one, "open")]));
        let mut outcome = Outcome::new(&check(id), Text::default()).with([one]);
        baseline.hold(day("2026-11-26"), &mut [&mut outcome]);
        assert_eq!(outcome.verdict, expected, "{due:?}");
    }
}

#[test]
fn a_record_of_a_verdict_is_as_good_as_the_verdict() {
    let one = finding("advisory.severity", Effect::Fails, "a");
    let plain = report(&[with_standing(&one, "open")]);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [],
        "predicateType": "urn:mekiki:verify:v1",
        "predicate": plain,
    });
    let nested =
        json!({"_type": "https://in-toto.io/Statement/v1", "predicate": {"report": plain}});
    let payload = base64::engine::general_purpose::STANDARD.encode(statement.to_string());
    let envelope = json!({"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []});
    for document in [&plain, &statement, &nested, &envelope] {
        assert_eq!(read(document).known, [one.fingerprint].into(), "{document}");
    }
}

#[test]
fn what_is_no_verdict_is_refused() {
    let good = report(&[]);
    let mut undated = good.clone();
    undated["as_of"] = json!("yesterday");
    let mut ungrouped = good.clone();
    ungrouped["groups"] = json!(3);
    let mut unprinted = report(&[with_standing(&finding("a.b", Effect::Fails, "x"), "open")]);
    unprinted["groups"][0]["findings"][0]["fingerprint"] = json!("12");
    for document in [
        "no json".to_owned(),
        "{}".to_owned(),
        undated.to_string(),
        ungrouped.to_string(),
        unprinted.to_string(),
    ] {
        let fault = read_baseline(document.as_bytes()).unwrap_err();
        assert_eq!(fault.code, "baseline-unreadable", "{document}");
    }
}

#[test]
fn a_baseline_belongs_to_its_case_stage_and_time() {
    let baseline = read(&report(&[]));
    let code = |stage, case, on| {
        baseline
            .admit(stage, case, day(on))
            .err()
            .map(|fault| fault.code)
    };
    let operation = Stage::Operation;
    assert_eq!(code(operation, Some("case-1"), "2026-11-26"), None);
    assert_eq!(code(operation, Some("case-1"), "2026-10-01"), None);
    assert_eq!(
        code(operation, Some("case-1"), "2026-09-30"),
        Some("baseline-later")
    );
    assert_eq!(
        code(operation, Some("case-2"), "2026-11-26"),
        Some("baseline-case")
    );
    assert_eq!(code(operation, None, "2026-11-26"), Some("baseline-case"));
    assert_eq!(
        code(Stage::Delivery, Some("case-1"), "2026-11-26"),
        Some("baseline-stage")
    );
}
