//! Forms of values that a target demands and a source may not keep.

use std::sync::LazyLock;

use fluent_uri::IriRef;
use regex::Regex;

/// An address as an IRI or a reference to one: what cannot stand in it is escaped, an address in the
/// manner of `scp` is put in that of `ssh`.
///
/// Source: RFC 3987, section 2.2; RFC 3986, section 4.2, for the step before a colon; git-clone(1), "GIT
/// URLS", for the two ways to write the same.
pub(super) fn iri(text: &str) -> String {
    use std::fmt::Write as _;
    let text = text.trim();
    if IriRef::parse(text).is_ok() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, character) in text.char_indices() {
        let is_escape = || {
            let digits = text.get(at + 1..at + 3).unwrap_or_default();
            digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let is_plain = match character {
            '%' => is_escape(),
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '[' | ']' => false,
            other => !other.is_whitespace() && !other.is_control(),
        };
        if is_plain {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                _ = write!(out, "%{byte:02X}");
            }
        }
    }
    if IriRef::parse(out.as_str()).is_ok() {
        return out;
    }
    let remote = out
        .split_once(':')
        .filter(|(host, _)| host.contains('@') && !host.contains('/'))
        .map(|(host, path)| format!("ssh://{host}/{}", path.trim_start_matches('/')));
    let step = format!("./{out}");
    let candidates = remote.into_iter().chain([step]);
    let mut fitting = candidates.filter(|one| IriRef::parse(one.as_str()).is_ok());
    fitting.next().unwrap_or_default()
}

/// Whether a text is a CPE name as the XML schemas of CycloneDX demand it (NISTIR 7695, 6.1 and 6.2).
pub(super) fn is_cpe_of_xml(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let uri = r"[cC][pP][eE]:/[AHOaho]?(:[A-Za-z0-9._~%-]*){0,6}";
        let escaped = r##"\\[\\*?!"#$%&'()+,/:;<=>@\[\]^`{|}~]"##;
        let value = format!(r"(\?*|\*?)([A-Za-z0-9._-]|{escaped})+(\?*|\*?)|[*-]");
        let language = r"[A-Za-z]{2,3}(-([A-Za-z]{2}|[0-9]{3}))?|[*-]";
        let bound = format!(r"cpe:2\.3:[aho*-](:({value})){{5}}(:({language}))(:({value})){{4}}");
        Regex::new(&format!("^(?:{uri}|{bound})$")).ok()
    });
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_becomes_an_iri() {
        for (text, expected) in [
            ("https://e.org/a?b#c", "https://e.org/a?b#c"),
            ("https://e.org/a b[1]", "https://e.org/a%20b%5B1%5D"),
            ("git@e.org:a/b.git#c", "ssh://git@e.org/a/b.git#c"),
            ("100%", "100%25"),
            ("a b:c", "./a%20b:c"),
            ("", ""),
        ] {
            assert_eq!(iri(text), expected, "{text}");
        }
    }

    #[test]
    fn cpe_names_are_told_from_others() {
        for (text, expected) in [
            ("cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*", true),
            (r"cpe:2.3:a:ven\:dor:pro*:1.0:*:*:en-us:*:*:*:*", true),
            ("cpe:/a:vendor:product", true),
            ("cpe:/app:redhat:simple:1::el9", false),
            ("cpe:2.3:a:nginx:nginx:1.21.1", false),
        ] {
            assert_eq!(is_cpe_of_xml(text), expected, "{text}");
        }
    }
}
