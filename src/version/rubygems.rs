//! Versions of Ruby gems.
//!
//! Source: `RubyGems`, documentation of `Gem::Version`: segments of digits or of letters; digits by value and
//! above letters, letters by ASCII; zeros at the end and before the first letters say nothing; a hyphen
//! stands for `.pre.`.

use std::cmp::Ordering;

use super::digits::{numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (segments(one)?, segments(other)?);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Some(Ordering::Equal),
            (one, other) => one.unwrap_or(ZERO).order(other.unwrap_or(ZERO)),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

const ZERO: Segment<'static> = Segment::Number("");

#[derive(Clone, Copy)]
enum Segment<'a> {
    Word(&'a str),
    /// Digits without leading zeros.
    Number(&'a str),
}

impl Segment<'_> {
    fn order(self, other: Segment<'_>) -> Ordering {
        match (self, other) {
            (Self::Word(one), Segment::Word(other)) => one.cmp(other),
            (Self::Number(one), Segment::Number(other)) => numeric(one, other),
            (Self::Word(_), Segment::Number(_)) => Ordering::Less,
            (Self::Number(_), Segment::Word(_)) => Ordering::Greater,
        }
    }
}

/// The segments that count; `None` where the text is no version.
fn segments(text: &str) -> Option<Vec<Segment<'_>>> {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !text.starts_with(|first: char| first.is_ascii_digit())
        || !text.split(['.', '-']).all(is_part)
    {
        return None;
    }
    let mut segments = Vec::new();
    let mut is_numeric = true;
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let (segment, behind) = match first {
            b'0'..=b'9' => {
                let (digits, behind) = split_while(rest, |byte| byte.is_ascii_digit());
                (
                    Some(Segment::Number(digits.trim_start_matches('0'))),
                    behind,
                )
            }
            b'.' => (None, rest.get(1..)?),
            b'-' => (Some(Segment::Word("pre")), rest.get(1..)?),
            _ => {
                let (word, behind) = split_while(rest, |byte| byte.is_ascii_alphabetic());
                (Some(Segment::Word(word)), behind)
            }
        };
        rest = behind;
        if is_numeric && matches!(segment, Some(Segment::Word(_))) {
            is_numeric = false;
            drop_zeros(&mut segments);
        }
        segments.extend(segment);
    }
    drop_zeros(&mut segments);
    Some(segments)
}

fn drop_zeros(segments: &mut Vec<Segment<'_>>) {
    while matches!(segments.last(), Some(Segment::Number(""))) {
        segments.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documentation_is_kept() {
        orders(
            compare,
            &[
                "0.9",
                "1.0.A",
                "1.0.a 1.a 1a 1.0.0.a.0",
                "1.0.a.2 1.0.a2",
                "1.0.a10",
                "1.0.b1",
                "1.0-1 1.0.pre.1",
                "1.0.rc1",
                "1.0 1 1.0.0 01",
                "1.0.1.pre",
                "1.0.1",
                "1.2",
                "1.10",
            ],
        );
        law::refuses(compare, &["", "a", "1..2", "1.", "1_2", "v1", "1.é"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-2](\\.[0-2ab]{1,2}){0,3}(-[0-1a])?")) {
            law::holds(compare, &triple)?;
        }
    }
}
