//! The certificate transparency log's word that it knows the certificate.
//!
//! Source: RFC 6962, sections 3.2 (what is signed) and 3.3 (the extension in the certificate).

use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef};
use x509_cert::der::{Decode as _, Encode as _};

use super::super::key::Scheme;
use super::root::Log;
use crate::digest::{Algorithm, Digest};
use crate::time::Timestamp;

const SCT_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

/// Whether the certificate carries the word of a log at all.
pub(super) fn is_present(certificate: &Certificate) -> bool {
    list(certificate).is_some()
}

/// Verifies the one timestamp in `certificate`, whose issuer has the key `issuer` (`SubjectPublicKeyInfo`),
/// and returns the log and the time.
pub(super) fn verify<'a>(
    certificate: &Certificate,
    issuer: &[u8],
    logs: &'a [Log],
) -> Result<(&'a Log, Timestamp), String> {
    let value = list(certificate).ok_or("the certificate carries no timestamp of such a log")?;
    let value = OctetStringRef::from_der(value)
        .map_err(|_| "the list of timestamps is no octet string")?
        .as_bytes();
    let sct = Sct::only(value).ok_or("the certificate must carry exactly one timestamp")?;
    let log = logs
        .iter()
        .find(|log| log.id == sct.log_id)
        .ok_or_else(|| format!("the log {} is not trusted", hex::encode(sct.log_id)))?;
    let at = i64::try_from(sct.millisecond)
        .ok()
        .and_then(|millisecond| Timestamp::from_millisecond(millisecond).ok())
        .ok_or("the time is beyond the calendar")?;
    if !log.window.contains(at) {
        return Err(format!("the key of {} was not trusted at {at}", log.name));
    }
    let (key, _) = log
        .key
        .as_ref()
        .ok_or_else(|| format!("the key of {} is of an unknown kind", log.name))?;
    let signed = sct.signed(certificate, issuer)?;
    if !key.verifies(sct.scheme, &signed, sct.signature) {
        return Err(format!("it is not by {}", log.name));
    }
    Ok((log, at))
}

fn list(certificate: &Certificate) -> Option<&[u8]> {
    let extensions = certificate.tbs_certificate.extensions.as_deref()?;
    let found = extensions
        .iter()
        .find(|extension| extension.extn_id == SCT_LIST);
    found.map(|extension| extension.extn_value.as_bytes())
}

/// A signed certificate timestamp of the first version.
struct Sct<'a> {
    log_id: &'a [u8],
    millisecond: u64,
    extensions: &'a [u8],
    scheme: Scheme,
    signature: &'a [u8],
}

impl<'a> Sct<'a> {
    /// Reads a list that holds one timestamp and nothing after it.
    fn only(list: &'a [u8]) -> Option<Self> {
        let (list, []) = vector(list)? else {
            return None;
        };
        let (sct, []) = vector(list)? else {
            return None;
        };
        let (&0, sct) = sct.split_first()? else {
            return None;
        };
        let (log_id, sct) = sct.split_at_checked(32)?;
        let (millisecond, sct) = sct.split_first_chunk::<8>()?;
        let (extensions, sct) = vector(sct)?;
        let (algorithms, sct) = sct.split_first_chunk::<2>()?;
        // Numbers of hash and signature algorithms: RFC 5246, section 7.4.1.4.1.
        let scheme = match algorithms {
            [4, 3] => Scheme::EcdsaAsn1(Algorithm::Sha256),
            [5, 3] => Scheme::EcdsaAsn1(Algorithm::Sha384),
            [4, 1] => Scheme::RsaPkcs1(Algorithm::Sha256),
            [5, 1] => Scheme::RsaPkcs1(Algorithm::Sha384),
            [6, 1] => Scheme::RsaPkcs1(Algorithm::Sha512),
            _ => return None,
        };
        let (signature, []) = vector(sct)? else {
            return None;
        };
        Some(Self {
            log_id,
            millisecond: u64::from_be_bytes(*millisecond),
            extensions,
            scheme,
            signature,
        })
    }

    /// What the log signed: the certificate before it had the timestamp, bound to its issuer's key.
    fn signed(&self, certificate: &Certificate, issuer: &[u8]) -> Result<Vec<u8>, String> {
        let mut before = certificate.tbs_certificate.clone();
        if let Some(extensions) = &mut before.extensions {
            extensions.retain(|extension| extension.extn_id != SCT_LIST);
        }
        let before = before.to_der().map_err(|error| error.to_string())?;
        let length = u32::try_from(before.len())
            .ok()
            .filter(|length| *length < 1 << 24)
            .ok_or("the certificate is too large")?;
        let [_, length @ ..] = length.to_be_bytes();
        let extensions = u16::try_from(self.extensions.len()).unwrap_or_default();
        // Version 1, certificate timestamp, time, entry of a precertificate.
        Ok([
            &[0, 0][..],
            &self.millisecond.to_be_bytes(),
            &[0, 1],
            Digest::of(issuer).bytes(),
            &length,
            &before,
            &extensions.to_be_bytes(),
            self.extensions,
        ]
        .concat())
    }
}

/// A vector of bytes with its length in two bytes before it, and the rest.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
