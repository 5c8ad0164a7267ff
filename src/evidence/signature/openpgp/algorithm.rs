//! The algorithms that count, and how strong they are.
//!
//! Sources: RFC 9580, sections 9.1, 9.2 and 9.5; NIST SP 800-57 part 1 rev. 5, tables 2 and 3; NIST SP
//! 800-131A rev. 2, sections 3 and 9.

use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::ser::Serialize;
use pgp::types::{
    EcdsaPublicParams, EddsaLegacyPublicParams, KeyDetails, KeyVersion, PublicParams,
};

use crate::evidence::signature::check::Strength;
use crate::evidence::signature::key::MINIMUM_RSA_BITS;

/// 2019-01-01T00:00:00Z. The attack by which two different self-signatures get one SHA-1 digest became known
/// in May 2019 (Leurent and Peyrin, "From Collisions to Chosen-Prefix Collisions"). RFC 9580, section 9.5,
/// lets an old signature count where it was made before a weakness was known and where it was in safe custody:
/// the agency hands the certificate in.
const SHA1_UNTIL: i64 = 1_546_300_800;

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It signs a document.
    Document,
    /// It binds a key, made at this second.
    Binding(i64),
}

/// The digest's bits of collision resistance, where the digest is admitted for the purpose.
pub(super) fn digest_bits(hash: HashAlgorithm, purpose: Purpose) -> Result<u16, String> {
    match hash {
        HashAlgorithm::Sha224 => Ok(112),
        HashAlgorithm::Sha256 | HashAlgorithm::Sha3_256 => Ok(128),
        HashAlgorithm::Sha384 => Ok(192),
        HashAlgorithm::Sha512 | HashAlgorithm::Sha3_512 => Ok(256),
        HashAlgorithm::Sha1 if matches!(purpose, Purpose::Binding(created) if created < SHA1_UNTIL) => {
            Ok(63)
        }
        other => Err(format!("the digest {other} is too weak or unknown")),
    }
}

/// The strength of a signature by `key` with the digest `hash`, where both are admitted.
///
/// # Errors
///
/// What is too weak or unknown.
pub(super) fn strength(
    key: &impl KeyDetails,
    hash: HashAlgorithm,
    purpose: Purpose,
) -> Result<Strength, String> {
    let digest = digest_bits(hash, purpose)?;
    let (name, bits, least) = match key.public_params() {
        PublicParams::RSA(params) => {
            if key.algorithm() == PublicKeyAlgorithm::RSAEncrypt {
                return Err("the RSA key is for encryption only".to_owned());
            }
            let bits = modulus_bits(params);
            if bits < MINIMUM_RSA_BITS {
                return Err(format!("the RSA key has {bits} bits only"));
            }
            let strength = match bits {
                0..3072 => 112,
                3072..7680 => 128,
                7680..15360 => 192,
                _ => 256,
            };
            (format!("rsa{bits}-pkcs1"), strength, 0)
        }
        PublicParams::ECDSA(EcdsaPublicParams::P256 { .. }) => ("ecdsa-p256".to_owned(), 128, 0),
        PublicParams::ECDSA(EcdsaPublicParams::P384 { .. }) => ("ecdsa-p384".to_owned(), 192, 0),
        PublicParams::ECDSA(EcdsaPublicParams::P521 { .. }) => ("ecdsa-p521".to_owned(), 256, 0),
        // Version 6 keys have no use for the old form (RFC 9580, section 9.1).
        PublicParams::EdDSALegacy(EddsaLegacyPublicParams::Ed25519 { .. })
            if key.version() == KeyVersion::V4 =>
        {
            ("ed25519".to_owned(), 128, 128)
        }
        PublicParams::Ed25519(_) => ("ed25519".to_owned(), 128, 128),
        PublicParams::Ed448(_) => ("ed448".to_owned(), 224, 256),
        _ => {
            let algorithm = u8::from(key.algorithm());
            let message = format!("keys of the algorithm {algorithm} or its curve do not count");
            return Err(message);
        }
    };
    // RFC 9580, sections 5.2.3.3 to 5.2.3.5: the least digest of the Edwards curves.
    if digest < least {
        return Err(format!(
            "the digest {hash} is too short for a key of the kind {name}"
        ));
    }
    let word = hash.to_string().to_ascii_lowercase();
    Ok(Strength {
        algorithm: format!("{name}-{word}"),
        bits: bits.min(digest),
    })
}

/// The bits of the modulus: the two octets before it say them (RFC 9580, section 3.2).
fn modulus_bits(params: &impl Serialize) -> usize {
    let mut written = Vec::new();
    match (params.to_writer(&mut written), written.get(..2)) {
        (Ok(()), Some([high, low])) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_bindings_may_rest_on_sha1_and_nothing_on_md5() {
        for (hash, purpose, admitted) in [
            (HashAlgorithm::Sha256, Purpose::Document, true),
            (HashAlgorithm::Sha1, Purpose::Document, false),
            (HashAlgorithm::Sha1, Purpose::Binding(SHA1_UNTIL - 1), true),
            (HashAlgorithm::Sha1, Purpose::Binding(SHA1_UNTIL), false),
            (HashAlgorithm::Md5, Purpose::Binding(0), false),
            (HashAlgorithm::Ripemd160, Purpose::Binding(0), false),
            (HashAlgorithm::Other(99), Purpose::Document, false),
            (HashAlgorithm::None, Purpose::Document, false),
        ] {
            assert_eq!(
                digest_bits(hash, purpose).is_ok(),
                admitted,
                "{hash:?} {purpose:?}"
            );
        }
    }
}
