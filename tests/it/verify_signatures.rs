//! The group `signatures` of `mekiki verify`: real keys, one fault at a time, through the binary.

mod mutated;
mod provenance;
mod record;
mod signed;
mod tools;

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::digest::Digest;
use serde_json::Value;

use crate::asked::now;
use crate::authority::Authority;
use crate::binary::{Run, Scratch, mekiki};

const ARTIFACT: &[u8] = b"the delivered archive\n";
const ISSUER: &str = "https://accounts.authority.test";
const SIGNER: &str = "https://authority.test/release.yml@refs/tags/v1";
const OTHER: &str = "https://authority.test/other.yml@refs/tags/v1";
/// The day of judgment, one day after every signature.
const DAY: &str = "2026-11-02";

/// When the signatures of these tests are made.
fn signed_at() -> i64 {
    now().as_second() - 3600
}

/// A delivery in the making: the agency's manifest above, what was delivered below.
struct Desk {
    scratch: Scratch,
    /// Lines of the manifest at the top.
    head: String,
    /// Tables of the manifest.
    tables: String,
    left_out: Vec<&'static str>,
}

/// What the agency leaves out so that only signatures and provenance are asked about.
const NOT_ASKED: [&str; 6] = [
    "sbom",
    "tendered_sbom",
    "accepted_sbom",
    "feed",
    "product_list",
    "requirements",
];

impl Desk {
    /// A delivery of one artifact, with nothing beside it.
    fn new() -> Self {
        let desk = Self {
            scratch: Scratch::new(),
            head: "supplier = \"aoba\"\n".to_owned(),
            tables: String::new(),
            left_out: [&NOT_ASKED[..], &["sbom_signature", "provenance"]].concat(),
        };
        desk.deliver("app.tgz", ARTIFACT);
        desk
    }

    /// The same desk, at which `what` is asked about.
    fn asking(mut self, what: &str) -> Self {
        self.left_out.retain(|one| *one != what);
        self
    }

    fn deliver(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.scratch.write(&format!("delivered/{name}"), bytes);
    }

    fn hold(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.scratch.write(&format!("trust/{name}"), bytes);
    }

    /// Adds a table to the manifest.
    fn table(&mut self, text: &str) {
        self.tables += text;
        self.tables += "\n";
    }

    /// The artifact with these signatures and this provenance.
    fn artifact(&mut self, signatures: &[&str], provenance: &[&str]) {
        self.table(&format!(
            "[[artifact]]\npath = \"app.tgz\"\nsignatures = {signatures:?}\nprovenance = {provenance:?}"
        ));
    }

    /// Names the signer of these tests, by a trusted root.
    fn sigstore(&mut self, authority: &Authority) {
        self.hold("trusted_root.json", authority.trusted_root());
        self.table(&format!(
            "[signer]\ntrusted_root = \"trust/trusted_root.json\"\nidentity = \"{SIGNER}\"\nissuer = \"{ISSUER}\""
        ));
    }

    fn manifest(&self) -> String {
        let mut text = "schema = \"mekiki/delivery/v1\"\ndelivered = \"delivered\"\n".to_owned();
        text += &self.head;
        text += "\n";
        text += &self.tables;
        for what in &self.left_out {
            let left_out = format!(
                "[[left_out]]\nwhat = \"{what}\"\nreason = {{ ja = \"対象外\", en = \"not asked here\" }}\n"
            );
            text.push_str(&left_out);
        }
        text
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.scratch.write("delivery.toml", self.manifest());
        let root = self.scratch.root();
        mekiki(&[&["verify", &root, "--as-of", DAY], arguments].concat())
    }

    fn verify(&self) -> Told {
        Told::of(&self.run(&["--format", "json"]))
    }
}

/// What the group told.
struct Told {
    /// The exit code that the group alone would give: where SBOM and feed are left out nothing is ever acceptable.
    code: i32,
    report: Value,
    /// By check: verdict.
    verdicts: BTreeMap<String, String>,
}

impl Told {
    fn of(run: &Run) -> Self {
        let report = run.json();
        let group = &group(&report)["checks"];
        let verdicts = group.as_array().unwrap().iter().map(|one| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            (text("check"), text("verdict"))
        });
        let code = match self::group(&report)["verdict"].as_str() {
            Some("fail") => 1,
            Some("unverifiable") => 3,
            _ => 0,
        };
        let allowed: &[i32] = match code {
            1 => &[1],
            3 => &[1, 3],
            _ => &[0, 1, 3],
        };
        assert!(allowed.contains(&run.code), "{run:?}");
        Self {
            code,
            verdicts: verdicts.collect(),
            report,
        }
    }

    fn verdict(&self, check: &str) -> &str {
        &self.verdicts[check]
    }

    /// The English sentences of the findings of a check that count, or of all.
    fn said(&self, check: &str, effect: &str) -> Vec<String> {
        let findings = group(&self.report)["findings"].as_array().unwrap().iter();
        let of_check = findings.filter(|one| one["check"] == check && one["effect"] == effect);
        of_check
            .map(|one| one["message"]["en"].as_str().unwrap().to_owned())
            .collect()
    }

    #[track_caller]
    fn expect(&self, check: &str, verdict: &str, code: i32, words: &[&str]) {
        assert_eq!(
            (self.verdict(check), self.code),
            (verdict, code),
            "{check}: {:#}",
            group(&self.report)
        );
        let effect = match verdict {
            "fail" => "fails",
            "unverifiable" => "unverifiable",
            _ => return,
        };
        let said = self.said(check, effect).join("\n");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}

fn group(report: &Value) -> &Value {
    let groups = report["groups"].as_array().unwrap();
    groups
        .iter()
        .find(|one| one["name"] == "signatures")
        .unwrap()
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// A statement about these files, as attestations of releases make them.
fn statement(files: &[(&str, &[u8])]) -> Value {
    let subject = files.iter().map(
        |(name, bytes)| serde_json::json!({"name": name, "digest": {"sha256": Digest::of(bytes).hex()}}),
    );
    serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject.collect::<Vec<_>>(),
        "predicateType": "https://in-toto.io/attestation/release/v0.1",
        "predicate": {"purl": "pkg:generic/app@1"},
    })
}
