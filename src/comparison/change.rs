//! What differs between the two members of a pair.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::license;
use super::subject::{Subject, file_path, plain_hash};
use super::version::{Scheme, bare, order};
use crate::evidence::sbom::model::{Component, ComponentKind, Format, Party, is_stated};
use crate::purl::Purl;

/// What kind of change it is, the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Another digest at the same version: it is not what it was, and does not say so.
    HashChanged,
    /// An earlier version.
    Downgraded,
    /// Another license.
    LicenseChanged,
    /// Another supplier, one where there was none, or none where there was one.
    SupplierChanged,
    /// Another version that cannot be said to be later or earlier.
    VersionChanged,
    /// Other dependencies.
    DependenciesChanged,
    /// Another scope.
    ScopeChanged,
    /// Another kind of component.
    KindChanged,
    /// Another name or group.
    NameChanged,
    /// A package URL that means something else, one where there was none, or none where there was one.
    PurlChanged,
    /// Digests are no longer given.
    HashRemoved,
    /// A later version.
    Upgraded,
    /// Digests are given where there were none.
    HashAdded,
    /// The same name, version or package URL in another spelling.
    SpellingChanged,
}

impl ChangeKind {
    /// Every kind, the most serious first.
    pub const ALL: [Self; 14] = [
        Self::HashChanged,
        Self::Downgraded,
        Self::LicenseChanged,
        Self::SupplierChanged,
        Self::VersionChanged,
        Self::DependenciesChanged,
        Self::ScopeChanged,
        Self::KindChanged,
        Self::NameChanged,
        Self::PurlChanged,
        Self::HashRemoved,
        Self::Upgraded,
        Self::HashAdded,
        Self::SpellingChanged,
    ];

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::HashChanged => "hash-changed",
            Self::Downgraded => "downgraded",
            Self::LicenseChanged => "license-changed",
            Self::SupplierChanged => "supplier-changed",
            Self::VersionChanged => "version-changed",
            Self::DependenciesChanged => "dependencies-changed",
            Self::ScopeChanged => "scope-changed",
            Self::KindChanged => "kind-changed",
            Self::NameChanged => "name-changed",
            Self::PurlChanged => "purl-changed",
            Self::HashRemoved => "hash-removed",
            Self::Upgraded => "upgraded",
            Self::HashAdded => "hash-added",
            Self::SpellingChanged => "spelling-changed",
        }
    }

    /// The same change seen from the other side.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Downgraded => Self::Upgraded,
            Self::Upgraded => Self::Downgraded,
            Self::HashAdded => Self::HashRemoved,
            Self::HashRemoved => Self::HashAdded,
            other => other,
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What the first document says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the second document says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// By what rules the versions were ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<Scheme>,
    /// Dependencies that only the first document names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Dependencies that only the second document names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
}

impl Change {
    pub(super) fn new(kind: ChangeKind, from: Option<String>, to: Option<String>) -> Self {
        Self {
            kind,
            from,
            to,
            ordered_by: None,
            removed: Vec::new(),
            added: Vec::new(),
        }
    }
}

/// Everything that differs between two subjects but their dependencies, the most serious first.
pub(super) fn changes(a: &Subject<'_>, b: &Subject<'_>, formats: (Format, Format)) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut is_respelled = false;
    let (one, other) = (a.component, b.component);
    let is_same_version = a.version == b.version;
    if is_same_version {
        is_respelled |= matches!(
            (stated(one.version.as_deref()), stated(other.version.as_deref())),
            (Some(one), Some(other)) if one != other
        );
    } else {
        changes.push(version_change(a, b));
    }
    hash_changes(one, other, is_same_version, &mut changes);
    if one.licenses != other.licenses {
        changes.extend(license_change(one, other));
    }
    changes.extend(supplier_change(
        one.supplier.as_deref(),
        other.supplier.as_deref(),
    ));
    if formats == (Format::CycloneDx, Format::CycloneDx) {
        // Source: CycloneDX 1.2 and later, `scope`: without one, `required` is assumed.
        let scope = |one: &Component| one.scope.as_deref().unwrap_or("required").to_owned();
        differing(
            ChangeKind::ScopeChanged,
            Some(scope(one)),
            Some(scope(other)),
            &mut changes,
        );
    }
    let is_told = one.kind != ComponentKind::Unstated && other.kind != ComponentKind::Unstated;
    // Of a file only some standards and versions say what it is for.
    let are_files = a.is_file && b.is_file;
    if formats.0 == formats.1 && is_told && !are_files && one.kind != other.kind {
        let word = |one: &Component| Some(one.kind.word().to_owned());
        changes.push(Change::new(ChangeKind::KindChanged, word(one), word(other)));
    }
    is_respelled |= name_changes(a, b, &mut changes);
    is_respelled |= purl_changes(a, b, is_same_version, &mut changes);
    if is_respelled {
        changes.push(Change::new(
            ChangeKind::SpellingChanged,
            Some(spelled(one)),
            Some(spelled(other)),
        ));
    }
    changes.sort_by_key(|change| change.kind);
    changes
}

/// Name, version and purl as written.
fn spelled(component: &Component) -> String {
    let mut out = name_of(component);
    for part in [&component.version, &component.purl].into_iter().flatten() {
        out.push(' ');
        out.push_str(part);
    }
    out
}

/// Group and name as people say them.
pub(super) fn name_of(component: &Component) -> String {
    match component.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) if !component.name.starts_with(group) => {
            format!("{group}/{}", component.name)
        }
        _ => component.name.to_string(),
    }
}

fn stated(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| is_stated(text))
}

fn differing(
    kind: ChangeKind,
    from: Option<String>,
    to: Option<String>,
    changes: &mut Vec<Change>,
) {
    if from != to {
        changes.push(Change::new(kind, from, to));
    }
}

fn version_change(a: &Subject<'_>, b: &Subject<'_>) -> Change {
    let text = |one: &Subject<'_>| {
        let written = stated(one.component.version.as_deref());
        written.or(one.version.as_deref()).map(str::to_owned)
    };
    // Two ecosystems have no rules in common.
    let ecosystem = match (a.ecosystem.as_deref(), b.ecosystem.as_deref()) {
        (Some(one), Some(other)) => Some(one).filter(|one| *one == other),
        (one, other) => one.or(other),
    };
    let ordered = match (with_epoch(a), with_epoch(b)) {
        (Some(one), Some(other)) => order(ecosystem, &one, &other),
        _ => None,
    };
    let (kind, scheme) = match ordered {
        Some((Ordering::Less, scheme)) => (ChangeKind::Upgraded, Some(scheme)),
        Some((Ordering::Greater, scheme)) => (ChangeKind::Downgraded, Some(scheme)),
        Some((Ordering::Equal, scheme)) => (ChangeKind::VersionChanged, Some(scheme)),
        None => (ChangeKind::VersionChanged, None),
    };
    Change {
        ordered_by: scheme,
        ..Change::new(kind, text(a), text(b))
    }
}

/// The version with the epoch that the package URL of an RPM package may give apart.
///
/// Source: purl specification (ECMA-427), type `rpm`, qualifier `epoch`.
fn with_epoch<'a>(one: &'a Subject<'_>) -> Option<Cow<'a, str>> {
    let version = one.version.as_deref()?;
    let is_rpm = one.ecosystem.as_deref() == Some("rpm");
    let purl = one
        .component
        .purl
        .as_deref()
        .filter(|_| is_rpm && !version.contains(':'));
    let purl = purl.and_then(Purl::parse);
    let qualifiers = purl.map(|purl| purl.qualifiers).unwrap_or_default();
    let epoch = qualifiers.into_iter().find(|(key, _)| key == "epoch");
    Some(match epoch {
        Some((_, epoch)) => format!("{epoch}:{version}").into(),
        None => version.into(),
    })
}

/// A digest that differs counts at the same version only; another version has another one by nature.
fn hash_changes(
    one: &Component,
    other: &Component,
    is_same_version: bool,
    changes: &mut Vec<Change>,
) {
    if one.hashes == other.hashes {
        return;
    }
    let sets = |component: &Component| {
        let mut sets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (algorithm, value) in component.hashes.iter().map(plain_hash) {
            if !value.is_empty() {
                sets.entry(algorithm).or_default().insert(value);
            }
        }
        sets
    };
    let (from, to) = (sets(one), sets(other));
    match (from.is_empty(), to.is_empty()) {
        (true, false) => changes.push(Change::new(ChangeKind::HashAdded, None, Some(names(&to)))),
        (false, true) => changes.push(Change::new(
            ChangeKind::HashRemoved,
            Some(names(&from)),
            None,
        )),
        (false, false) if is_same_version => {
            for (algorithm, values) in &from {
                let Some(others) = to.get(algorithm) else {
                    continue;
                };
                if values.is_disjoint(others) {
                    let text = |values: &BTreeSet<String>| {
                        let values: Vec<_> = values.iter().map(String::as_str).collect();
                        Some(format!("{algorithm}:{}", values.join(",")))
                    };
                    changes.push(Change::new(
                        ChangeKind::HashChanged,
                        text(values),
                        text(others),
                    ));
                }
            }
        }
        _ => {}
    }
}

fn names(sets: &BTreeMap<String, BTreeSet<String>>) -> String {
    sets.keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Where only one view is given, declared or concluded, it stands for both.
fn license_change(one: &Component, other: &Component) -> Option<Change> {
    let views = |component: &Component| {
        let (declared, concluded) = license::canonical(component);
        (
            declared.clone().or_else(|| concluded.clone()),
            concluded.or(declared),
        )
    };
    let (from, to) = (views(one), views(other));
    let text = |(declared, concluded): (Option<String>, Option<String>)| {
        let declared = declared?;
        Some(match concluded {
            Some(concluded) if concluded != declared => {
                format!("{declared}; concluded: {concluded}")
            }
            _ => declared,
        })
    };
    (from != to).then(|| Change::new(ChangeKind::LicenseChanged, text(from), text(to)))
}

/// Suppliers whose names differ in case, white space and punctuation only are one.
fn supplier_change(one: Option<&Party>, other: Option<&Party>) -> Option<Change> {
    let known = |party: Option<&Party>| {
        let party = party.filter(|party| party.is_known())?;
        let texts = [&party.name]
            .into_iter()
            .chain(&party.urls)
            .chain(&party.emails);
        texts
            .map(|text| text.trim().to_owned())
            .find(|text| is_stated(text))
    };
    let plain = |name: &Option<String>| {
        name.as_ref().map(|name| {
            let letters = name.chars().filter(|one| one.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        })
    };
    let (from, to) = (known(one), known(other));
    (plain(&from) != plain(&to)).then(|| Change::new(ChangeKind::SupplierChanged, from, to))
}

/// Adds a change of name; returns whether only the spelling differs.
fn name_changes(a: &Subject<'_>, b: &Subject<'_>, changes: &mut Vec<Change>) -> bool {
    let (one, other) = (a.component, b.component);
    if one.name == other.name && one.group == other.group {
        return false;
    }
    let (from, to) = (name_of(one), name_of(other));
    if a.is_file && b.is_file {
        if file_path(&from) != file_path(&to) {
            changes.push(Change::new(ChangeKind::NameChanged, Some(from), Some(to)));
        }
        return false;
    }
    // Which sign joins group and name is a matter of the format.
    let joined = |name: &str| name.trim().replace(':', "/");
    if joined(&from) == joined(&to) {
        return false;
    }
    let is_same = a.full.is_some() && a.full == b.full
        || a.short.is_some() && a.short == b.short && (a.has_group != b.has_group);
    if !is_same {
        changes.push(Change::new(ChangeKind::NameChanged, Some(from), Some(to)));
    } else if a.package.is_some() && a.package == b.package {
        // The purl tells the whole name; how much of it the name repeats is a matter of the generator.
        return !one.name.eq_ignore_ascii_case(&other.name) && !ends_alike(&from, &to);
    }
    is_same && a.package != b.package
}

/// Whether one name is the other with something before it.
fn ends_alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (long, short) = if one.len() < other.len() {
        (&other, &one)
    } else {
        (&one, &other)
    };
    long.strip_suffix(short.as_str())
        .is_some_and(|before| before.ends_with(['/', ':']))
}

/// Adds a change of the purl; returns whether only the spelling differs.
fn purl_changes(
    a: &Subject<'_>,
    b: &Subject<'_>,
    is_same_version: bool,
    changes: &mut Vec<Change>,
) -> bool {
    let (from, to) = (a.component.purl.as_deref(), b.component.purl.as_deref());
    if from == to {
        return false;
    }
    if a.purl.is_some() && a.purl == b.purl {
        return is_same_version && a.component.version == b.component.version;
    }
    let without_version = |text: Option<&str>| {
        let mut purl = Purl::parse(text?)?;
        purl.version = purl.version.filter(|_| is_same_version);
        purl.version = purl.version.map(|version| bare(&version).into());
        Some(purl)
    };
    let (one, other) = (without_version(from), without_version(to));
    if one.is_none() || one != other {
        let text = |text: Option<&str>| text.map(str::to_owned);
        changes.push(Change::new(ChangeKind::PurlChanged, text(from), text(to)));
    }
    false
}
