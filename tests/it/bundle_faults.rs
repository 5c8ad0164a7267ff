//! Sigstore bundles of every form under our own authority: what is whole verifies, and each single fault is
//! refused by the check that it fails, by our own steps and not by the second verifier behind them.

mod changes;
mod clients;
mod expected;
mod flipped;
mod trusted_root;

use mekiki::app::Refused;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::{Artifact, Expected, Kind, Verification, WitnessKind};
use serde_json::Value;

use crate::asked::{material, now};
use crate::authority::{
    Authority, ChainFault, Fault, ManagedKey, Signer, StampFault, Witnessed, provenance,
};

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

/// In which forms something can be.
type Forms = fn((Content, Witnessed)) -> bool;

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
    let all: Forms = |_| true;
    let second: Forms = |form| !is_first(form);
    let cases: [(Fault, bool, Forms, &str); 26] = [
        (Fault::UntrustedCertificate, true, all, "certificate-chain"),
        (Fault::WrongSct, true, all, "certificate-transparency"),
        (Fault::SctForOther, true, all, "certificate-transparency"),
        (Fault::NoSct, true, all, "certificate-transparency"),
        (Fault::OtherUsage, true, all, "certificate-usage"),
        (Fault::NoUsage, true, all, "certificate-usage"),
        (Fault::TwoUsages, true, all, "structure"),
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
        StampFault::CriticalExtension,
        StampFault::FurtherField,
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
