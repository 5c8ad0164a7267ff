//! Closes a snapshot: lays out what was added as the parts of the index.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use fst::{Map, MapBuilder};

use super::{Builder, Built, File};
use crate::cpe::Cpe;
use crate::evidence::advisory::lifecycle::Identifier;
use crate::pages::{Parts, push_block, sorted_blocks};
use crate::purl::Purl;
use crate::snapshot::fingerprints::{self, Fingerprint};
use crate::snapshot::key::{Key, base_of, release_of};
use crate::snapshot::manifest::{Coverage, Manifest};
use crate::snapshot::stored::{StoredLifecycle, encode};

impl<W: Write> Builder<W> {
    /// The products with dates of support under every key by which they are found.
    fn lifecycles_by_key(&self) -> BTreeMap<Key, Vec<u8>> {
        let mut by_key: BTreeMap<Key, Vec<StoredLifecycle>> = BTreeMap::new();
        for (file, lifecycle) in self.lifecycles.values() {
            let keys = lifecycle
                .identifiers
                .iter()
                .filter_map(|identifier| match identifier {
                    Identifier::Purl(purl) => Purl::parse(purl).map(|purl| Key::purl(&purl)),
                    Identifier::Cpe(cpe) => {
                        Cpe::parse(cpe)?.product_name().map(|name| Key::cpe(&name))
                    }
                    Identifier::Other(..) => None,
                });
            let mut keys: Vec<Key> = keys.chain([Key::named(&lifecycle.product)]).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let list = by_key.entry(key).or_default();
                list.push(StoredLifecycle::new(lifecycle, *file));
            }
        }
        let encoded = by_key.into_iter().map(|(key, list)| (key, encode(&list)));
        encoded.collect()
    }

    fn count_records(&mut self) {
        for file in self.files.iter().filter(|file| file.in_force) {
            if let Some(source) = self.sources.get_mut(file.source as usize) {
                source.records += 1;
            }
        }
    }

    /// Closes the snapshot.
    ///
    /// # Errors
    ///
    /// When the sink refuses.
    pub fn finish(mut self) -> io::Result<Built<W>> {
        self.count_records();
        let mut parts = Parts::default();
        let (coverage, count) = self.advisories(&mut parts)?;
        let (mut offsets, mut blocks) = (Vec::new(), Vec::new());
        for file in &self.files {
            offsets.extend_from_slice(&(blocks.len() as u64).to_le_bytes());
            push_block(&mut blocks, &encode(&file.stored()));
        }
        parts.add("file-offsets", &offsets);
        parts.add("files", &blocks);
        let kev = self.kev.take().map(|(_, _, entries)| entries);
        let kev = kev.unwrap_or_default();
        if !kev.is_empty() {
            parts.add("kev", &encode(&kev));
        }
        let lifecycles = self.lifecycles_by_key();
        let (map, blocks) = sorted_blocks(
            lifecycles
                .iter()
                .map(|(key, block)| (key.as_bytes(), block)),
        )?;
        parts.add("lifecycles", &map);
        parts.add("lifecycle-lists", &blocks);
        let epss = self.epss.take().map(|(_, _, rows)| rows);
        let epss = epss.unwrap_or_default();
        if !epss.is_empty() {
            let mut builder = MapBuilder::memory();
            for (cve, packed) in &epss {
                builder.insert(cve, *packed).map_err(io::Error::other)?;
            }
            parts.add("epss", &builder.into_inner().map_err(io::Error::other)?);
        }
        let (whole, index_part, table) = parts.seal();
        let (records, sink) = self.packer.finish()?;
        let mut manifest = Manifest::new(index_part, table, records);
        self.sources.retain(|source| source.records > 0);
        manifest.as_of = self
            .sources
            .iter()
            .filter_map(|source| source.as_of.clone())
            .max();
        manifest.sources = self.sources;
        manifest.ecosystems = coverage;
        manifest.advisories = count;
        manifest.kev = kev.len() as u64;
        manifest.epss = epss.len() as u64;
        manifest.lifecycles = self.lifecycles.len() as u64;
        Ok(Built {
            manifest,
            index: whole,
            sink,
        })
    }

    /// Writes the advisories, the maps that lead to them and their fingerprints; gives how far each
    /// ecosystem is covered, and how many advisories there are.
    fn advisories(&self, parts: &mut Parts) -> io::Result<(BTreeMap<String, Coverage>, u64)> {
        let mut ids: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let mut upstreams: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let mut packages: BTreeMap<&Key, Vec<u8>> = BTreeMap::new();
        let mut coverage: BTreeMap<String, Coverage> = BTreeMap::new();
        let in_force = || {
            let all = (0u32..).zip(&self.advisories);
            all.filter(|(_, advisory)| self.is_in_force(advisory.file))
        };
        for (number, advisory) in in_force() {
            for (names, map) in [
                (&advisory.ids, &mut ids),
                (&advisory.upstream, &mut upstreams),
            ] {
                for id in names {
                    let list = map.entry(id).or_default();
                    if list.last() != Some(&number) {
                        list.push(number);
                    }
                }
            }
            for (key, entry) in &advisory.entries {
                packages.entry(key).or_default().extend_from_slice(entry);
            }
            let source = self.files.get(advisory.file as usize);
            let source = source.and_then(|file| self.sources.get(file.source as usize));
            let declared = source.map_or(&[][..], |source| source.covers.as_slice());
            cover(
                &mut coverage,
                advisory.ecosystems.iter().filter(|ecosystem| {
                    let base = base_of(ecosystem);
                    let is_declared = declared.iter().any(|one| one.eq_ignore_ascii_case(base));
                    advisory.is_of_database || is_declared
                }),
                source.and_then(|source| source.as_of.as_deref()),
            );
        }
        let (map, blocks) =
            sorted_blocks(packages.iter().map(|(key, block)| (key.as_bytes(), block)))?;
        parts.add("packages", &map);
        parts.add("postings", &blocks);
        for (names, map_name, lists_name) in [
            (ids, "ids", "id-lists"),
            (upstreams, "upstreams", "upstream-lists"),
        ] {
            let lists: Vec<_> = names
                .iter()
                .map(|(id, numbers)| (id.as_bytes(), encode(numbers)))
                .collect();
            let (map, blocks) = sorted_blocks(lists.iter().map(|(id, block)| (*id, block)))?;
            parts.add(map_name, &map);
            parts.add(lists_name, &blocks);
        }
        let map = Map::new(map).map_err(io::Error::other)?;
        let (mut offsets, mut blocks) = (Vec::new(), Vec::new());
        let mut fingerprints = Vec::new();
        for (number, advisory) in (0u32..).zip(&self.advisories) {
            offsets.extend_from_slice(&(blocks.len() as u64).to_le_bytes());
            if !self.is_in_force(advisory.file) {
                continue;
            }
            let keys: BTreeSet<&Key> = advisory.entries.iter().map(|(key, _)| key).collect();
            let packages: Vec<u64> = keys
                .into_iter()
                .filter_map(|key| map.get(key.as_bytes()))
                .collect();
            // Whoever reads an advisory asks for its file, so both stand on one page.
            let file = self.files.get(advisory.file as usize).map(File::stored);
            let block = [
                advisory.bytes.as_slice(),
                &encode(&packages),
                &file.map(|file| encode(&file)).unwrap_or_default(),
            ]
            .concat();
            push_block(&mut blocks, &block);
            fingerprints.push(Fingerprint {
                identity: advisory.identity,
                content: advisory.content,
                is_withdrawn: advisory.is_withdrawn,
                advisory: number,
                packages,
            });
        }
        let count = fingerprints.len() as u64;
        parts.add("advisory-offsets", &offsets);
        parts.add("advisories", &blocks);
        let (directory, blocks) = fingerprints::lay_out(fingerprints);
        parts.add("fingerprint-buckets", &directory);
        parts.add("fingerprints", &blocks);
        Ok((coverage, count))
    }
}

fn cover<'a>(
    coverage: &mut BTreeMap<String, Coverage>,
    ecosystems: impl Iterator<Item = &'a String>,
    as_of: Option<&str>,
) {
    let mut counted: Vec<&str> = Vec::new();
    for ecosystem in ecosystems {
        let base = base_of(ecosystem);
        let covered = coverage.entry(base.to_owned()).or_insert_with(|| Coverage {
            records: 0,
            as_of: None,
            releases: Vec::new(),
        });
        if !counted.contains(&base) {
            counted.push(base);
            covered.records += 1;
        }
        covered.as_of = covered.as_of.take().max(as_of.map(str::to_owned));
        if let Some(release) = release_of(ecosystem)
            && let Err(at) = covered
                .releases
                .binary_search_by(|known| known.as_str().cmp(release))
        {
            covered.releases.insert(at, release.to_owned());
        }
    }
}
