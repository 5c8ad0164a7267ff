//! What the committee may do: be appointed, declare, mark, lay open, compare, give reasons.

use super::{Admitted, distinct, ensure, malformed_id, reasoned, refuse};
use crate::diagnostic::Diagnostic;
use crate::id::is_plain;
use crate::tender::proceeding::event::{Asked, SealedPart};
use crate::tender::proceeding::role::Actor;
use crate::tender::proceeding::state::{Evaluator, State};

impl State {
    pub(super) fn appoint(&self, evaluator: &str, name: &str) -> Admitted {
        ensure(is_plain(evaluator), || malformed_id(evaluator))?;
        reasoned(name)?;
        ensure(!self.evaluators.contains_key(evaluator), || {
            refuse(
                "case-repeated",
                format!("`{evaluator}` is an evaluator already"),
                "appoint each evaluator once",
            )
        })
    }

    /// The evaluator of an identifier.
    pub(super) fn member(&self, evaluator: &str) -> Result<&Evaluator, Diagnostic> {
        self.evaluators.get(evaluator).ok_or_else(|| {
            refuse(
                "case-unknown",
                format!("`{evaluator}` is no evaluator of this case"),
                "have the contracting officer appoint the evaluator first",
            )
        })
    }

    pub(super) fn declare(&self, actor: &Actor, conflicts: &[String]) -> Admitted {
        let evaluator = self.member(&actor.id)?;
        self.known_bids(conflicts)?;
        distinct(conflicts)?;
        let withdrawn = evaluator.conflicts.iter().flatten();
        let withdrawn = withdrawn.into_iter().find(|bid| !conflicts.contains(bid));
        ensure(withdrawn.is_none(), || {
            refuse(
                "case-conflict",
                "a conflict that was declared cannot be taken back",
                "name every conflict, the earlier ones too",
            )
        })
    }

    pub(super) fn seal_sheet(&self, actor: &Actor, bid: &str) -> Admitted {
        let evaluator = self.member(&actor.id)?;
        self.known_bids(&[bid.to_owned()])?;
        let Some(conflicts) = &evaluator.conflicts else {
            return Err(refuse(
                "case-conflict",
                format!("`{}` has not declared conflicts of interest", actor.id),
                "declare them, or that there are none, with `mekiki tender case declare`",
            ));
        };
        ensure(!conflicts.contains(bid), || {
            refuse(
                "case-conflict",
                format!("`{}` declared a conflict of interest on `{bid}`", actor.id),
                "the other evaluators mark this bid",
            )
        })?;
        ensure(self.marked_bids().any(|one| one == bid), || {
            refuse(
                "case-unknown",
                format!("the bid `{bid}` cannot be read and is not marked"),
                "mark the other bids",
            )
        })
    }

    /// What still keeps the sheets from being locked, a line each.
    pub fn missing_sheets(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.evaluators.is_empty() {
            missing.push("nobody is appointed to mark".to_owned());
        }
        for (id, evaluator) in &self.evaluators {
            if evaluator.conflicts.is_none() {
                missing.push(format!("`{id}` has not declared conflicts of interest"));
            }
            for bid in self.to_mark(evaluator) {
                if !evaluator.sheets.contains_key(&bid) {
                    missing.push(format!("`{id}` has not marked `{bid}`"));
                }
            }
        }
        for bid in self.marked_bids().filter(|_| self.is_marked()) {
            let mut marking = self
                .evaluators
                .values()
                .filter(|one| one.sheets.contains_key(bid))
                .peekable();
            if marking.peek().is_none() {
                missing.push(format!("nobody marks `{bid}`"));
            } else if marking.all(|one| one.requesting_section) {
                missing.push(format!("only the requesting section marks `{bid}`"));
            }
        }
        missing
    }

    pub(super) fn all_sheets(&self) -> Admitted {
        let missing = self.missing_sheets();
        ensure(missing.is_empty(), || {
            refuse(
                "case-incomplete",
                format!("the sheets cannot be locked: {}", missing.join("; ")),
                "wait for the sheets, appoint further evaluators, or dismiss one who cannot mark",
            )
        })
    }

    pub(super) fn reveal(&self, actor: &Actor, bid: &str, sheet: &SealedPart) -> Admitted {
        let evaluator = self.member(&actor.id)?;
        let Some(sealed) = evaluator.sheets.get(bid) else {
            return Err(refuse(
                "case-unknown",
                format!("`{}` has no sheet on `{bid}`", actor.id),
                "lay open the sheets that were sealed",
            ));
        };
        ensure(!evaluator.revealed.contains_key(bid), || {
            refuse(
                "case-repeated",
                format!("the sheet of `{}` on `{bid}` is open already", actor.id),
                "each sheet is laid open once",
            )
        })?;
        ensure(sealed.commitment == sheet.commitment, || {
            refuse(
                "case-mismatch",
                format!("the sheet on `{bid}` is not the one that was sealed"),
                "lay open the sheet as it was sealed; it cannot be changed any more",
            )
        })
    }

    /// Sheets that are not laid open, as evaluator and bid.
    pub fn unrevealed(&self) -> Vec<(String, String)> {
        let mut open = Vec::new();
        for (id, evaluator) in &self.evaluators {
            for bid in evaluator.sheets.keys() {
                if !evaluator.revealed.contains_key(bid) {
                    open.push((id.clone(), bid.clone()));
                }
            }
        }
        open
    }

    pub(super) fn consolidate(&self, actor: &Actor, asked: &[Asked]) -> Admitted {
        self.member(&actor.id)?;
        let waiting = self.unrevealed();
        ensure(waiting.is_empty(), || {
            let who: Vec<_> = waiting
                .iter()
                .map(|(evaluator, bid)| format!("`{evaluator}` on `{bid}`"))
                .collect();
            refuse(
                "case-incomplete",
                format!("sheets are not laid open yet: {}", who.join(", ")),
                "have these evaluators run `mekiki tender case reveal`",
            )
        })?;
        let has_sheet = |one: &Asked| {
            let evaluator = self.evaluators.get(&one.evaluator);
            evaluator.is_some_and(|evaluator| evaluator.revealed.contains_key(&one.bid))
        };
        ensure(asked.iter().all(has_sheet), || {
            refuse(
                "case-unknown",
                "a reason is asked for a mark that nobody gave",
                "consolidate with `mekiki tender case consolidate`",
            )
        })
    }

    pub(super) fn give_reason(&self, actor: &Actor, bid: &str, item: &str) -> Admitted {
        let asked = Asked {
            evaluator: actor.id.clone(),
            bid: bid.to_owned(),
            item: item.to_owned(),
        };
        ensure(self.asked.contains_key(&asked), || {
            refuse(
                "case-unknown",
                format!(
                    "`{}` was asked for no reason on `{item}` of `{bid}`",
                    actor.id
                ),
                "see `mekiki tender case status` for what is asked",
            )
        })
    }

    pub(super) fn all_reasons(&self) -> Admitted {
        let waiting = self.asked.iter().filter(|(_, reason)| reason.is_none());
        let waiting: Vec<_> = waiting
            .map(|(one, _)| format!("`{}` on `{}` of `{}`", one.evaluator, one.item, one.bid))
            .collect();
        ensure(waiting.is_empty(), || {
            refuse(
                "case-incomplete",
                format!("reasons are due: {}", waiting.join(", ")),
                "have these evaluators run `mekiki tender case reason`",
            )
        })
    }
}
