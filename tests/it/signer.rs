//! Those who sign inside of documents in tests: fresh keys of every kind, and certificates for them.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self as primitive, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use mekiki::app::Refused;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::{Artifact, Verification};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::der::asn1::{BitString, Ia5String, OctetString, UtcTime};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::oid::db::rfc5912::ECDSA_WITH_SHA_256;
use x509_cert::der::{DateTime, Decode as _, Encode as _};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

use crate::asked::now;

/// A key pair.
pub(crate) enum Signer {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    P521(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    pub(crate) fn p256() -> Self {
        let curve = &primitive::ECDSA_P256_SHA256_FIXED_SIGNING;
        Self::P256(EcdsaKeyPair::generate(curve).unwrap())
    }

    pub(crate) fn p384() -> Self {
        let curve = &primitive::ECDSA_P384_SHA384_FIXED_SIGNING;
        Self::P384(EcdsaKeyPair::generate(curve).unwrap())
    }

    pub(crate) fn p521() -> Self {
        let curve = &primitive::ECDSA_P521_SHA512_FIXED_SIGNING;
        Self::P521(EcdsaKeyPair::generate(curve).unwrap())
    }

    pub(crate) fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// A signature over `message` by the algorithm that JWA names so.
    pub(crate) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::P256(pair) | Self::P384(pair) | Self::P521(pair) => {
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let padding: &'static dyn primitive::RsaEncoding = match algorithm {
                    "RS256" => &primitive::RSA_PKCS1_SHA256,
                    "RS384" => &primitive::RSA_PKCS1_SHA384,
                    "RS512" => &primitive::RSA_PKCS1_SHA512,
                    "PS256" => &primitive::RSA_PSS_SHA256,
                    "PS384" => &primitive::RSA_PSS_SHA384,
                    "PS512" => &primitive::RSA_PSS_SHA512,
                    other => panic!("{other}"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::P256(pair) | Self::P384(pair) | Self::P521(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
            Self::Rsa(pair) => pair.public_key().as_der(),
        }
        .unwrap();
        der.as_ref().to_vec()
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        let text = BASE64_STANDARD.encode(self.der());
        let mut lines = String::new();
        for line in text.as_bytes().chunks(64) {
            lines += std::str::from_utf8(line).unwrap();
            lines += "\n";
        }
        format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n").into_bytes()
    }

    /// The key as a JSON Web Key in canonical form.
    pub(crate) fn jwk(&self) -> String {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let elliptic = |curve: &str, pair: &EcdsaKeyPair| {
            let point = &pair.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            format!(
                r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#,
                text(x),
                text(y)
            )
        };
        match self {
            Self::P256(pair) => elliptic("P-256", pair),
            Self::P384(pair) => elliptic("P-384", pair),
            Self::P521(pair) => elliptic("P-521", pair),
            Self::Ed25519(pair) => format!(
                r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#,
                text(pair.public_key().as_ref())
            ),
            Self::Rsa(pair) => {
                let key = pair.public_key();
                let n = text(key.modulus().big_endian_without_leading_zero());
                let e = text(key.exponent().big_endian_without_leading_zero());
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
        }
    }
}

/// Who may issue certificates, valid from 2020 to 2040.
pub(crate) struct Issuer {
    pair: EcdsaKeyPair,
    name: String,
    pub(crate) certificate: Vec<u8>,
}

/// 2020-01-01 and 2040-01-01, seconds since 1970.
pub(crate) const LONG: (u64, u64) = (1_577_836_800, 2_208_988_800);
/// 2020-01-01 and 2021-01-01: over before every judgment of the tests.
pub(crate) const OVER: (u64, u64) = (1_577_836_800, 1_609_459_200);

impl Issuer {
    /// A root with a fresh key.
    pub(crate) fn root(name: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&primitive::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let spki = spki.as_ref().to_vec();
        let name = format!("CN={name},O=signer.test");
        let certificate = issue(&pair, &name, &name, &spki, LONG, None);
        Self {
            pair,
            name,
            certificate,
        }
    }

    /// A certificate for the key of `signer`, who is called `address`.
    pub(crate) fn certify(&self, signer: &Signer, address: &str, valid: (u64, u64)) -> Vec<u8> {
        let subject = "CN=The Supplier,O=signer.test";
        issue(
            &self.pair,
            &self.name,
            subject,
            &signer.der(),
            valid,
            Some(address),
        )
    }
}

/// A certificate: of an authority, or of one who signs where there is an address.
fn issue(
    pair: &EcdsaKeyPair,
    issuer: &str,
    subject: &str,
    spki: &[u8],
    valid: (u64, u64),
    address: Option<&str>,
) -> Vec<u8> {
    let time = |seconds| {
        let time = DateTime::from_unix_duration(Duration::from_secs(seconds)).unwrap();
        Time::UtcTime(UtcTime::from_date_time(time).unwrap())
    };
    let extensions = match address {
        None => vec![
            extension(
                &BasicConstraints {
                    ca: true,
                    path_len_constraint: None,
                },
                true,
            ),
            extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), true),
        ],
        Some(address) => {
            let name = GeneralName::Rfc822Name(Ia5String::new(address).unwrap());
            vec![
                extension(&KeyUsage(KeyUsages::DigitalSignature.into()), true),
                extension(&SubjectAltName(vec![name]), false),
            ]
        }
    };
    let algorithm = AlgorithmIdentifierOwned {
        oid: ECDSA_WITH_SHA_256,
        parameters: None,
    };
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&[7, 1]).unwrap(),
        signature: algorithm.clone(),
        issuer: issuer.parse().unwrap(),
        validity: Validity {
            not_before: time(valid.0),
            not_after: time(valid.1),
        },
        subject: subject.parse().unwrap(),
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(spki).unwrap(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = pair
        .sign(&SystemRandom::new(), &tbs.to_der().unwrap())
        .unwrap();
    Certificate {
        tbs_certificate: tbs,
        signature_algorithm: algorithm,
        signature: BitString::from_bytes(signature.as_ref()).unwrap(),
    }
    .to_der()
    .unwrap()
}

fn extension<T: AssociatedOid + x509_cert::der::Encode>(value: &T, critical: bool) -> Extension {
    Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der().unwrap()).unwrap(),
    }
}

/// Asks about a signed document, trusting what `change` puts in.
pub(crate) fn judge<'a>(
    document: &'a [u8],
    change: impl FnOnce(&mut SignatureRequest<'a>),
) -> Result<Verification, Refused> {
    let mut request = SignatureRequest::new(Artifact::of_bytes(document), now());
    change(&mut request);
    verify_signature(&request)
}

/// The outcome in a word: `verified`, the check that failed, or the code of the error.
pub(crate) fn word(outcome: &Result<Verification, Refused>) -> &'static str {
    match outcome {
        Ok(verification) if verification.verified => "verified",
        Ok(verification) => verification
            .refusal()
            .map_or("no check", |check| check.name.word()),
        Err(refused) => refused.0[0].code,
    }
}
