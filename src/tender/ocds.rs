//! A tender as open contracting data: release and record packages of the Open Contracting Data Standard, version 1.1.
//!
//! What may be published when is decided here. At the stage of the notice nothing of a bid, a planned price or an evaluator is
//! written, whatever the tender file holds. At the stage of the award the bids stand there with their status; their prices and
//! the planned price only where the agency chooses so; names, sheets and marks of evaluators never, nor points of a bid. Every
//! date comes from the tender. Fields follow the release schema 1.1.5 and the extensions for bids, lots and requirements.

mod award;
mod notice;
mod package;
mod party;

pub use package::{record_package, release_package};

use serde_json::{Map, Value, json};

use crate::digest::Digest;
use crate::text::Text;

/// The extensions that a package declares: bids, lots and requirements, by the addresses under which they are published.
pub const EXTENSIONS: [&str; 3] = [
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_requirements_extension/master/extension.json",
];

/// The language of the fields without a suffix; those with `_en` are English.
const LANGUAGE: &str = "ja";

/// A prefix of identifiers of contracting processes, such as `ocds-213czf`.
///
/// It must be registered with the Open Contracting Partnership; whether it is cannot be told from its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Reads a prefix: `ocds-` and six lower-case letters or digits.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("ocds-")?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (rest.len() == 6 && rest.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// At which stage a tender is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The notice is out; bids are awaited.
    Notice,
    /// The award is decided.
    Award,
}

impl Stage {
    /// Every stage with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("notice", Self::Notice), ("award", Self::Award)];

    /// Returns the word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Award => "award",
        }
    }
}

/// A document that the agency publishes beside the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDocument {
    /// A code of the documentType codelist, such as `tenderNotice`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its media type, where it is known.
    pub format: Option<String>,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl PublishedDocument {
    /// Whether it belongs to the award, by its code.
    pub fn is_of_award(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "awardNotice" | "evaluationReports" | "winningBid" | "complaints"
        )
    }

    fn json(&self) -> Value {
        object([
            ("id", json!(format!("sha256:{}", self.digest.hex()))),
            ("documentType", json!(self.kind)),
            ("title", json!(self.title)),
            (
                "description",
                json!(format!("SHA-256: {}", self.digest.hex())),
            ),
            ("format", json!(self.format)),
        ])
    }
}

/// What the criteria ask of bidders, as a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionRequirement {
    /// The criterion.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Whether a bid that misses it is out; else it is scored.
    pub mandatory: bool,
    /// Its points before scaling.
    pub points: i64,
}

/// What is published, and how.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// The prefix of identifiers.
    pub prefix: &'a Prefix,
    /// What the criteria ask of bidders.
    pub requirements: &'a [CriterionRequirement],
    /// Documents that are published beside it.
    pub documents: &'a [PublishedDocument],
    /// Whether the prices of bids are published with the award.
    pub with_prices: bool,
    /// Whether the planned price is published with the award.
    pub with_planned_price: bool,
}

/// An object of the members that are neither null nor an empty list.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// Adds members to an object.
fn extend<const N: usize>(value: &mut Value, members: [(&str, Value); N]) {
    if let (Value::Object(fields), Value::Object(more)) = (value, object(members)) {
        fields.extend(more);
    }
}

/// An amount of money in yen.
fn yen(amount: i64) -> Value {
    json!({"amount": amount, "currency": "JPY"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_its_form() {
        for (text, expected) in [
            ("ocds-213czf", true),
            ("ocds-000000", true),
            ("ocds-213CZF", false),
            ("ocds-213cz", false),
            ("ocds-213czff", false),
            ("213czf", false),
            ("ocds-213cz-", false),
            ("", false),
        ] {
            assert_eq!(Prefix::parse(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let written = object([("a", json!(null)), ("b", json!([])), ("c", json!(0))]);
        assert_eq!(written, json!({"c": 0}));
    }
}
