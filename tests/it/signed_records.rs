//! Records that are signed, verified and replayed, through the binary.

use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::digest::Digest;
use serde_json::Value;

use crate::binary::{DEMO, Run, Scratch, mekiki};
use crate::signing_keys::Pair;

/// A scratch folder with the demo's record and a key pair in it.
struct Desk {
    scratch: Scratch,
}

impl Desk {
    fn new(pair: &Pair) -> Self {
        let scratch = Scratch::new();
        let desk = Self { scratch };
        let record = desk.path("record.json");
        let run = mekiki(&["tender", "evaluate", DEMO, "--record", &record]);
        assert!(fs::exists(&record).unwrap(), "{run:?}");
        fs::write(desk.path("key.pem"), pair.private()).unwrap();
        fs::write(desk.path("key.pub"), pair.public()).unwrap();
        desk
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.scratch.root())
    }

    fn sign(&self, to: &str) -> Run {
        mekiki(&[
            "record",
            "sign",
            &self.path("record.json"),
            "--key",
            &self.path("key.pem"),
            "-o",
            &self.path(to),
        ])
    }

    fn verify(&self, file: &str, key: &str) -> Run {
        let (file, key) = (self.path(file), self.path(key));
        mekiki(&["record", "verify", &file, "--key", &key, "--format", "json"])
    }
}

fn code(run: &Run) -> String {
    assert_eq!(run.code, 3, "{run:?}");
    run.error()["error"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_signed_record_says_who_signed_what() {
    use aws_lc_rs::signature as primitive;
    for (pair, is_repeatable) in [
        (Pair::ed25519(), true),
        (Pair::p256(), false),
        (
            Pair::ecdsa(&primitive::ECDSA_P384_SHA384_ASN1_SIGNING),
            false,
        ),
    ] {
        let desk = Desk::new(&pair);
        for to in ["record.json.dsse.json", "again.json"] {
            let run = desk.sign(to);
            assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
        }
        let (first, again) = (
            fs::read(desk.path("record.json.dsse.json")).unwrap(),
            fs::read(desk.path("again.json")).unwrap(),
        );
        assert_eq!(first == again, is_repeatable);
        let record = fs::read(desk.path("record.json")).unwrap();
        // The envelope, and the record with its envelope beside it.
        for file in ["again.json", "record.json"] {
            let run = desk.verify(file, "key.pub");
            assert_eq!(run.code, 0, "{run:?}");
            let view = run.json();
            assert_eq!(view["schema"], "mekiki/record-verify/v1");
            assert_eq!(view["verified"], true);
            assert_eq!(
                view["signer"]["key_sha256"],
                Digest::of(&pair.public_der()).hex()
            );
            assert_eq!(view["record"]["sha256"], Digest::of(&record).hex());
            assert_eq!(view["record"]["as_of"].as_str().unwrap().len(), 10);
            assert_eq!(view["record"]["catalog_digest"].as_str().unwrap().len(), 64);
        }
        let (file, key) = (desk.path("again.json"), desk.path("key.pub"));
        for (lang, word) in [("en", "Verified"), ("ja", "検証成功")] {
            let run = mekiki(&["record", "verify", &file, "--key", &key, "--lang", lang]);
            assert_eq!(run.code, 0);
            assert!(run.stdout.contains(word), "{}", run.stdout);
            assert!(
                run.stdout.contains(&Digest::of(&record).hex()),
                "{}",
                run.stdout
            );
        }
    }
}

#[test]
fn a_record_that_was_changed_or_signed_by_another_is_refused() {
    let desk = Desk::new(&Pair::ed25519());
    assert_eq!(desk.sign("record.json.dsse.json").code, 0);
    fs::write(desk.path("other.pub"), Pair::ed25519().public()).unwrap();
    let refused = |file: &str, key: &str| {
        let run = desk.verify(file, key);
        assert_eq!(run.code, 1, "{run:?}");
        let view = run.json();
        assert_eq!(view["verified"], false);
        view["refusal"]["check"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("record.json.dsse.json", "other.pub"), "signature");
    let record = fs::read_to_string(desk.path("record.json")).unwrap();
    let changed = record.replacen("\"as_of\":\"2026", "\"as_of\":\"2025", 1);
    assert_ne!(changed, record);
    fs::write(desk.path("record.json"), &changed).unwrap();
    // The envelope still holds the record that was signed; the file beside it is another.
    assert_eq!(refused("record.json", "key.pub"), "artifact");
    assert_eq!(desk.verify("record.json.dsse.json", "key.pub").code, 0);
    let envelope = fs::read_to_string(desk.path("record.json.dsse.json")).unwrap();
    let mut swapped: Value = serde_json::from_str(&envelope).unwrap();
    swapped["payload"] = BASE64_STANDARD.encode(changed).into();
    fs::write(desk.path("swapped.json"), swapped.to_string()).unwrap();
    assert_eq!(refused("swapped.json", "key.pub"), "signature");
}

#[test]
fn what_cannot_be_signed_or_verified_is_told() {
    use aws_lc_rs::signature as primitive;
    let desk = Desk::new(&Pair::ed25519());
    assert_eq!(
        code(&desk.verify("record.json", "key.pub")),
        "signature-missing"
    );
    assert_eq!(
        code(&desk.verify("record.json", "key.pem")),
        "signature-missing"
    );
    assert_eq!(desk.sign("signed.json").code, 0);
    let run = desk.verify("signed.json", "key.pem");
    assert_eq!(code(&run), "key-malformed");
    let secret = fs::read_to_string(desk.path("key.pem")).unwrap();
    assert!(!run.stderr.contains(secret.lines().nth(1).unwrap()));
    // No key at all is a wrong call.
    assert_eq!(
        mekiki(&["record", "verify", &desk.path("signed.json")]).code,
        2
    );
    let other =
        r#"{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[]}"#;
    fs::write(desk.path("other.json"), other).unwrap();
    assert_eq!(
        code(&desk.verify("other.json", "key.pub")),
        "record-malformed"
    );
    fs::write(
        desk.path("key.pem"),
        Pair::rsa(&primitive::RSA_PKCS1_SHA256).private(),
    )
    .unwrap();
    let sign = |file: &str| {
        let (file, key) = (desk.path(file), desk.path("key.pem"));
        mekiki(&["record", "sign", &file, "--key", &key, "--format", "json"])
    };
    assert_eq!(code(&sign("record.json")), "private-key-unsupported");
    fs::write(desk.path("key.pem"), secret).unwrap();
    // Nothing but a record is signed.
    assert_eq!(code(&sign("other.json")), "record-malformed");
}

#[test]
fn several_sign_one_record() {
    let desk = Desk::new(&Pair::ed25519());
    assert_eq!(desk.sign("once.json").code, 0);
    let second = Pair::p256();
    fs::write(desk.path("second.pem"), second.private()).unwrap();
    fs::write(desk.path("second.pub"), second.public()).unwrap();
    let sign = |file: &str, key: &str, to: &str| {
        let (file, key, to) = (desk.path(file), desk.path(key), desk.path(to));
        mekiki(&["record", "sign", &file, "--key", &key, "-o", &to])
    };
    assert_eq!(sign("once.json", "second.pem", "both.json").code, 0);
    assert_eq!(sign("once.json", "key.pem", "same.json").code, 0);
    let (first, second) = (desk.path("key.pub"), desk.path("second.pub"));
    let verify = |file: &str| {
        let file = desk.path(file);
        let call = ["record", "verify", &file, "--key", &first, "--key", &second];
        mekiki(&[&call[..], &["--threshold", "2", "--format", "json"]].concat())
    };
    let run = verify("both.json");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["cosigners"].as_array().unwrap().len(), 1);
    for file in ["once.json", "same.json"] {
        let run = verify(file);
        assert_eq!(run.code, 1, "{file}: {run:?}");
        assert_eq!(run.json()["refusal"]["check"], "threshold");
    }
}

#[test]
fn a_signed_record_is_replayed() {
    let desk = Desk::new(&Pair::ed25519());
    assert_eq!(desk.sign("signed.json").code, 0);
    let (file, key) = (desk.path("signed.json"), desk.path("key.pub"));
    let replay = |more: &[&str]| {
        let call = [
            "record",
            "replay",
            &file,
            "--evidence",
            DEMO,
            "--format",
            "json",
        ];
        mekiki(&[&call, more].concat())
    };
    let run = replay(&[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["signature"], "not-checked");
    assert!(run.stderr.contains("not checked"), "{}", run.stderr);
    let run = replay(&["--key", &key]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!(run.json()["signature"], "verified");
    fs::write(desk.path("key.pub"), Pair::ed25519().public()).unwrap();
    let run = replay(&["--key", &key]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.json()["refusal"]["check"], "signature");
}
