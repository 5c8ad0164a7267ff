//! Which of two versions is the later one, where that can be told.
//!
//! Where the type of a package URL tells the ecosystem, its own rules decide ([`crate::version`]), and what
//! they cannot order is only different. Where there is none, a generic comparison does, and says so: it
//! knows numbers, words before a release and words after it, and no rules of any one ecosystem. What it
//! cannot order, such as two commit ids, is only different.

use std::cmp::Ordering;

use serde::Serialize;

use crate::version::Scheme as Exact;

/// By what rules two versions were ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Runs of digits as numbers, words before a release below it, other words above it.
    Generic,
    /// The rules of the ecosystem.
    #[serde(untagged)]
    Exact(Exact),
}

/// Versions longer than this are only compared as texts.
const MAXIMUM_LENGTH: usize = 256;

/// Words that mark what comes before a release, earliest first.
const BEFORE_RELEASE: [&[&str]; 6] = [
    &["~"],
    &["dev", "snapshot", "nightly", "canary"],
    &["alpha", "a"],
    &["beta", "b"],
    &["milestone", "m"],
    &["rc", "cr", "c", "pre", "preview"],
];

/// Orders two versions of packages of one ecosystem (a purl type); `None` where they cannot be ordered.
pub fn order(ecosystem: Option<&str>, one: &str, other: &str) -> Option<(Ordering, Scheme)> {
    if let Some(exact) = ecosystem.and_then(|kind| Exact::of_purl_type(kind, "")) {
        return Some((exact.compare(one, other)?, Scheme::Exact(exact)));
    }
    let comparable = is_orderable(one) && is_orderable(other);
    comparable.then(|| (generic(one, other), Scheme::Generic))
}

/// A total order for sorting: the generic comparison, then the texts.
pub(super) fn rank(one: &str, other: &str) -> Ordering {
    match (is_orderable(one), is_orderable(other)) {
        (true, true) => generic(one, other).then_with(|| one.cmp(other)),
        (false, false) => one.cmp(other),
        (left, right) => left.cmp(&right),
    }
}

/// The version without white space around it and without the `v` that some write before the digits.
pub(super) fn bare(version: &str) -> &str {
    let version = version.trim();
    match version.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_digit()) => rest,
        _ => version,
    }
}

/// How many leading numbers two versions share.
pub(super) fn common_numbers(one: &str, other: &str) -> usize {
    let numbers = |version| {
        tokens(version)
            .into_iter()
            .map_while(|token| matches!(token, Token::Number(_)).then_some(token))
    };
    numbers(bare(one))
        .zip(numbers(bare(other)))
        .take_while(|(one, other)| one == other)
        .count()
}

/// Whether a version begins with a number and is no commit id.
fn is_orderable(version: &str) -> bool {
    let version = bare(version);
    let is_hexadecimal = version.len() >= 7
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.bytes().any(|byte| byte.is_ascii_alphabetic());
    version.len() <= MAXIMUM_LENGTH
        && version.starts_with(|first: char| first.is_ascii_digit())
        && !is_hexadecimal
}

/// A part of a version. The order of the variants is their rank.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    /// A word before a release, by its row in [`BEFORE_RELEASE`].
    Before(usize),
    /// Nothing more.
    End,
    /// Any other word.
    Word(String),
    /// A number without leading zeros: its length, then its digits.
    Number((usize, String)),
}

fn generic(one: &str, other: &str) -> Ordering {
    let (one_epoch, one) = epoch(bare(one));
    let (other_epoch, other) = epoch(bare(other));
    one_epoch
        .cmp(&other_epoch)
        .then_with(|| tokens(one).cmp(&tokens(other)))
}

/// The number before `:` (Debian policy 5.6.12) or `!` (PEP 440); 0 where there is none.
fn epoch(version: &str) -> (u64, &str) {
    version
        .split_once([':', '!'])
        .and_then(|(epoch, rest)| Some((epoch.parse().ok()?, rest)))
        .unwrap_or((0, version))
}

/// The parts of a version, closed by [`Token::End`]. Zeros that say nothing are left out: `1.0` is `1`.
fn tokens(version: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = version.split('+').next().unwrap_or(version);
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|next: char| !next.is_ascii_digit())
        } else if first.is_alphabetic() {
            rest.find(|next: char| !next.is_alphabetic())
        } else {
            Some(first.len_utf8())
        };
        let (part, behind) = rest
            .split_at_checked(end.unwrap_or(rest.len()))
            .unwrap_or((rest, ""));
        rest = behind;
        if first.is_ascii_digit() {
            let digits = part.trim_start_matches('0');
            tokens.push(Token::Number((digits.len(), digits.to_owned())));
        } else if first.is_alphabetic() || first == '~' {
            let word = part.to_lowercase();
            let row = BEFORE_RELEASE
                .iter()
                .position(|row| row.contains(&word.as_str()));
            drop_zeros(&mut tokens);
            match row {
                Some(row) => tokens.push(Token::Before(row)),
                None if matches!(word.as_str(), "final" | "ga" | "release") => {}
                None => tokens.push(Token::Word(word)),
            }
        }
    }
    drop_zeros(&mut tokens);
    tokens.push(Token::End);
    tokens
}

fn drop_zeros(tokens: &mut Vec<Token>) {
    while matches!(tokens.last(), Some(Token::Number((0, _)))) {
        tokens.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    #[test]
    fn versions_are_ordered_by_the_scheme_of_their_ecosystem() {
        let exact = |scheme, order| Some((order, Scheme::Exact(scheme)));
        let generic = |order| Some((order, Scheme::Generic));
        for (ecosystem, one, other, expected) in [
            (Some("npm"), "1.2.3", "1.10.0", exact(Exact::Semver, Less)),
            (
                Some("cargo"),
                "1.0.0-rc.1",
                "1.0.0",
                exact(Exact::Semver, Less),
            ),
            (Some("golang"), "v1.2.3", "1.2.3", exact(Exact::Go, Equal)),
            (
                Some("nuget"),
                "1.2.3.4",
                "1.2.3.10",
                exact(Exact::NuGet, Less),
            ),
            (
                Some("deb"),
                "1:1.0-1",
                "2.0-1",
                exact(Exact::Debian, Greater),
            ),
            (
                Some("deb"),
                "2.0~rc1-1",
                "2.0-1",
                exact(Exact::Debian, Less),
            ),
            (
                Some("rpm"),
                "1.0-1.el8",
                "1.0-1.el9",
                exact(Exact::Rpm, Less),
            ),
            (Some("apk"), "1.0_rc1-r0", "1.0-r0", exact(Exact::Apk, Less)),
            (Some("maven"), "1.0", "1.0.0", exact(Exact::Maven, Equal)),
            (
                Some("maven"),
                "1.0-SNAPSHOT",
                "1.0",
                exact(Exact::Maven, Less),
            ),
            (
                Some("maven"),
                "2.0.Final",
                "2.0",
                exact(Exact::Maven, Equal),
            ),
            (Some("pypi"), "1.0a1", "1.0b1", exact(Exact::Pep440, Less)),
            (
                Some("pypi"),
                "1.0.post1",
                "1.0",
                exact(Exact::Pep440, Greater),
            ),
            (Some("npm"), "latest", "1.0.0", None),
            (Some("cargo"), "main", "1.0", None),
            (Some("generic"), "1.1.1w", "1.1.1v", generic(Greater)),
            (None, "20260101", "20251231", generic(Greater)),
            (None, "1.1.1w", "1.1.1v", generic(Greater)),
            (None, "4f2ab91", "9c1e5d0", None),
            (None, "main", "1.0", None),
        ] {
            assert_eq!(order(ecosystem, one, other), expected, "{one} {other}");
            let mirrored = expected.map(|(order, scheme)| (order.reverse(), scheme));
            assert_eq!(order(ecosystem, other, one), mirrored, "{other} {one}");
        }
    }

    #[test]
    fn the_scheme_is_one_word() {
        assert_eq!(serde_json::json!(Scheme::Generic), "generic");
        assert_eq!(serde_json::json!(Scheme::Exact(Exact::Pep440)), "pep440");
    }

    #[test]
    fn sorting_has_one_order() {
        let sorted = ["main", "zz", "0.9", "1.0-rc1", "1", "1.0", "1.0.1", "1!0.1"];
        for (left, one) in sorted.iter().enumerate() {
            for (right, other) in sorted.iter().enumerate() {
                assert_eq!(rank(one, other), left.cmp(&right), "{one} {other}");
            }
        }
    }
}
