//! One signature of a CMS message: what it covers, by which certificate.
//!
//! Sources: RFC 5652, sections 5.3 to 5.6 and 11; RFC 5035 and RFC 2634, section 5.4 (ESS signing certificate);
//! RFC 6211 (algorithm protection).

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier, UtcTime};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::super::asn1::{
    Element, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Read, SEQUENCE, SET,
    UTC_TIME, constructed,
};
use super::super::certificate::{Certificate, Refusal};
use super::super::check::CheckName;
use super::super::key::Scheme;
use super::super::{Artifact, algorithm};
use super::structure::{Attributes, DATA, SignedData, SignerId, SignerInfo};
use crate::digest::Algorithm;
use crate::time::Timestamp;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");

/// What one signature proves by itself, whoever's certificate it is.
#[derive(Debug)]
pub(in super::super) struct Signed<'c> {
    pub(in super::super) certificate: &'c Certificate,
    pub(in super::super) scheme: Scheme,
    /// The time of signing that the signer gives.
    pub(in super::super) claimed_time: Option<Timestamp>,
    /// Whether the signer says which certificate is theirs, under the signature.
    pub(in super::super) names_certificate: bool,
    /// Whether anything but the content is signed.
    pub(in super::super) has_attributes: bool,
}

/// What a signature must be over.
pub(in super::super) struct Covered<'a> {
    /// The type of the content.
    pub(in super::super) content_type: ObjectIdentifier,
    /// The content, or its digests.
    pub(in super::super) content: &'a Artifact<'a>,
}

impl SignerInfo<'_> {
    /// Judges this signature in `message`. `at_hand` are certificates among which the signer's may be beside
    /// those of the message.
    ///
    /// # Errors
    ///
    /// The check that failed.
    pub(in super::super) fn judge<'c>(
        &self,
        message: &'c SignedData<'_>,
        covered: &Covered<'_>,
        at_hand: impl Iterator<Item = &'c Certificate>,
    ) -> Result<Signed<'c>, Refusal> {
        let malformed = |reason: String| Refusal::new(CheckName::Structure, reason);
        let weak = |reason: String| Refusal::new(CheckName::Algorithm, reason);
        self.is_well_formed(message).map_err(malformed)?;
        if message.content_type != covered.content_type {
            let detail = format!(
                "the content is of the type {}, not {}",
                message.content_type, covered.content_type
            );
            return Err(Refusal::new(CheckName::ContentType, detail));
        }
        let digest = algorithm::digest(&self.digest).map_err(weak)?;
        let mut claimed_time = None;
        let signed = match &self.signed {
            Some(attributes) => {
                self.attributes_agree(attributes, message, covered, digest)?;
                claimed_time = claimed(attributes).map_err(malformed)?;
                attributes.signed_bytes()
            }
            None => Self::bare_content(covered)?.to_vec(),
        };
        let mut refusal = Refusal::new(
            CheckName::CertificateChain,
            "the signer's certificate is not at hand",
        );
        for certificate in message.certificates.iter().chain(at_hand) {
            if !self.id.names(certificate) {
                continue;
            }
            let key = certificate.key().and_then(|key| {
                let scheme = algorithm::scheme(&self.algorithm, Some(digest), key);
                Ok((key, scheme.map_err(weak)?))
            });
            match key {
                Ok((key, scheme)) if key.verifies(scheme, &signed, self.signature) => {
                    let names_certificate = match &self.signed {
                        Some(attributes) => is_named(attributes, certificate)?,
                        None => false,
                    };
                    return Ok(Signed {
                        certificate,
                        scheme,
                        claimed_time,
                        names_certificate,
                        has_attributes: self.signed.is_some(),
                    });
                }
                Ok(_) => {
                    let detail = format!(
                        "the signature does not verify under the key of {}",
                        certificate.subject()
                    );
                    refusal = Refusal::new(CheckName::Signature, detail);
                }
                Err(weak) => refusal = weak,
            }
        }
        Err(refusal)
    }

    /// RFC 5652, sections 5.1 and 5.3.
    fn is_well_formed(&self, message: &SignedData<'_>) -> Read<()> {
        if message.version != message.version_due {
            return Err(format!(
                "it is of version {}, and its content of version {}",
                message.version, message.version_due
            ));
        }
        let due = match self.id {
            SignerId::Number(_) => 1,
            SignerId::Key(_) => 3,
        };
        if self.version != due {
            return Err(format!(
                "a signature is of the unknown version {}",
                self.version
            ));
        }
        let is_announced = message.digests.iter().any(|digest| {
            digest.oid == self.digest.oid && is_null(digest) && is_null(&self.digest)
        });
        if !is_announced {
            return Err(
                "the digest of a signature is not among those that are announced".to_owned(),
            );
        }
        self.signed
            .as_ref()
            .and_then(Attributes::fault)
            .map_or(Ok(()), Err)
    }

    /// The signed attributes name the content, and the algorithms where they speak of them.
    fn attributes_agree(
        &self,
        attributes: &Attributes<'_>,
        message: &SignedData<'_>,
        covered: &Covered<'_>,
        digest: Algorithm,
    ) -> Result<(), Refusal> {
        let malformed = |reason: String| Refusal::new(CheckName::Structure, reason);
        let one = |oid, name: &str| {
            let value = attributes.one(oid).map_err(malformed)?;
            value.ok_or_else(|| malformed(format!("no {name} is signed")))
        };
        let named = one(CONTENT_TYPE, "content type")?;
        let named = (named.tag == OBJECT_IDENTIFIER)
            .then(|| ObjectIdentifier::from_der(named.whole).ok())
            .flatten();
        if named != Some(message.content_type) {
            let named = named.map_or_else(|| "none".to_owned(), |named| named.to_string());
            let detail = format!(
                "the content is of the type {}, but {named} is signed",
                message.content_type
            );
            return Err(Refusal::new(CheckName::ContentType, detail));
        }
        let named = one(MESSAGE_DIGEST, "message digest")?;
        if named.tag != OCTET_STRING {
            return Err(malformed(
                "the message digest is no octet string".to_owned(),
            ));
        }
        let found = covered.content.digest_hex(digest).ok_or_else(|| {
            let detail = format!("the {} of the artifact is not at hand", digest.name());
            Refusal::new(CheckName::Artifact, detail)
        })?;
        let named = hex::encode(named.value);
        if named != found {
            let detail = format!("{} {named} is signed, {found} is at hand", digest.name());
            return Err(Refusal::new(CheckName::Artifact, detail));
        }
        let protected = attributes.one(ALGORITHM_PROTECTION).map_err(malformed)?;
        if let Some(value) = protected
            && !self.is_protected(value).map_err(malformed)?
        {
            let detail = "other algorithms are signed than those that are named";
            return Err(Refusal::new(CheckName::SignedAttributes, detail));
        }
        Ok(())
    }

    /// RFC 6211, section 2: both algorithms must be those that are used.
    fn is_protected(&self, value: Element<'_>) -> Read<bool> {
        let mut fields = Element::of(value.whole, SEQUENCE)?.elements();
        let read =
            |der: &[u8]| AlgorithmIdentifierOwned::from_der(der).map_err(|error| error.to_string());
        let digest = read(fields.take(SEQUENCE)?.whole)?;
        let signature = fields
            .take_if(constructed(1))?
            .ok_or("the algorithm protection names no signature algorithm")?;
        fields.finish()?;
        // An implicit tag stands in the place of the sequence's own.
        let behind = signature.whole.get(1..).unwrap_or_default();
        let signature = read(&[&[SEQUENCE], behind].concat())?;
        let is_same = |one: &AlgorithmIdentifierOwned, other: &AlgorithmIdentifierOwned| {
            one == other || (one.oid == other.oid && is_null(one) && is_null(other))
        };
        Ok(is_same(&digest, &self.digest) && is_same(&signature, &self.algorithm))
    }

    /// The content that a signature without attributes covers: plain content only (RFC 5652, section 5.3), and
    /// none that reads as signed attributes, or a signature over attributes could be passed off as one over
    /// them as content.
    fn bare_content<'a>(covered: &Covered<'a>) -> Result<&'a [u8], Refusal> {
        if covered.content_type != DATA {
            let detail = "content of this type must be signed with attributes";
            return Err(Refusal::new(CheckName::Structure, detail));
        }
        let content = covered.content.bytes().ok_or_else(|| {
            let detail = "the signature covers the artifact itself, and only a digest is at hand";
            Refusal::new(CheckName::Artifact, detail)
        })?;
        let reads_as_attributes = Element::of(content, SET)
            .and_then(Attributes::read)
            .is_ok_and(|attributes| {
                attributes
                    .one(MESSAGE_DIGEST)
                    .is_ok_and(|one| one.is_some())
            });
        if reads_as_attributes {
            let detail = "the content without attributes is itself a set of signed attributes";
            return Err(Refusal::new(CheckName::Structure, detail));
        }
        Ok(content)
    }
}

fn is_null(identifier: &AlgorithmIdentifierOwned) -> bool {
    identifier
        .parameters
        .as_ref()
        .is_none_or(x509_cert::der::asn1::Any::is_null)
}

fn claimed(attributes: &Attributes<'_>) -> Read<Option<Timestamp>> {
    let Some(value) = attributes.one(SIGNING_TIME)? else {
        return Ok(None);
    };
    let since_1970 = match value.tag {
        UTC_TIME => UtcTime::from_der(value.whole).map(|time| time.to_unix_duration()),
        GENERALIZED_TIME => {
            GeneralizedTime::from_der(value.whole).map(|time| time.to_unix_duration())
        }
        _ => return Err("the signing time is no time".to_owned()),
    };
    let since_1970 = since_1970.map_err(|error| format!("the signing time: {error}"))?;
    let seconds = i64::try_from(since_1970.as_secs()).map_err(|error| error.to_string())?;
    Timestamp::from_second(seconds)
        .map(Some)
        .map_err(|error| error.to_string())
}

/// Whether the signed attributes name `certificate` as the signer's; `false` where they name none.
///
/// RFC 5035, section 5: the first certificate in the list is the signer's. The older form names it by SHA-1,
/// which is compared and upon which nothing rests.
fn is_named(attributes: &Attributes<'_>, certificate: &Certificate) -> Result<bool, Refusal> {
    let malformed = |reason: String| Refusal::new(CheckName::Structure, reason);
    let mut is_any = false;
    for (oid, is_second) in [(SIGNING_CERTIFICATE, false), (SIGNING_CERTIFICATE_V2, true)] {
        let Some(value) = attributes.one(oid).map_err(malformed)? else {
            continue;
        };
        is_any = true;
        if !is_first(value, certificate, is_second).map_err(malformed)? {
            let detail = format!(
                "the signer names another certificate than that of {}",
                certificate.subject()
            );
            return Err(Refusal::new(CheckName::SignedAttributes, detail));
        }
    }
    Ok(is_any)
}

fn is_first(value: Element<'_>, certificate: &Certificate, is_second: bool) -> Read<bool> {
    let mut fields = Element::of(value.whole, SEQUENCE)?.elements();
    let mut list = fields.take(SEQUENCE)?.elements();
    fields.take_if(SEQUENCE)?;
    fields.finish()?;
    let mut first = list.take(SEQUENCE)?.elements();
    let digest = if !is_second {
        Algorithm::Sha1
    } else if let Some(named) = first.take_if(SEQUENCE)? {
        let named = AlgorithmIdentifierOwned::from_der(named.whole);
        algorithm::digest(&named.map_err(|error| error.to_string())?)?
    } else {
        Algorithm::Sha256
    };
    let named = first.take(OCTET_STRING)?.value;
    let mut is_same = hex::encode(named) == digest.hex_of(certificate.der());
    if let Some(number) = first.take_if(SEQUENCE)? {
        let mut number = number.elements();
        let mut issuers = number.take(SEQUENCE)?.elements();
        let issuer =
            GeneralName::from_der(issuers.any()?.whole).map_err(|error| error.to_string())?;
        issuers.finish()?;
        let serial = number.take(INTEGER)?.whole;
        let serial = SerialNumber::from_der(serial).map_err(|error| error.to_string())?;
        number.finish()?;
        is_same &= match issuer {
            GeneralName::DirectoryName(issuer) => certificate.is_numbered(&issuer, &serial),
            _ => false,
        };
    }
    first.finish()?;
    Ok(is_same)
}
