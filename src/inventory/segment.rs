//! An open segment.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use fst::Map;
use serde::{Deserialize, Serialize};

use super::coverage::Group;
use super::damaged;
use super::item::{StoredItem, StoredOccurrence};
use super::manifest::SegmentManifest;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::sbom::model::Component;
use crate::pages::{Pages, ReadAt};
use crate::snapshot::Key;

/// An SBOM of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSbom<'a> {
    /// The name under which it was added.
    pub name: &'a str,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The name of the product that it describes, where it names one.
    pub product: Option<&'a str>,
    /// That product's version.
    pub version: Option<&'a str>,
    /// Components that are judged.
    pub components: u64,
    /// Files in it without an identity of their own, which no advisory can speak of.
    pub passed_over: u64,
    /// How many of its components are in which group of coverage.
    pub(super) groups: Vec<(u32, u64)>,
}

/// Where an item occurs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The name of the SBOM.
    pub sbom: String,
    /// The SHA-256 of its bytes.
    pub sha256: crate::digest::Digest,
    /// The document's own name for the component.
    pub reference: String,
    /// The component's place.
    pub at: Place,
}

/// A map of texts to numbers.
type Index = Map<Vec<u8>>;

/// An open segment.
pub struct Segment {
    manifest: SegmentManifest,
    pages: Pages,
    keys: OnceLock<Index>,
    names: OnceLock<Index>,
}

impl Segment {
    /// Opens a segment: reads its manifest and the list of page digests, and nothing else.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` and `inventory-version`.
    pub fn open(manifest: &[u8], index: Box<dyn ReadAt>) -> Result<Self, Diagnostic> {
        let manifest = SegmentManifest::parse(manifest)?;
        let pages = Pages::open(index, &manifest.index, damaged)?;
        Ok(Self {
            manifest,
            pages,
            keys: OnceLock::new(),
            names: OnceLock::new(),
        })
    }

    /// What it holds.
    pub fn manifest(&self) -> &SegmentManifest {
        &self.manifest
    }

    pub(super) fn sbom_numbers(&self) -> std::ops::Range<u32> {
        0..self.manifest.sboms
    }

    pub(super) fn item_numbers(&self) -> std::ops::Range<u32> {
        0..self.manifest.items
    }

    /// Shows `visit` an SBOM by its number.
    pub(super) fn sbom<T>(
        &self,
        number: u32,
        visit: impl FnOnce(StoredSbom<'_>) -> T,
    ) -> Result<T, Diagnostic> {
        let block = self.block("sbom-offsets", "sboms", number)?;
        Ok(visit(
            postcard::from_bytes(&block).map_err(|_| unreadable())?,
        ))
    }

    /// The number of the SBOM of a name, retired or not.
    pub(super) fn number_of(&self, name: &str) -> Result<Option<u32>, Diagnostic> {
        let names = self.section("names", &self.names)?;
        Ok(names
            .get(name)
            .and_then(|number| u32::try_from(number).ok()))
    }

    /// The bytes of an item, by which it is the same in another segment.
    pub(super) fn item(&self, number: u32) -> Result<Vec<u8>, Diagnostic> {
        self.block("item-offsets", "items", number)
    }

    /// The items that are looked up under a key.
    pub(super) fn items_under(&self, key: &Key) -> Result<Vec<u32>, Diagnostic> {
        let keys = self.section("keys", &self.keys)?;
        match keys.get(key.as_bytes()) {
            None => Ok(Vec::new()),
            Some(offset) => {
                let block = self.pages.block(self.manifest.part("key-lists"), offset)?;
                postcard::from_bytes(&block).map_err(|_| unreadable())
            }
        }
    }

    /// Shows `visit` every occurrence of an item, those in retired SBOMs too.
    pub(super) fn occurrences(
        &self,
        item: u32,
        visit: &mut dyn FnMut(StoredOccurrence<'_>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let block = self.block("occurrence-offsets", "occurrences", item)?;
        let mut rest = block.as_slice();
        while !rest.is_empty() {
            let (one, behind) = postcard::take_from_bytes(rest).map_err(|_| unreadable())?;
            visit(one)?;
            rest = behind;
        }
        Ok(())
    }

    /// The occurrences of an item in SBOMs that are not retired.
    pub(super) fn places(
        &self,
        item: u32,
        component: &Component,
        retired: &BTreeSet<u32>,
    ) -> Result<Vec<Occurrence>, Diagnostic> {
        let mut places = Vec::new();
        self.occurrences(item, &mut |one| {
            if retired.contains(&one.sbom) {
                return Ok(());
            }
            let (name, sha256) = self.sbom(one.sbom, |sbom| (sbom.name.to_owned(), sbom.sha256))?;
            places.push(Occurrence {
                sbom: name,
                sha256: crate::digest::Digest::from_bytes(sha256),
                reference: one.reference(component),
                at: one.site().place(),
            });
            Ok(())
        })?;
        Ok(places)
    }

    pub(super) fn groups(&self) -> Result<Vec<Group>, Diagnostic> {
        let bytes = self.pages.section(self.manifest.part("groups"))?;
        postcard::from_bytes(&bytes).map_err(|_| unreadable())
    }

    pub(super) fn verify(&self) -> Result<(), Diagnostic> {
        self.pages.verify()
    }

    fn block(&self, offsets: &str, blocks: &str, number: u32) -> Result<Vec<u8>, Diagnostic> {
        let offset = self.pages.number(self.manifest.part(offsets), number)?;
        self.pages.block(self.manifest.part(blocks), offset)
    }

    fn section<'s>(
        &'s self,
        name: &str,
        kept: &'s OnceLock<Index>,
    ) -> Result<&'s Index, Diagnostic> {
        if let Some(index) = kept.get() {
            return Ok(index);
        }
        let bytes = self.pages.section(self.manifest.part(name))?;
        let index = Map::new(bytes).map_err(|_| damaged("a map of keys cannot be read"))?;
        let checked = index.as_fst().verify();
        checked.map_err(|_| damaged("a map of keys fails its checksum"))?;
        Ok(kept.get_or_init(|| index))
    }
}

/// Reads an item.
pub(super) fn component_of(item: &[u8]) -> Result<Component, Diagnostic> {
    let item: StoredItem<'_> = postcard::from_bytes(item).map_err(|_| unreadable())?;
    Ok(item.component())
}

pub(super) fn unreadable() -> Diagnostic {
    damaged("a block cannot be read")
}
