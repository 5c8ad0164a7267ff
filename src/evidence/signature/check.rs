//! The steps of a verification and what it ends in.

use serde::Serialize;

use super::{Artifact, Kind};
use crate::digest::Digest;

/// What a step of a verification asks. For each there is a sentence for people who are not specialists
/// (messages `check-NAME` and `check-NAME-refused`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// The signature's own structure: complete, consistent, nothing twice.
    Structure,
    /// The artifact is the one that the signature names.
    Artifact,
    /// The signature covers what it is said to cover, under the key at hand.
    Signature,
    /// The signing key or its identifier is one of those that are expected.
    Key,
    /// Digest and signature algorithms are strong enough.
    Algorithm,
    /// The key itself was valid when it signed (`OpenPGP` expiry, validity window of a trusted key).
    KeyValidity,
    /// Neither key nor certificate is revoked.
    Revocation,
    /// The certificate leads to a trust anchor, by certificates that may issue.
    CertificateChain,
    /// The certificate was valid at the time of signing.
    CertificateValidity,
    /// The certificate may be used for signatures of this kind.
    CertificateUsage,
    /// The certificate names the expected identity.
    Identity,
    /// The identity was vouched for by the expected issuer.
    Issuer,
    /// The certificate was published in a certificate transparency log when it was issued.
    CertificateTransparency,
    /// The signature is in a transparency log that is trusted.
    TransparencyLog,
    /// A trusted authority vouches for the time of signing.
    Timestamp,
    /// The signed text that is not the artifact (trusted comment, signed attributes) is as signed.
    SignedAttributes,
    /// What is signed is of the expected type (payload type, content type, namespace).
    ContentType,
    /// The in-toto statement is one, and complete.
    Statement,
    /// A subject of the statement is the artifact.
    Subject,
    /// Enough of the expected signers have signed.
    Threshold,
    /// The signer is one that the trust policy admits for this, on that day.
    Policy,
}

impl CheckName {
    /// Every name, in the order above.
    pub const ALL: [Self; 21] = [
        Self::Structure,
        Self::Artifact,
        Self::Signature,
        Self::Key,
        Self::Algorithm,
        Self::KeyValidity,
        Self::Revocation,
        Self::CertificateChain,
        Self::CertificateValidity,
        Self::CertificateUsage,
        Self::Identity,
        Self::Issuer,
        Self::CertificateTransparency,
        Self::TransparencyLog,
        Self::Timestamp,
        Self::SignedAttributes,
        Self::ContentType,
        Self::Statement,
        Self::Subject,
        Self::Threshold,
        Self::Policy,
    ];

    /// The stable kebab-case word, as in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Artifact => "artifact",
            Self::Signature => "signature",
            Self::Key => "key",
            Self::Algorithm => "algorithm",
            Self::KeyValidity => "key-validity",
            Self::Revocation => "revocation",
            Self::CertificateChain => "certificate-chain",
            Self::CertificateValidity => "certificate-validity",
            Self::CertificateUsage => "certificate-usage",
            Self::Identity => "identity",
            Self::Issuer => "issuer",
            Self::CertificateTransparency => "certificate-transparency",
            Self::TransparencyLog => "transparency-log",
            Self::Timestamp => "timestamp",
            Self::SignedAttributes => "signed-attributes",
            Self::ContentType => "content-type",
            Self::Statement => "statement",
            Self::Subject => "subject",
            Self::Threshold => "threshold",
            Self::Policy => "policy",
        }
    }
}

/// One step of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was asked.
    pub name: CheckName,
    /// Whether it held.
    pub passed: bool,
    /// What was found, for a specialist.
    pub detail: String,
}

/// Who vouches that the signature existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WitnessKind {
    /// A transparency log with a proof of inclusion.
    TransparencyLog,
    /// A timestamp authority (RFC 3161).
    TimestampAuthority,
}

/// A third party that vouches for the signature, verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// Log or timestamp authority.
    pub kind: WitnessKind,
    /// Its name, as its key or certificate is named in the trust material.
    pub name: String,
    /// The time it vouches for, RFC 3339 in UTC; a log of the second version vouches for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The number of the entry in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

/// How strong the weakest algorithm of a signature is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strength {
    /// Signature algorithm with its digest, such as `ecdsa-p256-sha256`.
    pub algorithm: String,
    /// Security strength in bits (NIST SP 800-57 part 1 rev. 5, tables 2 and 3).
    pub bits: u16,
}

/// What a verification found about the signer. A part is given only when it was proven.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProvenSigner {
    /// The identity in the certificate, or the identity that a given key is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The issuer of that identity (`OpenID` Connect).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The certificate's subject, RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// SHA-256 of the signing certificate in DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_sha256: Option<Digest>,
    /// SHA-256 of the verifying public key, as `SubjectPublicKeyInfo` in DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_sha256: Option<Digest>,
    /// The key's fingerprint or number in its own format (`OpenPGP`, SSH, minisign).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Names that the key gives itself; nobody vouches for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claimed_names: Vec<String>,
    /// How strong the signature is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// Times of signing that a witness vouches for, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<String>,
    /// The time of signing that the signer gives; nobody vouches for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_time: Option<String>,
}

impl ProvenSigner {
    /// Who signed, in one text: identity, subject, fingerprint or digest of the key.
    pub fn name(&self) -> Option<String> {
        let named = [&self.identity, &self.subject, &self.fingerprint];
        let key = || {
            self.key_sha256
                .or(self.certificate_sha256)
                .map(|digest| format!("sha256:{}", digest.hex()))
        };
        named.into_iter().flatten().next().cloned().or_else(key)
    }
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether every check held.
    pub verified: bool,
    /// The kind of signature.
    pub kind: Kind,
    /// The artifact, as `sha256:HEX`; several where several digests were handed in.
    pub artifact: Vec<String>,
    /// Who signed, as far as it is proven.
    pub signer: ProvenSigner,
    /// Further signers of the same artifact that were verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cosigners: Vec<ProvenSigner>,
    /// Logs and authorities that vouch for the signature.
    pub witnesses: Vec<Witness>,
    /// The steps, in their order; the first that failed ends the list.
    pub checks: Vec<Check>,
    /// What deserves attention though it does not decide.
    pub warnings: Vec<String>,
    /// The line of the trust policy that admits the signer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl Verification {
    /// A verification of which no step was made yet; it is not verified.
    pub fn unjudged(kind: Kind) -> Self {
        Self {
            verified: false,
            kind,
            artifact: Vec::new(),
            signer: ProvenSigner::default(),
            cosigners: Vec::new(),
            witnesses: Vec::new(),
            checks: Vec::new(),
            warnings: Vec::new(),
            policy: None,
        }
    }

    /// The step that failed.
    pub fn refusal(&self) -> Option<&Check> {
        self.checks.iter().find(|check| !check.passed)
    }

    /// The outcome with one more check. One that failed ends it: nothing is proven any more.
    #[must_use]
    pub fn and(mut self, name: CheckName, outcome: Result<String, String>) -> Self {
        if self.refusal().is_some() {
            return self;
        }
        let passed = outcome.is_ok();
        let (Ok(detail) | Err(detail)) = outcome;
        let detail = crate::text::printable(&detail);
        self.checks.push(Check {
            name,
            passed,
            detail,
        });
        if !passed {
            self.verified = false;
            self.signer = ProvenSigner::default();
            self.cosigners.clear();
            self.witnesses.clear();
            self.policy = None;
        }
        self
    }

    /// Whether a transparency log holds the signature, proven.
    pub fn is_logged(&self) -> bool {
        self.has_witness(WitnessKind::TransparencyLog)
    }

    /// Whether a timestamp authority vouches for the time of signing, proven.
    pub fn is_timestamped(&self) -> bool {
        self.has_witness(WitnessKind::TimestampAuthority)
    }

    fn has_witness(&self, kind: WitnessKind) -> bool {
        self.verified && self.witnesses.iter().any(|witness| witness.kind == kind)
    }
}

/// A verification in the making. What it found of the signer is given away only when every check held.
#[derive(Debug)]
pub struct Proof {
    outcome: Verification,
}

impl Proof {
    /// Begins the verification of a signature over `artifact`.
    pub fn new(kind: Kind, artifact: &Artifact<'_>) -> Self {
        Self {
            outcome: Verification {
                artifact: artifact.names(),
                ..Verification::unjudged(kind)
            },
        }
    }

    /// A check held.
    pub fn passed(&mut self, name: CheckName, detail: impl Into<String>) {
        self.push(name, true, &detail.into());
    }

    /// A check failed; the verification ends here, and nothing is proven.
    pub fn refused(mut self, name: CheckName, detail: impl Into<String>) -> Verification {
        self.push(name, false, &detail.into());
        self.outcome.signer = ProvenSigner::default();
        self.outcome.cosigners.clear();
        self.outcome.witnesses.clear();
        self.outcome
    }

    /// Something deserves attention.
    pub fn caution(&mut self, warning: impl Into<String>) {
        self.outcome.warnings.push(warning.into());
    }

    /// What is known of the signer so far.
    pub fn signer(&mut self) -> &mut ProvenSigner {
        &mut self.outcome.signer
    }

    /// A further signer.
    pub fn cosigner(&mut self, signer: ProvenSigner) {
        self.outcome.cosigners.push(signer);
    }

    /// A third party vouches for the signature; its time becomes a time of signing.
    pub fn witnessed(&mut self, witness: Witness) {
        if let Some(at) = &witness.at
            && !self.outcome.signer.times.contains(at)
        {
            self.outcome.signer.times.push(at.clone());
        }
        self.outcome.witnesses.push(witness);
    }

    /// Every check held.
    ///
    /// A verification in which no [`CheckName::Signature`] held is refused, whatever else did.
    pub fn verified(mut self) -> Verification {
        let covers = self
            .outcome
            .checks
            .iter()
            .any(|check| check.name == CheckName::Signature && check.passed);
        if !covers {
            return self.refused(CheckName::Signature, "no signature was checked");
        }
        self.outcome.verified = true;
        self.outcome
    }

    fn push(&mut self, name: CheckName, passed: bool, detail: &str) {
        let detail = crate::text::printable(detail);
        self.outcome.checks.push(Check {
            name,
            passed,
            detail,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_verified_without_a_signature() {
        let artifact = Artifact::of_bytes(b"x");
        let mut proof = Proof::new(Kind::Cosign, &artifact);
        proof.passed(CheckName::Identity, "somebody");
        proof.signer().identity = Some("somebody".to_owned());
        let refused = proof.verified();
        assert!(!refused.verified);
        assert_eq!(refused.refusal().unwrap().name, CheckName::Signature);
        assert_eq!(refused.signer, ProvenSigner::default());
    }

    #[test]
    fn words_are_those_of_the_published_json() {
        for name in CheckName::ALL {
            assert_eq!(serde_json::json!(name), name.word());
        }
    }
}
