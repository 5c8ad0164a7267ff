//! DSSE envelopes under keys: what verifies, and that every single fault is refused by the check it fails.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Algorithm;
use mekiki::evidence::attestation::envelope::pre_authentication_encoding;
use mekiki::evidence::signature::{Artifact, Expected, Kind, ProvenSigner, Verification};
use serde_json::{Value, json};

use crate::asked::{material, now};
use crate::seeded::Seeded;
use crate::signing_keys::Pair;

pub(crate) const ARTIFACT: &[u8] = b"the delivered archive";
const IN_TOTO: &str = "application/vnd.in-toto+json";
pub(crate) const SLSA: &str = "https://slsa.dev/provenance/v1";

pub(crate) fn statement() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": "other", "digest": {"sha256": Algorithm::Sha256.hex_of(b"other")}},
            {"name": "archive", "digest": {
                "sha256": Algorithm::Sha256.hex_of(ARTIFACT),
                "sha512": Algorithm::Sha512.hex_of(ARTIFACT),
                "gitBlob": "00".repeat(20),
            }},
        ],
        "predicateType": SLSA,
        "predicate": {
            "buildDefinition": {"buildType": "https://b.example/t", "externalParameters": {}},
            "runDetails": {"builder": {"id": "https://b.example"}},
        },
    })
}

fn envelope_of(payload_type: &str, payload: &[u8], pairs: &[&Pair]) -> Value {
    let signed = pre_authentication_encoding(payload_type, payload);
    let signatures: Vec<_> = pairs
        .iter()
        .map(|pair| json!({"keyid": "a hint", "sig": BASE64_STANDARD.encode(pair.sign(&signed))}))
        .collect();
    json!({
        "payloadType": payload_type,
        "payload": BASE64_STANDARD.encode(payload),
        "signatures": signatures,
    })
}

pub(crate) fn envelope(statement: &Value, pairs: &[&Pair]) -> String {
    envelope_of(IN_TOTO, statement.to_string().as_bytes(), pairs).to_string()
}

pub(crate) fn request<'a>(envelope: &'a str, keys: &'a [Vec<u8>]) -> SignatureRequest<'a> {
    SignatureRequest {
        signature: Some(material("envelope", envelope.as_bytes())),
        keys: keys.iter().map(|key| material("key", key)).collect(),
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    }
}

fn judge(request: &SignatureRequest<'_>) -> Verification {
    verify_signature(request).expect("the envelope can be judged")
}

fn refusal(request: &SignatureRequest<'_>) -> &'static str {
    let verification = judge(request);
    assert!(!verification.verified);
    assert_eq!(verification.signer, ProvenSigner::default());
    assert!(verification.cosigners.is_empty());
    verification.refusal().expect("a check failed").name.word()
}

fn code(request: &SignatureRequest<'_>) -> &'static str {
    let refused = verify_signature(request).expect_err("the envelope cannot be judged");
    refused.0[0].code
}

#[test]
fn a_genuine_envelope_verifies_under_every_kind_of_key() {
    use aws_lc_rs::signature as primitive;
    for pair in [
        Pair::p256(),
        Pair::ecdsa(&primitive::ECDSA_P384_SHA384_ASN1_SIGNING),
        Pair::ecdsa(&primitive::ECDSA_P521_SHA512_ASN1_SIGNING),
        Pair::ed25519(),
        Pair::rsa(&primitive::RSA_PKCS1_SHA256),
        Pair::rsa(&primitive::RSA_PSS_SHA256),
    ] {
        let keys = [pair.public()];
        let envelope = envelope(&statement(), &[&pair]);
        let good = request(&envelope, &keys);
        let digests = Artifact::ALGORITHMS.map(|one| (one, one.hex_of(ARTIFACT)));
        let by_digest = |count| Artifact::of_digests(digests.iter().take(count).cloned());
        for artifact in [Artifact::of_bytes(ARTIFACT), by_digest(1), by_digest(3)] {
            let verification = judge(&SignatureRequest {
                artifact,
                ..good.clone()
            });
            assert!(verification.verified, "{verification:?}");
            assert_eq!(verification.kind, Kind::Dsse);
            let checks: Vec<_> = verification
                .checks
                .iter()
                .map(|one| one.name.word())
                .collect();
            assert_eq!(
                checks,
                [
                    "structure",
                    "signature",
                    "threshold",
                    "content-type",
                    "statement",
                    "subject"
                ]
            );
            assert!(verification.signer.key_sha256.is_some());
        }
    }
}

#[test]
fn every_fault_is_refused_by_the_check_that_it_fails() {
    let pair = Pair::p256();
    let stranger = Pair::p256();
    let keys = [pair.public()];
    let with = |pointer: &str, value: Value| {
        let mut statement = statement();
        *statement
            .pointer_mut(pointer)
            .expect("the statement has this place") = value;
        envelope(&statement, &[&pair])
    };
    let payload = statement().to_string();
    let good: Value = serde_json::from_str(&envelope(&statement(), &[&pair])).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut envelope = good.clone();
        *envelope
            .pointer_mut(pointer)
            .expect("the envelope has this place") = value;
        envelope.to_string()
    };
    let other = |text: &str| BASE64_STANDARD.encode(payload.replace("b.example", text));
    let bare = json!([{"sig": BASE64_STANDARD.encode(pair.sign(payload.as_bytes()))}]);
    let sha256 = Algorithm::Sha256.hex_of(ARTIFACT);
    let md5 = Algorithm::Md5.hex_of(ARTIFACT);
    let sha1 = Algorithm::Sha1.hex_of(ARTIFACT);
    for (case, envelope, check) in [
        (
            "no signature",
            changed("/signatures", json!([])),
            "structure",
        ),
        (
            "another payload",
            changed("/payload", json!(other("c.example"))),
            "signature",
        ),
        (
            "another type",
            changed("/payloadType", json!("application/json")),
            "signature",
        ),
        (
            "without encoding",
            changed("/signatures", bare),
            "signature",
        ),
        (
            "a stranger",
            envelope(&statement(), &[&stranger]),
            "signature",
        ),
        (
            "of another type, signed",
            envelope_of("application/json", payload.as_bytes(), &[&pair]).to_string(),
            "content-type",
        ),
        (
            "no statement",
            envelope_of(IN_TOTO, b"{}", &[&pair]).to_string(),
            "statement",
        ),
        (
            "no JSON",
            envelope_of(IN_TOTO, b"x", &[&pair]).to_string(),
            "statement",
        ),
        (
            "a member twice",
            envelope_of(
                IN_TOTO,
                payload.replacen('{', "{\"_type\":\"x\",", 1).as_bytes(),
                &[&pair],
            )
            .to_string(),
            "statement",
        ),
        (
            "an unknown version",
            with("/_type", json!("https://in-toto.io/Statement/v9")),
            "statement",
        ),
        (
            "no predicate type",
            with("/predicateType", json!("")),
            "statement",
        ),
        ("no subject", with("/subject", json!([])), "statement"),
        (
            "a digest cut off",
            with("/subject/1/digest/sha256", json!(sha256.split_at(60).0)),
            "statement",
        ),
        (
            "another artifact",
            with(
                "/subject/1",
                json!({"digest": {"sha256": Algorithm::Sha256.hex_of(b"x")}}),
            ),
            "subject",
        ),
        (
            "contradicting digests",
            with(
                "/subject/1/digest/sha512",
                json!(Algorithm::Sha512.hex_of(b"x")),
            ),
            "subject",
        ),
        (
            "MD5 only",
            with("/subject/1/digest", json!({"md5": md5})),
            "algorithm",
        ),
        (
            "SHA-1 only",
            with("/subject/1/digest", json!({"sha1": sha1})),
            "algorithm",
        ),
        (
            "MD5 of another",
            with(
                "/subject/1/digest",
                json!({"md5": Algorithm::Md5.hex_of(b"x")}),
            ),
            "subject",
        ),
        (
            "an unknown algorithm only",
            with("/subject/1/digest", json!({"new": sha256})),
            "subject",
        ),
        (
            "the digest under another name",
            with("/subject/1/digest", json!({"dirHash": sha256})),
            "subject",
        ),
    ] {
        assert_eq!(refusal(&request(&envelope, &keys)), check, "{case}");
    }
}

#[test]
fn a_key_counts_once_and_strangers_do_not_count() {
    let (first, second, stranger) = (Pair::p256(), Pair::ed25519(), Pair::p256());
    let in_der = first.public_der();
    let keys = [first.public(), second.public()];
    let twice = [first.public(), in_der, first.public()];
    let both = envelope(&statement(), &[&first, &stranger, &second]);
    let doubled = envelope(&statement(), &[&first, &first]);
    let verification = judge(&SignatureRequest {
        threshold: 2,
        ..request(&both, &keys)
    });
    assert!(verification.verified, "{verification:?}");
    assert_eq!(verification.cosigners.len(), 1);
    assert_ne!(
        verification.cosigners[0].key_sha256,
        verification.signer.key_sha256
    );
    assert!(
        verification
            .warnings
            .iter()
            .any(|one| one.ends_with("which count for nothing: 1"))
    );
    for (case, envelope, keys, threshold) in [
        ("one key that signed twice", &doubled, &keys[..], 2),
        ("one key handed in thrice", &doubled, &twice[..], 2),
        ("more than there are", &both, &keys[..], 3),
    ] {
        let request = SignatureRequest {
            threshold,
            ..request(envelope, keys)
        };
        assert_eq!(refusal(&request), "threshold", "{case}");
    }
    for threshold in [0, 1] {
        let request = SignatureRequest {
            threshold,
            ..request(&doubled, &twice)
        };
        let verification = judge(&request);
        assert!(verification.verified && verification.cosigners.is_empty());
    }
}

#[test]
fn what_cannot_be_judged_is_an_error_with_a_code() {
    let pair = Pair::p256();
    let keys = [pair.public()];
    let text = envelope(&statement(), &[&pair]);
    let good = SignatureRequest {
        kind: Some(Kind::Dsse),
        ..request(&text, &keys)
    };
    let mut by_sha512 = statement();
    by_sha512["subject"][1]["digest"]
        .as_object_mut()
        .unwrap()
        .remove("sha256");
    let by_sha512 = envelope(&by_sha512, &[&pair]);
    let digest = Artifact::of_digests([(Algorithm::Sha256, Algorithm::Sha256.hex_of(ARTIFACT))]);
    let somebody = || Some(Expected::Exact("somebody".to_owned()));
    let repeated = text.replacen('{', "{\"payloadType\":\"x\",", 1);
    for (case, request, expected) in [
        (
            "no key",
            SignatureRequest {
                keys: Vec::new(),
                ..good.clone()
            },
            "signer-missing",
        ),
        (
            "no envelope",
            SignatureRequest {
                signature: Some(material("e", b"{}")),
                ..good.clone()
            },
            "envelope-malformed",
        ),
        (
            "a member twice",
            SignatureRequest {
                signature: Some(material("e", repeated.as_bytes())),
                ..good.clone()
            },
            "json-duplicate-member",
        ),
        (
            "cut off",
            SignatureRequest {
                signature: Some(material("e", &text.as_bytes()[..90])),
                ..good.clone()
            },
            "json-truncated",
        ),
        (
            "a key that is none",
            SignatureRequest {
                keys: vec![material("key", b"x")],
                ..good.clone()
            },
            "key-malformed",
        ),
        (
            "identity",
            SignatureRequest {
                identity: somebody(),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "certificate",
            SignatureRequest {
                certificates: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "anchor",
            SignatureRequest {
                anchors: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "revocation",
            SignatureRequest {
                revocations: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "namespace",
            SignatureRequest {
                namespace: Some("x"),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "by another digest",
            SignatureRequest {
                artifact: digest,
                ..request(&by_sha512, &keys)
            },
            "artifact-missing",
        ),
    ] {
        assert_eq!(code(&request), expected, "{case}");
    }
}

#[test]
fn no_flipped_bit_verifies() {
    let pair = Pair::ed25519();
    let keys = [pair.public()];
    let good: Value = serde_json::from_str(&envelope(&statement(), &[&pair])).unwrap();
    let mut seeded = Seeded::new(11);
    for round in 0..300 {
        let mut artifact = ARTIFACT.to_vec();
        let mut envelope = good.clone();
        let mut flip = |bytes: &mut Vec<u8>| {
            let bit = seeded.below(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        };
        match round % 4 {
            0 => flip(&mut artifact),
            // NOTE: the type is not base64, and a flipped bit may leave it no text at all.
            1 => {
                let mut bytes = IN_TOTO.as_bytes().to_vec();
                flip(&mut bytes);
                envelope["payloadType"] = json!(String::from_utf8_lossy(&bytes));
            }
            other => {
                let place = if other == 2 {
                    "/payload"
                } else {
                    "/signatures/0/sig"
                };
                let field = envelope.pointer_mut(place).unwrap();
                let mut bytes = BASE64_STANDARD.decode(field.as_str().unwrap()).unwrap();
                flip(&mut bytes);
                *field = json!(BASE64_STANDARD.encode(bytes));
            }
        }
        let text = envelope.to_string();
        let request = SignatureRequest {
            artifact: Artifact::of_bytes(&artifact),
            ..request(&text, &keys)
        };
        let accepted = verify_signature(&request).is_ok_and(|one| one.verified);
        assert!(!accepted, "round {round}: {text}");
    }
}

#[test]
fn one_of_several_lines_is_enough_and_a_line_is_never_passed_over_silently() {
    let (pair, stranger) = (Pair::p256(), Pair::p256());
    let keys = [pair.public()];
    let mut other = statement();
    other["subject"] = json!([{"digest": {"sha256": Algorithm::Sha256.hex_of(b"x")}}]);
    let good = envelope(&statement(), &[&pair]);
    let other = envelope(&other, &[&pair]);
    let strange = envelope(&statement(), &[&stranger]);
    let lines = format!("{strange}\n{other}\n\n{good}\n");
    let verification = judge(&request(&lines, &keys));
    assert!(verification.verified, "{verification:?}");
    assert!(
        verification
            .warnings
            .iter()
            .any(|one| one.contains("envelope 3 of 3"))
    );
    // The one that held longest tells why.
    let lines = format!("{strange}\n{other}\n");
    assert_eq!(refusal(&request(&lines, &keys)), "subject");
}
