//! Predicates that are documents of their own: the readers of SBOM and VEX judge them.
//!
//! They are shown the predicate in the JSON that the statement holds, member for member; places in what they
//! say lead into the predicate.

use super::outline::Outline;
use super::{PredicateType, Summary};
use crate::diagnostic::{Diagnostic, Severity};
use crate::evidence::detect::detect;
use crate::evidence::{sbom, vex};
use crate::tree::{Node, Value};

/// The most remarks of an inner document that are passed on.
const MAXIMUM_FINDINGS: usize = 100;

/// An SBOM. A text in place of an object is read too: cosign signs SPDX tag-value documents so.
pub(super) fn sbom(kind: PredicateType, outline: &mut Outline<'_>) -> Summary {
    let Some(content) = content(outline) else {
        return Summary::None {};
    };
    match sbom::read(content.as_bytes()) {
        Ok((detection, reading)) => {
            let expected = if kind == PredicateType::Spdx {
                "spdx"
            } else {
                "cyclonedx"
            };
            if detection.format != expected {
                outline.lacks::<()>("", &format!("is {}, not {expected}", detection.format));
            }
            let errors = errors(&reading.findings);
            outline.extend(inside(reading.findings));
            Summary::Sbom {
                format: detection.format.to_owned(),
                spec_version: detection.spec_version.unwrap_or_default(),
                components: reading.sbom.components.len(),
                errors,
            }
        }
        Err(faults) => unreadable(outline, faults),
    }
}

/// A VEX document.
pub(super) fn vex(outline: &mut Outline<'_>) -> Summary {
    let Some(content) = content(outline) else {
        return Summary::None {};
    };
    let format = detect(content.as_bytes()).format;
    if format != "openvex" {
        outline.lacks::<()>("", &format!("is {format}, not openvex"));
        return Summary::None {};
    }
    match vex::read(content.as_bytes()) {
        Ok((document, findings)) => {
            let errors = errors(&findings);
            outline.extend(inside(findings));
            Summary::Vex {
                statements: document.statements.len(),
                errors,
            }
        }
        Err(faults) => unreadable(outline, faults),
    }
}

fn unreadable(outline: &mut Outline<'_>, faults: Vec<Diagnostic>) -> Summary {
    outline.lacks::<()>("", "cannot be read as the document that its type names");
    outline.extend(inside(faults));
    Summary::None {}
}

/// The text of the inner document.
fn content(outline: &mut Outline<'_>) -> Option<String> {
    match outline.node().map(|node| &node.value) {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Table(_)) => outline.node().map(|node| json_of(node).to_string()),
        _ => outline.lacks("", "is missing"),
    }
}

/// The JSON value of a node.
fn json_of(node: &Node) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Number(text) => serde_json::from_str(text).unwrap_or_default(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Table(entries) => entries
            .iter()
            .map(|(key, node)| (key.clone(), json_of(node)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn errors(findings: &[Diagnostic]) -> usize {
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    findings.iter().filter(is_error).count()
}

/// The remarks of an inner document, with places in the statement.
fn inside(findings: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
    findings.into_iter().take(MAXIMUM_FINDINGS).map(|mut one| {
        if let Some(pointer) = &mut one.at.pointer {
            pointer.insert_str(0, "/predicate");
        }
        one
    })
}
