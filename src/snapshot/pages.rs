//! The index as pages, each checked against its digest when it is first touched.
//!
//! Behind the data stand the SHA-256 digests of all pages, one after another; the manifest holds the digest
//! of that list. So opening costs one small read, and no byte is used that the snapshot's name does not
//! vouch for.

use std::io;
use std::sync::OnceLock;

use super::damaged;
use super::manifest::Part;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// The bytes of one page.
pub(super) const PAGE_BYTES: usize = 32 * 1024;

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

/// A snapshot's file in memory.
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

/// Appends the digests of the pages of `data` to it, and says how long the data was and what the digest of
/// the list is.
pub(super) fn seal(data: &mut Vec<u8>) -> Part {
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
pub(super) struct Pages {
    source: Box<dyn ReadAt>,
    bytes: u64,
    digests: Vec<u8>,
    kept: Vec<OnceLock<Box<[u8]>>>,
}

impl Pages {
    pub(super) fn open(source: Box<dyn ReadAt>, whole: &Part) -> Result<Self, Diagnostic> {
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
            .ok_or_else(|| damaged("a page is missing"))?;
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
            .map_err(|_| damaged("a page cannot be read"))?;
        let at = number * DIGEST_BYTES;
        let expected = self.digests.get(at..at + DIGEST_BYTES);
        if expected == Some(Digest::of(&page).bytes().as_slice()) {
            Ok(page)
        } else {
            Err(damaged("a page was altered"))
        }
    }

    /// Bytes at an offset of a part.
    fn bytes(&self, part: Part, offset: u64, length: usize) -> Result<Vec<u8>, Diagnostic> {
        let end = offset.checked_add(length as u64);
        let within = end.is_some_and(|end| end <= part.bytes);
        let start = part.offset.checked_add(offset).filter(|_| within);
        let start = start
            .and_then(|start| usize::try_from(start).ok())
            .ok_or_else(|| damaged("a position lies outside of its part"))?;
        // The pages vouch for the length before memory is asked for at length.
        let mut out = Vec::with_capacity(length.min(MAXIMUM_CAPACITY));
        let mut at = start;
        while out.len() < length {
            let page = self.page(at / PAGE_BYTES)?;
            let inside = at % PAGE_BYTES;
            let take = (length - out.len()).min(PAGE_BYTES - inside);
            let found = page.get(inside..inside + take);
            out.extend_from_slice(found.ok_or_else(|| damaged("a page is too short"))?);
            at += take;
        }
        Ok(out)
    }

    /// A whole part.
    pub(super) fn section(&self, part: Part) -> Result<Vec<u8>, Diagnostic> {
        let length = usize::try_from(part.bytes)
            .ok()
            .filter(|_| part.offset.saturating_add(part.bytes) <= self.bytes)
            .ok_or_else(|| damaged("a part lies outside of the index"))?;
        self.bytes(part, 0, length)
    }

    /// A block: its length in four bytes, then its bytes.
    pub(super) fn block(&self, part: Part, offset: u64) -> Result<Vec<u8>, Diagnostic> {
        let head = self.bytes(part, offset, 4)?;
        let head: [u8; 4] = head.try_into().unwrap_or_default();
        self.bytes(part, offset + 4, u32::from_le_bytes(head) as usize)
    }

    /// The number at a position of a list of eight-byte numbers.
    pub(super) fn number(&self, part: Part, position: u32) -> Result<u64, Diagnostic> {
        let bytes = self.bytes(part, u64::from(position) * 8, 8)?;
        Ok(u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    /// Reads and checks every page without keeping it.
    pub(super) fn verify(&self) -> Result<(), Diagnostic> {
        (0..self.kept.len()).try_for_each(|number| self.read(number).map(drop))
    }
}
