//! Which list of components holds which package in which version: an index over many SBOMs, so that a
//! change of a few advisories costs what it touches and not what there is.
//!
//! An inventory is a list of *segments*, each immutable and named by its digest. A segment keeps every
//! distinct *item* once (what a component is judged by: names, versions, identifiers), the *occurrences* of
//! each item (in which SBOM, under what reference, at what place), and the map from the keys of
//! [`crate::snapshot`] to items. Adding SBOMs makes a segment and merges it with those that are not much
//! larger, from their items and not from the SBOMs; so there are few segments, and each occurrence is
//! copied a number of times that grows with the logarithm of the whole. An SBOM that is replaced or removed
//! is *retired*: it stays in its segment until that is merged.
//!
//! Nothing here reads a disk: bytes come through [`ReadAt`], and `folder::inventory` keeps them.

mod build;
mod coverage;
mod item;
mod manifest;
mod rescan;
mod segment;

pub use build::{Builder, Built, Listing};
pub use coverage::Gap;
pub use manifest::{Held, Manifest, SegmentManifest};
pub use rescan::{Aspect, FindingChange, Rescan, Touched, difference, rescan};
pub use segment::{Occurrence, Segment, StoredSbom};

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::pages::ReadAt;

/// Gives the manifest and the index of the segment of a digest.
pub type OpenSegment<'o> =
    dyn FnMut(&Digest) -> Result<(Vec<u8>, Box<dyn ReadAt>), Diagnostic> + 'o;

/// A segment of an inventory, with the numbers of its SBOMs that are retired.
pub struct Live {
    /// The segment.
    pub segment: Segment,
    /// Its retired SBOMs.
    pub retired: BTreeSet<u32>,
}

/// An open inventory.
pub struct Inventory {
    digest: Digest,
    segments: Vec<Live>,
}

impl Inventory {
    /// Opens an inventory; `open` gives the manifest and the index of a segment.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` where a segment is not what its digest says, `inventory-version` where another
    /// version of this program wrote it, or what `open` returns.
    pub fn open(manifest: &Manifest, open: &mut OpenSegment<'_>) -> Result<Self, Diagnostic> {
        let mut segments = Vec::new();
        for held in &manifest.segments {
            let (bytes, index) = open(&held.digest)?;
            if Digest::of(&bytes) != held.digest {
                return Err(damaged(
                    "the manifest of a segment is not what its name says",
                ));
            }
            segments.push(Live {
                segment: Segment::open(&bytes, index)?,
                retired: held.retired.iter().copied().collect(),
            });
        }
        Ok(Self {
            digest: manifest.digest(),
            segments,
        })
    }

    /// The digest that names this state of it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its segments, the oldest first.
    pub fn segments(&self) -> &[Live] {
        &self.segments
    }

    /// Shows `visit` every SBOM that is not retired.
    ///
    /// # Errors
    ///
    /// `inventory-damaged`.
    pub fn sboms(&self, visit: &mut dyn FnMut(&StoredSbom<'_>)) -> Result<(), Diagnostic> {
        for Live { segment, retired } in &self.segments {
            for number in segment.sbom_numbers() {
                if !retired.contains(&number) {
                    segment.sbom(number, |sbom| visit(&sbom))?;
                }
            }
        }
        Ok(())
    }

    /// The segment and number of the SBOM of a name that is not retired, with its digest.
    ///
    /// # Errors
    ///
    /// `inventory-damaged`.
    pub fn find(&self, name: &str) -> Result<Option<(usize, u32, Digest)>, Diagnostic> {
        for (position, Live { segment, retired }) in self.segments.iter().enumerate() {
            if let Some(number) = segment.number_of(name)?
                && !retired.contains(&number)
            {
                let digest = segment.sbom(number, |sbom| Digest::from_bytes(sbom.sha256))?;
                return Ok(Some((position, number, digest)));
            }
        }
        Ok(None)
    }

    /// How many components of an SBOM are judged.
    ///
    /// # Errors
    ///
    /// `inventory-damaged`.
    pub fn components_of(&self, segment: usize, sbom: u32) -> Result<u64, Diagnostic> {
        let live = self.segments.get(segment);
        let live = live.ok_or_else(|| damaged("a segment is missing"))?;
        live.segment.sbom(sbom, |sbom| sbom.components)
    }

    /// Checks every page.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` at the first page that is not what it was.
    pub fn verify(&self) -> Result<(), Diagnostic> {
        self.segments
            .iter()
            .try_for_each(|live| live.segment.verify())
    }
}

/// An inventory whose bytes are not what its digest promises.
fn damaged(what: &str) -> Diagnostic {
    Diagnostic::error(
        "inventory-damaged",
        Place::whole(),
        format!("the inventory is damaged: {what}"),
    )
    .help("make it again in an empty folder with `mekiki inventory add`")
}

#[cfg(test)]
mod tests;
