//! The evaluation of a tender: who is out and by what, and the ranking of the rest.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::procedure::{PriceFormula, Rounding, TieRule};
use super::{Bid, BlockKind, Tender};
use crate::assessment::Assessment;
use crate::assessment::verdict::VerdictKind;
use crate::criteria::Stage;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::fact::Establishment;
use crate::id::BidId;
use crate::text::messages::message;
use crate::text::{Lang, Text};

/// Why a bid is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// A criterion's identifier, `above-ceiling`, `mandatory-item` or `declared`.
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
    /// What is computed: a block's id, `technical`, `price` or `total`.
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
    /// Price points.
    pub price_points: Exact,
    /// The total, proven.
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
}

/// The outcome of a tender.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The bids, sorted by identifier.
    pub bids: Vec<BidOutcome>,
    /// The winner; several on an unbroken tie, none when no bid is valid.
    pub winner: Vec<BidId>,
    /// The rule that broke a tie for the first rank.
    pub tie_broken_by: Option<TieRule>,
    /// Every step of the arithmetic.
    pub derivation: Vec<Step>,
}

impl Outcome {
    /// The valid bids by rank, then identifier.
    pub fn ranking(&self) -> Vec<(&BidOutcome, &Standing)> {
        let mut ranking: Vec<_> = self
            .bids
            .iter()
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
/// `no-scored-criteria` when a block takes its points from criteria and none applies.
pub fn evaluate(
    tender: &Tender,
    mut assessed: BTreeMap<BidId, (Assessment, Establishment)>,
) -> Result<Outcome, Diagnostic> {
    let mut derivation = Vec::new();
    let mut bids: Vec<_> = tender
        .bids
        .iter()
        .map(|bid| {
            let (assessment, found) = assessed
                .remove(&bid.id)
                .map_or((None, Establishment::default()), |(assessment, found)| {
                    (Some(assessment), found)
                });
            let exclusions = exclusions(tender, bid, assessment.as_ref());
            BidOutcome {
                bid: bid.clone(),
                assessment,
                found,
                exclusions,
                standing: None,
                low_bid: is_low(tender, bid),
            }
        })
        .collect();
    let lowest = bids
        .iter()
        .filter(|one| one.exclusions.is_empty())
        .map(|one| one.bid.price_yen)
        .min();
    for outcome in bids.iter_mut().filter(|one| one.exclusions.is_empty()) {
        let standing = stand(tender, outcome, lowest.unwrap_or(1), &mut derivation)?;
        outcome.standing = Some(standing);
    }
    let (winner, tie_broken_by) = rank(tender, &mut bids);
    Ok(Outcome {
        bids,
        winner,
        tie_broken_by,
        derivation,
    })
}

fn exclusions(tender: &Tender, bid: &Bid, assessment: Option<&Assessment>) -> Vec<Exclusion> {
    let named = || vec![bid.offering.named_at.clone()];
    let mut exclusions = Vec::new();
    for gate in assessment.into_iter().flat_map(|one| one.gates(Stage::Bid)) {
        let closed = tender.as_of >= tender.bid_deadline;
        let out = if closed {
            !gate.verdict.kind.opens_gate()
        } else {
            gate.verdict.kind == VerdictKind::Fail
        };
        if out {
            let word = |lang| message(lang, &format!("verdict-{}", gate.verdict.kind.word()));
            exclusions.push(Exclusion {
                by: gate.criterion.to_string(),
                detail: Text {
                    ja: format!("必須項目を満たさない({})", word(Lang::Ja)),
                    en: format!("a mandatory item is not met ({})", word(Lang::En)),
                },
                citations: gate.citations.clone(),
            });
        }
    }
    for item in &bid.mandatory_unmet {
        exclusions.push(Exclusion {
            by: "mandatory-item".to_owned(),
            detail: Text {
                ja: format!("必須項目「{item}」を満たさない"),
                en: format!("the mandatory item `{item}` is not met"),
            },
            citations: named(),
        });
    }
    if bid.price_yen > tender.ceiling_yen {
        exclusions.push(Exclusion {
            by: "above-ceiling".to_owned(),
            detail: Text {
                ja: "予定価格を超える".to_owned(),
                en: "the price is above the planned price".to_owned(),
            },
            citations: named(),
        });
    }
    if let Some(reason) = &bid.declared_excluded {
        exclusions.push(Exclusion {
            by: "declared".to_owned(),
            detail: reason.clone(),
            citations: named(),
        });
    }
    exclusions
}

fn is_low(tender: &Tender, bid: &Bid) -> bool {
    tender
        .procedure
        .low_bid_share
        .as_ref()
        .is_some_and(|share| {
            tender.ceiling_yen > tender.procedure.low_bid_from_yen
                && Exact::from_integer(bid.price_yen)
                    < share.times(&Exact::from_integer(tender.ceiling_yen))
        })
}

fn stand(
    tender: &Tender,
    outcome: &BidOutcome,
    lowest: i64,
    derivation: &mut Vec<Step>,
) -> Result<Standing, Diagnostic> {
    let bid = &outcome.bid;
    let mut step = |name: &str, formula: String, exact: Exact, rounding: Option<Rounding>| {
        let value = rounding.map_or_else(|| exact.clone(), |rounding| rounding.apply(&exact));
        derivation.push(Step {
            bid: bid.id.clone(),
            name: name.to_owned(),
            formula,
            exact,
            rounding: rounding.map(Rounding::rule),
            value: value.clone(),
        });
        value
    };
    let mut low = Exact::zero();
    let mut high = Exact::zero();
    let mut parts = Vec::new();
    for block in &tender.blocks {
        let (block_low, block_high) = match block.kind {
            BlockKind::Base => (
                step(
                    &block.id,
                    "every mandatory item is met".to_owned(),
                    block.points.clone(),
                    None,
                ),
                block.points.clone(),
            ),
            BlockKind::Marks => {
                let mark = bid
                    .marks
                    .get(&block.id)
                    .cloned()
                    .unwrap_or_else(Exact::zero);
                (
                    step(
                        &block.id,
                        "mark of the committee".to_owned(),
                        mark.clone(),
                        None,
                    ),
                    mark,
                )
            }
            BlockKind::Criteria => {
                let assessment = outcome
                    .assessment
                    .as_ref()
                    .filter(|assessment| !assessment.of.is_zero());
                let Some(assessment) = assessment else {
                    return Err(Diagnostic::error("no-scored-criteria", Place::whole(), format!("the block `{}` takes its points from scored criteria, and none applies", block.id))
                        .help("name a catalog and give every bid a directory, or score the block by marks"));
                };
                let scale = |points: &Exact| {
                    points
                        .times(&block.points)
                        .over(&assessment.of)
                        .unwrap_or_else(Exact::zero)
                };
                let formula = format!("{} × {} / {}", assessment.low, block.points, assessment.of);
                (
                    step(&block.id, formula, scale(&assessment.low), None),
                    scale(&assessment.high),
                )
            }
        };
        parts.push(block_low.to_string());
        low = low.plus(&block_low);
        high = high.plus(&block_high);
    }
    let procedure = &tender.procedure;
    let technical = step(
        "technical",
        parts.join(" + "),
        low,
        procedure.technical_rounding,
    );
    let technical_high = procedure
        .technical_rounding
        .map_or_else(|| high.clone(), |rounding| rounding.apply(&high));

    let price = Exact::from_integer(bid.price_yen);
    let (formula, exact) = match procedure.price_formula {
        PriceFormula::ShareBelowCeiling => {
            let ceiling = Exact::from_integer(tender.ceiling_yen);
            let share = price.over(&ceiling).unwrap_or_else(Exact::one);
            (
                format!(
                    "{} × (1 − {} / {})",
                    tender.price_allotment, bid.price_yen, tender.ceiling_yen
                ),
                tender.price_allotment.times(&Exact::one().minus(&share)),
            )
        }
        PriceFormula::LowestOverBid => {
            let share = Exact::from_integer(lowest)
                .over(&price)
                .unwrap_or_else(Exact::zero);
            (
                format!("{} × {lowest} / {}", tender.price_allotment, bid.price_yen),
                tender.price_allotment.times(&share),
            )
        }
    };
    let price_points = step("price", formula, exact, procedure.price_rounding);
    let formula = format!("{technical} + {price_points}");
    let total = step(
        "total",
        formula,
        technical.plus(&price_points),
        procedure.total_rounding,
    );
    let total_high = technical_high.plus(&price_points);
    let total_high = procedure.total_rounding.map_or_else(
        || total_high.clone(),
        |rounding| rounding.apply(&total_high),
    );
    let interval = Interval {
        low: total.clone(),
        high: total_high,
    };
    Ok(Standing {
        technical,
        price_points,
        total,
        interval,
        rank: 0,
    })
}

/// Gives every valid bid its rank and returns the winners with the rule that broke a tie.
fn rank(tender: &Tender, bids: &mut [BidOutcome]) -> (Vec<BidId>, Option<TieRule>) {
    let valid = bids.iter().filter(|one| one.standing.is_some()).collect();
    let by_total = |one: &BidOutcome| {
        one.standing
            .as_ref()
            .map(|standing| Reverse(standing.total.clone()))
    };
    let mut tied = split(valid, by_total);
    let mut broken_by = None;
    for rule in &tender.procedure.tie_rules {
        let before = tied.first().map_or(0, Vec::len);
        tied = tied
            .into_iter()
            .flat_map(|group| break_tie(tender, *rule, group))
            .collect();
        if tied.first().is_some_and(|group| group.len() < before) {
            broken_by = Some(*rule);
        }
    }
    let mut ranks: BTreeMap<BidId, usize> = BTreeMap::new();
    for group in &tied {
        let rank = ranks.len() + 1;
        ranks.extend(group.iter().map(|one| (one.bid.id.clone(), rank)));
    }
    let winner: Vec<_> = tied
        .first()
        .into_iter()
        .flatten()
        .map(|one| one.bid.id.clone())
        .collect();
    for outcome in bids {
        if let (Some(standing), Some(rank)) =
            (outcome.standing.as_mut(), ranks.get(&outcome.bid.id))
        {
            standing.rank = *rank;
        }
    }
    let broken_by = broken_by.filter(|_| winner.len() == 1);
    (winner, broken_by)
}

/// Splits bids that tie by one rule, the better first; what the rule does not tell apart stays together.
fn break_tie<'a>(
    tender: &Tender,
    rule: TieRule,
    group: Vec<&'a BidOutcome>,
) -> Vec<Vec<&'a BidOutcome>> {
    match rule {
        TieRule::Technical => split(group, |one| {
            one.standing
                .as_ref()
                .map(|standing| Reverse(standing.technical.clone()))
        }),
        TieRule::Price => split(group, |one| one.bid.price_yen),
        TieRule::Lots => {
            let drawn: BTreeMap<_, _> = tender.lots.iter().zip(0..).collect();
            // Lots decide among those who drew: one bid without a lot leaves the whole tie open.
            if group.iter().all(|one| drawn.contains_key(&one.bid.id)) {
                split(group, |one| drawn.get(&one.bid.id).copied())
            } else {
                vec![group]
            }
        }
    }
}

fn split<K: Ord>(bids: Vec<&BidOutcome>, key: impl Fn(&BidOutcome) -> K) -> Vec<Vec<&BidOutcome>> {
    let mut groups: BTreeMap<K, Vec<&BidOutcome>> = BTreeMap::new();
    for one in bids {
        groups.entry(key(one)).or_default().push(one);
    }
    groups.into_values().collect()
}
