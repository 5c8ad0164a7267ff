//! What the evaluators marked, brought together before any price is known: per bid and item every mark with its points,
//! how far they lie apart, and which lie so far from the others that the procedure asks for a reason.
//!
//! A mark is an outlier when its points lie further from the median of its item than the procedure's share of the item's
//! points (`outlier_share`). A missing mark is missing, never zero; it takes no part in a median.

pub mod view;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::exact::Exact;
use crate::id::BidId;
use crate::tender::evaluate::points_of;
use crate::tender::item::{ItemKind, Mark};
use crate::tender::procedure::Combination;
use crate::tender::technical::{Technical, TechnicalBid};

/// The marks of all evaluators, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consolidation {
    /// The bids, in the order of the tender.
    pub bids: Vec<BidMarks>,
    /// What is odd, such as a reason for a mark that is no outlier.
    pub remarks: Vec<Diagnostic>,
}

/// The marks of one bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidMarks {
    /// The bid.
    pub bid: BidId,
    /// Whether it is out before anybody marks it.
    pub is_out: bool,
    /// The items, in published order.
    pub items: Vec<ItemMarks>,
    /// The marks that are not in yet: evaluator and items, by their places in the tender.
    pub missing: Vec<(usize, Vec<usize>)>,
}

/// The marks of one item of one bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemMarks {
    /// The item, by its place in the tender.
    pub item: usize,
    /// Every mark, by evaluator.
    pub marks: Vec<EvaluatorMark>,
    /// How many evaluators mark it.
    pub of: usize,
    /// How many found it not met.
    pub unmet: usize,
    /// Where the points lie; absent while there is no mark.
    pub range: Option<PointRange>,
}

/// One evaluator's mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluatorMark {
    /// The evaluator, by the place in the tender.
    pub evaluator: usize,
    /// The mark.
    pub mark: Mark,
    /// What it is worth, as the procedure rounds it.
    pub points: Exact,
    /// That it lies far from the others.
    pub outlier: Option<Outlier>,
}

/// A mark that lies far from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    /// How far its points lie from the median.
    pub distance: Exact,
    /// How far they may lie without a reason.
    pub limit: Exact,
    /// The reason, where the evaluator gave one.
    pub reason: Option<String>,
}

/// Where the points of an item lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointRange {
    /// The lowest.
    pub lowest: Exact,
    /// The highest.
    pub highest: Exact,
    /// Highest less lowest.
    pub spread: Exact,
    /// The middle one; the mean of the two middle ones for an even number.
    pub median: Exact,
}

/// How much an item needs to be talked about; the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// An outlier has no reason.
    Reason,
    /// The evaluators disagree whether it is met.
    Split,
    /// Its outliers have their reasons.
    Explained,
    /// The points differ.
    Spread,
    /// All say the same.
    Agreed,
}

impl Need {
    /// The word of machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reason => "reason-missing",
            Self::Split => "split",
            Self::Explained => "explained",
            Self::Spread => "spread",
            Self::Agreed => "agreed",
        }
    }
}

impl ItemMarks {
    /// How much it needs to be talked about.
    pub fn need(&self) -> Need {
        let outliers: Vec<_> = self
            .marks
            .iter()
            .filter_map(|one| one.outlier.as_ref())
            .collect();
        if outliers.iter().any(|one| one.reason.is_none()) {
            Need::Reason
        } else if self.unmet > 0 && self.unmet < self.marks.len() {
            Need::Split
        } else if !outliers.is_empty() {
            Need::Explained
        } else if self
            .range
            .as_ref()
            .is_some_and(|range| !range.spread.is_zero())
        {
            Need::Spread
        } else {
            Need::Agreed
        }
    }

    /// The marks that lie far from the others without a reason.
    pub fn unexplained(&self) -> impl Iterator<Item = (&EvaluatorMark, &Outlier)> {
        let outliers = self
            .marks
            .iter()
            .filter_map(|one| Some((one, one.outlier.as_ref()?)));
        outliers.filter(|(_, outlier)| outlier.reason.is_none())
    }
}

impl BidMarks {
    /// The items, those that need talk first; equal ones in published order.
    pub fn by_need(&self, technical: &Technical) -> Vec<&ItemMarks> {
        let share = |one: &ItemMarks| {
            let points = technical.items.get(one.item).map(|item| &item.points);
            let spread = one.range.as_ref().map(|range| &range.spread);
            let share = spread
                .zip(points)
                .and_then(|(spread, points)| spread.over(points));
            share.unwrap_or_else(Exact::zero)
        };
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort_by(|left, right| {
            let needs = left.need().cmp(&right.need());
            needs.then_with(|| share(right).cmp(&share(left)))
        });
        items
    }
}

impl Consolidation {
    /// How many outliers have no reason.
    pub fn reasons_missing(&self) -> usize {
        let items = self.bids.iter().flat_map(|bid| &bid.items);
        items.map(|item| item.unexplained().count()).sum()
    }

    /// How many marks are not in.
    pub fn marks_missing(&self) -> usize {
        let missing = self.bids.iter().flat_map(|bid| &bid.missing);
        missing.map(|(_, items)| items.len()).sum()
    }

    /// Whether every mark is in and every outlier has its reason. What nobody marks is not settled.
    pub fn is_settled(&self) -> bool {
        let is_marked = |bid: &BidMarks| bid.is_out || bid.items.iter().all(|item| item.of > 0);
        self.reasons_missing() == 0
            && self.marks_missing() == 0
            && !self.bids.is_empty()
            && self.bids.iter().all(is_marked)
    }
}

/// Brings the marks of all evaluators together.
pub fn consolidate(technical: &Technical) -> Consolidation {
    let bids: Vec<_> = technical
        .bids
        .iter()
        .map(|bid| {
            let items = (0..technical.items.len()).map(|item| marks_of(technical, bid, item));
            BidMarks {
                bid: bid.id.clone(),
                is_out: bid.is_out,
                items: items.collect(),
                missing: missing(technical, bid),
            }
        })
        .collect();
    let mut remarks = unused_reasons(technical, &bids);
    if bids.is_empty() {
        let message = "the tender file has no bids";
        remarks.push(
            Diagnostic::warning("bid-count", Place::whole(), message)
                .help("list the bids as [[bid]]; a price is not needed"),
        );
    }
    let nobody = bids
        .iter()
        .filter(|bid| !bid.is_out && bid.items.iter().any(|item| item.of == 0));
    remarks.extend(nobody.map(|bid| {
        let message = format!("nobody marks `{}`", bid.bid);
        Diagnostic::warning("evaluator-missing", Place::whole(), message)
            .help("add [[evaluator]] without a conflict of interest on it")
    }));
    Consolidation { bids, remarks }
}

fn marks_of(technical: &Technical, bid: &TechnicalBid, place: usize) -> ItemMarks {
    let mut marks: Vec<EvaluatorMark> = Vec::new();
    if let Some(item) = technical.items.get(place) {
        for sheet in &bid.sheets {
            if let Some(Some(mark)) = sheet.marks.get(place) {
                marks.push(EvaluatorMark {
                    evaluator: sheet.evaluator,
                    mark: mark.clone(),
                    points: points_of(&technical.procedure, item, mark),
                    outlier: None,
                });
            }
        }
    }
    let range = range(&marks);
    if let Some(range) = &range {
        for mark in &mut marks {
            mark.outlier = outlier(technical, bid, place, mark, &range.median);
        }
    }
    ItemMarks {
        item: place,
        of: bid.marked_by(&technical.evaluators).len(),
        unmet: marks
            .iter()
            .filter(|one| one.mark == Mark::Met(false))
            .count(),
        range,
        marks,
    }
}

fn range(marks: &[EvaluatorMark]) -> Option<PointRange> {
    let points: Vec<_> = marks.iter().map(|one| one.points.clone()).collect();
    let lowest = Combination::Lowest.of(&points)?;
    let highest = Combination::Highest.of(&points)?;
    Some(PointRange {
        spread: highest.minus(&lowest),
        median: Combination::Median.of(&points)?,
        lowest,
        highest,
    })
}

fn outlier(
    technical: &Technical,
    bid: &TechnicalBid,
    place: usize,
    mark: &EvaluatorMark,
    median: &Exact,
) -> Option<Outlier> {
    let item = technical.items.get(place)?;
    let evaluator = technical.evaluators.get(mark.evaluator)?;
    let share = technical.procedure.evaluators.outlier_share.as_ref()?;
    let limit = share.times(&item.points);
    let distance = mark.points.minus(median).abs();
    (distance > limit).then(|| {
        let reason = technical.outlier_reasons.iter().find(|reason| {
            reason.evaluator == evaluator.id && reason.bid == bid.id && reason.item == item.id
        });
        let reason = reason.map(|one| one.reason.trim().to_owned());
        Outlier {
            distance,
            limit,
            reason: reason.filter(|reason| !reason.is_empty()),
        }
    })
}

/// What must still be marked. Where the published rule fails a mandatory item, the mandatory items are enough.
fn missing(technical: &Technical, bid: &TechnicalBid) -> Vec<(usize, Vec<usize>)> {
    if bid.is_out || technical.items.is_empty() {
        return Vec::new();
    }
    let fails = technical.fails_mandatory(bid);
    let of = |evaluator: usize| {
        let sheet = bid.sheets.iter().find(|sheet| sheet.evaluator == evaluator);
        let is_marked =
            |item: usize| sheet.is_some_and(|sheet| matches!(sheet.marks.get(item), Some(Some(_))));
        let items = technical.items.iter().enumerate();
        let due = items.filter(|(_, item)| item.kind == ItemKind::Mandatory || !fails);
        let open = due.filter(|(place, _)| !is_marked(*place));
        (evaluator, open.map(|(place, _)| place).collect::<Vec<_>>())
    };
    let all = bid.marked_by(&technical.evaluators).into_iter().map(of);
    all.filter(|(_, items)| !items.is_empty()).collect()
}

/// Reasons for marks that are no outliers.
fn unused_reasons(technical: &Technical, bids: &[BidMarks]) -> Vec<Diagnostic> {
    let mut outliers = BTreeSet::new();
    for bid in bids {
        for item in &bid.items {
            let far = item.marks.iter().filter(|one| one.outlier.is_some());
            outliers.extend(far.map(|one| (bid.bid.clone(), item.item, one.evaluator)));
        }
    }
    let mut remarks = Vec::new();
    for reason in &technical.outlier_reasons {
        let item = technical.item(&reason.item);
        let evaluators = &technical.evaluators;
        let evaluator = evaluators.iter().position(|one| one.id == reason.evaluator);
        let is_used = item.zip(evaluator).is_some_and(|(item, evaluator)| {
            outliers.contains(&(reason.bid.clone(), item, evaluator))
        });
        if !is_used {
            let message = format!(
                "`{}` gave a reason for the item `{}` of `{}`, where no mark of theirs lies far from the others",
                reason.evaluator, reason.item, reason.bid
            );
            remarks.push(
                Diagnostic::note("outlier-reason-unused", Place::pointer("/outlier"), message)
                    .help("leave it out, or check evaluator, bid and item"),
            );
        }
    }
    remarks.sort();
    remarks
}

#[cfg(test)]
mod tests;
