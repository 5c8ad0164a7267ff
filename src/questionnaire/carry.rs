//! Answers of an earlier round that are offered again, so that a supplier confirms instead of writing anew.
//!
//! An answer is filled in only where its question is the same in wording, type, choices and condition, and where the time for
//! which answers to it hold has not run out. Everything else is shown beside the question, with the reason why it is not filled
//! in. An answer that is left as it was keeps the day on which it was given, unless the supplier confirms it.

use super::Questionnaire;
use super::change::{Change, Fingerprint};
use super::response::{AnswerSet, Response};
use crate::digest::{Digest, canonical_json};
use crate::time::{Date, add_months};

/// What a supplier answered before to a question that is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedAnswer {
    /// The question.
    pub question: String,
    /// What was answered.
    pub response: Response,
    /// What was added.
    pub note: Option<String>,
    /// The documents that were named.
    pub documents: Vec<String>,
    /// The day on which it was first given; `None` where the earlier file states none.
    pub given_on: Option<Date>,
    /// Whether it is filled in.
    pub standing: Standing,
}

/// Whether an earlier answer is filled in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Holds,
    /// It held until this day.
    Expired(Date),
    /// The question changed.
    Changed(Vec<Change>),
    /// The earlier file does not say which wording was answered.
    Unknown,
}

impl CarriedAnswer {
    /// Whether it is filled in.
    pub fn holds(&self) -> bool {
        self.standing == Standing::Holds
    }

    /// The day it was given and the digest of what was answered, by which a reader tells whether it was changed.
    pub fn stamp(&self) -> Option<Stamp> {
        self.given_on
            .filter(|_| self.holds())
            .map(|given_on| Stamp {
                answer: answer_digest(&self.response),
                given_on,
            })
    }
}

/// What stands hidden beside an answer that was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Digest of the answer that was filled in.
    pub answer: String,
    /// The day on which it was given.
    pub given_on: Date,
}

impl Stamp {
    /// Reads a stamp.
    pub fn parse(text: &str) -> Option<Self> {
        let (answer, day) = text.trim().split_once(' ')?;
        let digits = answer.len() == 16 && answer.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self {
            answer: digits.then(|| answer.to_owned())?,
            given_on: crate::time::parse_day(day)?,
        })
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.answer, self.given_on)
    }
}

/// The first 16 hexadecimal digits of the digest of an answer in its canonical form.
pub fn answer_digest(response: &Response) -> String {
    let value = serde_json::to_value(response).unwrap_or_default();
    let digest = Digest::of(canonical_json(&value).as_bytes());
    digest.hex().chars().take(16).collect()
}

/// Takes over what an earlier file answered, in the order of the questions.
///
/// `as_of` is the day on which the answers will be used: the end of the tender's time for bids.
pub fn carry(
    questionnaire: &Questionnaire,
    previous: &AnswerSet,
    as_of: Date,
) -> Vec<CarriedAnswer> {
    let same_edition = previous.digest.as_deref().is_some_and(|digest| {
        digest
            .parse()
            .is_ok_and(|digest: Digest| digest == questionnaire.digest)
    });
    let mut carried = Vec::new();
    for (_, question) in questionnaire.questions() {
        let given = previous
            .answers
            .iter()
            .find(|one| one.question == question.id);
        let Some((given, response)) =
            given.and_then(|one| one.response.clone().map(|response| (one, response)))
        else {
            continue;
        };
        let given_on = given.carried_from.or(previous.answered_on);
        let changes = match previous.fingerprints.get(&question.id) {
            Some(print) => Some(print.changes(&Fingerprint::of(question))),
            None => same_edition.then(Vec::new),
        };
        let until = given_on
            .zip(question.valid_months)
            .map(|(day, months)| add_months(day, months));
        let standing = match (changes, until) {
            (None, _) => Standing::Unknown,
            (Some(changes), _) if !changes.is_empty() => Standing::Changed(changes),
            (_, Some(until)) if until < as_of => Standing::Expired(until),
            _ if given_on.is_none() => Standing::Unknown,
            _ => Standing::Holds,
        };
        carried.push(CarriedAnswer {
            question: question.id.clone(),
            response,
            note: given.note.clone(),
            documents: given
                .documents
                .iter()
                .map(|(path, _)| path.clone())
                .collect(),
            given_on,
            standing,
        });
    }
    carried
}
