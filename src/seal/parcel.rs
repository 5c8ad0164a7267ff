//! Many files in one envelope: a tar archive (POSIX.1-1988 ustar), filled up with zeros so that its length tells little.

use std::io::{Cursor, Read as _};

use crate::diagnostic::{Diagnostic, Place};

/// Packs files by path, in the order given, and fills the archive up to the next multiple of `step` bytes.
///
/// # Errors
///
/// `seal-content` for a path that an archive cannot hold.
pub fn pack(files: &[(&str, &[u8])], step: usize) -> Result<Vec<u8>, Diagnostic> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        header.set_mode(0o644);
        header.set_mtime(0);
        builder
            .append_data(&mut header, path, *bytes)
            .map_err(|_| unpackable(path))?;
    }
    let mut archive = builder
        .into_inner()
        .map_err(|_| unpackable("the archive"))?;
    let length = archive.len().div_ceil(step).saturating_mul(step);
    archive.resize(length, 0);
    Ok(archive)
}

/// Unpacks what [`pack`] packed, in memory.
///
/// # Errors
///
/// `seal-content` where it is no such archive, or holds a path that leads out of it or anything but files.
pub fn unpack(archive: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Diagnostic> {
    let mut files = Vec::new();
    let mut reader = tar::Archive::new(Cursor::new(archive));
    let entries = reader.entries().map_err(|_| unreadable())?;
    for entry in entries {
        let mut entry = entry.map_err(|_| unreadable())?;
        let path = entry
            .path()
            .ok()
            .and_then(|path| path.to_str().map(str::to_owned));
        let path = path.ok_or_else(unreadable)?;
        let leads_out =
            path.contains('\\') || path.split('/').any(|step| matches!(step, ".." | "." | ""));
        if leads_out || !entry.header().entry_type().is_file() {
            return Err(unreadable());
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|_| unreadable())?;
        files.push((path, bytes));
    }
    Ok(files)
}

fn unpackable(path: &str) -> Diagnostic {
    Diagnostic::error(
        "seal-content",
        Place::whole(),
        format!("`{path}` cannot be put into an envelope"),
    )
    .help("give the file a shorter, plain name")
}

fn unreadable() -> Diagnostic {
    Diagnostic::error(
        "seal-content",
        Place::whole(),
        "what is in the envelope cannot be read",
    )
    .help("it was not sealed by this tool, or not for this purpose")
}
