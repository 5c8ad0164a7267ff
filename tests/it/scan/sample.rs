//! A small feed, SBOMs and VEX documents of our own, and scans of them through the binary.

use serde_json::{Value, json};

use crate::binary::{Run, Scratch, mekiki};

/// The day on which everything is judged.
pub(crate) const DAY: &str = "2026-08-25";

/// The SBOM's serial number.
pub(crate) const SERIAL: &str = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";

fn advisory(id: &str, package: (&str, &str), fixed: &str, more: &Value) -> (String, Value) {
    let (ecosystem, name) = package;
    let kind = if ecosystem == "PyPI" {
        "ECOSYSTEM"
    } else {
        "SEMVER"
    };
    let mut record = json!({
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2026-08-10T00:00:00Z",
        "published": "2026-07-01T00:00:00Z",
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": kind, "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    });
    let fields = record.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    (format!("{id}.json"), record)
}

/// The advisories.
pub(crate) fn advisories() -> Vec<(String, Value)> {
    let shelf = ("npm", "shelf-reader");
    let mut unmaintained = advisory(
        "RUSTSEC-2026-9001",
        ("crates.io", "tiny-ledger"),
        "999.0.0",
        &json!({"summary": "tiny-ledger has no maintainer any more"}),
    );
    unmaintained.1["affected"][0]["database_specific"] = json!({"informational": "unmaintained"});
    vec![
        advisory(
            "GHSA-aaaa-0001-shlf",
            shelf,
            "1.4.2",
            &json!({
                "aliases": ["CVE-2026-10001"],
                "summary": "shelf-reader runs what a title says",
                "severity": [{"type": "CVSS_V3", "score": CRITICAL}],
                "references": [{"type": "ADVISORY", "url": "https://advisories.example/shelf-1"}],
            }),
        ),
        advisory(
            "PYSEC-2026-9001",
            ("PyPI", "weather-notes"),
            "2.1",
            &json!({
                "details": "weather-notes reads any file. It does so since 1.0.\n\nMore text.",
                "severity": [{"type": "CVSS_V3", "score": MEDIUM}],
            }),
        ),
        unmaintained,
        advisory(
            "GHSA-aaaa-0002-shlf",
            shelf,
            "9.0.0",
            &json!({"withdrawn": "2026-08-01T00:00:00Z", "summary": "This was a mistake"}),
        ),
        advisory(
            "GHSA-aaaa-0003-shlf",
            shelf,
            "9.0.0",
            &json!({"published": "2026-08-30T00:00:00Z", "summary": "Found later"}),
        ),
    ]
}

/// A feed in a folder of its own, known until a day.
pub(crate) fn feed(
    scratch: &Scratch,
    name: &str,
    records: &[(String, Value)],
    known: &str,
) -> String {
    let folder = scratch.path(name);
    for (path, record) in records {
        scratch.write(&format!("{name}-records/{path}"), record.to_string());
    }
    let records = scratch.path(&format!("{name}-records"));
    let run = mekiki(&[
        "feed",
        "import",
        &records,
        "--into",
        &folder,
        "--retrieved",
        known,
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    folder
}

/// The whole feed: the advisories with known exploitation, its probability, and dates of support.
pub(crate) fn whole_feed(scratch: &Scratch) -> String {
    let mut records = advisories();
    records.push((
        "kev.json".to_owned(),
        json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities",
            "catalogVersion": "2026.08.20",
            "dateReleased": "2026-08-20T00:00:00Z",
            "count": 1,
            "vulnerabilities": [{
                "cveID": "CVE-2026-10001", "vendorProject": "Shelf", "product": "Reader",
                "vulnerabilityName": "Shelf Reader Code Injection", "dateAdded": "2026-08-20",
                "shortDescription": "Runs code.", "requiredAction": "Update.",
                "dueDate": "2026-09-10", "knownRansomwareCampaignUse": "Unknown", "notes": "",
            }],
        }),
    ));
    records.push((
        "loom.json".to_owned(),
        json!({"result": {"name": "loom", "identifiers": [{"type": "purl", "id": "pkg:generic/loom"}],
            "releases": [{"name": "2.1", "releaseDate": "2024-01-02", "isEol": true, "eolFrom": "2026-01-02",
                "latest": {"name": "2.1.7"}}]}}),
    ));
    scratch.write(
        "feed-records/epss.csv",
        "#model_version:v2026.03.14,score_date:2026-08-20T00:00:00+0000\ncve,epss,percentile\nCVE-2026-10001,0.25,0.97\n",
    );
    feed(scratch, "feed", &records, "2026-08-24")
}

/// A component by its package URL.
pub(crate) fn component(purl: &str) -> Value {
    let (name, version) = purl.rsplit_once('@').unwrap();
    let name = name.rsplit_once('/').unwrap().1;
    json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
}

/// What the sample SBOM lists.
pub(crate) fn components() -> Vec<Value> {
    [
        "pkg:npm/shelf-reader@1.4.0",
        "pkg:pypi/weather-notes@2.0",
        "pkg:cargo/tiny-ledger@0.3.1",
        "pkg:npm/shelf-reader@1.4.2",
    ]
    .map(component)
    .to_vec()
}

/// An SBOM of these components.
pub(crate) fn sbom(components: &[Value]) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": SERIAL,
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "app", "name": "library-desk", "version": "3.0",
                "purl": "pkg:npm/library-desk@3.0.0"},
        },
        "components": components,
    })
}

/// Writes an SBOM and returns its path.
pub(crate) fn write_sbom(scratch: &Scratch, name: &str, components: &[Value]) -> String {
    let text = serde_json::to_string_pretty(&sbom(components)).unwrap();
    scratch.write(name, text)
}

/// An OpenVEX document of the supplier's with one statement.
pub(crate) fn vex(scratch: &Scratch, status: &Value) -> String {
    let mut statement = json!({
        "vulnerability": {"name": "CVE-2026-10001"},
        "products": [{"@id": "pkg:npm/shelf-reader@1.4.0"}],
        "timestamp": "2026-08-01T09:00:00Z",
    });
    let fields = statement.as_object_mut().unwrap();
    fields.extend(status.as_object().unwrap().clone());
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://vex.example/1",
        "author": "Library Desk",
        "timestamp": "2026-08-01T09:00:00Z",
        "version": 1,
        "statements": [statement],
    });
    scratch.write("vex.json", document.to_string())
}

/// Scans in a format, as of [`DAY`].
pub(crate) fn scan(files: &[&str], feed: &str, format: &str, more: &[&str]) -> Run {
    let options = ["--feed", feed, "--as-of", DAY, "--format", format];
    mekiki(&[&["scan"], files, &options, more].concat())
}
