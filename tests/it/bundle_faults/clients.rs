//! Forms of bundles and trusted roots that clients write: what is sound must be accepted, and its forgery not.

use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::Expected;
use serde_json::{Value, json};

use super::{
    AT, Content, ENTRY, Edit, FORMS, ISSUER, by_key, entry, is_first, is_stamped, list, outcome,
    parsed, remove, request, sign, signer,
};
use crate::authority::{Authority, Fault, KeyForm, LogNamed, ManagedKey, Witnessed};

#[test]
fn keys_of_every_kind_sign() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in KeyForm::ALL {
        let key = ManagedKey::of(form);
        let public = key.public();
        for bundle in FORMS {
            let named = sign(signer(&authority).with_form(form), bundle);
            let found = outcome(&request(&named, &root));
            assert_eq!(found, "verified", "{form:?} {bundle:?}");
            let bare = sign(signer(&authority).with_key(&key), bundle);
            let found = outcome(&by_key(&bare, &root, &public));
            assert_eq!(found, "verified", "{form:?} {bundle:?} under a key");
            if form != KeyForm::P256 {
                let other = ManagedKey::of(form).public();
                assert_eq!(outcome(&by_key(&bare, &root, &other)), "signature");
            }
        }
    }
}

#[test]
fn logs_have_keys_of_every_kind_and_names_of_every_form() {
    for (form, named) in [
        (KeyForm::P384, LogNamed::ByKey),
        (KeyForm::Rsa, LogNamed::ByKey),
        (KeyForm::Ed25519, LogNamed::ByKey),
        (KeyForm::Ed25519, LogNamed::ByNote),
        (KeyForm::Ed25519, LogNamed::Apart),
        (KeyForm::Ed25519, LogNamed::ApartUntold),
    ] {
        let authority = Authority::with_logs(form, named);
        let root = authority.trusted_root();
        for bundle in FORMS {
            let whole = sign(signer(&authority), bundle);
            let found = outcome(&request(&whole, &root));
            assert_eq!(found, "verified", "{form:?} {named:?} {bundle:?}");
            for fault in [Fault::BadCheckpointSignature, Fault::CheckpointByOtherLog] {
                let forged = sign(signer(&authority).with_fault(fault), bundle);
                let found = outcome(&request(&forged, &root));
                assert_eq!(found, "transparency-log", "{form:?} {named:?} {bundle:?}");
            }
        }
    }
}

#[test]
fn names_of_every_kind_are_identities() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for (identity, expected, found) in [
        (
            "dns:build.authority.test",
            "build.authority.test",
            "verified",
        ),
        (
            "dns:build.authority.test",
            "BUILD.authority.test",
            "identity",
        ),
        // A host that looks like an address or a URI is neither.
        ("dns:a@authority.test", "a@authority.test", "identity"),
        ("dns:https://a.test/x", "https://a.test/x", "identity"),
        ("a@authority.test", "a@authority.test", "verified"),
        ("a@authority.test", "A@authority.test", "identity"),
        ("a@authority.test", "a@authority.test ", "identity"),
        ("https://a.test/x", "https://a.test/x", "verified"),
        ("https://a.test/x", "https://a.test/X", "identity"),
        ("https://a.test/x", "https://a.test/x/", "identity"),
    ] {
        let bundle = sign(authority.signer(identity, ISSUER, AT), FORMS[0]);
        let request = SignatureRequest {
            identity: Some(Expected::Exact(expected.to_owned())),
            ..request(&bundle, &root)
        };
        assert_eq!(outcome(&request), found, "{identity} {expected}");
    }
}

/// Writes bytes in base64.
type Write = dyn Fn(&[u8]) -> String;

/// Writes every text in base64 below `value` anew.
fn written(value: &mut Value, key: &str, write: &Write) {
    const IN_BASE64: [&str; 11] = [
        "rawBytes",
        "keyId",
        "signedEntryTimestamp",
        "rootHash",
        "canonicalizedBody",
        "hashes",
        "digest",
        "signature",
        "signedTimestamp",
        "payload",
        "sig",
    ];
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                written(member, key, write);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| written(item, key, write)),
        Value::String(text) if IN_BASE64.contains(&key) => {
            *text = write(&BASE64_STANDARD.decode(&*text).unwrap());
        }
        _ => {}
    }
}

#[test]
fn json_of_protocol_buffers_is_read_in_every_spelling() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let key = ManagedKey::new();
    let public = key.public();
    for form in FORMS {
        let whole = parsed(&sign(signer(&authority), form));
        let bare = parsed(&sign(signer(&authority).with_key(&key), form));
        let spellings: [&Write; 2] = [&|bytes| BASE64_STANDARD_NO_PAD.encode(bytes), &|bytes| {
            BASE64_URL_SAFE.encode(bytes)
        }];
        for write in spellings {
            let (mut whole, mut root) = (whole.clone(), parsed(&root));
            written(&mut whole, "", write);
            written(&mut root, "", &|bytes| BASE64_STANDARD.encode(bytes));
            let found = outcome(&request(&whole.to_string(), &root.to_string()));
            assert_eq!(found, "verified", "{form:?}");
        }
        let mut numbers = whole.clone();
        for place in [
            "/logIndex",
            "/integratedTime",
            "/inclusionProof/logIndex",
            "/inclusionProof/treeSize",
        ] {
            let place = numbers.pointer_mut(&format!("{ENTRY}{place}"));
            if let Some(place) = place {
                *place = json!(place.as_str().unwrap().parse::<u64>().unwrap());
            }
        }
        if form.0 == Content::Statement {
            numbers["dsseEnvelope"] = whole["dsseEnvelope"].clone();
            numbers["dsseEnvelope"]["signatures"][0]["keyid"] = json!("anything");
            numbers["messageSignature"] = Value::Null;
        } else {
            numbers["dsseEnvelope"] = Value::Null;
        }
        assert_eq!(
            outcome(&request(&numbers.to_string(), &root)),
            "verified",
            "{form:?}"
        );
        let edits: [Edit; 4] = [
            |one| one["verificationMaterial"]["publicKey"] = json!({}),
            |one| one["verificationMaterial"]["publicKey"] = json!({ "hint": "\u{2014} *" }),
            |one| one["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.3"),
            |one| one["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.2"),
        ];
        for edit in edits {
            let mut bare = bare.clone();
            edit(&mut bare);
            assert_eq!(
                outcome(&by_key(&bare.to_string(), &root, &public)),
                "verified"
            );
        }
    }
}

#[test]
fn the_digest_of_the_artifact_may_be_left_out() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in KeyForm::ALL {
        for witnessed in [Witnessed::First, Witnessed::Second] {
            let signer = signer(&authority).with_form(form);
            let mut bundle = parsed(&sign(signer, (Content::Blob, witnessed)));
            remove(&mut bundle["messageSignature"], "messageDigest");
            let found = outcome(&request(&bundle.to_string(), &root));
            assert_eq!(found, "verified", "{form:?} {witnessed:?}");
        }
    }
}

#[test]
fn witnesses_may_sign_a_checkpoint_and_only_the_log_counts() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in FORMS {
        let whole = parsed(&sign(signer(&authority), form));
        let place = format!("{ENTRY}/inclusionProof/checkpoint/envelope");
        let checkpoint = whole.pointer(&place).unwrap().as_str().unwrap().to_owned();
        let (note, own) = checkpoint.split_once("\n\n").unwrap();
        let own = own.trim_end();
        let name = own.split(' ').nth(1).unwrap();
        let seal = BASE64_STANDARD
            .decode(own.rsplit(' ').next().unwrap())
            .unwrap();
        let line =
            |name: &str, bytes: &[u8]| format!("\u{2014} {name} {}", BASE64_STANDARD.encode(bytes));
        let witness = line("witness.test/w1", &[7; 76]);
        let other_key = line(name, &[7; 76]);
        let forged = line(name, &[&seal[..4], &[7; 70]].concat());
        for (signatures, expected) in [
            (vec![own, &witness], "verified"),
            (vec![&witness, own, &witness], "verified"),
            // Of the same name with a key that nobody knows.
            (vec![&other_key, own], "verified"),
            (vec![&witness], "transparency-log"),
            (vec![&other_key], "transparency-log"),
            (vec![], "transparency-log"),
            // By the log's own key, as it says, and false.
            (vec![own, &forged], "transparency-log"),
            (vec![&forged, own], "transparency-log"),
            (vec![own, "\u{2014} witness.test"], "transparency-log"),
        ] {
            let mut bundle = whole.clone();
            let text = format!("{note}\n\n{}\n", signatures.join("\n"));
            *bundle.pointer_mut(&place).unwrap() = json!(text);
            let found = outcome(&request(&bundle.to_string(), &root));
            assert_eq!(found, expected, "{form:?} {signatures:?}");
        }
        // A second note behind the first, a line between note and signatures, and a line that nobody signed.
        for text in [
            format!("{checkpoint}\n{checkpoint}"),
            format!("{note}\n\n\n{own}\n"),
            format!("{note}\nmore\n\n{own}\n"),
        ] {
            let mut bundle = whole.clone();
            *bundle.pointer_mut(&place).unwrap() = json!(text);
            let found = outcome(&request(&bundle.to_string(), &root));
            assert_eq!(found, "transparency-log", "{form:?}: {text}");
        }
    }
}

#[test]
fn several_timestamps_must_all_hold() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let at = u64::try_from(AT).unwrap();
    for form in FORMS {
        let whole = sign(signer(&authority), form);
        for (second, expected) in [
            (at + 60, "verified"),
            (at + 600, "verified"),
            (at + 601, "certificate-validity"),
            (at - 1, "certificate-validity"),
        ] {
            let bundle = authority.stamped_again(&whole, second);
            assert_eq!(
                outcome(&request(&bundle, &root)),
                expected,
                "{form:?} {second}"
            );
        }
        // One that is over something else does not count less for another that holds.
        let other = parsed(&authority.stamped_again(&sign(signer(&authority), form), at));
        let stamps = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
        let stranger = other
            .pointer(stamps)
            .unwrap()
            .as_array()
            .unwrap()
            .last()
            .unwrap();
        let mut bundle = parsed(&authority.stamped_again(&whole, at + 60));
        list(&mut bundle, stamps).push(stranger.clone());
        assert_eq!(
            outcome(&request(&bundle.to_string(), &root)),
            "timestamp",
            "{form:?}"
        );
    }
}

#[test]
fn trusted_roots_of_every_form_are_read() {
    let authority = Authority::new();
    let whole = authority.trusted_root();
    let edits: [Edit; 8] = [
        |one| one["mediaType"] = json!("application/vnd.dev.sigstore.trustedroot.v0.2+json"),
        |one| {
            for list in [
                "tlogs",
                "ctlogs",
                "certificateAuthorities",
                "timestampAuthorities",
            ] {
                one[list][0]["operator"] = json!("authority.test");
            }
        },
        |one| {
            for list in ["certificateAuthorities", "timestampAuthorities"] {
                remove(&mut one[list][0], "validFor");
            }
            for list in ["tlogs", "ctlogs"] {
                remove(&mut one[list][0]["publicKey"], "validFor");
            }
        },
        |one| one["certificateAuthorities"][0]["validFor"]["end"] = Value::Null,
        |one| remove(&mut one["certificateAuthorities"][0], "uri"),
        |one| remove(&mut one["certificateAuthorities"][0], "subject"),
        // Logs of a kind that is not known here, beside those that are.
        |one| {
            let mut other = one["tlogs"][0].clone();
            other["publicKey"]["keyDetails"] = json!("LMS_SHA256");
            other["logId"]["keyId"] = json!("AAAA");
            list(one, "/tlogs").push(other);
        },
        // An authority that nobody needs.
        |one| {
            let other = parsed(&Authority::new().trusted_root());
            let other = other["certificateAuthorities"][0].clone();
            list(one, "/certificateAuthorities").insert(0, other);
        },
    ];
    for (index, edit) in edits.into_iter().enumerate() {
        let mut root = parsed(&whole);
        edit(&mut root);
        for form in FORMS {
            let bundle = sign(signer(&authority), form);
            let found = outcome(&request(&bundle, &root.to_string()));
            assert_eq!(found, "verified", "change {index} {form:?}");
        }
    }
}

#[test]
fn a_key_needs_nobody_where_the_trusted_root_names_nobody() {
    let authority = Authority::new();
    let key = ManagedKey::new();
    let public = key.public();
    let root = json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    })
    .to_string();
    for content in [Content::Blob, Content::Statement] {
        let form = (content, Witnessed::Nobody);
        let bare = sign(signer(&authority).with_key(&key), form);
        assert_eq!(outcome(&by_key(&bare, &root, &public)), "verified");
        let other = ManagedKey::new().public();
        assert_eq!(outcome(&by_key(&bare, &root, &other)), "signature");
        let named = sign(signer(&authority), form);
        assert_eq!(outcome(&request(&named, &root)), "timestamp");
        // What a bundle carries must verify all the same.
        let logged = sign(
            signer(&authority).with_key(&key),
            (content, Witnessed::First),
        );
        assert_eq!(
            outcome(&by_key(&logged, &root, &public)),
            "transparency-log"
        );
        let stamped = authority.stamped_again(&bare, u64::try_from(AT).unwrap());
        assert_eq!(outcome(&by_key(&stamped, &root, &public)), "timestamp");
    }
}

#[test]
fn a_root_may_issue_certificates_itself() {
    let authority = Authority::new();
    let whole = authority.trusted_root();
    let mut alone = parsed(&whole);
    list(&mut alone, "/certificateAuthorities").remove(0);
    let mut without = parsed(&whole);
    list(&mut without, "/certificateAuthorities").clear();
    for form in FORMS {
        let bundle = sign(signer(&authority).by_root(), form);
        assert_eq!(outcome(&request(&bundle, &whole)), "verified", "{form:?}");
        let found = outcome(&request(&bundle, &alone.to_string()));
        assert_eq!(found, "verified", "{form:?}");
        let found = outcome(&request(&bundle, &without.to_string()));
        assert_eq!(found, "certificate-chain", "{form:?}");
        let forged = signer(&authority).by_root();
        let forged = sign(forged.with_fault(Fault::UntrustedCertificate), form);
        assert_eq!(outcome(&request(&forged, &whole)), "certificate-chain");
    }
}

#[test]
fn a_proof_needs_no_promise_where_an_authority_vouches_for_the_time() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in FORMS.into_iter().filter(|form| is_first(*form)) {
        let mut bundle = parsed(&sign(signer(&authority), form));
        remove(entry(&mut bundle), "inclusionPromise");
        let expected = if is_stamped(form) {
            "verified"
        } else {
            "timestamp"
        };
        assert_eq!(
            outcome(&request(&bundle.to_string(), &root)),
            expected,
            "{form:?}"
        );
        // The entry's time is nobody's word then.
        entry(&mut bundle)["integratedTime"] = json!("1709251260");
        let text = bundle.to_string();
        let verification = verify_signature(&request(&text, &root)).unwrap();
        assert_eq!(verification.verified, is_stamped(form));
        if is_stamped(form) {
            assert_eq!(verification.signer.times, ["2024-03-01T00:00:00Z"]);
        }
    }
}
