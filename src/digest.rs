//! SHA-256 digests, the canonical JSON that they are taken over, and the other algorithms that
//! documents name.

mod piecewise;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

pub use piecewise::{Digested, Digesters};

/// The SHA-256 digest of immutable bytes (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text that is not a SHA-256 digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a SHA-256 digest of 64 hexadecimal digits")]
pub struct MalformedDigest(pub String);

impl Digest {
    /// Computes the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Takes the raw 32 bytes of a digest that was computed before.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 64 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Returns the first 12 hexadecimal digits, enough for people to tell files apart.
    pub fn short(&self) -> String {
        self.hex().chars().take(12).collect()
    }

    /// Returns the raw 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A digest that is computed piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Digester(sha2::Sha256);

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that was taken.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sha256:{}", self.hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.hex())
    }
}

impl FromStr for Digest {
    type Err = MalformedDigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| MalformedDigest(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An algorithm that a document may name for a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5 (RFC 1321): collisions are made at will.
    Md5,
    /// SHA-1 (FIPS 180-4): collisions have been made.
    Sha1,
    /// SHA-224 (FIPS 180-4).
    Sha224,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA3-256 (FIPS 202).
    Sha3x256,
    /// `BLAKE2b` with 256 bits (RFC 7693).
    Blake2bx256,
    /// BLAKE3.
    Blake3,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA3-384 (FIPS 202).
    Sha3x384,
    /// `BLAKE2b` with 384 bits (RFC 7693).
    Blake2bx384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
    /// SHA3-512 (FIPS 202).
    Sha3x512,
    /// `BLAKE2b` with 512 bits (RFC 7693).
    Blake2bx512,
}

impl Algorithm {
    /// Every algorithm with its name in CycloneDX, the weakest first.
    pub const NAMES: [(Self, &'static str); 13] = [
        (Self::Md5, "MD5"),
        (Self::Sha1, "SHA-1"),
        (Self::Sha224, "SHA-224"),
        (Self::Sha256, "SHA-256"),
        (Self::Sha3x256, "SHA3-256"),
        (Self::Blake2bx256, "BLAKE2b-256"),
        (Self::Blake3, "BLAKE3"),
        (Self::Sha384, "SHA-384"),
        (Self::Sha3x384, "SHA3-384"),
        (Self::Blake2bx384, "BLAKE2b-384"),
        (Self::Sha512, "SHA-512"),
        (Self::Sha3x512, "SHA3-512"),
        (Self::Blake2bx512, "BLAKE2b-512"),
    ];

    /// Reads a name in the spelling of CycloneDX (`SHA-256`), SPDX 2 (`SHA256`) or SPDX 3 (`sha256`).
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |name: &str| {
            let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            letters
                .map(|byte| byte.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        let name = plain(name);
        Self::NAMES
            .iter()
            .find(|(_, known)| plain(known) == name)
            .map(|(algorithm, _)| *algorithm)
    }

    /// The name in the spelling of CycloneDX.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(algorithm, _)| *algorithm == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether two files with one digest can be made (RFC 6151 for MD5; for SHA-1 since
    /// 2017, doi:10.1007/978-3-319-63688-7_19).
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// How many bytes a digest has.
    pub fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sha3x256 | Self::Blake2bx256 | Self::Blake3 => 32,
            Self::Sha384 | Self::Sha3x384 | Self::Blake2bx384 => 48,
            Self::Sha512 | Self::Sha3x512 | Self::Blake2bx512 => 64,
        }
    }

    /// Computes the digest of `bytes`, in lower-case hexadecimal digits.
    pub fn hex_of(self, bytes: &[u8]) -> String {
        use blake2::digest::consts::{U32, U48};
        use sha1::Digest as Newer;
        match self {
            Self::Md5 => hex::encode(<md5::Md5 as Newer>::digest(bytes)),
            Self::Sha1 => hex::encode(<sha1::Sha1 as Newer>::digest(bytes)),
            Self::Sha224 => hex::encode(<sha2::Sha224 as sha2::Digest>::digest(bytes)),
            Self::Sha256 => hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)),
            Self::Sha384 => hex::encode(<sha2::Sha384 as sha2::Digest>::digest(bytes)),
            Self::Sha512 => hex::encode(<sha2::Sha512 as sha2::Digest>::digest(bytes)),
            Self::Sha3x256 => hex::encode(<sha3::Sha3_256 as Newer>::digest(bytes)),
            Self::Sha3x384 => hex::encode(<sha3::Sha3_384 as Newer>::digest(bytes)),
            Self::Sha3x512 => hex::encode(<sha3::Sha3_512 as Newer>::digest(bytes)),
            Self::Blake2bx256 => hex::encode(<blake2::Blake2b<U32> as Newer>::digest(bytes)),
            Self::Blake2bx384 => hex::encode(<blake2::Blake2b<U48> as Newer>::digest(bytes)),
            Self::Blake2bx512 => hex::encode(<blake2::Blake2b512 as Newer>::digest(bytes)),
            Self::Blake3 => blake3::hash(bytes).to_hex().to_string(),
        }
    }
}

/// Writes a JSON value in its canonical form: keys sorted by UTF-16 code units, no white space.
///
/// This is RFC 8785 for the values that our records hold: texts, integers, booleans, null, lists
/// and objects. Records hold no fractional numbers, so the number rules of section 3.2.2.3 reduce
/// to the decimal digits of an integer.
pub fn canonical_json(value: &serde_json::Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        serde_json::Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
            out.push('{');
            for (index, (key, field)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(field, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_input_has_the_published_digest() {
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").hex(), expected);
        assert_eq!(format!("sha256:{expected}").parse(), Ok(Digest::of(b"")));
        assert!("sha256:00".parse::<Digest>().is_err());
    }

    #[test]
    fn every_algorithm_has_its_published_digest() {
        // Of `abc`: RFC 1321 A.5, FIPS 180-4 and 202 examples, RFC 7693 A, the BLAKE3 test program.
        for (name, expected) in [
            ("md5", "900150983cd24fb0d6963f7d28e17f72"),
            ("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "sha-224",
                "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
            ),
            (
                "SHA256",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "SHA3-256",
                "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
            ),
            (
                "BLAKE3",
                "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
            ),
            (
                "BLAKE2b-512",
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            ),
        ] {
            let algorithm = Algorithm::from_name(name).unwrap();
            assert_eq!(algorithm.hex_of(b"abc"), expected, "{name}");
        }
        for (algorithm, name) in Algorithm::NAMES {
            assert_eq!(Algorithm::from_name(name), Some(algorithm));
            assert_eq!(
                algorithm.hex_of(b"").len(),
                algorithm.length() * 2,
                "{name}"
            );
        }
        assert_eq!(Algorithm::from_name("SHA-512/256"), None);
    }

    #[test]
    fn canonical_json_sorts_by_utf16_and_escapes_as_rfc_8785_says() {
        let value = serde_json::json!({"\u{20ac}": 1, "\r": 2, "\u{1f600}": 3, "\u{fb33}": [true, null], "1": "\u{7}\"/"});
        assert_eq!(
            canonical_json(&value),
            "{\"\\r\":2,\"1\":\"\\u0007\\\"/\",\"\u{20ac}\":1,\"\u{1f600}\":3,\"\u{fb33}\":[true,null]}"
        );
    }
}
