//! The shelf: tenders kept with their evidence and record, for the service to show.

use serde_json::Value;

use super::Refused;
use super::library::Library;
use super::tender::{judge_tender, open_tender, write_record};
use crate::blob::{BlobError, BlobFolder};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::id::{AgencyId, TenderId};
use crate::storage::{StorageError, Store, StoredFile, StoredTender, Transaction};

/// The most tenders that one page of a list holds.
pub const PAGE: i64 = 100;

/// Why the shelf could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The tender cannot be judged.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The blobs failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Tenders in a store, bytes in a folder of blobs.
#[derive(Debug, Clone)]
pub struct Shelf<S> {
    store: S,
    blobs: BlobFolder,
}

/// A piece of evidence as it was handed in.
#[derive(Debug, Clone)]
pub struct ShelvedEvidence {
    /// Its path in the tender's folder.
    pub file: StoredFile,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl<S: Store> Shelf<S> {
    /// Puts a shelf together.
    pub fn new(store: S, blobs: BlobFolder) -> Self {
        Self { store, blobs }
    }

    /// Judges a tender and keeps it with all its evidence and its record. Durable when it returns.
    ///
    /// # Errors
    ///
    /// When it cannot be judged or kept; then the shelf is as before.
    pub async fn add(
        &self,
        library: &Library,
        evidence: Vec<Evidence>,
    ) -> Result<StoredTender, ShelfError> {
        let open = open_tender(library, evidence)?;
        let judged = judge_tender(library, &open, None)?;
        let record = write_record(library, &open, &judged);
        let mut files = Vec::new();
        for one in &open.evidence {
            let sha256 = self.blobs.put(&one.bytes)?;
            files.push(StoredFile {
                path: one.path.clone(),
                sha256,
                bytes: i64::try_from(one.bytes.len()).unwrap_or(i64::MAX),
            });
        }
        let stored = StoredTender {
            agency: open.tender.agency.clone(),
            agency_name: open.tender.agency_name.clone(),
            tender: open.tender.id.clone(),
            title: open.tender.title.clone(),
            as_of: open.tender.as_of,
            record: self.blobs.put(record.as_bytes())?,
        };
        let mut transaction = self.store.begin().await?;
        transaction.put_tender(&stored, &files).await?;
        transaction.save().await?;
        Ok(stored)
    }

    /// Lists one page of tenders, of one agency or of all.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn list(
        &self,
        agency: Option<&AgencyId>,
        page: i64,
    ) -> Result<Vec<StoredTender>, ShelfError> {
        let offset = page.max(0).saturating_mul(PAGE);
        Ok(self
            .store
            .begin()
            .await?
            .list_tenders(agency, offset, PAGE)
            .await?)
    }

    /// Returns a tender with the bytes of its record; `None` when there is no such tender.
    ///
    /// # Errors
    ///
    /// When the store fails or the record was altered on disk.
    pub async fn record(
        &self,
        agency: &AgencyId,
        tender: &TenderId,
    ) -> Result<Option<(StoredTender, Vec<u8>)>, ShelfError> {
        let Some(stored) = self
            .store
            .begin()
            .await?
            .lookup_tender(agency, tender)
            .await?
        else {
            return Ok(None);
        };
        let record = self.blobs.get(&stored.record)?;
        Ok(Some((stored, record)))
    }

    /// Returns the tender's view out of its record.
    ///
    /// # Errors
    ///
    /// As [`Shelf::record`].
    pub async fn view(
        &self,
        agency: &AgencyId,
        tender: &TenderId,
    ) -> Result<Option<Value>, ShelfError> {
        let record = self.record(agency, tender).await?;
        Ok(record.map(|(_, bytes)| {
            let mut record: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            record
                .get_mut("tender")
                .map(Value::take)
                .unwrap_or_default()
        }))
    }

    /// Returns a tender's evidence by digest; `None` when the tender has none with it.
    ///
    /// # Errors
    ///
    /// When the store fails or the bytes were altered on disk.
    pub async fn evidence(
        &self,
        agency: &AgencyId,
        tender: &TenderId,
        sha256: &Digest,
    ) -> Result<Option<ShelvedEvidence>, ShelfError> {
        let file = self
            .store
            .begin()
            .await?
            .lookup_file(agency, tender, sha256)
            .await?;
        file.map(|file| {
            Ok(ShelvedEvidence {
                bytes: self.blobs.get(&file.sha256)?,
                file,
            })
        })
        .transpose()
    }
}
