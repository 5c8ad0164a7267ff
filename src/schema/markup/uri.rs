//! References to resources, as validators of XML Schema 1.0 judge `xs:anyURI`.

/// Whether a text is a URI reference (RFC 3986, 4.1) once the characters that such a reference may not
/// hold are escaped, as XML Schema Part 2, 3.2.17 wants (`XLink` 1.0, 5.4).
///
/// Where RFC 3986 leaves room, this follows libxml2, by which the official outcomes were made: what stands
/// in the brackets of an IP literal is not looked at, brackets may stand in a fragment, and a colon before
/// a port needs the port.
pub(super) fn is_reference(text: &str) -> bool {
    if is_plain_address(text) {
        return true;
    }
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, fragment)) => (rest, fragment),
        None => (text, ""),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, query),
        None => (rest, ""),
    };
    are_characters(fragment, |byte| byte != b'#')
        && are_characters(query, |byte| !matches!(byte, b'[' | b']'))
        && is_path(path)
}

/// Whether a text is a web address of the plain form that nearly all have: without a port, a query or
/// anything escaped.
fn is_plain_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte))
    })
}

fn is_path(path: &str) -> bool {
    let (scheme, hierarchy) = match path.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, path),
    };
    let (authority, path) = match hierarchy.strip_prefix("//") {
        Some(rest) => match rest.find('/') {
            Some(slash) => rest.split_at_checked(slash).unwrap_or((rest, "")),
            None => (rest, ""),
        },
        None => ("", hierarchy),
    };
    // RFC 3986, 4.2: the first segment of a relative path holds no colon.
    let first = path.split('/').next().unwrap_or_default();
    let is_noscheme = scheme.is_some() || !first.contains(':');
    is_noscheme && is_authority(authority) && are_characters(path, is_plain)
}

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn is_authority(text: &str) -> bool {
    let host = match text.split_once('@') {
        Some((user, host)) => {
            if !are_characters(user, |byte| is_plain(byte) && byte != b'/') {
                return false;
            }
            host
        }
        None => text,
    };
    let port = if let Some(literal) = host.strip_prefix('[') {
        let Some((_, port)) = literal.split_once(']') else {
            return false;
        };
        match port.strip_prefix(':') {
            Some(port) => Some(port),
            None if port.is_empty() => None,
            None => return false,
        }
    } else {
        let (name, port) = match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        };
        if !are_characters(name, |byte| is_plain(byte) && byte != b'@') {
            return false;
        }
        port
    };
    port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<i32>().is_ok()
    })
}

fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'[' | b']')
}

/// Whether every percent sign escapes an octet and every other character is allowed.
fn are_characters(text: &str, is_allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_fine = match byte {
            b'%' => {
                bytes.next().is_some_and(|one| one.is_ascii_hexdigit())
                    && bytes.next().is_some_and(|one| one.is_ascii_hexdigit())
            }
            other => is_allowed(other),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_other_texts() {
        for (text, expected) in [
            ("", true),
            ("a b", true),
            ("http://a b", true),
            ("http://1.2.3.4abc/", true),
            ("#a[b]", true),
            ("{a}|^`ü\\<>\"", true),
            ("//", true),
            ("///", true),
            ("/a//b", true),
            ("a:", true),
            ("/:", true),
            ("?a:b", true),
            ("./a:b", true),
            ("a/b:c", true),
            ("http://[::1]/", true),
            ("http://[zz]:8/", true),
            ("http://:80", true),
            ("mailto:a@b", true),
            ("file:///c:\\x", true),
            ("pkg:npm/%40a/b@1?c=d#e", true),
            ("http://a:/", false),
            ("http://a:99999999999/", false),
            ("http://a:80x/", false),
            ("http://a[b", false),
            ("http://[a", false),
            ("http://[a]b/", false),
            ("a[b", false),
            ("x?[a]", false),
            ("#a#b", false),
            ("%zz", false),
            ("%", false),
            ("%4", false),
            ("1a:b", false),
            (":a", false),
            ("http://u@v@w/", false),
            ("git@github.com:a/b.git", false),
            ("http://a/[x]", false),
        ] {
            assert_eq!(is_reference(text), expected, "{text}");
        }
    }
}
