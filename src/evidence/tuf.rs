//! The Update Framework: is this file the one that the repository's keepers published last?
//!
//! Source: TUF specification 1.0.33, section 5 (client workflow). Everything here is a function of bytes and
//! of one instant, the fixed start of the update (section 5.1); who fetches the bytes asks the stages for the
//! name and the limit of the next file:
//!
//! [`Anchor`] or a root file (5.2) → [`Roots`] (5.3) → [`Settled`] (5.4) → [`Timestamped`] (5.5) → [`Snapshotted`] (5.6) → [`Targets`] (5.7)
//!
//! A stage cannot be left out, and none is reached but through the checks of the one before. Delegated
//! targets are not searched: what is wanted here stands in the top-level targets, or nowhere.

mod anchor;
mod canonical;
mod key;
mod metadata;

pub use anchor::{Anchor, AnchorKey};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::time::Timestamp;
use metadata::{Metadata, RoleName, Root, Versions};

/// The most bytes of one root file: 500 kB, far more than the 7 kB of those in use.
pub const MAXIMUM_ROOT_BYTES: u64 = 512_000;
/// The most bytes of a timestamp file, whose size nobody vouches for (section 5.4.1).
pub const MAXIMUM_TIMESTAMP_BYTES: u64 = 64 * 1024;
/// The most bytes of snapshot and targets files whose size their referrer leaves open (sections 5.5.1, 5.6.1).
pub const MAXIMUM_METADATA_BYTES: u64 = 4 * 1024 * 1024;
/// The most bytes of a target.
pub const MAXIMUM_TARGET_BYTES: u64 = 16 * 1024 * 1024;
/// The most root files that one update goes through (section 5.3.3, `Y`).
pub const MAXIMUM_ROOTS: u64 = 256;

/// A file that is to be fetched next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its path below the repository's address.
    pub path: String,
    /// The most bytes that it may have.
    pub maximum_bytes: u64,
}

/// What is kept of an earlier update; the versions in it are not gone below (sections 5.4.3 and 5.5.5).
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The version of the root that was trusted then.
    pub root_version: u64,
    /// The timestamp file.
    pub timestamp: &'a [u8],
    /// The snapshot file.
    pub snapshot: &'a [u8],
}

/// The chain of root files, from the one that is trusted beforehand.
#[derive(Debug, Clone)]
pub struct Roots {
    root: Metadata<Root>,
    /// The version of the root that was trusted beforehand.
    start: u64,
    /// The versions of the roots that changed who signs timestamp or snapshot.
    rotations: Vec<u64>,
    steps: u64,
}

impl Roots {
    /// Trusts a root file. Whether it has expired does not matter yet (section 5.2), but it must be signed as
    /// it says itself.
    ///
    /// # Errors
    ///
    /// `tuf-malformed`, a JSON diagnostic or `tuf-signature`.
    pub fn trust(root: &[u8]) -> Result<Self, Diagnostic> {
        let root = Metadata::<Root>::read(root, RoleName::Root)?;
        root.signed_by(&root.role, RoleName::Root)?;
        Ok(Self::begin(root))
    }

    /// Begins with a root that is trusted.
    fn begin(root: Metadata<Root>) -> Self {
        Self {
            start: root.version,
            root,
            rotations: Vec::new(),
            steps: 0,
        }
    }

    /// The version of the root that is trusted so far.
    pub fn version(&self) -> u64 {
        self.root.version
    }

    /// The next root file; it may not exist. `None` when enough were gone through (section 5.3.3).
    pub fn next(&self) -> Option<Wanted> {
        (self.steps < MAXIMUM_ROOTS).then(|| Wanted {
            path: format!("{}.root.json", self.root.version.saturating_add(1)),
            maximum_bytes: MAXIMUM_ROOT_BYTES,
        })
    }

    /// Takes the next root: exactly one version further, signed as the trusted root and as it says itself
    /// (sections 5.3.4 and 5.3.5).
    ///
    /// # Errors
    ///
    /// `tuf-malformed`, a JSON diagnostic, `tuf-signature`, or `tuf-rollback` where it is another version.
    pub fn step(&mut self, root: &[u8]) -> Result<(), Diagnostic> {
        let next = Metadata::<Root>::read(root, RoleName::Root)?;
        next.signed_by(&self.root.role, RoleName::Root)?;
        next.signed_by(&next.role, RoleName::Root)?;
        let expected = self.root.version.saturating_add(1);
        if next.version != expected {
            return Err(rollback(&format!(
                "the next root has version {}, not {expected}",
                next.version
            )));
        }
        let online = [RoleName::Timestamp, RoleName::Snapshot];
        if online.iter().any(|name| {
            self.root.role.signers(*name).admitted() != next.role.signers(*name).admitted()
        }) {
            self.rotations.push(next.version);
        }
        self.root = next;
        self.steps = self.steps.saturating_add(1);
        Ok(())
    }

    /// Settles on the last root, which must not have expired at `at` (section 5.3.10). What is kept of an
    /// earlier update binds, unless a root since then changed the keys of timestamp or snapshot (5.3.11).
    ///
    /// # Errors
    ///
    /// `tuf-expired`, and `tuf-rollback` where a later root was trusted before.
    pub fn settle(self, at: Timestamp, kept: Option<Kept<'_>>) -> Result<Settled<'_>, Diagnostic> {
        if let Some(kept) = kept
            && kept.root_version > self.root.version
        {
            return Err(rollback(&format!(
                "the repository's last root has version {}, and version {} was trusted before",
                self.root.version, kept.root_version
            )));
        }
        self.root.in_force(RoleName::Root, at)?;
        let binding = kept.filter(|kept| {
            let mut rotations = self.rotations.iter();
            let was_rotated = rotations.any(|version| *version > kept.root_version);
            // What lies between an older root and the one that was given anew is not seen.
            let is_seen = self.start <= kept.root_version;
            !was_rotated && (is_seen || is_signed(kept, &self.root.role))
        });
        Ok(Settled {
            root: self.root,
            at,
            kept: binding,
        })
    }
}

fn is_signed(kept: &Kept<'_>, root: &Root) -> bool {
    let files = [
        (kept.timestamp, RoleName::Timestamp),
        (kept.snapshot, RoleName::Snapshot),
    ];
    files.into_iter().all(|(bytes, name)| {
        let read = Metadata::<Versions>::read(bytes, name);
        read.is_ok_and(|file| file.signed_by(root, name).is_ok())
    })
}

/// A root that is trusted and in force.
#[derive(Debug)]
pub struct Settled<'k> {
    root: Metadata<Root>,
    at: Timestamp,
    kept: Option<Kept<'k>>,
}

impl<'k> Settled<'k> {
    /// The version of the root.
    pub fn version(&self) -> u64 {
        self.root.version
    }

    /// The timestamp file.
    pub fn next(&self) -> Wanted {
        Wanted {
            path: "timestamp.json".to_owned(),
            maximum_bytes: MAXIMUM_TIMESTAMP_BYTES,
        }
    }

    /// Takes the timestamp (section 5.4). One of the version that is kept is passed over for the kept one.
    ///
    /// # Errors
    ///
    /// `tuf-malformed`, a JSON diagnostic, `tuf-signature`, `tuf-rollback` or `tuf-expired`.
    pub fn timestamp(self, timestamp: &[u8]) -> Result<Timestamped<'k>, Diagnostic> {
        let name = RoleName::Timestamp;
        let mut new = Metadata::<Versions>::read(timestamp, name)?;
        new.signed_by(&self.root.role, name)?;
        let mut bytes = timestamp.to_vec();
        if let Some(kept) = self.kept {
            let old = Metadata::<Versions>::read(kept.timestamp, name)?;
            old.signed_by(&self.root.role, name)?;
            if new.version < old.version {
                return Err(rollback(&format!(
                    "the timestamp has version {}, and version {} was trusted before",
                    new.version, old.version
                )));
            }
            let (before, now) = (old.role.snapshot()?.version, new.role.snapshot()?.version);
            if now < before {
                return Err(rollback(&format!(
                    "the timestamp leads to version {now} of the snapshot, and version {before} was trusted before"
                )));
            }
            if new.version == old.version {
                new = old;
                bytes = kept.timestamp.to_vec();
            }
        }
        new.in_force(name, self.at)?;
        new.role.snapshot()?;
        Ok(Timestamped {
            settled: self,
            timestamp: new,
            bytes,
        })
    }
}

/// A timestamp that is trusted and in force.
#[derive(Debug)]
pub struct Timestamped<'k> {
    settled: Settled<'k>,
    timestamp: Metadata<Versions>,
    bytes: Vec<u8>,
}

impl Timestamped<'_> {
    /// The snapshot file.
    ///
    /// # Errors
    ///
    /// `tuf-malformed` where the timestamp names none.
    pub fn next(&self) -> Result<Wanted, Diagnostic> {
        let snapshot = self.timestamp.role.snapshot()?;
        Ok(self
            .settled
            .root
            .role
            .metadata_file("snapshot.json", snapshot))
    }

    /// Takes the snapshot: the one that the timestamp names, with everything that was listed before in no
    /// earlier version (section 5.5).
    ///
    /// # Errors
    ///
    /// `tuf-mismatch`, `tuf-malformed`, a JSON diagnostic, `tuf-signature`, `tuf-rollback` or `tuf-expired`.
    pub fn snapshot(self, snapshot: &[u8]) -> Result<Snapshotted, Diagnostic> {
        let name = RoleName::Snapshot;
        let listed = self.timestamp.role.snapshot()?;
        listed.admits(snapshot, "the snapshot")?;
        let new = Metadata::<Versions>::read(snapshot, name)?;
        new.signed_by(&self.settled.root.role, name)?;
        listed.is_of(new.version, "snapshot")?;
        if let Some(kept) = self.settled.kept {
            let old = Metadata::<Versions>::read(kept.snapshot, name)?;
            old.signed_by(&self.settled.root.role, name)?;
            for (file, before) in old.role.files() {
                let now = new.role.file(file).map(|listed| listed.version);
                if now.is_none_or(|now| now < before.version) {
                    let now = now.map_or("none".to_owned(), |now| format!("version {now}"));
                    return Err(rollback(&format!(
                        "the snapshot lists {now} of `{file}`, and version {} was trusted before",
                        before.version
                    )));
                }
            }
        }
        new.in_force(name, self.settled.at)?;
        Ok(Snapshotted {
            root: self.settled.root,
            at: self.settled.at,
            timestamp: (self.timestamp, self.bytes),
            snapshot: (new, snapshot.to_vec()),
        })
    }
}

/// A snapshot that is trusted and in force.
#[derive(Debug)]
pub struct Snapshotted {
    root: Metadata<Root>,
    at: Timestamp,
    timestamp: (Metadata<Versions>, Vec<u8>),
    snapshot: (Metadata<Versions>, Vec<u8>),
}

impl Snapshotted {
    /// The file of the top-level targets.
    ///
    /// # Errors
    ///
    /// `tuf-malformed` where the snapshot does not list it.
    pub fn next(&self) -> Result<Wanted, Diagnostic> {
        let targets = self.snapshot.0.role.targets()?;
        Ok(self.root.role.metadata_file("targets.json", targets))
    }

    /// Takes the top-level targets: those that the snapshot names (section 5.6).
    ///
    /// # Errors
    ///
    /// `tuf-mismatch`, `tuf-malformed`, a JSON diagnostic, `tuf-signature` or `tuf-expired`.
    pub fn targets(self, targets: &[u8]) -> Result<Targets, Diagnostic> {
        let name = RoleName::Targets;
        let listed = self.snapshot.0.role.targets()?;
        listed.admits(targets, "the list of targets")?;
        let new = Metadata::<metadata::Targets>::read(targets, name)?;
        new.signed_by(&self.root.role, name)?;
        listed.is_of(new.version, "list of targets")?;
        new.in_force(name, self.at)?;
        Ok(Targets {
            root: self.root,
            timestamp: self.timestamp,
            snapshot: self.snapshot,
            list: new,
        })
    }
}

/// What the repository publishes, trusted and in force.
#[derive(Debug)]
pub struct Targets {
    root: Metadata<Root>,
    timestamp: (Metadata<Versions>, Vec<u8>),
    snapshot: (Metadata<Versions>, Vec<u8>),
    list: Metadata<metadata::Targets>,
}

impl Targets {
    /// A target by its path (section 5.7).
    ///
    /// # Errors
    ///
    /// `tuf-target-missing` where there is none of that name.
    pub fn target(&self, path: &str) -> Result<Target, Diagnostic> {
        let Some(listed) = self.list.role.target(path) else {
            let message = format!("the repository publishes no `{path}`");
            return Err(
                Diagnostic::error("tuf-target-missing", Place::whole(), message)
                    .help("check that it is the address of a Sigstore trust repository"),
            );
        };
        let name = match listed.file_digest() {
            Some(digest) if self.root.role.consistent_snapshot => match path.rsplit_once('/') {
                Some((folder, file)) => format!("{folder}/{digest}.{file}"),
                None => format!("{digest}.{path}"),
            },
            _ => path.to_owned(),
        };
        Ok(Target {
            wanted: Wanted {
                path: format!("targets/{name}"),
                maximum_bytes: listed.length.unwrap_or(MAXIMUM_TARGET_BYTES),
            },
            path: path.to_owned(),
            listed: listed.clone(),
        })
    }

    /// The versions of root, timestamp, snapshot and targets.
    pub fn versions(&self) -> [u64; 4] {
        [
            self.root.version,
            self.timestamp.0.version,
            self.snapshot.0.version,
            self.list.version,
        ]
    }

    /// The instant from which the first of the four files is no longer to be trusted.
    pub fn expires(&self) -> Timestamp {
        self.root
            .expires
            .min(self.timestamp.0.expires)
            .min(self.snapshot.0.expires)
            .min(self.list.expires)
    }

    /// The bytes of the timestamp, to be kept.
    pub fn timestamp(&self) -> &[u8] {
        &self.timestamp.1
    }

    /// The bytes of the snapshot, to be kept.
    pub fn snapshot(&self) -> &[u8] {
        &self.snapshot.1
    }
}

/// A file that the repository publishes.
#[derive(Debug, Clone)]
pub struct Target {
    wanted: Wanted,
    path: String,
    listed: metadata::Listed,
}

impl Target {
    /// Where it is fetched.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether bytes are this target: their length and every digest that is known here (section 5.7.3).
    ///
    /// # Errors
    ///
    /// `tuf-mismatch` where they are not.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.listed.admits(bytes, &format!("`{}`", self.path))
    }
}

/// Digests that vouch for a file; others say nothing here.
const DIGESTS: [(&str, Algorithm); 3] = [
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
];

fn rollback(message: &str) -> Diagnostic {
    Diagnostic::error("tuf-rollback", Place::whole(), message).help(
        "somebody may be handing out an old state; try again later or from another network, and ask the keepers of the repository",
    )
}

fn mismatch(message: &str) -> Diagnostic {
    Diagnostic::error("tuf-mismatch", Place::whole(), message)
        .help("the repository may be in the middle of a change: try again later; else its files were exchanged")
}

fn malformed(pointer: &str, message: &str) -> Diagnostic {
    Diagnostic::error("tuf-malformed", Place::pointer(pointer), message)
        .help("get the file from the keepers of the repository again")
}
