//! Lists of revoked certificates.
//!
//! Sources: RFC 5280, sections 5 and 6.3; X.509 (10/2019), section 9.5.2.11 (`expiredCertsOnCRL`).
//!
//! Whoever hands in a list asks whether certificates are revoked, and silence is no answer: for every
//! certificate of a chain but its anchor there must be a list that its issuer signed, that speaks of such
//! certificates, and that is current at the time of judgment (or was when the certificate ran out). Otherwise
//! the chain is refused. Without any list the chain stands, with a caution.
//!
//! A revoked certificate stands behind no signature, unless a trusted third party vouches that the signature is
//! older than the revocation. A compromised key is revoked from the day on that the list gives for the
//! compromise, or where it gives none from the beginning.

use x509_cert::crl::{CertificateList, RevokedCert};
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier};
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::der::{Decode as _, DecodeOwned};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::ext::pkix::crl::{BaseCrlNumber, CrlNumber, CrlReason, FreshestCrl};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, ID_CE_ISSUER_ALT_NAME};

use super::name::Canonical;
use super::{Authorities, Certificate, Moment, Purpose, Refusal, instant, path, pem, validation};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::algorithm;
use crate::evidence::signature::asn1::{Element, Read, SEQUENCE};
use crate::evidence::signature::check::CheckName;
use crate::evidence::signature::trust::Material;
use crate::time::Timestamp;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// The crate numbers this extension wrongly.
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
const EXPIRED_CERTIFICATES: ObjectIdentifier = oid("2.5.29.60");
const INVALIDITY_DATE: ObjectIdentifier = oid("2.5.29.24");

/// A list of revoked certificates.
#[derive(Debug, Clone)]
pub(super) struct List {
    parsed: CertificateList,
    tbs: Vec<u8>,
    issuer: Canonical,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    scope: Scope,
    /// Since when certificates that have run out stay on the list.
    keeps_expired_since: Option<Timestamp>,
    /// Why the list answers nothing.
    unusable: Option<String>,
}

/// Which of its issuer's certificates a list speaks of.
#[derive(Debug, Clone, Default)]
struct Scope {
    only_users: bool,
    only_authorities: bool,
    /// Where the list is published, if it is only one part.
    part: Option<Vec<GeneralName>>,
}

/// What a list says of one certificate.
struct Entry {
    at: Timestamp,
    invalid_since: Option<Timestamp>,
    reason: Option<CrlReason>,
}

impl List {
    /// Reads a file of revocation lists: one in DER, or any number in PEM.
    ///
    /// # Errors
    ///
    /// `revocation-list-malformed`.
    pub(super) fn read_all(material: Material<'_>) -> Result<Vec<Self>, Diagnostic> {
        let malformed = |reason: String| {
            let message = format!("the revocation list cannot be read: {reason}");
            Diagnostic::error("revocation-list-malformed", Place::whole(), message)
                .help("hand in lists in PEM (X509 CRL), or one in DER")
                .in_file(material.name)
        };
        pem::read_all(material.bytes, "X509 CRL", Self::from_der).map_err(malformed)
    }

    fn from_der(der: &[u8]) -> Read<Self> {
        let parsed = CertificateList::from_der(der).map_err(|error| error.to_string())?;
        let tbs = Element::of(der, SEQUENCE)?.elements().take(SEQUENCE)?.whole;
        let inner = &parsed.tbs_cert_list;
        if inner.signature != parsed.signature_algorithm {
            return Err("it names two different signature algorithms".to_owned());
        }
        let mut list = Self {
            tbs: tbs.to_vec(),
            issuer: Canonical::of(&inner.issuer),
            this_update: instant(inner.this_update)?,
            next_update: inner.next_update.map(instant).transpose()?,
            scope: Scope::default(),
            keeps_expired_since: None,
            unusable: None,
            parsed,
        };
        list.read_extensions()?;
        Ok(list)
    }

    fn read_extensions(&mut self) -> Read<()> {
        let mut seen = Vec::new();
        for extension in self.parsed.tbs_cert_list.crl_extensions.iter().flatten() {
            let oid = extension.extn_id;
            if seen.contains(&oid) {
                return Err(format!("the extension {oid} stands twice"));
            }
            seen.push(oid);
            match oid {
                ISSUING_DISTRIBUTION_POINT => {
                    let point: IssuingDistributionPoint = decode(extension)?;
                    if point.indirect_crl {
                        self.unusable = Some("it is an indirect list".to_owned());
                    } else if point.only_some_reasons.is_some() {
                        self.unusable = Some("it is about some reasons only".to_owned());
                    } else if point.only_contains_attribute_certs {
                        self.unusable = Some("it is about attribute certificates".to_owned());
                    }
                    self.scope = Scope {
                        only_users: point.only_contains_user_certs,
                        only_authorities: point.only_contains_ca_certs,
                        part: match point.distribution_point {
                            None => None,
                            Some(DistributionPointName::FullName(names)) => Some(names),
                            Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => {
                                Some(Vec::new())
                            }
                        },
                    };
                }
                BaseCrlNumber::OID => {
                    self.unusable = Some("it only adds to another list".to_owned());
                }
                EXPIRED_CERTIFICATES => {
                    let since: GeneralizedTime = decode(extension)?;
                    self.keeps_expired_since = Some(instant(since.into())?);
                }
                CrlNumber::OID
                | FreshestCrl::OID
                | AuthorityKeyIdentifier::OID
                | ID_CE_ISSUER_ALT_NAME => {}
                other if extension.critical => {
                    self.unusable = Some(format!("its critical extension {other} is not known"));
                }
                _ => {}
            }
        }
        let entries = self
            .parsed
            .tbs_cert_list
            .revoked_certificates
            .iter()
            .flatten();
        let mut extensions = entries.flat_map(|entry| entry.crl_entry_extensions.iter().flatten());
        let unknown = extensions.find(|extension| {
            extension.critical
                && extension.extn_id != CrlReason::OID
                && extension.extn_id != INVALIDITY_DATE
        });
        if let Some(unknown) = unknown {
            let oid = unknown.extn_id;
            self.unusable = Some(format!("an entry's critical extension {oid} is not known"));
        }
        Ok(())
    }

    fn is_signed_by(&self, issuer: &Certificate) -> Result<bool, Refusal> {
        let weak = |reason: String| {
            let detail = format!("the revocation list of {}: {reason}", self.name());
            Refusal::new(CheckName::Algorithm, detail)
        };
        let (named, key) = (&self.parsed.signature_algorithm, issuer.key()?);
        let scheme = algorithm::scheme(named, None, key).map_err(weak)?;
        let Some(signature) = self.parsed.signature.as_bytes() else {
            return Ok(false);
        };
        Ok(key.verifies(scheme, &self.tbs, signature))
    }

    fn name(&self) -> String {
        self.parsed.tbs_cert_list.issuer.to_string()
    }

    /// Why the list does not answer for `certificate`, as far as its scope goes (RFC 5280, section 6.3.3 b).
    fn leaves_out(&self, certificate: &Certificate) -> Option<&'static str> {
        let is_authority = certificate.is_authority();
        if self.scope.only_users && is_authority {
            return Some("it is about certificates of users only");
        }
        if self.scope.only_authorities && !is_authority {
            return Some("it is about certificates of authorities only");
        }
        let part = self.scope.part.as_ref()?;
        let points = certificate.extensions.distribution_points.iter();
        let is_named = points
            .filter(|point| point.reasons.is_none() && point.crl_issuer.is_none())
            .filter_map(|point| match &point.distribution_point {
                Some(DistributionPointName::FullName(names)) => Some(names),
                _ => None,
            })
            .flatten()
            .any(|name| part.contains(name));
        (!is_named).then_some("it is a part that does not speak of the certificate")
    }

    /// Why the list is not the one to ask at `at` about `certificate`: at the time of judgment, or when the
    /// certificate ran out, the list must have been current; and it must not be so young that it need not
    /// name certificates that have run out (RFC 5280, section 3.3).
    fn is_untimely(&self, certificate: &Certificate, at: Timestamp) -> Option<String> {
        let asked = at.min(certificate.not_after);
        let Some(next_update) = self.next_update else {
            return Some("it does not say until when it is current".to_owned());
        };
        if next_update < asked {
            return Some(format!("it was current until {next_update}"));
        }
        let keeps = self
            .keeps_expired_since
            .is_some_and(|since| since <= certificate.not_after);
        if self.this_update > certificate.not_after && !keeps {
            return Some("it was issued after the certificate ran out".to_owned());
        }
        None
    }

    fn entry(&self, certificate: &Certificate) -> Read<Option<Entry>> {
        let serial = &certificate.parsed.tbs_certificate.serial_number;
        let mut entries = self
            .parsed
            .tbs_cert_list
            .revoked_certificates
            .iter()
            .flatten();
        let found = entries.find(|entry| entry.serial_number == *serial);
        found.map(Entry::read).transpose()
    }
}

impl Entry {
    fn read(revoked: &RevokedCert) -> Read<Self> {
        let mut entry = Self {
            at: instant(revoked.revocation_date)?,
            invalid_since: None,
            reason: None,
        };
        for extension in revoked.crl_entry_extensions.iter().flatten() {
            match extension.extn_id {
                CrlReason::OID => entry.reason = Some(decode(extension)?),
                INVALIDITY_DATE => {
                    let since: GeneralizedTime = decode(extension)?;
                    entry.invalid_since = Some(instant(since.into())?);
                }
                _ => {}
            }
        }
        Ok(entry)
    }

    /// Whether a signature of `moment` is no longer backed.
    fn touches(&self, moment: Moment, purpose: Purpose) -> bool {
        use CrlReason::{
            AaCompromise, AffiliationChanged, CaCompromise, CessationOfOperation, KeyCompromise,
            Superseded, Unspecified,
        };
        let Moment::Proven(signed) = moment else {
            return true;
        };
        // Nobody else vouches for the time of a timestamp: unless the key is known to have been in good hands
        // until then, every timestamp falls (RFC 3161, section 4, items 1 and 2).
        if purpose == Purpose::TimeStamping {
            let is_harmless = matches!(
                self.reason,
                Some(Unspecified | AffiliationChanged | Superseded | CessationOfOperation)
            );
            return !is_harmless || signed >= self.at;
        }
        let is_compromised = matches!(
            self.reason,
            Some(KeyCompromise | CaCompromise | AaCompromise)
        );
        match self.invalid_since {
            Some(since) => signed >= since.min(self.at),
            None => is_compromised || signed >= self.at,
        }
    }
}

fn decode<T: DecodeOwned>(extension: &Extension) -> Read<T> {
    T::from_der(extension.extn_value.as_bytes()).map_err(|error| {
        format!(
            "the extension {} cannot be read: {error}",
            extension.extn_id
        )
    })
}

/// What is asked about, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) authorities: &'a Authorities,
    pub(super) others: &'a [Certificate],
    pub(super) moment: Moment,
    pub(super) purpose: Purpose,
}

/// Asks the lists at hand about every certificate of `way` but the anchor. What deserves attention is given back.
pub(super) fn check(question: Question<'_>, way: &[&Certificate]) -> Result<Vec<String>, Refusal> {
    if question.authorities.lists.is_empty() {
        return Ok(vec![
            "whether certificates are revoked was not checked: no list was given".to_owned(),
        ]);
    }
    let anchor = way.last().copied();
    for pair in way.windows(2) {
        if let [certificate, issuer] = pair {
            ask(question, certificate, Some(issuer), anchor)?;
        }
    }
    // A certificate that the user pins stands alone; who issued it may be at hand all the same.
    if let [alone] = way
        && !alone.is_self_issued()
    {
        let issuer = question.authorities.handed_in().find(|issuer| {
            issuer.subject == alone.issuer && alone.is_signed_by(issuer) == Ok(true)
        });
        ask(question, alone, issuer, None)?;
    }
    Ok(Vec::new())
}

fn ask(
    question: Question<'_>,
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    anchor: Option<&Certificate>,
) -> Result<(), Refusal> {
    let Question {
        authorities,
        others,
        moment,
        purpose,
    } = question;
    let refused = |detail: String| Refusal::new(CheckName::Revocation, detail);
    let mut is_answered = false;
    let mut reasons = Vec::new();
    for list in &authorities.lists {
        if list.issuer != certificate.issuer {
            continue;
        }
        if let Some(reason) = &list.unusable {
            reasons.push(reason.clone());
            continue;
        }
        if list.this_update > authorities.at {
            reasons.push("it was issued after the time of judgment".to_owned());
            continue;
        }
        if let Some(reason) = list.leaves_out(certificate) {
            reasons.push(reason.to_owned());
            continue;
        }
        match is_vouched_for(list, authorities, issuer, anchor, others) {
            Ok(true) => {}
            Ok(false) => {
                reasons.push("the issuer of the certificates did not sign it".to_owned());
                continue;
            }
            Err(refusal) => {
                reasons.push(refusal.detail);
                continue;
            }
        }
        let untimely = list.is_untimely(certificate, authorities.at);
        let entry = list.entry(certificate).map_err(refused)?;
        if let Some(entry) = entry {
            // A hold can be lifted, so that an old list proves nothing; every other entry is for good.
            let may_be_lifted =
                entry.reason == Some(CrlReason::CertificateHold) && untimely.is_some();
            if entry.touches(moment, purpose) && !may_be_lifted {
                return Err(refused(format!(
                    "{} was revoked on {} (reason: {:?})",
                    certificate.subject(),
                    entry.at,
                    entry.reason.unwrap_or(CrlReason::Unspecified)
                )));
            }
        }
        match untimely {
            None => is_answered = true,
            Some(reason) => reasons.push(reason),
        }
    }
    if is_answered {
        return Ok(());
    }
    let why = if reasons.is_empty() {
        "no list of its issuer was given".to_owned()
    } else {
        format!("of the lists of its issuer: {}", reasons.join("; "))
    };
    Err(refused(format!(
        "{} (issued by {}): whether it is revoked is not known, {why}",
        certificate.subject(),
        certificate.issuer()
    )))
}

/// Whether the issuer signed `list`, or another key under its name that the same anchor vouches for (RFC 5280,
/// section 6.3.3 f).
fn is_vouched_for(
    list: &List,
    authorities: &Authorities,
    issuer: Option<&Certificate>,
    anchor: Option<&Certificate>,
    others: &[Certificate],
) -> Result<bool, Refusal> {
    if let Some(issuer) = issuer
        && issuer.extensions.may_revoke()
        && list.is_signed_by(issuer)?
    {
        return Ok(true);
    }
    let Some(anchor) = anchor else {
        return Ok(false);
    };
    for signer in authorities.handed_in().chain(others) {
        let says_so = signer
            .extensions
            .key_usage
            .is_some_and(|usage| usage.crl_sign());
        if signer.subject != list.issuer || !says_so || list.is_signed_by(signer) != Ok(true) {
            continue;
        }
        let judge = |way: &[&Certificate]| {
            validation::validate(way, list.this_update, Purpose::RevocationLists)?;
            if way.last().copied() == Some(anchor) {
                Ok(true)
            } else {
                let detail = "the revocation list leads to another anchor";
                Err(Refusal::new(CheckName::CertificateChain, detail))
            }
        };
        return path::find(signer, authorities, others, judge);
    }
    Ok(false)
}
