//! Snapshots on disk: a folder that keeps them under their digests, and which of them is in use.
//!
//! ```text
//! FOLDER/lock                    held while a snapshot is being made
//! FOLDER/current                 the digest of the snapshot in use
//! FOLDER/snapshots/<digest>/     manifest.json, index.bin, records.bin; never changed
//! FOLDER/snapshots/.draft-*/     what an interrupted import left; the next one removes it
//! FOLDER/downloads/              what `retrieve` keeps of each source
//! ```
//!
//! A snapshot is written beside the others, forced to disk, and only then renamed to its digest and made
//! the current one. Whatever happens before leaves the last good snapshot in use.

mod draft;
mod export;
mod read;
#[cfg(test)]
mod tests;

pub use draft::{Draft, RecordSink};
pub use export::{Restored, export_snapshot, is_export};
pub use read::{open_snapshot, verify};

use std::fs::{self, File};
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::file::take_lock;
use crate::snapshot::{INDEX, MANIFEST, Manifest, RECORDS, Records, Snapshot};
use crate::time::{Date, parse_day};
use read::read_manifest;

/// The file that names the snapshot in use.
const CURRENT: &str = "current";
/// The folder of the snapshots.
const SNAPSHOTS: &str = "snapshots";
/// The file that is locked while a snapshot is being made.
const LOCK: &str = "lock";
/// The folder of what is being downloaded.
const DOWNLOADS: &str = "downloads";
/// How the folder of a snapshot that is not finished, or on its way out, begins.
const DRAFT: &str = ".draft-";

/// A folder of snapshots.
#[derive(Debug, Clone)]
pub struct FeedFolder {
    root: PathBuf,
}

/// The right to make a snapshot or to download, held by one process at a time; the system takes it back when it ends.
#[derive(Debug)]
pub struct FeedLock {
    _file: File,
}

/// A snapshot of the folder.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its digest.
    pub digest: Digest,
    /// What it holds.
    pub manifest: Manifest,
    /// Whether it is the one in use.
    pub current: bool,
}

impl Listed {
    /// The day up to which it is known.
    pub fn day(&self) -> Option<Date> {
        parse_day(self.manifest.as_of.as_deref()?)
    }
}

/// What lies in a folder of snapshots.
#[derive(Debug, Default)]
pub struct Listing {
    /// The snapshots whose manifests can be read, the oldest knowledge first.
    pub snapshots: Vec<Listed>,
    /// The others, by the digest that they are named after, with what is wrong.
    pub damaged: Vec<(Digest, Diagnostic)>,
}

impl FeedFolder {
    /// Names a folder; nothing is read or made yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder's path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is a snapshot in use.
    pub fn is_there(&self) -> bool {
        self.root.join(CURRENT).is_file()
    }

    fn snapshots(&self) -> PathBuf {
        self.root.join(SNAPSHOTS)
    }

    /// The folder of a snapshot.
    pub fn path_of(&self, digest: &Digest) -> PathBuf {
        self.snapshots().join(digest.hex())
    }

    /// The folder of what is being downloaded.
    pub fn downloads(&self) -> PathBuf {
        self.root.join(DOWNLOADS)
    }

    /// Takes the right to make snapshots here, makes the folder where there is none, and clears away what
    /// an interrupted import left.
    ///
    /// # Errors
    ///
    /// `feed-busy` while another process holds it, `feed-write` where the system refuses.
    pub fn lock(&self) -> Result<FeedLock, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.root, &error);
        fs::create_dir_all(self.snapshots()).map_err(refused)?;
        let lock = self.hold(&self.root, "import into")?;
        for entry in fs::read_dir(self.snapshots()).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
            if is_draft {
                fs::remove_dir_all(entry.path()).map_err(refused)?;
            }
        }
        match fs::remove_file(self.current_draft()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(refused(error)),
            _ => Ok(lock),
        }
    }

    /// Takes the right to download for this folder, and makes the folder of downloads where there is none.
    ///
    /// # Errors
    ///
    /// As [`FeedFolder::lock`].
    pub fn lock_downloads(&self) -> Result<FeedLock, Diagnostic> {
        let folder = self.downloads();
        fs::create_dir_all(&folder).map_err(|error| write_refused(&folder, &error))?;
        self.hold(&folder, "update of")
    }

    fn hold(&self, folder: &Path, what: &str) -> Result<FeedLock, Diagnostic> {
        let refused = |error: io::Error| write_refused(folder, &error);
        match take_lock(&folder.join(LOCK)).map_err(refused)? {
            Some(file) => Ok(FeedLock { _file: file }),
            None => Err(Diagnostic::error(
                "feed-busy",
                Place::whole(),
                format!("another {what} `{}` is running", self.root.display()),
            )
            .help("wait until it has ended; the snapshot in use is not touched")),
        }
    }

    fn current_draft(&self) -> PathBuf {
        self.root.join(format!("{CURRENT}.partial"))
    }

    /// The digest of the snapshot in use; `None` where there is none.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where the file that names it holds no digest.
    pub fn current(&self) -> Result<Option<Digest>, Diagnostic> {
        let path = self.root.join(CURRENT);
        match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| {
                damaged(&path, "it names no digest")
                    .help("write the digest of one of the folders in `snapshots` into it")
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(damaged(&path, &error.to_string())),
        }
    }

    /// Every snapshot, the oldest knowledge first.
    ///
    /// # Errors
    ///
    /// Where a snapshot's manifest cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, Diagnostic> {
        let Listing { snapshots, damaged } = self.list_all()?;
        match damaged.into_iter().next() {
            Some((_, fault)) => Err(fault),
            None => Ok(snapshots),
        }
    }

    /// Every snapshot, with those that cannot be read set apart.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn list_all(&self) -> Result<Listing, Diagnostic> {
        let current = self.current()?;
        let entries = match fs::read_dir(self.snapshots()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Listing::default()),
            Err(error) => return Err(damaged(&self.snapshots(), &error.to_string())),
        };
        let mut listing = Listing::default();
        for entry in entries {
            let entry = entry.map_err(|error| damaged(&self.snapshots(), &error.to_string()))?;
            let Ok(digest) = entry.file_name().to_string_lossy().parse::<Digest>() else {
                continue;
            };
            let manifest = read_manifest(&entry.path()).and_then(|(bytes, manifest)| {
                if Digest::of(&bytes) == digest {
                    Ok(manifest)
                } else {
                    Err(misnamed(&entry.path()))
                }
            });
            match manifest {
                Ok(manifest) => listing.snapshots.push(Listed {
                    digest,
                    manifest,
                    current: current == Some(digest),
                }),
                Err(fault) => listing.damaged.push((digest, fault)),
            }
        }
        listing.snapshots.sort_by_key(|one| (one.day(), one.digest));
        listing.damaged.sort_by_key(|(digest, _)| *digest);
        Ok(listing)
    }

    /// Removes a snapshot; the one in use stays.
    ///
    /// # Errors
    ///
    /// `feed-in-use` for the one in use, `feed-write` where the system refuses.
    pub fn remove(&self, _lock: &FeedLock, digest: &Digest) -> Result<(), Diagnostic> {
        if self.current()? == Some(*digest) {
            return Err(Diagnostic::error(
                "feed-in-use",
                Place::whole(),
                format!("snapshot `{digest}` is in use and is not removed"),
            )
            .help("put another in use with `mekiki feed use` first"));
        }
        self.set_aside(digest)
            .and_then(fs::remove_dir_all)
            .map_err(|error| write_refused(&self.path_of(digest), &error))
    }

    /// Takes a snapshot's name from it in one step, so that no half of one is ever seen.
    fn set_aside(&self, digest: &Digest) -> io::Result<PathBuf> {
        let aside = self.snapshots().join(format!("{DRAFT}{}", digest.hex()));
        fs::rename(self.path_of(digest), &aside)?;
        Ok(aside)
    }

    /// How many bytes the files of a snapshot take.
    pub fn bytes_of(&self, digest: &Digest) -> u64 {
        let path = self.path_of(digest);
        let length = |name: &str| fs::metadata(path.join(name)).map_or(0, |file| file.len());
        [MANIFEST, INDEX, RECORDS].into_iter().map(length).sum()
    }

    /// Opens a snapshot.
    ///
    /// # Errors
    ///
    /// `feed-missing` where there is none of that digest, and as [`open_snapshot`].
    pub fn open(&self, digest: &Digest) -> Result<Snapshot, Diagnostic> {
        let snapshot = open_snapshot(&self.path_of(digest))?;
        if snapshot.digest() == *digest {
            Ok(snapshot)
        } else {
            Err(misnamed(&self.path_of(digest)))
        }
    }

    /// The imported records of a snapshot.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where they cannot be opened.
    pub fn records(&self, snapshot: &Snapshot) -> Result<Records<BufReader<File>>, Diagnostic> {
        let path = self.path_of(&snapshot.digest()).join(RECORDS);
        let file = File::open(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        Ok(Records::new(
            BufReader::with_capacity(1 << 20, file),
            snapshot.manifest().records,
        ))
    }

    /// Makes a snapshot of the folder the one in use.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn use_snapshot(&self, _lock: &FeedLock, digest: &Digest) -> Result<(), Diagnostic> {
        let path = self.root.join(CURRENT);
        let refused = |error: io::Error| write_refused(&path, &error);
        let draft = self.current_draft();
        let mut file = File::create(&draft).map_err(refused)?;
        writeln!(file, "{}", digest.hex()).map_err(refused)?;
        file.sync_all().map_err(refused)?;
        fs::rename(&draft, &path).map_err(refused)?;
        sync_folder(&self.root).map_err(refused)
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

fn missing(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "feed-missing",
        Place::whole(),
        format!("there is no snapshot at `{}`: {error}", path.display()),
    )
    .help("make one with `mekiki feed import`, or name its folder with --feed")
}

fn misnamed(path: &Path) -> Diagnostic {
    damaged(path, "its manifest is not what its name says")
}

fn damaged(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(
        "feed-damaged",
        Place::whole(),
        format!("`{}` is damaged: {why}", path.display()),
    )
    .help(
        "import the records again with --fresh, or put another in use; `mekiki feed list` shows what is there",
    )
}

fn write_refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "feed-write",
        Place::whole(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
    .help("make room or mend the permissions and do it again; the snapshot in use is not touched")
}
