//! The files of a delivery with the digests that a document asks for.

use crate::digest::{Algorithm, Digest, Digested, Digesters};
use crate::evidence::archive::embedded::{Crate, crates};
use crate::evidence::archive::{Entry, Role, Visitor};

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
    /// The file that comes piece by piece.
    coming: Option<Digesters>,
}

impl Inventory {
    /// An empty one that computes digests by `algorithms`. `is_archive` tells that the first file is the
    /// delivery itself.
    pub fn new(algorithms: Vec<Algorithm>, is_archive: bool) -> Self {
        Self {
            algorithms,
            is_archive,
            files: Vec::new(),
            coming: None,
        }
    }

    /// Takes a file in and returns its number.
    pub fn add(&mut self, entry: Entry, bytes: &[u8]) -> u32 {
        let digested = Digested::of(bytes, &self.algorithms);
        let crates = (entry.role == Role::File).then(|| crates(bytes)).flatten();
        self.put(entry, digested, crates)
    }

    /// Takes a file in that is no program, by the digests that it has under [`Inventory::algorithms`].
    pub fn add_digested(&mut self, entry: Entry, digested: Digested) -> u32 {
        self.put(entry, digested, None)
    }

    /// The algorithms that digests are computed by, in order.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// Takes in what another inventory of the same algorithms holds, behind what is here.
    pub fn append(&mut self, other: Self) {
        let before = self.files.len();
        self.files.extend(other.files.into_iter().map(|file| File {
            parent: file.parent.map(|parent| parent + before),
            ..file
        }));
    }

    /// Forgets what lies inside of archives and images; the archives themselves stay, as files.
    pub fn forget_inside(&mut self) {
        let is_image = self.frame().next().is_some();
        let is_outer = |file: &File| file.parent.is_none() && (!is_image || file.is_frame());
        self.files.retain(is_outer);
        for file in &mut self.files {
            file.role = Role::File;
        }
    }

    /// Makes an inventory of no algorithms one of SHA-256, which is there for every file.
    pub fn name_sha256(&mut self) {
        if self.algorithms.is_empty() {
            self.algorithms.push(Algorithm::Sha256);
            for file in &mut self.files {
                file.digests = vec![file.sha256.hex()];
            }
        }
    }

    /// The first file with its SHA-256 and its size.
    pub fn first(&self) -> Option<(Digest, u64)> {
        self.files.first().map(|file| (file.sha256, file.size))
    }

    /// The files that are the frame of an image, each with its SHA-256 and its size.
    pub fn frame(&self) -> impl Iterator<Item = (&str, (Digest, u64))> {
        let files = self.files.iter();
        let frame = files.filter(|file| file.parent.is_none() && file.is_frame());
        frame.map(|file| (file.path.as_str(), (file.sha256, file.size)))
    }

    /// Whether a program lists what it was built from.
    pub fn lists_crates(&self) -> bool {
        self.files.iter().any(|file| file.crates.is_some())
    }

    fn put(&mut self, entry: Entry, digested: Digested, crates: Option<Vec<Crate>>) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let is_delivery = self.is_archive && self.files.is_empty();
        // Paths are told from the delivery on, whether it is a folder or an archive.
        let around = self.files.first().filter(|_| self.is_archive);
        let path = around
            .and_then(|around| entry.path.strip_prefix(around.path.as_str()))
            .and_then(|path| path.strip_prefix("!/"))
            .map(str::to_owned);
        self.files.push(File {
            digests: digested.digests,
            sha256: digested.sha256,
            parent: entry.parent.map(|parent| parent as usize),
            size: digested.bytes,
            crates,
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

impl Visitor for Inventory {
    fn file(&mut self, entry: Entry, bytes: &[u8]) -> u32 {
        self.add(entry, bytes)
    }

    fn takes_pieces(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.coming = Some(Digesters::new(&self.algorithms));
    }

    fn piece(&mut self, bytes: &[u8]) {
        if let Some(coming) = &mut self.coming {
            coming.update(bytes);
        }
    }

    fn end(&mut self, entry: Entry) -> u32 {
        let coming = self.coming.take();
        let coming = coming.unwrap_or_else(|| Digesters::new(&self.algorithms));
        self.add_digested(entry, coming.finish())
    }
}
