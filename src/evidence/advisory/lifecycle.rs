//! When the support of products ends, as endoflife.date tells it: the list of cycles of one product of the
//! older interface, or the answers of interface 1 (`/api/v1/products/…`), one product or all.

use super::field::{Fields, Loss, below, member, scalar, shown};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Shape, Step};
use crate::time::{Date, parse_day};

/// A product and its cycles of releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// The product's name, such as `python`.
    pub product: String,
    /// What identifies it elsewhere.
    pub identifiers: Vec<Identifier>,
    /// Its cycles, in the order of the document.
    pub cycles: Vec<Cycle>,
    /// Where it stands.
    pub at: Place,
}

/// What identifies a product elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// A package URL without a version.
    Purl(String),
    /// A CPE name.
    Cpe(String),
    /// An identifier of another kind, such as `repology`.
    Other(String, String),
}

/// A series of releases that are supported together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cycle {
    /// Its name, such as `3.12`: what the versions of the series begin with.
    pub name: String,
    /// When the first release came out.
    pub released: Option<Date>,
    /// The day on which active support ends.
    pub support_until: Option<Date>,
    /// The day on which support ends altogether.
    pub eol_from: Option<Date>,
    /// Whether support had ended when the document was made, where it tells.
    pub is_eol: Option<bool>,
    /// The latest release.
    pub latest: Option<String>,
    /// Where it stands.
    pub at: Place,
}

impl Cycle {
    /// Whether support has ended on a day; `None` where the document does not tell.
    ///
    /// The day on which support ends is the first without it. What the document says without a day holds
    /// for every day.
    pub fn has_ended(&self, day: Date) -> Option<bool> {
        self.eol_from.map(|from| from <= day).or(self.is_eol)
    }
}

/// Reads a document. `name` is the product where a list of cycles does not tell; the older interface puts
/// it into the file's name.
///
/// # Errors
///
/// `advisory-malformed` where there is no product or no list of cycles.
pub fn read(
    root: Item<'_>,
    name: Option<&str>,
) -> Result<(Vec<Lifecycle>, Vec<Diagnostic>), Diagnostic> {
    let mut fields = Fields::new();
    let mut products = Vec::new();
    if root.shape() == Shape::List {
        let cycles = cycles(root.items(), "", &mut fields);
        products.push(Lifecycle {
            product: name.map(str::to_owned).ok_or_else(|| malformed(root))?,
            identifiers: Vec::new(),
            cycles,
            at: Place::whole(),
        });
    } else if let Some(result) = root.get("result") {
        if result.shape() == Shape::List {
            for (position, one) in fields.tables(root, "result", Loss::Match) {
                let pointer = below("/result", &[Step::Position(position)]);
                products.extend(product(one, "name", "releases", pointer, &mut fields));
            }
        } else {
            let pointer = "/result".to_owned();
            products.extend(product(result, "name", "releases", pointer, &mut fields));
        }
    } else {
        products.extend(product(
            root,
            "product",
            "cycles",
            String::new(),
            &mut fields,
        ));
    }
    if products.is_empty() {
        return Err(malformed(root));
    }
    Ok((products, fields.finish()))
}

fn malformed(root: Item<'_>) -> Diagnostic {
    let message = "the list does not tell which product it is about";
    Diagnostic::error("advisory-malformed", root.place(), message).help(
        "name the file after the product, such as `python.json`, or give `product` and `cycles`",
    )
}

fn product(
    item: Item<'_>,
    name: &str,
    list: &'static str,
    pointer: String,
    fields: &mut Fields,
) -> Option<Lifecycle> {
    let product = fields.filled(item, name, Loss::Match);
    if product.is_none() {
        lacks(item, name, fields);
    }
    let mut identifiers = Vec::new();
    for (_, one) in fields.tables(item, "identifiers", Loss::Match) {
        let kind = fields.filled(one, "type", Loss::Match);
        let Some(id) = fields.filled(one, "id", Loss::Match) else {
            continue;
        };
        identifiers.push(match kind {
            Some("purl") => Identifier::Purl(id.to_owned()),
            Some("cpe") => Identifier::Cpe(id.to_owned()),
            kind => Identifier::Other(kind.unwrap_or_default().to_owned(), id.to_owned()),
        });
    }
    let items = fields.list(item, list, Loss::Match);
    Some(Lifecycle {
        product: product?.to_owned(),
        identifiers,
        cycles: cycles(items, &below(&pointer, &[Step::Key(list)]), fields),
        at: Place::pointer(pointer),
    })
}

fn lacks(item: Item<'_>, name: &str, fields: &mut Fields) {
    let help = "fetch the document again";
    fields.fault("lifecycle-entry", Loss::Match, help, || {
        let message = format!("the entry has no `{name}`, so it is left out");
        (item.place(), message)
    });
}

fn cycles<'t>(
    items: impl Iterator<Item = Item<'t>>,
    pointer: &str,
    fields: &mut Fields,
) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    for (position, item) in items.enumerate() {
        if fields.is_table(item, Loss::Match) {
            let pointer = below(pointer, &[Step::Position(position)]);
            cycles.extend(cycle(item, pointer, fields));
        }
    }
    cycles
}

fn cycle(item: Item<'_>, pointer: String, fields: &mut Fields) -> Option<Cycle> {
    let is_new = item.get("cycle").is_none();
    let name = if is_new { "name" } else { "cycle" };
    let Some(name) = item
        .get(name)
        .and_then(scalar)
        .filter(|name| !name.is_empty())
    else {
        lacks(item, name, fields);
        return None;
    };
    let mut cycle = Cycle {
        name,
        released: day_or_word(item, "releaseDate", fields).0,
        at: Place::pointer(pointer),
        ..Cycle::default()
    };
    if is_new {
        cycle.support_until = day_or_word(item, "eoasFrom", fields).0;
        cycle.eol_from = day_or_word(item, "eolFrom", fields).0;
        cycle.is_eol = day_or_word(item, "isEol", fields).1;
        let latest = fields.table(item, "latest", Loss::Detail);
        cycle.latest = latest.and_then(|latest| latest.get("name").and_then(scalar));
    } else {
        cycle.support_until = day_or_word(item, "support", fields).0;
        (cycle.eol_from, cycle.is_eol) = day_or_word(item, "eol", fields);
        cycle.latest = item.get("latest").and_then(scalar);
    }
    Some(cycle)
}

/// A member that is a day, or true or false where no day is known.
fn day_or_word(item: Item<'_>, key: &str, fields: &mut Fields) -> (Option<Date>, Option<bool>) {
    let Some(member) = member(item, key) else {
        return (None, None);
    };
    let day = member.text().and_then(|text| parse_day(text.trim()));
    if day.is_none() && member.bool().is_none() {
        let help = "a day is written `2026-11-20`";
        fields.fault("advisory-instant", Loss::Match, help, || {
            let message = format!("`{}` is no day, so it is not known", shown(key));
            (member.place(), message)
        });
    }
    (day, member.bool())
}

/// The product in a file's name, such as `python` in `lifecycles/python.json.gz`.
pub(super) fn name_of(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let name = file.split_once('.').map_or(file, |(name, _)| name);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
