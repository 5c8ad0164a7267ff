//! Requirements of RubyGems (`Gem::Requirement` of RubyGems 3.x) as intervals.

use std::cmp::Ordering;

use super::super::interval::{Cut, Edge, Interval};
use crate::diagnostic::Place;
use crate::version::Scheme;

/// The ecosystem, as OSV spells it.
pub(super) const ECOSYSTEM: &str = "RubyGems";

/// The order of `Gem::Version`.
pub(super) fn order(one: &str, other: &str) -> Option<Ordering> {
    Scheme::of_ecosystem(ECOSYSTEM)?.compare(one, other)
}

/// The versions that fulfill a requirement such as `~> 1.2.3, >= 1.2.3.4`; `None` for what is no
/// requirement, or none of one interval (`!=`).
pub(super) fn interval(text: &str, at: &Place) -> Option<Interval> {
    text.split(',').try_fold(Interval::all(), |whole, clause| {
        Some(whole.narrowed(of_clause(clause, at)?, &order))
    })
}

fn of_clause(clause: &str, at: &Place) -> Option<Interval> {
    let clause = clause.trim();
    let operators = clause
        .bytes()
        .take_while(|byte| b"<>=~!".contains(byte))
        .count();
    let (operator, version) = clause.split_at_checked(operators)?;
    let version = version.trim();
    order(version, version)?;
    let edge = |version: &str| Edge {
        version: version.to_owned(),
        at: at.clone(),
    };
    let own = edge(version);
    Some(match operator {
        "" | "=" => Interval {
            lower: Cut::Before(own.clone()),
            upper: Cut::Behind(own),
        },
        ">" => Interval {
            lower: Cut::Behind(own),
            ..Interval::all()
        },
        ">=" => Interval {
            lower: Cut::Before(own),
            ..Interval::all()
        },
        "<" => Interval {
            upper: Cut::Before(own),
            ..Interval::all()
        },
        "<=" => Interval {
            upper: Cut::Behind(own),
            ..Interval::all()
        },
        "~>" => Interval {
            lower: Cut::Before(own),
            upper: Cut::Before(edge(&end(version)?)),
        },
        _ => return None,
    })
}

/// Where `~>` ends: the last number but one is raised (`Gem::Version#bump`), and a pre-release of that
/// version is not inside either, since `~>` compares releases. Of those the least that a gem has is
/// `A`, as `Gem::Version` orders letters before numbers and by their code.
fn end(version: &str) -> Option<String> {
    let numbers = version.split(['.', '-']);
    let mut numbers: Vec<&str> = numbers
        .take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last: u64 = numbers.pop()?.parse().ok()?;
    let raised = last.checked_add(1)?.to_string();
    numbers.push(&raised);
    Some(format!("{}.A", numbers.join(".")))
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn a_pessimistic_requirement_ends_before_the_next() {
        for (version, expected) in [
            ("1.2.3", Some("1.3.A")),
            ("1.2", Some("2.A")),
            ("1", Some("2.A")),
            ("2.0.0-alpha", Some("2.1.A")),
            ("2.0.0.rc1", Some("2.1.A")),
            ("1.18446744073709551615.0", None),
        ] {
            assert_eq!(end(version).as_deref(), expected, "{version}");
        }
    }
}
