//! What a document says about files: digests and the names that they may lie under.

use crate::digest::Algorithm;
use crate::evidence::sbom::model::{Component, ComponentKind, Hash, Sbom, is_stated};

use super::{Named, SbomOnly};

/// What one entry says.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    pub(super) component: &'a Component,
    /// Digests that can be computed, the strongest first, lower case.
    pub(super) digests: Vec<(Algorithm, String)>,
    /// Paths that the file may have, the likeliest first.
    pub(super) paths: Vec<String>,
    /// Whether it is the product as a whole, which need not be a file.
    pub(super) is_whole: bool,
    /// Whether the document itself names a file.
    is_file_named: bool,
}

impl Claim<'_> {
    /// Whether anything can be held against a delivery.
    pub(super) fn is_checkable(&self) -> bool {
        !self.digests.is_empty() || self.is_file_named
    }

    /// Whether the document names a file, and not only a package that a file may hold.
    pub(super) fn is_file_named(&self) -> bool {
        self.is_file_named
    }

    pub(super) fn missing(&self, sbom: &Sbom) -> SbomOnly {
        let strongest = self.digests.first();
        SbomOnly {
            component: Named::of(sbom, self.component),
            path: self.paths.first().filter(|_| self.is_file_named).cloned(),
            algorithm: strongest.map(|(algorithm, _)| algorithm.name()),
            expected: strongest.map(|(_, digest)| digest.clone()),
        }
    }
}

/// What every entry says: the root, components, files.
pub(super) fn claims(sbom: &Sbom) -> impl Iterator<Item = Claim<'_>> {
    let root = sbom.root.iter().map(|root| claim(root, false, true));
    let components = sbom
        .components
        .iter()
        .map(|component| claim(component, component.kind == ComponentKind::File, false));
    let files = sbom.files.iter().map(|file| claim(file, true, false));
    root.chain(components).chain(files)
}

fn claim(component: &Component, is_file: bool, is_root: bool) -> Claim<'_> {
    let mut digests = known(&component.hashes);
    if digests.is_empty() {
        // What can be downloaded is what the component is, where nothing else is said.
        digests = component
            .external_references
            .iter()
            .filter(|one| one.kind == "distribution")
            .flat_map(|one| known(&one.hashes))
            .collect();
        digests.sort_by(|one, other| other.cmp(one));
    }
    let mut paths = Vec::new();
    if is_file {
        paths.push(plain(&component.name));
    }
    paths.extend(component.file_name.as_deref().map(plain));
    let properties = component
        .properties
        .iter()
        .filter(|one| names_file(&one.name));
    paths.extend(properties.map(|one| plain(&one.value)));
    paths.retain(|path| !path.is_empty() && is_stated(path));
    let is_file_named = !paths.is_empty();
    if !digests.is_empty() {
        paths.extend(usual_name(component));
    }
    Claim {
        component,
        is_whole: is_root && !is_file_named,
        digests,
        paths,
        is_file_named,
    }
}

fn known(hashes: &[Hash]) -> Vec<(Algorithm, String)> {
    let mut digests: Vec<_> = hashes
        .iter()
        .filter_map(|hash| {
            let algorithm = Algorithm::from_name(&hash.algorithm)?;
            let value = hash.value.trim().to_ascii_lowercase();
            let is_digest = value.len() == algorithm.length() * 2
                && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_digest.then_some((algorithm, value))
        })
        .collect();
    digests.sort_by(|one, other| other.cmp(one));
    digests
}

/// Whether a property gives the path of the component's file.
///
/// Sources: BSI TR-03183-2 v2.1.0, 5.2.2 `bsi:component:filename`; the properties that syft writes.
fn names_file(name: &str) -> bool {
    name == "bsi:component:filename"
        || (name.starts_with("syft:location:") && name.ends_with(":path"))
}

/// A path without what only some tools write before it, as paths in a delivery are told.
fn plain(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    path.trim_start_matches('/').to_owned()
}

/// The name that the ecosystem's own tools give to the archive of a package, without its folder.
fn usual_name(component: &Component) -> Option<String> {
    let version = component.version.as_deref()?;
    let name = component.name.as_str();
    let purl = component.purl.as_deref()?;
    let kind = purl.strip_prefix("pkg:")?.split('/').next()?;
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    let extension = match kind {
        "maven" => "jar",
        "npm" => "tgz",
        "cargo" => "crate",
        "gem" => "gem",
        "nuget" => return Some(format!("{name}.{version}.nupkg")),
        _ => return None,
    };
    Some(format!("{name}-{version}.{extension}"))
}
