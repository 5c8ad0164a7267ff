//! Semantic Versioning, read as leniently as OSV records need it.
//!
//! Source: Semantic Versioning 2.0.0, section 11 (precedence) and 10 (build metadata has none); OSV
//! schema, `affected[].ranges[]`, type `SEMVER`. Lenient: a leading `v`, any number of numbers, of which
//! missing ones are zero, and leading zeros. A text that has no numbers at its beginning is no version.

use std::cmp::Ordering;

use super::digits::{is_number, numeric, padded_lists, split_while};

/// The parts of a version.
pub(super) struct Parts<'a> {
    /// Numbers with dots between them.
    pub(super) numbers: &'a str,
    /// The pre-release behind `-`.
    before: Option<&'a str>,
    /// The build metadata behind `+`.
    build: Option<&'a str>,
}

/// Reads a version; `None` where it is none.
pub(super) fn read(text: &str) -> Option<Parts<'_>> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (numbers, rest) = split_while(text, |byte| byte.is_ascii_digit() || byte == b'.');
    let (rest, build) = match rest.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (rest, None),
    };
    let before = match rest.strip_prefix('-') {
        None if !rest.is_empty() => return None,
        before => before,
    };
    let are_identifiers = |text: &str| {
        text.split('.').all(|one| {
            !one.is_empty()
                && one
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    let is_version = numbers.split('.').all(is_number)
        && before.is_none_or(are_identifiers)
        && build.is_none_or(are_identifiers);
    is_version.then_some(Parts {
        numbers,
        before,
        build,
    })
}

/// Orders two versions; build metadata does not count.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    Some(precedence(&read(one)?, &read(other)?, |byte| byte))
}

/// The same for tags, of which only whole ones, with three numbers, name one release.
pub(super) fn compare_tags(one: &str, other: &str) -> Option<Ordering> {
    let is_whole = |text| read(text).is_some_and(|parts| parts.numbers.matches('.').count() == 2);
    (is_whole(one) && is_whole(other))
        .then(|| compare(one, other))
        .flatten()
}

/// The precedence of two versions. `fold` maps the letters of a pre-release that count as one.
pub(super) fn precedence(one: &Parts<'_>, other: &Parts<'_>, fold: fn(u8) -> u8) -> Ordering {
    padded_lists(one.numbers.split('.'), other.numbers.split('.')).then_with(|| {
        match (one.before, other.before) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(other)) => identifiers(one, other, fold),
        }
    })
}

/// Orders the build metadata of two versions, for ecosystems in which it counts: none comes first.
pub(super) fn build(one: &Parts<'_>, other: &Parts<'_>) -> Ordering {
    match (one.build, other.build) {
        (Some(one), Some(other)) => identifiers(one, other, |byte| byte),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// Section 11.4: numbers by value and below words, words by ASCII, a longer list above a shorter one.
fn identifiers(one: &str, other: &str, fold: fn(u8) -> u8) -> Ordering {
    let mut others = other.split('.');
    for one in one.split('.') {
        let Some(other) = others.next() else {
            return Ordering::Greater;
        };
        let order = match (is_number(one), is_number(other)) {
            (true, true) => numeric(one, other),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => one.bytes().map(fold).cmp(other.bytes().map(fold)),
        };
        if order.is_ne() {
            return order;
        }
    }
    match others.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn precedence_is_that_of_the_specification() {
        orders(
            compare,
            &[
                "0.9",
                "1.0.0-0 1.0-0",
                "1.0.0-2",
                "1.0.0-10",
                "1.0.0-10a",
                "1.0.0-Beta",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1 v1.0-rc.1+x",
                "1.0.0 1 v1.0 1.0.0+b.2 1.0.0.0",
                "1.0.0.1",
                "1.0.1",
                "1.10",
                "99999999999999999999999999",
            ],
        );
    }

    #[test]
    fn what_is_no_version_has_no_place() {
        law::refuses(
            compare,
            &[
                "", "v", "x1", "1.", "1..2", ".1", "1-", "1+", "1-a..b", "1-a_b", "1.x", "1.0a",
                "main", "1.0 ", "vv1", "1-é",
            ],
        );
        law::refuses(compare_tags, &["v4", "4.1", "1.2.3.4", "main", "8f4b7f8"]);
        assert_eq!(compare_tags("v4.1.2", "4.1.10"), Some(Ordering::Less));
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("v?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-[a-c0-2]{1,2}(\\.[a-b0-2]){0,2})?(\\+[a-b]{1,2})?")) {
            law::holds(compare, &triple)?;
        }

        #[test]
        fn it_agrees_with_the_semver_crate(
            one in "[0-9]\\.[0-9]\\.1?[0-9](-[a-c0-2-]{1,2}(\\.[a-b0-2]){0,2})?",
            other in "[0-9]\\.[0-9]\\.1?[0-9](-[a-c0-2-]{1,2}(\\.[a-b0-2]){0,2})?",
        ) {
            if let (Ok(left), Ok(right)) = (semver::Version::parse(&one), semver::Version::parse(&other)) {
                prop_assert_eq!(compare(&one, &other), Some(left.cmp_precedence(&right)));
            }
        }
    }
}
