//! A timestamp authority (RFC 3161): its tokens, written byte by byte.

use std::time::Duration;

use x509_cert::certificate::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc5912::{ID_KP_CODE_SIGNING, ID_KP_TIME_STAMPING};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use super::certificate::{
    Issuer, SigningKey, der, extended_usage, extension, first_day, last_day, sealed, to_be_signed,
};
use super::log::sign_unless;
use super::{base64, sha256};

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const SHA1: &str = "1.3.14.3.2.26";

/// What may be wrong with a timestamp; everything else about it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StampFault {
    /// It is over the artifact's digest or anything else than the signature.
    OverOtherBytes,
    /// Its digest is SHA-1.
    WeakDigest,
    /// Another key signed it.
    BadSignature,
    /// The digest in the signed attributes is of another content.
    OtherContent,
    /// The signed attributes are about something else than a timestamp.
    OtherContentType,
    /// The signed attributes name another certificate.
    OtherCertificate,
    /// Another authority, which is not trusted, made it.
    Stranger,
    /// The authority refused the request.
    NotGranted,
    /// The certificate has no extended key usage.
    NoUsage,
    /// The certificate's usage is not critical.
    UsageNotCritical,
    /// The certificate is for timestamps and for code.
    FurtherUsage,
    /// The certificate is for code alone.
    OtherUsage,
    /// The certificate ran out before the time of the timestamp.
    Expired,
    /// The stamped text has a critical extension that nobody knows.
    CriticalExtension,
    /// Something follows the stamped text's last field.
    FurtherField,
    /// Another authority than the trusted one issued the certificate, under the same name.
    BadChain,
}

/// A timestamp authority with a root of its own.
pub(super) struct StampAuthority {
    root: Issuer,
    certificate: Certificate,
    key: SigningKey,
}

impl StampAuthority {
    pub(super) fn new(fault: Option<StampFault>) -> Self {
        let root = Issuer::root("CN=stamp-root,O=authority.test");
        let key = SigningKey::generate();
        let name = "CN=stamp,O=authority.test".parse().expect("a name");
        let usages = match fault {
            Some(StampFault::NoUsage) => None,
            Some(StampFault::UsageNotCritical) => Some((vec![ID_KP_TIME_STAMPING], false)),
            Some(StampFault::FurtherUsage) => {
                Some((vec![ID_KP_TIME_STAMPING, ID_KP_CODE_SIGNING], true))
            }
            Some(StampFault::OtherUsage) => Some((vec![ID_KP_CODE_SIGNING], true)),
            _ => Some((vec![ID_KP_TIME_STAMPING], true)),
        };
        let mut extensions = vec![extension(
            &KeyUsage(KeyUsages::DigitalSignature.into()),
            &name,
        )];
        extensions.extend(usages.map(|(usages, critical)| extended_usage(&usages, critical)));
        let until = if fault == Some(StampFault::Expired) {
            first_day()
        } else {
            last_day()
        };
        let certificate = to_be_signed(root.name(), &name, &key, (first_day(), until), extensions);
        let bad_chain = fault == Some(StampFault::BadChain);
        Self {
            certificate: sealed(certificate, |message| {
                sign_unless(bad_chain, &root.key, message)
            }),
            root,
            key,
        }
    }

    /// The chain in a trusted root.
    pub(super) fn chain(&self) -> serde_json::Value {
        serde_json::json!([
            { "rawBytes": base64(der(&self.certificate)) },
            { "rawBytes": base64(der(&self.root.certificate)) },
        ])
    }

    /// A response that vouches for `signature` at `at`.
    pub(super) fn stamp(
        &self,
        signature: &[u8],
        at: Duration,
        fault: Option<StampFault>,
    ) -> Vec<u8> {
        let has = |one| fault == Some(one);
        let at = jiff::Timestamp::from_second(i64::try_from(at.as_secs()).unwrap()).unwrap();
        let (imprint_algorithm, imprint) = match fault {
            Some(StampFault::OverOtherBytes) => (SHA256, sha256(b"hello").to_vec()),
            Some(StampFault::WeakDigest) => {
                let digest = mekiki::digest::Algorithm::Sha1.hex_of(signature);
                (SHA1, hex::decode(digest).unwrap())
            }
            _ => (SHA256, sha256(signature).to_vec()),
        };
        let further = match fault {
            Some(StampFault::CriticalExtension) => {
                let extension = sequence(&[
                    oid("1.3.6.1.4.1.99999.2"),
                    tlv(1, &[0xff]),
                    octets(&integer(1)),
                ]);
                tlv(0xa1, &extension)
            }
            Some(StampFault::FurtherField) => octets(b"more"),
            _ => Vec::new(),
        };
        let info = sequence(&[
            integer(1),
            oid("1.3.6.1.4.1.99999.1"),
            sequence(&[sequence(&[oid(imprint_algorithm)]), octets(&imprint)]),
            integer(7),
            tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()),
            further,
        ]);
        let content_digest = if has(StampFault::OtherContent) {
            sha256(b"another")
        } else {
            sha256(&info)
        };
        let certificate_digest = if has(StampFault::OtherCertificate) {
            sha256(b"another")
        } else {
            sha256(&der(&self.certificate))
        };
        let content_type = if has(StampFault::OtherContentType) {
            "1.2.840.113549.1.7.1"
        } else {
            "1.2.840.113549.1.9.16.1.4"
        };
        let mut attributes = [
            attribute("1.2.840.113549.1.9.3", &oid(content_type)),
            attribute("1.2.840.113549.1.9.4", &octets(&content_digest)),
            attribute(
                "1.2.840.113549.1.9.16.2.47",
                &sequence(&[sequence(&[sequence(&[octets(&certificate_digest)])])]),
            ),
        ];
        attributes.sort();
        let attributes = attributes.concat();
        let seal = sign_unless(
            has(StampFault::BadSignature),
            &self.key,
            &tlv(0x31, &attributes),
        );
        let tbs = &self.certificate.tbs_certificate;
        let signer = sequence(&[
            integer(1),
            sequence(&[der(&tbs.issuer), der(&tbs.serial_number)]),
            sequence(&[oid(SHA256)]),
            tlv(0xa0, &attributes),
            sequence(&[oid("1.2.840.10045.4.3.2")]),
            octets(&seal),
        ]);
        let signed_data = sequence(&[
            integer(3),
            tlv(0x31, &sequence(&[oid(SHA256)])),
            sequence(&[oid("1.2.840.113549.1.9.16.1.4"), tlv(0xa0, &octets(&info))]),
            tlv(0x31, &signer),
        ]);
        let token = sequence(&[oid("1.2.840.113549.1.7.2"), tlv(0xa0, &signed_data)]);
        let status = if has(StampFault::NotGranted) { 2 } else { 0 };
        sequence(&[sequence(&[integer(status)]), token])
    }
}

fn attribute(name: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[oid(name), tlv(0x31, value)])
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn integer(value: u8) -> Vec<u8> {
    tlv(2, &[value])
}

fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(4, bytes)
}

fn oid(text: &str) -> Vec<u8> {
    der(&ObjectIdentifier::new_unwrap(text))
}

/// A tag, a length and a value (X.690, section 8.1).
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let length = match u8::try_from(length) {
        Ok(short) if short < 128 => vec![short],
        Ok(long) => vec![0x81, long],
        Err(_) => {
            let length = u16::try_from(length).expect("a token is below 64 KiB");
            [&[0x82][..], &length.to_be_bytes()].concat()
        }
    };
    [&[tag][..], &length, value].concat()
}
