//! The verification of a delivery before it is accepted: what was agreed, what was checked, and the verdict.
//!
//! Source of the order of groups: stage 8, delivery and acceptance (納入・検査), of our procurement stages; article 19
//! (2) and (4) of the Common Model. The checks are data (`criteria/acceptance-checks.toml`); the use case that runs
//! them is `app::verify`.

pub mod check;
pub mod drift;
pub mod finding;
pub mod manifest;
pub mod policy;
pub mod product;
pub mod ratchet;
pub mod remedy;
pub mod report;
pub mod requirement;
pub mod terms;
pub mod waiver;

use serde::Serialize;

/// What came of a check, a group of checks or a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was asked of nothing here, and the manifest says why or the contract does not ask it.
    NotApplicable,
    /// Checked, and met.
    Pass,
    /// It could not be checked: something that the judge needs is missing, unreadable or too old.
    Unverifiable,
    /// Checked, and not met.
    Fail,
}

impl Verdict {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::Pass => "pass",
            Self::Unverifiable => "unverifiable",
            Self::Fail => "fail",
        }
    }

    /// The verdict over several: the worst of them; of none, [`Verdict::NotApplicable`].
    pub fn over(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::NotApplicable)
    }
}

/// A group of checks, in the order in which a delivery is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Files readable and complete.
    Files,
    /// Signatures and provenance against the contracted identity.
    Signatures,
    /// SBOM valid and against its profile.
    Sbom,
    /// SBOM against files, both ways.
    Contents,
    /// As tendered, as delivered, as accepted earlier.
    Changes,
    /// Advisories with VEX under the thresholds and clocks of the contract.
    Advisories,
    /// Products and suppliers against the checked list.
    Products,
    /// The agency's own rules.
    Policy,
    /// The contractual requirements.
    Requirements,
}

impl Group {
    /// Every group with its word, in order.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("files", Self::Files),
        ("signatures", Self::Signatures),
        ("sbom", Self::Sbom),
        ("contents", Self::Contents),
        ("changes", Self::Changes),
        ("advisories", Self::Advisories),
        ("products", Self::Products),
        ("policy", Self::Policy),
        ("requirements", Self::Requirements),
    ];

    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, group)| *group == self);
        found.map_or("", |(word, _)| word)
    }
}
