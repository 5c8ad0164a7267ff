//! What stands in the blocks of the index: the advisory model, borrowed from the page and as short as can be.

use serde::{Deserialize, Serialize};

use super::unreadable;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::advisory::lifecycle::Lifecycle;
use crate::evidence::advisory::{Advisory, Affected, EventKind, Nature, Range, RangeKind, Rating};
use crate::time::Timestamp;

/// Reads a block.
pub(super) fn decode<'a, T: Deserialize<'a>>(block: &'a [u8]) -> Result<T, Diagnostic> {
    postcard::from_bytes(block).map_err(|_| unreadable())
}

/// Writes a block; nothing that is stored here can fail to be written.
pub(super) fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// A place, shortened to what stands behind the place that encloses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoredPlace<'a> {
    /// The document.
    Whole,
    /// A JSON pointer.
    Pointer(&'a str),
    /// What follows the pointer of what it stands in.
    Below(&'a str),
    /// Line and column.
    Line(u32, u32),
}

impl<'a> StoredPlace<'a> {
    fn new(place: &'a Place, around: &Place) -> Self {
        match (&place.pointer, place.line) {
            (_, Some(line)) => Self::Line(line, place.column.unwrap_or(1)),
            (Some(pointer), None) => {
                let below = around
                    .pointer
                    .as_deref()
                    .and_then(|around| pointer.strip_prefix(around));
                below.map_or(Self::Pointer(pointer), Self::Below)
            }
            (None, None) => Self::Whole,
        }
    }

    /// The place, given the one that it stands in.
    pub fn place(self, around: &Place) -> Place {
        match self {
            Self::Whole => Place::whole(),
            Self::Pointer(pointer) => Place::pointer(pointer),
            Self::Below(below) => {
                let around = around.pointer.as_deref().unwrap_or_default();
                Place::pointer(format!("{around}{below}"))
            }
            Self::Line(line, column) => Place {
                line: Some(line),
                column: Some(column),
                ..Place::default()
            },
        }
    }
}

/// An imported file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredFile<'a> {
    pub(super) source: u32,
    pub(super) path: &'a str,
    pub(super) digest: [u8; 32],
}

/// An advisory, without what it affects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAdvisory<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// Identifiers of the same vulnerability.
    #[serde(borrow)]
    pub aliases: Vec<&'a str>,
    /// Identifiers of what it is a consequence of.
    #[serde(borrow)]
    pub upstream: Vec<&'a str>,
    /// Identifiers of what is close.
    #[serde(borrow)]
    pub related: Vec<&'a str>,
    /// What it is about.
    pub nature: Nature,
    /// One line.
    pub summary: &'a str,
    /// When it was published, in seconds since 1970.
    pub published: Option<i64>,
    /// When it was last changed, likewise.
    pub modified: Option<i64>,
    /// When it was withdrawn, likewise.
    pub withdrawn: Option<i64>,
    /// How severe it is.
    #[serde(borrow)]
    pub ratings: Vec<StoredRating<'a>>,
    /// The page to read.
    pub url: Option<&'a str>,
    /// The number of the file that it stands in.
    pub file: u32,
    /// Where it stands.
    #[serde(borrow)]
    pub at: StoredPlace<'a>,
}

impl<'a> StoredAdvisory<'a> {
    pub(super) fn new(advisory: &'a Advisory, file: u32) -> Self {
        let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
        let seconds = |instant: Option<Timestamp>| instant.map(Timestamp::as_second);
        Self {
            id: &advisory.id,
            aliases: texts(&advisory.aliases),
            upstream: texts(&advisory.upstream),
            related: texts(&advisory.related),
            nature: advisory.nature,
            summary: &advisory.summary,
            published: seconds(advisory.published),
            modified: seconds(advisory.modified),
            withdrawn: seconds(advisory.withdrawn),
            ratings: StoredRating::list(&advisory.ratings, &advisory.at),
            url: advisory.url.as_deref(),
            file,
            at: StoredPlace::new(&advisory.at, &Place::whole()),
        }
    }
}

/// How severe a vulnerability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRating<'a> {
    /// A CVSS vector, a score or a word.
    pub value: &'a str,
    /// Who rated.
    pub source: Option<&'a str>,
    /// Where it stands.
    #[serde(borrow)]
    pub at: StoredPlace<'a>,
}

impl<'a> StoredRating<'a> {
    fn list(ratings: &'a [Rating], around: &Place) -> Vec<Self> {
        let stored = ratings.iter().map(|rating| Self {
            value: &rating.value,
            source: rating.source.as_deref(),
            at: StoredPlace::new(&rating.at, around),
        });
        stored.collect()
    }
}

/// What an advisory says of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAffected<'a> {
    /// The number of the advisory.
    pub advisory: u32,
    /// When the advisory was withdrawn, in seconds since 1970.
    pub withdrawn: Option<i64>,
    /// When it was published, likewise.
    pub published: Option<i64>,
    /// The ecosystem as OSV spells it, with its release.
    pub ecosystem: Option<&'a str>,
    /// The package URL as written.
    pub purl: Option<&'a str>,
    /// The CPE name as written.
    pub cpe: Option<&'a str>,
    /// Ranges of versions.
    #[serde(borrow)]
    pub ranges: Vec<StoredRange<'a>>,
    /// Single versions.
    #[serde(borrow)]
    pub versions: Vec<&'a str>,
    /// How severe it is here.
    #[serde(borrow)]
    pub ratings: Vec<StoredRating<'a>>,
    /// Where it stands.
    #[serde(borrow)]
    pub at: StoredPlace<'a>,
}

impl<'a> StoredAffected<'a> {
    pub(super) fn new(advisory: &'a Advisory, number: u32, affected: &'a Affected) -> Self {
        let seconds = |instant: Option<Timestamp>| instant.map(Timestamp::as_second);
        Self {
            advisory: number,
            withdrawn: seconds(advisory.withdrawn),
            published: seconds(advisory.published),
            ecosystem: affected
                .package
                .as_ref()
                .map(|package| package.ecosystem.as_str()),
            purl: affected.purl.as_deref(),
            cpe: affected.cpe.as_deref(),
            ranges: affected
                .ranges
                .iter()
                .map(|range| StoredRange::new(range, &affected.at))
                .collect(),
            versions: affected.versions.iter().map(String::as_str).collect(),
            ratings: StoredRating::list(&affected.ratings, &affected.at),
            at: StoredPlace::new(&affected.at, &Place::whole()),
        }
    }
}

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRange<'a> {
    /// How its versions are ordered.
    pub kind: RangeKind,
    /// What happens along the order.
    #[serde(borrow)]
    pub events: Vec<StoredEvent<'a>>,
    /// Where it stands.
    #[serde(borrow)]
    pub at: StoredPlace<'a>,
}

impl<'a> StoredRange<'a> {
    fn new(range: &'a Range, around: &Place) -> Self {
        Self {
            kind: range.kind,
            events: range
                .events
                .iter()
                .map(|event| StoredEvent {
                    kind: event.kind,
                    version: &event.version,
                    at: StoredPlace::new(&event.at, &range.at),
                })
                .collect(),
            at: StoredPlace::new(&range.at, around),
        }
    }
}

/// One event along the order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent<'a> {
    /// What happens.
    pub kind: EventKind,
    /// At which version.
    pub version: &'a str,
    /// Where it stands.
    #[serde(borrow)]
    pub at: StoredPlace<'a>,
}

/// An entry of the list of known exploited vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KevEntry {
    /// The CVE.
    pub cve: String,
    /// When it was listed, `YYYY-MM-DD`.
    pub added: Option<String>,
    /// By when it is to be mended, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Whether ransomware is known to use it; `false` is not known, not unused.
    pub ransomware: bool,
    /// The number of the file that it stands in.
    pub file: u32,
    /// Where it stands: a JSON pointer.
    pub at: String,
}

/// A product's cycles with their dates of support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLifecycle {
    /// The product's name.
    pub product: String,
    /// Its cycles, in the order of the document.
    pub cycles: Vec<StoredCycle>,
    /// The number of the file that it stands in.
    pub file: u32,
}

/// A cycle of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCycle {
    /// Its name, which the versions of the series begin with.
    pub name: String,
    /// The day on which support ends altogether, `YYYY-MM-DD`.
    pub eol_from: Option<String>,
    /// Whether support had ended when the document was made, where it tells.
    pub is_eol: Option<bool>,
    /// The latest release.
    pub latest: Option<String>,
    /// Where it stands: a JSON pointer.
    pub at: String,
}

impl StoredLifecycle {
    pub(super) fn new(lifecycle: &Lifecycle, file: u32) -> Self {
        let cycles = lifecycle.cycles.iter().map(|cycle| StoredCycle {
            name: cycle.name.clone(),
            eol_from: cycle.eol_from.map(|day| day.to_string()),
            is_eol: cycle.is_eol,
            latest: cycle.latest.clone(),
            at: cycle.at.pointer.clone().unwrap_or_default(),
        });
        Self {
            product: lifecycle.product.clone(),
            cycles: cycles.collect(),
            file,
        }
    }
}
