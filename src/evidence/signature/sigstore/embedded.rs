//! A DSSE signature with its Fulcio certificate beside it and no entry of a transparency log.
//!
//! Builders of slsa-github-generator write such envelopes: the entry stands in the public log only, where it has
//! to be looked up. Offline, signature and certificate can be checked, the time of signing cannot: a certificate
//! that lived ten minutes proves nothing without a witness for those minutes. So this never ends in `verified`;
//! it tells a forged envelope from one that only lacks its witness.
//!
//! Sources: Fulcio, "Certificate Specification" (code signing, ten minutes); Sigstore Client Specification,
//! section 4 (the steps, of which those of time and log cannot be made).

use super::super::{Artifact, CheckName, Kind, Proof, Verification};
use super::certificate::{Leaf, signer_path, validity};
use super::{Sigstore, Stop, refused, sct};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::time::Timestamp;

/// Checks `signature` over `signed` under the key of `certificate` (DER), and `certificate` under the trusted root
/// at the first moment of its validity, which must not be after `at`. The last check, `transparency-log`, always
/// fails.
///
/// # Errors
///
/// A diagnostic where it cannot be judged at all.
pub fn check(
    sigstore: &Sigstore,
    (signed, signature): (&[u8], &[u8]),
    certificate: &[u8],
    artifact: &Artifact<'_>,
    at: Timestamp,
) -> Result<Verification, Diagnostic> {
    let mut proof = Proof::new(Kind::Dsse, artifact);
    match walk(sigstore, (signed, signature), certificate, at, &mut proof) {
        Ok(()) => Ok(proof.refused(
            CheckName::TransparencyLog,
            "the envelope brings no entry of a transparency log, so nobody vouches for the time of signing; \
             the entry would have to be looked up in the public log",
        )),
        Err(Stop::Refused(name, detail)) => Ok(proof.refused(name, detail)),
        Err(Stop::Unjudged(fault)) => Err(*fault),
    }
}

fn walk(
    sigstore: &Sigstore,
    (signed, signature): (&[u8], &[u8]),
    certificate: &[u8],
    at: Timestamp,
    proof: &mut Proof,
) -> Result<(), Stop> {
    let leaf = Leaf::read(certificate)?;
    let scheme = leaf
        .key
        .schemes()
        .iter()
        .copied()
        .find(|scheme| leaf.key.verifies(*scheme, signed, signature));
    let Some(scheme) = scheme else {
        let detail = "the signature does not cover this statement under the key of its certificate";
        return Err(refused(CheckName::Signature, detail));
    };
    let strength = leaf.key.strength(scheme);
    proof.passed(CheckName::Signature, strength.algorithm.clone());
    let (from, _) = validity(&leaf.certificate)
        .ok_or_else(|| refused(CheckName::Structure, "the certificate's validity"))?;
    if from > at {
        let detail =
            format!("the certificate is valid from {from}, after the time of judgment {at}");
        return Err(refused(CheckName::CertificateValidity, detail));
    }
    let mut fault = (
        CheckName::CertificateChain,
        format!("no certificate authority was trusted at {from}"),
    );
    let authorities = sigstore.root.authorities.iter();
    let trusted = authorities.filter(|authority| authority.window.contains(from));
    let mut issuer = None;
    for authority in trusted {
        match signer_path(leaf.der, &[], authority, from) {
            Ok(key) => {
                issuer = Some((key, authority));
                break;
            }
            Err(other) => fault = other,
        }
    }
    let Some((issuer, authority)) = issuer else {
        return Err(refused(fault.0, fault.1));
    };
    proof.passed(CheckName::CertificateChain, authority.name.clone());
    leaf.may_sign()?;
    proof.passed(CheckName::CertificateUsage, "digitalSignature, codeSigning");
    // Certificates of before August 2022 got the log's word apart from themselves.
    if sct::is_present(&leaf.certificate) {
        let logs = &sigstore.root.certificate_logs;
        let (log, logged_at) = sct::verify(&leaf.certificate, &issuer, logs)
            .map_err(|reason| refused(CheckName::CertificateTransparency, reason))?;
        let detail = format!("{logged_at} by {}", log.name);
        proof.passed(CheckName::CertificateTransparency, detail);
    } else {
        proof.caution("the certificate carries no word of a certificate transparency log");
    }
    let found = proof.signer();
    found.certificate_sha256 = Some(Digest::of(leaf.der));
    found.strength = Some(strength);
    Ok(())
}
