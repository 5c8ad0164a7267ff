//! The digests of the files below a folder, read piece by piece.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::{FolderError, list_folder};
use crate::digest::{Digest, Digester};

/// A file below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested {
    /// Its path inside of the folder.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Digests every regular file below a folder, sorted by path. Links are not followed and not told.
///
/// # Errors
///
/// When the folder cannot be listed, or a file cannot be read.
pub fn digest_folder(root: &str) -> Result<Vec<Digested>, FolderError> {
    let files = list_folder(root)?.files.into_iter();
    let digested = files.map(|path| {
        let (sha256, bytes) = digest_file(&Path::new(root).join(&path))?;
        Ok(Digested {
            path,
            sha256,
            bytes,
        })
    });
    digested.collect()
}

/// Digests one file.
///
/// # Errors
///
/// When it is missing or cannot be read.
pub fn digest_file(path: &Path) -> Result<(Digest, u64), FolderError> {
    let of = |source| FolderError::of(path, source);
    let mut file = fs::File::open(path).map_err(of)?;
    let mut digester = Digester::default();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes: u64 = 0;
    loop {
        let length = file.read(&mut buffer).map_err(of)?;
        let Some(piece) = buffer.get(..length).filter(|piece| !piece.is_empty()) else {
            return Ok((digester.finish(), bytes));
        };
        digester.update(piece);
        bytes = bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
    }
}

/// The size of a regular file; `None` where there is none.
pub fn file_length(path: &Path) -> Option<u64> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}
