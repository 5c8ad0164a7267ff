//! What identifies a product, for the models that know no product ids.

use super::{DEEPEST_PART, Definition, MOST_PARTS, ProductTree};
use crate::diagnostic::Place;
use crate::evidence::csaf::vers::Vers;
use crate::evidence::vex::{Identifier, Product};
use crate::purl::Purl;
use crate::tape::Item;

impl ProductTree<'_> {
    /// A product as others know it. One in its relation to others is what it is a part of, with the part
    /// as its subcomponent. An id that is not defined is all that there is of it.
    ///
    /// `at` is the place of the product that the id names, where that is not a definition.
    pub fn product(&self, id: &str, at: Place) -> Product {
        self.resolve(id, at, 0, &mut { MOST_PARTS })
    }

    fn resolve(&self, id: &str, at: Place, depth: usize, left: &mut usize) -> Product {
        let Some(definition) = self.lookup(id) else {
            return Product {
                identifiers: vec![Identifier::Other(id.to_owned())],
                subcomponents: Vec::new(),
                at,
            };
        };
        let own = || Product {
            identifiers: self.identifiers(definition),
            subcomponents: Vec::new(),
            at: self.place(definition),
        };
        let steps = definition.path.len();
        if steps < 2 || depth >= DEEPEST_PART || steps > *left {
            return own();
        }
        *left -= steps;
        let mut steps = definition.path.iter();
        let place = self.place(definition);
        let mut part = steps
            .next()
            .map(|step| self.resolve(step.id, place.clone(), depth + 1, left));
        // What identifies the relation as a whole identifies the part in its place.
        let helper = helper_identifiers(definition.item);
        if let Some(part) = &mut part {
            for identifier in helper {
                if !part.identifiers.contains(&identifier) {
                    part.identifiers.push(identifier);
                }
            }
        }
        for step in steps {
            let mut whole = self.resolve(step.id, place.clone(), depth + 1, left);
            if let Some(part) = part.take() {
                attach(&mut whole, part);
            }
            part = Some(whole);
        }
        part.unwrap_or_else(own)
    }

    /// Everything that identifies a definition by itself.
    pub fn identifiers(&self, definition: &Definition<'_>) -> Vec<Identifier> {
        let mut identifiers = helper_identifiers(definition.item);
        let (mut vendor, mut name, mut version) = (None, None, None);
        for branch in self.up(definition.branch) {
            let slot = match branch.category {
                "vendor" => &mut vendor,
                "product_name" => &mut name,
                "product_version" => &mut version,
                "product_version_range" => {
                    identifiers.push(range(branch.name));
                    continue;
                }
                _ => continue,
            };
            slot.get_or_insert_with(|| branch.name.to_owned());
        }
        // Some write the name of a package where its version stands.
        version = version.filter(|one| name.is_some() || is_version(one));
        // A package URL without a version names every one, but this version is meant.
        if let Some(version) = version.as_deref().filter(|one| is_version(one))
            && identifiers
                .iter()
                .any(|one| matches!(one, Identifier::Purl(_) | Identifier::Cpe(_)))
            && !identifiers.iter().any(has_version)
        {
            identifiers.push(Identifier::Version(version.to_owned()));
        }
        let name = name.unwrap_or_else(|| definition.name.to_owned());
        if !name.is_empty() {
            identifiers.push(Identifier::Named {
                vendor,
                name,
                version,
            });
        }
        identifiers
    }
}

/// A range of versions; one without a scheme is of an unknown one, and what is no range is one version.
fn range(name: &str) -> Identifier {
    if name.starts_with("vers:") {
        return Identifier::Vers(name.to_owned());
    }
    match Vers::like(name) {
        Ok(_) => Identifier::Vers(format!("vers:unknown/{name}")),
        Err(_) => Identifier::Version(name.to_owned()),
    }
}

/// Whether a text begins like a version.
pub(in crate::evidence::csaf) fn is_version(text: &str) -> bool {
    text.trim_start_matches(['v', 'V'])
        .starts_with(|one: char| one.is_ascii_digit())
}

fn has_version(identifier: &Identifier) -> bool {
    match identifier {
        Identifier::Purl(text) => Purl::parse(text).is_none_or(|purl| purl.version.is_some()),
        // These name what they name, whatever its version.
        Identifier::Hash(..) | Identifier::BomLink { .. } => true,
        _ => false,
    }
}

/// Makes `part` a part of the innermost first part of `whole`.
fn attach(whole: &mut Product, part: Product) {
    match whole.subcomponents.first_mut() {
        Some(inner) => attach(inner, part),
        None => whole.subcomponents.push(part),
    }
}

/// What the identification helper of a product tells (CSAF 2.0, section 3.1.3.3; CSAF 2.1, section 3.1.3.3).
fn helper_identifiers(definition: Item<'_>) -> Vec<Identifier> {
    let mut identifiers = Vec::new();
    let Some(helper) = definition.get("product_identification_helper") else {
        return identifiers;
    };
    let list = |key: &str| helper.get(key).into_iter().flat_map(Item::items);
    let purls = helper.get("purl").into_iter().chain(list("purls"));
    identifiers.extend(
        purls
            .filter_map(Item::text)
            .map(|purl| Identifier::Purl(purl.to_owned())),
    );
    if let Some(cpe) = helper.get_text("cpe") {
        identifiers.push(Identifier::Cpe(cpe.to_owned()));
    }
    for file in list("hashes") {
        for hash in file.get("file_hashes").into_iter().flat_map(Item::items) {
            if let (Some(algorithm), Some(value)) =
                (hash.get_text("algorithm"), hash.get_text("value"))
            {
                identifiers.push(Identifier::Hash(
                    hash_name(algorithm),
                    value.to_ascii_lowercase(),
                ));
            }
        }
    }
    for uri in list("x_generic_uris").filter_map(|one| one.get_text("uri")) {
        identifiers.push(bom_link(uri).unwrap_or_else(|| Identifier::Other(uri.to_owned())));
    }
    for (key, word) in [
        ("model_numbers", "model"),
        ("serial_numbers", "serial"),
        ("skus", "sku"),
    ] {
        for value in list(key).filter_map(Item::text) {
            identifiers.push(Identifier::Other(format!("{word}:{value}")));
        }
    }
    identifiers
}

/// The name of an algorithm with a hyphen before its size: CSAF names them as OpenSSL does, `sha256`.
fn hash_name(algorithm: &str) -> String {
    let name = algorithm.to_ascii_lowercase();
    match name.strip_prefix("sha") {
        Some(size @ ("1" | "224" | "256" | "384" | "512")) => format!("sha-{size}"),
        _ => name,
    }
}

/// A BOM-Link: `urn:cdx:` with the serial number, the version and, behind `#`, the component.
fn bom_link(uri: &str) -> Option<Identifier> {
    let (serial, rest) = uri.strip_prefix("urn:cdx:")?.split_once('/')?;
    let (version, reference) = rest.split_once('#').unwrap_or((rest, ""));
    Some(Identifier::BomLink {
        serial: serial.to_owned(),
        version: version.parse().ok()?,
        reference: reference.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_algorithms_are_read() {
        assert_eq!(hash_name("SHA256"), "sha-256");
        assert_eq!(hash_name("sha3-256"), "sha3-256");
        assert_eq!(hash_name("md5"), "md5");
        assert_eq!(
            bom_link("urn:cdx:1-2/3#a"),
            Some(Identifier::BomLink {
                serial: "1-2".to_owned(),
                version: 3,
                reference: "a".to_owned()
            })
        );
        assert_eq!(bom_link("urn:cdx:1-2/x"), None);
        assert_eq!(bom_link("https://example.com/"), None);
    }
}
