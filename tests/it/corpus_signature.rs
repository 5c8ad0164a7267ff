//! Signatures of the corpus: what a bundle with a given root, or a bare key, can decide comes out as
//! expected.

use mekiki::app::inspect::{SignatureRequest, verify_signature};
use serde_json::Value;

use crate::corpus::{Corpus, corpus};

/// Whether a case verifies; what cannot be read at all does not.
fn verifies(request: &SignatureRequest<'_>) -> bool {
    verify_signature(request).is_ok_and(|verification| verification.verified)
}

fn read(corpus: &Corpus, case: &Value, key: &str) -> Option<Vec<u8>> {
    case[key].as_str().map(|path| corpus.read(path))
}

#[test]
fn conformance_cases_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let cases = corpus.cases("sigstore/conformance/cases.jsonl");
    assert!(cases.len() >= 10, "{} cases", cases.len());
    for case in &cases {
        let artifact = read(corpus, case, "artifact").unwrap();
        let bundle = read(corpus, case, "bundle").unwrap();
        let root = read(corpus, case, "trusted_root").unwrap();
        let key = read(corpus, case, "key");
        let request = SignatureRequest {
            artifact: Some(&artifact),
            bundle: Some(&bundle),
            trusted_root: Some(&root),
            identity: case["identity"].as_str().zip(case["issuer"].as_str()),
            key: key.as_deref(),
            ..SignatureRequest::default()
        };
        let expected = case["expected"] == "verify-ok";
        assert_eq!(
            verifies(&request),
            expected,
            "{}: {}",
            case["name"],
            case["why"]
        );
        if expected && key.is_none() {
            let by_another = SignatureRequest {
                identity: Some(("someone@example.com", "https://issuer.example")),
                ..request
            };
            assert!(!verifies(&by_another), "{}: another signer", case["name"]);
        }
    }
}

#[test]
fn signatures_under_a_bare_key_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let cases = corpus.cases("signatures/cases.jsonl");
    let mut counted = 0;
    for case in cases.iter().filter(|case| case["tool"] == "cosign-blob") {
        let artifact = read(corpus, case, "artifact").unwrap();
        let signature = read(corpus, case, "signature").unwrap();
        let key = read(corpus, case, "key").unwrap();
        let request = SignatureRequest {
            artifact: Some(&artifact),
            signature: Some(&signature),
            key: Some(&key),
            ..SignatureRequest::default()
        };
        assert_eq!(
            verifies(&request),
            case["expected"] == "verify-ok",
            "{case}"
        );
        counted += 1;
    }
    assert!(counted >= 10, "{counted} cases");
}

/// Bundles of the Python client with the root that each was made under; the artifact has the bundle's
/// name without the ending.
#[test]
fn bundles_that_must_be_refused_are_refused_under_any_root() {
    let Some(corpus) = corpus() else { return };
    let roots: Vec<_> = [
        "sigstore/trust/public-good-trusted_root.json",
        "sigstore/trust/staging-trusted_root.json",
    ]
    .map(|path| corpus.read(path))
    .into();
    let mut counted = 0;
    for row in &corpus.rows {
        let refused = row.expected.starts_with("verify-fail") || row.expected.starts_with("reject");
        let python =
            row.path.starts_with("sigstore/python/bundle") && row.format == "sigstore-bundle";
        if !refused || !python {
            continue;
        }
        let artifact = row
            .path
            .trim_end_matches(".json")
            .trim_end_matches(".sigstore");
        let (artifact, bundle) = (corpus.read(artifact), corpus.read(&row.path));
        for root in &roots {
            let request = SignatureRequest {
                artifact: Some(&artifact),
                bundle: Some(&bundle),
                trusted_root: Some(root),
                identity: Some(("any", "any")),
                ..SignatureRequest::default()
            };
            // The identity is not what refuses it: the check that failed is an earlier one.
            match verify_signature(&request) {
                Err(_) => {}
                Ok(verification) => assert!(!verification.verified, "{}", row.path),
            }
        }
        counted += 1;
    }
    assert!(counted >= 6, "{counted} bundles");
}
