//! Snapshots on disk: a folder that keeps them under their digests, and which of them is in use.
//!
//! ```text
//! FOLDER/lock                    held while a snapshot is being made
//! FOLDER/current                 the digest of the snapshot in use
//! FOLDER/snapshots/<digest>/     manifest.json, index.bin, records.bin; never changed
//! FOLDER/snapshots/.draft-*/     what an interrupted import left; the next one removes it
//! ```
//!
//! A snapshot is written beside the others, forced to disk, and only then renamed to its digest and made
//! the current one. Whatever happens before leaves the last good snapshot in use.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::snapshot::{Built, INDEX, MANIFEST, Manifest, RECORDS, ReadAt, Records, Snapshot};
use crate::time::{Date, parse_day};

/// The file that names the snapshot in use.
const CURRENT: &str = "current";
/// The folder of the snapshots.
const SNAPSHOTS: &str = "snapshots";
/// The file that is locked while a snapshot is being made.
const LOCK: &str = "lock";
/// How the folder of a snapshot that is not finished begins.
const DRAFT: &str = ".draft-";
/// The largest manifest that is read: a hundred thousand sources and releases are far below it.
const MAXIMUM_MANIFEST_BYTES: u64 = 64 * 1024 * 1024;

/// Where the records of a snapshot in the making go.
pub type Sink = BufWriter<File>;

/// A file that is read at any offset.
struct OpenFile(File);

impl ReadAt for OpenFile {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, into, offset)
    }

    #[cfg(not(unix))]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = &self.0;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(into)
    }
}

/// A folder of snapshots.
#[derive(Debug, Clone)]
pub struct FeedFolder {
    root: PathBuf,
}

/// The right to make a snapshot, held by one process at a time; the system takes it back when it ends.
#[derive(Debug)]
pub struct FeedLock {
    _file: File,
}

/// A snapshot in the making. Dropped without [`Draft::keep`], it leaves nothing behind.
pub struct Draft<'f> {
    folder: &'f FeedFolder,
    path: PathBuf,
    kept: bool,
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

    /// Takes the right to make snapshots here, makes the folder where there is none, and clears away what
    /// an interrupted import left.
    ///
    /// # Errors
    ///
    /// `feed-busy` while another process holds it, `feed-write` where the system refuses.
    pub fn lock(&self) -> Result<FeedLock, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.root, &error);
        fs::create_dir_all(self.snapshots()).map_err(refused)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join(LOCK))
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Diagnostic::error(
                    "feed-busy",
                    Place::whole(),
                    format!("another import into `{}` is running", self.root.display()),
                )
                .help("wait until it has ended; the snapshot in use is not touched"));
            }
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        for entry in fs::read_dir(self.snapshots()).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
            if is_draft {
                fs::remove_dir_all(entry.path()).map_err(refused)?;
            }
        }
        Ok(FeedLock { _file: file })
    }

    /// Begins a snapshot and gives the sink of its records.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn draft(&self, _lock: &FeedLock) -> Result<(Draft<'_>, BufWriter<File>), Diagnostic> {
        let path = self
            .snapshots()
            .join(format!("{DRAFT}{}", std::process::id()));
        let refused = |error: io::Error| write_refused(&path, &error);
        fs::create_dir(&path).map_err(refused)?;
        let draft = Draft {
            folder: self,
            path: path.clone(),
            kept: false,
        };
        let records = File::create_new(path.join(RECORDS)).map_err(refused)?;
        Ok((draft, BufWriter::with_capacity(1 << 20, records)))
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
        let current = self.current()?;
        let entries = match fs::read_dir(self.snapshots()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(damaged(&self.snapshots(), &error.to_string())),
        };
        let mut listed = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| damaged(&self.snapshots(), &error.to_string()))?;
            let Ok(digest) = entry.file_name().to_string_lossy().parse::<Digest>() else {
                continue;
            };
            let (bytes, manifest) = read_manifest(&entry.path())?;
            if Digest::of(&bytes) != digest {
                return Err(damaged(
                    &entry.path(),
                    "its manifest is not what its name says",
                ));
            }
            listed.push(Listed {
                digest,
                manifest,
                current: current == Some(digest),
            });
        }
        listed.sort_by_key(|one| (one.day(), one.digest));
        Ok(listed)
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
            Err(damaged(
                &self.path_of(digest),
                "its manifest is not what its name says",
            ))
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
        let draft = self.root.join(format!("{CURRENT}.partial"));
        let mut file = File::create(&draft).map_err(refused)?;
        writeln!(file, "{}", digest.hex()).map_err(refused)?;
        file.sync_all().map_err(refused)?;
        fs::rename(&draft, &path).map_err(refused)?;
        sync_folder(&self.root).map_err(refused)
    }
}

impl Draft<'_> {
    /// Forces the snapshot to disk, gives it its name and returns its digest. It is not in use yet.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn keep(mut self, built: Built<BufWriter<File>>) -> Result<Digest, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.path, &error);
        let records = built
            .sink
            .into_inner()
            .map_err(|error| refused(error.into_error()))?;
        records.sync_all().map_err(refused)?;
        let manifest = built.manifest.text();
        for (name, bytes) in [
            (INDEX, built.index.as_slice()),
            (MANIFEST, manifest.as_bytes()),
        ] {
            let mut file = File::create_new(self.path.join(name)).map_err(refused)?;
            file.write_all(bytes).map_err(refused)?;
            file.sync_all().map_err(refused)?;
        }
        sync_folder(&self.path).map_err(refused)?;
        let digest = Digest::of(manifest.as_bytes());
        let place = self.folder.path_of(&digest);
        if place.is_dir() {
            // The same import was made before. What is there is kept, but only if it is whole.
            if self
                .folder
                .open(&digest)
                .is_ok_and(|there| there.verify().is_ok())
            {
                return Ok(digest);
            }
            fs::remove_dir_all(&place).map_err(refused)?;
        }
        fs::rename(&self.path, &place).map_err(refused)?;
        self.kept = true;
        sync_folder(&self.folder.snapshots()).map_err(|error| write_refused(&place, &error))?;
        Ok(digest)
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // The next import clears away what cannot be removed now.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

/// Opens the snapshot that lies in a folder.
///
/// # Errors
///
/// `feed-missing` where there is no manifest, `feed-damaged` and `feed-version` as [`Snapshot::open`].
pub fn open_snapshot(path: &Path) -> Result<Snapshot, Diagnostic> {
    let (manifest, _) = read_manifest(path)?;
    let index = path.join(INDEX);
    let file = File::open(&index).map_err(|error| damaged(&index, &error.to_string()))?;
    Snapshot::open(&manifest, Box::new(OpenFile(file)))
        .map_err(|fault| fault.in_file(path.display().to_string()))
}

fn read_manifest(path: &Path) -> Result<(Vec<u8>, Manifest), Diagnostic> {
    let file = path.join(MANIFEST);
    let metadata = fs::metadata(&file).map_err(|error| missing(path, &error))?;
    if metadata.len() > MAXIMUM_MANIFEST_BYTES {
        return Err(damaged(&file, "it is far too large for a manifest"));
    }
    let bytes = fs::read(&file).map_err(|error| missing(path, &error))?;
    let manifest =
        Manifest::parse(&bytes).map_err(|fault| fault.in_file(file.display().to_string()))?;
    Ok((bytes, manifest))
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

fn damaged(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(
        "feed-damaged",
        Place::whole(),
        format!("`{}` is damaged: {why}", path.display()),
    )
    .help("import the records again; `mekiki feed list` shows what else is there")
}

fn write_refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "feed-write",
        Place::whole(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
    .help("make room or mend the permissions and import again; the snapshot in use is not touched")
}
