//! Who may sign: public keys of OpenSSH, or a file of allowed signers.
//!
//! Source: `ssh-keygen(1)` of OpenSSH, section "Allowed signers"; `ssh_config(5)`, section "Patterns".

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::wire::Reader;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::trust::Material;
use crate::time::Timestamp;

/// A key that may sign, with the conditions under which it may.
#[derive(Debug, Clone, Default)]
pub(super) struct Signer {
    /// The key.
    pub(super) blob: Vec<u8>,
    /// Patterns of those who sign with it, separated by commas; `None` for a bare key.
    pub(super) principals: Option<String>,
    /// Patterns of what it may sign for; `None` for everything.
    pub(super) namespaces: Option<String>,
    /// The first instant of its validity.
    pub(super) valid_after: Option<Timestamp>,
    /// The last instant of its validity.
    pub(super) valid_before: Option<Timestamp>,
    /// Whether it is the key of an authority, which signs certificates and no documents.
    pub(super) is_authority: bool,
}

/// The beginnings of the names of all kinds of keys.
const KINDS: [&str; 5] = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-", "rsa-sha2-"];

/// Reads a key file: public keys, or allowed signers, one a line.
///
/// # Errors
///
/// `key-secret` for a private key and `key-malformed` for anything else that is neither.
pub(super) fn read(material: Material<'_>) -> Result<Vec<Signer>, Diagnostic> {
    let malformed = |reason: &str| {
        let message = format!("the SSH key cannot be read: {reason}");
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("hand in a .pub file of OpenSSH, or a file of allowed signers as `ssh-keygen -Y verify` takes it")
            .in_file(material.name)
    };
    let text = std::str::from_utf8(material.bytes).map_err(|_| malformed("it is no text"))?;
    if text.contains("PRIVATE KEY-----") {
        let message = "the file holds a secret key, which nobody but its owner may have";
        return Err(Diagnostic::error("key-secret", Place::whole(), message)
            .help(
                "hand in the public key, and have the secret one replaced if it was sent by \
                 mistake",
            )
            .in_file(material.name));
    }
    let mut signers = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let signer =
            signer(line).map_err(|reason| malformed(&format!("line {number}: {reason}")))?;
        signers.push(signer);
    }
    if signers.is_empty() {
        return Err(malformed("there is no key in it"));
    }
    Ok(signers)
}

fn signer(line: &str) -> Result<Signer, String> {
    let mut signer = Signer::default();
    let mut rest = line;
    let (first, behind) = word(rest)?;
    if !is_kind(first) {
        signer.principals = Some(unquoted(first).to_owned());
        rest = behind;
        let (options, behind) = word(rest)?;
        if !is_kind(options) {
            take_options(&mut signer, options)?;
            rest = behind;
        }
    }
    let (kind, rest) = word(rest)?;
    if !is_kind(kind) {
        return Err("there is no key where one is expected".to_owned());
    }
    let (key, _) = word(rest)?;
    signer.blob = BASE64_STANDARD
        .decode(key)
        .map_err(|_| "the key is not base64")?;
    if Reader(&signer.blob).text() != Some(kind) {
        return Err("the key is of another kind than its line says".to_owned());
    }
    Ok(signer)
}

fn is_kind(word: &str) -> bool {
    KINDS.iter().any(|kind| word.starts_with(kind))
}

/// The first word and what follows; white space in quotation marks belongs to the word.
fn word(line: &str) -> Result<(&str, &str), String> {
    let line = line.trim_start();
    let mut is_quoted = false;
    let mut end = line.len();
    for (at, one) in line.char_indices() {
        match one {
            '"' => is_quoted = !is_quoted,
            one if one.is_whitespace() && !is_quoted => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    if is_quoted {
        return Err("a quotation mark is not closed".to_owned());
    }
    match line.split_at_checked(end) {
        Some((word, rest)) if !word.is_empty() => Ok((word, rest)),
        _ => Err("there is no key where one is expected".to_owned()),
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text)
}

fn take_options(signer: &mut Signer, options: &str) -> Result<(), String> {
    let mut is_quoted = false;
    let parts = options.split(|one| {
        is_quoted ^= one == '"';
        one == ',' && !is_quoted
    });
    let twice = |name: &str| Err(format!("the option `{name}` stands there twice"));
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (part, None),
        };
        let value = value.and_then(|value| value.strip_prefix('"')?.strip_suffix('"'));
        match (&*name.to_ascii_lowercase(), value) {
            ("cert-authority", None) if part.eq_ignore_ascii_case("cert-authority") => {
                signer.is_authority = true;
            }
            ("namespaces", Some(value)) => {
                if signer.namespaces.replace(value.to_owned()).is_some() {
                    return twice(name);
                }
            }
            ("valid-after", Some(value)) => {
                if signer.valid_after.replace(time(value)?).is_some() {
                    return twice(name);
                }
            }
            ("valid-before", Some(value)) => {
                if signer.valid_before.replace(time(value)?).is_some() {
                    return twice(name);
                }
            }
            _ => return Err("an option is unknown or incomplete".to_owned()),
        }
    }
    Ok(())
}

/// An instant as `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`. Without the Z it is in the time zone of
/// whichever machine reads it, so that the same file means two things; that is refused.
fn time(text: &str) -> Result<Timestamp, String> {
    let digits = text
        .strip_suffix(['Z', 'z'])
        .ok_or("a time without a Z at its end depends on the time zone of the reader")?;
    let malformed = || "a time is not written as YYYYMMDD[HHMM[SS]]Z".to_owned();
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(malformed());
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    let two = |from: usize| match digits.len() {
        length if length >= from + 2 => part(from, from + 2),
        _ => Some("00"),
    };
    if !matches!(digits.len(), 8 | 12 | 14) {
        return Err(malformed());
    }
    let parts = || {
        Some(format!(
            "{}-{}-{}T{}:{}:{}Z",
            part(0, 4)?,
            part(4, 6)?,
            part(6, 8)?,
            two(8)?,
            two(10)?,
            two(12)?
        ))
    };
    parts()
        .and_then(|text| text.parse().ok())
        .ok_or_else(malformed)
}

/// Whether `text` is admitted by a list of patterns: by one of them, and by none that is negated.
pub(super) fn admits(patterns: &str, text: &str) -> bool {
    let mut is_admitted = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern, text) => return false,
            Some(_) => {}
            None => is_admitted |= matches(pattern, text),
        }
    }
    is_admitted
}

/// The names in a list that are no patterns.
pub(super) fn literal(patterns: &str) -> impl Iterator<Item = &str> {
    patterns
        .split(',')
        .filter(|one| !one.is_empty() && !one.contains(['*', '?', '!']))
}

/// Whether a pattern matches the whole text: `*` is any text and `?` any one character.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // Whether the text so far matches so many characters of the pattern.
    let mut row = vec![true];
    for one in &pattern {
        let before = row.last().is_some_and(|is_reached| *is_reached);
        row.push(before && *one == '*');
    }
    for character in text.chars() {
        let mut next = vec![false];
        let mut before = false;
        for (one, pair) in pattern.iter().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            before = match one {
                '*' => before || *above,
                '?' => *diagonal,
                one => *diagonal && *one == character,
            };
            next.push(before);
        }
        row = next;
    }
    row.last().is_some_and(|is_reached| *is_reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn one(line: &str) -> Signer {
        let bytes = line.as_bytes();
        let signers = read(Material { name: "key", bytes }).unwrap();
        assert_eq!(signers.len(), 1, "{line}");
        signers[0].clone()
    }

    #[test]
    fn a_line_is_a_key_or_an_allowed_signer() {
        assert!(
            one(&format!("# x\n\n{KEY} a comment\n"))
                .principals
                .is_none()
        );
        let signer = one(&format!(
            "a@x,b@x cert-authority,namespaces=\"file,git\",valid-after=\"20260102Z\",VALID-BEFORE=\"20260203040506Z\" {KEY}"
        ));
        assert_eq!(signer.principals.as_deref(), Some("a@x,b@x"));
        assert_eq!(signer.namespaces.as_deref(), Some("file,git"));
        assert!(signer.is_authority);
        assert_eq!(
            signer.valid_after.unwrap().to_string(),
            "2026-01-02T00:00:00Z"
        );
        assert_eq!(
            signer.valid_before.unwrap().to_string(),
            "2026-02-03T04:05:06Z"
        );
        assert_eq!(
            one(&format!("\"a b\" {KEY}")).principals.as_deref(),
            Some("a b")
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "",
            "ssh-ed25519",
            "a@x",
            "a@x ssh-ed25519",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 !",
            &KEY.replacen("ssh-ed25519", "ssh-rsa", 1),
            &format!("a@x unknown {KEY}"),
            &format!("a@x unknown=\"x\" {KEY}"),
            &format!("a@x cert-authority=\"x\" {KEY}"),
            &format!("a@x namespaces=x {KEY}"),
            &format!("a@x namespaces=\"x\",namespaces=\"y\" {KEY}"),
            &format!("a@x valid-after=\"20260102\" {KEY}"),
            &format!("a@x valid-after=\"20261302Z\" {KEY}"),
            &format!("a@x valid-after=\"2026010203Z\" {KEY}"),
            &format!("a@x valid-after=\"20260102Z\",valid-after=\"20260102Z\" {KEY}"),
            &format!("\"a@x {KEY}"),
        ] {
            let bytes = line.as_bytes();
            let refused = read(Material { name: "key", bytes }).unwrap_err();
            assert_eq!(refused.code, "key-malformed", "{line}");
        }
        let secret = b"-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n";
        let refused = read(Material {
            name: "key",
            bytes: secret,
        })
        .unwrap_err();
        assert_eq!(refused.code, "key-secret");
        assert!(!format!("{refused:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn patterns_match_whole_texts() {
        for (patterns, text, expected) in [
            ("a@x", "a@x", true),
            ("a@x", "a@xy", false),
            ("a@x", "ba@x", false),
            ("*@x", "a@x", true),
            ("*@x", "@x", true),
            ("*@x", "a@xy", false),
            ("a*", "a", true),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("?@x", "a@x", true),
            ("?@x", "@x", false),
            ("a@x,b@x", "b@x", true),
            ("*@x,!b@x", "b@x", false),
            ("!b@x", "a@x", false),
            ("", "", true),
            ("", "a", false),
            ("**", "a", true),
            ("A@x", "a@x", false),
        ] {
            assert_eq!(admits(patterns, text), expected, "{patterns} {text}");
        }
        assert_eq!(literal("a@x,*@y,!b@x").collect::<Vec<_>>(), ["a@x"]);
    }
}
