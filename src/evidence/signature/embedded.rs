//! A DSSE signature with its Fulcio certificate beside it and no entry of a transparency log.
//!
//! Builders of slsa-github-generator write such envelopes: the entry stands in the public log only, where it has
//! to be looked up. Offline, signature and chain can be checked, the time of signing cannot: a certificate that
//! lived ten minutes proves nothing without a witness for those minutes. So this never ends in `verified`; it
//! tells a forged envelope from one that only lacks its witness.
//!
//! Sources: Fulcio, "Certificate Specification" (code signing, ten minutes); Sigstore Client Specification,
//! "Verification" (steps "certificate" and "timestamp").

use rustls_pki_types::{CertificateDer, UnixTime};
use sigstore_trust_root::TrustedRoot;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use super::key::{KeyKind, PublicKey, Scheme};
use super::{Artifact, CheckName, Kind, Material, Proof, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;

/// `id-kp-codeSigning`, 1.3.6.1.5.5.7.3.3 (RFC 5280, section 4.2.1.12), the content of its DER.
const CODE_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];

/// Checks `signature` over `signed` under the key of `certificate` (DER), and the chain of `certificate` to
/// `trusted_root` at the first moment of its validity. The last check, `transparency-log`, always fails.
///
/// # Errors
///
/// `trusted-root-malformed`; `key-malformed` where the certificate or its key cannot be read.
pub fn check(
    signed: &[u8],
    signature: &[u8],
    certificate: &[u8],
    artifact: &Artifact<'_>,
    trusted_root: Material<'_>,
) -> Result<Verification, Diagnostic> {
    let root =
        TrustedRoot::from_json(&String::from_utf8_lossy(trusted_root.bytes)).map_err(|error| {
            let reason = crate::text::printable(&error.to_string());
            let message = format!("the trusted root cannot be used: {reason}");
            Diagnostic::error("trusted-root-malformed", Place::whole(), message)
                .help("hand in the trusted_root.json of the signing infrastructure")
                .in_file(trusted_root.name)
        })?;
    let malformed = |reason: String| {
        let message = format!("the certificate beside the signature cannot be read: {reason}");
        Diagnostic::error("key-malformed", Place::whole(), message)
            .help("ask the supplier for the provenance as the builder wrote it")
    };
    let parsed =
        Certificate::from_der(certificate).map_err(|error| malformed(error.to_string()))?;
    let spki = parsed
        .tbs_certificate
        .subject_public_key_info
        .to_der()
        .map_err(|error| malformed(error.to_string()))?;
    let key = PublicKey::from_spki(&spki)?;
    let mut proof = Proof::new(Kind::Dsse, artifact);
    let scheme = match key.kind() {
        KeyKind::EcdsaP256 => Scheme::EcdsaAsn1(Algorithm::Sha256),
        KeyKind::EcdsaP384 => Scheme::EcdsaAsn1(Algorithm::Sha384),
        KeyKind::EcdsaP521 => Scheme::EcdsaAsn1(Algorithm::Sha512),
        KeyKind::Ed25519 => Scheme::Ed25519,
        KeyKind::Rsa(_) => Scheme::RsaPkcs1(Algorithm::Sha256),
    };
    if !key.verifies(scheme, signed, signature) {
        return Ok(proof.refused(
            CheckName::Signature,
            "the signature does not cover this statement under the key of its certificate",
        ));
    }
    proof.passed(
        CheckName::Signature,
        "the signature covers this statement under the key of its certificate",
    );
    let from = parsed.tbs_certificate.validity.not_before;
    if let Err(reason) = chain(certificate, &root, from.to_unix_duration()) {
        return Ok(proof.refused(CheckName::CertificateChain, reason));
    }
    proof.passed(
        CheckName::CertificateChain,
        "the certificate leads to the trusted root, at the first moment of its validity",
    );
    Ok(proof.refused(
        CheckName::TransparencyLog,
        "the envelope brings no entry of a transparency log, so nobody vouches for the time of signing; the \
         entry would have to be looked up in the public log",
    ))
}

fn chain(certificate: &[u8], root: &TrustedRoot, at: std::time::Duration) -> Result<(), String> {
    let authorities = root.fulcio_certs();
    let authorities: Vec<_> = authorities
        .iter()
        .map(|one| CertificateDer::from(one.as_bytes()))
        .collect();
    let anchors: Vec<_> = authorities
        .iter()
        .filter_map(|one| anchor_from_trusted_cert(one).ok())
        .collect();
    let certificate = CertificateDer::from(certificate);
    let leaf = EndEntityCert::try_from(&certificate).map_err(|error| error.to_string())?;
    leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &anchors,
        &[],
        UnixTime::since_unix_epoch(at),
        KeyUsage::required(CODE_SIGNING),
        None,
        None,
    )
    .map(|_| ())
    .map_err(|error| format!("the certificate does not lead to the trusted root: {error}"))
}
