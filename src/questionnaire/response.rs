//! What was answered, read into the type of its question.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::change::Fingerprints;
use crate::diagnostic::{Diagnostic, Place};
use crate::time::Date;

/// A readable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Yes.
    Yes,
    /// No.
    No,
    /// In part; the answer's note says which part.
    Partial,
    /// Not applicable; the answer's note says why.
    NotApplicable,
    /// The chosen words, in the order of the choices.
    Choice(Vec<String>),
    /// A whole number in the question's unit.
    Number(i64),
    /// A day.
    Date(Date),
    /// Countries as ISO 3166-1 alpha-2 codes, sorted, each once.
    Places(Vec<String>),
    /// Rows by column; a cell that is empty or cannot be read is absent.
    Rows(Vec<BTreeMap<String, Cell>>),
    /// Free text.
    Text(String),
    /// Paths of files beside the answers.
    Files(Vec<String>),
}

/// A readable cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A country, a corporate number, a choice or a text.
    Text(String),
}

impl Response {
    /// The words that a condition may ask for; empty where the type has none.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Yes => vec!["yes".to_owned()],
            Self::No => vec!["no".to_owned()],
            Self::Partial => vec!["partial".to_owned()],
            Self::NotApplicable => vec!["not_applicable".to_owned()],
            Self::Choice(words) => words.clone(),
            _ => Vec::new(),
        }
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_str("yes"),
            Self::No => serializer.serialize_str("no"),
            Self::Partial => serializer.serialize_str("partial"),
            Self::NotApplicable => serializer.serialize_str("not_applicable"),
            Self::Choice(words) | Self::Places(words) | Self::Files(words) => {
                words.serialize(serializer)
            }
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Date(date) => serializer.collect_str(date),
            Self::Rows(rows) => rows.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::YesNo(yes) => serializer.serialize_str(if *yes { "yes" } else { "no" }),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Date(date) => serializer.collect_str(date),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// One answer, whatever file it came in.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The question's identifier, in the questionnaire or in the foreign sheet.
    pub question: String,
    /// What was answered; `None` where it is blank or cannot be read, which a remark says.
    pub response: Option<Response>,
    /// What stands there, as written.
    pub raw: String,
    /// Where it stands.
    pub at: Place,
    /// What the supplier adds: the part that is met, the reason why it does not apply.
    pub note: Option<String>,
    /// Documents that support it, as paths beside the answers, each with the place that names it.
    pub documents: Vec<(String, Place)>,
    /// The day on which it was first given, where it was carried over from an earlier round and not confirmed since.
    pub carried_from: Option<Date>,
    /// Why it differs from what was carried over.
    pub reason_for_change: Option<String>,
    /// What is odd about it, sorted.
    pub remarks: Vec<Diagnostic>,
}

/// Answers of one file.
#[derive(Debug, Clone, Default)]
pub struct AnswerSet {
    /// The questionnaire that was answered, or the format of a foreign sheet.
    pub questionnaire: String,
    /// The version, where the file states one.
    pub version: Option<String>,
    /// The digest of what was sent, where the file states one.
    pub digest: Option<String>,
    /// The day of the answers, where the file states one.
    pub answered_on: Option<Date>,
    /// What the questions were that the supplier read, where the file states it.
    pub fingerprints: Fingerprints,
    /// The answers in the order of the questionnaire, or of the foreign sheet.
    pub answers: Vec<Answer>,
    /// What is odd about the file as a whole, sorted.
    pub remarks: Vec<Diagnostic>,
}
