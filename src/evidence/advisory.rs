//! Vulnerability advisories and what else is known about vulnerabilities, out of every form in which they
//! are published, as one model.
//!
//! One file a format: it turns bytes into [`Advisory`] values with the place of everything that decides a
//! match. To add a format: a file here, a line in [`super::detect`] and one in `read`.

mod content;
pub mod epss;
mod field;
pub mod ghsa;
mod interval;
pub mod kev;
pub mod lifecycle;
pub mod osv;
pub mod rubysec;
pub mod rustsec;

pub use content::{Content, read};

use jiff::Timestamp;

use crate::diagnostic::Place;

/// One advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advisory {
    /// Its identifier in the database that published it, such as `GHSA-…`, `RUSTSEC-…` or `CVE-…`.
    pub id: String,
    /// Identifiers of the same vulnerability elsewhere.
    pub aliases: Vec<String>,
    /// Identifiers of vulnerabilities of which this one is a consequence, such as a distribution's
    /// advisory of a CVE.
    pub upstream: Vec<String>,
    /// Identifiers of vulnerabilities that are close but not the same.
    pub related: Vec<String>,
    /// What it is about.
    pub nature: Nature,
    /// One line; empty where the record has none.
    pub summary: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When the record last changed.
    pub modified: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// How severe it is, as told for the whole record.
    pub ratings: Vec<Rating>,
    /// What it affects.
    pub affected: Vec<Affected>,
    /// The page to read, if the record names one.
    pub url: Option<String>,
    /// Where the record stands in its file: the whole file, or an item of it.
    pub at: Place,
}

/// What an advisory is about.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// A weakness that somebody can exploit.
    #[default]
    Vulnerability,
    /// A package made to do harm.
    Malicious,
    /// A package whose interface allows undefined behavior (RustSec).
    Unsound,
    /// A package that nobody maintains (RustSec).
    Unmaintained,
    /// Anything else worth knowing (RustSec `notice`).
    Notice,
}

/// How severe a vulnerability is, as its source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// A CVSS vector, a score in decimals, or a word such as `high`.
    pub value: String,
    /// Who rated, where that is told.
    pub source: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// A product that an advisory affects, and which versions of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// The package, if it belongs to an ecosystem.
    pub package: Option<Package>,
    /// The package URL, if the record gives one. A version in it is the affected one.
    pub purl: Option<String>,
    /// The CPE name (2.2 or 2.3), if the record gives one.
    pub cpe: Option<String>,
    /// Ranges of versions; a version inside of any of them is affected.
    pub ranges: Vec<Range>,
    /// Versions that are affected one by one.
    pub versions: Vec<String>,
    /// How severe it is for this product, where that differs from the record's.
    pub ratings: Vec<Rating>,
    /// To which use of the product it is limited.
    pub scope: Scope,
    /// Where it stands.
    pub at: Place,
}

/// To which use of a product a vulnerability is limited, as a record tells. It is there to be read: a match
/// is never ruled out by it, since no list of components says what is called and where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scope {
    /// Functions, types or symbols that hold the vulnerable code, with the path that leads to them.
    pub functions: Vec<String>,
    /// Architectures of processors.
    pub architectures: Vec<String>,
    /// Operating systems.
    pub systems: Vec<String>,
}

/// A package of an ecosystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The ecosystem as OSV spells it, with its release where there is one (`Alpine:v3.17`).
    pub ecosystem: String,
    /// The name as the ecosystem spells it.
    pub name: String,
}

/// A range of versions (OSV schema 1.7.0, `affected[].ranges[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// How its versions are ordered.
    pub kind: RangeKind,
    /// What happens along the order of versions, as the record lists it.
    pub events: Vec<Event>,
    /// Where it stands.
    pub at: Place,
}

/// How the versions of a range are ordered.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RangeKind {
    /// By Semantic Versioning.
    Semver,
    /// By the rules of the ecosystem.
    Ecosystem,
    /// Commits, which have no order without their repository.
    Git,
}

/// One event along the order of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// The version at which it happens; `0` with [`EventKind::Introduced`] is before every version.
    pub version: String,
    /// Where it stands.
    pub at: Place,
}

/// What happens at a version.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The vulnerability enters.
    Introduced,
    /// The vulnerability enters behind this version, which itself does not have it. No format of events
    /// has this; it is what `> 1.2` says, and most ecosystems have no next version to name instead.
    IntroducedAfter,
    /// The vulnerability is gone from here on.
    Fixed,
    /// The last version that has it.
    LastAffected,
    /// The range ends before this version, and nothing is said about what is behind.
    Limit,
}
