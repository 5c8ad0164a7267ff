//! The words of SPDX 2 for algorithms, and the form of an SPDXID.

/// Checksum algorithms of SPDX with their spelling in CycloneDX, where it is another.
///
/// Source: SPDX 2.3, 7.10 and 8.4.
const CHECKSUMS: [(&str, &str); 17] = [
    ("SHA1", "SHA-1"),
    ("SHA256", "SHA-256"),
    ("MD5", "MD5"),
    ("SHA512", "SHA-512"),
    ("SHA224", "SHA-224"),
    ("SHA384", "SHA-384"),
    ("SHA3-256", "SHA3-256"),
    ("SHA3-384", "SHA3-384"),
    ("SHA3-512", "SHA3-512"),
    ("BLAKE2b-256", "BLAKE2b-256"),
    ("BLAKE2b-384", "BLAKE2b-384"),
    ("BLAKE2b-512", "BLAKE2b-512"),
    ("BLAKE3", "BLAKE3"),
    ("MD2", "MD2"),
    ("MD4", "MD4"),
    ("MD6", "MD6"),
    ("ADLER32", "ADLER32"),
];

/// The spelling of an algorithm in CycloneDX; an unknown one as written.
pub(super) fn spelling(algorithm: &str) -> &str {
    CHECKSUMS
        .iter()
        .find(|(word, _)| *word == algorithm)
        .map_or(algorithm, |(_, spelling)| spelling)
}

/// The word of SPDX 2.3 for an algorithm in the spelling of CycloneDX.
pub(crate) fn checksum_word(algorithm: &str) -> Option<&'static str> {
    CHECKSUMS
        .iter()
        .find(|(_, spelling)| *spelling == algorithm)
        .map(|(word, _)| *word)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_words() {
        assert!(is_spdx_id("SPDXRef-a.b-1") && !is_spdx_id("SPDXRef-a_b") && !is_spdx_id("a"));
        assert_eq!(spelling("SHA256"), "SHA-256");
        assert_eq!(spelling("CRC"), "CRC");
        for (word, spelling) in CHECKSUMS {
            assert_eq!(checksum_word(spelling), Some(word));
        }
    }
}
