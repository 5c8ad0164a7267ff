use super::*;
use crate::evidence::advisory::{EventKind, RangeKind};
use crate::tape::parse_json;

fn of_json(text: &str) -> (Advisory, Vec<Diagnostic>) {
    read(parse_json(text).unwrap().root()).unwrap()
}

const REST: &str = r#"{
  "ghsa_id": "GHSA-aaaa-bbbb-cccc", "cve_id": "CVE-2026-1", "html_url": "https://a.example/", "type": "reviewed",
  "summary": "Reads past the end", "severity": "high",
  "identifiers": [{"type": "GHSA", "value": "GHSA-aaaa-bbbb-cccc"}, {"type": "CVE", "value": "CVE-2026-1"}],
  "published_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z", "withdrawn_at": null,
  "vulnerabilities": [
    {"package": {"ecosystem": "pip", "name": "kakitori"}, "vulnerable_version_range": ">= 1.0, <= 1.2",
     "first_patched_version": "1.2.1", "vulnerable_functions": ["kakitori.read"]},
    {"package": {"ecosystem": "npm", "name": "kakitori"}, "vulnerable_version_range": "= 1.0.0", "first_patched_version": null}],
  "cvss": {"vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "score": 7.5},
  "cvss_severities": {"cvss_v3": {"vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "score": 7.5},
    "cvss_v4": {"vector_string": null, "score": 0}}
}"#;

const GRAPH: &str = r#"{
  "ghsaId": "GHSA-aaaa-bbbb-cccc", "permalink": "https://a.example/", "classification": "MALWARE",
  "severity": "MODERATE", "cvss": {"score": 0, "vectorString": null},
  "identifiers": [{"value": "GHSA-aaaa-bbbb-cccc"}], "withdrawnAt": "2026-01-03T00:00:00Z",
  "vulnerabilities": {"nodes": [
    {"package": {"ecosystem": "NPM", "name": "kakitori"}, "vulnerableVersionRange": "> 1.0.0, < 2.0.0",
     "firstPatchedVersion": {"identifier": "2.0.0"}}]}
}"#;

fn events(affected: &Affected) -> Vec<(EventKind, &str, &str)> {
    let all = affected.ranges.iter().flat_map(|range| &range.events);
    all.map(|one| {
        let at = one.at.pointer.as_deref().unwrap_or_default();
        (one.kind, one.version.as_str(), at)
    })
    .collect()
}

#[test]
fn an_answer_of_rest_is_read() {
    let (advisory, remarks) = of_json(REST);
    assert_eq!(remarks, []);
    assert_eq!(advisory.aliases, ["CVE-2026-1"]);
    assert_eq!(advisory.withdrawn, None);
    assert_eq!(advisory.ratings.len(), 1);
    assert_eq!(
        advisory.ratings[0].at,
        Place::pointer("/cvss_severities/cvss_v3")
    );
    let [python, script] = advisory.affected.as_slice() else {
        panic!("{:?}", advisory.affected)
    };
    assert_eq!(python.package.as_ref().unwrap().ecosystem, "PyPI");
    assert_eq!(python.scope.functions, ["kakitori.read"]);
    assert_eq!(python.ranges[0].kind, RangeKind::Ecosystem);
    assert_eq!(
        events(python),
        [
            (
                EventKind::Introduced,
                "1.0",
                "/vulnerabilities/0/vulnerable_version_range"
            ),
            (
                EventKind::Fixed,
                "1.2.1",
                "/vulnerabilities/0/first_patched_version"
            ),
        ]
    );
    assert_eq!(
        (&script.versions, script.ranges.len()),
        (&vec!["1.0.0".to_owned()], 0)
    );
}

#[test]
fn an_answer_of_graphql_is_read() {
    let (advisory, remarks) = of_json(GRAPH);
    assert_eq!(remarks, []);
    assert_eq!(advisory.nature, Nature::Malicious);
    assert_eq!(advisory.ratings[0].value, "MODERATE");
    assert!(advisory.withdrawn.is_some());
    let place = "/vulnerabilities/nodes/0/vulnerableVersionRange";
    assert_eq!(
        events(&advisory.affected[0]),
        [
            (EventKind::IntroducedAfter, "1.0.0", place),
            (EventKind::Fixed, "2.0.0", place),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, code, place) in [
        (
            r#"{"ghsa_id":"G","vulnerabilities":"x"}"#,
            "advisory-field",
            "/vulnerabilities",
        ),
        (
            r#"{"ghsa_id":"G","vulnerabilities":[{"package":{"ecosystem":"mars","name":"x"}}]}"#,
            "advisory-package",
            "/vulnerabilities/0/package",
        ),
        (
            r#"{"ghsa_id":"G","vulnerabilities":[{"vulnerable_version_range":"1.x"}]}"#,
            "advisory-range",
            "/vulnerabilities/0/vulnerable_version_range",
        ),
        (
            r#"{"ghsa_id":"G","cvss":{"vector_string":"CVSS:3.1/AV:N"}}"#,
            "advisory-severity",
            "/cvss",
        ),
        (
            r#"{"ghsa_id":"G","withdrawn_at":"never"}"#,
            "advisory-instant",
            "/withdrawn_at",
        ),
    ] {
        let (_, remarks) = of_json(text);
        let told: Vec<_> = remarks
            .iter()
            .map(|one| (one.code, one.at.pointer.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(told, [(code, place)], "{text}");
    }
    let fault = read(parse_json(r#"{"ghsa_id":null}"#).unwrap().root()).unwrap_err();
    assert_eq!(fault.code, "advisory-malformed");
}
