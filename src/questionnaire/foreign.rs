//! Answers to questionnaires of others, read through mapping files.
//!
//! A map is data (`criteria/questionnaire-maps/*.toml`): how the columns of a sheet are called, which words answer,
//! how the identifiers look, for which version of the questionnaire it was made, and which of its questions ask what
//! one of ours asks. Nothing is mapped by a number alone. To add a questionnaire: add a file.

mod oscal;
mod parse;
mod suggest;
mod table;
mod vsaq;

use std::collections::BTreeMap;

use regex::Regex;

use super::response::{Answer, AnswerSet, Response};
use super::{Question, QuestionType, Questionnaire, wording};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::unpack::decode;
use crate::tape::{Tape, parse_json, without_leading_remarks};
use crate::text::Text;
use crate::time::Date;

pub use parse::read_map;
pub use suggest::{Confidence, Suggested, Suggestion, suggest};
pub use table::fit;

/// The maps by identifier.
pub type Maps = BTreeMap<String, Map>;

/// How a questionnaire of others is read.
#[derive(Debug, Clone)]
pub struct Map {
    /// Identifier.
    pub id: String,
    /// Version of the map.
    pub version: String,
    /// Title.
    pub title: Text,
    /// The format as `detect` names it; empty where the bytes do not tell.
    pub format: String,
    /// How the answers are written down.
    pub shape: Shape,
    /// The name of the questionnaire.
    pub questionnaire: String,
    /// The version of the questionnaire for which the map was made: `4` is every 4.x.
    pub questionnaire_version: Option<String>,
    /// The sheets that hold the answers, in any of these spellings; every visible one where empty.
    pub sheets: Vec<String>,
    /// How an identifier looks.
    pub id_pattern: Option<Regex>,
    /// Whether an answer that is no yes or no is one in free text.
    pub free_text: bool,
    /// The names of the columns.
    pub columns: BTreeMap<Role, Vec<String>>,
    /// The words that answer, as the questionnaire gives them.
    pub words: Vec<(String, Response)>,
    /// Which questions ask what one of ours asks.
    pub links: Vec<Link>,
}

/// How answers are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// In rows and columns.
    Table,
    /// In the JSON of VSAQ.
    Vsaq,
    /// In the JSON of OSCAL.
    Oscal,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The identifier of the question.
    Id,
    /// The question.
    Question,
    /// The answer.
    Answer,
    /// What is added to it.
    Note,
    /// Who bears the responsibility.
    Ownership,
    /// Documents that support it.
    Evidence,
    /// The day of the answer.
    Date,
}

impl Role {
    /// Every role with its word in a map.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("id", Self::Id),
        ("question", Self::Question),
        ("answer", Self::Answer),
        ("note", Self::Note),
        ("ownership", Self::Ownership),
        ("evidence", Self::Evidence),
        ("date", Self::Date),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, role)| *role == self);
        found.map_or("", |(word, _)| word)
    }
}

/// A question of others that asks what one of ours asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Their identifier.
    pub id: String,
    /// Our questionnaire.
    pub questionnaire: String,
    /// Our question.
    pub question: String,
    /// Whether somebody held the two texts side by side; otherwise it was written from memory.
    pub verified: bool,
    /// Why they ask the same.
    pub reason: Text,
}

/// Answers to a questionnaire of others.
#[derive(Debug, Clone)]
pub struct ForeignSheet {
    /// Identifier and version of the map.
    pub map: (String, String),
    /// The answers; the questionnaire is that of others.
    pub set: AnswerSet,
    /// Who bears the responsibility, by the position of the answer.
    pub ownership: BTreeMap<usize, String>,
}

/// Reads the answers of a file through a map. Identifiers that are those of `ours` are read by its questions.
///
/// # Errors
///
/// What makes the file unreadable, and `questionnaire-columns` where its columns are not there.
pub fn read(
    bytes: &[u8],
    map: &Map,
    ours: Option<&Questionnaire>,
) -> Result<ForeignSheet, Diagnostic> {
    let mut sheet = match map.shape {
        Shape::Table => table::read(bytes, map, ours)?,
        Shape::Vsaq => with_json(bytes, |tape| vsaq::read(tape, map))?,
        Shape::Oscal => with_json(bytes, |tape| oscal::read(tape, map))?,
    };
    version(map, &mut sheet.set);
    repeated(&mut sheet.set);
    for answer in &mut sheet.set.answers {
        answer.remarks.sort();
    }
    sheet.set.remarks.sort();
    Ok(sheet)
}

/// Reads the answers of a file through a map, by the questions of one of our questionnaires where at least half of the
/// identifiers are its own; that one is given beside them.
///
/// # Errors
///
/// Those of [`read`].
pub fn read_among<'q>(
    bytes: &[u8],
    map: &Map,
    questionnaires: impl IntoIterator<Item = &'q Questionnaire>,
) -> Result<(ForeignSheet, Option<&'q Questionnaire>), Diagnostic> {
    let sheet = read(bytes, map, None)?;
    let known = |ours: &Questionnaire| {
        let answers = sheet.set.answers.iter();
        answers
            .filter(|one| ours.lookup(&one.question).is_some())
            .count()
    };
    let ours = questionnaires
        .into_iter()
        .map(|ours| (known(ours), ours))
        .filter(|(known, _)| *known > 0 && *known * 2 >= sheet.set.answers.len())
        .max_by_key(|(known, _)| *known)
        .map(|(_, ours)| ours);
    match ours {
        Some(ours) => Ok((read(bytes, map, Some(ours))?, Some(ours))),
        None => Ok((sheet, None)),
    }
}

/// Parses JSON, and what is JSON but for remarks and joined texts, as VSAQ writes it; then that is said.
fn with_json(
    bytes: &[u8],
    read: impl FnOnce(&Tape<'_>) -> Result<ForeignSheet, Diagnostic>,
) -> Result<ForeignSheet, Diagnostic> {
    let text = decode(bytes)?;
    let fault = match parse_json(&text) {
        Ok(document) => return read(&document),
        Err(fault) => fault,
    };
    let plain = without_leading_remarks(&text);
    let document = parse_json(&plain).map_err(|_| fault)?;
    let mut sheet = read(&document)?;
    sheet.set.remarks.push(
        Diagnostic::note(
            "questionnaire-json-relaxed",
            Place::whole(),
            "the file is JSON only without its remarks, and with its joined texts as one",
        )
        .help("other programs may refuse it; save it as JSON"),
    );
    Ok(sheet)
}

impl ForeignSheet {
    fn new(map: &Map) -> Self {
        Self {
            map: (map.id.clone(), map.version.clone()),
            set: AnswerSet {
                questionnaire: map.questionnaire.clone(),
                ..AnswerSet::default()
            },
            ownership: BTreeMap::new(),
        }
    }

    /// The answers in the terms of one of our questionnaires: those that a link leads from, and those whose
    /// identifier is one of ours already.
    pub fn in_terms_of(&self, ours: &Questionnaire, map: &Map) -> AnswerSet {
        let mut set = AnswerSet {
            questionnaire: ours.id.clone(),
            answered_on: self.set.answered_on,
            remarks: self.set.remarks.clone(),
            ..AnswerSet::default()
        };
        // Numbers of questions change between versions.
        let other_version = set
            .remarks
            .iter()
            .any(|one| one.code == "questionnaire-version-other");
        for answer in &self.set.answers {
            if ours.lookup(&answer.question).is_some() {
                set.answers.push(answer.clone());
                continue;
            }
            let links = map
                .links
                .iter()
                .filter(|link| !other_version && link.questionnaire == ours.id);
            for link in links.filter(|link| link.id == answer.question) {
                if let Some(question) = ours.lookup(&link.question) {
                    set.answers.push(linked(answer, link, question));
                }
            }
        }
        // The order of our questionnaire: that of the sheet says nothing.
        let order: BTreeMap<&str, usize> = ours
            .questions()
            .map(|(_, one)| one.id.as_str())
            .zip(0..)
            .collect();
        set.answers
            .sort_by_key(|one| order.get(one.question.as_str()).copied());
        repeated(&mut set);
        set
    }
}

/// An answer under the question that a link leads to.
fn linked(answer: &Answer, link: &Link, question: &Question) -> Answer {
    let mut taken = Answer {
        question: question.id.clone(),
        ..answer.clone()
    };
    if question.kind != QuestionType::YesNo {
        let (response, note, remarks) = wording::read_text(question, &answer.raw, &answer.at);
        taken.response = answer.response.as_ref().and(response);
        taken.note = note.or(taken.note);
        taken.remarks = remarks;
    }
    let how = if link.verified {
        "verified"
    } else {
        "recalled"
    };
    taken.remarks.push(
        Diagnostic::note(
            "answer-linked",
            answer.at.clone(),
            format!(
                "the answer to `{}` is taken for `{}` ({how})",
                link.id, question.id
            ),
        )
        .help(link.reason.en.clone()),
    );
    taken
}

/// Says which version was answered, as far as it is told.
fn version(map: &Map, set: &mut AnswerSet) {
    let Some(wanted) = &map.questionnaire_version else {
        return;
    };
    let name = &map.questionnaire;
    let remark = match &set.version {
        None => Diagnostic::warning(
            "questionnaire-version-unstated",
            Place::whole(),
            format!(
                "the file does not say which version of {name} it answers; it was read as {wanted}"
            ),
        )
        .help("ask which version was answered: numbers of questions change between versions"),
        Some(version) if !is_within(version, wanted) => Diagnostic::error(
            "questionnaire-version-other",
            Place::whole(),
            format!(
                "the file answers version {version} of {name}, and the map is made for {wanted}"
            ),
        )
        .help("use a map for that version; no answer of this file is taken for one of ours"),
        Some(_) => return,
    };
    set.remarks.push(remark);
}

/// Whether a version is that of a map, or one below it: `4.0.3` is within `4`.
fn is_within(version: &str, wanted: &str) -> bool {
    version == wanted
        || version
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.starts_with('.'))
}

/// Questions that are answered twice: where the answers differ, neither is used.
fn repeated(set: &mut AnswerSet) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut twice = Vec::new();
    for (index, answer) in set.answers.iter().enumerate() {
        match first.get(&answer.question) {
            Some(before) => twice.push((*before, index)),
            None => {
                first.insert(answer.question.clone(), index);
            }
        }
    }
    for (before, index) in twice {
        let (Some(one), Some(other)) = (set.answers.get(before), set.answers.get(index)) else {
            continue;
        };
        let (differ, place) = (one.response != other.response, one.at.clone());
        if let Some(answer) = set.answers.get_mut(index) {
            let how = if differ {
                ", and otherwise; neither is used"
            } else {
                ""
            };
            let remark = Diagnostic::warning(
                "question-repeated",
                answer.at.clone(),
                format!("`{}` is answered at {place} already{how}", answer.question),
            )
            .help("answer each question once");
            if !answer.remarks.iter().any(|one| one.code == remark.code) {
                answer.remarks.push(remark);
            }
            if differ {
                answer.response = None;
            }
        }
        if let Some(answer) = set.answers.get_mut(before)
            && differ
        {
            answer.response = None;
        }
    }
}

/// A question of others as the reader of words sees it.
fn yes_no(id: &str) -> Question {
    Question {
        id: id.to_owned(),
        kind: QuestionType::YesNo,
        text: Text::default(),
        guidance: None,
        evidence: None,
        when: None,
        valid_months: None,
        feeds: Vec::new(),
    }
}

/// Where the answers of a file are undated: the day is that of receipt.
pub fn undated(received: Date, at: Place) -> Diagnostic {
    Diagnostic::warning(
        "answers-undated",
        at,
        format!("the file does not say when it was answered; it is taken as of {received}, on which it was received at the latest"),
    )
    .help("ask for the day of the answers")
}

#[cfg(test)]
mod tests;
