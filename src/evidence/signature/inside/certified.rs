//! Certificates by which a signer inside a document counts.

use super::{Accepted, Refusal};
use crate::diagnostic::Diagnostic;
use crate::evidence::signature::Trust;
use crate::evidence::signature::certificate::{Authorities, Certificate, Moment, Purpose};
use crate::evidence::signature::check::CheckName;

/// The certificates of which the signer's must be one.
pub(super) fn pinned(trust: &Trust<'_>) -> Result<Vec<Certificate>, Diagnostic> {
    let mut pinned = Vec::new();
    for material in &trust.certificates {
        pinned.extend(Certificate::read_all(*material)?);
    }
    Ok(pinned)
}

/// Proves that `certificate` counts and names whom it must; `given` are those of the document, in which nobody
/// has to trust. Nothing in the document proves when it was signed, so the time of judgment counts.
pub(super) fn prove(
    certificate: &Certificate,
    given: &[Certificate],
    authorities: &Authorities,
    trust: &Trust<'_>,
    accepted: &mut Accepted,
) -> Result<(), Refusal> {
    let chain = authorities
        .verify_chain(certificate, given, Moment::Judgment, Purpose::Document)
        .map_err(|refusal| Refusal::new(refusal.check, refusal.detail))?;
    accepted
        .checks
        .push((CheckName::CertificateChain, chain.detail()));
    accepted.warnings.extend(chain.cautions);
    let warning =
        "nothing proves when it was signed; the certificate was judged as of the time of judgment";
    accepted.warnings.push(warning.to_owned());
    let identity = certificate
        .identity(trust.identity.as_ref())
        .map_err(|refusal| Refusal::new(refusal.check, refusal.detail))?;
    if trust.identity.is_some() {
        accepted
            .checks
            .push((CheckName::Identity, identity.clone()));
    }
    certificate.describe(&mut accepted.signer);
    accepted.signer.identity = Some(identity);
    Ok(())
}
