//! The views of points: by block, by item and evaluator, by lot.

use serde::Serialize;

use crate::evidence::Citation;
use crate::exact::Exact;
use crate::id::{BidId, CriterionId};
use crate::tender::Tender;
use crate::tender::evaluate::{BidOutcome, Outcome};
use crate::tender::item::ConfirmationDecision;
use crate::tender::procedure::TieRule;
use crate::text::Text;
use crate::time::instant;

/// The points of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlockPoints {
    /// The block.
    pub block: String,
    /// Its points.
    pub points: Exact,
    /// The points at most.
    pub of: Exact,
}

/// The points of an evaluation item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemPoints {
    /// The item.
    pub item: String,
    /// The combined points.
    pub points: Exact,
    /// The points at most.
    pub of: Exact,
    /// The points by evaluator.
    pub marks: Vec<EvaluatorPoints>,
}

/// What one evaluator gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluatorPoints {
    /// The evaluator.
    pub evaluator: String,
    /// The points.
    pub points: Exact,
    /// The comment, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What a person said of a verdict of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmationView {
    /// The criterion.
    pub criterion: CriterionId,
    /// `confirmed` or `overruled`.
    pub decision: &'static str,
    /// The share of the criterion's points that counts instead, when overruled; one is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Exact>,
    /// Who answers for it.
    pub by: String,
    /// The day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Where it stands.
    pub citation: Citation,
}

/// One lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotView {
    /// The lot.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The planned price in yen, as the tender gives it.
    pub ceiling_yen: Option<String>,
    /// The winner; several on an unbroken tie.
    pub winner: Vec<BidId>,
    /// The rule that broke a tie for the first rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie_broken_by: Option<String>,
}

pub(super) fn block_points(tender: &Tender, outcome: &BidOutcome) -> Vec<BlockPoints> {
    let points = outcome
        .standing
        .iter()
        .flat_map(|standing| &standing.blocks);
    tender
        .blocks
        .iter()
        .zip(points)
        .map(|(block, points)| BlockPoints {
            block: block.id.clone(),
            points: points.clone(),
            of: block.points.clone(),
        })
        .collect()
}

pub(super) fn item_points(tender: &Tender, outcome: &BidOutcome) -> Vec<ItemPoints> {
    let bid = &outcome.bid;
    let comment = |evaluator: usize, item: &str| {
        let sheet = bid
            .sheets
            .iter()
            .find(|sheet| sheet.evaluator == evaluator)?;
        sheet.comments.get(item).cloned()
    };
    tender
        .items
        .iter()
        .zip(&outcome.items)
        .map(|(item, points)| ItemPoints {
            item: item.id.clone(),
            points: points.value.clone(),
            of: item.points.clone(),
            marks: points
                .marks
                .iter()
                .map(|(evaluator, points)| EvaluatorPoints {
                    evaluator: tender
                        .evaluators
                        .get(*evaluator)
                        .map_or_else(String::new, |one| one.id.clone()),
                    points: points.clone(),
                    comment: comment(*evaluator, &item.id),
                })
                .collect(),
        })
        .collect()
}

pub(super) fn confirmations(tender: &Tender, outcome: &BidOutcome) -> Vec<ConfirmationView> {
    tender
        .confirmations
        .iter()
        .filter(|one| one.bid == outcome.bid.id)
        .map(|one| ConfirmationView {
            criterion: one.criterion.clone(),
            decision: match one.decision {
                ConfirmationDecision::Confirmed => "confirmed",
                ConfirmationDecision::Overruled(_) => "overruled",
            },
            share: match &one.decision {
                ConfirmationDecision::Confirmed => None,
                ConfirmationDecision::Overruled(share) => Some(share.clone()),
            },
            by: one.by.clone(),
            on: one.on.map(instant),
            reason: one.reason.clone(),
            citation: one.citation.clone(),
        })
        .collect()
}

pub(super) fn lots(tender: &Tender, outcome: &Outcome) -> Vec<LotView> {
    tender
        .lots
        .iter()
        .zip(&outcome.lots)
        .filter_map(|(lot, outcome)| {
            Some(LotView {
                id: lot.id.clone()?,
                title: lot.title.clone(),
                ceiling_yen: lot.ceiling_yen.map(|yen| yen.to_string()),
                winner: outcome.winner.clone(),
                tie_broken_by: outcome.tie_broken_by.as_ref().map(TieRule::word),
            })
        })
        .collect()
}
