//! Reads an answer that stands in a structured document of ours: the value has a type already.

use std::collections::BTreeMap;

use super::change::Fingerprint;
use super::response::{Answer, AnswerSet, Cell, Response};
use super::{Choice, Column, ColumnType, Question, QuestionType, Questionnaire};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::evidence::questionnaire::AnswerSheet;
use crate::time::parse_day;
use crate::tree::Value;

/// Reads the answers of a sheet of ours under its questionnaire.
pub fn read_sheet(sheet: &AnswerSheet, questionnaire: &Questionnaire) -> AnswerSet {
    let mut remarks = Vec::new();
    if sheet.questionnaire_version != questionnaire.version {
        let message = format!(
            "version `{}` was answered, and version {} is in force",
            sheet.questionnaire_version, questionnaire.version
        );
        remarks.push(
            Diagnostic::warning("questionnaire-version", Place::whole(), message)
                .help("check the answers to questions that changed"),
        );
    }
    let mut answers = Vec::new();
    for given in &sheet.answers {
        let Some(question) = questionnaire.lookup(&given.question) else {
            remarks.push(unknown_question(
                questionnaire,
                &given.question,
                given.at.clone(),
            ));
            continue;
        };
        let (response, remarks) = match question.respond(&given.value, &given.at) {
            Ok(response) => (Some(response), Vec::new()),
            Err(fault) => (None, vec![fault]),
        };
        answers.push(Answer {
            question: given.question.clone(),
            response,
            raw: raw(&given.value),
            at: given.at.clone(),
            note: given.note.clone(),
            documents: given.documents.clone(),
            carried_from: given.carried_from,
            reason_for_change: given.reason_for_change.clone(),
            remarks,
        });
    }
    AnswerSet {
        questionnaire: sheet.questionnaire.clone(),
        version: Some(sheet.questionnaire_version.clone()),
        digest: sheet.questionnaire_digest.clone(),
        answered_on: Some(sheet.answered_on),
        fingerprints: sheet
            .questions
            .iter()
            .filter_map(|(id, parts)| Some((id.clone(), Fingerprint::from_parts(parts)?)))
            .collect(),
        answers,
        remarks,
    }
}

/// What is said of an answer to no question.
pub fn unknown_question(questionnaire: &Questionnaire, id: &str, at: Place) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "question-unknown",
        at,
        format!("there is no question `{id}`"),
    );
    let all = questionnaire.questions().map(|(_, one)| one.id.as_str());
    match nearest(id, all) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("keep the identifiers of the questionnaire as they are"),
    }
}

fn raw(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        other => other.shape().to_owned(),
    }
}

impl Question {
    /// Takes a value of a structured document as an answer to this question.
    ///
    /// # Errors
    ///
    /// `answer-wrong-type` and `answer-out-of-range`, at `at`.
    pub fn respond(&self, value: &Value, at: &Place) -> Result<Response, Diagnostic> {
        let wrong = |wanted: String| {
            let message = format!(
                "the answer `{}` cannot be used: it takes {wanted}, found {}",
                self.id,
                value.shape()
            );
            Diagnostic::error("answer-wrong-type", at.clone(), message)
                .help("answer in the form that the question asks for")
        };
        match (&self.kind, value) {
            (_, Value::Text(word)) if word == "not_applicable" => Ok(Response::NotApplicable),
            (QuestionType::YesNo, Value::Bool(true)) => Ok(Response::Yes),
            (QuestionType::YesNo, Value::Bool(false)) => Ok(Response::No),
            (QuestionType::YesNo, Value::Text(word)) => match word.as_str() {
                "yes" => Ok(Response::Yes),
                "no" => Ok(Response::No),
                "partial" => Ok(Response::Partial),
                _ => Err(wrong("yes, no, partial or not_applicable".to_owned())),
            },
            (QuestionType::Choice { choices, many }, _) => words(value)
                .filter(|words| *many || words.len() == 1)
                .and_then(|words| chosen(choices, &words))
                .map(Response::Choice)
                .ok_or_else(|| wrong(format!("one of {}", ids(choices)))),
            (QuestionType::Number { min, max, .. }, Value::Integer(number)) => {
                if (min..=max).contains(&number) {
                    Ok(Response::Number(*number))
                } else {
                    let message = format!("`{number}` is not between {min} and {max}");
                    Err(
                        Diagnostic::error("answer-out-of-range", at.clone(), message)
                            .help("check the number and its unit"),
                    )
                }
            }
            (QuestionType::Number { .. }, _) => Err(wrong("a whole number".to_owned())),
            (QuestionType::Date, _) => words(value)
                .and_then(|words| parse_day(words.first()?))
                .map(Response::Date)
                .ok_or_else(|| wrong("a day written YYYY-MM-DD".to_owned())),
            (QuestionType::Place, _) => words(value)
                .filter(|words| words.iter().all(|word| is_country(word)))
                .map(|mut words| {
                    words.sort();
                    words.dedup();
                    Response::Places(words)
                })
                .ok_or_else(|| wrong("a list of ISO 3166-1 alpha-2 codes".to_owned())),
            (QuestionType::Table { columns }, Value::List(items)) => items
                .iter()
                .map(|item| row(columns, &item.value))
                .collect::<Option<_>>()
                .map(Response::Rows)
                .ok_or_else(|| wrong("a list of tables with this question's columns".to_owned())),
            (QuestionType::Text, Value::Text(text)) => Ok(Response::Text(text.clone())),
            (QuestionType::File, _) => words(value)
                .map(Response::Files)
                .ok_or_else(|| wrong("the path of a file, or a list of them".to_owned())),
            (QuestionType::YesNo, _) => Err(wrong("true or false".to_owned())),
            (QuestionType::Table { .. }, _) => Err(wrong("a list of tables".to_owned())),
            (QuestionType::Text, _) => Err(wrong("a text".to_owned())),
        }
    }
}

/// Whether a word has the shape of an ISO 3166-1 alpha-2 code.
pub fn is_country(word: &str) -> bool {
    word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn ids(choices: &[Choice]) -> String {
    let ids: Vec<_> = choices.iter().map(|one| one.id.as_str()).collect();
    ids.join(", ")
}

/// One text as a list of one, or a list of texts.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Text(text) => Some(vec![text.clone()]),
        Value::List(items) => items
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

/// The chosen words in the order of the choices; `None` where one is no choice.
fn chosen(choices: &[Choice], words: &[String]) -> Option<Vec<String>> {
    let known = words
        .iter()
        .all(|word| choices.iter().any(|choice| choice.id == *word));
    (known && !words.is_empty()).then(|| {
        choices
            .iter()
            .filter(|choice| words.contains(&choice.id))
            .map(|choice| choice.id.clone())
            .collect()
    })
}

fn row(columns: &[Column], value: &Value) -> Option<BTreeMap<String, Cell>> {
    let Value::Table(members) = value else {
        return None;
    };
    members
        .iter()
        .map(|(key, node)| {
            let column = columns.iter().find(|column| column.id == *key)?;
            cell(&column.kind, &node.value).map(|cell| (key.clone(), cell))
        })
        .collect()
}

fn cell(kind: &ColumnType, value: &Value) -> Option<Cell> {
    match (kind, value) {
        (ColumnType::YesNo, Value::Bool(yes)) => Some(Cell::YesNo(*yes)),
        (ColumnType::Number, Value::Integer(number)) => Some(Cell::Number(*number)),
        (ColumnType::Date, Value::Text(text)) => parse_day(text).map(Cell::Date),
        (ColumnType::Place, Value::Text(text)) if is_country(text) => {
            Some(Cell::Text(text.clone()))
        }
        (ColumnType::Choice { choices }, Value::Text(text))
            if choices.iter().any(|choice| choice.id == *text) =>
        {
            Some(Cell::Text(text.clone()))
        }
        (ColumnType::Text | ColumnType::CorporateNumber, Value::Text(text)) => {
            Some(Cell::Text(text.clone()))
        }
        _ => None,
    }
}
