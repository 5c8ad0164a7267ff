//! A CSAF document read leniently: what its parts mean, for the tests and for the models.
//!
//! It is an index over the tape. What is missing or of another shape is left out here; the schema says so.

use std::cell::Cell;
use std::collections::HashSet;

use jiff::Timestamp;

use super::product_tree::ProductTree;
use crate::tape::Item;

/// The most products that the groups of one document expand to; documents with more list the same groups
/// over and over.
const MOST_EXPANDED: usize = 8_000_000;

/// The lists of a vulnerability whose items name products, beside its status and its scores.
pub(super) const PRODUCT_LISTS: [&str; 7] = [
    "first_known_exploitation_dates",
    "flags",
    "ids",
    "involvements",
    "notes",
    "remediations",
    "threats",
];

/// A version of CSAF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 2.0.
    Two,
    /// 2.1.
    TwoOne,
}

/// A document.
#[derive(Debug)]
pub struct Document<'t> {
    /// The whole document.
    pub root: Item<'t>,
    /// The version that it states.
    pub version: Version,
    /// Its products.
    pub tree: ProductTree<'t>,
    /// Its vulnerabilities.
    pub vulnerabilities: Vec<Item<'t>>,
    /// Its revisions, in the order of the document.
    pub revisions: Vec<Revision<'t>>,
    /// Product ids that extensions define without which the document is not understood.
    pub extended: HashSet<&'t str>,
    left: Cell<usize>,
}

/// An item of the revision history.
#[derive(Debug, Clone)]
pub struct Revision<'t> {
    /// When it was made.
    pub date: Option<Timestamp>,
    /// Its number, as far as it is one.
    pub number: Option<Number>,
    /// Its number as written.
    pub text: &'t str,
    /// Where it stands.
    pub item: Item<'t>,
}

/// A version number (CSAF 2.0, section 3.1.11): a whole number or a semantic version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A whole number.
    Integer(u64),
    /// A semantic version.
    Semantic(semver::Version),
}

/// A score or another metric of a vulnerability.
#[derive(Debug, Clone, Copy)]
pub struct Metric<'t> {
    /// The object with the scores: the item itself in 2.0, its `content` in 2.1.
    pub content: Item<'t>,
    /// The list of products.
    pub products: Option<Item<'t>>,
    /// Who rated, by a URL (2.1).
    pub source: Option<&'t str>,
}

impl<'t> Document<'t> {
    /// Reads a document; `None` where it states neither 2.0 nor 2.1.
    pub fn read(root: Item<'t>) -> Option<Self> {
        let head = root.get("document")?;
        let version = match head.get_text("csaf_version")? {
            "2.0" => Version::Two,
            "2.1" => Version::TwoOne,
            _ => return None,
        };
        let history = head
            .get("tracking")
            .and_then(|tracking| tracking.get("revision_history"));
        let mut document = Self {
            root,
            version,
            tree: ProductTree::new(root.get("product_tree")),
            vulnerabilities: items(root, "vulnerabilities").collect(),
            revisions: Vec::new(),
            extended: extended(root),
            left: Cell::new(MOST_EXPANDED),
        };
        document.revisions = history
            .into_iter()
            .flat_map(Item::items)
            .map(Revision::read)
            .collect();
        Some(document)
    }

    /// The value at a path of members below `document`.
    pub fn head(&self, path: &[&str]) -> Option<Item<'t>> {
        let head = self.root.get("document")?;
        path.iter().try_fold(head, |item, key| item.get(key))
    }

    /// The text at a path of members below `document`; empty where there is none.
    pub fn head_text(&self, path: &[&str]) -> &'t str {
        self.head(path).and_then(Item::text).unwrap_or_default()
    }

    /// The category of the document, which names its profile.
    pub fn category(&self) -> &'t str {
        self.head_text(&["category"])
    }

    /// Whether the document is released: its status is `final` or `interim`.
    pub fn is_released(&self) -> bool {
        matches!(self.head_text(&["tracking", "status"]), "final" | "interim")
    }

    /// Whether the document is in English, which it is where it does not say.
    pub fn is_english(&self) -> bool {
        let lang = self.head_text(&["lang"]).to_ascii_lowercase();
        lang.is_empty() || lang == "en" || lang.starts_with("en-")
    }

    /// The revisions by date and, on the same date, by number. Those without either are left out.
    pub fn sorted_revisions(&self) -> Vec<(Timestamp, Number, &Revision<'t>)> {
        let mut sorted: Vec<_> = self
            .revisions
            .iter()
            .filter_map(|one| Some((one.date?, one.number.clone()?, one)))
            .collect();
        sorted.sort_by(|one, other| (one.0.cmp(&other.0)).then_with(|| one.1.order(&other.1)));
        sorted
    }

    /// The date of the newest revision.
    pub fn newest_date(&self) -> Option<Timestamp> {
        self.revisions.iter().filter_map(|one| one.date).max()
    }

    /// Every product that an item names, itself or through a group, with the place that names it. Groups
    /// are resolved within the limits of the document.
    pub fn products(&self, item: Item<'t>) -> Vec<(&'t str, Item<'t>)> {
        let mut products: Vec<_> = texts(item, "product_ids").collect();
        for (id, at) in texts(item, "group_ids") {
            let Some(group) = self.tree.group(id) else {
                continue;
            };
            for (id, _) in texts(group.item, "product_ids") {
                let left = self.left.get();
                if left == 0 {
                    return products;
                }
                self.left.set(left - 1);
                products.push((id, at));
            }
        }
        products
    }

    /// Whether groups were left unresolved because the limit was reached.
    pub fn is_cut(&self) -> bool {
        self.left.get() == 0
    }

    /// The scores and other metrics of a vulnerability.
    pub fn metrics(&self, vulnerability: Item<'t>) -> impl Iterator<Item = Metric<'t>> + use<'t> {
        let version = self.version;
        let key = match version {
            Version::Two => "scores",
            Version::TwoOne => "metrics",
        };
        items(vulnerability, key).filter_map(move |item| {
            Some(Metric {
                content: match version {
                    Version::Two => item,
                    Version::TwoOne => item.get("content")?,
                },
                products: item.get("products"),
                source: item.get_text("source"),
            })
        })
    }
}

impl<'t> Metric<'t> {
    /// The CVSS objects, each with the name of its member.
    pub fn cvss(self) -> impl Iterator<Item = (&'static str, Item<'t>)> + use<'t> {
        ["cvss_v2", "cvss_v3", "cvss_v4"]
            .into_iter()
            .filter_map(move |key| Some((key, self.content.get(key)?)))
    }
}

impl<'t> Revision<'t> {
    fn read(item: Item<'t>) -> Self {
        let text = item.get_text("number").unwrap_or_default();
        Self {
            date: item.get_text("date").and_then(timestamp),
            number: Number::parse(text),
            text,
            item,
        }
    }
}

impl Number {
    /// Reads a version number.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Self::Integer);
        }
        semver::Version::parse(text).ok().map(Self::Semantic)
    }

    /// The number before the first dot.
    pub fn major(&self) -> u64 {
        match self {
            Self::Integer(number) => *number,
            Self::Semantic(version) => version.major,
        }
    }

    /// Whether it has a part for a version before the release.
    pub fn is_prerelease(&self) -> bool {
        matches!(self, Self::Semantic(version) if !version.pre.is_empty())
    }

    /// Orders two numbers; build metadata do not count. A whole number stands for its major version.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Semantic(one), Self::Semantic(other)) => one.cmp_precedence(other),
            _ => {
                let full = |number: &Self| match number {
                    Self::Integer(major) => semver::Version::new(*major, 0, 0),
                    Self::Semantic(version) => version.clone(),
                };
                full(self).cmp_precedence(&full(other))
            }
        }
    }
}

/// The product ids in the content of critical extensions (CSAF 2.1, section 3.1.4).
fn extended(root: Item<'_>) -> HashSet<&str> {
    let is_critical = |item: &Item<'_>| item.get("critical").and_then(Item::bool) == Some(true);
    let contents: Vec<Item<'_>> = root
        .tape()
        .under("x_extensions")
        .flat_map(Item::items)
        .filter(is_critical)
        .filter_map(|item| item.get("content"))
        .collect();
    if contents.is_empty() {
        return HashSet::new();
    }
    let mut ranges = contents.into_iter().peekable();
    let mut ids = HashSet::new();
    for id in root.tape().under("product_id") {
        // Both run front to back.
        while ranges
            .peek()
            .is_some_and(|content| content.index() < id.index() && !content.encloses(id))
        {
            ranges.next();
        }
        if ranges.peek().is_some_and(|content| content.encloses(id)) {
            ids.extend(id.text());
        }
    }
    ids
}

/// The items of the list `key`.
pub(super) fn items<'t>(item: Item<'t>, key: &str) -> impl Iterator<Item = Item<'t>> + use<'t> {
    item.get(key).into_iter().flat_map(Item::items)
}

/// The texts of the list `key`, each with its place.
pub(super) fn texts<'t>(
    item: Item<'t>,
    key: &str,
) -> impl Iterator<Item = (&'t str, Item<'t>)> + use<'t> {
    items(item, key).filter_map(|item| Some((item.text()?, item)))
}

/// Reads a date with its time and zone (RFC 3339).
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    #[test]
    fn numbers_are_ordered() {
        for (one, other, expected) in [
            ("9", "10", "Less"),
            ("1.9.0", "1.10.0", "Less"),
            ("2", "1.9.9", "Greater"),
            ("2", "2.0.0", "Equal"),
            ("1.0.0+a", "1.0.0+b", "Equal"),
            ("1.0.0-rc", "1.0.0", "Less"),
        ] {
            let order = Number::parse(one)
                .unwrap()
                .order(&Number::parse(other).unwrap());
            assert_eq!(format!("{order:?}"), expected, "{one} {other}");
        }
        for text in ["", "v1", "1.0", "-1", "99999999999999999999"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn groups_are_resolved() {
        let tape = parse_json(
            r#"{"document":{"csaf_version":"2.0","tracking":{}},"product_tree":{"product_groups":
            [{"group_id":"G","product_ids":["A","B"]}]},"vulnerabilities":
            [{"flags":[{"group_ids":["G","H"],"product_ids":["C"]}]}]}"#,
        )
        .unwrap();
        let document = Document::read(tape.root()).unwrap();
        let flag = items(document.vulnerabilities[0], "flags").next().unwrap();
        let ids: Vec<_> = document.products(flag).iter().map(|one| one.0).collect();
        assert_eq!(ids, ["C", "A", "B"]);
        assert!(!document.is_cut() && document.is_english() && !document.is_released());
    }

    #[test]
    fn other_versions_are_not_read() {
        for text in ["{}", r#"{"document":{"csaf_version":"1.0"}}"#, "[]"] {
            let tape = parse_json(text).unwrap();
            assert!(Document::read(tape.root()).is_none(), "{text}");
        }
    }
}
