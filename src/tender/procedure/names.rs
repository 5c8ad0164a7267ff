//! The words of known price formulas, and the names that a formula may use.

/// The known formulas of price points: word, formula, source. A formula of another form is written out.
pub const PRICE_FORMULAS: [(&str, &str, &str); 2] = [
    (
        // (a): published evaluation procedures, `procurement.md` S27c, S27e.
        "share-below-ceiling",
        "allotment * (1 - bid / ceiling)",
        "S27c, S27e",
    ),
    (
        // (b): proposal-type selections of local governments, `procurement.md` S27j.
        "lowest-over-bid",
        "allotment * lowest / bid",
        "S27j",
    ),
];

/// What a price formula may name, beside the procedure's parameters. Prices are in yen; `lowest`, `highest`, `mean`,
/// `median` and `count` are over the bids of the lot that are in.
pub const PRICE_NAMES: [&str; 10] = [
    "allotment",
    "bid",
    "ceiling",
    "count",
    "highest",
    "investigation_price",
    "lowest",
    "mean",
    "median",
    "minimum_price",
];

/// What the formula of a total may name, beside the procedure's parameters.
pub const TOTAL_NAMES: [&str; 14] = [
    "allotment",
    "base_points",
    "bid",
    "ceiling",
    "count",
    "highest",
    "investigation_price",
    "lowest",
    "mean",
    "median",
    "minimum_price",
    "price",
    "technical",
    "technical_points",
];

/// The names that are made of other bids: where a formula uses one, an exclusion changes the others.
pub(super) const OF_OTHERS: [&str; 5] = ["count", "highest", "lowest", "mean", "median"];
