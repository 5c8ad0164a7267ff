//! In-toto statements inside DSSE envelopes, with SLSA provenance v0.2 and v1.
//!
//! Sources: in-toto Attestation Framework v1 (Statement), SLSA Provenance v0.2 and v1.

use base64::Engine as _;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::tree::{Node, parse_json};

/// A statement about artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// SHA-256 digests of the subjects; subjects without one are left out.
    pub subjects: Vec<Digest>,
    /// The predicate's type address.
    pub predicate_type: String,
    /// Who built, for SLSA provenance.
    pub builder: Option<String>,
    /// What it was built from, for SLSA provenance.
    pub source: Option<String>,
}

/// Reads the statement in the DSSE envelope of a Sigstore bundle; `None` when the bundle holds none.
///
/// The envelope is not verified here.
///
/// # Errors
///
/// A diagnostic with the place in the bundle when the envelope or its payload cannot be read.
pub fn of_bundle(bundle: &[u8]) -> Result<Option<Statement>, Diagnostic> {
    let (document, _) = parse_json(bundle)?;
    let Some(envelope) = document.root.get("dsseEnvelope") else {
        return Ok(None);
    };
    let pointer = "/dsseEnvelope/payload";
    let malformed = |reason: &str| {
        Diagnostic::error(
            "statement-malformed",
            Place::pointer(pointer),
            format!("the statement cannot be read: {reason}"),
        )
        .help("ask the signer for an in-toto statement")
    };
    let payload = envelope
        .get("payload")
        .and_then(Node::text)
        .ok_or_else(|| malformed("there is no payload"))?;
    let payload = base64::engine::general_purpose::STANDARD
        .decode(payload)
        .map_err(|_| malformed("the payload is not base64"))?;
    let (statement, _) = parse_json(&payload).map_err(|fault| malformed(&fault.message))?;
    Ok(Some(read(&statement.root)))
}

fn read(root: &Node) -> Statement {
    let text = |pointer: &str| root.at(pointer).and_then(Node::text).map(str::to_owned);
    let subjects = root.get("subject").map_or(&[][..], Node::items);
    let predicate_type = text("/predicateType").unwrap_or_default();
    let (builder, source) = match predicate_type.as_str() {
        "https://slsa.dev/provenance/v0.2" => (
            text("/predicate/builder/id"),
            text("/predicate/invocation/configSource/uri"),
        ),
        "https://slsa.dev/provenance/v1" => (
            text("/predicate/runDetails/builder/id"),
            text("/predicate/buildDefinition/resolvedDependencies/0/uri"),
        ),
        _ => (None, None),
    };
    Statement {
        subjects: subjects
            .iter()
            .filter_map(|subject| {
                subject
                    .at("/digest/sha256")
                    .and_then(Node::text)?
                    .parse()
                    .ok()
            })
            .collect(),
        predicate_type,
        builder,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provenance_names_builder_and_source() {
        let digest = Digest::of(b"x");
        let statement = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"x","digest":{{"sha256":"{digest}"}}}},{{"name":"y","digest":{{"sha512":"00"}}}}],
            "predicateType":"https://slsa.dev/provenance/v1","predicate":{{"buildDefinition":{{"resolvedDependencies":[{{"uri":"git+https://git.example/x"}}]}},
            "runDetails":{{"builder":{{"id":"https://ci.example/b"}}}}}}}}"#
        );
        let payload = base64::engine::general_purpose::STANDARD.encode(statement);
        let bundle = format!(r#"{{"dsseEnvelope":{{"payload":"{payload}"}}}}"#);
        let statement = of_bundle(bundle.as_bytes()).unwrap().unwrap();
        assert_eq!(statement.subjects, [digest]);
        assert_eq!(statement.builder.as_deref(), Some("https://ci.example/b"));
        assert_eq!(
            statement.source.as_deref(),
            Some("git+https://git.example/x")
        );
        assert_eq!(of_bundle(b"{}").unwrap(), None);
        assert_eq!(
            of_bundle(br#"{"dsseEnvelope":{"payload":"*"}}"#)
                .unwrap_err()
                .code,
            "statement-malformed"
        );
    }
}
