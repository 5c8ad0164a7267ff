//! Versions of Maven artifacts.
//!
//! Source: Maven, POM reference, "Version Order Specification", as implemented by `ComparableVersion` up to
//! Maven 3.9.1 and by OSV. Tokens are split at `.` and `-` and between digits and other signs; what is null
//! (`0`, `final`, `ga`, `release`, nothing) is left out at the end and before each hyphen; a missing token
//! is null. Qualifiers come before numbers, and a number behind a hyphen before one behind a dot. The
//! qualifiers in order: `alpha`, `beta`, `milestone`, `rc` or `cr`, `snapshot`, null, `sp`, any other by
//! its letters.
//!
//! These rules are no total order: `1.0.alpha` < `1` < `1-sp` < `1.0.alpha`, as a zero before a dot stays.
//! Maven 3.9.2 reads `.alpha` as `-alpha` to mend that; records of OSV are made by the older rules.

use std::cmp::Ordering;

use super::digits::{numeric, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (one, other) = (tokens(&one), tokens(&other));
    let (mut one, mut other) = (one.iter(), other.iter());
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Some(Ordering::Equal),
            (Some(one), Some(other)) => one.order(other),
            (Some(one), None) => one.against_null(),
            (None, Some(other)) => other.against_null().reverse(),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

#[derive(Clone, Copy)]
struct Token<'a> {
    /// Whether a hyphen stands before it, or a change between digits and other signs.
    is_hyphenated: bool,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    /// The rank of a qualifier, and its letters where the rank says nothing.
    Qualifier(u8, &'a str),
    /// Digits.
    Number(&'a str),
}

const NULL: u8 = 5;
const OTHER: u8 = 7;

impl Token<'_> {
    fn is_null(&self) -> bool {
        match self.value {
            Value::Qualifier(rank, _) => rank == NULL,
            Value::Number(digits) => digits.bytes().all(|byte| byte == b'0'),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.value, other.value) {
            (Value::Qualifier(one, letters), Value::Qualifier(other_rank, other_letters)) => self
                .is_hyphenated
                .cmp(&other.is_hyphenated)
                .then_with(|| one.cmp(&other_rank))
                .then_with(|| letters.cmp(other_letters)),
            (Value::Number(one), Value::Number(other_digits)) => other
                .is_hyphenated
                .cmp(&self.is_hyphenated)
                .then_with(|| numeric(one, other_digits)),
            (Value::Qualifier(..), Value::Number(_)) => Ordering::Less,
            (Value::Number(_), Value::Qualifier(..)) => Ordering::Greater,
        }
    }

    fn against_null(&self) -> Ordering {
        match self.value {
            Value::Qualifier(rank, _) => rank.cmp(&NULL),
            Value::Number(digits) => numeric(digits, ""),
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut is_hyphenated = false;
    let mut rest = text;
    loop {
        let is_digit = rest.starts_with(|first: char| first.is_ascii_digit());
        let (part, behind) = split_while(rest, |byte| {
            byte.is_ascii_digit() == is_digit && !matches!(byte, b'.' | b'-')
        });
        let separator = behind.strip_prefix(['.', '-']);
        let value = if is_digit || part.is_empty() {
            Value::Number(part)
        } else {
            let is_before_digit = separator.is_none() && !behind.is_empty();
            qualifier(part, is_before_digit)
        };
        add(
            &mut tokens,
            Token {
                is_hyphenated,
                value,
            },
        );
        is_hyphenated = !behind.starts_with('.');
        rest = match separator {
            Some(rest) => rest,
            None if behind.is_empty() => break,
            None => behind,
        };
    }
    drop_nulls(&mut tokens);
    tokens
}

/// Adds a token; before one with a hyphen what is null is left out.
fn add<'a>(tokens: &mut Vec<Token<'a>>, token: Token<'a>) {
    if token.is_hyphenated {
        drop_nulls(tokens);
    }
    tokens.push(token);
}

/// Leaves out what is null at the end, but for the first token.
fn drop_nulls(tokens: &mut Vec<Token<'_>>) {
    while tokens.len() > 1 && tokens.last().is_some_and(Token::is_null) {
        tokens.pop();
    }
}

/// A qualifier; `a`, `b` and `m` stand for whole words where a digit follows at once.
fn qualifier(word: &str, is_before_digit: bool) -> Value<'_> {
    let rank = match word {
        "alpha" => 0,
        "beta" => 1,
        "milestone" => 2,
        "a" if is_before_digit => 0,
        "b" if is_before_digit => 1,
        "m" if is_before_digit => 2,
        "rc" | "cr" => 3,
        "snapshot" => 4,
        "final" | "ga" | "release" => NULL,
        "sp" => 6,
        _ => return Value::Qualifier(OTHER, word),
    };
    Value::Qualifier(rank, "")
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_specification_is_kept() {
        orders(
            compare,
            &[
                "1-alpha-1 1a1 1-a1 1.0.0-ALPHA-1",
                "1-alpha.1",
                "1-beta-1 1b1",
                "1-m3 1-milestone-3 1m3",
                "1-rc 1cr",
                "1-snapshot",
                "1 1.0 1.0.0 1-ga 1.0-final 1.0.RELEASE 1- 1. 01 1.0-0",
                "1-sp",
                "1-a 1a",
                "1-foo2",
                "1-foo10",
                "1-1",
                "1-1.1",
                "1-2",
                "1.1",
                "1.10",
                "99999999999999999999",
            ],
        );
        law::refuses(compare, &[""]);
    }

    #[test]
    fn the_rules_go_in_circles_where_a_zero_stands_before_a_qualifier() {
        for (one, other) in [("1.0.alpha", "1"), ("1", "1-sp"), ("1-sp", "1.0.alpha")] {
            assert_eq!(compare(one, other), Some(Ordering::Less), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn versions_as_people_write_them_are_ordered(
            triple in law::triple("[1-3](\\.[1-3]){0,2}(-(alpha|b|rc|cr|sp|SNAPSHOT|x|Final)-?[1-3]?)?"),
        ) {
            law::holds(compare, &triple)?;
        }

        #[test]
        fn the_other_way_round_is_mirrored(one in "[0-2a.b-]{1,8}", other in "[0-2a.b-]{1,8}") {
            let mirrored = compare(&other, &one).map(Ordering::reverse);
            prop_assert_eq!(compare(&one, &other), mirrored);
        }
    }
}
