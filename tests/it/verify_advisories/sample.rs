//! A small delivery of our own with feed, SBOM and VEX, and verifications of it through the binary.

use serde_json::{Value, json};

use crate::binary::{Run, Scratch, mekiki};

/// The day on which everything is judged.
pub(crate) const DAY: &str = "2026-08-25";
/// The exploited vulnerability of `shelf-reader`, known since the first of July, exploited since the twentieth of August.
pub(crate) const EXPLOITED: &str = "CVE-2026-10001";
/// The vulnerability of `desk-lamp`, score 7.5, known since the first of August.
pub(crate) const HIGH: &str = "GHSA-aaaa-0002-lamp";
/// The vulnerability of `weather-notes`, score 5.3.
pub(crate) const MEDIUM: &str = "PYSEC-2026-9001";
/// The vulnerability of `unrated-thing`, which nobody rates.
pub(crate) const UNRATED: &str = "GHSA-aaaa-0003-unrt";

/// A delivery in a folder of its own; dropping it removes the folder.
pub(crate) struct Case {
    pub(crate) scratch: Scratch,
}

/// What is delivered beside the SBOM.
const PROGRAM: &[u8] = b"open('desk');\n";

fn advisory(id: &str, package: (&str, &str), published: &str, more: &Value) -> Value {
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
        "published": format!("{published}T00:00:00Z"),
        "summary": format!("{name} has a fault"),
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": kind, "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }],
    });
    let fields = record.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    record
}

fn scored(vector: &str) -> Value {
    json!([{"type": "CVSS_V3", "score": vector}])
}

impl Case {
    /// A delivery of these components with a fresh feed.
    pub(crate) fn of(purls: &[&str]) -> Self {
        let case = Self::without_feed(purls);
        case.import(true, "2026-08-24");
        case
    }

    /// The same without a feed.
    pub(crate) fn without_feed(purls: &[&str]) -> Self {
        let case = Self {
            scratch: Scratch::new(),
        };
        case.deliver(purls);
        case.manifest("");
        case
    }

    /// Writes the SBOM of the delivery.
    pub(crate) fn deliver(&self, purls: &[&str]) {
        let components: Vec<_> = purls.iter().map(|purl| component(purl)).collect();
        self.deliver_components(&components);
    }

    pub(crate) fn deliver_components(&self, components: &[Value]) {
        let document = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
            "version": 1,
            "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "library-desk",
                "version": "3.0", "purl": "pkg:npm/library-desk@3.0.0",
                "hashes": [{"alg": "SHA-256", "content": mekiki::digest::Digest::of(PROGRAM).hex()}]}},
            "components": components,
        });
        self.scratch.write("delivered/desk.js", PROGRAM);
        self.scratch.write(
            "delivered/bom.json",
            serde_json::to_string_pretty(&document).unwrap(),
        );
    }

    /// Writes the manifest: what every case says, then `more`.
    pub(crate) fn manifest(&self, more: &str) {
        let left_out = ["signature", "sbom_signature", "provenance"].map(|what| {
            format!("[[left_out]]\nwhat = \"{what}\"\nreason = {{ ja = \"対象外\", en = \"not asked here\" }}\n")
        });
        let left_out = left_out.concat();
        let text = format!(
            r#"schema = "mekiki/delivery/v1"
case = "case-1"
supplier = "aoba"
delivered = "delivered"
{more}
[[sbom]]
path = "bom.json"
{left_out}[advisories]
feed = "feed"
"#
        );
        self.scratch.write("delivery.toml", text);
    }

    /// Imports the feed.
    pub(crate) fn import(&self, with_kev: bool, known: &str) {
        let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
        let medium = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
        let npm = |name| ("npm", name);
        let mut records = vec![
            advisory(
                "GHSA-aaaa-0001-shlf",
                npm("shelf-reader"),
                "2026-07-01",
                &json!({"aliases": [EXPLOITED], "severity": scored(critical)}),
            ),
            advisory(
                HIGH,
                npm("desk-lamp"),
                "2026-08-01",
                &json!({"severity": scored(high)}),
            ),
            advisory(
                MEDIUM,
                ("PyPI", "weather-notes"),
                "2026-07-01",
                &json!({"severity": scored(medium)}),
            ),
            advisory(UNRATED, npm("unrated-thing"), "2026-08-01", &json!({})),
        ];
        if with_kev {
            records.push(json!({
                "title": "CISA Catalog of Known Exploited Vulnerabilities",
                "catalogVersion": "2026.08.20",
                "dateReleased": "2026-08-20T00:00:00Z",
                "count": 1,
                "vulnerabilities": [{
                    "cveID": EXPLOITED, "vendorProject": "Shelf", "product": "Reader",
                    "vulnerabilityName": "Shelf Reader Code Injection", "dateAdded": "2026-08-20",
                    "shortDescription": "Runs code.", "requiredAction": "Update.",
                    "dueDate": "2026-09-10", "knownRansomwareCampaignUse": "Unknown", "notes": "",
                }],
            }));
        }
        for (index, record) in records.iter().enumerate() {
            self.scratch
                .write(&format!("records/{index}.json"), record.to_string());
        }
        let (records, folder) = (self.scratch.path("records"), self.scratch.path("feed"));
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
    }

    /// Writes an OpenVEX document with one statement.
    pub(crate) fn vex(
        &self,
        path: &str,
        vulnerability: &str,
        product: &str,
        more: &Value,
    ) -> String {
        let mut statement = json!({
            "vulnerability": {"name": vulnerability},
            "products": [{"@id": product}],
            "timestamp": "2026-08-02T09:00:00Z",
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        });
        let fields = statement.as_object_mut().unwrap();
        for (key, value) in more.as_object().unwrap() {
            if value.is_null() {
                fields.remove(key);
            } else {
                fields.insert(key.clone(), value.clone());
            }
        }
        let document = json!({
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://vex.example/1",
            "author": "Library Desk",
            "timestamp": "2026-08-02T09:00:00Z",
            "version": 1,
            "statements": [statement],
        });
        self.scratch.write(path, document.to_string());
        document.to_string()
    }

    /// Verifies.
    pub(crate) fn verify(&self) -> Verified {
        self.verify_as_of(DAY)
    }

    pub(crate) fn verify_as_of(&self, day: &str) -> Verified {
        let run = self.run(day);
        assert!(matches!(run.code, 0 | 1 | 3), "{run:?}");
        Verified(run.json())
    }

    pub(crate) fn run(&self, day: &str) -> Run {
        mekiki(&[
            "verify",
            &self.scratch.root(),
            "--as-of",
            day,
            "--format",
            "json",
        ])
    }
}

/// A component by its package URL.
pub(crate) fn component(purl: &str) -> Value {
    let (name, version) = purl.rsplit_once('@').unwrap();
    let name = name.rsplit_once('/').unwrap().1;
    json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
}

/// The JSON of a verdict.
#[derive(Debug)]
pub(crate) struct Verified(pub(crate) Value);

impl Verified {
    fn all(&self, list: &str) -> Vec<&Value> {
        let groups = self.0["groups"].as_array().unwrap();
        groups
            .iter()
            .flat_map(|group| group[list].as_array().unwrap())
            .collect()
    }

    /// The verdict of a check.
    pub(crate) fn check(&self, id: &str) -> &str {
        let checks = self.all("checks");
        let found = checks.iter().find(|check| check["check"] == id);
        found.unwrap_or_else(|| panic!("no {id}: {:#}", self.0))["verdict"]
            .as_str()
            .unwrap()
    }

    /// The findings of a check.
    pub(crate) fn findings(&self, id: &str) -> Vec<&Value> {
        self.all("findings")
            .into_iter()
            .filter(|one| one["check"] == id)
            .collect()
    }

    /// The only finding of a check.
    pub(crate) fn finding(&self, id: &str) -> &Value {
        let found = self.findings(id);
        assert_eq!(found.len(), 1, "{id}: {found:#?}");
        found[0]
    }

    /// The English message of the only finding of a check.
    pub(crate) fn said(&self, id: &str) -> &str {
        self.finding(id)["message"]["en"].as_str().unwrap()
    }

    /// How bad it is, over all checks: 0 to 3.
    pub(crate) fn worst(&self) -> usize {
        let words = ["not_applicable", "pass", "unverifiable", "fail"];
        let checks = self.all("checks");
        let place = |word: &Value| words.iter().position(|one| *word == **one).unwrap();
        checks
            .iter()
            .map(|check| place(&check["verdict"]))
            .max()
            .unwrap_or(0)
    }
}
