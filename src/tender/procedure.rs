//! Evaluation procedures as data.
//!
//! Sources of the forms: published evaluation procedures of ministries and local governments; the marks
//! of each stand in the data files.

use crate::digest::Digest;
use crate::exact::{Exact, RoundingMode};
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// A published way to turn technical points and a price into a total (総合評価落札方式).
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
    /// The formula of the price points.
    pub price_formula: PriceFormula,
    /// Rounding of the technical points; none when absent.
    pub technical_rounding: Option<Rounding>,
    /// Rounding of the price points; none when absent.
    pub price_rounding: Option<Rounding>,
    /// Rounding of the total; none when absent.
    pub total_rounding: Option<Rounding>,
    /// How ties are broken, in order.
    pub tie_rules: Vec<TieRule>,
    /// A bid below this share of the ceiling is to be investigated.
    pub low_bid_share: Option<Exact>,
    /// The investigation applies only above this ceiling, in yen.
    pub low_bid_from_yen: i64,
    /// Digest of the procedure's file, together with what the tender overrides.
    pub digest: Digest,
}

/// The formula of the price points; the method is the addition method (加算方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceFormula {
    /// (a) allotment × (1 − bid / planned price).
    ShareBelowCeiling,
    /// (b) allotment × (lowest valid bid / bid).
    LowestOverBid,
}

impl PriceFormula {
    const WORDS: [(&'static str, Self); 2] = [
        ("share-below-ceiling", Self::ShareBelowCeiling),
        ("lowest-over-bid", Self::LowestOverBid),
    ];
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

/// One way to break a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TieRule {
    /// The higher technical points.
    Technical,
    /// The lower price.
    Price,
    /// Lots, drawn outside of the tool.
    Lots,
}

impl TieRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("technical", Self::Technical),
        ("price", Self::Price),
        ("lots", Self::Lots),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, rule)| *rule == self)
            .map_or("", |(word, _)| word)
    }
}

impl Procedure {
    /// Reads a procedure; complaints name what is wrong with it.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        // The one method so far; another must be refused, not approximated.
        fields.word("method", &[("addition", ())]);
        let rounding = fields.optional_table("rounding");
        let part = |key| {
            rounding
                .as_ref()
                .and_then(|table| table.optional_table(key))
                .and_then(|table| read_rounding(&table))
        };
        let low_bid = fields.optional_table("low_bid_investigation");
        let procedure = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            title: fields.both("title"),
            source: fields.text("source"),
            price_formula: fields
                .word("price_formula", &PriceFormula::WORDS)
                .unwrap_or(PriceFormula::ShareBelowCeiling),
            technical_rounding: part("technical"),
            price_rounding: part("price"),
            total_rounding: part("total"),
            tie_rules: fields.words("tie", &TieRule::WORDS),
            low_bid_share: low_bid
                .as_ref()
                .and_then(|table| table.optional_exact("below_share")),
            low_bid_from_yen: low_bid
                .as_ref()
                .and_then(|table| table.optional_integer("from_ceiling_yen"))
                .unwrap_or(0),
            digest: Digest::of(document.source.as_bytes()),
        };
        if let Some(rounding) = &rounding {
            rounding.finish();
        }
        if let Some(low_bid) = &low_bid {
            low_bid.finish();
        }
        fields.finish();
        procedure
    }
}

/// Reads a rounding rule.
pub(crate) fn read_rounding(fields: &Fields<'_>) -> Option<Rounding> {
    let mode = fields.word("mode", &RoundingMode::WORDS);
    let digits = u32::try_from(fields.integer("digits", 0..=9)).unwrap_or(0);
    fields.finish();
    mode.map(|mode| Rounding { mode, digits })
}
