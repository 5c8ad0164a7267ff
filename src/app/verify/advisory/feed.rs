//! The snapshot of advisories: found, the pinned one, and fresh enough.

use super::{FEED, say};
use crate::acceptance::finding::{Effect, Finding};
use crate::acceptance::report::Input;
use crate::app::Refused;
use crate::app::feed_open::{self, OpenFeed};
use crate::app::verify::beside::{lies_in_delivery, named, told};
use crate::app::verify::gather::Gathered;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::scan::ScanView;
use crate::evidence::Citation;
use crate::matching::MAXIMUM_AGE_DAYS;
use crate::text::Text;
use crate::text::messages::both;
use crate::time::{days_between, parse_day};

/// How many days old the knowledge of an ecosystem may be.
pub(super) fn maximum_age_days(gathered: &Gathered<'_>) -> i64 {
    let agreed = gathered.request.manifest.feed_maximum_age_days;
    agreed.unwrap_or(MAXIMUM_AGE_DAYS)
}

/// Opens the snapshot that the manifest names, or the newest of the user's folder that was known on the day.
///
/// # Errors
///
/// A finding that says why there is none to judge by.
pub(super) fn open(
    gathered: &Gathered<'_>,
    inputs: &mut Vec<Input>,
) -> Result<OpenFeed, Box<Finding>> {
    let manifest = gathered.request.manifest;
    let path = manifest.feed.as_ref().map(|one| one.path.as_str());
    let name = path.map_or_else(|| "feed".to_owned(), named);
    if path.is_some_and(|path| lies_in_delivery(gathered, path)) {
        let message = both("verify-feed-delivered", &[("path", &name)]);
        let finding = Finding::new(FEED, Effect::Unverifiable, name, message);
        return Err(Box::new(finding));
    }
    let opened = pinned(manifest.feed_digest.as_deref()).and_then(|digest| {
        let on_disk = path.map(|path| gathered.request.root.join(path).display().to_string());
        let as_of = Some(gathered.request.as_of);
        feed_open::open_chosen(on_disk.as_deref(), as_of, digest)
    });
    match opened {
        Ok(feed) => {
            inputs.push(Input {
                role: "feed",
                path: name,
                sha256: feed.snapshot.digest(),
            });
            Ok(feed)
        }
        Err(refused) => Err(Box::new(unusable(gathered, &name, &refused))),
    }
}

/// The digest that the manifest pins.
fn pinned(digest: Option<&str>) -> Result<Option<Digest>, Refused> {
    let Some(text) = digest else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let message = format!("`{text}` is no digest of a snapshot");
        Diagnostic::error(
            "feed-missing",
            Place::pointer("/advisories/snapshot"),
            message,
        )
        .help("write the SHA-256 that `mekiki feed status` shows")
        .into()
    })
}

/// A snapshot that cannot be judged by, and why.
pub(super) fn unusable(gathered: &Gathered<'_>, name: &str, refused: &Refused) -> Finding {
    let fault = refused.0.first();
    let why = match fault {
        // Where this machine keeps its data is no part of a report.
        Some(fault) if fault.code == "feed-missing" => match &gathered.request.manifest.feed_digest
        {
            Some(digest) => say("verify-feed-other", &[("digest", &short(digest))]),
            None => both("verify-feed-none", &[]),
        },
        Some(fault) => Text::same(told(gathered, fault)),
        None => both("verify-feed-none", &[]),
    };
    let message = super::say_texts("verify-feed-unusable", &[("why", &why)]);
    let mut finding = Finding::new(FEED, Effect::Unverifiable, name, message);
    finding.code = fault.map(|fault| fault.code.to_owned());
    finding
}

fn short(digest: &str) -> String {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits.chars().take(12).collect()
}

/// What is wrong with the freshness and contents of the snapshot.
pub(super) fn findings(
    gathered: &Gathered<'_>,
    feed: &OpenFeed,
    scan: Option<&ScanView>,
) -> Vec<Finding> {
    let manifest = feed.snapshot.manifest();
    let digest = feed.snapshot.digest();
    let maximum = maximum_age_days(gathered);
    let limit = maximum.to_string();
    let subject = digest.short();
    let mut findings = Vec::new();
    let mut add = |effect, message| {
        findings.push(Finding::new(FEED, effect, subject.clone(), message).cite(cite(digest)));
    };
    match manifest.as_of.as_deref().and_then(parse_day) {
        None => add(Effect::Unverifiable, both("verify-feed-undated", &[])),
        Some(day) => {
            let age = days_between(day, gathered.request.as_of);
            if age > maximum {
                let arguments = [
                    ("day", day.to_string()),
                    ("age", age.to_string()),
                    ("limit", limit.clone()),
                ];
                add(Effect::Unverifiable, say("verify-feed-stale", &arguments));
            } else if !feed.remarks.is_empty() {
                let day = gathered.request.as_of.to_string();
                add(Effect::Warns, both("verify-feed-later", &[("day", &day)]));
            }
        }
    }
    let stale: Vec<String> = scan
        .into_iter()
        .flat_map(|scan| &scan.feed.ecosystems)
        .filter(|(_, one)| one.components > 0 && !one.fresh)
        .map(|(name, _)| name.clone())
        .collect();
    if !stale.is_empty() {
        let arguments = [("ecosystems", stale.join(", ")), ("limit", limit)];
        add(
            Effect::Unverifiable,
            say("verify-feed-stale-ecosystems", &arguments),
        );
    }
    if manifest.kev == 0 {
        add(Effect::Unverifiable, both("verify-feed-without-kev", &[]));
    }
    for (index, finding) in findings.iter_mut().enumerate() {
        // One snapshot may have several faults; each is a finding of its own.
        *finding = finding.clone().distinguished_by(&[&index.to_string()]);
    }
    findings
}

/// Cites the snapshot as a whole.
pub(super) fn cite(digest: Digest) -> Citation {
    Citation {
        sha256: digest,
        file: "feed".to_owned(),
        at: Place::whole(),
    }
}
