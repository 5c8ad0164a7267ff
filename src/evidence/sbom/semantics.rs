//! What a value of an SBOM must be beyond its shape: package URLs, CPE names, digests, license
//! expressions, dates. Each check says what is wrong, or nothing.

use packageurl::PackageUrl;

/// What is wrong with a package URL.
///
/// Source: purl specification (ECMA-427): `scheme:type/namespace/name@version?qualifiers#subpath`.
pub fn purl_fault(text: &str) -> Option<String> {
    if is_plain_purl(text) {
        return None;
    }
    text.parse::<PackageUrl<'_>>()
        .err()
        .map(|error| error.to_string())
}

/// Whether a package URL is of the plain form that nearly all have, so that no parser is needed:
/// a lower-case type, at least one more step, and only characters that need no escape.
fn is_plain_purl(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("pkg:") else {
        return false;
    };
    let Some((kind, rest)) = rest.split_once('/') else {
        return false;
    };
    let (path, version) = rest.split_once('@').unwrap_or((rest, "0"));
    let is_kind = kind
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && kind
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+".contains(&byte);
    is_kind
        && !version.is_empty()
        && version.bytes().all(plain)
        && !path.ends_with('/')
        && path
            .split('/')
            .all(|step| !step.is_empty() && step != "." && step != ".." && step.bytes().all(plain))
}

/// Whether a text is a CPE name, 2.2 (URI) or 2.3 (formatted string).
///
/// Source: NISTIR 7695 (CPE Naming 2.3), 6.1 and 6.2: eleven attributes behind `cpe:2.3:`, a colon inside
/// of one is escaped by a backslash; at most seven behind `cpe:/`.
pub fn is_cpe(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("cpe:2.3:") {
        let (mut attributes, mut escaped) = (1, false);
        let mut is_empty = true;
        for character in rest.chars() {
            match character {
                _ if escaped => escaped = false,
                '\\' => (escaped, is_empty) = (true, false),
                ':' if is_empty => return false,
                ':' => (attributes, is_empty) = (attributes + 1, true),
                _ if character.is_whitespace() || character.is_control() => return false,
                _ => is_empty = false,
            }
        }
        return attributes == 11
            && !is_empty
            && !escaped
            && matches!(
                rest.as_bytes(),
                [b'a' | b'h' | b'o' | b'*' | b'-', b':', ..]
            );
    }
    let Some((scheme, rest)) = text.split_once(":/") else {
        return false;
    };
    let mut attributes = rest.split(':');
    scheme.eq_ignore_ascii_case("cpe")
        && attributes
            .next()
            .is_some_and(|part| matches!(part, "a" | "h" | "o" | "A" | "H" | "O" | ""))
        && attributes.clone().count() <= 6
        && attributes.all(|one| {
            one.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-~%".contains(&byte))
        })
}

/// The number of hexadecimal digits of a digest, by algorithm in the spelling of CycloneDX; `None` for an
/// algorithm of open length or an unknown one.
///
/// Source: CycloneDX 1.7 `hash-alg`; SPDX 2.3, 7.10; the lengths are those of the algorithms.
pub fn digest_digits(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "ADLER32" => 8,
        "MD2" | "MD4" | "MD5" => 32,
        "SHA-1" => 40,
        "SHA-224" => 56,
        "SHA-256" | "SHA3-256" | "BLAKE2b-256" | "BLAKE3" | "Streebog-256" => 64,
        "SHA-384" | "SHA3-384" | "BLAKE2b-384" => 96,
        "SHA-512" | "SHA3-512" | "BLAKE2b-512" | "Streebog-512" => 128,
        _ => return None,
    })
}

/// What is wrong with a digest: its length for the algorithm, or a character that is no hexadecimal digit.
///
/// BLAKE3 has an output of any length; 64 digits are the usual ones and any even number is accepted.
pub fn digest_fault(algorithm: &str, value: &str) -> Option<String> {
    if !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!(
            "a {algorithm} value has hexadecimal digits only, found `{}`",
            short(value)
        ));
    }
    let digits = digest_digits(algorithm)?;
    let fits = if algorithm == "BLAKE3" {
        !value.is_empty() && value.len().is_multiple_of(2)
    } else {
        value.len() == digits
    };
    (!fits).then(|| {
        format!(
            "a {algorithm} value has {digits} hexadecimal digits, found {} in `{}`",
            value.len(),
            short(value)
        )
    })
}

/// What is wrong with an SPDX license expression, in one sentence.
///
/// Source: SPDX 2.3, annex D. Deprecated identifiers are accepted, as they are in the list.
pub fn license_expression_fault(text: &str) -> Option<String> {
    if is_plain_license(text) {
        return None;
    }
    let mode = spdx::ParseMode {
        allow_deprecated: true,
        allow_imprecise_license_names: false,
        allow_postfix_plus_on_gpl: true,
        allow_slash_as_or_operator: false,
        allow_unknown: false,
    };
    spdx::Expression::parse_mode(text, mode)
        .err()
        .map(|error| error.reason.to_string())
}

/// The identifiers that make up nearly all licenses: known without a look into the list.
fn is_plain_license(text: &str) -> bool {
    matches!(
        text,
        "MIT"
            | "Apache-2.0"
            | "ISC"
            | "BSD-3-Clause"
            | "BSD-2-Clause"
            | "MIT OR Apache-2.0"
            | "NOASSERTION"
            | "NONE"
    )
}

/// The beginning of a text, for messages.
fn short(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls() {
        for (text, sound) in [
            ("pkg:cargo/serde@1.0.0", true),
            ("pkg:npm/%40angular/core@1.0.0", true),
            ("pkg:golang/github.com/a/b@v1.0.0#cmd/x", true),
            ("pkg:deb/debian/curl@7.50.3-1?arch=i386", true),
            ("pkg:generic/a b", true),
            ("pkg:/serde", false),
            ("pkg:cargo", false),
            ("http://example.com", false),
            ("", false),
        ] {
            assert_eq!(purl_fault(text).is_none(), sound, "{text}");
        }
    }

    #[test]
    fn what_is_plain_is_what_the_parser_takes() {
        for (purl, plain) in [
            ("pkg:npm/a@1.0", true),
            ("pkg:maven/org.a/b_c", true),
            ("pkg:npm/a@", false),
            ("pkg:npm//a@1", false),
            ("pkg:npm/%40a/b@1", false),
            ("pkg:/a@1", false),
            ("pkg:1a/a@1", false),
            ("npm/a@1", false),
        ] {
            assert_eq!(is_plain_purl(purl), plain, "{purl}");
            assert!(!plain || purl.parse::<PackageUrl<'_>>().is_ok(), "{purl}");
        }
    }

    #[test]
    fn cpe_names() {
        for (text, sound) in [
            ("cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*", true),
            ("cpe:2.3:a:ven\\:dor:product:1.0:*:*:*:*:*:*:*", true),
            ("cpe:2.3:a:vendor:product:1.0", false),
            ("cpe:2.3:x:vendor:product:1.0:*:*:*:*:*:*:*", false),
            ("cpe:2.3:a::product:1.0:*:*:*:*:*:*:*", false),
            ("cpe:/a:vendor:product:1.0", true),
            ("cpe:/x:vendor", false),
            ("vendor", false),
        ] {
            assert_eq!(is_cpe(text), sound, "{text}");
        }
    }

    #[test]
    fn digests() {
        for (algorithm, value, sound) in [
            ("MD5", "d41d8cd98f00b204e9800998ecf8427e", true),
            ("SHA-256", "d41d8cd98f00b204e9800998ecf8427e", false),
            ("MD5", "x41d8cd98f00b204e9800998ecf8427e", false),
            ("BLAKE3", "abcd", true),
            ("MD6", "ab", true),
        ] {
            assert_eq!(
                digest_fault(algorithm, value).is_none(),
                sound,
                "{algorithm} {value}"
            );
        }
    }

    #[test]
    fn license_expressions() {
        for (text, sound) in [
            ("MIT", true),
            (
                "GPL-2.0+ WITH Classpath-exception-2.0 AND (MIT OR LicenseRef-x)",
                true,
            ),
            ("GPL-2.0", true),
            ("MIT/Apache-2.0", false),
            ("Not A License", false),
        ] {
            assert_eq!(license_expression_fault(text).is_none(), sound, "{text}");
        }
    }
}
