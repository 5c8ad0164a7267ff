//! What every order must keep, for the tests of the schemes.

use std::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

type Compare = fn(&str, &str) -> Option<Ordering>;

/// Three versions of a pattern.
pub(super) fn triple(pattern: &str) -> impl Strategy<Value = Vec<String>> + use<> {
    vec(proptest::string::string_regex(pattern).unwrap(), 3)
}

/// Reflexivity, antisymmetry and transitivity.
pub(super) fn holds(compare: Compare, versions: &[String]) -> Result<(), TestCaseError> {
    for one in versions {
        prop_assert!(compare(one, one).is_none_or(Ordering::is_eq), "{one}");
        for other in versions {
            let order = compare(one, other);
            prop_assert_eq!(
                order,
                compare(other, one).map(Ordering::reverse),
                "{} {}",
                one,
                other
            );
            for third in versions {
                if let (Some(left), Some(right)) = (order, compare(other, third)) {
                    let expected = match (left, right) {
                        (Ordering::Equal, order) | (order, Ordering::Equal) => order,
                        (left, right) if left == right => left,
                        _ => continue,
                    };
                    prop_assert_eq!(
                        compare(one, third),
                        Some(expected),
                        "{} {} {}",
                        one,
                        other,
                        third
                    );
                }
            }
        }
    }
    Ok(())
}

/// Rows from the earliest on; versions in one row, with spaces between them, are equal.
pub(super) fn orders(compare: Compare, rows: &[&str]) {
    for (left, row) in rows.iter().enumerate() {
        for (right, other_row) in rows.iter().enumerate() {
            for one in row.split(' ') {
                for other in other_row.split(' ') {
                    assert_eq!(compare(one, other), Some(left.cmp(&right)), "{one} {other}");
                }
            }
        }
    }
}

/// Texts that have no place in the order, not even beside themselves.
pub(super) fn refuses(compare: Compare, texts: &[&str]) {
    for text in texts {
        assert_eq!(compare(text, text), None, "{text}");
    }
}
