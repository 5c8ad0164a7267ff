//! Records of the OSV schema (1.7), JSON or YAML: <https://ossf.github.io/osv-schema/>.
//!
//! Of YAML, plain scalars must come as texts ([`crate::tape::parse_yaml_texts`]): version `1.10` is no
//! number.

mod affected;
mod summary;

use super::field::{Fields, Loss, below, shown};
use super::{Advisory, Nature, Rating};
use crate::cvss::{self, Severity};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Step};

/// Reads one record. What cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `advisory-malformed` where the record has no `id` or is no object: nothing can cite it.
pub fn read(root: Item<'_>) -> Result<(Advisory, Vec<Diagnostic>), Diagnostic> {
    let mut fields = Fields::new();
    let advisory = read_at(root, "", &mut fields)?;
    Ok((advisory, fields.finish()))
}

/// Reads the record at a JSON pointer.
pub(super) fn read_at(
    root: Item<'_>,
    pointer: &str,
    fields: &mut Fields,
) -> Result<Advisory, Diagnostic> {
    let id = root.get_text("id").map(str::trim);
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        let place = root.get("id").map_or_else(|| root.place(), Item::place);
        return Err(
            Diagnostic::error("advisory-malformed", place, "the record has no `id`")
                .help("every OSV record needs an identifier, such as `GHSA-…`"),
        );
    };
    let mut advisory = Advisory {
        id: id.to_owned(),
        aliases: fields.texts(root, "aliases", Loss::Match),
        upstream: fields.texts(root, "upstream", Loss::Match),
        related: fields.texts(root, "related", Loss::Detail),
        nature: Nature::Vulnerability,
        summary: fields
            .filled(root, "summary", Loss::Detail)
            .map(str::to_owned)
            .or_else(|| root.get_text("details").map(summary::of_details))
            .unwrap_or_default(),
        published: fields.instant(root, "published", Loss::Detail),
        modified: fields.instant(root, "modified", Loss::Detail),
        withdrawn: fields.instant(root, "withdrawn", Loss::Match),
        ratings: ratings(root, pointer, &["database_specific"], fields),
        affected: Vec::new(),
        url: url(root, fields),
        at: if pointer.is_empty() {
            Place::whole()
        } else {
            Place::pointer(pointer)
        },
    };
    let mut informational = None;
    for (position, item) in fields.tables(root, "affected", Loss::Match) {
        advisory
            .affected
            .push(affected::read(item, pointer, position, fields));
        informational = informational.or_else(|| affected::informational(item));
    }
    advisory.nature = match informational {
        _ if id.starts_with("MAL-") => Nature::Malicious,
        Some(nature) => nature,
        None => Nature::Vulnerability,
    };
    Ok(advisory)
}

/// The ratings of a record or of one product. Where it has no vector, a word that databases put into
/// one of the members `aside`.
fn ratings(item: Item<'_>, pointer: &str, aside: &[&str], fields: &mut Fields) -> Vec<Rating> {
    let mut ratings = Vec::new();
    for (position, one) in fields.tables(item, "severity", Loss::Detail) {
        let steps = [Step::Key("severity"), Step::Position(position)];
        let at = Place::pointer(below(pointer, &steps));
        let is_vector = fields
            .text(one, "type", Loss::Detail)
            .is_some_and(|kind| kind.starts_with("CVSS_"));
        let Some(value) = fields.filled(one, "score", Loss::Detail) else {
            continue;
        };
        if is_vector && let Err(error) = cvss::score(value) {
            fields.fault(
                "advisory-severity",
                Loss::Detail,
                "write the whole vector, such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`",
                || {
                    (
                        one.place(),
                        format!("`{}` has no score: {error}", shown(value)),
                    )
                },
            );
        }
        ratings.push(Rating {
            value: value.to_owned(),
            source: None,
            at,
        });
    }
    if ratings.is_empty() {
        ratings.extend(aside.iter().find_map(|key| worded(item.get(key)?)));
    }
    ratings
}

/// A severity outside of the list: a vector as RustSec's exports have it, or a word of a database.
fn worded(specific: Item<'_>) -> Option<Rating> {
    ["cvss", "severity", "urgency"].iter().find_map(|key| {
        let member = specific.get(key)?;
        let value = member.text()?.trim();
        let is_known = Severity::of_word(value).is_some() || cvss::score(value).is_ok();
        is_known.then(|| Rating {
            value: value.to_owned(),
            source: None,
            at: member.place(),
        })
    })
}

/// The page of the advisory, or the first page of any kind.
fn url(root: Item<'_>, fields: &mut Fields) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for (_, one) in fields.tables(root, "references", Loss::Detail) {
        let rank = match fields.text(one, "type", Loss::Detail) {
            Some("ADVISORY") => 0,
            Some("WEB") => 1,
            _ => 2,
        };
        let Some(url) = fields.filled(one, "url", Loss::Detail) else {
            continue;
        };
        if best.is_none_or(|(known, _)| rank < known) {
            best = Some((rank, url));
        }
    }
    best.map(|(_, url)| url.to_owned())
}

#[cfg(test)]
mod tests;
