//! Names of the Common Platform Enumeration, 2.2 and 2.3, and whether one covers another.
//!
//! Sources: NISTIR 7695 (CPE Naming 2.3), sections 5 and 6, for the two bindings; NISTIR 7696 (CPE Name
//! Matching 2.3), section 6.2 and tables 6-2 to 6-4, for the comparison of two names.

/// The eleven attributes, in the order of a formatted string (NISTIR 7695, 6.2).
const ATTRIBUTES: usize = 11;

/// Attributes up to the product: part, vendor, product.
const OF_PRODUCT: usize = 3;

/// The place of the version.
const VERSION: usize = 3;

/// A name, bound to a platform or to many.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cpe([Value; ATTRIBUTES]);

/// The value of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
enum Value {
    /// Any value will do.
    #[default]
    Any,
    /// There is no such value.
    NotApplicable,
    /// This value in lower case, without quoting; [`MANY`] and [`ONE`] stand for the wildcards.
    Is(String),
}

/// Any run of characters, as `*` without quoting.
const MANY: char = '\u{1}';

/// One character or none, as `?` without quoting.
const ONE: char = '\u{2}';

impl Value {
    fn is_pattern(text: &str) -> bool {
        text.contains([MANY, ONE])
    }

    /// Whether it is equal to `target` or a superset of it (NISTIR 7696, table 6-2).
    fn covers(&self, target: &Self) -> bool {
        match (self, target) {
            (Self::Any, _) | (Self::NotApplicable, Self::NotApplicable) => true,
            (Self::Is(own), Self::Is(other)) if Self::is_pattern(own) => {
                // Two patterns are not compared (table 6-2, row 17).
                !Self::is_pattern(other) && fits(own, other)
            }
            (Self::Is(own), Self::Is(other)) => own == other,
            _ => false,
        }
    }

    fn plain(&self) -> Option<&str> {
        match self {
            Self::Is(text) if !Self::is_pattern(text) => Some(text),
            _ => None,
        }
    }
}

impl Cpe {
    /// Reads a name of either version; `None` for a text that is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("cpe:2.3:") {
            return formatted(rest);
        }
        let head = text.get(..5)?;
        head.eq_ignore_ascii_case("cpe:/")
            .then(|| text.get(5..).and_then(uri))
            .flatten()
    }

    /// Whether every platform that `other` names is one that this name means: each attribute is equal or a
    /// superset (NISTIR 7696, table 6-4).
    pub fn covers(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(own, other)| own.covers(other))
    }

    /// The same for part, vendor and product only, whatever the version.
    pub fn covers_product(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0).take(OF_PRODUCT);
        pairs.into_iter().all(|(own, other)| own.covers(other))
    }

    /// The product in lower case, if exactly one is named.
    pub fn product(&self) -> Option<&str> {
        self.0.get(OF_PRODUCT - 1).and_then(Value::plain)
    }

    /// Whether one version is named.
    pub fn names_version(&self) -> bool {
        self.0.get(VERSION).and_then(Value::plain).is_some()
    }
}

/// Reads what stands behind `cpe:2.3:`.
fn formatted(text: &str) -> Option<Cpe> {
    let mut values: [Value; ATTRIBUTES] = Default::default();
    let mut slots = values.iter_mut();
    let mut characters = text.chars();
    let mut is_over = false;
    for slot in &mut slots {
        if is_over {
            return None;
        }
        let (mut raw, mut value, mut is_quoted) = (0_usize, String::new(), false);
        loop {
            let Some(character) = characters.next() else {
                is_over = true;
                break;
            };
            match character {
                ':' => break,
                '\\' => {
                    value.extend(characters.next()?.to_lowercase());
                    is_quoted = true;
                }
                '*' => value.push(MANY),
                '?' => value.push(ONE),
                other => value.extend(other.to_lowercase()),
            }
            raw += 1;
        }
        *slot = match (raw, value.chars().next()) {
            (0, _) => return None,
            (1, Some(MANY)) => Value::Any,
            (1, Some('-')) if !is_quoted => Value::NotApplicable,
            _ => Value::Is(value),
        };
    }
    is_over.then_some(Cpe(values))
}

/// Reads what stands behind `cpe:/` (NISTIR 7695, 6.1.3).
fn uri(text: &str) -> Option<Cpe> {
    let mut values: [Value; ATTRIBUTES] = Default::default();
    let mut set = |slot: usize, part: &str| {
        let value = match part {
            "" => Value::Any,
            "-" => Value::NotApplicable,
            _ => Value::Is(decode(part)),
        };
        if let Some(slot) = values.get_mut(slot) {
            *slot = value;
        }
    };
    for (slot, part) in text.split(':').enumerate() {
        match (slot, part.strip_prefix('~')) {
            (7.., _) => return None,
            // The edition may carry four attributes more, packed behind tildes.
            (5, Some(packed)) => {
                for (slot, part) in [5, 7, 8, 9, 10].into_iter().zip(packed.split('~')) {
                    set(slot, part);
                }
            }
            _ => set(slot, part),
        }
    }
    (!text.is_empty()).then_some(Cpe(values))
}

/// Undoes percent-encoding; `%01` and `%02` are the wildcards.
fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let mut byte = [0];
        let digits = behind.get(..2).filter(|_| *first == b'%');
        if digits.is_some_and(|digits| hex::decode_to_slice(digits, &mut byte).is_ok()) {
            // `%01` is one character, `%02` many: the other way round than the markers here.
            bytes.extend(byte.map(|byte| match byte {
                1 => 2,
                2 => 1,
                other => other,
            }));
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

/// Whether a text fits a pattern of wildcards. Takes no more steps than the product of both lengths.
fn fits(pattern: &str, text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    // The ends in the text at which what was read of the pattern so far may end.
    let mut ends = vec![false; characters.len() + 1];
    if let Some(first) = ends.first_mut() {
        *first = true;
    }
    for wanted in pattern.chars() {
        let mut next = vec![false; ends.len()];
        let mut reached = false;
        for (end, is_reached) in ends.iter().enumerate() {
            reached |= *is_reached;
            let here = match wanted {
                MANY => reached,
                ONE => *is_reached,
                _ => false,
            };
            if here && let Some(slot) = next.get_mut(end) {
                *slot = true;
            }
            let takes = wanted == ONE || characters.get(end) == Some(&wanted);
            if *is_reached
                && takes
                && let Some(slot) = next.get_mut(end + 1)
            {
                *slot = true;
            }
        }
        ends = next;
    }
    ends.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_covers_what_it_means() {
        const A: &str = "cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*";
        for (case, one, other, expected) in [
            ("equal", A, A, true),
            ("any version", "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", A, true),
            (
                "any is more than one",
                A,
                "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*",
                false,
            ),
            (
                "another version",
                A,
                "cpe:2.3:a:v:p:1.1:*:*:*:*:*:*:*",
                false,
            ),
            ("case", "cpe:2.3:a:V:P:1.0:*:*:*:*:*:*:*", A, true),
            ("2.2 and 2.3", "cpe:/a:v:p:1.0", A, true),
            ("2.2 without version", "cpe:/a:v:p", A, true),
            ("2.2 of another part", "cpe:/o:v:p", A, false),
            ("not applicable", "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*", A, false),
            (
                "both not applicable",
                "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*",
                "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*",
                true,
            ),
            (
                "any covers none",
                "cpe:/a:v:p",
                "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*",
                true,
            ),
            ("many", "cpe:2.3:a:v:p:1.*:*:*:*:*:*:*:*", A, true),
            ("one", "cpe:2.3:a:v:p:1.?:*:*:*:*:*:*:*", A, true),
            ("one or none", "cpe:2.3:a:v:p:1.0?:*:*:*:*:*:*:*", A, true),
            ("one is not two", "cpe:2.3:a:v:p:1?:*:*:*:*:*:*:*", A, false),
            (
                "quoted is no wildcard",
                r"cpe:2.3:a:v:p:1.\*:*:*:*:*:*:*:*",
                A,
                false,
            ),
            (
                "two patterns",
                "cpe:2.3:a:v:p:1.*:*:*:*:*:*:*:*",
                "cpe:2.3:a:v:p:1.*:*:*:*:*:*:*:*",
                false,
            ),
            ("quoting", r"cpe:2.3:a:v:p:1\.0:*:*:*:*:*:*:*", A, true),
            (
                "a colon",
                r"cpe:2.3:a:v:p\:q:*:*:*:*:*:*:*:*",
                "cpe:/a:v:p%3aq:1",
                true,
            ),
            (
                "packed",
                "cpe:/a:v:p:1.0::~~~wordpress~~",
                "cpe:2.3:a:v:p:1.0:*:*:*:*:wordpress:*:*",
                true,
            ),
            (
                "packed, another",
                "cpe:/a:v:p:1.0::~~~wordpress~~",
                "cpe:2.3:a:v:p:1.0:*:*:*:*:drupal:*:*",
                false,
            ),
            ("wildcard of 2.2", "cpe:/a:v:p:1%02", A, true),
        ] {
            let (one, other) = (Cpe::parse(one).unwrap(), Cpe::parse(other).unwrap());
            assert_eq!(one.covers(&other), expected, "{case}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            "",
            "cpe:/",
            "cpe:2.3:a:v:p",
            "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*",
            "cpe:2.3:a::p:1:*:*:*:*:*:*:*",
            r"cpe:2.3:a:v:p:1:*:*:*:*:*:*:\",
            "cpe:/a:v:p:1:2:3:4:5",
            "pkg:npm/a",
        ] {
            assert_eq!(Cpe::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_product_is_known_whatever_its_version() {
        let one = Cpe::parse("cpe:/a:v:p:1.0").unwrap();
        let other = Cpe::parse("cpe:2.3:a:v:p:2.0:*:*:*:*:*:*:*").unwrap();
        assert!(one.covers_product(&other) && !one.covers(&other));
        assert_eq!((one.product(), one.names_version()), (Some("p"), true));
        let broad = Cpe::parse("cpe:2.3:a:v:*:*:*:*:*:*:*:*:*").unwrap();
        assert_eq!((broad.product(), broad.names_version()), (None, false));
    }

    #[test]
    fn a_long_pattern_ends() {
        let pattern = MANY.to_string().repeat(200) + "b";
        assert!(!fits(&pattern, &"a".repeat(2000)));
    }
}
