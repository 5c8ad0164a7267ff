//! Evaluation procedures as data.
//!
//! A procedure is the published form (総合評価落札方式): how marks become technical points, how a price becomes price
//! points, how both become a total, and what breaks ties. A tender fills in what belongs to one procurement. What the
//! form cannot express is refused, never approximated. To add a known price formula, give it a word in `price.rs`.
//!
//! Sources of the forms: published evaluation procedures of ministries and local governments; the marks
//! of each stand in the data files.

mod evaluators;
mod names;
mod read;

use std::collections::BTreeMap;

pub use evaluators::{Combination, CombinationLevel, EvaluatorRule, GradeTable, MandatoryRule};
pub use names::{PRICE_FORMULAS, PRICE_NAMES, TOTAL_NAMES};
pub(crate) use read::{read_form, read_ties};

use super::formula::Formula;
use crate::digest::Digest;
use crate::exact::{Exact, RoundingMode};
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// A published way to turn technical points and a price into a total.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Text,
    /// Where the form was published.
    pub source: String,
    /// How technical points and price become a total.
    pub method: Method,
    /// The formula of the price points; absent where the method has none.
    pub price: Option<Formula>,
    /// The formula of the total.
    pub total: Formula,
    /// A total below this is excluded, such as standard points over the planned price in the division method.
    pub floor: Option<Formula>,
    /// Whether the technical points are brought to their allotment.
    pub technical_scaling: Option<Scaling>,
    /// How the marks of several evaluators become one.
    pub evaluators: EvaluatorRule,
    /// Grade tables by name.
    pub grades: BTreeMap<String, GradeTable>,
    /// Where numbers are rounded.
    pub rounding: Roundings,
    /// How ties are broken, in order.
    pub tie_rules: Vec<TieRule>,
    /// A bid below this share of the ceiling is to be investigated.
    pub low_bid_share: Option<Exact>,
    /// The investigation applies only above this ceiling, in yen.
    pub low_bid_from_yen: i64,
    /// Whether a tender under this procedure has a planned price.
    pub has_ceiling: bool,
    /// The consumption tax.
    pub tax: Tax,
    /// The parameters that a tender sets, with their titles.
    pub parameters: BTreeMap<String, Text>,
    /// Digest of the procedure's file, together with what the tender sets.
    pub digest: Digest,
}

/// How technical points and a price become a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Technical points plus price points (加算方式); the highest total is first.
    Addition,
    /// Technical points over the price (除算方式); the highest total is first.
    Division,
    /// The lowest price among the bids that meet every mandatory item (最低価格落札方式); the total is the price.
    LowestPrice,
    /// A formula of its own; the highest total is first.
    Formula,
}

impl Method {
    /// Every method with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("addition", Self::Addition),
        ("division", Self::Division),
        ("lowest-price", Self::LowestPrice),
        ("formula", Self::Formula),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    /// Whether the lowest total is first.
    pub fn lowest_first(self) -> bool {
        self == Self::LowestPrice
    }
}

/// How raw points are brought to the points allotted (A × X / B, with A the allotment and X the raw points).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scaling {
    /// B is the highest raw points of a bid that is in: the best bid gets the whole allotment.
    Best,
    /// B is the most raw points that can be had.
    Maximum,
}

impl Scaling {
    /// Every scaling with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("best", Self::Best), ("maximum", Self::Maximum)];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }
}

/// Where numbers are rounded; what is absent is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roundings {
    /// One evaluator's points for one item.
    pub mark: Option<Rounding>,
    /// The combined points of an item.
    pub item: Option<Rounding>,
    /// The raw points of a block, or of all blocks, where they are scaled afterwards.
    pub raw: Option<Rounding>,
    /// The points of a block.
    pub block: Option<Rounding>,
    /// The technical points.
    pub technical: Option<Rounding>,
    /// The price points.
    pub price: Option<Rounding>,
    /// The total.
    pub total: Option<Rounding>,
}

impl Roundings {
    /// The parts with their words, in the order of the arithmetic.
    pub fn parts(&self) -> [(&'static str, Option<Rounding>); 7] {
        [
            ("mark", self.mark),
            ("item", self.item),
            ("raw", self.raw),
            ("block", self.block),
            ("technical", self.technical),
            ("price", self.price),
            ("total", self.total),
        ]
    }
}

/// A rounding rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rounding {
    /// The mode.
    pub mode: RoundingMode,
    /// Decimal digits kept, 0 to 9.
    pub digits: u32,
}

impl Rounding {
    /// Rounds a number.
    pub fn apply(self, number: &Exact) -> Exact {
        number.round(self.mode, self.digits)
    }

    /// Writes the rule for the derivation: `down to 0 digits`.
    pub fn rule(self) -> String {
        format!("{} to {} digits", self.mode.word(), self.digits)
    }
}

/// The consumption tax on a contract price.
///
/// Bids are written without tax; the contract price is the bid plus a tenth, fractions of a yen cut off (Forestry
/// Agency, tender notice of 2025-09-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// The rate, such as one tenth.
    pub rate: Exact,
    /// How the contract price is rounded to yen.
    pub rounding: RoundingMode,
    /// How a planned price with tax is rounded to yen when its tax is taken off (入札書比較価格); kept exact when absent.
    pub comparison_rounding: Option<RoundingMode>,
}

impl Tax {
    /// The contract price of a bid without tax.
    pub fn with_tax(&self, yen: &Exact) -> Exact {
        yen.times(&Exact::one().plus(&self.rate))
            .round(self.rounding, 0)
    }

    /// What a planned price with tax is compared with bids without tax by.
    pub fn without_tax(&self, yen: &Exact) -> Exact {
        let exact = yen
            .over(&Exact::one().plus(&self.rate))
            .unwrap_or_else(Exact::zero);
        self.comparison_rounding
            .map_or_else(|| exact.clone(), |mode| exact.round(mode, 0))
    }
}

/// One way to break a tie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TieRule {
    /// The higher technical points.
    Technical,
    /// The lower price.
    Price,
    /// The higher points of one block.
    Block(String),
    /// Lots, drawn outside of the tool.
    Lots,
}

impl TieRule {
    /// The prefix of a rule that names a block.
    const BLOCK: &'static str = "block:";

    /// Reads the word used in data files.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "technical" => Some(Self::Technical),
            "price" => Some(Self::Price),
            "lots" => Some(Self::Lots),
            other => other
                .strip_prefix(Self::BLOCK)
                .filter(|block| !block.is_empty())
                .map(|block| Self::Block(block.to_owned())),
        }
    }

    /// Returns the word used in data files.
    pub fn word(&self) -> String {
        match self {
            Self::Technical => "technical".to_owned(),
            Self::Price => "price".to_owned(),
            Self::Lots => "lots".to_owned(),
            Self::Block(block) => format!("{}{block}", Self::BLOCK),
        }
    }
}

impl Procedure {
    /// Reads a procedure; complaints name what is wrong with it.
    pub fn read(document: &Document, complaints: &Complaints) -> Option<Self> {
        let fields = Fields::root(document, complaints);
        read_form(&fields, Digest::of(document.source.as_bytes()))
    }

    /// The names of the data of other bids on which points or totals of a bid depend, such as `lowest`.
    pub fn depends_on(&self) -> Vec<String> {
        let formulas = [self.price.as_ref(), Some(&self.total), self.floor.as_ref()];
        let mut names: Vec<_> = formulas
            .into_iter()
            .flatten()
            .flat_map(Formula::names)
            .filter(|name| names::OF_OTHERS.contains(name))
            .map(str::to_owned)
            .collect();
        if self.technical_scaling == Some(Scaling::Best) {
            names.push("best_technical".to_owned());
        }
        names.sort();
        names.dedup();
        names
    }
}

fn word_of<T: PartialEq + Copy>(words: &[(&'static str, T)], value: T) -> &'static str {
    words
        .iter()
        .find(|(_, one)| *one == value)
        .map_or("", |(word, _)| word)
}
