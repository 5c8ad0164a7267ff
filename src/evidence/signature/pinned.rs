//! A certificate that is trusted by itself: the agency holds the very certificate of the signer.
//!
//! Its chain is not asked, since nobody else's word is needed; its validity and what it names are.

use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::key::{PublicKey, certificate_der};
use super::{CheckName, Expected, Material, Proof, Trust};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

/// The issuer of the identity in a certificate of Fulcio: as plain bytes, and as a DER text. Source: Fulcio,
/// `docs/oid-info.md`.
const ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
const ISSUER_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");

/// A certificate that is trusted by itself.
pub(super) struct Pinned {
    pub(super) key: PublicKey,
    certificate: Certificate,
    digest: Digest,
}

impl Pinned {
    /// Reads a certificate in PEM or DER.
    ///
    /// # Errors
    ///
    /// `key-malformed` and `key-unsupported`, as [`PublicKey::read`].
    pub(super) fn read(material: Material<'_>) -> Result<Self, Diagnostic> {
        let malformed = |reason: &str| {
            let message = format!("the certificate cannot be read: {reason}");
            Diagnostic::error("key-malformed", Place::whole(), message)
                .help("hand in the signer's certificate in PEM or DER, alone in its file")
                .in_file(material.name)
        };
        let der = certificate_der(material.bytes).map_err(|reason| malformed(&reason))?;
        let certificate =
            Certificate::from_der(&der).map_err(|error| malformed(&error.to_string()))?;
        let info = &certificate.tbs_certificate.subject_public_key_info;
        let spki = info
            .to_der()
            .map_err(|error| malformed(&error.to_string()))?;
        Ok(Self {
            key: PublicKey::from_spki(&spki).map_err(|fault| fault.in_file(material.name))?,
            certificate,
            digest: Digest::of(&der),
        })
    }

    /// Holds the certificate to what is expected: valid at the time of judgment, and naming whom it should.
    ///
    /// # Errors
    ///
    /// The check that failed, with its detail.
    pub(super) fn check(
        &self,
        trust: &Trust<'_>,
        proof: &mut Proof,
    ) -> Result<(), (CheckName, String)> {
        let fields = &self.certificate.tbs_certificate;
        let seconds = |time: &x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        let (first, last) = (
            seconds(&fields.validity.not_before),
            seconds(&fields.validity.not_after),
        );
        let window = format!(
            "valid from {} to {}, judged at {}",
            fields.validity.not_before, fields.validity.not_after, trust.at
        );
        if !(first..=last).contains(&trust.at.as_second()) {
            return Err((CheckName::CertificateValidity, window));
        }
        proof.passed(CheckName::CertificateValidity, window);
        let identities = self.identities();
        if let Some(expected) = &trust.identity {
            let met = identities.iter().find(|one| expected.admits(one));
            let met = met.ok_or_else(|| (CheckName::Identity, differs(expected, &identities)))?;
            proof.passed(CheckName::Identity, met);
            proof.signer().identity = Some(met.clone());
        } else if let [only] = identities.as_slice() {
            proof.signer().identity = Some(only.clone());
        }
        let issuer = self.issuer();
        if let Some(expected) = &trust.issuer {
            let met = issuer.as_ref().filter(|one| expected.admits(one));
            let met = met.ok_or_else(|| {
                let found: Vec<_> = issuer.iter().cloned().collect();
                (CheckName::Issuer, differs(expected, &found))
            })?;
            proof.passed(CheckName::Issuer, met);
        }
        let signer = proof.signer();
        signer.issuer = issuer;
        signer.subject = Some(fields.subject.to_string()).filter(|subject| !subject.is_empty());
        signer.certificate_sha256 = Some(self.digest);
        Ok(())
    }

    /// The names in the certificate: mail addresses and URIs of the subject's alternative name.
    fn identities(&self) -> Vec<String> {
        let names = self.certificate.tbs_certificate.get::<SubjectAltName>();
        let names = names.ok().flatten().map(|(_, names)| names.0);
        let texts = names.iter().flatten().filter_map(|name| match name {
            GeneralName::Rfc822Name(text) | GeneralName::UniformResourceIdentifier(text) => {
                Some(text.to_string())
            }
            _ => None,
        });
        texts.collect()
    }

    fn issuer(&self) -> Option<String> {
        let extensions = self.certificate.tbs_certificate.extensions.as_ref()?;
        let value = |oid| {
            let extension = extensions.iter().find(|one| one.extn_id == oid)?;
            Some(extension.extn_value.as_bytes())
        };
        if let Some(der) = value(ISSUER_V2) {
            return Some(Utf8StringRef::from_der(der).ok()?.as_str().to_owned());
        }
        Some(std::str::from_utf8(value(ISSUER)?).ok()?.to_owned())
    }
}

fn differs(expected: &Expected, found: &[String]) -> String {
    let found = if found.is_empty() {
        "the certificate names none".to_owned()
    } else {
        format!("the certificate names `{}`", found.join("`, `"))
    };
    format!("expected `{}`, {found}", expected.as_written())
}
