//! Fetches the trusted root of a Sigstore infrastructure from its repository, by the workflow of The Update
//! Framework. The one use case here that asks the network; it is run by no other command.

use serde::Serialize;

use super::Refused;
use super::trust_root::{folder_of, usable};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::tuf::{Kept, Roots, Wanted};
use crate::folder::trusted_root::{AnchorOrigin, KeptAnchor, KeptRoot, KeptTuf};
use crate::retrieve::{Manner, Repository};
use crate::time::{Timestamp, day_of_instant};
use crate::trust::{KnownRepositories, KnownRepository};

/// The target that holds the trusted root (Sigstore client specification, section "Trusted root").
const TRUSTED_ROOT: &str = "trusted_root.json";

/// What to update.
pub struct Request<'a> {
    /// The address of the repository; `None` for the one that is kept, else for the first that is known.
    pub repository: Option<&'a str>,
    /// The root to begin from, with its name; `None` for the one that is kept, else for the one that is known.
    pub root: Option<(&'a str, &'a [u8])>,
    /// The repositories that are known.
    pub known: &'a KnownRepositories,
    /// The folder that keeps the trusted root.
    pub into: Option<&'a str>,
    /// The fixed start of the update (TUF specification 1.0.33, section 5.1).
    pub at: Timestamp,
}

/// What an update did.
#[derive(Debug, Clone, Serialize)]
pub struct RootUpdated {
    schema: &'static str,
    /// The repository.
    pub repository: String,
    /// What was trusted beforehand.
    pub anchor: KeptAnchor,
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
/// `tuf-anchor-missing` where no root is given, kept or known to begin from, `tuf-repository` where the folder keeps the trusted
/// root of another repository, every `tuf-…` and `fetch-…` code, and those of the folder. What was kept stays
/// untouched then.
pub fn update(request: &Request<'_>, manner: &Manner<'_>) -> Result<RootUpdated, Refused> {
    let folder = folder_of(request.into)?;
    let lock = folder.lock()?;
    let before = folder.kept()?;
    let tuf = before.as_ref().and_then(|kept| kept.tuf.as_ref());
    let known = tuf.map(|tuf| tuf.repository.as_str());
    let first_anchor = tuf.and_then(|tuf| tuf.anchor.clone());
    let first = request.known.first().map(|first| first.address.as_str());
    let address = request.repository.or(known).or(first);
    let address = address.ok_or_else(anchor_missing)?.trim_end_matches('/');
    if let Some(known) = known.filter(|known| *known != address) {
        let message = format!("the folder keeps the trusted root of `{known}`, not of `{address}`");
        return Err(Diagnostic::error("tuf-repository", Place::whole(), message)
            .help("keep the trusted root of another repository in another folder, with --into")
            .into());
    }
    let begin = match (request.root, tuf) {
        (Some((name, root)), _) => Begin::File(name, root),
        (None, Some(tuf)) => Begin::Kept(&tuf.root),
        (None, None) => Begin::Known(request.known.at(address).ok_or_else(anchor_missing)?),
    };
    let repository = Repository::open(address, manner)?;
    let fetch = |wanted: &Wanted| -> Result<Vec<u8>, Diagnostic> {
        let file = repository.file(&wanted.path, wanted.maximum_bytes)?;
        file.ok_or_else(|| {
            let message = format!("the repository has no `{}`", wanted.path);
            Diagnostic::error("fetch-status", Place::whole(), message)
                .help("check the address; where the repository is being changed, try again later")
        })
    };
    let (mut roots, mut root, anchor) = begin.roots(&fetch)?;
    while let Some(wanted) = roots.next() {
        let Some(next) = repository.file(&wanted.path, wanted.maximum_bytes)? else {
            break;
        };
        within(&wanted, roots.step(&next))?;
        root = next;
    }
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
            anchor: Some(match anchor.by {
                AnchorOrigin::Kept => first_anchor.unwrap_or_else(|| anchor.clone()),
                AnchorOrigin::File | AnchorOrigin::Table => anchor.clone(),
            }),
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

/// With what an update begins.
enum Begin<'a> {
    File(&'a str, &'a [u8]),
    Kept(&'a str),
    Known(&'a KnownRepository),
}

impl Begin<'_> {
    /// The chain of roots with its first file, which is fetched where only its keepers are known.
    fn roots(
        &self,
        fetch: &dyn Fn(&Wanted) -> Result<Vec<u8>, Diagnostic>,
    ) -> Result<(Roots, Vec<u8>, KeptAnchor), Diagnostic> {
        let (by, from, root, roots) = match self {
            Self::File(name, root) => {
                let roots = Roots::trust(root).map_err(|fault| fault.in_file(*name))?;
                (AnchorOrigin::File, *name, root.to_vec(), roots)
            }
            Self::Kept(root) => {
                let root = root.as_bytes();
                let roots = Roots::trust(root).map_err(|fault| fault.in_file("kept"))?;
                (AnchorOrigin::Kept, "kept", root.to_vec(), roots)
            }
            Self::Known(known) => {
                let wanted = known.anchor.wanted();
                let root = fetch(&wanted)?;
                let roots = within(&wanted, known.anchor.trust(&root))?;
                (AnchorOrigin::Table, known.id.as_str(), root, roots)
            }
        };
        let anchor = KeptAnchor {
            by,
            from: from.to_owned(),
            version: roots.version(),
            sha256: Digest::of(&root),
        };
        Ok((roots, root, anchor))
    }
}

fn within<T>(wanted: &Wanted, result: Result<T, Diagnostic>) -> Result<T, Diagnostic> {
    result.map_err(|fault| fault.in_file(wanted.path.clone()))
}

fn anchor_missing() -> Diagnostic {
    let message = "no root of the repository is known to begin from";
    Diagnostic::error("tuf-anchor-missing", Place::whole(), message).help(
        "give --root with a root.json that you have got from its keepers on a trusted way; any version will do",
    )
}
