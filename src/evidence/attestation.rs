//! Attestations: signed statements about artifacts, in three layers that are read apart.
//!
//! The envelope says what is signed ([`envelope`]), the statement about which artifacts ([`statement`]), the
//! predicate what is said about them ([`predicate`]). Nothing here verifies a signature; see
//! [`super::signature`]. To add a predicate type: a line in the table of [`predicate`] and its reader.
//!
//! Sources: DSSE v1 (secure-systems-lab), in-toto Attestation Framework v0.1 and v1.

pub mod envelope;
pub mod predicate;
pub mod statement;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::tree::{Document, Node, parse_json};

pub use envelope::Envelope;
pub use predicate::Predicate;
pub use statement::Statement;

/// The statement in a DSSE envelope, alone or in a Sigstore bundle; `None` when there is no envelope.
///
/// The envelope is not verified here.
///
/// # Errors
///
/// A diagnostic with the place in the bundle when the envelope or its payload cannot be read.
pub fn of_bundle(bundle: &[u8]) -> Result<Option<Statement>, Diagnostic> {
    let Some(payload) = payload_of_bundle(bundle)? else {
        return Ok(None);
    };
    let read = statement::read(&payload).map_err(|fault| {
        let message = format!("the statement cannot be read: {}", fault.message);
        malformed(&message)
    })?;
    Ok(Some(read.0))
}

/// The payload of a DSSE envelope, alone or in a Sigstore bundle, unverified; `None` when there is no envelope.
///
/// # Errors
///
/// `statement-malformed` when it is not base64, and the faults of JSON.
pub fn payload_of_bundle(bundle: &[u8]) -> Result<Option<Vec<u8>>, Diagnostic> {
    let (document, _) = parse_json(bundle)?;
    let is_envelope =
        |node: &&Node| node.get("payload").is_some() && node.get("payloadType").is_some();
    let alone = Some(&document.root).filter(is_envelope);
    let Some(envelope) = document.root.get("dsseEnvelope").or(alone) else {
        return Ok(None);
    };
    let payload = envelope.get("payload").and_then(Node::text);
    let payload =
        payload.ok_or_else(|| malformed("the statement cannot be read: there is no payload"))?;
    envelope::from_base64(payload)
        .map(Some)
        .ok_or_else(|| malformed("the statement cannot be read: the payload is not base64"))
}

fn malformed(message: &str) -> Diagnostic {
    Diagnostic::error(
        "statement-malformed",
        Place::pointer("/dsseEnvelope/payload"),
        message,
    )
    .help("ask the signer for an in-toto statement")
}

/// Parses JSON in which no member is given twice: two readers of such a document may see two of them.
fn parse_strictly(bytes: &[u8]) -> Result<Document, Diagnostic> {
    let (document, duplicates) = parse_json(bytes)?;
    match duplicates.into_iter().next() {
        Some(duplicate) => Err(Diagnostic {
            severity: Severity::Error,
            ..duplicate
        }),
        None => Ok(document),
    }
}
