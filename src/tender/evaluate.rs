//! The evaluation of a tender: who is out and by what, and the ranking of the rest.
//!
//! The way of the numbers: marks become items (`marks`), items become blocks and blocks technical points (`points`), price
//! and technical points become a total (`standing`), totals become ranks (`rank`). What keeps a bid out stands in
//! `exclusion`. Each lot is ranked by itself.

mod exclusion;
mod marks;
mod points;
mod rank;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

pub(crate) use self::exclusion::agrees_with;
pub(crate) use self::marks::points_of;
use self::points::Points;
pub(in crate::tender) use self::points::criteria_points;
use self::standing::Field;
pub(in crate::tender) use self::standing::names_of_all;
use super::procedure::TieRule;
use super::{Bid, Lot, Tender};
use crate::assessment::Assessment;
use crate::diagnostic::Diagnostic;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::fact::Establishment;
use crate::id::{BidId, CriterionId};
use crate::text::Text;

/// Why a bid is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// A criterion's identifier, or one of `mandatory-item`, `above-ceiling`, `below-minimum-price`, `below-minimum`,
    /// `below-floor` and `declared`.
    pub by: String,
    /// What happened.
    pub detail: Text,
    /// Where it rests.
    pub citations: Vec<Citation>,
}

/// Points with what is still possible above them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// Proven.
    pub low: Exact,
    /// Still possible.
    pub high: Exact,
}

/// One step of the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The bid.
    pub bid: BidId,
    /// What is computed: `item:` with an item's id, a block's id, alone or with `:` and an evaluator's, `technical`,
    /// `price`, `total` or `floor`.
    pub name: String,
    /// The formula with its numbers.
    pub formula: String,
    /// The exact value.
    pub exact: Exact,
    /// The rounding rule, where one applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<String>,
    /// The value that goes on.
    pub value: Exact,
}

/// A bid that is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Technical points, proven.
    pub technical: Exact,
    /// Price points; none where the method has none.
    pub price_points: Option<Exact>,
    /// The points of each block as they enter the technical points, by its place in the tender.
    pub blocks: Vec<Exact>,
    /// The total, proven; the price itself in the lowest-price method.
    pub total: Exact,
    /// The total from proven to possible.
    pub interval: Interval,
    /// The rank, from 1; bids of an unbroken tie share one.
    pub rank: usize,
}

/// How one bid came out.
#[derive(Debug, Clone)]
pub struct BidOutcome {
    /// The bid.
    pub bid: Bid,
    /// The assessment of its evidence, when the tender judges by criteria.
    pub assessment: Option<Assessment>,
    /// What the producers found in its evidence.
    pub found: Establishment,
    /// Why it is out; empty for a valid bid.
    pub exclusions: Vec<Exclusion>,
    /// Its standing, when it is in.
    pub standing: Option<Standing>,
    /// Whether the price is low enough to be investigated.
    pub low_bid: bool,
    /// What the evaluators marked, by the place of the item; empty where nothing was marked.
    pub items: Vec<ItemOutcome>,
    /// Verdicts of the machine that count and that nobody confirmed or overruled, where the tender asks for it.
    pub unconfirmed: Vec<CriterionId>,
    /// The verdicts of the machine that are proposals for evaluation items, with what the evaluators decided.
    pub proposals: Vec<Proposal>,
}

/// What became of one evaluation item of a bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOutcome {
    /// The points by evaluator, by the place of the evaluator in the tender.
    pub marks: Vec<(usize, Exact)>,
    /// The combined points before rounding.
    pub exact: Exact,
    /// The points that go on.
    pub value: Exact,
}

/// A verdict of the machine beside what the evaluators decided on its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The item.
    pub item: String,
    /// The criterion.
    pub criterion: CriterionId,
    /// The verdict's word.
    pub verdict: String,
    /// Whether the evaluators' decision agrees with it.
    pub agrees: bool,
    /// The comments of evaluators who decided otherwise.
    pub reasons: Vec<String>,
}

/// The ranking of a lot before a bid was excluded, and whom the exclusion changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recomputation {
    /// The lot; none when the tender is not parted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The bids that were excluded.
    pub excluded: Vec<BidId>,
    /// By what: `declared` or `below-floor`.
    pub by: String,
    /// The ranking with them.
    pub before: Vec<RankedRow>,
    /// The bids whose points or total the exclusion changed.
    pub changed: Vec<BidId>,
    /// Through which names of the formulas it changed them, such as `lowest`; empty when it changed none.
    pub through: Vec<String>,
}

/// One row of a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankedRow {
    /// The bid.
    pub bid: BidId,
    /// Technical points.
    pub technical: Exact,
    /// Price points.
    pub price_points: Option<Exact>,
    /// The total.
    pub total: Exact,
    /// The rank.
    pub rank: usize,
}

/// How one lot came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotOutcome {
    /// The winner; several on an unbroken tie, none when no bid is valid.
    pub winner: Vec<BidId>,
    /// The rule that broke a tie for the first rank.
    pub tie_broken_by: Option<TieRule>,
}

/// The outcome of a tender.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The bids, sorted by identifier.
    pub bids: Vec<BidOutcome>,
    /// The lots, in the order of the tender.
    pub lots: Vec<LotOutcome>,
    /// Rankings before an exclusion, in the order of the exclusions.
    pub recomputations: Vec<Recomputation>,
    /// Every step of the arithmetic.
    pub derivation: Vec<Step>,
}

impl Outcome {
    /// The winners of all lots, in the order of the lots.
    pub fn winner(&self) -> Vec<BidId> {
        self.lots
            .iter()
            .flat_map(|lot| lot.winner.iter().cloned())
            .collect()
    }

    /// The valid bids of a lot by rank, then identifier.
    pub fn ranking(&self, lot: usize) -> Vec<(&BidOutcome, &Standing)> {
        let mut ranking: Vec<_> = self
            .bids
            .iter()
            .filter(|one| one.bid.lot == lot)
            .filter_map(|bid| bid.standing.as_ref().map(|standing| (bid, standing)))
            .collect();
        ranking.sort_by(|left, right| {
            left.1
                .rank
                .cmp(&right.1.rank)
                .then_with(|| left.0.bid.id.cmp(&right.0.bid.id))
        });
        ranking
    }
}

/// Evaluates a tender from the assessments of its bids.
///
/// # Errors
///
/// `no-scored-criteria` when a block takes its points from criteria and none applies; `overruled-without-reason` when an
/// evaluator decided an item against the machine's verdict without a comment; a fault of a formula, such as a division by
/// zero.
pub fn evaluate(
    tender: &Tender,
    mut assessed: BTreeMap<BidId, (Assessment, Establishment)>,
) -> Result<Outcome, Diagnostic> {
    let with_evidence: Vec<_> = tender
        .bids
        .iter()
        .map(|bid| {
            assessed.remove(&bid.id).map_or(
                (bid, None, Establishment::default()),
                |(assessment, found)| (bid, Some(assessment), found),
            )
        })
        .collect();
    let marked: Vec<(BidOutcome, Option<Points>)> = with_evidence
        .into_par_iter()
        .map(|(bid, assessment, found)| mark(tender, bid, assessment, found))
        .collect::<Result<_, _>>()?;
    let (mut bids, points): (Vec<_>, Vec<_>) = marked.into_iter().unzip();
    let mut outcome_lots = Vec::new();
    let mut recomputations = Vec::new();
    let mut steps: BTreeMap<BidId, Vec<Step>> = BTreeMap::new();
    for lot in tender.lots.iter().enumerate() {
        let settled = settle(tender, lot, &mut bids, &points, &mut recomputations)?;
        steps.extend(settled.steps);
        outcome_lots.push(settled.outcome);
    }
    let derivation = bids
        .iter()
        .filter_map(|one| steps.remove(&one.bid.id))
        .flatten()
        .collect();
    Ok(Outcome {
        bids,
        lots: outcome_lots,
        recomputations,
        derivation,
    })
}

/// What can be said of a bid without the others.
fn mark(
    tender: &Tender,
    bid: &Bid,
    assessment: Option<Assessment>,
    found: Establishment,
) -> Result<(BidOutcome, Option<Points>), Diagnostic> {
    let confirmations = tender.confirmations_of(&bid.id);
    let proposals = exclusion::proposals(tender, bid, assessment.as_ref())?;
    let mut exclusions = exclusion::alone(tender, bid, assessment.as_ref(), &confirmations);
    // A bid that is excluded after the ranking is in it until then.
    let is_marked = exclusions
        .iter()
        .all(|one| one.by == exclusion::DECLARED && bid.excluded_after_ranking);
    let items = if is_marked {
        marks::items(tender, bid)
    } else {
        Vec::new()
    };
    let points = if is_marked {
        let points = Points::of(tender, bid, assessment.as_ref(), &confirmations, &items)?;
        exclusions.extend(exclusion::below_minimum(tender, bid, &items, &points));
        Some(points)
    } else {
        None
    };
    let outcome = BidOutcome {
        unconfirmed: exclusion::unconfirmed(tender, assessment.as_ref(), &confirmations),
        proposals,
        bid: bid.clone(),
        assessment,
        found,
        exclusions,
        standing: None,
        low_bid: exclusion::is_low(tender, bid),
        items,
    };
    Ok((outcome, points))
}

struct Settled {
    outcome: LotOutcome,
    steps: Vec<(BidId, Vec<Step>)>,
}

/// Ranks one lot, again after every exclusion that comes out of the ranking itself.
fn settle(
    tender: &Tender,
    lot: (usize, &Lot),
    bids: &mut [BidOutcome],
    points: &[Option<Points>],
    recomputations: &mut Vec<Recomputation>,
) -> Result<Settled, Diagnostic> {
    let mut later: BTreeSet<BidId> = bids
        .iter()
        .filter(|one| one.bid.lot == lot.0 && one.bid.excluded_after_ranking)
        .filter(|one| one.exclusions.iter().all(|by| by.by == exclusion::DECLARED))
        .map(|one| one.bid.id.clone())
        .collect();
    let mut pending: Option<Recomputation> = None;
    loop {
        let field = Field::of(tender, lot, bids, points, &later);
        let standings = field.standings()?;
        let below = field.below_floor(&standings)?;
        let (outcome, rows) = rank::rank(tender, &standings);
        if let Some(recomputation) = pending.take() {
            recomputations.push(compare(tender, recomputation, &rows));
        }
        let start = |excluded: Vec<BidId>, by: &str| Recomputation {
            lot: lot.1.id.clone(),
            excluded,
            by: by.to_owned(),
            before: rows.clone(),
            changed: Vec::new(),
            through: Vec::new(),
        };
        if !below.is_empty() {
            pending = Some(start(
                below.keys().cloned().collect(),
                exclusion::BELOW_FLOOR,
            ));
            for one in bids.iter_mut() {
                one.exclusions.extend(below.get(&one.bid.id).cloned());
            }
            later.retain(|bid| !below.contains_key(bid));
        } else if let Some(first) = later.pop_first() {
            pending = Some(start(vec![first], exclusion::DECLARED));
        } else {
            let mut steps = Vec::new();
            for standing in standings {
                let rank = rows.iter().find(|row| row.bid == standing.bid);
                let rank = rank.map_or(0, |row| row.rank);
                steps.push((standing.bid, standing.steps));
                let place = standing.place;
                if let Some(one) = bids.get_mut(place) {
                    one.standing = Some(Standing {
                        rank,
                        ..standing.standing
                    });
                }
            }
            return Ok(Settled { outcome, steps });
        }
    }
}

/// Whom an exclusion changed, and through what.
fn compare(
    tender: &Tender,
    mut recomputation: Recomputation,
    after: &[RankedRow],
) -> Recomputation {
    let numbers = |row: &RankedRow| {
        (
            row.technical.clone(),
            row.price_points.clone(),
            row.total.clone(),
        )
    };
    let before: BTreeMap<_, _> = recomputation
        .before
        .iter()
        .map(|row| (&row.bid, numbers(row)))
        .collect();
    recomputation.changed = after
        .iter()
        .filter(|row| before.get(&row.bid) != Some(&numbers(row)))
        .map(|row| row.bid.clone())
        .collect();
    if !recomputation.changed.is_empty() {
        recomputation.through = tender.depends_on_others();
    }
    recomputation
}
