//! Changes to a bundle after it was signed, and bundles of older versions.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::Artifact;
use serde_json::{Value, json};

use super::{
    ARTIFACT, Content, ENTRY, Edit, by_key, entry, list, outcome, parsed, remove, request, sign,
    signer,
};
use crate::asked::material;
use crate::authority::{Authority, ManagedKey, Witnessed};

const STAMPS: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
const ENTRIES: &str = "/verificationMaterial/tlogEntries";
const FIRST: (Content, Witnessed) = (Content::Blob, Witnessed::FirstAndStamp);
const SECOND: (Content, Witnessed) = (Content::Blob, Witnessed::Second);

/// A form of bundle, a change to it, and the check that refuses it.
const CHANGES: [((Content, Witnessed), Edit, &str); 33] = [
    (
        FIRST,
        |one| entry(one)["integratedTime"] = json!("0"),
        "structure",
    ),
    (
        FIRST,
        |one| remove(entry(one), "integratedTime"),
        "structure",
    ),
    (
        FIRST,
        |one| entry(one)["integratedTime"] = json!("1709251260"),
        "transparency-log",
    ),
    (
        FIRST,
        |one| entry(one)["logIndex"] = json!("1"),
        "transparency-log",
    ),
    (
        FIRST,
        |one| entry(one)["inclusionProof"]["logIndex"] = json!("0"),
        "transparency-log",
    ),
    (
        FIRST,
        |one| entry(one)["inclusionProof"]["treeSize"] = json!("99"),
        "transparency-log",
    ),
    (
        FIRST,
        |one| remove(entry(one), "inclusionProof"),
        "structure",
    ),
    (
        FIRST,
        |one| remove(&mut entry(one)["inclusionProof"], "checkpoint"),
        "structure",
    ),
    (
        FIRST,
        |one| entry(one)["kindVersion"]["kind"] = json!("rekord"),
        "transparency-log",
    ),
    (
        FIRST,
        |one| entry(one)["kindVersion"]["version"] = json!("0.0.3"),
        "transparency-log",
    ),
    // An entry of the second kind has no promise.
    (
        FIRST,
        |one| entry(one)["kindVersion"]["version"] = json!("0.0.2"),
        "structure",
    ),
    (
        SECOND,
        |one| entry(one)["kindVersion"]["version"] = json!("0.0.1"),
        "transparency-log",
    ),
    (
        SECOND,
        |one| entry(one)["logIndex"] = json!("1"),
        "transparency-log",
    ),
    (
        SECOND,
        |one| entry(one)["logId"]["keyId"] = json!("AAAA"),
        "transparency-log",
    ),
    (
        SECOND,
        |one| *list(one, ENTRIES) = Vec::new(),
        "transparency-log",
    ),
    (SECOND, |one| *list(one, STAMPS) = Vec::new(), "timestamp"),
    (
        SECOND,
        |one| *list(one, STAMPS) = vec![list(one, STAMPS)[0].clone(); 2],
        "timestamp",
    ),
    (
        SECOND,
        |one| *list(one, STAMPS) = vec![list(one, STAMPS)[0].clone(); 33],
        "timestamp",
    ),
    (
        FIRST,
        |one| *list(one, ENTRIES) = vec![list(one, ENTRIES)[0].clone(); 2],
        "structure",
    ),
    (
        FIRST,
        |one| *list(one, ENTRIES) = vec![list(one, ENTRIES)[0].clone(); 33],
        "structure",
    ),
    (
        FIRST,
        |one| {
            let checkpoint = &mut entry(one)["inclusionProof"]["checkpoint"]["envelope"];
            *checkpoint = json!(format!("{}\nmore\n", checkpoint.as_str().unwrap()));
        },
        "transparency-log",
    ),
    (
        FIRST,
        |one| {
            let media_type = "application/vnd.dev.sigstore.bundle+json;version=0.1";
            one["mediaType"] = json!(media_type);
        },
        "structure",
    ),
    (
        FIRST,
        |one| {
            // The right digest by another algorithm than the one that was signed.
            let digest = hex::decode(Algorithm::Sha512.hex_of(ARTIFACT)).unwrap();
            one["messageSignature"]["messageDigest"] =
                json!({ "algorithm": "SHA2_512", "digest": BASE64_STANDARD.encode(digest) });
        },
        "signature",
    ),
    (
        FIRST,
        |one| one["messageSignature"]["messageDigest"]["algorithm"] = json!("SHA1"),
        "algorithm",
    ),
    (FIRST, |one| one["more"] = json!(1), "bundle-malformed"),
    (
        FIRST,
        |one| entry(one)["more"] = json!(1),
        "bundle-malformed",
    ),
    (
        FIRST,
        |one| one["mediaType"] = json!("text/plain"),
        "bundle-malformed",
    ),
    (FIRST, |one| remove(one, "mediaType"), "bundle-malformed"),
    (
        FIRST,
        |one| remove(one, "messageSignature"),
        "bundle-malformed",
    ),
    (
        FIRST,
        |one| one["verificationMaterial"]["publicKey"] = json!({ "hint": "" }),
        "bundle-malformed",
    ),
    (
        FIRST,
        |one| entry(one)["logIndex"] = json!(-1),
        "bundle-malformed",
    ),
    (
        FIRST,
        |one| one["messageSignature"]["signature"] = json!("not base64"),
        "bundle-malformed",
    ),
    (
        FIRST,
        |one| {
            let envelope = json!({ "payload": "e30=", "payloadType": "x", "signatures": [] });
            one["dsseEnvelope"] = envelope;
        },
        "bundle-malformed",
    ),
];

#[test]
fn every_change_to_a_bundle_is_refused_by_its_check() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for (index, (form, edit, expected)) in CHANGES.into_iter().enumerate() {
        let mut bundle = parsed(&sign(signer(&authority), form));
        edit(&mut bundle);
        let found = outcome(&request(&bundle.to_string(), &root));
        assert_eq!(found, expected, "change {index}");
    }
    let bundle = sign(signer(&authority), FIRST);
    for (broken, expected) in [
        (
            bundle.replacen('{', "{\"mediaType\": \"x\",", 1),
            "json-duplicate-member",
        ),
        (format!("{bundle}{{}}"), "json-syntax"),
    ] {
        assert_eq!(outcome(&request(&broken, &root)), expected);
    }
}

#[test]
fn copies_in_a_proof_of_the_second_log_may_be_left_out_but_not_contradict() {
    // The second Rekor vouches for index and checkpoint; the proof's own copies are not used (Rekor v2).
    let authority = Authority::new();
    let root = authority.trusted_root();
    let whole = parsed(&sign(
        signer(&authority),
        (Content::Blob, Witnessed::Second),
    ));
    let other_root = BASE64_STANDARD.encode([7; 32]);
    let mut bundle = whole.clone();
    for (copy, another) in [
        ("logIndex", json!("0")),
        ("treeSize", json!("0")),
        ("rootHash", json!(other_root)),
    ] {
        let mut contradicting = whole.clone();
        entry(&mut contradicting)["inclusionProof"][copy] = another;
        let found = outcome(&request(&contradicting.to_string(), &root));
        assert_eq!(found, "transparency-log", "{copy}");
        remove(&mut entry(&mut bundle)["inclusionProof"], copy);
        assert_eq!(outcome(&request(&bundle.to_string(), &root)), "verified");
    }
}

#[test]
fn a_bundle_of_version_01_needs_the_promise_and_no_proof() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for content in [Content::Blob, Content::Statement] {
        let whole = sign(
            signer(&authority).bringing_chain(),
            (content, Witnessed::First),
        );
        let mut bundle = parsed(&whole);
        bundle["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.1");
        assert_eq!(outcome(&request(&bundle.to_string(), &root)), "verified");
        for without in ["/inclusionProof/checkpoint", "/inclusionProof"] {
            let (holder, key) = without.rsplit_once('/').unwrap();
            remove(entry(&mut bundle).pointer_mut(holder).unwrap(), key);
            let text = bundle.to_string();
            let verification = verify_signature(&request(&text, &root)).unwrap();
            assert!(verification.verified, "{without}: {verification:?}");
            let warned = verification
                .warnings
                .iter()
                .any(|one| one.contains("promised"));
            assert!(warned, "{without}");
        }
        remove(entry(&mut bundle), "inclusionPromise");
        assert_eq!(outcome(&request(&bundle.to_string(), &root)), "structure");
    }
}

#[test]
fn the_bundle_that_cosign_wrote_before_is_read_as_version_01() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    let form = (Content::Blob, Witnessed::First);
    let older = |bundle: &str| {
        let bundle = parsed(bundle);
        let entry = bundle.pointer(ENTRY).unwrap();
        let body = BASE64_STANDARD
            .decode(entry["canonicalizedBody"].as_str().unwrap())
            .unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let log_id = BASE64_STANDARD
            .decode(entry["logId"]["keyId"].as_str().unwrap())
            .unwrap();
        let number = |key: &str| entry[key].as_str().unwrap().parse::<u64>().unwrap();
        json!({
            "base64Signature": bundle["messageSignature"]["signature"],
            "cert": body["spec"]["signature"]["publicKey"]["content"],
            "rekorBundle": {
                "SignedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
                "Payload": {
                    "body": entry["canonicalizedBody"],
                    "integratedTime": number("integratedTime"),
                    "logIndex": number("logIndex"),
                    "logID": hex::encode(log_id),
                },
            },
        })
    };
    let named = older(&sign(signer(&authority), form));
    let bare = older(&sign(signer(&authority).with_key(&key), form));
    assert_eq!(outcome(&request(&named.to_string(), &root)), "verified");
    assert_eq!(
        outcome(&by_key(&bare.to_string(), &root, &public)),
        "verified"
    );
    let other = SignatureRequest {
        artifact: Artifact::of_bytes(b"another archive"),
        ..request("", &root)
    };
    let text = named.to_string();
    let other = SignatureRequest {
        signature: Some(material("bundle", text.as_bytes())),
        ..other
    };
    assert_eq!(outcome(&other), "signature");
    let edits: [(Edit, &str); 5] = [
        (
            |one| one["rekorBundle"]["Payload"]["integratedTime"] = json!(1),
            "transparency-log",
        ),
        (
            |one| one["rekorBundle"]["Payload"]["logIndex"] = json!(1),
            "transparency-log",
        ),
        (
            |one| one["rekorBundle"]["Payload"]["logID"] = json!("x"),
            "bundle-malformed",
        ),
        (|one| remove(one, "rekorBundle"), "bundle-malformed"),
        (|one| one["cert"] = json!(""), "identity"),
    ];
    for (edit, expected) in edits {
        let mut broken = named.clone();
        edit(&mut broken);
        assert_eq!(outcome(&request(&broken.to_string(), &root)), expected);
    }
}
