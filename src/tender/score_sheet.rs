//! Score sheets (評価票): how they lie in a workbook, and what is read back from one.
//!
//! One workbook an evaluator, one sheet a bid, with a cover that holds the declaration of no conflict of interest. The
//! layout is what the writer ([`crate::document::score_sheet`]) and the reader share. Every sheet says in its first cell,
//! which is hidden, what it is ([`Marker`]); every row of an item carries the item's identifier. The reader goes by these.
//!
//! **Invariant:** nothing here knows a price or another evaluator's marks.

mod declaration;
mod grid;
mod mark;
mod owner;
mod read;
mod row;
mod written;

use std::fmt;

use crate::id::BidId;
use crate::text::messages::message;
use crate::text::{Lang, Text};

pub use declaration::Declaration;
pub use mark::{MET_WORDS, mark_words};
pub(crate) use owner::check_evaluator;
pub use read::{Expected, ReadBid, ScoreSheet, is_score_sheet, read};
pub use written::written;

/// The word that begins every marker.
pub const MARK: &str = "mekiki-score-sheet";

/// The version of the layout, stated by every marker.
pub const LAYOUT: &str = "1";

/// What a sheet of the workbook is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetPart {
    /// The cover with the declaration.
    Cover,
    /// The marks of a bid.
    Bid(BidId),
    /// Lists for programs; says which bids went out.
    Machine,
}

impl fmt::Display for SheetPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cover => formatter.write_str("cover"),
            Self::Machine => formatter.write_str("machine"),
            Self::Bid(bid) => write!(formatter, "bid:{bid}"),
        }
    }
}

/// What the first cell of a sheet says: to which tender, rules and evaluator it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The version of the layout.
    pub layout: String,
    /// The tender.
    pub tender: String,
    /// Digest of the published rules: `sha256:` and hexadecimal digits.
    pub rules: String,
    /// The evaluator.
    pub evaluator: String,
    /// What the sheet is for.
    pub part: SheetPart,
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{MARK} {} {} {} {} {}",
            self.layout, self.tender, self.rules, self.evaluator, self.part
        )
    }
}

impl Marker {
    /// Reads a marker.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        if words.next() != Some(MARK) {
            return None;
        }
        let mut word = || words.next().map(str::to_owned);
        let (layout, tender, rules, evaluator, part) =
            (word()?, word()?, word()?, word()?, word()?);
        let part = match part.as_str() {
            "cover" => SheetPart::Cover,
            "machine" => SheetPart::Machine,
            other => SheetPart::Bid(BidId(other.strip_prefix("bid:")?.to_owned())),
        };
        Some(Self {
            layout,
            tender,
            rules,
            evaluator,
            part,
        })
    }
}

/// The columns of a sheet of marks, and those of the table of bids on the cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The bid's identifier.
    Bid,
    /// The supplier.
    Supplier,
    /// Whether there is a conflict of interest; entered.
    Declaration,
    /// How many marks are left; a formula.
    Left,
    /// The sum so far; a formula.
    Sum,
    /// The item's identifier.
    Item,
    /// The item's title.
    Title,
    /// The points at most.
    Points,
    /// What a mark may be.
    Scale,
    /// The machine's proposal.
    Proposal,
    /// The mark; entered.
    Mark,
    /// What the mark is worth; a formula.
    Value,
    /// The comment; entered.
    Comment,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 13] = [
        Self::Bid,
        Self::Supplier,
        Self::Declaration,
        Self::Left,
        Self::Sum,
        Self::Item,
        Self::Title,
        Self::Points,
        Self::Scale,
        Self::Proposal,
        Self::Mark,
        Self::Value,
        Self::Comment,
    ];

    /// The words of its header.
    pub fn title(self) -> Text {
        match self {
            Self::Bid => both("score-bid"),
            Self::Supplier => both("score-supplier"),
            Self::Declaration => both("score-declaration"),
            Self::Left => both("score-left"),
            Self::Sum => both("score-sum"),
            Self::Item => both("score-item"),
            Self::Title => both("score-title"),
            Self::Points => both("score-points"),
            Self::Scale => both("score-scale"),
            Self::Proposal => both("score-proposal"),
            Self::Mark => both("score-mark"),
            Self::Value => both("score-value"),
            Self::Comment => both("score-comment"),
        }
    }
}

/// A message in both languages.
pub fn both(key: &str) -> Text {
    Text {
        ja: message(Lang::Ja, key),
        en: message(Lang::En, key),
    }
}

/// The words of a declaration: no conflict, conflict.
pub fn declaration_words() -> [(bool, Text); 2] {
    [
        (false, both("score-no-conflict")),
        (true, both("score-conflict")),
    ]
}

#[cfg(test)]
mod tests;
