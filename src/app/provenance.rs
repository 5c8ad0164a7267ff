//! Holding the provenance of an artifact against what was agreed, with its signatures.

use super::Refused;
use super::signature::{SignatureRequest, verify_signature};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest};
use crate::evidence::provenance::{Attestation, Wrapping, read};
use crate::evidence::signature::sigstore::{Sigstore, embedded};
use crate::evidence::signature::{
    self, Artifact, CheckName, Expected, Kind, Material, Trust, Verification,
};
use crate::provenance::{
    Builders, Expectation, Judgment, Missing, Outcome, Signature, check, level, publication_of,
};
use crate::trust::{Ask, Purpose, TrustPolicy, admit};

/// What is to be checked.
#[derive(Clone)]
pub struct ProvenanceRequest<'a> {
    /// The file of provenance.
    pub attestation: Material<'a>,
    /// What was agreed.
    pub expectation: Expectation,
    /// The known builders.
    pub builders: &'a Builders,
    /// Whether signatures are left unchecked, because somebody else checks them.
    pub policy_only: bool,
    /// What is trusted for signatures; its artifact and signature are not looked at.
    pub trust: SignatureRequest<'a>,
    /// The register of signers, which rules where it is given: it says whose signature counts for provenance.
    pub register: Option<Register<'a>>,
}

/// A register of signers, asked about one supplier.
#[derive(Clone, Copy)]
pub struct Register<'a> {
    /// The register.
    pub policy: &'a TrustPolicy,
    /// The name of its file.
    pub file: &'a str,
    /// The names under which the supplier may stand in it.
    pub suppliers: &'a [&'a str],
}

/// Checks the provenance of one artifact. Of several attestations about builds one has to pass.
///
/// # Errors
///
/// When it cannot be judged: unreadable provenance, no statement about a build, or unreadable trust material.
pub fn check_provenance(request: &ProvenanceRequest<'_>) -> Result<Outcome, Refused> {
    if request.expectation.subject.is_empty() {
        let message = "the artifact is not named";
        return Err(
            Diagnostic::error("artifact-missing", Place::whole(), message)
                .help("give --subject sha256:HEX")
                .into(),
        );
    }
    let in_file = |fault: Diagnostic| fault.in_file(request.attestation.name);
    let mut file = read(request.attestation.bytes).map_err(in_file)?;
    // Under a key, nobody verifies the certificate that lies beside the signature of an envelope: it names nobody.
    let under_keys = !request.trust.keys.is_empty() || request.register.is_some();
    let is_under_key = !request.policy_only && under_keys;
    for one in &mut file.readable {
        if is_under_key && one.wrapping == Wrapping::Envelope {
            one.signer = None;
        }
    }
    let remarks: Vec<_> = file.refused.into_iter().map(in_file).collect();
    let publications: Vec<_> = file
        .readable
        .iter()
        .filter(|one| one.publication().is_some())
        .collect();
    let mut judged: Vec<_> = file
        .readable
        .iter()
        .filter(|one| one.provenance().is_some())
        .map(|attestation| {
            let publication = publication_of(attestation, &publications);
            let judgment = check(
                attestation,
                publication,
                &request.expectation,
                request.builders,
            );
            (attestation, publication, judgment)
        })
        .collect();
    if judged.is_empty() {
        let message = "the file holds no provenance of a known version";
        return Err(in_file(
            Diagnostic::error("provenance-absent", Place::whole(), message).help(
                "ask the supplier for SLSA provenance v1 or v0.2 (predicate type https://slsa.dev/provenance/…)",
            ),
        )
        .into());
    }
    // Those that hold come first, then those nearest to it; equals keep the order of the file.
    judged.sort_by_key(|(.., judgment)| judgment.checks.iter().filter(|one| !one.passed).count());
    let (mut nearest, mut fault) = (None, None);
    for (attestation, publication, judgment) in judged {
        if nearest.is_some() && !judgment.passed() {
            break;
        }
        let finding = match signatures(attestation, publication, &judgment, request) {
            Ok(finding) => finding,
            Err(refused) => {
                fault.get_or_insert(refused);
                continue;
            }
        };
        let signature = finding.state();
        let verified = request.policy_only || signature == Signature::Verified;
        let outcome = Outcome {
            passed: judgment.passed() && verified,
            policy_only: request.policy_only,
            signature,
            level: level(&judgment, attestation, &request.expectation, signature),
            verifications: finding.verifications,
            missing: finding.missing,
            attestation: attestation.clone(),
            judgment,
            remarks: remarks.clone(),
        };
        if outcome.passed {
            return Ok(outcome);
        }
        nearest.get_or_insert(outcome);
    }
    match (fault, nearest) {
        (Some(fault), _) => Err(fault),
        (None, Some(outcome)) => Ok(outcome),
        (None, None) => Err(in_file(Diagnostic::error(
            "provenance-absent",
            Place::whole(),
            "the file holds no provenance of a known version",
        ))
        .into()),
    }
}

/// What was found of the signatures of one provenance.
#[derive(Default)]
struct Finding {
    verifications: Vec<Verification>,
    missing: Vec<Missing>,
}

impl Finding {
    fn state(&self) -> Signature {
        let failed = self.verifications.iter().any(|one| {
            // The only thing that an envelope without its log entry lacks is a witness.
            let lacks = |check: CheckName| {
                check == CheckName::TransparencyLog
                    && self.missing.contains(&Missing::TransparencyLog)
            };
            !one.verified && !one.refusal().is_some_and(|refusal| lacks(refusal.name))
        });
        if failed {
            Signature::Failed
        } else if self.missing.is_empty() && !self.verifications.is_empty() {
            Signature::Verified
        } else {
            Signature::NotChecked
        }
    }
}

fn signatures(
    attestation: &Attestation,
    publication: Option<&Attestation>,
    judgment: &Judgment,
    request: &ProvenanceRequest<'_>,
) -> Result<Finding, Refused> {
    let mut finding = Finding::default();
    if request.policy_only {
        finding.missing.push(Missing::NotAsked);
        return Ok(finding);
    }
    for one in std::iter::once(attestation).chain(publication) {
        match verify_one(one, judgment, request)? {
            Ok(verification) => {
                let unwitnessed = one.wrapping == Wrapping::Envelope
                    && verification
                        .refusal()
                        .is_some_and(|refusal| refusal.name == CheckName::TransparencyLog);
                if unwitnessed {
                    finding.missing.push(Missing::TransparencyLog);
                }
                finding.verifications.push(verification);
            }
            Err(missing) => finding.missing.push(missing),
        }
    }
    Ok(finding)
}

/// Verifies the signature of one attestation with what is trusted for its kind, or says what is missing.
fn verify_one(
    attestation: &Attestation,
    judgment: &Judgment,
    request: &ProvenanceRequest<'_>,
) -> Result<Result<Verification, Missing>, Refused> {
    let trust = &request.trust;
    let (Some(envelope), false) = (
        &attestation.envelope,
        attestation.wrapping == Wrapping::Bare,
    ) else {
        return Ok(Err(Missing::Signature));
    };
    let artifact = artifact_of(attestation, &request.expectation);
    if let Some(register) = &request.register {
        return admitted(attestation, &artifact, register, request);
    }
    let asked = SignatureRequest {
        artifact: artifact.clone(),
        signature: Some(Material {
            name: request.attestation.name,
            bytes: &attestation.signed,
        }),
        ..trust.clone()
    };
    match (attestation.wrapping, &attestation.signer) {
        (Wrapping::Bundle, Some(signer)) => {
            if trust.trusted_root.is_none() {
                return Ok(Err(Missing::TrustedRoot));
            }
            let identity = signer.identity.clone().unwrap_or_default();
            let issuer = judgment.issuer().to_owned();
            let verification = verify_signature(&SignatureRequest {
                kind: Some(Kind::Sigstore),
                keys: Vec::new(),
                // The name in the certificate was held against the builders; here it is proven to be the signer's.
                identity: trust.identity.clone().or(Some(Expected::Exact(identity))),
                issuer: trust.issuer.clone().or(Some(Expected::Exact(issuer))),
                ..asked
            })?;
            Ok(Ok(verification))
        }
        (Wrapping::Bundle, None) => {
            if trust.keys.is_empty() {
                return Ok(Err(Missing::Key));
            }
            if trust.trusted_root.is_none() {
                return Ok(Err(Missing::TrustedRoot));
            }
            let verification = verify_signature(&SignatureRequest {
                kind: Some(Kind::Sigstore),
                // Whom the caller expects is held against the certificate of the provenance.
                identity: None,
                issuer: None,
                ..asked
            })?;
            Ok(Ok(verification))
        }
        (Wrapping::Envelope, _) if !trust.keys.is_empty() => {
            let verification = verify_signature(&SignatureRequest {
                kind: Some(Kind::Dsse),
                ..asked
            })?;
            Ok(Ok(verification))
        }
        (Wrapping::Envelope, Some(signer)) => {
            let Some(root) = trust.trusted_root else {
                return Ok(Err(Missing::TrustedRoot));
            };
            let signatures: Vec<_> = envelope
                .signatures
                .iter()
                .filter_map(|one| one.signature.as_deref())
                .collect();
            let [signature] = signatures.as_slice() else {
                return Ok(Err(Missing::Signature));
            };
            let sigstore = Sigstore::new(root.bytes).map_err(|fault| fault.in_file(root.name))?;
            let verification = embedded::check(
                &sigstore,
                (&envelope.signed_bytes(), signature),
                &signer.der,
                &artifact,
                trust.at,
            )
            .map_err(|fault| fault.in_file(request.attestation.name))?;
            Ok(Ok(verification))
        }
        (Wrapping::Envelope | Wrapping::Bare, _) => Ok(Err(Missing::Key)),
    }
}

/// Asks the register whether it admits who signed an attestation.
fn admitted(
    attestation: &Attestation,
    artifact: &Artifact<'_>,
    register: &Register<'_>,
    request: &ProvenanceRequest<'_>,
) -> Result<Result<Verification, Missing>, Refused> {
    let trust = &request.trust;
    let kind = match attestation.wrapping {
        Wrapping::Bundle if trust.trusted_root.is_none() => return Ok(Err(Missing::TrustedRoot)),
        Wrapping::Bundle => Kind::Sigstore,
        Wrapping::Envelope => Kind::Dsse,
        Wrapping::Bare => return Ok(Err(Missing::Signature)),
    };
    let ask = Ask {
        suppliers: register.suppliers,
        purpose: Purpose::Provenance,
        kind,
        file: register.file,
    };
    let ground = SignatureRequest {
        keys: Vec::new(),
        identity: None,
        issuer: None,
        ..trust.clone()
    };
    let verify = |trust: &Trust<'_>| signature::verify(kind, &attestation.signed, artifact, trust);
    let admission = ground
        .under_trust(|trust| admit(register.policy, &ask, trust, &verify))?
        .map_err(|fault| Refused::from(fault).in_file_if_unnamed(request.attestation.name))?;
    let verification = admission.verification;
    // Only the certificate that the signature was verified by tells who signed.
    let claimed = attestation.signer.as_ref().map(|one| Digest::of(&one.der));
    if verification.verified && claimed != verification.signer.certificate_sha256 {
        let detail = "the certificate beside the statement is not the one that it was signed by";
        return Ok(Ok(verification.and(CheckName::Key, Err(detail.to_owned()))));
    }
    Ok(Ok(verification))
}

/// The artifact by those of its digests that the statement's subjects use.
fn artifact_of(attestation: &Attestation, expectation: &Expectation) -> Artifact<'static> {
    let used = |algorithm: Algorithm| {
        let name = algorithm.name().replace('-', "").to_ascii_lowercase();
        let mut subjects = attestation.statement.subjects.iter();
        subjects.any(|subject| subject.digest(&name).is_some())
    };
    let (named, other): (Vec<_>, Vec<_>) = expectation
        .subject
        .iter()
        .cloned()
        .partition(|(algorithm, _)| used(*algorithm));
    Artifact::of_digests(if named.is_empty() { other } else { named })
}
