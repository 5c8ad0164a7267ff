//! The view of a consolidation that machines read: schema `mekiki/consolidation/v1`.
//!
//! A published contract: fields may be added, never renamed or dropped without a new schema version. It holds no price.

use serde::Serialize;

use super::{BidMarks, Consolidation, EvaluatorMark, ItemMarks};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::exact::Exact;
use crate::id::{BidId, TenderId};
use crate::tender::item::{Item, Mark, Scale};
use crate::tender::procedure::Procedure;
use crate::tender::technical::Technical;
use crate::text::Text;

/// The marks of all evaluators.
#[derive(Debug, Clone, Serialize)]
pub struct ConsolidationView {
    /// `mekiki/consolidation/v1`.
    pub schema: &'static str,
    /// The tender.
    pub tender: TenderId,
    /// Its title.
    pub title: Text,
    /// The published rules.
    pub procedure: RulesView,
    /// The share of an item's points from which on a mark asks for a reason, where the procedure has one.
    pub outlier_share: Option<Exact>,
    /// The evaluators.
    pub evaluators: Vec<EvaluatorView>,
    /// The bids, in the order of the tender.
    pub bids: Vec<BidMarksView>,
    /// The outliers without a reason.
    pub reasons_missing: Vec<OutlierView>,
    /// How many marks are not in.
    pub marks_missing: usize,
    /// Whether every mark is in and every outlier has its reason.
    pub settled: bool,
    /// What is odd.
    pub remarks: Vec<Diagnostic>,
}

/// Which rules were published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulesView {
    /// Identifier of the procedure.
    pub id: String,
    /// Digest of the procedure with everything that the tender sets.
    pub digest: Digest,
}

/// One evaluator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluatorView {
    /// Identifier.
    pub id: String,
    /// The bids that this person does not mark.
    pub conflicts: Vec<BidId>,
}

/// The marks of one bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidMarksView {
    /// The bid.
    pub id: BidId,
    /// The supplier's name.
    pub supplier: Text,
    /// Whether it is out before anybody marks it.
    pub out: bool,
    /// The items, in published order.
    pub items: Vec<ItemMarksView>,
    /// The marks that are not in.
    pub missing: Vec<MissingView>,
}

/// The marks of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemMarksView {
    /// The item.
    pub item: String,
    /// Its title.
    pub title: Text,
    /// `mandatory` or `optional`.
    pub kind: &'static str,
    /// The points at most.
    pub points: Exact,
    /// The marks, by evaluator.
    pub marks: Vec<MarkView>,
    /// How many marks are in.
    pub count: usize,
    /// How many there will be.
    pub of: usize,
    /// How many found it not met.
    pub unmet: usize,
    /// The lowest points.
    pub lowest: Option<Exact>,
    /// The highest points.
    pub highest: Option<Exact>,
    /// Highest less lowest.
    pub spread: Option<Exact>,
    /// The median of the points.
    pub median: Option<Exact>,
    /// `reason-missing`, `split`, `explained`, `spread` or `agreed`.
    pub need: &'static str,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkView {
    /// The evaluator.
    pub evaluator: String,
    /// The mark as it was entered: a grade, an exact number, or whether the item is met.
    pub mark: MarkWord,
    /// What it is worth.
    pub points: Exact,
    /// Whether it lies far from the others.
    pub outlier: bool,
    /// Why it stands, for an outlier with a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A mark as it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MarkWord {
    /// Whether the item is met.
    Met(bool),
    /// A grade or a number.
    Word(String),
}

impl MarkWord {
    /// A mark of an item.
    pub fn of(procedure: &Procedure, item: &Item, mark: &Mark) -> Self {
        match mark {
            Mark::Met(met) => Self::Met(*met),
            Mark::Number(number) => Self::Word(number.to_string()),
            Mark::Grade(place) => {
                let table = match &item.scale {
                    Scale::Grades(name) => procedure.grades.get(name),
                    _ => None,
                };
                let grade = table.and_then(|table| table.grades.get(*place));
                Self::Word(grade.map_or_else(String::new, |(word, _)| word.clone()))
            }
        }
    }
}

/// The marks of one evaluator that are not in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingView {
    /// The evaluator.
    pub evaluator: String,
    /// The items.
    pub items: Vec<String>,
}

/// An outlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutlierView {
    /// The evaluator.
    pub evaluator: String,
    /// The bid.
    pub bid: BidId,
    /// The item.
    pub item: String,
    /// What the mark is worth.
    pub points: Exact,
    /// The median of the item.
    pub median: Exact,
    /// How far the points lie from it.
    pub distance: Exact,
    /// How far they may lie without a reason.
    pub limit: Exact,
}

impl ConsolidationView {
    /// The view of a consolidation.
    pub fn new(technical: &Technical, consolidation: &Consolidation) -> Self {
        let bids = consolidation.bids.iter();
        let evaluators = technical.evaluators.iter().map(|one| EvaluatorView {
            id: one.id.clone(),
            conflicts: one.conflicts.clone(),
        });
        Self {
            schema: "mekiki/consolidation/v1",
            tender: technical.id.clone(),
            title: technical.title.clone(),
            procedure: RulesView {
                id: technical.procedure.id.clone(),
                digest: technical.procedure.digest,
            },
            outlier_share: technical.procedure.evaluators.outlier_share.clone(),
            evaluators: evaluators.collect(),
            reasons_missing: bids
                .clone()
                .flat_map(|bid| unexplained(technical, bid))
                .collect(),
            bids: bids.map(|bid| bid_view(technical, bid)).collect(),
            marks_missing: consolidation.marks_missing(),
            settled: consolidation.is_settled(),
            remarks: consolidation.remarks.clone(),
        }
    }
}

fn evaluator(technical: &Technical, place: usize) -> String {
    technical
        .evaluators
        .get(place)
        .map_or_else(String::new, |one| one.id.clone())
}

fn item_id(technical: &Technical, place: usize) -> String {
    technical
        .items
        .get(place)
        .map_or_else(String::new, |one| one.id.clone())
}

fn unexplained(technical: &Technical, bid: &BidMarks) -> Vec<OutlierView> {
    let mut all = Vec::new();
    for item in &bid.items {
        let median = item.range.as_ref().map(|range| range.median.clone());
        all.extend(item.unexplained().map(|(mark, outlier)| OutlierView {
            evaluator: evaluator(technical, mark.evaluator),
            bid: bid.bid.clone(),
            item: item_id(technical, item.item),
            points: mark.points.clone(),
            median: median.clone().unwrap_or_else(Exact::zero),
            distance: outlier.distance.clone(),
            limit: outlier.limit.clone(),
        }));
    }
    all
}

fn bid_view(technical: &Technical, bid: &BidMarks) -> BidMarksView {
    let offering = technical.bid(&bid.bid).map(|one| &one.offering);
    let missing = bid.missing.iter().map(|(place, items)| MissingView {
        evaluator: evaluator(technical, *place),
        items: items.iter().map(|item| item_id(technical, *item)).collect(),
    });
    BidMarksView {
        id: bid.bid.clone(),
        supplier: offering.map(|one| one.supplier.clone()).unwrap_or_default(),
        out: bid.is_out,
        items: bid
            .items
            .iter()
            .filter_map(|item| item_view(technical, item))
            .collect(),
        missing: missing.collect(),
    }
}

fn item_view(technical: &Technical, marks: &ItemMarks) -> Option<ItemMarksView> {
    let item = technical.items.get(marks.item)?;
    let range = marks.range.as_ref();
    Some(ItemMarksView {
        item: item.id.clone(),
        title: item.title.clone(),
        kind: item.kind.word(),
        points: item.points.clone(),
        marks: marks
            .marks
            .iter()
            .map(|mark| mark_view(technical, item, mark))
            .collect(),
        count: marks.marks.len(),
        of: marks.of,
        unmet: marks.unmet,
        lowest: range.map(|one| one.lowest.clone()),
        highest: range.map(|one| one.highest.clone()),
        spread: range.map(|one| one.spread.clone()),
        median: range.map(|one| one.median.clone()),
        need: marks.need().word(),
    })
}

fn mark_view(technical: &Technical, item: &Item, mark: &EvaluatorMark) -> MarkView {
    MarkView {
        evaluator: evaluator(technical, mark.evaluator),
        mark: MarkWord::of(&technical.procedure, item, &mark.mark),
        points: mark.points.clone(),
        outlier: mark.outlier.is_some(),
        reason: mark.outlier.as_ref().and_then(|one| one.reason.clone()),
    }
}
