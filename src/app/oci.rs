//! Verifying the signatures that are attached to an image in a layout.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Refused;
use super::signature::SignatureRequest;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::oci::{Attached, Layout, verify};
use crate::evidence::signature::{CheckName, Kind, ProvenSigner, Verification};
use crate::folder::oci::LayoutFolder;

/// One attached signature and what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Layer {
    /// Where it stands.
    #[serde(flatten)]
    pub attached: Attached,
    /// The outcome, where it could be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Why it could not be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Diagnostic>,
}

/// What the signatures of an image come to.
#[derive(Debug, Clone)]
pub struct ImageVerification {
    /// The whole: verified where enough different expected signers have signed.
    pub verification: Verification,
    /// Every attached signature.
    pub layers: Vec<Layer>,
}

/// Verifies the signatures that the layout in `folder` attaches to `image`, under the trust of `request`.
///
/// So many different signers must have signed as the request's threshold says, one at least; one that signed
/// twice counts once.
///
/// # Errors
///
/// `oci-signature-missing` where nothing is attached, the faults of the layout, and the reasons why not one of
/// the signatures can be judged.
pub fn verify_image(
    folder: &str,
    image: &Digest,
    request: &SignatureRequest<'_>,
) -> Result<ImageVerification, Refused> {
    let files = LayoutFolder::new(folder);
    let attached = Layout::open(&files)?.attached(image)?;
    if attached.is_empty() {
        let message = format!("no signature is attached to sha256:{image}");
        return Err(
            Diagnostic::error("oci-signature-missing", Place::whole(), message)
                .help(
                    "ask the supplier for a layout with the signatures, as `cosign save` writes it",
                )
                .into(),
        );
    }
    let layers = request.under_trust(|trust| {
        let layers = attached.into_iter().map(|attached| {
            let outcome = verify(&attached, image, trust);
            let (verification, error) = match outcome {
                Ok(verification) => (Some(verification), None),
                Err(fault) => (None, Some(fault)),
            };
            Layer {
                attached,
                verification,
                error,
            }
        });
        layers.collect::<Vec<_>>()
    })?;
    let threshold = request.threshold.max(1);
    let mut signers: Vec<&ProvenSigner> = Vec::new();
    let mut names = BTreeSet::new();
    let outcomes = || {
        layers
            .iter()
            .filter_map(|layer| layer.verification.as_ref())
    };
    for one in outcomes().filter(|one| one.verified) {
        for signer in std::iter::once(&one.signer).chain(&one.cosigners) {
            if names.insert(name_of(signer)) {
                signers.push(signer);
            }
        }
    }
    let first = outcomes()
        .find(|one| one.verified)
        .or_else(|| outcomes().next());
    let Some(first) = first else {
        let faults = layers.iter().filter_map(|layer| layer.error.clone());
        return Err(Refused(faults.collect()));
    };
    let mut verification = first.clone();
    if outcomes().any(|one| one.kind == Kind::Sigstore) {
        verification
            .warnings
            .extend(request.root_cautions.iter().cloned());
    }
    if first.verified {
        verification.cosigners = signers.iter().skip(1).map(|one| (*one).clone()).collect();
        let detail = format!(
            "{} of the expected signers have signed, {threshold} are asked for",
            signers.len()
        );
        let outcome = if signers.len() >= threshold {
            Ok(detail)
        } else {
            Err(detail)
        };
        verification = verification.and(CheckName::Threshold, outcome);
    }
    Ok(ImageVerification {
        verification,
        layers,
    })
}

/// What tells one signer from another.
fn name_of(signer: &ProvenSigner) -> String {
    match (
        &signer.key_sha256,
        &signer.identity,
        &signer.certificate_sha256,
    ) {
        // A certificate of one identity has another key each time.
        (_, Some(identity), _) => {
            let issuer = signer.issuer.as_deref().unwrap_or_default();
            format!("identity {issuer} {identity}")
        }
        (Some(key), None, _) => format!("key {key}"),
        (None, None, Some(certificate)) => format!("certificate {certificate}"),
        (None, None, None) => "nobody in particular".to_owned(),
    }
}
