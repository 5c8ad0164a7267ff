//! The self-check (自己点検; Common Model, article 11): how many contracts carry evidence for every requirement.

use serde::Serialize;

use super::{Registers, RunningCase};
use crate::assessment::Judgment;
use crate::assessment::verdict::{Verdict, VerdictKind};
use crate::id::{BidId, CriterionId};

/// The self-check of an agency.
#[derive(Debug, Clone, Serialize)]
pub struct SelfCheck {
    /// Every contract, by case and bid.
    pub contracts: Vec<ContractCheck>,
    /// How many of them carry evidence for every requirement.
    pub whole: usize,
}

/// The self-check of one contract.
#[derive(Debug, Clone, Serialize)]
pub struct ContractCheck {
    /// The case.
    pub case: String,
    /// The bid under contract.
    pub bid: BidId,
    /// The system, where the inventory names one.
    pub system: Option<String>,
    /// Requirements that apply: every criterion that is not out of scope.
    pub requirements: usize,
    /// Requirements that evidence in force decides, for or against.
    pub evidenced: usize,
    /// Of those, the ones that are not met.
    pub failed: Vec<CriterionId>,
    /// Requirements that an exception in force sets aside.
    pub waived: Vec<CriterionId>,
    /// Requirements without evidence in force.
    pub lacking: Vec<LackingRequirement>,
}

/// A requirement without evidence in force.
#[derive(Debug, Clone, Serialize)]
pub struct LackingRequirement {
    /// The criterion.
    pub criterion: CriterionId,
    /// Its verdict: unanswered, unverifiable or stale.
    pub verdict: Verdict,
}

/// Checks every contract.
pub fn self_check(registers: &Registers, cases: &[RunningCase]) -> SelfCheck {
    let mut contracts: Vec<_> = cases
        .iter()
        .flat_map(|case| {
            let contracted = case.contracted(registers);
            let of_contract = case
                .assessed
                .iter()
                .filter(move |(bid, _)| contracted.contains(&bid));
            of_contract.map(move |(bid, assessment)| {
                let judgments = assessment.judgments.values();
                check(registers, case, bid, judgments)
            })
        })
        .collect();
    contracts.sort_by(|left, right| (&left.case, &left.bid).cmp(&(&right.case, &right.bid)));
    SelfCheck {
        whole: contracts
            .iter()
            .filter(|contract| contract.lacking.is_empty())
            .count(),
        contracts,
    }
}

fn check<'a>(
    registers: &Registers,
    case: &RunningCase,
    bid: &BidId,
    judgments: impl Iterator<Item = &'a Judgment>,
) -> ContractCheck {
    let system = registers.system_of(case.tender.id.as_str());
    let mut checked = ContractCheck {
        case: case.tender.id.to_string(),
        bid: bid.clone(),
        system: system.map(|system| system.entry.id.clone()),
        requirements: 0,
        evidenced: 0,
        failed: Vec::new(),
        waived: Vec::new(),
        lacking: Vec::new(),
    };
    for judgment in judgments {
        let kind = judgment.verdict.kind;
        if kind == VerdictKind::NotApplicable {
            continue;
        }
        checked.requirements += 1;
        match kind {
            VerdictKind::Pass | VerdictKind::Partial => checked.evidenced += 1,
            VerdictKind::Fail => {
                checked.evidenced += 1;
                checked.failed.push(judgment.criterion.clone());
            }
            VerdictKind::Waived => checked.waived.push(judgment.criterion.clone()),
            _ => checked.lacking.push(LackingRequirement {
                criterion: judgment.criterion.clone(),
                verdict: judgment.verdict.clone(),
            }),
        }
    }
    checked
}
