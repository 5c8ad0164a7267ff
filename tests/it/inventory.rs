//! `mekiki inventory` through the binary.

use std::fs;

use serde_json::{Value, json};

use crate::binary::{Run, Scratch, mekiki};

const DAY: &str = "2026-02-10";

fn record(id: &str, package: &str, fixed: &str) -> String {
    json!({
        "schema_version": "1.7.0", "id": id, "modified": "2026-02-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z", "aliases": [id.replace("OSV", "CVE")],
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
    .to_string()
}

fn sbom(purls: &[&str]) -> String {
    let components: Vec<_> = purls
        .iter()
        .map(|purl| json!({"type": "library", "bom-ref": purl, "name": purl, "purl": purl}))
        .collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components})
        .to_string()
}

/// A scratch folder with two systems in an inventory and a feed, of which `digests[0]` is the first
/// snapshot.
struct Fleet {
    scratch: Scratch,
    first: String,
}

impl Fleet {
    fn new() -> Self {
        let scratch = Scratch::new();
        let fleet = Self {
            scratch,
            first: String::new(),
        };
        fleet.write(
            "a.cdx.json",
            &sbom(&["pkg:npm/one@1.0.0", "pkg:npm/two@1.0.0"]),
        );
        fleet.write(
            "b.cdx.json",
            &sbom(&["pkg:npm/one@1.0.0", "pkg:npm/one@3.0.0"]),
        );
        let run = fleet.run(&[
            "inventory",
            "add",
            "a.cdx.json",
            "b.cdx.json",
            "--into",
            "inventory",
        ]);
        assert_eq!(
            (run.code, run.json()["added"].as_u64()),
            (0, Some(2)),
            "{run:?}"
        );
        let first = fleet.import("OSV-2026-1", "two", "2.0.0");
        Self { first, ..fleet }
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.scratch.root())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs with JSON out; what names a file or folder of the scratch folder is led there.
    fn run(&self, arguments: &[&str]) -> Run {
        let is_path = |one: &str| one.contains(".json") || matches!(one, "inventory" | "feed");
        let led: Vec<String> = arguments
            .iter()
            .enumerate()
            .map(|(position, one)| {
                if position > 0 && is_path(one) {
                    self.path(one)
                } else {
                    (*one).to_owned()
                }
            })
            .collect();
        let mut all: Vec<&str> = led.iter().map(String::as_str).collect();
        all.extend(["--format", "json"]);
        mekiki(&all)
    }

    fn import(&self, id: &str, package: &str, fixed: &str) -> String {
        self.write("record.json", &record(id, package, fixed));
        let run = self.run(&[
            "feed",
            "import",
            "record.json",
            "--into",
            "feed",
            "--retrieved",
            "2026-02-09",
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        run.json()["snapshot"].as_str().unwrap().to_owned()
    }

    fn rescan(&self, day: &str, more: &[&str]) -> Run {
        let mut arguments = vec![
            "inventory",
            "rescan",
            "inventory",
            "--feed",
            "feed",
            "--from",
            &self.first,
            "--as-of",
            day,
        ];
        arguments.extend(more);
        self.run(&arguments)
    }
}

fn places(finding: &Value) -> Vec<String> {
    let occurrences = finding["occurrences"].as_array().unwrap().iter();
    let text = |one: &Value| {
        let name = one["sbom"].as_str().unwrap().rsplit('/').next().unwrap();
        format!("{name}{}", one["at"]["pointer"].as_str().unwrap())
    };
    occurrences.map(text).collect()
}

#[test]
fn a_feed_of_this_morning_tells_the_systems_that_it_touches() {
    let fleet = Fleet::new();
    let run = fleet.rescan(DAY, &[]);
    assert_eq!(run.code, 0, "nothing changed: {run:?}");
    fleet.import("OSV-2026-2", "one", "2.0.0");
    let run = fleet.rescan(DAY, &[]);
    let view = run.json();
    assert_eq!((run.code, &view["verdict"]), (1, &json!("not-acceptable")));
    assert_eq!(view["schema"], "mekiki/inventory-rescan/v1");
    assert_eq!(view["advisories"], json!({"added": 1}));
    let findings = view["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{view}");
    assert_eq!(findings[0]["change"], "appeared");
    assert_eq!(findings[0]["ids"], json!(["CVE-2026-2", "OSV-2026-2"]));
    assert_eq!(findings[0]["fixed"], json!(["2.0.0"]));
    assert_eq!(findings[0]["records"][0]["matched"], "introduced 0");
    let expected = ["a.cdx.json/components/0", "b.cdx.json/components/0"];
    assert_eq!(places(&findings[0]), expected);
    assert_eq!(view["failing_sboms"].as_array().unwrap().len(), 2);
    let run = fleet.rescan(DAY, &["--fail-on", "kev"]);
    assert_eq!(run.code, 0, "{run:?}");
    // One system was rolled out anew, the other is gone.
    fleet.write("a.cdx.json", &sbom(&["pkg:npm/one@2.0.0"]));
    let run = fleet.run(&["inventory", "add", "a.cdx.json", "--into", "inventory"]);
    assert_eq!(run.json()["replaced"], 1, "{run:?}");
    let run = fleet.rescan(DAY, &[]);
    assert_eq!(run.json()["failing_sboms"].as_array().unwrap().len(), 1);
    let run = fleet.run(&["inventory", "remove", "b.cdx.json", "--from", "inventory"]);
    assert_eq!(run.json()["removed"], 1, "{run:?}");
    let run = fleet.rescan(DAY, &[]);
    assert_eq!((run.code, &run.json()["sboms"]), (0, &json!(1)), "{run:?}");
}

#[test]
fn what_changes_for_the_worse_fails_and_what_goes_does_not() {
    let fleet = Fleet::new();
    fleet.write(
        "kev.json",
        &json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.02.05",
            "dateReleased": "2026-02-05T00:00:00Z", "count": 1, "vulnerabilities": [{
                "cveID": "CVE-2026-1", "vendorProject": "Made", "product": "Up",
                "vulnerabilityName": "One", "dateAdded": "2026-02-05", "shortDescription": "Bad",
                "requiredAction": "Mend", "dueDate": "2026-02-20",
                "knownRansomwareCampaignUse": "Unknown",
            }],
        })
        .to_string(),
    );
    let run = fleet.run(&[
        "feed",
        "import",
        "kev.json",
        "--into",
        "feed",
        "--retrieved",
        "2026-02-09",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    let run = fleet.rescan(DAY, &[]);
    let view = run.json();
    assert_eq!(
        (run.code, &view["kev"]),
        (1, &json!(["CVE-2026-1"])),
        "{run:?}"
    );
    let finding = &view["findings"][0];
    assert_eq!(
        (&finding["change"], &finding["aspects"]),
        (&json!("changed"), &json!(["kev"]))
    );
    assert_eq!(
        (&finding["kev"], &finding["before"]["kev"]),
        (&json!(true), &json!(false))
    );
    // The other way round it is no longer exploited, which fails nothing.
    let to = view["to"].as_str().unwrap();
    let back = fleet.run(&[
        "inventory",
        "rescan",
        "inventory",
        "--feed",
        "feed",
        "--from",
        to,
        "--to",
        &fleet.first,
        "--as-of",
        DAY,
    ]);
    assert_eq!(
        (back.code, back.json()["findings"][0]["fails"].as_bool()),
        (0, Some(false))
    );
}

#[test]
fn a_blind_snapshot_is_never_clean() {
    let fleet = Fleet::new();
    // A year later nothing changed, and nothing is known.
    let run = fleet.rescan("2027-02-10", &[]);
    let view = run.json();
    assert_eq!(
        (run.code, &view["verdict"]),
        (3, &json!("unverifiable")),
        "{run:?}"
    );
    assert_eq!(view["gaps"][0]["reason"], "feed-too-old");
    assert_eq!(view["gaps"][0]["components"], 4);
    // An ecosystem of which the snapshot holds nothing.
    fleet.write("c.cdx.json", &sbom(&["pkg:pypi/three@1.0.0"]));
    let run = fleet.run(&["inventory", "add", "c.cdx.json", "--into", "inventory"]);
    assert_eq!(run.code, 0, "{run:?}");
    let run = fleet.rescan(DAY, &[]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.json()["gaps"][0]["ecosystem"], "PyPI");
    let text = mekiki(&[
        "inventory",
        "rescan",
        &fleet.path("inventory"),
        "--feed",
        &fleet.path("feed"),
        "--from",
        &fleet.first,
        "--as-of",
        DAY,
    ]);
    assert!(text.stdout.starts_with("UNVERIFIABLE"), "{text:?}");
}

#[test]
fn what_cannot_be_used_is_told() {
    let fleet = Fleet::new();
    fleet.write("broken.json", "{");
    let run = fleet.run(&["inventory", "add", "broken.json", "--into", "inventory"]);
    assert_eq!((run.code, &run.json()["added"]), (3, &json!(0)), "{run:?}");
    assert_eq!(run.json()["refused"].as_array().unwrap().len(), 1);
    for (arguments, code) in [
        (vec!["inventory", "list", "feed"], "inventory-missing"),
        (
            vec!["inventory", "remove", "nobody", "--from", "inventory"],
            "inventory-unnamed",
        ),
        (
            vec![
                "inventory",
                "rescan",
                "inventory",
                "--feed",
                "feed",
                "--from",
                "0000000000000000000000000000000000000000000000000000000000000000",
            ],
            "feed-missing",
        ),
    ] {
        let run = fleet.run(&arguments);
        assert_eq!(run.code, 3, "{run:?}");
        assert_eq!(run.error()["error"]["code"], code);
    }
    let segments = fs::read_dir(fleet.path("inventory/segments")).unwrap();
    let segment = segments.map(|one| one.unwrap().path()).next().unwrap();
    fs::write(segment.join("index.bin"), "short").unwrap();
    let run = fleet.run(&["inventory", "list", "inventory"]);
    assert_eq!(run.error()["error"]["code"], "inventory-damaged");
    let usage = fleet.rescan(DAY, &["--fail-on", "epss>=0.5"]);
    assert_eq!(usage.code, 2, "{usage:?}");
}
