//! Advisories of ruby-advisory-db, YAML (its README, section "Schema").
//!
//! Which versions are affected is the complement of the patched and the unaffected ones, as bundler-audit
//! judges it: `Gem::Requirement` decides, `~>` included.

mod requirement;

use super::field::{Fields, Loss, shown};
use super::interval;
use super::{Advisory, Affected, Package, Range, RangeKind, Rating, Scope};
use crate::cvss;
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::Item;

/// Reads one advisory, whose plain scalars are texts ([`crate::tape::parse_yaml_texts`]).
///
/// `name` is its identifier where the document has none; the database puts it into the file's name.
///
/// # Errors
///
/// `advisory-malformed` where there is no identifier, or nothing that it is about.
pub fn read(root: Item<'_>, name: Option<&str>) -> Result<(Advisory, Vec<Diagnostic>), Diagnostic> {
    let mut fields = Fields::new();
    let mut ids = identifiers(root, &mut fields);
    if ids.is_empty() {
        ids.extend(name.map(str::to_owned));
    }
    let mut ids = ids.into_iter();
    let Some(id) = ids.next() else {
        return Err(malformed(
            root,
            "the advisory has no `cve`, `ghsa` or `osvdb`",
        ));
    };
    let Some((package, purl, at)) = subject(root, &mut fields) else {
        return Err(malformed(
            root,
            "the advisory has no `gem`, `engine` or `library`",
        ));
    };
    let platform = fields.filled(root, "platform", Loss::Detail);
    let events = events(root, &at, &mut fields);
    let ranges = (!events.is_empty()).then(|| Range {
        kind: RangeKind::Ecosystem,
        events,
        at: root
            .get("patched_versions")
            .map_or_else(|| at.clone(), Item::place),
    });
    let advisory = Advisory {
        id,
        aliases: ids.collect(),
        related: related(root, &mut fields),
        summary: fields
            .filled(root, "title", Loss::Detail)
            .unwrap_or_default()
            .to_owned(),
        published: fields.instant(root, "date", Loss::Detail),
        ratings: ratings(root, &mut fields),
        affected: vec![Affected {
            package,
            purl: Some(purl),
            ranges: ranges.into_iter().collect(),
            scope: Scope {
                systems: platform.into_iter().map(str::to_owned).collect(),
                ..Scope::default()
            },
            at,
            ..Affected::default()
        }],
        url: fields.filled(root, "url", Loss::Detail).map(str::to_owned),
        at: Place::whole(),
        ..Advisory::default()
    };
    Ok((advisory, fields.finish()))
}

fn malformed(root: Item<'_>, message: &str) -> Diagnostic {
    Diagnostic::error("advisory-malformed", root.place(), message)
        .help("see the schema in the README of ruby-advisory-db")
}

/// The identifiers, which the database writes without what they begin with.
fn identifiers(root: Item<'_>, fields: &mut Fields) -> Vec<String> {
    let mut ids = Vec::new();
    for (key, prefix) in [("cve", "CVE-"), ("ghsa", "GHSA-"), ("osvdb", "OSVDB-")] {
        let number = fields.filled(root, key, Loss::Match);
        ids.extend(number.map(|number| prefixed(number, prefix)));
    }
    ids
}

fn prefixed(number: &str, prefix: &str) -> String {
    if number.starts_with(prefix) {
        number.to_owned()
    } else {
        format!("{prefix}{number}")
    }
}

fn related(root: Item<'_>, fields: &mut Fields) -> Vec<String> {
    let mut all = Vec::new();
    let Some(related) = fields.table(root, "related", Loss::Detail) else {
        return all;
    };
    for (key, prefix) in [("cve", "CVE-"), ("ghsa", "GHSA-"), ("osvdb", "OSVDB-")] {
        let numbers = fields.texts(related, key, Loss::Detail);
        all.extend(numbers.iter().map(|number| prefixed(number, prefix)));
    }
    all
}

/// What the advisory is about. A gem is a package of the ecosystem. An interpreter (`engine`) or a library
/// that comes along with one is none; it gets the package URL that scanners of binaries give it.
fn subject(root: Item<'_>, fields: &mut Fields) -> Option<(Option<Package>, String, Place)> {
    let mut named = ["gem", "engine", "library"].into_iter().filter_map(|key| {
        let name = fields.filled(root, key, Loss::Match)?;
        Some((key, name))
    });
    let (key, name) = named.next()?;
    let at = Place::pointer(format!("/{key}"));
    Some(if key == "gem" {
        let package = Package {
            ecosystem: requirement::ECOSYSTEM.to_owned(),
            name: name.to_owned(),
        };
        (Some(package), format!("pkg:gem/{name}"), at)
    } else {
        (None, format!("pkg:generic/{name}"), at)
    })
}

/// Of a score without its vector, the one of the newest version of CVSS.
fn ratings(root: Item<'_>, fields: &mut Fields) -> Vec<Rating> {
    for key in ["cvss_v4", "cvss_v3", "cvss_v2"] {
        let Some(value) = fields.filled(root, key, Loss::Detail) else {
            continue;
        };
        let at = Place::pointer(format!("/{key}"));
        if cvss::parse_decimal(value).is_none() {
            let help = "write the score with one decimal, such as `7.5`";
            fields.fault("advisory-severity", Loss::Detail, help, || {
                let message = format!("`{}` is no score from 0.0 to 10.0", shown(value));
                (at, message)
            });
            continue;
        }
        return vec![Rating {
            value: value.to_owned(),
            source: None,
            at,
        }];
    }
    Vec::new()
}

fn events(root: Item<'_>, at: &Place, fields: &mut Fields) -> Vec<super::Event> {
    let mut intervals = Vec::new();
    for key in ["patched_versions", "unaffected_versions"] {
        let texts = fields.texts(root, key, Loss::Match);
        for (position, text) in texts.iter().enumerate() {
            let at = Place::pointer(format!("/{key}/{position}"));
            if let Some(interval) = requirement::interval(text, &at) {
                intervals.push(interval);
                continue;
            }
            // Without it, more versions count as affected.
            let help = "write it like `>= 1.2.3` or `~> 1.2.3, >= 1.2.3.4`";
            fields.fault("advisory-range", Loss::Match, help, || {
                let message = format!("the requirement `{}` cannot be evaluated", shown(text));
                (at, message)
            });
        }
    }
    interval::events(interval::complement(intervals, &requirement::order), at)
}

/// The identifier in a file's name, such as `CVE-2026-1` in `gems/rails/CVE-2026-1.yml`.
pub(super) fn name_of(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let name = file.split_once('.').map_or(file, |(name, _)| name);
    let is_id = ["CVE-", "GHSA-", "OSVDB-"]
        .iter()
        .any(|prefix| name.starts_with(prefix));
    is_id.then_some(name)
}

#[cfg(test)]
mod tests;
