//! Attestations, bundles and signatures by an identity that are attached to an image.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::digest::Digest;
use serde_json::{Value, json};
use x509_cert::der::pem::{LineEnding, encode_string};

use super::{House, IMAGE, ISSUER, SIGNATURE, SIMPLE, outcome};
use crate::authority::{Authority, provenance};
use crate::tuf_maker::Signer;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
const IN_TOTO: &str = "application/vnd.in-toto+json";
const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
/// 2024-03-01T00:00:00Z.
const AT: i64 = 1_709_251_200;

fn statement(artifact: &[u8]) -> Value {
    provenance(
        "image",
        artifact,
        "https://ci.example/builder",
        "git+https://git.example/image",
    )
}

/// An envelope around a statement, signed by a key.
fn envelope(statement: &Value, signers: &[&Signer]) -> Value {
    let payload = statement.to_string();
    let signed = format!(
        "DSSEv1 {} {IN_TOTO} {} {payload}",
        IN_TOTO.len(),
        payload.len()
    );
    let signatures: Vec<_> = signers
        .iter()
        .map(|signer| json!({ "keyid": "", "sig": BASE64_STANDARD.encode(signer.sign(signed.as_bytes())) }))
        .collect();
    json!({ "payloadType": IN_TOTO, "payload": BASE64_STANDARD.encode(payload), "signatures": signatures })
}

#[test]
fn an_attestation_is_about_this_image_and_by_the_expected_key() {
    let (signer, other) = (Signer::ecdsa(), Signer::ecdsa());
    let with = |envelope: &Value| {
        let house = House::new();
        let mut layer = house.blob(DSSE, envelope.to_string().as_bytes());
        layer["annotations"] =
            json!({ SIGNATURE: "", "predicateType": "https://slsa.dev/provenance/v1" });
        house.tag(".att", &[layer]);
        house
    };
    let sound = with(&envelope(&statement(IMAGE.as_bytes()), &[&signer]));
    assert_eq!(outcome(sound.verify(&[&signer], 1)), "verified");
    assert_eq!(outcome(sound.verify(&[&other], 1)), "signature");
    assert_eq!(outcome(sound.verify(&[&signer, &other], 2)), "threshold");
    let both = with(&envelope(&statement(IMAGE.as_bytes()), &[&signer, &other]));
    assert_eq!(outcome(both.verify(&[&signer, &other], 2)), "verified");
    let elsewhere = with(&envelope(&statement(b"another image"), &[&signer]));
    assert_eq!(outcome(elsewhere.verify(&[&signer], 1)), "subject");
    let mut changed = envelope(&statement(IMAGE.as_bytes()), &[&signer]);
    changed["payload"] = json!(BASE64_STANDARD.encode(format!("{} ", statement(IMAGE.as_bytes()))));
    assert_eq!(outcome(with(&changed).verify(&[&signer], 1)), "signature");
}

#[test]
fn an_attestation_by_an_identity_verifies() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let with = |artifact: &[u8]| {
        let house = House::new();
        let bundle = authority
            .signer(IDENTITY, ISSUER, AT)
            .sign_statement(&statement(artifact));
        let parsed: Value = serde_json::from_str(&bundle).unwrap();
        let mut layer = house.blob(DSSE, parsed["dsseEnvelope"].to_string().as_bytes());
        layer["annotations"] = beside(&bundle);
        house.tag(".att", &[layer]);
        house
    };
    let sound = with(IMAGE.as_bytes());
    assert_eq!(outcome(sound.verify_identity(IDENTITY, &root)), "verified");
    assert_eq!(
        outcome(sound.verify_identity("https://authority.test/other", &root)),
        "identity"
    );
    assert_eq!(
        outcome(with(b"another image").verify_identity(IDENTITY, &root)),
        "subject"
    );
}

#[test]
fn a_bundle_that_refers_to_the_image_verifies() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let with = |signed: &[u8]| {
        let house = House::new();
        let bundle = authority.signer(IDENTITY, ISSUER, AT).sign_blob(signed);
        let layer = house.blob(BUNDLE, bundle.as_bytes());
        let manifest = house.manifest(&[layer], Some(&house.subject()));
        house.list(manifest);
        house
    };
    let house = with(IMAGE.as_bytes());
    assert_eq!(outcome(house.verify_identity(IDENTITY, &root)), "verified");
    assert_eq!(
        outcome(house.verify_identity("https://authority.test/other", &root)),
        "identity"
    );
    assert_ne!(
        outcome(house.verify_identity(IDENTITY, &Authority::new().trusted_root())),
        "verified"
    );
    assert_ne!(
        outcome(with(b"another image").verify_identity(IDENTITY, &root)),
        "verified"
    );
}

/// What cosign writes beside a signature that was made without a key of one's own.
fn beside(bundle: &str) -> Value {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let decode = |text: &Value| BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap();
    let integer = |text: &Value| text.as_str().unwrap().parse::<u64>().unwrap();
    let material = &bundle["verificationMaterial"];
    let certificate = material.pointer("/certificate/rawBytes").unwrap();
    let certificate = encode_string("CERTIFICATE", LineEnding::LF, &decode(certificate)).unwrap();
    let entry = &material["tlogEntries"][0];
    let signature = &bundle["messageSignature"]["signature"];
    let log = json!({
        "SignedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
        "Payload": {
            "body": entry["canonicalizedBody"],
            "integratedTime": integer(&entry["integratedTime"]),
            "logIndex": integer(&entry["logIndex"]),
            "logID": hex::encode(decode(&entry["logId"]["keyId"])),
        },
    });
    json!({
        SIGNATURE: signature.as_str().unwrap_or_default(),
        "dev.sigstore.cosign/certificate": certificate,
        "dev.sigstore.cosign/bundle": log.to_string(),
    })
}

#[test]
fn a_signature_of_cosign_by_an_identity_verifies() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let with = |payload: &Value, change: &dyn Fn(&mut Value)| {
        let house = House::new();
        let payload = payload.to_string();
        let bundle = authority
            .signer(IDENTITY, ISSUER, AT)
            .sign_blob(payload.as_bytes());
        let mut layer = house.blob(SIMPLE, payload.as_bytes());
        let mut annotations = beside(&bundle);
        change(&mut annotations);
        layer["annotations"] = annotations;
        house.tag(".sig", &[layer]);
        house
    };
    let payload = House::new().payload();
    let sound = with(&payload, &|_| {});
    assert_eq!(outcome(sound.verify_identity(IDENTITY, &root)), "verified");
    assert_eq!(
        outcome(sound.verify_identity("https://authority.test/other", &root)),
        "identity"
    );
    let mut other = payload.clone();
    other["critical"]["image"]["docker-manifest-digest"] =
        json!(format!("sha256:{}", Digest::of(b"other")));
    assert_eq!(
        outcome(with(&other, &|_| {}).verify_identity(IDENTITY, &root)),
        "artifact"
    );
    let moved = |annotations: &mut Value| {
        let log = annotations["dev.sigstore.cosign/bundle"].as_str().unwrap();
        let mut log: Value = serde_json::from_str(log).unwrap();
        log["Payload"]["integratedTime"] = json!(AT + 60);
        annotations["dev.sigstore.cosign/bundle"] = json!(log.to_string());
    };
    assert_ne!(
        outcome(with(&payload, &moved).verify_identity(IDENTITY, &root)),
        "verified"
    );
    let unlogged = |annotations: &mut Value| {
        annotations
            .as_object_mut()
            .unwrap()
            .remove("dev.sigstore.cosign/bundle");
    };
    assert_ne!(
        outcome(with(&payload, &unlogged).verify_identity(IDENTITY, &root)),
        "verified"
    );
    let replaced = |annotations: &mut Value| {
        annotations[SIGNATURE] =
            beside(&authority.signer(IDENTITY, ISSUER, AT).sign_blob(b"x"))[SIGNATURE].clone();
    };
    assert_ne!(
        outcome(with(&payload, &replaced).verify_identity(IDENTITY, &root)),
        "verified"
    );
}
