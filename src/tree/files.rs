//! Several small files that belong together, by their path.

use std::collections::BTreeMap;

use super::{Complaints, Document, parse_toml};
use crate::diagnostic::{Diagnostic, Place};

/// The bytes of files by their path.
pub type Files<'a> = BTreeMap<&'a str, &'a [u8]>;

/// Parses one file and reads it; its faults are added with its path.
pub fn read_file<T>(
    files: &Files<'_>,
    path: &str,
    faults: &mut Vec<Diagnostic>,
    read: impl FnOnce(&Document, &Complaints) -> T,
) -> Option<T> {
    let Some(bytes) = files.get(path) else {
        faults.push(
            Diagnostic::error("file-missing", Place::whole(), "the file is missing")
                .help("restore it")
                .in_file(path),
        );
        return None;
    };
    match parse_toml(bytes) {
        Err(syntax) => {
            faults.extend(syntax.into_iter().map(|one| one.in_file(path)));
            None
        }
        Ok(document) => {
            let complaints = Complaints::default();
            let value = read(&document, &complaints);
            faults.extend(
                complaints
                    .into_sorted()
                    .into_iter()
                    .map(|one| one.in_file(path)),
            );
            Some(value)
        }
    }
}
