//! An inventory on disk.
//!
//! ```text
//! FOLDER/lock                   held while it is being changed
//! FOLDER/inventory.json         its segments; replaced whole
//! FOLDER/segments/<digest>/     manifest.json, index.bin; never changed
//! FOLDER/segments/.draft-*      what an interrupted change left; the next one removes it
//! ```
//!
//! A segment is written beside the others, forced to disk and only then named in `inventory.json`; what
//! that names no more is removed afterwards. Whatever happens before leaves the inventory as it was.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::file::OpenFile;
use crate::inventory::{Built, Inventory, Manifest};

/// The file that names the segments.
const INVENTORY: &str = "inventory.json";
/// The folder of the segments.
const SEGMENTS: &str = "segments";
/// The manifest of a segment.
const MANIFEST: &str = "manifest.json";
/// The index of a segment.
const INDEX: &str = "index.bin";
/// The file that is locked while the inventory is being changed.
const LOCK: &str = "lock";
/// How the folder of a segment that is not finished begins.
const DRAFT: &str = ".draft-";
/// The largest manifest that is read.
const MAXIMUM_MANIFEST_BYTES: u64 = 64 * 1024 * 1024;

/// A folder that holds an inventory.
#[derive(Debug, Clone)]
pub struct InventoryFolder {
    root: PathBuf,
}

/// The right to change an inventory, held by one process at a time; the system takes it back when it ends.
#[derive(Debug)]
pub struct InventoryLock {
    file: File,
}

impl Drop for InventoryLock {
    fn drop(&mut self) {
        // A program that is being started at this moment has the file open too, so closing it would not be enough.
        _ = self.file.unlock();
    }
}

impl InventoryFolder {
    /// Names a folder; nothing is read or made yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn segments(&self) -> PathBuf {
        self.root.join(SEGMENTS)
    }

    /// Takes the right to change it, makes the folder where there is none, and clears away what an
    /// interrupted change left.
    ///
    /// # Errors
    ///
    /// `inventory-busy` while another process holds it, `inventory-write` where the system refuses.
    pub fn lock(&self) -> Result<InventoryLock, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.root, &error);
        fs::create_dir_all(self.segments()).map_err(refused)?;
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
                    "inventory-busy",
                    Place::whole(),
                    format!("the inventory `{}` is being changed", self.root.display()),
                )
                .help("wait until that has ended, and try again"));
            }
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        self.clear(&|name| name.starts_with(DRAFT))
            .map_err(refused)?;
        Ok(InventoryLock { file })
    }

    fn clear(&self, is_waste: &dyn Fn(&str) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(self.segments())? {
            let entry = entry?;
            if is_waste(&entry.file_name().to_string_lossy()) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// What it holds; `None` where nothing was added yet.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` and `inventory-version`.
    pub fn manifest(&self) -> Result<Option<Manifest>, Diagnostic> {
        let path = self.root.join(INVENTORY);
        match read_small(&path) {
            Ok(bytes) => {
                let manifest = Manifest::parse(&bytes);
                let manifest = manifest.map_err(|fault| fault.in_file(path.display().to_string()));
                manifest.map(Some)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(damaged(&path, &error)),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// `inventory-missing` where there is none, `inventory-damaged` and `inventory-version`.
    pub fn open(&self) -> Result<Inventory, Diagnostic> {
        match self.manifest()? {
            Some(manifest) => self.open_as(&manifest),
            None => Err(Diagnostic::error(
                "inventory-missing",
                Place::whole(),
                format!("there is no inventory in `{}`", self.root.display()),
            )
            .help("make one with `mekiki inventory add`")),
        }
    }

    /// Opens it in the state of a manifest.
    ///
    /// # Errors
    ///
    /// `inventory-damaged` and `inventory-version`.
    pub fn open_as(&self, manifest: &Manifest) -> Result<Inventory, Diagnostic> {
        Inventory::open(manifest, &mut |digest| {
            let folder = self.segments().join(digest.hex());
            let (manifest, index) = (folder.join(MANIFEST), folder.join(INDEX));
            let bytes = read_small(&manifest).map_err(|error| damaged(&manifest, &error))?;
            let file = OpenFile::open(&index).map_err(|error| damaged(&index, &error))?;
            Ok((bytes, Box::new(file)))
        })
    }

    /// Keeps a segment and gives its digest. It is no part of the inventory yet.
    ///
    /// # Errors
    ///
    /// `inventory-write` where the system refuses.
    pub fn keep(&self, _lock: &InventoryLock, built: &Built) -> Result<Digest, Diagnostic> {
        let draft = self
            .segments()
            .join(format!("{DRAFT}{}", std::process::id()));
        let refused = |error: io::Error| write_refused(&draft, &error);
        let manifest = built.manifest.text();
        let digest = Digest::of(manifest.as_bytes());
        let place = self.segments().join(digest.hex());
        fs::create_dir(&draft).map_err(refused)?;
        for (name, bytes) in [
            (INDEX, built.index.as_slice()),
            (MANIFEST, manifest.as_bytes()),
        ] {
            write_through(&draft.join(name), bytes).map_err(refused)?;
        }
        if place.is_dir() {
            // The same segment was made before. It may be in use, so it is left alone if it is whole.
            let is_whole = [
                (INDEX, built.index.as_slice()),
                (MANIFEST, manifest.as_bytes()),
            ]
            .iter()
            .all(|(name, bytes)| fs::read(place.join(name)).is_ok_and(|there| there == *bytes));
            if is_whole {
                fs::remove_dir_all(&draft).map_err(refused)?;
                return Ok(digest);
            }
            fs::remove_dir_all(&place).map_err(refused)?;
        }
        fs::rename(&draft, &place).map_err(refused)?;
        sync_folder(&self.segments()).map_err(refused)?;
        Ok(digest)
    }

    /// Puts another state of the inventory in place, and removes the segments that it does not name.
    ///
    /// # Errors
    ///
    /// `inventory-write` where the system refuses.
    pub fn replace(&self, _lock: &InventoryLock, manifest: &Manifest) -> Result<(), Diagnostic> {
        let path = self.root.join(INVENTORY);
        let refused = |error: io::Error| write_refused(&path, &error);
        let draft = self.root.join(format!("{INVENTORY}.partial"));
        drop(fs::remove_file(&draft));
        write_through(&draft, manifest.text().as_bytes()).map_err(refused)?;
        fs::rename(&draft, &path).map_err(refused)?;
        sync_folder(&self.root).map_err(refused)?;
        let held: Vec<String> = manifest
            .segments
            .iter()
            .map(|one| one.digest.hex())
            .collect();
        let is_waste =
            |name: &str| name.parse::<Digest>().is_ok() && !held.iter().any(|one| one == name);
        self.clear(&is_waste).map_err(refused)
    }
}

fn read_small(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > MAXIMUM_MANIFEST_BYTES {
        return Err(io::Error::other("it is far too large for a manifest"));
    }
    fs::read(path)
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

fn damaged(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "inventory-damaged",
        Place::whole(),
        format!("`{}` cannot be read: {error}", path.display()),
    )
    .help("make it again in an empty folder with `mekiki inventory add`")
}

fn write_refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "inventory-write",
        Place::whole(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
    .help("make room or mend the permissions and try again; the inventory is as it was")
}
