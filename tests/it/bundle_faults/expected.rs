//! What is asked of a bundle: the signer, the artifact, the time of judgment.

use mekiki::app::signature::SignatureRequest;
use mekiki::digest::Algorithm;
use mekiki::evidence::signature::{Artifact, Expected};
use serde_json::{Value, json};

use super::{ARTIFACT, AT, FORMS, by_key, outcome, remove, request, sign, signer};
use crate::asked::material;
use crate::authority::{Authority, ManagedKey, Witnessed};

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
    let (zeros, long_zeros) = ("0".repeat(64), "0".repeat(128));
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
            statement(of(json!({ "sha256": sha256, "sha512": long_zeros }))),
            &bytes,
            "subject",
        ),
        // A digest that is cut off.
        (
            statement(of(json!({ "sha256": sha256, "sha512": zeros }))),
            &bytes,
            "statement",
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
        (statement(of(json!({}))), &bytes, "statement"),
        (
            statement(json!([
                { "name": "other", "digest": { "sha256": zeros } },
                { "name": "archive", "digest": { "sha256": sha256 } },
            ])),
            &bytes,
            "verified",
        ),
        // One that contradicts itself decides, wherever it stands.
        (
            statement(json!([
                { "name": "archive", "digest": { "sha256": sha256 } },
                { "name": "other", "digest": { "sha256": sha256, "sha512": long_zeros } },
            ])),
            &bytes,
            "subject",
        ),
        (
            statement(json!([
                { "name": "other", "digest": { "sha256": sha256, "sha512": long_zeros } },
                { "name": "archive", "digest": { "sha256": sha256 } },
            ])),
            &bytes,
            "subject",
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
