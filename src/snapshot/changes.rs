//! What differs between two snapshots, and which packages that touches.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fingerprints::{Differing, compare};
use super::{KevEntry, Key, Snapshot};
use crate::diagnostic::Diagnostic;

/// What became of an advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It says something else.
    Altered,
    /// It was withdrawn, and is still told.
    Withdrawn,
    /// It is not there any more.
    Removed,
}

/// What differs between two snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many advisories, by what became of them.
    pub advisories: BTreeMap<ChangeKind, usize>,
    /// CVEs that came into the list of known exploited vulnerabilities, left it, or have other dates in it.
    pub kev: BTreeSet<String>,
    /// Under what the packages stand that any of this can touch.
    pub keys: BTreeSet<Key>,
}

impl Changes {
    /// Compares two snapshots. Probabilities of exploitation (EPSS) and dates of support are left aside:
    /// the former change every day for nearly every CVE, the latter touch no version.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where either is not what it was.
    pub fn between(before: &Snapshot, after: &Snapshot) -> Result<Self, Diagnostic> {
        let mut changes = Self::default();
        if before.digest() == after.digest() {
            return Ok(changes);
        }
        for one in compare(&before.fingerprints(), &after.fingerprints())? {
            *changes.advisories.entry(kind_of(&one)).or_default() += 1;
            for (snapshot, fingerprint) in [(before, one.before), (after, one.after)] {
                for offset in fingerprint.iter().flat_map(|one| &one.packages) {
                    changes.keys.insert(snapshot.key_at(*offset)?);
                }
            }
        }
        changes.kev = kev_between(before.kev_entries()?, after.kev_entries()?);
        for cve in &changes.kev {
            for snapshot in [before, after] {
                for number in snapshot.advisories_naming(cve)? {
                    changes.keys.extend(snapshot.keys_of(number)?);
                }
            }
        }
        Ok(changes)
    }

    /// How many advisories differ.
    pub fn advisory_count(&self) -> usize {
        self.advisories.values().sum()
    }
}

fn kind_of(one: &Differing) -> ChangeKind {
    match (&one.before, &one.after) {
        (_, None) => ChangeKind::Removed,
        (None, Some(_)) => ChangeKind::Added,
        (Some(before), Some(after)) if after.is_withdrawn && !before.is_withdrawn => {
            ChangeKind::Withdrawn
        }
        (Some(_), Some(_)) => ChangeKind::Altered,
    }
}

/// CVEs whose entries differ in what they say.
fn kev_between(before: &[KevEntry], after: &[KevEntry]) -> BTreeSet<String> {
    fn content(entry: &KevEntry) -> (&str, Option<&str>, Option<&str>, bool) {
        let KevEntry {
            cve,
            added,
            due,
            ransomware,
            ..
        } = entry;
        (cve, added.as_deref(), due.as_deref(), *ransomware)
    }
    let old: BTreeSet<_> = before.iter().map(content).collect();
    let new: BTreeSet<_> = after.iter().map(content).collect();
    old.symmetric_difference(&new)
        .map(|(cve, ..)| (*cve).to_owned())
        .collect()
}
