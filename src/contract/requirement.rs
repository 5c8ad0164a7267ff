//! Contractual security requirements as an event log, whose replay is their state.
//!
//! Source of the states: our requirement state machine (`docs/glossary.md`). So far the register is drawn
//! up from the criteria and clauses, which is the first event, `proposed`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clause::draft::DraftedClause;
use crate::criteria::{Catalog, Criterion};
use crate::digest::Digest;
use crate::id::{ClauseId, CriterionId, TenderId};
use crate::tender::ParameterValue;
use crate::time::Date;

/// Identifies a requirement within a case: one criterion with one clause, or the agency's own duty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RequirementId {
    /// The tender.
    pub tender: TenderId,
    /// The criterion.
    pub criterion: CriterionId,
    /// The clause; `None` for a duty of the agency itself.
    pub clause: Option<ClauseId>,
}

/// What happened to a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was drawn up from the criteria set.
    Proposed {
        /// The digest of the criterion's file.
        criterion_digest: Digest,
        /// Parameter values of its clause as its Japanese text shows them, by name.
        parameters: Vec<(String, String)>,
        /// The same values as they are.
        values: BTreeMap<String, ParameterValue>,
    },
    /// It was removed before publication.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Which requirement.
    pub requirement: RequirementId,
    /// The day.
    pub on: Date,
    /// The role or `system`.
    pub actor: String,
    /// What happened.
    pub event: Event,
}

/// The state of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Drafted from the criteria set.
    Proposed,
    /// Removed before publication.
    Withdrawn,
}

impl State {
    /// Every state with its word.
    pub const WORDS: [(&'static str, Self); 2] =
        [("proposed", Self::Proposed), ("withdrawn", Self::Withdrawn)];

    /// Returns the word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An event that the state machine does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// The first event of a requirement must propose it.
    #[error("the requirement for `{criterion}` was never proposed")]
    NotProposed {
        /// The criterion.
        criterion: CriterionId,
    },
    /// A requirement is proposed once.
    #[error("the requirement for `{criterion}` is proposed twice")]
    ProposedTwice {
        /// The criterion.
        criterion: CriterionId,
    },
    /// Withdrawn is final.
    #[error("the requirement for `{criterion}` is withdrawn already")]
    Closed {
        /// The criterion.
        criterion: CriterionId,
    },
}

/// Draws up the log of a tender: every applicable criterion with each of its clauses is proposed.
pub fn propose(
    catalog: &Catalog,
    applicable: &[&Criterion],
    drafted: &[DraftedClause],
    tender: &TenderId,
    on: Date,
) -> Vec<LoggedEvent> {
    let mut log = Vec::new();
    for criterion in applicable
        .iter()
        .filter(|criterion| catalog.criteria.contains_key(&criterion.id))
    {
        let clauses: Vec<_> = criterion.clauses.iter().cloned().map(Some).collect();
        let clauses = if clauses.is_empty() {
            vec![None]
        } else {
            clauses
        };
        for clause in clauses {
            let drafted = drafted
                .iter()
                .find(|drafted| Some(&drafted.id) == clause.as_ref());
            let values = drafted.map_or_else(BTreeMap::new, |one| one.values.clone());
            let parameters = drafted
                .map(|drafted| {
                    drafted
                        .parameters
                        .iter()
                        .map(|(name, value)| (name.clone(), value.ja.clone()))
                        .collect()
                })
                .unwrap_or_default();
            log.push(LoggedEvent {
                requirement: RequirementId {
                    tender: tender.clone(),
                    criterion: criterion.id.clone(),
                    clause,
                },
                on,
                actor: "system".to_owned(),
                event: Event::Proposed {
                    criterion_digest: criterion.digest,
                    parameters,
                    values,
                },
            });
        }
    }
    log
}

/// Replays a log into the state of each requirement, in the order of their first events.
///
/// # Errors
///
/// The first event that the state machine does not allow.
pub fn replay(log: &[LoggedEvent]) -> Result<Vec<(&LoggedEvent, State)>, RequirementError> {
    let mut states: Vec<(&LoggedEvent, State)> = Vec::new();
    for logged in log {
        let criterion = || logged.requirement.criterion.clone();
        let known = states
            .iter_mut()
            .find(|(first, _)| first.requirement == logged.requirement);
        match (&logged.event, known) {
            (Event::Proposed { .. }, None) => states.push((logged, State::Proposed)),
            (Event::Proposed { .. }, Some(_)) => {
                return Err(RequirementError::ProposedTwice {
                    criterion: criterion(),
                });
            }
            (Event::Withdrawn { .. }, Some((_, state @ State::Proposed))) => {
                *state = State::Withdrawn;
            }
            (Event::Withdrawn { .. }, Some(_)) => {
                return Err(RequirementError::Closed {
                    criterion: criterion(),
                });
            }
            (Event::Withdrawn { .. }, None) => {
                return Err(RequirementError::NotProposed {
                    criterion: criterion(),
                });
            }
        }
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_day;

    fn logged(criterion: &str, event: Event) -> LoggedEvent {
        LoggedEvent {
            requirement: RequirementId {
                tender: "t".into(),
                criterion: criterion.into(),
                clause: None,
            },
            on: parse_day("2026-11-20").unwrap(),
            actor: "system".to_owned(),
            event,
        }
    }

    #[test]
    fn the_log_is_the_state() {
        let proposed = || Event::Proposed {
            criterion_digest: Digest::of(b""),
            parameters: Vec::new(),
            values: BTreeMap::new(),
        };
        let withdrawn = || Event::Withdrawn {
            reason: "r".to_owned(),
        };
        let log = [
            logged("a", proposed()),
            logged("b", proposed()),
            logged("a", withdrawn()),
        ];
        let states: Vec<_> = replay(&log)
            .unwrap()
            .into_iter()
            .map(|(_, state)| state)
            .collect();
        assert_eq!(states, [State::Withdrawn, State::Proposed]);
        for (log, error) in [
            (
                vec![logged("a", withdrawn())],
                "the requirement for `a` was never proposed",
            ),
            (
                vec![logged("a", proposed()), logged("a", proposed())],
                "the requirement for `a` is proposed twice",
            ),
            (
                vec![
                    logged("a", proposed()),
                    logged("a", withdrawn()),
                    logged("a", withdrawn()),
                ],
                "the requirement for `a` is withdrawn already",
            ),
        ] {
            assert_eq!(replay(&log).unwrap_err().to_string(), error);
        }
    }
}
