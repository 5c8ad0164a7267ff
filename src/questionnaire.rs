//! Questionnaires as data: what is asked, of which type an answer is, and which fact it feeds.
//!
//! A questionnaire holds no weights and no rules, so nothing of a judgment can be seen in it. What is sent to a
//! supplier is [`Questionnaire::published`]; its digest freezes it.

pub mod carry;
pub mod change;
pub mod condition;
pub mod layout;
pub mod foreign;
pub mod parse;
pub mod response;
pub mod sending;
pub mod structured;
pub mod take;
pub mod workbook;
pub mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::digest::Digest;
use crate::questionnaire::condition::Condition;
use crate::questionnaire::foreign::Maps;
use crate::text::Text;

/// The questionnaires by identifier.
pub type Questionnaires = BTreeMap<String, Questionnaire>;

/// A questionnaire.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Text,
    /// What a supplier should know before answering.
    pub introduction: Option<Text>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Digest of [`Questionnaire::published`], by which answers name what they answer.
    pub digest: Digest,
    /// The maps through which answers to questionnaires of others are read beside it.
    pub maps: Arc<Maps>,
}

/// A section of a questionnaire.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Questions in order.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Identifier, unique in the questionnaire.
    pub id: String,
    /// What an answer looks like.
    pub kind: QuestionType,
    /// The question.
    pub text: Text,
    /// How to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Text>,
    /// The document asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Text>,
    /// When the question is asked at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How long an answer holds, in months; absent where the criterion alone says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_months: Option<i32>,
    /// The facts that the answer establishes. The supplier does not see them.
    #[serde(skip)]
    pub feeds: Vec<Feed>,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum QuestionType {
    /// Yes, no, in part, or not applicable with a reason.
    YesNo,
    /// One or several of given choices.
    Choice {
        /// The choices in order.
        choices: Vec<Choice>,
        /// Whether several may be chosen.
        many: bool,
    },
    /// A whole number in a unit.
    Number {
        /// The unit.
        unit: Text,
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
    /// A day.
    Date,
    /// Countries: places of work, of data, of jurisdiction.
    Place,
    /// Rows, such as subcontractors.
    Table {
        /// The columns in order.
        columns: Vec<Column>,
    },
    /// Free text.
    Text,
    /// One or several files handed in beside the answers.
    File,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The word that is stored, and that a fact of text takes.
    pub id: String,
    /// What a reader sees.
    pub title: Text,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Identifier, unique in the table.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What a cell looks like.
    pub kind: ColumnType,
    /// Whether a row without it is incomplete.
    pub required: bool,
}

/// What a cell of a table looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ColumnType {
    /// Free text.
    Text,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// One country.
    Place,
    /// A 13-digit corporate number (法人番号), whose check digit is tried.
    CorporateNumber,
    /// Yes or no.
    YesNo,
    /// One of given choices.
    Choice {
        /// The choices in order.
        choices: Vec<Choice>,
    },
}

/// What an answer establishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The fact.
    pub fact: String,
    /// What of the answer is taken.
    pub take: Take,
}

/// What of an answer a fact takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// The answer itself; the only way for what is no table.
    Value,
    /// The number of rows.
    Count,
    /// Whether every row has every required cell, readable.
    Complete,
    /// The distinct values of a column, sorted.
    Values(String),
    /// Whether a column says yes in every row.
    All(String),
    /// Whether a column says yes in any row.
    Any(String),
}

impl Questionnaire {
    /// Every question in order, with its section.
    pub fn questions(&self) -> impl Iterator<Item = (&Section, &Question)> {
        self.sections
            .iter()
            .flat_map(|section| section.questions.iter().map(move |one| (section, one)))
    }

    /// The question of an identifier.
    pub fn lookup(&self, id: &str) -> Option<&Question> {
        self.questions()
            .map(|(_, question)| question)
            .find(|question| question.id == id)
    }

    /// What the supplier sees: everything but the facts that are fed.
    pub fn published(&self) -> serde_json::Value {
        serde_json::json!({
            "schema": "mekiki/questionnaire-sent/v1",
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "introduction": self.introduction,
            "sections": self.sections,
        })
    }
}
