//! The files of a delivery with the digests that a document asks for.

use crate::digest::{Algorithm, Digest};
use crate::evidence::archive::embedded::{Crate, crates};
use crate::evidence::archive::{Entry, Role};

/// A file of a delivery.
#[derive(Debug)]
pub(super) struct File {
    /// Its path; `!/` stands between an archive and the path inside.
    pub(super) path: String,
    /// The archive that it lies in.
    pub(super) parent: Option<usize>,
    pub(super) sha256: Digest,
    /// Its size in bytes.
    pub(super) size: u64,
    role: Role,
    /// Digests in the order of the inventory's algorithms.
    digests: Vec<String>,
    /// The crates that it lists, where it is a program that does.
    pub(super) crates: Option<Vec<Crate>>,
}

impl File {
    /// Its path inside the innermost archive.
    pub(super) fn inside(&self) -> &str {
        self.path
            .rsplit_once("!/")
            .map_or(self.path.as_str(), |(_, inside)| inside)
    }

    /// The last step of its path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether it is a file and not an archive that was opened.
    pub(super) fn is_plain(&self) -> bool {
        self.role == Role::File
    }

    /// Whether it only holds the delivery together.
    pub(super) fn is_frame(&self) -> bool {
        self.role == Role::Frame
    }
}

/// The files of a delivery, each read once.
#[derive(Debug)]
pub struct Inventory {
    algorithms: Vec<Algorithm>,
    /// Whether the first file is an archive that is the delivery itself.
    is_archive: bool,
    files: Vec<File>,
}

impl Inventory {
    /// An empty one that computes digests by `algorithms`. `is_archive` tells that the first file is the
    /// delivery itself.
    pub fn new(algorithms: Vec<Algorithm>, is_archive: bool) -> Self {
        Self {
            algorithms,
            is_archive,
            files: Vec::new(),
        }
    }

    /// Takes a file in and returns its number.
    pub fn add(&mut self, entry: Entry, bytes: &[u8]) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let sha256 = Digest::of(bytes);
        let digests = self.algorithms.iter().map(|algorithm| match algorithm {
            Algorithm::Sha256 => sha256.hex(),
            algorithm => algorithm.hex_of(bytes),
        });
        let is_delivery = self.is_archive && self.files.is_empty();
        // Paths are told from the delivery on, whether it is a folder or an archive.
        let around = self.files.first().filter(|_| self.is_archive);
        let path = around
            .and_then(|around| entry.path.strip_prefix(around.path.as_str()))
            .and_then(|path| path.strip_prefix("!/"))
            .map(str::to_owned);
        self.files.push(File {
            digests: digests.collect(),
            sha256,
            parent: entry.parent.map(|parent| parent as usize),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            crates: (entry.role == Role::File).then(|| crates(bytes)).flatten(),
            role: match entry.role {
                Role::Archive(_) if is_delivery => Role::Frame,
                role => role,
            },
            path: path.unwrap_or(entry.path),
        });
        number
    }

    /// Says what a program lists.
    #[cfg(test)]
    pub(super) fn list_crates(&mut self, index: usize, crates: Option<Vec<Crate>>) {
        self.files[index].crates = crates;
    }

    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    pub(super) fn digests<'f>(
        &'f self,
        file: &'f File,
    ) -> impl Iterator<Item = (Algorithm, &'f str)> {
        let digests = file.digests.iter().map(String::as_str);
        self.algorithms.iter().copied().zip(digests)
    }
}
