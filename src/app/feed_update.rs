//! Fetches what is new from the configured sources, and makes one snapshot of it.
//!
//! A source that fails is named and costs the others nothing. What a source gave is imported only when it
//! is whole and checked; it is remembered as used only when the snapshot that holds it is in use.

use std::path::Path;

use serde::Serialize;

use super::Refused;
use super::feed_import::{FeedImport, Input, Request as Import, Told, import};
use super::library::built_in;
use crate::config::feeds::{Feeds, Source};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::digest::Digest;
use crate::feed::FeedFolder;
use crate::folder::{self, FolderError};
use crate::retrieve::{Known, Manner, Retrieved, Slot, Wanted, retrieve};
use crate::snapshot::Manifest;
use crate::time::{Date, parse_day};
use crate::tree::{Files, read_file};

/// The configuration in a folder of snapshots, and the built-in one.
const CONFIGURATION: &str = "feeds.toml";

/// What to update.
pub struct Request<'a> {
    /// The folder of snapshots.
    pub into: &'a str,
    /// The file of the sources; else `feeds.toml` in the folder, else the built-in one.
    pub config: Option<&'a str>,
    /// The sources by name; none stands for all that are not fetched on demand only.
    pub from: &'a [String],
    /// The day of the retrieval.
    pub today: Date,
    /// Whether to keep nothing when a source fails or anything cannot be used.
    pub strict: bool,
}

/// What an update did.
#[derive(Debug, Serialize)]
pub struct FeedUpdate {
    schema: &'static str,
    /// The snapshot in use afterwards; `None` where there is none.
    pub snapshot: Option<Digest>,
    /// Whether no source had anything new.
    pub nothing_new: bool,
    /// The sources that gave a file.
    pub fetched: Vec<String>,
    /// The sources whose file is the one that is in use already.
    pub unchanged: Vec<String>,
    /// The sources that failed, by name, with the reason.
    pub failed: Vec<Told>,
    /// The import, where one was made.
    pub import: Option<FeedImport>,
}

/// Reads the configured sources.
///
/// # Errors
///
/// Every fault of the file.
pub fn sources(into: &str, config: Option<&str>) -> Result<Feeds, Refused> {
    let own = Path::new(into).join(CONFIGURATION).display().to_string();
    let is_missing = matches!(folder::is_folder(&own), Err(FolderError::Missing { .. }));
    let named = config.or_else(|| (!is_missing).then_some(own.as_str()));
    let (path, bytes) = match named {
        Some(path) => (path, folder::read_file(path)?),
        None => (CONFIGURATION, built_in(CONFIGURATION)),
    };
    let mut faults = Vec::new();
    let files = Files::from([(path, bytes.as_slice())]);
    let feeds = read_file(&files, path, &mut faults, Feeds::read);
    match feeds {
        Some(feeds) if faults.is_empty() => Ok(feeds),
        _ => Err(Refused(faults)),
    }
}

/// A source that gave a file.
struct Fetched<'a> {
    source: &'a Source,
    slot: Slot,
    known: Known,
}

/// Updates.
///
/// `progress` is told how many records were read, as by [`import`]; how much was fetched, `manner` is told.
///
/// # Errors
///
/// `source-unknown`; the failures of the sources where not one could be asked, or the update is strict;
/// and as [`import`].
pub fn update(
    request: &Request<'_>,
    manner: &Manner<'_>,
    progress: &dyn Fn(u64),
) -> Result<FeedUpdate, Refused> {
    let feeds = sources(request.into, request.config)?;
    let chosen = choose(&feeds, request.from)?;
    let folder = FeedFolder::new(request.into);
    let _lock = folder.lock_downloads()?;
    let current = folder.current()?;
    let manifest = match &current {
        Some(digest) => Some(folder.open(digest)?.manifest().clone()),
        None => None,
    };
    let mut update = FeedUpdate {
        schema: "mekiki/feed-update/v1",
        snapshot: current,
        nothing_new: false,
        fetched: Vec::new(),
        unchanged: Vec::new(),
        failed: Vec::new(),
        import: None,
    };
    let mut failures = Vec::new();
    let (mut fetched, mut confirmed) = (Vec::new(), Vec::new());
    for source in chosen {
        let slot = Slot::of(&folder.downloads(), &source.url);
        // What is remembered counts only while the snapshot in use holds it.
        let known = slot.known().filter(|known| holds(manifest.as_ref(), known));
        match retrieve(&wanted(&feeds, source), &slot, known.as_ref(), manner) {
            Ok(Retrieved::Unchanged) => {
                update.unchanged.push(source.name.clone());
                confirmed.push(source.url.clone());
            }
            Ok(Retrieved::Whole { known: whole, .. })
                if known.as_ref().map(|known| known.sha256) == Some(whole.sha256) =>
            {
                // The server does not say so, but it is the same file.
                slot.used(&whole)?;
                update.unchanged.push(source.name.clone());
                confirmed.push(source.url.clone());
            }
            Ok(Retrieved::Whole { known, .. }) => fetched.push(Fetched {
                source,
                slot,
                known,
            }),
            // A full disk is no fault of the source.
            Err(fault) if fault.code == "feed-write" => return Err(fault.into()),
            Err(fault) => failures.push(fault.in_file(source.name.clone())),
        }
    }
    let is_lost = fetched.is_empty() && confirmed.is_empty();
    if !failures.is_empty() && (is_lost || request.strict) {
        return Err(Refused(failures));
    }
    update.failed = failures.into_iter().map(Told::new).collect();
    if fetched.is_empty() && is_known_until(manifest.as_ref(), &confirmed, request.today) {
        update.nothing_new = true;
        return Ok(update);
    }
    let inputs: Vec<_> = fetched
        .iter()
        .map(|one| Input {
            path: one.slot.path().display().to_string(),
            origin: Some(one.source.url.clone()),
            covers: one.source.covers.clone(),
        })
        .collect();
    let imported = import(
        &Import {
            inputs: &inputs,
            confirmed: &confirmed,
            into: request.into,
            retrieved: Some(request.today),
            today: request.today,
            fresh: false,
            strict: request.strict,
            keep_going: true,
        },
        progress,
    );
    let imported = match imported {
        Ok(imported) => imported,
        Err(refused) => {
            if refused.0.iter().any(|fault| fault.code == "feed-nothing") {
                fetched.iter().try_for_each(|one| one.slot.clear())?;
            }
            return Err(refused);
        }
    };
    update.nothing_new = fetched.is_empty();
    settle(&mut update, &fetched, imported)?;
    Ok(update)
}

/// Remembers what was used, and throws away what could not be.
fn settle(
    update: &mut FeedUpdate,
    fetched: &[Fetched<'_>],
    mut imported: FeedImport,
) -> Result<(), Diagnostic> {
    for one in fetched {
        let failed = imported
            .failed
            .iter()
            .position(|told| told.path == one.source.url);
        if let Some(failed) = failed {
            let mut told = imported.failed.remove(failed);
            told.path.clone_from(&one.source.name);
            update.failed.push(told);
            one.slot.clear()?;
        } else {
            update.fetched.push(one.source.name.clone());
            if imported.snapshot.is_some() {
                one.slot.used(&one.known)?;
            }
        }
    }
    update.snapshot = imported.snapshot.or(update.snapshot);
    update.import = Some(imported);
    Ok(())
}

fn choose<'f>(feeds: &'f Feeds, from: &[String]) -> Result<Vec<&'f Source>, Refused> {
    if from.is_empty() {
        let all = feeds
            .sources
            .iter()
            .filter(|source| !source.only_when_named);
        return Ok(all.collect());
    }
    let names = || feeds.sources.iter().map(|source| source.name.as_str());
    let found = from.iter().map(|name| {
        let source = feeds.sources.iter().find(|source| source.name == *name);
        source.ok_or_else(|| {
            let unknown = format!("there is no source `{name}`");
            Diagnostic::error("source-unknown", Place::whole(), unknown).help(
                match nearest(name, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`mekiki feed update --list-sources` shows them".to_owned(),
                },
            )
        })
    });
    let mut chosen: Vec<&Source> = Vec::new();
    for source in found {
        let source = source?;
        if !chosen.iter().any(|one| one.name == source.name) {
            chosen.push(source);
        }
    }
    Ok(chosen)
}

fn wanted<'a>(feeds: &Feeds, source: &'a Source) -> Wanted<'a> {
    Wanted {
        url: &source.url,
        sha256: source.sha256,
        checksum_url: source.checksum_url.as_deref(),
        proxy: source.proxy.as_deref(),
        allow_http: feeds.allow_http,
        maximum_bytes: source.maximum_bytes,
    }
}

fn holds(manifest: Option<&Manifest>, known: &Known) -> bool {
    let mut sources = manifest.iter().flat_map(|manifest| &manifest.sources);
    sources.any(|source| source.name == known.url && source.sha256 == known.sha256)
}

/// Whether the snapshot already says that sources are known until a day.
fn is_known_until(manifest: Option<&Manifest>, urls: &[String], day: Date) -> bool {
    urls.iter().all(|url| {
        let sources = manifest.iter().flat_map(|manifest| &manifest.sources);
        let mut days = sources
            .filter(|source| source.name == *url)
            .map(|source| source.as_of.as_deref().and_then(parse_day));
        days.any(|known| known >= Some(day))
    })
}
