//! What differs between an earlier SBOM and the delivered ones, out of the comparison of each with each.
//!
//! When and by whom a document was made is no drift, nor are spelling, dependencies, scope and kind: what is delivered is
//! the same. What a document says more than the earlier one is not drift either and is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::acceptance::drift::{Drift, DriftKind};
use crate::comparison::{
    Change, ChangeKind, Comparison, Extent, Item, Pair, Reason, compare, describe_the_same,
};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::sbom::model::{ComponentKind, is_stated};
use crate::evidence::sbom::{Component, Sbom};
use crate::purl::Purl;

/// Where something stands: in which delivered SBOM, or in the earlier one.
type At = (Option<usize>, Place);

/// The drift between an earlier SBOM and the delivered ones.
#[derive(Debug, Default)]
pub(super) struct Drifts {
    /// Each component's, sorted.
    pub(super) list: Vec<Drift>,
    /// Files that differ.
    pub(super) files: Files,
    /// Components at the same version whose digests cannot be compared.
    pub(super) incomparable: Vec<At>,
    /// How often a delivered SBOM says something that the earlier one left open.
    pub(super) more_stated: usize,
}

/// Files that differ: they have no versions of their own, so they are told together.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Where they stand.
    pub(super) places: Vec<At>,
    /// Whether they are bound to differ: the product has another version, which is a drift of its own, or the earlier SBOM
    /// lists no file.
    pub(super) is_expected: bool,
    /// A digest over what differs.
    pub(super) fingerprint: String,
}

impl Drifts {
    /// Holds an earlier SBOM against the delivered ones.
    pub(super) fn between(earlier: &Sbom, delivered: &[&Sbom]) -> Self {
        let base = Places::of(earlier);
        let mut found = Finder {
            base: &base,
            alone: delivered.len() == 1,
            removed: BTreeMap::new(),
            drifts: Self::default(),
            files: BTreeSet::new(),
        };
        for (index, sbom) in delivered.iter().enumerate() {
            let comparison = compare(earlier, sbom, Extent::All);
            found.add(index, earlier, sbom, &comparison);
        }
        found.finish(earlier, delivered)
    }

    /// Leaves out what the accepted SBOM had already as it is delivered now; gives how many that were.
    ///
    /// `newer` is the drift since the accepted one.
    pub(super) fn leave_out_accepted(
        &mut self,
        newer: &Self,
        tendered: &Sbom,
        accepted: &Sbom,
    ) -> usize {
        let since: BTreeSet<_> = newer
            .list
            .iter()
            .map(|one| (one.kind.noticed_as(), one.delivered, one.after.clone()))
            .collect();
        let is_new: BTreeSet<_> = newer
            .list
            .iter()
            .filter(|one| one.kind == DriftKind::Added)
            .map(|one| (one.delivered, one.after.clone()))
            .collect();
        let removed = self.list.iter().any(|one| one.kind == DriftKind::Removed);
        let gone: BTreeSet<Place> = if removed {
            let comparison = compare(tendered, accepted, Extent::Changed);
            comparison.removed.into_iter().map(|one| one.at).collect()
        } else {
            BTreeSet::new()
        };
        let before = self.list.len();
        self.list.retain(|one| {
            if let (Some(at), DriftKind::Removed) = (&one.before, one.kind) {
                return !gone.contains(at);
            }
            let key = (one.kind.noticed_as(), one.delivered, one.after.clone());
            since.contains(&key) || is_new.contains(&(one.delivered, one.after.clone()))
        });
        if newer.files.places.is_empty() {
            self.files = Files::default();
        }
        before - self.list.len()
    }
}

/// Group and name as people say them.
pub(super) fn full_name(component: &Component) -> String {
    match component.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) if !component.name.starts_with(group) => {
            format!("{group}/{}", component.name)
        }
        _ => component.name.to_string(),
    }
}

/// The components of a document by their places.
struct Places<'s> {
    by_place: HashMap<Place, (&'s Component, bool)>,
    has_files: bool,
}

impl<'s> Places<'s> {
    fn of(sbom: &'s Sbom) -> Self {
        let components = sbom
            .all_components()
            .map(|one| (one, one.kind == ComponentKind::File));
        let files = sbom.files.iter().map(|one| (one, true));
        let by_place: HashMap<_, _> = components
            .chain(files)
            .map(|(one, is_file)| (one.at.place(), (one, is_file)))
            .collect();
        let has_files = by_place.values().any(|(_, is_file)| *is_file);
        Self {
            by_place,
            has_files,
        }
    }

    fn component(&self, at: &Place) -> Option<&'s Component> {
        self.by_place.get(at).map(|(component, _)| *component)
    }

    fn is_file(&self, at: &Place) -> bool {
        self.by_place.get(at).is_some_and(|(_, is_file)| *is_file)
    }
}

/// The walk over the comparisons.
struct Finder<'b, 's> {
    base: &'b Places<'s>,
    alone: bool,
    /// How many of the delivered SBOMs lack a component of the earlier one.
    removed: BTreeMap<Item, usize>,
    drifts: Drifts,
    /// Files as (name, what became of it).
    files: BTreeSet<(String, String)>,
}

impl Finder<'_, '_> {
    fn add(&mut self, index: usize, earlier: &Sbom, sbom: &Sbom, comparison: &Comparison) {
        let places = Places::of(sbom);
        // Two roots are one for want of anything better; beside others an SBOM may be about a part.
        let strangers = !self.alone && !describe_the_same(earlier, sbom);
        for pair in &comparison.pairs {
            if strangers && pair.reason == Reason::Root {
                *self.removed.entry(pair.a.clone()).or_default() += 1;
                self.added(index, &pair.b, &places);
            } else {
                self.pair(index, pair, &places);
            }
        }
        for item in &comparison.removed {
            *self.removed.entry(item.clone()).or_default() += 1;
        }
        for item in &comparison.added {
            self.added(index, item, &places);
        }
    }

    fn pair(&mut self, index: usize, pair: &Pair, places: &Places<'_>) {
        if self.base.is_file(&pair.a.at) && places.is_file(&pair.b.at) {
            let differs = |one: &Change| {
                matches!(
                    one.kind,
                    ChangeKind::HashChanged | ChangeKind::HashRemoved | ChangeKind::NameChanged
                )
            };
            for change in pair.details.iter().filter(|one| differs(one)) {
                let to = change.to.clone().unwrap_or_default();
                self.file(Some(index), &pair.b, to);
            }
            return;
        }
        let is_same_version = !pair.details.iter().any(|one| {
            matches!(
                one.kind,
                ChangeKind::Downgraded | ChangeKind::Upgraded | ChangeKind::VersionChanged
            )
        });
        for change in &pair.details {
            let kind = match change.kind {
                ChangeKind::PurlChanged if !is_same_version && is_of_one_source(change) => continue,
                ChangeKind::HashChanged => DriftKind::Digest,
                ChangeKind::Downgraded => DriftKind::Downgraded,
                ChangeKind::Upgraded | ChangeKind::VersionChanged => DriftKind::Version,
                ChangeKind::SupplierChanged => DriftKind::Supplier,
                ChangeKind::LicenseChanged => DriftKind::License,
                ChangeKind::PurlChanged => DriftKind::Purl,
                ChangeKind::NameChanged => DriftKind::Name,
                _ => continue,
            };
            let says_more = change.from.is_none()
                && matches!(
                    kind,
                    DriftKind::Supplier | DriftKind::License | DriftKind::Purl
                );
            if says_more {
                self.drifts.more_stated += 1;
                continue;
            }
            self.drifts.list.push(Drift {
                from: change.from.clone(),
                to: change.to.clone(),
                ..drift_of(kind, index, Some(&pair.a), Some(&pair.b))
            });
        }
        let both = self
            .base
            .component(&pair.a.at)
            .zip(places.component(&pair.b.at));
        if is_same_version && both.is_some_and(|(one, other)| is_incomparable(one, other)) {
            let place = (Some(index), pair.b.at.clone());
            self.drifts.incomparable.push(place);
        }
    }

    fn added(&mut self, index: usize, item: &Item, places: &Places<'_>) {
        if places.is_file(&item.at) {
            self.file(Some(index), item, "added".to_owned());
            return;
        }
        let component = places.component(&item.at);
        let lacks_license = component
            .is_none_or(|one| !one.licenses.iter().any(|license| is_stated(&license.text)));
        let lacks_identifier =
            component.is_none_or(|one| one.purls().next().is_none() && one.identifiers.is_empty());
        self.drifts.list.push(Drift {
            to: item.version.clone(),
            lacks_license,
            lacks_identifier,
            ..drift_of(DriftKind::Added, index, None, Some(item))
        });
    }

    fn file(&mut self, of: Option<usize>, item: &Item, what: String) {
        if self.files.insert((item.name.clone(), what)) {
            self.drifts.files.places.push((of, item.at.clone()));
        }
    }

    fn finish(mut self, earlier: &Sbom, delivered: &[&Sbom]) -> Drifts {
        for (item, times) in std::mem::take(&mut self.removed) {
            if times < delivered.len() {
                continue;
            }
            if self.base.is_file(&item.at) {
                self.file(None, &item, "removed".to_owned());
                continue;
            }
            self.drifts.list.push(Drift {
                from: item.version.clone(),
                ..drift_of(DriftKind::Removed, 0, Some(&item), None)
            });
        }
        let mut drifts = self.drifts;
        leave_out_repeated(&mut drifts.list, earlier, delivered);
        drifts.list.sort();
        drifts.files.places.sort();
        drifts.incomparable.sort();
        let files: Vec<_> = self.files.into_iter().collect();
        let text = serde_json::json!(files).to_string();
        drifts.files.fingerprint = Digest::of(text.as_bytes()).hex();
        drifts.files.is_expected = !self.base.has_files || has_other_version(earlier, delivered);
        drifts
    }
}

/// Whether the product has another version in a delivered SBOM of it.
fn has_other_version(earlier: &Sbom, delivered: &[&Sbom]) -> bool {
    let version = |sbom: &Sbom| sbom.root.as_ref()?.version.clone();
    let before = version(earlier);
    let mut of_product = delivered
        .iter()
        .filter(|one| describe_the_same(earlier, one));
    before.is_some() && of_product.any(|one| version(one).is_some_and(|now| Some(now) != before))
}

/// Name, version and package URL of a component, and its digests by algorithm.
type Identity<'s> = (
    String,
    Option<&'s str>,
    Option<&'s str>,
    BTreeSet<(String, String)>,
);

/// What tells a component apart from all others, its digests among it.
fn identity(component: &Component) -> Identity<'_> {
    let hashes = component.hashes.iter().map(|one| {
        let name: String = one
            .algorithm
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        (name.to_uppercase(), one.value.trim().to_lowercase())
    });
    (
        full_name(component),
        component.version.as_deref(),
        component.purl.as_deref(),
        hashes.collect(),
    )
}

/// Leaves out what is told of one component twice because several SBOMs list it, and what only stands there once more.
fn leave_out_repeated(list: &mut Vec<Drift>, earlier: &Sbom, delivered: &[&Sbom]) {
    if list.is_empty() {
        return;
    }
    let known: BTreeSet<_> = earlier.all_components().map(identity).collect();
    let mut places: Vec<Option<Places<'_>>> = delivered.iter().map(|_| None).collect();
    let mut seen = BTreeSet::new();
    list.sort();
    list.retain(|one| {
        let is_known = one.kind == DriftKind::Added
            && one.after.as_ref().is_some_and(|at| {
                let slot = places.get_mut(one.delivered);
                let sbom = delivered.get(one.delivered);
                slot.zip(sbom).is_some_and(|(slot, sbom)| {
                    let places = slot.get_or_insert_with(|| Places::of(sbom));
                    let component = places.component(at);
                    component.is_some_and(|component| known.contains(&identity(component)))
                })
            });
        let key = (
            one.kind,
            one.name.clone(),
            one.purls.clone(),
            one.from.clone(),
            one.to.clone(),
        );
        // Two components of one document that look alike are two.
        let is_first = seen.insert((key.clone(), one.delivered)) || delivered.len() == 1;
        let is_told = (0..one.delivered).any(|earlier| seen.contains(&(key.clone(), earlier)));
        !is_known && is_first && !is_told
    });
}

/// A drift with its names and places.
fn drift_of(kind: DriftKind, delivered: usize, a: Option<&Item>, b: Option<&Item>) -> Drift {
    let items = || [a, b].into_iter().flatten();
    let mut names: Vec<_> = items().map(Item::full_name).collect();
    names.dedup();
    let mut purls: Vec<_> = items().filter_map(|one| one.purl.clone()).collect();
    purls.dedup();
    Drift {
        kind,
        name: b.or(a).map(Item::full_name).unwrap_or_default(),
        from: None,
        to: None,
        names,
        purls,
        before: a.map(|one| one.at.clone()),
        after: b.map(|one| one.at.clone()),
        delivered,
        lacks_license: false,
        lacks_identifier: false,
    }
}

/// Whether two package URLs differ in their versions and in what follows a version only.
///
/// Source: purl specification (ECMA-427), known qualifiers: `download_url`, `vcs_url`, `file_name` and `checksum` tell one
/// build; `repository_url` and the platform tell another package.
fn is_of_one_source(change: &Change) -> bool {
    const OF_A_BUILD: [&str; 4] = ["download_url", "vcs_url", "file_name", "checksum"];
    let plain = |text: &Option<String>| {
        let mut purl = Purl::parse(text.as_deref()?)?;
        purl.version = None;
        purl.qualifiers
            .retain(|(key, _)| !OF_A_BUILD.contains(&key.as_str()));
        Some(purl)
    };
    let (from, to) = (plain(&change.from), plain(&change.to));
    from.is_some() && from == to
}

/// Whether the earlier one has digests and the delivered one none of the same algorithms.
fn is_incomparable(earlier: &Component, delivered: &Component) -> bool {
    let names = |one: &Component| -> BTreeSet<String> {
        let hashes = one.hashes.iter().filter(|hash| !hash.value.is_empty());
        let plain = hashes.map(|hash| {
            let name = hash.algorithm.chars();
            let name: String = name.filter(char::is_ascii_alphanumeric).collect();
            name.to_uppercase()
        });
        plain.collect()
    };
    !earlier.hashes.is_empty()
        && earlier.hashes != delivered.hashes
        && names(earlier).is_disjoint(&names(delivered))
}
