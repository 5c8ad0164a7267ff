//! Whether what is signed is an in-toto statement about the artifact: the same rules for envelopes and for bundles.
//!
//! Source: in-toto Attestation Framework v1, Statement and `digest_set.md`.

mod subject;

use super::{Artifact, CheckName, Proof};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::attestation::statement;
use subject::{Subject, subject};

/// Goes on with `proof`: the payload has to be a statement, complete, and one of its subjects the artifact.
///
/// Within, the check that failed and why.
///
/// # Errors
///
/// `artifact-missing` where the statement names its subjects by another digest than the one at hand.
pub(super) fn about(
    payload: &[u8],
    artifact: &Artifact<'_>,
    proof: &mut Proof,
) -> Result<Result<(), (CheckName, String)>, Diagnostic> {
    let (statement, findings) = match statement::read(payload) {
        Ok(read) => read,
        Err(fault) => return Ok(Err((CheckName::Statement, fault.message))),
    };
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    if let Some(fault) = findings.iter().find(is_error) {
        let detail = format!("{}: {}", fault.at, fault.message);
        return Ok(Err((CheckName::Statement, detail)));
    }
    proof.passed(CheckName::Statement, statement.version.type_uri());
    for finding in &findings {
        proof.caution(format!("{}: {}", finding.at, finding.message));
    }
    let refusal = match subject(&statement.subjects, artifact) {
        Subject::Is(name) => {
            proof.passed(CheckName::Subject, format!("the subject `{name}`"));
            return Ok(Ok(()));
        }
        Subject::Contradicts(name) => (
            CheckName::Subject,
            format!("the digests of the subject `{name}` contradict each other"),
        ),
        Subject::Weak(name) => (
            CheckName::Algorithm,
            format!("the subject `{name}` has no digest that is strong enough"),
        ),
        Subject::Unknown => {
            return Err(digest_missing("by which the statement names its subjects"));
        }
        Subject::None => (
            CheckName::Subject,
            format!(
                "no subject has the digest of this artifact; subjects in the statement: {}",
                statement.subjects.len()
            ),
        ),
    };
    Ok(Err(refusal))
}

/// The refusal to judge where the digest that is asked for is not at hand.
pub(super) fn digest_missing(which: &str) -> Diagnostic {
    let message = format!("the digest {which} is not at hand for this artifact");
    Diagnostic::error("artifact-missing", Place::whole(), message)
        .help("name the file instead of its digest, or its digest by the same algorithm")
}
