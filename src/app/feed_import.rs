//! Imports files of advisories into a folder of snapshots.
//!
//! One import makes one snapshot: what is new, and behind it what the snapshot in use holds, as far as the
//! import does not replace it. A file that cannot be read is named and left out; nothing takes the place of
//! the snapshot in use before it is whole and on disk.

use std::collections::BTreeMap;
use std::io;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::evidence::MAXIMUM_BYTES;
use crate::evidence::archive::{Limits, Role, Walk};
use crate::feed::{FeedFolder, Sink};
use crate::folder;
use crate::snapshot::{Builder, Imported, Snapshot};
use crate::time::{Date, parse_day};

/// How many files are read beside each other, and how many bytes they may have together.
const BATCH_FILES: usize = 4096;
const BATCH_BYTES: usize = 64 * 1024 * 1024;

/// The most remarks that are told; the rest is counted.
const TOLD: usize = 1000;

/// Endings of files that hold records; what ends otherwise and is no record, such as a license, is passed
/// over and counted.
const ENDINGS: [&str; 6] = [".json", ".yaml", ".yml", ".csv", ".jsonl", ".gz"];

/// What to import.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Files and folders.
    pub paths: &'a [String],
    /// The folder of snapshots.
    pub into: &'a str,
    /// The day on which the files were fetched; without it, the newest date in the records.
    pub retrieved: Option<Date>,
    /// The address that the files were fetched from, where they were; else their own names are told.
    pub origin: Option<&'a str>,
    /// Ecosystems of which the files hold every advisory, though their format does not promise it (CSAF).
    pub covers: &'a [String],
    /// Whether to begin from nothing, instead of from the snapshot in use.
    pub fresh: bool,
    /// Whether to keep nothing when anything cannot be used.
    pub strict: bool,
}

/// What an import did.
#[derive(Debug, Serialize)]
pub struct FeedImport {
    schema: &'static str,
    /// The digest of the snapshot that is now in use; `None` where a strict import kept nothing.
    pub snapshot: Option<Digest>,
    /// Whether that snapshot was there before.
    pub unchanged: bool,
    /// Files of records that were read in this import.
    pub records: u64,
    /// Advisories in the whole snapshot.
    pub advisories: u64,
    /// Entries of known exploited vulnerabilities in the snapshot.
    pub kev: u64,
    /// CVEs with a probability of exploitation in the snapshot.
    pub epss: u64,
    /// Products with dates of support in the snapshot.
    pub lifecycles: u64,
    /// The day up to which the snapshot is known.
    pub as_of: Option<String>,
    /// Advisories by ecosystem.
    pub ecosystems: BTreeMap<String, u64>,
    /// Files that were left out.
    pub skipped: Vec<Told>,
    /// How many were left out.
    pub skipped_count: usize,
    /// What could not be used of files that were read.
    pub remarks: Vec<Told>,
    /// How many such remarks there are.
    pub remark_count: usize,
    /// Files that are no records, such as licenses.
    pub passed_over: u64,
}

/// A remark about a file.
#[derive(Debug, Serialize)]
pub struct Told {
    /// The file.
    pub path: String,
    /// The stable code.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where in the file.
    pub at: Place,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Told {
    fn new(remark: Diagnostic) -> Self {
        Self {
            path: remark.file.unwrap_or_default(),
            code: remark.code,
            severity: remark.severity,
            message: remark.message,
            at: remark.at,
            help: remark.help,
        }
    }
}

/// Imports.
///
/// `progress` is told after each batch how many files were read so far.
///
/// # Errors
///
/// `feed-nothing` where no record was found, `feed-busy`, `feed-write`, and where a path cannot be read.
pub fn import(request: &Request<'_>, progress: &dyn Fn(u64)) -> Result<FeedImport, Refused> {
    let folder = FeedFolder::new(request.into);
    let lock = folder.lock()?;
    let before = match folder.current()? {
        Some(digest) if !request.fresh => Some(folder.open(&digest)?),
        _ => None,
    };
    let (draft, sink) = folder.draft(&lock)?;
    let mut run = Run {
        builder: Builder::new(sink),
        into: request.into,
        batch: Vec::new(),
        batch_bytes: 0,
        read: 0,
        skipped: Vec::new(),
        remarks: Vec::new(),
        skipped_count: 0,
        remark_count: 0,
        passed_over: 0,
        progress,
    };
    let mut sources = Vec::new();
    for path in request.paths {
        sources.push(run.path(path, request.origin)?);
    }
    if run.read == 0 {
        let mut faults = vec![
            Diagnostic::error(
                "feed-nothing",
                Place::whole(),
                "there is no record in what was named, so no snapshot was made",
            )
            .help("name files or folders of OSV, RustSec, GitHub, CSAF, KEV, EPSS or endoflife records"),
        ];
        faults.extend(run.skipped.into_iter().take(100));
        return Err(Refused(faults));
    }
    let known = request.retrieved.or(run.builder.newest());
    let known = known.map(|day| day.to_string());
    for source in sources {
        run.builder.know_until(source, known.as_deref());
        run.builder.declare(source, request.covers);
    }
    let imported = run.read;
    let told = (
        std::mem::take(&mut run.skipped),
        std::mem::take(&mut run.remarks),
        (run.skipped_count, run.remark_count),
    );
    if let Some(before) = &before {
        run.carry_over(&folder, before)?;
    }
    let passed_over = run.passed_over;
    let built = run
        .builder
        .finish()
        .map_err(|error| refused(request.into, &error))?;
    let manifest = built.manifest.clone();
    let is_flawed = told.2 != (0, 0);
    let snapshot = if request.strict && is_flawed {
        drop(draft);
        None
    } else {
        let digest = draft.keep(built)?;
        folder.use_snapshot(&lock, &digest)?;
        Some(digest)
    };
    Ok(FeedImport {
        schema: "mekiki/feed-import/v1",
        unchanged: snapshot.is_some() && snapshot == before.map(|before| before.digest()),
        snapshot,
        records: imported,
        advisories: manifest.advisories,
        kev: manifest.kev,
        epss: manifest.epss,
        lifecycles: manifest.lifecycles,
        as_of: manifest
            .as_of
            .as_deref()
            .and_then(parse_day)
            .map(crate::time::instant),
        ecosystems: manifest
            .ecosystems
            .iter()
            .map(|(name, coverage)| (name.clone(), coverage.records))
            .collect(),
        skipped: told.0.into_iter().map(Told::new).collect(),
        remarks: told.1.into_iter().map(Told::new).collect(),
        skipped_count: told.2.0,
        remark_count: told.2.1,
        passed_over,
    })
}

/// An import that is under way.
struct Run<'r> {
    builder: Builder<Sink>,
    into: &'r str,
    batch: Vec<(String, Vec<u8>)>,
    batch_bytes: usize,
    read: u64,
    skipped: Vec<Diagnostic>,
    remarks: Vec<Diagnostic>,
    skipped_count: usize,
    remark_count: usize,
    passed_over: u64,
    progress: &'r dyn Fn(u64),
}

impl Run<'_> {
    /// Reads a file or a folder as one source.
    fn path(&mut self, path: &str, origin: Option<&str>) -> Result<u32, Refused> {
        let name = origin.unwrap_or_else(|| {
            let trimmed = path.trim_end_matches('/');
            trimmed.rsplit('/').next().unwrap_or(trimmed)
        });
        let source = self.builder.source(name);
        let digest = if folder::is_folder(path)? {
            let listing = folder::list_folder(path)?;
            let is_hidden = |file: &str| file.split('/').any(|step| step.starts_with('.'));
            let files: Vec<_> = listing
                .files
                .iter()
                .filter(|file| !is_hidden(file))
                .collect();
            // The digest of a folder is that of the list of its files with their digests.
            let mut list = Vec::new();
            for file in files {
                let bytes = folder::read_delivered(&format!("{path}/{file}"))?;
                list.extend_from_slice(file.as_bytes());
                list.push(0);
                list.extend_from_slice(Digest::of(&bytes).bytes());
                self.file(source, file, &bytes)?;
            }
            Digest::of(&list)
        } else {
            let bytes = folder::read_delivered(path)?;
            self.file(source, name, &bytes)?;
            Digest::of(&bytes)
        };
        self.builder.set_digest(source, digest);
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
            self.remark(remark);
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

    fn skip(&mut self, fault: Diagnostic) {
        self.skipped_count += 1;
        if self.skipped.len() < TOLD {
            self.skipped.push(fault);
        }
    }

    fn remark(&mut self, remark: Diagnostic) {
        self.remark_count += 1;
        if self.remarks.len() < TOLD {
            self.remarks.push(remark);
        }
    }

    /// Adds the records of the snapshot in use behind the new ones.
    fn carry_over(&mut self, folder: &FeedFolder, before: &Snapshot) -> Result<(), Refused> {
        let mut numbers = BTreeMap::new();
        for source in &before.manifest().sources {
            let number = self.builder.source(source.name.as_str());
            self.builder.set_digest(number, source.sha256);
            self.builder.know_until(number, source.as_of.as_deref());
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

fn refused(into: &str, error: &io::Error) -> Refused {
    Diagnostic::error(
        "feed-write",
        Place::whole(),
        format!("the snapshot cannot be written into `{into}`: {error}"),
    )
    .help("make room or mend the permissions and import again; the snapshot in use is not touched")
    .into()
}
