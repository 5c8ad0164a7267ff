//! Security advisories as GitHub's programming interfaces give them: REST (`ghsa_id`; "Get a global
//! security advisory", version 2022-11-28) and GraphQL (`ghsaId`; object `SecurityAdvisory`).

mod range;

use super::field::{Fields, Loss, below, shown};
use super::{Advisory, Affected, Nature, Package, Rating, Scope};
use crate::cvss;
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Shape, Step};

/// A member under its name in REST and in GraphQL.
type Names = [&'static str; 2];

/// GitHub's words for ecosystems, REST in lower case and GraphQL in upper case, with those of OSV.
/// `other` has no counterpart.
const ECOSYSTEMS: [(&str, &str); 12] = [
    ("actions", "GitHub Actions"),
    ("composer", "Packagist"),
    ("erlang", "Hex"),
    ("go", "Go"),
    ("maven", "Maven"),
    ("npm", "npm"),
    ("nuget", "NuGet"),
    ("pip", "PyPI"),
    ("pub", "Pub"),
    ("rubygems", "RubyGems"),
    ("rust", "crates.io"),
    ("swift", "SwiftURL"),
];

/// Reads one advisory. What cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `advisory-malformed` where it has no identifier.
pub fn read(root: Item<'_>) -> Result<(Advisory, Vec<Diagnostic>), Diagnostic> {
    let mut fields = Fields::new();
    let advisory = read_at(root, "", &mut fields)?;
    Ok((advisory, fields.finish()))
}

/// Reads the advisory at a JSON pointer.
pub(super) fn read_at(
    root: Item<'_>,
    pointer: &str,
    fields: &mut Fields,
) -> Result<Advisory, Diagnostic> {
    let id = ["ghsa_id", "ghsaId"]
        .iter()
        .find_map(|key| root.get_text(key));
    let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else {
        return Err(Diagnostic::error(
            "advisory-malformed",
            root.place(),
            "the advisory has no `ghsa_id`",
        )
        .help("hand in the answer of GitHub's interface as it came"));
    };
    let kind = text(root, ["type", "classification"], fields);
    let mut affected = Vec::new();
    let (list, list_pointer) = nodes(root, "vulnerabilities", pointer, fields);
    for (position, item) in list {
        let pointer = below(&list_pointer, &[Step::Position(position)]);
        affected.push(self::affected(item, pointer, fields));
    }
    Ok(Advisory {
        id: id.to_owned(),
        aliases: aliases(root, id, fields),
        upstream: Vec::new(),
        related: Vec::new(),
        nature: if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("malware")) {
            Nature::Malicious
        } else {
            Nature::Vulnerability
        },
        summary: fields
            .filled(root, "summary", Loss::Detail)
            .unwrap_or_default()
            .to_owned(),
        published: instant(root, ["published_at", "publishedAt"], Loss::Detail, fields),
        modified: instant(root, ["updated_at", "updatedAt"], Loss::Detail, fields),
        withdrawn: instant(root, ["withdrawn_at", "withdrawnAt"], Loss::Match, fields),
        ratings: ratings(root, fields),
        affected,
        url: text(root, ["html_url", "permalink"], fields).map(str::to_owned),
        at: if pointer.is_empty() {
            Place::whole()
        } else {
            Place::pointer(pointer)
        },
    })
}

fn present(item: Item<'_>, names: Names) -> &'static str {
    let [rest, graph] = names;
    if item.get(rest).is_some() {
        rest
    } else {
        graph
    }
}

fn text<'t>(item: Item<'t>, names: Names, fields: &mut Fields) -> Option<&'t str> {
    fields.filled(item, present(item, names), Loss::Detail)
}

fn instant(
    item: Item<'_>,
    names: Names,
    loss: Loss,
    fields: &mut Fields,
) -> Option<jiff::Timestamp> {
    fields.instant(item, present(item, names), loss)
}

/// The objects of a list, which GraphQL wraps into `nodes`, and where the list stands.
fn nodes<'t>(
    item: Item<'t>,
    key: &'static str,
    pointer: &str,
    fields: &mut Fields,
) -> (Vec<(usize, Item<'t>)>, String) {
    let wrapped = item.get(key).filter(|one| one.shape() == Shape::Table);
    match wrapped {
        Some(wrapped) => (
            fields.tables(wrapped, "nodes", Loss::Match),
            below(pointer, &[Step::Key(key), Step::Key("nodes")]),
        ),
        None => (
            fields.tables(item, key, Loss::Match),
            below(pointer, &[Step::Key(key)]),
        ),
    }
}

/// Every other identifier; the CVE also has a member of its own.
fn aliases(root: Item<'_>, id: &str, fields: &mut Fields) -> Vec<String> {
    let mut aliases = indexmap::IndexSet::new();
    for (_, one) in fields.tables(root, "identifiers", Loss::Match) {
        aliases.extend(fields.filled(one, "value", Loss::Match));
    }
    aliases.extend(fields.filled(root, "cve_id", Loss::Match));
    aliases.shift_remove(id);
    aliases.into_iter().map(str::to_owned).collect()
}

/// The vectors of all versions of CVSS, or else the word.
fn ratings(root: Item<'_>, fields: &mut Fields) -> Vec<Rating> {
    let mut ratings: Vec<Rating> = Vec::new();
    let mut vector = |holder: Item<'_>, fields: &mut Fields| {
        let Some(value) = text(holder, ["vector_string", "vectorString"], fields) else {
            return;
        };
        if let Err(error) = cvss::score(value) {
            let help = "look the vector up on the advisory's page";
            fields.fault("advisory-severity", Loss::Detail, help, || {
                let message = format!("`{}` has no score: {error}", shown(value));
                (holder.place(), message)
            });
        }
        if ratings.iter().all(|known| known.value != value) {
            ratings.push(Rating {
                value: value.to_owned(),
                source: None,
                at: holder.place(),
            });
        }
    };
    let all = present(root, ["cvss_severities", "cvssSeverities"]);
    if let Some(all) = fields.table(root, all, Loss::Detail) {
        for names in [["cvss_v4", "cvssV4"], ["cvss_v3", "cvssV3"]] {
            if let Some(one) = fields.table(all, present(all, names), Loss::Detail) {
                vector(one, fields);
            }
        }
    }
    if let Some(one) = fields.table(root, "cvss", Loss::Detail) {
        vector(one, fields);
    }
    if ratings.is_empty()
        && let Some(word) = fields.filled(root, "severity", Loss::Detail)
    {
        let at = root.get("severity").map_or_else(Place::whole, Item::place);
        ratings.push(Rating {
            value: word.to_owned(),
            source: None,
            at,
        });
    }
    ratings
}

fn affected(item: Item<'_>, pointer: String, fields: &mut Fields) -> Affected {
    let package = fields
        .table(item, "package", Loss::Match)
        .and_then(|package| self::package(package, fields));
    let ecosystem = package.as_ref().map(|package| package.ecosystem.as_str());
    let (ranges, versions) = range::read(item, ecosystem.unwrap_or_default(), &pointer, fields);
    Affected {
        ranges: ranges.into_iter().collect(),
        versions,
        package,
        scope: Scope {
            functions: fields.texts(item, "vulnerable_functions", Loss::Detail),
            ..Scope::default()
        },
        at: Place::pointer(pointer),
        ..Affected::default()
    }
}

fn package(item: Item<'_>, fields: &mut Fields) -> Option<Package> {
    let word = fields.filled(item, "ecosystem", Loss::Match);
    let name = fields.filled(item, "name", Loss::Match);
    let known = word.and_then(|word| {
        let mut ecosystems = ECOSYSTEMS.iter();
        ecosystems.find(|(known, _)| known.eq_ignore_ascii_case(word))
    });
    if let (Some((_, ecosystem)), Some(name)) = (known, name) {
        return Some(Package {
            ecosystem: (*ecosystem).to_owned(),
            name: name.to_owned(),
        });
    }
    // `other` is a word of the interface for what no package manager knows.
    if word.is_none_or(|word| !word.eq_ignore_ascii_case("other")) {
        let word = shown(word.unwrap_or_default());
        let help = "look the package up on the advisory's page";
        fields.fault("advisory-package", Loss::Match, help, || {
            let message = format!("the package has no name or its ecosystem `{word}` is not known");
            (item.place(), message)
        });
    }
    None
}

#[cfg(test)]
mod tests;
