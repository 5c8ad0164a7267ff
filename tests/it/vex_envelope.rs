//! OpenVEX in signed envelopes: on the command line and in a tender.

use serde_json::{Value, json};

use crate::authority::Authority;
use crate::binary::{Scratch, mekiki};
use crate::demo::Demo;

const CRITERION: &str = "A19-2.integ.known-vulns";
const SIGNER: &str = "https://ci.hokuto.example/portal-connector/release.yml@refs/tags/v2.3.1";
const ISSUER: &str = "https://oidc.hokuto.example";
/// 2026-11-13T00:00:00Z.
const AT: i64 = 1_794_528_000;

fn statement(justification: Option<&str>) -> Value {
    let mut said = json!({
        "vulnerability": {"name": "RUSTSEC-2026-9001"}, "status": "not_affected",
        "products": [{"@id": "pkg:cargo/kakitori-index@0.3.1"}],
    });
    if let Some(justification) = justification {
        said["justification"] = json!(justification);
    }
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "portal", "digest": {"sha256": "ab".repeat(32)}}],
        "predicateType": "https://openvex.dev/ns/v0.2.0",
        "predicate": {
            "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://hokuto.example/vex/1",
            "author": "Hokuto", "timestamp": "2026-11-12T00:00:00Z", "version": 1,
            "statements": [said],
        },
    })
}

const REASON: Option<&str> = Some("vulnerable_code_not_in_execute_path");

#[test]
fn the_document_in_an_envelope_is_read_and_the_signature_said_to_be_open() {
    let authority = Authority::new();
    let sign = |statement: &Value| {
        authority
            .signer(SIGNER, ISSUER, AT)
            .sign_statement(statement)
    };
    let good = sign(&statement(REASON));
    let bundle: Value = serde_json::from_str(&good).unwrap();
    let mut other = statement(REASON);
    other["predicateType"] = json!("https://openvex.dev/nsx");
    let scratch = Scratch::new();
    for (name, bytes, code) in [
        ("bundle.json", good.clone(), 0),
        ("envelope.json", bundle["dsseEnvelope"].to_string(), 0),
        ("invalid.json", sign(&statement(None)), 1),
        ("other.json", sign(&other), 3),
        (
            "blob.json",
            authority.signer(SIGNER, ISSUER, AT).sign_blob(b"x"),
            3,
        ),
    ] {
        let path = scratch.write(name, bytes);
        let run = mekiki(&["vex", "validate", &path, "--format", "json"]);
        assert_eq!(run.code, code, "{name}: {run:?}");
        if code == 3 {
            continue;
        }
        let view = run.json();
        let findings = view["findings"].as_array().unwrap();
        let unchecked = findings
            .iter()
            .filter(|one| one["code"] == "vex-signature-unchecked");
        assert_eq!(unchecked.count(), 1, "{name}");
        if code == 1 {
            let inside = findings.iter().all(|one| {
                one["code"] == "vex-signature-unchecked"
                    || one["at"]["pointer"]
                        .as_str()
                        .unwrap()
                        .starts_with("/predicate/")
            });
            assert!(inside, "{findings:?}");
        }
    }
    let sbom = scratch.write(
        "bom.json",
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "components": [{"type": "library", "name": "kakitori-index", "version": "0.3.1",
                "bom-ref": "a", "purl": "pkg:cargo/kakitori-index@0.3.1"}],
        })
        .to_string(),
    );
    let vex = scratch.path("bundle.json");
    let run = mekiki(&["vex", "apply", &sbom, "--vex", &vex, "--format", "json"]);
    let view = run.json();
    assert_eq!(view["remarks"][0]["code"], "vex-signature-unchecked");
    assert_eq!(
        view["statements"][0]["source"]["at"]["pointer"],
        "/predicate/statements/0"
    );
    let digest = mekiki::digest::Digest::of(good.as_bytes()).hex();
    assert_eq!(
        view["documents"][0]["sha256"], digest,
        "the file is cited, not its payload"
    );
    let text = mekiki(&["vex", "apply", &sbom, "--vex", &vex, "--lang", "en"]);
    assert!(
        format!("{text:?}").contains("attestation verify"),
        "{text:?}"
    );
}

#[test]
fn in_a_tender_the_agreed_signer_verifies_it() {
    let authority = Authority::new();
    let bundle = |signer: &str| {
        authority
            .signer(signer, ISSUER, AT)
            .sign_statement(&statement(REASON))
    };
    let demo = |bytes: String| {
        Demo::new()
            .with("trust/root-of-the-test.json", authority.trusted_root())
            .with("bids/hokuto/vex.sigstore.json", bytes)
    };
    let good = bundle(SIGNER);
    let mut forged: Value = serde_json::from_str(&good).unwrap();
    let other = authority
        .signer(SIGNER, ISSUER, AT)
        .sign_statement(&statement(None));
    let other: Value = serde_json::from_str(&other).unwrap();
    forged["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"].clone();
    for (case, demo, verdict, told) in [
        ("by the agreed signer", demo(good), "unverifiable", None),
        (
            "by somebody else",
            demo(bundle("https://ci.other.example/x")),
            "unverifiable",
            Some("vex-signature-unchecked"),
        ),
        (
            "forged",
            demo(forged.to_string()),
            "fail",
            Some("signature-refused"),
        ),
    ] {
        assert_eq!(demo.verdicts(CRITERION)[1], verdict, "{case}");
        let record: Value = serde_json::from_str(&demo.record()).unwrap();
        let text = record.to_string();
        for code in ["vex-signature-unchecked", "signature-refused"] {
            let is_told = text.contains(&format!("\"code\":\"{code}\""));
            assert_eq!(is_told, told == Some(code), "{case} {code}");
        }
    }
}
