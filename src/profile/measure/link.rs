//! Links, addresses and digests.

use super::super::survey::Survey;
use crate::evidence::sbom::model::{Component, Hash, is_stated};

/// Where a digest is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashPlace {
    /// At the component itself or at the file in which it is distributed.
    Component,
    /// At the form in which it is distributed.
    Distribution,
    /// At its source code.
    Source,
}

impl HashPlace {
    /// Every place with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("component", Self::Component),
        ("distribution", Self::Distribution),
        ("source", Self::Source),
    ];

    /// The kinds of links, in the words of CycloneDX and SPDX, whose digests count.
    ///
    /// Source: CycloneDX 1.6, `externalReferences[].type`; BSI TR-03183-2 v2.1.0, 8.2.
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Component => &[],
            Self::Distribution => &["distribution", "distribution-intake", "binaryArtifact"],
            Self::Source => &[
                "source-distribution",
                "vcs",
                "sourceArtifact",
                "SourceArtifact",
            ],
        }
    }
}

/// Which digests count.
#[derive(Debug, Clone)]
pub struct HashRule {
    /// The algorithms that count, in the spelling of CycloneDX; empty for any.
    pub algorithms: Vec<String>,
    /// The algorithms that never count.
    pub weak: Vec<String>,
    /// Where digests are looked for.
    pub at: HashPlace,
}

impl HashRule {
    pub(super) fn holds(&self, survey: &Survey<'_>, subject: usize, component: &Component) -> bool {
        let own = self.at == HashPlace::Component && self.any(&component.hashes);
        let linked = || {
            component
                .external_references
                .iter()
                .any(|one| self.at.kinds().contains(&one.kind.as_str()) && self.any(&one.hashes))
        };
        let carried = || {
            self.at != HashPlace::Source
                && survey.carriers(subject).any(|file| self.any(&file.hashes))
        };
        own || linked() || carried()
    }

    fn any(&self, hashes: &[Hash]) -> bool {
        hashes.iter().any(|hash| {
            let is = |name: &String| name.eq_ignore_ascii_case(&hash.algorithm);
            (self.algorithms.is_empty() || self.algorithms.iter().any(is))
                && !self.weak.iter().any(is)
                && is_digest(hash)
        })
    }
}

/// Whether a digest has the shape of its algorithm: hexadecimal digits, as many as it gives.
fn is_digest(hash: &Hash) -> bool {
    let value = hash.value.trim();
    let digits = match hash.algorithm.as_str() {
        "MD5" => 32,
        "SHA-1" => 40,
        "SHA-256" | "SHA3-256" | "BLAKE2b-256" => 64,
        "SHA-384" | "SHA3-384" | "BLAKE2b-384" => 96,
        "SHA-512" | "SHA3-512" | "BLAKE2b-512" => 128,
        _ => return is_stated(value),
    };
    value.len() == digits && is_hexadecimal(value)
}

/// Whether every byte is a hexadecimal digit. No early end, so that it is done many bytes at a time.
fn is_hexadecimal(text: &str) -> bool {
    text.bytes().fold(true, |so_far, byte| {
        let is_digit = byte.wrapping_sub(b'0') < 10;
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 6;
        so_far & (is_digit | is_letter)
    })
}

/// Whether a component has a link of one of the kinds.
pub(super) fn holds(component: &Component, kinds: &[String], download: bool) -> bool {
    component
        .external_references
        .iter()
        .any(|one| kinds.iter().any(|kind| *kind == one.kind) && is_address(&one.url))
        || download
            && component
                .download_location
                .as_deref()
                .is_some_and(is_address)
}

/// Whether a text is an address: a scheme and something behind it (RFC 3986, 3), or an SPDX locator of a
/// version-control system such as `git+https://…` (SPDX 2.3, 7.7).
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && scheme
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic());
    let is_web = ["http", "https", "ftp", "ssh", "git"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        || scheme.contains('+');
    let has_host = || {
        rest.strip_prefix("//").is_some_and(|rest| {
            rest.bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'[' || byte >= 0x80)
        })
    };
    is_scheme
        && !rest.is_empty()
        && !text
            .bytes()
            .any(|byte| byte.is_ascii_whitespace() || byte == b'"' || byte == b'<')
        && (!is_web || has_host() || rest.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_and_a_host() {
        for (text, expected) in [
            ("https://example.com/a.tar.gz", true),
            ("git+ssh://git@example.com:3389/a.git@b2c", true),
            ("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", true),
            ("pkg:npm/a@1", true),
            ("mailto:a@example.com", true),
            ("example.com", false),
            ("https://", false),
            ("https:example.com", false),
            ("not a url", false),
            ("https://exa mple.com", false),
            ("", false),
        ] {
            assert_eq!(is_address(text), expected, "{text}");
        }
    }

    #[test]
    fn a_digest_has_the_length_of_its_algorithm() {
        let hash = |algorithm: &str, value: &str| Hash {
            algorithm: algorithm.into(),
            value: value.into(),
        };
        assert!(is_digest(&hash("SHA-256", &"a".repeat(64))));
        assert!(!is_digest(&hash("SHA-512", &"a".repeat(64))));
        assert!(!is_digest(&hash("MD5", &"g".repeat(32))));
        assert!(is_digest(&hash("Streebog-256", "x")));
    }
}
