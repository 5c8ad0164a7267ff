//! An entry of the register of exceptional actions (例外措置; Common Model, article 8).
//!
//! One entry waives one criterion: a bulk waiver is refused. Three different people request, examine and approve;
//! an extension is a new entry with an approval of its own.

use std::collections::BTreeSet;

use super::read;
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Text;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of an entry.
pub const SCHEMA: &str = "mekiki/exception/v1";

/// An exceptional action.
#[derive(Debug, Clone)]
pub struct ExceptionEntry {
    /// Identifier.
    pub id: String,
    /// The tender or offering.
    pub case: String,
    /// The criterion that is waived.
    pub criterion: String,
    /// The bid it is granted to; `None` for the case as a whole.
    pub bid: Option<String>,
    /// The system it bears on.
    pub system: Option<String>,
    /// Who asked for it.
    pub requester: String,
    /// Who examined it.
    pub examiner: String,
    /// Who decided.
    pub approver: String,
    /// What was decided.
    pub decision: ExceptionDecision,
    /// The day of the decision.
    pub decided_on: Date,
    /// Why the criterion cannot be met.
    pub reason: Text,
    /// What is done instead.
    pub compensating_measure: Text,
    /// The first day.
    pub start: Date,
    /// The last day.
    pub expiry: Date,
    /// The day on which it is looked at again.
    pub review_on: Option<Date>,
    /// What the review found: extended by a new entry, remedied, or ended.
    pub review_result: Option<ReviewResult>,
    /// The entry that this one extends.
    pub renews: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// What the approver decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExceptionDecision {
    /// Granted.
    Approved,
    /// Refused.
    Refused,
    /// Granted once, taken back since.
    Revoked,
}

impl ExceptionDecision {
    /// Every decision with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("approved", Self::Approved),
        ("refused", Self::Refused),
        ("revoked", Self::Revoked),
    ];
}

/// What a review found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewResult {
    /// It goes on, by a new entry.
    Extended,
    /// The criterion is met now.
    Remedied,
    /// It ended.
    Ended,
}

impl ReviewResult {
    /// Every result with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("extended", Self::Extended),
        ("remedied", Self::Remedied),
        ("ended", Self::Ended),
    ];
}

impl ExceptionEntry {
    /// Whether it waives anything on a day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.decision == ExceptionDecision::Approved && self.start <= day && day <= self.expiry
    }
}

/// Complains unless three different people stand behind an exception.
pub fn check_people(fields: &Fields<'_>, people: [&str; 3]) {
    let distinct: BTreeSet<_> = people.iter().map(|person| person.trim()).collect();
    if distinct.len() != 3 {
        fields.complain(
            "exception-people",
            "approver",
            "requester, examiner and approver must be three people",
            "see Article 8 of the Common Model",
        );
    }
}

/// Complains about an exception that ends before it begins.
pub fn check_period(fields: &Fields<'_>, start: Date, expiry: Date) {
    if expiry < start {
        fields.complain(
            "exception-expiry",
            "expiry",
            "the exception ends before it begins",
            "set an expiry after the start",
        );
    }
}

/// Reads an entry.
///
/// # Errors
///
/// All complaints about an entry that cannot be used: `exception-people`, `exception-expiry`, `exception-bulk` and others.
pub fn read_exception(bytes: &[u8]) -> Result<ExceptionEntry, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| {
        let bulk = fields.node("criteria").is_some();
        if bulk {
            fields.complain(
                "exception-bulk",
                "criteria",
                "one entry waives several criteria",
                "make one entry a criterion, each with its own reason and approval",
            );
        }
        let entry = ExceptionEntry {
            id: fields.text("id"),
            case: fields.text("case"),
            criterion: if bulk {
                String::new()
            } else {
                fields.text("criterion")
            },
            bid: fields.optional_text("bid"),
            system: fields.optional_text("system"),
            requester: fields.text("requester"),
            examiner: fields.text("examiner"),
            approver: fields.text("approver"),
            decision: fields
                .word("decision", &ExceptionDecision::WORDS)
                .unwrap_or(ExceptionDecision::Refused),
            decided_on: fields.day("decided_on"),
            reason: fields.both("reason"),
            compensating_measure: fields.both("compensating_measure"),
            start: fields.day("start"),
            expiry: fields.day("expiry"),
            review_on: fields.optional_day("review_on"),
            review_result: fields.optional_word("review_result", &ReviewResult::WORDS),
            renews: fields.optional_text("renews"),
            at: fields.place(),
        };
        check_people(fields, [&entry.requester, &entry.examiner, &entry.approver]);
        check_period(fields, entry.start, entry.expiry);
        if matches!(entry.criterion.as_str(), "*" | "all") || entry.criterion.ends_with('*') {
            fields.complain(
                "exception-bulk",
                "criterion",
                "one entry waives several criteria",
                "make one entry a criterion, each with its own reason and approval",
            );
        }
        entry
    })
}
