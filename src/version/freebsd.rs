//! Versions of FreeBSD packages.
//!
//! Source: `pkg-version(8)` and the FreeBSD Porter's Handbook, section 5.2.3 (`VERSION[_REVISION][,EPOCH]`).
//! The epoch decides, then the version, then the revision. A version is a row of components: a number, a
//! letter and a patch level. A missing number comes before 0, a missing patch level of a letter too; missing
//! components are 0. `pl`, `alpha`, `beta`, `pre` and `rc` begin a component of their own, in which `pl` comes
//! before all letters; of other words the first letter counts. `*` comes before everything, and components
//! behind `+` are held against each other only when what is before it is equal.

use std::cmp::Ordering;

use super::digits::{is_number, numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (read(one)?, read(other)?);
    let by_epoch = numeric(one.epoch, other.epoch);
    Some(
        by_epoch
            .then_with(|| components(one.version, other.version))
            .then_with(|| numeric(one.revision, other.revision)),
    )
}

struct Parts<'a> {
    version: &'a str,
    revision: &'a str,
    epoch: &'a str,
}

/// Words that begin a component of their own, with the rank of their letter.
const STAGES: [(&str, u8); 5] = [
    ("pl", 0),
    ("alpha", 1),
    ("beta", 2),
    ("pre", 16),
    ("rc", 18),
];

fn read(text: &str) -> Option<Parts<'_>> {
    let (rest, epoch) = text.rsplit_once(',').unwrap_or((text, "0"));
    let (version, revision) = rest.rsplit_once('_').unwrap_or((rest, "0"));
    let is_version = is_number(epoch)
        && is_number(revision)
        && version.starts_with(|first: char| first.is_ascii_alphanumeric())
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".+*:~".contains(&byte));
    is_version.then_some(Parts {
        version,
        revision,
        epoch,
    })
}

/// A number, a letter and a patch level, each with its rank.
#[derive(Clone, Copy)]
struct Component<'a> {
    number: Count<'a>,
    letter: u8,
    patch: Count<'a>,
}

#[derive(Clone, Copy)]
enum Count<'a> {
    Least,
    Missing,
    Digits(&'a str),
}

impl Count<'_> {
    fn order(self, other: Count<'_>) -> Ordering {
        let rank = |count| match count {
            Count::Least => 0,
            Count::Missing => 1,
            Count::Digits(_) => 2,
        };
        match (self, other) {
            (Self::Digits(one), Count::Digits(other)) => numeric(one, other),
            (one, other) => rank(one).cmp(&rank(other)),
        }
    }
}

const ZERO: Component<'static> = Component {
    number: Count::Digits(""),
    letter: 0,
    patch: Count::Digits(""),
};

fn components<'a>(mut one: &'a str, mut other: &'a str) -> Ordering {
    while !(one.is_empty() && other.is_empty()) {
        let ends = |text: &str| text.is_empty() || text.starts_with('+');
        if ends(one) && ends(other) {
            one = one.strip_prefix('+').unwrap_or(one);
            other = other.strip_prefix('+').unwrap_or(other);
            continue;
        }
        let next = |text: &'a str| {
            if ends(text) {
                (ZERO, text)
            } else {
                component(text)
            }
        };
        let ((left, one_rest), (right, other_rest)) = (next(one), next(other));
        let order = left
            .number
            .order(right.number)
            .then_with(|| left.letter.cmp(&right.letter))
            .then_with(|| left.patch.order(right.patch));
        if order.is_ne() {
            return order;
        }
        (one, other) = (one_rest, other_rest);
    }
    Ordering::Equal
}

/// The next component, and what is behind it and its separators.
fn component(text: &str) -> (Component<'_>, &str) {
    let mut component = ZERO;
    let (digits, mut rest) = split_while(text, |byte| byte.is_ascii_digit());
    if !digits.is_empty() {
        component.number = Count::Digits(digits);
    } else if text.starts_with('*') {
        component.number = Count::Least;
        (_, rest) = split_while(text, |byte| byte != b'+');
    } else {
        component.number = Count::Missing;
    }
    let (word, behind) = split_while(rest, |byte| byte.is_ascii_alphabetic());
    let stage = STAGES
        .iter()
        .find(|(stage, _)| word.eq_ignore_ascii_case(stage))
        .map(|(_, rank)| *rank);
    // A stage that follows a number waits for a component of its own.
    let waits = stage.is_some() && matches!(component.number, Count::Digits(_));
    if let (Some(letter), false) = (word.bytes().next(), waits) {
        let letter = (letter.to_ascii_lowercase()).saturating_sub(b'a') + 1;
        component.letter = stage.unwrap_or(letter);
        let (digits, behind) = split_while(behind, |byte| byte.is_ascii_digit());
        component.patch = if digits.is_empty() {
            Count::Missing
        } else {
            Count::Digits(digits)
        };
        rest = behind;
    }
    let rest = rest.trim_start_matches(|next: char| {
        !next.is_ascii_alphanumeric() && next != '+' && next != '*'
    });
    (component, rest)
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_manual_is_kept() {
        orders(
            compare,
            &[
                "pl11",
                "alpha3",
                "0.1beta2 0.1.b2",
                "0.1 0.1_0 0.1,0 00.1.0",
                "0.1_1",
                "0.1_10",
                "2.*",
                "2pl1",
                "2alpha3",
                "2.9f7",
                "3.*",
                "10alpha 10.a",
                "10 10.0 10..0",
                "10.1 10:1",
                "10a",
                "10b",
                "10b2",
            ],
        );
        orders(
            compare,
            &["14.3", "14.3_1", "14.3_5", "14.4", "1.0,1", "0.9_2,2"],
        );
        law::refuses(compare, &["", "14.3-RELEASE", "1_a", "1,x", ".1", "_1"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-2](\\.?[0-2]|\\.?[a-c]|rc|pl){0,3}(\\+[0-2])?(_[0-2])?(,[0-2])?")) {
            law::holds(compare, &triple)?;
        }
    }
}
