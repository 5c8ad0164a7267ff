//! What changed in a question between two editions of a questionnaire, told by digests of its parts.
//!
//! A paper that goes out carries the fingerprints of its questions, so that an answer that comes back under another edition
//! can be held to the question that its supplier read, without that edition at hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Question, Questionnaire};
use crate::digest::{Digest, canonical_json};

/// The fingerprints of a questionnaire's questions, by identifier.
pub type Fingerprints = BTreeMap<String, Fingerprint>;

/// Digests of the parts of a question on which the meaning of an answer hangs; guidance is no such part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Of the question in both languages.
    pub text: String,
    /// Of the type with unit, range and columns.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of the choices, those of columns included.
    pub choices: String,
    /// Of the condition under which it is asked.
    pub condition: String,
}

/// A part of a question that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The wording in either language.
    Text,
    /// The type, unit, range or columns.
    Type,
    /// The choices.
    Choices,
    /// The condition.
    Condition,
}

impl Change {
    /// The word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Type => "type",
            Self::Choices => "choices",
            Self::Condition => "condition",
        }
    }
}

impl Fingerprint {
    /// The fingerprint of a question.
    pub fn of(question: &Question) -> Self {
        Self::of_published(&json!(question))
    }

    /// The fingerprint of a question as it is published.
    fn of_published(question: &Value) -> Self {
        let part = |name: &str| question.get(name).cloned().unwrap_or_default();
        let (mut kind, mut choices) = (part("kind"), Vec::new());
        if let Some(fields) = kind.as_object_mut() {
            choices.extend(fields.remove("choices"));
            let columns = fields
                .get_mut("columns")
                .and_then(|columns| columns.as_array_mut());
            for column in columns.into_iter().flatten() {
                let inner = column.get_mut("kind").and_then(|kind| kind.as_object_mut());
                choices.extend(inner.and_then(|kind| kind.remove("choices")));
            }
        }
        Self {
            text: short(&part("text")),
            kind: short(&kind),
            choices: short(&json!(choices)),
            condition: short(&part("when")),
        }
    }

    /// Takes the digests by the names of their parts; `None` where one is missing.
    pub fn from_parts(parts: &BTreeMap<String, String>) -> Option<Self> {
        let part = |change: Change| parts.get(change.word()).cloned();
        Some(Self {
            text: part(Change::Text)?,
            kind: part(Change::Type)?,
            choices: part(Change::Choices)?,
            condition: part(Change::Condition)?,
        })
    }

    /// What differs from a later fingerprint of the same question; empty where nothing does.
    pub fn changes(&self, now: &Self) -> Vec<Change> {
        [
            (Change::Text, self.text == now.text),
            (Change::Type, self.kind == now.kind),
            (Change::Choices, self.choices == now.choices),
            (Change::Condition, self.condition == now.condition),
        ]
        .into_iter()
        .filter_map(|(change, same)| (!same).then_some(change))
        .collect()
    }
}

/// The fingerprints of every question.
pub fn fingerprints(questionnaire: &Questionnaire) -> Fingerprints {
    questionnaire
        .questions()
        .map(|(_, question)| (question.id.clone(), Fingerprint::of(question)))
        .collect()
}

/// The fingerprints of the questions of what [`Questionnaire::published`] gave when it was sent.
pub fn published_fingerprints(published: &Value) -> Fingerprints {
    let list = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    list(published, "sections")
        .iter()
        .flat_map(|section| list(section, "questions"))
        .filter_map(|question| {
            let id = question.get("id")?.as_str()?.to_owned();
            Some((id, Fingerprint::of_published(&question)))
        })
        .collect()
}

/// The first 16 hexadecimal digits: enough to tell editions of one question apart, and no proof of anything.
fn short(value: &Value) -> String {
    Digest::of(canonical_json(value).as_bytes())
        .hex()
        .chars()
        .take(16)
        .collect()
}
