//! What is said to be signed: bytes, or only their digest.

use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest};

/// What is said to be signed.
///
/// Where only digests are at hand, a kind of signature that is made over the bytes themselves cannot be
/// judged; one that is made over a digest can.
#[derive(Debug, Clone, Default)]
pub struct Artifact<'a> {
    bytes: Option<&'a [u8]>,
    /// Digests that were handed in or computed while reading, in lower-case hexadecimal digits.
    known: Vec<(Algorithm, String)>,
    sha256: OnceLock<Digest>,
}

impl<'a> Artifact<'a> {
    /// The algorithms that may name an artifact (cosign, in-toto and SLSA use no others for files).
    pub const ALGORITHMS: [Algorithm; 3] =
        [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512];

    /// The artifact itself.
    pub fn of_bytes(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::default()
        }
    }

    /// An artifact of which only a digest is at hand.
    pub fn of_digest(algorithm: Algorithm, digest: &[u8]) -> Self {
        Self::of_digests([(algorithm, hex::encode(digest))])
    }

    /// An artifact of which only digests are at hand, in lower-case hexadecimal digits.
    pub fn of_digests(known: impl IntoIterator<Item = (Algorithm, String)>) -> Self {
        Self {
            known: known.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Reads `sha256:HEX`, `sha384:HEX` or `sha512:HEX`; `None` for anything else.
    pub fn parse_digest(text: &str) -> Option<Artifact<'static>> {
        let (name, digits) = text.split_once(':')?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => return None,
        };
        let digest = hex::decode(digits).ok()?;
        (digest.len() == algorithm.length()).then(|| Artifact::of_digest(algorithm, &digest))
    }

    /// The bytes, where they are at hand.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        self.bytes
    }

    /// The bytes, for `signature`, which is made over them and not over a digest.
    ///
    /// # Errors
    ///
    /// `artifact-missing` where only a digest is at hand.
    pub(super) fn bytes_for(&self, signature: &str) -> Result<&'a [u8], Diagnostic> {
        self.bytes.ok_or_else(|| {
            let message = format!("{signature} needs the artifact itself");
            Diagnostic::error("artifact-missing", Place::whole(), message)
                .help("name the file instead of its digest")
        })
    }

    /// The digest under `algorithm` in lower-case hexadecimal digits; `None` where it is not at hand.
    pub fn digest_hex(&self, algorithm: Algorithm) -> Option<String> {
        if algorithm == Algorithm::Sha256 {
            return self.sha256().map(|digest| digest.hex());
        }
        let known = self.known.iter().find(|(known, _)| *known == algorithm);
        known
            .map(|(_, digits)| digits.clone())
            .or_else(|| Some(algorithm.hex_of(self.bytes?)))
    }

    /// The SHA-256 digest; `None` where it is not at hand.
    pub fn sha256(&self) -> Option<Digest> {
        if let Some(digest) = self.sha256.get() {
            return Some(*digest);
        }
        let known = self
            .known
            .iter()
            .find(|(known, _)| *known == Algorithm::Sha256);
        let digest = match known {
            Some((_, digits)) => digits.parse().ok()?,
            None => Digest::of(self.bytes?),
        };
        Some(*self.sha256.get_or_init(|| digest))
    }

    /// The digests that are at hand without more work, or SHA-256 of the bytes, as `sha256:HEX`.
    pub fn names(&self) -> Vec<String> {
        if self.bytes.is_some() {
            return self
                .sha256()
                .map(|digest| format!("sha256:{}", digest.hex()))
                .into_iter()
                .collect();
        }
        let name = |algorithm: Algorithm| algorithm.name().replace('-', "").to_ascii_lowercase();
        self.known
            .iter()
            .map(|(algorithm, digits)| format!("{}:{digits}", name(*algorithm)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_stands_for_the_bytes() {
        let bytes = Artifact::of_bytes(b"x");
        for algorithm in Artifact::ALGORITHMS {
            let digits = algorithm.hex_of(b"x");
            assert_eq!(bytes.digest_hex(algorithm).as_deref(), Some(&*digits));
            let name = algorithm.name().replace('-', "").to_lowercase();
            let named = Artifact::parse_digest(&format!("{name}:{digits}")).unwrap();
            assert_eq!(named.digest_hex(algorithm).as_deref(), Some(&*digits));
            assert_eq!(named.names(), [format!("{name}:{digits}")]);
            assert!(named.bytes().is_none());
        }
        let upper = format!("sha256:{}", Algorithm::Sha256.hex_of(b"x").to_uppercase());
        let upper = Artifact::parse_digest(&upper).unwrap();
        assert_eq!(upper.names(), bytes.names());
        let named = Artifact::parse_digest(&bytes.names()[0]).unwrap();
        assert_eq!(named.sha256(), bytes.sha256());
        assert_eq!(named.digest_hex(Algorithm::Sha512), None);
        for broken in ["sha256:00", "sha1:00", "x", "sha256:zz"] {
            assert!(Artifact::parse_digest(broken).is_none(), "{broken}");
        }
    }
}
