//! What signed statements say, once their signature holds: through the library and through the binary.

use mekiki::app::attestation::{Attested, verify_attestation};
use mekiki::app::signature::SignatureRequest;
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::{Artifact, Expected, Kind};
use serde_json::{Value, json};

use crate::asked::{material, now};
use crate::authority::Authority;
use crate::binary::{Run, Scratch, mekiki};
use crate::dsse::{ARTIFACT, SLSA, envelope, request, statement};
use crate::signing_keys::Pair;

fn attest(request: &SignatureRequest<'_>, file: &str, kind: Option<&str>) -> Attested {
    verify_attestation(request, material("a.jsonl", file.as_bytes()), kind)
        .expect("the attestation can be judged")
}

#[test]
fn an_attestation_tells_what_it_says_once_its_signature_holds() {
    let pair = Pair::p256();
    let keys = [pair.public()];
    let good = envelope(&statement(), &[&pair]);
    let asked = request("", &keys);
    let attested = attest(&asked, &good, None);
    assert!(attested.verification.verified);
    let said = attested.said.unwrap();
    assert_eq!(said.statement.predicate_type, SLSA);
    assert_eq!(said.statement.builder(), Some("https://b.example"));
    // Of a stranger's statement nothing is told.
    let strange = envelope(&statement(), &[&Pair::p256()]);
    let attested = attest(&asked, &strange, None);
    assert!(!attested.verification.verified && attested.said.is_none());
    // A predicate that lacks what its type requires is refused.
    let mut lacking = statement();
    lacking["predicate"]["runDetails"] = json!({});
    let attested = attest(&asked, &envelope(&lacking, &[&pair]), None);
    assert_eq!(
        attested.verification.refusal().unwrap().name.word(),
        "statement"
    );
    assert!(attested.said.is_some());
}

#[test]
fn only_statements_of_the_type_that_is_asked_for_count() {
    let pair = Pair::p256();
    let keys = [pair.public()];
    let asked = request("", &keys);
    let release = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": statement()["subject"],
        "predicateType": "https://in-toto.io/attestation/release/v0.2",
        "predicate": {"purl": "pkg:npm/a@1"},
    });
    let release = envelope(&release, &[&pair]);
    let lines = format!("{}\n{release}\n", envelope(&statement(), &[&pair]));
    for kind in [SLSA, "https://in-toto.io/attestation/release/v0.2"] {
        let attested = attest(&asked, &lines, Some(kind));
        assert!(attested.verification.verified, "{kind}");
        assert_eq!(attested.said.unwrap().statement.predicate_type, kind);
        let attested = attest(&asked, &release, Some(kind));
        assert_eq!(attested.verification.verified, kind != SLSA);
    }
    let none = attest(&asked, &release, Some(SLSA)).verification;
    assert_eq!(none.refusal().unwrap().name.word(), "content-type");
    for (file, expected) in [
        ("{\"a\":1}", "attestation-missing"),
        ("x", "json-syntax"),
        (
            r#"{"payload":"*","payloadType":"x","signatures":[]}"#,
            "envelope-malformed",
        ),
    ] {
        let refused = verify_attestation(&asked, material("a", file.as_bytes()), None).unwrap_err();
        assert_eq!(refused.0[0].code, expected, "{file}");
        assert_eq!(refused.0[0].file.as_deref(), Some("a"));
    }
}

#[test]
fn a_bundle_is_held_to_the_same_statement() {
    const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
    const ISSUER: &str = "https://accounts.authority.test";
    let authority = Authority::new();
    let root = authority.trusted_root();
    let exact = |text: &str| Some(Expected::Exact(text.to_owned()));
    let asked = SignatureRequest {
        trusted_root: Some(material("root", root.as_bytes())),
        identity: exact(IDENTITY),
        issuer: exact(ISSUER),
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    };
    let sign = |statement: &Value| {
        let signer = authority.signer(IDENTITY, ISSUER, 1_709_251_200);
        signer.sign_statement(statement)
    };
    let attested = attest(&asked, &sign(&statement()), Some(SLSA));
    assert!(
        attested.verification.verified,
        "{:?}",
        attested.verification
    );
    assert_eq!(attested.verification.kind, Kind::Sigstore);
    let mut contradicting = statement();
    contradicting["subject"][1]["digest"]["sha512"] = json!(Algorithm::Sha512.hex_of(b"x"));
    let mut faulty = statement();
    faulty["subject"][1]["digest"]["gitBlob"] = json!("00");
    let mut lacking = statement();
    lacking["predicate"] = json!({});
    for (statement, check) in [
        (contradicting, "subject"),
        (faulty, "statement"),
        (lacking, "statement"),
    ] {
        let verification = attest(&asked, &sign(&statement), None).verification;
        assert!(!verification.verified);
        assert_eq!(verification.refusal().unwrap().name.word(), check);
    }
    let blob = authority
        .signer(IDENTITY, ISSUER, 1_709_251_200)
        .sign_blob(ARTIFACT);
    let refused = verify_attestation(&asked, material("b", blob.as_bytes()), None).unwrap_err();
    assert_eq!(refused.0[0].code, "attestation-missing");
}

#[test]
fn the_command_tells_people_and_machines() {
    let pair = Pair::p256();
    let scratch = Scratch::new();
    let write = |name: &str, bytes: &[u8]| {
        let path = format!("{}/{name}", scratch.root());
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (file, key) = (
        write(
            "a.intoto.jsonl",
            envelope(&statement(), &[&pair]).as_bytes(),
        ),
        write("key.pub", &pair.public()),
    );
    let strange = write(
        "b.json",
        envelope(&statement(), &[&Pair::p256()]).as_bytes(),
    );
    let (artifact, other) = (write("archive", ARTIFACT), write("other", b"x"));
    let run = |attestation: &str, artifact: &str, more: &[&str]| -> Run {
        let call = [
            "attestation",
            "verify",
            "--attestation",
            attestation,
            artifact,
        ];
        mekiki(&[&call[..], more].concat())
    };
    let digest = format!("sha256:{}", Algorithm::Sha256.hex_of(ARTIFACT));
    for artifact in [artifact.as_str(), &digest] {
        let run = run(&file, artifact, &["--key", &key, "--format", "json"]);
        assert_eq!(run.code, 0, "{run:?}");
        let view = run.json();
        assert_eq!(view["schema"], "mekiki/attestation-verify/v1");
        assert_eq!(
            (&view["verified"], &view["kind"]),
            (&json!(true), &json!("dsse"))
        );
        assert_eq!(view["statement"]["type"], "https://in-toto.io/Statement/v1");
        assert_eq!(view["statement"]["predicate_type"], SLSA);
        assert_eq!(view["statement"]["subjects"][1]["name"], "archive");
        assert_eq!(view["predicate"]["type"], "slsa-provenance");
        assert_eq!(view["predicate"]["builder"], "https://b.example");
        assert_eq!(view["predicate"]["findings"], json!([]));
    }
    for (lang, good, bad) in [
        ("en", "What the signer says\n", "must not be relied on"),
        ("ja", "署名者の陳述\n", "根拠にできません"),
    ] {
        let with = ["--key", &key, "--lang", lang];
        let verified = run(&file, &artifact, &with);
        assert_eq!(verified.code, 0);
        assert!(verified.stdout.contains(good), "{}", verified.stdout);
        let refused = run(&file, &other, &with);
        assert_eq!(refused.code, 1);
        assert!(refused.stdout.contains(bad), "{}", refused.stdout);
        // Of what a stranger says, nothing is shown.
        let refused = run(&strange, &artifact, &with);
        assert_eq!(refused.code, 1);
        assert!(!refused.stdout.contains("b.example"), "{}", refused.stdout);
    }
    let refused = run(
        &file,
        &artifact,
        &[
            "--key",
            &key,
            "--type",
            "https://x.example",
            "--format",
            "json",
        ],
    );
    assert_eq!(refused.code, 1);
    assert_eq!(refused.json()["refusal"]["check"], "content-type");
    let unjudged = run(&file, &artifact, &["--format", "json"]);
    assert_eq!(unjudged.code, 3);
    assert_eq!(unjudged.error()["error"]["code"], "signer-missing");
    let unjudged = run(&key, &artifact, &["--key", &key, "--format", "json"]);
    assert_eq!(unjudged.code, 3);
    assert_eq!(unjudged.error()["error"]["code"], "json-syntax");
}
