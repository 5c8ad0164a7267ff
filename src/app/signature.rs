//! Verifying one signature over one artifact.

use super::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::sigstore::Sigstore;
use crate::evidence::signature::{self, Artifact, Expected, Kind, Material, Trust, Verification};
use crate::time::Timestamp;

/// What is to be verified, and what is trusted for it.
#[derive(Clone)]
pub struct SignatureRequest<'a> {
    /// What is said to be signed.
    pub artifact: Artifact<'a>,
    /// The signature or bundle; `None` where it stands inside the artifact.
    pub signature: Option<Material<'a>>,
    /// The kind of signature; `None` asks for it to be told from the bytes.
    pub kind: Option<Kind>,
    /// The trusted root of a Sigstore infrastructure.
    pub trusted_root: Option<Material<'a>>,
    /// What a reader should know of that trusted root; told where it was used.
    pub root_cautions: Vec<String>,
    /// Public keys that may sign.
    pub keys: Vec<Material<'a>>,
    /// Certificates of which the signer's must be one.
    pub certificates: Vec<Material<'a>>,
    /// Certificates that anchor trust, with intermediate ones.
    pub anchors: Vec<Material<'a>>,
    /// Lists of revoked certificates.
    pub revocations: Vec<Material<'a>>,
    /// The expected identity.
    pub identity: Option<Expected>,
    /// The expected issuer of the identity.
    pub issuer: Option<Expected>,
    /// How many keys must have signed.
    pub threshold: usize,
    /// The namespace of an SSH signature.
    pub namespace: Option<&'a str>,
    /// What the payload of an envelope must be, where it is to be the artifact itself.
    pub payload_type: Option<&'a str>,
    /// The time of judgment.
    pub at: Timestamp,
}

impl<'a> SignatureRequest<'a> {
    /// Asks about `artifact` at `at`, trusting nothing yet.
    pub fn new(artifact: Artifact<'a>, at: Timestamp) -> Self {
        Self {
            artifact,
            signature: None,
            kind: None,
            trusted_root: None,
            root_cautions: Vec::new(),
            keys: Vec::new(),
            certificates: Vec::new(),
            anchors: Vec::new(),
            revocations: Vec::new(),
            identity: None,
            issuer: None,
            threshold: 1,
            namespace: None,
            payload_type: None,
            at,
        }
    }

    /// The signature's bytes, which may be the artifact itself, and its kind.
    ///
    /// # Errors
    ///
    /// `signature-missing` where there is none.
    pub fn signature_and_kind(&self) -> Result<(Material<'a>, Kind), Refused> {
        let inside = self.artifact.bytes().map(|bytes| Material {
            name: "artifact",
            bytes,
        });
        let signature = self.signature.or(inside).ok_or_else(|| {
            let message = "no signature is given";
            Diagnostic::error("signature-missing", Place::whole(), message)
                .help("give --bundle or --signature")
        })?;
        let kind = match self.kind {
            Some(kind) => kind,
            None => Kind::of(signature.bytes, self.signature.is_none())
                .map_err(|fault| self.in_signature(fault))?,
        };
        Ok((signature, kind))
    }

    /// Asks something under what the request trusts and whom it expects.
    ///
    /// # Errors
    ///
    /// `trusted-root-malformed` where the trusted root cannot be used.
    pub fn under_trust<T>(&self, ask: impl FnOnce(&Trust<'_>) -> T) -> Result<T, Refused> {
        let root = self
            .trusted_root
            .map(|root| Sigstore::new(root.bytes).map_err(|fault| fault.in_file(root.name)))
            .transpose()?;
        Ok(ask(&Trust {
            at: self.at,
            sigstore: root.as_ref(),
            keys: self.keys.clone(),
            certificates: self.certificates.clone(),
            anchors: self.anchors.clone(),
            revocations: self.revocations.clone(),
            identity: self.identity.clone(),
            issuer: self.issuer.clone(),
            threshold: self.threshold,
            namespace: self.namespace,
            payload_type: self.payload_type,
        }))
    }

    /// Names the signature's file in a fault that names none.
    fn in_signature(&self, fault: Diagnostic) -> Diagnostic {
        match self.signature {
            Some(signature) if fault.file.is_none() => fault.in_file(signature.name),
            _ => fault,
        }
    }
}

/// Verifies one signature.
///
/// # Errors
///
/// When it cannot be judged: nothing trusted, nobody expected, or an unreadable signature, root or key.
pub fn verify_signature(request: &SignatureRequest<'_>) -> Result<Verification, Refused> {
    let (signature, kind) = request.signature_and_kind()?;
    let mut verification = request.under_trust(|trust| {
        signature::verify(kind, signature.bytes, &request.artifact, trust)
            .map_err(|fault| request.in_signature(fault))
    })??;
    if kind == Kind::Sigstore {
        let cautions = request.root_cautions.iter().cloned();
        verification.warnings.extend(cautions);
    }
    Ok(verification)
}
