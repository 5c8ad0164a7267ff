//! The CMS cases of the corpus, and files that are CMS or nearly so.

use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::{Artifact, Kind};

use crate::asked::material;
use crate::certificates::instant;
use crate::corpus::{corpus, say};

/// The cases were made on 2026-11-23, as their signers say.
const AT: &str = "2026-11-26T00:00:00Z";

fn outcome_of(signature: &[u8], artifact: Option<&[u8]>, anchor: &[u8]) -> String {
    let request = SignatureRequest {
        signature: artifact.map(|_| material("signature", signature)),
        kind: Some(Kind::Cms),
        anchors: vec![material("anchor", anchor)],
        ..SignatureRequest::new(
            Artifact::of_bytes(artifact.unwrap_or(signature)),
            instant(AT),
        )
    };
    match verify_signature(&request) {
        Ok(outcome) => outcome
            .refusal()
            .map_or("verified", |check| check.name.word())
            .to_owned(),
        Err(refused) => refused.0[0].code.to_owned(),
    }
}

#[test]
fn cms_signatures_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let mut decided = 0;
    for case in corpus.cases("signatures/cases.jsonl") {
        let text = |key: &str| case[key].as_str().expect("a case names its files");
        if !text("tool").starts_with("cms") {
            continue;
        }
        let file = |key: &str| corpus.read(text(key));
        let (signature, anchor) = (file("signature"), file("key"));
        let outcome = outcome_of(&signature, Some(&file("artifact")), &anchor);
        match text("expected") {
            "verify-ok" => assert_eq!(outcome, "verified", "{case}"),
            "verify-fail" => assert_ne!(outcome, "verified", "{case}"),
            other => panic!("the cases have a new expectation: {other}"),
        }
        decided += 1;
    }
    assert_eq!(decided, 8);
    let (attached, anchor) = (
        corpus.read("signatures/cms/attached.p7m"),
        corpus.read("signatures/cms/ca.pem"),
    );
    assert_eq!(outcome_of(&attached, None, &anchor), "verified");
    say(&format!("corpus signatures: {decided} of CMS"));
}

#[test]
fn other_files_of_cms_are_refused_and_read_without_panic() {
    let Some(corpus) = corpus() else { return };
    let anchor = corpus.read("signatures/cms/ca.pem");
    let mut read = 0;
    for row in &corpus.rows {
        if !row.path.starts_with("signatures/rustcrypto/")
            && !row.path.starts_with("signatures/cms/")
        {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let found = outcome_of(&bytes, Some(b"another artifact"), &anchor);
        assert_ne!(found, "verified", "{}", row.path);
        outcome_of(&bytes, None, &bytes);
        read += 1;
    }
    assert!(read >= 20, "{read}");
    // A message in BER with indefinite lengths reads as far as its signer.
    let ber = corpus.read("signatures/rustcrypto/cms-cms_ber.bin");
    let found = outcome_of(&ber, None, &anchor);
    assert!(
        ["certificate-chain", "algorithm", "structure"].contains(&&*found),
        "{found}"
    );
}
