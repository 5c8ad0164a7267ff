//! Which parts of an inventory a product of a statement names.
//!
//! Sources: OpenVEX 0.2.0, "Product" and the purl matching of its Go library as described in its
//! documentation (a package URL without version names every version; what is given must be equal);
//! NISTIR 7696 for CPE names; ECMA-424 for BOM-Links; CSAF 2.0, 3.1.3.3, for the identifiers of a product.

use std::cmp::Ordering;

use serde::Serialize;

use super::Given;
use super::inventory::{Inventory, Part, digest_of, plain_hash};
use super::range::{Range, scheme_of};
use crate::cpe::Cpe;
use crate::evidence::vex::{Identifier, Product};
use crate::purl::{Purl, decoded};

/// How closely a statement names what it is bound to: the greater, the more closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Specificity {
    /// It names the component and not only the product that holds it.
    pub component: bool,
    /// It names the version.
    pub version: bool,
    /// What it names it by.
    pub by: By,
}

/// What a product is named by, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Vendor, name and version.
    Name,
    /// A CPE name.
    Cpe,
    /// A package URL.
    Purl,
    /// A digest.
    Hash,
    /// A reference into this very document.
    Reference,
}

/// Why nothing is found, the least telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Miss {
    NoIdentifier,
    NoProduct,
    OtherSbom,
    OtherVersion,
    Unordered,
    TooMany,
}

/// How many steps the binding of all documents may still take: hostile documents could ask for every
/// statement with every component.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    /// Enough for any documents that people write.
    const STEPS: usize = 1_000_000;

    pub(super) fn new() -> Self {
        Self(Self::STEPS)
    }

    /// Whether so many steps more may be taken; takes them.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// A part that a product names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) position: u32,
    pub(super) version: bool,
    pub(super) by: By,
    /// Whether nothing but vendor, name and version agree.
    pub(super) is_weak: bool,
}

/// Finds the parts that a product names, sorted by position, each once by what names it most closely.
pub(super) fn find(
    product: &Product,
    given: &Given,
    inventory: &Inventory,
    budget: &mut Budget,
) -> Result<Vec<Found>, Miss> {
    let mut search = Search {
        inventory,
        given,
        versions: product.identifiers.iter().filter_map(Meant::of).collect(),
        found: Vec::new(),
        miss: Miss::NoIdentifier,
        budget,
    };
    let is_identified = product.identifiers.iter().any(|one| {
        matches!(
            one,
            Identifier::Purl(_) | Identifier::Cpe(_) | Identifier::Hash(..)
        )
    });
    for identifier in &product.identifiers {
        search.identifier(identifier, is_identified);
    }
    let Search {
        mut found, miss, ..
    } = search;
    // What was found before the budget ran out is not all.
    if found.is_empty() || miss == Miss::TooMany {
        return Err(miss);
    }
    found.sort_by_key(|one| (one.position, std::cmp::Reverse((one.version, one.by))));
    found.dedup_by_key(|one| one.position);
    Ok(found)
}

/// A version that is meant.
enum Meant<'i> {
    One(&'i str),
    /// A range; `None` for one that cannot be read.
    Range(Option<Range>),
}

impl<'i> Meant<'i> {
    fn of(identifier: &'i Identifier) -> Option<Self> {
        match identifier {
            Identifier::Version(text) => Some(Self::One(text.trim())),
            Identifier::Vers(text) => Some(Self::Range(Range::parse(text))),
            _ => None,
        }
    }
}

struct Search<'i> {
    inventory: &'i Inventory,
    given: &'i Given,
    /// The versions that are meant; any where there are none.
    versions: Vec<Meant<'i>>,
    found: Vec<Found>,
    miss: Miss,
    budget: &'i mut Budget,
}

impl Search<'_> {
    fn missed(&mut self, miss: Miss) {
        self.miss = self.miss.max(miss);
    }

    /// Takes a part in, if its version is one that is meant.
    fn hit(&mut self, position: u32, by: By, version: bool) {
        let Some(part) = self.inventory.part(position) else {
            return;
        };
        if !self.budget.take(1 + self.versions.len()) {
            return self.missed(Miss::TooMany);
        }
        if self.versions.is_empty() {
            self.found.push(Found {
                position,
                version,
                by,
                is_weak: by == By::Name,
            });
            return;
        }
        match is_meant(&self.versions, part) {
            Some(true) => self.found.push(Found {
                position,
                version: true,
                by,
                is_weak: by == By::Name,
            }),
            Some(false) => self.missed(Miss::OtherVersion),
            None => self.missed(Miss::Unordered),
        }
    }

    fn identifier(&mut self, identifier: &Identifier, is_identified: bool) {
        let inventory = self.inventory;
        match identifier {
            Identifier::Purl(text) => {
                self.missed(Miss::NoProduct);
                if let Some(purl) = Purl::parse(text) {
                    self.purl(&purl);
                }
            }
            Identifier::Cpe(text) => {
                if let Some(cpe) = Cpe::parse(text) {
                    self.cpe(&cpe);
                }
            }
            Identifier::Hash(algorithm, value) => {
                self.missed(Miss::NoProduct);
                self.hash(&plain_hash(algorithm, value));
            }
            Identifier::Reference(name) => {
                self.missed(Miss::NoProduct);
                if inventory.digest == Some(self.given.digest) {
                    self.reference(name);
                }
            }
            Identifier::BomLink {
                serial,
                version,
                reference,
            } => {
                self.missed(Miss::NoProduct);
                let is_this = inventory
                    .serial
                    .as_ref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(serial));
                if is_this && inventory.version == *version {
                    self.reference(reference);
                } else if !is_identified {
                    self.missed(Miss::OtherSbom);
                }
            }
            Identifier::Named {
                vendor,
                name,
                version,
            } => {
                self.missed(Miss::NoProduct);
                if !is_identified {
                    self.name(vendor.as_deref(), name, version.as_deref());
                }
            }
            Identifier::Vers(_) | Identifier::Version(_) | Identifier::Other(_) => {}
        }
    }

    fn purl(&mut self, stated: &Purl) {
        let inventory = self.inventory;
        let key = (stated.kind.to_string(), stated.full_name());
        for position in inventory.by_package.get(&key).into_iter().flatten() {
            let Some(part) = inventory.part(*position) else {
                continue;
            };
            if part.purls.iter().any(|own| covers(stated, own)) {
                self.hit(*position, By::Purl, stated.version.is_some());
            } else {
                self.missed(Miss::OtherVersion);
            }
        }
        // The version of an image is the digest of its manifest, which names it under any name.
        if stated.kind == "oci"
            && let Some(hash) = stated.version.as_deref().and_then(digest_of)
        {
            self.hash(&hash);
        }
    }

    /// A name of a product that is any product names nothing.
    fn cpe(&mut self, stated: &Cpe) {
        let inventory = self.inventory;
        let Some(product) = stated.product() else {
            return;
        };
        self.missed(Miss::NoProduct);
        for position in inventory.by_cpe_product.get(product).into_iter().flatten() {
            let Some(part) = inventory.part(*position) else {
                continue;
            };
            if part.cpes.iter().any(|own| stated.covers(own)) {
                self.hit(*position, By::Cpe, stated.names_version());
            } else if part.cpes.iter().any(|own| stated.covers_product(own)) {
                self.missed(Miss::OtherVersion);
            }
        }
    }

    fn hash(&mut self, hash: &(String, String)) {
        let inventory = self.inventory;
        for position in inventory.by_hash.get(hash).into_iter().flatten() {
            self.hit(*position, By::Hash, true);
        }
    }

    /// A `bom-ref` of this document, percent-encoded or not, or a package URL in its place.
    fn reference(&mut self, name: &str) {
        let inventory = self.inventory;
        if name.is_empty() {
            for position in inventory.mains() {
                self.hit(*position, By::Reference, true);
            }
            return;
        }
        let plain = decoded(name);
        let positions = inventory
            .by_reference
            .get(name)
            .or_else(|| inventory.by_reference.get(plain.as_str()));
        if let Some(positions) = positions {
            for position in positions {
                self.hit(*position, By::Reference, true);
            }
        } else if let Some(purl) = Purl::parse(name) {
            self.purl(&purl);
        }
    }

    fn name(&mut self, vendor: Option<&str>, name: &str, version: Option<&str>) {
        let inventory = self.inventory;
        let lower = |text: &str| text.trim().to_lowercase();
        let vendor = vendor.map(lower);
        for position in inventory.by_name.get(&lower(name)).into_iter().flatten() {
            let Some(part) = inventory.part(*position) else {
                continue;
            };
            let is_vendor = match &vendor {
                Some(vendor) => part.vendors.contains(vendor),
                None => part.vendors.is_empty(),
            };
            if !is_vendor {
                continue;
            }
            let is_version = match version {
                None if !self.versions.is_empty() => true,
                version => version == part.version.as_deref(),
            };
            if is_version {
                self.hit(*position, By::Name, version.is_some());
            } else {
                self.missed(Miss::OtherVersion);
            }
        }
    }
}

/// Whether a stated package URL names a package: what is given must be equal, and the package may have
/// qualifiers beside those given. Type, namespace and name are equal already.
fn covers(stated: &Purl, own: &Purl) -> bool {
    stated.kind == own.kind
        && stated.namespace == own.namespace
        && stated.name == own.name
        && (stated.version.is_none() || stated.version == own.version)
        && (stated.subpath.is_empty() || stated.subpath == own.subpath)
        && stated
            .qualifiers
            .iter()
            .all(|one| own.qualifiers.contains(one))
}

/// Whether a part has one of the versions that are meant; `None` where that cannot be told.
fn is_meant(versions: &[Meant<'_>], part: &Part) -> Option<bool> {
    let own = part
        .purls
        .iter()
        .filter_map(|purl| purl.version.as_deref())
        .chain(part.version.as_deref());
    let scheme = part.purls.first().and_then(|purl| scheme_of(&purl.kind));
    // A component without a version is in no range that anybody could tell.
    let mut outcome = None;
    let mut is_unclear = false;
    for own in own {
        outcome = Some(false);
        for version in versions {
            let is_inside = match version {
                Meant::One(text) => Some(
                    *text == own
                        || scheme
                            .and_then(|scheme| scheme.compare(text, own))
                            .is_some_and(Ordering::is_eq),
                ),
                Meant::Range(range) => range.as_ref().and_then(|range| range.contains(own)),
            };
            match is_inside {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_unclear = true,
            }
        }
    }
    if is_unclear { None } else { outcome }
}
