//! Public keys and the one place where a signature is checked against one, on the primitives of `aws-lc-rs`.
//!
//! Sources: RFC 5280 and RFC 5480 (`SubjectPublicKeyInfo`), RFC 8410 (Ed25519), RFC 8017 (RSA); strengths from
//! NIST SP 800-57 part 1 rev. 5, table 2.

use aws_lc_rs::digest::{self, Digest as Imported};
use aws_lc_rs::signature::{self as primitive, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoRef;

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

/// The fewest bits of an RSA key that may count (NIST SP 800-131A rev. 2, section 3).
pub const MINIMUM_RSA_BITS: usize = 2048;

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
}

impl Scheme {
    /// The digest that is signed; `None` where the message itself is.
    pub fn digest(self) -> Option<Algorithm> {
        match self {
            Self::EcdsaAsn1(digest)
            | Self::EcdsaFixed(digest)
            | Self::RsaPkcs1(digest)
            | Self::RsaPss(digest) => Some(digest),
            Self::Ed25519 => None,
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
    /// Reads a key file: `SubjectPublicKeyInfo` in PEM or DER, or a certificate of which the key is taken.
    ///
    /// # Errors
    ///
    /// `key-malformed` when it is none of these; `key-unsupported` when the kind of key, its curve or its
    /// length is not admitted.
    pub fn read(material: Material<'_>) -> Result<Self, Diagnostic> {
        let malformed = |reason: &str| {
            let message = format!("the public key cannot be read: {reason}");
            Diagnostic::error("key-malformed", Place::whole(), message)
                .help("hand in a public key in PEM or DER (SubjectPublicKeyInfo)")
                .in_file(material.name)
        };
        let der = match std::str::from_utf8(material.bytes) {
            Ok(text) if text.contains("-----BEGIN") => {
                let start = text.find("-----BEGIN").unwrap_or_default();
                let text = text.get(start..).unwrap_or_default();
                let (label, der) = x509_cert::der::pem::decode_vec(text.trim_end().as_bytes())
                    .map_err(|error| malformed(&error.to_string()))?;
                match label {
                    "PUBLIC KEY" => der,
                    "CERTIFICATE" => {
                        spki_of_certificate(&der).map_err(|reason| malformed(&reason))?
                    }
                    _ => return Err(malformed(&format!("it is a PEM file of a `{label}`"))),
                }
            }
            _ => spki_of_certificate(material.bytes).unwrap_or_else(|_| material.bytes.to_vec()),
        };
        Self::from_spki(&der).map_err(|fault| fault.in_file(material.name))
    }

    /// Takes a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    ///
    /// `key-malformed` and `key-unsupported`, as [`PublicKey::read`].
    pub fn from_spki(der: &[u8]) -> Result<Self, Diagnostic> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|error| {
            let message = format!("the public key cannot be read: {error}");
            Diagnostic::error("key-malformed", Place::whole(), message)
                .help("hand in a public key in PEM or DER (SubjectPublicKeyInfo)")
        })?;
        let unsupported = |what: &str| {
            let message = format!("the public key is {what}, which is not admitted");
            Diagnostic::error("key-unsupported", Place::whole(), message).help(
                "use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA with at least 2,048 bits",
            )
        };
        let kind = match info.algorithm.oid {
            EC_PUBLIC_KEY => match info.algorithm.parameters_oid() {
                Ok(P256) => KeyKind::EcdsaP256,
                Ok(P384) => KeyKind::EcdsaP384,
                Ok(P521) => KeyKind::EcdsaP521,
                _ => return Err(unsupported("an ECDSA key on another curve")),
            },
            ED25519 => KeyKind::Ed25519,
            RSA_ENCRYPTION => {
                let bits = modulus_bits(info.subject_public_key.raw_bytes());
                if bits < MINIMUM_RSA_BITS {
                    return Err(unsupported(&format!("an RSA key of {bits} bits")));
                }
                KeyKind::Rsa(bits)
            }
            other => return Err(unsupported(&format!("of the kind {other}"))),
        };
        Ok(Self {
            kind,
            spki: der.to_vec(),
        })
    }

    /// The kind of the key.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
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

    /// Whether `signature` over a message of which only the `digest` is at hand verifies under this key by
    /// `scheme`. The digest must be of the algorithm that the scheme names; Ed25519 needs the message itself.
    pub fn verifies_digest(&self, scheme: Scheme, digest: &[u8], signature: &[u8]) -> bool {
        let hash = match scheme.digest() {
            Some(Algorithm::Sha256) => &digest::SHA256,
            Some(Algorithm::Sha384) => &digest::SHA384,
            Some(Algorithm::Sha512) => &digest::SHA512,
            _ => return false,
        };
        let Ok(digest) = Imported::import_less_safe(digest, hash) else {
            return false;
        };
        algorithm(self.kind, scheme).is_some_and(|algorithm| {
            UnparsedPublicKey::new(algorithm, &self.spki)
                .verify_digest(&digest, signature)
                .is_ok()
        })
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
                    Scheme::RsaPss(_) => "pss",
                    _ => "pkcs1",
                };
                (format!("rsa{bits}-{padding}"), strength)
            }
        };
        match scheme {
            Scheme::Ed25519 => Strength {
                algorithm: name,
                bits,
            },
            Scheme::EcdsaAsn1(digest)
            | Scheme::EcdsaFixed(digest)
            | Scheme::RsaPkcs1(digest)
            | Scheme::RsaPss(digest) => {
                let word = digest.name().replace('-', "").to_ascii_lowercase();
                let collision = u16::try_from(digest.length() * 4).unwrap_or(u16::MAX);
                Strength {
                    algorithm: format!("{name}-{word}"),
                    bits: bits.min(collision),
                }
            }
        }
    }
}

fn algorithm(kind: KeyKind, scheme: Scheme) -> Option<&'static dyn VerificationAlgorithm> {
    use Algorithm::{Sha256, Sha384, Sha512};
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
        _ => return None,
    })
}

fn spki_of_certificate(der: &[u8]) -> Result<Vec<u8>, String> {
    x509_cert::Certificate::from_der(der)
        .and_then(|certificate| certificate.tbs_certificate.subject_public_key_info.to_der())
        .map_err(|error| error.to_string())
}

/// The bits of the modulus in a `RSAPublicKey` (RFC 8017, appendix A.1.1); 0 where it cannot be read.
fn modulus_bits(der: &[u8]) -> usize {
    let modulus = SliceReader::new(der).and_then(|mut reader| {
        reader.sequence(|fields| {
            let modulus = UintRef::decode(fields)?;
            UintRef::decode(fields)?;
            Ok(modulus)
        })
    });
    modulus.map_or(0, |modulus| {
        let bytes = modulus.as_bytes();
        let unused = bytes.first().map_or(0, |byte| byte.leading_zeros());
        (bytes.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or_default())
    })
}
