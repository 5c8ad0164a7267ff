//! Requirements on versions, as RustSec's database means them.

use std::cmp::Ordering;

use semver::{Comparator, Op, Version, VersionReq};

use super::super::interval::{Cut, Edge, Interval, Order as _};
use crate::diagnostic::{Diagnostic, Place};

/// The versions that fulfill a requirement.
///
/// A part that is left out is zero (`> 1` is `> 1.0.0`), and `^` and `~` end before the first pre-release
/// of the next version: so the database's own tools judge, which differs from Cargo's resolution.
///
/// # Errors
///
/// The reason why a requirement cannot be used.
pub(super) fn interval(text: &str, at: &Place) -> Result<Interval, String> {
    let requirement =
        VersionReq::parse(text).map_err(|error| format!("a requirement is malformed: {error}"))?;
    let mut whole = Interval::all();
    for comparator in &requirement.comparators {
        let one = of_comparator(comparator, at)
            .ok_or("a requirement has an operator or a number that cannot be used")?;
        whole = whole.narrowed(one, &precedence);
    }
    Ok(whole)
}

fn of_comparator(comparator: &Comparator, at: &Place) -> Option<Interval> {
    let edge = |version: &Version| Edge {
        version: version.to_string(),
        at: at.clone(),
    };
    let mut version = Version::new(
        comparator.major,
        comparator.minor.unwrap_or(0),
        comparator.patch.unwrap_or(0),
    );
    version.pre = comparator.pre.clone();
    // The package raises the last number to find the next version.
    version.patch.checked_add(1)?;
    let own = edge(&version);
    Some(match comparator.op {
        Op::Exact => Interval {
            lower: Cut::Before(own.clone()),
            upper: Cut::Behind(own),
        },
        Op::Greater => Interval {
            lower: Cut::Behind(own),
            ..Interval::all()
        },
        Op::GreaterEq => Interval {
            lower: Cut::Before(own),
            ..Interval::all()
        },
        Op::Less => Interval {
            upper: Cut::Before(own),
            ..Interval::all()
        },
        Op::LessEq => Interval {
            upper: Cut::Behind(own),
            ..Interval::all()
        },
        Op::Caret | Op::Tilde => Interval {
            lower: Cut::Before(own),
            upper: Cut::Before(edge(&next(comparator)?)),
        },
        _ => return None,
    })
}

/// The least pre-release of the version at which `^` and `~` end.
fn next(comparator: &Comparator) -> Option<Version> {
    let (major, minor, patch) = (comparator.major, comparator.minor, comparator.patch);
    let mut next = match (comparator.op, major, minor, patch) {
        (Op::Caret, 0, Some(0), Some(patch)) => Version::new(0, 0, patch.checked_add(1)?),
        (Op::Caret, 0, Some(minor), _) => Version::new(0, minor.checked_add(1)?, 0),
        (Op::Tilde, _, Some(minor), _) => Version::new(major, minor.checked_add(1)?, 0),
        _ => Version::new(major.checked_add(1)?, 0, 0),
    };
    next.pre = semver::Prerelease::new("0").ok()?;
    Some(next)
}

/// The precedence of Semantic Versioning (2.0.0, section 11).
pub(super) fn precedence(one: &str, other: &str) -> Option<Ordering> {
    let read = |text: &str| Version::parse(text).ok();
    Some(read(one)?.cmp_precedence(&read(other)?))
}

/// Refuses two requirements that begin at the same version, on which the package panics.
///
/// # Errors
///
/// `advisory-malformed`.
pub(super) fn check_starts(intervals: &[Interval]) -> Result<(), Diagnostic> {
    let mut starts: Vec<&Edge> = intervals
        .iter()
        .filter_map(|one| one.lower.edge().map(|(edge, _)| edge))
        .collect();
    let order = |one: &&Edge, other: &&Edge| {
        precedence
            .compare(&one.version, &other.version)
            .unwrap_or(Ordering::Equal)
    };
    starts.sort_by(order);
    let mut pairs = starts.iter().zip(starts.iter().skip(1));
    match pairs.find(|(one, other)| order(one, other) == Ordering::Equal) {
        None => Ok(()),
        Some((_, second)) => Err(super::malformed(
            second.at.clone(),
            "two requirements begin at the same version",
        )),
    }
}
