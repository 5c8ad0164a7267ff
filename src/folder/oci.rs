//! The files of an image layout: read in place, without following links.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use super::FolderError;
use crate::diagnostic::Diagnostic;
use crate::evidence::oci::Files;

/// An image layout on disk.
#[derive(Debug, Clone)]
pub struct LayoutFolder {
    root: PathBuf,
}

impl LayoutFolder {
    /// Names the folder; nothing is read yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl Files for LayoutFolder {
    fn file(&self, path: &str, maximum_bytes: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
        let told = |error: FolderError| error.diagnostic();
        let mut on_disk = self.root.clone();
        let mut is_file = false;
        for step in path.split('/') {
            if matches!(step, "" | "." | "..") || step.contains(['\\', '\0']) {
                let path = path.to_owned();
                return Err(told(FolderError::Irregular { path }));
            }
            on_disk.push(step);
            match fs::symlink_metadata(&on_disk) {
                Ok(metadata) if metadata.is_symlink() => {
                    let path = on_disk.display().to_string();
                    return Err(told(FolderError::Link { path }));
                }
                Ok(metadata) => is_file = metadata.is_file(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(told(FolderError::of(&on_disk, error))),
            }
        }
        if !is_file {
            let path = on_disk.display().to_string();
            return Err(told(FolderError::Irregular { path }));
        }
        let mut bytes = Vec::new();
        fs::File::open(&on_disk)
            .and_then(|file| {
                file.take(maximum_bytes.saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(|error| told(FolderError::of(&on_disk, error)))?;
        let length = bytes.len() as u64;
        if length > maximum_bytes {
            return Err(told(FolderError::TooLarge {
                path: on_disk.display().to_string(),
                bytes: length,
                limit: maximum_bytes,
            }));
        }
        Ok(Some(bytes))
    }
}
