//! Matching against the corpus: recorded cases, recorded answers, and lockfiles.

use std::collections::{BTreeSet, HashSet};

use mekiki::app::advisory_affects::{Answer, Asked, affects};
use mekiki::evidence::advisory::Nature;
use mekiki::evidence::lockfile;

use crate::corpus::{corpus, say};
use crate::feed::{components, corpus_advisories, judge, snapshot_of};

/// Records that were published after the answers were recorded, so that these cannot hold them.
const YOUNGER: [&str; 8] = [
    "GHSA-g9g8-vgvw-g3vf",
    "GO-2026-6088",
    "GO-2026-6090",
    "GO-2026-6091",
    "GO-2026-6179",
    "GO-2026-6180",
    "GO-2026-6218",
    "GO-2026-6222",
];

#[test]
fn recorded_cases_are_decided_as_recorded() {
    let Some(corpus) = corpus() else { return };
    let snapshot = snapshot_of(corpus_advisories(corpus), "2026-08-20");
    let cases = String::from_utf8(corpus.read("match/osv-cases.tsv")).unwrap();
    let mut count = 0;
    for line in cases.lines().skip(1) {
        let cells: Vec<_> = line.split('\t').collect();
        let [ecosystem, package, version, id, expected, ..] = cells[..] else {
            panic!("{line}");
        };
        let asked = Asked {
            id,
            ecosystem,
            package,
            version,
        };
        let expected = match expected {
            "affected" => Answer::Affected,
            _ => Answer::NotAffected,
        };
        assert_eq!(affects(&snapshot, &asked).unwrap(), expected, "{line}");
        count += 1;
    }
    say(&format!("{count} recorded cases of matching hold"));
    assert!(count >= 737);
}

/// The package URL of a package as OSV names it; `None` for ecosystems that the corpus has no records of.
fn purl(ecosystem: &str, package: &str, version: &str) -> Option<String> {
    let (base, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
    let kind = match base {
        "PyPI" => "pypi",
        "Go" => "golang",
        "crates.io" => "cargo",
        "npm" => "npm",
        "RubyGems" => "gem",
        "Packagist" => "composer",
        "Debian" => {
            return Some(format!(
                "pkg:deb/debian/{package}@{version}?distro=debian-{release}"
            ));
        }
        "Alpine" => {
            let release = release.trim_start_matches('v');
            return Some(format!(
                "pkg:apk/alpine/{package}@{version}?distro=alpine-{release}"
            ));
        }
        _ => return None,
    };
    Some(format!(
        "pkg:{kind}/{}@{version}",
        package.replace('@', "%40")
    ))
}

#[test]
fn matches_are_among_the_recorded_answers_and_none_is_missed() {
    let Some(corpus) = corpus() else { return };
    let advisories = corpus_advisories(corpus);
    let loaded: HashSet<String> = advisories
        .iter()
        .filter_map(|(path, _)| {
            let name = path.rsplit('/').next()?;
            Some(name.rsplit_once('.')?.0.to_owned())
        })
        .collect();
    let snapshot = snapshot_of(advisories, "2026-08-20");
    let (mut asked, mut found, mut younger) = (0, 0, 0);
    for answer in corpus.cases("match/osv-api-answers.jsonl") {
        let text = |key: &str| answer[key].as_str().unwrap();
        let Some(purl) = purl(text("ecosystem"), text("package"), text("version")) else {
            continue;
        };
        asked += 1;
        let expected: BTreeSet<&str> = answer["ids"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap())
            .collect();
        let list = components([purl.as_str()]);
        let outcome = judge(&snapshot, &list, "2026-08-25");
        let mut records = BTreeSet::new();
        for finding in &outcome.findings {
            let names_one = finding.ids.iter().any(|id| expected.contains(id.as_str()));
            let is_younger = finding
                .records
                .iter()
                .all(|record| YOUNGER.contains(&record.id.as_str()));
            assert!(
                names_one || is_younger,
                "{purl}: {:?} is not recorded",
                finding.ids
            );
            younger += usize::from(!names_one);
            records.extend(finding.records.iter().map(|record| record.id.as_str()));
        }
        for id in expected.iter().filter(|id| loaded.contains(**id)) {
            assert!(records.contains(id), "{purl}: {id} is missed");
            found += 1;
        }
    }
    say(&format!(
        "{asked} recorded answers: {found} of {found} ids at hand are found, {younger} findings are younger than the answers"
    ));
    assert!(found > 100);
}

#[test]
fn lock_files_give_what_is_recorded() {
    let Some(corpus) = corpus() else { return };
    let snapshot = snapshot_of(corpus_advisories(corpus), "2026-08-20");
    // The day on which the records were made is before the advisories of 2026.
    for (name, day, expected) in [
        ("base64_vuln", "2026-08-25", &["RUSTSEC-2017-0004"][..]),
        ("no_vulns", "2026-08-25", &[]),
        ("unaffected-newer", "2025-12-31", &[]),
        ("unsound", "2026-08-25", &["RUSTSEC-2021-0090"]),
    ] {
        let bytes = corpus.read(&format!("match/cargo-lock/{name}.lock"));
        let (lockfile, _) = lockfile::read(&bytes).unwrap();
        let parts = lockfile.packages.iter();
        let parts: Vec<_> = parts
            .filter(|one| one.source != lockfile::Source::Path)
            .map(lockfile::Locked::component)
            .collect();
        let outcome = judge(&snapshot, &parts, day);
        let found: Vec<_> = outcome
            .findings
            .iter()
            .flat_map(|finding| finding.records.iter().map(|record| record.id.as_str()))
            .collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(outcome.unjudged, [], "{name}");
        let is_unsound = outcome
            .findings
            .iter()
            .any(|one| one.nature == Nature::Unsound);
        assert_eq!(is_unsound, name == "unsound", "{name}");
    }
}
