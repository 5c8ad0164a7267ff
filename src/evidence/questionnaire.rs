//! Answers to our own questionnaire, in TOML or JSON, with the place of every answer.

pub mod seal;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::detect::detect;
use crate::time::Date;
use crate::tree::{Complaints, Document, Fields, Value, parse_json, parse_toml};

/// A sheet of answers.
#[derive(Debug, Clone)]
pub struct AnswerSheet {
    /// Which questionnaire was answered.
    pub questionnaire: String,
    /// Its version.
    pub questionnaire_version: String,
    /// The digest of the questionnaire as it was sent, where the sheet states it.
    pub questionnaire_digest: Option<String>,
    /// The day of the answers.
    pub answered_on: Date,
    /// Who answers, as the sheet states it.
    pub supplier: Option<String>,
    /// Digests of the parts of each question as it was sent, where the sheet states them.
    pub questions: BTreeMap<String, BTreeMap<String, String>>,
    /// The answers, in the order of the document.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The question's identifier.
    pub question: String,
    /// What was answered.
    pub value: Value,
    /// Documents that support it, as paths inside the bid's folder, each with the place that names it.
    pub documents: Vec<(String, Place)>,
    /// What the supplier adds.
    pub note: Option<String>,
    /// The day on which it was first given, where it is carried over and not confirmed.
    pub carried_from: Option<Date>,
    /// Why it differs from what was carried over.
    pub reason_for_change: Option<String>,
    /// Where the value stands.
    pub at: Place,
}

/// Parses a document of ours, which may be TOML or JSON.
///
/// # Errors
///
/// The syntax faults.
pub(crate) fn parse_either(bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
    if detect(bytes).encoding == "json" {
        let (document, warnings) = parse_json(bytes).map_err(|fault| vec![fault])?;
        return if warnings.is_empty() {
            Ok(document)
        } else {
            Err(warnings)
        };
    }
    parse_toml(bytes)
}

/// Reads a sheet of answers.
///
/// A faulty answer is left out and named, and the others are read.
///
/// # Errors
///
/// The diagnostics of a document that is no sheet of answers at all.
pub fn read_answers(bytes: &[u8]) -> Result<(AnswerSheet, Vec<Diagnostic>), Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != "mekiki/answers/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no answer sheet",
            "write schema = \"mekiki/answers/v1\"",
        );
    }
    let mut sheet = AnswerSheet {
        questionnaire: fields.text("questionnaire"),
        questionnaire_version: fields.text("questionnaire_version"),
        questionnaire_digest: fields.optional_text("questionnaire_digest"),
        answered_on: fields.day("answered_on"),
        supplier: fields.optional_text("supplier"),
        questions: read_fingerprints(&fields),
        answers: Vec::new(),
    };
    let sealed = fields.optional_text("answers_digest").is_some();
    let broken = complaints.has_errors();
    let altered = if sealed {
        altered_answers(bytes, &fields)
    } else {
        Vec::new()
    };
    for (question, answer) in fields.named_tables("answers") {
        let value = answer.node("value").map(|node| node.value.clone());
        let at = answer.place_of("value");
        if value.is_none() {
            answer.complain(
                "answer-without-value",
                "value",
                format!("the answer `{question}` has no value"),
                "leave the whole answer out if you cannot give it",
            );
        }
        let document = answer.optional_text("document");
        let mut documents: Vec<_> = document
            .map(|path| (path, answer.place_of("document")))
            .into_iter()
            .collect();
        if answer.node("documents").is_some() {
            let at = answer.place_of("documents");
            let paths = answer.texts("documents").into_iter();
            documents.extend(paths.map(|path| (path, at.clone())));
        }
        let note = answer.optional_text("note").filter(|note| !note.is_empty());
        let carried_from = answer
            .node("carried_from")
            .and_then(|_| answer.optional_day("carried_from"));
        let reason_for_change = answer.optional_text("reason_for_change");
        if sealed {
            // Checked above, over the whole answer.
            answer.optional_text("digest");
        }
        answer.finish();
        if altered.contains(&question) {
            continue;
        }
        if let Some(value) = value {
            sheet.answers.push(Answer {
                question,
                value,
                documents,
                note,
                carried_from,
                reason_for_change,
                at,
            });
        }
    }
    fields.finish();
    let diagnostics = complaints.into_sorted();
    if broken {
        return Err(diagnostics
            .into_iter()
            .filter(|one| one.severity == Severity::Error)
            .collect());
    }
    Ok((sheet, diagnostics))
}

/// Names what was altered after the answers were sealed, and gives the questions whose answers were.
fn altered_answers(bytes: &[u8], fields: &Fields<'_>) -> Vec<String> {
    let Ok(document) = serde_json::from_slice(bytes) else {
        fields.complain(
            "answers-altered",
            "answers_digest",
            "a sheet with a digest over its answers must be JSON",
            "hand in the file as the form saved it, or leave the digest out",
        );
        return Vec::new();
    };
    let alterations = seal::alterations(&document);
    for one in &alterations {
        fields.complain(
            "answers-altered",
            one.field(),
            one.to_string(),
            "hand in the file as the form saved it; to change an answer, change it in the form and save again",
        );
    }
    alterations
        .into_iter()
        .filter_map(seal::Alteration::into_question)
        .collect()
}

fn read_fingerprints(fields: &Fields<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    if fields.node("questions").is_none() {
        return BTreeMap::new();
    }
    let read = |(id, parts): (String, Fields<'_>)| {
        let digests = ["text", "type", "choices", "condition"]
            .map(|part| (part.to_owned(), parts.text(part)));
        parts.finish();
        (id, digests.into())
    };
    fields
        .named_tables("questions")
        .into_iter()
        .map(read)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = "schema = \"mekiki/answers/v1\"\nquestionnaire = \"q\"\nquestionnaire_version = \"1.0.0\"\nanswered_on = \"2026-11-10\"\n[answers.mfa]\nvalue = true\ndocument = \"d.md\"\n";
        let json = r#"{"schema":"mekiki/answers/v1","questionnaire":"q","questionnaire_version":"1.0.0","answered_on":"2026-11-10","answers":{"mfa":{"value":true,"document":"d.md"}}}"#;
        for (bytes, place) in [(toml, "6:9"), (json, "/answers/mfa/value")] {
            let (sheet, diagnostics) = read_answers(bytes.as_bytes()).unwrap();
            assert_eq!(diagnostics, []);
            assert_eq!(sheet.answers[0].value, Value::Bool(true));
            assert_eq!(sheet.answers[0].at.to_string(), place);
        }
    }

    #[test]
    fn a_faulty_answer_does_not_hide_the_others() {
        let json = r#"{"schema":"mekiki/answers/v1","questionnaire":"q","questionnaire_version":"1","answered_on":"2026-11-10","answers":{"a":{"valeu":1},"b":{"value":2}}}"#;
        let (sheet, diagnostics) = read_answers(json.as_bytes()).unwrap();
        assert_eq!(sheet.answers.len(), 1);
        let codes: Vec<_> = diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["answer-without-value", "unknown-field"]);
        assert!(read_answers(b"{\"schema\":\"mekiki/answers/v1\"}").is_err());
    }
}
