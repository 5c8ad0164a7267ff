//! Opens and checks the snapshot that lies in a folder.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::{damaged, missing};
use crate::diagnostic::Diagnostic;
use crate::file::OpenFile;
use crate::snapshot::{INDEX, MANIFEST, Manifest, RECORDS, Snapshot, check_records};

/// The largest manifest that is read: a hundred thousand sources and releases are far below it.
pub(super) const MAXIMUM_MANIFEST_BYTES: u64 = 64 * 1024 * 1024;

/// Opens the snapshot that lies in a folder.
///
/// # Errors
///
/// `feed-missing` where there is no manifest, `feed-damaged` and `feed-version` as [`Snapshot::open`].
pub fn open_snapshot(path: &Path) -> Result<Snapshot, Diagnostic> {
    let (manifest, _) = read_manifest(path)?;
    let index = path.join(INDEX);
    let file = OpenFile::open(&index).map_err(|error| damaged(&index, &error.to_string()))?;
    Snapshot::open(&manifest, Box::new(file))
        .map_err(|fault| fault.in_file(path.display().to_string()))
}

/// Checks every byte of the snapshot that lies in a folder: every page of the index, and the records.
///
/// # Errors
///
/// `feed-damaged` at the first that is not what it was.
pub fn verify(path: &Path, snapshot: &Snapshot) -> Result<(), Diagnostic> {
    snapshot.verify()?;
    for (name, length) in [
        (INDEX, snapshot.manifest().index_bytes()),
        (RECORDS, snapshot.manifest().records.bytes),
    ] {
        let file = path.join(name);
        let metadata = fs::metadata(&file).map_err(|error| damaged(&file, &error.to_string()))?;
        if metadata.len() != length {
            return Err(damaged(
                &file,
                &format!("it has {} bytes, not {length}", metadata.len()),
            ));
        }
    }
    let path = path.join(RECORDS);
    let mut file = File::open(&path).map_err(|error| damaged(&path, &error.to_string()))?;
    let checked = check_records(&mut file, snapshot.manifest().records, &mut io::sink());
    checked.map_err(|error| damaged(&path, &error.to_string()))?
}

pub(super) fn read_manifest(path: &Path) -> Result<(Vec<u8>, Manifest), Diagnostic> {
    let file = path.join(MANIFEST);
    let metadata = fs::metadata(&file).map_err(|error| missing(path, &error))?;
    if metadata.len() > MAXIMUM_MANIFEST_BYTES {
        return Err(damaged(&file, "it is far too large for a manifest"));
    }
    let bytes = fs::read(&file).map_err(|error| missing(path, &error))?;
    let manifest =
        Manifest::parse(&bytes).map_err(|fault| fault.in_file(file.display().to_string()))?;
    Ok((bytes, manifest))
}
