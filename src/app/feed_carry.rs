//! Carries snapshots across an air gap, and removes old ones.

use std::path::Path;

use serde::Serialize;

use super::Refused;
use super::feed_import::{FeedImport, Told};
use super::feed_open::OpenFeed;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::feed::{FeedFolder, Listed, export_snapshot};
use crate::time::Date;

/// An export that was written.
#[derive(Debug, Serialize)]
pub struct FeedExport {
    schema: &'static str,
    /// The digest of the snapshot: what the receiver expects.
    pub digest: Digest,
    /// The day up to which it is known.
    pub as_of: Option<String>,
    /// The file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
}

/// Writes the export of a snapshot into one file, after every byte of the snapshot was checked.
///
/// # Errors
///
/// `feed-damaged` where the snapshot is not whole, `feed-write` where the system refuses.
pub fn export(feed: &OpenFeed, to: &str) -> Result<FeedExport, Refused> {
    let bytes = export_snapshot(&feed.path, &feed.snapshot, Path::new(to))?;
    Ok(FeedExport {
        schema: "mekiki/feed-export/v1",
        digest: feed.snapshot.digest(),
        as_of: feed.snapshot.manifest().as_of.clone(),
        file: to.to_owned(),
        bytes,
    })
}

/// Takes the snapshot of an export into a folder of snapshots and puts it in use. Nothing is merged: what
/// is in use afterwards is what was exported, to the byte.
///
/// # Errors
///
/// `feed-export-damaged`, `feed-expected`, `feed-retrieved-later`, `feed-version`, `feed-busy`, `feed-write`.
pub fn restore(
    file: &str,
    into: &str,
    expected: Option<Digest>,
    today: Date,
) -> Result<FeedImport, Refused> {
    let folder = FeedFolder::new(into);
    let lock = folder.lock()?;
    let before = folder.current()?;
    let restored = folder.restore(&lock, Path::new(file), expected, today)?;
    folder.use_snapshot(&lock, &restored.digest)?;
    let records = restored.manifest.sources.iter();
    let mut imported = FeedImport {
        snapshot: Some(restored.digest),
        unchanged: before == Some(restored.digest),
        records: records.map(|source| source.records).sum(),
        ..FeedImport::of(&restored.manifest)
    };
    // What was in use may be damaged; then there is nothing to compare with.
    let previous = before.and_then(|digest| folder.open(&digest).ok());
    let known = previous.and_then(|previous| previous.manifest().as_of.clone());
    if known > restored.manifest.as_of {
        let known = known.unwrap_or_default();
        let remark = Diagnostic::warning(
            "feed-older",
            Place::whole(),
            format!("the snapshot that was in use is known until {known}, later than this one"),
        )
        .in_file(file)
        .help("put the other in use again with `mekiki feed use` if this is not what you want");
        imported.remarks.push(Told::new(remark));
        imported.remark_count = 1;
    }
    Ok(imported)
}

/// What pruning did.
#[derive(Debug, Serialize)]
pub struct FeedPrune {
    schema: &'static str,
    /// The snapshots that are still there, the oldest knowledge first.
    pub kept: Vec<Digest>,
    /// The snapshots that are not.
    pub removed: Vec<Digest>,
    /// How many bytes that gave back.
    pub freed: u64,
}

/// Removes snapshots until `keep` are left: those whose knowledge is the oldest, and every one that
/// cannot be read. The one in use stays and counts.
///
/// # Errors
///
/// `feed-busy`, `feed-write`.
pub fn prune(folder: &FeedFolder, keep: usize) -> Result<FeedPrune, Refused> {
    let lock = folder.lock()?;
    let listing = folder.list_all()?;
    let is_current = |one: &Listed| one.current;
    let others = listing.snapshots.iter().filter(|one| !is_current(one));
    let room = keep.saturating_sub(
        listing
            .snapshots
            .iter()
            .filter(|one| is_current(one))
            .count(),
    );
    let surplus = others.clone().count().saturating_sub(room);
    let mut removed: Vec<Digest> = others.take(surplus).map(|one| one.digest).collect();
    let current = folder.current()?;
    let damaged = listing.damaged.iter().map(|(digest, _)| *digest);
    removed.extend(damaged.filter(|digest| current != Some(*digest)));
    let mut freed = 0;
    for digest in &removed {
        freed += folder.bytes_of(digest);
        folder.remove(&lock, digest)?;
    }
    Ok(FeedPrune {
        schema: "mekiki/feed-prune/v1",
        kept: listing
            .snapshots
            .iter()
            .map(|one| one.digest)
            .filter(|digest| !removed.contains(digest))
            .collect(),
        removed,
        freed,
    })
}
