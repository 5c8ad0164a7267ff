//! Detached signatures under keys of every kind: what verifies, and that every single fault is refused by the
//! check it fails.

use aws_lc_rs::signature::{
    self as primitive, RsaEncoding, RsaPssSaltLength, RsaSignatureEncoding,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::{Artifact, Expected, ProvenSigner, Verification};

use crate::asked::{material, now};
use crate::seeded::Seeded;
use crate::signing_keys::Pair;

const ARTIFACT: &[u8] = b"the delivered archive";
const LONG_SALT: RsaSignatureEncoding =
    primitive::RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Max);

fn request<'a>(signature: &'a [u8], key: &'a [u8]) -> SignatureRequest<'a> {
    SignatureRequest {
        signature: Some(material("signature", signature)),
        keys: vec![material("key", key)],
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    }
}

fn judge(request: &SignatureRequest<'_>) -> Verification {
    verify_signature(request).expect("the signature can be judged")
}

fn refusal(request: &SignatureRequest<'_>) -> &'static str {
    let verification = judge(request);
    assert!(!verification.verified);
    assert_eq!(verification.signer, ProvenSigner::default());
    verification.refusal().expect("a check failed").name.word()
}

fn code(request: &SignatureRequest<'_>) -> &'static str {
    let refused = verify_signature(request).expect_err("the signature cannot be judged");
    refused.0[0].code
}

fn pairs() -> Vec<(&'static str, Pair)> {
    let rsa = |encoding: &'static dyn RsaEncoding| Pair::rsa(encoding);
    vec![
        ("ecdsa-p256-sha256", Pair::p256()),
        (
            "ecdsa-p384-sha384",
            Pair::ecdsa(&primitive::ECDSA_P384_SHA384_ASN1_SIGNING),
        ),
        (
            "ecdsa-p521-sha512",
            Pair::ecdsa(&primitive::ECDSA_P521_SHA512_ASN1_SIGNING),
        ),
        ("ed25519", Pair::ed25519()),
        ("rsa2048-pkcs1-sha256", rsa(&primitive::RSA_PKCS1_SHA256)),
        ("rsa2048-pkcs1-sha384", rsa(&primitive::RSA_PKCS1_SHA384)),
        ("rsa2048-pkcs1-sha512", rsa(&primitive::RSA_PKCS1_SHA512)),
        ("rsa2048-pss-sha256", rsa(&primitive::RSA_PSS_SHA256)),
        ("rsa2048-pss-sha384", rsa(&primitive::RSA_PSS_SHA384)),
        ("rsa2048-pss-sha512", rsa(&primitive::RSA_PSS_SHA512)),
        ("rsa2048-pss-sha256", rsa(&LONG_SALT)),
    ]
}

#[test]
fn every_kind_of_key_verifies_what_it_signed_and_nothing_else() {
    let stranger = Pair::p256().public();
    for (name, pair) in pairs() {
        let raw = pair.sign(ARTIFACT);
        let text = BASE64_STANDARD.encode(&raw);
        let (start, end) = text.split_at(40);
        let wrapped = format!("{start}\n{end}\n");
        let key = pair.public();
        for signature in [raw.as_slice(), text.as_bytes(), wrapped.as_bytes()] {
            let good = request(signature, &key);
            let verification = judge(&good);
            assert!(verification.verified, "{name}: {verification:?}");
            let strength = verification.signer.strength.unwrap();
            assert_eq!(strength.algorithm, name);
            let keys = vec![material("other", &stranger), material("key", &key)];
            assert!(
                judge(&SignatureRequest {
                    keys,
                    ..good.clone()
                })
                .verified,
                "{name}"
            );
            let keys = vec![material("other", &stranger)];
            assert_eq!(
                refusal(&SignatureRequest {
                    keys,
                    ..good.clone()
                }),
                "signature"
            );
            let artifact = Artifact::of_bytes(b"the delivered archivE");
            assert_eq!(
                refusal(&SignatureRequest {
                    artifact,
                    ..good.clone()
                }),
                "signature"
            );
            let threshold = 2;
            assert_eq!(
                refusal(&SignatureRequest { threshold, ..good }),
                "threshold"
            );
        }
    }
}

#[test]
fn a_digest_stands_for_the_artifact_where_the_scheme_signs_one() {
    let digest =
        |algorithm: Algorithm, of: &[u8]| Artifact::of_digests([(algorithm, algorithm.hex_of(of))]);
    let other = b"another archive";
    for (name, pair) in pairs() {
        let (signature, key) = (pair.sign(ARTIFACT), pair.public());
        let good = request(&signature, &key);
        let fits = Artifact::ALGORITHMS.into_iter().find(|algorithm| {
            let word = algorithm.name().replace('-', "").to_lowercase();
            name.ends_with(&word)
        });
        let Some(algorithm) = fits else {
            assert_eq!(name, "ed25519");
            let artifact = digest(Algorithm::Sha512, ARTIFACT);
            assert_eq!(
                code(&SignatureRequest { artifact, ..good }),
                "artifact-missing"
            );
            continue;
        };
        let artifact = digest(algorithm, ARTIFACT);
        assert!(
            judge(&SignatureRequest {
                artifact,
                ..good.clone()
            })
            .verified,
            "{name}"
        );
        // Where the key may sign by other digests too, it cannot be told that it did not.
        let artifact = digest(algorithm, other);
        let wrong = SignatureRequest {
            artifact,
            ..good.clone()
        };
        if name == "ecdsa-p256-sha256" {
            assert_eq!(refusal(&wrong), "signature");
        } else {
            assert_eq!(code(&wrong), "artifact-missing", "{name}");
        }
        let all = Artifact::ALGORITHMS.map(|algorithm| (algorithm, algorithm.hex_of(other)));
        let artifact = Artifact::of_digests(all);
        assert_eq!(
            refusal(&SignatureRequest { artifact, ..good }),
            "signature",
            "{name}"
        );
    }
}

#[test]
fn no_flipped_bit_verifies() {
    let mut seeded = Seeded::new(7);
    for (name, pair) in pairs() {
        let (signature, key) = (pair.sign(ARTIFACT), pair.public());
        for round in 0..48 {
            let (mut signature, mut artifact) = (signature.clone(), ARTIFACT.to_vec());
            let flipped = if round % 2 == 0 {
                &mut signature
            } else {
                &mut artifact
            };
            let bit = seeded.below(flipped.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            let request = SignatureRequest {
                artifact: Artifact::of_bytes(&artifact),
                ..request(&signature, &key)
            };
            let accepted = verify_signature(&request).is_ok_and(|one| one.verified);
            assert!(!accepted, "{name}: bit {bit} in round {round}");
        }
    }
}

#[test]
fn what_a_bare_key_cannot_prove_is_refused_to_judge() {
    let pair = Pair::p256();
    let (signature, key) = (pair.sign(ARTIFACT), pair.public());
    let good = request(&signature, &key);
    let somebody = || Some(Expected::Exact("somebody".to_owned()));
    for (case, request, expected) in [
        (
            "nobody",
            SignatureRequest {
                keys: Vec::new(),
                ..good.clone()
            },
            "signer-missing",
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
            "issuer",
            SignatureRequest {
                issuer: somebody(),
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
            "payload",
            SignatureRequest {
                payload_type: Some("x"),
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "certificate beside a key",
            SignatureRequest {
                certificates: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "chain beside a key",
            SignatureRequest {
                anchors: vec![material("c", b"x")],
                ..good.clone()
            },
            "expectation-unprovable",
        ),
        (
            "nothing at hand",
            SignatureRequest {
                artifact: Artifact::default(),
                ..good.clone()
            },
            "artifact-missing",
        ),
    ] {
        assert_eq!(code(&request), expected, "{case}");
    }
}
