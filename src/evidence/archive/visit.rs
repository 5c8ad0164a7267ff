//! Who is handed the files of a walk.

use super::Container;

/// What a file of a delivery is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A file.
    File,
    /// An archive whose members are files of their own.
    Archive(Container),
    /// Part of the frame of another container, such as a manifest or layer of an image.
    Frame,
}

/// A file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path; `!/` stands between an archive and the path inside.
    pub path: String,
    /// The archive that it lies in, by the number that the visitor gave it.
    pub parent: Option<u32>,
    /// What it is for.
    pub role: Role,
}

/// Takes every file with its bytes and numbers it. An archive comes before its members.
pub trait Visitor {
    /// Takes a file whose bytes are at hand.
    fn file(&mut self, entry: Entry, bytes: &[u8]) -> u32;

    /// Whether large files may come piece by piece. Where not, every file comes whole, however large it is.
    fn takes_pieces(&self) -> bool {
        false
    }

    /// Begins a file that comes piece by piece; what came since the last beginning and did not end is void.
    fn begin(&mut self) {}

    /// Takes the next piece.
    fn piece(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }

    /// Takes the file whose pieces came.
    fn end(&mut self, entry: Entry) -> u32 {
        self.file(entry, &[])
    }
}

impl<F: FnMut(Entry, &[u8]) -> u32> Visitor for F {
    fn file(&mut self, entry: Entry, bytes: &[u8]) -> u32 {
        self(entry, bytes)
    }
}
