//! A dated snapshot of what is known about vulnerabilities: immutable, named by its digest, and built so
//! that a fresh process finds a package among hundreds of thousands of advisories without parsing any.
//!
//! A snapshot is three files: the [`Manifest`], canonical JSON whose SHA-256 names the snapshot; the
//! index, in pages that are each checked against the manifest when they are first touched; and the records
//! as they were imported, which every finding cites by digest and place. Nothing here reads a disk or a
//! clock: bytes come through [`ReadAt`], and the day of knowledge comes from the records or the importer.
//!
//! What a record means stands in `evidence::advisory`; whether it touches a component, in `matching`.

mod build;
mod changes;
mod fingerprints;
mod key;
mod manifest;
mod records;
mod stored;
#[cfg(test)]
mod tests;

pub use crate::pages::{Bytes, Part, ReadAt};
pub use build::{Builder, Built, Imported, Skipped};
pub use changes::{ChangeKind, Changes};
pub use key::{Key, base_of, fold, package_of, release_of};
pub use manifest::{Coverage, Manifest, Source};
pub use records::{Packed, Records, check_records};
pub use stored::{
    KevEntry, StoredAdvisory, StoredAffected, StoredCycle, StoredEvent, StoredLifecycle,
    StoredPlace, StoredRange, StoredRating,
};

use fst::Map;
use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::pages::Pages;
use crate::time::{Date, parse_day};
use fingerprints::Fingerprints;
use stored::{StoredFile, decode};

/// The name of the manifest inside of a snapshot.
pub const MANIFEST: &str = "manifest.json";
/// The name of the index.
pub const INDEX: &str = "index.bin";
/// The name of the imported records.
pub const RECORDS: &str = "records.bin";

/// A map of texts to numbers.
type Index = Map<Vec<u8>>;

/// An open snapshot.
pub struct Snapshot {
    digest: Digest,
    manifest: Manifest,
    pages: Pages,
    packages: OnceLock<Index>,
    ids: OnceLock<Index>,
    upstreams: OnceLock<Index>,
    epss: OnceLock<Index>,
    lifecycles: OnceLock<Index>,
    kev: OnceLock<Vec<KevEntry>>,
}

impl Snapshot {
    /// Opens a snapshot: reads its manifest and the list of page digests, and nothing else.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where the manifest or the list of pages is not what its digest says,
    /// `feed-version` where another version of this program wrote it.
    pub fn open(manifest: &[u8], index: Box<dyn ReadAt>) -> Result<Self, Diagnostic> {
        let digest = Digest::of(manifest);
        let manifest = Manifest::parse(manifest)?;
        manifest.check_parts()?;
        let pages = Pages::open(index, &manifest.index, damaged)?;
        Ok(Self {
            digest,
            manifest,
            pages,
            packages: OnceLock::new(),
            ids: OnceLock::new(),
            upstreams: OnceLock::new(),
            epss: OnceLock::new(),
            lifecycles: OnceLock::new(),
            kev: OnceLock::new(),
        })
    }

    /// The digest that names it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Shows `visit` everything that advisories say of a package, until it returns an error.
    ///
    /// # Errors
    ///
    /// `feed-damaged`, or what `visit` returns.
    pub fn affected(
        &self,
        key: &Key,
        visit: &mut dyn FnMut(StoredAffected<'_>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let packages = self.section("packages", &self.packages)?;
        let Some(offset) = packages.get(key.as_bytes()) else {
            return Ok(());
        };
        let block = self.pages.block(self.manifest.part("postings"), offset)?;
        let mut rest = block.as_slice();
        while !rest.is_empty() {
            let (entry, behind) =
                postcard::take_from_bytes::<StoredAffected<'_>>(rest).map_err(|_| unreadable())?;
            visit(entry)?;
            rest = behind;
        }
        Ok(())
    }

    /// Whether any advisory speaks of a package.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn knows(&self, key: &Key) -> Result<bool, Diagnostic> {
        let packages = self.section("packages", &self.packages)?;
        Ok(packages.contains_key(key.as_bytes()))
    }

    /// Shows `visit` an advisory by its number.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn advisory<T>(
        &self,
        number: u32,
        visit: impl FnOnce(StoredAdvisory<'_>) -> T,
    ) -> Result<T, Diagnostic> {
        let offsets = self.manifest.part("advisory-offsets");
        let offset = self.pages.number(offsets, number)?;
        let block = self.pages.block(self.manifest.part("advisories"), offset)?;
        let (advisory, _) = postcard::take_from_bytes(&block).map_err(|_| unreadable())?;
        Ok(visit(advisory))
    }

    /// Shows `visit` an advisory by its number, with the imported file that it was read from.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn advisory_in_file<T>(
        &self,
        number: u32,
        visit: impl FnOnce(StoredAdvisory<'_>, RecordFile) -> T,
    ) -> Result<T, Diagnostic> {
        let offsets = self.manifest.part("advisory-offsets");
        let offset = self.pages.number(offsets, number)?;
        let block = self.pages.block(self.manifest.part("advisories"), offset)?;
        let (advisory, rest) = postcard::take_from_bytes(&block).map_err(|_| unreadable())?;
        let (_, file) = postcard::take_from_bytes::<Vec<u64>>(rest).map_err(|_| unreadable())?;
        Ok(visit(advisory, RecordFile::new(&decode(file)?)))
    }

    /// Under what the packages of an advisory stand.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn keys_of(&self, number: u32) -> Result<Vec<Key>, Diagnostic> {
        let offsets = self.manifest.part("advisory-offsets");
        let offset = self.pages.number(offsets, number)?;
        let block = self.pages.block(self.manifest.part("advisories"), offset)?;
        let (_, packages) =
            postcard::take_from_bytes::<StoredAdvisory<'_>>(&block).map_err(|_| unreadable())?;
        let (packages, _) =
            postcard::take_from_bytes::<Vec<u64>>(packages).map_err(|_| unreadable())?;
        packages
            .into_iter()
            .map(|offset| self.key_at(offset))
            .collect()
    }

    /// The key whose postings begin at an offset; they lie in the order of their keys.
    fn key_at(&self, offset: u64) -> Result<Key, Diagnostic> {
        let packages = self.section("packages", &self.packages)?;
        let key = packages.as_fst().get_key(offset);
        key.and_then(Key::from_bytes)
            .ok_or_else(|| damaged("an advisory's package is not in the map of keys"))
    }

    fn fingerprints(&self) -> Fingerprints<'_> {
        Fingerprints {
            pages: &self.pages,
            directory: self.manifest.part("fingerprint-buckets"),
            blocks: self.manifest.part("fingerprints"),
        }
    }

    /// The numbers of the advisories that have an identifier, as their own or as an alias, in any case.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn advisories_of(&self, id: &str) -> Result<Vec<u32>, Diagnostic> {
        let ids = self.section("ids", &self.ids)?;
        match ids.get(id.trim().to_uppercase()) {
            None => Ok(Vec::new()),
            Some(offset) => decode(&self.pages.block(self.manifest.part("id-lists"), offset)?),
        }
    }

    /// The numbers of the advisories that name an identifier: as their own, as an alias, or as what they
    /// are a consequence of.
    fn advisories_naming(&self, id: &str) -> Result<Vec<u32>, Diagnostic> {
        let mut numbers = self.advisories_of(id)?;
        let upstreams = self.section("upstreams", &self.upstreams)?;
        if let Some(offset) = upstreams.get(id.trim().to_uppercase()) {
            let lists = self.manifest.part("upstream-lists");
            numbers.extend(decode::<Vec<u32>>(&self.pages.block(lists, offset)?)?);
        }
        Ok(numbers)
    }

    /// The imported file that an advisory was read from: path, digest, and the number of its source.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn file(&self, number: u32) -> Result<RecordFile, Diagnostic> {
        let offset = self
            .pages
            .number(self.manifest.part("file-offsets"), number)?;
        let block = self.pages.block(self.manifest.part("files"), offset)?;
        Ok(RecordFile::new(&decode(&block)?))
    }

    /// The entry of a CVE in the list of known exploited vulnerabilities.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn kev(&self, cve: &str) -> Result<Option<&KevEntry>, Diagnostic> {
        let entries = self.kev_entries()?;
        let found = entries.binary_search_by(|entry| entry.cve.as_str().cmp(cve));
        Ok(found.ok().and_then(|index| entries.get(index)))
    }

    fn kev_entries(&self) -> Result<&[KevEntry], Diagnostic> {
        if let Some(entries) = self.kev.get() {
            return Ok(entries);
        }
        let bytes = self.pages.section(self.manifest.part("kev"))?;
        let entries: Vec<KevEntry> = if bytes.is_empty() {
            Vec::new()
        } else {
            decode(&bytes)?
        };
        Ok(self.kev.get_or_init(|| entries))
    }

    /// The day up to which the list of known exploited vulnerabilities is known, as its source says; `None`
    /// where there is no list or no day.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn kev_as_of(&self) -> Result<Option<Date>, Diagnostic> {
        let Some(first) = self.kev_entries()?.first() else {
            return Ok(None);
        };
        let file = self.file(first.file)?;
        let source = self.manifest.source(file.source);
        Ok(source.and_then(|source| parse_day(source.as_of.as_deref()?)))
    }

    /// Probability and percentile of exploitation of a CVE (EPSS), each in units of 1e-9.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn epss(&self, cve: &str) -> Result<Option<(u32, u32)>, Diagnostic> {
        if self.manifest.part("epss").bytes == 0 {
            return Ok(None);
        }
        let packed = self.section("epss", &self.epss)?.get(cve);
        Ok(packed.map(|packed| {
            let half = |value: u64| u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX);
            (half(packed >> 32), half(packed))
        }))
    }

    /// The products with dates of support that a key finds.
    ///
    /// # Errors
    ///
    /// `feed-damaged`.
    pub fn lifecycles(&self, key: &Key) -> Result<Vec<StoredLifecycle>, Diagnostic> {
        if self.manifest.lifecycles == 0 {
            return Ok(Vec::new());
        }
        let index = self.section("lifecycles", &self.lifecycles)?;
        match index.get(key.as_bytes()) {
            None => Ok(Vec::new()),
            Some(offset) => {
                let lists = self.manifest.part("lifecycle-lists");
                decode(&self.pages.block(lists, offset)?)
            }
        }
    }

    /// Checks every page of the index, and that its maps of keys can be walked.
    ///
    /// # Errors
    ///
    /// `feed-damaged` at the first page that is not what it was.
    pub fn verify(&self) -> Result<(), Diagnostic> {
        self.pages.verify()?;
        self.section("packages", &self.packages)?;
        self.section("ids", &self.ids)?;
        self.section("upstreams", &self.upstreams)?;
        if self.manifest.part("epss").bytes > 0 {
            self.section("epss", &self.epss)?;
        }
        if self.manifest.lifecycles > 0 {
            self.section("lifecycles", &self.lifecycles)?;
        }
        Ok(())
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
        let index = if bytes.is_empty() {
            Map::default()
        } else {
            // A map is walked by addresses that stand in it; its own checksum keeps a look-up inside of it
            // even where whoever made the snapshot vouches for nonsense.
            let index = Map::new(bytes).map_err(|_| damaged("a map of keys cannot be read"))?;
            let checked = index.as_fst().verify();
            checked.map_err(|_| damaged("a map of keys fails its checksum"))?;
            index
        };
        Ok(kept.get_or_init(|| index))
    }
}

/// An imported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFile {
    /// The number of the source that it came with.
    pub source: u32,
    /// Its path inside of the source.
    pub path: String,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl RecordFile {
    fn new(file: &StoredFile<'_>) -> Self {
        Self {
            source: file.source,
            path: file.path.to_owned(),
            digest: Digest::from_bytes(file.digest),
        }
    }
}

/// A block whose content has another form.
fn unreadable() -> Diagnostic {
    damaged("a block cannot be read")
}

/// A snapshot whose bytes are not what its digest promises.
fn damaged(what: &str) -> Diagnostic {
    Diagnostic::error(
        "feed-damaged",
        Place::whole(),
        format!("the snapshot is damaged: {what}"),
    )
    .help("import it again; `mekiki feed verify` checks every page")
}
