//! What is compared: the root, the components and the files of a document, each with the keys by which
//! its counterpart is looked for.

use std::hash::{BuildHasher, Hash as _, Hasher as _};

use compact_str::CompactString;
use rayon::prelude::*;

use super::version::bare;
use crate::evidence::sbom::model::{Component, ComponentKind, Hash, Ref, Sbom, Target, is_stated};
use crate::purl::{Purl, joined_by_hyphen};

/// A key: a hash under a secret that is drawn for each comparison, so that no document can be written
/// to make two packages fall together. Only equality is asked of it.
pub(super) type Key = u64;

/// The secret of one comparison.
pub(super) type Secret = std::collections::hash_map::RandomState;

/// One thing in a document that has an identity.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) component: &'a Component,
    /// Whether it is a file, whose name is a path.
    pub(super) is_file: bool,
    /// The purl type, unless it is `generic`.
    pub(super) ecosystem: Option<CompactString>,
    /// The version that is stated, or that of the purl, bare.
    pub(super) version: Option<CompactString>,
    /// The whole purl.
    pub(super) purl: Option<Key>,
    /// The purl without qualifiers.
    pub(super) versioned: Option<Key>,
    /// The purl without version and with those qualifiers that tell builds apart.
    pub(super) build: Option<Key>,
    /// The purl without version, qualifiers and path.
    pub(super) package: Option<Key>,
    /// Group and name in loose spelling.
    pub(super) full: Option<Key>,
    /// The name alone in loose spelling, without its group.
    pub(super) short: Option<Key>,
    /// Whether it has a group.
    pub(super) has_group: bool,
    /// Vendor and product of the CPE.
    pub(super) product: Option<Key>,
    /// A digest of what is said of it, the same in every run: it orders what nothing else tells apart.
    pub(super) fingerprint: u64,
}

/// Every subject of a document: the root, then components, then files.
pub(super) fn subjects<'a>(sbom: &'a Sbom, secret: &Secret) -> Vec<Subject<'a>> {
    let mut subjects: Vec<_> = sbom
        .root
        .iter()
        .map(|root| subject(root, false, secret))
        .collect();
    let components = sbom
        .components
        .par_iter()
        .map(|component| subject(component, component.kind == ComponentKind::File, secret));
    subjects.par_extend(components);
    subjects.par_extend(
        sbom.files
            .par_iter()
            .map(|file| subject(file, true, secret)),
    );
    subjects
}

/// The index among [`subjects`] that a reference leads to.
pub(super) fn index_of(sbom: &Sbom, reference: Ref) -> Option<u32> {
    let roots = u32::from(sbom.root.is_some());
    match sbom.references.target(reference) {
        Target::Root => sbom.root.as_ref().map(|_| 0),
        Target::Component(index) => Some(roots + index),
        Target::File(index) => Some(roots + u32::try_from(sbom.components.len()).ok()? + index),
        _ => None,
    }
}

/// Every dependency as (depending, depended on) among [`subjects`], sorted, each once.
pub(super) fn edges(sbom: &Sbom) -> Vec<(u32, u32)> {
    let mut edges: Vec<_> = sbom
        .dependencies()
        .filter_map(|(from, to)| Some((index_of(sbom, from)?, index_of(sbom, to)?)))
        .filter(|(from, to)| from != to)
        .collect();
    edges.par_sort_unstable();
    edges.dedup();
    edges
}

/// Lets what stands around a subject into its fingerprint, so that of two that look alike each finds
/// the one with the same neighbours.
pub(super) fn refine(subjects: &mut [Subject<'_>], edges: &[(u32, u32)]) {
    for _ in 0..2 {
        let before: Vec<_> = subjects.iter().map(|one| one.fingerprint).collect();
        let of = |index: u32| before.get(index as usize).copied().unwrap_or_default();
        for (from, to) in edges {
            // Sums do not depend on the order of the edges.
            let sides = [(*from, of(*to), 0x9e37_79b9), (*to, of(*from), 0x85eb_ca6b)];
            for (index, neighbour, side) in sides {
                if let Some(subject) = subjects.get_mut(index as usize) {
                    let seen = foldhash::fast::FixedState::with_seed(side).hash_one(neighbour);
                    subject.fingerprint = subject.fingerprint.wrapping_add(seen);
                }
            }
        }
    }
}

/// One subject.
pub(super) fn subject<'a>(component: &'a Component, is_file: bool, secret: &Secret) -> Subject<'a> {
    let key = |name: &str, parts: &[&str]| secret.hash_one((name, parts));
    // Of several purls the first by spelling is taken, so that their order plays no part.
    let purl = component
        .purls()
        .filter_map(Purl::parse)
        .min_by(|one, other| {
            (&one.kind, &one.namespace, &one.name).cmp(&(
                &other.kind,
                &other.namespace,
                &other.name,
            ))
        });
    let stated = component.version.as_deref().filter(|one| is_stated(one));
    let version = stated
        .or_else(|| purl.as_ref().and_then(|purl| purl.version.as_deref()))
        .map(|version| CompactString::from(bare(version)))
        .filter(|version| !version.is_empty());
    let told = version.as_deref().unwrap_or_default();
    let mut subject = Subject {
        component,
        is_file,
        ecosystem: None,
        purl: None,
        versioned: None,
        build: None,
        package: None,
        full: None,
        short: None,
        has_group: false,
        product: None,
        fingerprint: fingerprint(component),
        version: None,
    };
    if let Some(purl) = &purl {
        let path = purl.subpath.as_str();
        let package = [purl.kind.as_str(), &purl.namespace, &purl.name];
        let [kind, namespace, name] = package;
        let version = purl.version.as_deref().map_or(told, bare);
        subject.ecosystem = Some(purl.kind.clone()).filter(|kind| kind != "generic");
        subject.package = Some(key("package", &package));
        subject.versioned = Some(key("versioned", &[kind, namespace, name, version, path]));
        let whole = (kind, namespace, name, version, path, &purl.qualifiers);
        subject.purl = Some(secret.hash_one(("purl", whole)));
        let platform: Vec<_> = purl.platform().collect();
        subject.build = Some(secret.hash_one(("build", kind, namespace, name, path, platform)));
    }
    let (group, name) = names(component, purl.as_ref());
    subject.has_group = !group.is_empty();
    if is_file {
        let path = file_path(&component.name);
        subject.full = (!path.is_empty()).then(|| key("file", &[path]));
    } else if !name.is_empty() {
        let full = if group.is_empty() {
            loose(&name)
        } else {
            format!("{}/{}", loose(&group), loose(&name))
        };
        subject.full = Some(key("full", &[&full]));
        subject.short = Some(key("short", &[&loose(&name)]));
    }
    subject.product = component
        .cpes()
        .filter_map(product)
        .min()
        .map(|(vendor, product)| key("product", &[&vendor, &product]));
    subject.version = version;
    subject
}

/// The path of a file without what only some tools write before it.
pub(super) fn file_path(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix("./")
        .unwrap_or(name)
        .trim_start_matches('/')
}

/// Group and name, from the purl where its namespace belongs to the name.
///
/// Without one the last `/`, or the `:` of Maven, parts them, however the document writes them:
/// `@babel/core` as a name and `@babel` as a group before `core` are one.
fn names(component: &Component, purl: Option<&Purl>) -> (String, String) {
    if let Some(purl) = purl.filter(|purl| purl.is_namespace_of_name()) {
        return (purl.namespace.clone(), purl.name.clone());
    }
    let name = component.name.trim();
    let (inner, name) = name
        .rsplit_once(['/', ':'])
        .filter(|(_, name)| !name.is_empty())
        .unwrap_or(("", name));
    let outer = component.group.as_deref().unwrap_or_default().trim();
    let group = match (
        outer.is_empty() || inner.starts_with(outer),
        inner.is_empty(),
    ) {
        (true, _) => inner.to_owned(),
        (false, true) => outer.to_owned(),
        (false, false) => format!("{outer}/{inner}"),
    };
    (group, name.to_owned())
}

/// A name in lower case, with one sign for every separator and none for the `@` of a scope.
fn loose(name: &str) -> String {
    let name = name.trim_start_matches('@').replace(':', "/");
    joined_by_hyphen(&name.to_lowercase())
}

/// Vendor and product of a CPE 2.2 or 2.3 name (NISTIR 7695, sections 6.1 and 6.2).
fn product(cpe: &str) -> Option<(String, String)> {
    let rest = cpe
        .strip_prefix("cpe:2.3:")
        .or_else(|| cpe.strip_prefix("cpe:/"))?;
    let mut parts = rest.split(':').skip(1);
    let (vendor, product) = (parts.next()?, parts.next()?);
    let plain = |part: &str| part.replace('\\', "").to_lowercase();
    let is_open = |part: &str| part.is_empty() || part == "*" || part == "-";
    (!is_open(vendor) && !is_open(product)).then(|| (plain(vendor), plain(product)))
}

/// The algorithm and value of a hash, however they are written.
pub(super) fn plain_hash(hash: &Hash) -> (String, String) {
    let algorithm = hash
        .algorithm
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_uppercase())
        .collect();
    (algorithm, hash.value.trim().to_ascii_lowercase())
}

fn fingerprint(component: &Component) -> u64 {
    let mut digest = foldhash::fast::FixedState::default().build_hasher();
    (
        &component.name,
        &component.group,
        &component.version,
        &component.purl,
    )
        .hash(&mut digest);
    let supplier = component.supplier.as_ref().map(|supplier| &supplier.name);
    (supplier, &component.scope).hash(&mut digest);
    // Lists may come in any order.
    let state = foldhash::fast::FixedState::default();
    let hashes = component
        .hashes
        .iter()
        .map(|one| state.hash_one(plain_hash(one)));
    let licenses = component
        .licenses
        .iter()
        .map(|one| state.hash_one(&one.text));
    hashes
        .chain(licenses)
        .fold(0_u64, u64::wrapping_add)
        .hash(&mut digest);
    digest.finish()
}
