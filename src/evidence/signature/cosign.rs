//! A detached signature under a public key, as `cosign sign-blob --key` writes it (base64) or `openssl dgst
//! -sign` does (raw). Checked by the `sigstore` package where it knows the scheme, which it is used for alone
//! (see ADR 0003); what it lacks (P-384 with SHA-256, PSS with other digests and salts, a digest in place of
//! the artifact) is checked on the same primitives as everything else.

use base64::Engine as _;
use sigstore::crypto::{CosignVerificationKey, Signature, SigningScheme};
use x509_cert::der::Decode as _;

use super::certificate::{Authorities, Certificate, Moment, Purpose, Refusal};
use super::key::{KeyKind, PublicKey, Scheme};
use super::trust::{signer_missing, unenforceable};
use super::{Artifact, CheckName, Kind, Proof, Trust, Verification};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;

/// One who may have signed.
enum Signer {
    Key(PublicKey),
    Certificate(Box<Certificate>, PublicKey),
}

impl Signer {
    fn key(&self) -> &PublicKey {
        match self {
            Self::Key(key) | Self::Certificate(_, key) => key,
        }
    }
}

/// Verifies `signature` (base64, or raw bytes) over `artifact` under the first key of `trust` that it fits.
///
/// The key says the algorithm, see [`PublicKey::schemes`]. A certificate in place of a key must be the signer's
/// own; it has to lead to an anchor where one is given, and to be valid at the time of judgment, since nothing
/// proves another time.
///
/// # Errors
///
/// `signer-missing` without a key or certificate, `artifact-missing` where only a digest is at hand and the
/// scheme needs the bytes or another digest, `key-malformed` and `key-unsupported` when a key cannot be used,
/// `certificate-malformed` and `revocation-list-malformed`, `expectation-unprovable` for what a bare signature
/// cannot prove.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let signers = signers(trust)?;
    let authorities = Authorities::read(trust)?;
    if signers.is_empty() {
        return Ok(Proof::new(Kind::Cosign, artifact).refused(
            CheckName::Algorithm,
            "the certificate's key is too weak or of a kind that is not admitted",
        ));
    }
    let candidates = candidates(signature);
    let mut refusal = None;
    let mut undecided = None;
    for signer in &signers {
        let key = signer.key();
        match scheme_of(key, artifact, &candidates) {
            Fit::Covers(scheme) => {
                let verification = judge(signer, scheme, artifact, (trust, &authorities));
                if verification.verified {
                    return Ok(verification);
                }
                refusal.get_or_insert(verification);
            }
            Fit::CoversNot => {}
            Fit::Undecided(fault) => undecided = undecided.or(Some(fault)),
        }
    }
    match (refusal, undecided) {
        (Some(refusal), _) => Ok(refusal),
        (None, Some(fault)) => Err(*fault),
        (None, None) => Ok(Proof::new(Kind::Cosign, artifact).refused(
            CheckName::Signature,
            "the signature does not cover this artifact under the given key",
        )),
    }
}

/// What follows once the signature covers the artifact under the key of `signer`.
fn judge(
    signer: &Signer,
    scheme: Scheme,
    artifact: &Artifact<'_>,
    (trust, authorities): (&Trust<'_>, &Authorities),
) -> Verification {
    let mut proof = Proof::new(Kind::Cosign, artifact);
    proof.passed(
        CheckName::Signature,
        "the signature covers this artifact under the given key",
    );
    proof.signer().key_sha256 = Some(signer.key().digest());
    proof.signer().strength = Some(signer.key().strength(scheme));
    if let Signer::Certificate(certificate, _) = signer
        && let Err(refusal) = check_certificate(certificate, trust, authorities, &mut proof)
    {
        return proof.refused(refusal.check, refusal.detail);
    }
    if trust.threshold > 1 {
        let detail = format!(
            "{} signers are asked for, and a detached signature has one",
            trust.threshold
        );
        return proof.refused(CheckName::Threshold, detail);
    }
    proof.caution(match signer {
        Signer::Key(_) => "a bare key proves no time of signing",
        Signer::Certificate(..) => {
            "nothing proves the time of signing; the certificate was held to the time of judgment"
        }
    });
    proof.verified()
}

/// Holds the signer's certificate to what is trusted and expected.
fn check_certificate(
    certificate: &Certificate,
    trust: &Trust<'_>,
    authorities: &Authorities,
    proof: &mut Proof,
) -> Result<(), Refusal> {
    let chain = authorities.verify_chain(certificate, &[], Moment::Judgment, Purpose::Document)?;
    proof.passed(CheckName::CertificateChain, chain.detail());
    let moment = format!("valid at {}", trust.at);
    proof.passed(CheckName::CertificateValidity, moment);
    for caution in chain.cautions {
        proof.caution(caution);
    }
    let identity = certificate.identity(trust.identity.as_ref())?;
    if trust.identity.is_some() {
        proof.passed(CheckName::Identity, identity.clone());
    }
    let issuer = x509_cert::Certificate::from_der(certificate.der())
        .map_err(|_| "the certificate cannot be read")
        .and_then(|certificate| super::oidc_issuer::of(&certificate))
        .map_err(|reason| Refusal {
            check: CheckName::Issuer,
            detail: reason.to_owned(),
        })?;
    if let Some(expected) = &trust.issuer {
        let met = issuer.as_ref().filter(|one| expected.admits(one));
        let met = met.ok_or_else(|| Refusal {
            check: CheckName::Issuer,
            detail: match &issuer {
                Some(other) => format!("`{other}` vouched for the identity"),
                None => "the certificate does not say who vouched for the identity".to_owned(),
            },
        })?;
        proof.passed(CheckName::Issuer, met);
    }
    let signer = proof.signer();
    certificate.describe(signer);
    signer.identity = Some(identity);
    signer.issuer = issuer;
    Ok(())
}

/// Those who may have signed.
fn signers(trust: &Trust<'_>) -> Result<Vec<Signer>, Diagnostic> {
    if trust.namespace.is_some() {
        return Err(unenforceable("a detached signature has no namespace"));
    }
    if !trust.keys.is_empty() {
        if !trust.certificates.is_empty() || !trust.anchors.is_empty() {
            return Err(unenforceable(
                "a key and a certificate are both given, and a detached signature has one signer",
            ));
        }
        if trust.identity.is_some() || trust.issuer.is_some() {
            return Err(unenforceable("a bare key proves no identity"));
        }
        let keys = trust.keys.iter().map(|key| PublicKey::read(*key));
        return keys.map(|key| key.map(Signer::Key)).collect();
    }
    if trust.certificates.is_empty() {
        return Err(signer_missing(
            "a detached signature cannot be judged without the public key or the signer's certificate",
            "give --key key.pub, or --certificate",
        ));
    }
    let mut signers = Vec::new();
    for file in &trust.certificates {
        for certificate in Certificate::read_all(*file)? {
            // NOTE: a certificate of an authority may have a key of another kind, and signs nothing here.
            if let Ok(key) = certificate.key().cloned() {
                signers.push(Signer::Certificate(Box::new(certificate), key));
            }
        }
    }
    Ok(signers)
}

/// The signatures that the bytes may stand for: what is in base64, and the bytes as they are.
fn candidates(signature: &[u8]) -> Vec<Vec<u8>> {
    let text: Vec<u8> = signature
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let decoded = base64::prelude::BASE64_STANDARD.decode(text).ok();
    decoded.into_iter().chain([signature.to_vec()]).collect()
}

/// Whether one signature covers what is asked about.
type Covers<'a> = dyn Fn(&[u8]) -> bool + 'a;

/// Whether a signature covers an artifact under a key.
enum Fit {
    Covers(Scheme),
    CoversNot,
    Undecided(Box<Diagnostic>),
}

fn scheme_of(key: &PublicKey, artifact: &Artifact<'_>, candidates: &[Vec<u8>]) -> Fit {
    let mut undecided = None;
    for scheme in key.schemes() {
        let covers: Box<Covers<'_>> = match (artifact.bytes(), scheme.digest()) {
            (Some(bytes), _) => Box::new(move |signature| covers(key, *scheme, bytes, signature)),
            (None, Some(algorithm)) => {
                let digest = artifact.digest_hex(algorithm);
                let Some(digest) = digest.and_then(|digits| hex::decode(digits).ok()) else {
                    undecided = undecided.or(Some(algorithm.name()));
                    continue;
                };
                Box::new(move |signature| key.verifies_digest(*scheme, &digest, signature))
            }
            (None, None) => {
                let message = "a signature of this kind is made over the artifact itself";
                return Fit::Undecided(Box::new(
                    Diagnostic::error("artifact-missing", Place::whole(), message)
                        .help("name the file instead of its digest"),
                ));
            }
        };
        if candidates.iter().any(|signature| covers(signature)) {
            return Fit::Covers(*scheme);
        }
    }
    match undecided {
        None => Fit::CoversNot,
        Some(name) => {
            let message =
                format!("the signature may be made over the {name} digest, which is not at hand");
            Fit::Undecided(Box::new(
                Diagnostic::error("artifact-missing", Place::whole(), message)
                    .help("name the file instead of its digest"),
            ))
        }
    }
}

/// Whether `signature` covers `artifact` under `key` by `scheme`, as the `sigstore` package has it where it
/// knows the scheme.
fn covers(key: &PublicKey, scheme: Scheme, artifact: &[u8], signature: &[u8]) -> bool {
    use Algorithm::{Sha256, Sha384, Sha512};
    let known = match (key.kind(), scheme) {
        (KeyKind::EcdsaP256, Scheme::EcdsaAsn1(Sha256)) => SigningScheme::ECDSA_P256_SHA256_ASN1,
        (KeyKind::EcdsaP384, Scheme::EcdsaAsn1(Sha384)) => SigningScheme::ECDSA_P384_SHA384_ASN1,
        (KeyKind::EcdsaP521, Scheme::EcdsaAsn1(Sha512)) => SigningScheme::ECDSA_P521_SHA512_ASN1,
        (KeyKind::Ed25519, Scheme::Ed25519) => SigningScheme::ED25519,
        (KeyKind::Rsa(_), Scheme::RsaPkcs1(Sha256)) => SigningScheme::RSA_PKCS1_SHA256(0),
        (KeyKind::Rsa(_), Scheme::RsaPss(Sha256)) => SigningScheme::RSA_PSS_SHA256(0),
        _ => return key.verifies(scheme, artifact, signature),
    };
    CosignVerificationKey::from_der(key.spki(), &known).is_ok_and(|verifier| {
        verifier
            .verify_signature(Signature::Raw(signature), artifact)
            .is_ok()
    })
}
