//! An immutable index as pages, each checked against its digest when it is first touched.
//!
//! Behind the data stand the SHA-256 digests of all pages, one after another; a manifest holds the digest
//! of that list. So opening costs one small read, and no byte is used that the manifest's name does not
//! vouch for. What the pages hold is their owner's: parts by name, maps of sorted keys, blocks.

use std::collections::BTreeMap;
use std::io;
use std::sync::OnceLock;

use fst::MapBuilder;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// How pages and blocks are laid out. It stands in the manifests, so that an index of another layout is told
/// from a damaged one; whoever changes the layout, or what stands in the blocks, counts it up.
pub const LAYOUT: u32 = 1;

/// The bytes of one page. Look-ups lie scattered, and a page is read and digested for each, so it is small;
/// the list of digests is still less than a hundredth of the index.
pub const PAGE_BYTES: usize = 4 * 1024;

/// The most bytes that are asked for before they were read.
const MAXIMUM_CAPACITY: usize = 64 * 1024 * 1024;

/// Bytes of one digest in the list behind the data.
const DIGEST_BYTES: usize = 32;

/// Bytes that are read at any offset: a file, or memory.
pub trait ReadAt: Send + Sync {
    /// Fills `into` with the bytes at `offset`.
    ///
    /// # Errors
    ///
    /// When there are fewer bytes, or the system refuses.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()>;
}

/// What is told of an index whose bytes are not what its digest promises, given what is wrong.
pub type Complaint = fn(&str) -> Diagnostic;

/// A part of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where it begins.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// The digest of a whole file, or of its list of pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// A file in memory.
#[derive(Debug, Clone)]
pub struct Bytes(pub Vec<u8>);

impl ReadAt for Bytes {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(into.len());
        let found = self.0.get(start..end);
        into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// The parts of an index in the making, one behind the other.
#[derive(Debug, Default)]
pub struct Parts {
    bytes: Vec<u8>,
    table: BTreeMap<String, Part>,
}

impl Parts {
    /// Adds a part under a name of its own.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let part = Part {
            offset: self.bytes.len() as u64,
            bytes: bytes.len() as u64,
            sha256: None,
        };
        self.bytes.extend_from_slice(bytes);
        self.table.insert(name.to_owned(), part);
    }

    /// Closes the index: its bytes with the list of digests, what it is as a whole, and where its parts are.
    pub fn seal(self) -> (Vec<u8>, Part, BTreeMap<String, Part>) {
        let mut bytes = self.bytes;
        let whole = seal(&mut bytes);
        (bytes, whole, self.table)
    }
}

/// Appends a block: its length in four bytes, then its bytes.
pub fn push_block(blocks: &mut Vec<u8>, block: &[u8]) {
    let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
    blocks.extend_from_slice(&length.to_le_bytes());
    blocks.extend_from_slice(block);
}

/// A map of sorted keys to the offsets of their blocks, and the blocks. The offsets grow with the keys, so
/// that a key is found by its offset too.
///
/// # Errors
///
/// When a key stands twice or in front of its place.
pub fn sorted_blocks<'a>(
    sorted: impl Iterator<Item = (&'a [u8], &'a Vec<u8>)>,
) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut blocks = Vec::new();
    let mut builder = MapBuilder::memory();
    for (key, block) in sorted {
        builder
            .insert(key, blocks.len() as u64)
            .map_err(io::Error::other)?;
        push_block(&mut blocks, block);
    }
    Ok((builder.into_inner().map_err(io::Error::other)?, blocks))
}

/// Appends the digests of the pages of `data` to it, and says how long the data was and what the digest of
/// the list is.
pub(crate) fn seal(data: &mut Vec<u8>) -> Part {
    let bytes = data.len() as u64;
    let list: Vec<u8> = data
        .chunks(PAGE_BYTES)
        .flat_map(|page| *Digest::of(page).bytes())
        .collect();
    data.extend_from_slice(&list);
    Part {
        offset: 0,
        bytes,
        sha256: Some(Digest::of(&list)),
    }
}

/// A file of pages.
pub struct Pages {
    damaged: Complaint,
    source: Box<dyn ReadAt>,
    bytes: u64,
    digests: Vec<u8>,
    kept: Vec<OnceLock<Box<[u8]>>>,
}

impl Pages {
    /// Opens an index: reads the list of digests, and nothing else.
    ///
    /// # Errors
    ///
    /// What `damaged` tells, where the list is not what the manifest says.
    pub fn open(
        source: Box<dyn ReadAt>,
        whole: &Part,
        damaged: Complaint,
    ) -> Result<Self, Diagnostic> {
        let count = usize::try_from(whole.bytes.div_ceil(PAGE_BYTES as u64))
            .map_err(|_| damaged("its index is too large for this machine"))?;
        // A manifest that promises more than there is must not make us ask for the memory.
        if let Some(last) = whole.bytes.checked_sub(1) {
            let mut byte = [0];
            source
                .read_at(last, &mut byte)
                .map_err(|_| damaged("its index is cut short"))?;
        }
        let mut digests = vec![0; count * DIGEST_BYTES];
        source
            .read_at(whole.bytes, &mut digests)
            .map_err(|_| damaged("its index is cut short"))?;
        if whole.sha256 != Some(Digest::of(&digests)) {
            return Err(damaged("its list of pages was altered"));
        }
        Ok(Self {
            damaged,
            source,
            bytes: whole.bytes,
            digests,
            kept: std::iter::repeat_with(OnceLock::new).take(count).collect(),
        })
    }

    fn page(&self, number: usize) -> Result<&[u8], Diagnostic> {
        let kept = self
            .kept
            .get(number)
            .ok_or_else(|| (self.damaged)("a page is missing"))?;
        if let Some(page) = kept.get() {
            return Ok(page);
        }
        let page = self.read(number)?;
        Ok(kept.get_or_init(|| page.into_boxed_slice()))
    }

    fn read(&self, number: usize) -> Result<Vec<u8>, Diagnostic> {
        let start = number as u64 * PAGE_BYTES as u64;
        let length = self.bytes.saturating_sub(start).min(PAGE_BYTES as u64);
        let mut page = vec![0; usize::try_from(length).unwrap_or(0)];
        self.source
            .read_at(start, &mut page)
            .map_err(|_| (self.damaged)("a page cannot be read"))?;
        self.check(number, &page)?;
        Ok(page)
    }

    /// Holds a page to its digest.
    fn check(&self, number: usize, page: &[u8]) -> Result<(), Diagnostic> {
        let at = number * DIGEST_BYTES;
        let expected = self.digests.get(at..at + DIGEST_BYTES);
        if expected == Some(Digest::of(page).bytes().as_slice()) {
            Ok(())
        } else {
            Err((self.damaged)("a page was altered"))
        }
    }

    /// Bytes at an offset of a part.
    fn bytes(&self, part: Part, offset: u64, length: usize) -> Result<Vec<u8>, Diagnostic> {
        let end = offset.checked_add(length as u64);
        let within = end.is_some_and(|end| end <= part.bytes);
        let start = part.offset.checked_add(offset).filter(|_| within);
        let start = start
            .and_then(|start| usize::try_from(start).ok())
            .ok_or_else(|| (self.damaged)("a position lies outside of its part"))?;
        // The pages vouch for the length before memory is asked for at length.
        let mut out = Vec::with_capacity(length.min(MAXIMUM_CAPACITY));
        let mut at = start;
        while out.len() < length {
            let page = self.page(at / PAGE_BYTES)?;
            let inside = at % PAGE_BYTES;
            let take = (length - out.len()).min(PAGE_BYTES - inside);
            let found = page.get(inside..inside + take);
            out.extend_from_slice(found.ok_or_else(|| (self.damaged)("a page is too short"))?);
            at += take;
        }
        Ok(out)
    }

    /// A whole part.
    ///
    /// # Errors
    ///
    /// Where it lies outside of the index, or a page of it is not what it was.
    pub fn section(&self, part: Part) -> Result<Vec<u8>, Diagnostic> {
        let length = usize::try_from(part.bytes)
            .ok()
            .filter(|_| part.offset.saturating_add(part.bytes) <= self.bytes)
            .ok_or_else(|| (self.damaged)("a part lies outside of the index"))?;
        // Whole pages around it, read and checked in one go and not kept.
        let page_bytes = PAGE_BYTES as u64;
        let first = part.offset / page_bytes;
        let end = part.offset.saturating_add(part.bytes);
        let start = first * page_bytes;
        let until = end.next_multiple_of(page_bytes).min(self.bytes);
        let mut pages = vec![0; usize::try_from(until.saturating_sub(start)).unwrap_or(0)];
        self.source
            .read_at(start, &mut pages)
            .map_err(|_| (self.damaged)("a page cannot be read"))?;
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        for (number, page) in pages.chunks(PAGE_BYTES).enumerate() {
            self.check(first.saturating_add(number), page)?;
        }
        let before = usize::try_from(part.offset - start).unwrap_or(0);
        pages.drain(..before.min(pages.len()));
        pages.truncate(length);
        Ok(pages)
    }

    /// A block: its length in four bytes, then its bytes.
    ///
    /// # Errors
    ///
    /// As [`Pages::section`].
    pub fn block(&self, part: Part, offset: u64) -> Result<Vec<u8>, Diagnostic> {
        let head = self.bytes(part, offset, 4)?;
        let head: [u8; 4] = head.try_into().unwrap_or_default();
        self.bytes(part, offset + 4, u32::from_le_bytes(head) as usize)
    }

    /// The number at a position of a list of eight-byte numbers.
    ///
    /// # Errors
    ///
    /// As [`Pages::section`].
    pub fn number(&self, part: Part, position: u32) -> Result<u64, Diagnostic> {
        let bytes = self.bytes(part, u64::from(position) * 8, 8)?;
        Ok(u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    /// Reads and checks every page without keeping it.
    ///
    /// # Errors
    ///
    /// At the first page that is not what it was.
    pub fn verify(&self) -> Result<(), Diagnostic> {
        (0..self.kept.len()).try_for_each(|number| self.read(number).map(drop))
    }
}
