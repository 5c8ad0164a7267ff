//! Public keys made of their numbers, as formats with key files of their own write them.
//!
//! Sources: RFC 8410 (Ed25519), RFC 5480 (points), RFC 8017, appendix A.1.1 (RSA).

use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::key::PublicKey;
use crate::diagnostic::Diagnostic;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The Ed25519 key of 32 bytes.
pub(super) fn ed25519(key: &[u8]) -> Result<PublicKey, Diagnostic> {
    of_parts(ED25519, None, key)
}

/// The ECDSA key of a point (SEC 1, section 2.3.3) on the curve with this object identifier.
pub(super) fn ecdsa(curve: &str, point: &[u8]) -> Result<PublicKey, Diagnostic> {
    let curve = ObjectIdentifier::new(curve).unwrap_or(EC_PUBLIC_KEY);
    of_parts(EC_PUBLIC_KEY, Some(AnyRef::from(&curve)), point)
}

/// The RSA key of a modulus and an exponent, both without a sign.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, Diagnostic> {
    let numbers = [UintRef::new(modulus), UintRef::new(exponent)];
    let mut content = Vec::new();
    for number in numbers {
        let written = number
            .and_then(|number| number.to_der())
            .unwrap_or_default();
        content.extend(written);
    }
    let key = AnyRef::new(x509_cert::der::Tag::Sequence, &content)
        .and_then(|sequence| sequence.to_der())
        .unwrap_or_default();
    of_parts(RSA_ENCRYPTION, Some(AnyRef::NULL), &key)
}

/// What cannot be written is read as a malformed key.
fn of_parts(
    oid: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    key: &[u8],
) -> Result<PublicKey, Diagnostic> {
    let info = BitStringRef::from_bytes(key).and_then(|subject_public_key| {
        let algorithm = AlgorithmIdentifierRef { oid, parameters };
        SubjectPublicKeyInfoRef {
            algorithm,
            subject_public_key,
        }
        .to_der()
    });
    PublicKey::from_spki(&info.unwrap_or_default())
}
