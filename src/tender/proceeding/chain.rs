//! The log: one entry a line in canonical JSON, each with the SHA-256 of the line before it.
//!
//! The digest of the last line, the head, stands for the whole log: whoever remembers it finds every later change,
//! a shorter log included.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::role::Actor;
use super::state::State;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::time::Timestamp;

/// What the first entry names as the digest of the line before it: there is none.
pub const GENESIS: [u8; 32] = [0; 32];

/// The most entries that a log is read with.
pub const MAXIMUM_ENTRIES: usize = 1_000_000;

/// One step with all that makes it part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From 1 on, without a gap.
    pub sequence: u64,
    /// SHA-256 of the line before.
    pub previous: Digest,
    /// When.
    pub at: Timestamp,
    /// Whether the instant was given by hand instead of read off the clock.
    pub at_by_hand: bool,
    /// Who.
    pub actor: Actor,
    /// What.
    pub event: Event,
    /// Digests of what the actor had before them.
    pub seen: Vec<Digest>,
}

impl Entry {
    /// The line of the log, without its end.
    pub fn line(&self) -> String {
        canonical_json(&serde_json::to_value(self).unwrap_or_default())
    }

    /// SHA-256 of the line, which the next entry names.
    pub fn digest(&self) -> Digest {
        Digest::of(self.line().as_bytes())
    }
}

/// What is wrong with a log, and with which entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The entry, counted from 1; one past the last where the end is wrong.
    pub entry: usize,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

fn fault(code: &'static str, entry: usize, message: String) -> Fault {
    Fault {
        entry,
        diagnostic: Diagnostic::error(code, Place::line(entry, 1), message).help(RESTORE),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "entry {}: {}",
            self.entry, self.diagnostic.message
        )
    }
}

const RESTORE: &str =
    "restore the log from a copy whose head is known, and find out who changed it";

/// Reads the lines of a log and holds them to each other.
///
/// # Errors
///
/// `log-malformed` for a line that is no entry in canonical form, `log-sequence` for one that stands in the wrong
/// place, `log-chain` for one that does not name the digest of the line before it.
pub fn read_log(bytes: &[u8]) -> Result<Vec<Entry>, Fault> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut previous = Digest::from_bytes(GENESIS);
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    for (number, line) in (1..).zip(lines) {
        let malformed = |why: &str| {
            let message = format!("entry {number} of the log {why}");
            fault("log-malformed", number, message)
        };
        if number > MAXIMUM_ENTRIES {
            return Err(malformed("is one too many"));
        }
        let Some(line) = line.strip_suffix(b"\n") else {
            return Err(malformed("is cut short"));
        };
        let entry: Entry = serde_json::from_slice(line).map_err(|_| malformed("cannot be read"))?;
        if entry.line().as_bytes() != line {
            return Err(malformed("is not in canonical form"));
        }
        if usize::try_from(entry.sequence).ok() != Some(number) {
            let message = format!(
                "line {number} of the log holds entry {}: entries were dropped, added or moved",
                entry.sequence
            );
            return Err(fault("log-sequence", number, message));
        }
        if entry.previous != previous {
            let message = format!(
                "entry {number} does not follow from the line before it: one of the two was altered"
            );
            return Err(fault("log-chain", number, message));
        }
        previous = Digest::of(line);
        entries.push(entry);
    }
    Ok(entries)
}

/// Replays entries into the state of the case, under the guards under which they were made.
///
/// # Errors
///
/// The fault of the first entry that breaks the chain or that its guard does not admit.
pub fn replay(entries: &[Entry]) -> Result<State, Fault> {
    let mut state = State::draft();
    for (number, entry) in (1..).zip(entries) {
        if usize::try_from(entry.sequence).ok() != Some(number) {
            let message = format!(
                "entry {} stands in place {number} of the log",
                entry.sequence
            );
            return Err(fault("log-sequence", number, message));
        }
        if entry.previous != state.head {
            let message = format!(
                "entry {number} does not follow from the one before it: one of the two was altered"
            );
            return Err(fault("log-chain", number, message));
        }
        state.apply(entry).map_err(|refused| {
            let message = format!("entry {number} was not allowed: {}", refused.message);
            fault("log-event", number, message)
        })?;
    }
    Ok(state)
}

/// Holds a log to a head that somebody remembers: it must be the digest of one of its lines, the last one or, where
/// the log has grown since, an earlier one.
///
/// # Errors
///
/// `log-head`: the log was cut, or an entry that was there at that time was altered.
pub fn check_head(entries: &[Entry], head: &Digest) -> Result<usize, Fault> {
    let followed = entries.iter().skip(1).map(|entry| entry.previous);
    let last = entries.last().map(Entry::digest);
    let found = (1..).zip(followed.chain(last)).find(|(_, one)| one == head);
    found.map(|(number, _)| number).ok_or_else(|| {
        let message = format!(
            "no entry of the log has the digest {head}: its end was cut off, or it was written anew"
        );
        fault("log-head", entries.len() + 1, message)
    })
}
