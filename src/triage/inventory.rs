//! What statements are bound to: the parts of an SBOM with everything that identifies them, indexed.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::cpe::Cpe;
use crate::digest::Digest;
use crate::evidence::sbom::model::{Component, ComponentKind, Ref, Sbom, Target, is_stated};
use crate::purl::Purl;

/// Positions of parts by something that identifies them.
type Index<K> = HashMap<K, Vec<u32>>;

/// A component with what identifies it.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The document's own name for it; empty where it has none.
    pub reference: String,
    /// Its package URLs.
    pub purls: Vec<Purl>,
    /// Its CPE names.
    pub cpes: Vec<Cpe>,
    /// Its digests: algorithm in lower case without hyphens, value in lower case.
    pub hashes: Vec<(String, String)>,
    /// Everybody who is named as its maker, in lower case.
    pub vendors: Vec<String>,
    /// What it is called, with and without its group, in lower case.
    pub names: Vec<String>,
    /// Its version as written.
    pub version: Option<String>,
    /// Whether it is an operating system.
    pub is_system: bool,
}

impl Part {
    /// Takes a component in.
    pub fn of(component: &Component, reference: &str) -> Self {
        let makers = [
            &component.supplier,
            &component.manufacturer,
            &component.originator,
        ];
        let vendors = makers
            .into_iter()
            .flatten()
            .map(|party| &party.name)
            .chain(&component.publisher)
            .chain(&component.group)
            .filter(|name| is_stated(name));
        let name = component.name.trim().to_lowercase();
        let mut names = vec![name];
        if let (Some(group), Some(name)) = (&component.group, names.first()) {
            names.push(format!("{}/{name}", group.trim().to_lowercase()));
        }
        names.retain(|name| is_stated(name));
        let version = component.version.as_deref().filter(|one| is_stated(one));
        let hashes = component.hashes.iter();
        let mut hashes: Vec<_> = hashes
            .map(|hash| plain_hash(&hash.algorithm, &hash.value))
            .collect();
        // An image's version is often the digest of its manifest.
        hashes.extend(version.and_then(digest_of));
        Self {
            reference: reference.to_owned(),
            purls: component.purls().filter_map(Purl::parse).collect(),
            cpes: component.cpes().filter_map(Cpe::parse).collect(),
            hashes,
            vendors: vendors.map(|name| name.trim().to_lowercase()).collect(),
            names,
            version: version.map(str::to_owned),
            is_system: component.kind == ComponentKind::OperatingSystem,
        }
    }

    /// Whether it is a package of a distribution, which an operating system consists of.
    pub(super) fn is_packaged(&self) -> bool {
        let mut kinds = self.purls.iter().map(|purl| purl.kind.as_str());
        kinds.any(|kind| matches!(kind, "alpm" | "apk" | "deb" | "rpm" | "qpkg"))
    }
}

/// An algorithm without its spelling, and a value.
pub(super) fn plain_hash(algorithm: &str, value: &str) -> (String, String) {
    let algorithm = algorithm
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>();
    (
        algorithm.to_ascii_lowercase(),
        value.trim().to_ascii_lowercase(),
    )
}

/// A digest written as OCI writes it, `sha256:…`.
pub(super) fn digest_of(text: &str) -> Option<(String, String)> {
    let (algorithm, value) = text.split_once(':')?;
    let is_digest = matches!(algorithm, "sha256" | "sha384" | "sha512")
        && value.len() >= 64
        && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| plain_hash(algorithm, value))
}

/// The parts of an SBOM and how they hang together.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The serial number without `urn:uuid:`, in lower case.
    pub(super) serial: Option<String>,
    /// The version of the document.
    pub(super) version: u64,
    /// The digest of its file.
    pub(super) digest: Option<Digest>,
    parts: Vec<Part>,
    /// What the document describes: the products.
    mains: Vec<u32>,
    /// The same by position.
    is_main: Vec<bool>,
    children: Vec<Vec<u32>>,
    parents: Vec<Vec<u32>>,
    /// Whether a part is reached from what the document describes.
    reached: Vec<bool>,
    /// For each part, what is reached through it only; found when it is asked for.
    through: Vec<OnceLock<Vec<u32>>>,
    pub(super) by_package: Index<(String, String)>,
    pub(super) by_cpe_product: Index<String>,
    pub(super) by_hash: Index<(String, String)>,
    pub(super) by_reference: Index<String>,
    pub(super) by_name: Index<String>,
}

impl Inventory {
    /// Takes an SBOM in. A part has the position of its component in [`Sbom::all_components`]. `digest` is
    /// that of its file, by which statements inside of the same file are known.
    pub fn of(sbom: &Sbom, digest: Option<Digest>) -> Self {
        let parts = sbom
            .all_components()
            .map(|component| Part::of(component, sbom.reference_of(component)))
            .collect();
        let offset = u32::from(sbom.root.is_some());
        let position = |reference: Ref| match sbom.references.target(reference) {
            Target::Root => Some(0),
            Target::Component(index) => Some(index + offset),
            _ => None,
        };
        let mut edges: Vec<(u32, u32)> = Vec::new();
        let contained = sbom
            .relationships
            .iter()
            .filter_map(|one| match one.kind.as_str() {
                "CONTAINS" => Some((one.from, one.to)),
                "CONTAINED_BY" => Some((one.to, one.from)),
                _ => None,
            });
        for (from, to) in sbom.dependencies().chain(contained) {
            edges.extend(position(from).zip(position(to)));
        }
        for (index, component) in sbom.components.iter().enumerate() {
            let own = u32::try_from(index)
                .unwrap_or(u32::MAX)
                .saturating_add(offset);
            if let Some(parent) = component.parent {
                edges.push((parent + offset, own));
            }
        }
        let described = sbom.relationships.iter().filter_map(|one| {
            let is_described =
                one.kind == "DESCRIBES" && sbom.references.target(one.from) == Target::Document;
            is_described.then(|| position(one.to)).flatten()
        });
        let mut mains: Vec<u32> = sbom.root.iter().map(|_| 0).chain(described).collect();
        mains.sort_unstable();
        mains.dedup();
        let serial = sbom.metadata.identifier.as_deref();
        let version = sbom.metadata.version.as_deref();
        Self {
            serial: serial
                .and_then(|one| one.strip_prefix("urn:uuid:"))
                .map(str::to_ascii_lowercase),
            version: version.and_then(|one| one.parse().ok()).unwrap_or(1),
            digest,
            ..Self::new(parts, mains, &edges)
        }
    }

    /// Takes parts in: `mains` are the positions of the products that the list is of, `edges` lead from
    /// what depends or contains to what is depended on or contained.
    pub fn new(parts: Vec<Part>, mains: Vec<u32>, edges: &[(u32, u32)]) -> Self {
        let mut inventory = Self {
            version: 1,
            children: vec![Vec::new(); parts.len()],
            parents: vec![Vec::new(); parts.len()],
            reached: vec![false; parts.len()],
            through: parts.iter().map(|_| OnceLock::new()).collect(),
            mains,
            ..Self::default()
        };
        inventory.is_main = vec![false; parts.len()];
        for main in &inventory.mains {
            if let Some(slot) = inventory.is_main.get_mut(*main as usize) {
                *slot = true;
            }
        }
        for (from, to) in edges {
            let (from_slot, to_slot) = (*from as usize, *to as usize);
            if from != to && from_slot < parts.len() && to_slot < parts.len() {
                push(&mut inventory.children, from_slot, *to);
                push(&mut inventory.parents, to_slot, *from);
            }
        }
        for (position, part) in parts.iter().enumerate() {
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            inventory.index(position, part);
        }
        inventory.parts = parts;
        let mut open = inventory.mains.clone();
        while let Some(next) = open.pop() {
            match inventory.reached.get_mut(next as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            open.extend(inventory.children_of(next));
        }
        inventory
    }

    fn index(&mut self, position: u32, part: &Part) {
        let mut add_name = |name: &String| add(&mut self.by_name, name.clone(), position);
        part.names.iter().for_each(&mut add_name);
        for purl in &part.purls {
            let key = (purl.kind.to_string(), purl.full_name());
            add(&mut self.by_package, key, position);
            if let Some(hash) = purl.version.as_deref().and_then(digest_of) {
                add(&mut self.by_hash, hash, position);
            }
        }
        for product in part.cpes.iter().filter_map(Cpe::product) {
            add(&mut self.by_cpe_product, product.to_owned(), position);
        }
        for hash in &part.hashes {
            add(&mut self.by_hash, hash.clone(), position);
        }
        if !part.reference.is_empty() {
            add(&mut self.by_reference, part.reference.clone(), position);
        }
    }

    /// The part at a position.
    pub fn part(&self, position: u32) -> Option<&Part> {
        self.parts.get(position as usize)
    }

    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether the list is of this part.
    pub fn is_main(&self, position: u32) -> bool {
        self.is_main
            .get(position as usize)
            .copied()
            .unwrap_or(false)
    }

    /// The positions of what the list is of.
    pub fn mains(&self) -> &[u32] {
        &self.mains
    }

    fn children_of(&self, position: u32) -> &[u32] {
        let children = self.children.get(position as usize);
        children.map_or(&[], Vec::as_slice)
    }

    fn is_reached(&self, position: u32) -> bool {
        self.reached
            .get(position as usize)
            .copied()
            .unwrap_or(false)
    }

    /// Whether a statement on a part speaks of other parts too: of what the list is of, of an operating
    /// system with its packages, or of what others are reached through only.
    pub fn encloses(&self, position: u32) -> bool {
        self.is_main(position)
            || self.part(position).is_some_and(|part| part.is_system)
            || !self.dominated(position).is_empty()
    }

    /// Whether every way from the products of the list to `part` leads through `through`, or the one
    /// consists of the other. A package of a distribution is part of every operating system in the list.
    pub fn is_through(&self, through: u32, part: u32) -> bool {
        if through == part || self.is_main(through) {
            return true;
        }
        let is_of_system = self.part(through).is_some_and(|one| one.is_system)
            && self.part(part).is_some_and(Part::is_packaged);
        is_of_system || self.dominated(through).binary_search(&part).is_ok()
    }

    /// What is reached through a part only, sorted.
    ///
    /// Takes away, from all that is reached from it, what is also reached from elsewhere, until nothing
    /// more goes; so it costs no more than what hangs below the part.
    fn dominated(&self, position: u32) -> &[u32] {
        let Some(slot) = self.through.get(position as usize) else {
            return &[];
        };
        slot.get_or_init(|| {
            let mut below: HashMap<u32, bool, foldhash::fast::FixedState> = HashMap::default();
            let mut open = self.children_of(position).to_vec();
            while let Some(next) = open.pop() {
                if next != position && below.insert(next, true).is_none() {
                    open.extend(self.children_of(next));
                }
            }
            let is_inside = |below: &HashMap<u32, bool, _>, one: u32| {
                one == position || below.get(&one) == Some(&true)
            };
            let mut open: Vec<u32> = below.keys().copied().collect();
            while let Some(next) = open.pop() {
                let parents = self
                    .parents
                    .get(next as usize)
                    .map_or(&[][..], Vec::as_slice);
                let is_open = below.get(&next) == Some(&true)
                    && (self.is_main(next)
                        || parents
                            .iter()
                            .any(|one| self.is_reached(*one) && !is_inside(&below, *one)));
                if is_open {
                    below.insert(next, false);
                    open.extend(
                        self.children_of(next)
                            .iter()
                            .filter(|one| **one != position),
                    );
                }
            }
            let mut dominated: Vec<u32> = below
                .into_iter()
                .filter_map(|(one, is_inside)| is_inside.then_some(one))
                .collect();
            dominated.sort_unstable();
            dominated
        })
    }
}

fn push(lists: &mut [Vec<u32>], slot: usize, value: u32) {
    if let Some(list) = lists.get_mut(slot) {
        list.push(value);
    }
}

fn add<K: std::hash::Hash + Eq>(index: &mut Index<K>, key: K, position: u32) {
    let list = index.entry(key).or_default();
    if list.last() != Some(&position) {
        list.push(position);
    }
}
