use super::*;
use crate::evidence::advisory::EventKind;

const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2026-9001\"\npackage = \"kakitori-index\"\ndate = \"2026-09-01\"\naliases = [\"CVE-2026-9\"]\nrelated = [\"CVE-2026-10\"]\nurl = \"https://a.example/\"\ncvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[affected]\nos = [\"windows\"]\n[affected.functions]\n\"kakitori_index::look\" = [\"< 0.3.2\"]\n\n[versions]\npatched = [\">= 0.3.2\"]\nunaffected = [\"<= 0.1.0\"]\n```\n\n# Reads past the end\n\nText.\n";

#[test]
fn versions_decide() {
    let advisory = read_advisory(ADVISORY.as_bytes()).unwrap();
    assert_eq!(advisory.id(), "RUSTSEC-2026-9001");
    for (package, version, touched) in [
        ("kakitori-index", "0.3.1", Some(true)),
        ("kakitori-index", "0.3.2-rc.1", Some(true)),
        ("kakitori-index", "0.3.2", Some(false)),
        ("kakitori-index", "0.1.0", Some(false)),
        ("kakitori-index", "0.1.1-0", Some(true)),
        ("other", "0.3.1", Some(false)),
        ("kakitori-index", "r7", None),
    ] {
        assert_eq!(
            advisory.touches(package, version),
            touched,
            "{package} {version}"
        );
    }
}

#[test]
fn an_advisory_is_put_into_the_model() {
    let advisory = read_advisory(ADVISORY.as_bytes()).unwrap().advisory();
    assert_eq!(advisory.summary, "Reads past the end");
    assert_eq!(advisory.aliases, ["CVE-2026-9"]);
    assert_eq!(advisory.related, ["CVE-2026-10"]);
    assert_eq!(advisory.url.as_deref(), Some("https://a.example/"));
    assert_eq!(
        advisory.published.unwrap().to_string(),
        "2026-09-01T00:00:00Z"
    );
    assert_eq!(advisory.ratings[0].at.to_string(), "9:8");
    let affected = &advisory.affected[0];
    assert_eq!(affected.scope.functions, ["kakitori_index::look"]);
    assert_eq!(affected.scope.systems, ["windows"]);
    assert_eq!(affected.purl.as_deref(), Some("pkg:cargo/kakitori-index"));
    let events: Vec<_> = affected.ranges[0]
        .events
        .iter()
        .map(|one| (one.kind, one.version.as_str(), one.at.line))
        .collect();
    assert_eq!(
        events,
        [
            (EventKind::IntroducedAfter, "0.1.0", Some(18)),
            (EventKind::Fixed, "0.3.2", Some(17)),
        ]
    );
}

/// An advisory with these lists of versions.
fn with_versions(patched: &str, unaffected: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-9001\"\npackage = \"x\"\ndate = \"2026-09-01\"\n\n[versions]\npatched = {patched}\nunaffected = {unaffected}\n```\n\n# T\n\nD\n"
    )
}

#[test]
fn what_would_make_the_package_panic_is_refused() {
    for (text, reason) in [
        (
            with_versions("[\"= 1.0.0\", \"> 1.0.0\"]", "[]"),
            "8:23: error[advisory-malformed]: the advisory cannot be read: two requirements begin at the same version",
        ),
        (with_versions("[\"^1.18446744073709551615\"]", "[]"), ""),
        (
            with_versions("[\"^18446744073709551615\"]", "[]"),
            "8:12: error[advisory-malformed]: the advisory cannot be read: a requirement has an operator or a number that cannot be us…",
        ),
        (
            with_versions("[\">= 2.0.0\"]", "[\"<= 1.0.18446744073709551615\"]"),
            "9:15: error[advisory-malformed]: the advisory cannot be read: a requirement has an operator or a number that cannot be us…",
        ),
        (
            with_versions("[\">= 1.0.0\", \">= 2.0.0\"]", "[]"),
            "error[advisory-malformed]: the advisory cannot be read: ",
        ),
        (
            with_versions(&format!("[{}]", "\"< 1\",".repeat(1001)), "[]"),
            "error[advisory-malformed]: the advisory cannot be read: it has too many requirements",
        ),
        (
            with_versions("[7]", "[]"),
            "8:12: error[advisory-malformed]: the advisory cannot be read: a requirement is no text",
        ),
        (
            "12345678901234567890\u{e9}".to_owned(),
            "1:1: error[advisory-malformed]: the advisory cannot be read: it does not begin with a block of toml",
        ),
        (
            "1234567890123456789\u{e9}\u{e9}".to_owned(),
            "1:1: error[advisory-malformed]: the advisory cannot be read: it does not begin with a block of toml",
        ),
        (
            "```toml\n= 1\n```\n".to_owned(),
            "2:1: error[advisory-malformed]: the advisory cannot be read: ",
        ),
        (
            "```toml\n```\n".to_owned(),
            "error[advisory-malformed]: the advisory cannot be read: ",
        ),
    ] {
        let told =
            read_advisory(text.as_bytes()).map_or_else(|one| one.to_string(), |_| String::new());
        assert!(told.starts_with(reason), "{text}: {told}");
        assert_eq!(told.is_empty(), reason.is_empty(), "{text}: {told}");
    }
}

#[test]
fn the_distribution_is_no_crate() {
    let text = ADVISORY.replace("RUSTSEC-2026-9001", "CVE-2026-9001");
    let advisory = read_advisory(text.as_bytes()).unwrap().advisory();
    assert_eq!(
        (&advisory.affected[0].package, &advisory.affected[0].purl),
        (&None, &None)
    );
}
