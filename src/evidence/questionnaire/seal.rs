//! Digests that bind the answers of a sheet to each other and to the questionnaire that was sent.
//!
//! A digest over each answer says which one was altered; one over the whole sheet says that one was added, removed or given
//! another day. They bind, and prove nothing about who answered: whoever alters an answer can compute them anew. A signature
//! over the file is what proves that.

use std::fmt;

use serde_json::{Value, json};

use crate::digest::{Digest, canonical_json};

/// The field of a sheet that holds the digest over all of it.
pub const WHOLE: &str = "answers_digest";
/// The field of an answer that holds its own digest.
pub const OWN: &str = "digest";

/// What does not agree with its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alteration {
    /// One answer.
    Answer(String),
    /// One answer has no digest, though the sheet is sealed.
    Unsealed(String),
    /// The sheet, though each answer agrees with its own digest.
    Sheet,
}

impl Alteration {
    /// The field at which it is told.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Answer(_) | Self::Unsealed(_) => "answers",
            Self::Sheet => WHOLE,
        }
    }

    /// The question whose answer was altered.
    pub fn into_question(self) -> Option<String> {
        match self {
            Self::Answer(question) | Self::Unsealed(question) => Some(question),
            Self::Sheet => None,
        }
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(question) => write!(
                formatter,
                "the answer `{question}` was altered after it was saved: it does not agree with its digest"
            ),
            Self::Unsealed(question) => write!(
                formatter,
                "the answer `{question}` was added after the answers were saved: it has no digest"
            ),
            Self::Sheet => formatter.write_str(
                "the answers were altered after they were saved: one was added or removed, or the day, the supplier or the questionnaire was changed",
            ),
        }
    }
}

/// The digest over one answer: over its question, the digest of the questionnaire, and all of its fields but the digest.
pub fn of_answer(questionnaire: &Value, question: &str, answer: &Value) -> Digest {
    let bound = json!({
        "questionnaire_digest": questionnaire,
        "question": question,
        "answer": without(answer, OWN),
    });
    Digest::of(canonical_json(&bound).as_bytes())
}

/// The digest over a sheet: over all of its fields but the digest.
pub fn of_sheet(sheet: &Value) -> Digest {
    Digest::of(canonical_json(&without(sheet, WHOLE)).as_bytes())
}

/// Seals a sheet: adds the digest of each answer and of the whole.
#[must_use]
pub fn seal(mut sheet: Value) -> Value {
    let questionnaire = sheet
        .get("questionnaire_digest")
        .cloned()
        .unwrap_or_default();
    let answers = sheet.get_mut("answers").and_then(Value::as_object_mut);
    for (question, answer) in answers.into_iter().flatten() {
        let digest = of_answer(&questionnaire, question, answer);
        if let Some(fields) = answer.as_object_mut() {
            fields.insert(OWN.to_owned(), json!(format!("sha256:{digest}")));
        }
    }
    let digest = of_sheet(&sheet);
    if let Some(fields) = sheet.as_object_mut() {
        fields.insert(WHOLE.to_owned(), json!(format!("sha256:{digest}")));
    }
    sheet
}

/// What of a sealed sheet does not agree with its digests, sorted; nothing for a sheet without one.
pub fn alterations(sheet: &Value) -> Vec<Alteration> {
    let Some(whole) = sheet.get(WHOLE) else {
        return Vec::new();
    };
    let questionnaire = sheet
        .get("questionnaire_digest")
        .cloned()
        .unwrap_or_default();
    let agrees = |stated: &Value, computed: Digest| {
        let stated = stated.as_str().and_then(|text| text.parse::<Digest>().ok());
        stated == Some(computed)
    };
    let mut found = Vec::new();
    let answers = sheet.get("answers").and_then(Value::as_object);
    for (question, answer) in answers.into_iter().flatten() {
        match answer.get(OWN) {
            None => found.push(Alteration::Unsealed(question.clone())),
            Some(own) if !agrees(own, of_answer(&questionnaire, question, answer)) => {
                found.push(Alteration::Answer(question.clone()));
            }
            Some(_) => {}
        }
    }
    if found.is_empty() && !agrees(whole, of_sheet(sheet)) {
        found.push(Alteration::Sheet);
    }
    found.sort();
    found
}

fn without(value: &Value, field: &str) -> Value {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.remove(field);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Value {
        seal(json!({
            "schema": "mekiki/answers/v1",
            "questionnaire_digest": "sha256:00",
            "answered_on": "2026-11-10",
            "answers": {"a": {"value": "yes"}, "b": {"value": 3, "note": "日"}},
        }))
    }

    #[test]
    fn each_alteration_is_named_by_its_answer() {
        assert_eq!(alterations(&sheet()), []);
        let altered = |alter: &dyn Fn(&mut Value)| {
            let mut sheet = sheet();
            alter(&mut sheet);
            alterations(&sheet)
        };
        let answer = |id: &str| Alteration::Answer(id.to_owned());
        assert_eq!(
            altered(&|one| one["answers"]["a"]["value"] = json!("no")),
            [answer("a")]
        );
        assert_eq!(
            altered(&|one| one["answers"]["b"]["note"] = json!("月")),
            [answer("b")]
        );
        assert_eq!(
            altered(&|one| one["answered_on"] = json!("2026-11-11")),
            [Alteration::Sheet]
        );
        assert_eq!(
            altered(&|one| one["answers"]["c"] = json!({"value": "yes"})),
            [Alteration::Unsealed("c".to_owned())]
        );
        let removed = altered(&|one| {
            one["answers"].as_object_mut().unwrap().remove("a");
        });
        assert_eq!(removed, [Alteration::Sheet]);
        // Two answers that change places keep no digest of theirs.
        let swapped = altered(&|one| {
            let (a, b) = (one["answers"]["a"].clone(), one["answers"]["b"].clone());
            one["answers"]["a"] = b;
            one["answers"]["b"] = a;
        });
        assert_eq!(swapped, [answer("a"), answer("b")]);
        // The same answers to another edition of the questionnaire are other answers.
        let edition = altered(&|one| one["questionnaire_digest"] = json!("sha256:11"));
        assert_eq!(edition, [answer("a"), answer("b")]);
    }

    #[test]
    fn what_was_never_sealed_is_not_altered() {
        assert_eq!(alterations(&json!({"answers": {"a": {"value": 1}}})), []);
    }
}
