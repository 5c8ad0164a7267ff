//! Distinguished names: when two are the same.
//!
//! Source: RFC 5280, section 7.1. Compared is the text with letters folded to lower case and runs of blanks
//! to one; the normalization of Unicode (RFC 4518, section 2.3) is left out, so that names written in two
//! normal forms differ. A name only ever finds a candidate: what it is worth, its key's signature says.

use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Encode as _, Tag, Tagged as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::{Name, RelativeDistinguishedName};

/// A name in the form in which equal names are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Canonical(Vec<Vec<(ObjectIdentifier, Value)>>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Other(Vec<u8>),
}

impl Canonical {
    pub(super) fn of(name: &Name) -> Self {
        Self(name.0.iter().map(step).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `base` is the beginning of this name (RFC 5280, section 4.2.1.10).
    pub(super) fn is_under(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

fn step(step: &RelativeDistinguishedName) -> Vec<(ObjectIdentifier, Value)> {
    let mut values: Vec<_> = step
        .0
        .iter()
        .map(|pair| (pair.oid, value(&pair.value)))
        .collect();
    values.sort();
    values
}

fn value(value: &Any) -> Value {
    text(value).map_or_else(
        || Value::Other(value.to_der().unwrap_or_default()),
        |text| {
            let words: Vec<_> = text.split_whitespace().collect();
            Value::Text(words.join(" ").to_lowercase())
        },
    )
}

/// An alternative name as text, where it is an e-mail address, a DNS name or a URI and cannot be taken for one of
/// the other two, nor for the subject of a certificate.
///
/// Source: RFC 5280, section 4.2.1.6; letters from RFC 5321, section 4.1.2, RFC 1034, section 3.5 (with the mark of
/// wildcards and underscores, which are in use), and RFC 3986, section 3.1.
pub(super) fn of_its_kind(name: &GeneralName) -> Option<&str> {
    let is_host = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"-._*".contains(&one))
    };
    match name {
        GeneralName::Rfc822Name(text) => {
            let (mailbox, host) = text.as_str().split_once('@')?;
            let is_mailbox = !mailbox.is_empty()
                && mailbox
                    .bytes()
                    .all(|one| one.is_ascii_graphic() && !b":=,\"<>\\".contains(&one));
            (is_mailbox && is_host(host)).then_some(text.as_str())
        }
        GeneralName::DnsName(text) => is_host(text.as_str()).then_some(text.as_str()),
        GeneralName::UniformResourceIdentifier(text) => {
            let (scheme, _) = text.as_str().split_once(':')?;
            let is_scheme = scheme.starts_with(|one: char| one.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|one| one.is_ascii_alphanumeric() || b"+-.".contains(&one));
            is_scheme.then_some(text.as_str())
        }
        _ => None,
    }
}

/// The text of a value, where it is one.
pub(super) fn text(value: &Any) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString => std::str::from_utf8(bytes).ok().map(str::to_owned),
        // In use as ISO 8859-1, whatever T.61 says.
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units = bytes.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            String::from_utf16(&units.collect::<Option<Vec<_>>>()?).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_and_the_kind_of_string_do_not_matter() {
        let of = |text: &str| Canonical::of(&text.parse().unwrap());
        assert_eq!(of("CN=A  b,O=X"), of("CN=a B,O=x"));
        assert_ne!(of("CN=A,O=X"), of("CN=A,O=Y"));
        assert_ne!(of("CN=A,O=X"), of("O=X,CN=A"));
        assert!(of("CN=A,O=X,C=JP").is_under(&of("O=X,C=JP")));
        assert!(!of("CN=A,O=X,C=JP").is_under(&of("O=XY,C=JP")));
        let bmp = Any::new(Tag::BmpString, [0x60, 0x0c]).unwrap();
        assert_eq!(text(&bmp).as_deref(), Some("怌"));
    }
}
