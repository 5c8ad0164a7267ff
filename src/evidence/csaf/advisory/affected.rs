//! The products that a vulnerability affects, with their versions.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Findings, Place};
use crate::evidence::advisory::{Affected, Event, EventKind, Package, Range, RangeKind};
use crate::evidence::csaf::document::Document;
use crate::evidence::csaf::product_tree::identifiers::is_version;
use crate::evidence::csaf::product_tree::{Definition, ProductTree};
use crate::evidence::csaf::vers::{Comparator, Vers};
use crate::purl::Purl;
use crate::tape::Item;

/// Parts within parts are followed this deep.
const DEEPEST: usize = 8;

/// Types of package URLs whose versions differ by the distribution that holds the package.
const OF_DISTRIBUTIONS: [&str; 4] = ["alpm", "apk", "deb", "rpm"];

/// What a status says of the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Affected,
    First,
    Last,
    Fixed,
}

impl Role {
    fn of(list: &str) -> Option<Self> {
        Some(match list {
            "known_affected" => Self::Affected,
            "first_affected" => Self::First,
            "last_affected" => Self::Last,
            "first_fixed" | "fixed" => Self::Fixed,
            _ => return None,
        })
    }
}

/// What a product is elsewhere, without its version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Purl(String),
    Package(String, String),
    Cpe(String),
}

/// A product with the version or the range that is meant.
type Versions<'t> = (Target, Option<String>, Option<&'t str>);

/// A product of a list.
#[derive(Debug)]
struct Entry<'t> {
    role: Role,
    target: Target,
    version: Option<String>,
    /// A range of versions as written.
    range: Option<&'t str>,
    at: String,
}

/// The products of a vulnerability. `pointer` is its place.
pub(super) fn read<'t>(
    document: &Document<'t>,
    vulnerability: Item<'t>,
    pointer: &str,
    findings: &mut Findings,
) -> Vec<Affected> {
    let mut entries = Vec::new();
    let mut unknown = 0usize;
    let mut known: HashMap<&str, Vec<Versions<'_>>> = HashMap::new();
    let lists = vulnerability.get("product_status");
    for list in lists.into_iter().flat_map(Item::children) {
        let name = list.key().unwrap_or_default();
        let Some(role) = Role::of(name) else {
            continue;
        };
        for (position, id) in list.items().enumerate() {
            let Some(id) = id.text() else {
                continue;
            };
            let targets = known
                .entry(id)
                .or_insert_with(|| targets(&document.tree, id));
            unknown += usize::from(targets.is_empty());
            entries.extend(targets.iter().map(|(target, version, range)| Entry {
                role,
                target: target.clone(),
                version: version.clone(),
                range: *range,
                at: format!("{pointer}/product_status/{name}/{position}"),
            }));
        }
    }
    if unknown > 0 {
        findings.note(
            "csaf-product-unidentified",
            "ask the publisher for package URLs",
            || {
                let at = Place::pointer(format!("{pointer}/product_status"));
                let said = format!(
                    "{unknown} products have no package URL or CPE by which a component is found"
                );
                (at, said)
            },
        );
    }
    affected(&entries)
}

fn affected(entries: &[Entry<'_>]) -> Vec<Affected> {
    let mut fixes: HashMap<&Target, Option<&Entry<'_>>> = HashMap::new();
    let mut last: HashMap<&Target, &Entry<'_>> = HashMap::new();
    let mut is_told: HashSet<&Target> = HashSet::new();
    let mut has_first: HashSet<&Target> = HashSet::new();
    for entry in entries {
        let target = &entry.target;
        match entry.role {
            Role::Fixed if entry.version.is_none() => {}
            Role::Fixed => {
                let known = fixes.entry(target).or_insert(Some(entry));
                // Several fixed versions belong to lines that are not told apart.
                if known.is_some_and(|one| one.version != entry.version) {
                    *known = None;
                }
            }
            role => {
                is_told.insert(target);
                if role == Role::Last {
                    last.insert(target, entry);
                } else if role == Role::First {
                    has_first.insert(target);
                }
            }
        }
    }
    let fix = |target: &Target| fixes.get(target).copied().flatten();
    let mut all = Vec::new();
    let mut ranged: HashSet<&Target> = HashSet::new();
    for entry in entries {
        let target = &entry.target;
        let event = |kind, entry: &Entry<'_>| {
            entry
                .version
                .as_ref()
                .map(|version| at(kind, version.clone(), &entry.at))
        };
        let start = at(EventKind::Introduced, "0".to_owned(), &entry.at);
        let mut events = Vec::new();
        match entry.role {
            Role::Affected => {
                if let Some(range) = entry.range {
                    all.push(of_range(entry, range));
                    continue;
                }
                if let Some(version) = &entry.version {
                    all.push(Affected {
                        versions: vec![version.clone()],
                        ..product(entry)
                    });
                    continue;
                }
                events.push(start);
                events.extend(fix(target).and_then(|one| event(EventKind::Fixed, one)));
            }
            Role::First => {
                events.extend(event(EventKind::Introduced, entry));
                let end = last
                    .get(target)
                    .and_then(|one| event(EventKind::LastAffected, one));
                events.extend(end.or_else(|| event(EventKind::Fixed, fix(target)?)));
            }
            Role::Last if !has_first.contains(target) => {
                events.push(start);
                events.extend(event(EventKind::LastAffected, entry));
            }
            Role::Fixed
                if !is_told.contains(target) && fix(target).is_some() && ranged.insert(target) =>
            {
                events.push(start);
                events.extend(event(EventKind::Fixed, entry));
            }
            Role::Last | Role::Fixed => continue,
        }
        if !events.is_empty() {
            all.push(with_events(entry, RangeKind::Ecosystem, events));
        }
    }
    all
}

fn at(kind: EventKind, version: String, pointer: &str) -> Event {
    Event {
        kind,
        version,
        at: Place::pointer(pointer),
    }
}

/// The product of an entry, in no version.
fn product(entry: &Entry<'_>) -> Affected {
    let mut affected = Affected {
        at: Place::pointer(entry.at.clone()),
        ..Affected::default()
    };
    match &entry.target {
        Target::Purl(purl) => affected.purl = Some(purl.clone()),
        Target::Cpe(cpe) => affected.cpe = Some(cpe.clone()),
        Target::Package(ecosystem, name) => {
            affected.package = Some(Package {
                ecosystem: ecosystem.clone(),
                name: name.clone(),
            });
        }
    }
    affected
}

fn with_events(entry: &Entry<'_>, kind: RangeKind, events: Vec<Event>) -> Affected {
    Affected {
        ranges: vec![Range {
            kind,
            events,
            at: Place::pointer(entry.at.clone()),
        }],
        ..product(entry)
    }
}

/// A range of the document as events: every pair of a lower and an upper bound enters and ends.
fn of_range(entry: &Entry<'_>, text: &str) -> Affected {
    let range = if text.starts_with("vers:") {
        Vers::parse(text)
    } else {
        Vers::like(text)
    };
    let Ok(range) = range else {
        // What is no range is one version that no component has.
        return Affected {
            versions: vec![text.to_owned()],
            ..product(entry)
        };
    };
    let kind = match range.scheme {
        Some("semver" | "npm" | "cargo" | "golang") => RangeKind::Semver,
        _ => RangeKind::Ecosystem,
    };
    if range.constraints.is_empty() {
        let start = at(EventKind::Introduced, "0".to_owned(), &entry.at);
        return with_events(entry, kind, vec![start]);
    }
    let mut events = Vec::new();
    let mut versions = Vec::new();
    let mut is_open = false;
    for constraint in &range.constraints {
        let version = decoded(constraint.version);
        let (kind, is_lower) = match constraint.comparator {
            Comparator::Equal => {
                versions.push(version);
                continue;
            }
            // Events cannot leave one version out; that it is unaffected is lost, which errs to the safe side.
            Comparator::NotEqual => continue,
            Comparator::GreaterOrEqual => (EventKind::Introduced, true),
            Comparator::Greater => (EventKind::IntroducedAfter, true),
            Comparator::Less => (EventKind::Fixed, false),
            Comparator::LessOrEqual => (EventKind::LastAffected, false),
        };
        if !is_lower && !is_open {
            events.push(at(EventKind::Introduced, "0".to_owned(), &entry.at));
        }
        is_open = is_lower;
        events.push(at(kind, version, &entry.at));
    }
    if events.is_empty() {
        return Affected {
            versions,
            ..product(entry)
        };
    }
    Affected {
        versions,
        ..with_events(entry, kind, events)
    }
}

/// A version without percent-encoding; one that is malformed is taken as written.
fn decoded(version: &str) -> String {
    let mut bytes = Vec::with_capacity(version.len());
    let mut rest = version.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| version.to_owned())
}

/// What a product is elsewhere, each with its version or its range.
fn targets<'t>(tree: &ProductTree<'t>, id: &'t str) -> Vec<Versions<'t>> {
    let Some(definition) = tree.lookup(id) else {
        return Vec::new();
    };
    let part = part(tree, definition, 0);
    let platform = platform(tree, definition, 0).filter(|cpe| cpe.contains(":redhat:"));
    let (mut version, mut range) = (None, None);
    for branch in tree.up(part.branch) {
        match branch.category {
            "product_version" if version.is_none() && is_version(branch.name) => {
                version = Some(branch.name.to_owned());
            }
            "product_version_range" if range.is_none() => range = Some(branch.name),
            _ => {}
        }
    }
    let mut all = Vec::new();
    for text in purls(part.item).chain(purls(definition.item)) {
        let Some(purl) = Purl::parse(text) else {
            continue;
        };
        let own = purl.version.as_ref().map(|own| match epoch(&purl) {
            Some(epoch) if !own.contains(':') => format!("{epoch}:{own}"),
            _ => own.to_string(),
        });
        let target = if OF_DISTRIBUTIONS.contains(&purl.kind.as_str()) {
            let ecosystem = platform.and_then(red_hat);
            match ecosystem {
                Some(ecosystem) => Target::Package(ecosystem, purl.name.clone()),
                None if purl.qualifiers.iter().any(|(key, _)| key == "distro") => {
                    Target::Purl(without_version(text))
                }
                // The same package has other versions in other distributions.
                None => continue,
            }
        } else {
            Target::Purl(without_version(text))
        };
        let entry = (target, own.or_else(|| version.clone()), range);
        if !all.contains(&entry) {
            all.push(entry);
        }
    }
    if all.is_empty()
        && let Some(cpe) = cpe(part.item)
    {
        all.push((Target::Cpe(cpe.to_owned()), version, range));
    }
    all
}

/// The part that a product is made for: the first of its path, and so on.
fn part<'d, 't>(
    tree: &'d ProductTree<'t>,
    definition: &'d Definition<'t>,
    depth: usize,
) -> &'d Definition<'t> {
    let first = definition
        .path
        .first()
        .and_then(|step| tree.lookup(step.id));
    match first {
        Some(first) if depth < DEEPEST => part(tree, first, depth + 1),
        _ => definition,
    }
}

/// The CPE of what a product is a part of in the end.
fn platform<'t>(
    tree: &ProductTree<'t>,
    definition: &Definition<'t>,
    depth: usize,
) -> Option<&'t str> {
    let whole = tree.lookup(definition.path.get(1..)?.last()?.id)?;
    let inner = (depth < DEEPEST).then(|| platform(tree, whole, depth + 1));
    inner.flatten().or_else(|| cpe(whole.item))
}

/// The ecosystem of a product of Red Hat as OSV spells it: the CPE behind the vendor (OSV schema 1.7.0,
/// "Defined Ecosystems").
fn red_hat(cpe: &str) -> Option<String> {
    let rest = cpe
        .strip_prefix("cpe:/a:redhat:")
        .or_else(|| cpe.strip_prefix("cpe:/o:redhat:"))?;
    Some(format!("Red Hat:{rest}"))
}

fn helper(definition: Item<'_>) -> Option<Item<'_>> {
    definition.get("product_identification_helper")
}

fn purls(definition: Item<'_>) -> impl Iterator<Item = &str> {
    let helper = helper(definition);
    let list = helper.and_then(|one| one.get("purls"));
    let one = helper.and_then(|one| one.get("purl"));
    one.into_iter()
        .chain(list.into_iter().flat_map(Item::items))
        .filter_map(Item::text)
}

fn cpe(definition: Item<'_>) -> Option<&str> {
    helper(definition)?.get_text("cpe")
}

fn epoch(purl: &Purl) -> Option<&str> {
    let epoch = purl.qualifiers.iter().find(|(key, _)| key == "epoch");
    epoch
        .map(|(_, value)| value.as_str())
        .filter(|one| *one != "0")
}

/// A package URL as written but for its version.
fn without_version(purl: &str) -> String {
    let end = purl.find(['?', '#']).unwrap_or(purl.len());
    let (path, rest) = purl.split_at_checked(end).unwrap_or((purl, ""));
    match path.rsplit_once('@') {
        Some((path, version)) if !version.contains('/') && !path.ends_with('/') => {
            format!("{path}{rest}")
        }
        _ => purl.to_owned(),
    }
}
