//! The register of exceptions as auditors ask for it: what is in force, by system, class, age and number of renewals.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Filed, Registers, RunningCase};
use crate::classification::Classes;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::register::exception::{ExceptionDecision, ExceptionEntry};
use crate::time::{Date, days_between, instant};

/// Renewals from which on an exception is no longer exceptional, and is named as such.
///
/// Source: design recommendation.
pub const MANY_RENEWALS: usize = 2;
/// Days before the expiry of an exception from which on it is told that it runs out.
///
/// Source: design recommendation.
pub const RUNS_OUT_DAYS: i64 = 30;

/// Where an exception stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionState {
    /// It waives its criterion.
    InForce,
    /// Its first day is still to come.
    NotBegun,
    /// Its last day is past.
    Expired,
    /// It was refused.
    Refused,
    /// It was taken back.
    Revoked,
}

impl ExceptionState {
    /// Every state with its word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("in_force", Self::InForce),
        ("not_begun", Self::NotBegun),
        ("expired", Self::Expired),
        ("refused", Self::Refused),
        ("revoked", Self::Revoked),
    ];

    /// The state of an entry on a day.
    pub fn of(entry: &ExceptionEntry, day: Date) -> Self {
        match entry.decision {
            ExceptionDecision::Refused => Self::Refused,
            ExceptionDecision::Revoked => Self::Revoked,
            ExceptionDecision::Approved if day < entry.start => Self::NotBegun,
            ExceptionDecision::Approved if day > entry.expiry => Self::Expired,
            ExceptionDecision::Approved => Self::InForce,
        }
    }

    /// Returns the word of machine output.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, state)| *state == self)
            .map_or("", |(word, _)| word)
    }
}

/// One line of the report.
#[derive(Debug, Clone, Serialize)]
pub struct ExceptionLine {
    /// The exception.
    pub id: String,
    /// The system, where the entry or the inventory names one.
    pub system: Option<String>,
    /// The classes of the system.
    pub classes: Option<Classes>,
    /// The case.
    pub case: String,
    /// The bid.
    pub bid: Option<String>,
    /// The criterion.
    pub criterion: String,
    /// Where it stands.
    pub state: ExceptionState,
    /// Days since the first day of the chain that it renews.
    pub age_days: i64,
    /// Days left; negative when it is past.
    pub days_left: i64,
    /// How often it was renewed.
    pub renewals: usize,
    /// The last day.
    pub expiry: String,
    /// The file.
    pub file: String,
}

/// The report, sorted by system, highest class first, then age.
pub fn report(registers: &Registers, as_of: Date) -> Vec<ExceptionLine> {
    let by_id: BTreeMap<&str, &ExceptionEntry> = registers
        .exceptions
        .iter()
        .map(|one| (one.entry.id.as_str(), &one.entry))
        .collect();
    let mut lines: Vec<_> = registers
        .exceptions
        .iter()
        .map(|one| line(registers, &by_id, one, as_of))
        .collect();
    lines.sort_by(|left, right| {
        let class =
            |line: &ExceptionLine| line.classes.map_or(0, |classes| classes.confidentiality);
        (&left.system, class(right), right.age_days, &left.id).cmp(&(
            &right.system,
            class(left),
            left.age_days,
            &right.id,
        ))
    });
    lines
}

fn line(
    registers: &Registers,
    by_id: &BTreeMap<&str, &ExceptionEntry>,
    filed: &Filed<ExceptionEntry>,
    as_of: Date,
) -> ExceptionLine {
    let entry = &filed.entry;
    let system = match &entry.system {
        Some(id) => registers.systems.iter().find(|one| one.entry.id == *id),
        None => registers.system_of(&entry.case),
    };
    let chain = chain(by_id, entry);
    let first = chain.last().map_or(entry.start, |first| first.start);
    ExceptionLine {
        id: entry.id.clone(),
        system: system
            .map(|system| system.entry.id.clone())
            .or_else(|| entry.system.clone()),
        classes: system.map(|system| system.entry.marking().classes),
        case: entry.case.clone(),
        bid: entry.bid.clone(),
        criterion: entry.criterion.clone(),
        state: ExceptionState::of(entry, as_of),
        age_days: days_between(first, as_of),
        days_left: days_between(as_of, entry.expiry),
        renewals: chain.len(),
        expiry: instant(entry.expiry),
        file: filed.file.clone(),
    }
}

/// The entries that an entry renews, nearest first; a circle ends where it closes.
fn chain<'a>(
    by_id: &BTreeMap<&str, &'a ExceptionEntry>,
    entry: &'a ExceptionEntry,
) -> Vec<&'a ExceptionEntry> {
    let mut seen = BTreeSet::from([entry.id.as_str()]);
    let mut chain = Vec::new();
    let mut next = entry.renews.as_deref();
    while let Some(earlier) = next.and_then(|id| by_id.get(id)) {
        if !seen.insert(earlier.id.as_str()) {
            break;
        }
        chain.push(*earlier);
        next = earlier.renews.as_deref();
    }
    chain
}

/// What is wrong with the register on a day, sorted.
pub fn findings(
    registers: &Registers,
    cases: &[RunningCase],
    known: impl Fn(&str) -> bool,
    as_of: Date,
) -> Vec<Diagnostic> {
    let ids: BTreeMap<&str, &ExceptionEntry> = registers
        .exceptions
        .iter()
        .map(|one| (one.entry.id.as_str(), &one.entry))
        .collect();
    let mut findings = Vec::new();
    for one in &registers.exceptions {
        let entry = &one.entry;
        let mut add = |finding: Diagnostic, help: &str| {
            findings.push(finding.help(help).in_file(one.file.clone()));
        };
        if !known(&entry.criterion) {
            let message = format!("there is no criterion `{}`", entry.criterion);
            add(
                Diagnostic::error("criterion-unknown", Place::pointer("/criterion"), message),
                "`mekiki criteria list` lists them all",
            );
        }
        if let Some(earlier) = &entry.renews {
            let fault = match ids.get(earlier.as_str()) {
                None => Some(format!("there is no exception `{earlier}` to renew")),
                Some(first) if first.criterion != entry.criterion || first.case != entry.case => {
                    Some(format!("`{earlier}` waives something else"))
                }
                Some(first) if entry.decided_on <= first.decided_on => Some(format!(
                    "the renewal was decided on {}, no later than `{earlier}`",
                    entry.decided_on
                )),
                Some(_) => None,
            };
            if let Some(message) = fault {
                add(
                    Diagnostic::error("exception-renewal", Place::pointer("/renews"), message),
                    "an extension is a new approval of the same waiver",
                );
            }
        }
        let state = ExceptionState::of(entry, as_of);
        let due = entry.review_on.is_some_and(|day| day < as_of) && entry.review_result.is_none();
        if state == ExceptionState::InForce && due {
            add(
                Diagnostic::warning(
                    "exception-review",
                    Place::pointer("/review_on"),
                    format!("the review of `{}` is overdue", entry.id),
                ),
                "review it, and write `review_result`",
            );
        }
        let left = days_between(as_of, entry.expiry);
        if state == ExceptionState::InForce && left <= RUNS_OUT_DAYS {
            add(
                Diagnostic::warning(
                    "exception-runs-out",
                    Place::pointer("/expiry"),
                    format!("`{}` runs out in {left} days", entry.id),
                ),
                "the criterion is due at once when it has run out: extend by a new approval, remedy, or end",
            );
        }
        let renewals = chain(&ids, entry).len();
        if state == ExceptionState::InForce && renewals >= MANY_RENEWALS {
            add(
                Diagnostic::warning(
                    "exception-renewed-often",
                    Place::pointer("/renews"),
                    format!("`{}` was renewed {renewals} times", entry.id),
                ),
                "remedy the cause; what lasts is no exception",
            );
        }
        let case = cases
            .iter()
            .find(|case| case.tender.id.as_str() == entry.case);
        let named_bid = |case: &RunningCase, bid: &String| {
            case.tender.bids.iter().any(|one| one.id.as_str() == bid)
        };
        match (case, &entry.bid) {
            (Some(case), Some(bid)) if !named_bid(case, bid) => add(
                Diagnostic::error(
                    "bid-unknown",
                    Place::pointer("/bid"),
                    format!("the case has no bid `{bid}`"),
                ),
                "name a bid of the case",
            ),
            _ => {}
        }
    }
    findings.sort();
    findings
}
