//! Signatures inside of JSON documents: what verifies, and that every single fault is refused by the check
//! that it fails.
//!
//! What is signed is put together by hand in its canonical form, without the code under test.

mod certificates;
mod faults;
mod several;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use mekiki::app::Refused;
use mekiki::evidence::signature::{Kind, Verification};

use crate::asked::material;
use crate::signer::{Signer, judge, word};

const ADDRESS: &str = "release@signer.test";

/// A document in canonical form around its member `signature`.
fn document(signature: &str) -> String {
    let before = r#"{"bomFormat":"CycloneDX","components":[{"name":"left","properties":[{"name":"n","value":"é\n"}],"type":"library","version":"1.0"},{"name":"right","type":"library"}],"metadata":{"timestamp":"2026-11-01T00:00:00Z"},"serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","signature":"#;
    let after = r#","specVersion":"1.6","version":1,"x-numbers":[1,0.5,1e+21,0]}"#;
    [before, signature, after].concat()
}

/// A signature object in the making. Its members stand in canonical order.
#[derive(Clone, Default)]
struct Core {
    algorithm: String,
    certificate_path: Option<String>,
    key_id: Option<&'static str>,
    public_key: Option<String>,
    /// A member between `publicKey` and `value`.
    further: Option<&'static str>,
}

impl Core {
    fn new(algorithm: &str, signer: &Signer) -> Self {
        Self {
            algorithm: algorithm.to_owned(),
            public_key: Some(signer.jwk()),
            ..Self::default()
        }
    }

    fn text(&self, value: Option<&str>) -> String {
        let mut members = vec![format!(r#""algorithm":"{}""#, self.algorithm)];
        let path = self.certificate_path.iter();
        members.extend(path.map(|path| format!(r#""certificatePath":[{path}]"#)));
        let key_id = self.key_id.iter();
        members.extend(key_id.map(|key_id| format!(r#""keyId":"{key_id}""#)));
        let key = self.public_key.iter();
        members.extend(key.map(|key| format!(r#""publicKey":{key}"#)));
        members.extend(self.further.iter().map(|&further| further.to_owned()));
        members.extend(value.iter().map(|value| format!(r#""value":"{value}""#)));
        format!("{{{}}}", members.join(","))
    }

    /// The object with its value, signed where `around` says it stands.
    fn sign(&self, signer: &Signer, around: impl Fn(&str) -> String) -> String {
        let message = document(&around(&self.text(None)));
        let value = signer.sign(&self.algorithm, message.as_bytes());
        self.text(Some(&BASE64_URL_SAFE_NO_PAD.encode(value)))
    }

    fn signed_document(&self, signer: &Signer) -> String {
        document(&self.sign(signer, str::to_owned))
    }
}

fn by_key(document: &str, key: &[u8]) -> Result<Verification, Refused> {
    by_keys(document, &[key], 1)
}

fn by_keys(document: &str, keys: &[&[u8]], threshold: usize) -> Result<Verification, Refused> {
    judge(document.as_bytes(), |request| {
        request.keys = keys.iter().map(|key| material("key", key)).collect();
        request.threshold = threshold;
    })
}

/// An outcome without a single word of the signer where it is a refusal.
#[track_caller]
fn refused(case: &str, outcome: &Result<Verification, Refused>, expected: &str) {
    assert_eq!(word(outcome), expected, "{case}: {outcome:?}");
    if let Ok(verification) = outcome {
        assert!(
            !verification.verified && verification.signer.key_sha256.is_none(),
            "{case}"
        );
        assert!(verification.cosigners.is_empty(), "{case}");
    }
}

#[test]
fn every_algorithm_verifies_under_its_key_in_every_form() {
    for (signer, algorithms) in [
        (Signer::p256(), &["ES256"][..]),
        (Signer::p384(), &["ES384"]),
        (Signer::p521(), &["ES512"]),
        (Signer::ed25519(), &["Ed25519"]),
        (
            Signer::rsa(),
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
        ),
    ] {
        for algorithm in algorithms {
            let signed = Core::new(algorithm, &signer).signed_document(&signer);
            let jwk = signer.jwk();
            let set = format!("{{\"keys\":[{},{jwk}]}}", Signer::ed25519().jwk());
            for key in [signer.pem(), signer.der(), jwk.clone().into(), set.into()] {
                let outcome = by_key(&signed, &key);
                assert_eq!(word(&outcome), "verified", "{algorithm}: {outcome:?}");
                let verification = outcome.unwrap();
                assert_eq!(verification.kind, Kind::Jsf);
                assert!(verification.signer.strength.is_some());
            }
            let bare = Core {
                public_key: None,
                ..Core::new(algorithm, &signer)
            };
            assert_eq!(
                word(&by_key(&bare.signed_document(&signer), &signer.pem())),
                "verified"
            );
        }
    }
}

#[test]
fn documents_that_other_tools_signed_verify() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures/jsf");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for name in [
        "es256", "es384", "es512", "rs256", "rs512", "ps256", "ps384", "ed25519",
    ] {
        let document = String::from_utf8(read(&format!("{name}.json"))).unwrap();
        let key = read(&format!("{name}.pem"));
        let outcome = by_key(&document, &key);
        assert_eq!(word(&outcome), "verified", "{name}: {outcome:?}");
        let changed = document.replace("\"zeta\"", "\"zetb\"");
        assert_eq!(word(&by_key(&changed, &key)), "signature", "{name}");
    }
    for name in ["signers", "chain"] {
        let document = String::from_utf8(read(&format!("{name}.json"))).unwrap();
        let keys = read(&format!("{name}.jwks.json"));
        let outcome = by_keys(&document, &[&keys], 2);
        assert_eq!(word(&outcome), "verified", "{name}: {outcome:?}");
    }
}

#[test]
fn what_canonical_form_keeps_may_be_written_otherwise() {
    let signer = Signer::p256();
    let key = signer.pem();
    let whole = Core::new("ES256", &signer).signed_document(&signer);
    assert!(by_key(&whole, &key).unwrap().verified);
    let pretty: serde_json::Value = serde_json::from_str(&whole).unwrap();
    for (case, other) in [
        (
            "white space",
            serde_json::to_string_pretty(&pretty).unwrap(),
        ),
        (
            "number 1.0",
            whole.replace(r#""version":1,"#, r#""version":1.0,"#),
        ),
        (
            "number 10e-1",
            whole.replace(r#""version":1,"#, r#""version":10e-1,"#),
        ),
        ("number -0", whole.replace(",0]", ",-0]")),
        (
            "number without exponent",
            whole.replace("1e+21", "1000000000000000000000"),
        ),
        (
            "escapes",
            whole
                .replace("\"left\"", r#""\u006ceft""#)
                .replace('é', r"\u00E9"),
        ),
        (
            "order",
            whole.replace(
                r#""specVersion":"1.6","version":1"#,
                r#""version":1,"specVersion":"1.6""#,
            ),
        ),
        ("a byte order mark", format!("\u{feff}{whole}")),
    ] {
        assert_ne!(other, whole, "{case}");
        let outcome = by_key(&other, &key);
        assert_eq!(word(&outcome), "verified", "{case}: {outcome:?}");
    }
}

#[test]
fn signatures_of_parts_are_not_the_signature_of_the_whole() {
    let signer = Signer::p256();
    let key = signer.pem();
    let part = r#"{"bomFormat":"CycloneDX","components":[{"name":"a","signature":{"algorithm":"ES256","value":"AA"}}],"specVersion":"1.6"}"#;
    assert_eq!(word(&by_key(part, &key)), "signature-missing");
    // Signed as a whole, those of parts are told.
    let core = Core::new("ES256", &signer);
    let around = |signature: &str| {
        part.replace(
            r#","specVersion""#,
            &format!(r#","signature":{signature},"specVersion""#),
        )
    };
    let value = signer.sign("ES256", around(&core.text(None)).as_bytes());
    let whole = around(&core.text(Some(&BASE64_URL_SAFE_NO_PAD.encode(value))));
    let outcome = by_key(&whole, &key).unwrap();
    assert!(outcome.verified);
    assert!(
        outcome
            .warnings
            .iter()
            .any(|one| one.contains("signatures of parts")),
        "{outcome:?}"
    );
}

/// A CycloneDX document with a signature of this signer inside.
pub(crate) fn signed_by(signer: &Signer) -> String {
    Core::new("ES256", signer).signed_document(signer)
}
