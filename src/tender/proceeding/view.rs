//! What the steps of a case give back: for people and for machines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::standing::Due;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// What a step came to, schema `mekiki/tender-case/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// The schema.
    pub schema: &'static str,
    /// The tender.
    pub tender: String,
    /// How far the case has come.
    pub phase: &'static str,
    /// The steps that were added to the log, by number and word.
    pub added: Vec<Added>,
    /// How many entries the log has.
    pub entries: u64,
    /// SHA-256 of the last line of the log: keep it, it stands for the whole log.
    pub head: Digest,
    /// What is due next.
    pub next: Vec<Due>,
    /// What is worth knowing.
    pub remarks: Vec<Diagnostic>,
    /// What else the step gives.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

/// An entry that was added.
#[derive(Debug, Clone, Serialize)]
pub struct Added {
    /// Its number.
    pub entry: u64,
    /// The step.
    pub step: &'static str,
}

/// The marks for one item of one bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The bid.
    pub bid: String,
    /// The item.
    pub item: String,
    /// The mark of each evaluator, as written.
    pub marks: BTreeMap<String, String>,
    /// The highest less the lowest, in points, exact.
    pub spread: String,
    /// The points that the item has.
    pub of: String,
    /// Whose mark needs a reason.
    pub asked: Vec<String>,
}

/// The outcome, schema `mekiki/tender-case-verify/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// The schema.
    pub schema: &'static str,
    /// Whether everything holds.
    pub verified: bool,
    /// How many entries the log has.
    pub entries: u64,
    /// SHA-256 of the last line of the log.
    pub head: Digest,
    /// Up to which entry a remembered head proves the log; absent where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proven: Option<u64>,
    /// How many objects the log names.
    pub objects: usize,
    /// How many envelopes could be opened with keys that are laid open, and hold what their commitment says.
    pub opened: usize,
    /// Whether the ranking was computed again and gave the same record; absent where there is none to compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<bool>,
    /// What is wrong or worth knowing.
    pub findings: Vec<Diagnostic>,
}
