//! The one place where the wires meet: it alone names a database.

use std::path::Path;

use super::Refused;
use super::shelf::{Shelf, ShelfError};
use crate::blob::BlobFolder;
use crate::folder::make_folder;
use crate::storage::sqlite::SqliteStore;

/// The shelf of the embedded default: one SQLite file and a folder of blobs.
pub type LocalShelf = Shelf<SqliteStore>;

/// Opens the shelf in a data folder, which is made if it is not there.
///
/// # Errors
///
/// When the folder or the database cannot be opened.
pub async fn open_shelf(data: &Path) -> Result<LocalShelf, ShelfError> {
    make_folder(data).map_err(Refused::from)?;
    let store = SqliteStore::open(&data.join("mekiki.sqlite")).await?;
    Ok(Shelf::new(store, BlobFolder::new(data.join("blobs"))))
}
