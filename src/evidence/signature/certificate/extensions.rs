//! The extensions of a certificate that path validation knows.
//!
//! Source: RFC 5280, section 4.2. Every one of them may stand once; what does not read makes the
//! certificate unreadable, critical or not.

use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::oid::AssociatedOid as _;
use x509_cert::der::{Decode, DecodeOwned};
use x509_cert::ext::pkix::certpolicy::CertificatePolicies;
use x509_cert::ext::pkix::constraints::name::NameConstraints;
use x509_cert::ext::pkix::crl::CrlDistributionPoints;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, ID_CE_INHIBIT_ANY_POLICY,
    ID_CE_ISSUER_ALT_NAME, KeyUsage, PolicyConstraints, PolicyMappings, SubjectAltName,
    SubjectKeyIdentifier,
};

use super::super::asn1::Read;

/// What the extensions of a certificate say.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions {
    pub(super) basic: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) purposes: Option<Purposes>,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) policies: Option<Vec<ObjectIdentifier>>,
    pub(super) mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(super) policy_constraints: Option<PolicyConstraints>,
    pub(super) inhibit_any_policy: Option<u32>,
    pub(super) alternative_names: Vec<GeneralName>,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority_key: Option<Vec<u8>>,
    pub(super) distribution_points: Vec<DistributionPoint>,
    /// A critical extension that is not known here.
    pub(super) unknown: Option<ObjectIdentifier>,
}

/// The extended key usage.
#[derive(Debug, Clone)]
pub(super) struct Purposes {
    pub(super) critical: bool,
    pub(super) purposes: Vec<ObjectIdentifier>,
}

impl Extensions {
    pub(super) fn read(certificate: &TbsCertificate) -> Read<Self> {
        let mut read = Self::default();
        let mut seen = Vec::new();
        for extension in certificate.extensions.iter().flatten() {
            let oid = extension.extn_id;
            if seen.contains(&oid) {
                return Err(format!("the extension {oid} stands twice"));
            }
            seen.push(oid);
            let value = extension.extn_value.as_bytes();
            match oid {
                BasicConstraints::OID => read.basic = Some(decode(oid, value)?),
                KeyUsage::OID => read.key_usage = Some(decode(oid, value)?),
                ExtendedKeyUsage::OID => {
                    let ExtendedKeyUsage(purposes) = decode(oid, value)?;
                    if purposes.is_empty() {
                        return Err(format!("the extension {oid} is empty"));
                    }
                    read.purposes = Some(Purposes {
                        critical: extension.critical,
                        purposes,
                    });
                }
                NameConstraints::OID => read.name_constraints = Some(decode(oid, value)?),
                CertificatePolicies::OID => {
                    let CertificatePolicies(policies) = decode(oid, value)?;
                    let policies = policies.into_iter().map(|policy| policy.policy_identifier);
                    read.policies = Some(policies.collect());
                }
                PolicyMappings::OID => {
                    let PolicyMappings(mappings) = decode(oid, value)?;
                    let mappings = mappings
                        .into_iter()
                        .map(|one| (one.issuer_domain_policy, one.subject_domain_policy));
                    read.mappings = mappings.collect();
                }
                PolicyConstraints::OID => read.policy_constraints = Some(decode(oid, value)?),
                ID_CE_INHIBIT_ANY_POLICY => read.inhibit_any_policy = Some(decode(oid, value)?),
                SubjectAltName::OID => {
                    let SubjectAltName(names) = decode(oid, value)?;
                    read.alternative_names = names;
                }
                SubjectKeyIdentifier::OID => {
                    let SubjectKeyIdentifier(key) = decode(oid, value)?;
                    read.subject_key = Some(key.into_bytes());
                }
                AuthorityKeyIdentifier::OID => {
                    let identifier: AuthorityKeyIdentifier = decode(oid, value)?;
                    read.authority_key = identifier
                        .key_identifier
                        .map(x509_cert::der::asn1::OctetString::into_bytes);
                }
                CrlDistributionPoints::OID => {
                    let CrlDistributionPoints(points) = decode(oid, value)?;
                    read.distribution_points = points;
                }
                // Another name of the issuer asks nothing of whoever validates.
                ID_CE_ISSUER_ALT_NAME => {}
                other if extension.critical => read.unknown = Some(other),
                _ => {}
            }
        }
        Ok(read)
    }

    /// Whether the key may sign certificates, as far as the key usage says (RFC 5280, section 6.1.4 n).
    pub(super) fn may_certify(&self) -> bool {
        self.key_usage.is_none_or(|usage| usage.key_cert_sign())
    }

    /// Whether the key may sign revocation lists (RFC 5280, section 6.3.3 f).
    pub(super) fn may_revoke(&self) -> bool {
        self.key_usage.is_none_or(|usage| usage.crl_sign())
    }

    /// Whether the key may sign documents.
    pub(super) fn may_sign(&self) -> bool {
        self.key_usage
            .is_none_or(|usage| usage.digital_signature() || usage.non_repudiation())
    }
}

fn decode<T: DecodeOwned + for<'a> Decode<'a>>(oid: ObjectIdentifier, value: &[u8]) -> Read<T> {
    T::from_der(value).map_err(|error| format!("the extension {oid} cannot be read: {error}"))
}
