//! Answers to our own questionnaire, in TOML or JSON, with the place of every answer.

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
    /// A document that supports it, as a path inside the bid's folder.
    pub document: Option<String>,
    /// What the supplier adds.
    pub note: Option<String>,
    /// Where the value stands.
    pub at: Place,
    /// Where the document is named.
    pub document_at: Place,
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
        answers: Vec::new(),
    };
    let broken = complaints.has_errors();
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
        let note = answer.optional_text("note").filter(|note| !note.is_empty());
        let document_at = answer.place_of("document");
        answer.finish();
        if let Some(value) = value {
            sheet.answers.push(Answer {
                question,
                value,
                document,
                note,
                at,
                document_at,
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
