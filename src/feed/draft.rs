//! A snapshot in the making: a folder beside the others, which gets its name when all of it is on disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{DRAFT, FeedFolder, FeedLock, sync_folder, verify, write_refused};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::snapshot::{Built, INDEX, MANIFEST, RECORDS};

/// A snapshot in the making. Dropped without [`Draft::keep`], it leaves nothing behind.
pub struct Draft<'f> {
    folder: &'f FeedFolder,
    path: PathBuf,
    kept: bool,
}

/// Where the records of a draft go.
pub type RecordSink = BufWriter<File>;

impl FeedFolder {
    /// Begins a snapshot and gives the sink of its records.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn draft(&self, _lock: &FeedLock) -> Result<(Draft<'_>, RecordSink), Diagnostic> {
        let path = self.snapshots().join(format!("{DRAFT}new"));
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
}

impl Draft<'_> {
    /// Forces the snapshot to disk, gives it its name and returns its digest. It is not in use yet.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn keep(self, built: Built<RecordSink>) -> Result<Digest, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.path, &error);
        let records = built
            .sink
            .into_inner()
            .map_err(|error| refused(error.into_error()))?;
        records.sync_all().map_err(refused)?;
        let manifest = built.manifest.text();
        self.write(INDEX, &built.index)?;
        self.write(MANIFEST, manifest.as_bytes())?;
        self.settle(Digest::of(manifest.as_bytes()))
    }

    /// The folder that the files are written to.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one of the files and forces it to disk.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let path = self.path.join(name);
        let write = || {
            let mut file = File::create_new(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|error| write_refused(&path, &error))
    }

    /// Gives a folder whose files are on disk its name.
    pub(super) fn settle(mut self, digest: Digest) -> Result<Digest, Diagnostic> {
        let refused = |error: io::Error| write_refused(&self.path, &error);
        sync_folder(&self.path).map_err(refused)?;
        let place = self.folder.path_of(&digest);
        if place.is_dir() {
            // The same import was made before. What is there is kept, but only if it is whole.
            let there = self.folder.open(&digest);
            if there.is_ok_and(|there| verify(&place, &there).is_ok()) {
                return Ok(digest);
            }
            let aside = self.folder.set_aside(&digest).map_err(refused)?;
            fs::rename(&self.path, &place).map_err(refused)?;
            self.kept = true;
            fs::remove_dir_all(aside).map_err(|error| write_refused(&place, &error))?;
        } else {
            fs::rename(&self.path, &place).map_err(refused)?;
            self.kept = true;
        }
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
