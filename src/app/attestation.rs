//! Verifying an attestation: a signed statement about an artifact, and what it says.

use super::Refused;
use super::signature::{SignatureRequest, verify_signature};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::attestation::envelope::{self, Envelope, IN_TOTO};
use crate::evidence::attestation::{Predicate, Statement, payload_of_bundle, predicate, statement};
use crate::evidence::detect::detect;
use crate::evidence::signature::{Artifact, CheckName, Kind, Material, Proof, Verification};

/// An attestation that was judged.
#[derive(Debug, Clone)]
pub struct Attested {
    /// How the verification came out.
    pub verification: Verification,
    /// What the signer said, where the signature over it verified; whether about this artifact, the
    /// verification tells.
    pub said: Option<Said>,
}

/// A statement with what it says.
#[derive(Debug, Clone)]
pub struct Said {
    /// The statement.
    pub statement: Statement,
    /// Remarks on it.
    pub findings: Vec<Diagnostic>,
    /// What it says.
    pub predicate: Predicate,
}

/// Verifies `attestation` (a DSSE envelope, a Sigstore bundle with one, or several of them in JSON Lines) over
/// the artifact of `request`, whose own signature and kind are not looked at.
///
/// With `predicate_type` only statements of this type are asked. Of several one that verifies is enough; where
/// none does, the one that held longest tells why.
///
/// # Errors
///
/// `attestation-missing` when the file holds none; what [`verify_signature`] gives.
pub fn verify_attestation(
    request: &SignatureRequest<'_>,
    attestation: Material<'_>,
    predicate_type: Option<&str>,
) -> Result<Attested, Refused> {
    let in_file = |fault: Diagnostic| fault.in_file(attestation.name);
    let documents = envelope::documents(attestation.bytes).map_err(in_file)?;
    let mut best: Option<Attested> = None;
    let mut faults: Option<Refused> = None;
    let mut others = 0;
    for document in &documents {
        let payload = match payload(document) {
            Ok(payload) => payload,
            Err(fault) => {
                faults.get_or_insert(Refused::from(in_file(fault)));
                continue;
            }
        };
        let Some((kind, payload)) = payload else {
            continue;
        };
        let said = statement::read(&payload).ok().map(|(statement, findings)| {
            let predicate = predicate::read(&statement);
            Said {
                statement,
                findings,
                predicate,
            }
        });
        let is_other = |said: &Said| {
            predicate_type.is_some_and(|expected| said.statement.predicate_type != expected)
        };
        if said.as_ref().is_some_and(is_other) {
            others += 1;
            continue;
        }
        let signature = Material {
            name: attestation.name,
            bytes: document,
        };
        match judge(request, signature, kind, said) {
            Ok(attested) if attested.verification.verified => return Ok(attested),
            Ok(attested) => {
                let steps = |one: &Attested| one.verification.checks.len();
                if best
                    .as_ref()
                    .is_none_or(|best| steps(best) < steps(&attested))
                {
                    best = Some(attested);
                }
            }
            Err(refused) => _ = faults.get_or_insert(refused),
        }
    }
    match (best, faults) {
        (Some(best), _) => Ok(best),
        (None, Some(faults)) => Err(faults),
        (None, None) if others > 0 => Ok(of_another_type(&request.artifact, others)),
        (None, None) => {
            let message = "the file holds no signed statement";
            let missing = Diagnostic::error("attestation-missing", Place::whole(), message)
                .help("give a DSSE envelope, or a Sigstore bundle with one");
            Err(in_file(missing).into())
        }
    }
}

/// Verifies one attestation and holds its statement to the same rules, whatever its signature is.
fn judge(
    request: &SignatureRequest<'_>,
    signature: Material<'_>,
    kind: Kind,
    said: Option<Said>,
) -> Result<Attested, Refused> {
    let mut verification = verify_signature(&SignatureRequest {
        signature: Some(signature),
        kind: Some(kind),
        ..request.clone()
    })?;
    let has = |verification: &Verification, name: CheckName| {
        let checks = &verification.checks;
        checks
            .iter()
            .any(|check| check.name == name && check.passed)
    };
    let incomplete = said.as_ref().filter(|said| said.predicate.is_incomplete());
    if let Some(said) = incomplete.filter(|_| verification.verified) {
        let fault = said.predicate.findings.first();
        let detail = fault.map_or_else(String::new, |one| format!("{}: {}", one.at, one.message));
        verification = verification.and(CheckName::Statement, Err(detail));
    }
    let is_signed = has(&verification, CheckName::Signature);
    Ok(Attested {
        verification,
        said: said.filter(|_| is_signed),
    })
}

/// The kind of an attestation and its payload, unverified; `None` for what is none.
fn payload(document: &[u8]) -> Result<Option<(Kind, Vec<u8>)>, Diagnostic> {
    match detect(document).format {
        "sigstore-bundle" => {
            let payload = payload_of_bundle(document)?;
            Ok(payload.map(|payload| (Kind::Sigstore, payload)))
        }
        "dsse" => {
            let envelope = Envelope::parse(document)?;
            // NOTE: what is no in-toto statement is refused by its type, not passed over.
            let payload = if envelope.payload_type == IN_TOTO {
                envelope.payload
            } else {
                Vec::new()
            };
            Ok(Some((Kind::Dsse, payload)))
        }
        _ => Ok(None),
    }
}

fn of_another_type(artifact: &Artifact<'_>, others: usize) -> Attested {
    let detail = format!("no statement is of the type that is asked for; others: {others}");
    Attested {
        verification: Proof::new(Kind::Dsse, artifact).refused(CheckName::ContentType, detail),
        said: None,
    }
}
