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
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in members {
        writer.start_file(path, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
