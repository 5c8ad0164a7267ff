//! What a value of an SBOM must be beyond its shape: package URLs, CPE names, digests, license
//! expressions, dates.
//!
//! The one home of these checks: the same fault has the same code, severity and words in every format.

mod license;

pub use license::{Licenses, license_expression_fault};

use packageurl::PackageUrl;

use crate::diagnostic::{Diagnostic, Place, Severity};

/// What a value is remarked for, before anybody asks for its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, documented in `docs/diagnostics.md`.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One lower-case sentence.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

impl Fault {
    fn warning(code: &'static str, message: String, help: &'static str) -> Self {
        Self {
            code,
            severity: Severity::Warning,
            message,
            help,
        }
    }

    /// The remark on the value at a place.
    pub fn at(self, place: Place) -> Diagnostic {
        Diagnostic {
            severity: self.severity,
            ..Diagnostic::error(self.code, place, self.message)
        }
        .help(self.help)
    }
}

/// Checks a package URL: `purl-malformed`.
pub fn check_purl(text: &str) -> Option<Fault> {
    let fault = purl_fault(text)?;
    Some(Fault::warning(
        "purl-malformed",
        format!("`{text}` is not a package URL: {fault}"),
        "write `pkg:type/namespace/name@version`",
    ))
}

/// The form of a CPE name that a place of a document asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpeForm {
    /// A URI of version 2.2.
    Uri,
    /// A formatted string of version 2.3.
    Formatted,
    /// Any of the two.
    Any,
}

/// Checks a CPE name: `cpe-malformed`.
pub fn check_cpe(text: &str, form: CpeForm) -> Option<Fault> {
    let (is_sound, name) = match form {
        CpeForm::Uri => (is_cpe22(text), "CPE 2.2 name"),
        CpeForm::Formatted => (is_cpe23(text), "CPE 2.3 name"),
        CpeForm::Any => (is_cpe23(text) || is_cpe22(text), "CPE name"),
    };
    (!is_sound).then(|| {
        Fault::warning(
            "cpe-malformed",
            format!("`{text}` is not a {name}"),
            "write `cpe:2.3:` and eleven attributes, or `cpe:/part:vendor:product:version`",
        )
    })
}

/// Checks a digest whose algorithm is in the spelling of CycloneDX: `hash-length`.
pub fn check_digest(algorithm: &str, value: &str) -> Option<Fault> {
    let fault = digest_fault(algorithm, value)?;
    Some(Fault::warning(
        "hash-length",
        fault,
        "compute the hash again",
    ))
}

/// What is wrong with a package URL.
///
/// Source: purl specification (ECMA-427): `scheme:type/namespace/name@version?qualifiers#subpath`.
fn purl_fault(text: &str) -> Option<String> {
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

/// Whether a text is a CPE 2.3 name as a formatted string: eleven attributes behind `cpe:2.3:`, none of
/// them empty, the first of them a part; a backslash takes a colon into an attribute.
///
/// Source: NISTIR 7695 (CPE Naming 2.3), 6.2.
fn is_cpe23(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpe:2.3:") else {
        return false;
    };
    let (mut attributes, mut escaped, mut is_empty) = (1, false, true);
    for character in rest.chars() {
        match character {
            _ if character.is_whitespace() || character.is_control() => return false,
            _ if escaped => escaped = false,
            '\\' => (escaped, is_empty) = (true, false),
            ':' if is_empty => return false,
            ':' => (attributes, is_empty) = (attributes + 1, true),
            _ => is_empty = false,
        }
    }
    attributes == 11
        && !is_empty
        && !escaped
        && matches!(
            rest.as_bytes(),
            [b'a' | b'h' | b'o' | b'*' | b'-', b':', ..]
        )
}

/// Whether a text is a CPE 2.2 name as a URI: `cpe:/` and at most seven attributes, the first of them a
/// part or empty.
///
/// Source: NISTIR 7695 (CPE Naming 2.3), 6.1.
fn is_cpe22(text: &str) -> bool {
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

/// The number of hexadecimal digits of a digest, by algorithm in the spelling of CycloneDX: 0 for an
/// algorithm of open length, `None` for an unknown one.
///
/// Source: CycloneDX 1.7 `hash-alg`; SPDX 2.3, 7.10; SPDX 3.0.1, Core `HashAlgorithm`; the lengths are
/// those of the algorithms. BLAKE3 and MD6 have an output of any length.
fn digest_digits(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "ADLER32" => 8,
        "MD2" | "MD4" | "MD5" => 32,
        "SHA-1" => 40,
        "SHA-224" | "SHA3-224" => 56,
        "SHA-256" | "SHA3-256" | "BLAKE2b-256" | "Streebog-256" => 64,
        "SHA-384" | "SHA3-384" | "BLAKE2b-384" => 96,
        "SHA-512" | "SHA3-512" | "BLAKE2b-512" | "Streebog-512" => 128,
        "BLAKE3" | "MD6" => 0,
        _ => return None,
    })
}

/// What is wrong with a digest: its length for the algorithm, or a character that is no hexadecimal
/// digit. Nothing is known of the values of an unknown algorithm.
fn digest_fault(algorithm: &str, value: &str) -> Option<String> {
    let digits = digest_digits(algorithm)?;
    if !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!(
            "a {algorithm} value has hexadecimal digits only, found `{}`",
            short(value)
        ));
    }
    let fits = if digits == 0 {
        !value.is_empty() && value.len().is_multiple_of(2)
    } else {
        value.len() == digits
    };
    (!fits).then(|| {
        let wanted = match digits {
            0 => "pairs of".to_owned(),
            _ => digits.to_string(),
        };
        format!(
            "a {algorithm} value has {wanted} hexadecimal digits, found {} in `{}`",
            value.len(),
            short(value)
        )
    })
}

/// Whether a date is of the form `YYYY-MM-DDThh:mm:ssZ` and exists.
///
/// Source: SPDX 2.3, 6.9; SPDX 3.0.1, Core: `DateTime`.
pub fn is_date_time(text: &str) -> bool {
    let form = b"dddd-dd-ddTdd:dd:ddZ";
    text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            form => byte == *form,
        })
        && text.parse::<jiff::Timestamp>().is_ok()
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
    fn plain_package_urls_are_sound_ones() {
        for (text, is_plain) in [
            ("pkg:npm/a@1.0", true),
            ("pkg:maven/org.a/b_c", true),
            ("pkg:npm/a@", false),
            ("pkg:npm//a@1", false),
            ("pkg:npm/%40a/b@1", false),
            ("pkg:/a@1", false),
            ("pkg:1a/a@1", false),
            ("npm/a@1", false),
        ] {
            assert_eq!(is_plain_purl(text), is_plain, "{text}");
            assert!(!is_plain || text.parse::<PackageUrl<'_>>().is_ok());
        }
    }

    #[test]
    fn cpe_names() {
        const FORMS: [CpeForm; 3] = [CpeForm::Formatted, CpeForm::Uri, CpeForm::Any];
        for (text, sound) in [
            (
                "cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*",
                [true, false, true],
            ),
            (
                r"cpe:2.3:a:ven\:dor:z\\:1.0:*:*:*:*:*:*:*",
                [true, false, true],
            ),
            ("cpe:2.3:a:vendor:product:1.0", [false; 3]),
            ("cpe:2.3:x:vendor:product:1.0:*:*:*:*:*:*:*", [false; 3]),
            ("cpe:2.3:a::product:1.0:*:*:*:*:*:*:*", [false; 3]),
            (r"cpe:2.3:a:v\ w:product:1.0:*:*:*:*:*:*:*", [false; 3]),
            (
                "cpe:/o:canonical:ubuntu_linux:10.04:-:lts",
                [false, true, true],
            ),
            ("cpe:/a:b c", [false; 3]),
            ("cpe:/x:vendor", [false; 3]),
            ("vendor", [false; 3]),
        ] {
            let found = FORMS.map(|form| check_cpe(text, form).is_none());
            assert_eq!(found, sound, "{text}");
        }
    }

    #[test]
    fn digests() {
        for (algorithm, value, sound) in [
            ("MD5", "d41d8cd98f00b204e9800998ecf8427e", true),
            ("SHA-256", "d41d8cd98f00b204e9800998ecf8427e", false),
            ("MD5", "x41d8cd98f00b204e9800998ecf8427e", false),
            ("BLAKE3", "abcd", true),
            ("BLAKE3", "", false),
            ("MD6", "ab", true),
            ("MD6", "abc", false),
            ("Falcon", "any value", true),
        ] {
            let fault = check_digest(algorithm, value);
            assert_eq!(fault.is_none(), sound, "{algorithm} {value}");
        }
    }

    #[test]
    fn dates() {
        assert!(is_date_time("2010-01-29T18:30:22Z"));
        for text in [
            "2010-01-29",
            "2010-13-29T18:30:22Z",
            "2010-01-29T18:30:22+09:00",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }
}
