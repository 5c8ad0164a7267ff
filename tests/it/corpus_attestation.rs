//! The attestations of the corpus: envelopes and statements that others made are read, and come out as their
//! makers say.

use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::diagnostic::{Findings, Severity};
use mekiki::evidence::attestation::envelope::{Envelope, IN_TOTO, documents};
use mekiki::evidence::attestation::predicate::{self, PredicateType};
use mekiki::evidence::attestation::statement::{self, read_descriptor};
use mekiki::evidence::attestation::{Statement, payload_of_bundle};
use mekiki::evidence::signature::Artifact;
use mekiki::tree::parse_json;

use crate::asked::{material, now};
use crate::corpus::{corpus, say};

/// A statement that is read without a fault, with a predicate that has what its type requires.
fn whole(path: &str, payload: &[u8]) -> Statement {
    let (statement, findings) =
        statement::read(payload).unwrap_or_else(|fault| panic!("{path}: {fault}"));
    let mut errors = findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    assert_eq!(errors.next(), None, "{path}");
    let predicate = predicate::read(&statement);
    assert!(
        !predicate.is_incomplete(),
        "{path}: {:?}",
        predicate.findings
    );
    assert_ne!(
        predicate.kind,
        PredicateType::Other,
        "{path}: {}",
        statement.predicate_type
    );
    statement
}

#[test]
fn envelopes_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let mut decided = 0;
    for case in corpus.cases("signatures/cases.jsonl") {
        if case["tool"] != "dsse" {
            continue;
        }
        let file = |key: &str| corpus.read(case[key].as_str().expect("a case names its files"));
        let (artifact, signature, key) = (file("artifact"), file("signature"), file("key"));
        // The kind is told from the bytes.
        let outcome = verify_signature(&SignatureRequest {
            signature: Some(material("signature", &signature)),
            keys: vec![material("key", &key)],
            ..SignatureRequest::new(Artifact::of_bytes(&artifact), now())
        });
        let verification = outcome.unwrap_or_else(|refused| panic!("{case}: {refused}"));
        let expected = match case["expected"].as_str() {
            Some("verify-ok") => true,
            Some("verify-fail") => false,
            other => panic!("the cases have a new expectation: {other:?}"),
        };
        assert_eq!(verification.verified, expected, "{case}: {verification:?}");
        decided += 1;
    }
    assert!(decided >= 12, "{decided}");
    say(&format!(
        "corpus attestations: {decided} envelopes under a key"
    ));
}

#[test]
fn envelopes_of_slsa_builders_are_read() {
    let Some(corpus) = corpus() else { return };
    let (mut envelopes, mut bundles) = (0, 0);
    for row in &corpus.rows {
        // NOTE: what lies under `slsa/other` is broken on purpose.
        let is_built = row.path.starts_with("slsa/") && !row.path.starts_with("slsa/other/");
        if row.format != "dsse-intoto" || !is_built {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let documents = documents(&bytes).unwrap_or_else(|fault| panic!("{}: {fault}", row.path));
        for document in documents {
            let payload = payload_of_bundle(document);
            let payload = payload.unwrap_or_else(|fault| panic!("{}: {fault}", row.path));
            let payload = payload.unwrap_or_else(|| panic!("{} has no statement", row.path));
            let Ok(envelope) = Envelope::parse(document) else {
                whole(&row.path, &payload);
                bundles += 1;
                continue;
            };
            assert_eq!(envelope.payload, payload, "{}", row.path);
            assert_eq!(envelope.payload_type, IN_TOTO, "{}", row.path);
            assert_eq!(envelope.signatures.len(), 1, "{}", row.path);
            let statement = whole(&row.path, &envelope.payload);
            assert!(statement.builder().is_some(), "{}", row.path);
            assert!(!statement.sha256_subjects().is_empty(), "{}", row.path);
            envelopes += 1;
        }
    }
    assert!(
        envelopes >= 50 && envelopes + bundles >= 80,
        "{envelopes}, {bundles}"
    );
    say(&format!(
        "corpus attestations: {envelopes} envelopes and {bundles} bundles of SLSA builders read"
    ));
}

#[test]
fn statements_in_bundles_are_read() {
    let Some(corpus) = corpus() else { return };
    let mut read = 0;
    for row in &corpus.rows {
        let is_bundle = row.format == "sigstore-bundle" && row.path.starts_with("sigstore/js/");
        if is_bundle {
            let bundle = corpus.read(&row.path);
            let payload =
                payload_of_bundle(&bundle).unwrap_or_else(|fault| panic!("{}: {fault}", row.path));
            if let Some(payload) = payload {
                whole(&row.path, &payload);
                read += 1;
            }
        } else if row.format == "intoto-statement" && row.path.starts_with("sigstore/js/") {
            whole(&row.path, &corpus.read(row.path.trim_end_matches(".zst")));
            read += 1;
        }
    }
    assert!(read >= 9, "{read}");
    say(&format!(
        "corpus attestations: {read} statements of a Sigstore client read"
    ));
}

/// The examples abridge their digests (`fedcba09...`), which is named and is all that is.
#[test]
fn examples_of_the_specification_are_read() {
    let Some(corpus) = corpus() else { return };
    let mut read = 0;
    for row in &corpus.rows {
        if !row.path.starts_with("intoto/spec-examples/") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let text = String::from_utf8_lossy(&bytes);
        let findings = if row.format == "intoto-statement" {
            let (statement, findings) = statement::read(&bytes).expect("an example is a statement");
            let stated = row.expected.rsplit(' ').next();
            assert_eq!(
                Some(statement.predicate_type.as_str()),
                stated,
                "{}",
                row.path
            );
            let predicate = predicate::read(&statement);
            assert!(
                !predicate.is_incomplete(),
                "{}: {:?}",
                row.path,
                predicate.findings
            );
            assert_ne!(predicate.kind, PredicateType::Other, "{}", row.path);
            let inner = predicate.findings.into_iter();
            findings.into_iter().chain(inner).collect()
        } else if row.path.contains("resource_descriptor") {
            let (document, _) = parse_json(&bytes).expect("an example is JSON");
            let mut findings = Findings::new();
            let descriptor = read_descriptor(&document.root, "", &mut findings);
            assert!(descriptor.uri.is_some(), "{}", row.path);
            findings.finish()
        } else {
            // A form of an envelope with words where the base64 belongs.
            assert_eq!(row.path, "intoto/spec-examples/README-0.json");
            assert_eq!(
                Envelope::parse(&bytes).unwrap_err().code,
                "envelope-malformed"
            );
            continue;
        };
        for finding in &findings {
            assert_eq!(finding.code, "statement-digest", "{}: {finding}", row.path);
            assert!(text.contains("..."), "{}: {finding}", row.path);
        }
        read += 1;
    }
    assert!(read >= 6, "{read}");
    say(&format!(
        "corpus attestations: {read} examples of the specification read"
    ));
}
