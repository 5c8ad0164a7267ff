//! Records of the OSV schema (1.7.0), JSON or YAML.

use super::{Advisory, Affected, Event, EventKind, Nature, Package, Range, RangeKind, Rating};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::Item;
use jiff::Timestamp;

/// Reads one record. What cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `osv-malformed` where the record has no `id` or is no object: nothing can cite it.
pub fn read(root: Item<'_>) -> Result<(Advisory, Vec<Diagnostic>), Diagnostic> {
    let Some(id) = root.get_text("id").filter(|id| !id.trim().is_empty()) else {
        let place = root.get("id").map_or_else(|| root.place(), Item::place);
        return Err(
            Diagnostic::error("osv-malformed", place, "the record has no `id`")
                .help("every OSV record needs an identifier, such as `GHSA-…`"),
        );
    };
    let mut remarks = Vec::new();
    let mut advisory = Advisory {
        id: id.to_owned(),
        aliases: texts(root, "aliases"),
        upstream: texts(root, "upstream"),
        related: texts(root, "related"),
        nature: if id.starts_with("MAL-") {
            Nature::Malicious
        } else {
            Nature::Vulnerability
        },
        summary: root.get_text("summary").unwrap_or_default().to_owned(),
        published: instant(root, "published", &mut remarks),
        modified: instant(root, "modified", &mut remarks),
        withdrawn: instant(root, "withdrawn", &mut remarks),
        ratings: ratings(root),
        affected: Vec::new(),
        url: url(root),
        at: Place::whole(),
    };
    for item in root.get("affected").into_iter().flat_map(Item::items) {
        advisory.affected.push(affected(item, &mut remarks));
    }
    Ok((advisory, remarks))
}

fn affected(item: Item<'_>, remarks: &mut Vec<Diagnostic>) -> Affected {
    let package = item.get("package");
    let text = |key| {
        package
            .and_then(|package| package.get_text(key))
            .map(str::to_owned)
    };
    let package = match (text("ecosystem"), text("name")) {
        (Some(ecosystem), Some(name)) => Some(Package { ecosystem, name }),
        (None, None) => None,
        _ => {
            let place = package.map_or_else(|| item.place(), Item::place);
            remarks.push(
                Diagnostic::warning(
                    "osv-package",
                    place,
                    "the package has only one of `ecosystem` and `name`, so nothing can match it",
                )
                .help("give both"),
            );
            None
        }
    };
    Affected {
        package,
        purl: text("purl"),
        cpe: None,
        ranges: item
            .get("ranges")
            .into_iter()
            .flat_map(Item::items)
            .filter_map(|range| self::range(range, remarks))
            .collect(),
        versions: texts(item, "versions"),
        ratings: ratings(item),
        at: item.place(),
    }
}

fn range(item: Item<'_>, remarks: &mut Vec<Diagnostic>) -> Option<Range> {
    let kind = match item.get_text("type") {
        Some("SEMVER") => RangeKind::Semver,
        Some("ECOSYSTEM") => RangeKind::Ecosystem,
        Some("GIT") => RangeKind::Git,
        other => {
            let named = other.unwrap_or_default();
            remarks.push(
                Diagnostic::warning(
                    "osv-range",
                    item.get("type").map_or_else(|| item.place(), Item::place),
                    format!("a range of type `{named}` cannot be evaluated"),
                )
                .help("one of SEMVER, ECOSYSTEM and GIT"),
            );
            return None;
        }
    };
    let mut events = Vec::new();
    for event in item.get("events").into_iter().flat_map(Item::items) {
        for member in event.children() {
            let kind = match member.key() {
                Some("introduced") => EventKind::Introduced,
                Some("fixed") => EventKind::Fixed,
                Some("last_affected") => EventKind::LastAffected,
                Some("limit") => EventKind::Limit,
                _ => continue,
            };
            // YAML writes some versions as numbers.
            match member.text().map(str::to_owned).or_else(|| member.number()) {
                Some(version) => events.push(Event {
                    kind,
                    version,
                    at: member.place(),
                }),
                None => remarks.push(
                    Diagnostic::warning(
                        "osv-range",
                        member.place(),
                        "the version of an event is no text",
                    )
                    .help("write the version in quotes"),
                ),
            }
        }
    }
    Some(Range {
        kind,
        events,
        at: item.place(),
    })
}

fn ratings(item: Item<'_>) -> Vec<Rating> {
    let list = item.get("severity").into_iter().flat_map(Item::items);
    list.filter_map(|rating| {
        Some(Rating {
            value: rating.get_text("score")?.to_owned(),
            source: None,
            at: rating.place(),
        })
    })
    .collect()
}

fn url(root: Item<'_>) -> Option<String> {
    let list = || root.get("references").into_iter().flat_map(Item::items);
    let of_kind = |kind| {
        list()
            .filter(|one| one.get_text("type") == Some(kind))
            .find_map(|one| one.get_text("url"))
    };
    of_kind("ADVISORY")
        .or_else(|| of_kind("WEB"))
        .map(str::to_owned)
}

/// The texts of a list; numbers, which YAML makes of some versions, as they are written.
fn texts(item: Item<'_>, key: &str) -> Vec<String> {
    let list = item.get(key).into_iter().flat_map(Item::items);
    list.filter_map(|one| one.text().map(str::to_owned).or_else(|| one.number()))
        .collect()
}

fn instant(root: Item<'_>, key: &str, remarks: &mut Vec<Diagnostic>) -> Option<Timestamp> {
    let item = root.get(key)?;
    let instant = item.text().and_then(|text| text.trim().parse().ok());
    if instant.is_none() {
        remarks.push(
            Diagnostic::warning(
                "osv-instant",
                item.place(),
                format!("`{key}` is no instant, so it is not known"),
            )
            .help("write it as RFC 3339 in UTC, such as `2026-11-20T09:00:00Z`"),
        );
    }
    instant
}
