//! What is affected, as the complement of what is not: databases that list patched and unaffected
//! versions as requirements are put into events along the order of versions.
//!
//! An interval runs from one cut to another, and a cut lies before or behind a version. So open and
//! closed bounds are one thing, and nothing needs a next version, which most ecosystems do not have.

use std::cmp::Ordering;

use super::{Event, EventKind};
use crate::diagnostic::Place;

/// A point between two neighboring versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cut {
    /// Before every version.
    Start,
    /// Right before a version.
    Before(Edge),
    /// Right behind a version.
    Behind(Edge),
    /// Behind every version.
    End,
}

/// A version and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) version: String,
    pub(super) at: Place,
}

/// The versions between two cuts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) lower: Cut,
    pub(super) upper: Cut,
}

impl Interval {
    /// Every version.
    pub(super) fn all() -> Self {
        Self {
            lower: Cut::Start,
            upper: Cut::End,
        }
    }

    /// The versions that are in both.
    pub(super) fn narrowed(self, other: Self, order: &impl Order) -> Self {
        let lower = if order.cuts(&other.lower, &self.lower) == Ordering::Greater {
            other.lower
        } else {
            self.lower
        };
        let upper = if order.cuts(&other.upper, &self.upper) == Ordering::Less {
            other.upper
        } else {
            self.upper
        };
        Self { lower, upper }
    }
}

/// How versions are ordered.
pub(super) trait Order {
    /// Orders two versions; `None` where one has no place in the order.
    fn compare(&self, one: &str, other: &str) -> Option<Ordering>;

    /// Orders two cuts; versions without a place in the order count as equal.
    fn cuts(&self, one: &Cut, other: &Cut) -> Ordering {
        let rank = |cut: &Cut| match cut {
            Cut::Start => 0,
            Cut::Before(_) | Cut::Behind(_) => 1,
            Cut::End => 2,
        };
        let (Some((first, is_behind)), Some((second, is_other_behind))) =
            (one.edge(), other.edge())
        else {
            return rank(one).cmp(&rank(other));
        };
        self.compare(&first.version, &second.version)
            .unwrap_or(Ordering::Equal)
            .then(is_behind.cmp(&is_other_behind))
    }
}

impl<F: Fn(&str, &str) -> Option<Ordering>> Order for F {
    fn compare(&self, one: &str, other: &str) -> Option<Ordering> {
        self(one, other)
    }
}

impl Cut {
    /// The version, and whether the cut lies behind it.
    pub(super) fn edge(&self) -> Option<(&Edge, bool)> {
        match self {
            Self::Before(edge) => Some((edge, false)),
            Self::Behind(edge) => Some((edge, true)),
            Self::Start | Self::End => None,
        }
    }
}

/// The versions that are in none of `intervals`, in order. Every version in them must have a place in
/// the order.
pub(super) fn complement(mut intervals: Vec<Interval>, order: &impl Order) -> Vec<Interval> {
    intervals.retain(|one| order.cuts(&one.lower, &one.upper) == Ordering::Less);
    intervals.sort_by(|one, other| order.cuts(&one.lower, &other.lower));
    let mut gaps = Vec::new();
    let mut reached = Cut::Start;
    for interval in intervals {
        if order.cuts(&interval.lower, &reached) == Ordering::Greater {
            gaps.push(Interval {
                lower: reached.clone(),
                upper: interval.lower,
            });
        }
        if order.cuts(&interval.upper, &reached) == Ordering::Greater {
            reached = interval.upper;
        }
    }
    if reached != Cut::End {
        gaps.push(Interval {
            lower: reached,
            upper: Cut::End,
        });
    }
    gaps
}

/// The events at the ends of intervals; `at` is the place of what has no version of its own.
pub(super) fn events(intervals: Vec<Interval>, at: &Place) -> Vec<Event> {
    let mut events = Vec::new();
    let mut push = |kind, Edge { version, at }| events.push(Event { kind, version, at });
    for Interval { lower, upper } in intervals {
        match lower {
            Cut::Start | Cut::End => push(
                EventKind::Introduced,
                Edge {
                    version: "0".to_owned(),
                    at: at.clone(),
                },
            ),
            Cut::Before(edge) => push(EventKind::Introduced, edge),
            Cut::Behind(edge) => push(EventKind::IntroducedAfter, edge),
        }
        match upper {
            Cut::Start | Cut::End => {}
            Cut::Before(edge) => push(EventKind::Fixed, edge),
            Cut::Behind(edge) => push(EventKind::LastAffected, edge),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers as versions.
    #[expect(clippy::unnecessary_wraps, reason = "an order may not know a version")]
    fn whole(one: &str, other: &str) -> Option<Ordering> {
        let number = |text: &str| text.parse::<i32>().unwrap();
        Some(number(one).cmp(&number(other)))
    }

    /// `[1`, `(1`, `1]` and `1)` with nothing for an open end.
    fn interval(text: &str) -> Interval {
        let (lower, upper) = text.split_once(',').unwrap();
        let edge = |text: &str| Edge {
            version: text.trim_matches(['[', ']', '(', ')']).to_owned(),
            at: Place::whole(),
        };
        Interval {
            lower: match lower.chars().next() {
                Some('[') => Cut::Before(edge(lower)),
                Some('(') => Cut::Behind(edge(lower)),
                _ => Cut::Start,
            },
            upper: match upper.chars().last() {
                Some(']') => Cut::Behind(edge(upper)),
                Some(')') => Cut::Before(edge(upper)),
                _ => Cut::End,
            },
        }
    }

    #[test]
    fn what_is_left_is_affected() {
        for (intervals, expected) in [
            (&[][..], "introduced 0"),
            (&[","], ""),
            (&["[3,"], "introduced 0, fixed 3"),
            (&["(3,"], "introduced 0, last_affected 3"),
            (&[",3]"], "introduced_after 3"),
            (&[",3)"], "introduced 3"),
            (&["[5,", ",3)"], "introduced 3, fixed 5"),
            (&["[3,3]"], "introduced 0, fixed 3, introduced_after 3"),
            (&["[3,3]", "(3,"], "introduced 0, fixed 3"),
            (
                &["[3,4)", "[4,5]", "[2,9)"],
                "introduced 0, fixed 2, introduced 9",
            ),
            (&["(3,", ",3)"], "introduced 3, last_affected 3"),
            (&["[5,3]", "[4,"], "introduced 0, fixed 4"),
            (&["(3,3]", "[4,"], "introduced 0, fixed 4"),
        ] {
            let intervals: Vec<_> = intervals.iter().map(|one| interval(one)).collect();
            let events = events(complement(intervals.clone(), &whole), &Place::whole());
            let told: Vec<_> = events
                .iter()
                .map(|event| {
                    let kind = serde_json::to_value(event.kind).unwrap();
                    format!("{} {}", kind.as_str().unwrap(), event.version)
                })
                .collect();
            assert_eq!(told.join(", "), expected, "{intervals:?}");
        }
    }

    #[test]
    fn requirements_narrow_each_other() {
        for (one, other, expected) in [
            ("[3,", ",5)", "[3,5)"),
            ("[3,", "(3,", "(3,"),
            (",5]", ",5)", ",5)"),
            ("[1,9]", "[2,3]", "[2,3]"),
        ] {
            let narrowed = interval(one).narrowed(interval(other), &whole);
            assert_eq!(narrowed, interval(expected), "{one} {other}");
            let narrowed = interval(other).narrowed(interval(one), &whole);
            assert_eq!(narrowed, interval(expected), "{other} {one}");
        }
    }
}
