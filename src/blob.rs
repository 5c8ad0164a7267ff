//! Blobs: bytes under their SHA-256, in a folder, never changed.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::digest::Digest;

/// Why a blob could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The system refused.
    #[error("the blob {digest} cannot be {action}: {source}")]
    Refused {
        /// The blob.
        digest: Digest,
        /// `read` or `written`.
        action: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bytes on disk are not those of the digest.
    #[error("the blob {digest} was changed on disk")]
    Altered {
        /// The blob.
        digest: Digest,
    },
}

/// A folder of blobs: `<first two digits>/<digest>`.
#[derive(Debug, Clone)]
pub struct BlobFolder {
    root: PathBuf,
}

impl BlobFolder {
    /// Uses a folder, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.root
            .join(hex.chars().take(2).collect::<String>())
            .join(hex)
    }

    /// Keeps bytes; on disk when it returns. Bytes that are kept already are left alone.
    ///
    /// # Errors
    ///
    /// When the system refuses; then nothing is left half written.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let digest = Digest::of(bytes);
        let path = self.path(&digest);
        let refused = |source| BlobError::Refused {
            digest,
            action: "written",
            source,
        };
        if path.exists() {
            return Ok(digest);
        }
        let folder = path
            .parent()
            .map_or_else(|| self.root.clone(), PathBuf::from);
        fs::create_dir_all(&folder).map_err(refused)?;
        let temporary = folder.join(format!("{digest}.{}.partial", std::process::id()));
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        let kept = written
            .and_then(|()| fs::rename(&temporary, &path))
            .and_then(|()| fs::File::open(&folder)?.sync_all());
        if kept.is_err() {
            // The first error is the one to tell.
            drop(fs::remove_file(&temporary));
        }
        kept.map(|()| digest).map_err(refused)
    }

    /// Reads bytes back and checks them against their digest.
    ///
    /// # Errors
    ///
    /// When the blob is missing, unreadable or altered.
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let bytes = fs::read(self.path(digest)).map_err(|source| BlobError::Refused {
            digest: *digest,
            action: "read",
            source,
        })?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(BlobError::Altered { digest: *digest })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were_or_not_at_all() {
        let root = std::env::temp_dir().join(format!("mekiki-blob-{}", std::process::id()));
        let blobs = BlobFolder::new(&root);
        let digest = blobs.put(b"evidence").unwrap();
        assert_eq!(blobs.put(b"evidence").unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap(), b"evidence");
        assert!(matches!(
            blobs.get(&Digest::of(b"other")),
            Err(BlobError::Refused { .. })
        ));
        fs::write(blobs.path(&digest), b"forged").unwrap();
        assert!(matches!(blobs.get(&digest), Err(BlobError::Altered { .. })));
        fs::remove_dir_all(root).unwrap();
    }
}
