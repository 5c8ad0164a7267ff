//! From blocks and price to a total, among the bids that are in.

use std::collections::{BTreeMap, BTreeSet};

use super::exclusion::{BELOW_FLOOR, DECLARED};
use super::points::{Points, added, step};
use super::{BidOutcome, Exclusion, Interval, Standing, Step};
use crate::diagnostic::{Diagnostic, Place};
use crate::exact::Exact;
use crate::id::BidId;
use crate::tender::formula::Formula;
use crate::tender::procedure::{Combination, Rounding, Scaling};
use crate::tender::{Bid, BlockKind, Lot, Tender};
use crate::text::messages::message_with;
use crate::text::{Lang, Text};

/// The bids of a lot that are in, with what a formula may take of all of them.
pub(super) struct Field<'a> {
    tender: &'a Tender,
    lot: &'a Lot,
    /// Place among all bids, bid, raw points.
    bids: Vec<(usize, &'a Bid, &'a Points)>,
    of_all: BTreeMap<&'static str, Exact>,
    /// The raw points of each bid and block, and of the technical points, by which a scaling goes.
    best: Best,
}

/// One bid with its standing, not ranked yet.
pub(super) struct Stood {
    /// The place among all bids.
    pub place: usize,
    /// The bid.
    pub bid: BidId,
    /// Its price.
    pub price_yen: i64,
    /// Its standing.
    pub standing: Standing,
    /// How it came about.
    pub steps: Vec<Step>,
}

/// The two highest of a number over the bids, so that the highest of the others is at hand for each.
#[derive(Debug, Clone, Default)]
struct Highest {
    first: Option<(usize, Exact)>,
    second: Option<Exact>,
}

impl Highest {
    fn of(numbers: impl Iterator<Item = (usize, Exact)>) -> Self {
        let mut highest = Self::default();
        for (place, number) in numbers {
            match &highest.first {
                Some((_, first)) if number <= *first => {
                    if highest
                        .second
                        .as_ref()
                        .is_none_or(|second| number > *second)
                    {
                        highest.second = Some(number);
                    }
                }
                _ => {
                    highest.second = highest.first.take().map(|(_, first)| first);
                    highest.first = Some((place, number));
                }
            }
        }
        highest
    }

    fn highest(&self) -> Option<&Exact> {
        self.first.as_ref().map(|(_, number)| number)
    }

    fn of_others(&self, place: usize) -> Option<&Exact> {
        match &self.first {
            Some((first, _)) if *first == place => self.second.as_ref(),
            _ => self.highest(),
        }
    }
}

/// What the best bids have: proven and possible, by block and for the technical points.
struct Best {
    low: Vec<Highest>,
    high: Vec<Highest>,
    technical_low: Highest,
    technical_high: Highest,
}

/// Points from proven to possible, with the published value.
struct Span {
    low: Exact,
    value: Exact,
    high: Exact,
}

impl<'a> Field<'a> {
    /// The bids of a lot that are in; those that are excluded later are in until then.
    pub(super) fn of(
        tender: &'a Tender,
        (number, lot): (usize, &'a Lot),
        outcomes: &'a [BidOutcome],
        points: &'a [Option<Points>],
        later: &BTreeSet<BidId>,
    ) -> Self {
        let is_in = |one: &BidOutcome| {
            one.exclusions.is_empty()
                || later.contains(&one.bid.id) && one.exclusions.iter().all(|by| by.by == DECLARED)
        };
        let bids: Vec<_> = outcomes
            .iter()
            .zip(points)
            .enumerate()
            .filter(|(_, (one, _))| one.bid.lot == number && is_in(one))
            .filter_map(|(place, (one, points))| Some((place, &one.bid, points.as_ref()?)))
            .collect();
        let mut field = Self {
            tender,
            lot,
            of_all: BTreeMap::new(),
            best: Best {
                low: Vec::new(),
                high: Vec::new(),
                technical_low: Highest::default(),
                technical_high: Highest::default(),
            },
            bids,
        };
        field.of_all = field.of_all();
        field.best = field.best();
        field
    }

    fn of_all(&self) -> BTreeMap<&'static str, Exact> {
        let prices: Vec<_> = self
            .bids
            .iter()
            .map(|(_, bid, _)| Exact::from_integer(bid.price_yen))
            .collect();
        names_of_all(self.tender, self.lot, &prices)
    }

    fn best(&self) -> Best {
        let count = self.tender.blocks.len();
        let by_block = |high: bool| -> Vec<Highest> {
            (0..count)
                .map(|block| {
                    Highest::of(self.bids.iter().filter_map(|(place, _, points)| {
                        let raw = points.blocks.get(block)?;
                        Some((
                            *place,
                            if high {
                                raw.high.clone()
                            } else {
                                raw.low.clone()
                            },
                        ))
                    }))
                })
                .collect()
        };
        let (low, high) = (by_block(false), by_block(true));
        let mut best = Best {
            low,
            high,
            technical_low: Highest::default(),
            technical_high: Highest::default(),
        };
        if self.tender.procedure.technical_scaling == Some(Scaling::Best) {
            let sums: Vec<_> = self
                .bids
                .iter()
                .map(|(place, bid, points)| {
                    (*place, self.sum_of_blocks(*place, bid, points, &best).0)
                })
                .collect();
            best.technical_low = Highest::of(
                sums.iter()
                    .map(|(place, span)| (*place, span.value.clone())),
            );
            best.technical_high =
                Highest::of(sums.iter().map(|(place, span)| (*place, span.high.clone())));
        }
        best
    }

    /// Computes the standing of every bid.
    pub(super) fn standings(&self) -> Result<Vec<Stood>, Diagnostic> {
        self.bids
            .iter()
            .map(|(place, bid, points)| self.stand(*place, bid, points))
            .collect()
    }

    /// The blocks of a bid added up, and rounded where the sum is scaled; with the value of each block and the steps.
    fn sum_of_blocks(
        &self,
        place: usize,
        bid: &Bid,
        points: &Points,
        best: &Best,
    ) -> (Span, Vec<Exact>, Vec<Step>) {
        let mut steps = Vec::new();
        let mut values = Vec::new();
        let (mut low, mut high) = (Exact::zero(), Exact::zero());
        for (index, (block, raw)) in self.tender.blocks.iter().zip(&points.blocks).enumerate() {
            steps.extend(raw.steps.iter().cloned());
            let mut span = Span {
                low: raw.low.clone(),
                value: raw.low.clone(),
                high: raw.high.clone(),
            };
            if let Some(scaling) = block.scaling {
                let of_items = self
                    .tender
                    .items
                    .iter()
                    .filter(|item| item.block == Some(index));
                let most: Exact = of_items.map(|item| item.points.clone()).sum();
                let most = if most.is_zero() {
                    block.points.clone()
                } else {
                    most.times(&self.marks_of_an_item())
                };
                let (low, high) = (best.low.get(index), best.high.get(index));
                let (scaled, formula) =
                    scale(scaling, place, &block.points, &span, &most, low, high);
                let rounding = self.tender.procedure.rounding.block;
                let name = format!("{}:scaled", block.id);
                let step = step(bid, name, formula, scaled.value, rounding);
                span = rounded(
                    Span {
                        value: step.exact.clone(),
                        ..scaled
                    },
                    rounding,
                );
                steps.push(step);
            }
            low = low.plus(&span.low);
            high = high.plus(&span.high);
            values.push(span.value);
        }
        let value = values.iter().cloned().sum();
        let span = Span { low, value, high };
        let procedure = &self.tender.procedure;
        let span = match procedure.technical_scaling {
            Some(_) => rounded(span, procedure.rounding.raw),
            None => span,
        };
        (span, values, steps)
    }

    fn stand(&self, place: usize, bid: &Bid, points: &Points) -> Result<Stood, Diagnostic> {
        let procedure = &self.tender.procedure;
        let (sum, blocks, mut steps) = self.sum_of_blocks(place, bid, points, &self.best);
        let (formula, added) = added(blocks.iter());
        let rounding = procedure.rounding.technical;
        let technical = if let Some(scaling) = procedure.technical_scaling {
            steps.push(step(
                bid,
                "technical:raw".to_owned(),
                formula,
                added,
                procedure.rounding.raw,
            ));
            let most = self.most_technical();
            let (low, high) = (
                Some(&self.best.technical_low),
                Some(&self.best.technical_high),
            );
            let allotted = &self.tender.technical_points;
            let (scaled, formula) = scale(scaling, place, allotted, &sum, &most, low, high);
            steps.push(step(
                bid,
                "technical".to_owned(),
                formula,
                scaled.value.clone(),
                rounding,
            ));
            rounded(scaled, rounding)
        } else {
            steps.push(step(bid, "technical".to_owned(), formula, added, rounding));
            rounded(sum, rounding)
        };
        let price_points = match &procedure.price {
            Some(formula) => {
                let lookup = |name: &str| self.lookup(bid, name, &[]);
                let exact = evaluate(formula, &lookup)?;
                let step = step(
                    bid,
                    "price".to_owned(),
                    formula.shown(&lookup),
                    exact,
                    procedure.rounding.price,
                );
                let value = step.value.clone();
                steps.push(step);
                Some(value)
            }
            None => None,
        };
        let total = |technical: &Exact| -> Result<Step, Diagnostic> {
            let own = [
                ("technical", Some(technical)),
                ("price", price_points.as_ref()),
            ];
            let lookup = |name: &str| self.lookup(bid, name, &own);
            let exact = evaluate(&procedure.total, &lookup)?;
            let formula = procedure.total.shown(&lookup);
            Ok(step(
                bid,
                "total".to_owned(),
                formula,
                exact,
                procedure.rounding.total,
            ))
        };
        let published = total(&technical.value)?;
        let ends = [total(&technical.low)?.value, total(&technical.high)?.value];
        let [low, high] = ends;
        let (low, high) = if low <= high {
            (low, high)
        } else {
            (high, low)
        };
        let value = published.value.clone();
        steps.push(published);
        Ok(Stood {
            place,
            bid: bid.id.clone(),
            price_yen: bid.price_yen,
            standing: Standing {
                technical: technical.value,
                price_points,
                blocks,
                total: value,
                interval: Interval { low, high },
                rank: 0,
            },
            steps,
        })
    }

    /// How many times the points of an item a bid can have: once for each evaluator where their marks are added.
    fn marks_of_an_item(&self) -> Exact {
        match self.tender.procedure.evaluators.combination {
            Combination::Sum => {
                let count = i64::try_from(self.tender.evaluators.len()).unwrap_or(i64::MAX);
                Exact::from_integer(count.max(1))
            }
            _ => Exact::one(),
        }
    }

    /// The most technical points that can be had before scaling.
    fn most_technical(&self) -> Exact {
        self.tender
            .blocks
            .iter()
            .map(|block| block.points.clone())
            .sum()
    }

    fn lookup(&self, bid: &Bid, name: &str, own: &[(&str, Option<&Exact>)]) -> Option<Exact> {
        if name == "bid" {
            return Some(Exact::from_integer(bid.price_yen));
        }
        let of_bid = own.iter().find(|(known, _)| *known == name);
        if let Some((_, value)) = of_bid {
            return value.cloned();
        }
        let known = self
            .of_all
            .get(name)
            .or_else(|| self.tender.parameters.get(name));
        known.cloned()
    }

    /// The bids whose total lies below the procedure's floor, with why they are out.
    pub(super) fn below_floor(
        &self,
        standings: &[Stood],
    ) -> Result<BTreeMap<BidId, Exclusion>, Diagnostic> {
        let mut below = BTreeMap::new();
        let Some(formula) = &self.tender.procedure.floor else {
            return Ok(below);
        };
        for stood in standings {
            let Some((_, bid, _)) = self.bids.iter().find(|(place, ..)| *place == stood.place)
            else {
                continue;
            };
            let own = [
                ("technical", Some(&stood.standing.technical)),
                ("price", stood.standing.price_points.as_ref()),
            ];
            let lookup = |name: &str| self.lookup(bid, name, &own);
            let floor = evaluate(formula, &lookup)?;
            if stood.standing.total < floor {
                let arguments = [
                    ("total", stood.standing.total.to_string()),
                    ("floor", floor.to_string()),
                ];
                below.insert(
                    bid.id.clone(),
                    Exclusion {
                        by: BELOW_FLOOR.to_owned(),
                        detail: Text {
                            ja: message_with(Lang::Ja, "excluded-below-floor", &arguments),
                            en: message_with(Lang::En, "excluded-below-floor", &arguments),
                        },
                        citations: vec![bid.offering.named_at.clone()],
                    },
                );
            }
        }
        Ok(below)
    }
}

/// The values of the names that a formula may take of all bids of a lot that are in, from their prices in yen.
pub(in crate::tender) fn names_of_all(
    tender: &Tender,
    lot: &Lot,
    prices: &[Exact],
) -> BTreeMap<&'static str, Exact> {
    let base = tender
        .blocks
        .iter()
        .filter(|one| one.kind == BlockKind::Base);
    let count = i64::try_from(prices.len()).unwrap_or(i64::MAX);
    let named = [
        ("allotment", lot.price_allotment.clone()),
        (
            "base_points",
            Some(base.map(|block| block.points.clone()).sum()),
        ),
        ("ceiling", tender.comparison_ceiling(lot)),
        ("count", Some(Exact::from_integer(count))),
        ("highest", prices.iter().max().cloned()),
        ("investigation_price", tender.investigation_price(lot)),
        ("lowest", prices.iter().min().cloned()),
        ("mean", Combination::Mean.of(prices)),
        ("median", Combination::Median.of(prices)),
        (
            "minimum_price",
            lot.minimum_price_yen.map(Exact::from_integer),
        ),
        ("technical_points", Some(tender.technical_points.clone())),
    ];
    named
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn evaluate(
    formula: &Formula,
    lookup: &impl Fn(&str) -> Option<Exact>,
) -> Result<Exact, Diagnostic> {
    formula.evaluate(lookup).map_err(|fault| {
        let diagnostic = Diagnostic::error(fault.code, Place::whole(), fault.message);
        if fault.help.is_empty() {
            diagnostic
        } else {
            diagnostic.help(fault.help)
        }
    })
}

fn rounded(span: Span, rounding: Option<Rounding>) -> Span {
    match rounding {
        Some(rounding) => Span {
            low: rounding.apply(&span.low),
            value: rounding.apply(&span.value),
            high: rounding.apply(&span.high),
        },
        None => span,
    }
}

/// Brings raw points to the points allotted: A × X / B. What is open widens the span by the others' open points too.
fn scale(
    scaling: Scaling,
    place: usize,
    allotted: &Exact,
    raw: &Span,
    most: &Exact,
    low: Option<&Highest>,
    high: Option<&Highest>,
) -> (Span, String) {
    let over = |points: &Exact, base: &Exact| {
        // Where the best bid has nothing, nobody has more than nothing.
        let share = points.over(base).unwrap_or_else(Exact::zero);
        allotted.times(&share)
    };
    let formula = |base: &Exact| format!("{allotted} × {} / {base}", raw.value);
    match scaling {
        Scaling::Maximum => {
            let span = Span {
                low: over(&raw.low, most),
                value: over(&raw.value, most),
                high: over(&raw.high, most),
            };
            (span, formula(most))
        }
        Scaling::Best => {
            let best = low
                .and_then(Highest::highest)
                .cloned()
                .unwrap_or_else(Exact::zero);
            let against = |others: Option<&Highest>, own: &Exact| {
                let others = others.and_then(|one| one.of_others(place));
                others.map_or_else(|| own.clone(), |others| others.max(own).clone())
            };
            let span = Span {
                low: over(&raw.low, &against(high, &raw.low)),
                value: over(&raw.value, &best),
                high: over(&raw.high, &against(low, &raw.high)),
            };
            (span, formula(&best))
        }
    }
}
