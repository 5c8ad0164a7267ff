//! Algorithm identifiers of X.509 and CMS: which scheme they name, and whether it is strong enough.
//!
//! Sources: RFC 4055 and RFC 8017 appendix A.2 (RSA), RFC 5754 and RFC 5758 (SHA-2, ECDSA), RFC 8410 and
//! RFC 8419 (Ed25519). MD5, SHA-1 and SHA-224 are refused (NIST SP 800-131A rev. 2, section 9, for the first
//! two; the third is used by nobody and has no scheme here).

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::asn1::{Element, INTEGER, SEQUENCE, constructed};
use super::key::{KeyKind, PublicKey, Scheme};
use crate::digest::Algorithm;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// Digests that are known and too weak, for the sake of a clear answer.
const WEAK: [(ObjectIdentifier, &str); 12] = [
    (oid("1.2.840.113549.2.2"), "MD2"),
    (oid("1.2.840.113549.2.5"), "MD5"),
    (oid("1.3.14.3.2.26"), "SHA-1"),
    (oid("2.16.840.1.101.3.4.2.4"), "SHA-224"),
    (oid("1.2.840.113549.1.1.2"), "RSA with MD2"),
    (oid("1.2.840.113549.1.1.4"), "RSA with MD5"),
    (oid("1.2.840.113549.1.1.5"), "RSA with SHA-1"),
    (oid("1.3.14.3.2.29"), "RSA with SHA-1"),
    (oid("1.2.840.113549.1.1.14"), "RSA with SHA-224"),
    (oid("1.2.840.10040.4.3"), "DSA with SHA-1"),
    (oid("1.2.840.10045.4.1"), "ECDSA with SHA-1"),
    (oid("1.2.840.10045.4.3.1"), "ECDSA with SHA-224"),
];

/// The digest that `identifier` names, with absent or NULL parameters (RFC 5754, section 2).
///
/// # Errors
///
/// The reason for a specialist when it is too weak or not known.
pub fn digest(identifier: &AlgorithmIdentifierOwned) -> Result<Algorithm, String> {
    let algorithm = match identifier.oid {
        SHA256 => Algorithm::Sha256,
        SHA384 => Algorithm::Sha384,
        SHA512 => Algorithm::Sha512,
        other => return Err(unadmitted(other)),
    };
    if has_parameters(identifier) {
        return Err(format!("the digest {} has parameters", identifier.oid));
    }
    Ok(algorithm)
}

/// The scheme that `identifier` names. `beside` is the digest that is named beside it, where the format has
/// one (CMS); a scheme that names another is refused. `key` is the one that is to have signed: how long a salt
/// of RSASSA-PSS may be depends upon it.
///
/// # Errors
///
/// The reason for a specialist when it is too weak, inconsistent or not known.
pub fn scheme(
    identifier: &AlgorithmIdentifierOwned,
    beside: Option<Algorithm>,
    key: &PublicKey,
) -> Result<Scheme, String> {
    let (scheme, named) = if let Some((scheme, named)) = fixed(identifier.oid) {
        if has_parameters(identifier) {
            return Err(format!("the algorithm {} has parameters", identifier.oid));
        }
        (scheme, named)
    } else {
        match (identifier.oid, beside) {
            (RSA_PSS, _) => {
                let (digest, salt) = pss(identifier)?;
                (pss_scheme(digest, salt, key)?, digest)
            }
            // RFC 8419, section 3.1: the digest beside Ed25519 is SHA-512; it covers what is signed only
            // by way of the message digest, so any strong one would do.
            (ED25519, _) if identifier.parameters.is_none() => {
                return Ok(Scheme::Ed25519);
            }
            // RFC 3370, section 3.2: CMS may name the key alone and leave the digest to its neighbor.
            (RSA_ENCRYPTION, Some(digest)) if !has_parameters(identifier) => {
                (Scheme::RsaPkcs1(digest), digest)
            }
            (other, _) => return Err(unadmitted(other)),
        }
    };
    match beside {
        Some(beside) if beside != named => Err(format!(
            "the signature is made over {}, but {} is named beside it",
            named.name(),
            beside.name()
        )),
        _ => Ok(scheme),
    }
}

/// The schemes whose identifier says everything.
fn fixed(oid: ObjectIdentifier) -> Option<(Scheme, Algorithm)> {
    use Algorithm::{Sha256, Sha384, Sha512};
    const RSA_SHA256: ObjectIdentifier = self::oid("1.2.840.113549.1.1.11");
    const RSA_SHA384: ObjectIdentifier = self::oid("1.2.840.113549.1.1.12");
    const RSA_SHA512: ObjectIdentifier = self::oid("1.2.840.113549.1.1.13");
    const ECDSA_SHA256: ObjectIdentifier = self::oid("1.2.840.10045.4.3.2");
    const ECDSA_SHA384: ObjectIdentifier = self::oid("1.2.840.10045.4.3.3");
    const ECDSA_SHA512: ObjectIdentifier = self::oid("1.2.840.10045.4.3.4");
    Some(match oid {
        RSA_SHA256 => (Scheme::RsaPkcs1(Sha256), Sha256),
        RSA_SHA384 => (Scheme::RsaPkcs1(Sha384), Sha384),
        RSA_SHA512 => (Scheme::RsaPkcs1(Sha512), Sha512),
        ECDSA_SHA256 => (Scheme::EcdsaAsn1(Sha256), Sha256),
        ECDSA_SHA384 => (Scheme::EcdsaAsn1(Sha384), Sha384),
        ECDSA_SHA512 => (Scheme::EcdsaAsn1(Sha512), Sha512),
        _ => return None,
    })
}

/// The scheme of RSASSA-PSS with a salt of so many bytes. Two lengths are in use: that of the digest, and the
/// longest that fits beside it into the key (RFC 8017, section 9.1.1), which OpenSSL takes of itself.
fn pss_scheme(digest: Algorithm, salt: usize, key: &PublicKey) -> Result<Scheme, String> {
    if salt == digest.length() {
        return Ok(Scheme::RsaPss(digest));
    }
    let longest = match key.kind() {
        // One bit less than the modulus, in whole bytes, without the digest and two bytes that are fixed.
        KeyKind::Rsa(bits) => (bits + 6) / 8 - digest.length() - 2,
        _ => return Err("RSASSA-PSS is named for a key of another kind".to_owned()),
    };
    if salt == longest {
        return Ok(Scheme::RsaPssLongSalt(digest));
    }
    Err(format!(
        "RSASSA-PSS has a salt of {salt} bytes, neither as long as the digest nor as long as can be"
    ))
}

/// The one digest in the parameters of RSASSA-PSS (RFC 8017, appendix A.2.3), and how many bytes the salt has.
/// Message and mask must agree, and every default is SHA-1 and so refused.
fn pss(identifier: &AlgorithmIdentifierOwned) -> Result<(Algorithm, usize), String> {
    let parameters = identifier
        .parameters
        .as_ref()
        .ok_or("RSASSA-PSS without parameters means SHA-1")?;
    let der = x509_cert::der::Encode::to_der(parameters).map_err(|error| error.to_string())?;
    let mut fields = Element::of(&der, SEQUENCE)?.elements();
    let hash = fields
        .take_if(constructed(0))?
        .ok_or("RSASSA-PSS without a digest means SHA-1")?;
    let mask = fields
        .take_if(constructed(1))?
        .ok_or("RSASSA-PSS without a mask function means SHA-1")?;
    let salt = fields
        .take_if(constructed(2))?
        .ok_or("RSASSA-PSS with a salt of 20 bytes is made for SHA-1")?;
    if let Some(trailer) = fields.take_if(constructed(3))?
        && trailer.value != [INTEGER, 1, 1]
    {
        return Err("RSASSA-PSS has an unknown trailer".to_owned());
    }
    fields.finish()?;
    let read =
        |der: &[u8]| AlgorithmIdentifierOwned::from_der(der).map_err(|error| error.to_string());
    let hash = digest(&read(hash.value)?)?;
    let mask = read(mask.value)?;
    if mask.oid != MGF1 {
        return Err(format!(
            "RSASSA-PSS has the unknown mask function {}",
            mask.oid
        ));
    }
    let inner = mask
        .parameters
        .and_then(|parameters| x509_cert::der::Encode::to_der(&parameters).ok())
        .ok_or("the mask function names no digest")?;
    if digest(&read(&inner)?)? != hash {
        return Err("RSASSA-PSS takes two digests".to_owned());
    }
    let length = Element::of(salt.value, INTEGER)?;
    let salt = match length.value {
        [one @ 0..=0x7f] | [0, one @ 0x80..=0xff] => usize::from(*one),
        [high @ 1..=0x7f, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return Err("RSASSA-PSS has no proper length of a salt".to_owned()),
    };
    Ok((hash, salt))
}

fn has_parameters(identifier: &AlgorithmIdentifierOwned) -> bool {
    identifier
        .parameters
        .as_ref()
        .is_some_and(|parameters| !parameters.is_null())
}

fn unadmitted(oid: ObjectIdentifier) -> String {
    match WEAK.iter().find(|(weak, _)| *weak == oid) {
        Some((_, name)) => format!("{name} is too weak"),
        None => format!("the algorithm {oid} is not admitted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa(bits: usize) -> PublicKey {
        super::super::raw_key::rsa(&vec![0xff; bits / 8], &[1, 0, 1]).unwrap()
    }

    fn identifier(hex: &str) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned::from_der(&hex::decode(hex).unwrap()).unwrap()
    }

    #[test]
    fn pss_parameters_must_agree() {
        let hash = "300d06096086480165030402010500";
        let mgf = format!("301a06092a864886f70d010108{hash}");
        let sha512 = "300d06096086480165030402030500";
        let other_mgf = format!("301a06092a864886f70d010108{sha512}");
        let identifier_of = |fields: &str| {
            let fields = hex::decode(fields).unwrap();
            let length = u8::try_from(fields.len()).unwrap();
            let parameters = [&[0x30, length][..], &fields].concat();
            let body = [
                &hex::decode("06092a864886f70d01010a").unwrap()[..],
                &parameters,
            ]
            .concat();
            let length = u8::try_from(body.len()).unwrap();
            identifier(&hex::encode([&[0x30, length][..], &body].concat()))
        };
        let (a0, a1) = (format!("a00f{hash}"), format!("a11c{mgf}"));
        let good = identifier_of(&format!("{a0}{a1}a203020120"));
        let rsa_2048 = rsa(2048);
        let scheme = |identifier: &_, beside| scheme(identifier, beside, &rsa_2048);
        assert_eq!(scheme(&good, None), Ok(Scheme::RsaPss(Algorithm::Sha256)));
        assert!(scheme(&good, Some(Algorithm::Sha512)).is_err());
        let longest = identifier_of(&format!("{a0}{a1}a204020200de"));
        let long_salt = Ok(Scheme::RsaPssLongSalt(Algorithm::Sha256));
        assert_eq!(scheme(&longest, None), long_salt);
        // The longest salt of one key is not that of another, and none at all of another kind.
        assert!(super::scheme(&longest, None, &rsa(3072)).is_err());
        let longer = identifier_of(&format!("{a0}{a1}a2040202015e"));
        assert_eq!(super::scheme(&longer, None, &rsa(3072)), long_salt);
        let edwards = super::super::raw_key::ed25519(&[0; 32]).unwrap();
        assert!(super::scheme(&longest, None, &edwards).is_err());
        for bad in [
            String::new(),
            a0.clone(),
            format!("{a0}{a1}"),
            format!("{a0}{a1}a203020114"),
            format!("{a0}{a1}a2030201de"),
            format!("{a0}{a1}a204020200dd"),
            format!("{a0}{a1}a204020200df"),
            format!("{a0}{a1}a20402020020"),
            format!("{a0}{a1}a2050203000020"),
            format!("{a0}a11c{other_mgf}a203020120"),
            format!("{a0}{a1}a203020120a303020102"),
            format!("{a0}{a1}a203020120a403020101"),
        ] {
            assert!(scheme(&identifier_of(&bad), None).is_err(), "{bad}");
        }
    }

    #[test]
    fn weak_and_contradictory_algorithms_are_refused() {
        let rsa_2048 = rsa(2048);
        let scheme = |identifier: &_, beside| scheme(identifier, beside, &rsa_2048);
        let sha1_rsa = identifier("300d06092a864886f70d0101050500");
        assert_eq!(
            scheme(&sha1_rsa, None).unwrap_err(),
            "RSA with SHA-1 is too weak"
        );
        let rsa = identifier("300d06092a864886f70d0101010500");
        assert!(scheme(&rsa, None).is_err());
        assert_eq!(
            scheme(&rsa, Some(Algorithm::Sha256)),
            Ok(Scheme::RsaPkcs1(Algorithm::Sha256))
        );
        let ecdsa = identifier("300a06082a8648ce3d040302");
        assert!(scheme(&ecdsa, Some(Algorithm::Sha384)).is_err());
        assert_eq!(
            digest(&identifier("300706052b0e03021a")).unwrap_err(),
            "SHA-1 is too weak"
        );
    }
}
