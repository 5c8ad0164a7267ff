//! The folder of a case: its log, the digest of the log's last line, and objects under their digests.
//!
//! ```text
//! CASE/lock               held while somebody writes
//! CASE/log.jsonl          one entry a line
//! CASE/head               SHA-256 of the last line
//! CASE/objects/<sha256>   envelopes and what is published; never changed
//! ```
//!
//! Objects are written first, then the log, then the head; each is written to a temporary name, forced to disk and
//! renamed. Whatever breaks leaves the last good log: an object that no entry names means nothing, and a head that
//! is one entry behind is brought up by the next step.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::file::take_lock;

const LOG: &str = "log.jsonl";
const HEAD: &str = "head";
const LOCK: &str = "lock";
const OBJECTS: &str = "objects";
const PARTIAL: &str = ".partial";

/// A folder of a case.
#[derive(Debug, Clone)]
pub struct CaseFolder {
    root: PathBuf,
}

/// The right to write, held by one process at a time; the system takes it back when it ends.
#[derive(Debug)]
pub struct CaseLock {
    _file: File,
}

/// Before which step a write is cut off; only tests cut.
type Cut = Option<usize>;

impl CaseFolder {
    /// Names a folder; nothing is read or made yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Whether a case lies there.
    pub fn is_there(&self) -> bool {
        self.root.join(LOG).is_file()
    }

    /// Makes the folder where there is none, and takes the right to write.
    ///
    /// # Errors
    ///
    /// `case-busy` while another process holds it, `case-write` where the system refuses.
    pub fn lock(&self) -> Result<CaseLock, Diagnostic> {
        let path = self.root.join(LOCK);
        let refused = |error: io::Error| write_refused(&path, &error);
        fs::create_dir_all(self.root.join(OBJECTS)).map_err(refused)?;
        match take_lock(&path).map_err(refused)? {
            Some(file) => Ok(CaseLock { _file: file }),
            None => Err(Diagnostic::error(
                "case-busy",
                Place::whole(),
                format!(
                    "somebody else is writing to the case `{}`",
                    self.root.display()
                ),
            )
            .help("wait until they have ended and do it again; nothing was written")),
        }
    }

    /// The bytes of the log.
    ///
    /// # Errors
    ///
    /// `case-missing` where there is no case, `case-read` where the system refuses.
    pub fn log(&self) -> Result<Vec<u8>, Diagnostic> {
        let path = self.root.join(LOG);
        fs::read(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                Diagnostic::error(
                    "case-missing",
                    Place::whole(),
                    format!("there is no case at `{}`", self.root.display()),
                )
                .help("begin one with `mekiki tender case publish`, or mend the path")
            } else {
                read_refused(&path, &error)
            }
        })
    }

    /// The digest of the last line as it was written down; `None` where it is missing or malformed.
    pub fn head(&self) -> Option<Digest> {
        let text = fs::read_to_string(self.root.join(HEAD)).ok()?;
        text.trim_end_matches('\n').parse().ok()
    }

    /// Keeps an object; on disk when it returns.
    ///
    /// # Errors
    ///
    /// `case-write` where the system refuses.
    pub fn put(&self, _lock: &CaseLock, bytes: &[u8]) -> Result<Digest, Diagnostic> {
        let digest = Digest::of(bytes);
        let path = self.root.join(OBJECTS).join(digest.hex());
        if fs::read(&path).is_ok_and(|kept| Digest::of(&kept) == digest) {
            return Ok(digest);
        }
        replace(&path, bytes, None).map_err(|error| write_refused(&path, &error))?;
        Ok(digest)
    }

    /// Reads an object back and checks it against its digest.
    ///
    /// # Errors
    ///
    /// `case-object`: it is missing, or was altered.
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let not_whole = |what: &str| {
            Diagnostic::error(
                "case-object",
                Place::whole(),
                format!("the object {digest} of the case {what}"),
            )
            .help("restore it from a copy of the case folder; its name is the SHA-256 of its bytes")
        };
        let bytes = fs::read(self.root.join(OBJECTS).join(digest.hex()))
            .map_err(|_| not_whole("is missing or cannot be read"))?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(not_whole("was altered"))
        }
    }

    /// The names of everything among the objects, sorted.
    ///
    /// # Errors
    ///
    /// `case-read` where the system refuses.
    pub fn objects(&self) -> Result<Vec<String>, Diagnostic> {
        let path = self.root.join(OBJECTS);
        let refused = |error: io::Error| read_refused(&path, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(refused)? {
            names.push(
                entry
                    .map_err(refused)?
                    .file_name()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
        names.sort();
        Ok(names)
    }

    /// Puts a longer log in the place of the one that is there; on disk when it returns.
    ///
    /// # Errors
    ///
    /// `case-write` where the system refuses; then the log is either the old or the new one.
    pub fn write_log(&self, _lock: &CaseLock, log: &[u8], head: &Digest) -> Result<(), Diagnostic> {
        self.write_log_until(log, head, [None; 2])
    }

    fn write_log_until(&self, log: &[u8], head: &Digest, cuts: [Cut; 2]) -> Result<(), Diagnostic> {
        let [of_log, of_head] = cuts;
        for (name, bytes, cut) in [
            (LOG, log, of_log),
            (HEAD, format!("{}\n", head.hex()).as_bytes(), of_head),
        ] {
            let path = self.root.join(name);
            replace(&path, bytes, cut).map_err(|error| write_refused(&path, &error))?;
        }
        Ok(())
    }
}

/// Writes a file so that it is there whole or not at all, and on disk.
fn replace(path: &Path, bytes: &[u8], cut: Cut) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(PARTIAL);
    let temporary = PathBuf::from(temporary);
    reached(cut, 0)?;
    let mut file = File::create(&temporary)?;
    let half = bytes.len() / 2;
    file.write_all(bytes.get(..half).unwrap_or_default())?;
    reached(cut, 1)?;
    file.write_all(bytes.get(half..).unwrap_or_default())?;
    file.sync_all()?;
    drop(file);
    reached(cut, 2)?;
    fs::rename(&temporary, path)?;
    reached(cut, 3)?;
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// A step of a write at which a test may cut it off, as a loss of power would.
fn reached(cut: Cut, step: usize) -> io::Result<()> {
    if cut == Some(step) {
        Err(io::Error::other("cut off"))
    } else {
        Ok(())
    }
}

fn write_refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "case-write",
        Place::whole(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
    .help("make room or mend the permissions and do it again; the case is as it was before the step, or after it")
}

fn read_refused(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        "case-read",
        Place::whole(),
        format!("`{}` cannot be read: {error}", path.display()),
    )
    .help("check the permissions")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> CaseFolder {
        let root = std::env::temp_dir().join(format!("mekiki-case-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&root));
        CaseFolder::new(root)
    }

    #[test]
    fn a_write_that_is_cut_off_anywhere_leaves_one_whole_log() {
        let case = scratch("cut");
        let lock = case.lock().unwrap();
        let (old, new) = (b"one\n".as_slice(), b"one\ntwo\n".as_slice());
        let (old_head, new_head) = (Digest::of(b"one"), Digest::of(b"two"));
        for file in 0..2 {
            for step in 0..4 {
                case.write_log(&lock, old, &old_head).unwrap();
                let mut cuts = [None; 2];
                cuts[file] = Some(step);
                let cut = case.write_log_until(new, &new_head, cuts);
                assert_eq!(cut.unwrap_err().code, "case-write", "{file} {step}");
                let log = case.log().unwrap();
                let is_new = file == 1 || step == 3;
                assert_eq!(log, if is_new { new } else { old }, "{file} {step}");
                // The head is the new one, or one entry behind.
                let head = case.head().unwrap();
                assert!(head == old_head || (is_new && head == new_head));
                // And the next step goes through.
                case.write_log(&lock, new, &new_head).unwrap();
                assert_eq!(
                    (case.log().unwrap(), case.head()),
                    (new.to_vec(), Some(new_head))
                );
            }
        }
        fs::remove_dir_all(&case.root).unwrap();
    }

    #[test]
    fn objects_come_back_as_they_were_or_not_at_all() {
        let case = scratch("objects");
        let lock = case.lock().unwrap();
        let digest = case.put(&lock, b"envelope").unwrap();
        assert_eq!(case.get(&digest).unwrap(), b"envelope");
        let path = case.root.join(OBJECTS).join(digest.hex());
        fs::write(&path, b"forged").unwrap();
        assert!(case.get(&digest).unwrap_err().message.contains("altered"));
        // What was damaged is mended by whoever has it.
        case.put(&lock, b"envelope").unwrap();
        assert_eq!(case.get(&digest).unwrap(), b"envelope");
        fs::remove_file(&path).unwrap();
        assert!(case.get(&digest).unwrap_err().message.contains("missing"));
        assert!(!case.is_there());
        assert_eq!(case.log().unwrap_err().code, "case-missing");
        fs::remove_dir_all(&case.root).unwrap();
    }

    #[test]
    fn two_cannot_write_at_once() {
        let case = scratch("busy");
        let lock = case.lock().unwrap();
        assert_eq!(case.lock().unwrap_err().code, "case-busy");
        drop(lock);
        drop(case.lock().unwrap());
        fs::remove_dir_all(&case.root).unwrap();
    }
}
