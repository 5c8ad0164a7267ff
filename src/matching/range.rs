//! Whether an advisory's ranges and lists hold a version.
//!
//! Source: OSV schema 1.7.0, section "Evaluation". Beyond it there is a third answer: where a version or an
//! event has no place in the order of the ecosystem, nobody can tell.

use std::cmp::Ordering;

use serde::Serialize;

use crate::diagnostic::Place;
use crate::evidence::advisory::{EventKind, RangeKind};
use crate::snapshot::{StoredAffected, StoredEvent, StoredRange};
use crate::version::Scheme;

/// Whether a version is affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// It is, because of what stands at this place.
    Affected(Cause),
    /// It is not.
    NotAffected,
    /// Nobody can tell.
    Unknown(Doubt),
}

/// What made a version affected, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Where it stands in the record.
    pub at: Place,
    /// What stands there, such as `introduced 1.2.0` or `listed 1.2.3`.
    pub event: String,
    /// Versions above this one in which the vulnerability is gone, lowest first.
    pub fixed: Vec<String>,
}

/// Why nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The component has no version.
    NoVersion,
    /// A version has no place in the order of its ecosystem, or the ecosystem has no order.
    Unorderable,
    /// The record speaks of commits only.
    CommitsOnly,
    /// The record names no version at all.
    NoVersionsNamed,
    /// The record speaks of one release of a distribution, and the component does not say of which it is.
    ReleaseUntold,
}

/// Asks a record's entry about a version.
pub fn evaluate(version: &str, scheme: Option<Scheme>, affected: &StoredAffected<'_>) -> Hit {
    let at = affected.at.place(&Place::whole());
    let is_equal = |listed: &str| {
        listed == version
            || scheme.is_some_and(|scheme| scheme.compare(listed, version) == Some(Ordering::Equal))
    };
    let listed = affected
        .versions
        .iter()
        .position(|listed| is_equal(listed))
        .map(|position| (format!("{}/versions/{position}", pointer(&at)), version));
    let mut doubt = None;
    let mut cause: Option<Cause> = None;
    let mut fixed = Vec::new();
    let mut is_ranged = false;
    for range in &affected.ranges {
        let scheme = match range.kind {
            RangeKind::Git => continue,
            RangeKind::Semver => Some(Scheme::Semver),
            RangeKind::Ecosystem => scheme,
        };
        is_ranged = true;
        let around = range.at.place(&at);
        let Some(found) = scheme.and_then(|scheme| in_range(version, scheme, range, &around))
        else {
            doubt = Some(Doubt::Unorderable);
            continue;
        };
        fixed.extend(found.fixed);
        if cause.is_none()
            && let Some((at, event)) = found.inside
        {
            cause = Some(Cause {
                at,
                event,
                fixed: Vec::new(),
            });
        }
    }
    let cause = cause.or_else(|| {
        listed.map(|(pointer, version)| Cause {
            at: if at.pointer.is_some() {
                Place::pointer(pointer)
            } else {
                at.clone()
            },
            event: format!("listed {version}"),
            fixed: Vec::new(),
        })
    });
    if let Some(cause) = cause {
        if let Some(scheme) = scheme {
            fixed.sort_by(|one, other| scheme.compare(one, other).unwrap_or(Ordering::Equal));
        }
        fixed.dedup();
        return Hit::Affected(Cause { fixed, ..cause });
    }
    if let Some(doubt) = doubt {
        return Hit::Unknown(doubt);
    }
    if is_ranged || !affected.versions.is_empty() {
        Hit::NotAffected
    } else if affected.ranges.is_empty() {
        Hit::Unknown(Doubt::NoVersionsNamed)
    } else {
        Hit::Unknown(Doubt::CommitsOnly)
    }
}

fn pointer(place: &Place) -> &str {
    place.pointer.as_deref().unwrap_or_default()
}

/// What a range says of a version.
struct Found {
    /// The event that brought the vulnerability in, where the version is inside.
    inside: Option<(Place, String)>,
    /// Versions above that mend it.
    fixed: Vec<String>,
}

/// `None` where the version, or an event, cannot be ordered.
fn in_range(
    version: &str,
    scheme: Scheme,
    range: &StoredRange<'_>,
    around: &Place,
) -> Option<Found> {
    // A version is a version only if it is equal to itself.
    scheme.compare(version, version)?;
    let mut before_limit = None;
    let mut last: Option<(&StoredEvent<'_>, Ordering)> = None;
    let mut fixed = Vec::new();
    for event in &range.events {
        let order = position(version, scheme, event)?;
        match event.kind {
            EventKind::Limit => {
                let before = event.version == "*" || order == Ordering::Less;
                before_limit = Some(before_limit.unwrap_or(false) || before);
                continue;
            }
            EventKind::Fixed if order == Ordering::Less => fixed.push(event.version.to_owned()),
            _ => {}
        }
        // Of the events at or below the version the highest one decides.
        let reached = match event.kind {
            EventKind::LastAffected | EventKind::IntroducedAfter => order == Ordering::Greater,
            _ => order != Ordering::Less,
        };
        let is_higher = match last {
            Some((known, _)) if reached => is_behind(scheme, event, known)?,
            _ => reached,
        };
        if is_higher {
            last = Some((event, order));
        }
    }
    let inside = last
        .filter(|(event, _)| is_beginning(event.kind) && before_limit.unwrap_or(true))
        .map(|(event, _)| {
            let at = event.at.place(around);
            let word = if event.kind == EventKind::Introduced {
                "introduced"
            } else {
                "introduced after"
            };
            (at, format!("{word} {}", event.version))
        });
    Some(Found { inside, fixed })
}

/// Where the version stands against an event. `0` of [`EventKind::Introduced`] is below every version.
fn position(version: &str, scheme: Scheme, event: &StoredEvent<'_>) -> Option<Ordering> {
    match (event.kind, event.version) {
        (EventKind::Introduced, "0") => Some(Ordering::Greater),
        (EventKind::Limit, "*") => Some(Ordering::Less),
        _ => scheme.compare(version, event.version),
    }
}

/// Whether an event begins an affected stretch.
fn is_beginning(kind: EventKind) -> bool {
    matches!(kind, EventKind::Introduced | EventKind::IntroducedAfter)
}

/// Whether an event comes behind another in the order of versions. Of two at one version, what happens at
/// the version comes before what happens behind it, and what begins a stretch before what ends one at the
/// same point; but a stretch that ends behind a version is over before another begins there.
fn is_behind(scheme: Scheme, event: &StoredEvent<'_>, known: &StoredEvent<'_>) -> Option<bool> {
    let is_start =
        |event: &StoredEvent<'_>| event.kind == EventKind::Introduced && event.version == "0";
    let rank = |kind| match kind {
        EventKind::Introduced => 0,
        EventKind::Fixed | EventKind::Limit => 1,
        EventKind::LastAffected => 2,
        EventKind::IntroducedAfter => 3,
    };
    Some(match (is_start(event), is_start(known)) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => match scheme.compare(event.version, known.version)? {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => rank(event.kind) > rank(known.kind),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::StoredPlace;
    use EventKind::{Fixed, Introduced, IntroducedAfter, LastAffected, Limit};

    fn range<'a>(kind: RangeKind, events: &[(EventKind, &'a str)]) -> StoredRange<'a> {
        StoredRange {
            kind,
            events: events
                .iter()
                .map(|(kind, version)| StoredEvent {
                    kind: *kind,
                    version,
                    at: StoredPlace::Below("/events/0/introduced"),
                })
                .collect(),
            at: StoredPlace::Below("/ranges/0"),
        }
    }

    fn affected<'a>(ranges: Vec<StoredRange<'a>>, versions: &[&'a str]) -> StoredAffected<'a> {
        StoredAffected {
            advisory: 0,
            withdrawn: None,
            published: None,
            ecosystem: None,
            purl: None,
            cpe: None,
            ranges,
            versions: versions.to_vec(),
            ratings: Vec::new(),
            at: StoredPlace::Pointer("/affected/0"),
        }
    }

    fn word(hit: &Hit) -> &'static str {
        match hit {
            Hit::Affected(_) => "affected",
            Hit::NotAffected => "not",
            Hit::Unknown(Doubt::Unorderable) => "unorderable",
            Hit::Unknown(Doubt::CommitsOnly) => "commits",
            Hit::Unknown(_) => "nothing",
        }
    }

    #[test]
    fn events_are_taken_in_the_order_of_versions() {
        let open = [(Introduced, "0"), (Fixed, "1.2.0")];
        let twice = [
            (Introduced, "2.0.0"),
            (Fixed, "2.3.0"),
            (Introduced, "0"),
            (Fixed, "1.2.0"),
        ];
        let last = [(Introduced, "1.0.0"), (LastAffected, "1.4.0")];
        let limited = [(Introduced, "1.0.0"), (Limit, "2.0.0")];
        let endless = [(Introduced, "1.0.0")];
        let but_one = [
            (Introduced, "0"),
            (Fixed, "1.1.0"),
            (IntroducedAfter, "1.1.0"),
            (LastAffected, "1.3.0"),
            (IntroducedAfter, "1.3.0"),
            (Fixed, "1.5.0"),
        ];
        for (events, version, expected) in [
            (&open[..], "1.1.9", "affected"),
            (&open, "1.2.0", "not"),
            (&open, "0.0.0-alpha", "affected"),
            (&open, "r7", "unorderable"),
            (&twice, "1.1.0", "affected"),
            (&twice, "1.5.0", "not"),
            (&twice, "2.2.9", "affected"),
            (&twice, "2.3.0", "not"),
            (&last, "1.4.0", "affected"),
            (&last, "1.4.1", "not"),
            (&last, "0.9.0", "not"),
            (&limited, "1.9.0", "affected"),
            (&limited, "2.0.0", "not"),
            (&endless, "99.0.0", "affected"),
            (&but_one, "1.0.0", "affected"),
            (&but_one, "1.1.0", "not"),
            (&but_one, "1.1.1", "affected"),
            (&but_one, "1.3.0", "affected"),
            (&but_one, "1.4.0", "affected"),
            (&but_one, "1.5.0", "not"),
        ] {
            let entry = affected(vec![range(RangeKind::Semver, events)], &[]);
            let hit = evaluate(version, Some(Scheme::Semver), &entry);
            assert_eq!(word(&hit), expected, "{events:?} {version}");
            let mut reversed = events.to_vec();
            reversed.reverse();
            let entry = affected(vec![range(RangeKind::Semver, &reversed)], &[]);
            let hit = evaluate(version, Some(Scheme::Semver), &entry);
            assert_eq!(word(&hit), expected, "reversed {events:?} {version}");
        }
    }

    #[test]
    fn a_list_and_a_range_are_one_or_the_other() {
        let fixed = range(
            RangeKind::Semver,
            &[(Introduced, "1.0.0"), (Fixed, "1.2.0")],
        );
        let entry = affected(vec![fixed.clone()], &["0.9.0"]);
        let hit = evaluate("0.9.0", Some(Scheme::Semver), &entry);
        let Hit::Affected(cause) = hit else {
            panic!("{hit:?}");
        };
        assert_eq!(cause.at, Place::pointer("/affected/0/versions/0"));
        assert_eq!(cause.fixed, ["1.2.0"]);
        let hit = evaluate("1.1.0", Some(Scheme::Semver), &entry);
        let Hit::Affected(cause) = hit else {
            panic!("{hit:?}");
        };
        let at = Place::pointer("/affected/0/ranges/0/events/0/introduced");
        assert_eq!((cause.at, cause.event.as_str()), (at, "introduced 1.0.0"));
        let git = range(RangeKind::Git, &[(Introduced, "0")]);
        for (ranges, versions, scheme, version, expected) in [
            (
                vec![git.clone()],
                &[][..],
                Some(Scheme::Semver),
                "1.0.0",
                "commits",
            ),
            (vec![git.clone()], &["1.0.0"], None, "1.0.0", "affected"),
            (vec![git], &["1.0.0"], None, "1.0.1", "not"),
            (vec![], &[], None, "1.0.0", "nothing"),
            (
                vec![range(RangeKind::Ecosystem, &[(Introduced, "0")])],
                &[],
                None,
                "1.0.0",
                "unorderable",
            ),
        ] {
            let entry = affected(ranges, versions);
            let hit = evaluate(version, scheme, &entry);
            assert_eq!(word(&hit), expected, "{entry:?} {version}");
        }
    }
}
