//! How much of an assessment is answered, and in which part of the scale the score lies.

use std::collections::BTreeMap;

use super::Judgment;
use super::verdict::VerdictKind;
use crate::exact::Exact;
use crate::id::CriterionId;

/// How complete an assessment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The criteria that apply, gates of every stage included.
    pub criteria: usize,
    /// Those that are decided: passed, failed, met in part or waived.
    pub decided: usize,
    /// Those for which nothing was handed in.
    pub unanswered: usize,
    /// Those for which something was handed in that proves too little.
    pub unverifiable: usize,
    /// Those that only evidence whose time has passed supports.
    pub stale: usize,
    /// The proven points in per mille of the points that apply, exact; `None` when no scored criterion applies.
    pub low_per_mille: Option<Exact>,
    /// The possible points in per mille of the points that apply, exact.
    pub high_per_mille: Option<Exact>,
}

impl Completeness {
    /// Counts the judgments; `low`, `high` and `of` are their points.
    pub(super) fn new(
        judgments: &BTreeMap<CriterionId, Judgment>,
        low: &Exact,
        high: &Exact,
        of: &Exact,
    ) -> Self {
        let count = |kinds: &[VerdictKind]| {
            let kinds = judgments
                .values()
                .filter(|one| kinds.contains(&one.verdict.kind));
            kinds.count()
        };
        let per_mille = |points: &Exact| points.times(&Exact::from_integer(1000)).over(of);
        Self {
            criteria: judgments.len() - count(&[VerdictKind::NotApplicable]),
            decided: count(&[
                VerdictKind::Pass,
                VerdictKind::Fail,
                VerdictKind::Partial,
                VerdictKind::Waived,
            ]),
            unanswered: count(&[VerdictKind::Unanswered]),
            unverifiable: count(&[VerdictKind::Unverifiable]),
            stale: count(&[VerdictKind::Stale]),
            low_per_mille: per_mille(low),
            high_per_mille: per_mille(high),
        }
    }
}
