//! In-toto statements: which artifacts something is said about, and what kind of thing is said.
//!
//! Sources: in-toto Attestation Framework, `spec/v1/statement.md`, `resource_descriptor.md`, `digest_set.md` and
//! `spec/v0.1.0/statement.md`. What is missing or wrong is named; only a document that is no statement at all
//! is an error.

mod descriptor;

use std::collections::HashSet;

use super::parse_strictly;
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::digest::Digest;
use crate::tree::{Node, Value};

pub use descriptor::{ResourceDescriptor, read_descriptor};

/// The most subjects of one statement.
pub const MAXIMUM_SUBJECTS: usize = 100_000;

/// The versions of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `https://in-toto.io/Statement/v0.1`
    V0_1,
    /// `https://in-toto.io/Statement/v1`
    V1,
}

impl Version {
    /// Every version with its type.
    pub const TYPES: [(Self, &'static str); 2] = [
        (Self::V0_1, "https://in-toto.io/Statement/v0.1"),
        (Self::V1, "https://in-toto.io/Statement/v1"),
    ];

    /// The type, as a statement states it.
    pub fn type_uri(self) -> &'static str {
        match self {
            Self::V0_1 => "https://in-toto.io/Statement/v0.1",
            Self::V1 => "https://in-toto.io/Statement/v1",
        }
    }
}

/// A statement about artifacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its version.
    pub version: Version,
    /// The artifacts.
    pub subjects: Vec<ResourceDescriptor>,
    /// The predicate's type; empty where it is missing.
    pub predicate_type: String,
    /// What is said about the artifacts.
    pub predicate: Option<Node>,
}

impl Statement {
    /// The SHA-256 digests of the subjects; subjects without one are left out.
    pub fn sha256_subjects(&self) -> Vec<Digest> {
        let digests = self.subjects.iter().flat_map(|subject| &subject.digests);
        digests
            .filter(|(algorithm, _)| algorithm == "sha256")
            .filter_map(|(_, digits)| digits.parse().ok())
            .collect()
    }

    /// Who built, for SLSA provenance.
    pub fn builder(&self) -> Option<&str> {
        self.predicate_text(match self.predicate_type.as_str() {
            "https://slsa.dev/provenance/v0.2" => "/builder/id",
            "https://slsa.dev/provenance/v1" => "/runDetails/builder/id",
            _ => return None,
        })
    }

    /// What it was built from, for SLSA provenance.
    pub fn source(&self) -> Option<&str> {
        self.predicate_text(match self.predicate_type.as_str() {
            "https://slsa.dev/provenance/v0.2" => "/invocation/configSource/uri",
            "https://slsa.dev/provenance/v1" => "/buildDefinition/resolvedDependencies/0/uri",
            _ => return None,
        })
    }

    fn predicate_text(&self, pointer: &str) -> Option<&str> {
        self.predicate.as_ref()?.at(pointer)?.text()
    }
}

/// Reads a statement, with a remark for everything that is missing or wrong in it.
///
/// # Errors
///
/// A fault of JSON, `json-duplicate-member`, or `statement-malformed` when it is no statement of a known version.
pub fn read(payload: &[u8]) -> Result<(Statement, Vec<Diagnostic>), Diagnostic> {
    let document = parse_strictly(payload)?;
    let root = &document.root;
    let version = version_of(root)?;
    let mut findings = Findings::new();
    let subjects = subjects(root, version, &mut findings);
    let predicate_type = predicate_type(root, &mut findings);
    let predicate = root.get("predicate").cloned();
    if let Some(node) = &predicate
        && !matches!(node.value, Value::Table(_) | Value::Text(_) | Value::Null)
    {
        let message = format!("the predicate is {}, not an object", node.value.shape());
        incomplete(&mut findings, "/predicate", message);
    }
    let statement = Statement {
        version,
        subjects,
        predicate_type,
        predicate: predicate.filter(|node| node.value != Value::Null),
    };
    Ok((statement, findings.finish()))
}

fn version_of(root: &Node) -> Result<Version, Diagnostic> {
    let malformed = |pointer: Option<&str>, message: String| {
        let place = pointer.map_or_else(Place::whole, Place::pointer);
        Diagnostic::error("statement-malformed", place, message)
            .help("ask the signer for an in-toto statement of version 0.1 or 1")
    };
    if !matches!(root.value, Value::Table(_)) {
        let message = format!("the statement is {}, not an object", root.value.shape());
        return Err(malformed(None, message));
    }
    let kind = root
        .get("_type")
        .and_then(Node::text)
        .ok_or_else(|| malformed(None, "the statement has no `_type`".to_owned()))?;
    Version::TYPES
        .iter()
        .find(|(_, uri)| *uri == kind)
        .map(|(version, _)| *version)
        .ok_or_else(|| {
            let kind = crate::text::printable(&crate::text::shortened(kind, 100));
            let message = format!("`{kind}` is no statement that is known");
            malformed(Some("/_type"), message)
        })
}

fn predicate_type(root: &Node, findings: &mut Findings) -> String {
    match root.get("predicateType").map(|node| &node.value) {
        Some(Value::Text(uri)) if fluent_uri::Uri::parse(uri.as_str()).is_ok() => uri.clone(),
        Some(Value::Text(uri)) => {
            let message = "the predicate's type is no URI".to_owned();
            incomplete(findings, "/predicateType", message);
            uri.clone()
        }
        Some(other) => {
            let message = format!("the predicate's type is {}, not a text", other.shape());
            incomplete(findings, "/predicateType", message);
            String::new()
        }
        None => {
            let message = "the statement has no `predicateType`".to_owned();
            incomplete(findings, "", message);
            String::new()
        }
    }
}

fn subjects(root: &Node, version: Version, findings: &mut Findings) -> Vec<ResourceDescriptor> {
    let items = match root.get("subject").map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        Some(other) => {
            let message = format!("the subject is {}, not a list", other.shape());
            incomplete(findings, "/subject", message);
            &[]
        }
        None => {
            incomplete(findings, "", "the statement has no `subject`".to_owned());
            return Vec::new();
        }
    };
    if items.is_empty() || items.len() > MAXIMUM_SUBJECTS {
        let message = format!("the statement speaks of {} artifacts", items.len());
        incomplete(findings, "/subject", message);
    }
    let mut names = HashSet::new();
    let mut subjects = Vec::new();
    for (index, item) in items.iter().take(MAXIMUM_SUBJECTS).enumerate() {
        let pointer = format!("/subject/{index}");
        let subject = read_descriptor(item, &pointer, findings);
        if subject.digests.is_empty() && item.get("digest").is_none() {
            incomplete(findings, &pointer, "the subject has no `digest`".to_owned());
        }
        match (&subject.name, version) {
            (None, Version::V0_1) => {
                incomplete(findings, &pointer, "the subject has no `name`".to_owned());
            }
            (Some(name), version) if name != "_" && !names.insert(name.clone()) => {
                let message = "two subjects have the same name".to_owned();
                let at = format!("{pointer}/name");
                match version {
                    Version::V0_1 => incomplete(findings, &at, message),
                    Version::V1 => findings.warning(
                        "statement-name",
                        "ask the signer for names that tell the artifacts apart",
                        || (Place::pointer(at), message),
                    ),
                }
            }
            _ => {}
        }
        subjects.push(subject);
    }
    subjects
}

fn incomplete(findings: &mut Findings, pointer: &str, message: String) {
    findings.error(
        "statement-incomplete",
        "ask the signer for a complete in-toto statement",
        || (Place::pointer(pointer), message),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    const WHOLE: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x",
        "digest":{"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}},{"digest":{"sha512":"00","new":"?"}}],
        "predicateType":"https://p.example/v1","predicate":{"a":1}}"#;

    fn codes(text: &str) -> Vec<(&'static str, String)> {
        let (_, findings) = read(text.as_bytes()).unwrap();
        let told = findings
            .into_iter()
            .map(|one| (one.code, one.at.to_string()));
        told.collect()
    }

    #[test]
    fn a_statement_names_its_artifacts() {
        let (statement, findings) = read(WHOLE.as_bytes()).unwrap();
        assert_eq!(statement.version, Version::V1);
        assert_eq!(statement.sha256_subjects(), [Digest::of(b"x")]);
        assert_eq!(statement.subjects[0].name.as_deref(), Some("x"));
        assert_eq!(statement.predicate_type, "https://p.example/v1");
        assert!(statement.predicate.is_some());
        // A digest that is cut off is named.
        let told: Vec<_> = findings
            .iter()
            .map(|one| (one.code, one.severity))
            .collect();
        assert_eq!(told, [("statement-digest", Severity::Error)]);
        assert_eq!(findings[0].at, Place::pointer("/subject/1/digest/sha512"));
    }

    #[test]
    fn whatever_is_missing_is_named() {
        let whole = WHOLE.replace(r#",{"digest":{"sha512":"00","new":"?"}}"#, "");
        assert_eq!(codes(&whole), []);
        let old = whole.replace("Statement/v1", "Statement/v0.1");
        assert_eq!(codes(&old), []);
        let twice = |text: &str| {
            let subject = r#"{"name":"x","digest":{"new":"1"}}"#;
            text.replace(r#""subject":["#, &format!(r#""subject":[{subject},"#))
        };
        for (text, code, at) in [
            (
                whole.replace("subject", "object"),
                "statement-incomplete",
                "whole document",
            ),
            (
                whole.replace("predicateType", "p"),
                "statement-incomplete",
                "whole document",
            ),
            (
                whole.replace("https://p.example/v1", "p"),
                "statement-incomplete",
                "/predicateType",
            ),
            (
                whole.replace("\"https://p.example/v1\"", "1"),
                "statement-incomplete",
                "/predicateType",
            ),
            (
                whole.replace("{\"a\":1}", "[]"),
                "statement-incomplete",
                "/predicate",
            ),
            (
                whole.replace("\"digest\"", "\"d\""),
                "statement-descriptor",
                "/subject/0",
            ),
            (
                old.replace("\"name\":\"x\",", ""),
                "statement-incomplete",
                "/subject/0",
            ),
            (twice(&old), "statement-incomplete", "/subject/1/name"),
            (twice(&whole), "statement-name", "/subject/1/name"),
            (
                whole.replace("2d7116", "2D7116"),
                "statement-digest",
                "/subject/0/digest/sha256",
            ),
            (
                whole.replace("2d7116", "2d711"),
                "statement-digest",
                "/subject/0/digest/sha256",
            ),
            (
                whole.replace("2d7116", "xx7116"),
                "statement-digest",
                "/subject/0/digest/sha256",
            ),
        ] {
            let told = codes(&text);
            assert_eq!(told[0], (code, at.to_owned()), "{text}: {told:?}");
        }
        let none = whole.split_once("[{").unwrap().0.to_owned()
            + "[],\"predicateType\":\"https://p.example/v1\"}";
        assert_eq!(
            codes(&none),
            [("statement-incomplete", "/subject".to_owned())]
        );
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        for (text, code) in [
            ("[]", "statement-malformed"),
            ("{}", "statement-malformed"),
            (
                r#"{"_type":"https://in-toto.io/Statement/v2"}"#,
                "statement-malformed",
            ),
            (
                r#"{"_type":"https://in-toto.io/Statement/v1","_type":"https://in-toto.io/Statement/v1"}"#,
                "json-duplicate-member",
            ),
            ("{", "json-truncated"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().code, code, "{text}");
        }
    }
}
