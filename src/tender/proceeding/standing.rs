//! What a case waits for, and what a role may be told of it.

use serde::Serialize;

use super::event::Part;
use super::role::Role;
use super::state::{Phase, State};
use crate::time::Timestamp;

/// One thing that the case waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What, as a stable word that is also the key of its message.
    pub what: &'static str,
    /// Whose turn it is, where it is one person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// In which role.
    pub role: Role,
    /// On which bid or item, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl Due {
    fn of(what: &'static str, role: Role) -> Self {
        Self {
            what,
            who: None,
            role,
            on: None,
        }
    }

    fn by(mut self, who: &str) -> Self {
        self.who = Some(who.to_owned());
        self
    }

    fn on(mut self, on: impl Into<String>) -> Self {
        self.on = Some(on.into());
        self
    }
}

impl State {
    /// What is due next, in a useful order. `at` tells whether the deadline is over.
    pub fn due(&self, at: Timestamp) -> Vec<Due> {
        match self.phase {
            Phase::Draft => vec![Due::of("publish", Role::ContractingOfficer)],
            Phase::Published => {
                let deadline = self.deadline();
                if let Some(deadline) = deadline.filter(|deadline| at <= *deadline) {
                    vec![Due::of("submit", Role::Vendor).on(deadline.to_string())]
                } else {
                    vec![Due::of("close", Role::ContractingOfficer)]
                }
            }
            Phase::Closed if self.bids.is_empty() => {
                vec![Due::of("cancel", Role::ContractingOfficer)]
            }
            Phase::Closed => self.due_shares(Part::Technical, "open-technical"),
            Phase::Marking => self.due_sheets(),
            Phase::SheetsLocked => {
                let waiting = self.unrevealed();
                let reveals = waiting
                    .iter()
                    .map(|(who, bid)| Due::of("reveal", Role::Evaluator).by(who).on(bid));
                or_else(reveals.collect(), Due::of("consolidate", Role::Evaluator))
            }
            Phase::Consolidated => {
                let waiting = self.asked.iter().filter(|(_, reason)| reason.is_none());
                let reasons = waiting.map(|(one, _)| {
                    Due::of("reason", Role::Evaluator)
                        .by(&one.evaluator)
                        .on(format!("{}/{}", one.bid, one.item))
                });
                or_else(reasons.collect(), Due::of("lock", Role::Evaluator))
            }
            Phase::Locked => self.due_shares(Part::Prices, "open-prices"),
            Phase::Opened => vec![Due::of("rank", Role::ContractingOfficer)],
            Phase::Ranked => {
                let lots = self
                    .ranking
                    .as_ref()
                    .map_or(&[][..], |one| one.lots.as_slice());
                if lots.iter().any(|lot| lot.winners.len() > 1) {
                    return vec![Due::of("lots", Role::ContractingOfficer)];
                }
                let winners = lots.iter().flat_map(|lot| &lot.winners);
                let award = winners.map(|bid| Due::of("award", Role::ContractingOfficer).on(bid));
                or_else(award.collect(), Due::of("cancel", Role::ContractingOfficer))
            }
            Phase::Awarded | Phase::Cancelled => Vec::new(),
        }
    }

    fn due_shares(&self, part: Part, then: &'static str) -> Vec<Due> {
        let have = self.shares_of(part).len();
        let waiting = if have < usize::from(self.threshold) {
            let out = self
                .openers
                .iter()
                .filter(|one| !self.shares.contains_key(&(part, one.id.clone())));
            out.map(|one| Due::of("share", Role::Opener).by(&one.id).on(part.word()))
                .collect()
        } else {
            Vec::new()
        };
        or_else(waiting, Due::of(then, Role::ContractingOfficer))
    }

    fn due_sheets(&self) -> Vec<Due> {
        let mut due = Vec::new();
        if self.evaluators.is_empty() {
            due.push(Due::of("appoint", Role::ContractingOfficer));
        }
        for (id, evaluator) in &self.evaluators {
            if evaluator.conflicts.is_none() {
                due.push(Due::of("declare", Role::Evaluator).by(id));
            }
            for bid in self.to_mark(evaluator) {
                if !evaluator.sheets.contains_key(&bid) {
                    due.push(Due::of("mark", Role::Evaluator).by(id).on(bid));
                }
            }
        }
        if due.is_empty() && !self.missing_sheets().is_empty() {
            due.push(Due::of("appoint", Role::ContractingOfficer));
        }
        or_else(due, Due::of("lock-sheets", Role::Evaluator))
    }
}

fn or_else(due: Vec<Due>, then: Due) -> Vec<Due> {
    if due.is_empty() { vec![then] } else { due }
}
