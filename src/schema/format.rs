//! The formats that the schemas name, as strict as a validator with format checks.

use fluent_uri::{Iri, IriRef, Uri};

use super::email;

/// A named format (JSON Schema Draft 7, validation, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 3339, `date-time`.
    DateTime,
    /// RFC 3339, `full-date`.
    Date,
    /// RFC 6531.
    Email,
    /// RFC 3987, with a scheme.
    Iri,
    /// RFC 3987, an IRI or a relative reference.
    IriReference,
    /// RFC 3986, with a scheme.
    Uri,
    /// RFC 9562, in hexadecimal digits with hyphens.
    Uuid,
}

impl Format {
    /// The format of that name; `None` when it is not known.
    pub(super) fn new(name: &str) -> Option<Self> {
        Some(match name {
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "idn-email" => Self::Email,
            "iri" => Self::Iri,
            "iri-reference" => Self::IriReference,
            "uri" => Self::Uri,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    /// What it asks for, in words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DateTime => "a date and time",
            Self::Date => "a date",
            Self::Email => "an email address",
            Self::Iri => "a URL or another IRI with a scheme",
            Self::IriReference => "a URL or another IRI",
            Self::Uri => "a URI",
            Self::Uuid => "a UUID",
        }
    }

    /// The same with an example, for a help.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::DateTime => "a date and time with its zone, such as `2026-01-31T08:00:00Z`",
            Self::Date => "a date such as `2026-01-31`",
            Self::Email => "an email address such as `name@example.com`",
            Self::Iri => {
                "an IRI with a scheme, such as `https://example.com/` or `pkg:npm/name@1.0`"
            }
            Self::IriReference => {
                "a URL or another IRI, in which spaces, braces and the like are percent-encoded"
            }
            Self::Uri => "a URI with a scheme, such as `https://example.com/`",
            Self::Uuid => "a UUID such as `3e671687-395b-41f5-a30f-a58921a69b79`",
        }
    }

    pub(super) fn matches(self, text: &str) -> bool {
        match self {
            Self::DateTime => text
                .split_once(['T', 't'])
                .is_some_and(|(date, time)| is_date(date.as_bytes()) && is_time(time)),
            Self::Date => is_date(text.as_bytes()),
            Self::Email => email::is_address(text),
            Self::Iri => is_plain_url(text) || Iri::parse(text).is_ok(),
            Self::IriReference => is_plain_url(text) || IriRef::parse(text).is_ok(),
            Self::Uri => Uri::parse(text).is_ok(),
            Self::Uuid => is_uuid(text.as_bytes()),
        }
    }
}

/// The most common form, told without a full parse: `https://`, a host, and a path of plain letters.
fn is_plain_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    rest.is_some_and(|rest| rest.bytes().all(plain))
}

fn is_uuid(bytes: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    bytes.len() == 36 && bytes.iter().enumerate().all(fits)
}

fn two(bytes: &[u8], at: usize) -> Option<u32> {
    match bytes.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        }
        _ => None,
    }
}

/// `full-date` of RFC 3339, section 5.6.
fn is_date(bytes: &[u8]) -> bool {
    let [_, _, _, _, b'-', _, _, b'-', _, _] = bytes else {
        return false;
    };
    let (Some(century), Some(rest), Some(month), Some(day)) =
        (two(bytes, 0), two(bytes, 2), two(bytes, 5), two(bytes, 8))
    else {
        return false;
    };
    let year = century * 100 + rest;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `full-time` of RFC 3339, section 5.6. A leap second stands at the end of a day in UTC (section 5.7).
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [_, _, b':', _, _, b':', _, _, rest @ ..] = bytes else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (two(bytes, 0), two(bytes, 3), two(bytes, 6))
    else {
        return false;
    };
    let zone = match rest {
        [b'.', digits @ ..] => {
            let count = digits
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if count == 0 {
                return false;
            }
            digits.get(count..).unwrap_or_default()
        }
        _ => rest,
    };
    // Minutes of the day in UTC, kept positive.
    let minutes = match zone {
        [b'Z' | b'z'] => hour * 60 + minute,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (Some(hours), Some(minutes)) = (two(zone, 1), two(zone, 4)) else {
                return false;
            };
            if hours > 23 || minutes > 59 {
                return false;
            }
            let offset = hours * 60 + minutes;
            let local = hour * 60 + minute;
            if *sign == b'+' {
                local + 24 * 60 - offset
            } else {
                local + offset
            }
        }
        _ => return false,
    };
    hour <= 23
        && minute <= 59
        && (second <= 59 || (second == 60 && minutes % (24 * 60) == 23 * 60 + 59))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_strict() {
        for (format, text, expected) in [
            (Format::DateTime, "2026-01-31T08:00:00Z", true),
            (Format::DateTime, "2026-01-31t08:00:00z", true),
            (Format::DateTime, "2026-01-31T08:00:00.123+09:00", true),
            (Format::DateTime, "2026-01-31T08:00:00-23:59", true),
            (Format::DateTime, "2026-01-31T08:00:00", false),
            (Format::DateTime, "2026-01-31 08:00:00Z", false),
            (Format::DateTime, "2026-01-31T08:00:00.Z", false),
            (Format::DateTime, "2026-01-31T08:00:00+0900", false),
            (Format::DateTime, "2026-01-31T08:00:00+24:00", false),
            (Format::DateTime, "2026-01-31T24:00:00Z", false),
            (Format::DateTime, "2026-01-31T08:60:00Z", false),
            (Format::DateTime, "2026-01-31T08:00:61Z", false),
            (Format::DateTime, "2026-12-31T23:59:60Z", true),
            (Format::DateTime, "2026-12-31T08:58:60+09:00", false),
            (Format::DateTime, "2027-01-01T08:59:60+09:00", true),
            (Format::DateTime, "2026-12-31T15:59:60-08:00", true),
            (Format::DateTime, "2026-12-31T23:58:60Z", false),
            (Format::DateTime, "", false),
            (Format::DateTime, "T", false),
            (Format::Date, "2024-02-29", true),
            (Format::Date, "2026-02-29", false),
            (Format::Date, "2000-02-29", true),
            (Format::Date, "1900-02-29", false),
            (Format::Date, "2026-04-31", false),
            (Format::Date, "2026-13-01", false),
            (Format::Date, "2026-00-01", false),
            (Format::Date, "2026-1-1", false),
            (Format::Date, "２０２６-01-01", false),
            (Format::IriReference, "https://example.com/a", true),
            (Format::IriReference, "https://例え.jp/目", true),
            (Format::IriReference, "a/b?c#d", true),
            (Format::IriReference, "", true),
            (Format::IriReference, "https://", true),
            (Format::IriReference, "https://example.com/a b", false),
            (Format::IriReference, "https://example.com/%zz", false),
            (Format::IriReference, "1a:b", false),
            (Format::IriReference, "a#b#c", false),
            (Format::Uri, "https://example.com/", true),
            (Format::Uri, "a/b", false),
            (Format::Uri, "https://例え.jp", false),
        ] {
            assert_eq!(format.matches(text), expected, "{format:?} {text}");
        }
        assert_eq!(Format::new("string"), None);
    }

    #[test]
    fn what_is_plain_is_an_iri() {
        for text in ["https://", "http:///a", "https://a/b/../c~", "https://-._~"] {
            assert!(is_plain_url(text) && IriRef::parse(text).is_ok(), "{text}");
        }
        assert!(!is_plain_url("ftp://a"));
    }

    /// Texts are put together by chance from pieces at the edge of the formats; an independent validator
    /// decides what each is.
    #[test]
    fn an_independent_validator_agrees() {
        const LONG: &str = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg";
        const PIECES: [&str; 66] = [
            LONG,
            "1a",
            "a",
            "b.c",
            "1",
            "0",
            "é",
            "目",
            "-",
            "--",
            "xn--",
            "_",
            ".",
            "..",
            "@",
            "@@",
            "\"",
            "\\",
            " ",
            "\t",
            "[",
            "]",
            "[::1]",
            "[IPv6:::1]",
            "[127.0.0.1]",
            ":",
            "::",
            "/",
            "//",
            "?",
            "#",
            "%",
            "%20",
            "%e9",
            "%zz",
            "&",
            "=",
            "+",
            "~",
            "!",
            "$",
            "'",
            "(",
            ")",
            "*",
            ",",
            ";",
            "<",
            ">",
            "{",
            "}",
            "|",
            "^",
            "`",
            "http",
            "https://",
            "urn:",
            "example.com",
            ":80",
            "\u{e000}",
            "\u{200d}",
            "\u{7f}",
            "\n",
            "'a'",
            "\"a\"@",
            "a@b",
        ];
        let names = [
            (Format::DateTime, "date-time"),
            (Format::Date, "date"),
            (Format::Email, "idn-email"),
            (Format::Iri, "iri"),
            (Format::IriReference, "iri-reference"),
            (Format::Uri, "uri"),
        ];
        let validators = names.map(|(format, name)| {
            let schema = serde_json::json!({"$schema": "http://json-schema.org/draft-07/schema#", "format": name});
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&schema)
                .unwrap();
            (format, validator)
        });
        let mut state = 0x6d65_6b69_u64;
        let mut below = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % bound
        };
        let (mut differences, mut valid) = (Vec::new(), [0; 6]);
        for _ in 0..60_000 {
            let text: String = (0..=below(7))
                .map(|_| PIECES[below(PIECES.len())])
                .collect();
            for ((format, validator), valid) in validators.iter().zip(&mut valid) {
                let theirs = validator.is_valid(&serde_json::Value::String(text.clone()));
                *valid += usize::from(theirs);
                // What an encoded label decodes to is not asked here.
                if format.matches(&text) != theirs && !text.contains("xn--") {
                    differences.push(format!("{format:?} {text:?}: they say {theirs}"));
                }
            }
        }
        assert_eq!(differences, [] as [String; 0], "{}", differences.len());
        // Chance makes no dates of these pieces; the table above has them.
        assert!(valid[2..].iter().all(|count| *count > 200), "{valid:?}");
    }
}
