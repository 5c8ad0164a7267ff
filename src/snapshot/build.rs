//! Builds a snapshot out of records, one after another.
//!
//! A record is packed and encoded as soon as it comes, so that memory grows with the index and not with
//! the records. Of two records of one database with one identifier the one that changed last is in force,
//! of two that changed at the same time the later import. Nothing depends on the order of a hash map.

mod finish;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use compact_str::CompactString;

use super::fingerprints::{Hash, hash};
use super::key::Key;
use super::manifest::{Manifest, Source};
use super::records::{Packed, Packer};
use super::stored::{KevEntry, StoredAdvisory, StoredAffected, StoredFile, encode};
use crate::cpe::Cpe;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::advisory::lifecycle::Lifecycle;
use crate::evidence::advisory::{self, Advisory, Content, Parsed};
use crate::purl::Purl;
use crate::time::{Date, Timestamp, day_of_instant};

/// A file that was read, ready to be added.
#[derive(Debug)]
pub struct Imported {
    path: String,
    bytes: Vec<u8>,
    parsed: Result<Parsed, Vec<Diagnostic>>,
}

impl Imported {
    /// Reads a file; it stands alone, so files can be read beside each other.
    pub fn read(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let path = path.into();
        let parsed = advisory::read(&bytes, &path);
        Self {
            path,
            bytes,
            parsed,
        }
    }
}

impl Imported {
    /// Why no reader takes the file, where none does.
    pub fn unrecognized(&self) -> Option<Diagnostic> {
        let faults = self.parsed.as_ref().err()?;
        let fault = faults
            .iter()
            .find(|fault| fault.code == advisory::UNRECOGNIZED)?;
        Some(fault.clone().in_file(self.path.clone()))
    }
}

/// A file that was left out, or something in a file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What is wrong, with the file's path.
    pub remark: Diagnostic,
    /// Whether the whole file was left out.
    pub whole: bool,
}

/// A finished snapshot but for its records, which went to the sink.
#[derive(Debug)]
pub struct Built<W> {
    /// What it holds.
    pub manifest: Manifest,
    /// The index with its list of pages.
    pub index: Vec<u8>,
    /// The sink of the records.
    pub sink: W,
}

/// The format of which a folder holds what somebody chose to fetch: it does not cover an ecosystem unless
/// the importer says so.
const CSAF: &str = "csaf";

/// A CVE with its probability and percentile of exploitation, packed into one number.
type Probability = (CompactString, u64);

/// An added file.
struct File {
    source: u32,
    path: String,
    digest: Digest,
    in_force: bool,
}

impl File {
    fn stored(&self) -> StoredFile<'_> {
        StoredFile {
            source: self.source,
            path: &self.path,
            digest: *self.digest.bytes(),
        }
    }
}

/// Which record of a database is in force.
struct InForce {
    modified: Option<Timestamp>,
    file: u32,
}

/// An advisory as it will stand in the index.
struct Encoded {
    file: u32,
    identity: Hash,
    content: Hash,
    is_withdrawn: bool,
    bytes: Vec<u8>,
    ids: Vec<String>,
    upstream: Vec<String>,
    entries: Vec<(Key, Vec<u8>)>,
    ecosystems: Vec<String>,
    /// Whether its database strives to hold every advisory of its ecosystems.
    is_of_database: bool,
}

/// Builds a snapshot.
pub struct Builder<W> {
    packer: Packer<W>,
    sources: Vec<Source>,
    files: Vec<File>,
    /// By database and identifier.
    in_force: HashMap<(&'static str, String), InForce>,
    advisories: Vec<Encoded>,
    kev: Option<(Option<Timestamp>, u32, Vec<KevEntry>)>,
    epss: Option<(Option<Timestamp>, u32, Vec<Probability>)>,
    lifecycles: BTreeMap<String, (u32, Lifecycle)>,
    newest: Option<Date>,
    /// A date behind this day is a slip of the pen, and says nothing of how fresh the records are.
    today: Option<Date>,
}

impl<W: Write> Builder<W> {
    /// Begins; the records go to `sink`.
    pub fn new(sink: W) -> Self {
        Self {
            packer: Packer::new(sink),
            sources: Vec::new(),
            files: Vec::new(),
            in_force: HashMap::new(),
            advisories: Vec::new(),
            kev: None,
            epss: None,
            lifecycles: BTreeMap::new(),
            newest: None,
            today: None,
        }
    }

    /// Tells the day of the import: dates behind it do not make a source fresher than it can be.
    #[must_use]
    pub fn on(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Names a source of the records that follow, and gives its number. Its digest is set when it is known.
    pub fn source(&mut self, name: impl Into<String>) -> u32 {
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.push(Source {
            number,
            name: name.into(),
            as_of: None,
            newest: None,
            sha256: Digest::of(b""),
            records: 0,
            covers: Vec::new(),
        });
        number
    }

    /// Sets the digest of a source.
    pub fn set_digest(&mut self, source: u32, sha256: Digest) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            source.sha256 = sha256;
        }
    }

    /// Says up to which day a source is known.
    pub fn know_until(&mut self, source: u32, day: Option<&str>) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            source.as_of = day.map(str::to_owned);
        }
    }

    /// Says what the newest date in a source's records is.
    pub fn date(&mut self, source: u32, newest: Option<&str>) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            source.newest = newest.map(str::to_owned);
        }
    }

    /// Declares that a source holds every advisory of ecosystems, which its format does not promise.
    pub fn declare(&mut self, source: u32, ecosystems: &[String]) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            source.covers = ecosystems.to_vec();
        }
    }

    /// The newest date that the records added since the last call carry.
    pub fn take_newest(&mut self) -> Option<Date> {
        self.newest.take()
    }

    /// Adds a file, and says what of it could not be used.
    ///
    /// # Errors
    ///
    /// When the sink refuses.
    pub fn add(&mut self, source: u32, imported: Imported) -> io::Result<Vec<Skipped>> {
        let Imported {
            path,
            bytes,
            parsed,
        } = imported;
        let skip = |remark: Diagnostic, whole| Skipped {
            remark: remark.in_file(path.clone()),
            whole,
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(faults) => {
                return Ok(faults.into_iter().map(|fault| skip(fault, true)).collect());
            }
        };
        let remarks = parsed
            .remarks
            .into_iter()
            .map(|remark| skip(remark, false))
            .collect();
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(File {
            source,
            path: path.clone(),
            digest: Digest::of(&bytes),
            in_force: false,
        });
        self.index(file, parsed.format, parsed.document, parsed.content);
        if !self.is_in_force(file) {
            self.files.pop();
            return Ok(remarks);
        }
        self.packer.push(Packed {
            source,
            path,
            bytes,
        })?;
        Ok(remarks)
    }

    fn is_in_force(&self, file: u32) -> bool {
        self.files
            .get(file as usize)
            .is_some_and(|file| file.in_force)
    }

    fn set_in_force(&mut self, file: u32, in_force: bool) {
        if let Some(file) = self.files.get_mut(file as usize) {
            file.in_force = in_force;
        }
    }

    fn note(&mut self, day: Option<Date>) {
        let is_possible = |day: &Date| self.today.is_none_or(|today| *day <= today);
        self.newest = self.newest.max(day.filter(is_possible));
    }

    fn index(
        &mut self,
        file: u32,
        format: &'static str,
        document: Option<String>,
        content: Content,
    ) {
        match content {
            Content::Advisories(advisories) => {
                let modified = advisories
                    .iter()
                    .filter_map(|one| one.modified.or(one.published))
                    .max();
                self.note(modified.map(day_of_instant));
                let identity = document.or_else(|| advisories.first().map(|one| one.id.clone()));
                let Some(identity) = identity else { return };
                let document = format!("{format}\n{identity}\n");
                if !self.takes_force((format, identity), modified, file) {
                    return;
                }
                for advisory in &advisories {
                    self.encode(&document, advisory, (file, format != CSAF));
                }
            }
            Content::Kev(list) => {
                let date = list.released;
                self.note(date.map(day_of_instant));
                if self.kev.as_ref().is_some_and(|(known, ..)| *known >= date) {
                    return;
                }
                let mut entries: Vec<KevEntry> = list
                    .entries
                    .into_iter()
                    .map(|entry| KevEntry {
                        cve: entry.cve,
                        added: entry.added.map(|day| day.to_string()),
                        due: entry.due.map(|day| day.to_string()),
                        ransomware: entry.is_in_ransomware,
                        file,
                        at: entry.at.pointer.unwrap_or_default(),
                    })
                    .collect();
                entries.sort();
                entries.dedup_by(|one, other| one.cve == other.cve);
                let replaced = self.kev.replace((date, file, entries));
                self.supersede(file, replaced.map(|(_, file, _)| file));
            }
            Content::Epss(scores) => {
                let date = scores.scored;
                self.note(date.map(day_of_instant));
                if self.epss.as_ref().is_some_and(|(known, ..)| *known >= date) {
                    return;
                }
                let pack =
                    |score: u32, percentile: u32| (u64::from(score) << 32) | u64::from(percentile);
                let mut rows: Vec<Probability> = scores
                    .scores
                    .into_iter()
                    .map(|row| {
                        let packed = pack(row.probability, row.percentile);
                        (row.cve.to_uppercase(), packed)
                    })
                    .collect();
                rows.sort();
                rows.dedup_by(|one, other| one.0 == other.0);
                let replaced = self.epss.replace((date, file, rows));
                self.supersede(file, replaced.map(|(_, file, _)| file));
            }
            Content::Lifecycles(products) => {
                for product in products {
                    if let Entry::Vacant(slot) = self.lifecycles.entry(product.product.clone()) {
                        slot.insert((file, product));
                        self.set_in_force(file, true);
                    }
                }
            }
        }
    }

    fn supersede(&mut self, file: u32, replaced: Option<u32>) {
        if let Some(replaced) = replaced {
            self.set_in_force(replaced, false);
        }
        self.set_in_force(file, true);
    }

    /// Whether a record is newer than what is in force under its identity; then it takes its place.
    fn takes_force(
        &mut self,
        identity: (&'static str, String),
        modified: Option<Timestamp>,
        file: u32,
    ) -> bool {
        let known = self.in_force.get(&identity);
        if known.is_some_and(|known| known.modified >= modified) {
            return false;
        }
        let replaced = known.map(|known| known.file);
        self.supersede(file, replaced);
        self.in_force.insert(identity, InForce { modified, file });
        true
    }

    /// Encodes an advisory of a document. `is_of_database` tells whether its database strives to hold every
    /// advisory of its ecosystems.
    fn encode(&mut self, document: &str, advisory: &Advisory, (file, is_of_database): (u32, bool)) {
        let number = u32::try_from(self.advisories.len()).unwrap_or(u32::MAX);
        let mut entries = Vec::new();
        let mut ecosystems = BTreeSet::new();
        // What is the same in another snapshot: everything but the numbers that this one gave.
        let mut content = encode(&StoredAdvisory::new(advisory, 0));
        for affected in &advisory.affected {
            let bytes = encode(&StoredAffected::new(advisory, number, affected));
            content.extend(encode(&StoredAffected::new(advisory, 0, affected)));
            for key in keys_of(affected) {
                content.extend_from_slice(key.as_bytes());
                entries.push((key, bytes.clone()));
            }
            if let Some(package) = &affected.package {
                ecosystems.insert(package.ecosystem.clone());
            }
        }
        let ids = std::iter::once(&advisory.id).chain(&advisory.aliases);
        let upper = |id: &String| id.trim().to_uppercase();
        self.advisories.push(Encoded {
            file,
            identity: hash(format!("{document}{}", advisory.id).as_bytes()),
            content: hash(&content),
            is_withdrawn: advisory.withdrawn.is_some(),
            upstream: advisory.upstream.iter().map(upper).collect(),
            bytes: encode(&StoredAdvisory::new(advisory, file)),
            ids: ids.map(upper).collect(),
            entries,
            ecosystems: ecosystems.into_iter().collect(),
            is_of_database,
        });
    }
}

/// Everything under which a product is found.
fn keys_of(affected: &advisory::Affected) -> Vec<Key> {
    let mut keys = Vec::new();
    if let Some(package) = &affected.package {
        keys.push(Key::package(&package.ecosystem, &package.name));
    } else if let Some(purl) = affected.purl.as_deref().and_then(Purl::parse) {
        keys.push(Key::purl(&purl));
    }
    let cpe = affected.cpe.as_deref().and_then(Cpe::parse);
    if let Some(product) = cpe.and_then(|cpe| cpe.product_name()) {
        keys.push(Key::cpe(&product));
    }
    keys
}
