//! A bill of materials held against the files that were delivered, both ways.
//!
//! Every digest in the document looks for a file, and every file for an entry in the document. There are
//! four outcomes: matched, altered, in the document only, in the delivery only. What the document names
//! without a digest is listed apart, since nothing can be said about it.

pub mod allowance;
mod claim;
mod crates;
mod inventory;
pub mod several;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::{Algorithm, Digest};
use crate::evidence::sbom::model::{Component, Sbom};

pub use crates::{CrateName, EmbeddedList};
pub use inventory::Inventory;

use allowance::Allowance;
use claim::{Claim, claims};
use inventory::File;

/// An entry of the document as a result names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// The package URL.
    pub purl: Option<String>,
    /// The document's own name for it.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Where it stands.
    pub at: Place,
}

impl Named {
    fn of(sbom: &Sbom, component: &Component) -> Self {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let reference = sbom.reference_of(component);
        let group = component.group.as_deref().filter(|group| !group.is_empty());
        Self {
            name: match group {
                Some(group) => format!("{group}/{}", component.name),
                None => component.name.to_string(),
            },
            version: text(component.version.as_deref()),
            purl: text(component.purl.as_deref()),
            reference: (!reference.is_empty()).then(|| reference.to_owned()),
            at: component.at.place(),
        }
    }
}

/// A file that is not what the document says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Altered {
    /// Where the file lies in the delivery.
    pub path: String,
    /// The entry of the document.
    #[serde(flatten)]
    pub component: Named,
    /// The algorithm by which they differ.
    pub algorithm: &'static str,
    /// The digest in the document.
    pub expected: String,
    /// The digest of the file.
    pub actual: String,
}

/// An entry with a digest or file name that nothing in the delivery has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SbomOnly {
    /// The entry of the document.
    #[serde(flatten)]
    pub component: Named,
    /// The path that the document gives.
    pub path: Option<String>,
    /// The strongest algorithm that the document gives a digest of.
    pub algorithm: Option<&'static str>,
    /// That digest.
    pub expected: Option<String>,
}

/// A file that the document does not name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeliveryOnly {
    /// Where it lies in the delivery.
    pub path: String,
    /// Its digest.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// For an archive of which the document names nothing: how many files lie inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_inside: Option<usize>,
}

/// An entry that names a file without telling its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unverified {
    /// Where the file lies in the delivery.
    pub path: String,
    /// The entry of the document.
    #[serde(flatten)]
    pub component: Named,
}

/// A pattern of files that need no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The pattern.
    pub pattern: String,
    /// Why they need none, as the list says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many files it was asked for.
    pub files: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Whether document and delivery agree.
    pub agrees: bool,
    /// Entries of the document whose digest a delivered file has.
    pub matched: usize,
    /// Those of them that only MD5 or SHA-1 speaks for.
    pub matched_weakly: usize,
    /// Entries of the document that give neither a digest nor a file name, so that nothing can be held
    /// against them.
    pub without_digest: usize,
    /// Files in the delivery, those inside of archives included.
    pub files: usize,
    /// Files that are covered by an archive around them.
    pub covered: usize,
    /// Files that need no entry: the document itself, its signature, and what was allowed.
    pub allowed: usize,
    /// The patterns of the list, each with the files that need no entry by it.
    pub allowed_by: Vec<Allowed>,
    /// Files that are not what the document says.
    pub altered: Vec<Altered>,
    /// In the document only.
    pub sbom_only: Vec<SbomOnly>,
    /// In the delivery only.
    pub delivery_only: Vec<DeliveryOnly>,
    /// Named by the document without a digest, and there.
    pub unverified: Vec<Unverified>,
    /// What programs say of the crates that they were built from.
    pub embedded: Vec<EmbeddedList>,
    /// Crates of the document that no program lists, where programs list any.
    pub not_embedded: Vec<Named>,
    /// Remarks about the archives.
    pub remarks: Vec<Diagnostic>,
    /// Kinds of packages of which a file with the stated digest was delivered, by [`package_kind`].
    #[serde(skip)]
    pub kinds_delivered: BTreeSet<String>,
}

/// The kind of a package: the type in its package URL, such as `maven`; without one the empty text.
pub fn package_kind(purl: Option<&str>) -> &str {
    let kind = purl.and_then(|purl| purl.strip_prefix("pkg:"));
    kind.and_then(|rest| rest.split('/').next())
        .unwrap_or_default()
}

/// The algorithms that a document gives digests of; a delivery is to be read with them.
pub fn algorithms(sbom: &Sbom) -> Vec<Algorithm> {
    let named: BTreeSet<_> = claims(sbom)
        .flat_map(|claim| claim.digests.into_iter().map(|(algorithm, _)| algorithm))
        .collect();
    named.into_iter().collect()
}

/// Whether a document gives any digest or file name, so that a delivery can be held against it.
pub fn is_checkable(sbom: &Sbom) -> bool {
    claims(sbom).any(|claim| claim.is_checkable())
}

/// Holds a document against what was delivered. `own` is the digest of the document itself.
pub fn hold(
    sbom: &Sbom,
    own: Digest,
    inventory: &Inventory,
    allowance: &Allowance,
    remarks: Vec<Diagnostic>,
) -> Match {
    let claims: Vec<_> = claims(sbom).collect();
    let mut holding = Holding::new(sbom, inventory);
    // Digests first, since a name says less than they do.
    let open = holding.by_digest(&claims);
    let open = holding.by_path(&claims, open);
    let mut result = holding.result;
    result.sbom_only = open
        .iter()
        .filter_map(|index| claims.get(*index))
        .filter(|claim| !claim.is_whole)
        .map(|claim| claim.missing(sbom))
        .collect();
    result.without_digest = claims.iter().filter(|claim| !claim.is_checkable()).count();
    let covered = holding.covered;
    files(&mut result, inventory, &covered, allowance, own);
    crates::hold(&mut result, sbom, inventory);
    result.altered.sort();
    result.sbom_only.sort();
    result.delivery_only.sort();
    result.unverified.sort();
    result.agrees = result.altered.is_empty()
        && result.sbom_only.is_empty()
        && result.delivery_only.is_empty()
        && result
            .embedded
            .iter()
            .all(|list| list.not_in_sbom.is_empty())
        && remarks
            .iter()
            .all(|remark| remark.severity != Severity::Error);
    result.remarks = remarks;
    result
}

/// The search of entries for their files.
struct Holding<'a> {
    sbom: &'a Sbom,
    inventory: &'a Inventory,
    by_digest: HashMap<(Algorithm, &'a str), Vec<usize>>,
    /// Files by the last step of their path.
    by_name: HashMap<&'a str, Vec<usize>>,
    /// Files that an entry speaks of.
    covered: Vec<bool>,
    result: Match,
}

impl<'a> Holding<'a> {
    fn new(sbom: &'a Sbom, inventory: &'a Inventory) -> Self {
        let mut by_digest: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (index, file) in inventory.files().iter().enumerate() {
            for (algorithm, digest) in inventory.digests(file) {
                by_digest
                    .entry((algorithm, digest))
                    .or_default()
                    .push(index);
            }
            by_name.entry(file.name()).or_default().push(index);
        }
        Self {
            sbom,
            inventory,
            by_digest,
            by_name,
            covered: vec![false; inventory.files().len()],
            result: Match::default(),
        }
    }

    fn cover(&mut self, index: usize) {
        if let Some(slot) = self.covered.get_mut(index) {
            *slot = true;
        }
    }

    /// Finds files by digest; returns the entries that are still open.
    fn by_digest(&mut self, claims: &[Claim<'_>]) -> Vec<usize> {
        let mut open = Vec::new();
        for (index, claim) in claims.iter().enumerate() {
            let found = claim.digests.iter().find_map(|(algorithm, digest)| {
                let files = self.by_digest.get(&(*algorithm, digest.as_str()))?;
                Some((*algorithm, files.clone()))
            });
            let Some((algorithm, files)) = found else {
                if claim.is_checkable() {
                    open.push(index);
                }
                continue;
            };
            // Every other digest must agree; the first that does not tells the tale.
            let differing = files
                .first()
                .and_then(|file| self.inventory.files().get(*file))
                .and_then(|file| self.differing(claim, file));
            for file in &files {
                self.cover(*file);
            }
            if let Some(altered) = differing {
                self.result.altered.push(altered);
            } else {
                self.result.matched += 1;
                if !claim.is_whole && !claim.is_file_named() {
                    let kind = package_kind(claim.component.purl.as_deref());
                    self.result.kinds_delivered.insert(kind.to_owned());
                }
                self.result.matched_weakly += usize::from(algorithm.is_weak());
            }
        }
        open
    }

    /// Finds files by name; returns the entries that are still open.
    fn by_path(&mut self, claims: &[Claim<'_>], open: Vec<usize>) -> Vec<usize> {
        let mut missing = Vec::new();
        for index in open {
            let Some(claim) = claims.get(index) else {
                continue;
            };
            let Some(found) = claim.paths.iter().find_map(|path| self.lookup(path)) else {
                missing.push(index);
                continue;
            };
            self.cover(found);
            let Some(file) = self.inventory.files().get(found) else {
                continue;
            };
            match self.differing(claim, file) {
                Some(altered) => self.result.altered.push(altered),
                None => self.result.unverified.push(Unverified {
                    path: file.path.clone(),
                    component: Named::of(self.sbom, claim.component),
                }),
            }
        }
        missing
    }

    /// The file at a path that no entry speaks of yet: the same path, else one that ends in it.
    fn lookup(&self, path: &str) -> Option<usize> {
        let name = path.rsplit('/').next()?;
        let files = self.inventory.files();
        self.by_name
            .get(name)?
            .iter()
            .filter(|index| self.covered.get(**index) == Some(&false))
            .filter_map(|index| {
                let inside = files.get(*index)?.inside();
                let before = inside.strip_suffix(path)?;
                (before.is_empty() || before.ends_with('/')).then_some((before.len(), *index))
            })
            .min()
            .map(|(_, index)| index)
    }

    /// The first digest, strongest first, that a file does not have.
    fn differing(&self, claim: &Claim<'_>, file: &File) -> Option<Altered> {
        let actual: BTreeMap<_, _> = self.inventory.digests(file).collect();
        claim.digests.iter().find_map(|(algorithm, expected)| {
            let actual = actual.get(algorithm)?;
            (actual != expected).then(|| Altered {
                path: file.path.clone(),
                component: Named::of(self.sbom, claim.component),
                algorithm: algorithm.name(),
                expected: expected.clone(),
                actual: (*actual).to_owned(),
            })
        })
    }
}

/// Counts what is covered and allowed, and lists what is in the delivery only.
fn files(
    result: &mut Match,
    inventory: &Inventory,
    covered: &[bool],
    allowance: &Allowance,
    own: Digest,
) {
    result.allowed_by = allowance
        .rules()
        .map(|(pattern, reason)| Allowed {
            pattern: pattern.to_owned(),
            reason: reason.map(str::to_owned),
            files: 0,
        })
        .collect();
    let files = inventory.files();
    let is_covered = |index: usize| covered.get(index) == Some(&true);
    let document = files.iter().find(|file| file.sha256 == own);
    let document = document.map(|file| file.path.as_str());
    let rule_of = |file: &File| allowance.rule_of([file.inside(), &file.path]);
    let is_allowed = |file: &File| {
        file.sha256 == own
            || rule_of(file).is_some()
            || document.is_some_and(|document| allowance::is_signature_of(&file.path, document))
    };
    // From the inside out: of which archives the document names anything, and how much it does not.
    let mut named_inside = vec![false; files.len()];
    let mut open_inside = vec![0_usize; files.len()];
    let mut files_inside = vec![0_usize; files.len()];
    for (index, file) in files.iter().enumerate().rev() {
        let Some(parent) = file.parent else {
            continue;
        };
        let named = is_covered(index) || named_inside.get(index) == Some(&true);
        let own_file = usize::from(file.is_plain());
        let inside = own_file + files_inside.get(index).copied().unwrap_or_default();
        let own_open = usize::from(file.is_plain() && !is_covered(index) && !is_allowed(file));
        let open = own_open + open_inside.get(index).copied().unwrap_or_default();
        if let Some(slot) = named_inside.get_mut(parent) {
            *slot |= named;
        }
        if let Some(slot) = open_inside.get_mut(parent) {
            *slot += open;
        }
        if let Some(slot) = files_inside.get_mut(parent) {
            *slot += inside;
        }
    }
    // From the outside in: what an archive around it settles.
    let mut settled = vec![false; files.len()];
    let mut spoken_of = covered.to_vec();
    for (index, file) in files.iter().enumerate() {
        result.files += usize::from(file.is_plain());
        let around = file
            .parent
            .is_some_and(|parent| settled.get(parent) == Some(&true));
        let within = file
            .parent
            .is_some_and(|parent| spoken_of.get(parent) == Some(&true));
        if let Some(slot) = spoken_of.get_mut(index) {
            *slot |= within;
        }
        let mut is_settled = true;
        if around {
            result.covered += usize::from(file.is_plain() && within);
        } else if is_covered(index) {
        } else if is_allowed(file) {
            result.allowed += 1;
            if let Some(allowed) = rule_of(file).and_then(|rule| result.allowed_by.get_mut(rule)) {
                allowed.files += 1;
            }
        } else if file.is_frame() {
            is_settled = false;
        } else {
            let inside = files_inside.get(index).copied().unwrap_or_default();
            let is_opaque = file.is_plain() || inside == 0;
            let is_open = open_inside.get(index).is_some_and(|open| *open > 0);
            let is_unnamed = named_inside.get(index) == Some(&false) && is_open;
            if is_opaque || is_unnamed {
                result.delivery_only.push(DeliveryOnly {
                    path: file.path.clone(),
                    sha256: file.sha256.hex(),
                    size: file.size,
                    files_inside: (!is_opaque).then_some(inside),
                });
            } else {
                is_settled = false;
            }
        }
        if let Some(slot) = settled.get_mut(index) {
            *slot = is_settled;
        }
    }
}

#[cfg(test)]
mod tests;
