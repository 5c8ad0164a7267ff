//! X.509 certificates: reading them, and leading one to a trust anchor (RFC 5280).
//!
//! [`Authorities`] is what the user trusts: anchors and intermediate certificates of `--certificate-chain`,
//! pinned ones of `--certificate`, revocation lists of `--crl`. [`Authorities::verify_chain`] finds a path from
//! a certificate to an anchor and validates it at a moment for a purpose; what fails is told as the check that
//! it is. Only a certificate that the user handed in anchors anything; those inside a signature help to find
//! the way and no more.
//!
//! **Anchors.** In each file of `--certificate-chain` the self-signed certificates are anchors; where a file has
//! none, its last certificate is (cosign writes such files from the leaf to the root). The others are
//! intermediate ones.
//!
//! Path validation is ours and rests on one primitive, [`PublicKey::verifies`]; `docs/adr/0017` says why.

mod constraints;
mod extensions;
mod name;
mod path;
mod pem;
mod policy;
mod revocation;
mod validation;

use x509_cert::Certificate as Parsed;
use x509_cert::certificate::Version;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

use super::algorithm;
use super::asn1::{Element, Read, SEQUENCE};
use super::check::{CheckName, ProvenSigner};
use super::key::PublicKey;
use super::trust::{Expected, Material, Trust};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::time::Timestamp;
use extensions::Extensions;
use name::Canonical;
pub(super) use pem::blocks as pem_blocks;
use revocation::{List, Question};

/// What a certificate is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents, code and e-mail: any of these purposes, or none named.
    Document,
    /// Timestamps: this purpose alone, named as critical (RFC 3161, section 2.3).
    TimeStamping,
    /// Revocation lists.
    RevocationLists,
}

/// The moment at which a chain must be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nobody vouches for the time of signing: the time of judgment counts.
    Judgment,
    /// A trusted third party vouches that the signature existed then.
    Proven(Timestamp),
}

/// Why a certificate or a chain is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The check that failed.
    pub check: CheckName,
    /// What was found, for a specialist.
    pub detail: String,
}

impl Refusal {
    pub(super) fn new(check: CheckName, detail: impl Into<String>) -> Self {
        Self {
            check,
            detail: detail.into(),
        }
    }
}

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The subjects from the certificate itself to the anchor, RFC 4514.
    pub subjects: Vec<String>,
    /// What deserves attention though it does not decide.
    pub cautions: Vec<String>,
}

impl Chain {
    /// The chain in words.
    pub fn detail(&self) -> String {
        self.subjects.join(" < ")
    }
}

/// A certificate, with the bytes that its issuer signed.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    digest: Digest,
    parsed: Parsed,
    tbs: Vec<u8>,
    issuer: Canonical,
    subject: Canonical,
    not_before: Timestamp,
    not_after: Timestamp,
    key: Result<PublicKey, String>,
    extensions: Extensions,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    ///
    /// The reason for a specialist: no DER, trailing bytes, two different signature algorithms (RFC 5280,
    /// section 4.1.1.2), an extension that stands twice or does not read, extensions before version 3.
    pub fn from_der(der: &[u8]) -> Result<Self, String> {
        let parsed = Parsed::from_der(der).map_err(|error| error.to_string())?;
        let tbs = Element::of(der, SEQUENCE)?.elements().take(SEQUENCE)?.whole;
        let inner = &parsed.tbs_certificate;
        if inner.signature != parsed.signature_algorithm {
            return Err("it names two different signature algorithms".to_owned());
        }
        if inner.version != Version::V3 && inner.extensions.is_some() {
            return Err("it has extensions before version 3".to_owned());
        }
        let key = inner
            .subject_public_key_info
            .to_der()
            .map_err(|error| error.to_string())
            .and_then(|spki| PublicKey::from_spki(&spki).map_err(|fault| fault.message));
        Ok(Self {
            digest: Digest::of(der),
            tbs: tbs.to_vec(),
            issuer: Canonical::of(&inner.issuer),
            subject: Canonical::of(&inner.subject),
            not_before: instant(inner.validity.not_before)?,
            not_after: instant(inner.validity.not_after)?,
            key,
            extensions: Extensions::read(inner)?,
            der: der.to_vec(),
            parsed,
        })
    }

    /// Reads a file of certificates: one in DER, or any number in PEM with text between them.
    ///
    /// # Errors
    ///
    /// `certificate-malformed` when there is none, one cannot be read, or something else stands among them.
    pub fn read_all(material: Material<'_>) -> Result<Vec<Self>, Diagnostic> {
        let malformed = |reason: String| {
            let message = format!("the certificate cannot be read: {reason}");
            Diagnostic::error("certificate-malformed", Place::whole(), message)
                .help("hand in certificates in PEM (CERTIFICATE), or one in DER")
                .in_file(material.name)
        };
        pem::read_all(material.bytes, "CERTIFICATE", Self::from_der).map_err(malformed)
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate in DER.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The subject, RFC 4514.
    pub fn subject(&self) -> String {
        self.parsed.tbs_certificate.subject.to_string()
    }

    /// The issuer's name, RFC 4514.
    pub fn issuer(&self) -> String {
        self.parsed.tbs_certificate.issuer.to_string()
    }

    /// The public key.
    ///
    /// # Errors
    ///
    /// A refusal by [`CheckName::Algorithm`] when the key is too weak or of a kind that is not admitted.
    pub fn key(&self) -> Result<&PublicKey, Refusal> {
        self.key.as_ref().map_err(|reason| {
            let detail = format!("{}: {reason}", self.subject());
            Refusal::new(CheckName::Algorithm, detail)
        })
    }

    /// The names that the issuer vouches for: e-mail addresses, URIs and DNS names among the alternative
    /// names, in their order.
    ///
    /// One that reads as a name of another kind counts for nothing: an authority that may certify the hosts of
    /// one domain only could else certify any address as a host (RFC 5280, section 4.2.1.10, constrains each
    /// kind by itself).
    pub fn names(&self) -> Vec<&str> {
        let names = self.extensions.alternative_names.iter();
        names.filter_map(name::of_its_kind).collect()
    }

    /// The name by which the certificate meets `expected`: an alternative name or the whole subject. Where
    /// nobody is expected, the first alternative name, or else the subject.
    ///
    /// # Errors
    ///
    /// A refusal by [`CheckName::Identity`] that tells the names it has.
    pub fn identity(&self, expected: Option<&Expected>) -> Result<String, Refusal> {
        let subject = self.subject();
        let names: Vec<&str> = self
            .names()
            .into_iter()
            .chain([subject.as_str()])
            .filter(|name| !name.is_empty())
            .collect();
        let met = names
            .iter()
            .find(|name| expected.is_none_or(|expected| expected.admits(name)));
        met.map(|name| (*name).to_owned()).ok_or_else(|| {
            let detail = format!("the certificate is of {}", names.join("; "));
            Refusal::new(CheckName::Identity, detail)
        })
    }

    /// Fills in what this certificate says of a signer, once it is proven.
    pub fn describe(&self, signer: &mut ProvenSigner) {
        signer.subject = Some(self.subject());
        signer.certificate_sha256 = Some(self.digest);
        signer.key_sha256 = self.key.as_ref().ok().map(PublicKey::digest);
    }

    /// Whether the certificate bears `serial` from `issuer`, written as it is there.
    pub(super) fn is_numbered(&self, issuer: &Name, serial: &SerialNumber) -> bool {
        let inner = &self.parsed.tbs_certificate;
        inner.issuer == *issuer && inner.serial_number == *serial
    }

    /// Whether the certificate is that of `subject`.
    pub(super) fn is_named(&self, subject: &Name) -> bool {
        self.subject == Canonical::of(subject)
    }

    /// The subject key identifier.
    pub(super) fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.subject_key.as_deref()
    }

    /// Whether `issuer`'s key signed this certificate.
    fn is_signed_by(&self, issuer: &Self) -> Result<bool, Refusal> {
        let weak = |reason: String| {
            let detail = format!("{}: {reason}", self.subject());
            Refusal::new(CheckName::Algorithm, detail)
        };
        let (named, key) = (&self.parsed.signature_algorithm, issuer.key()?);
        let scheme = algorithm::scheme(named, None, key).map_err(weak)?;
        let Some(signature) = self.parsed.signature.as_bytes() else {
            return Ok(false);
        };
        Ok(key.verifies(scheme, &self.tbs, signature))
    }

    /// Whether subject and issuer are the same (RFC 5280, section 6.1).
    fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether the certificate is signed by its own key. A self-issued one whose signature is too weak to be
    /// checked counts as such: the signature of an anchor decides nothing.
    fn is_self_signed(&self) -> bool {
        self.is_self_issued() && self.is_signed_by(self).unwrap_or(true)
    }

    fn is_authority(&self) -> bool {
        self.extensions.basic.as_ref().is_some_and(|basic| basic.ca)
    }
}

/// What the user trusts in matters of certificates.
#[derive(Debug, Clone)]
pub struct Authorities {
    anchors: Vec<Certificate>,
    pinned: Vec<Certificate>,
    /// Certificates that may stand between a signer's and an anchor.
    intermediates: Vec<Certificate>,
    lists: Vec<List>,
    at: Timestamp,
}

impl Authorities {
    /// Reads the certificates and revocation lists of `trust`.
    ///
    /// # Errors
    ///
    /// `certificate-malformed` and `revocation-list-malformed`.
    pub fn read(trust: &Trust<'_>) -> Result<Self, Diagnostic> {
        let mut authorities = Self {
            anchors: Vec::new(),
            pinned: Vec::new(),
            intermediates: Vec::new(),
            lists: Vec::new(),
            at: trust.at,
        };
        for file in &trust.anchors {
            let mut read = Certificate::read_all(*file)?;
            if !read.iter().any(Certificate::is_self_signed) {
                authorities.anchors.extend(read.pop());
            }
            let (anchors, others): (Vec<_>, Vec<_>) =
                read.into_iter().partition(Certificate::is_self_signed);
            authorities.anchors.extend(anchors);
            authorities.intermediates.extend(others);
        }
        for file in &trust.certificates {
            let read = Certificate::read_all(*file)?;
            authorities.intermediates.extend(read.iter().cloned());
            authorities.pinned.extend(read);
        }
        for file in &trust.revocations {
            authorities.lists.extend(List::read_all(*file)?);
        }
        Ok(authorities)
    }

    /// Whether there is neither an anchor nor a pinned certificate.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty() && self.pinned.is_empty()
    }

    /// Whether there is an anchor.
    pub fn has_anchors(&self) -> bool {
        !self.anchors.is_empty()
    }

    /// The certificates that the user handed in beside the anchors.
    pub(super) fn handed_in(&self) -> impl Iterator<Item = &Certificate> {
        self.intermediates.iter().chain(&self.anchors)
    }

    /// Whether `leaf` is one of the pinned certificates, where there are any.
    ///
    /// # Errors
    ///
    /// A refusal by [`CheckName::Key`].
    pub fn admit_pinned(&self, leaf: &Certificate) -> Result<(), Refusal> {
        if self.pinned.is_empty() || self.pinned.contains(leaf) {
            return Ok(());
        }
        let detail = format!(
            "the signer's certificate (SHA-256 {}) is none of those that are expected",
            leaf.digest
        );
        Err(Refusal::new(CheckName::Key, detail))
    }

    /// Leads `leaf` to an anchor by way of the certificates at hand and of `others`, which nobody has to
    /// trust, and validates the way at `moment` for `purpose`. Pinned certificates must be met as well; where
    /// no anchor is given, a pinned one stands for itself.
    ///
    /// # Errors
    ///
    /// The check that failed: [`CheckName::Key`] (pinned), [`CheckName::CertificateChain`],
    /// [`CheckName::CertificateValidity`], [`CheckName::CertificateUsage`], [`CheckName::Algorithm`] or
    /// [`CheckName::Revocation`].
    pub fn verify_chain(
        &self,
        leaf: &Certificate,
        others: &[Certificate],
        moment: Moment,
        purpose: Purpose,
    ) -> Result<Chain, Refusal> {
        // Whom the user pins is who signs documents, never who keeps the time.
        let pins = purpose == Purpose::Document;
        if pins {
            self.admit_pinned(leaf)?;
        }
        let at = match moment {
            Moment::Judgment => self.at,
            Moment::Proven(at) => at,
        };
        let question = Question {
            authorities: self,
            others,
            moment,
            purpose,
        };
        let judge = |path: &[&Certificate]| {
            validation::validate(path, at, purpose)?;
            let cautions = revocation::check(question, path)?;
            Ok(Chain {
                subjects: path.iter().map(|one| one.subject()).collect(),
                cautions,
            })
        };
        if pins && self.anchors.is_empty() && self.pinned.contains(leaf) {
            return judge(&[leaf]);
        }
        path::find(leaf, self, others, judge)
    }

    /// Judges a certificate whose key the user trusts as it is: no chain, but validity, usage and strength.
    ///
    /// # Errors
    ///
    /// As [`Authorities::verify_chain`].
    pub(super) fn verify_alone(&self, leaf: &Certificate, moment: Moment) -> Result<(), Refusal> {
        let at = match moment {
            Moment::Judgment => self.at,
            Moment::Proven(at) => at,
        };
        validation::validate(&[leaf], at, Purpose::Document)
    }
}

fn instant(time: Time) -> Read<Timestamp> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| "no such time")?;
    // The year 9999 stands for "never" (RFC 5280, section 4.1.2.5); the calendar ends a day earlier.
    Ok(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
}
