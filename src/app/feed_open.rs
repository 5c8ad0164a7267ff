//! Finds the snapshot that a command names, or the one that was in use on a past day.

use std::path::PathBuf;

use super::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::feed::{FeedFolder, open_snapshot};
use crate::snapshot::{MANIFEST, Snapshot};
use crate::time::Date;

/// The variable that names the folder of snapshots where no argument does.
pub const VARIABLE: &str = "MEKIKI_FEED";

/// An open snapshot, with what the caller should be told about the choice.
pub struct OpenFeed {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// The folder that its files lie in.
    pub path: PathBuf,
    /// What to tell.
    pub remarks: Vec<Diagnostic>,
}

/// The folder of snapshots that is used where none is named: below the user's data folder.
pub fn default_folder() -> Option<PathBuf> {
    data_folder(VARIABLE, "feed")
}

/// The folder that a variable names, or else the one called `name` below the user's data folder.
pub(super) fn data_folder(variable: &str, name: &str) -> Option<PathBuf> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    given(variable).map(PathBuf::from).or_else(|| {
        let data = given("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(given("HOME")?).join(".local/share")))?;
        Some(data.join("mekiki").join(name))
    })
}

/// The folder of snapshots that a command means.
///
/// # Errors
///
/// `feed-missing` where none is named and the system names no folder for data.
pub fn folder_of(path: Option<&str>) -> Result<PathBuf, Refused> {
    path.map(PathBuf::from)
        .or_else(default_folder)
        .ok_or_else(|| missing("no folder of snapshots is named").into())
}

/// Opens a snapshot: of a folder of snapshots the newest one that was known on the day, or else the one in
/// use; of a single snapshot that one.
///
/// # Errors
///
/// `feed-missing` where there is none, `feed-damaged` and `feed-version` where it cannot be used.
pub fn open(path: Option<&str>, as_of: Option<Date>) -> Result<OpenFeed, Refused> {
    open_chosen(path, as_of, None)
}

/// Opens as [`open`] does, or the snapshot of a digest.
///
/// # Errors
///
/// As [`open`].
pub fn open_chosen(
    path: Option<&str>,
    as_of: Option<Date>,
    chosen: Option<Digest>,
) -> Result<OpenFeed, Refused> {
    let root = folder_of(path)?;
    if root.join(MANIFEST).is_file() {
        let snapshot = open_snapshot(&root)?;
        if chosen.is_some_and(|chosen| chosen != snapshot.digest()) {
            let what = format!(
                "`{}` holds snapshot `{}`",
                root.display(),
                snapshot.digest()
            );
            return Err(missing(&what).into());
        }
        return Ok(OpenFeed {
            snapshot,
            path: root,
            remarks: Vec::new(),
        });
    }
    let folder = FeedFolder::new(&root);
    let Some(current) = folder.current()? else {
        return Err(missing(&format!("there is no snapshot in `{}`", root.display())).into());
    };
    let (digest, remarks) = match (chosen, as_of) {
        (Some(chosen), _) => (chosen, Vec::new()),
        (None, Some(day)) => known_on(&folder, day)?.unwrap_or((current, Vec::new())),
        (None, None) => (current, Vec::new()),
    };
    Ok(OpenFeed {
        snapshot: folder.open(&digest)?,
        path: folder.path_of(&digest),
        remarks,
    })
}

/// The newest snapshot that was known on a day. Where all are later, the earliest, with a remark.
fn known_on(folder: &FeedFolder, day: Date) -> Result<Option<(Digest, Vec<Diagnostic>)>, Refused> {
    let listed = folder.list()?;
    let is_known = |one: &&crate::feed::Listed| one.day().is_some_and(|known| known <= day);
    // Of several of one day the one in use is meant.
    let current = listed.iter().find(|one| one.current);
    let newest = listed
        .iter()
        .filter(is_known)
        .max_by_key(|one| (one.day(), one.current, one.digest));
    if let Some(newest) = newest {
        return Ok(Some((newest.digest, Vec::new())));
    }
    let earliest = current.or_else(|| listed.first());
    Ok(earliest.map(|earliest| {
        let remark = Diagnostic::note(
            "feed-later",
            Place::whole(),
            format!(
                "every snapshot is known later than {day}, so records published after it are left aside, and what the others said on that day is not known"
            ),
        )
        .help("import a snapshot of that day");
        (earliest.digest, vec![remark])
    }))
}

fn missing(what: &str) -> Diagnostic {
    Diagnostic::error("feed-missing", Place::whole(), what).help(format!(
        "make a snapshot with `mekiki feed import`, and name its folder with --feed or {VARIABLE}"
    ))
}
