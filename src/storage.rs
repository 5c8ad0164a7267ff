//! Storage: traits only. Each backend lies in a file of its own with its migrations beside it, and only
//! `app::wire` names one.
//!
//! Every tenant row is keyed by agency first, so that the same tables can be spread over a cluster by
//! that column. Bytes are not stored here: rows point to blobs by digest.

pub mod sqlite;

use std::future::Future;

use serde::Serialize;

use crate::digest::Digest;
use crate::id::{AgencyId, TenderId};
use crate::text::Text;
use crate::time::Date;

/// A stored tender without its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredTender {
    /// The agency.
    pub agency: AgencyId,
    /// The agency's name.
    pub agency_name: Text,
    /// The tender.
    pub tender: TenderId,
    /// Its title.
    pub title: Text,
    /// The day of evaluation.
    pub as_of: Date,
    /// The digest of the canonical record.
    pub record: Digest,
}

/// A file of a stored tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredFile {
    /// Path in the tender's folder.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// The number of its bytes.
    pub bytes: i64,
}

/// Why storage failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused.
    #[error("the database refused: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row breaks an invariant.
    #[error("table `{table}`, row `{row}`: the column `{column}` is broken")]
    Broken {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
}

/// A store that opens transactions.
pub trait Store: Clone + Send + Sync + 'static {
    /// Its transaction.
    type Transaction: Transaction;

    /// Opens a transaction.
    ///
    /// # Errors
    ///
    /// When the database refuses.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, StorageError>> + Send;
}

/// What can be done in one transaction; nothing is kept before [`Transaction::save`].
pub trait Transaction: Send {
    /// Adds a tender with its files; one that is stored already is replaced as a whole.
    ///
    /// # Errors
    ///
    /// When the database refuses.
    fn put_tender(
        &mut self,
        tender: &StoredTender,
        files: &[StoredFile],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Returns a tender; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the database refuses or a row is broken.
    fn lookup_tender(
        &mut self,
        agency: &AgencyId,
        tender: &TenderId,
    ) -> impl Future<Output = Result<Option<StoredTender>, StorageError>> + Send;

    /// Returns one page of tenders in the order of agency and tender, of one agency or of all.
    ///
    /// # Errors
    ///
    /// When the database refuses or a row is broken.
    fn list_tenders(
        &mut self,
        agency: Option<&AgencyId>,
        offset: i64,
        limit: i64,
    ) -> impl Future<Output = Result<Vec<StoredTender>, StorageError>> + Send;

    /// Returns a tender's file with a digest; `None` when the tender has none.
    ///
    /// # Errors
    ///
    /// When the database refuses or a row is broken.
    fn lookup_file(
        &mut self,
        agency: &AgencyId,
        tender: &TenderId,
        sha256: &Digest,
    ) -> impl Future<Output = Result<Option<StoredFile>, StorageError>> + Send;

    /// Keeps what was done. Durable when it returns.
    ///
    /// # Errors
    ///
    /// When the database refuses; then nothing is kept.
    fn save(self) -> impl Future<Output = Result<(), StorageError>> + Send;
}
