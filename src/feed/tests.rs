use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::snapshot::{Builder, Imported};

/// A folder of snapshots of its own, removed at the end.
struct Scratch(FeedFolder);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mekiki-feed-{}-{count}", std::process::id());
        Self(FeedFolder::new(std::env::temp_dir().join(name)))
    }

    /// Keeps a snapshot of one record without putting it in use.
    fn keep(&self, id: &str, day: &str) -> Digest {
        let lock = self.0.lock().unwrap();
        let (draft, sink) = self.0.draft(&lock).unwrap();
        let mut builder = Builder::new(sink);
        let source = builder.source("test");
        let text = format!(
            r#"{{"id":"{id}","modified":"{day}T00:00:00Z",
            "affected":[{{"package":{{"ecosystem":"Go","name":"{id}"}}}}]}}"#
        );
        let imported = Imported::read(format!("{id}.json"), text.into_bytes());
        assert_eq!(builder.add(source, imported).unwrap(), []);
        builder.know_until(source, Some(day));
        draft.keep(builder.finish().unwrap()).unwrap()
    }

    fn entries(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.snapshots()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(self.0.root()));
    }
}

#[test]
fn a_snapshot_is_kept_before_it_is_in_use() {
    let scratch = Scratch::new();
    let folder = &scratch.0;
    assert_eq!(folder.current().unwrap(), None);
    assert!(folder.list().unwrap().is_empty());
    let one = scratch.keep("GO-1", "2026-11-20");
    assert_eq!(folder.current().unwrap(), None);
    folder.use_snapshot(&folder.lock().unwrap(), &one).unwrap();
    let other = scratch.keep("GO-2", "2026-11-10");
    assert_eq!(folder.current().unwrap(), Some(one));
    let listed: Vec<_> = folder
        .list()
        .unwrap()
        .iter()
        .map(|listed| (listed.digest, listed.current))
        .collect();
    assert_eq!(
        listed,
        [(other, false), (one, true)],
        "the oldest knowledge first"
    );
    for digest in [one, other] {
        let snapshot = folder.open(&digest).unwrap();
        verify(&folder.path_of(&digest), &snapshot).unwrap();
        assert!(folder.bytes_of(&digest) > 0);
    }
    assert_eq!(
        scratch.keep("GO-1", "2026-11-20"),
        one,
        "made again, it is the same"
    );
    assert_eq!(scratch.entries().len(), 2);
}

#[test]
fn one_at_a_time_makes_snapshots_and_one_downloads() {
    let scratch = Scratch::new();
    let lock = scratch.0.lock().unwrap();
    assert_eq!(scratch.0.lock().unwrap_err().code, "feed-busy");
    let downloads = scratch.0.lock_downloads().unwrap();
    assert_eq!(scratch.0.lock_downloads().unwrap_err().code, "feed-busy");
    drop((lock, downloads));
    scratch.0.lock().unwrap();
    scratch.0.lock_downloads().unwrap();
}

#[test]
fn what_was_half_written_is_cleared_away() {
    let scratch = Scratch::new();
    let lock = scratch.0.lock().unwrap();
    let (draft, sink) = scratch.0.draft(&lock).unwrap();
    assert_eq!(scratch.entries().len(), 1);
    drop((draft, sink));
    assert_eq!(
        scratch.entries(),
        [] as [&str; 0],
        "a draft that was given up"
    );
    let (draft, _sink) = scratch.0.draft(&lock).unwrap();
    std::mem::forget(draft);
    fs::write(scratch.0.current_draft(), "half").unwrap();
    drop(lock);
    assert_eq!(
        scratch.entries().len(),
        1,
        "a draft of a process that was killed"
    );
    scratch.0.lock().unwrap();
    assert_eq!(scratch.entries(), [] as [&str; 0]);
    assert!(!scratch.0.current_draft().exists());
}

#[test]
fn a_snapshot_under_another_name_is_damage() {
    let scratch = Scratch::new();
    let one = scratch.keep("GO-1", "2026-11-20");
    let other = Digest::of(b"other");
    fs::rename(scratch.0.path_of(&one), scratch.0.path_of(&other)).unwrap();
    assert_eq!(scratch.0.open(&other).err().unwrap().code, "feed-damaged");
    assert_eq!(scratch.0.open(&one).err().unwrap().code, "feed-missing");
    assert_eq!(scratch.0.list().unwrap_err().code, "feed-damaged");
    let listing = scratch.0.list_all().unwrap();
    assert_eq!((listing.snapshots.len(), listing.damaged.len()), (0, 1));
}

#[test]
fn a_damaged_snapshot_is_replaced_by_a_whole_one() {
    let scratch = Scratch::new();
    let one = scratch.keep("GO-1", "2026-11-20");
    let records = scratch.0.path_of(&one).join(RECORDS);
    let good = fs::read(&records).unwrap();
    for bad in [b"bad".to_vec(), [&good[..], b"more"].concat()] {
        fs::write(&records, bad).unwrap();
        let snapshot = scratch.0.open(&one).unwrap();
        let found = verify(&scratch.0.path_of(&one), &snapshot);
        assert_eq!(found.unwrap_err().code, "feed-damaged");
        assert_eq!(scratch.keep("GO-1", "2026-11-20"), one);
        assert_eq!(fs::read(&records).unwrap(), good);
        assert_eq!(scratch.entries().len(), 1);
    }
}

#[test]
fn the_snapshot_in_use_is_not_removed() {
    let scratch = Scratch::new();
    let (one, other) = (
        scratch.keep("GO-1", "2026-11-20"),
        scratch.keep("GO-2", "2026-11-21"),
    );
    let lock = scratch.0.lock().unwrap();
    scratch.0.use_snapshot(&lock, &one).unwrap();
    assert_eq!(
        scratch.0.remove(&lock, &one).unwrap_err().code,
        "feed-in-use"
    );
    scratch.0.remove(&lock, &other).unwrap();
    assert_eq!(scratch.entries(), [one.hex()]);
}
