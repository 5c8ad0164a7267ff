//! The difference of two editions of the criteria.

use super::Refused;
use super::criteria_origin::{Origin, PackageTrust};
use super::library::Library;
use crate::criteria::diff::{CatalogDiff, compare};

/// Two editions that are held against each other.
#[derive(Debug)]
pub struct Editions {
    /// The old one, or the parent.
    pub old: Library,
    /// The new one, or the child.
    pub new: Library,
}

impl Editions {
    /// Reads both; a new one that is an overlay lies over the old one.
    ///
    /// # Errors
    ///
    /// Every fault of the first edition that has one.
    pub fn open(old: &str, new: &str, trust: &PackageTrust) -> Result<Self, Refused> {
        let parent = Origin::edition(old, None, trust)?;
        let child = Origin::edition(new, Some(&parent), trust)?;
        Ok(Self {
            old: Library::of(&parent)?,
            new: Library::of(&child)?,
        })
    }

    /// Their difference.
    pub fn difference(&self) -> CatalogDiff {
        compare(
            (&self.old.catalog, &self.old.questionnaires),
            (&self.new.catalog, &self.new.questionnaires),
        )
    }
}
