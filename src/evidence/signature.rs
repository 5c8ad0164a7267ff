//! Signatures: is this artifact the one that the expected signer signed?
//!
//! Everything here is offline: what is trusted ([`Trust`]) is an argument, and the time of signing comes from
//! the proofs inside the signature. One file a kind; each takes the signature's bytes, the [`Artifact`] and
//! the [`Trust`], walks its checks in order and stops at the first that fails.

pub mod algorithm;
mod artifact;
mod asn1;
pub mod certificate;
pub mod check;
mod cms;
pub mod cosign;
mod dsse;
mod inside;
mod jsf;
mod jwk;
pub mod key;
mod minisign;
pub mod openpgp;
mod oidc_issuer;
mod raw_key;
pub mod sigstore;
mod sshsig;
mod statement;
pub mod timestamp;
pub mod trust;
mod xmldsig;

use serde::Serialize;

pub use artifact::Artifact;
pub use check::{Check, CheckName, Proof, ProvenSigner, Verification, Witness, WitnessKind};
pub use trust::{Expected, Material, Trust};

use super::detect::detect;
use super::unpack::{decode, unpack};
use crate::diagnostic::{Diagnostic, Place};

/// The kinds of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A Sigstore bundle.
    Sigstore,
    /// A bare signature in base64 under a public key or a certificate, as `cosign sign-blob` writes it.
    Cosign,
    /// A DSSE envelope with an in-toto statement about the artifact.
    Dsse,
    /// An `OpenPGP` signature, detached or in clear text.
    Openpgp,
    /// A signature of minisign or signify.
    Minisign,
    /// CMS (PKCS #7), detached or around the artifact.
    Cms,
    /// An XML signature inside the artifact.
    Xmldsig,
    /// A JSON signature (JSF) inside the artifact.
    Jsf,
    /// An SSH signature.
    Sshsig,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Sigstore,
        Self::Cosign,
        Self::Dsse,
        Self::Openpgp,
        Self::Minisign,
        Self::Cms,
        Self::Xmldsig,
        Self::Jsf,
        Self::Sshsig,
    ];

    /// The stable kebab-case word, as in JSON and in data files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sigstore => "sigstore",
            Self::Cosign => "cosign",
            Self::Dsse => "dsse",
            Self::Openpgp => "openpgp",
            Self::Minisign => "minisign",
            Self::Cms => "cms",
            Self::Xmldsig => "xmldsig",
            Self::Jsf => "jsf",
            Self::Sshsig => "sshsig",
        }
    }

    /// Tells the kind from the bytes of a signature, or of a signed document where `inside`.
    ///
    /// # Errors
    ///
    /// `signature-missing` where the signature is said to stand inside the artifact and does not.
    pub fn of(bytes: &[u8], inside: bool) -> Result<Self, Diagnostic> {
        let detection = detect(bytes);
        let kind = match (detection.format, detection.encoding) {
            ("sigstore-bundle", _) => Some(Self::Sigstore),
            ("dsse", _) => Some(Self::Dsse),
            ("openpgp", _) => Some(Self::Openpgp),
            ("minisign", _) => Some(Self::Minisign),
            ("cms", _) => Some(Self::Cms),
            ("sshsig", _) => Some(Self::Sshsig),
            ("cyclonedx", encoding @ ("xml" | "json")) if inside => {
                return Self::within(bytes, encoding == "xml");
            }
            ("cyclonedx", "xml") => Some(Self::Xmldsig),
            ("cyclonedx", "json") => Some(Self::Jsf),
            _ => None,
        };
        match kind {
            Some(kind) => Ok(kind),
            None if inside => {
                let message = "the artifact holds no signature that is known";
                Err(
                    Diagnostic::error("signature-missing", Place::whole(), message)
                        .help("give the signature with --bundle or --signature"),
                )
            }
            None => Ok(Self::Cosign),
        }
    }

    /// The kind of the signature inside a document of CycloneDX.
    fn within(bytes: &[u8], is_xml: bool) -> Result<Self, Diagnostic> {
        let unpacked = unpack(bytes)?;
        let text = decode(&unpacked)?;
        match is_xml {
            true if xmldsig::is_signed(&text)? => Ok(Self::Xmldsig),
            false if jsf::is_signed(&text)? => Ok(Self::Jsf),
            _ => Err(jsf::missing()),
        }
    }

    /// Whether a signature of this kind can prove an identity, by a certificate or by the agency's own list.
    pub fn can_prove_identity(self) -> bool {
        matches!(
            self,
            Self::Sigstore
                | Self::Cosign
                | Self::Cms
                | Self::Xmldsig
                | Self::Jsf
                // Only where the agency's own file of allowed signers binds the key to one.
                | Self::Sshsig
        )
    }

    /// Whether a signature of this kind can prove who vouched for the identity.
    pub fn can_prove_issuer(self) -> bool {
        matches!(self, Self::Sigstore | Self::Cosign)
    }
}

/// Verifies `signature` of the kind `kind` over `artifact`.
///
/// A signature that stands inside the artifact is the artifact: both are the same bytes.
///
/// # Errors
///
/// A diagnostic when it cannot be judged: an unreadable signature or key, nobody expected, or an expectation
/// that this kind of signature cannot meet or miss. A signature that reads but does not verify is a
/// [`Verification`] that is not `verified`.
pub fn verify(
    kind: Kind,
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let unprovable = |what: &str| {
        let message = format!("a signature of this kind cannot prove {what}");
        Diagnostic::error("expectation-unprovable", Place::whole(), message)
            .help("expect a key instead, or ask the supplier for a signature with a certificate")
    };
    if trust.identity.is_some() && !kind.can_prove_identity() {
        return Err(unprovable("an identity"));
    }
    if trust.issuer.is_some() && !kind.can_prove_issuer() {
        return Err(unprovable("who vouched for the identity"));
    }
    if trust.payload_type.is_some() && kind != Kind::Dsse {
        return Err(unprovable("the type of a payload"));
    }
    match kind {
        Kind::Sigstore => sigstore::verify(signature, artifact, trust),
        Kind::Cosign => cosign::verify(signature, artifact, trust),
        Kind::Cms => cms::verify(signature, artifact, trust),
        Kind::Openpgp => openpgp::verify(signature, artifact, trust),
        Kind::Minisign => minisign::verify(signature, artifact, trust),
        Kind::Sshsig => sshsig::verify(signature, artifact, trust),
        Kind::Dsse => dsse::verify(signature, artifact, trust),
        Kind::Xmldsig => xmldsig::verify(signature, artifact, trust),
        Kind::Jsf => jsf::verify(signature, artifact, trust),
    }
}
