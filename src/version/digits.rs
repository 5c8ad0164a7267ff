//! Numbers as runs of digits, of any length, never as fixed-size integers.

use std::cmp::Ordering;

/// Orders two runs of digits by value. Leading zeros say nothing, and no digits are zero.
pub(super) fn numeric(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    let by_length = one.len().cmp(&other.len());
    by_length.then_with(|| one.cmp(other))
}

/// Whether the text is one digit or more and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits behind the leading bytes that `is` accepts; `is` must treat all bytes beyond ASCII alike.
pub(super) fn split_while(text: &str, is: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !is(byte));
    end.and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, ""))
}

/// Orders two lists of numbers; of two that agree as far as both go, the longer one is later.
pub(super) fn lists<'a>(
    one: impl Iterator<Item = &'a str>,
    mut other: impl Iterator<Item = &'a str>,
) -> Ordering {
    for one in one {
        let Some(other) = other.next() else {
            return Ordering::Greater;
        };
        let order = numeric(one, other);
        if order.is_ne() {
            return order;
        }
    }
    match other.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

/// Orders two lists of numbers as if the shorter one went on with zeros.
pub(super) fn padded_lists<'a>(
    mut one: impl Iterator<Item = &'a str>,
    mut other: impl Iterator<Item = &'a str>,
) -> Ordering {
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => numeric(one.unwrap_or_default(), other.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    #[test]
    fn digits_of_any_length_are_ordered_by_value() {
        let long = "9".repeat(400);
        for (one, other, expected) in [
            ("9", "10", Less),
            ("007", "7", Equal),
            ("", "0", Equal),
            ("18446744073709551616", "18446744073709551615", Greater),
            (long.as_str(), "1", Greater),
        ] {
            assert_eq!(numeric(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn lists_differ_in_what_a_missing_number_means() {
        let list = |text: &'static str| text.split('.');
        assert_eq!(lists(list("1.0"), list("1")), Greater);
        assert_eq!(lists(list("1.2"), list("1.10")), Less);
        assert_eq!(padded_lists(list("1.0"), list("1")), Equal);
        assert_eq!(padded_lists(list("1"), list("1.0.1")), Less);
    }
}
