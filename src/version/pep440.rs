//! Versions of Python packages.
//!
//! Source: `PyPA` specification "Version specifiers" (PEP 440), its normalization rules and appendix B. What
//! does not fit it is older than the standard and comes before every version that does; such versions are
//! ordered among themselves as setuptools did before it ([`legacy`]).

mod legacy;

use std::borrow::Cow;
use std::cmp::Ordering;

use super::digits::{is_number, numeric, padded_lists, split_while};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (lower(one), lower(other));
    if one.is_empty() || other.is_empty() {
        return None;
    }
    Some(match (read(&one), read(&other)) {
        (Some(one), Some(other)) => one.order(&other),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => legacy::order(&one, &other),
    })
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// A version of the standard. Numbers that are missing are empty, which is zero.
struct Version<'a> {
    epoch: &'a str,
    release: &'a str,
    /// What comes before the release: 0 for alpha, 1 for beta, 2 for a candidate, and its number.
    before: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Option<&'a str>,
}

/// Words before a release with their rank; of two that begin alike the longer one stands first.
const BEFORE: [(&str, u8); 8] = [
    ("alpha", 0),
    ("beta", 1),
    ("preview", 2),
    ("pre", 2),
    ("rc", 2),
    ("a", 0),
    ("b", 1),
    ("c", 2),
];
const POST: [(&str, u8); 3] = [("post", 0), ("rev", 0), ("r", 0)];
const DEV: [(&str, u8); 1] = [("dev", 0)];

/// Reads a version in small letters; `None` where it is not of the standard.
fn read(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (epoch, text) = match text.split_once('!') {
        Some((epoch, rest)) if is_number(epoch) => (epoch, rest),
        Some(_) => return None,
        None => ("", text),
    };
    let (text, local) = match text.split_once('+') {
        Some((text, local)) => (text, Some(local)),
        None => (text, None),
    };
    let is_segment =
        |one: &str| !one.is_empty() && one.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !local.is_none_or(|local| local.split(SEPARATORS).all(is_segment)) {
        return None;
    }
    let (release, mut rest) = release(text)?;
    let mut before = None;
    if let Some((rank, number, behind)) = part(rest, &BEFORE) {
        before = Some((rank, number));
        rest = behind;
    }
    let mut post = None;
    // A hyphen and a number alone are a post-release.
    let implicit = rest.strip_prefix('-');
    let (number, behind) = split_while(implicit.unwrap_or_default(), |byte| byte.is_ascii_digit());
    if !number.is_empty() {
        post = Some(number);
        rest = behind;
    } else if let Some((_, number, behind)) = part(rest, &POST) {
        post = Some(number);
        rest = behind;
    }
    let mut dev = None;
    if let Some((_, number, behind)) = part(rest, &DEV) {
        dev = Some(number);
        rest = behind;
    }
    rest.is_empty().then_some(Version {
        epoch,
        release,
        before,
        post,
        dev,
        local,
    })
}

const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// Numbers with dots between them, and what is behind.
fn release(text: &str) -> Option<(&str, &str)> {
    let (numbers, _) = split_while(text, |byte| byte.is_ascii_digit() || byte == b'.');
    // A dot that no digit follows belongs to what is behind.
    let release = numbers.strip_suffix('.').unwrap_or(numbers);
    let rest = text.get(release.len()..)?;
    release.split('.').all(is_number).then_some((release, rest))
}

/// A word with what may separate it, its rank, its number and what is behind.
fn part<'a>(text: &'a str, words: &[(&str, u8)]) -> Option<(u8, &'a str, &'a str)> {
    let bare = text.strip_prefix(SEPARATORS).unwrap_or(text);
    let (rank, rest) = words
        .iter()
        .find_map(|(word, rank)| Some((*rank, bare.strip_prefix(word)?)))?;
    let separated = rest.strip_prefix(SEPARATORS).unwrap_or(rest);
    let (number, behind) = split_while(separated, |byte| byte.is_ascii_digit());
    Some((rank, number, behind))
}

impl Version<'_> {
    fn order(&self, other: &Self) -> Ordering {
        numeric(self.epoch, other.epoch)
            .then_with(|| padded_lists(self.release.split('.'), other.release.split('.')))
            .then_with(|| {
                let ((one, number), (other, other_number)) = (self.stage(), other.stage());
                one.cmp(&other).then_with(|| numeric(number, other_number))
            })
            .then_with(|| match (self.post, other.post) {
                (Some(one), Some(other)) => numeric(one, other),
                (one, other) => one.is_some().cmp(&other.is_some()),
            })
            .then_with(|| match (self.dev, other.dev) {
                (Some(one), Some(other)) => numeric(one, other),
                (one, other) => one.is_none().cmp(&other.is_none()),
            })
            .then_with(|| match (self.local, other.local) {
                (Some(one), Some(other)) => local(one, other),
                (one, other) => one.is_some().cmp(&other.is_some()),
            })
    }

    /// The rank of the stage and its number: a development release of a release alone comes first.
    fn stage(&self) -> (u8, &str) {
        match self.before {
            Some((rank, number)) => (rank + 1, number),
            None if self.post.is_none() && self.dev.is_some() => (0, ""),
            None => (u8::MAX, ""),
        }
    }
}

/// Local versions: numbers by value and above words, a longer list above a shorter one.
fn local(one: &str, other: &str) -> Ordering {
    let mut others = other.split(SEPARATORS);
    for one in one.split(SEPARATORS) {
        let Some(other) = others.next() else {
            return Ordering::Greater;
        };
        let order = match (is_number(one), is_number(other)) {
            (true, true) => numeric(one, other),
            (false, false) => one.cmp(other),
            (is_one, is_other) => is_one.cmp(&is_other),
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
    use std::str::FromStr;

    #[test]
    fn the_standard_is_kept() {
        orders(
            compare,
            &[
                "trunk",
                "1.0.dev0 1.0dev 1.0-DEV 1_dev",
                "1.0.dev456",
                "1.0a1 1.0.alpha-1 1a01 v1.0_A.1",
                "1.0a2.dev456",
                "1.0a12",
                "1.0b1.dev456",
                "1.0b2 1.0-beta.2",
                "1.0b2.post345.dev456",
                "1.0b2.post345 1.0b2-345",
                "1.0rc1.dev456",
                "1.0rc1 1.0c1 1.0-pre1 1.0preview_1",
                "1.0 1 1.0.0 v1.0 01.00 0!1",
                "1.0+abc.5",
                "1.0+abc.7 1.0+ABC-7",
                "1.0+5",
                "1.0+5.0",
                "1.0.post456.dev34",
                "1.0.post456 1.0-456 1.0rev456 1.0-r456",
                "1.0.15",
                "1.1.dev1",
                "99999999999999999999999",
                "1!0.1",
            ],
        );
        law::refuses(compare, &[""]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("([01]!)?[0-2](\\.[0-2]){0,2}([-.]?(a|rc|b)[0-2]?)?(-[0-2]|\\.?post[0-2])?(\\.?dev[0-2]?)?(\\+[a0-1](\\.[a0-1])?)?x?")) {
            law::holds(compare, &triple)?;
        }

        #[test]
        fn it_agrees_with_pep440_rs(
            one in "([01]!)?[0-2](\\.[0-2]){0,2}([-.]?(a|rc|b)[-.]?[0-2]?)?(-[0-2]|\\.?post[0-2])?(\\.?dev[0-2]?)?(\\+[a0-1](\\.[a0-1])?)?",
            other in "([01]!)?[0-2](\\.[0-2]){0,2}([-.]?(a|rc|b)[-.]?[0-2]?)?(-[0-2]|\\.?post[0-2])?(\\.?dev[0-2]?)?(\\+[a0-1](\\.[a0-1])?)?",
        ) {
            let of = |text: &str| pep440_rs::Version::from_str(text);
            if let (Ok(left), Ok(right)) = (of(&one), of(&other)) {
                prop_assert_eq!(compare(&one, &other), Some(left.cmp(&right)));
            }
        }
    }
}
