//! Examples of matching, each with records of our own: what touches a component, what does not, and what
//! cannot be told.

use mekiki::evidence::sbom::model::{Component, ComponentKind, Identifier, IdentifierKind};
use mekiki::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::feed::{components, judge, snapshot_of};

/// A record on versions of a package before `fixed`.
fn record(id: &str, ecosystem: &str, name: &str, fixed: &str) -> Value {
    json!({
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z",
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{
                "type": "ECOSYSTEM",
                "events": [{"introduced": "0"}, {"fixed": fixed}],
            }],
        }],
    })
}

/// The record with more members.
fn with(mut record: Value, more: &Value) -> Value {
    let members = more.as_object().unwrap().clone();
    record.as_object_mut().unwrap().extend(members);
    record
}

fn snapshot(records: &[Value]) -> Snapshot {
    let files = records
        .iter()
        .enumerate()
        .map(|(number, record)| (format!("{number}.json"), record.to_string().into_bytes()));
    snapshot_of(files, "2026-11-20")
}

/// What comes out for one package URL, in short: identifiers that touch it, or why it is not judged.
fn outcome(snapshot: &Snapshot, purl: &str) -> String {
    let list = components([purl]);
    let outcome = judge(snapshot, &list, "2026-11-26");
    let found = outcome.findings.iter().map(|finding| finding.ids.join("="));
    let unjudged = outcome
        .unjudged
        .iter()
        .map(|one| format!("?{}", one.reason.word()));
    found.chain(unjudged).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_component_ends_in_one_of_three_ways() {
    let arch = json!({"affected": [{
        "package": {
            "ecosystem": "Chainguard",
            "name": "kakitori",
            "purl": "pkg:apk/chainguard/kakitori?arch=aarch64",
        },
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0-r0"}]}],
    }]});
    let commits = json!({"affected": [{
        "package": {"ecosystem": "npm", "name": "by-commit"},
        "ranges": [{"type": "GIT", "repo": "https://example.com/r", "events": [{"introduced": "0"}]}],
    }]});
    let snapshot = snapshot(&[
        record("DEBIAN-1", "Debian:12", "openssl", "3.0.11-1~deb12u2"),
        record("ALPINE-1", "Alpine:v3.17", "musl", "1.2.3-r5"),
        record("PYSEC-1", "PyPI", "Zope.Interface", "5.1"),
        record("GHSA-1", "Maven", "org.example:kakitori", "2.0"),
        record("GO-1", "Go", "github.com/Example/Kakitori", "1.4.0"),
        record("ALSA-1", "AlmaLinux:9", "bash", "5.1.8-6.el9"),
        record("ROOT-1", "npm", "numbers", "2.0.0"),
        with(
            record("GONE-1", "npm", "left", "9.0.0"),
            &json!({"withdrawn": "2026-11-02T00:00:00Z"}),
        ),
        with(
            record("LATE-1", "npm", "early", "9.0.0"),
            &json!({"published": "2026-11-27T00:00:00Z"}),
        ),
        with(record("CGA-1", "Chainguard", "kakitori", "2.0-r0"), &arch),
        with(record("GIT-1", "npm", "by-commit", "0"), &commits),
    ]);
    for (purl, expected) in [
        // The version decides, by the rules of the ecosystem.
        ("pkg:pypi/zope-interface@5.0.post1", "PYSEC-1"),
        ("pkg:pypi/zope.interface@5.1", ""),
        ("pkg:pypi/zope.interface@5.1rc1", "PYSEC-1"),
        ("pkg:maven/org.example/kakitori@2.0-SNAPSHOT", "GHSA-1"),
        ("pkg:maven/org.example/kakitori@2.0.0", ""),
        ("pkg:maven/org.other/kakitori@1.0", ""),
        ("pkg:golang/github.com/example/kakitori@v1.3.9", "GO-1"),
        ("pkg:npm/numbers@1.10.0", "ROOT-1"),
        ("pkg:npm/numbers@2.0.0-rc.1", "ROOT-1"),
        // The release of the distribution, in every spelling.
        (
            "pkg:deb/debian/openssl@3.0.11-1~deb12u1?distro=debian-12",
            "DEBIAN-1",
        ),
        (
            "pkg:deb/debian/openssl@3.0.11-1~deb12u1?distro=bookworm",
            "DEBIAN-1",
        ),
        (
            "pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12.4",
            "",
        ),
        (
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?upstream=openssl&distro=debian-12",
            "DEBIAN-1",
        ),
        (
            "pkg:deb/debian/openssl@1.0?distro=debian-11",
            "?release-not-covered",
        ),
        ("pkg:deb/debian/openssl@1.0", "?release-untold"),
        (
            "pkg:apk/alpine/musl@1.2.3-r4?distro=alpine-3.17.2",
            "ALPINE-1",
        ),
        (
            "pkg:apk/alpine/musl@1.2.3-r4?distro=3.18",
            "?release-not-covered",
        ),
        (
            "pkg:rpm/almalinux/bash@5.1.8-5.el9?distro=almalinux-9.2",
            "ALSA-1",
        ),
        (
            "pkg:rpm/almalinux/bash@5.1.8-5.el9?epoch=1&distro=almalinux-9",
            "",
        ),
        // The architecture.
        ("pkg:apk/chainguard/kakitori@1.0-r0?arch=aarch64", "CGA-1"),
        ("pkg:apk/chainguard/kakitori@1.0-r0?arch=x86_64", ""),
        // Withdrawn and not yet published.
        ("pkg:npm/left@1.0.0", ""),
        ("pkg:npm/early@1.0.0", ""),
        // What cannot be told.
        ("pkg:npm/numbers@seven", "?version-unorderable"),
        ("pkg:npm/numbers", "?no-version"),
        ("pkg:npm/nobody-speaks-of-it", ""),
        ("pkg:npm/by-commit@1.0.0", "?commits-only"),
        ("pkg:hex/kakitori@1.0.0", "?ecosystem-not-covered"),
        ("pkg:generic/kakitori@1.0.0", "?ecosystem-not-covered"),
        ("no package URL", "?no-identity"),
    ] {
        assert_eq!(outcome(&snapshot, purl), expected, "{purl}");
    }
}

#[test]
fn records_of_one_vulnerability_are_one_finding() {
    let snapshot = snapshot(&[
        with(
            record("GHSA-1", "npm", "kakitori", "1.2.0"),
            &json!({
                "aliases": ["CVE-2026-0001"],
                "severity": [{
                    "type": "CVSS_V3",
                    "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                }],
            }),
        ),
        with(
            record("OTHER-1", "npm", "kakitori", "1.3.0"),
            &json!({"aliases": ["cve-2026-0001"], "related": ["CVE-2026-0002"]}),
        ),
        record("APART-1", "npm", "kakitori", "1.3.0"),
        json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities",
            "catalogVersion": "2026.11.20",
            "dateReleased": "2026-11-20T00:00:00Z",
            "count": 1,
            "vulnerabilities": [{
                "cveID": "CVE-2026-0001",
                "vendorProject": "Kakitori",
                "product": "Kakitori",
                "vulnerabilityName": "Kakitori Weakness",
                "dateAdded": "2026-11-10",
                "shortDescription": "A weakness.",
                "requiredAction": "Mend it.",
                "dueDate": "2026-12-01",
                "knownRansomwareCampaignUse": "Unknown",
            }],
        }),
    ]);
    let list = components(["pkg:npm/kakitori@1.0.0"]);
    let outcome = judge(&snapshot, &list, "2026-11-26");
    assert_eq!(outcome.findings.len(), 2);
    let merged = outcome
        .findings
        .iter()
        .find(|finding| finding.id().eq_ignore_ascii_case("CVE-2026-0001"))
        .unwrap();
    assert_eq!(merged.records.len(), 2);
    assert_eq!(merged.ids.len(), 3);
    assert_eq!(merged.related, ["CVE-2026-0002"]);
    assert_eq!(merged.fixed, ["1.2.0"]);
    assert_eq!(merged.severity.as_ref().unwrap().tenths, Some(98));
    let listed = merged.kev.as_ref().unwrap();
    assert_eq!(listed.due.as_deref(), Some("2026-12-01"));
    let cause = &merged.records[0].cause;
    assert_eq!(
        cause.at.pointer.as_deref(),
        Some("/affected/0/ranges/0/events/0/introduced")
    );
    assert_eq!(cause.event, "introduced 0");
}

#[test]
fn knowledge_that_is_too_old_clears_nothing() {
    let snapshot = snapshot(&[record("A-1", "npm", "kakitori", "1.2.0")]);
    let list = components(["pkg:npm/kakitori@1.0.0", "pkg:npm/clean@1.0.0"]);
    for (day, unjudged) in [
        ("2026-11-26", 0),
        ("2026-12-20", 0),
        ("2026-12-21", 2),
        ("2027-11-20", 2),
    ] {
        let outcome = judge(&snapshot, &list, day);
        // What was found stays found.
        assert_eq!(outcome.findings.len(), 1, "{day}");
        assert_eq!(outcome.unjudged.len(), unjudged, "{day}");
    }
}

#[test]
fn a_cpe_name_is_looked_up_as_well() {
    let csaf_like = json!({
        "schema_version": "1.7.0",
        "id": "A-1",
        "modified": "2026-11-01T00:00:00Z",
        "affected": [{
            "package": {"ecosystem": "Bitnami", "name": "kakitori"},
            "versions": ["1.0.0"],
        }],
    });
    let snapshot = snapshot(&[csaf_like]);
    let component = Component {
        kind: ComponentKind::Library,
        name: "kakitori".into(),
        version: Some("1.0.0".into()),
        identifiers: vec![Identifier {
            kind: IdentifierKind::Cpe,
            value: "cpe:2.3:a:example:kakitori:1.0.0:*:*:*:*:*:*:*".into(),
        }],
        ..Component::default()
    };
    // No record names the product by a CPE name, so nobody watches it.
    let list = [component];
    let outcome = judge(&snapshot, &list, "2026-11-26");
    assert_eq!(outcome.unjudged[0].reason.word(), "ecosystem-not-covered");
}

#[test]
fn what_no_database_speaks_of_is_passed_over() {
    let snapshot = snapshot(&[record("A-1", "npm", "kakitori", "1.2.0")]);
    let of_kind = |kind| Component {
        kind,
        name: "debian".into(),
        version: Some("12".into()),
        ..Component::default()
    };
    let list = [
        of_kind(ComponentKind::OperatingSystem),
        of_kind(ComponentKind::File),
        of_kind(ComponentKind::Library),
    ];
    let outcome = judge(&snapshot, &list, "2026-11-26");
    assert_eq!((outcome.components, outcome.passed_over), (1, 2));
    assert_eq!(outcome.unjudged[0].position, 2);
}
