//! Sigstore bundles of every form under our own authority: what is whole verifies, and each single fault is
//! refused by the check that it fails, by our own steps and not by the second verifier behind them.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::Refused;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::{Artifact, Expected, Kind, Verification, WitnessKind};
use serde_json::{Value, json};

use crate::asked::{material, now};
use crate::authority::{
    Authority, ChainFault, Fault, ManagedKey, Signer, StampFault, Witnessed, provenance,
};
use crate::seeded::Seeded;

const ARTIFACT: &[u8] = b"the delivered archive";
const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
const ISSUER: &str = "https://accounts.authority.test";
/// 2024-03-01T00:00:00Z.
const AT: i64 = 1_709_251_200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Blob,
    Statement,
}

/// Every form of bundle: what is signed, and who witnesses it.
const FORMS: [(Content, Witnessed); 7] = [
    (Content::Blob, Witnessed::First),
    (Content::Blob, Witnessed::Second),
    (Content::Blob, Witnessed::FirstAndStamp),
    (Content::Statement, Witnessed::First),
    (Content::Statement, Witnessed::Second),
    (Content::Statement, Witnessed::SecondDsse),
    (Content::Statement, Witnessed::FirstAndStamp),
];

fn is_first((_, witnessed): (Content, Witnessed)) -> bool {
    matches!(witnessed, Witnessed::First | Witnessed::FirstAndStamp)
}

fn is_stamped((_, witnessed): (Content, Witnessed)) -> bool {
    !matches!(witnessed, Witnessed::First | Witnessed::Nobody)
}

fn is_statement((content, _): (Content, Witnessed)) -> bool {
    content == Content::Statement
}

fn signer(authority: &Authority) -> Signer<'_> {
    authority.signer(IDENTITY, ISSUER, AT)
}

fn sign(signer: Signer<'_>, (content, witnessed): (Content, Witnessed)) -> String {
    let signer = signer.witnessed(witnessed);
    match content {
        Content::Blob => signer.sign_blob(ARTIFACT),
        Content::Statement => {
            signer.sign_statement(&provenance("archive", ARTIFACT, "https://b.test", "git+x"))
        }
    }
}

fn request<'a>(bundle: &'a str, root: &'a str) -> SignatureRequest<'a> {
    SignatureRequest {
        signature: Some(material("bundle", bundle.as_bytes())),
        kind: Some(Kind::Sigstore),
        trusted_root: Some(material("root", root.as_bytes())),
        identity: Some(Expected::Exact(IDENTITY.to_owned())),
        issuer: Some(Expected::Exact(ISSUER.to_owned())),
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    }
}

fn by_key<'a>(bundle: &'a str, root: &'a str, key: &'a str) -> SignatureRequest<'a> {
    SignatureRequest {
        keys: vec![material("key", key.as_bytes())],
        identity: None,
        issuer: None,
        ..request(bundle, root)
    }
}

/// `verified`, the check that refused, or the code of the error; never a refusal by the second verifier alone.
fn outcome(request: &SignatureRequest<'_>) -> String {
    told(verify_signature(request))
}

fn told(outcome: Result<Verification, Refused>) -> String {
    match outcome {
        Ok(verification) if verification.verified => "verified".to_owned(),
        Ok(verification) => {
            let check = verification.refusal().expect("a refusal names its check");
            assert!(!check.detail.starts_with("the second"), "{check:?}");
            assert!(verification.signer.identity.is_none() && verification.witnesses.is_empty());
            check.name.word().to_owned()
        }
        Err(refused) => refused.0[0].code.to_owned(),
    }
}

fn parsed(bundle: &str) -> Value {
    serde_json::from_str(bundle).expect("it is JSON")
}

#[test]
fn every_form_of_bundle_verifies_and_names_its_witnesses() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    for form in FORMS {
        let bundles = [
            (sign(signer(&authority), form), false),
            (sign(signer(&authority).bringing_chain(), form), false),
            (sign(signer(&authority).with_key(&key), form), true),
        ];
        for (bundle, bare) in &bundles {
            let request = if *bare {
                by_key(bundle, &root, &public)
            } else {
                request(bundle, &root)
            };
            let verification = verify_signature(&request).expect("it can be judged");
            assert!(verification.verified, "{form:?} {bare}: {verification:?}");
            let signer = &verification.signer;
            assert_eq!(signer.identity.is_some(), !bare);
            assert_eq!(signer.certificate_sha256.is_some(), !bare);
            assert!(signer.key_sha256.is_some() && signer.strength.is_some());
            assert_eq!(signer.times, ["2024-03-01T00:00:00Z"], "{form:?}");
            let named = |kind| {
                let mut found = verification
                    .witnesses
                    .iter()
                    .filter(move |one| one.kind == kind);
                found
                    .next()
                    .map(|one| (one.name.as_str(), one.entry.is_some(), one.at.is_some()))
            };
            let log = if is_first(form) {
                "https://rekor.authority.test"
            } else {
                "https://log2024.authority.test"
            };
            assert_eq!(
                named(WitnessKind::TransparencyLog),
                Some((log, true, is_first(form)))
            );
            let stamp = is_stamped(form).then_some(("https://stamp.authority.test", false, true));
            assert_eq!(named(WitnessKind::TimestampAuthority), stamp);
            // Only a log entry of a kind that the second verifier does not know is left to us alone.
            let left = verification
                .warnings
                .iter()
                .any(|one| one.contains("second verifier"));
            assert_eq!(left, form.1 == Witnessed::SecondDsse && *bare, "{form:?}");
        }
    }
}

#[test]
fn a_user_name_is_an_identity_too() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for identity in ["builder!authority.test", "release@authority.test"] {
        let bundle = authority.signer(identity, ISSUER, AT).sign_blob(ARTIFACT);
        let expecting = |expected: &str| SignatureRequest {
            identity: Some(Expected::Exact(expected.to_owned())),
            ..request(&bundle, &root)
        };
        assert_eq!(outcome(&expecting(identity)), "verified");
        assert_eq!(outcome(&expecting("builder@authority.test")), "identity");
    }
}

#[test]
fn every_fault_is_refused_by_its_check_in_every_form() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    let log = "transparency-log";
    // Whether the fault has to do with the certificate, in which forms it can be, and what refuses it.
    type Forms = fn((Content, Witnessed)) -> bool;
    let all: Forms = |_| true;
    let second: Forms = |form| !is_first(form);
    let cases: [(Fault, bool, Forms, &str); 25] = [
        (Fault::UntrustedCertificate, true, all, "certificate-chain"),
        (Fault::WrongSct, true, all, "certificate-transparency"),
        (Fault::SctForOther, true, all, "certificate-transparency"),
        (Fault::NoSct, true, all, "certificate-transparency"),
        (Fault::OtherUsage, true, all, "certificate-usage"),
        (Fault::NoUsage, true, all, "certificate-usage"),
        (Fault::NoDigitalSignature, true, all, "certificate-usage"),
        (Fault::LeafIsAuthority, true, all, "certificate-usage"),
        (Fault::TwoNames, true, all, "identity"),
        (Fault::NoName, true, all, "identity"),
        (Fault::TwoIssuers, true, all, "issuer"),
        (Fault::NoIssuer, true, all, "issuer"),
        (
            Fault::IntegratedTimeOutsideCertificate,
            true,
            is_first,
            "certificate-validity",
        ),
        (Fault::BadInclusionProof, false, all, log),
        (Fault::ProofForOtherEntry, false, all, log),
        (Fault::BadCheckpointSignature, false, all, log),
        (Fault::CheckpointByOtherLog, false, all, log),
        (Fault::BadPromise, false, is_first, log),
        (Fault::SignatureOverOtherBytes, false, all, "signature"),
        (Fault::LogEntryForOtherArtifact, false, all, log),
        (Fault::LogEntryForOtherSignature, false, all, log),
        (Fault::LogEntryByOtherSigner, false, all, log),
        (Fault::LoggedAlgorithm, false, second, log),
        (Fault::ExtraSignature, false, is_statement, "structure"),
        (Fault::OtherPayloadType, false, is_statement, "content-type"),
    ];
    let mut tried = 0;
    for (fault, of_certificate, forms, expected) in cases {
        for form in FORMS.into_iter().filter(|form| forms(*form)) {
            let bundle = sign(signer(&authority).with_fault(fault), form);
            let found = outcome(&request(&bundle, &root));
            assert_eq!(found, expected, "{fault:?} in {form:?}");
            tried += 1;
            if !of_certificate {
                let bundle = sign(signer(&authority).with_key(&key).with_fault(fault), form);
                let found = outcome(&by_key(&bundle, &root, &public));
                assert_eq!(found, expected, "{fault:?} in {form:?} under a key");
            }
        }
    }
    for form in FORMS.into_iter().filter(|form| is_statement(*form)) {
        let bundle = sign(
            signer(&authority).with_fault(Fault::PayloadTypeConfused),
            form,
        );
        assert_eq!(outcome(&request(&bundle, &root)), "signature", "{form:?}");
    }
    assert!(tried > 120, "{tried}");
}

#[test]
fn every_fault_of_an_intermediate_certificate_is_refused() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for (fault, expected) in [
        (ChainFault::Truncated, "certificate-chain"),
        (ChainFault::Expired, "certificate-validity"),
        (ChainFault::NoAuthority, "certificate-chain"),
        (ChainFault::MayNotIssue, "certificate-chain"),
        (ChainFault::NameConstraints, "certificate-chain"),
        (ChainFault::OtherUsage, "certificate-usage"),
    ] {
        for form in FORMS {
            let bundle = sign(signer(&authority).with_fault(Fault::Chain(fault)), form);
            assert_eq!(
                outcome(&request(&bundle, &root)),
                expected,
                "{fault:?} in {form:?}"
            );
        }
    }
}

#[test]
fn every_fault_of_a_timestamp_is_refused() {
    let key = ManagedKey::new();
    let public = key.public();
    for fault in [
        StampFault::OverOtherBytes,
        StampFault::WeakDigest,
        StampFault::BadSignature,
        StampFault::OtherContent,
        StampFault::OtherContentType,
        StampFault::OtherCertificate,
        StampFault::Stranger,
        StampFault::NotGranted,
        StampFault::NoUsage,
        StampFault::UsageNotCritical,
        StampFault::FurtherUsage,
        StampFault::OtherUsage,
        StampFault::Expired,
        StampFault::BadChain,
    ] {
        let authority = Authority::with_stamps(Some(fault));
        let root = authority.trusted_root();
        for form in FORMS.into_iter().filter(|form| is_stamped(*form)) {
            let faulty = || signer(&authority).with_fault(Fault::Stamp(fault));
            let bundle = sign(faulty(), form);
            assert_eq!(
                outcome(&request(&bundle, &root)),
                "timestamp",
                "{fault:?} in {form:?}"
            );
            let bundle = sign(faulty().with_key(&key), form);
            assert_eq!(
                outcome(&by_key(&bundle, &root, &public)),
                "timestamp",
                "{fault:?}"
            );
        }
    }
}

/// One change to a bundle in JSON.
type Edit = fn(&mut Value);

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

fn entry(bundle: &mut Value) -> &mut Value {
    bundle.pointer_mut(ENTRY).expect("there is an entry")
}

fn list<'a>(bundle: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    let list = bundle.pointer_mut(pointer).and_then(Value::as_array_mut);
    list.expect("there is a list")
}

fn remove(holder: &mut Value, key: &str) {
    holder
        .as_object_mut()
        .expect("an object")
        .remove(key)
        .expect("it is there");
}

#[test]
fn every_change_to_a_bundle_is_refused_by_its_check() {
    const STAMPS: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
    const ENTRIES: &str = "/verificationMaterial/tlogEntries";
    let first = (Content::Blob, Witnessed::FirstAndStamp);
    let second = (Content::Blob, Witnessed::Second);
    let cases: [((Content, Witnessed), Edit, &str); 33] = [
        (
            first,
            |one| entry(one)["integratedTime"] = json!("0"),
            "structure",
        ),
        (
            first,
            |one| remove(entry(one), "integratedTime"),
            "structure",
        ),
        (
            first,
            |one| entry(one)["integratedTime"] = json!("1709251260"),
            "transparency-log",
        ),
        (
            first,
            |one| entry(one)["logIndex"] = json!("1"),
            "transparency-log",
        ),
        (
            first,
            |one| entry(one)["inclusionProof"]["logIndex"] = json!("0"),
            "transparency-log",
        ),
        (
            first,
            |one| entry(one)["inclusionProof"]["treeSize"] = json!("99"),
            "transparency-log",
        ),
        (
            first,
            |one| remove(entry(one), "inclusionProof"),
            "structure",
        ),
        (
            first,
            |one| remove(&mut entry(one)["inclusionProof"], "checkpoint"),
            "structure",
        ),
        (
            first,
            |one| entry(one)["kindVersion"]["kind"] = json!("rekord"),
            "transparency-log",
        ),
        (
            first,
            |one| entry(one)["kindVersion"]["version"] = json!("0.0.3"),
            "transparency-log",
        ),
        // An entry of the second kind has no promise.
        (
            first,
            |one| entry(one)["kindVersion"]["version"] = json!("0.0.2"),
            "structure",
        ),
        (
            second,
            |one| entry(one)["kindVersion"]["version"] = json!("0.0.1"),
            "transparency-log",
        ),
        (
            second,
            |one| entry(one)["logIndex"] = json!("1"),
            "transparency-log",
        ),
        (
            second,
            |one| entry(one)["logId"]["keyId"] = json!("AAAA"),
            "transparency-log",
        ),
        (
            second,
            |one| *list(one, ENTRIES) = Vec::new(),
            "transparency-log",
        ),
        (second, |one| *list(one, STAMPS) = Vec::new(), "timestamp"),
        (
            second,
            |one| *list(one, STAMPS) = vec![list(one, STAMPS)[0].clone(); 2],
            "timestamp",
        ),
        (
            second,
            |one| *list(one, STAMPS) = vec![list(one, STAMPS)[0].clone(); 33],
            "timestamp",
        ),
        (
            first,
            |one| *list(one, ENTRIES) = vec![list(one, ENTRIES)[0].clone(); 2],
            "structure",
        ),
        (
            first,
            |one| *list(one, ENTRIES) = vec![list(one, ENTRIES)[0].clone(); 33],
            "structure",
        ),
        (
            first,
            |one| {
                let checkpoint = &mut entry(one)["inclusionProof"]["checkpoint"]["envelope"];
                *checkpoint = json!(format!("{}\nmore\n", checkpoint.as_str().unwrap()));
            },
            "transparency-log",
        ),
        (
            first,
            |one| {
                let media_type = "application/vnd.dev.sigstore.bundle+json;version=0.1";
                one["mediaType"] = json!(media_type);
            },
            "structure",
        ),
        (
            first,
            |one| {
                // The right digest by another algorithm than the one that was signed.
                let digest = hex::decode(Algorithm::Sha512.hex_of(ARTIFACT)).unwrap();
                one["messageSignature"]["messageDigest"] =
                    json!({ "algorithm": "SHA2_512", "digest": BASE64_STANDARD.encode(digest) });
            },
            "signature",
        ),
        (
            first,
            |one| one["messageSignature"]["messageDigest"]["algorithm"] = json!("SHA1"),
            "algorithm",
        ),
        (first, |one| one["more"] = json!(1), "bundle-malformed"),
        (
            first,
            |one| entry(one)["more"] = json!(1),
            "bundle-malformed",
        ),
        (
            first,
            |one| one["mediaType"] = json!("text/plain"),
            "bundle-malformed",
        ),
        (first, |one| remove(one, "mediaType"), "bundle-malformed"),
        (
            first,
            |one| remove(one, "messageSignature"),
            "bundle-malformed",
        ),
        (
            first,
            |one| one["verificationMaterial"]["publicKey"] = json!({ "hint": "" }),
            "bundle-malformed",
        ),
        (
            first,
            |one| entry(one)["logIndex"] = json!(-1),
            "bundle-malformed",
        ),
        (
            first,
            |one| one["messageSignature"]["signature"] = json!("not base64"),
            "bundle-malformed",
        ),
        (
            first,
            |one| {
                let envelope = json!({ "payload": "e30=", "payloadType": "x", "signatures": [] });
                one["dsseEnvelope"] = envelope;
            },
            "bundle-malformed",
        ),
    ];
    let authority = Authority::new();
    let root = authority.trusted_root();
    for (index, (form, edit, expected)) in cases.into_iter().enumerate() {
        let mut bundle = parsed(&sign(signer(&authority), form));
        edit(&mut bundle);
        let found = outcome(&request(&bundle.to_string(), &root));
        assert_eq!(found, expected, "change {index}");
    }
    let bundle = sign(signer(&authority), first);
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
fn copies_in_a_proof_of_the_second_log_mean_nothing() {
    // The second Rekor vouches for index and checkpoint; the proof's own copies are not used (Rekor v2).
    let authority = Authority::new();
    let root = authority.trusted_root();
    let mut bundle = parsed(&sign(
        signer(&authority),
        (Content::Blob, Witnessed::Second),
    ));
    for copy in ["logIndex", "treeSize", "rootHash"] {
        remove(&mut entry(&mut bundle)["inclusionProof"], copy);
    }
    assert_eq!(outcome(&request(&bundle.to_string(), &root)), "verified");
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

#[test]
fn nothing_is_signed_after_the_time_of_judgment() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    for form in FORMS {
        let named = sign(signer(&authority), form);
        let bare = sign(signer(&authority).with_key(&key), form);
        for request in [request(&named, &root), by_key(&bare, &root, &public)] {
            for (second, expected) in [(AT - 1, "timestamp"), (AT, "verified")] {
                let at = mekiki::time::Timestamp::from_second(second).unwrap();
                let request = SignatureRequest {
                    at,
                    ..request.clone()
                };
                assert_eq!(outcome(&request), expected, "{form:?}");
            }
        }
    }
}

#[test]
fn the_windows_of_the_trusted_root_are_kept() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in FORMS {
        let bundle = sign(signer(&authority), form);
        let log = if is_first(form) {
            "/tlogs/0/publicKey"
        } else {
            "/tlogs/1/publicKey"
        };
        for (holder, expected) in [
            ("/certificateAuthorities/0", "certificate-chain"),
            ("/ctlogs/0/publicKey", "certificate-transparency"),
            (log, "transparency-log"),
            ("/timestampAuthorities/0", "timestamp"),
        ] {
            if expected == "timestamp" && !is_stamped(form) {
                continue;
            }
            for (start, end, inside) in [
                ("2020-01-01T00:00:00Z", "2024-02-29T23:59:59Z", false),
                ("2024-03-01T00:00:01Z", "2040-01-01T00:00:00Z", false),
                ("2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", true),
            ] {
                let mut root = parsed(&root);
                let holder = root.pointer_mut(holder).unwrap();
                holder["validFor"] = json!({ "start": start, "end": end });
                let found = outcome(&request(&bundle, &root.to_string()));
                let expected = if inside { "verified" } else { expected };
                assert_eq!(found, expected, "{form:?} {start} {end}");
            }
        }
    }
}

#[test]
fn what_is_required_follows_from_the_trusted_root() {
    let authority = Authority::new();
    let key = ManagedKey::new();
    let public = key.public();
    let whole = authority.trusted_root();
    let without = |list: &str| {
        let mut root = parsed(&whole);
        root[list] = json!([]);
        root.to_string()
    };
    let stamped = (Content::Blob, Witnessed::Second);
    let mut unlogged = parsed(&sign(signer(&authority), stamped));
    *list(&mut unlogged, "/verificationMaterial/tlogEntries") = Vec::new();
    let unlogged = unlogged.to_string();
    assert_eq!(outcome(&request(&unlogged, &whole)), "transparency-log");
    assert_eq!(outcome(&request(&unlogged, &without("tlogs"))), "verified");
    // What a bundle carries must verify, required or not.
    let logged = sign(signer(&authority), stamped);
    assert_eq!(
        outcome(&request(&logged, &without("tlogs"))),
        "transparency-log"
    );
    let unpublished = sign(signer(&authority).with_fault(Fault::NoSct), stamped);
    assert_eq!(
        outcome(&request(&unpublished, &whole)),
        "certificate-transparency"
    );
    assert_eq!(
        outcome(&request(&unpublished, &without("ctlogs"))),
        "verified"
    );
    assert_eq!(
        outcome(&request(&logged, &without("ctlogs"))),
        "certificate-transparency"
    );
    // Under a bare key nobody needs to vouch for the time.
    let bare = sign(
        signer(&authority).with_key(&key),
        (Content::Blob, Witnessed::Nobody),
    );
    assert_eq!(outcome(&by_key(&bare, &whole, &public)), "transparency-log");
    assert_eq!(
        outcome(&by_key(&bare, &without("tlogs"), &public)),
        "verified"
    );
    let named = sign(signer(&authority), (Content::Blob, Witnessed::Nobody));
    assert_eq!(outcome(&request(&named, &without("tlogs"))), "timestamp");
}

#[test]
fn a_trusted_root_that_is_not_whole_is_refused() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = sign(signer(&authority), FORMS[0]);
    let edits: [Edit; 11] = [
        |one| one["mediaType"] = json!("text/plain"),
        |one| one["more"] = json!([]),
        |one| one["tlogs"][0]["more"] = json!([]),
        |one| one["tlogs"][0]["hashAlgorithm"] = json!("SHA2_512"),
        |one| one["tlogs"][0]["publicKey"]["keyDetails"] = json!("PKIX_ED25519"),
        |one| one["tlogs"][1] = one["tlogs"][0].clone(),
        |one| one["ctlogs"][0]["publicKey"]["rawBytes"] = json!("AAAA"),
        |one| *list(one, "/certificateAuthorities/0/certChain/certificates") = Vec::new(),
        // The chain ends at the intermediate certificate.
        |one| {
            list(one, "/certificateAuthorities/0/certChain/certificates").truncate(1);
        },
        // The certificate of a timestamp authority issues nothing.
        |one| {
            let chain = one["timestampAuthorities"][0]["certChain"].clone();
            one["certificateAuthorities"][0]["certChain"] = chain;
        },
        |one| {
            let window = json!({ "start": "2024-01-02T00:00:00Z", "end": "2024-01-01T00:00:00Z" });
            one["certificateAuthorities"][0]["validFor"] = window;
        },
    ];
    for (index, edit) in edits.into_iter().enumerate() {
        let mut root = parsed(&root);
        edit(&mut root);
        let found = outcome(&request(&bundle, &root.to_string()));
        assert_eq!(found, "trusted-root-malformed", "change {index}");
    }
    let repeated = root.replacen('{', "{\"mediaType\": \"x\",", 1);
    assert_eq!(
        outcome(&request(&bundle, &repeated)),
        "json-duplicate-member"
    );
    // A trust configuration holds a trusted root; where to sign does not matter here.
    let configuration = json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": parsed(&root),
        "signingConfig": { "anything": 1 },
    });
    assert_eq!(
        outcome(&request(&bundle, &configuration.to_string())),
        "verified"
    );
}

#[test]
fn the_signer_must_be_expected_in_full() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let (public, other) = (key.public(), ManagedKey::new().public());
    for form in FORMS {
        let named = sign(signer(&authority), form);
        let bare = sign(signer(&authority).with_key(&key), form);
        let good = request(&named, &root);
        let under_key = by_key(&bare, &root, &public);
        let pattern = |text: &str| Some(Expected::pattern(text).unwrap());
        let cases = [
            (
                SignatureRequest {
                    identity: pattern(r"https://authority\.test/.*"),
                    ..good.clone()
                },
                "verified",
            ),
            (
                SignatureRequest {
                    issuer: pattern(r"https://accounts\..*"),
                    ..good.clone()
                },
                "verified",
            ),
            (
                SignatureRequest {
                    identity: pattern(r"https://authority\.test"),
                    ..good.clone()
                },
                "identity",
            ),
            (
                SignatureRequest {
                    identity: pattern("release"),
                    ..good.clone()
                },
                "identity",
            ),
            (
                SignatureRequest {
                    issuer: pattern("accounts"),
                    ..good.clone()
                },
                "issuer",
            ),
            (
                SignatureRequest {
                    issuer: None,
                    ..good.clone()
                },
                "signer-missing",
            ),
            (
                SignatureRequest {
                    identity: None,
                    ..good.clone()
                },
                "signer-missing",
            ),
            (
                SignatureRequest {
                    identity: None,
                    issuer: None,
                    ..good.clone()
                },
                "signer-missing",
            ),
            (
                SignatureRequest {
                    keys: under_key.keys.clone(),
                    ..good.clone()
                },
                "expectation-unprovable",
            ),
            (
                SignatureRequest {
                    threshold: 2,
                    ..good.clone()
                },
                "expectation-unprovable",
            ),
            (
                SignatureRequest {
                    namespace: Some("file"),
                    ..good.clone()
                },
                "expectation-unprovable",
            ),
            (
                SignatureRequest {
                    anchors: under_key.keys.clone(),
                    ..good.clone()
                },
                "expectation-unprovable",
            ),
            (by_key(&named, &root, &public), "key"),
            (request(&bare, &root), "identity"),
            (by_key(&bare, &root, &other), "signature"),
            (by_key(&bare, &root, "no key"), "key-malformed"),
            (
                SignatureRequest {
                    keys: [&other, &public]
                        .map(|one| material("key", one.as_bytes()))
                        .to_vec(),
                    ..under_key.clone()
                },
                "verified",
            ),
        ];
        for (index, (request, expected)) in cases.iter().enumerate() {
            assert_eq!(outcome(request), *expected, "case {index} of {form:?}");
        }
    }
}

#[test]
fn a_statement_is_about_the_artifact_by_its_digests() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let digest = |algorithm: Algorithm| json!(algorithm.hex_of(ARTIFACT));
    let (sha256, sha512) = (digest(Algorithm::Sha256), digest(Algorithm::Sha512));
    let statement = |subject: Value| {
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": "https://example.test/p/v1",
            "predicate": {},
        })
    };
    let of = |digests: Value| json!([{ "name": "archive", "digest": digests }]);
    let zeros = "0".repeat(64);
    let (bytes, short, long) = (
        Artifact::of_bytes(ARTIFACT),
        Artifact::of_digests([(Algorithm::Sha256, Algorithm::Sha256.hex_of(ARTIFACT))]),
        Artifact::of_digests([(Algorithm::Sha512, Algorithm::Sha512.hex_of(ARTIFACT))]),
    );
    let mut typeless = statement(of(json!({ "sha256": sha256 })));
    typeless["_type"] = json!("https://in-toto.io/Statement/v9");
    let mut without_predicate = statement(of(json!({ "sha256": sha256 })));
    remove(&mut without_predicate, "predicateType");
    for (statement, artifact, expected) in [
        (
            statement(of(json!({ "sha256": sha256 }))),
            &bytes,
            "verified",
        ),
        (
            statement(of(json!({ "sha256": sha256 }))),
            &short,
            "verified",
        ),
        (
            statement(of(json!({ "sha256": sha256 }))),
            &long,
            "artifact-missing",
        ),
        (
            statement(of(json!({ "sha512": sha512 }))),
            &bytes,
            "verified",
        ),
        (
            statement(of(json!({ "sha512": sha512 }))),
            &long,
            "verified",
        ),
        (
            statement(of(json!({ "sha512": sha512 }))),
            &short,
            "artifact-missing",
        ),
        (
            statement(of(json!({ "sha384": digest(Algorithm::Sha384) }))),
            &bytes,
            "verified",
        ),
        (
            statement(of(json!({ "sha256": sha256, "sha512": zeros }))),
            &bytes,
            "subject",
        ),
        (
            statement(of(json!({ "sha256": zeros, "sha512": sha512 }))),
            &bytes,
            "subject",
        ),
        (statement(of(json!({ "sha256": zeros }))), &bytes, "subject"),
        (
            statement(of(json!({ "sha1": Algorithm::Sha1.hex_of(ARTIFACT) }))),
            &bytes,
            "algorithm",
        ),
        (statement(of(json!({}))), &bytes, "algorithm"),
        (
            statement(json!([
                { "name": "other", "digest": { "sha256": zeros } },
                { "name": "archive", "digest": { "sha256": sha256 } },
            ])),
            &bytes,
            "verified",
        ),
        (statement(json!([])), &bytes, "statement"),
        (typeless, &bytes, "statement"),
        (without_predicate, &bytes, "statement"),
        (json!([]), &bytes, "statement"),
    ] {
        for witnessed in [Witnessed::First, Witnessed::Second, Witnessed::SecondDsse] {
            let bundle = signer(&authority)
                .witnessed(witnessed)
                .sign_statement(&statement);
            let request = SignatureRequest {
                artifact: artifact.clone(),
                ..request(&bundle, &root)
            };
            assert_eq!(outcome(&request), expected, "{witnessed:?} {statement}");
        }
    }
    let repeated = statement(of(json!({ "sha256": sha256 }))).to_string();
    for payload in [
        repeated.replacen('{', "{\"subject\":[],", 1).into_bytes(),
        b"no JSON".to_vec(),
    ] {
        let bundle = signer(&authority).sign_payload(&payload);
        assert_eq!(outcome(&request(&bundle, &root)), "statement");
    }
}

#[test]
fn a_digest_that_is_not_at_hand_is_never_guessed() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = signer(&authority).sign_blob(ARTIFACT);
    for (algorithm, expected) in [
        (Algorithm::Sha256, "verified"),
        (Algorithm::Sha384, "artifact-missing"),
        (Algorithm::Sha512, "artifact-missing"),
    ] {
        let artifact = Artifact::of_digests([(algorithm, algorithm.hex_of(ARTIFACT))]);
        let request = SignatureRequest {
            artifact,
            ..request(&bundle, &root)
        };
        assert_eq!(outcome(&request), expected, "{algorithm:?}");
    }
}

/// The JSON pointers to every text in base64 below `value`.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                places(member, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::String(_) => found.push(pointer.to_owned()),
        _ => {}
    }
}

/// Whether a place carries no meaning: the hint of a key is the signer's own word, and the second Rekor's proof
/// repeats index, size and root, which the entry and the signed checkpoint say.
fn is_without_meaning(place: &str, form: (Content, Witnessed)) -> bool {
    let copies = ["logIndex", "treeSize", "rootHash"];
    place.ends_with("/publicKey/hint")
        || (!is_first(form)
            && copies
                .iter()
                .any(|copy| place.ends_with(&format!("/inclusionProof/{copy}"))))
}

/// Flips one bit of the text at `place`: of the bytes where it is base64 of bytes, and else of the text itself.
/// Nothing where that would not be a text.
fn flip(bundle: &Value, place: &str, bit: usize) -> Option<String> {
    let mut flipped = bundle.clone();
    let field = flipped.pointer_mut(place)?;
    let text = field.as_str()?;
    let plain = [
        "/envelope",
        "/kind",
        "/version",
        "/algorithm",
        "/payloadType",
        "mediaType",
    ];
    let in_base64 = !plain.iter().any(|end| place.ends_with(end)) && text.parse::<u64>().is_err();
    let mut bytes = if in_base64 {
        BASE64_STANDARD.decode(text).ok()?
    } else {
        text.as_bytes().to_vec()
    };
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    *field = Value::String(if in_base64 {
        BASE64_STANDARD.encode(bytes)
    } else {
        String::from_utf8(bytes).ok()?
    });
    Some(flipped.to_string())
}

#[test]
fn no_flipped_bit_verifies_at_any_place_of_any_form() {
    const FLIPS: usize = 24;
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    let mut seeded = Seeded::new(7);
    let mut tried = 0;
    for form in FORMS {
        for bare in [false, true] {
            let signer = signer(&authority);
            let signer = if bare { signer.with_key(&key) } else { signer };
            let bundle = parsed(&sign(signer, form));
            let mut all = Vec::new();
            places(&bundle, "", &mut all);
            for place in all.iter().filter(|place| !is_without_meaning(place, form)) {
                for _ in 0..FLIPS {
                    let bit = seeded.below(1 << 20);
                    let Some(flipped) = flip(&bundle, place, bit) else {
                        continue;
                    };
                    let request = if bare {
                        by_key(&flipped, &root, &public)
                    } else {
                        request(&flipped, &root)
                    };
                    let found = outcome(&request);
                    // `granted` and `granted with modifications` differ in one bit of the response's status, which
                    // nobody signs and which says nothing about the token (RFC 3161, section 2.4.2).
                    let status = place.ends_with("/signedTimestamp") && is_status(&flipped, place);
                    assert!(
                        found != "verified" || status,
                        "{form:?}: bit {bit} of {place}"
                    );
                    tried += 1;
                }
            }
            for _ in 0..FLIPS {
                let mut artifact = ARTIFACT.to_vec();
                let bit = seeded.below(artifact.len() * 8);
                artifact[bit / 8] ^= 1 << (bit % 8);
                let text = bundle.to_string();
                let request = if bare {
                    by_key(&text, &root, &public)
                } else {
                    request(&text, &root)
                };
                let request = SignatureRequest {
                    artifact: Artifact::of_bytes(&artifact),
                    ..request
                };
                assert_ne!(
                    outcome(&request),
                    "verified",
                    "{form:?}: bit {bit} of the artifact"
                );
            }
        }
    }
    assert!(tried > 3000, "{tried}");
}

/// Whether the response's status is 1.
fn is_status(bundle: &str, place: &str) -> bool {
    let bundle = parsed(bundle);
    let text = bundle.pointer(place).and_then(Value::as_str).unwrap();
    let response = BASE64_STANDARD.decode(text).unwrap();
    // A sequence with its length in three bytes, a sequence of three, an integer of one.
    response[4..9] == [0x30, 3, 2, 1, 1]
}
