//! Versions of RPM packages: epoch, version and release.
//!
//! Source: RPM documentation, `rpm-version(7)` and "Dependencies: versioning", and the comparison of
//! rpm 4.15 and later: `[epoch:]version[-release]`; each part by segments of digits or of letters, between
//! which any other sign only separates; `~` comes before everything, even the end, and `^` right behind the
//! end. A version without a release comes before one with it; without an epoch it is 0.

use std::cmp::Ordering;

use super::digits::{numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (read(one)?, read(other)?);
    let order = numeric(one.epoch, other.epoch).then_with(|| segments(one.version, other.version));
    Some(order.then_with(|| match (one.release, other.release) {
        (Some(one), Some(other)) => segments(one, other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }))
}

struct Parts<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

/// Only digits before the first `:` are an epoch; the release is behind the last `-`.
fn read(text: &str) -> Option<Parts<'_>> {
    let (digits, rest) = split_while(text, |byte| byte.is_ascii_digit());
    let (epoch, rest) = match rest.strip_prefix(':') {
        Some(rest) => (digits, rest),
        None => ("", text),
    };
    let (version, release) = match rest.rsplit_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    let is_version = !rest.is_empty() && !text.contains(char::is_whitespace);
    is_version.then_some(Parts {
        epoch,
        version,
        release,
    })
}

fn segments(mut one: &str, mut other: &str) -> Ordering {
    loop {
        one = without_separators(one);
        other = without_separators(other);
        let order = sign(one).cmp(&sign(other));
        if order.is_ne() {
            return order;
        }
        let is = match sign(one) {
            Sign::End => return Ordering::Equal,
            Sign::Tilde | Sign::Caret => {
                one = one.get(1..).unwrap_or_default();
                other = other.get(1..).unwrap_or_default();
                continue;
            }
            Sign::Letters => |byte: u8| byte.is_ascii_alphabetic(),
            Sign::Digits => |byte: u8| byte.is_ascii_digit(),
        };
        let ((one_segment, one_rest), (other_segment, other_rest)) =
            (split_while(one, is), split_while(other, is));
        let order = match sign(one) {
            Sign::Digits => numeric(one_segment, other_segment),
            _ => one_segment.cmp(other_segment),
        };
        if order.is_ne() {
            return order;
        }
        (one, other) = (one_rest, other_rest);
    }
}

/// What comes next, in the order in which it ranks.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Tilde,
    End,
    Caret,
    Letters,
    Digits,
}

fn sign(text: &str) -> Sign {
    match text.bytes().next() {
        None => Sign::End,
        Some(b'~') => Sign::Tilde,
        Some(b'^') => Sign::Caret,
        Some(byte) if byte.is_ascii_digit() => Sign::Digits,
        Some(_) => Sign::Letters,
    }
}

fn without_separators(text: &str) -> &str {
    text.trim_start_matches(|next: char| {
        !next.is_ascii_alphanumeric() && next != '~' && next != '^'
    })
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rules_of_rpm_are_kept() {
        orders(
            compare,
            &[
                "xyz.4",
                "1.0~alpha-1",
                "1.0~rc1",
                "1.0~rc1^git1",
                "1.0 1_0 01.000 0:1.0 :1.0 1.0. 1.0é",
                "1.0-1.el8 1.0-1_el8",
                "1.0-1.el9",
                "1.0-1.1",
                "1.0-2",
                "1.0-10",
                "1.0^",
                "1.0^git1~pre",
                "1.0^git1",
                "1.0^20200101",
                "1.0a 1.0.a",
                "1.0aa",
                "1.0.1",
                "1.10",
                "20200101",
                "1:0.1",
                "10:0.1-1",
            ],
        );
        law::refuses(compare, &["", "1:", "1 2"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("([0-2]:)?[0-9abZ.+~^]{1,5}(-[0-9ab+~^]{1,3})?")) {
            law::holds(compare, &triple)?;
        }
    }
}
