//! An import that is under way: files in, records out, and everything that is told on the way.

use std::collections::BTreeMap;
use std::io;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{Input, Request};
use crate::app::Refused;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::evidence::MAXIMUM_BYTES;
use crate::evidence::archive::{Limits, Role, Walk};
use crate::feed::{FeedFolder, RecordSink};
use crate::folder::{self, FolderError};
use crate::snapshot::{Builder, Imported, Snapshot};

/// How many files are read beside each other, and how many bytes they may have together.
const BATCH_FILES: usize = 4096;
const BATCH_BYTES: usize = 64 * 1024 * 1024;

/// The most remarks that are told; the rest is counted.
const TOLD: usize = 1000;

/// Endings of files that hold records; what ends otherwise and is no record, such as a license, is passed
/// over and counted.
const ENDINGS: [&str; 6] = [".json", ".yaml", ".yml", ".csv", ".jsonl", ".gz"];

/// An import that is under way.
pub(super) struct Run<'r> {
    pub(super) builder: Builder<RecordSink>,
    pub(super) into: &'r str,
    pub(super) batch: Vec<(String, Vec<u8>)>,
    pub(super) batch_bytes: usize,
    pub(super) read: u64,
    pub(super) skipped: Vec<Diagnostic>,
    pub(super) remarks: Vec<Diagnostic>,
    pub(super) skipped_count: usize,
    pub(super) remark_count: usize,
    /// Files left out, and remarks graver than notes.
    pub(super) flaws: usize,
    pub(super) passed_over: u64,
    pub(super) progress: &'r dyn Fn(u64),
}

impl<'r> Run<'r> {
    /// Begins.
    pub(super) fn new(sink: RecordSink, request: &Request<'r>, progress: &'r dyn Fn(u64)) -> Self {
        Self {
            builder: Builder::new(sink).on(request.today),
            into: request.into,
            batch: Vec::new(),
            batch_bytes: 0,
            read: 0,
            skipped: Vec::new(),
            remarks: Vec::new(),
            skipped_count: 0,
            remark_count: 0,
            flaws: 0,
            passed_over: 0,
            progress,
        }
    }

    /// Reads a file or a folder as one source.
    pub(super) fn input(&mut self, input: &Input) -> Result<u32, Refused> {
        let path = input.path.as_str();
        let name = source_name(input);
        if folder::is_folder(path)? {
            let source = self.builder.source(name);
            let listing = folder::list_folder(path)?;
            let is_hidden = |file: &String| file.split('/').any(|step| step.starts_with('.'));
            // The digest of a folder is that of the list of its files with their digests.
            let mut list = Vec::new();
            for file in listing.files.iter().filter(|file| !is_hidden(file)) {
                let bytes = match folder::read_delivered(&format!("{path}/{file}")) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        self.skip(error.diagnostic().in_file(file));
                        continue;
                    }
                };
                list.extend_from_slice(file.as_bytes());
                list.push(0);
                list.extend_from_slice(Digest::of(&bytes).bytes());
                self.file(source, file, &bytes)?;
            }
            for other in listing.others.iter().filter(|file| !is_hidden(file)) {
                let error = FolderError::Link {
                    path: other.clone(),
                };
                self.skip(error.diagnostic().in_file(other));
            }
            self.builder.set_digest(source, Digest::of(&list));
            self.flush(source)?;
            return Ok(source);
        }
        let bytes = folder::read_delivered(path)?;
        sound(name, &bytes)?;
        let source = self.builder.source(name);
        self.builder.set_digest(source, Digest::of(&bytes));
        self.file(source, name, &bytes)?;
        self.flush(source)?;
        Ok(source)
    }

    /// Takes a file, or every file of an archive.
    fn file(&mut self, source: u32, path: &str, bytes: &[u8]) -> Result<(), Refused> {
        let mut failed = None;
        let mut visit = |entry: crate::evidence::archive::Entry, bytes: &[u8]| {
            if entry.role == Role::File
                && failed.is_none()
                && let Err(error) = self.queue(source, entry.path, bytes.to_vec())
            {
                failed = Some(error);
            }
            0
        };
        let mut walk = Walk::new(limits(), &mut visit);
        let walked = walk.file(path, bytes);
        let remarks = walk.finish();
        if let Some(failed) = failed {
            return Err(failed);
        }
        for remark in remarks {
            // What an archive does not give out is a file that is missing.
            if remark.severity == Severity::Error {
                self.skip(remark);
            } else {
                self.remark(remark);
            }
        }
        if let Err(fault) = walked {
            let named = fault.file.is_none();
            self.skip(if named { fault.in_file(path) } else { fault });
        }
        Ok(())
    }

    fn queue(&mut self, source: u32, path: String, bytes: Vec<u8>) -> Result<(), Refused> {
        self.batch_bytes += bytes.len();
        self.batch.push((path, bytes));
        if self.batch.len() >= BATCH_FILES || self.batch_bytes >= BATCH_BYTES {
            self.flush(source)?;
        }
        Ok(())
    }

    fn flush(&mut self, source: u32) -> Result<(), Refused> {
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        let read: Vec<_> = batch
            .into_par_iter()
            .map(|(path, bytes)| Imported::read(path, bytes))
            .collect();
        for imported in read {
            if let Some(fault) = imported.unrecognized()
                && !is_record(&fault)
            {
                self.passed_over += 1;
                continue;
            }
            let found = self
                .builder
                .add(source, imported)
                .map_err(|error| refused(self.into, &error))?;
            let mut left_out = false;
            for skipped in found {
                if skipped.whole {
                    left_out = true;
                    self.skip(skipped.remark);
                } else {
                    self.remark(skipped.remark);
                }
            }
            self.read += u64::from(!left_out);
        }
        (self.progress)(self.read);
        Ok(())
    }

    pub(super) fn skip(&mut self, fault: Diagnostic) {
        self.skipped_count += 1;
        self.flaws += 1;
        if self.skipped.len() < TOLD {
            self.skipped.push(fault);
        }
    }

    fn remark(&mut self, remark: Diagnostic) {
        self.remark_count += 1;
        self.flaws += usize::from(remark.severity != Severity::Note);
        if self.remarks.len() < TOLD {
            self.remarks.push(remark);
        }
    }

    /// Adds the records of the snapshot in use behind the new ones.
    pub(super) fn carry_over(
        &mut self,
        folder: &FeedFolder,
        before: &Snapshot,
        request: &Request<'_>,
    ) -> Result<(), Refused> {
        let confirmed = request.retrieved.map(|day| day.to_string());
        let mut numbers = BTreeMap::new();
        for source in &before.manifest().sources {
            let number = self.builder.source(source.name.as_str());
            self.builder.set_digest(number, source.sha256);
            let known = if request.confirmed.contains(&source.name) {
                source.as_of.clone().max(confirmed.clone())
            } else {
                source.as_of.clone()
            };
            self.builder.know_until(number, known.as_deref());
            self.builder.date(number, source.newest.as_deref());
            self.builder.declare(number, &source.covers);
            numbers.insert(source.number, number);
        }
        let mut records = folder.records(before)?;
        while let Some(frame) = records.next_frame()? {
            let read: Vec<_> = frame
                .into_par_iter()
                .map(|packed| (packed.source, Imported::read(packed.path, packed.bytes)))
                .collect();
            for (number, imported) in read {
                let Some(source) = numbers.get(&number) else {
                    continue;
                };
                self.builder
                    .add(*source, imported)
                    .map_err(|error| refused(self.into, &error))?;
            }
            (self.progress)(self.read);
        }
        Ok(())
    }
}

/// The name under which an input is told.
pub(super) fn source_name(input: &Input) -> &str {
    input.origin.as_deref().unwrap_or_else(|| {
        let trimmed = input.path.trim_end_matches('/');
        trimmed.rsplit('/').next().unwrap_or(trimmed)
    })
}

/// Refuses a file that is an archive which cannot be read to its end. It is looked through before
/// anything of it is taken.
fn sound(name: &str, bytes: &[u8]) -> Result<(), Refused> {
    let mut visit = |_: crate::evidence::archive::Entry, _: &[u8]| 0;
    let mut walk = Walk::new(limits(), &mut visit);
    let walked = walk.file(name, bytes);
    let broken = walk
        .finish()
        .into_iter()
        .find(|remark| remark.code == "archive-unreadable" && remark.file.as_deref() == Some(name));
    match (walked, broken) {
        (Err(fault), _) if fault.file.is_none() => Err(fault.in_file(name).into()),
        (Err(fault), _) | (Ok(()), Some(fault)) => Err(fault.into()),
        (Ok(()), None) => Ok(()),
    }
}

/// The code of an input without a record.
pub(super) const EMPTY: &str = "feed-empty";

pub(super) fn empty(input: &Input) -> Diagnostic {
    let message = "there is no record in it";
    Diagnostic::error("feed-empty", Place::whole(), message)
        .in_file(source_name(input))
        .help("check that it is what it should be; an error page is often handed out in place of a file")
}

/// How much an archive may unfold to. Advisories of one pattern pack well, so the ratio is wider than for
/// deliveries, and a member may not be larger than a file of evidence.
fn limits() -> Limits {
    Limits {
        ratio: 2000,
        member_bytes: MAXIMUM_BYTES,
        ..Limits::default()
    }
}

/// Whether a file that no reader knows calls itself a record by its ending.
fn is_record(fault: &Diagnostic) -> bool {
    let path = fault.file.as_deref().unwrap_or_default();
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

pub(super) fn refused(into: &str, error: &io::Error) -> Refused {
    Diagnostic::error(
        "feed-write",
        Place::whole(),
        format!("the snapshot cannot be written into `{into}`: {error}"),
    )
    .help("make room or mend the permissions and import again; the snapshot in use is not touched")
    .into()
}
