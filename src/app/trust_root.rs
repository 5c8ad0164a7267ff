//! The trusted root that is kept between runs: handed in, shown, and used where a command names none.

use std::path::PathBuf;

use serde::Serialize;

use super::Refused;
use super::feed_open::data_folder;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::signature::sigstore::Sigstore;
use crate::evidence::trusted_root::{Entry, entries};
use crate::folder::trusted_root::{KeptAnchor, KeptRoot, RootFolder};
use crate::time::{Date, Timestamp, day_of_instant, days_between, parse_day};

/// The variable that names the folder of the kept trusted root where no argument does.
pub const VARIABLE: &str = "MEKIKI_TRUST_ROOT_FOLDER";
/// A trusted root that was not refreshed for so many days may lack keys that are in use by now. Sigstore
/// asks clients to refresh at least as often as its timestamp expires, which is a week; a month leaves room
/// for those who carry it across an air gap.
pub const MAXIMUM_AGE_DAYS: i64 = 30;

/// The folder of the kept trusted root; `None` where the system names no folder for data.
pub fn default_folder() -> Option<PathBuf> {
    data_folder(VARIABLE, "trust-root")
}

/// The folder that a command means.
///
/// # Errors
///
/// `trusted-root-missing` where none is named and the system names no folder for data.
pub fn folder_of(path: Option<&str>) -> Result<RootFolder, Refused> {
    let path = path.map(PathBuf::from).or_else(default_folder);
    path.map(RootFolder::new).ok_or_else(|| {
        let message = "no folder for the trusted root is named";
        Diagnostic::error("trusted-root-missing", Place::whole(), message)
            .help(format!(
                "name one with --into, or in the variable {VARIABLE}"
            ))
            .into()
    })
}

/// The kept trusted root of the user, with its path; `None` where there is none.
///
/// # Errors
///
/// `trust-root-damaged`.
pub fn kept() -> Result<Option<(String, KeptRoot)>, Refused> {
    let Some(folder) = default_folder().map(RootFolder::new) else {
        return Ok(None);
    };
    let path = folder.path().display().to_string();
    Ok(folder.kept()?.map(|kept| (path, kept)))
}

/// What a reader of a verdict should know of a kept trusted root at `at`.
pub fn cautions(kept: &KeptRoot, at: Timestamp) -> Vec<String> {
    let mut cautions = Vec::new();
    let refresh = "refresh it with `mekiki trust root update`, or hand in a newer one";
    if let Some(expires) = &kept.expires
        && expires
            .parse::<Timestamp>()
            .is_ok_and(|expires| expires <= at)
    {
        cautions.push(format!(
            "the files that vouch for the kept trusted root expired at {expires}; {refresh}"
        ));
    }
    if let Some(refreshed) = parse_day(&kept.refreshed) {
        let age = days_between(refreshed, day_of_instant(at));
        if age > MAXIMUM_AGE_DAYS {
            cautions.push(format!(
                "the kept trusted root is {age} days old; {refresh}"
            ));
        }
    }
    cautions
}

/// What is known of the kept trusted root.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// The file that keeps it.
    pub path: String,
    /// The day on which it was refreshed or handed in.
    pub refreshed: String,
    /// Whether it was handed in.
    pub by_hand: bool,
    /// When the files that vouch for it expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The root on which the chain of updates rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<KeptAnchor>,
    /// The repository that it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The version of the repository's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_version: Option<u64>,
    /// The version of the repository's list of targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What deserves attention.
    pub warnings: Vec<String>,
}

impl Standing {
    fn of(path: String, kept: &KeptRoot, at: Timestamp) -> Self {
        let tuf = kept.tuf.as_ref().filter(|_| !kept.by_hand);
        Self {
            path,
            refreshed: kept.refreshed.clone(),
            by_hand: kept.by_hand,
            expires: kept.expires.clone(),
            anchor: tuf.and_then(|tuf| tuf.anchor.clone()),
            repository: tuf.map(|tuf| tuf.repository.clone()),
            root_version: tuf.map(|tuf| tuf.root_version),
            version: tuf.map(|tuf| tuf.targets_version),
            warnings: cautions(kept, at),
        }
    }
}

/// What a trusted root holds.
#[derive(Debug, Clone, Serialize)]
pub struct RootShown {
    schema: &'static str,
    /// SHA-256 of the trusted root.
    pub sha256: Digest,
    /// The instant as of which it is shown, RFC 3339.
    pub as_of: String,
    /// Its authorities and logs.
    pub entries: Vec<Entry>,
    /// Where it is kept; `None` for a file that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Standing>,
}

/// Shows a trusted root, or the one that is kept.
///
/// # Errors
///
/// `trusted-root-missing` where none is kept, `trust-root-damaged`, `trusted-root-malformed`.
pub fn show(
    file: Option<&[u8]>,
    folder: Option<&str>,
    at: Timestamp,
) -> Result<RootShown, Refused> {
    let shown = |bytes: &[u8], kept| {
        Ok::<_, Refused>(RootShown {
            schema: "mekiki/trust-root/v1",
            sha256: Digest::of(bytes),
            as_of: at.to_string(),
            entries: entries(bytes, at)?,
            kept,
        })
    };
    if let Some(bytes) = file {
        Sigstore::new(bytes)?;
        return shown(bytes, None);
    }
    let folder = folder_of(folder)?;
    let kept = folder.kept()?.ok_or_else(|| {
        let message = format!("`{}` keeps no trusted root", folder.path().display());
        Diagnostic::error("trusted-root-missing", Place::whole(), message)
            .help("make one with `mekiki trust root update` or `mekiki trust root import`, or name a file")
    })?;
    let standing = Standing::of(folder.path().display().to_string(), &kept, at);
    shown(kept.trusted_root.as_bytes(), Some(standing))
}

/// What was kept.
#[derive(Debug, Clone, Serialize)]
pub struct RootImported {
    schema: &'static str,
    /// SHA-256 of the trusted root, to be compared with what its keepers say on another way.
    pub sha256: Digest,
    /// The file that keeps it.
    pub path: String,
    /// SHA-256 of the one that it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Digest>,
}

/// Keeps a trusted root that somebody hands in, on `today`. What an update is held to stays.
///
/// # Errors
///
/// `trusted-root-malformed` when it cannot be used, `trust-root-damaged`, `trust-root-busy` and
/// `trust-root-write`.
pub fn import(bytes: &[u8], folder: Option<&str>, today: Date) -> Result<RootImported, Refused> {
    let trusted_root = usable(bytes)?;
    let folder = folder_of(folder)?;
    let lock = folder.lock()?;
    let before = folder.kept()?;
    let replaced = before.as_ref().map(|kept| kept.sha256);
    let kept = KeptRoot {
        tuf: before.and_then(|kept| kept.tuf),
        ..KeptRoot::new(trusted_root, today.to_string())
    };
    folder.keep(&lock, &kept)?;
    Ok(RootImported {
        schema: "mekiki/trust-root-import/v1",
        sha256: kept.sha256,
        path: folder.path().display().to_string(),
        replaced,
    })
}

/// The text of a trusted root that can be used.
pub(super) fn usable(bytes: &[u8]) -> Result<String, Diagnostic> {
    entries(bytes, Timestamp::UNIX_EPOCH)?;
    Sigstore::new(bytes)?;
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.map_err(|_| {
        Diagnostic::error("json-encoding", Place::whole(), "the text is not UTF-8")
            .help("save the file as UTF-8")
    })
}
