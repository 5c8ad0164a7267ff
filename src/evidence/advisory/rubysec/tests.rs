use super::*;
use crate::tape::parse_yaml_texts;

fn of_yaml(text: &str) -> Result<(Advisory, Vec<Diagnostic>), Diagnostic> {
    read(parse_yaml_texts(text, &[]).unwrap().root(), None)
}

/// The events in one line.
fn told(advisory: &Advisory) -> String {
    let ranges = advisory.affected.iter().flat_map(|one| &one.ranges);
    let events = ranges.flat_map(|range| &range.events).map(|event| {
        let kind = serde_json::to_value(event.kind).unwrap();
        format!("{} {}", kind.as_str().unwrap(), event.version)
    });
    events.collect::<Vec<_>>().join(", ")
}

#[test]
fn an_advisory_is_read() {
    let text = "---\ngem: kakitori\nplatform: jruby\ncve: 2026-1\nghsa: aaaa-bbbb-cccc\nurl: https://a.example/\ntitle: Reads past the end\ndate: 2026-01-02\ncvss_v2: 4.3\ncvss_v3: 7.5\nrelated:\n  cve:\n  - 2026-2\n  url:\n  - https://b.example/\npatched_versions:\n- '>= 1.10'\n";
    let (advisory, remarks) = of_yaml(text).unwrap();
    assert_eq!(remarks, []);
    assert_eq!(advisory.id, "CVE-2026-1");
    assert_eq!(advisory.aliases, ["GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(advisory.related, ["CVE-2026-2"]);
    assert_eq!(
        advisory.published.unwrap().to_string(),
        "2026-01-02T00:00:00Z"
    );
    assert_eq!(advisory.ratings[0].value, "7.5");
    let affected = &advisory.affected[0];
    assert_eq!(affected.purl.as_deref(), Some("pkg:gem/kakitori"));
    assert_eq!(affected.scope.systems, ["jruby"]);
    assert_eq!(told(&advisory), "introduced 0, fixed 1.10");
    let at = Place::pointer("/patched_versions/0");
    assert_eq!(affected.ranges[0].events[1].at, at);
}

#[test]
fn what_is_neither_patched_nor_unaffected_is_affected() {
    for (patched, unaffected, expected) in [
        ("[]", "[]", "introduced 0"),
        ("['>= 1.2.3']", "['< 1.0']", "introduced 1.0, fixed 1.2.3"),
        (
            "['~> 1.2.3', '>= 2.0.1']",
            "[]",
            "introduced 0, fixed 1.2.3, introduced 1.3.A, fixed 2.0.1",
        ),
        (
            "['~> 1.2.3, >= 1.2.3.4', '>= 1.3.0']",
            "['<= 1.1']",
            "introduced_after 1.1, fixed 1.2.3.4, introduced 1.3.A, fixed 1.3.0",
        ),
        ("['> 3']", "[]", "introduced 0, last_affected 3"),
        (
            "['= 1.1', '1.3']",
            "[]",
            "introduced 0, fixed 1.1, introduced_after 1.1, fixed 1.3, introduced_after 1.3",
        ),
    ] {
        let text = format!(
            "gem: a\ncve: 2026-1\npatched_versions: {patched}\nunaffected_versions: {unaffected}\n"
        );
        let (advisory, remarks) = of_yaml(&text).unwrap();
        assert_eq!(
            (told(&advisory).as_str(), remarks.len()),
            (expected, 0),
            "{text}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, code, place) in [
        (
            "gem: a\ncve: 2026-1\npatched_versions: '>= 1'\n",
            "advisory-field",
            "/patched_versions",
        ),
        (
            "gem: a\ncve: 2026-1\npatched_versions: ['!= 1']\n",
            "advisory-range",
            "/patched_versions/0",
        ),
        (
            "gem: a\ncve: 2026-1\npatched_versions: ['>= ']\n",
            "advisory-range",
            "/patched_versions/0",
        ),
        (
            "gem: a\ncve: 2026-1\ncvss_v3: much\n",
            "advisory-severity",
            "/cvss_v3",
        ),
        (
            "gem: a\ncve: 2026-1\ndate: long ago\n",
            "advisory-instant",
            "/date",
        ),
    ] {
        let (_, remarks) = of_yaml(text).unwrap();
        let told: Vec<_> = remarks
            .iter()
            .map(|one| (one.code, one.at.pointer.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(told, [(code, place)], "{text}");
    }
    for text in ["gem: a\n", "cve: 2026-1\n", "[]", "gem: {}\ncve: 1\n"] {
        assert_eq!(
            of_yaml(text).unwrap_err().code,
            "advisory-malformed",
            "{text}"
        );
    }
}

#[test]
fn an_interpreter_is_no_gem() {
    let (advisory, _) = of_yaml("engine: jruby\nosvdb: 77297\n").unwrap();
    assert_eq!(advisory.id, "OSVDB-77297");
    let affected = &advisory.affected[0];
    assert_eq!(
        (&affected.package, affected.purl.as_deref()),
        (&None, Some("pkg:generic/jruby"))
    );
}

#[test]
fn a_file_names_its_advisory() {
    for (path, expected) in [
        ("gems/a/CVE-2026-1.yml", Some("CVE-2026-1")),
        ("OSVDB-1.yml", Some("OSVDB-1")),
        ("gems/a/readme.yml", None),
        ("", None),
    ] {
        assert_eq!(name_of(path), expected, "{path}");
    }
}
