//! What VEX statements say of findings, as a scan publishes it.

use serde::Serialize;

use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::vex::Status;

/// What VEX statements say of a finding.
#[derive(Debug, Serialize)]
pub struct StatementView {
    /// The status that counts; `None` where every statement is left aside.
    pub status: Option<Status>,
    /// The document of the statement that decides.
    pub source: Option<String>,
    /// Its digest.
    pub sha256: Option<Digest>,
    /// The statement's place in it.
    pub at: Option<Place>,
    /// Who speaks.
    pub author: Option<String>,
    /// The level of trust in them.
    pub trust: Option<String>,
    /// Why it is not affected.
    pub justification: Option<String>,
    /// How it has or has no effect.
    pub impact: Option<String>,
    /// What to do.
    pub action: Option<String>,
    /// When it was first made, as an instant.
    #[serde(skip)]
    pub issued: Option<String>,
    /// When it was last changed, likewise.
    #[serde(skip)]
    pub updated: Option<String>,
    /// Whether statements of the same weight contradict each other; the most careful one counts, and the
    /// finding stays open.
    pub conflict: bool,
    /// Whether it could not be told if the statement still holds.
    pub undated: bool,
    /// Statements that say something else, and those that do not hold on the day.
    pub others: Vec<OtherView>,
}

/// A statement that does not decide.
#[derive(Debug, Serialize)]
pub struct OtherView {
    /// Why it does not: `conflicting`, `overruled`, `expired` or `not-yet`.
    pub why: &'static str,
    /// What it says.
    pub status: Status,
    /// Its document.
    pub source: String,
    /// Its place.
    pub at: Place,
}

/// A VEX statement that binds to nothing.
#[derive(Debug, Serialize)]
pub struct UnboundView {
    /// Its document.
    pub source: String,
    /// Its place.
    pub at: Place,
    /// The vulnerability.
    pub vulnerability: Vec<String>,
    /// Why: a stable word.
    pub reason: &'static str,
}
