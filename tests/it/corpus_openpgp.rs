//! `OpenPGP` and minisign in the corpus: every case comes out as its maker says, and every other file is read or
//! refused with a code.

use mekiki::evidence::signature::openpgp;
use serde_json::Value;

use crate::asked::{Asked, material};
use crate::corpus::{corpus, say};

#[test]
fn signatures_come_out_as_expected() {
    let Some(corpus) = corpus() else { return };
    let mut decided = 0;
    for case in corpus.cases("signatures/cases.jsonl") {
        let text = |key: &str| case[key].as_str().expect("a case has its fields");
        if !matches!(text("tool"), "minisign" | "openpgp" | "openpgp-clear") {
            continue;
        }
        let file = |key: &str| corpus.read(text(key));
        let asked = Asked {
            artifact: Some(&file("artifact")),
            signature: Some(&file("signature")),
            key: Some(&file("key")),
            ..Asked::default()
        };
        let verification = asked.verify().expect("a case can be judged");
        let told = verification
            .warnings
            .iter()
            .any(|one| one.contains("expired"));
        let found = match (verification.verified, told) {
            (true, false) => "verify-ok",
            (true, true) => "verify-ok-with-warning",
            (false, _) => "verify-fail",
        };
        assert_eq!(found, text("expected"), "{case}: {verification:?}");
        let reason = verification.refusal().map(|check| check.name.word());
        let expected = match text("why") {
            why if why.starts_with("artefact changed") => Some("signature"),
            why if why.starts_with("SHA-1") => Some("algorithm"),
            "wrong key" | "key id does not match" => Some("key"),
            why if why.contains("trusted comment") => Some("signed-attributes"),
            why if why.contains("revoked") => Some("revocation"),
            _ => None,
        };
        assert_eq!(reason, expected, "{case}: {verification:?}");
        decided += 1;
    }
    assert!(decided >= 24, "{decided}");
    say(&format!(
        "corpus signatures: {decided} of OpenPGP and minisign"
    ));
}

#[test]
fn certificates_are_read_as_others_read_them() {
    let Some(corpus) = corpus() else { return };
    let (mut imported, mut parsed) = (0, 0);
    for row in &corpus.rows {
        let name = row.path.strip_prefix("signatures/openpgp-interop/");
        let Some(name) = name.and_then(|name| name.strip_suffix(".asc")) else {
            continue;
        };
        let keys = openpgp::keys(material("key", &corpus.read(&row.path)));
        let keys = keys.unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(keys.len(), 1, "{name}");
        if !row.expected.starts_with("import") {
            parsed += 1;
            continue;
        }
        let expected = corpus.read(&format!("signatures/openpgp-interop/{name}.json"));
        let expected: Value = serde_json::from_slice(&expected).expect("an expectation is JSON");
        let print = |of: &Value| {
            let print = of["expected_fingerprint"].as_str().expect("a fingerprint");
            print.to_ascii_uppercase()
        };
        let list = |key: &str| expected[key].as_array().expect("a list").clone();
        assert_eq!(keys[0].fingerprint, print(&expected), "{name}");
        assert_eq!(
            Value::from(keys[0].names.clone()),
            expected["expected_uids"],
            "{name}"
        );
        let subkeys: Vec<String> = list("expected_subkeys").iter().map(print).collect();
        assert_eq!(keys[0].subkeys, subkeys, "{name}");
        imported += 1;
    }
    assert!(imported >= 6 && parsed >= 4, "{imported} {parsed}");
    say(&format!(
        "corpus OpenPGP: {imported} certificates as others read them, {parsed} read"
    ));
}

#[test]
fn other_files_are_read_or_refused_with_a_code() {
    let Some(corpus) = corpus() else { return };
    let (mut keys, mut signatures, mut messages) = (0, 0, 0);
    for row in &corpus.rows {
        if !row.path.starts_with("signatures/rpgp/") {
            continue;
        }
        let bytes = corpus.read(&row.path);
        let path = &row.path;
        if path.ends_with(".pub.asc") || path.ends_with("-pub.asc") {
            let read = openpgp::keys(material("key", &bytes));
            assert!(read.is_ok(), "{path}: {read:?}");
            keys += 1;
        } else if row.expected.starts_with("reject") {
            // A signature of version 6 in the old form of Ed25519.
            let alien = corpus.read("signatures/openpgp/ed.asc");
            let outcome = Asked {
                artifact: Some(&bytes),
                signature: Some(&bytes),
                key: Some(&alien),
                ..Asked::default()
            };
            let refused = outcome.verify().map_or(true, |outcome| !outcome.verified);
            assert!(refused, "{path}");
            signatures += 1;
        } else if path.contains("csf") || path.contains("clearsig") {
            let count = openpgp::count(&bytes);
            assert!(
                count.as_ref().is_ok_and(|count| *count >= 1),
                "{path}: {count:?}"
            );
            signatures += 1;
        } else {
            // Encrypted messages, which are no signatures.
            let refused = openpgp::count(&bytes).expect_err(path);
            assert_eq!(refused.code, "openpgp-malformed", "{path}");
            messages += 1;
        }
    }
    assert_eq!(keys + signatures + messages, 20);
    let alice = corpus.read("signatures/rpgp/unit-tests/csf/alice.pub.asc");
    for (text, artifact) in [("msg", None), ("empty", Some(&b""[..]))] {
        let signed = corpus.read(&format!("signatures/rpgp/unit-tests/csf/{text}.csf"));
        let verification = Asked {
            artifact: Some(artifact.unwrap_or(&signed)),
            signature: Some(&signed),
            key: Some(&alice),
            ..Asked::default()
        };
        let verification = verification.verify().expect("it can be judged");
        assert!(verification.verified, "{text}: {verification:?}");
    }
    say(&format!(
        "corpus OpenPGP: {keys} certificates and {signatures} signatures read, {messages} messages refused"
    ));
}
