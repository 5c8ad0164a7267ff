//! Imports files of advisories into a folder of snapshots.
//!
//! One import makes one snapshot: what is new, and behind it what the snapshot in use holds, as far as the
//! import does not replace it. A file that cannot be read is named and left out; an archive that is cut
//! short or altered is refused as a whole, since what lies behind the break would look as fresh as the
//! rest. Nothing takes the place of the snapshot in use before it is whole and on disk.

mod run;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::feed::FeedFolder;
use crate::matching::MAXIMUM_AGE_DAYS;
use crate::snapshot::Manifest;
use crate::time::{Date, days_between, parse_day};
use run::{EMPTY, Run, empty, refused, source_name};

/// A file or folder to import.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its path.
    pub path: String,
    /// The address that it was fetched from, where it was; else its own name is told.
    pub origin: Option<String>,
    /// Ecosystems of which it holds every advisory, though its format does not promise it (CSAF).
    pub covers: Vec<String>,
}

impl Input {
    /// A file or folder under its own name.
    pub fn of(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            origin: None,
            covers: Vec::new(),
        }
    }
}

/// What to import.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Files and folders.
    pub inputs: &'a [Input],
    /// Sources of the snapshot in use that were found to be as they were on the day of `retrieved`.
    pub confirmed: &'a [String],
    /// The folder of snapshots.
    pub into: &'a str,
    /// The day on which the files were fetched; without it, the day of the import.
    pub retrieved: Option<Date>,
    /// The day of the import: a record that claims a later one does not make the snapshot fresher.
    pub today: Date,
    /// Whether to begin from nothing, instead of from the snapshot in use.
    pub fresh: bool,
    /// Whether to keep nothing when anything cannot be used.
    pub strict: bool,
    /// Whether an input without a record, or whose archive is broken, is told and left out; else it ends
    /// the import.
    pub keep_going: bool,
}

/// What an import did.
#[derive(Debug, Serialize)]
pub struct FeedImport {
    pub(super) schema: &'static str,
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
    /// Inputs in which nothing is new, though nobody said that they were fetched earlier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<Told>,
    /// Inputs of which nothing was taken, under the names of their sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Told>,
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
    /// Tells a diagnostic.
    pub(super) fn new(remark: Diagnostic) -> Self {
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

impl FeedImport {
    /// Begins with what a snapshot holds.
    pub(super) fn of(manifest: &Manifest) -> Self {
        Self {
            schema: "mekiki/feed-import/v1",
            snapshot: None,
            unchanged: false,
            records: 0,
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
            quiet: Vec::new(),
            failed: Vec::new(),
            skipped: Vec::new(),
            skipped_count: 0,
            remarks: Vec::new(),
            remark_count: 0,
            passed_over: 0,
        }
    }
}

/// An import that calls itself fresh, though nothing in it is.
fn quiet_source(name: &str, newest: Date) -> Diagnostic {
    Diagnostic::warning(
        "feed-quiet",
        Place::whole(),
        format!("the newest date in it is {newest}, and it counts as fetched today"),
    )
    .help("say with --retrieved on which day it was fetched, unless it was today")
    .in_file(name)
}

impl Refused {
    /// Whether the folder of snapshots is the cause, and not what was to be imported.
    fn is_of_folder(&self) -> bool {
        self.0.iter().any(|fault| fault.code == "feed-write")
    }
}

/// Imports.
///
/// `progress` is told after each batch how many files were read so far.
///
/// # Errors
///
/// `feed-nothing` where no record was found, `feed-retrieved-later` for a day that is still to come, `archive-unreadable` and the limits of archives, `feed-busy`,
/// `feed-write`, `feed-damaged` where the snapshot in use is, and where a path cannot be read.
pub fn import(request: &Request<'_>, progress: &dyn Fn(u64)) -> Result<FeedImport, Refused> {
    if let Some(retrieved) = request.retrieved.filter(|day| *day > request.today) {
        return Err(Diagnostic::error(
            "feed-retrieved-later",
            Place::whole(),
            format!("the files cannot have been fetched on {retrieved}, which is still to come"),
        )
        .help("name the day on which they were fetched")
        .into());
    }
    let folder = FeedFolder::new(request.into);
    let lock = folder.lock()?;
    let before = match folder.current()? {
        Some(digest) if !request.fresh => Some(folder.open(&digest)?),
        _ => None,
    };
    let (draft, sink) = folder.draft(&lock)?;
    let mut run = Run::new(sink, request, progress);
    let mut sources = Vec::new();
    let mut failed = Vec::new();
    for input in request.inputs {
        let before = run.read;
        match run.input(input) {
            Ok(source) if run.read > before => {
                let newest = run.builder.take_newest();
                sources.push((source, input, newest));
            }
            Ok(_) => failed.push(empty(input)),
            Err(refused) if request.keep_going && !refused.is_of_folder() => {
                let name = source_name(input);
                let faults = refused.0.into_iter().map(|fault| fault.in_file(name));
                failed.extend(faults.take(1));
            }
            Err(refused) => return Err(refused),
        }
    }
    if !request.keep_going && run.read > 0 {
        failed.drain(..).for_each(|fault| run.skip(fault));
    }
    if run.read == 0 && request.confirmed.is_empty() {
        let mut faults = vec![
            Diagnostic::error(
                "feed-nothing",
                Place::whole(),
                "there is no record in what was named, so no snapshot was made",
            )
            .help("name files or folders of OSV, RustSec, GitHub, CSAF, KEV, EPSS or endoflife records"),
        ];
        faults.extend(failed.into_iter().filter(|fault| fault.code != EMPTY));
        faults.extend(run.skipped.into_iter().take(100));
        return Err(Refused(faults));
    }
    let known = request.retrieved.unwrap_or(request.today);
    let mut quiet = Vec::new();
    for (source, input, newest) in sources {
        run.builder.know_until(source, Some(&known.to_string()));
        run.builder.declare(source, &input.covers);
        run.builder
            .date(source, newest.map(|day| day.to_string()).as_deref());
        if request.retrieved.is_none()
            && let Some(newest) = newest.filter(|day| days_between(*day, known) > MAXIMUM_AGE_DAYS)
        {
            quiet.push(quiet_source(source_name(input), newest));
        }
    }
    let imported = run.read;
    let told = (
        std::mem::take(&mut run.skipped),
        std::mem::take(&mut run.remarks),
        (run.skipped_count, run.remark_count),
    );
    if let Some(before) = &before {
        run.carry_over(&folder, before, request)?;
    }
    let (passed_over, run_flaws) = (run.passed_over, run.flaws);
    let built = run
        .builder
        .finish()
        .map_err(|error| refused(request.into, &error))?;
    let manifest = built.manifest.clone();
    let is_flawed = run_flaws > 0 || !failed.is_empty();
    let snapshot = if request.strict && is_flawed {
        drop(draft);
        None
    } else {
        let digest = draft.keep(built)?;
        folder.use_snapshot(&lock, &digest)?;
        Some(digest)
    };
    Ok(FeedImport {
        unchanged: snapshot.is_some() && snapshot == before.map(|before| before.digest()),
        snapshot,
        records: imported,
        quiet: quiet.into_iter().map(Told::new).collect(),
        failed: failed.into_iter().map(Told::new).collect(),
        skipped: told.0.into_iter().map(Told::new).collect(),
        remarks: told.1.into_iter().map(Told::new).collect(),
        skipped_count: told.2.0,
        remark_count: told.2.1,
        passed_over,
        ..FeedImport::of(&manifest)
    })
}
