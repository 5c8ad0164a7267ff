//! Names of the Common Platform Enumeration: CPE 2.2 URIs and CPE 2.3 formatted strings in one form, and
//! which of two covers the other.
//!
//! Sources: NIST IR 7695 (naming 2.3), sections 6.1 (URI binding) and 6.2 (formatted string binding); NIST
//! IR 7696 (name matching 2.3), section 7.

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// Any value (`*`, or nothing in a URI).
    Any,
    /// The attribute does not apply (`-`).
    NotApplicable,
    /// A value in lower case, `None` standing for `?` and `*` as [`Glyph`] says.
    Text(Vec<Glyph>),
}

/// A character of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Glyph {
    /// Itself.
    Is(char),
    /// Any one character (`?`, unquoted).
    One,
    /// Any number of characters (`*`, unquoted).
    Many,
}

/// How many attributes a name has, and the most bytes of one that is read.
const ATTRIBUTES: usize = 11;
const MAXIMUM_BYTES: usize = 2048;

/// The position of the version among the attributes.
const VERSION: usize = 3;

/// A name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpe {
    /// `a` application, `o` operating system, `h` hardware.
    pub part: String,
    /// The vendor in lower case, without quoting; `*` for any.
    pub vendor: String,
    /// The product, likewise.
    pub product: String,
    /// Part, vendor, product, version, update, edition, language, `sw_edition`, `target_sw`, `target_hw`,
    /// other.
    attributes: Vec<Value>,
}

impl Cpe {
    /// Reads a name in either binding; `None` for what is none, or has no vendor or product.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAXIMUM_BYTES {
            return None;
        }
        let attributes = match text.strip_prefix("cpe:2.3:") {
            Some(rest) => formatted(rest),
            None => uri(text.strip_prefix("cpe:/")?),
        }?;
        let mut words = attributes.iter().map(word);
        let cpe = Self {
            part: words.next()?,
            vendor: words.next()?,
            product: words.next()?,
            attributes,
        };
        let known = matches!(cpe.part.as_str(), "a" | "o" | "h");
        (known && cpe.vendor != "*" && cpe.product != "*").then_some(cpe)
    }

    /// The version as written, where one is named; an update follows behind a blank.
    pub fn version(&self) -> Option<String> {
        let text = |at| match self.attributes.get(at) {
            Some(value @ Value::Text(_)) => Some(word(value)),
            _ => None,
        };
        let version = text(VERSION)?;
        Some(match text(VERSION + 1) {
            Some(update) => format!("{version} {update}"),
            None => version,
        })
    }

    /// Whether everything that `other` names is named by this one too (superset or equal).
    pub fn covers(&self, other: &Self) -> bool {
        self.covers_all(other, |_| true)
    }

    /// Whether it covers `other` but for the version and update, which are judged by other means.
    pub fn covers_beside_version(&self, other: &Self) -> bool {
        self.covers_all(other, |at| at != VERSION && at != VERSION + 1)
    }

    fn covers_all(&self, other: &Self, asked: impl Fn(usize) -> bool) -> bool {
        self.attributes
            .iter()
            .zip(&other.attributes)
            .enumerate()
            .filter(|(at, _)| asked(*at))
            .all(|(_, (own, other))| match (own, other) {
                (Value::Any, _) => true,
                (Value::Text(own), Value::Text(other)) => is_like(own, other),
                (own, other) => own == other,
            })
    }
}

/// The attributes of a formatted string: eleven, `:` between them, quoted by `\`.
fn formatted(rest: &str) -> Option<Vec<Value>> {
    let mut attributes = Vec::with_capacity(ATTRIBUTES);
    let mut open = Vec::new();
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' => attributes.push(value(std::mem::take(&mut open))),
            '\\' => open.push(Glyph::Is(characters.next()?)),
            '?' => open.push(Glyph::One),
            '*' => open.push(Glyph::Many),
            other => open.extend(other.to_lowercase().map(Glyph::Is)),
        }
    }
    attributes.push(value(open));
    (attributes.len() == ATTRIBUTES).then_some(attributes)
}

/// The attributes of a URI: up to seven, percent-encoded, `~` packing four more into the edition.
fn uri(rest: &str) -> Option<Vec<Value>> {
    let mut parts: Vec<&str> = rest.split(':').collect();
    if parts.len() > 7 {
        return None;
    }
    parts.resize(7, "");
    let edition = parts.get(5).copied().unwrap_or_default();
    let packed: Vec<&str> = match edition.strip_prefix('~') {
        Some(packed) => packed.split('~').collect(),
        None => vec![edition],
    };
    let mut order: Vec<&str> = parts.get(..5)?.to_vec();
    let extra = |at: usize| packed.get(at).copied().unwrap_or_default();
    order.push(extra(0));
    order.push(parts.get(6).copied().unwrap_or_default());
    order.extend([extra(1), extra(2), extra(3), ""]);
    order.into_iter().map(decoded).collect()
}

/// A percent-encoded component of a URI; `%01` stands for one character, `%02` for any number.
fn decoded(component: &str) -> Option<Value> {
    let mut glyphs = Vec::new();
    let mut characters = component.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            glyphs.extend(character.to_lowercase().map(Glyph::Is));
            continue;
        }
        let digits: String = characters.by_ref().take(2).collect();
        glyphs.push(match u8::from_str_radix(&digits, 16).ok()? {
            1 => Glyph::One,
            2 => Glyph::Many,
            byte => Glyph::Is(char::from(byte.to_ascii_lowercase())),
        });
    }
    Some(if component == "-" {
        Value::NotApplicable
    } else if glyphs.is_empty() {
        Value::Any
    } else {
        Value::Text(glyphs)
    })
}

fn value(glyphs: Vec<Glyph>) -> Value {
    match glyphs.as_slice() {
        [] | [Glyph::Many] => Value::Any,
        [Glyph::Is('-')] => Value::NotApplicable,
        _ => Value::Text(
            glyphs
                .into_iter()
                .map(|glyph| match glyph {
                    Glyph::Is(character) => Glyph::Is(character.to_ascii_lowercase()),
                    other => other,
                })
                .collect(),
        ),
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::Any => "*".to_owned(),
        Value::NotApplicable => "-".to_owned(),
        Value::Text(glyphs) => glyphs
            .iter()
            .map(|glyph| match glyph {
                Glyph::Is(character) => *character,
                Glyph::One => '?',
                Glyph::Many => '*',
            })
            .collect(),
    }
}

/// Whether a value with wildcards covers another. Wildcards of the other stand for themselves.
fn is_like(pattern: &[Glyph], text: &[Glyph]) -> bool {
    // The last `*` and where it was met: going back to it is enough, and takes at most the product of the
    // two lengths, which are bounded.
    let (mut at, mut from) = (0, 0);
    let mut resume = None;
    while from < text.len() {
        match (pattern.get(at), text.get(from)) {
            (Some(Glyph::Many), _) => {
                resume = Some((at, from));
                at += 1;
            }
            (Some(Glyph::One), Some(_)) => {
                at += 1;
                from += 1;
            }
            (Some(own), Some(other)) if own == other => {
                at += 1;
                from += 1;
            }
            _ => match &mut resume {
                Some((star, met)) => {
                    *met += 1;
                    at = *star + 1;
                    from = *met;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|glyph| *glyph == Glyph::Many)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpe(text: &str) -> Cpe {
        Cpe::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn both_bindings_give_one_name() {
        for (uri, formatted) in [
            (
                "cpe:/a:openssl:openssl:1.0.2k",
                "cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*",
            ),
            (
                "cpe:/a:Kakitori:Index%21:2.0:rc1",
                r"cpe:2.3:a:kakitori:index\!:2.0:rc1:*:*:*:*:*:*",
            ),
            (
                "cpe:/o:redhat:enterprise_linux:8::baseos",
                "cpe:2.3:o:redhat:enterprise_linux:8:*:baseos:*:*:*:*:*",
            ),
            (
                "cpe:/a:k:i:1:-:~~online~win~x64~",
                "cpe:2.3:a:k:i:1:-:*:*:online:win:x64:*",
            ),
        ] {
            assert_eq!(cpe(uri), cpe(formatted), "{uri}");
        }
        let named = cpe("cpe:2.3:a:kakitori:index:2.0:rc1:*:*:*:*:*:*");
        assert_eq!(named.version().as_deref(), Some("2.0 rc1"));
        for broken in [
            "",
            "cpe:2.3:a:b",
            "cpe:/x:b:c",
            "cpe:/a",
            "cpe:2.3:a:*:c:1:*:*:*:*:*:*:*",
            r"cpe:2.3:a:b:c:1:*:*:*:*:*:*\",
        ] {
            assert_eq!(Cpe::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_name_covers_what_it_leaves_open() {
        let all = |version| format!("cpe:2.3:a:kakitori:index:{version}:*:*:*:*:*:*:*");
        for (one, other, covers) in [
            (all("*"), all("2.0"), true),
            (all("2.0"), all("*"), false),
            (all("2.*"), all("2.0"), true),
            (all("2.?"), all("2.10"), false),
            (all("-"), all("2.0"), false),
            (all("2.0"), all("2.0"), true),
            (all("*a*b*"), all("xaxxbx"), true),
            (all("*a*b*"), all("xbxxax"), false),
        ] {
            assert_eq!(cpe(&one).covers(&cpe(&other)), covers, "{one} {other}");
        }
        assert!(cpe(&all("1")).covers_beside_version(&cpe(&all("2"))));
    }
}
