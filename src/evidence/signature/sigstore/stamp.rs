//! Times that a timestamp authority vouches for.
//!
//! Sources: RFC 3161, sections 2.3 (the authority's certificate) and 2.4.2 (responses), RFC 5816; RFC 5652,
//! sections 5.3 and 5.4 (signed attributes). What is stamped is the signature (Sigstore Client Specification,
//! section 4.2.1).

use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef, SetOfVec};
use x509_cert::der::{Decode, Encode as _, Reader as _, SliceReader, Tag};
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::super::key::{KeyKind, PublicKey, Scheme};
use super::super::timestamp::Info;
use super::certificate::path;
use super::root::Authority;
use crate::digest::Algorithm;
use crate::time::Timestamp;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TIME_STAMP_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// `id-kp-timeStamping` as the value of an object identifier in DER.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// Verifies that one of the `authorities` stamped `signature` by `response`, and returns it with the time.
pub(super) fn verify<'a>(
    response: &[u8],
    signature: &[u8],
    authorities: &'a [Authority],
) -> Result<(&'a Authority, Timestamp), String> {
    let token = Token::read(response).map_err(|reason| format!("the timestamp: {reason}"))?;
    let algorithm = digest_algorithm(&token.imprint_algorithm)
        .ok_or("the stamped digest is of an algorithm that is not admitted")?;
    if hex::decode(algorithm.hex_of(signature)).ok().as_deref() != Some(&*token.imprint) {
        return Err("the timestamp is over something else than this signature".to_owned());
    }
    let mut reason = "no timestamp authority is trusted".to_owned();
    for authority in authorities {
        match token.is_by(authority) {
            Ok(()) => return Ok((authority, token.at)),
            // The reason of the authority whose certificate is named, rather than of a stranger.
            Err(Fault::Stranger) if reason.starts_with("no ") => {
                reason = String::from("no trusted timestamp authority made it");
            }
            Err(Fault::Stranger) => {}
            Err(Fault::Invalid(why)) => reason = format!("{}: {why}", authority.name),
        }
    }
    Err(reason)
}

enum Fault {
    /// Another authority is named as the signer.
    Stranger,
    Invalid(String),
}

/// A response to a request for a timestamp.
struct Token {
    signer: SignerInfo,
    /// The signed bytes.
    content: Vec<u8>,
    imprint_algorithm: AlgorithmIdentifierOwned,
    imprint: Vec<u8>,
    at: Timestamp,
}

impl Token {
    fn read(response: &[u8]) -> Result<Self, String> {
        let text = |error: x509_cert::der::Error| format!("it cannot be read: {error}");
        let token = token_of(response).map_err(text)?;
        let outer = ContentInfo::from_der(token).map_err(text)?;
        if outer.content_type != SIGNED_DATA {
            return Err("it is not signed".to_owned());
        }
        let data = outer.content.decode_as::<SignedData>().map_err(text)?;
        if data.encap_content_info.econtent_type != TIME_STAMP_INFO {
            return Err("what it signs is no timestamp".to_owned());
        }
        let content = data
            .encap_content_info
            .econtent
            .ok_or("it signs nothing")?
            .decode_as::<OctetStringRef<'_>>()
            .map_err(text)?
            .as_bytes()
            .to_vec();
        let [signer] = data.signer_infos.0.as_slice() else {
            return Err("it must have exactly one signer".to_owned());
        };
        // Versions as RFC 5652, sections 5.1 and 5.3, count them; the digests that are used must be announced.
        let version = match signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(_) => CmsVersion::V1,
            SignerIdentifier::SubjectKeyIdentifier(_) => CmsVersion::V3,
        };
        let announced = &data.digest_algorithms;
        if data.version != CmsVersion::V3
            || signer.version != version
            || !announced.iter().any(|one| one.oid == signer.digest_alg.oid)
        {
            return Err("it contradicts itself".to_owned());
        }
        let info = Info::read(&content)?;
        Ok(Self {
            signer: signer.clone(),
            imprint_algorithm: info.algorithm,
            imprint: info.imprint.to_vec(),
            at: info.at,
            content,
        })
    }

    /// Whether `authority` signed it, with a certificate for timestamps only, at a time at which it was trusted.
    fn is_by(&self, authority: &Authority) -> Result<(), Fault> {
        let invalid = |reason: &str| Fault::Invalid(reason.to_owned());
        let der = authority.chain.first().ok_or(Fault::Stranger)?;
        let certificate = Certificate::from_der(der).map_err(|_| Fault::Stranger)?;
        if !names(&self.signer.sid, &certificate) {
            return Err(Fault::Stranger);
        }
        let attributes = self.attributes(der).map_err(Fault::Invalid)?;
        let spki = certificate.tbs_certificate.subject_public_key_info.to_der();
        let key = spki
            .map_err(|_| ())
            .and_then(|spki| PublicKey::from_spki(&spki).map_err(|_| ()))
            .map_err(|()| invalid("the key of its certificate is not admitted"))?;
        let scheme = scheme(&key, &self.signer)
            .ok_or_else(|| invalid("it is signed by an algorithm that is not admitted"))?;
        if !key.verifies(scheme, &attributes, self.signer.signature.as_bytes()) {
            return Err(invalid("its signature does not verify"));
        }
        is_for_timestamps_only(&certificate).map_err(Fault::Invalid)?;
        if !authority.window.contains(self.at) {
            let reason = format!("the authority was not trusted at {}", self.at);
            return Err(Fault::Invalid(reason));
        }
        path(der, &[], authority, self.at, TIME_STAMPING)
            .map(|_| ())
            .map_err(|(_, reason)| Fault::Invalid(reason))
    }

    /// The signed attributes in the form that is signed (RFC 5652, section 5.4), after they were found to be
    /// about this content and this certificate.
    fn attributes(&self, certificate: &[u8]) -> Result<Vec<u8>, String> {
        let attributes = self.signer.signed_attrs.as_ref();
        let attributes = attributes.ok_or("it has no signed attributes")?;
        let only = |oid: ObjectIdentifier| -> Result<Option<Vec<u8>>, String> {
            let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
            let Some(attribute) = found.next() else {
                return Ok(None);
            };
            match (attribute.values.as_slice(), found.next()) {
                ([value], None) => value.to_der().map(Some).map_err(|error| error.to_string()),
                _ => Err("a signed attribute is given twice".to_owned()),
            }
        };
        let content_type = only(CONTENT_TYPE)?;
        if content_type != TIME_STAMP_INFO.to_der().ok() {
            return Err("its signed attributes are not about a timestamp".to_owned());
        }
        let algorithm = digest_algorithm(&self.signer.digest_alg)
            .ok_or("its digest is of an algorithm that is not admitted")?;
        let digest = only(MESSAGE_DIGEST)?.ok_or("it has no digest of its content")?;
        let digest = OctetStringRef::from_der(&digest).map_err(|error| error.to_string())?;
        if hex::encode(digest.as_bytes()) != algorithm.hex_of(&self.content) {
            return Err("its content is not the one that is signed".to_owned());
        }
        if let Some(value) = only(SIGNING_CERTIFICATE)?
            && !certificate_identified(&value, certificate)
        {
            return Err("it says that another certificate signs it".to_owned());
        }
        let set = SetOfVec::try_from(attributes.iter().cloned().collect::<Vec<_>>());
        set.and_then(|set| set.to_der())
            .map_err(|error| error.to_string())
    }
}

/// The signed token in a response, whose status must be granted (RFC 3161, section 2.4.2); a bare token
/// stands for itself.
fn token_of(response: &[u8]) -> x509_cert::der::Result<&[u8]> {
    let begins_with_type = SliceReader::new(response)?.sequence(|fields| {
        let tag = fields.peek_tag()?;
        while !fields.is_finished() {
            fields.tlv_bytes()?;
        }
        Ok(tag == Tag::ObjectIdentifier)
    })?;
    if begins_with_type {
        return Ok(response);
    }
    let mut reader = SliceReader::new(response)?;
    let token = reader.sequence(|fields| {
        let status = fields.sequence(|info| {
            let status = u8::decode(info)?;
            while !info.is_finished() {
                info.tlv_bytes()?;
            }
            Ok(status)
        })?;
        // 0 is granted, 1 granted with modifications.
        if status > 1 {
            return Err(Tag::Integer.value_error());
        }
        fields.tlv_bytes()
    })?;
    reader.finish(token)
}

/// Whether the identifier names this certificate.
fn names(identifier: &SignerIdentifier, certificate: &Certificate) -> bool {
    let certificate = &certificate.tbs_certificate;
    match identifier {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == certificate.issuer && named.serial_number == certificate.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => certificate
            .get::<SubjectKeyIdentifier>()
            .is_ok_and(|own| own.is_some_and(|(_, own)| own == *named)),
    }
}

/// The extended key usage must be critical and name nothing but timestamps (RFC 3161, section 2.3).
fn is_for_timestamps_only(certificate: &Certificate) -> Result<(), String> {
    match certificate.tbs_certificate.get::<ExtendedKeyUsage>() {
        Ok(Some((true, ExtendedKeyUsage(usages)))) if usages == [TIME_STAMPING_OID] => Ok(()),
        _ => Err("its certificate is not for timestamps alone".to_owned()),
    }
}

fn digest_algorithm(identifier: &AlgorithmIdentifierOwned) -> Option<Algorithm> {
    // NIST's arc of hash algorithms.
    [
        ("2.16.840.1.101.3.4.2.1", Algorithm::Sha256),
        ("2.16.840.1.101.3.4.2.2", Algorithm::Sha384),
        ("2.16.840.1.101.3.4.2.3", Algorithm::Sha512),
    ]
    .into_iter()
    .find(|(oid, _)| ObjectIdentifier::new_unwrap(oid) == identifier.oid)
    .map(|(_, algorithm)| algorithm)
}

/// How the signature is made: key, digest and the algorithm that is named must agree (RFC 5754, RFC 8419).
fn scheme(key: &PublicKey, signer: &SignerInfo) -> Option<Scheme> {
    let digest = digest_algorithm(&signer.digest_alg)?;
    let (kind, own) = match key.kind() {
        KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521 => {
            let own = match digest {
                Algorithm::Sha256 => "1.2.840.10045.4.3.2",
                Algorithm::Sha384 => "1.2.840.10045.4.3.3",
                _ => "1.2.840.10045.4.3.4",
            };
            (Scheme::EcdsaAsn1(digest), own)
        }
        KeyKind::Rsa(_) => {
            let own = match digest {
                Algorithm::Sha256 => "1.2.840.113549.1.1.11",
                Algorithm::Sha384 => "1.2.840.113549.1.1.12",
                _ => "1.2.840.113549.1.1.13",
            };
            (Scheme::RsaPkcs1(digest), own)
        }
        KeyKind::Ed25519 => (Scheme::Ed25519, "1.3.101.112"),
    };
    let named = signer.signature_algorithm.oid;
    let plain_rsa = matches!(key.kind(), KeyKind::Rsa(_))
        && named == ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    (plain_rsa || named == ObjectIdentifier::new_unwrap(own)).then_some(kind)
}

/// Whether the attribute `SigningCertificateV2` (RFC 5035, section 3) names this certificate first.
fn certificate_identified(value: &[u8], certificate: &[u8]) -> bool {
    let digest = SliceReader::new(value).and_then(|mut reader| {
        reader.sequence(|fields| {
            let digest = fields.sequence(|list| {
                let digest = list.sequence(|one| {
                    let algorithm = if one.peek_tag()? == Tag::Sequence {
                        digest_algorithm(&AlgorithmIdentifierOwned::decode(one)?)
                    } else {
                        Some(Algorithm::Sha256)
                    };
                    let digest = OctetStringRef::decode(one)?;
                    while !one.is_finished() {
                        one.tlv_bytes()?;
                    }
                    Ok(algorithm.map(|algorithm| (algorithm, hex::encode(digest.as_bytes()))))
                })?;
                while !list.is_finished() {
                    list.tlv_bytes()?;
                }
                Ok(digest)
            })?;
            while !fields.is_finished() {
                fields.tlv_bytes()?;
            }
            Ok(digest)
        })
    });
    let digest = digest.ok().flatten();
    digest.is_some_and(|(algorithm, digest)| algorithm.hex_of(certificate) == digest)
}
