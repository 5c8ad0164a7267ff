//! An open file that is read at any offset, by several threads beside each other, and locks between processes.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

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

/// How often a lock that another process holds is asked for again, and after what pause.
const PATIENCE: usize = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// Takes the lock on a file, which is made where there is none; `None` while another process holds it. The system takes the
/// lock back when the file is closed or the process ends.
///
/// # Errors
///
/// Where the system refuses.
pub(crate) fn take_lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    // A process that was forked beside us holds what is open until it runs its own program.
    let mut taken = file.try_lock();
    for _ in 0..PATIENCE {
        if !matches!(taken, Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(PAUSE);
        taken = file.try_lock();
    }
    match taken {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
