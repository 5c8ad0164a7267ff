//! The simple types: what a text must be (XML Schema Part 2: Datatypes, second edition).

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::Deserialize;

use super::table::{Simple, Table, Type};
use super::uri;

/// A built-in type, of which the others are restrictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Base {
    String,
    NormalizedString,
    Token,
    #[serde(rename = "anyURI")]
    AnyUri,
    Boolean,
    Decimal,
    Integer,
    NonNegativeInteger,
    PositiveInteger,
    DateTime,
    Date,
}

impl Base {
    /// The name in XML Schema.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::NormalizedString => "normalizedString",
            Self::Token => "token",
            Self::AnyUri => "anyURI",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::NonNegativeInteger => "nonNegativeInteger",
            Self::PositiveInteger => "positiveInteger",
            Self::DateTime => "dateTime",
            Self::Date => "date",
        }
    }

    /// Whether a value of this type is also one of `other` (Part 2, figure of the type hierarchy).
    pub(super) fn derives_from(self, other: Self) -> bool {
        let above: &[Self] = match self {
            Self::Token => &[Self::NormalizedString, Self::String],
            Self::NormalizedString => &[Self::String],
            Self::PositiveInteger => &[Self::NonNegativeInteger, Self::Integer, Self::Decimal],
            Self::NonNegativeInteger => &[Self::Integer, Self::Decimal],
            Self::Integer => &[Self::Decimal],
            _ => &[],
        };
        self == other || above.contains(&other)
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Self::String | Self::NormalizedString | Self::Token => true,
            Self::AnyUri => uri::is_reference(text),
            Self::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            Self::Decimal => Number::read(text).is_some(),
            Self::Integer => integer(text).is_some(),
            Self::NonNegativeInteger => {
                integer(text).is_some_and(|number| number.sign() != Ordering::Less)
            }
            Self::PositiveInteger => {
                integer(text).is_some_and(|number| number.sign() == Ordering::Greater)
            }
            Self::DateTime => is_date_time(text),
            Self::Date => date(text).is_some_and(is_zone),
        }
    }

    /// The text as the type sees it: white space kept, replaced or collapsed (Part 2, 4.3.6).
    fn normalized(self, text: &str) -> Cow<'_, str> {
        let is_other_blank = |byte| matches!(byte, b'\t' | b'\n' | b'\r');
        match self {
            Self::String => Cow::Borrowed(text),
            Self::NormalizedString => {
                if text.bytes().any(is_other_blank) {
                    Cow::Owned(text.replace(['\t', '\n', '\r'], " "))
                } else {
                    Cow::Borrowed(text)
                }
            }
            _ => {
                let mut last = b' ';
                let has_idle = text.bytes().any(|byte| {
                    let is_idle = is_other_blank(byte) || byte == b' ' && last == b' ';
                    last = byte;
                    is_idle
                });
                if has_idle || last == b' ' {
                    let words = text
                        .split([' ', '\t', '\n', '\r'])
                        .filter(|word| !word.is_empty());
                    Cow::Owned(words.collect::<Vec<_>>().join(" "))
                } else {
                    Cow::Borrowed(text)
                }
            }
        }
    }
}

/// Why a text is not of its type.
#[derive(Debug)]
pub(super) enum Fault<'s> {
    /// It is not in the lexical space of the built-in type.
    Lexical(Base),
    Word(&'s Simple),
    Pattern(&'s Simple),
    Length(&'s Simple, usize),
    Range(&'s Simple),
    /// No member of the union accepts it.
    Union,
}

impl Simple {
    /// Whether nothing is demanded beyond the built-in type.
    pub(super) fn is_built_in(&self) -> bool {
        self.union.is_empty()
            && self.words.is_empty()
            && self.patterns.is_empty()
            && self.length == (0, usize::MAX)
            && self.minimum.is_none()
            && self.maximum.is_none()
    }

    /// Holds a text against the type.
    pub(super) fn check(&self, table: &Table, text: &str) -> Result<(), Fault<'_>> {
        if !self.union.is_empty() {
            let is_member = self.union.iter().any(|member| {
                matches!(table.kind_of(*member), Type::Simple(member) if member.atomic(text).is_ok())
            });
            return if is_member { Ok(()) } else { Err(Fault::Union) };
        }
        self.atomic(text)
    }

    fn atomic(&self, text: &str) -> Result<(), Fault<'_>> {
        let text = self.base.normalized(text);
        let text = text.as_ref();
        if !self.base.accepts(text) {
            return Err(Fault::Lexical(self.base));
        }
        let is_word = || {
            self.words
                .binary_search_by(|word| word.as_str().cmp(text))
                .is_ok()
        };
        if !self.words.is_empty() && !is_word() {
            return Err(Fault::Word(self));
        }
        if !self.patterns.iter().all(|pattern| pattern.is_match(text)) {
            return Err(Fault::Pattern(self));
        }
        if self.length != (0, usize::MAX) {
            let length = text.chars().count();
            if !(self.length.0..=self.length.1).contains(&length) {
                return Err(Fault::Length(self, length));
            }
        }
        let is_beyond = |bound: &Option<String>, side| {
            bound.as_deref().is_some_and(|bound| {
                let (value, bound) = (Number::read(text), Number::read(bound));
                value
                    .zip(bound)
                    .is_some_and(|(value, bound)| value.cmp(&bound) == side)
            })
        };
        if is_beyond(&self.minimum, Ordering::Less) || is_beyond(&self.maximum, Ordering::Greater) {
            return Err(Fault::Range(self));
        }
        Ok(())
    }
}

/// A decimal number as it is written, without limit: sign, whole digits and those of the fraction, both
/// without idle zeros.
#[derive(Clone, Copy)]
struct Number<'t> {
    is_negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

impl<'t> Number<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_number =
            are_digits(whole) && are_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
        is_number.then(|| Self {
            is_negative: text.starts_with('-'),
            whole: whole.trim_start_matches('0'),
            fraction: fraction.trim_end_matches('0'),
        })
    }

    fn sign(self) -> Ordering {
        if self.whole.is_empty() && self.fraction.is_empty() {
            Ordering::Equal
        } else if self.is_negative {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    }

    fn cmp(self, other: &Self) -> Ordering {
        let magnitude = |left: Self, right: Self| {
            let whole = left.whole.len().cmp(&right.whole.len());
            whole
                .then_with(|| left.whole.cmp(right.whole))
                .then_with(|| left.fraction.cmp(right.fraction))
        };
        self.sign()
            .cmp(&other.sign())
            .then_with(|| match self.sign() {
                Ordering::Equal => Ordering::Equal,
                Ordering::Greater => magnitude(self, *other),
                Ordering::Less => magnitude(*other, self),
            })
    }
}

fn integer(text: &str) -> Option<Number<'_>> {
    let number = Number::read(text)?;
    (!text.contains('.')).then_some(number)
}

/// Takes two digits from the front.
fn two(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, rest))
}

/// Takes a date from the front (Part 2, 3.2.7.1 and 3.2.9.1).
fn date(text: &str) -> Option<&str> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let length = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = unsigned.split_at_checked(length)?;
    // A year has four digits or more; zeros in front stand only to make up four; there is no year 0.
    let is_year = length >= 4 && (length == 4 || !year.starts_with('0'));
    if !is_year || year.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let (month, rest) = two(rest.strip_prefix('-')?)?;
    let (day, rest) = two(rest.strip_prefix('-')?)?;
    // The last four digits tell the leap year, for 400 divides 10,000.
    let short: u16 = year.get(length - 4..)?.parse().ok()?;
    let is_leap =
        short.is_multiple_of(4) && (!short.is_multiple_of(100) || short.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

fn is_date_time(text: &str) -> bool {
    let time = date(text).and_then(|rest| time(rest.strip_prefix('T')?));
    time.is_some_and(is_zone)
}

/// Takes a time of day from the front.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = two(text)?;
    let (minute, rest) = two(rest.strip_prefix(':')?)?;
    let (second, rest) = two(rest.strip_prefix(':')?)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.split_at_checked(length).filter(|_| length > 0)?
        }
        None => ("", rest),
    };
    let is_midnight =
        (hour, minute, second) == (24, 0, 0) && fraction.bytes().all(|byte| byte == b'0');
    (is_midnight || hour < 24 && minute < 60 && second < 60).then_some(rest)
}

/// Whether a text is a time zone or empty (Part 2, 3.2.7.3).
fn is_zone(text: &str) -> bool {
    let zone = || {
        let (hour, rest) = two(text.strip_prefix(['+', '-'])?)?;
        let (minute, rest) = two(rest.strip_prefix(':')?)?;
        let is_near = hour < 14 && minute < 60 || (hour, minute) == (14, 0);
        Some(is_near && rest.is_empty())
    };
    matches!(text, "" | "Z") || zone().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_types_accept_their_lexical_space() {
        let cases: [(Base, &[&str], &[&str]); 8] = [
            (
                Base::DateTime,
                &[
                    "2026-11-25T23:59:59Z",
                    "2024-02-29T00:00:00",
                    "2024-02-29T24:00:00.0+14:00",
                    "-12024-01-01T00:00:00.123456789012-13:59",
                ],
                &[
                    "",
                    "2026-11-25",
                    "2026-11-25 23:59:59Z",
                    "2023-02-29T00:00:00Z",
                    "2026-13-01T00:00:00Z",
                    "2026-1-01T00:00:00Z",
                    "0000-01-01T00:00:00Z",
                    "02026-01-01T00:00:00Z",
                    "226-01-01T00:00:00Z",
                    "2026-01-01T24:00:01Z",
                    "2026-01-01T00:00:60Z",
                    "2026-01-01T00:00:00.Z",
                    "2026-01-01T00:00:00z",
                    "2026-01-01T00:00:00+14:01",
                    "2026-01-01T00:00:00+0900",
                    "2026-01-01T00:00:00Zx",
                    "+2026-01-01T00:00:00Z",
                    "2026-01-01T+1:00:00Z",
                ],
            ),
            (
                Base::Date,
                &["2026-11-25", "2026-11-25Z"],
                &["2026-11-25T00:00:00Z", "2026-11"],
            ),
            (Base::Boolean, &["true", "0"], &["TRUE", "yes", ""]),
            (
                Base::Decimal,
                &["1", "-.5", "+1.", "00.10"],
                &["", ".", "+", "1e5", "1,0"],
            ),
            (Base::Integer, &["-0", "+12", "007"], &["1.0", "", "0x1"]),
            (Base::NonNegativeInteger, &["-0", "5"], &["-1"]),
            (Base::PositiveInteger, &["1", "+010"], &["0", "-1", "-0"]),
            (Base::AnyUri, &["a b", ""], &["%x"]),
        ];
        for (base, accepted, refused) in cases {
            for text in accepted {
                assert!(base.accepts(text), "{base:?} {text}");
            }
            for text in refused {
                assert!(!base.accepts(text), "{base:?} {text}");
            }
        }
    }

    #[test]
    fn white_space_is_kept_replaced_or_collapsed() {
        let text = " a\n\t b ";
        for (base, expected) in [
            (Base::String, " a\n\t b "),
            (Base::NormalizedString, " a   b "),
            (Base::Token, "a b"),
        ] {
            assert_eq!(base.normalized(text), expected);
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let ordered = [
            "-10.5", "-10.45", "-2", "-0.1", "0", "0.05", "0.5", "1.0", "9", "10", "10.1",
        ];
        for (left, one) in ordered.iter().enumerate() {
            for (right, other) in ordered.iter().enumerate() {
                let compared = Number::read(one)
                    .unwrap()
                    .cmp(&Number::read(other).unwrap());
                assert_eq!(compared, left.cmp(&right), "{one} {other}");
            }
        }
        let zeros = Number::read("-00.0")
            .unwrap()
            .cmp(&Number::read("0").unwrap());
        assert_eq!(zeros, Ordering::Equal);
    }
}
