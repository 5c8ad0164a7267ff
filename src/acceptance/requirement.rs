//! The register of contractual requirements, and what the checks settle of it.

use serde::Serialize;

use super::Verdict;
use crate::evidence::Citation;
use crate::id::{ClauseId, CriterionId};
use crate::text::Text;

/// A requirement of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The criterion.
    pub criterion: CriterionId,
    /// The clause; none for a duty of the agency.
    pub clause: Option<ClauseId>,
    /// Where the register names it.
    pub cited: Citation,
}

impl Requirement {
    /// The identifier in reports: `A19-2.integ.sbom/CL-15`.
    pub fn id(&self) -> String {
        match &self.clause {
            Some(clause) => format!("{}/{clause}", self.criterion),
            None => self.criterion.to_string(),
        }
    }
}

/// Who settles a requirement, and how it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// Every check that settles it is met.
    Pass,
    /// A check that settles it could not be judged.
    Unverifiable,
    /// A check that settles it is not met.
    Fail,
    /// It is not met, and an exceptional action is in force.
    Waived,
    /// No machine settles it: the inspector (検査職員) does.
    Inspector,
}

impl Settlement {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unverifiable => "unverifiable",
            Self::Fail => "fail",
            Self::Waived => "waived",
            Self::Inspector => "inspector",
        }
    }
}

/// A requirement with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// `CRITERION/CLAUSE`.
    pub id: String,
    /// The criterion.
    pub criterion: CriterionId,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// The criterion's title.
    pub title: Text,
    /// The verdict.
    pub verdict: Settlement,
    /// The checks that settle it, each with its verdict.
    pub checks: Vec<(String, Verdict)>,
    /// What it rests on: the register's line, then what the checks rest on.
    pub citations: Vec<Citation>,
    /// For the inspector: what the clause asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<Text>,
}
