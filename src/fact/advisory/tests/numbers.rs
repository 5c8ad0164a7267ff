//! How many are open and for how long, what no number is given for, and the laws of counting.

use super::*;

#[test]
fn what_is_open_is_counted_by_severity() {
    let purls: Vec<String> = ["a", "b", "c", "d", "e", "clean"]
        .iter()
        .map(|name| format!("pkg:npm/{name}@1.0.0"))
        .collect();
    let purls: Vec<&str> = purls.iter().map(String::as_str).collect();
    let files = [
        sbom(&purls),
        advisory("CVE-2026-1", "a", Some(CRITICAL)),
        advisory("CVE-2026-2", "b", Some(HIGH)),
        advisory("CVE-2026-3", "c", Some(MEDIUM)),
        advisory("CVE-2026-4", "d", Some(LOW)),
        advisory("CVE-2026-5", "e", None),
        advisory("CVE-2026-6", "elsewhere", Some(CRITICAL)),
    ];
    let expected = [
        ("sbom.advisories.touching", "5 at 6"),
        ("sbom.advisories.known", "5 at 6"),
        ("sbom.advisories.open_critical", "1 at 6"),
        ("sbom.advisories.open_high", "1 at 6"),
        ("sbom.advisories.open_medium", "1 at 6"),
        ("sbom.advisories.open_low", "1 at 6"),
        ("sbom.advisories.open_unknown", "1 at 6"),
        ("sbom.advisories.notices", "0 at 6"),
        ("sbom.advisories.unjudged", "0 at 6"),
        ("sbom.advisories.judged_per_mille", "1000 at 6"),
        ("sbom.advisories.feed_age_days", "10 at 6"),
        ("sbom.advisories.oldest_open_days", "50 at 6"),
        ("sbom.advisories.fix_available_days", "50 at 6"),
        ("sbom.vex.supplier_not_affected", "none"),
        ("sbom.vex.conflicts", "none"),
    ];
    check("all severities", &files, &expected);
    let found = found(&files);
    let known = found
        .facts
        .iter()
        .find(|fact| fact.key.as_str() == KNOWN)
        .unwrap();
    let places: Vec<String> = known.citations.iter().map(ToString::to_string).collect();
    for place in [
        "advisories/CVE-2026-1.json",
        "/affected/0/ranges/0/events/0",
        "/components/0",
    ] {
        let mut places = places.iter();
        assert!(places.any(|one| one.contains(place)), "{place}: {known:?}");
    }
}

#[test]
fn a_package_that_nobody_maintains_is_a_notice() {
    let notice = "```toml\n[advisory]\nid = \"RUSTSEC-2026-1\"\npackage = \"a\"\ndate = \"2026-11-01\"\ninformational = \"unmaintained\"\n\n[versions]\npatched = []\n```\n\n# Nobody maintains it\n\nText.\n";
    let files = [
        sbom(&["pkg:cargo/a@1.0.0"]),
        ("advisories/a.md".to_owned(), notice.to_owned()),
    ];
    let expected = [
        ("sbom.advisories.known", "0 at 6"),
        ("sbom.advisories.notices", "1 at 6"),
    ];
    check("unmaintained", &files, &expected);
}

#[test]
fn nothing_is_a_zero_while_a_component_is_unjudged() {
    let clean = advisory("CVE-2026-6", "elsewhere", Some(CRITICAL));
    let mut old = record("CVE-2026-6", "elsewhere", None, "2026-01-01");
    old["modified"] = json!("2026-01-01T00:00:00Z");
    let mut future = old.clone();
    future["modified"] = json!("2099-01-01T00:00:00Z");
    let future = file("advisories/future.json", &future);
    let old = file("advisories/old.json", &old);
    let dated = (
        "agency/fetched.toml".to_owned(),
        "schema = \"mekiki/agency-record/v1\"\nid = \"fetched\"\nrecorded_on = \"2026-11-19\"\nrecorded_by = \"x\"\n[title]\nja = \"x\"\nen = \"x\"\n[[establishes]]\nkey = \"agency.advisories.retrieved_on\"\nvalue = \"2026-11-19\"\n".to_owned(),
    );
    let ours = sbom(&["pkg:npm/a@1.0.0"]);
    let mixed = sbom(&["pkg:npm/a@1.0.0", "pkg:cargo/b@1.0.0"]);
    let broken = (
        "bid/other.json".to_owned(),
        "{\"bomFormat\": \"CycloneDX\", \"specVersion\": ".to_owned(),
    );
    let none = "no advisories are at hand, so nothing was looked up";
    let stale = "1 of 1 components cannot be judged: 1 of an ecosystem whose advisories are undated or more than 30 days old";
    let uncovered =
        "1 of 2 components cannot be judged: 1 of an ecosystem that no advisory at hand speaks of";
    for (case, files, known, unjudged, judged, age) in [
        (
            "judged",
            vec![&ours, &clean],
            "0 at 6",
            "0 at 6",
            "1000 at 6",
            "10 at 6",
        ),
        ("empty", vec![&ours], none, none, none, none),
        (
            "stale",
            vec![&ours, &old],
            stale,
            "1 at 6",
            "0 at 6",
            "323 at 6",
        ),
        (
            "a date that cannot be",
            vec![&ours, &future],
            stale,
            "1 at 6",
            "0 at 6",
            UNTOLD,
        ),
        (
            "old, fetched lately",
            vec![&ours, &old, &dated],
            "0 at 6",
            "0 at 6",
            "1000 at 6",
            "1 at 6",
        ),
        (
            "another ecosystem",
            vec![&mixed, &clean],
            uncovered,
            "1 at 6",
            "500 at 6",
            "10 at 6",
        ),
        (
            "an SBOM is broken",
            vec![&ours, &broken, &clean],
            UNREADABLE,
            UNREADABLE,
            UNREADABLE,
            "10 at 6",
        ),
        (
            "every SBOM is broken",
            vec![&broken, &clean],
            UNREADABLE,
            UNREADABLE,
            UNREADABLE,
            UNREADABLE,
        ),
        ("no SBOM", vec![&clean], "none", "none", "none", "none"),
    ] {
        let files: Vec<File> = files.into_iter().cloned().collect();
        let expected = [
            (KNOWN, known),
            ("sbom.advisories.open_high", known),
            (EXPLOITED, known),
            (OLDEST, known),
            (FIXABLE, known),
            (TOUCHING, known),
            (UNJUDGED, unjudged),
            (JUDGED, judged),
            (AGE, age),
        ];
        check(case, &files, &expected);
    }
}

#[test]
fn what_is_exploited_needs_a_list() {
    let sbom = sbom(&["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
    let one = advisory("CVE-2026-1", "a", Some(HIGH));
    let clean = advisory("CVE-2026-6", "elsewhere", None);
    let settled = vex("bid/v.json", "CVE-2026-1", "a", "not_affected", REASON);
    for (case, files, expected) in [
        (
            "listed",
            vec![&one, &kev(&["CVE-2026-1"], "2026-11-19")],
            "1 at 6",
        ),
        (
            "another is",
            vec![&one, &kev(&["CVE-2026-7"], "2026-11-19")],
            "0 at 6",
        ),
        (
            "no list",
            vec![&one],
            "no list of known exploited vulnerabilities is at hand",
        ),
        (
            "an old list without it",
            vec![&one, &kev(&["CVE-2026-7"], "2026-01-19")],
            "the list of known exploited vulnerabilities is too old",
        ),
        (
            "an old list with it",
            vec![&one, &kev(&["CVE-2026-1"], "2026-01-19")],
            "1 at 6",
        ),
        ("nothing is open", vec![&clean], "0 at 6"),
        (
            "nothing but what the supplier settles",
            vec![&one, &settled],
            "0 at 2",
        ),
        (
            "a list alone",
            vec![&kev(&["CVE-2026-1"], "2026-11-19")],
            "no advisories are at hand, so nothing was looked up",
        ),
    ] {
        let files: Vec<File> = [&sbom].into_iter().chain(files).cloned().collect();
        check(case, &files, &[(EXPLOITED, expected)]);
    }
}

#[test]
fn days_count_from_the_publication() {
    let sbom = sbom(&["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
    let on = |id: &str, package: &str, day: &str| {
        let path = format!("advisories/{id}-{package}.json");
        file(&path, &record(id, package, None, day))
    };
    let mut undated = record("CVE-2026-3", "b", None, "2026-10-01");
    undated.as_object_mut().unwrap().remove("published");
    let undated = file("advisories/undated.json", &undated);
    let mut mending = record("CVE-2026-4", "b", None, "2026-09-11");
    mending["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0"}]);
    let unmended = file("advisories/unmended.json", &mending);
    for (case, files, oldest, fixable) in [
        (
            "one",
            vec![on("CVE-2026-1", "a", "2026-11-10")],
            "10 at 6",
            "10 at 6",
        ),
        (
            "the oldest",
            vec![
                on("CVE-2026-1", "a", "2026-11-10"),
                on("CVE-2026-2", "b", "2026-10-21"),
            ],
            "30 at 6",
            "30 at 6",
        ),
        (
            "no fix of the oldest",
            vec![on("CVE-2026-1", "a", "2026-11-10"), unmended.clone()],
            "70 at 6",
            "10 at 6",
        ),
        ("no fix at all", vec![unmended], "70 at 6", "0 at 6"),
        (
            "no date",
            vec![on("CVE-2026-1", "a", "2026-11-10"), undated],
            "a record does not say when it was published",
            "a record does not say when it was published",
        ),
    ] {
        let mut files = files;
        files.push(sbom.clone());
        check(case, &files, &[(OLDEST, oldest), (FIXABLE, fixable)]);
    }
}

/// The number of open findings, where there is one.
fn known(files: &[File]) -> Option<i64> {
    let found = found(files);
    let fact = found.facts.iter().find(|fact| fact.key.as_str() == KNOWN);
    fact.map(|fact| match fact.value {
        FactValue::Integer(number) => number,
        _ => panic!("{fact:?}"),
    })
}

#[test]
fn one_more_advisory_never_lowers_a_count_and_order_changes_nothing() {
    let mut files = vec![
        sbom(&["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]),
        advisory("CVE-2026-9", "elsewhere", None),
    ];
    let mut before = known(&files);
    assert_eq!(before, Some(0));
    for (number, package) in (1..).zip(["a", "elsewhere", "b", "a"]) {
        files.push(advisory(&format!("CVE-2026-{number}"), package, Some(HIGH)));
        let after = known(&files);
        let expected = before.map(|known| known + i64::from(package != "elsewhere"));
        assert_eq!(after, expected, "{number}");
        before = after;
    }
    files.push(vex("bid/v.json", "CVE-2026-1", "a", "not_affected", REASON));
    files.push(vex("agency/v.json", "CVE-2026-3", "b", "fixed", None));
    files.push(kev(&["CVE-2026-4"], "2026-11-19"));
    let all = |files: &[File]| {
        let mut found = found(files);
        found.facts.sort();
        found.gaps.sort();
        found.remarks.sort();
        format!("{found:?}")
    };
    let first = all(&files);
    for turn in 1..files.len() {
        let mut turned = files.clone();
        turned.rotate_left(turn);
        turned.swap(0, turn / 2);
        assert_eq!(all(&turned), first, "{turn}");
    }
}
