//! Public keys and the one place where a signature is checked against one, on the primitives of `aws-lc-rs`.
//! [`PrivateKey`] is for our own records only.
//!
//! Sources: RFC 5280 and RFC 5480 (`SubjectPublicKeyInfo`), RFC 8410 (Ed25519), RFC 8017 (RSA); strengths from
//! NIST SP 800-57 part 1 rev. 5, table 2.

mod private;
#[cfg(test)]
mod tests;

use aws_lc_rs::signature::{
    self as primitive, RsaPssSaltLength, UnparsedPublicKey, VerificationAlgorithm,
};
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

pub use private::PrivateKey;

use super::certificate::pem_blocks;
use super::check::Strength;
use super::trust::Material;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest};

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The first byte of a point that is not compressed (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// The fewest bits of an RSA key that may count (NIST SP 800-131A rev. 2, section 3).
pub const MINIMUM_RSA_BITS: usize = 2048;

/// The most bits of an RSA key that the primitives take.
pub const MAXIMUM_RSA_BITS: usize = 8192;

/// The kind of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// ECDSA on P-521.
    EcdsaP521,
    /// Ed25519.
    Ed25519,
    /// RSA with a modulus of so many bits.
    Rsa(usize),
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA over a digest; the signature is an ASN.1 sequence (RFC 3279, section 2.2.3).
    EcdsaAsn1(Algorithm),
    /// ECDSA over a digest; the signature is the two numbers side by side (IEEE P1363, JWS, XML).
    EcdsaFixed(Algorithm),
    /// Ed25519 over the message itself (RFC 8032).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    RsaPkcs1(Algorithm),
    /// RSASSA-PSS with a salt as long as the digest and MGF1 with the same digest (RFC 8017, section 8.1).
    RsaPss(Algorithm),
    /// RSASSA-PSS with the longest salt that fits the key, as OpenSSL makes it where nobody says otherwise.
    RsaPssLongSalt(Algorithm),
}

impl Scheme {
    /// The digest that is signed; `None` where the message itself is.
    pub fn digest(self) -> Option<Algorithm> {
        match self {
            Self::Ed25519 => None,
            Self::EcdsaAsn1(digest)
            | Self::EcdsaFixed(digest)
            | Self::RsaPkcs1(digest)
            | Self::RsaPss(digest)
            | Self::RsaPssLongSalt(digest) => Some(digest),
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    /// `SubjectPublicKeyInfo` in DER.
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a key file in PEM or DER: `SubjectPublicKeyInfo`, a bare RSA key (PKCS #1), or a certificate of
    /// which the key is taken.
    ///
    /// A file with more than one PEM block is refused: it could not be told which of them is trusted.
    ///
    /// # Errors
    ///
    /// `key-malformed` when it is none of these; `key-unsupported` when the kind of key, its curve or its
    /// length is not admitted.
    pub fn read(material: Material<'_>) -> Result<Self, Diagnostic> {
        Self::read_unnamed(material.bytes).map_err(|fault| fault.in_file(material.name))
    }

    fn read_unnamed(bytes: &[u8]) -> Result<Self, Diagnostic> {
        let Some(blocks) = pem_blocks(bytes) else {
            if let Ok(spki) = spki_of_certificate(bytes) {
                return Self::from_spki(&spki);
            }
            return match spki_of_rsa(bytes) {
                Some(spki) => Self::from_spki(&spki),
                None => Self::from_spki(bytes),
            };
        };
        let blocks = blocks.map_err(|reason| malformed(&reason))?;
        let [(label, der)] = blocks.as_slice() else {
            let reason = format!(
                "it holds {} PEM blocks, and it cannot be told which is trusted",
                blocks.len()
            );
            return Err(malformed(&reason).help("hand in each key in a file of its own"));
        };
        match label.as_str() {
            "PUBLIC KEY" => Self::from_spki(der),
            "RSA PUBLIC KEY" => {
                let spki = spki_of_rsa(der).ok_or_else(|| malformed("it is no RSA key"))?;
                Self::from_spki(&spki)
            }
            "CERTIFICATE" => {
                let spki = spki_of_certificate(der).map_err(|reason| malformed(&reason))?;
                Self::from_spki(&spki)
            }
            label if label.ends_with("PRIVATE KEY") => Err(malformed("it is a private key")
                .help("hand in the public key; the private one belongs to the signer alone")),
            label => Err(malformed(&format!("it is a PEM file of a `{label}`"))),
        }
    }

    /// Takes a `SubjectPublicKeyInfo` in DER.
    ///
    /// Only one encoding of a key is taken (uncompressed points, the parameters that RFC 3279, 5480 and 8410
    /// prescribe), so that [`PublicKey::digest`] tells keys apart.
    ///
    /// # Errors
    ///
    /// `key-malformed` and `key-unsupported`, as [`PublicKey::read`].
    pub fn from_spki(der: &[u8]) -> Result<Self, Diagnostic> {
        let info = SubjectPublicKeyInfoRef::from_der(der)
            .map_err(|error| malformed(&error.to_string()))?;
        let key = info
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| malformed("its bits are no whole bytes"))?;
        let parameters = info.algorithm.parameters;
        let kind = match info.algorithm.oid {
            EC_PUBLIC_KEY => {
                let kind = match info.algorithm.parameters_oid() {
                    Ok(P256) => KeyKind::EcdsaP256,
                    Ok(P384) => KeyKind::EcdsaP384,
                    Ok(P521) => KeyKind::EcdsaP521,
                    _ => return Err(unsupported("an ECDSA key on another curve")),
                };
                if key.first() != Some(&UNCOMPRESSED) {
                    return Err(unsupported("an ECDSA key with a compressed point"));
                }
                kind
            }
            ED25519 if parameters.is_none() => KeyKind::Ed25519,
            RSA_ENCRYPTION if parameters == Some(AnyRef::NULL) => {
                let bits = modulus_bits(key).ok_or_else(|| malformed("it is no RSA key"))?;
                if !(MINIMUM_RSA_BITS..=MAXIMUM_RSA_BITS).contains(&bits) {
                    return Err(unsupported(&format!("an RSA key of {bits} bits")));
                }
                KeyKind::Rsa(bits)
            }
            ED25519 | RSA_ENCRYPTION => {
                return Err(malformed("its algorithm has unknown parameters"));
            }
            other => return Err(unsupported(&format!("of the kind {other}"))),
        };
        let read = Self {
            kind,
            spki: der.to_vec(),
        };
        let parsed = algorithm(kind, read.first_scheme())
            .map(|algorithm| UnparsedPublicKey::new(algorithm, der).parse());
        match parsed {
            Some(Ok(_)) => Ok(read),
            _ => Err(malformed("its numbers are no key of its kind")),
        }
    }

    /// The kind of the key.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// `SubjectPublicKeyInfo` in PEM (RFC 7468, section 13).
    pub fn to_pem(&self) -> String {
        use x509_cert::der::pem::{LineEnding, encode_string};
        encode_string("PUBLIC KEY", LineEnding::LF, &self.spki).unwrap_or_default()
    }

    /// SHA-256 of the `SubjectPublicKeyInfo`, by which a key is named everywhere here.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.spki)
    }

    /// Whether `signature` over `message` verifies under this key by `scheme`. A scheme that does not fit
    /// the key verifies nothing.
    pub fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        algorithm(self.kind, scheme).is_some_and(|algorithm| {
            UnparsedPublicKey::new(algorithm, &self.spki)
                .verify(message, signature)
                .is_ok()
        })
    }

    /// Whether `signature` over a message with this `digest` verifies under this key by `scheme`. A scheme that
    /// signs the message itself verifies nothing.
    pub fn verifies_digest(&self, scheme: Scheme, digest: &[u8], signature: &[u8]) -> bool {
        use aws_lc_rs::digest::{Digest, SHA256, SHA384, SHA512};
        let of = match scheme.digest() {
            Some(Algorithm::Sha256) => &SHA256,
            Some(Algorithm::Sha384) => &SHA384,
            Some(Algorithm::Sha512) => &SHA512,
            _ => return false,
        };
        let Ok(digest) = Digest::import_less_safe(digest, of) else {
            return false;
        };
        algorithm(self.kind, scheme).is_some_and(|algorithm| {
            UnparsedPublicKey::new(algorithm, &self.spki)
                .verify_digest(&digest, signature)
                .is_ok()
        })
    }

    /// The schemes by which a signature under this key may be made where nothing beside it says which, the
    /// most likely first.
    ///
    /// Source: the registry of algorithms in the Sigstore protobuf specification (`PublicKeyDetails`), and
    /// SHA-256 under any curve, which older releases of cosign took.
    pub fn schemes(&self) -> &'static [Scheme] {
        use Algorithm::{Sha256, Sha384, Sha512};
        match self.kind {
            KeyKind::EcdsaP256 => &[Scheme::EcdsaAsn1(Sha256)],
            KeyKind::EcdsaP384 => &[Scheme::EcdsaAsn1(Sha384), Scheme::EcdsaAsn1(Sha256)],
            KeyKind::EcdsaP521 => &[Scheme::EcdsaAsn1(Sha512), Scheme::EcdsaAsn1(Sha256)],
            KeyKind::Ed25519 => &[Scheme::Ed25519],
            KeyKind::Rsa(_) => &[
                Scheme::RsaPkcs1(Sha256),
                Scheme::RsaPss(Sha256),
                Scheme::RsaPkcs1(Sha384),
                Scheme::RsaPkcs1(Sha512),
                Scheme::RsaPss(Sha384),
                Scheme::RsaPss(Sha512),
                Scheme::RsaPssLongSalt(Sha256),
                Scheme::RsaPssLongSalt(Sha384),
                Scheme::RsaPssLongSalt(Sha512),
            ],
        }
    }

    fn first_scheme(&self) -> Scheme {
        self.schemes().first().copied().unwrap_or(Scheme::Ed25519)
    }

    /// The strength of a signature under this key by `scheme`: the weaker of key and digest.
    ///
    /// Key: NIST SP 800-57 part 1 rev. 5, table 2. Digest: its collision resistance, table 3.
    pub fn strength(&self, scheme: Scheme) -> Strength {
        let (name, bits) = match self.kind {
            KeyKind::EcdsaP256 => ("ecdsa-p256".to_owned(), 128),
            KeyKind::EcdsaP384 => ("ecdsa-p384".to_owned(), 192),
            KeyKind::EcdsaP521 => ("ecdsa-p521".to_owned(), 256),
            KeyKind::Ed25519 => ("ed25519".to_owned(), 128),
            KeyKind::Rsa(bits) => {
                let strength = match bits {
                    0..3072 => 112,
                    3072..7680 => 128,
                    7680..15360 => 192,
                    _ => 256,
                };
                let padding = match scheme {
                    Scheme::RsaPss(_) | Scheme::RsaPssLongSalt(_) => "pss",
                    _ => "pkcs1",
                };
                (format!("rsa{bits}-{padding}"), strength)
            }
        };
        let Some(digest) = scheme.digest() else {
            return Strength {
                algorithm: name,
                bits,
            };
        };
        let word = digest.name().replace('-', "").to_ascii_lowercase();
        let collision = u16::try_from(digest.length() * 4).unwrap_or(u16::MAX);
        Strength {
            algorithm: format!("{name}-{word}"),
            bits: bits.min(collision),
        }
    }
}

fn malformed(reason: &str) -> Diagnostic {
    let message = format!("the public key cannot be read: {reason}");
    Diagnostic::error("key-malformed", Place::whole(), message)
        .help("hand in a public key in PEM or DER (SubjectPublicKeyInfo)")
}

fn unsupported(what: &str) -> Diagnostic {
    let message = format!("the public key is {what}, which is not admitted");
    Diagnostic::error("key-unsupported", Place::whole(), message)
        .help("use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA with 2,048 to 8,192 bits")
}

fn algorithm(kind: KeyKind, scheme: Scheme) -> Option<&'static dyn VerificationAlgorithm> {
    use Algorithm::{Sha256, Sha384, Sha512};
    const LONG: RsaPssSaltLength = RsaPssSaltLength::Max;
    Some(match (kind, scheme) {
        (KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Sha256)) => &primitive::ECDSA_P256_SHA256_ASN1,
        (KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Sha384)) => &primitive::ECDSA_P256_SHA384_ASN1,
        (KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Sha512)) => &primitive::ECDSA_P256_SHA512_ASN1,
        (KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha256)) => &primitive::ECDSA_P384_SHA256_ASN1,
        (KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha384)) => &primitive::ECDSA_P384_SHA384_ASN1,
        (KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha512)) => &primitive::ECDSA_P384_SHA512_ASN1,
        (KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha256)) => &primitive::ECDSA_P521_SHA256_ASN1,
        (KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha384)) => &primitive::ECDSA_P521_SHA384_ASN1,
        (KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha512)) => &primitive::ECDSA_P521_SHA512_ASN1,
        (KeyKind::EcdsaP256, Scheme::EcdsaFixed(Sha256)) => &primitive::ECDSA_P256_SHA256_FIXED,
        (KeyKind::EcdsaP384, Scheme::EcdsaFixed(Sha384)) => &primitive::ECDSA_P384_SHA384_FIXED,
        (KeyKind::EcdsaP521, Scheme::EcdsaFixed(Sha512)) => &primitive::ECDSA_P521_SHA512_FIXED,
        (KeyKind::Ed25519, Scheme::Ed25519) => &primitive::ED25519,
        (KeyKind::Rsa(_), Scheme::RsaPkcs1(Sha256)) => &primitive::RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa(_), Scheme::RsaPkcs1(Sha384)) => &primitive::RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa(_), Scheme::RsaPkcs1(Sha512)) => &primitive::RSA_PKCS1_2048_8192_SHA512,
        (KeyKind::Rsa(_), Scheme::RsaPss(Sha256)) => &primitive::RSA_PSS_2048_8192_SHA256,
        (KeyKind::Rsa(_), Scheme::RsaPss(Sha384)) => &primitive::RSA_PSS_2048_8192_SHA384,
        (KeyKind::Rsa(_), Scheme::RsaPss(Sha512)) => &primitive::RSA_PSS_2048_8192_SHA512,
        (KeyKind::Rsa(_), Scheme::RsaPssLongSalt(Sha256)) => {
            &const { primitive::RSA_PSS_2048_8192_SHA256.with_pss_salt_length(LONG) }
        }
        (KeyKind::Rsa(_), Scheme::RsaPssLongSalt(Sha384)) => {
            &const { primitive::RSA_PSS_2048_8192_SHA384.with_pss_salt_length(LONG) }
        }
        (KeyKind::Rsa(_), Scheme::RsaPssLongSalt(Sha512)) => {
            &const { primitive::RSA_PSS_2048_8192_SHA512.with_pss_salt_length(LONG) }
        }
        _ => return None,
    })
}

fn spki_of_certificate(der: &[u8]) -> Result<Vec<u8>, String> {
    x509_cert::Certificate::from_der(der)
        .and_then(|certificate| certificate.tbs_certificate.subject_public_key_info.to_der())
        .map_err(|error| error.to_string())
}

/// A `SubjectPublicKeyInfo` around a `RSAPublicKey` (RFC 8017, appendix A.1.1; RFC 3279, section 2.3.1).
fn spki_of_rsa(der: &[u8]) -> Option<Vec<u8>> {
    modulus_bits(der)?;
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: RSA_ENCRYPTION,
            parameters: Some(AnyRef::NULL),
        },
        subject_public_key: BitStringRef::from_bytes(der).ok()?,
    };
    info.to_der().ok()
}

/// The bits of the modulus in a `RSAPublicKey` (RFC 8017, appendix A.1.1); `None` where it cannot be read.
fn modulus_bits(der: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(der).ok()?;
    let modulus = reader
        .sequence(|fields| {
            let modulus = UintRef::decode(fields)?;
            UintRef::decode(fields)?;
            Ok(modulus)
        })
        .ok()?;
    reader.finish(()).ok()?;
    let bytes = modulus.as_bytes();
    let unused = bytes.first().map_or(0, |byte| byte.leading_zeros());
    (bytes.len() * 8).checked_sub(usize::try_from(unused).ok()?)
}
