//! Says whether this program, with what it is given, can judge a delivery: what it is, what it judges by, and how old that is.
//!
//! Not the self-check (自己点検) of an agency, which is `app::agency`.

use serde::Serialize;

use super::Refused;
use super::feed_open;
use super::library::Library;
use super::trust_root;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::trusted_root::{Entry, Role, entries};
use crate::folder::trusted_root::KeptRoot;
use crate::text::messages::both;
use crate::text::{Text, printable};
use crate::time::{Date, Timestamp, day_of_instant, days_between, instant, parse_day};

/// What is looked at.
pub struct Request<'a> {
    /// Catalog and table of checks.
    pub library: &'a Library,
    /// The folder of snapshots, or one snapshot; `None` for the user's.
    pub feed: Option<&'a str>,
    /// Whether advisories are needed.
    pub needs_feed: bool,
    /// A trusted root with its name; `None` for the one that is kept.
    pub trusted_root: Option<(&'a str, &'a [u8])>,
    /// Whether a trusted root is needed: not where signatures are made by keys that a register names.
    pub needs_trusted_root: bool,
    /// How many days old the knowledge of an ecosystem may be.
    pub maximum_feed_age_days: i64,
    /// The present instant.
    pub at: Timestamp,
}

/// What the program is and has, schema `mekiki/fitness/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SelfCheck {
    schema: &'static str,
    /// Whether everything that is needed is there and fresh.
    pub fit: bool,
    /// The day, as an instant.
    pub as_of: String,
    /// The version of the program.
    pub version: &'static str,
    /// Processor, system and its library, such as `x86_64-linux-gnu`.
    pub target: String,
    /// What it was built with, beside the core.
    pub features: Vec<&'static str>,
    /// The catalog.
    pub catalog: CatalogView,
    /// The table of the checks of a delivery.
    pub checks: ChecksView,
    /// The snapshot of advisories; `None` where there is none or it cannot be read.
    pub feed: Option<FeedView>,
    /// The trusted root; `None` where there is none or it cannot be read.
    pub trusted_root: Option<RootView>,
    /// What is missing or too old, each with what to do.
    pub wanting: Vec<Want>,
}

/// A catalog.
#[derive(Debug, Clone, Serialize)]
pub struct CatalogView {
    /// Its identifier.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its digest, overlays included.
    pub digest: Digest,
}

/// The table of checks.
#[derive(Debug, Clone, Serialize)]
pub struct ChecksView {
    /// The digest of its file.
    pub digest: Digest,
    /// How many checks it has.
    pub count: usize,
}

/// A snapshot of advisories.
#[derive(Debug, Clone, Serialize)]
pub struct FeedView {
    /// Its digest: what a manifest pins, and a key for a cache.
    pub digest: Digest,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// Its age in days; `None` where it does not say.
    pub age_days: Option<i64>,
    /// Its advisories.
    pub advisories: u64,
    /// Its entries on vulnerabilities that are known to be exploited.
    pub kev: u64,
    /// Its ecosystems, sorted.
    pub ecosystems: Vec<EcosystemView>,
}

/// What is known of an ecosystem.
#[derive(Debug, Clone, Serialize)]
pub struct EcosystemView {
    /// Its name.
    pub name: String,
    /// Advisories that name a package of it.
    pub records: u64,
    /// The day up to which it is known, as an instant.
    pub as_of: Option<String>,
    /// The age in days; `None` where it is not known.
    pub age_days: Option<i64>,
    /// Whether that is fresh enough to judge by.
    pub fresh: bool,
}

/// Where a trusted root comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootOrigin {
    /// A file that the command names.
    File,
    /// Kept, after somebody handed it in.
    HandedIn,
    /// Kept, from a repository of The Update Framework.
    Repository,
}

impl RootOrigin {
    /// The stable word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::HandedIn => "handed_in",
            Self::Repository => "repository",
        }
    }
}

/// A trusted root.
#[derive(Debug, Clone, Serialize)]
pub struct RootView {
    /// Its digest.
    pub sha256: Digest,
    /// Where it comes from.
    pub origin: RootOrigin,
    /// The file that was named, the repository, or the folder that keeps it.
    pub from: String,
    /// The version of the repository's list of targets.
    pub version: Option<u64>,
    /// The day on which it was refreshed or handed in.
    pub refreshed: Option<String>,
    /// The days since then; `None` where it is not known, as of a file.
    pub age_days: Option<i64>,
    /// When the files that vouch for it expire, RFC 3339.
    pub expires: Option<String>,
    /// Its authorities and logs.
    pub entries: usize,
    /// Those in force now.
    pub in_force: usize,
}

/// Something that is missing or too old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Want {
    /// A stable code (docs/diagnostics.md).
    pub code: &'static str,
    /// What is missing or too old.
    pub message: Text,
    /// What to do.
    pub help: Text,
}

/// What a reader is told of something missing.
fn fault(code: &'static str, message: Text, help: Text) -> Want {
    Want {
        code,
        message,
        help,
    }
}

/// What diagnostics say, on one line.
fn told(faults: &[Diagnostic]) -> String {
    let messages: Vec<_> = faults.iter().map(|one| one.message.as_str()).collect();
    printable(&messages.join("; "))
}

/// Looks at everything that a verification needs.
pub fn self_check(request: &Request<'_>) -> SelfCheck {
    let today = day_of_instant(request.at);
    let mut wanting = Vec::new();
    let feed = request
        .needs_feed
        .then(|| feed(request, today, &mut wanting));
    let root = request
        .needs_trusted_root
        .then(|| root(request, &mut wanting));
    let library = request.library;
    SelfCheck {
        schema: "mekiki/fitness/v1",
        fit: wanting.is_empty(),
        as_of: instant(today),
        version: env!("CARGO_PKG_VERSION"),
        target: target(),
        features: features(),
        catalog: CatalogView {
            id: library.catalog.id.clone(),
            version: library.catalog.version.to_string(),
            digest: library.catalog.digest,
        },
        checks: ChecksView {
            digest: library.acceptance_checks.digest,
            count: library.acceptance_checks.list.len(),
        },
        feed: feed.flatten(),
        trusted_root: root.flatten(),
        wanting,
    }
}

fn root_help() -> Text {
    both("self-check-root-help", &[])
}

fn target() -> String {
    let library = if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "gnu") {
        "-gnu"
    } else if cfg!(target_env = "msvc") {
        "-msvc"
    } else {
        ""
    };
    let (processor, system) = (std::env::consts::ARCH, std::env::consts::OS);
    format!("{processor}-{system}{library}")
}

fn features() -> Vec<&'static str> {
    let mut features = Vec::new();
    if cfg!(feature = "retrieve") {
        features.push("retrieve");
    }
    if cfg!(feature = "server") {
        features.push("server");
    }
    features
}

fn feed(request: &Request<'_>, today: Date, wanting: &mut Vec<Want>) -> Option<FeedView> {
    let open = match feed_open::open(request.feed, None) {
        Ok(open) => open,
        Err(Refused(faults)) => {
            let why = told(&faults);
            let help = both("self-check-feed-help", &[]);
            wanting.push(if faults.iter().all(|one| one.code == "feed-missing") {
                let message = both("self-check-feed-missing", &[("why", &why)]);
                fault("self-check-feed-missing", message, help)
            } else {
                let message = both("self-check-feed-unusable", &[("why", &why)]);
                fault("self-check-feed-unusable", message, help)
            });
            return None;
        }
    };
    let manifest = open.snapshot.manifest();
    let age = |as_of: Option<&str>| Some(days_between(parse_day(as_of?)?, today));
    let maximum = request.maximum_feed_age_days;
    let limit = maximum.to_string();
    let mut ecosystems = Vec::new();
    for (name, coverage) in &manifest.ecosystems {
        let age_days = age(coverage.as_of.as_deref());
        let fresh = age_days.is_some_and(|age| age <= maximum);
        if !fresh {
            let name = printable(name);
            let help = both("self-check-feed-help", &[]);
            wanting.push(if let Some(days) = age_days {
                let days = days.to_string();
                let arguments = [
                    ("ecosystem", name.as_str()),
                    ("days", &days),
                    ("limit", &limit),
                ];
                let message = both("self-check-feed-stale", &arguments);
                fault("self-check-feed-stale", message, help)
            } else {
                let message = both("self-check-feed-undated", &[("ecosystem", &name)]);
                fault("self-check-feed-undated", message, help)
            });
        }
        ecosystems.push(EcosystemView {
            name: name.clone(),
            records: coverage.records,
            as_of: coverage.as_of.as_deref().and_then(parse_day).map(instant),
            age_days,
            fresh,
        });
    }
    if ecosystems.is_empty() {
        let message = both("self-check-feed-empty", &[]);
        let help = both("self-check-feed-help", &[]);
        wanting.push(fault("self-check-feed-empty", message, help));
    }
    Some(FeedView {
        digest: open.snapshot.digest(),
        as_of: manifest.as_of.as_deref().and_then(parse_day).map(instant),
        age_days: age(manifest.as_of.as_deref()),
        advisories: manifest.advisories,
        kev: manifest.kev,
        ecosystems,
    })
}

fn root(request: &Request<'_>, wanting: &mut Vec<Want>) -> Option<RootView> {
    if let Some((name, bytes)) = request.trusted_root {
        let entries = usable_entries(bytes, request.at, wanting)?;
        return Some(RootView {
            sha256: Digest::of(bytes),
            origin: RootOrigin::File,
            from: name.to_owned(),
            version: None,
            refreshed: None,
            age_days: None,
            expires: None,
            entries: entries.len(),
            in_force: entries.iter().filter(|one| one.in_force).count(),
        });
    }
    match trust_root::kept() {
        Ok(Some((path, kept))) => kept_root(&path, &kept, request.at, wanting),
        Ok(None) => {
            let message = both("self-check-root-missing", &[]);
            wanting.push(fault("self-check-root-missing", message, root_help()));
            None
        }
        Err(Refused(faults)) => {
            let message = both("self-check-root-unusable", &[("why", &told(&faults))]);
            wanting.push(fault("self-check-root-unusable", message, root_help()));
            None
        }
    }
}

fn kept_root(
    path: &str,
    kept: &KeptRoot,
    at: Timestamp,
    wanting: &mut Vec<Want>,
) -> Option<RootView> {
    let entries = usable_entries(kept.trusted_root.as_bytes(), at, wanting)?;
    let is_over = |text: &&String| text.parse::<Timestamp>().map_or(true, |end| end <= at);
    if let Some(expires) = kept.expires.as_ref().filter(is_over) {
        let message = both("self-check-root-expired", &[("when", &printable(expires))]);
        wanting.push(fault("self-check-root-expired", message, root_help()));
    }
    let refreshed = parse_day(&kept.refreshed);
    let age_days = refreshed.map(|day| days_between(day, day_of_instant(at)));
    if age_days.is_none_or(|age| age > trust_root::MAXIMUM_AGE_DAYS) {
        let limit = trust_root::MAXIMUM_AGE_DAYS.to_string();
        let refreshed = printable(&kept.refreshed);
        let arguments = [("day", refreshed.as_str()), ("limit", &limit)];
        let message = both("self-check-root-stale", &arguments);
        wanting.push(fault("self-check-root-stale", message, root_help()));
    }
    let tuf = kept.tuf.as_ref().filter(|_| !kept.by_hand);
    Some(RootView {
        sha256: kept.sha256,
        origin: if tuf.is_some() {
            RootOrigin::Repository
        } else {
            RootOrigin::HandedIn
        },
        from: tuf.map_or_else(|| path.to_owned(), |tuf| tuf.repository.clone()),
        version: tuf.map(|tuf| tuf.targets_version),
        refreshed: Some(kept.refreshed.clone()),
        age_days,
        expires: kept.expires.clone(),
        entries: entries.len(),
        in_force: entries.iter().filter(|one| one.in_force).count(),
    })
}

/// The entries of a trusted root that can be used; without an authority and a log in force, nothing that is signed now
/// can be verified by it.
fn usable_entries(bytes: &[u8], at: Timestamp, wanting: &mut Vec<Want>) -> Option<Vec<Entry>> {
    let read = entries(bytes, at)
        .map_err(Refused::from)
        .and_then(|entries| {
            trust_root::usable(bytes)
                .map(|_| entries)
                .map_err(Refused::from)
        });
    match read {
        Ok(entries) => {
            let in_force = |role| entries.iter().any(|one| one.role == role && one.in_force);
            if !in_force(Role::CertificateAuthority) || !in_force(Role::TransparencyLog) {
                let message = both("self-check-root-lapsed", &[]);
                wanting.push(fault("self-check-root-lapsed", message, root_help()));
            }
            Some(entries)
        }
        Err(Refused(faults)) => {
            let message = both("self-check-root-unusable", &[("why", &told(&faults))]);
            wanting.push(fault("self-check-root-unusable", message, root_help()));
            None
        }
    }
}
