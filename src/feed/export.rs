//! One file that carries a snapshot across an air gap.
//!
//! A plain tar archive of four members in this order: `mekiki-feed.json`, which says what it is and where
//! the records came from, and the three files of the snapshot. Every byte follows from the snapshot: one
//! snapshot has one export, and what differs from it in any byte is refused.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::read::MAXIMUM_MANIFEST_BYTES;
use super::{FeedFolder, FeedLock, open_snapshot, sync_folder, verify, write_refused};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::snapshot::{INDEX, MANIFEST, Manifest, RECORDS, Snapshot};
use crate::time::{Date, parse_day};

/// The first member.
const NOTE: &str = "mekiki-feed.json";
/// The form of an export.
const SCHEMA: &str = "mekiki/feed-export/v1";
/// Bytes of a block of tar (POSIX.1-2017, pax, ustar interchange format).
const BLOCK: usize = 512;
/// Two blocks of zeros end an archive.
const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];
/// Bytes that are copied at once.
const CHUNK: usize = 1 << 20;

/// A snapshot that came with an export.
#[derive(Debug)]
pub struct Restored {
    /// Its digest.
    pub digest: Digest,
    /// What it holds.
    pub manifest: Manifest,
}

/// Whether a file begins as an export does; `false` for what cannot be read.
pub fn is_export(path: &Path) -> bool {
    let mut block = [0; BLOCK];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut block));
    read.is_ok() && tar::Header::from_byte_slice(&block).path_bytes() == NOTE.as_bytes()
}

impl FeedFolder {
    /// Writes the export of a snapshot, whole or not at all, and says how many bytes it has.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where the snapshot is not whole, `feed-missing` where there is none of that digest,
    /// `feed-write` where the system refuses.
    pub fn export(&self, digest: &Digest, to: &Path) -> Result<u64, Diagnostic> {
        export_snapshot(&self.path_of(digest), &self.open(digest)?, to)
    }

    /// Takes the snapshot of an export into the folder, if all of it is what its digest says. It is not in
    /// use yet.
    ///
    /// # Errors
    ///
    /// `feed-export-damaged` for what is cut short or altered, `feed-expected` where it is another snapshot
    /// than the expected one, `feed-retrieved-later` where it claims to be known later than `today`,
    /// `feed-version` for another form, `feed-write` where the system refuses.
    pub fn restore(
        &self,
        lock: &FeedLock,
        file: &Path,
        expected: Option<Digest>,
        today: Date,
    ) -> Result<Restored, Diagnostic> {
        let source = File::open(file).map_err(|error| broken(file, &error.to_string()))?;
        let mut members = Members {
            source: BufReader::with_capacity(CHUNK, source),
            path: file,
        };
        let note = members.small(NOTE)?;
        let bytes = members.small(MANIFEST)?;
        let digest = Digest::of(&bytes);
        if let Some(expected) = expected.filter(|expected| *expected != digest) {
            return Err(Diagnostic::error(
                "feed-expected",
                Place::whole(),
                format!("the export holds snapshot `{digest}`, not `{expected}`"),
            )
            .in_file(file.display().to_string())
            .help("ask for the export again, and for its digest on another way"));
        }
        let of_export = |fault: Diagnostic| match fault.code {
            "feed-damaged" => broken(file, &fault.message),
            _ => fault.in_file(file.display().to_string()),
        };
        let manifest = Manifest::parse(&bytes).map_err(of_export)?;
        if note != note_of(&digest, &manifest) {
            return Err(broken(file, "its note is not that of its snapshot"));
        }
        let known = manifest.as_of.as_deref().and_then(parse_day);
        if known.is_some_and(|known| known > today) {
            return Err(Diagnostic::error(
                "feed-retrieved-later",
                Place::whole(),
                "the snapshot claims to be known until a day that is still to come",
            )
            .in_file(file.display().to_string())
            .help("check the clocks of both machines"));
        }
        let (draft, records) = self.draft(lock)?;
        let path = draft.path().join(INDEX);
        let index = File::create_new(&path).map_err(|error| write_refused(&path, &error))?;
        members.large(INDEX, manifest.index_bytes(), index)?;
        let records = records
            .into_inner()
            .map_err(|error| write_refused(draft.path(), error.error()))?;
        members.large(RECORDS, manifest.records.bytes, records)?;
        members.end()?;
        draft.write(MANIFEST, &bytes)?;
        let restored = open_snapshot(draft.path()).and_then(|made| verify(draft.path(), &made));
        restored.map_err(of_export)?;
        draft.settle(digest)?;
        Ok(Restored { digest, manifest })
    }
}

/// Writes the export of the snapshot that lies in a folder.
///
/// # Errors
///
/// As [`FeedFolder::export`].
pub fn export_snapshot(from: &Path, snapshot: &Snapshot, to: &Path) -> Result<u64, Diagnostic> {
    verify(from, snapshot)?;
    let mut temporary = to.as_os_str().to_owned();
    temporary.push(".partial");
    let temporary = PathBuf::from(temporary);
    let written = write_members(from, snapshot, &temporary).and_then(|bytes| {
        fs::rename(&temporary, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        sync_folder(folder.unwrap_or(Path::new(".")))?;
        Ok(bytes)
    });
    written.map_err(|error| {
        // The first error is the one to tell; a leftover that cannot be removed changes nothing.
        drop(fs::remove_file(&temporary));
        write_refused(to, &error)
    })
}

fn write_members(from: &Path, snapshot: &Snapshot, to: &Path) -> io::Result<u64> {
    let mut sink = File::create(to)?;
    let note = note_of(&snapshot.digest(), snapshot.manifest());
    let mut written = write_member(&mut sink, NOTE, note.len() as u64, &mut note.as_slice())?;
    for name in [MANIFEST, INDEX, RECORDS] {
        let file = File::open(from.join(name))?;
        let length = file.metadata()?.len();
        written += write_member(&mut sink, name, length, &mut file.take(length))?;
    }
    sink.write_all(&END)?;
    sink.sync_all()?;
    Ok(written + END.len() as u64)
}

fn write_member(
    sink: &mut File,
    name: &str,
    length: u64,
    source: &mut dyn Read,
) -> io::Result<u64> {
    sink.write_all(header(name, length)?.as_bytes())?;
    if io::copy(source, sink)? != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let padding = padding(length);
    sink.write_all(END.get(..padding).unwrap_or_default())?;
    Ok(BLOCK as u64 + length + padding as u64)
}

/// The header of a member: nothing of it depends on the machine, the user or the time.
fn header(name: &str, length: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(length);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

/// How many zeros fill the last block.
fn padding(length: u64) -> usize {
    let over = usize::try_from(length % BLOCK as u64).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

fn note_of(digest: &Digest, manifest: &Manifest) -> Vec<u8> {
    let note = json!({
        "schema": SCHEMA,
        "snapshot": digest,
        "as_of": manifest.as_of,
        "sources": manifest.sources,
    });
    (canonical_json(&note) + "\n").into_bytes()
}

/// The members of an export, one after another.
struct Members<'p> {
    source: BufReader<File>,
    path: &'p Path,
}

impl Members<'_> {
    /// Reads the header of the member that must come next, and gives its length.
    fn next(&mut self, name: &str) -> Result<u64, Diagnostic> {
        let mut block = [0; BLOCK];
        self.fill(&mut block)?;
        let found = tar::Header::from_byte_slice(&block);
        let length = found.entry_size().unwrap_or(u64::MAX);
        match header(name, length) {
            Ok(expected) if expected.as_bytes() == &block => Ok(length),
            _ => Err(broken(
                self.path,
                &format!("`{name}` does not come where it should"),
            )),
        }
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), Diagnostic> {
        let filled = self.source.read_exact(into);
        filled.map_err(|_| broken(self.path, "it is cut short"))
    }

    /// A member that is read whole.
    fn small(&mut self, name: &str) -> Result<Vec<u8>, Diagnostic> {
        let length = self.next(name)?;
        if length > MAXIMUM_MANIFEST_BYTES {
            return Err(broken(self.path, &format!("`{name}` is far too large")));
        }
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(length).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 != length {
            return Err(broken(self.path, "it is cut short"));
        }
        self.skip_padding(length)?;
        Ok(bytes)
    }

    /// A member of a known length that is copied to disk.
    fn large(&mut self, name: &str, length: u64, mut sink: File) -> Result<(), Diagnostic> {
        if self.next(name)? != length {
            let why = format!("`{name}` has another length than its manifest says");
            return Err(broken(self.path, &why));
        }
        let mut left = length;
        let mut chunk = vec![0; CHUNK];
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let into = chunk.get_mut(..most).unwrap_or_default();
            self.fill(into)?;
            let written = sink.write_all(into);
            written.map_err(|error| write_refused(Path::new(name), &error))?;
            left -= most as u64;
        }
        let synced = sink.sync_all();
        synced.map_err(|error| write_refused(Path::new(name), &error))?;
        self.skip_padding(length)
    }

    fn skip_padding(&mut self, length: u64) -> Result<(), Diagnostic> {
        let mut block = [0; BLOCK];
        let zeros = block.get_mut(..padding(length)).unwrap_or_default();
        self.fill(zeros)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(broken(self.path, "what fills a block is not empty"));
        }
        Ok(())
    }

    /// Nothing may follow.
    fn end(&mut self) -> Result<(), Diagnostic> {
        let mut end = END;
        self.fill(&mut end)?;
        let rest = self.source.read(&mut [0]);
        if end != END || !matches!(rest, Ok(0)) {
            return Err(broken(self.path, "something follows the snapshot"));
        }
        Ok(())
    }
}

fn broken(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(
        "feed-export-damaged",
        Place::whole(),
        format!("the export cannot be used: {why}"),
    )
    .in_file(path.display().to_string())
    .help("carry it over again, and compare its digest with that of the sender; the snapshot in use is not touched")
}
