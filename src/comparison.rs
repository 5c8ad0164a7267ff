//! Two or three bills of materials held against each other.
//!
//! Every component of one document looks for its counterpart in the other, whatever format and generator
//! they come from; what is left is added or removed. An upgrade is one pair with another version. The
//! result depends on nothing but what the documents say: not on their order, encoding or references.

mod change;
pub mod drift;
mod kept;
mod license;
mod pairing;
mod subject;
pub mod version;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::diagnostic::Place;
use crate::evidence::sbom::model::{Component, Party, Sbom, is_stated};

pub use change::{Change, ChangeKind};
pub use kept::keep_compared;
pub use pairing::{Confidence, Reason};

use pairing::{Pair as Indices, Pairing};
use subject::{Secret, Subject, edges, refine, subject, subjects};

/// A component as a result names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// The name.
    pub name: String,
    /// The group before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
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

impl Item {
    fn of(sbom: &Sbom, component: &Component) -> Self {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let reference = sbom.reference_of(component);
        Self {
            name: component.name.to_string(),
            group: text(component.group.as_deref()),
            version: text(component.version.as_deref()),
            purl: text(component.purl.as_deref()),
            reference: (!reference.is_empty()).then(|| reference.to_owned()),
            at: component.at.place(),
        }
    }

    /// Group and name as people say them.
    pub fn full_name(&self) -> String {
        match self.group.as_deref().filter(|group| !group.is_empty()) {
            Some(group) if !self.name.starts_with(group) => format!("{group}/{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// A component of the first document and its counterpart in the second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// In the first document.
    pub a: Item,
    /// In the second document.
    pub b: Item,
    /// Why they are held to be the same.
    pub reason: Reason,
    /// How sure that is.
    pub confidence: Confidence,
    /// The kinds of change, the most serious first, each once.
    pub change: Vec<ChangeKind>,
    /// The changes themselves.
    pub details: Vec<Change>,
}

/// Something that the documents say of themselves and that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentChange {
    /// What it is, such as `timestamp`.
    pub what: &'static str,
    /// What the first document says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the second document says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// How many there are of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Components and files of the first document, the root included.
    pub a: usize,
    /// Components and files of the second document, the root included.
    pub b: usize,
    /// Pairs.
    pub paired: usize,
    /// Pairs that differ in nothing, or in spelling only.
    pub unchanged: usize,
    /// Pairs that differ.
    pub changed: usize,
    /// Only in the second document.
    pub added: usize,
    /// Only in the first document.
    pub removed: usize,
    /// Pairs by kind of change.
    pub changes: BTreeMap<&'static str, usize>,
    /// Pairs by reason.
    pub reasons: BTreeMap<&'static str, usize>,
}

/// Two documents held against each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Whether both say the same of what they describe. When and by whom a document was made, its format
    /// and the spelling of names play no part.
    pub same: bool,
    /// How many there are of each.
    pub counts: Counts,
    /// What the documents say of themselves.
    pub document: Vec<DocumentChange>,
    /// Pairs that differ, by name; with [`Extent::All`] the others too.
    pub pairs: Vec<Pair>,
    /// Pairs that differ in spelling only.
    pub spelling: Vec<Pair>,
    /// Only in the second document, by name.
    pub added: Vec<Item>,
    /// Only in the first document, by name.
    pub removed: Vec<Item>,
}

/// Which pairs a result lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those that differ.
    Changed,
    /// Every pair.
    All,
}

/// Holds two documents against each other.
pub fn compare(a: &Sbom, b: &Sbom, extent: Extent) -> Comparison {
    let secret = Secret::new();
    let (side_a, side_b) = (Side::new(a, &secret), Side::new(b, &secret));
    let matched = Matched::new(&side_a, &side_b, &secret);
    matched.comparison(&side_a, &side_b, extent)
}

/// Whether two documents describe the same product, in whatever version: their roots have one package, one
/// full name or one name.
pub fn describe_the_same(a: &Sbom, b: &Sbom) -> bool {
    let secret = Secret::new();
    let Some((one, other)) = a.root.as_ref().zip(b.root.as_ref()) else {
        return false;
    };
    let (one, other) = (subject(one, false, &secret), subject(other, false, &secret));
    alike((&one, &other)).is_some() || one.short.is_some() && one.short == other.short
}

/// A document made ready.
struct Side<'a> {
    sbom: &'a Sbom,
    subjects: Vec<Subject<'a>>,
    edges: Vec<(u32, u32)>,
}

impl<'a> Side<'a> {
    fn new(sbom: &'a Sbom, secret: &Secret) -> Self {
        let mut subjects = subjects(sbom, secret);
        let edges = edges(sbom);
        refine(&mut subjects, &edges);
        Self {
            sbom,
            subjects,
            edges,
        }
    }

    fn subject(&self, index: u32) -> Option<&Subject<'a>> {
        self.subjects.get(index as usize)
    }

    fn item(&self, index: u32) -> Option<Item> {
        self.subject(index)
            .map(|one| Item::of(self.sbom, one.component))
    }

    fn name(&self, index: u32) -> String {
        let Some(subject) = self.subject(index) else {
            return String::new();
        };
        let name = change::name_of(subject.component);
        match subject.component.version.as_deref() {
            Some(version) => format!("{name} {version}"),
            None => name,
        }
    }
}

/// The pairs of two documents.
struct Matched {
    pairs: Vec<Indices>,
    open_a: Vec<bool>,
    open_b: Vec<bool>,
}

impl Matched {
    fn new(a: &Side<'_>, b: &Side<'_>, secret: &Secret) -> Self {
        Self::among(a, b, secret, None)
    }

    /// Pairs those that `open` names on each side, or all.
    fn among(
        a: &Side<'_>,
        b: &Side<'_>,
        secret: &Secret,
        open: Option<(Vec<bool>, Vec<bool>)>,
    ) -> Self {
        let mut pairing = Pairing::new(&a.subjects, &b.subjects, secret);
        let is_whole = open.is_none();
        if let Some((open_a, open_b)) = open {
            pairing.open_a = open_a;
            pairing.open_b = open_b;
        }
        let has_roots = is_whole && a.sbom.root.is_some() && b.sbom.root.is_some();
        if has_roots
            && let Some(reason) = a.subjects.first().zip(b.subjects.first()).and_then(alike)
        {
            pairing.pair(0, 0, reason);
        }
        pairing.run(|is_a, subject| {
            let sbom = if is_a { a.sbom } else { b.sbom };
            let name = sbom.reference_of(subject.component);
            (!name.is_empty()).then(|| name.to_owned())
        });
        let are_open =
            pairing.open_a.first() == Some(&true) && pairing.open_b.first() == Some(&true);
        if has_roots && are_open {
            pairing.pair(0, 0, Reason::Root);
        }
        Self {
            pairs: pairing.pairs,
            open_a: pairing.open_a,
            open_b: pairing.open_b,
        }
    }

    fn comparison(mut self, a: &Side<'_>, b: &Side<'_>, extent: Extent) -> Comparison {
        let document = document_changes(a, b);
        // Where one document names no dependency at all, that is one remark and not one for each.
        let have_edges = !a.edges.is_empty() && !b.edges.is_empty();
        let lost_edges = a.edges.is_empty() != b.edges.is_empty();
        self.pairs.sort_unstable_by_key(|pair| (pair.0, pair.1));
        let mut moved = if have_edges {
            moved_edges(a, b, &self.pairs)
        } else {
            BTreeMap::new()
        };
        let formats = (a.sbom.format, b.sbom.format);
        let mut all: Vec<(Indices, Vec<Change>)> = self
            .pairs
            .par_iter()
            .map(|pair| {
                let (one, other) = (a.subject(pair.0), b.subject(pair.1));
                let changes = one
                    .zip(other)
                    .map(|(one, other)| change::changes(one, other, formats));
                (*pair, changes.unwrap_or_default())
            })
            .collect();
        let mut counts = Counts {
            a: a.subjects.len(),
            b: b.subjects.len(),
            paired: all.len(),
            ..Counts::default()
        };
        for (pair, changes) in &mut all {
            if let Some(change) = moved.remove(&pair.0) {
                changes.push(change);
                changes.sort_by_key(|change| change.kind);
            }
            *counts.reasons.entry(pair.2.word()).or_default() += 1;
            for kind in kinds(changes) {
                *counts.changes.entry(kind.word()).or_default() += 1;
            }
            if is_changed(changes) {
                counts.changed += 1;
            } else {
                counts.unchanged += 1;
            }
        }
        let (mut pairs, mut spelling) = (Vec::new(), Vec::new());
        for (pair, changes) in all {
            let list = match (changes.is_empty(), is_changed(&changes), extent) {
                (_, true, _) | (_, _, Extent::All) => &mut pairs,
                (false, false, Extent::Changed) => &mut spelling,
                (true, ..) => continue,
            };
            if let Some((one, other)) = a.item(pair.0).zip(b.item(pair.1)) {
                list.push(Pair {
                    a: one,
                    b: other,
                    reason: pair.2,
                    confidence: pair.2.confidence(),
                    change: kinds(&changes),
                    details: changes,
                });
            }
        }
        for list in [&mut pairs, &mut spelling] {
            list.par_sort_by(|one, other| (&one.a, &one.b).cmp(&(&other.a, &other.b)));
        }
        let added = left(b, &self.open_b);
        let removed = left(a, &self.open_a);
        counts.added = added.len();
        counts.removed = removed.len();
        Comparison {
            same: counts.changed == 0 && added.is_empty() && removed.is_empty() && !lost_edges,
            counts,
            document,
            pairs,
            spelling,
            added,
            removed,
        }
    }
}

/// The strongest reason why two roots are one.
fn alike((a, b): (&Subject<'_>, &Subject<'_>)) -> Option<Reason> {
    let same = |one: Option<u64>, other: Option<u64>| one.is_some() && one == other;
    let reasons = [
        (same(a.purl, b.purl), Reason::Purl),
        (
            same(a.versioned, b.versioned),
            Reason::PurlWithoutQualifiers,
        ),
        (same(a.package, b.package), Reason::PurlWithoutVersion),
        (
            same(a.full, b.full) && a.version == b.version,
            Reason::NameVersion,
        ),
        (same(a.full, b.full), Reason::Name),
    ];
    reasons
        .iter()
        .find(|(holds, _)| *holds)
        .map(|(_, reason)| *reason)
}

fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
    let mut kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    kinds.dedup();
    kinds
}

fn is_changed(changes: &[Change]) -> bool {
    changes
        .iter()
        .any(|change| change.kind != ChangeKind::SpellingChanged)
}

/// What is open on a side, by name.
fn left(side: &Side<'_>, open: &[bool]) -> Vec<Item> {
    let indices = (0_u32..).zip(open).filter(|(_, open)| **open);
    let mut items: Vec<_> = indices.filter_map(|(index, _)| side.item(index)).collect();
    items.par_sort();
    items
}

/// The dependencies that only one document names, by the pair that depends.
fn moved_edges(a: &Side<'_>, b: &Side<'_>, pairs: &[Indices]) -> BTreeMap<u32, Change> {
    // Both sides are told in indices of the first document; what it lacks stands behind its end.
    let end = u32::try_from(a.subjects.len()).unwrap_or(u32::MAX);
    let mut counterpart: Vec<Option<u32>> = vec![None; b.subjects.len()];
    let mut is_paired = vec![false; a.subjects.len()];
    for (one, other, _) in pairs {
        if let Some(slot) = counterpart.get_mut(*other as usize) {
            *slot = Some(*one);
        }
        if let Some(slot) = is_paired.get_mut(*one as usize) {
            *slot = true;
        }
    }
    let of = |index: u32| counterpart.get(index as usize).copied().flatten();
    let before = a.edges.iter().copied();
    let before: Vec<_> = before
        .filter(|(from, _)| is_paired.get(*from as usize) == Some(&true))
        .collect();
    let mut after: Vec<(u32, u32)> = b
        .edges
        .iter()
        .filter_map(|(from, to)| {
            let to = of(*to).unwrap_or_else(|| end.saturating_add(*to));
            Some((of(*from)?, to))
        })
        .collect();
    after.par_sort_unstable();
    let mut moved: BTreeMap<u32, Change> = BTreeMap::new();
    let mut change_of = |from: u32, name: String, is_added: bool| {
        let change = moved
            .entry(from)
            .or_insert_with(|| Change::new(ChangeKind::DependenciesChanged, None, None));
        if is_added {
            change.added.push(name);
        } else {
            change.removed.push(name);
        }
    };
    for edge in &before {
        if after.binary_search(edge).is_err() {
            change_of(edge.0, a.name(edge.1), false);
        }
    }
    for edge in &after {
        if before.binary_search(edge).is_err() {
            let name = match edge.1.checked_sub(end) {
                Some(index) => b.name(index),
                None => a.name(edge.1),
            };
            change_of(edge.0, name, true);
        }
    }
    for change in moved.values_mut() {
        change.added.sort();
        change.removed.sort();
    }
    moved
}

fn document_changes(a: &Side<'_>, b: &Side<'_>) -> Vec<DocumentChange> {
    let (one, other) = (&a.sbom.metadata, &b.sbom.metadata);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let parties = |parties: &[Party]| {
        let mut names: Vec<_> = parties.iter().map(party_name).collect();
        names.sort();
        names.dedup();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let party = |party: Option<&Party>| party.filter(|party| party.is_known()).map(party_name);
    let count = |count: usize| Some(count.to_string());
    let root = |side: &Side<'_>| side.sbom.root.as_ref().map(|_| side.name(0));
    let dependencies = if a.edges.is_empty() == b.edges.is_empty() {
        [None, None]
    } else {
        [count(a.edges.len()), count(b.edges.len())]
    };
    let [edges_a, edges_b] = dependencies;
    [
        ("root", root(a), root(b)),
        ("dependencies", edges_a, edges_b),
        (
            "format",
            owned(Some(a.sbom.format.name())),
            owned(Some(b.sbom.format.name())),
        ),
        (
            "spec-version",
            owned(Some(&a.sbom.spec_version)),
            owned(Some(&b.sbom.spec_version)),
        ),
        (
            "name",
            owned(one.name.as_deref()),
            owned(other.name.as_deref()),
        ),
        (
            "identifier",
            owned(one.identifier.as_deref()),
            owned(other.identifier.as_deref()),
        ),
        (
            "version",
            owned(one.version.as_deref()),
            owned(other.version.as_deref()),
        ),
        (
            "timestamp",
            owned(one.timestamp.as_deref()),
            owned(other.timestamp.as_deref()),
        ),
        ("author", parties(&one.authors), parties(&other.authors)),
        ("tool", parties(&one.tools), parties(&other.tools)),
        (
            "supplier",
            party(one.supplier.as_ref()),
            party(other.supplier.as_ref()),
        ),
        (
            "manufacturer",
            party(one.manufacturer.as_ref()),
            party(other.manufacturer.as_ref()),
        ),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(what, from, to)| DocumentChange { what, from, to })
    .collect()
}

fn party_name(party: &Party) -> String {
    let texts = [&party.name]
        .into_iter()
        .chain(&party.emails)
        .chain(&party.urls);
    let name = texts
        .map(|text| text.trim())
        .find(|text| is_stated(text))
        .unwrap_or_default();
    match party.version.as_deref() {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
