//! The regular expressions of the schemas (ECMA 262): the common ones by hand, the others compiled when
//! they are first needed.

use std::sync::OnceLock;

use regex::Regex;

/// One regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    source: Box<str>,
    known: Option<Known>,
    compiled: OnceLock<Option<Compiled>>,
}

/// An expression, and the one that may not match where it begins.
#[derive(Debug)]
struct Compiled {
    regex: Regex,
    not: Option<Regex>,
}

impl Compiled {
    fn new(source: &str) -> Option<Self> {
        let compile = |source: &str| Regex::new(&in_our_syntax(source)).ok();
        let (ahead, rest) = look_ahead(source);
        Some(Self {
            regex: compile(&rest)?,
            not: match ahead {
                Some(ahead) => Some(compile(&format!("^(?:{ahead})"))?),
                None => None,
            },
        })
    }

    fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text) && !self.not.as_ref().is_some_and(|not| not.is_match(text))
    }
}

/// A pattern that is matched by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    OneLine,
    Uuid,
    BomLink,
    BomLinkElement,
    MediaType,
    Digest,
    Language,
    Country,
    Iri,
    Blank,
    Decimal,
    Instant,
    UtcInstant,
    TypeAndSubtype,
}

/// The patterns that are matched by hand, each with what it asks for in words.
const KNOWN: &[(&str, Known, &str)] = &[
    ("^(.*)$", Known::OneLine, "a text on one line"),
    (
        "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        Known::Uuid,
        "`urn:uuid:` and a UUID in lower case",
    ),
    (
        "^urn:cdx:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[1-9][0-9]*$",
        Known::BomLink,
        "a BOM-Link: `urn:cdx:`, a UUID in lower case, `/` and a version",
    ),
    (
        "^urn:cdx:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[1-9][0-9]*#.+$",
        Known::BomLinkElement,
        "a BOM-Link with the element behind `#`",
    ),
    (
        "^[-+a-z0-9.]+/[-+a-z0-9.]+$",
        Known::MediaType,
        "a media type such as `application/json`",
    ),
    (
        "^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$",
        Known::Digest,
        "32, 40, 64, 96 or 128 hexadecimal digits",
    ),
    (
        "^([a-z]{2})(-[A-Z]{2})?$",
        Known::Language,
        "a language such as `en` or `en-US`",
    ),
    ("^[A-Z]{2}$", Known::Country, "two capital letters"),
    (
        "^(?!_:).+:.+",
        Known::Iri,
        "an IRI, with a scheme and a colon",
    ),
    ("^_:.+", Known::Blank, "a blank node such as `_:name`"),
    ("^-?[0-9]+(\\.[0-9]*)?$", Known::Decimal, "a decimal number"),
    (
        "^[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-9]{2}:[0-9]{2})$",
        Known::Instant,
        "a date and time such as `2026-01-31T08:00:00Z`",
    ),
    (
        "^\\d\\d\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
        Known::UtcInstant,
        "a date and time in UTC such as `2026-01-31T08:00:00Z`",
    ),
    (
        "^[^\\/]+\\/[^\\/]+$",
        Known::TypeAndSubtype,
        "a media type such as `application/json`",
    ),
];

impl Pattern {
    pub(super) fn new(source: &str) -> Self {
        let known = KNOWN.iter().find(|(one, _, _)| *one == source);
        Self {
            source: source.into(),
            known: known.map(|(_, known, _)| *known),
            compiled: OnceLock::new(),
        }
    }

    /// What it asks for, in words.
    pub(super) fn words(&self) -> String {
        KNOWN
            .iter()
            .find(|(one, _, _)| *one == &*self.source)
            .map_or_else(
                || format!("a text that matches `{}`", self.source),
                |(_, _, words)| (*words).to_owned(),
            )
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self.known {
            Some(known) => known.matches(text),
            // A test compiles every pattern of every table.
            None => self.compiled().is_none_or(|regex| regex.matches(text)),
        }
    }

    fn compiled(&self) -> Option<&Compiled> {
        self.compiled
            .get_or_init(|| Compiled::new(&self.source))
            .as_ref()
    }

    /// Whether it is matched at all: by hand or by an expression that compiles.
    #[cfg(test)]
    pub(super) fn is_sound(&self) -> bool {
        self.known.is_some() || self.compiled().is_some()
    }
}

/// Takes a negative look-ahead off the start of an expression, which the library cannot express.
fn look_ahead(source: &str) -> (Option<String>, String) {
    let Some(inner) = source.strip_prefix("^(?!") else {
        return (None, source.to_owned());
    };
    let (mut depth, mut in_class, mut escaped) = (1, false, false);
    for (at, character) in inner.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (ahead, rest) = inner.split_at(at);
            let rest = rest.strip_prefix(')').unwrap_or(rest);
            return (Some(ahead.to_owned()), format!("^{rest}"));
        }
    }
    (None, source.to_owned())
}

/// White space (ECMA 262, section 12.2 and 12.3), as it stands in a class of the library.
const SPACE: &str = "\\t\\n\\x0B\\x0C\\r\\x20\\u{A0}\\u{1680}\\u{2000}-\\u{200A}\\u{2028}\\u{2029}\\u{202F}\\u{205F}\\u{3000}\\u{FEFF}";

/// Writes what ECMA 262 and the library read differently so that both mean the former: digits are those
/// of ASCII, white space has another list, and a dot stops at every line terminator (ECMA 262, section 12.3).
fn in_our_syntax(source: &str) -> String {
    let mut ours = String::with_capacity(source.len());
    let mut in_class = false;
    let mut characters = source.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('d') if in_class => ours.push_str("0-9"),
                Some('d') => ours.push_str("[0-9]"),
                Some('s') if in_class => ours.push_str(SPACE),
                Some('s') => ours.extend(["[", SPACE, "]"]),
                Some('S') => ours.extend(["[^", SPACE, "]"]),
                Some(other) => ours.extend(['\\', other]),
                None => ours.push('\\'),
            },
            '.' if !in_class => ours.push_str("[^\\n\\r\\u{2028}\\u{2029}]"),
            _ => {
                in_class = match character {
                    '[' => true,
                    ']' => false,
                    _ => in_class,
                };
                ours.push(character);
            }
        }
    }
    ours
}

impl Known {
    fn matches(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::OneLine => line(text).len() == text.len(),
            Self::Uuid => text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
            Self::BomLink => bom_link(text).is_some_and(is_version),
            Self::BomLinkElement => bom_link(text)
                .and_then(|rest| rest.split_once('#'))
                .is_some_and(|(version, element)| {
                    is_version(version) && !element.is_empty() && line(element) == element
                }),
            Self::MediaType => text
                .split_once('/')
                .is_some_and(|(left, right)| is_media_word(left) && is_media_word(right)),
            Self::Digest => {
                matches!(bytes.len(), 32 | 40 | 64 | 96 | 128)
                    && bytes.iter().all(u8::is_ascii_hexdigit)
            }
            Self::Language => fits(bytes, b"aa") || fits(bytes, b"aa-AA"),
            Self::Country => fits(bytes, b"AA"),
            Self::Iri => {
                let line = line(text).as_bytes();
                !text.starts_with("_:")
                    && line
                        .get(1..line.len().saturating_sub(1))
                        .is_some_and(|inner| inner.contains(&b':'))
            }
            Self::Blank => text
                .strip_prefix("_:")
                .is_some_and(|rest| !line(rest).is_empty()),
            Self::Decimal => is_decimal(text.strip_prefix('-').unwrap_or(text)),
            Self::Instant => is_instant(bytes),
            Self::UtcInstant => fits(bytes, b"0000-00-00T00:00:00Z"),
            Self::TypeAndSubtype => text.split_once('/').is_some_and(|(left, right)| {
                !left.is_empty() && !right.is_empty() && !right.contains('/')
            }),
        }
    }
}

/// The text up to the first line terminator (ECMA 262, section 12.3), at which `.` stops.
fn line(text: &str) -> &str {
    let end = text.find(['\n', '\r', '\u{2028}', '\u{2029}']);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Whether `bytes` have the form of `model`: `0` is a digit, `a` a lower-case letter, `A` a capital and
/// `f` a hexadecimal digit in lower case; anything else is itself.
fn fits(bytes: &[u8], model: &[u8]) -> bool {
    bytes.len() == model.len()
        && bytes.iter().zip(model).all(|(byte, model)| match model {
            b'0' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_lowercase(),
            b'A' => byte.is_ascii_uppercase(),
            b'f' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            _ => byte == model,
        })
}

fn is_uuid(text: &str) -> bool {
    fits(text.as_bytes(), b"ffffffff-ffff-ffff-ffff-ffffffffffff")
}

/// What stands behind the first slash of a BOM-Link.
fn bom_link(text: &str) -> Option<&str> {
    let (uuid, rest) = text.strip_prefix("urn:cdx:")?.split_once('/')?;
    is_uuid(uuid).then_some(rest)
}

fn is_version(text: &str) -> bool {
    !text.starts_with('0') && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_media_word(text: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'-' | b'+' | b'.' | b'a'..=b'z' | b'0'..=b'9');
    !text.is_empty() && text.bytes().all(allowed)
}

fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, rest)) => is_digits(whole) && (rest.is_empty() || is_digits(rest)),
        None => is_digits(text),
    }
}

fn is_instant(bytes: &[u8]) -> bool {
    let Some((day, zone)) = bytes.split_at_checked(19) else {
        return false;
    };
    let up_to = |at: usize, most: u8| day.get(at).is_some_and(|byte| *byte <= most);
    fits(day, b"0000-00-00T00:00:00")
        && up_to(5, b'1')
        && up_to(8, b'3')
        && up_to(11, b'2')
        && up_to(14, b'6')
        && up_to(17, b'6')
        && (zone == b"Z" || fits(zone, b"+00:00") || fits(zone, b"-00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the patterns are tried on: texts near the edge of each.
    const TEXTS: &[&str] = &[
        "",
        "a",
        "a\nb",
        "a\n",
        "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79",
        "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\n",
        "3e671687-395b-41f5-a30f-a58921a69b79",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/0",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/10#a/b#c",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#",
        "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#a\n",
        "application/json",
        "application/JSON",
        "application/a/b",
        "/json",
        "text/",
        "d41d8cd98f00b204e9800998ecf8427e",
        "D41d8cd98f00b204e9800998ecf8427e",
        "d41d8cd98f00b204e9800998ecf8427",
        "g41d8cd98f00b204e9800998ecf8427e",
        "en",
        "en-US",
        "en-us",
        "EN",
        "e",
        "_:a",
        "_:",
        "_::a",
        "a:b",
        ":a",
        "a:",
        "::a",
        "目:目",
        "a:b\nc",
        "a\n:b",
        "a:\nb",
        "1",
        "-1.5",
        "1.",
        ".5",
        "--1",
        "1.5.",
        "2026-01-31T08:00:00Z",
        "2026-01-31T08:00:00+09:00",
        "2026-21-31T08:00:00Z",
        "2026-01-31T08:00:00.5Z",
        "2026-01-41T08:00:00Z",
        "2026-01-31T38:00:00Z",
        "2026-01-31T08:70:00Z",
        "2026-01-31T08:00:00",
    ];

    #[test]
    fn by_hand_means_what_the_expression_means() {
        for (source, known, _) in KNOWN {
            let (ahead, rest) = match source.strip_prefix("^(?!_:)") {
                Some(rest) => (true, format!("^{rest}")),
                None => (false, (*source).to_owned()),
            };
            let regex = Regex::new(&in_our_syntax(&rest)).unwrap();
            let mut matched = 0;
            for text in TEXTS {
                let expected = regex.is_match(text) && !(ahead && text.starts_with("_:"));
                assert_eq!(known.matches(text), expected, "{source} on {text:?}");
                matched += usize::from(expected);
            }
            assert!(matched > 0 && matched < TEXTS.len(), "{source}");
        }
    }

    #[test]
    fn a_look_ahead_is_taken_off() {
        let pattern = Pattern::new("^(?!ab(c|[)])\\.)(a.*)$");
        for (text, expected) in [
            ("a", true),
            ("abc", true),
            ("abc.", false),
            ("ab).d", false),
            ("abd.", true),
            ("b", false),
            ("a\r", false),
        ] {
            assert_eq!(pattern.matches(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_dot_stops_at_every_line_terminator() {
        let one_line = Pattern::new("^(.*)$");
        for (text, expected) in [("a b", true), ("a\rb", false), ("a\u{2028}b", false)] {
            assert_eq!(one_line.matches(text), expected, "{text:?}");
        }
    }

    #[test]
    fn other_patterns_are_compiled() {
        let patent = Pattern::new("^[A-Za-z0-9][A-Za-z0-9\\-/.()\\s]{0,28}[A-Za-z0-9]$");
        for (text, expected) in [
            ("US 1234", true),
            ("US\u{feff}1", true),
            ("US\u{85}1", false),
        ] {
            assert_eq!(patent.matches(text), expected, "{text:?}");
        }
        assert_eq!(patent.known, None);
        assert!(Pattern::new("^[A-Z]{2}$").words().contains("capital"));
    }
}
