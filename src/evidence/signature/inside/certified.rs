//! Certificates by which a signer inside a document counts.

use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use super::{Accepted, Pinned, Refusal};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::signature::check::CheckName;
use crate::evidence::signature::key::PublicKey;
use crate::evidence::signature::Trust;

/// The certificates of which the signer's must be one.
pub(super) fn pinned(trust: &Trust<'_>) -> Result<Vec<Pinned>, Diagnostic> {
    if !trust.anchors.is_empty() || trust.identity.is_some() || !trust.revocations.is_empty() {
        let message = "chains of certificates inside of documents are not followed yet";
        return Err(Diagnostic::error("expectation-unprovable", Place::whole(), message)
            .help("give --certificate or --key"));
    }
    let mut pinned = Vec::new();
    for material in &trust.certificates {
        let malformed = |error: x509_cert::der::Error| {
            let message = format!("the certificate cannot be read: {error}");
            Diagnostic::error("certificate-malformed", Place::whole(), message)
                .help("hand in certificates in PEM or DER (X.509)")
                .in_file(material.name)
        };
        let certificates = if material.bytes.starts_with(b"-----") {
            Certificate::load_pem_chain(material.bytes).map_err(malformed)?
        } else {
            vec![Certificate::from_der(material.bytes).map_err(malformed)?]
        };
        for certificate in certificates {
            let der = certificate.to_der().map_err(malformed)?;
            if let Some(key) = key_of(&der) {
                pinned.push(Pinned { der, key });
            }
        }
    }
    Ok(pinned)
}

/// The public key of a certificate in DER; `None` where it cannot be read or is not admitted.
pub(super) fn key_of(der: &[u8]) -> Option<PublicKey> {
    let certificate = Certificate::from_der(der).ok()?;
    let key = certificate.tbs_certificate.subject_public_key_info.to_der().ok()?;
    PublicKey::from_spki(&key).ok()
}

/// Whether a certificate that a document gives may be the signer's: it is one of those handed in, or none
/// was and there are anchors to which it may lead.
pub(super) fn may_lead(der: &[u8], pinned: &[Pinned], trust: &Trust<'_>) -> bool {
    if pinned.is_empty() {
        return !trust.anchors.is_empty();
    }
    pinned.iter().any(|one| one.der == der)
}

/// Proves that `certificate` counts, and who it names.
pub(super) fn prove(
    certificate: &[u8],
    _given: &[Vec<u8>],
    trust: &Trust<'_>,
    accepted: &mut Accepted,
) -> Result<(), Refusal> {
    let unreadable = || Refusal::structure("the certificate cannot be read");
    let parsed = Certificate::from_der(certificate).map_err(|_| unreadable())?;
    let validity = parsed.tbs_certificate.validity;
    let at = trust.at.as_second();
    let seconds = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    if at < seconds(validity.not_before) || at > seconds(validity.not_after) {
        return Err(Refusal::new(
            CheckName::CertificateValidity,
            "the certificate is not valid at the time of judgment, and nothing proves an earlier time of signing",
        ));
    }
    let held = "the certificate is one of those that were handed in".to_owned();
    accepted.checks.push((CheckName::Key, held));
    accepted.signer.certificate_sha256 = Some(Digest::of(certificate));
    accepted.signer.subject = Some(parsed.tbs_certificate.subject.to_string());
    Ok(())
}
