//! Certificates, revocation lists and keys made in process, so that a test can break any single part.

use std::rc::Rc;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use mekiki::time::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, Ia5String, Null, OctetString};
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{DateTime, Decode as _, Encode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::CrlReason;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

pub(crate) const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(crate) const CODE_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.3");
pub(crate) const EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");
pub(crate) const SERVER_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.1");
pub(crate) const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
pub(crate) const ANY_PURPOSE: ObjectIdentifier = oid("2.5.29.37.0");

/// The instant that `text` (RFC 3339) names.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant of RFC 3339")
}

fn date_time(text: &str) -> DateTime {
    let seconds = u64::try_from(instant(text).as_second()).expect("after 1970");
    DateTime::from_unix_duration(Duration::from_secs(seconds)).expect("before 10000")
}

/// An instant as a certificate writes it.
pub(crate) fn time(text: &str) -> Time {
    Time::GeneralTime(GeneralizedTime::from_date_time(date_time(text)))
}

/// An instant as `GeneralizedTime` in DER.
pub(crate) fn generalized(text: &str) -> Vec<u8> {
    der(&GeneralizedTime::from_date_time(date_time(text)))
}

pub(crate) fn der(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("the structure encodes as DER")
}

/// One element of DER.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(u8::try_from(length).expect("below 128")),
        0x80..=0xff => out.extend([0x81, u8::try_from(length).expect("below 256")]),
        0x100..=0xffff => {
            out.push(0x82);
            out.extend(u16::try_from(length).expect("below 64 KiB").to_be_bytes());
        }
        _ => {
            out.push(0x84);
            out.extend(u32::try_from(length).expect("below 4 GiB").to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// An algorithm without parameters.
pub(crate) fn algorithm(text: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: oid(text),
        parameters: None,
    }
}

enum Pair {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A key that signs; a copy is the same key.
#[derive(Clone)]
pub(crate) struct Key {
    pair: Rc<Pair>,
    /// `SubjectPublicKeyInfo` in DER.
    pub(crate) spki: Vec<u8>,
}

impl Key {
    fn of(pair: Pair, spki: &PublicKeyX509Der<'_>) -> Self {
        Self {
            pair: Rc::new(pair),
            spki: spki.as_ref().to_vec(),
        }
    }

    pub(crate) fn p256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("random bytes");
        let spki = pair.public_key().as_der().expect("a key encodes");
        Self::of(Pair::P256(pair), &spki)
    }

    pub(crate) fn p384() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).expect("random bytes");
        let spki = pair.public_key().as_der().expect("a key encodes");
        Self::of(Pair::P384(pair), &spki)
    }

    pub(crate) fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().expect("random bytes");
        let spki = pair.public_key().as_der().expect("a key encodes");
        Self::of(Pair::Ed25519(pair), &spki)
    }

    pub(crate) fn rsa() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("random bytes");
        let spki = pair.public_key().as_der().expect("a key encodes");
        Self::of(Pair::Rsa(pair), &spki)
    }

    /// Signs by [`Key::algorithm`].
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &*self.pair {
            Pair::P256(pair) | Pair::P384(pair) => pair
                .sign(&SystemRandom::new(), message)
                .expect("random bytes")
                .as_ref()
                .to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .expect("random bytes");
                signature
            }
        }
    }

    /// Signs by RSASSA-PSS with SHA-256.
    pub(crate) fn sign_pss(&self, message: &[u8]) -> Vec<u8> {
        let Pair::Rsa(pair) = &*self.pair else {
            panic!("only RSA knows PSS");
        };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(
            &RSA_PSS_SHA256,
            &SystemRandom::new(),
            message,
            &mut signature,
        )
        .expect("random bytes");
        signature
    }

    /// How [`Key::sign`] signs.
    pub(crate) fn algorithm(&self) -> AlgorithmIdentifierOwned {
        match &*self.pair {
            Pair::P256(_) => algorithm("1.2.840.10045.4.3.2"),
            Pair::P384(_) => algorithm("1.2.840.10045.4.3.3"),
            Pair::Ed25519(_) => algorithm("1.3.101.112"),
            Pair::Rsa(_) => AlgorithmIdentifierOwned {
                parameters: Some(Any::from(Null)),
                ..algorithm("1.2.840.113549.1.1.11")
            },
        }
    }

    /// The digest that goes with [`Key::algorithm`].
    pub(crate) fn digest_algorithm(&self) -> AlgorithmIdentifierOwned {
        match &*self.pair {
            Pair::P384(_) => algorithm("2.16.840.1.101.3.4.2.2"),
            Pair::Ed25519(_) => algorithm("2.16.840.1.101.3.4.2.3"),
            Pair::P256(_) | Pair::Rsa(_) => algorithm("2.16.840.1.101.3.4.2.1"),
        }
    }

    pub(crate) fn identifier(&self) -> Vec<u8> {
        Sha256::digest(&self.spki)[..20].to_vec()
    }
}

/// `SEQUENCE { algorithm, parameters }` of RSASSA-PSS with SHA-256 everywhere and a salt of `salt` bytes.
pub(crate) fn pss_sha256(salt: u8) -> AlgorithmIdentifierOwned {
    let hash = der(&algorithm("2.16.840.1.101.3.4.2.1"));
    let mask = element(
        0x30,
        &[der(&oid("1.2.840.113549.1.1.8")), hash.clone()].concat(),
    );
    let fields = [
        element(0xa0, &hash),
        element(0xa1, &mask),
        element(0xa2, &[2, 1, salt]),
    ];
    AlgorithmIdentifierOwned {
        oid: oid("1.2.840.113549.1.1.10"),
        parameters: Some(Any::from_der(&element(0x30, &fields.concat())).expect("it is DER")),
    }
}

/// A certificate with its key.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) key: Key,
    pub(crate) name: Name,
    pub(crate) serial: SerialNumber,
    pub(crate) der: Vec<u8>,
}

impl Issued {
    /// The certificate in PEM.
    pub(crate) fn pem(&self) -> Vec<u8> {
        x509_cert::der::pem::encode_string("CERTIFICATE", LineEnding::LF, &self.der)
            .expect("it encodes")
            .into_bytes()
    }
}

/// Several certificates in one PEM file.
pub(crate) fn pem_file(certificates: &[&Issued]) -> Vec<u8> {
    certificates.iter().flat_map(|one| one.pem()).collect()
}

/// A certificate before it is signed.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) key: Key,
    pub(crate) tbs: TbsCertificate,
    /// The algorithm that is named where it is not that of the key which signs.
    pub(crate) algorithm: Option<AlgorithmIdentifierOwned>,
}

impl Draft {
    /// A certificate of version 3 of a fresh key, valid from 2020 to 2040, without any extension but its key
    /// identifier.
    pub(crate) fn of(subject: &str, key: Key) -> Self {
        let mut serial = [0; 16];
        rand::fill(&mut serial).expect("random bytes");
        let subject: Name = subject.parse().expect("a distinguished name");
        let draft = Self {
            tbs: TbsCertificate {
                version: Version::V3,
                serial_number: SerialNumber::new(&serial).expect("16 bytes"),
                signature: algorithm("1.2.3"),
                issuer: Name::default(),
                validity: Validity {
                    not_before: time("2020-01-01T00:00:00Z"),
                    not_after: time("2040-01-01T00:00:00Z"),
                },
                subject,
                subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(&key.spki)
                    .expect("a key decodes"),
                issuer_unique_id: None,
                subject_unique_id: None,
                extensions: None,
            },
            key,
            algorithm: None,
        };
        let identifier = SubjectKeyIdentifier(octets(&draft.key.identifier()));
        draft.with(false, &identifier)
    }

    /// A certificate that may issue others.
    pub(crate) fn authority(subject: &str) -> Self {
        Self::of(subject, Key::p256())
            .with(true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))
            .path_length(None)
    }

    /// A certificate that may sign documents, of `signer@signers.test`.
    pub(crate) fn signer(subject: &str) -> Self {
        Self::signer_with(subject, Key::p256())
    }

    /// A certificate of `key` that may sign documents.
    pub(crate) fn signer_with(subject: &str, key: Key) -> Self {
        Self::of(subject, key)
            .with(true, &KeyUsage(KeyUsages::DigitalSignature.into()))
            .purposes(false, &[EMAIL_PROTECTION])
            .email("signer@signers.test")
    }

    /// A certificate of a timestamp authority.
    pub(crate) fn timestamper(subject: &str) -> Self {
        Self::of(subject, Key::p256())
            .with(true, &KeyUsage(KeyUsages::DigitalSignature.into()))
            .purposes(true, &[TIME_STAMPING])
    }

    /// The same with the extension `value`, in the place of another of its kind.
    pub(crate) fn with<T: Encode + AssociatedOid>(self, critical: bool, value: &T) -> Self {
        self.without(T::OID).raw(T::OID, critical, &der(value))
    }

    /// The same with one more extension.
    pub(crate) fn raw(mut self, extn_id: ObjectIdentifier, critical: bool, value: &[u8]) -> Self {
        let extension = Extension {
            extn_id,
            critical,
            extn_value: octets(value),
        };
        self.tbs.extensions.get_or_insert_default().push(extension);
        self
    }

    /// The same without the extension `oid`.
    pub(crate) fn without(mut self, oid: ObjectIdentifier) -> Self {
        if let Some(extensions) = &mut self.tbs.extensions {
            extensions.retain(|extension| extension.extn_id != oid);
        }
        self
    }

    pub(crate) fn path_length(self, below: Option<u8>) -> Self {
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: below,
        };
        self.with(true, &constraints)
    }

    pub(crate) fn purposes(self, critical: bool, purposes: &[ObjectIdentifier]) -> Self {
        self.with(critical, &ExtendedKeyUsage(purposes.to_vec()))
    }

    pub(crate) fn email(self, address: &str) -> Self {
        let address = Ia5String::new(address).expect("an address is ASCII");
        self.with(
            false,
            &SubjectAltName(vec![GeneralName::Rfc822Name(address)]),
        )
    }

    /// The same, valid from `from` to `to`.
    pub(crate) fn valid(mut self, from: &str, to: &str) -> Self {
        self.tbs.validity = Validity {
            not_before: time(from),
            not_after: time(to),
        };
        self
    }

    /// The certificate, issued by `issuer`.
    pub(crate) fn by(mut self, issuer: &Issued) -> Issued {
        if self.tbs.version == Version::V3 {
            let identifier = AuthorityKeyIdentifier {
                key_identifier: Some(octets(&issuer.key.identifier())),
                ..AuthorityKeyIdentifier::default()
            };
            self = self.with(false, &identifier);
        }
        self.sealed(&issuer.name, &issuer.key)
    }

    /// The certificate, signed by its own key.
    pub(crate) fn alone(self) -> Issued {
        let (name, key) = (self.tbs.subject.clone(), self.key.clone());
        self.sealed(&name, &key)
    }

    /// The certificate, signed by `key` in the name of `issuer`.
    pub(crate) fn sealed(mut self, issuer: &Name, key: &Key) -> Issued {
        let signature_algorithm = self.algorithm.unwrap_or_else(|| key.algorithm());
        self.tbs.issuer = issuer.clone();
        self.tbs.signature = signature_algorithm.clone();
        let signature = key.sign(&der(&self.tbs));
        let certificate = Certificate {
            tbs_certificate: self.tbs,
            signature_algorithm,
            signature: BitString::from_bytes(&signature).expect("a signature is a string of bits"),
        };
        Issued {
            key: self.key,
            name: certificate.tbs_certificate.subject.clone(),
            serial: certificate.tbs_certificate.serial_number.clone(),
            der: der(&certificate),
        }
    }
}

/// A revocation list before it is signed.
#[derive(Clone)]
pub(crate) struct ListDraft {
    pub(crate) tbs: TbsCertList,
}

impl ListDraft {
    /// An empty list in the name of `issuer`, current from 2026-10-01 to 2027-01-01.
    pub(crate) fn of(issuer: &Issued) -> Self {
        Self {
            tbs: TbsCertList {
                version: Version::V2,
                signature: algorithm("1.2.3"),
                issuer: issuer.name.clone(),
                this_update: time("2026-10-01T00:00:00Z"),
                next_update: Some(time("2027-01-01T00:00:00Z")),
                revoked_certificates: None,
                crl_extensions: None,
            },
        }
    }

    pub(crate) fn current(mut self, from: &str, to: Option<&str>) -> Self {
        self.tbs.this_update = time(from);
        self.tbs.next_update = to.map(time);
        self
    }

    pub(crate) fn revoking(
        self,
        certificate: &Issued,
        at: &str,
        reason: Option<CrlReason>,
        invalid_since: Option<&str>,
    ) -> Self {
        let mut extensions = Vec::new();
        if let Some(reason) = reason {
            extensions.push(Extension {
                extn_id: CrlReason::OID,
                critical: false,
                extn_value: octets(&der(&reason)),
            });
        }
        if let Some(since) = invalid_since {
            extensions.push(Extension {
                extn_id: oid("2.5.29.24"),
                critical: false,
                extn_value: octets(&generalized(since)),
            });
        }
        self.entry(certificate, at, extensions)
    }

    pub(crate) fn entry(
        mut self,
        certificate: &Issued,
        at: &str,
        extensions: Vec<Extension>,
    ) -> Self {
        let entries = self.tbs.revoked_certificates.get_or_insert_default();
        entries.push(RevokedCert {
            serial_number: certificate.serial.clone(),
            revocation_date: time(at),
            crl_entry_extensions: (!extensions.is_empty()).then_some(extensions),
        });
        self
    }

    pub(crate) fn raw(mut self, extn_id: ObjectIdentifier, critical: bool, value: &[u8]) -> Self {
        let extension = Extension {
            extn_id,
            critical,
            extn_value: octets(value),
        };
        self.tbs
            .crl_extensions
            .get_or_insert_default()
            .push(extension);
        self
    }

    /// The list in DER, signed by `key`.
    pub(crate) fn by(mut self, key: &Key) -> Vec<u8> {
        self.tbs.signature = key.algorithm();
        let signature = key.sign(&der(&self.tbs));
        der(&CertificateList {
            tbs_cert_list: self.tbs,
            signature_algorithm: key.algorithm(),
            signature: BitString::from_bytes(&signature).expect("a signature is a string of bits"),
        })
    }
}

pub(crate) fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).expect("below 256 MiB")
}
