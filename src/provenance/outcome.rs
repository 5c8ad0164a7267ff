//! What checking a provenance ends in.

use serde::Serialize;

use super::{Judgment, Level, Signature};
use crate::diagnostic::Diagnostic;
use crate::evidence::provenance::Attestation;
use crate::evidence::signature::Verification;

/// What is missing for a signature to be verified. For each there is a sentence (messages
/// `provenance-missing-NAME`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Nobody was asked to verify it.
    NotAsked,
    /// The statement is not signed.
    Signature,
    /// No key was handed in.
    Key,
    /// No trusted root was handed in.
    TrustedRoot,
    /// The entry of the transparency log does not lie with the signature.
    TransparencyLog,
}

impl Missing {
    /// Everything that may be missing, in the order above.
    pub const ALL: [Self; 5] = [
        Self::NotAsked,
        Self::Signature,
        Self::Key,
        Self::TrustedRoot,
        Self::TransparencyLog,
    ];

    /// The stable kebab-case word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::Signature => "signature",
            Self::Key => "key",
            Self::TrustedRoot => "trusted-root",
            Self::TransparencyLog => "transparency-log",
        }
    }
}

/// What was found of a provenance.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Whether every check held and, unless that was not asked, every signature was verified.
    pub passed: bool,
    /// Whether signatures were left unchecked on purpose.
    pub policy_only: bool,
    /// The state of the signatures.
    pub signature: Signature,
    /// What each verification of a signature found.
    pub verifications: Vec<Verification>,
    /// What was missing for signatures to be verified.
    pub missing: Vec<Missing>,
    /// The attestation that was judged; of several, the one that passed or came nearest.
    pub attestation: Attestation,
    /// The checks.
    pub judgment: Judgment,
    /// The SLSA Build level.
    pub level: Level,
    /// Attestations of the file that could not be read.
    pub remarks: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether the outcome is open only because signatures could not be checked.
    pub fn is_unverifiable(&self) -> bool {
        !self.passed && self.judgment.passed() && self.signature == Signature::NotChecked
    }
}
