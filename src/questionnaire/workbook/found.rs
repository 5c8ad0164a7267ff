//! What the rows of one question say together.

use std::collections::BTreeMap;

use super::super::carry::{Stamp, answer_digest};
use super::super::response::{Answer, Response};
use super::super::{Question, QuestionType};
use crate::diagnostic::{Diagnostic, Place};

/// What the rows of one question say.
pub(super) struct Found {
    pub(super) at: Place,
    pub(super) raw: String,
    pub(super) response: Option<Response>,
    pub(super) note: Option<String>,
    /// What stands in the rows of choices.
    pub(super) chosen: BTreeMap<String, (bool, Place)>,
    pub(super) documents: Vec<(String, Place)>,
    pub(super) stamp: Option<Stamp>,
    pub(super) confirmed: bool,
    pub(super) reason: Option<String>,
    pub(super) remarks: Vec<Diagnostic>,
}

impl Found {
    pub(super) fn unread(at: Place) -> Self {
        Self {
            at,
            raw: String::new(),
            response: None,
            note: None,
            chosen: BTreeMap::new(),
            documents: Vec::new(),
            stamp: None,
            confirmed: false,
            reason: None,
            remarks: Vec::new(),
        }
    }

    /// Whether the question's own row was read, not only rows of its choices.
    pub(super) fn is_read(&self) -> bool {
        self.response.is_some() || !self.raw.is_empty() || self.chosen.is_empty()
    }

    /// The answer; `None` where nothing stands there and nothing is odd about that.
    pub(super) fn answer(
        &self,
        question: &Question,
        remarks: &mut Vec<Diagnostic>,
    ) -> Option<Answer> {
        let mut own = self.remarks.clone();
        let mut response = self.response.clone();
        if let QuestionType::Choice {
            choices,
            many: true,
        } = &question.kind
        {
            let chosen: Vec<_> = choices
                .iter()
                .filter(|choice| {
                    self.chosen
                        .get(&choice.id)
                        .is_some_and(|(chosen, _)| *chosen)
                })
                .map(|choice| choice.id.clone())
                .collect();
            match &response {
                Some(given) if !chosen.is_empty() && *given != Response::Choice(chosen.clone()) => {
                    let message =
                        format!("`{}` names other answers than the rows below it", self.raw);
                    own.push(
                        Diagnostic::error("answer-twice", self.at.clone(), message).help(
                            "put ○ beside what applies, and leave the question's own cell blank",
                        ),
                    );
                    response = None;
                }
                None if !chosen.is_empty() && self.raw.is_empty() => {
                    response = Some(Response::Choice(chosen));
                }
                _ => {}
            }
        }
        if response.is_none()
            && self.raw.is_empty()
            && self.chosen.values().all(|(chosen, _)| !chosen)
        {
            // Nothing is answered; what else was written is kept from being lost.
            if self.note.is_some() || !self.documents.is_empty() {
                let message = format!(
                    "remarks or documents stand beside `{}`, which is not answered",
                    question.id
                );
                remarks.push(
                    Diagnostic::warning("answer-blank", self.at.clone(), message)
                        .help("answer the question; a note alone is no answer"),
                );
            }
            remarks.extend(own);
            return None;
        }
        let carried_from = self.carried(response.as_ref(), &mut own);
        own.sort();
        Some(Answer {
            question: question.id.clone(),
            response,
            raw: self.raw.clone(),
            at: self.at.clone(),
            note: self.note.clone(),
            documents: self.documents.clone(),
            carried_from,
            reason_for_change: self.reason.clone(),
            remarks: own,
        })
    }

    /// The day from which the answer was carried over, where it still is the same and was not confirmed.
    fn carried(
        &self,
        response: Option<&Response>,
        remarks: &mut Vec<Diagnostic>,
    ) -> Option<crate::time::Date> {
        let stamp = self.stamp.as_ref()?;
        if response.is_some_and(|response| answer_digest(response) == stamp.answer) {
            return (!self.confirmed).then_some(stamp.given_on);
        }
        if self.reason.is_none() {
            let message = format!(
                "the answer carried over from {} was changed without a reason",
                stamp.given_on
            );
            remarks.push(
                Diagnostic::warning("answer-changed-without-reason", self.at.clone(), message)
                    .help(
                        "ask the supplier why the answer changed, or give the reason in its column",
                    ),
            );
        }
        None
    }
}
