//! Keys and certificates.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use mekiki::digest::Algorithm;
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::der::asn1::{BitString, OctetString, UtcTime};
use x509_cert::der::oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_KP_CODE_SIGNING};
use x509_cert::der::oid::{AssociatedOid as _, ObjectIdentifier};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{DateTime, Decode as _, Encode, EncodePem as _};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

use super::{Hash, sha256};

/// The kinds of keys, each with the digest that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyForm {
    P256,
    P384,
    P521,
    Ed25519,
    Rsa,
}

impl KeyForm {
    pub(crate) const ALL: [Self; 5] =
        [Self::P256, Self::P384, Self::P521, Self::Ed25519, Self::Rsa];

    /// As `PublicKeyDetails` call it (`sigstore_common.proto`).
    pub(super) fn details(self) -> &'static str {
        match self {
            Self::P256 => "PKIX_ECDSA_P256_SHA_256",
            Self::P384 => "PKIX_ECDSA_P384_SHA_384",
            Self::P521 => "PKIX_ECDSA_P521_SHA_512",
            Self::Ed25519 => "PKIX_ED25519",
            Self::Rsa => "PKIX_RSA_PKCS1V15_2048_SHA256",
        }
    }

    pub(super) fn digest(self) -> Algorithm {
        match self {
            Self::P384 => Algorithm::Sha384,
            Self::P521 => Algorithm::Sha512,
            Self::P256 | Self::Ed25519 | Self::Rsa => Algorithm::Sha256,
        }
    }

    /// Hash and signature algorithm (RFC 5246, section 7.4.1.4.1).
    pub(super) fn in_tls(self) -> [u8; 2] {
        match self {
            Self::P256 => [4, 3],
            Self::P384 => [5, 3],
            Self::P521 => [6, 3],
            Self::Ed25519 => [8, 7],
            Self::Rsa => [4, 1],
        }
    }
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

/// A key that signs, an ECDSA P-256 key with SHA-256 where nothing else is said.
pub(super) struct SigningKey {
    pub(super) form: KeyForm,
    pair: Pair,
    pub(super) public_key: SubjectPublicKeyInfoOwned,
}

impl SigningKey {
    pub(super) fn generate() -> Self {
        Self::of(KeyForm::P256)
    }

    pub(super) fn of(form: KeyForm) -> Self {
        let random = "the system gives random bytes";
        let ecdsa = |algorithm| {
            let pair = EcdsaKeyPair::generate(algorithm).expect(random);
            let spki: PublicKeyX509Der = pair.public_key().as_der().expect("a key encodes");
            (Pair::Ecdsa(pair), spki.as_ref().to_vec())
        };
        let (pair, spki) = match form {
            KeyForm::P256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING),
            KeyForm::P384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING),
            KeyForm::P521 => ecdsa(&ECDSA_P521_SHA512_ASN1_SIGNING),
            KeyForm::Ed25519 => {
                let pair = Ed25519KeyPair::generate().expect(random);
                let spki: PublicKeyX509Der = pair.public_key().as_der().expect("a key encodes");
                let spki = spki.as_ref().to_vec();
                (Pair::Ed25519(pair), spki)
            }
            KeyForm::Rsa => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect(random);
                let spki: PublicKeyX509Der = pair.public_key().as_der().expect("a key encodes");
                let spki = spki.as_ref().to_vec();
                (Pair::Rsa(Box::new(pair)), spki)
            }
        };
        let public_key =
            SubjectPublicKeyInfoOwned::from_der(&spki).expect("an encoded public key decodes");
        Self {
            form,
            pair,
            public_key,
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => pair
                .sign(&random, message)
                .expect("the system gives random bytes")
                .as_ref()
                .to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .expect("the system gives random bytes");
                signature
            }
        }
    }

    /// What a note names the key by (C2SP `signed-note`): by its bytes and the name for Ed25519, else by the SHA-256
    /// of the public key.
    pub(super) fn note_id(&self, name: &str) -> Hash {
        match self.form {
            KeyForm::Ed25519 => {
                let key = self.public_key.subject_public_key.raw_bytes();
                sha256(&[name.as_bytes(), b"\n\x01", key].concat())
            }
            _ => self.id(),
        }
    }

    pub(super) fn public_key_der(&self) -> Vec<u8> {
        der(&self.public_key)
    }

    /// The SHA-256 of the public key, by which both kinds of log go.
    pub(super) fn id(&self) -> Hash {
        sha256(&self.public_key_der())
    }

    pub(super) fn identifier(&self) -> SubjectKeyIdentifier {
        SubjectKeyIdentifier(octets(&self.id()[..20]))
    }
}

/// A certificate authority.
pub(super) struct Issuer {
    pub(super) key: SigningKey,
    pub(super) certificate: Certificate,
}

impl Issuer {
    pub(super) fn root(name: &str) -> Self {
        let key = SigningKey::generate();
        let name: Name = name.parse().expect("the name is a distinguished name");
        let mut extensions = ca_extensions(&key, &name, 1);
        extensions.push(extension(&authority_key_identifier(&key), &name));
        let root = to_be_signed(&name, &name, &key, (first_day(), last_day()), extensions);
        Self {
            certificate: sealed(root, |message| key.sign(message)),
            key,
        }
    }

    pub(super) fn intermediate(name: &str, root: &Self) -> Self {
        Self::below(name, root, (first_day(), last_day()), |extensions, _| {
            extensions.push(code_signing());
        })
    }

    /// An authority below `root`, whose extensions are as `change` leaves them.
    pub(super) fn below(
        name: &str,
        root: &Self,
        validity: (DateTime, DateTime),
        change: impl Fn(&mut Vec<Extension>, &Name),
    ) -> Self {
        let key = SigningKey::generate();
        let name: Name = name.parse().expect("the name is a distinguished name");
        let mut extensions = ca_extensions(&key, &name, 0);
        extensions.push(extension(&authority_key_identifier(&root.key), &name));
        change(&mut extensions, &name);
        let intermediate = to_be_signed(root.name(), &name, &key, validity, extensions);
        Self {
            certificate: sealed(intermediate, |message| root.key.sign(message)),
            key,
        }
    }

    pub(super) fn name(&self) -> &Name {
        &self.certificate.tbs_certificate.subject
    }
}

/// What the certificate of an authority says, with `below` authorities at most under it.
pub(super) fn ca_extensions(key: &SigningKey, name: &Name, below: u8) -> Vec<Extension> {
    vec![
        extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), name),
        extension(
            &BasicConstraints {
                ca: true,
                path_len_constraint: Some(below),
            },
            name,
        ),
        extension(&key.identifier(), name),
    ]
}

pub(super) fn authority_key_identifier(issuer: &SigningKey) -> AuthorityKeyIdentifier {
    AuthorityKeyIdentifier {
        key_identifier: Some(issuer.identifier().0),
        ..AuthorityKeyIdentifier::default()
    }
}

/// The extended key usage, which is not critical at Fulcio but would be by default.
pub(super) fn code_signing() -> Extension {
    extended_usage(&[ID_KP_CODE_SIGNING], false)
}

/// What a certificate may be used for.
pub(super) fn extended_usage(usages: &[ObjectIdentifier], critical: bool) -> Extension {
    Extension {
        critical,
        ..raw_extension(
            ExtendedKeyUsage::OID,
            &der(&ExtendedKeyUsage(usages.to_vec())),
        )
    }
}

pub(super) fn to_be_signed(
    issuer: &Name,
    subject: &Name,
    key: &SigningKey,
    (not_before, not_after): (DateTime, DateTime),
    extensions: Vec<Extension>,
) -> TbsCertificate {
    let utc = |time| Time::UtcTime(UtcTime::from_date_time(time).expect("the year is below 2050"));
    let mut serial_number = [0; 16];
    rand::fill(&mut serial_number).expect("the system gives random bytes");
    TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&serial_number).expect("16 bytes are a serial number"),
        signature: ecdsa_with_sha256(),
        issuer: issuer.clone(),
        validity: Validity {
            not_before: utc(not_before),
            not_after: utc(not_after),
        },
        subject: subject.clone(),
        subject_public_key_info: key.public_key.clone(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    }
}

pub(super) fn sealed(
    tbs_certificate: TbsCertificate,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> Certificate {
    let signature = sign(&der(&tbs_certificate));
    Certificate {
        tbs_certificate,
        signature_algorithm: ecdsa_with_sha256(),
        signature: BitString::from_bytes(&signature).expect("a signature is a string of bits"),
    }
}

pub(super) fn ecdsa_with_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ECDSA_WITH_SHA_256,
        parameters: None,
    }
}

pub(super) fn extension(value: &impl AsExtension, subject: &Name) -> Extension {
    value
        .to_extension(subject, &[])
        .expect("the extension encodes")
}

pub(super) fn raw_extension(extn_id: ObjectIdentifier, value: &[u8]) -> Extension {
    Extension {
        extn_id,
        critical: false,
        extn_value: octets(value),
    }
}

pub(super) fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).expect("a certificate is below 16 MiB")
}

/// The first moment at which the authorities and the logs are valid.
pub(super) fn first_day() -> DateTime {
    DateTime::new(2020, 1, 1, 0, 0, 0).expect("1 January is a day")
}

pub(super) fn last_day() -> DateTime {
    DateTime::new(2040, 1, 1, 0, 0, 0).expect("1 January is a day")
}

pub(super) fn date_time(since_1970: Duration) -> DateTime {
    DateTime::from_unix_duration(since_1970).expect("the year is below 10000")
}

pub(super) fn der(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("the structure encodes as DER")
}

pub(super) fn pem(certificate: &Certificate) -> String {
    certificate
        .to_pem(LineEnding::LF)
        .expect("a certificate encodes as PEM")
}
