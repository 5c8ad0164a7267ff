//! Asks whether an advisory applies to a version of a package.

use crate::diagnostic::Diagnostic;
use crate::matching::{Hit, evaluate};
use crate::snapshot::{Key, Snapshot, base_of, release_of};
use crate::version::Scheme;

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// An identifier of the advisory, its own or an alias.
    pub id: &'a str,
    /// The ecosystem as OSV spells it, with or without a release.
    pub ecosystem: &'a str,
    /// The package.
    pub package: &'a str,
    /// The version.
    pub version: &'a str,
}

impl<'a> Asked<'a> {
    /// Reads the four cells of a line with tabs between them.
    pub fn parse(line: &'a str) -> Option<Self> {
        let mut cells = line.split('\t').map(str::trim);
        let asked = Self {
            id: cells.next()?,
            ecosystem: cells.next()?,
            package: cells.next()?,
            version: cells.next()?,
        };
        cells.next().is_none().then_some(asked)
    }
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It applies.
    Affected,
    /// It does not.
    NotAffected,
    /// The advisory is not in the snapshot, or leaves it open.
    Unknown,
}

impl Answer {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::NotAffected => "not_affected",
            Self::Unknown => "unknown",
        }
    }
}

/// Asks a snapshot what a record says, whether or not it was withdrawn; a scan leaves withdrawn ones aside.
///
/// # Errors
///
/// `feed-damaged`.
pub fn affects(snapshot: &Snapshot, asked: &Asked<'_>) -> Result<Answer, Diagnostic> {
    let numbers = snapshot.advisories_of(asked.id)?;
    if numbers.is_empty() || asked.version.is_empty() {
        return Ok(Answer::Unknown);
    }
    let scheme = Scheme::of_ecosystem(base_of(asked.ecosystem));
    let key = Key::package(asked.ecosystem, asked.package);
    let mut answer = Answer::NotAffected;
    snapshot.affected(&key, &mut |affected| {
        if !numbers.contains(&affected.advisory) {
            return Ok(());
        }
        let stated = affected.ecosystem.and_then(release_of);
        let is_other = stated
            .zip(release_of(asked.ecosystem))
            .is_some_and(|(stated, own)| !stated.eq_ignore_ascii_case(own));
        if is_other {
            return Ok(());
        }
        answer = match (answer, evaluate(asked.version, scheme, &affected)) {
            (Answer::Affected, _) | (_, Hit::Affected(_)) => Answer::Affected,
            (_, Hit::Unknown(_)) => Answer::Unknown,
            (answer, Hit::NotAffected) => answer,
        };
        Ok(())
    })?;
    Ok(answer)
}
