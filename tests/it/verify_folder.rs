//! A delivery in a folder of its own, verified through the use case.

use std::path::PathBuf;
use std::sync::OnceLock;

use mekiki::acceptance::finding::{Effect, Finding, Outcome};
use mekiki::acceptance::manifest::read_manifest;
use mekiki::acceptance::report::Report;
use mekiki::app::library::Library;
use mekiki::app::verify::{Request, verify};
use mekiki::text::Text;
use mekiki::time::parse_day;
use serde_json::{Value, json};

use crate::binary::Scratch;

/// The day of judgment of every test.
pub(crate) const AS_OF: &str = "2026-11-20";

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::open(None).unwrap())
}

/// A delivery: a manifest and files.
pub(crate) struct Folder {
    scratch: Scratch,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            scratch: Scratch::new(),
        }
    }

    /// Adds a file.
    pub(crate) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.scratch.write(name, bytes);
        self
    }

    /// Adds a JSON document.
    pub(crate) fn json(self, name: &str, document: &Value) -> Self {
        self.file(name, serde_json::to_vec_pretty(document).unwrap())
    }

    /// Verifies it under a manifest, which needs no schema.
    pub(crate) fn verify(&self, manifest: &str) -> Judged {
        let text = format!("schema = \"mekiki/delivery/v1\"\n{manifest}");
        let read = read_manifest(text.as_bytes(), "delivery.toml", true).unwrap();
        let report = verify(&Request {
            library: library(),
            manifest: &read,
            flags: None,
            manifest_file: Some(("delivery.toml", text.as_bytes())),
            root: PathBuf::from(self.scratch.root()),
            as_of: parse_day(AS_OF).unwrap(),
            progress: &|_| (),
        });
        Judged(report.unwrap())
    }
}

/// What came of it.
pub(crate) struct Judged(pub(crate) Report);

impl Judged {
    /// A check.
    pub(crate) fn check(&self, id: &str) -> &Outcome {
        let mut all = self.0.groups.iter().flat_map(|group| &group.checks);
        all.find(|one| one.check == id)
            .unwrap_or_else(|| panic!("there is no outcome of {id}"))
    }

    /// Its verdict.
    pub(crate) fn verdict(&self, id: &str) -> &'static str {
        self.check(id).verdict.word()
    }

    /// Its findings.
    pub(crate) fn findings(&self, id: &str) -> &[Finding] {
        &self.check(id).findings
    }

    /// Its findings of one effect, in English.
    pub(crate) fn told(&self, id: &str, effect: Effect) -> Vec<String> {
        let findings = self.findings(id).iter();
        let told = findings.filter(|one| one.effect == effect);
        told.map(|one| one.message.en.clone()).collect()
    }

    /// Its findings as `effect: sentence`, in English.
    pub(crate) fn all(&self, id: &str) -> Vec<String> {
        let findings = self.findings(id).iter();
        findings
            .map(|one| format!("{}: {}", one.effect.word(), one.message.en))
            .collect()
    }

    /// Fails where a sentence lacks a language, shows a placeholder or ends like an unfinished one.
    pub(crate) fn sentences_are_whole(&self) {
        let outcomes = self.0.groups.iter().flat_map(|group| &group.checks);
        for one in outcomes {
            let said = [&one.said].into_iter();
            let all: Vec<&Text> = said
                .chain(one.findings.iter().map(|one| &one.message))
                .collect();
            for text in all {
                for lang in [&text.ja, &text.en] {
                    assert!(!lang.trim().is_empty(), "{}", one.check);
                    assert!(
                        !lang.contains("{ $") && !lang.starts_with("verify-"),
                        "{lang}"
                    );
                }
                assert_ne!(text.ja, text.en, "{}", one.check);
            }
        }
    }

    /// The report in bytes.
    pub(crate) fn bytes(&self) -> String {
        serde_json::to_string_pretty(&self.0).unwrap()
    }
}

/// A CycloneDX document of a product with components; `null` for one without a root.
pub(crate) fn cyclonedx(root: &Value, components: &[Value]) -> Value {
    let mut metadata = json!({
        "timestamp": "2026-11-10T09:00:00Z",
        "authors": [{"name": "Aoba Systems"}],
    });
    if !root.is_null() {
        metadata["component"] = root.clone();
    }
    let references: Vec<_> = components
        .iter()
        .map(|one| one["bom-ref"].clone())
        .collect();
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
    });
    if !root.is_null() {
        let mut dependencies = vec![json!({"ref": root["bom-ref"], "dependsOn": references})];
        dependencies.extend(references.iter().map(|one| json!({"ref": one})));
        document["dependencies"] = json!(dependencies);
        document["compositions"] =
            json!([{"aggregate": "complete", "assemblies": [root["bom-ref"]]}]);
    }
    document
}

/// The root of a product.
pub(crate) fn root(name: &str, version: &str) -> Value {
    json!({
        "type": "application",
        "bom-ref": "root",
        "name": name,
        "version": version,
        "purl": format!("pkg:generic/{name}@{version}"),
        "supplier": {"name": "Aoba Systems Co., Ltd."},
    })
}

/// A library with everything that the minimum elements ask for.
pub(crate) fn component(name: &str, version: &str) -> Value {
    json!({
        "type": "library",
        "bom-ref": format!("ref-{name}"),
        "name": name,
        "version": version,
        "purl": format!("pkg:npm/{name}@{version}"),
        "supplier": {"name": format!("{name} project")},
        "licenses": [{"license": {"id": "MIT"}}],
        "hashes": [{"alg": "SHA-256", "content": digest(&format!("{name} {version}"))}],
    })
}

/// The SHA-256 of a text in hex.
pub(crate) fn digest(text: &str) -> String {
    mekiki::digest::Digest::of(text.as_bytes()).hex()
}
