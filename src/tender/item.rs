//! Evaluation items, evaluators, and the sheets on which they mark.

use std::collections::BTreeMap;

use crate::evidence::Citation;
use crate::exact::Exact;
use crate::id::{BidId, CriterionId};
use crate::text::Text;
use crate::time::Date;

/// One evaluation item (評価項目).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The block to which its points belong, by its place in the tender; none for a mandatory item without points.
    pub block: Option<usize>,
    /// Whether it must be met.
    pub kind: ItemKind,
    /// The points at most; zero for a mandatory item without points.
    pub points: Exact,
    /// By what a mark is multiplied to become points; one when the mark is the points.
    pub weight: Exact,
    /// What a mark may be.
    pub scale: Scale,
    /// Combined points below this exclude a bid, where the tender sets it.
    pub minimum: Option<Exact>,
    /// The criterion whose verdict is a proposal for this item.
    pub criterion: Option<CriterionId>,
}

impl Item {
    /// The most that a mark may be, before the weight.
    pub fn highest_mark(&self) -> Exact {
        self.points.over(&self.weight).unwrap_or_else(Exact::zero)
    }
}

/// Whether an item must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// Mandatory (必須): met or not; its points are base points, all or nothing, and missing it excludes (S27e).
    Mandatory,
    /// Optional (任意): bonus points by degree (S27e).
    Optional,
}

impl ItemKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 2] =
        [("mandatory", Self::Mandatory), ("optional", Self::Optional)];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Optional => "optional",
        }
    }
}

/// What a mark may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// Met or not.
    Met,
    /// Any points from 0 to the item's points.
    Points,
    /// One of these marks, rising.
    Steps(Vec<Exact>),
    /// A grade of the procedure's table of this name.
    Grades(String),
}

/// One evaluator (技術審査委員).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluator {
    /// Identifier.
    pub id: String,
    /// Name, where the papers show it.
    pub name: Option<Text>,
    /// The bids that this person must not mark, by a declared conflict of interest.
    pub conflicts: Vec<BidId>,
}

/// What one evaluator marked of one bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The evaluator, by the place in the tender.
    pub evaluator: usize,
    /// The marks, by the place of the item in the tender; none where the bid is out before it is marked.
    pub marks: Vec<Option<Mark>>,
    /// Comments by item.
    pub comments: BTreeMap<String, String>,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Whether a mandatory item is met.
    Met(bool),
    /// A number, before the item's weight.
    Number(Exact),
    /// A grade, by its place in the table.
    Grade(usize),
}

/// What a person said of the machine's verdict on one criterion for one bid. The verdict itself stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The bid.
    pub bid: BidId,
    /// The criterion.
    pub criterion: CriterionId,
    /// Who answers for it: an evaluator, or the committee.
    pub by: String,
    /// The day.
    pub on: Option<Date>,
    /// What was decided.
    pub decision: ConfirmationDecision,
    /// Why; always there when the verdict is overruled.
    pub reason: Option<Text>,
    /// Where it stands.
    pub citation: Citation,
}

/// What was decided on a verdict of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationDecision {
    /// The verdict stands.
    Confirmed,
    /// The criterion counts as met to this share of its points, from 0 to 1; a gate is met at 1 and else not.
    Overruled(Exact),
}

/// Why a mark that lies far from the other evaluators' stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlierReason {
    /// The evaluator.
    pub evaluator: String,
    /// The bid.
    pub bid: BidId,
    /// The item.
    pub item: String,
    /// The reason.
    pub reason: String,
}
