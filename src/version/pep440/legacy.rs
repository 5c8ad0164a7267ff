//! The order of Python versions from before the standard.
//!
//! Source: `pkg_resources.parse_version` of setuptools before 8.0, described in PEP 440, appendix A
//! ("Compatibility with `pkg_resources.parse_version`"), and kept as `LegacyVersion` by packaging up to 21:
//! numbers and words by turns, words before numbers, and a closing word `final`, before which `alpha`,
//! `beta` and the like sort; zeros and hyphens before such a word say nothing.

use std::cmp::Ordering;

use super::super::digits::{numeric, split_while};

const FINAL: &str = "final";

/// A part. The order of the variants is their rank.
#[derive(PartialEq, Eq)]
enum Part<'a> {
    Word(&'a str),
    Number(&'a str),
}

impl Part<'_> {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Word(one), Self::Word(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => numeric(one, other),
            (Self::Word(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Word(_)) => Ordering::Greater,
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Self::Number(digits) if digits.bytes().all(|byte| byte == b'0'))
    }
}

/// Orders two versions in small letters.
pub(super) fn order(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    let first = one
        .iter()
        .zip(&other)
        .map(|(one, other)| one.order(other))
        .find(|order| order.is_ne());
    first.unwrap_or_else(|| one.len().cmp(&other.len()))
}

fn parts(mut text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some(first) = text.bytes().next() {
        let class = |byte: u8| match byte {
            b'0'..=b'9' => 0,
            b'a'..=b'z' => 1,
            b'.' => 2,
            b'-' => 3,
            _ => 4,
        };
        let (part, rest) = match first {
            b'.' | b'-' => text.split_at_checked(1).unwrap_or((text, "")),
            _ => split_while(text, |byte| class(byte) == class(first)),
        };
        text = rest;
        match part {
            "." => {}
            "-" => add(&mut parts, "final-"),
            "pre" | "preview" | "rc" => add(&mut parts, "c"),
            "dev" => add(&mut parts, "@"),
            _ if first.is_ascii_digit() => parts.push(Part::Number(part)),
            _ => add(&mut parts, part),
        }
    }
    add(&mut parts, FINAL);
    parts
}

fn add<'a>(parts: &mut Vec<Part<'a>>, word: &'a str) {
    if word < FINAL {
        while parts.last() == Some(&Part::Word("final-")) {
            parts.pop();
        }
    }
    while parts.last().is_some_and(Part::is_zero) {
        parts.pop();
    }
    parts.push(Part::Word(word));
}

#[cfg(test)]
mod tests {
    use super::super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_before_the_standard_have_an_order() {
        orders(
            |one, other| Some(order(one, other)),
            &[
                "trunk",
                "0.3m1",
                "0.3m2 0.3.m2 0.3.0m2",
                "0.9-ivysaur",
                "0.9-jigglypuff",
                "1.0-dev-x 1.0dev-x",
                "1.0b6.1-y",
                "2013-01-21t20",
                "2013-01-23t17",
            ],
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9a-c@.\\-]{1,6}(dev|pre)?[0a+]{0,2}")) {
            law::holds(|one, other| Some(order(one, other)), &triple)?;
        }
    }
}
