//! Builds a segment out of SBOMs and of older segments.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use fst::MapBuilder;
use serde::Serialize;

use super::coverage::{Group, Grouped};
use super::item::{StoredItem, StoredOccurrence};
use super::manifest::SegmentManifest;
use super::segment::{Segment, StoredSbom, component_of};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::sbom::model::Sbom;
use crate::matching::{identities, is_passed_over};
use crate::pages::{Parts, push_block, sorted_blocks};
use crate::snapshot::Key;

/// What is kept of an SBOM. It stands alone, so SBOMs can be read beside each other.
#[derive(Debug, Clone)]
pub struct Listing {
    name: String,
    sha256: Digest,
    product: Option<(String, Option<String>)>,
    /// Item and occurrence of each component.
    parts: Vec<(Vec<u8>, Vec<u8>)>,
    passed_over: u64,
}

impl Listing {
    /// Takes from an SBOM what is kept of it.
    pub fn of(name: impl Into<String>, sha256: Digest, sbom: &Sbom) -> Self {
        let mut passed_over = 0;
        let mut parts = Vec::new();
        for component in sbom.all_components() {
            // As `Matcher::judge` does.
            if is_passed_over(component, &identities(component)) {
                passed_over += 1;
                continue;
            }
            parts.push((
                encode(&StoredItem::new(component)),
                encode(&StoredOccurrence::new(0, sbom, component)),
            ));
        }
        let product = sbom.root.as_ref().map(|root| {
            let version = root.version.as_deref().map(str::to_owned);
            (root.name.to_string(), version)
        });
        Self {
            name: name.into(),
            sha256,
            product,
            parts,
            passed_over,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of the SBOM's bytes.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// How many components are judged.
    pub fn components(&self) -> u64 {
        self.parts.len() as u64
    }
}

/// A finished segment.
#[derive(Debug)]
pub struct Built {
    /// What it holds.
    pub manifest: SegmentManifest,
    /// The index with its list of pages.
    pub index: Vec<u8>,
}

/// An item in the making.
struct Item {
    group: u32,
    occurrences: Vec<u8>,
}

/// Builds a segment.
#[derive(Default)]
pub struct Builder {
    sboms: Vec<Vec<u8>>,
    names: BTreeMap<String, u32>,
    numbers: HashMap<Vec<u8>, u32>,
    items: Vec<Item>,
    keys: BTreeMap<Key, Vec<u32>>,
    groups: Vec<Group>,
    groups_by_kind: BTreeMap<Grouped, u32>,
    components: u64,
}

impl Builder {
    /// Adds an SBOM. Of two with one name the caller adds one only.
    ///
    /// # Errors
    ///
    /// None but for a fault of this program: an item that was written and cannot be read.
    pub fn add(&mut self, listing: &Listing) -> Result<(), Diagnostic> {
        let sbom = self.next_sbom();
        let mut groups: BTreeMap<u32, u64> = BTreeMap::new();
        for (item, occurrence) in &listing.parts {
            let one: StoredOccurrence<'_> =
                postcard::from_bytes(occurrence).map_err(|_| super::segment::unreadable())?;
            let group = self.occur(item, &one.renumbered(sbom))?;
            *groups.entry(group).or_default() += 1;
        }
        let product = listing.product.as_ref();
        let stored = StoredSbom {
            name: &listing.name,
            sha256: *listing.sha256.bytes(),
            product: product.map(|(name, _)| name.as_str()),
            version: product.and_then(|(_, version)| version.as_deref()),
            components: listing.components(),
            passed_over: listing.passed_over,
            groups: groups.into_iter().collect(),
        };
        self.sboms.push(encode(&stored));
        self.names.insert(listing.name.clone(), sbom);
        Ok(())
    }

    /// Adds what a segment holds, but for its retired SBOMs.
    ///
    /// # Errors
    ///
    /// `inventory-damaged`.
    pub fn merge(&mut self, segment: &Segment, retired: &BTreeSet<u32>) -> Result<(), Diagnostic> {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut groups: HashMap<u32, BTreeMap<u32, u64>> = HashMap::new();
        let live = segment.sbom_numbers().filter(|one| !retired.contains(one));
        for (count, old) in (0u32..).zip(live) {
            numbers.insert(old, self.next_sbom() + count);
        }
        for item in segment.item_numbers() {
            let bytes = segment.item(item)?;
            segment.occurrences(item, &mut |one| {
                let Some(sbom) = numbers.get(&one.sbom) else {
                    return Ok(());
                };
                let group = self.occur(&bytes, &one.renumbered(*sbom))?;
                *groups.entry(*sbom).or_default().entry(group).or_default() += 1;
                Ok(())
            })?;
        }
        for old in segment.sbom_numbers() {
            let Some(number) = numbers.get(&old).copied() else {
                continue;
            };
            let (name, bytes) = segment.sbom(old, |mut sbom| {
                let groups = groups.remove(&number).unwrap_or_default();
                sbom.groups = groups.into_iter().collect();
                (sbom.name.to_owned(), encode(&sbom))
            })?;
            self.sboms.push(bytes);
            self.names.insert(name, number);
        }
        Ok(())
    }

    fn next_sbom(&self) -> u32 {
        u32::try_from(self.sboms.len()).unwrap_or(u32::MAX)
    }

    /// Notes an occurrence of an item and gives the item's group.
    fn occur(&mut self, bytes: &[u8], one: &StoredOccurrence<'_>) -> Result<u32, Diagnostic> {
        let number = match self.numbers.get(bytes) {
            Some(number) => *number,
            None => self.item(bytes)?,
        };
        self.components += 1;
        let Some(item) = self.items.get_mut(number as usize) else {
            return Ok(0);
        };
        item.occurrences.extend(encode(one));
        if let Some(group) = self.groups.get_mut(item.group as usize) {
            group.components += 1;
        }
        Ok(item.group)
    }

    /// Takes an item in that was not seen before.
    fn item(&mut self, bytes: &[u8]) -> Result<u32, Diagnostic> {
        let number = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let identities = identities(&component_of(bytes)?);
        let keys: BTreeSet<&Key> = identities.iter().map(|one| &one.key).collect();
        for key in keys {
            match self.keys.get_mut(key) {
                Some(list) => list.push(number),
                None => drop(self.keys.insert(key.clone(), vec![number])),
            }
        }
        let kind = Grouped::of(&identities);
        let known = self.groups_by_kind.get(&kind).copied();
        let group = known.unwrap_or_else(|| {
            let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            self.groups.push(Group::new(kind.clone()));
            self.groups_by_kind.insert(kind, group);
            group
        });
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.items.push(number);
        }
        self.numbers.insert(bytes.to_vec(), number);
        self.items.push(Item {
            group,
            occurrences: Vec::new(),
        });
        Ok(number)
    }

    /// Closes the segment.
    ///
    /// # Errors
    ///
    /// None but for a fault of this program: keys out of their order.
    pub fn finish(self) -> io::Result<Built> {
        let mut parts = Parts::default();
        let mut names = MapBuilder::memory();
        for (name, number) in &self.names {
            names
                .insert(name, u64::from(*number))
                .map_err(io::Error::other)?;
        }
        parts.add("names", &names.into_inner().map_err(io::Error::other)?);
        add_list(&mut parts, "sbom-offsets", "sboms", self.sboms.iter());
        let lists: Vec<_> = self
            .keys
            .iter()
            .map(|(key, items)| (key, encode(items)))
            .collect();
        let (map, blocks) =
            sorted_blocks(lists.iter().map(|(key, block)| (key.as_bytes(), block)))?;
        parts.add("keys", &map);
        parts.add("key-lists", &blocks);
        let mut items: Vec<_> = self.numbers.iter().collect();
        items.sort_unstable_by_key(|(_, number)| **number);
        let items = items.into_iter().map(|(bytes, _)| bytes);
        add_list(&mut parts, "item-offsets", "items", items);
        let occurrences = self.items.iter().map(|item| &item.occurrences);
        add_list(&mut parts, "occurrence-offsets", "occurrences", occurrences);
        parts.add("groups", &encode(&self.groups));
        let (index, whole, table) = parts.seal();
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let counts = (
            count(self.sboms.len()),
            count(self.items.len()),
            self.components,
        );
        Ok(Built {
            manifest: SegmentManifest::new(counts, whole, table),
            index,
        })
    }
}

/// Writes a list of blocks that are found by their numbers.
fn add_list<'a>(
    parts: &mut Parts,
    offsets_name: &str,
    blocks_name: &str,
    list: impl Iterator<Item = &'a Vec<u8>>,
) {
    let (mut offsets, mut blocks) = (Vec::new(), Vec::new());
    for block in list {
        offsets.extend_from_slice(&(blocks.len() as u64).to_le_bytes());
        push_block(&mut blocks, block);
    }
    parts.add(offsets_name, &offsets);
    parts.add(blocks_name, &blocks);
}

/// Writes a block; nothing that is stored here can fail to be written.
fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}
