//! Email addresses, also with letters beyond ASCII (RFC 5321, section 4.1.2; RFC 6531, section 3.3).

use fluent_uri::Uri;
use fluent_uri::component::Host;

/// The longest local part, in bytes (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// The longest name of a host (RFC 1035, section 2.3.4, without the root).
const LONGEST_HOST: usize = 253;

/// The longest label of such a name.
const LONGEST_LABEL: usize = 63;

/// Whether `text` is an address.
pub(super) fn is_address(text: &str) -> bool {
    // A quoted local part may hold the sign too; a host never does.
    text.rsplit_once('@')
        .is_some_and(|(local, domain)| is_local(local) && is_domain(domain))
}

fn is_local(local: &str) -> bool {
    if local.len() > LONGEST_LOCAL {
        return false;
    }
    let quoted = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match quoted {
        Some(content) => is_quoted(content),
        None => local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character)),
    }
}

/// `atext` of RFC 5322, section 3.2.3, and what RFC 6531 adds.
fn is_atom_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(character)
        || !character.is_ascii()
}

/// `QcontentSMTP`: printable, with a backslash before quotes and backslashes.
fn is_quoted(content: &str) -> bool {
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        let good = match character {
            '\\' => characters.next().is_some_and(is_printable),
            '"' => false,
            _ => is_printable(character) || character == '\t',
        };
        if !good {
            return false;
        }
    }
    true
}

fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~') || !character.is_ascii()
}

fn is_domain(domain: &str) -> bool {
    let literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match literal {
        Some(literal) => match literal.split_at_checked(5) {
            Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => {
                host_of(&format!("a://[{address}]"), |host| {
                    matches!(host, Host::Ipv6 { .. })
                })
            }
            _ => host_of(&format!("a://{literal}"), |host| {
                matches!(host, Host::Ipv4 { .. })
            }),
        },
        None => domain.len() <= LONGEST_HOST && domain.split('.').all(is_label),
    }
}

/// Whether the whole of `uri` behind the slashes is a host of a kind.
fn host_of(uri: &str, is_kind: impl Fn(Host<'_>) -> bool) -> bool {
    Uri::parse(uri).is_ok_and(|uri| {
        uri.path().is_empty()
            && !uri.has_query()
            && !uri.has_fragment()
            && uri.authority().is_some_and(|authority| {
                authority.host() == authority.as_str() && is_kind(authority.host_parsed())
            })
    })
}

/// A label of a host name: letters, digits and inner hyphens, in any script.
fn is_label(label: &str) -> bool {
    let allowed = |character: char| match character {
        '-' => true,
        _ if character.is_ascii() => character.is_ascii_alphanumeric(),
        _ => character.is_alphanumeric(),
    };
    let hyphens = label.as_bytes().get(2..4) == Some(b"--");
    let encoded = label.is_ascii() && label.to_ascii_lowercase().starts_with("xn--");
    !label.is_empty()
        && label.len() <= LONGEST_LABEL
        && !label.starts_with('-')
        && !label.ends_with('-')
        // Such labels are reserved for encoded ones (RFC 5891, section 4.2.3.1).
        && (!hyphens || encoded)
        && label.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (text, expected) in [
            ("a@example.com", true),
            ("a.b+c@example.com", true),
            ("a@localhost", true),
            ("目@例え.jp", true),
            ("\"a b\"@example.com", true),
            ("\"a@b\"@example.com", true),
            ("a@[192.0.2.1]", true),
            ("a@[IPv6:2001:db8::1]", true),
            ("", false),
            ("a", false),
            ("@example.com", false),
            ("a@", false),
            ("a b@example.com", false),
            (".a@example.com", false),
            ("a..b@example.com", false),
            ("a@b@example.com", false),
            ("a@-example.com", false),
            ("a@example..com", false),
            ("a@exam_ple.com", false),
            ("a@example.com.", false),
            ("a@ab--c.com", false),
            ("a@[300.0.0.1]", false),
            ("A <a@example.com>", false),
        ] {
            assert_eq!(is_address(text), expected, "{text}");
        }
    }
}
