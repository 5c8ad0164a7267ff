//! RustSec advisories (advisory-db, format 3 and 4: TOML front matter in Markdown), read by the `rustsec`
//! package.
//!
//! The front matter is read here first, for the places and for the requirements: the package panics on
//! some requirements of a hostile document, so that it is given only those that it can handle. Which
//! versions are affected is the complement of the patched and the unaffected ones, by the precedence of
//! Semantic Versioning with pre-releases, as the package judges it.

mod requirement;

use rustsec::advisory::Informational;
use semver::Version;

use super::field::instant;
use super::interval::{self, Interval};
use super::{Advisory, Affected, Nature, Package, Range, RangeKind, Rating, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::tree::{self, Document, Node};

/// The name of the public registry's ecosystem (OSV schema, section "Defined ecosystems").
const ECOSYSTEM: &str = "crates.io";

/// The documents are short; the largest of the database has 20 KiB.
const MAXIMUM_BYTES: usize = 1024 * 1024;

/// The package holds every requirement against every other; the most in the database are below 20.
const MAXIMUM_REQUIREMENTS: usize = 1000;

/// An advisory about one crate.
#[derive(Debug, Clone)]
pub struct CrateAdvisory {
    inner: rustsec::Advisory,
    document: Document,
    events: Vec<super::Event>,
}

impl CrateAdvisory {
    /// The advisory's identifier, such as `RUSTSEC-2020-0001`.
    pub fn id(&self) -> String {
        self.inner.metadata.id.to_string()
    }

    /// The crate that it is about.
    pub fn package(&self) -> &str {
        self.inner.metadata.package.as_str()
    }

    /// Whether the advisory was withdrawn.
    pub fn withdrawn(&self) -> bool {
        self.inner.withdrawn()
    }

    /// Whether it touches `version` of `package`; `None` when the version is not a semantic version.
    pub fn touches(&self, package: &str, version: &str) -> Option<bool> {
        if self.package() != package {
            return Some(false);
        }
        let version = Version::parse(version).ok()?;
        Some(self.inner.versions.is_vulnerable(&version))
    }

    /// The advisory in the one model of all.
    ///
    /// What the compiler brings along (`std`, `cargo`, `rustdoc`; in the folder `rust/`, with the
    /// identifier of a CVE) and crates of other registries belong to no ecosystem and get no package, so
    /// that no crate of the public registry is taken for them.
    pub fn advisory(&self) -> Advisory {
        let metadata = &self.inner.metadata;
        let at = |pointer| self.place(pointer);
        let name = metadata.package.as_str();
        let is_public = metadata
            .source
            .as_ref()
            .is_none_or(rustsec::SourceId::is_default_registry)
            && metadata.id.is_rustsec();
        let ranges = if self.events.is_empty() {
            Vec::new()
        } else {
            vec![Range {
                kind: RangeKind::Semver,
                events: self.events.clone(),
                at: at("/versions"),
            }]
        };
        let ratings = metadata.cvss.as_ref().map(|vector| Rating {
            value: vector.to_string(),
            source: None,
            at: at("/advisory/cvss"),
        });
        Advisory {
            id: metadata.id.to_string(),
            aliases: metadata.aliases.iter().map(ToString::to_string).collect(),
            upstream: Vec::new(),
            related: metadata.related.iter().map(ToString::to_string).collect(),
            nature: nature(metadata.informational.as_ref()),
            summary: metadata.title.clone(),
            published: instant(metadata.date.as_str()),
            modified: None,
            withdrawn: metadata
                .withdrawn
                .as_ref()
                .and_then(|date| instant(date.as_str())),
            ratings: ratings.into_iter().collect(),
            affected: vec![Affected {
                package: is_public.then(|| Package {
                    ecosystem: ECOSYSTEM.to_owned(),
                    name: name.to_owned(),
                }),
                purl: is_public.then(|| format!("pkg:cargo/{name}")),
                ranges,
                scope: self.scope(),
                at: at("/advisory/package"),
                ..Affected::default()
            }],
            url: metadata.url.as_ref().map(ToString::to_string),
            at: Place::whole(),
        }
    }

    fn scope(&self) -> Scope {
        let Some(affected) = &self.inner.affected else {
            return Scope::default();
        };
        Scope {
            functions: affected.functions.keys().map(ToString::to_string).collect(),
            architectures: affected
                .arch
                .iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
            systems: affected
                .os
                .iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
        }
    }

    fn place(&self, pointer: &str) -> Place {
        // Format 4 has no header for the first table.
        let short = pointer.strip_prefix("/advisory").unwrap_or(pointer);
        [pointer, short]
            .iter()
            .find_map(|pointer| {
                Some(
                    self.document
                        .place(self.document.root.at(pointer)?, pointer),
                )
            })
            .unwrap_or_else(Place::whole)
    }
}

fn nature(informational: Option<&Informational>) -> Nature {
    match informational {
        None => Nature::Vulnerability,
        Some(Informational::Unsound) => Nature::Unsound,
        Some(Informational::Unmaintained) => Nature::Unmaintained,
        Some(_) => Nature::Notice,
    }
}

/// Reads one advisory.
///
/// # Errors
///
/// `advisory-malformed` with the reason.
pub fn read_advisory(bytes: &[u8]) -> Result<CrateAdvisory, Diagnostic> {
    if bytes.len() > MAXIMUM_BYTES {
        return Err(malformed(Place::whole(), "it is larger than 1 MiB"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| malformed(Place::whole(), "it is not UTF-8"))?
        .trim_start_matches('\u{feff}');
    let document = front_matter(text)?;
    let mut intervals = Vec::new();
    for list in ["patched", "unaffected"] {
        let items = document.root.get("versions").and_then(|one| one.get(list));
        let items = items.map_or(&[][..], Node::items);
        if items.len() > MAXIMUM_REQUIREMENTS {
            return Err(malformed(Place::whole(), "it has too many requirements"));
        }
        for (position, item) in items.iter().enumerate() {
            let at = document.place(item, &format!("/versions/{list}/{position}"));
            intervals.push(interval_of(item, &at)?);
        }
    }
    requirement::check_starts(&intervals)?;
    let at = document
        .root
        .get("versions")
        .map_or_else(Place::whole, |versions| {
            document.place(versions, "/versions")
        });
    let inner = text.parse().map_err(|error: rustsec::Error| {
        let reason = error.to_string();
        malformed(Place::whole(), reason.lines().next().unwrap_or_default())
    })?;
    let gaps = interval::complement(intervals, &requirement::precedence);
    Ok(CrateAdvisory {
        inner,
        document,
        events: interval::events(gaps, &at),
    })
}

fn interval_of(item: &Node, at: &Place) -> Result<Interval, Diagnostic> {
    let text = item
        .text()
        .ok_or_else(|| malformed(at.clone(), "a requirement is no text"))?;
    requirement::interval(text, at).map_err(|reason| malformed(at.clone(), &reason))
}

/// The block of TOML, whose lines keep their numbers.
fn front_matter(text: &str) -> Result<Document, Diagnostic> {
    let block = text
        .strip_prefix("```toml")
        .and_then(|rest| rest.split_once("\n```"));
    let Some((block, _)) = block else {
        let reason = "it does not begin with a block of toml";
        return Err(malformed(Place::line(1, 1), reason));
    };
    tree::parse_toml(block.as_bytes()).map_err(|faults| {
        let fault = faults.into_iter().next();
        let (at, reason) = fault.map_or_else(
            || (Place::whole(), "its toml has a fault".to_owned()),
            |fault| (fault.at, fault.message),
        );
        malformed(at, &reason)
    })
}

fn malformed(at: Place, reason: &str) -> Diagnostic {
    let message = format!(
        "the advisory cannot be read: {}",
        super::field::shown(reason)
    );
    Diagnostic::error("advisory-malformed", at, message)
        .help("see the advisory-db format: a toml block, then a title and a description")
}

#[cfg(test)]
mod tests;
