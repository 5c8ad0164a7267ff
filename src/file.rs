//! An open file that is read at any offset, by several threads beside each other.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::pages::ReadAt;

/// An open file.
pub struct OpenFile {
    #[cfg(unix)]
    file: File,
    /// Without reads at an offset, moving there and reading must not be parted.
    #[cfg(not(unix))]
    file: std::sync::Mutex<File>,
}

impl OpenFile {
    /// Opens a file for reading.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self {
            #[cfg(unix)]
            file,
            #[cfg(not(unix))]
            file: std::sync::Mutex::new(file),
        })
    }
}

impl ReadAt for OpenFile {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, into, offset)
    }

    #[cfg(not(unix))]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = match self.file.lock() {
            Ok(file) => file,
            Err(poisoned) => poisoned.into_inner(),
        };
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(into)
    }
}
