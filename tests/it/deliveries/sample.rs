//! A small delivery of our own, signed with a key made on the spot, and the agency's files beside it.

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use flate2::Compression;
use flate2::write::GzEncoder;
use mekiki::digest::Digest;
use serde_json::{Value, json};

use crate::binary::{Run, Scratch, mekiki};
use crate::signing_keys::Pair;

/// The day on which everything is judged.
pub(crate) const DAY: &str = "2026-11-20";
/// The archive.
pub(crate) const ARCHIVE: &str = "connector-2.1.0.tar.gz";
/// The SBOM.
pub(crate) const SBOM: &str = "connector.cdx.json";
/// The provenance of the archive.
pub(crate) const PROVENANCE: &str = "connector-2.1.0.tar.gz.intoto.jsonl";

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const BUILDER: &str = "https://ci.supplier.example/builder/v1";
const SOURCE: &str = "git+https://git.supplier.example/connector";

/// A delivery in a folder of its own, that verifies unless something is changed.
pub(crate) struct Delivery {
    pub(crate) scratch: Scratch,
    pub(crate) key: Pair,
    /// The files in the archive.
    pub(crate) files: BTreeMap<&'static str, Vec<u8>>,
    /// The libraries that the SBOM lists.
    pub(crate) libraries: Vec<(&'static str, &'static str)>,
    /// The product's version in the SBOM.
    pub(crate) sbom_version: &'static str,
    /// Files in the SBOM; else those of the archive.
    pub(crate) listed: Option<BTreeMap<&'static str, Vec<u8>>>,
}

impl Delivery {
    /// One that is acceptable.
    pub(crate) fn good() -> Self {
        let delivery = Self {
            scratch: Scratch::new(),
            key: Pair::p256(),
            files: BTreeMap::from([
                (
                    "connector/bin/connector.js",
                    b"console.log('connector');\n".to_vec(),
                ),
                (
                    "connector/lib/shelf.js",
                    b"export const shelf = 1;\n".to_vec(),
                ),
                ("connector/README.md", b"# Connector\n".to_vec()),
            ]),
            libraries: vec![("shelf-reader", "1.4.2"), ("title-index", "2.0.0")],
            sbom_version: "2.1.0",
            listed: None,
        };
        delivery.write();
        delivery
    }

    /// Writes everything anew: what was delivered and signed, and the agency's files.
    pub(crate) fn write(&self) {
        let scratch = &self.scratch;
        scratch.write("agency/signer.pub", self.key.public());
        self.deliver(ARCHIVE, &archive(&self.files));
        self.deliver(SBOM, self.sbom().to_string().as_bytes());
        self.provenance(SOURCE);
        scratch.write("agency/tendered.cdx.json", self.tendered().to_string());
        scratch.write("agency/requirements.json", requirements().to_string());
        scratch.write("agency/products.toml", PRODUCTS);
        scratch.write("delivery.toml", manifest());
        if !std::path::Path::new(&scratch.path("feed")).exists() {
            self.feed("2026-11-19");
        }
    }

    /// Writes a delivered file with its signature beside it.
    pub(crate) fn deliver(&self, name: &str, bytes: &[u8]) {
        self.scratch.write(&format!("delivered/{name}"), bytes);
        self.sign(name, &self.key);
    }

    /// Signs a delivered file with a key.
    pub(crate) fn sign(&self, name: &str, key: &Pair) {
        let bytes = std::fs::read(self.scratch.path(&format!("delivered/{name}"))).unwrap();
        let signature = BASE64_STANDARD.encode(key.sign(&bytes));
        self.scratch
            .write(&format!("delivered/{name}.sig"), signature);
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.scratch.path(name)).unwrap();
    }

    /// The SBOM.
    pub(crate) fn sbom(&self) -> Value {
        let files = self.listed.as_ref().unwrap_or(&self.files);
        sbom(self.sbom_version, &self.libraries, files)
    }

    /// The SBOM as tendered: the same libraries, and no digests yet.
    fn tendered(&self) -> Value {
        sbom("2.1.0", &self.libraries, &BTreeMap::new())
    }

    /// A feed that was fetched on a day.
    pub(crate) fn feed(&self, known: &str) {
        let scratch = &self.scratch;
        drop(std::fs::remove_dir_all(scratch.path("feed")));
        for (name, record) in records() {
            scratch.write(&format!("records/{name}"), record.to_string());
        }
        let (from, into) = (scratch.path("records"), scratch.path("feed"));
        let run = mekiki(&[
            "feed",
            "import",
            &from,
            "--into",
            &into,
            "--retrieved",
            known,
        ]);
        assert_eq!(run.code, 0, "{run:?}");
    }

    /// Writes a signed statement on how the archive was built.
    pub(crate) fn provenance(&self, source: &str) {
        let archive = std::fs::read(self.scratch.path(&format!("delivered/{ARCHIVE}"))).unwrap();
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": ARCHIVE, "digest": {"sha256": Digest::of(&archive).hex()}}],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": "https://ci.supplier.example/build/v1",
                    "externalParameters": {"source": {"uri": source, "ref": "refs/tags/v2.1.0"}},
                    "resolvedDependencies": [{"uri": format!("{source}@refs/tags/v2.1.0"),
                        "digest": {"gitCommit": "5f0c1b2a9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a"}}],
                },
                "runDetails": {"builder": {"id": BUILDER}, "metadata": {"invocationId": "1"}},
            },
        });
        let name = format!("delivered/{PROVENANCE}");
        self.scratch.write(&name, envelope(&statement, &self.key));
    }

    /// Verifies in a form.
    pub(crate) fn verify(&self, more: &[&str]) -> Run {
        let root = self.scratch.root();
        mekiki(&[&["verify", &root, "--as-of", DAY], more].concat())
    }

    /// Verifies, as JSON.
    pub(crate) fn report(&self, more: &[&str]) -> (i32, Value) {
        let run = self.verify(&[&["--format", "json"], more].concat());
        (run.code, run.json())
    }
}

/// A DSSE envelope around a statement.
pub(crate) fn envelope(statement: &Value, key: &Pair) -> String {
    let kind = "application/vnd.in-toto+json";
    let payload = statement.to_string();
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let signature = BASE64_STANDARD.encode(key.sign(signed.as_bytes()));
    json!({
        "payload": BASE64_STANDARD.encode(&payload),
        "payloadType": kind,
        "signatures": [{"sig": signature}],
    })
    .to_string()
}

/// A tar archive, compressed, the same bytes each time.
pub(crate) fn archive(files: &BTreeMap<&'static str, Vec<u8>>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len().try_into().unwrap());
        header.set_mode(0o644);
        builder
            .append_data(&mut header, path, bytes.as_slice())
            .unwrap();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(&builder.into_inner().unwrap()).unwrap();
    encoder.finish().unwrap()
}

fn sbom(
    version: &str,
    libraries: &[(&str, &str)],
    files: &BTreeMap<&'static str, Vec<u8>>,
) -> Value {
    let supplier = json!({"name": "青葉システム株式会社"});
    let libraries = libraries.iter().map(|(name, version)| {
        let purl = format!("pkg:npm/{name}@{version}");
        json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "supplier": {"name": "Shelf Project"}, "licenses": [{"license": {"id": "MIT"}}]})
    });
    let files = files.iter().map(|(path, bytes)| {
        json!({"type": "file", "bom-ref": path, "name": path, "version": version, "supplier": supplier,
            "hashes": [{"alg": "SHA-256", "content": Digest::of(bytes).hex()}]})
    });
    let components: Vec<Value> = libraries.chain(files).collect();
    let references: Vec<&Value> = components.iter().map(|one| &one["bom-ref"]).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:7c1f3a52-9d0e-4f5b-8a4f-2d5f0f3f9a10",
        "version": 1,
        "metadata": {
            "timestamp": "2026-11-18T09:00:00Z",
            "authors": [{"name": "青葉システム株式会社"}],
            "supplier": supplier,
            "component": {"type": "application", "bom-ref": "connector", "name": "connector",
                "version": version, "supplier": supplier, "purl": format!("pkg:generic/connector@{version}")},
        },
        "components": components,
        "dependencies": [{"ref": "connector", "dependsOn": references}],
    })
}

fn records() -> Vec<(String, Value)> {
    let advisory = |id: &str, name: &str, fixed: &str, cve: &str| {
        let record = json!({
            "schema_version": "1.7.0", "id": id, "modified": "2026-10-10T00:00:00Z",
            "published": "2026-10-01T00:00:00Z", "aliases": [cve], "summary": format!("{name} runs what a title says"),
            "severity": [{"type": "CVSS_V3", "score": CRITICAL}],
            "affected": [{"package": {"ecosystem": "npm", "name": name},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}],
        });
        (format!("{id}.json"), record)
    };
    let kev = json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.10",
        "dateReleased": "2026-11-10T00:00:00Z", "count": 1,
        "vulnerabilities": [{
            "cveID": "CVE-2026-10001", "vendorProject": "Shelf", "product": "Reader",
            "vulnerabilityName": "Shelf Reader Code Injection", "dateAdded": "2026-10-20",
            "shortDescription": "Runs code.", "requiredAction": "Update.", "dueDate": "2026-11-10",
            "knownRansomwareCampaignUse": "Unknown", "notes": "",
        }],
    });
    vec![
        advisory(
            "GHSA-aaaa-0001-shlf",
            "shelf-reader",
            "1.4.2",
            "CVE-2026-10001",
        ),
        advisory(
            "GHSA-aaaa-0002-titl",
            "title-index",
            "1.9.0",
            "CVE-2026-10002",
        ),
        ("kev.json".to_owned(), kev),
    ]
}

/// The register of requirements.
pub(crate) fn requirements() -> Value {
    let line = |criterion: &str, clause: &str, values: Value| json!({"criterion": criterion, "clause": clause, "state": "proposed", "values": values});
    let sbom =
        json!({"format_list": ["CycloneDX 1.6"], "profile": "ntia-2021", "coverage_min": 1000});
    let signature = json!({"signer_identities": ["別表2 (Table 2)"], "provenance_level": 1});
    let weakness = json!({"severity_threshold": 7, "fix_days": 30, "exploited_fix_days": 14});
    json!({
        "schema": "mekiki/requirements/v1",
        "tender": "shelf-2026",
        "requirements": [
            line("A19-2.integ.sbom", "CL-15", sbom.clone()),
            line("A19-2.integ.sbom-quality", "CL-15", sbom),
            line("A19-2.integ.sbom-match", "CL-16", json!({})),
            line("A19-2.integ.signature", "CL-17", signature.clone()),
            line("A19-2.integ.provenance", "CL-17", signature),
            line("A19-2.integ.known-vulns", "CL-18", weakness.clone()),
            line("A19-2.integ.vex", "CL-18", weakness),
            line("A19-2.integ.security-test", "CL-19", json!({"test_types": ["SAST"], "submit_days_before": 10})),
            line("A19-2.integ.change-notice", "CL-21", json!({"notice_days": 30, "emergency_hours": 24})),
            line("A19-4.proc.product-list", "CL-30", json!({})),
            line("A19-4.proc.concern-cleared", "CL-30", json!({})),
        ],
    })
}

const PRODUCTS: &str = r#"schema = "mekiki/product-list/v1"
id = "products-shelf-2026"
case = "shelf-2026"
submitted_on = "2026-09-01"
checked_on = "2026-10-01"
checked_by = "統括情報セキュリティ責任者"

[[product]]
name = "connector"
maker = "青葉システム株式会社"
versions = ["2.1.0"]
result = "cleared"
"#;

fn manifest() -> String {
    format!(
        r#"schema = "mekiki/delivery/v1"
case = "shelf-2026"
contract = "2026-契-0123"
supplier = "aoba"
delivered = "delivered"
products = "agency/products.toml"
requirements = "agency/requirements.json"

[product]
name = "connector"
version = "2.1.0"

[[artifact]]
path = "{ARCHIVE}"
signatures = ["{ARCHIVE}.sig"]
provenance = ["{PROVENANCE}"]

[[sbom]]
path = "{SBOM}"
signatures = ["{SBOM}.sig"]

[signer]
keys = ["agency/signer.pub"]

[build]
builder = "{BUILDER}"
source = "{SOURCE}"
source_tag = "v2.1.0"

[advisories]
feed = "feed"
maximum_age_days = 7

[comparison]
tendered = "agency/tendered.cdx.json"

[[left_out]]
what = "accepted_sbom"
reason = {{ ja = "初回の納入である。", en = "This is the first delivery." }}
"#
    )
}
