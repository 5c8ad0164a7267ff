//! What a record of OSV affects: packages, ranges with their events, versions (schema, `affected[]`).

use indexmap::IndexSet;

use super::super::field::{Fields, Loss, below, scalar, shown};
use super::super::{Affected, Event, EventKind, Nature, Package, Range, RangeKind, Scope};
use super::ratings;
use crate::diagnostic::Place;
use crate::tape::{Item, Step};

pub(super) fn read(
    item: Item<'_>,
    pointer: &str,
    position: usize,
    fields: &mut Fields,
) -> Affected {
    let pointer = below(pointer, &[Step::Key("affected"), Step::Position(position)]);
    let package = fields.table(item, "package", Loss::Match);
    let mut ranges = Vec::new();
    for (position, one) in fields.tables(item, "ranges", Loss::Match) {
        let pointer = below(&pointer, &[Step::Key("ranges"), Step::Position(position)]);
        ranges.extend(range(one, pointer, fields));
    }
    Affected {
        purl: package
            .and_then(|package| fields.filled(package, "purl", Loss::Match))
            .map(str::to_owned),
        package: package.and_then(|package| self::package(package, fields)),
        cpe: None,
        ranges,
        versions: fields.texts(item, "versions", Loss::Match),
        ratings: ratings(
            item,
            &pointer,
            &["ecosystem_specific", "database_specific"],
            fields,
        ),
        scope: scope(item, fields),
        at: Place::pointer(pointer),
    }
}

/// What RustSec's exports say of a record that tells of no weakness
/// (`affected[].database_specific.informational`).
pub(super) fn informational(item: Item<'_>) -> Option<Nature> {
    let word = item
        .get("database_specific")?
        .get_text("informational")
        .filter(|word| !word.is_empty())?;
    Some(match word {
        "unsound" => Nature::Unsound,
        "unmaintained" => Nature::Unmaintained,
        _ => Nature::Notice,
    })
}

fn package(item: Item<'_>, fields: &mut Fields) -> Option<Package> {
    let ecosystem = fields.filled(item, "ecosystem", Loss::Match);
    let name = fields.filled(item, "name", Loss::Match);
    if let (Some(ecosystem), Some(name)) = (ecosystem, name) {
        return Some(Package {
            ecosystem: ecosystem.to_owned(),
            name: name.to_owned(),
        });
    }
    // A package URL alone names a package too.
    if item.get_text("purl").is_none() || ecosystem.is_some() || name.is_some() {
        fields.fault("advisory-package", Loss::Match, "give both", || {
            let message = "the package lacks its `ecosystem` or `name`, so nothing can match it";
            (item.place(), message.to_owned())
        });
    }
    None
}

fn range(item: Item<'_>, pointer: String, fields: &mut Fields) -> Option<Range> {
    let kind = match fields.text(item, "type", Loss::Match) {
        Some("SEMVER") => RangeKind::Semver,
        Some("ECOSYSTEM") => RangeKind::Ecosystem,
        Some("GIT") => RangeKind::Git,
        other => {
            let named = shown(other.unwrap_or_default());
            fields.fault(
                "advisory-range",
                Loss::Match,
                "one of SEMVER, ECOSYSTEM and GIT",
                || {
                    let place = item.get("type").map_or_else(|| item.place(), Item::place);
                    (
                        place,
                        format!("a range of type `{named}` cannot be evaluated"),
                    )
                },
            );
            return None;
        }
    };
    let mut events = Vec::new();
    for (position, one) in fields.tables(item, "events", Loss::Match) {
        let pointer = below(&pointer, &[Step::Key("events"), Step::Position(position)]);
        for member in one.children() {
            events.extend(event(member, &pointer, fields));
        }
    }
    if !events.iter().any(|one| one.kind == EventKind::Introduced) {
        fields.fault(
            "advisory-range",
            Loss::Match,
            "begin with `{\"introduced\": \"0\"}` where every early version is affected",
            || {
                let message = "the range has no `introduced` event, so no version is inside of it";
                (item.place(), message.to_owned())
            },
        );
    }
    Some(Range {
        kind,
        events,
        at: Place::pointer(pointer),
    })
}

fn event(member: Item<'_>, pointer: &str, fields: &mut Fields) -> Option<Event> {
    let key = member.key().unwrap_or_default();
    let kind = match key {
        "introduced" => EventKind::Introduced,
        "fixed" => EventKind::Fixed,
        "last_affected" => EventKind::LastAffected,
        "limit" => EventKind::Limit,
        // Databases may put remarks of their own here.
        "database_specific" => return None,
        _ => {
            fields.fault(
                "advisory-range",
                Loss::Match,
                "one of `introduced`, `fixed`, `last_affected` and `limit`",
                || {
                    let message = format!("an event `{}` cannot be evaluated", shown(key));
                    (member.place(), message)
                },
            );
            return None;
        }
    };
    match scalar(member).map(|version| version.trim().to_owned()) {
        Some(version) if !version.is_empty() => Some(Event {
            kind,
            version,
            at: Place::pointer(below(pointer, &[Step::Key(key)])),
        }),
        _ => {
            fields.wrong_shape(member, "a version", Loss::Match);
            None
        }
    }
}

/// Go and RustSec say which symbols hold the code and for what they are built
/// (`affected[].ecosystem_specific`).
fn scope(item: Item<'_>, fields: &mut Fields) -> Scope {
    let Some(specific) = fields.table(item, "ecosystem_specific", Loss::Detail) else {
        return Scope::default();
    };
    let [mut functions, mut architectures, mut systems] = [(); 3].map(|()| IndexSet::new());
    for (_, one) in fields.tables(specific, "imports", Loss::Detail) {
        let path = one.get_text("path").unwrap_or_default();
        let symbols = fields.texts(one, "symbols", Loss::Detail);
        if symbols.is_empty() {
            functions.insert(path.to_owned());
        }
        functions.extend(symbols.iter().map(|symbol| format!("{path}.{symbol}")));
        systems.extend(fields.texts(one, "goos", Loss::Detail));
        architectures.extend(fields.texts(one, "goarch", Loss::Detail));
    }
    if let Some(affects) = fields.table(specific, "affects", Loss::Detail) {
        functions.extend(fields.texts(affects, "functions", Loss::Detail));
        architectures.extend(fields.texts(affects, "arch", Loss::Detail));
        systems.extend(fields.texts(affects, "os", Loss::Detail));
    }
    Scope {
        functions: functions.into_iter().collect(),
        architectures: architectures.into_iter().collect(),
        systems: systems.into_iter().collect(),
    }
}
