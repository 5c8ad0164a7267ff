//! Public keys by their numbers: JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037), and what XML gives
//! for a key.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use x509_cert::der::asn1::{Any, BitString, Null, ObjectIdentifier, UintRef};
use x509_cert::der::{Encode as _, Header, Tag};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::key::PublicKey;
use super::trust::Material;
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::parse_json;

/// The most keys of one set.
const MAXIMUM_KEYS: usize = 256;

/// The members of a key that only its owner may know (RFC 7518, section 6.2.2 and 6.3.2).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// An elliptic curve: its object identifier and how many bytes a coordinate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Curve {
    oid: ObjectIdentifier,
    length: usize,
}

impl Curve {
    /// P-256.
    pub(super) const P256: Self = Self::new("1.2.840.10045.3.1.7", 32);
    /// P-384.
    pub(super) const P384: Self = Self::new("1.3.132.0.34", 48);
    /// P-521.
    pub(super) const P521: Self = Self::new("1.3.132.0.35", 66);

    const fn new(oid: &str, length: usize) -> Self {
        Self {
            oid: ObjectIdentifier::new_unwrap(oid),
            length,
        }
    }

    /// The curve with the object identifier `oid`, in dotted form.
    pub(super) fn of_oid(oid: &str) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| curve.oid.to_string() == oid)
    }
}

/// Reads a file of keys: a JSON Web Key, a set of them, or what [`PublicKey::read`] reads.
///
/// # Errors
///
/// `key-malformed` and `key-unsupported`, also where one key of a set is; a file with a private key is the
/// former.
pub(super) fn read_keys(material: Material<'_>) -> Result<Vec<PublicKey>, Diagnostic> {
    let text = std::str::from_utf8(material.bytes).unwrap_or_default();
    if !text.trim_start().starts_with('{') {
        return Ok(vec![PublicKey::read(material)?]);
    }
    let malformed = |reason: &str| {
        let message = format!("the public key cannot be read: {reason}");
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("hand in a JSON Web Key (RFC 7517) of kty EC, RSA or OKP without its private members")
            .in_file(material.name)
    };
    let tape = parse_json(text).map_err(|fault| malformed(&fault.message))?;
    if !tape.repeated_members().is_empty() {
        return Err(malformed("a member is given twice"));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| malformed(&error.to_string()))?;
    let keys = match value.get("keys") {
        Some(Value::Array(keys)) if keys.is_empty() => return Err(malformed("the set is empty")),
        Some(Value::Array(keys)) if keys.len() > MAXIMUM_KEYS => {
            return Err(malformed("the set holds more than 256 keys"));
        }
        Some(Value::Array(keys)) => keys.as_slice(),
        Some(_) => return Err(malformed("`keys` is no list")),
        None => std::slice::from_ref(&value),
    };
    keys.iter()
        .map(|key| match key.as_object().map(of_members) {
            Some(Ok(key)) => Ok(key),
            Some(Err(Fault::Malformed(reason))) => Err(malformed(reason)),
            Some(Err(Fault::Refused(fault))) => Err(fault.in_file(material.name)),
            None => Err(malformed("it is no object")),
        })
        .collect()
}

/// Why a JSON Web Key gives no key.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is none.
    Malformed(&'static str),
    /// Its kind or length is not admitted.
    Refused(Diagnostic),
}

impl From<Diagnostic> for Fault {
    fn from(fault: Diagnostic) -> Self {
        Self::Refused(fault)
    }
}

/// The key that the members of a JSON Web Key give.
pub(super) fn of_members(members: &Map<String, Value>) -> Result<PublicKey, Fault> {
    if PRIVATE.iter().any(|name| members.contains_key(*name)) {
        return Err(Fault::Malformed(
            "it holds a private key; hand in the public one",
        ));
    }
    let text = |name: &str| {
        members
            .get(name)
            .map(|value| value.as_str().unwrap_or_default())
    };
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return Err(Fault::Malformed("`use` is not `sig`"));
    }
    if let Some(operations) = members.get("key_ops") {
        let mut operations = operations.as_array().into_iter().flatten();
        if !operations.any(|one| one == "verify") {
            return Err(Fault::Malformed("`key_ops` does not hold `verify`"));
        }
    }
    let number = |name: &'static str| {
        let number = text(name).and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
        number.ok_or(Fault::Malformed("a number is missing or not in base64url"))
    };
    match text("kty") {
        Some("EC") => {
            let curve = match text("crv") {
                Some("P-256") => Curve::P256,
                Some("P-384") => Curve::P384,
                Some("P-521") => Curve::P521,
                _ => return Err(Fault::Malformed("`crv` is none of P-256, P-384 and P-521")),
            };
            let (x, y) = (number("x")?, number("y")?);
            if x.len() != curve.length || y.len() != curve.length {
                return Err(Fault::Malformed(
                    "a coordinate has another length than the curve",
                ));
            }
            Ok(elliptic(curve, &[&[4], &x[..], &y[..]].concat())?)
        }
        Some("RSA") => Ok(rsa(&number("n")?, &number("e")?)?),
        Some("OKP") => {
            if text("crv") != Some("Ed25519") {
                return Err(Fault::Malformed("`crv` is not Ed25519"));
            }
            Ok(edwards(&number("x")?)?)
        }
        _ => Err(Fault::Malformed("`kty` is none of EC, RSA and OKP")),
    }
}

/// The RSA key with a modulus and an exponent, both with the highest byte first (RFC 8017, appendix A.1.1).
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, Diagnostic> {
    let encode = || {
        let (modulus, exponent) = (UintRef::new(modulus)?, UintRef::new(exponent)?);
        let length = (modulus.encoded_len()? + exponent.encoded_len()?)?;
        let mut der = Vec::new();
        Header::new(Tag::Sequence, length)?.encode_to_vec(&mut der)?;
        modulus.encode_to_vec(&mut der)?;
        exponent.encode_to_vec(&mut der)?;
        Ok(der)
    };
    let der = encode().map_err(|error: x509_cert::der::Error| malformed(&error))?;
    from_parts("1.2.840.113549.1.1.1", Some(Any::from(Null)), &der)
}

/// The key at a point of `curve` (SEC 1, section 2.3.3).
pub(super) fn elliptic(curve: Curve, point: &[u8]) -> Result<PublicKey, Diagnostic> {
    from_parts("1.2.840.10045.2.1", Some(Any::from(&curve.oid)), point)
}

/// The Ed25519 key of 32 bytes (RFC 8410, section 4).
pub(super) fn edwards(key: &[u8]) -> Result<PublicKey, Diagnostic> {
    if key.len() != 32 {
        return Err(malformed(&"an Ed25519 key has 32 bytes"));
    }
    from_parts("1.3.101.112", None, key)
}

fn from_parts(oid: &str, parameters: Option<Any>, key: &[u8]) -> Result<PublicKey, Diagnostic> {
    let encode = || {
        SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned {
                oid: ObjectIdentifier::new(oid)?,
                parameters,
            },
            subject_public_key: BitString::from_bytes(key)?,
        }
        .to_der()
    };
    let der = encode().map_err(|error: x509_cert::der::Error| malformed(&error))?;
    PublicKey::from_spki(&der)
}

fn malformed(reason: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("the public key cannot be read: {reason}");
    Diagnostic::error("key-malformed", Place::whole(), message)
        .help("hand in a public key in PEM or DER (SubjectPublicKeyInfo), or a JSON Web Key")
}
