//! What a supplier must repair first.

use std::cmp::Reverse;

use super::verdict::{Verdict, VerdictKind};
use super::{Assessment, Judgment};
use crate::criteria::rule::Rule;
use crate::criteria::{Catalog, Stage};
use crate::exact::Exact;
use crate::id::{CriterionId, FactKey};

/// One criterion that a supplier can improve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The criterion, whose `ask` says what to hand in.
    pub criterion: CriterionId,
    /// The verdict now.
    pub verdict: Verdict,
    /// The stage, for a gate.
    pub stage: Option<Stage>,
    /// The points that are not proven; zero for a gate.
    pub lost: Exact,
    /// The facts that the criterion rests on.
    pub facts: Vec<FactKey>,
}

/// Lists what to repair: failed gates of the bid, open gates of the bid, lost points from many to few, then
/// failed gates of later stages. What the agency itself must do before the announcement is left out.
pub fn repairs(catalog: &Catalog, assessment: &Assessment) -> Vec<Repair> {
    let mut repairs: Vec<_> = assessment
        .judgments
        .values()
        .filter_map(|judgment| {
            let lost = judgment.of.minus(&judgment.low);
            let order = order(judgment, &lost)?;
            let criterion = catalog.criteria.get(&judgment.criterion)?;
            let mut facts: Vec<_> = criterion
                .rules()
                .into_iter()
                .flat_map(Rule::keys)
                .filter(|key| !key.as_str().starts_with("case."))
                .cloned()
                .collect();
            facts.sort();
            facts.dedup();
            let repair = Repair {
                criterion: judgment.criterion.clone(),
                verdict: judgment.verdict.clone(),
                stage: judgment.stage,
                lost,
                facts,
            };
            Some((order, repair))
        })
        .collect();
    repairs.sort_by_key(|(order, repair)| {
        (
            *order,
            Reverse(repair.lost.clone()),
            repair.criterion.clone(),
        )
    });
    repairs.into_iter().map(|(_, repair)| repair).collect()
}

fn order(judgment: &Judgment, lost: &Exact) -> Option<u8> {
    let failed = judgment.verdict.kind == VerdictKind::Fail;
    match judgment.stage {
        Some(Stage::Plan) => None,
        Some(Stage::Bid) if failed => Some(0),
        Some(Stage::Bid) if !judgment.verdict.kind.opens_gate() => Some(1),
        None if !lost.is_zero() && judgment.verdict.kind != VerdictKind::Waived => Some(2),
        Some(stage) if failed && stage > Stage::Bid => Some(3),
        _ => None,
    }
}
