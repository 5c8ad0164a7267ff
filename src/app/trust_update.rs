//! Fetches the trusted root of a Sigstore infrastructure from its repository, by the workflow of The Update
//! Framework. The one use case here that asks the network; it is run by no other command.

use serde::Serialize;

use super::Refused;
use super::trust_root::{folder_of, usable};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::tuf::{Kept, Roots, Wanted};
use crate::folder::trusted_root::{KeptRoot, KeptTuf};
use crate::retrieve::{Manner, Repository};
use crate::time::{Timestamp, day_of_instant};

/// The repository of the public good instance (Sigstore, root-signing: README).
pub const PUBLIC_GOOD: &str = "https://tuf-repo-cdn.sigstore.dev";
/// The target that holds the trusted root (Sigstore client specification, section "Trusted root").
const TRUSTED_ROOT: &str = "trusted_root.json";

/// What to update.
pub struct Request<'a> {
    /// The address of the repository; `None` for the one that is kept, else for the public good instance.
    pub repository: Option<&'a str>,
    /// The root to begin from, with its name; `None` for the one that is kept.
    pub root: Option<(&'a str, &'a [u8])>,
    /// The folder that keeps the trusted root.
    pub into: Option<&'a str>,
    /// The fixed start of the update (TUF specification 1.0.33, section 5.1).
    pub at: Timestamp,
}

/// The root from which an update began.
#[derive(Debug, Clone, Serialize)]
pub struct Anchor {
    /// The file that was given, or `kept`.
    pub from: String,
    /// Its version.
    pub version: u64,
    /// SHA-256 of it.
    pub sha256: Digest,
}

/// What an update did.
#[derive(Debug, Clone, Serialize)]
pub struct RootUpdated {
    schema: &'static str,
    /// The repository.
    pub repository: String,
    /// What was trusted beforehand.
    pub anchor: Anchor,
    /// The version of the repository's root now.
    pub root_version: u64,
    /// The version of the repository's list of targets.
    pub version: u64,
    /// When the first of the repository's files expires, RFC 3339.
    pub expires: String,
    /// SHA-256 of the trusted root.
    pub sha256: Digest,
    /// Whether it is another one than was kept.
    pub changed: bool,
    /// The file that keeps it.
    pub path: String,
}

/// Updates the kept trusted root.
///
/// # Errors
///
/// `tuf-anchor-missing` without a root to begin from, `tuf-repository` where the folder keeps the trusted
/// root of another repository, every `tuf-…` and `fetch-…` code, and those of the folder. What was kept stays
/// untouched then.
pub fn update(request: &Request<'_>, manner: &Manner<'_>) -> Result<RootUpdated, Refused> {
    let folder = folder_of(request.into)?;
    let lock = folder.lock()?;
    let before = folder.kept()?;
    let tuf = before.as_ref().and_then(|kept| kept.tuf.as_ref());
    let known = tuf.map(|tuf| tuf.repository.as_str());
    let address = request.repository.or(known).unwrap_or(PUBLIC_GOOD);
    let address = address.trim_end_matches('/');
    if let Some(known) = known.filter(|known| *known != address) {
        let message = format!("the folder keeps the trusted root of `{known}`, not of `{address}`");
        return Err(Diagnostic::error("tuf-repository", Place::whole(), message)
            .help("keep the trusted root of another repository in another folder, with --into")
            .into());
    }
    let (from, root) = match (request.root, tuf) {
        (Some((name, root)), _) => (name.to_owned(), root.to_vec()),
        (None, Some(tuf)) => ("kept".to_owned(), tuf.root.clone().into_bytes()),
        (None, None) => return Err(anchor_missing().into()),
    };
    let repository = Repository::open(address, manner)?;
    let mut roots = Roots::trust(&root).map_err(|fault| fault.in_file(from.clone()))?;
    let anchor = Anchor {
        from,
        version: roots.version(),
        sha256: Digest::of(&root),
    };
    let mut root = root;
    while let Some(wanted) = roots.next() {
        let Some(next) = repository.file(&wanted.path, wanted.maximum_bytes)? else {
            break;
        };
        within(&wanted, roots.step(&next))?;
        root = next;
    }
    let fetch = |wanted: &Wanted| -> Result<Vec<u8>, Diagnostic> {
        let file = repository.file(&wanted.path, wanted.maximum_bytes)?;
        file.ok_or_else(|| {
            let message = format!("the repository has no `{}`", wanted.path);
            Diagnostic::error("fetch-status", Place::whole(), message)
                .help("check the address; where the repository is being changed, try again later")
        })
    };
    let kept = tuf.map(|tuf| Kept {
        root_version: tuf.root_version,
        timestamp: tuf.timestamp.as_bytes(),
        snapshot: tuf.snapshot.as_bytes(),
    });
    let settled = roots.settle(request.at, kept)?;
    let wanted = settled.next();
    let timestamped = within(&wanted, settled.timestamp(&fetch(&wanted)?))?;
    let wanted = timestamped.next()?;
    let snapshotted = within(&wanted, timestamped.snapshot(&fetch(&wanted)?))?;
    let wanted = snapshotted.next()?;
    let targets = within(&wanted, snapshotted.targets(&fetch(&wanted)?))?;
    let target = targets.target(TRUSTED_ROOT)?;
    let bytes = fetch(target.wanted())?;
    within(target.wanted(), target.check(&bytes))?;
    let trusted_root = within(target.wanted(), usable(&bytes))?;
    let [root_version, _, _, targets_version] = targets.versions();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let now = KeptRoot {
        by_hand: false,
        expires: Some(targets.expires().to_string()),
        tuf: Some(KeptTuf {
            repository: address.to_owned(),
            root_version,
            targets_version,
            root: text(&root),
            timestamp: text(targets.timestamp()),
            snapshot: text(targets.snapshot()),
        }),
        ..KeptRoot::new(trusted_root, day_of_instant(request.at).to_string())
    };
    folder.keep(&lock, &now)?;
    Ok(RootUpdated {
        schema: "mekiki/trust-root-update/v1",
        repository: address.to_owned(),
        anchor,
        root_version,
        version: targets_version,
        expires: targets.expires().to_string(),
        sha256: now.sha256,
        changed: before.is_none_or(|before| before.sha256 != now.sha256),
        path: folder.path().display().to_string(),
    })
}

fn within<T>(wanted: &Wanted, result: Result<T, Diagnostic>) -> Result<T, Diagnostic> {
    result.map_err(|fault| fault.in_file(wanted.path.clone()))
}

fn anchor_missing() -> Diagnostic {
    let message = "there is no root of the repository to begin from";
    Diagnostic::error("tuf-anchor-missing", Place::whole(), message).help(
        "give --root with a root.json that you have got from its keepers on a trusted way; any version will do",
    )
}
