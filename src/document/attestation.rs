//! An attestation that was judged, for people and machines: the outcome of the signature, and what the signer
//! says.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::signature;
use crate::diagnostic::Diagnostic;
use crate::evidence::attestation::{Predicate, Statement};
use crate::evidence::signature::Verification;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

const SCHEMA: &str = "mekiki/attestation-verify/v1";

/// The most items of a list, and the most subjects and remarks, that are shown to people.
const SHOWN: usize = 10;

/// What a signer said: the statement, remarks on it, and the predicate.
pub type Said<'a> = (&'a Statement, &'a [Diagnostic], &'a Predicate);

/// The outcome as JSON, schema `mekiki/attestation-verify/v1`: the fields of a signature's verification, and
/// `statement` and `predicate` where the signature over them verified.
pub fn view(verification: &Verification, said: Option<Said<'_>>) -> Value {
    let mut view = signature::view(verification);
    let Some(fields) = view.as_object_mut() else {
        return view;
    };
    fields.insert("schema".to_owned(), json!(SCHEMA));
    if let Some((statement, findings, predicate)) = said {
        fields.insert("statement".to_owned(), statement_view(statement, findings));
        fields.insert("predicate".to_owned(), predicate_view(predicate));
    }
    view
}

fn statement_view(statement: &Statement, findings: &[Diagnostic]) -> Value {
    let subjects: Vec<Value> = statement
        .subjects
        .iter()
        .map(|subject| {
            let digests: serde_json::Map<_, _> = subject
                .digests
                .iter()
                .map(|(algorithm, digits)| (algorithm.clone(), json!(digits)))
                .collect();
            let mut view = json!({"digest": digests});
            if let Some(fields) = view.as_object_mut() {
                let known = [("name", &subject.name), ("uri", &subject.uri)];
                for (key, value) in known {
                    if let Some(value) = value {
                        fields.insert(key.to_owned(), json!(value));
                    }
                }
            }
            view
        })
        .collect();
    json!({
        "type": statement.version.type_uri(),
        "predicate_type": statement.predicate_type,
        "subjects": subjects,
        "findings": findings,
    })
}

/// The summary's fields beside type and findings.
fn predicate_view(predicate: &Predicate) -> Value {
    let mut view = json!(predicate.summary);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("type".to_owned(), json!(predicate.kind));
        fields.insert("findings".to_owned(), json!(predicate.findings));
    }
    view
}

/// The outcome as text: first that of the signature, then what the signer says.
pub fn text(verification: &Verification, said: Option<Said<'_>>, lang: Lang) -> String {
    let mut out = signature::text(verification, lang);
    let Some((statement, findings, predicate)) = said else {
        return out;
    };
    let heading = if verification.verified {
        "attestation-said"
    } else {
        "attestation-said-refused"
    };
    _ = writeln!(out, "{}", message(lang, heading));
    let kind = printable(&shortened(&statement.predicate_type, 200));
    _ = writeln!(out, "  {}: {kind}", message(lang, "attestation-type"));
    for subject in statement.subjects.iter().take(SHOWN) {
        let label = printable(&shortened(&subject.label(), 200));
        let digests: Vec<_> = subject
            .digests
            .iter()
            .map(|(algorithm, digits)| printable(&shortened(&format!("{algorithm}:{digits}"), 140)))
            .collect();
        _ = writeln!(
            out,
            "  {}: {label} ({})",
            message(lang, "attestation-subject"),
            digests.join(", ")
        );
    }
    more(&mut out, statement.subjects.len(), lang);
    let summary = json!(predicate.summary);
    for (field, value) in summary.as_object().into_iter().flatten() {
        if value.as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let label = message(lang, &format!("attestation-{}", field.replace('_', "-")));
        _ = writeln!(out, "  {label}: {}", shown(value));
    }
    let remarks = findings.iter().chain(&predicate.findings);
    for finding in remarks.clone().take(SHOWN) {
        _ = writeln!(out, "  ! {}", printable(&finding.to_string()));
    }
    more(&mut out, remarks.count(), lang);
    out
}

/// Says how many of a list are not shown.
fn more(out: &mut String, count: usize, lang: Lang) {
    if count > SHOWN {
        let rest = (count - SHOWN).to_string();
        let told = message_with(lang, "attestation-more", &[("count", &rest)]);
        _ = writeln!(out, "  {told}");
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => printable(&shortened(text, 200)),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().take(SHOWN).map(shown).collect();
            let rest = if items.len() > SHOWN { ", …" } else { "" };
            texts.join(", ") + rest
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::attestation::{predicate, statement};

    /// A predicate of each type that is summed up, whole.
    const PREDICATES: [(&str, &str); 11] = [
        (
            "https://slsa.dev/provenance/v1",
            r#"{"buildDefinition":{"buildType":"t","externalParameters":{}},"runDetails":{"builder":{"id":"b"}}}"#,
        ),
        (
            "https://cyclonedx.org/bom",
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#,
        ),
        (
            "https://openvex.dev/ns",
            r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://v.example/1","author":"a","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[]}"#,
        ),
        (
            "https://in-toto.io/attestation/test-result/v0.1",
            r#"{"result":"FAILED","configuration":[],"failedTests":["t"]}"#,
        ),
        (
            "https://slsa.dev/verification_summary/v1",
            r#"{"verifier":{"id":"v"},"timeVerified":"2026-01-01T00:00:00Z","resourceUri":"r","policy":{"uri":"p"},"verificationResult":"PASSED","verifiedLevels":["L"]}"#,
        ),
        (
            "https://in-toto.io/attestation/vulns/v0.2",
            r#"{"scanner":{"uri":"s","db":{"lastUpdate":"2026-01-01T00:00:00Z"},"result":[{"id":"CVE-1"}]},"metadata":{"scanStartedOn":"2026-01-01T00:00:00Z","scanFinishedOn":"2026-01-01T00:00:00Z"}}"#,
        ),
        (
            "https://in-toto.io/attestation/link/v0.3",
            r#"{"name":"n","command":["c"]}"#,
        ),
        (
            "https://in-toto.io/attestation/release/v0.2",
            r#"{"purl":"pkg:npm/a@1","packageId":"1"}"#,
        ),
        (
            "https://in-toto.io/attestation/reference/v0.1",
            r#"{"attester":{"id":"a"},"references":[{"uri":"u","downloadLocation":"d","mediaType":"m"}]}"#,
        ),
        (
            "https://in-toto.io/attestation/svr/v0.2",
            r#"{"verifier":{"id":"v"},"timeCreated":"2026-01-01T00:00:00Z","properties":[]}"#,
        ),
        ("https://p.example", "{}"),
    ];

    #[test]
    fn every_field_has_a_label_in_both_languages() {
        for (kind, content) in PREDICATES {
            let payload = format!(
                r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"{kind}","predicate":{content}}}"#
            );
            let (statement, _) = statement::read(payload.as_bytes()).unwrap();
            let predicate = predicate::read(&statement);
            assert!(
                !predicate.is_incomplete(),
                "{kind}: {:?}",
                predicate.findings
            );
            for (field, _) in json!(predicate.summary).as_object().unwrap() {
                for lang in Lang::BOTH {
                    let key = format!("attestation-{}", field.replace('_', "-"));
                    assert_ne!(message(lang, &key), key, "{kind}");
                }
            }
            assert_eq!(predicate_view(&predicate)["type"], json!(predicate.kind));
        }
    }
}
