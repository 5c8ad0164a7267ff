//! SQLite: one file, write-ahead log, every acknowledged write synchronised to disk.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, Sqlite, SqlitePool, sqlite::SqliteRow};

use super::{StorageError, Store, StoredFile, StoredTender, Transaction};
use crate::digest::Digest;
use crate::id::{AgencyId, TenderId};
use crate::text::Text;
use crate::time::parse_day;

/// A store in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore(SqlitePool);

/// A transaction of [`SqliteStore`]; dropped without `save` it leaves nothing behind.
pub struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl SqliteStore {
    /// Opens the file, makes it if it is not there, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or the migration fails.
    pub async fn open(file: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(10));
        Self::migrated(
            SqlitePoolOptions::new()
                .max_connections(8)
                .connect_with(options)
                .await
                .map_err(database)?,
        )
        .await
    }

    /// Opens a store in memory that ends with its last handle.
    ///
    /// # Errors
    ///
    /// When the migration fails.
    pub async fn in_memory() -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options);
        Self::migrated(pool.await.map_err(database)?).await
    }

    async fn migrated(pool: SqlitePool) -> Result<Self, StorageError> {
        sqlx::migrate!("src/storage/sqlite/migrations")
            .run(&pool)
            .await
            .map_err(|error| StorageError::Database(Box::new(error)))?;
        Ok(Self(pool))
    }
}

fn database(error: sqlx::Error) -> StorageError {
    StorageError::Database(Box::new(error))
}

impl Store for SqliteStore {
    type Transaction = SqliteTransaction;

    async fn begin(&self) -> Result<SqliteTransaction, StorageError> {
        self.0
            .begin()
            .await
            .map(SqliteTransaction)
            .map_err(database)
    }
}

const TENDER: &str = "SELECT agency_id, tender_id, agency_name_ja, agency_name_en, title_ja, title_en, as_of, record_sha256 FROM tender";

impl Transaction for SqliteTransaction {
    async fn put_tender(
        &mut self,
        tender: &StoredTender,
        files: &[StoredFile],
    ) -> Result<(), StorageError> {
        let (agency, id) = (tender.agency.as_str(), tender.tender.as_str());
        sqlx::query("DELETE FROM tender_file WHERE agency_id = $1 AND tender_id = $2")
            .bind(agency)
            .bind(id)
            .execute(&mut *self.0)
            .await
            .map_err(database)?;
        sqlx::query(
            "INSERT INTO tender (agency_id, tender_id, agency_name_ja, agency_name_en, title_ja, title_en, as_of, record_sha256)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (agency_id, tender_id) DO UPDATE SET agency_name_ja = excluded.agency_name_ja,
                agency_name_en = excluded.agency_name_en, title_ja = excluded.title_ja, title_en = excluded.title_en,
                as_of = excluded.as_of, record_sha256 = excluded.record_sha256",
        )
        .bind(agency)
        .bind(id)
        .bind(&tender.agency_name.ja)
        .bind(&tender.agency_name.en)
        .bind(&tender.title.ja)
        .bind(&tender.title.en)
        .bind(tender.as_of.to_string())
        .bind(tender.record.hex())
        .execute(&mut *self.0)
        .await
        .map_err(database)?;
        for file in files {
            sqlx::query("INSERT INTO tender_file (agency_id, tender_id, path, sha256, bytes) VALUES ($1, $2, $3, $4, $5)")
                .bind(agency)
                .bind(id)
                .bind(&file.path)
                .bind(file.sha256.hex())
                .bind(file.bytes)
                .execute(&mut *self.0)
                .await
                .map_err(database)?;
        }
        Ok(())
    }

    async fn lookup_tender(
        &mut self,
        agency: &AgencyId,
        tender: &TenderId,
    ) -> Result<Option<StoredTender>, StorageError> {
        let query = format!("{TENDER} WHERE agency_id = $1 AND tender_id = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(agency.as_str())
            .bind(tender.as_str())
            .fetch_optional(&mut *self.0)
            .await
            .map_err(database)?;
        row.map(|row| stored_tender(&row)).transpose()
    }

    async fn list_tenders(
        &mut self,
        agency: Option<&AgencyId>,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<StoredTender>, StorageError> {
        let condition = if agency.is_some() {
            "agency_id = $1"
        } else {
            "$1 = $1"
        };
        let query =
            format!("{TENDER} WHERE {condition} ORDER BY agency_id, tender_id LIMIT $2 OFFSET $3");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(agency.map_or("", AgencyId::as_str))
            .bind(limit)
            .bind(offset)
            .fetch_all(&mut *self.0)
            .await
            .map_err(database)?;
        rows.iter().map(stored_tender).collect()
    }

    async fn lookup_file(
        &mut self,
        agency: &AgencyId,
        tender: &TenderId,
        sha256: &Digest,
    ) -> Result<Option<StoredFile>, StorageError> {
        let row = sqlx::query("SELECT path, bytes FROM tender_file WHERE agency_id = $1 AND tender_id = $2 AND sha256 = $3 ORDER BY path LIMIT 1")
            .bind(agency.as_str())
            .bind(tender.as_str())
            .bind(sha256.hex())
            .fetch_optional(&mut *self.0)
            .await
            .map_err(database)?;
        row.map(|row| {
            Ok(StoredFile {
                path: row.try_get(0).map_err(database)?,
                sha256: *sha256,
                bytes: row.try_get(1).map_err(database)?,
            })
        })
        .transpose()
    }

    async fn save(self) -> Result<(), StorageError> {
        self.0.commit().await.map_err(database)
    }
}

fn stored_tender(row: &SqliteRow) -> Result<StoredTender, StorageError> {
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(database);
    let (agency, tender) = (text("agency_id")?, text("tender_id")?);
    let broken = |column| StorageError::Broken {
        table: "tender",
        column,
        row: format!("{agency}/{tender}"),
    };
    Ok(StoredTender {
        agency_name: Text {
            ja: text("agency_name_ja")?,
            en: text("agency_name_en")?,
        },
        title: Text {
            ja: text("title_ja")?,
            en: text("title_en")?,
        },
        as_of: parse_day(&text("as_of")?).ok_or_else(|| broken("as_of"))?,
        record: text("record_sha256")?
            .parse()
            .map_err(|_| broken("record_sha256"))?,
        agency: AgencyId(agency.clone()),
        tender: TenderId(tender.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tender(agency: &str, id: &str) -> StoredTender {
        StoredTender {
            agency: agency.into(),
            agency_name: Text {
                ja: "庁".into(),
                en: "Agency".into(),
            },
            tender: id.into(),
            title: Text {
                ja: "件".into(),
                en: "T".into(),
            },
            as_of: parse_day("2026-11-20").unwrap(),
            record: Digest::of(id.as_bytes()),
        }
    }

    #[tokio::test]
    async fn a_tender_is_kept_whole_or_not_at_all() {
        let store = SqliteStore::in_memory().await.unwrap();
        let file = StoredFile {
            path: "tender.toml".into(),
            sha256: Digest::of(b"x"),
            bytes: 1,
        };
        let mut transaction = store.begin().await.unwrap();
        transaction
            .put_tender(&tender("a", "t"), std::slice::from_ref(&file))
            .await
            .unwrap();
        drop(transaction);
        let mut transaction = store.begin().await.unwrap();
        assert_eq!(
            transaction
                .lookup_tender(&"a".into(), &"t".into())
                .await
                .unwrap(),
            None
        );
        for _ in 0..2 {
            transaction
                .put_tender(&tender("a", "t"), std::slice::from_ref(&file))
                .await
                .unwrap();
        }
        transaction
            .put_tender(&tender("b", "t"), &[])
            .await
            .unwrap();
        transaction.save().await.unwrap();

        let mut transaction = store.begin().await.unwrap();
        assert_eq!(
            transaction
                .lookup_tender(&"a".into(), &"t".into())
                .await
                .unwrap(),
            Some(tender("a", "t"))
        );
        assert_eq!(
            transaction
                .lookup_file(&"a".into(), &"t".into(), &file.sha256)
                .await
                .unwrap(),
            Some(file.clone())
        );
        assert_eq!(
            transaction
                .lookup_file(&"b".into(), &"t".into(), &file.sha256)
                .await
                .unwrap(),
            None,
            "another agency's file"
        );
        assert_eq!(
            transaction
                .list_tenders(Some(&"b".into()), 0, 10)
                .await
                .unwrap(),
            [tender("b", "t")]
        );
        assert_eq!(
            transaction.list_tenders(None, 0, 10).await.unwrap().len(),
            2
        );
        assert_eq!(
            transaction.list_tenders(None, 1, 10).await.unwrap(),
            [tender("b", "t")]
        );
    }
}
