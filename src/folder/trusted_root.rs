//! The trusted root that is kept between runs: one file, written whole or not at all.
//!
//! ```text
//! FOLDER/lock           held while the trusted root is being replaced
//! FOLDER/kept.json      the trusted root, where it is from, and what a later update is held to
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

const KEPT: &str = "kept.json";
const LOCK: &str = "lock";
/// The most bytes of the file: far more than the four files in it may have together.
const MAXIMUM_BYTES: u64 = 64 * 1024 * 1024;

/// The trusted root that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptRoot {
    /// The form of this file, [`KeptRoot::SCHEMA`].
    pub schema: String,
    /// SHA-256 of the trusted root.
    pub sha256: Digest,
    /// The day on which it was fetched, found unchanged, or handed in; `YYYY-MM-DD`.
    pub refreshed: String,
    /// Whether somebody handed it in, instead of its coming from the repository.
    pub by_hand: bool,
    /// The instant from which the repository's files no longer vouch for it, RFC 3339; `None` by hand.
    pub expires: Option<String>,
    /// The trusted root (`trusted_root.json`), as it is.
    pub trusted_root: String,
    /// What a later update is held to; `None` where there was none yet.
    pub tuf: Option<KeptTuf>,
}

/// What is kept of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTuf {
    /// Its address.
    pub repository: String,
    /// The version of its root.
    pub root_version: u64,
    /// The version of its list of targets.
    pub targets_version: u64,
    /// Its root, timestamp and snapshot, as they are.
    pub root: String,
    /// See `root`.
    pub timestamp: String,
    /// See `root`.
    pub snapshot: String,
    /// The root on which all of it rests; `None` where an earlier edition of this program began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<KeptAnchor>,
}

/// The root from which the first of all updates in a row began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAnchor {
    /// Where it was from.
    pub by: AnchorOrigin,
    /// The name of the file, or of the repository in the table.
    pub from: String,
    /// Its version.
    pub version: u64,
    /// SHA-256 of its file.
    pub sha256: Digest,
}

/// Where a root is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnchorOrigin {
    /// A file that somebody gave.
    File,
    /// An earlier update.
    Kept,
    /// The repository, by the keys in the table of repositories.
    Table,
}

impl KeptRoot {
    /// The form of the file that this program writes and reads.
    pub const SCHEMA: &'static str = "mekiki/kept-trusted-root/v1";

    /// Puts a trusted root together with what is known of it.
    pub fn new(trusted_root: String, refreshed: String) -> Self {
        Self {
            schema: Self::SCHEMA.to_owned(),
            sha256: Digest::of(trusted_root.as_bytes()),
            refreshed,
            by_hand: true,
            expires: None,
            trusted_root,
            tuf: None,
        }
    }
}

/// The right to replace the trusted root, held by one process at a time.
#[derive(Debug)]
pub struct RootLock {
    file: File,
}

impl Drop for RootLock {
    fn drop(&mut self) {
        // A program that is being started at this moment has the file open too, so closing it would not be enough.
        _ = self.file.unlock();
    }
}

/// A folder that keeps a trusted root.
#[derive(Debug, Clone)]
pub struct RootFolder {
    root: PathBuf,
}

impl RootFolder {
    /// Names a folder; nothing is read or made yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The file in which the trusted root is kept.
    pub fn path(&self) -> PathBuf {
        self.root.join(KEPT)
    }

    /// Reads what is kept; `None` where nothing is.
    ///
    /// # Errors
    ///
    /// `trust-root-damaged` where it cannot be read, is of another form, or is not what its digest says.
    pub fn kept(&self) -> Result<Option<KeptRoot>, Diagnostic> {
        let path = self.path();
        let damaged = |why: &str| {
            let message = format!("`{}` is damaged: {why}", path.display());
            Diagnostic::error("trust-root-damaged", Place::whole(), message)
                .help("remove it and refresh or hand in the trusted root again, or name one with --trusted-root")
        };
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() > MAXIMUM_BYTES => {
                return Err(damaged("it is too large"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(&error.to_string())),
        }
        let bytes = fs::read(&path).map_err(|error| damaged(&error.to_string()))?;
        let kept: KeptRoot =
            serde_json::from_slice(&bytes).map_err(|error| damaged(&error.to_string()))?;
        if kept.schema != KeptRoot::SCHEMA {
            return Err(damaged("it is of another form"));
        }
        if Digest::of(kept.trusted_root.as_bytes()) != kept.sha256 {
            return Err(damaged("the trusted root is not the one that was kept"));
        }
        Ok(Some(kept))
    }

    /// Takes the right to replace what is kept, and makes the folder where there is none.
    ///
    /// # Errors
    ///
    /// `trust-root-busy` while another process holds it, `trust-root-write` where the system refuses.
    pub fn lock(&self) -> Result<RootLock, Diagnostic> {
        let refused = |error: &io::Error| write_refused(&self.root, error);
        fs::create_dir_all(&self.root).map_err(|error| refused(&error))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join(LOCK))
            .map_err(|error| refused(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(RootLock { file }),
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "another process replaces what `{}` keeps",
                    self.root.display()
                );
                Err(
                    Diagnostic::error("trust-root-busy", Place::whole(), message)
                        .help("wait until it has ended; the trusted root in use is not touched"),
                )
            }
            Err(TryLockError::Error(error)) => Err(refused(&error)),
        }
    }

    /// Replaces what is kept, in one step and for good.
    ///
    /// # Errors
    ///
    /// `trust-root-write` where the system refuses; what was kept is still there then.
    pub fn keep(&self, _lock: &RootLock, kept: &KeptRoot) -> Result<(), Diagnostic> {
        let path = self.path();
        let draft = path.with_extension("partial");
        let write = || -> io::Result<()> {
            let mut file = File::create(&draft)?;
            file.write_all(&serde_json::to_vec_pretty(kept)?)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            if cfg!(unix) {
                File::open(&self.root)?.sync_all()?;
            }
            Ok(())
        };
        write().map_err(|error| write_refused(&path, &error))
    }
}

fn write_refused(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("`{}` cannot be written: {error}", path.display());
    Diagnostic::error("trust-root-write", Place::whole(), message).help(
        "make room or mend the permissions and do it again; the trusted root in use is not touched",
    )
}
