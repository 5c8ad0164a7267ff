//! Versions of PHP packages.
//!
//! Source: PHP manual, `version_compare`, by which OSV orders Packagist: parts are split at `-`, `_`, `+` and
//! `.` and between digits and letters, and ranked: any other word, `dev`, `alpha` or `a`, `beta` or `b`, `RC`
//! or `rc`, `#`, `pl` or `p`; words are known by their beginning, and `#` stands for any number. A version that
//! goes on with a number is later, one that goes on with a word is what that word is against a number. A
//! leading `v` says nothing (Composer documentation, "Versions and constraints"). Two branches (`dev-…`) of
//! different names have no order.
//!
//! `1.0` comes before `1.0.0`. As `#` is the same as every number, versions with it are no total order.

use std::cmp::Ordering;

use super::digits::{numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let is_branch = |text: &str| text.starts_with("dev-");
    if is_branch(one) && is_branch(other) {
        return (one == other).then_some(Ordering::Equal);
    }
    let (mut one, mut other) = (Parts::of(one)?, Parts::of(other)?);
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Some(Ordering::Equal),
            (one, other) => order(one, other),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Number(&'a str),
    /// The sign `#`.
    Any,
    Word(&'a str),
}

/// The words that the manual names, with their ranks. The end and a number lie between `rc` and `pl`.
const WORDS: [(&str, u8); 9] = [
    ("dev", 1),
    ("alpha", 2),
    ("a", 2),
    ("beta", 3),
    ("b", 3),
    ("RC", 4),
    ("rc", 4),
    ("pl", 7),
    ("p", 7),
];
const END: u8 = 5;
const NUMBER: u8 = 6;

fn order(one: Option<Part<'_>>, other: Option<Part<'_>>) -> Ordering {
    let rank = |part: Option<Part<'_>>| match part {
        None => END,
        Some(Part::Number(_) | Part::Any) => NUMBER,
        Some(Part::Word(word)) => WORDS
            .iter()
            .find(|(known, _)| word.starts_with(known))
            .map_or(0, |(_, rank)| *rank),
    };
    match (one, other) {
        (Some(Part::Number(one)), Some(Part::Number(other))) => numeric(one, other),
        (Some(Part::Any), None | Some(Part::Number(_)))
        | (None | Some(Part::Number(_)), Some(Part::Any)) => Ordering::Equal,
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

struct Parts<'a> {
    rest: &'a str,
    is_separated: bool,
}

impl<'a> Parts<'a> {
    /// The parts of a version; `None` for a text without any.
    fn of(text: &'a str) -> Option<Self> {
        let bare = text.strip_prefix(['v', 'V']);
        let bare = bare.filter(|bare| bare.starts_with(|first: char| first.is_ascii_digit()));
        let rest = bare.unwrap_or(text);
        let has_parts = rest.contains(|one: char| one.is_ascii_alphanumeric());
        has_parts.then_some(Self {
            rest,
            is_separated: false,
        })
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let is_part = |next: char| next.is_ascii_alphanumeric() || next == '#';
        let rest = self.rest.trim_start_matches(|next| !is_part(next));
        let is_separated = rest.len() < self.rest.len();
        self.rest = rest;
        let Some(first) = rest.bytes().next() else {
            // A separator at the end leaves an empty word behind.
            return (is_separated && !std::mem::replace(&mut self.is_separated, true))
                .then_some(Part::Word(""));
        };
        let (part, behind) = match first {
            b'#' => rest.split_at_checked(1)?,
            b'0'..=b'9' => split_while(rest, |byte| byte.is_ascii_digit()),
            _ => split_while(rest, |byte| byte.is_ascii_alphabetic()),
        };
        self.rest = behind;
        Some(match first {
            b'#' => Part::Any,
            b'0'..=b'9' => Part::Number(part),
            _ => Part::Word(part),
        })
    }
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
                "dev-main",
                "1.0.test 1.0-stable 1.0.",
                "1.0-dev 1.0dev",
                "1.0a1 1.0-alpha.1 v1.0.a1",
                "1.0b1 1.0-beta1",
                "1.0RC1 1.0rc1 1.0-RC.1",
                "1.0RC10",
                "1.0 v1.0 1.00",
                "1.0.0",
                "1.0+200330",
                "1.0pl1 1.0-patch1 1.0p1",
                "1.1",
                "1.10",
                "99999999999999999999",
            ],
        );
        law::refuses(compare, &["", "-", "é"]);
        assert_eq!(compare("dev-a", "dev-b"), None);
        assert_eq!(compare("dev-a", "dev-a"), Some(Ordering::Equal));
        assert_eq!(compare("1.#", "1.7"), Some(Ordering::Equal));
        assert_eq!(compare("1.#.p1", "1"), Some(Ordering::Greater));
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("v?[0-2](\\.[0-2]){0,2}([-._]?(dev|alpha|b|rc|RC|pl|x)[.]?[0-2]?)?[.+-]?")) {
            law::holds(compare, &triple)?;
        }
    }
}
