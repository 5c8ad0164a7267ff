//! What is kept of one address on disk: the file on its way, and what is remembered of it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Digester};

/// What is remembered of a file that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its address.
    pub url: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its entity tag, as the server wrote it.
    pub etag: Option<String>,
    /// When it was last changed, as the server wrote it.
    pub last_modified: Option<String>,
}

/// What is remembered of a file on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OnItsWay {
    pub(super) url: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// Whether all of it is there.
    pub(super) whole: bool,
}

/// The files of one address in a folder of downloads.
#[derive(Debug, Clone)]
pub struct Slot {
    stem: PathBuf,
    url: String,
}

impl Slot {
    /// The slot of an address; nothing is read or made yet.
    pub fn of(folder: &Path, url: &str) -> Self {
        Self {
            stem: folder.join(Digest::of(url.as_bytes()).short()),
            url: url.to_owned(),
        }
    }

    /// Where the file lies.
    pub fn path(&self) -> PathBuf {
        self.stem.with_extension("download")
    }

    /// What is remembered of the file that was used last; `None` where that cannot be read either.
    pub fn known(&self) -> Option<Known> {
        let known: Known = read_json(&self.stem.with_extension("known.json"))?;
        (known.url == self.url).then_some(known)
    }

    /// Remembers a file that was used, and removes it.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn used(&self, known: &Known) -> Result<(), Diagnostic> {
        self.write_json(&self.stem.with_extension("known.json"), known)?;
        self.clear()
    }

    /// Removes what is on its way.
    ///
    /// # Errors
    ///
    /// `feed-write` where the system refuses.
    pub fn clear(&self) -> Result<(), Diagnostic> {
        for path in [self.note(), self.path()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(refused(&path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What is on its way, and how many bytes of it are there.
    pub(super) fn on_its_way(&self) -> Option<(OnItsWay, u64)> {
        let note: OnItsWay = read_json(&self.note())?;
        let length = fs::metadata(self.path()).ok()?.len();
        (note.url == self.url && length > 0).then_some((note, length))
    }

    /// Remembers what is on its way.
    pub(super) fn note_down(&self, note: &OnItsWay) -> Result<(), Diagnostic> {
        self.write_json(&self.note(), note)
    }

    /// Opens the file to go on behind what is there, or from its beginning.
    pub(super) fn open(&self, from: u64) -> Result<File, Diagnostic> {
        let path = self.path();
        let file = File::options()
            .create(true)
            .append(from > 0)
            .write(true)
            .truncate(from == 0)
            .open(&path);
        file.map_err(|error| refused(&path, &error))
    }

    /// The digest of the file.
    pub(super) fn digest(&self) -> Result<Digest, Diagnostic> {
        let path = self.path();
        let of_file = || {
            let mut file = File::open(&path)?;
            let mut digester = Digester::default();
            let mut chunk = vec![0; 1 << 20];
            loop {
                let read = file.read(&mut chunk)?;
                if read == 0 {
                    return Ok(digester.finish());
                }
                digester.update(chunk.get(..read).unwrap_or_default());
            }
        };
        of_file().map_err(|error: io::Error| refused(&path, &error))
    }

    fn note(&self) -> PathBuf {
        self.stem.with_extension("download.json")
    }

    fn write_json(&self, path: &Path, value: &impl Serialize) -> Result<(), Diagnostic> {
        let text = serde_json::to_string(value).unwrap_or_default();
        let temporary = self.stem.with_extension("partial");
        fs::write(&temporary, text)
            .and_then(|()| fs::rename(&temporary, path))
            .map_err(|error| refused(path, &error))
    }
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

pub(super) fn refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "feed-write",
        Place::whole(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
    .help("make room or mend the permissions and do it again; the snapshot in use is not touched")
}
