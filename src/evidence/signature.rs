//! Signatures: is this artifact the one that the expected signer signed?
//!
//! Everything here is offline: trust anchors and keys are arguments, and the time of signing comes from
//! the proofs inside the signature. The library for bundles also refuses times that lie in the future of
//! the machine's clock (ADR 6).

pub mod raw_key;
pub mod sigstore;
pub mod statement;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// What is said to be signed.
#[derive(Debug, Clone, Copy)]
pub enum Artifact<'a> {
    /// The bytes.
    Bytes(&'a [u8]),
    /// Only the SHA-256 digest is at hand.
    Sha256(Digest),
}

/// Who must have signed.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// A certificate with this identity (subject alternative name) from this OpenID Connect issuer.
    Identity {
        /// The whole identity, compared exactly.
        identity: &'a str,
        /// The issuer's address, compared exactly.
        issuer: &'a str,
    },
    /// The holder of this public key, in PEM.
    Key(&'a [u8]),
}

/// One step of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable kebab-case name.
    pub name: &'static str,
    /// Whether it held.
    pub passed: bool,
    /// What was found.
    pub detail: String,
}

impl Check {
    fn passed(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            passed: true,
            detail: detail.into(),
        }
    }

    fn failed(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            passed: false,
            detail: detail.into(),
        }
    }
}

/// What a verification found about the signer. A part is given only when it was proven.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProvenSigner {
    /// The identity in the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The issuer of that identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// SHA-256 of the public key file that verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_sha256: Option<Digest>,
    /// Times of signing that a log or a timestamp authority vouches for, RFC 3339.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<String>,
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether every check held.
    pub verified: bool,
    /// The kind of signature.
    pub kind: &'static str,
    /// Who signed, as far as it is proven.
    pub signer: ProvenSigner,
    /// The steps, in their order; the first that failed ends the list.
    pub checks: Vec<Check>,
    /// What deserves attention though it does not decide.
    pub warnings: Vec<String>,
    /// Whether a transparency log holds the signature.
    pub transparency_logged: bool,
}

impl Verification {
    fn refused(kind: &'static str, check: Check) -> Self {
        Self {
            verified: false,
            kind,
            signer: ProvenSigner::default(),
            checks: vec![check],
            warnings: Vec::new(),
            transparency_logged: false,
        }
    }
}

/// A verifier of Sigstore bundles. The library behind it can be exchanged without touching a caller.
pub trait VerifyBundle {
    /// Verifies `bundle` over `artifact` against the expected signer.
    ///
    /// # Errors
    ///
    /// A diagnostic when the bundle cannot be read at all; a bundle that reads but does not verify is a
    /// [`Verification`] that is not `verified`.
    fn verify(
        &self,
        bundle: &[u8],
        artifact: Artifact<'_>,
        signer: Signer<'_>,
    ) -> Result<Verification, Diagnostic>;
}
