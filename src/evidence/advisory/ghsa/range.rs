//! Ranges as GitHub writes them: `= 0.2.0`, `<= 1.0.8`, `< 0.1.11`, `>= 4.3.0, < 4.3.5`, `>= 0.0.1`
//! (GraphQL reference, `SecurityVulnerability.vulnerableVersionRange`); `> 1.0` occurs as well.

use std::cmp::Ordering;

use super::super::field::{Fields, Loss, below, member, shown};
use super::super::{Event, EventKind, Range, RangeKind};
use super::{Names, present};
use crate::diagnostic::Place;
use crate::tape::{Item, Shape, Step};
use crate::version::Scheme;

const RANGE: Names = ["vulnerable_version_range", "vulnerableVersionRange"];
const PATCHED: Names = ["first_patched_version", "firstPatchedVersion"];

/// Ecosystems whose versions are those of Semantic Versioning, as GitHub's own records in OSV say.
const SEMVER: [&str; 5] = ["Go", "Hex", "crates.io", "npm", "SwiftURL"];

/// The range of one vulnerability, or its only version.
///
/// Where GitHub names the first patched version, the range ends there and not behind the last one that is
/// known to be affected, as in GitHub's own records in OSV.
pub(super) fn read(
    item: Item<'_>,
    ecosystem: &str,
    pointer: &str,
    fields: &mut Fields,
) -> (Option<Range>, Vec<String>) {
    let key = present(item, RANGE);
    let Some(text) = fields.filled(item, key, Loss::Match) else {
        return (None, Vec::new());
    };
    let at = Place::pointer(below(pointer, &[Step::Key(key)]));
    let Some(bounds) = Bounds::parse(text) else {
        fields.fault(
            "advisory-range",
            Loss::Match,
            "a range is written like `>= 1.0, < 1.2.3`",
            || {
                let message = format!("the range `{}` cannot be evaluated", shown(text));
                (at, message)
            },
        );
        return (None, Vec::new());
    };
    if let Some(only) = bounds.only {
        return (None, vec![only.to_owned()]);
    }
    let event = |kind, version: &str, at: &Place| Event {
        kind,
        version: version.to_owned(),
        at: at.clone(),
    };
    let mut events = vec![match bounds.lower {
        None => event(EventKind::Introduced, "0", &at),
        Some((true, version)) => event(EventKind::Introduced, version, &at),
        Some((false, version)) => event(EventKind::IntroducedAfter, version, &at),
    }];
    let patched = patched(item, pointer, fields);
    match (bounds.upper, patched) {
        (Some((false, version)), _) => events.push(event(EventKind::Fixed, version, &at)),
        (Some((true, last)), Some((patched, place))) if is_behind(ecosystem, patched, last) => {
            events.push(event(EventKind::Fixed, patched, &place));
        }
        (Some((true, last)), _) => events.push(event(EventKind::LastAffected, last, &at)),
        (None, Some((patched, place))) => events.push(event(EventKind::Fixed, patched, &place)),
        (None, None) => {}
    }
    let kind = if SEMVER.contains(&ecosystem) {
        RangeKind::Semver
    } else {
        RangeKind::Ecosystem
    };
    (Some(Range { kind, events, at }), Vec::new())
}

/// Whether a patched version does not contradict the last affected one.
fn is_behind(ecosystem: &str, patched: &str, last: &str) -> bool {
    let order = Scheme::of_ecosystem(ecosystem).and_then(|one| one.compare(patched, last));
    order.is_none_or(|order| order == Ordering::Greater)
}

/// The first patched version, which some answers wrap into an object.
fn patched<'t>(item: Item<'t>, pointer: &str, fields: &mut Fields) -> Option<(&'t str, Place)> {
    let key = present(item, PATCHED);
    let member = member(item, key)?;
    let (version, pointer) = if member.shape() == Shape::Table {
        let steps = [Step::Key(key), Step::Key("identifier")];
        let version = fields.filled(member, "identifier", Loss::Match);
        (version, below(pointer, &steps))
    } else {
        let version = fields.filled(item, key, Loss::Match);
        (version, below(pointer, &[Step::Key(key)]))
    };
    Some((version?, Place::pointer(pointer)))
}

/// The bounds of a range; `true` where the bound itself is inside.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bounds<'a> {
    only: Option<&'a str>,
    lower: Option<(bool, &'a str)>,
    upper: Option<(bool, &'a str)>,
}

impl<'a> Bounds<'a> {
    /// `None` for what is no such range, and for one that gives a bound twice.
    fn parse(text: &'a str) -> Option<Self> {
        let mut bounds = Self::default();
        for part in text.split(',') {
            let part = part.trim();
            let operators = part
                .bytes()
                .take_while(|byte| b"<>=".contains(byte))
                .count();
            let (operator, version) = part.split_at_checked(operators)?;
            let version = version.trim();
            let is_version = |one: char| !one.is_whitespace() && !"<>=|,".contains(one);
            if version.is_empty() || !version.chars().all(is_version) {
                return None;
            }
            let is_free = match operator {
                "=" => bounds.only.replace(version).is_none(),
                ">" | ">=" => bounds.lower.replace((operator == ">=", version)).is_none(),
                "<" | "<=" => bounds.upper.replace((operator == "<=", version)).is_none(),
                _ => false,
            };
            if !is_free {
                return None;
            }
        }
        let is_one_form =
            bounds.only.is_none() || (bounds.lower.is_none() && bounds.upper.is_none());
        is_one_form.then_some(bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_one_reading() {
        let bounds = |only, lower, upper| Some(Bounds { only, lower, upper });
        for (text, expected) in [
            ("= 0.2.0", bounds(Some("0.2.0"), None, None)),
            ("<= 1.0.8", bounds(None, None, Some((true, "1.0.8")))),
            (
                ">= 4.3.0, < 4.3.5",
                bounds(None, Some((true, "4.3.0")), Some((false, "4.3.5"))),
            ),
            (
                "<4.3.5,>4",
                bounds(None, Some((false, "4")), Some((false, "4.3.5"))),
            ),
            (
                ">= 1:2.0-3~a+b",
                bounds(None, Some((true, "1:2.0-3~a+b")), None),
            ),
            ("1.0", None),
            ("", None),
            (">=", None),
            (">= 1, >= 2", None),
            ("= 1, < 2", None),
            ("== 1", None),
            (">= 1 || < 2", None),
            ("< 1 2", None),
            ("~> 1", None),
        ] {
            assert_eq!(Bounds::parse(text), expected, "{text}");
        }
    }
}
