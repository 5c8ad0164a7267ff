//! The signer's certificate: where it leads, what it is for, whom it names.
//!
//! Sources: RFC 5280, section 6 (paths, by `rustls-webpki`) and sections 4.2.1.3, 4.2.1.6, 4.2.1.9; Fulcio's
//! certificate profile and its extensions under 1.3.6.1.4.1.57264.1.

use std::collections::BTreeSet;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage as RequiredUsage, VerifiedPath};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};

use super::super::key::PublicKey;
use super::super::{CheckName, oidc_issuer};
use super::root::Authority;
use super::{Stop, refused};
use crate::time::Timestamp;

/// `id-kp-codeSigning` (RFC 5280, section 4.2.1.12) as the value of an object identifier in DER.
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];
const CODE_SIGNING_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
/// A user's name that is neither an address nor a URI, as an `otherName`.
const USER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");

/// The signer's certificate.
pub(super) struct Leaf<'a> {
    pub(super) der: &'a [u8],
    pub(super) certificate: Certificate,
    pub(super) key: PublicKey,
}

impl<'a> Leaf<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Stop> {
        let unreadable = |error| refused(CheckName::Structure, format!("the certificate: {error}"));
        let certificate = Certificate::from_der(der).map_err(unreadable)?;
        if repeats_an_extension(&certificate) {
            let detail = "the certificate has an extension twice";
            return Err(refused(CheckName::Structure, detail));
        }
        let spki = certificate.tbs_certificate.subject_public_key_info.to_der();
        let key = PublicKey::from_spki(&spki.map_err(unreadable)?)
            .map_err(|fault| refused(CheckName::Algorithm, fault.message))?;
        Ok(Self {
            der,
            certificate,
            key,
        })
    }

    /// Whether the certificate itself was valid at `at`.
    pub(super) fn valid_at(&self, at: Timestamp) -> Result<(), Stop> {
        let (from, until) = validity(&self.certificate)
            .ok_or_else(|| refused(CheckName::Structure, "the certificate's validity"))?;
        if (from..=until).contains(&at) {
            return Ok(());
        }
        let detail = format!("signed at {at}, but the certificate is valid from {from} to {until}");
        Err(refused(CheckName::CertificateValidity, detail))
    }

    /// Whether the certificate is for signatures over code: key usage and extended key usage must say so
    /// (RFC 5280, sections 4.2.1.3 and 4.2.1.12).
    pub(super) fn may_sign(&self) -> Result<(), Stop> {
        let usage = |reason: &str| refused(CheckName::CertificateUsage, reason.to_owned());
        match self.certificate.tbs_certificate.get::<ExtendedKeyUsage>() {
            Ok(Some((_, ExtendedKeyUsage(usages)))) if usages.contains(&CODE_SIGNING_OID) => {}
            _ => return Err(usage("its extended key usage is not `codeSigning`")),
        }
        match self.certificate.tbs_certificate.get::<KeyUsage>() {
            Ok(Some((_, key_usage))) if key_usage.digital_signature() => Ok(()),
            Ok(_) => Err(usage("its key usage is not `digitalSignature`")),
            Err(error) => Err(usage(&format!("its key usage cannot be read: {error}"))),
        }
    }

    /// The one name that the certificate gives its holder.
    pub(super) fn identity(&self) -> Result<String, Stop> {
        let no_identity = |reason: &str| refused(CheckName::Identity, reason.to_owned());
        let names = match self.certificate.tbs_certificate.get::<SubjectAltName>() {
            Ok(Some((_, SubjectAltName(names)))) => names,
            Ok(None) => Vec::new(),
            Err(error) => return Err(no_identity(&format!("its names cannot be read: {error}"))),
        };
        let [name] = names.as_slice() else {
            return Err(no_identity(&format!(
                "the certificate has {} names instead of one",
                names.len()
            )));
        };
        match name {
            GeneralName::Rfc822Name(name) | GeneralName::UniformResourceIdentifier(name) => {
                Ok(name.to_string())
            }
            // A name of letters, digits, hyphens and dots cannot be taken for an address or a URI.
            GeneralName::DnsName(name)
                if name
                    .as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)) =>
            {
                Ok(name.to_string())
            }
            GeneralName::OtherName(other) if other.type_id == USER_NAME => {
                let name = other.value.decode_as::<Utf8StringRef<'_>>();
                name.map(|name| name.as_str().to_owned())
                    .map_err(|_| no_identity("its user name is no UTF-8"))
            }
            _ => Err(no_identity("its name is of an unknown kind")),
        }
    }

    /// Who vouched for the identity.
    pub(super) fn issuer(&self) -> Result<String, Stop> {
        oidc_issuer::of(&self.certificate)
            .and_then(|issuer| issuer.ok_or("the certificate names no issuer of the identity"))
            .map_err(|reason| refused(CheckName::Issuer, reason))
    }
}

/// Whether the certificate has an extension twice (RFC 5280, section 4.2, forbids it).
fn repeats_an_extension(certificate: &Certificate) -> bool {
    let extensions = certificate.tbs_certificate.extensions.as_deref();
    let mut seen = BTreeSet::new();
    !extensions
        .unwrap_or_default()
        .iter()
        .all(|extension| seen.insert(extension.extn_id))
}

/// From when to when a certificate is valid, both included.
pub(super) fn validity(certificate: &Certificate) -> Option<(Timestamp, Timestamp)> {
    let validity = &certificate.tbs_certificate.validity;
    let instant = |time: x509_cert::time::Time| {
        let seconds = time.to_unix_duration().as_secs();
        Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
    };
    Some((instant(validity.not_before)?, instant(validity.not_after)?))
}

/// Whether a certificate may issue others: an authority by critical basic constraints (RFC 5280,
/// section 4.2.1.9), with the key usage `keyCertSign` (section 4.2.1.3).
pub(super) fn may_issue(certificate: &Certificate) -> Result<(), String> {
    let tbs = &certificate.tbs_certificate;
    let unreadable = |error| format!("a certificate cannot be read: {error}");
    match tbs.get::<BasicConstraints>().map_err(unreadable)? {
        Some((true, constraints)) if constraints.ca => {}
        Some((false, _)) => return Err("its basic constraints are not critical".to_owned()),
        _ => {
            return Err(format!(
                "`{}` is no certificate of an authority",
                tbs.subject
            ));
        }
    }
    match tbs.get::<KeyUsage>().map_err(unreadable)? {
        Some((_, usage)) if usage.key_cert_sign() => Ok(()),
        _ => Err(format!("`{}` may not issue certificates", tbs.subject)),
    }
}

/// Follows the certificate `leaf` to the root of `authority` as of `at`, with the help of intermediate
/// certificates that the signer gave, and returns the key of its direct issuer (`SubjectPublicKeyInfo`).
pub(super) fn path(
    leaf: &[u8],
    given: &[Vec<u8>],
    authority: &Authority,
    at: Timestamp,
    usage: &'static [u8],
) -> Result<Vec<u8>, (CheckName, String)> {
    let chain = CheckName::CertificateChain;
    let readable = |error: webpki::Error| (chain, format!("a certificate cannot be read: {error}"));
    let Some((root, intermediates)) = authority.chain.split_last() else {
        return Err((chain, "the authority has no certificate".to_owned()));
    };
    let trusted = Certificate::from_der(root).map_err(|error| (chain, error.to_string()))?;
    let root = CertificateDer::from(root.as_slice());
    let anchors = [webpki::anchor_from_trusted_cert(&root).map_err(readable)?];
    let intermediates: Vec<_> = intermediates
        .iter()
        .chain(given)
        .filter(|der| der.as_slice() != leaf)
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    let leaf = CertificateDer::from(leaf);
    let leaf = EndEntityCert::try_from(&leaf).map_err(readable)?;
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let path = leaf
        .verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &intermediates,
            time,
            // An authority without the extension is not restricted; the leaf's own is checked apart.
            RequiredUsage::required_if_present(usage),
            None,
            None,
        )
        .map_err(|error| (check_of(&error), format!("{error}")))?;
    between_may_issue(&path)?;
    // The library takes a root as it is; its validity is checked here.
    if !validity(&trusted).is_some_and(|(from, until)| (from..=until).contains(&at)) {
        let detail = format!("the root certificate was not valid at {at}");
        return Err((CheckName::CertificateValidity, detail));
    }
    Ok(path.issuer_spki().as_ref().to_vec())
}

/// The path of a signer's certificate.
pub(super) fn signer_path(
    leaf: &[u8],
    given: &[Vec<u8>],
    authority: &Authority,
    at: Timestamp,
) -> Result<Vec<u8>, (CheckName, String)> {
    path(leaf, given, authority, at, CODE_SIGNING)
}

/// The library does not look at the key usage of intermediate certificates; this does.
fn between_may_issue(path: &VerifiedPath<'_>) -> Result<(), (CheckName, String)> {
    for certificate in path.intermediate_certificates() {
        let der = certificate.der();
        Certificate::from_der(&der)
            .map_err(|error| error.to_string())
            .and_then(|certificate| may_issue(&certificate))
            .map_err(|reason| (CheckName::CertificateChain, reason))?;
    }
    Ok(())
}

fn check_of(error: &webpki::Error) -> CheckName {
    use webpki::Error::{
        CaUsedAsEndEntity, CertExpired, CertNotValidYet, RequiredEkuNotFoundContext,
    };
    match error {
        CertExpired { .. } | CertNotValidYet { .. } => CheckName::CertificateValidity,
        RequiredEkuNotFoundContext(_) | CaUsedAsEndEntity => CheckName::CertificateUsage,
        _ => CheckName::CertificateChain,
    }
}
