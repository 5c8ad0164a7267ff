//! Holding SBOMs against each other.

use serde::Serialize;

use super::Refused;
use crate::comparison::drift::{Drifts, drifts};
use crate::comparison::{ChangeKind, Comparison, Extent, Item, compare, keep_compared};
use crate::diagnostic::{Diagnostic, Severity};
use crate::evidence::sbom::{self, Sbom};
use crate::folder::read_file;

/// Two or three compared SBOMs, schema `mekiki/sbom-diff/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SbomDiff {
    /// The schema.
    pub schema: &'static str,
    /// The second document against the first.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// All three side by side, where there is a third.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_way: Option<Drifts>,
}

impl SbomDiff {
    /// What differs, as findings for code hosts: in the first document what is no longer there, in the
    /// second what is new or another. Another digest at the same version is an error.
    pub fn findings(&self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let removed = self.comparison.removed.iter().map(|item| {
            let message = format!("`{}` is no longer listed", named(item));
            Diagnostic::warning("component-removed", item.at.clone(), message)
        });
        let added = self.comparison.added.iter().map(|item| {
            let message = format!("`{}` was not listed before", named(item));
            Diagnostic::warning("component-added", item.at.clone(), message)
        });
        let changed = self.comparison.pairs.iter().filter_map(|pair| {
            let kinds: Vec<_> = pair.change.iter().map(|kind| kind.word()).collect();
            let severity = match pair.change.first()? {
                ChangeKind::HashChanged => Severity::Error,
                _ => Severity::Warning,
            };
            let message = format!(
                "`{}` is not as before: {}",
                named(&pair.b),
                kinds.join(", ")
            );
            let found = Diagnostic::warning("component-changed", pair.b.at.clone(), message);
            Some(Diagnostic { severity, ..found })
        });
        (removed.collect(), added.chain(changed).collect())
    }
}

/// A component as a message names it.
fn named(item: &Item) -> String {
    match &item.version {
        Some(version) => format!("{} {version}", item.full_name()),
        None => item.full_name(),
    }
}

/// An SBOM with the path that it is named by.
#[derive(Debug, Clone, Copy)]
pub struct NamedBytes<'a> {
    /// The path.
    pub path: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl NamedBytes<'_> {
    /// Reads the SBOM.
    ///
    /// # Errors
    ///
    /// When it cannot be read at all.
    pub fn read(self) -> Result<Sbom, Refused> {
        match sbom::read(self.bytes) {
            Ok((_, reading)) => Ok(reading.sbom),
            Err(faults) => Err(Refused(
                faults
                    .into_iter()
                    .map(|fault| fault.in_file(self.path))
                    .collect(),
            )),
        }
    }
}

/// Up to this many bytes two documents are read at once; larger ones one after the other, since the
/// bytes and the tape of one need more memory than what is kept of it.
const READ_AT_ONCE: usize = 32 * 1024 * 1024;

/// Compares two SBOMs, and with a third one all three as tendered, as delivered and as measured. Paths
/// name files; `-` is standard input.
///
/// # Errors
///
/// When one cannot be read at all.
pub fn diff_sboms(
    a: &str,
    b: &str,
    measured: Option<&str>,
    extent: Extent,
) -> Result<SbomDiff, Refused> {
    let bytes = load(a)?;
    let (a, b) = if bytes.len() > READ_AT_ONCE {
        let a = kept(a, bytes)?;
        (a, kept(b, load(b)?)?)
    } else {
        let other = load(b)?;
        let (a, b) = rayon::join(|| kept(a, bytes), || kept(b, other));
        (a?, b?)
    };
    let measured = measured
        .map(|path| load(path).and_then(|bytes| kept(path, bytes)))
        .transpose()?;
    let mut comparison = compare(&a, &b, extent);
    let three_way = measured.map(|measured| drifts(&a, &b, &measured));
    comparison.same &= three_way.as_ref().is_none_or(|drifts| drifts.same);
    Ok(SbomDiff {
        schema: "mekiki/sbom-diff/v1",
        comparison,
        three_way,
    })
}

fn load(path: &str) -> Result<Vec<u8>, Refused> {
    read_file(path).map_err(|error| Refused::from(error.diagnostic().in_file(path)))
}

/// What a comparison needs of a document. The bytes are let go of.
fn kept(path: &str, bytes: Vec<u8>) -> Result<Sbom, Refused> {
    let mut sbom = NamedBytes {
        path,
        bytes: &bytes,
    }
    .read()?;
    drop(bytes);
    keep_compared(&mut sbom);
    Ok(sbom)
}
