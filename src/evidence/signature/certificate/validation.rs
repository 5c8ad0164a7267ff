//! Whether a way from a certificate to an anchor is valid at a moment for a purpose.
//!
//! Source: RFC 5280, section 6.1, with `anyPolicy` as what the user asks for. The signatures are checked while
//! the way is sought. Beyond it: the anchor is held to its own validity, path length and name constraints (RFC
//! 5937, section 3.2), extended key usages narrow down from issuer to subject, and keys that are too weak are
//! refused anywhere on the way.

use x509_cert::certificate::Version;
use x509_cert::der::asn1::ObjectIdentifier;

use super::constraints::NameSpace;
use super::policy::Policies;
use super::{Certificate, Purpose, Refusal};
use crate::evidence::signature::check::CheckName;
use crate::time::Timestamp;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// RFC 5280, section 4.2.1.12.
const ANY_PURPOSE: ObjectIdentifier = oid("2.5.29.37.0");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
/// What a certificate that signs documents may be made for: code signing and e-mail protection (RFC 5280,
/// section 4.2.1.12), document signing (RFC 9336), and document signing as Microsoft numbers it, which
/// authorities issue to this day.
const DOCUMENT: [ObjectIdentifier; 4] = [
    oid("1.3.6.1.5.5.7.3.3"),
    oid("1.3.6.1.5.5.7.3.4"),
    oid("1.3.6.1.5.5.7.3.36"),
    oid("1.3.6.1.4.1.311.10.3.12"),
];

/// Validates `way`, which leads from the certificate at hand to the anchor.
pub(super) fn validate(
    way: &[&Certificate],
    at: Timestamp,
    purpose: Purpose,
) -> Result<(), Refusal> {
    let (Some((anchor, below)), Some(leaf)) = (way.split_last(), way.first()) else {
        return Err(chain("there is no certificate"));
    };
    for certificate in way {
        certificate.key()?;
        is_current(certificate, at)?;
        if let Some(unknown) = certificate.extensions.unknown {
            let detail = format!(
                "{}: the critical extension {unknown} is not known",
                certificate.subject()
            );
            return Err(chain(detail));
        }
    }
    let mut left = None;
    let mut names = NameSpace::default();
    let mut policies = Policies::new(below.len());
    if !below.is_empty() {
        // What a user trusts as an anchor may be of version 1, where nobody could say that it is one.
        if anchor.parsed.tbs_certificate.version != Version::V1 {
            may_issue(anchor)?;
        }
        left = length_below(anchor);
        names
            .narrow(anchor)
            .map_err(|reason| at_certificate(anchor, &reason))?;
    }
    for (index, certificate) in below.iter().rev().enumerate() {
        let is_last = index + 1 == below.len();
        let is_self_issued = certificate.is_self_issued();
        if is_last || !is_self_issued {
            names
                .admit(certificate)
                .map_err(|reason| at_certificate(certificate, &reason))?;
        }
        policies
            .step(&certificate.extensions, is_last, is_self_issued)
            .map_err(|reason| at_certificate(certificate, &reason))?;
        if is_last {
            break;
        }
        may_issue(certificate)?;
        if !is_self_issued {
            left = match left {
                Some(0) => {
                    let reason = "an authority above allows for fewer authorities below it";
                    return Err(at_certificate(certificate, reason));
                }
                Some(left) => Some(left - 1),
                None => None,
            };
        }
        left = match (left, length_below(certificate)) {
            (Some(left), Some(own)) => Some(left.min(own)),
            (left, own) => left.or(own),
        };
        names
            .narrow(certificate)
            .map_err(|reason| at_certificate(certificate, &reason))?;
    }
    is_usable(leaf, purpose)?;
    purposes_agree(way, purpose)
}

fn chain(detail: impl Into<String>) -> Refusal {
    Refusal::new(CheckName::CertificateChain, detail)
}

fn at_certificate(certificate: &Certificate, reason: &str) -> Refusal {
    chain(format!("{}: {reason}", certificate.subject()))
}

fn is_current(certificate: &Certificate, at: Timestamp) -> Result<(), Refusal> {
    let detail = if at < certificate.not_before {
        format!("is valid only from {}", certificate.not_before)
    } else if at > certificate.not_after {
        format!("ran out on {}", certificate.not_after)
    } else {
        return Ok(());
    };
    Err(Refusal::new(
        CheckName::CertificateValidity,
        format!(
            "{} {detail}, and it is asked of {}",
            certificate.subject(),
            Timestamp::from_second(at.as_second()).unwrap_or(at)
        ),
    ))
}

/// RFC 5280, section 6.1.4 (k) and (n).
fn may_issue(certificate: &Certificate) -> Result<(), Refusal> {
    if !certificate.is_authority() {
        return Err(at_certificate(
            certificate,
            "it is no authority and has issued",
        ));
    }
    if !certificate.extensions.may_certify() {
        let reason = "its key may not sign certificates";
        return Err(at_certificate(certificate, reason));
    }
    Ok(())
}

fn length_below(certificate: &Certificate) -> Option<usize> {
    let basic = certificate.extensions.basic.as_ref()?;
    basic.path_len_constraint.map(usize::from)
}

/// Whether the key itself may be used for `purpose`.
fn is_usable(leaf: &Certificate, purpose: Purpose) -> Result<(), Refusal> {
    let refused = |reason: &str| {
        let detail = format!("{}: {reason}", leaf.subject());
        Err(Refusal::new(CheckName::CertificateUsage, detail))
    };
    match purpose {
        Purpose::Document if !leaf.extensions.may_sign() => {
            refused("its key usage admits neither signatures nor commitments")
        }
        Purpose::TimeStamping if !leaf.extensions.may_sign() => {
            refused("its key usage admits no signatures")
        }
        Purpose::TimeStamping => match &leaf.extensions.purposes {
            Some(usage) if usage.critical && usage.purposes == [TIME_STAMPING] => Ok(()),
            Some(usage) if !usage.critical => {
                refused("its purpose is not critical, as a timestamp authority's must be")
            }
            _ => refused("it is not made for timestamps alone"),
        },
        Purpose::RevocationLists if !leaf.extensions.may_revoke() => {
            refused("its key may not sign revocation lists")
        }
        Purpose::Document | Purpose::RevocationLists => Ok(()),
    }
}

/// Whether a purpose is left that every certificate on the way names, or names none.
fn purposes_agree(way: &[&Certificate], purpose: Purpose) -> Result<(), Refusal> {
    let mut left = match purpose {
        Purpose::Document => DOCUMENT.to_vec(),
        Purpose::TimeStamping => vec![TIME_STAMPING],
        Purpose::RevocationLists => return Ok(()),
    };
    for certificate in way.iter().rev() {
        let Some(usage) = &certificate.extensions.purposes else {
            continue;
        };
        if !usage.purposes.contains(&ANY_PURPOSE) {
            left.retain(|purpose| usage.purposes.contains(purpose));
        }
        if left.is_empty() {
            let named: Vec<_> = usage.purposes.iter().map(ToString::to_string).collect();
            let detail = format!(
                "{}: it is made for other purposes ({})",
                certificate.subject(),
                named.join(", ")
            );
            return Err(Refusal::new(CheckName::CertificateUsage, detail));
        }
    }
    Ok(())
}
