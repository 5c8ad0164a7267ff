//! From items to blocks: what a bid has by itself, before anything is scaled by other bids.

use std::collections::BTreeMap;

use super::exclusion::Confirmations;
use super::{BidOutcome, ItemOutcome, Step};
use crate::assessment::Assessment;
use crate::diagnostic::{Diagnostic, Place};
use crate::exact::Exact;
use crate::tender::item::{ConfirmationDecision, ItemKind};
use crate::tender::procedure::{Combination, CombinationLevel, Rounding};
use crate::tender::{Bid, Block, BlockKind, Tender};

/// The raw points of a bid.
#[derive(Debug, Clone)]
pub(super) struct Points {
    /// By the place of the block in the tender.
    pub blocks: Vec<RawBlock>,
}

/// The raw points of one block.
#[derive(Debug, Clone)]
pub(super) struct RawBlock {
    /// Proven.
    pub low: Exact,
    /// Still possible.
    pub high: Exact,
    /// How they came about.
    pub steps: Vec<Step>,
}

impl Points {
    /// Adds up what a bid has.
    ///
    /// # Errors
    ///
    /// `no-scored-criteria`.
    pub(super) fn of(
        tender: &Tender,
        bid: &Bid,
        assessment: Option<&Assessment>,
        confirmations: &Confirmations<'_>,
        items: &[ItemOutcome],
    ) -> Result<Self, Diagnostic> {
        let blocks = tender
            .blocks
            .iter()
            .enumerate()
            .map(|(place, block)| match block.kind {
                BlockKind::Criteria => of_criteria(bid, block, assessment, confirmations),
                BlockKind::Base | BlockKind::Marks => {
                    Ok(of_marks(tender, bid, place, block, items))
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { blocks })
    }

    /// The technical points before any scaling, rounded.
    pub(super) fn raw_technical(&self, tender: &Tender) -> Exact {
        let sum = self.blocks.iter().map(|block| block.low.clone()).sum();
        let of_blocks = tender.blocks.iter().any(|block| block.scaling.is_some());
        let rounding = match tender.procedure.technical_scaling {
            Some(_) => tender.procedure.rounding.raw,
            None if of_blocks => None,
            None => tender.procedure.rounding.technical,
        };
        rounding.map_or_else(|| Exact::clone(&sum), |rounding| rounding.apply(&sum))
    }
}

/// Writes one step; the value that goes on is the rounded one.
pub(super) fn step(
    bid: &Bid,
    name: String,
    formula: String,
    exact: Exact,
    rounding: Option<Rounding>,
) -> Step {
    Step {
        bid: bid.id.clone(),
        name,
        formula,
        value: rounding.map_or_else(|| exact.clone(), |rounding| rounding.apply(&exact)),
        exact,
        rounding: rounding.map(Rounding::rule),
    }
}

fn of_marks(
    tender: &Tender,
    bid: &Bid,
    place: usize,
    block: &Block,
    items: &[ItemOutcome],
) -> RawBlock {
    let rounding = match block.scaling {
        Some(_) => tender.procedure.rounding.raw,
        None => tender.procedure.rounding.block,
    };
    let own: Vec<_> = tender
        .items
        .iter()
        .zip(items)
        .filter(|(item, _)| item.block == Some(place))
        .collect();
    let mut steps = Vec::new();
    let last = if block.kind == BlockKind::Base {
        // Base points are all or nothing: a bid without them is out.
        let formula = "every mandatory item is met".to_owned();
        step(bid, block.id.clone(), formula, block.points.clone(), None)
    } else if own.is_empty() {
        let mark = bid.marks.get(&block.id).cloned();
        let mark = mark.unwrap_or_else(Exact::zero);
        let formula = "mark of the committee".to_owned();
        step(bid, block.id.clone(), formula, mark, rounding)
    } else {
        match tender.procedure.evaluators.level {
            CombinationLevel::Item => {
                let rule = tender.procedure.evaluators.combination;
                for (item, outcome) in &own {
                    let marks = outcome.marks.iter().map(|(_, points)| points);
                    let formula = match item.kind {
                        ItemKind::Mandatory => "the item is met".to_owned(),
                        ItemKind::Optional => combined(rule, marks),
                    };
                    let rounding = tender.procedure.rounding.item;
                    let name = format!("item:{}", item.id);
                    steps.push(step(bid, name, formula, outcome.exact.clone(), rounding));
                }
                let values = steps.iter().map(|step| &step.value);
                let (formula, sum) = added(values);
                step(bid, block.id.clone(), formula, sum, rounding)
            }
            CombinationLevel::Block => by_evaluator(tender, bid, block, rounding, &own, &mut steps),
        }
    };
    let points = last.value.clone();
    steps.push(last);
    RawBlock {
        low: points.clone(),
        high: points,
        steps,
    }
}

/// Adds up each evaluator's marks of a block and combines the sums.
fn by_evaluator(
    tender: &Tender,
    bid: &Bid,
    block: &Block,
    rounding: Option<Rounding>,
    own: &[(&crate::tender::item::Item, &ItemOutcome)],
    steps: &mut Vec<Step>,
) -> Step {
    let mut marks: BTreeMap<usize, Vec<&Exact>> = BTreeMap::new();
    for (evaluator, points) in own.iter().flat_map(|(_, outcome)| &outcome.marks) {
        marks.entry(*evaluator).or_default().push(points);
    }
    for (evaluator, points) in marks {
        let evaluator = tender.evaluators.get(evaluator);
        let name = format!(
            "{}:{}",
            block.id,
            evaluator.map_or("", |one| one.id.as_str())
        );
        let (formula, sum) = added(points.into_iter());
        steps.push(step(bid, name, formula, sum, None));
    }
    let rule = tender.procedure.evaluators.combination;
    let sums: Vec<_> = steps.iter().map(|step| step.value.clone()).collect();
    let exact = rule.of(&sums).unwrap_or_else(Exact::zero);
    let formula = combined(rule, sums.iter());
    step(bid, block.id.clone(), formula, exact, rounding)
}

fn combined<'a>(rule: Combination, marks: impl Iterator<Item = &'a Exact>) -> String {
    let marks: Vec<_> = marks.map(Exact::to_string).collect();
    match rule {
        Combination::TrimmedMean(drop) => {
            format!(
                "{}({}; without {drop} at each end)",
                rule.word(),
                marks.join(", ")
            )
        }
        _ if marks.len() == 1 => marks.concat(),
        _ => format!("{}({})", rule.word(), marks.join(", ")),
    }
}

/// A sum with its formula.
pub(super) fn added<'a>(parts: impl Iterator<Item = &'a Exact>) -> (String, Exact) {
    let mut texts = Vec::new();
    let mut sum = Exact::zero();
    for part in parts {
        texts.push(part.to_string());
        sum = sum.plus(part);
    }
    (texts.join(" + "), sum)
}

fn of_criteria(
    bid: &Bid,
    block: &Block,
    assessment: Option<&Assessment>,
    confirmations: &Confirmations<'_>,
) -> Result<RawBlock, Diagnostic> {
    let assessment = assessment.filter(|assessment| !assessment.of.is_zero());
    let Some(assessment) = assessment else {
        return Err(Diagnostic::error(
            "no-scored-criteria",
            Place::whole(),
            format!(
                "the block `{}` takes its points from scored criteria, and none applies",
                block.id
            ),
        )
        .help("name a catalog and give every bid a directory, or score the block by marks"));
    };
    let (low, high) = decided(assessment, confirmations);
    let scale = |points: &Exact| {
        points
            .times(&block.points)
            .over(&assessment.of)
            .unwrap_or_else(Exact::zero)
    };
    let formula = format!("{low} × {} / {}", block.points, assessment.of);
    let step = step(bid, block.id.clone(), formula, scale(&low), None);
    Ok(RawBlock {
        low: step.value.clone(),
        high: scale(&high),
        steps: vec![step],
    })
}

/// The points of a block of criteria, proven and still possible, before any scaling; none where no criterion applies.
pub(in crate::tender) fn criteria_points(
    tender: &Tender,
    one: &BidOutcome,
    block: &Block,
) -> Option<(Exact, Exact)> {
    let assessment = one.assessment.as_ref()?;
    let (low, high) = decided(assessment, &tender.confirmations_of(&one.bid.id));
    let scale = |points: &Exact| points.times(&block.points).over(&assessment.of);
    Some((scale(&low)?, scale(&high)?))
}

/// The points of the scored criteria, where a person overruled a verdict by that person's decision.
fn decided(assessment: &Assessment, confirmations: &Confirmations<'_>) -> (Exact, Exact) {
    let mut low = assessment.low.clone();
    let mut high = assessment.high.clone();
    for (criterion, confirmation) in confirmations {
        let judgment = assessment.judgments.get(*criterion);
        let scored = judgment.filter(|judgment| !judgment.of.is_zero());
        if let (Some(judgment), ConfirmationDecision::Overruled(share)) =
            (scored, &confirmation.decision)
        {
            let points = share.times(&judgment.of);
            low = low.minus(&judgment.low).plus(&points);
            high = high.minus(&judgment.high).plus(&points);
        }
    }
    (low, high)
}
