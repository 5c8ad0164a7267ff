//! Versions of Debian packages and of the distributions that use `dpkg`.
//!
//! Source: Debian Policy Manual, section 5.6.12, and `deb-version(7)`: `[epoch:]upstream[-revision]`. The
//! epoch is compared as a number, then the other two by turns: what is not digits, in which `~` comes before
//! the end, the end before letters and letters before all other signs, and then digits by value.

use std::cmp::Ordering;

use super::digits::{is_number, numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let ((one_epoch, one), (other_epoch, other)) = (epoch(one)?, epoch(other)?);
    let by_epoch = numeric(one_epoch, other_epoch);
    Some(by_epoch.then_with(|| without_epoch(one, other)))
}

/// The epoch and what is behind it; `None` where the text is no version.
fn epoch(text: &str) -> Option<(&str, &str)> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~:".contains(&byte);
    let is_whole = match rest.rsplit_once('-') {
        Some((upstream, revision)) => !upstream.is_empty() && !revision.is_empty(),
        None => !rest.is_empty(),
    };
    (is_number(epoch) && is_whole && rest.bytes().all(is_sign)).then_some((epoch, rest))
}

/// Orders upstream versions and then revisions; one that is missing is the same as `0`.
pub(super) fn without_epoch(one: &str, other: &str) -> Ordering {
    let split = |text| match str::rsplit_once(text, '-') {
        Some(parts) => parts,
        None => (text, ""),
    };
    let ((one, one_revision), (other, other_revision)) = (split(one), split(other));
    by_turns(one, other).then_with(|| by_turns(one_revision, other_revision))
}

fn by_turns(mut one: &str, mut other: &str) -> Ordering {
    while !(one.is_empty() && other.is_empty()) {
        let (one_signs, one_rest) = split_while(one, |byte| !byte.is_ascii_digit());
        let (other_signs, other_rest) = split_while(other, |byte| !byte.is_ascii_digit());
        let (one_digits, one_rest) = split_while(one_rest, |byte| byte.is_ascii_digit());
        let (other_digits, other_rest) = split_while(other_rest, |byte| byte.is_ascii_digit());
        let order = signs(one_signs, other_signs).then_with(|| numeric(one_digits, other_digits));
        if order.is_ne() {
            return order;
        }
        (one, other) = (one_rest, other_rest);
    }
    Ordering::Equal
}

fn signs(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.bytes(), other.bytes());
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => weight(one).cmp(&weight(other)),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The class of a sign, then the sign.
fn weight(sign: Option<u8>) -> (u8, u8) {
    match sign {
        Some(b'~') => (0, 0),
        None => (1, 0),
        Some(letter) if letter.is_ascii_alphabetic() => (2, letter),
        Some(other) => (3, other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_policy_is_kept() {
        orders(
            compare,
            &[
                "1.0~~",
                "1.0~~a",
                "1.0~",
                "1.0~rc1-1",
                "1.0 1.0-0 0:1.0",
                "1.0-1~bpo1",
                "1.0-1 1.0-01",
                "1.0-1+b1",
                "1.0-2",
                "1.0-10",
                "1.0a",
                "1.0+a",
                "1.0.1-1",
                "1.0.1-1-1",
                "1:0.1",
                "10:0.1",
            ],
        );
        law::refuses(
            compare,
            &["", ":1", "a:1", "1:", "-1", "1.0-", "1_2", "1.0 x", "1.é"],
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("([0-2]:)?[0-9a-bZ.+~]{1,5}(-[0-9a-b+~]{1,3})?")) {
            law::holds(compare, &triple)?;
        }
    }
}
