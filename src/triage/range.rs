//! Ranges of versions in the form `vers:scheme/constraints`.
//!
//! Source: the VERS specification (<https://github.com/package-url/vers-spec>), "Version range specifier"
//! and "Checking if a version is contained within a range"; CSAF 2.0, 3.1.2.2, refers to it.

use std::cmp::Ordering;

use crate::purl::decoded;
use crate::version::Scheme;

/// The most constraints of a range; one with more has no order that anybody would wait for.
const MOST_CONSTRAINTS: usize = 1000;

/// A comparator with its version.
type Constraint = (Comparator, String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    scheme: Option<Scheme>,
    is_all: bool,
    constraints: Vec<Constraint>,
}

impl Range {
    /// Reads a range; `None` for a text that is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("vers:")?;
        let (scheme, constraints) = rest.split_once('/')?;
        let mut range = Self {
            scheme: scheme_of(&scheme.to_ascii_lowercase()),
            is_all: constraints.trim() == "*",
            constraints: Vec::new(),
        };
        if range.is_all {
            return Some(range);
        }
        for one in constraints.split('|').map(str::trim) {
            let (comparator, version) = comparator(one);
            let version = decoded(version.trim());
            if version.is_empty() || version == "*" {
                return None;
            }
            range.constraints.push((comparator, version));
            if range.constraints.len() > MOST_CONSTRAINTS {
                return None;
            }
        }
        Some(range)
    }

    /// Whether a version is inside; `None` where the versions have no order that is known.
    pub(super) fn contains(&self, version: &str) -> Option<bool> {
        if self.is_all {
            return Some(true);
        }
        let mut bounds = Vec::new();
        for (comparator, bound) in &self.constraints {
            let is_equal = self.compare(version, bound) == Some(Ordering::Equal);
            match comparator {
                Comparator::Equal if is_equal => return Some(true),
                Comparator::NotEqual if is_equal => return Some(false),
                Comparator::Equal | Comparator::NotEqual => {}
                _ => bounds.push((*comparator, bound.as_str())),
            }
        }
        if bounds.is_empty() {
            // With nothing but exclusions everything else is inside.
            let only_excludes = self
                .constraints
                .iter()
                .all(|one| one.0 == Comparator::NotEqual);
            return Some(only_excludes && !self.constraints.is_empty());
        }
        self.between(version, bounds)
    }

    /// Walks along the bounds in the order of their versions.
    fn between(&self, version: &str, mut bounds: Vec<(Comparator, &str)>) -> Option<bool> {
        // Every two must be comparable before they may be sorted.
        for (_, bound) in &bounds {
            self.compare(version, bound)?;
        }
        let mut is_ordered = true;
        bounds.sort_by(|one, other| {
            self.compare(one.1, other.1).unwrap_or_else(|| {
                is_ordered = false;
                Ordering::Equal
            })
        });
        if !is_ordered {
            return None;
        }
        let above = |bound: &str, or_equal: bool| match self.compare(version, bound) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => or_equal,
            _ => false,
        };
        let mut lower: Option<(bool, &str)> = None;
        let mut is_first = true;
        for (comparator, bound) in bounds {
            match comparator {
                Comparator::Greater | Comparator::GreaterOrEqual => {
                    // Of two lower bounds in a row the first one is the wider.
                    lower = lower.or(Some((comparator == Comparator::GreaterOrEqual, bound)));
                }
                _ => {
                    let is_below = !above(bound, comparator == Comparator::Less);
                    let is_above = match lower {
                        Some((or_equal, from)) => above(from, or_equal),
                        None => is_first,
                    };
                    if is_below && is_above {
                        return Some(true);
                    }
                    lower = None;
                }
            }
            is_first = false;
        }
        Some(lower.is_some_and(|(or_equal, from)| above(from, or_equal)))
    }

    fn compare(&self, one: &str, other: &str) -> Option<Ordering> {
        if one == other {
            return Some(Ordering::Equal);
        }
        self.scheme?.compare(one, other)
    }
}

fn comparator(text: &str) -> (Comparator, &str) {
    for (mark, comparator) in [
        (">=", Comparator::GreaterOrEqual),
        ("<=", Comparator::LessOrEqual),
        ("!=", Comparator::NotEqual),
        (">", Comparator::Greater),
        ("<", Comparator::Less),
        ("=", Comparator::Equal),
    ] {
        if let Some(version) = text.strip_prefix(mark) {
            return (comparator, version);
        }
    }
    (Comparator::Equal, text)
}

/// The order of the versions of a versioning scheme or package type.
///
/// Source of the names: the VERS specification, "Some of the known versioning schemes", and the types of
/// the purl specification.
pub(super) fn scheme_of(kind: &str) -> Option<Scheme> {
    match kind {
        "semver" => Some(Scheme::Semver),
        "alpine" => Scheme::of_purl_type("apk", ""),
        _ => Scheme::of_purl_type(kind, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_inside_or_not_or_nobody_knows() {
        for (range, version, expected) in [
            ("vers:npm/*", "1.0.0", Some(true)),
            ("vers:npm/1.0.0|1.1.0", "1.1.0", Some(true)),
            ("vers:npm/1.0.0|1.1.0", "1.2.0", Some(false)),
            ("vers:npm/>=1.0.0|<2.0.0", "1.0.0", Some(true)),
            ("vers:npm/>=1.0.0|<2.0.0", "2.0.0", Some(false)),
            ("vers:npm/<2.0.0|>=1.0.0", "1.5.0", Some(true)),
            ("vers:npm/>1.0.0", "1.0.0", Some(false)),
            ("vers:npm/>1.0.0", "9.0.0", Some(true)),
            ("vers:npm/<=1.0.0", "1.0.0", Some(true)),
            ("vers:npm/<1.0.0|>=2.0.0", "0.1.0", Some(true)),
            ("vers:npm/<1.0.0|>=2.0.0", "1.1.0", Some(false)),
            ("vers:npm/<1.0.0|>=2.0.0", "2.0.0", Some(true)),
            (
                "vers:npm/>=1.0.0|<2.0.0|>=3.0.0|<4.0.0",
                "2.5.0",
                Some(false),
            ),
            (
                "vers:npm/>=1.0.0|<2.0.0|>=3.0.0|<4.0.0",
                "3.5.0",
                Some(true),
            ),
            ("vers:npm/>=1.0.0|!=1.5.0|<2.0.0", "1.5.0", Some(false)),
            ("vers:npm/!=1.5.0", "1.6.0", Some(true)),
            ("vers:npm/1.9.0|>=2.0.0", "1.9.0", Some(true)),
            ("vers:npm/>=1.0.0|>=1.5.0|<2.0.0", "1.2.0", Some(true)),
            ("vers:npm/>=1.0.0%2Db|<2.0.0", "1.0.0", Some(true)),
            ("vers:npm/>=x", "1.0.0", None),
            ("vers:unheard/>=1.0.0", "1.0.1", None),
            ("vers:unheard/>=1.0.0", "1.0.0", Some(true)),
            ("vers:unheard/1.0|1.1", "1.1", Some(true)),
        ] {
            let read = Range::parse(range).unwrap();
            assert_eq!(read.contains(version), expected, "{range} {version}");
        }
        for text in [
            "",
            "vers:npm",
            "vers:npm/",
            "vers:npm/>=",
            ">=1",
            "vls:1.0",
            "vers:npm/>=*",
        ] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }

    #[test]
    fn intervals_are_found_as_they_were_written() {
        let version = |number: usize| format!("{number}.0.0");
        // Every choice of points among eight, read as the ends of intervals in turn.
        for choice in 1_usize..256 {
            let points: Vec<usize> = (1..9)
                .filter(|one| choice & (1 << (one - 1)) != 0)
                .collect();
            for begins_below in [true, false] {
                let constraints: Vec<String> = points
                    .iter()
                    .enumerate()
                    .map(|(index, point)| {
                        let is_end = (index % 2 == 0) == begins_below;
                        format!("{}{}", if is_end { "<" } else { ">=" }, version(*point))
                    })
                    .collect();
                let text = format!("vers:npm/{}", constraints.join("|"));
                let range = Range::parse(&text).unwrap();
                for number in 0..10 {
                    let passed = points.iter().filter(|point| **point <= number).count();
                    let expected = (passed % 2 == 0) == begins_below;
                    let found = range.contains(&version(number));
                    assert_eq!(found, Some(expected), "{text} {number}");
                }
            }
        }
    }
}
