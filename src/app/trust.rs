//! Asking the trust policy, and adding to it.

use super::Refused;
use super::signature::SignatureRequest;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::key::PublicKey;
use crate::evidence::signature::{self, Kind, Material, Trust, Verification};
use crate::time::{Date, day_of_instant};
use crate::trust::{Admission, Ask, GrantView, Purpose, Standing, TrustPolicy, admit, parse};

/// Reads a policy.
///
/// # Errors
///
/// Its faults, with the name of the file.
pub fn read_policy(policy: Material<'_>) -> Result<TrustPolicy, Refused> {
    parse(policy.bytes).map_err(|faults| {
        let faults = faults.into_iter().map(|fault| fault.in_file(policy.name));
        Refused(faults.collect())
    })
}

/// The answer of a policy on one signature, schema `mekiki/trust-check/v1`.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The answer.
    pub admission: Admission,
    /// The grants of the supplier for this purpose on the day of judgment.
    pub approved: Vec<GrantView>,
}

/// Verifies the signature of `request` under what `policy` grants a supplier for a purpose.
///
/// Keys, identity and anchors come from the policy; `request` gives the artifact, the signature, the trusted
/// root, lists of revoked certificates and the time.
///
/// # Errors
///
/// A signature or a trusted root that cannot be read.
pub fn check(
    policy: &TrustPolicy,
    file: &str,
    supplier: &str,
    purpose: Purpose,
    request: &SignatureRequest<'_>,
) -> Result<Checked, Refused> {
    let (signature, kind) = request.signature_and_kind()?;
    let suppliers = [supplier];
    let ask = Ask {
        suppliers: &suppliers,
        purpose,
        kind,
        file,
    };
    let verify = |trust: &Trust<'_>| -> Result<Verification, Diagnostic> {
        signature::verify(kind, signature.bytes, &request.artifact, trust)
    };
    let mut admission = request
        .under_trust(|trust| admit(policy, &ask, trust, &verify))?
        .map_err(|fault| Refused::from(fault).in_file_if_unnamed(signature.name))?;
    if kind == Kind::Sigstore {
        let cautions = request.root_cautions.iter().cloned();
        admission.verification.warnings.extend(cautions);
    }
    let day = day_of_instant(request.at);
    let approved = policy
        .grants_for(&suppliers, purpose)
        .map(|grant| GrantView::new(policy, grant, day))
        .collect();
    Ok(Checked {
        admission,
        approved,
    })
}

/// Refuses to add a signer in silence beside those that are approved already.
///
/// # Errors
///
/// `trust-signer-changes` where another grant of the supplier for the same is in force on `from`.
pub fn competing(
    policy: &TrustPolicy,
    supplier: &str,
    purposes: &[Purpose],
    from: Date,
) -> Result<(), Diagnostic> {
    let mut grants = policy.grants.iter().filter(|grant| {
        grant.supplier == supplier
            && grant.purposes.iter().any(|one| purposes.contains(one))
            && policy.standing(grant, from) == Standing::InForce
    });
    let Some(grant) = grants.next() else {
        return Ok(());
    };
    let message = format!("{} ({}) may sign this already", grant.signer(), grant.id);
    Err(
        Diagnostic::error("trust-signer-changes", Place::whole(), message)
            .help("say --replaces with its id, or --beside to let both sign"),
    )
}

/// A key or certificate as a text that can stand in the register; a key in DER is written as PEM.
///
/// # Errors
///
/// `key-malformed` where the bytes are neither text nor a public key.
pub fn readable_material(material: Material<'_>) -> Result<String, Diagnostic> {
    match std::str::from_utf8(material.bytes) {
        Ok(text) if text.contains("PRIVATE KEY") || text.contains("SECRET KEY") => {
            let message = "this is a secret key";
            Err(Diagnostic::error("key-secret", Place::whole(), message)
                .help("hand in the public key, and keep this one to yourself")
                .in_file(material.name))
        }
        Ok(text) => Ok(text.to_owned()),
        Err(_) => PublicKey::read(material).map(|key| key.to_pem()),
    }
}
