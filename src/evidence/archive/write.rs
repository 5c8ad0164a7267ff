//! Writing an archive whose bytes follow from its members alone.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes a ZIP of members that are stored as they are, in the order given, all of the first day of the format
/// (1980-01-01), so that the same members give the same bytes.
///
/// # Errors
///
/// When a name is too long for the format, or stands there twice.
pub fn stored_zip<'m>(
    members: impl IntoIterator<Item = (&'m str, &'m [u8])>,
) -> std::io::Result<Vec<u8>> {
    zip(members, CompressionMethod::Stored)
}

/// Writes a ZIP as [`stored_zip`] does, with its members compressed.
///
/// # Errors
///
/// As [`stored_zip`].
pub fn deflated_zip<'m>(
    members: impl IntoIterator<Item = (&'m str, &'m [u8])>,
) -> std::io::Result<Vec<u8>> {
    zip(members, CompressionMethod::Deflated)
}

fn zip<'m>(
    members: impl IntoIterator<Item = (&'m str, &'m [u8])>,
    method: CompressionMethod,
) -> std::io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in members {
        let large = u32::try_from(bytes.len()).is_err();
        writer.start_file(path, options.large_file(large))?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
