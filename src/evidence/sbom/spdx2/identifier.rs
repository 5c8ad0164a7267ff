//! The forms of identifiers: SPDXID, CPE, checksums, dates.

/// Checksum algorithms of SPDX with their spelling in CycloneDX and their hexadecimal digits; 0 where
/// any number is possible.
///
/// Source: SPDX 2.3, 7.10 and 8.4.
const CHECKSUMS: [(&str, &str, usize); 17] = [
    ("SHA1", "SHA-1", 40),
    ("SHA256", "SHA-256", 64),
    ("MD5", "MD5", 32),
    ("SHA512", "SHA-512", 128),
    ("SHA224", "SHA-224", 56),
    ("SHA384", "SHA-384", 96),
    ("SHA3-256", "SHA3-256", 64),
    ("SHA3-384", "SHA3-384", 96),
    ("SHA3-512", "SHA3-512", 128),
    ("BLAKE2b-256", "BLAKE2b-256", 64),
    ("BLAKE2b-384", "BLAKE2b-384", 96),
    ("BLAKE2b-512", "BLAKE2b-512", 128),
    ("BLAKE3", "BLAKE3", 0),
    ("MD2", "MD2", 32),
    ("MD4", "MD4", 32),
    ("MD6", "MD6", 0),
    ("ADLER32", "ADLER32", 8),
];

/// The spelling of an algorithm in CycloneDX and its number of digits; `None` for an unknown one.
pub(super) fn checksum(algorithm: &str) -> Option<(&'static str, usize)> {
    CHECKSUMS
        .iter()
        .find(|(name, ..)| *name == algorithm)
        .map(|(_, spelling, digits)| (*spelling, *digits))
}

/// The word of SPDX for an algorithm in the spelling of CycloneDX.
pub(super) fn checksum_word(algorithm: &str) -> Option<&'static str> {
    CHECKSUMS
        .iter()
        .find(|(_, spelling, _)| *spelling == algorithm)
        .map(|(word, ..)| *word)
}

/// Whether a value has the digits that its algorithm gives.
pub(super) fn is_digest(value: &str, digits: usize) -> bool {
    (digits == 0 || value.len() == digits)
        && !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an SPDXID has its form: `SPDXRef-` with letters, digits, `.` and `-` (SPDX 2.3, 6.3).
pub(super) fn is_spdx_id(id: &str) -> bool {
    id.strip_prefix("SPDXRef-").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    })
}

/// Whether a date is of the form `YYYY-MM-DDThh:mm:ssZ` (SPDX 2.3, 6.9) and exists.
pub(super) fn is_date_time(text: &str) -> bool {
    let form = b"dddd-dd-ddTdd:dd:ddZ";
    text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            form => byte == *form,
        })
        && text.parse::<jiff::Timestamp>().is_ok()
}

/// Whether a locator is a CPE 2.3 formatted string: eleven parts behind `cpe:2.3:`, the first of them
/// `a`, `o`, `h`, `*` or `-`.
///
/// Source: NIST IR 7695, 6.2 (CPE 2.3 Naming).
pub(super) fn is_cpe23(locator: &str) -> bool {
    let Some(rest) = locator.strip_prefix("cpe:2.3:") else {
        return false;
    };
    let (mut parts, mut is_escaped, mut is_filled, mut every_filled) = (1, false, false, true);
    for one in rest.chars() {
        if one == ':' && !is_escaped {
            parts += 1;
            every_filled &= is_filled;
            is_filled = false;
            continue;
        }
        if one.is_whitespace() {
            return false;
        }
        is_escaped = one == '\\' && !is_escaped;
        is_filled = true;
    }
    let starts = ["a:", "o:", "h:", "*:", "-:"];
    parts == 11 && every_filled && is_filled && starts.iter().any(|one| rest.starts_with(one))
}

/// Whether a locator is a CPE 2.2 URI: `cpe:/` with at most seven parts, the first of them `a`, `o`, `h`
/// or empty.
///
/// Source: NIST IR 7695, 6.1 (CPE 2.3 Naming, URI binding).
pub(super) fn is_cpe22(locator: &str) -> bool {
    let Some(rest) = locator
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("cpe:/"))
        .and_then(|_| locator.get(5..))
    else {
        return false;
    };
    let mut parts = rest.split(':');
    let first = parts.next().unwrap_or_default();
    matches!(first, "a" | "o" | "h" | "A" | "O" | "H" | "")
        && parts.count() <= 6
        && !rest.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        let yes = "cpe:2.3:a:pivotal_software:spring_framework:4.1.0:*:*:*:*:*:*:*";
        let escaped = r"cpe:2.3:a:x\:y:z\\:1:*:*:*:*:*:*:*";
        for (text, expected) in [
            (yes, true),
            (escaped, true),
            ("cpe:2.3:a:pivotal_software:spring_framework:4.1.0", false),
            ("x", false),
        ] {
            assert_eq!(is_cpe23(text), expected, "{text}");
        }
        assert!(is_cpe22("cpe:/o:canonical:ubuntu_linux:10.04:-:lts"));
        assert!(!is_cpe22(yes));
        assert!(is_date_time("2010-01-29T18:30:22Z"));
        for text in [
            "2010-01-29",
            "2010-13-29T18:30:22Z",
            "2010-01-29T18:30:22+09:00",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
        assert!(is_spdx_id("SPDXRef-a.b-1") && !is_spdx_id("SPDXRef-a_b") && !is_spdx_id("a"));
        assert_eq!(checksum("SHA256"), Some(("SHA-256", 64)));
        assert!(is_digest("00ff00ff", 8) && !is_digest("00ff00fg", 8) && !is_digest("", 0));
    }
}
