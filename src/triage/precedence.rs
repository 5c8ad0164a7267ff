//! Whose word counts: `criteria/vex-precedence.toml`, and how it is read.

use serde::Serialize;

use super::Given;
use crate::digest::Digest;
use crate::evidence::vex::Status;
use crate::profile::Source;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// What two statements are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// The more trusted author.
    AuthorTrust,
    /// The later statement.
    Time,
    /// The one that names the component more closely.
    Specificity,
}

/// The words for them.
const KEYS: [(&str, Key); 3] = [
    ("author-trust", Key::AuthorTrust),
    ("time", Key::Time),
    ("specificity", Key::Specificity),
];

/// The longest time that a status may hold by the data: 100 years.
const MOST_DAYS: i64 = 36_525;

/// By what statements are weighed.
#[derive(Debug, Clone)]
pub struct Precedence {
    /// The identifier.
    pub id: String,
    /// The version of the data.
    pub version: String,
    /// The title.
    pub title: Text,
    /// What it was written from.
    pub source: Source,
    /// The keys, the one that decides first in front.
    pub order: Vec<Key>,
    /// The levels of trust, the highest in front.
    pub levels: Vec<TrustLevel>,
    /// The rank of an author that no pattern fits.
    default_level: usize,
    /// How long a status holds; one that is not listed holds for good.
    pub expiries: Vec<Expiry>,
    /// Digest of the file.
    pub digest: Digest,
}

/// A level of trust.
#[derive(Debug, Clone)]
pub struct TrustLevel {
    /// Its identifier, such as `supplier`.
    pub id: String,
    /// The title.
    pub title: Text,
    /// Patterns for names of authors; `*` stands for any run of characters, case is ignored.
    pub names: Vec<String>,
    /// Patterns for the addresses that authors give for themselves.
    pub urls: Vec<String>,
}

/// How long a status holds.
#[derive(Debug, Clone)]
pub struct Expiry {
    /// The status.
    pub status: Status,
    /// Days after the statement was last changed; afterwards it counts as no statement.
    pub days: i32,
    /// What this rests on.
    pub rests_on: Text,
}

impl Precedence {
    /// Reads the data; what is wrong with them is complained about.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let source = fields.table("source");
        let levels = read_levels(&fields);
        let default = fields.text("default_trust");
        let position = levels.iter().position(|level| level.id == default);
        if position.is_none() {
            fields.complain(
                "unknown-word",
                "default_trust",
                format!("`default_trust` does not know `{default}`"),
                "name the `id` of one of the levels of trust",
            );
        }
        let precedence = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            title: fields.both("title"),
            source: Source::read(source),
            order: fields.words("order", &KEYS),
            default_level: position.unwrap_or(levels.len()),
            levels,
            expiries: read_expiries(&fields),
            digest: Digest::of(document.source.as_bytes()),
        };
        let named = |key: &Key| precedence.order.iter().filter(|one| *one == key).count();
        if KEYS.iter().any(|(_, key)| named(key) > 1) || precedence.order.is_empty() {
            fields.complain(
                "precedence-order",
                "order",
                "the order names no key, or one twice",
                "name each of author-trust, time and specificity once, the one that decides first in front",
            );
        }
        fields.finish();
        precedence
    }

    /// The rank of the trust in a document.
    pub(super) fn rank(&self, given: &Given) -> usize {
        let by_caller = given
            .trust
            .as_ref()
            .and_then(|id| self.levels.iter().position(|level| level.id == *id));
        let document = &given.document;
        let author = document.author.as_deref().unwrap_or_default();
        let address = document.namespace.as_deref().unwrap_or_default();
        by_caller
            .or_else(|| {
                self.levels.iter().position(|level| {
                    let mut names = level.names.iter();
                    let mut urls = level.urls.iter();
                    names.any(|pattern| fits(pattern, author))
                        || urls.any(|pattern| fits(pattern, address) || fits(pattern, author))
                })
            })
            .unwrap_or(self.default_level)
    }

    /// The identifier of the level of a rank.
    pub(super) fn level(&self, rank: usize) -> &str {
        self.levels.get(rank).map_or("", |level| level.id.as_str())
    }

    /// For how many days a status holds.
    pub fn days(&self, status: Status) -> Option<i32> {
        let mut expiries = self.expiries.iter();
        expiries
            .find(|one| one.status == status)
            .map(|one| one.days)
    }
}

fn read_levels(fields: &Fields<'_>) -> Vec<TrustLevel> {
    let mut levels: Vec<TrustLevel> = Vec::new();
    for one in fields.tables("trust") {
        let level = TrustLevel {
            id: one.text("id"),
            title: one.both("title"),
            names: one.texts("names"),
            urls: one.texts("urls"),
        };
        if levels.iter().any(|known| known.id == level.id) {
            one.complain(
                "precedence-level",
                "id",
                format!("the level `{}` stands here for the second time", level.id),
                "keep one of the two",
            );
        }
        one.finish();
        levels.push(level);
    }
    if levels.is_empty() {
        fields.complain(
            "missing-field",
            "trust",
            "there is no level of trust",
            "write one [[trust]] for each level, the highest in front",
        );
    }
    levels
}

fn read_expiries(fields: &Fields<'_>) -> Vec<Expiry> {
    let mut expiries = Vec::new();
    for one in fields.tables("expiry") {
        let status = one.word("status", &Status::WORDS);
        let days = i32::try_from(one.integer("days", 1..=MOST_DAYS)).unwrap_or(i32::MAX);
        let rests_on = one.both("rests_on");
        one.finish();
        expiries.extend(status.map(|status| Expiry {
            status,
            days,
            rests_on,
        }));
    }
    expiries
}

/// Whether a text fits a pattern in which `*` stands for any run of characters; case is ignored. An empty
/// text fits nothing.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.trim().to_lowercase());
    if text.is_empty() {
        return false;
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("CISA", "cisa", true),
            ("CISA", "CISA of nowhere", false),
            ("https://www.cisa.gov/*", "https://www.cisa.gov/", true),
            (
                "https://www.cisa.gov/*",
                "https://www.cisa.gov.evil.example/",
                false,
            ),
            ("*@example.com", "a@example.com", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("*", "", false),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
