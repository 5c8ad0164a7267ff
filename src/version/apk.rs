//! Versions of Alpine packages and of the distributions that use `apk`.
//!
//! Source: `apk-package(5)`, field `version`, and the comparison of apk-tools (`version.c`):
//! numbers with dots, a letter that digits may follow, suffixes such as `_rc1`, a commit hash `~…` and a
//! revision `-r1`. The first number is compared by value; a later one with a leading zero as text, like a
//! fraction. Where one version goes on and the other does not, the kind of what comes next decides:
//! a suffix before a release comes first, then the end, a revision, a hash, the number of a suffix, a suffix
//! after a release, a letter, and last a further number.
//!
//! What breaks the grammar ends the comparison and comes before the end, so that `1.2_blah` is earlier than
//! `1.2`. Two breaks are alike, but where a number is missing (`1..2`), the rest decides as text.

use std::cmp::Ordering;

use super::digits::{numeric, split_while};

/// Suffixes before a release, earliest first.
const BEFORE: [&str; 4] = ["alpha", "beta", "pre", "rc"];
/// Suffixes after a release, earliest first.
const AFTER: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// Orders two versions. A text that begins with neither a digit nor a small letter is none.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (mut one, mut other) = (Cursor::of(one)?, Cursor::of(other)?);
    loop {
        let (left, right) = (one.next(), other.next());
        let order = left.order(&right);
        if order.is_ne() || left.is_last() {
            return Some(order);
        }
    }
}

/// A part of a version.
#[derive(Clone, Copy)]
enum Token<'a> {
    /// A row of [`BEFORE`].
    Before(usize),
    /// What breaks the grammar; the text where a number is missing.
    Broken(&'a str),
    End,
    Revision(&'a str),
    Hash(&'a str),
    SuffixNumber(&'a str),
    /// A row of [`AFTER`].
    After(usize),
    Letter(u8),
    /// A number by value.
    Number(&'a str),
    /// A number behind a dot.
    Fraction(&'a str),
}

impl Token<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Before(_) => 0,
            Self::Broken(_) => 1,
            Self::End => 2,
            Self::Revision(_) => 3,
            Self::Hash(_) => 4,
            Self::SuffixNumber(_) => 5,
            Self::After(_) => 6,
            Self::Letter(_) => 7,
            Self::Fraction(_) => 8,
            Self::Number(_) => 9,
        }
    }

    fn is_last(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::End)
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Before(one), Self::Before(other)) | (Self::After(one), Self::After(other)) => {
                one.cmp(other)
            }
            (Self::Revision(one), Self::Revision(other))
            | (Self::SuffixNumber(one), Self::SuffixNumber(other))
            | (Self::Number(one), Self::Number(other)) => numeric(one, other),
            (Self::Fraction(one), Self::Fraction(other)) => {
                if one.starts_with('0') || other.starts_with('0') {
                    one.cmp(other)
                } else {
                    numeric(one, other)
                }
            }
            (Self::Letter(one), Self::Letter(other)) => one.cmp(other),
            (Self::Hash(one), Self::Hash(other)) | (Self::Broken(one), Self::Broken(other)) => {
                one.cmp(other)
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Start,
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
}

struct Cursor<'a> {
    rest: &'a str,
    state: State,
}

impl<'a> Cursor<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let first = text.bytes().next()?;
        (first.is_ascii_digit() || first.is_ascii_lowercase()).then_some(Self {
            rest: text,
            state: State::Start,
        })
    }

    fn digits(&mut self, state: State) -> &'a str {
        let (digits, rest) = split_while(self.rest, |byte| byte.is_ascii_digit());
        self.rest = rest;
        self.state = state;
        digits
    }

    /// The next part. A break of the grammar is given again and again, like the end.
    fn next(&mut self) -> Token<'a> {
        let Some(first) = self.rest.bytes().next() else {
            return Token::End;
        };
        let behind = self.rest.get(1..).unwrap_or_default();
        match (first, self.state) {
            // A version may begin with a letter: its number is missing.
            (_, State::Start) | (b'0'..=b'9', State::Letter) => {
                Token::Number(self.digits(State::Number))
            }
            (b'0'..=b'9', State::Suffix) => Token::SuffixNumber(self.digits(State::SuffixNumber)),
            (b'a'..=b'z', State::Number) => {
                self.rest = behind;
                self.state = State::Letter;
                Token::Letter(first)
            }
            (b'.', State::Number) if behind.starts_with(|next: char| next.is_ascii_digit()) => {
                self.rest = behind;
                Token::Fraction(self.digits(State::Number))
            }
            (b'.', State::Number) => Token::Broken(self.rest),
            (b'_', state) if state <= State::SuffixNumber => self.suffix(behind),
            (b'~', state) if state < State::Hash => {
                let (hash, rest) =
                    split_while(behind, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if hash.is_empty() {
                    return Token::Broken("");
                }
                self.rest = rest;
                self.state = State::Hash;
                Token::Hash(hash)
            }
            (b'-', state) if state < State::Revision => match behind.strip_prefix('r') {
                Some(rest)
                    if rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_digit()) =>
                {
                    self.rest = rest;
                    Token::Revision(self.digits(State::Revision))
                }
                _ => Token::Broken(""),
            },
            _ => Token::Broken(""),
        }
    }

    fn suffix(&mut self, behind: &'a str) -> Token<'a> {
        let (word, rest) = split_while(behind, |byte| byte.is_ascii_lowercase());
        let row = |words: &[&str]| words.iter().position(|one| *one == word);
        let token = match (row(&BEFORE), row(&AFTER)) {
            (Some(row), _) => Token::Before(row),
            (None, Some(row)) => Token::After(row),
            (None, None) => return Token::Broken(""),
        };
        self.rest = rest;
        self.state = State::Suffix;
        token
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rules_of_apk_are_kept() {
        orders(
            compare,
            &[
                "1.0_alpha_pre2",
                "1.0_alpha",
                "1.0_alpha1",
                "1.0_alpha_p1",
                "1.0_beta",
                "1.0_pre1",
                "1.0_rc2",
                "1.0_rc10",
                "1.0_blah 1.0-x 1.0A",
                "1.0..1",
                "1.0",
                "1.0-r0 1.0-r 1.0-r00",
                "1.0-r1",
                "1.0-r10",
                "1.0~abc",
                "1.0_cvs1",
                "1.0_git20200101",
                "1.0_p9",
                "1.0_p10-r0",
                "1.0a",
                "1.0a-r1",
                "1.0p1",
                "1.0p10",
                "1.0.1",
                "1.02",
                "1.1 01.1",
                "1.2",
                "1.10",
                "99999999999999999999.1",
            ],
        );
        law::refuses(compare, &["", "_p1", ".1", "-r1", "A", "~1"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9a]{1,2}(\\.[0-9]{0,2}){0,2}[a-b]?(_(alpha|rc|p|git|x)[0-9]?){0,2}(~a)?(-r[0-9]?)?[-.]?")) {
            law::holds(compare, &triple)?;
        }
    }
}
