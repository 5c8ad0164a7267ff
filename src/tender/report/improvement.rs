//! The views of what is open in an assessment and what would improve it.

use serde::Serialize;

use crate::assessment::completeness::Completeness;
use crate::assessment::narrowing::Narrowing;
use crate::assessment::repair::Repair;
use crate::assessment::verdict::Verdict;
use crate::criteria::{Catalog, Stage};
use crate::exact::Exact;
use crate::id::{CriterionId, FactKey};
use crate::text::Text;

/// How much of an assessment is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompletenessView {
    /// The criteria that apply.
    pub criteria: usize,
    /// Those that are decided.
    pub decided: usize,
    /// Those for which nothing was handed in.
    pub unanswered: usize,
    /// Those for which what was handed in proves too little.
    pub unverifiable: usize,
    /// Those that rest on evidence whose time has passed.
    pub stale: usize,
    /// The proven points in per mille of the points that apply, exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_per_mille: Option<Exact>,
    /// The possible points in per mille of the points that apply, exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_per_mille: Option<Exact>,
}

impl CompletenessView {
    /// Shows how complete an assessment is.
    pub fn new(completeness: &Completeness) -> Self {
        Self {
            criteria: completeness.criteria,
            decided: completeness.decided,
            unanswered: completeness.unanswered,
            unverifiable: completeness.unverifiable,
            stale: completeness.stale,
            low_per_mille: completeness.low_per_mille.clone(),
            high_per_mille: completeness.high_per_mille.clone(),
        }
    }
}

/// How much the proof of one fact could narrow the score's interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NarrowingView {
    /// The fact.
    pub fact: FactKey,
    /// The most points of the width that its proof could remove.
    pub removes: Exact,
    /// The most points that its proof could add to what is proven.
    pub raises: Exact,
    /// By criterion.
    pub criteria: Vec<NarrowedView>,
}

/// The part of one criterion in a narrowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NarrowedView {
    /// The criterion.
    pub criterion: CriterionId,
    /// The width of its interval now, in points.
    pub width: Exact,
    /// The points of this width that the proof could remove.
    pub removes: Exact,
}

impl NarrowingView {
    /// Shows a narrowing.
    pub fn new(narrowing: Narrowing) -> Self {
        let criteria = narrowing.criteria.into_iter().map(|one| NarrowedView {
            criterion: one.criterion,
            width: one.width,
            removes: one.removes,
        });
        Self {
            fact: narrowing.fact,
            removes: narrowing.removes,
            raises: narrowing.raises,
            criteria: criteria.collect(),
        }
    }
}

/// One thing to repair.
#[derive(Debug, Clone, Serialize)]
pub struct RepairView {
    /// The criterion.
    pub criterion: CriterionId,
    /// Its verdict now.
    pub verdict: Verdict,
    /// The stage, for a gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The points that are not proven, for a scored criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Exact>,
    /// What to hand in.
    pub ask: Text,
    /// The facts that the criterion rests on.
    pub facts: Vec<FactKey>,
}

impl RepairView {
    /// Shows a repair with what its criterion asks for.
    pub fn new(catalog: &Catalog, repair: Repair) -> Self {
        let criterion = catalog.criteria.get(&repair.criterion);
        Self {
            ask: criterion.map(|one| one.ask.clone()).unwrap_or_default(),
            criterion: repair.criterion,
            verdict: repair.verdict,
            stage: repair.stage,
            lost: Some(repair.lost).filter(|_| repair.stage.is_none()),
            facts: repair.facts,
        }
    }
}
