//! In-toto statements whose predicate is SLSA provenance or an npm publication.
//!
//! Source: in-toto Attestation Framework v1, "Statement"; its predecessor v0.1 differs in `_type` alone.

use super::{Field, Predicate, Publication, Resource, Statement, slsa01, slsa1, slsa02};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Shape, parse_json};

const STATEMENT_TYPES: [&str; 2] = [
    "https://in-toto.io/Statement/v0.1",
    "https://in-toto.io/Statement/v1",
];
const PUBLISH: &str = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const SLSA_01: &str = "https://slsa.dev/provenance/v0.1";
const SLSA_02: &str = "https://slsa.dev/provenance/v0.2";
const SLSA_1: &str = "https://slsa.dev/provenance/v1";

/// Whether `item` says of itself that it is a statement.
pub(super) fn is_statement(item: Item<'_>) -> bool {
    item.get_text("_type")
        .is_some_and(|name| name.starts_with("https://in-toto.io/Statement/"))
}

/// Reads the payload of an envelope.
///
/// # Errors
///
/// `provenance-malformed` when it is no JSON, or an object names a member twice.
pub(super) fn of_payload(payload: &[u8]) -> Result<Statement, Diagnostic> {
    with_payload(payload, read)
}

/// Parses a payload and hands it to `then`.
pub(super) fn with_payload<T>(
    payload: &[u8],
    then: impl FnOnce(Item<'_>) -> T,
) -> Result<T, Diagnostic> {
    let malformed = |reason: &str| {
        let message = format!("the statement cannot be read: {reason}");
        Diagnostic::error("provenance-malformed", Place::pointer("/payload"), message)
            .help("ask the supplier for the provenance as the builder wrote it")
    };
    let text = std::str::from_utf8(payload).map_err(|_| malformed("it is no UTF-8"))?;
    let tape = parse_json(text).map_err(|fault| malformed(&fault.message))?;
    if let Some(repeated) = tape.repeated_members().first() {
        return Err(malformed(&repeated.message));
    }
    Ok(then(tape.root()))
}

/// Reads a statement; what is wrong with it is among its faults.
pub(super) fn read(root: Item<'_>) -> Statement {
    let mut faults = Vec::new();
    let mut flaw = |at: &str, what: String| {
        faults.push(Field {
            value: what,
            at: at.to_owned(),
        });
    };
    let named = root.get_text("_type").unwrap_or_default();
    if !STATEMENT_TYPES.contains(&named) {
        flaw("/_type", format!("`{named}` is no known type of statement"));
    }
    let subjects = root.get("subject");
    if subjects.is_none_or(|list| list.items().next().is_none()) {
        flaw("/subject", "the statement has no subject".to_owned());
    }
    for subject in subjects.into_iter().flat_map(Item::items) {
        let digests = subject.get("digest");
        let has_digest = digests.is_some_and(|digests| {
            digests.shape() == Shape::Table
                && digests.children().next().is_some()
                && digests.children().all(|digest| digest.text().is_some())
        });
        if !has_digest {
            flaw(&subject.pointer(), "a subject has no digest".to_owned());
        }
    }
    let predicate_type = root.get_text("predicateType").unwrap_or_default();
    let predicate = match predicate_type {
        SLSA_01 => Some(slsa01::read(root)),
        SLSA_02 => Some(slsa02::read(root)),
        SLSA_1 => Some(slsa1::read(root)),
        _ => None,
    };
    let predicate = match predicate {
        Some(provenance) => {
            if provenance.builder.is_none() {
                flaw("/predicate", "no builder is named".to_owned());
            }
            if provenance.build_type.is_none() {
                flaw("/predicate", "no build type is named".to_owned());
            }
            for (what, places) in [
                ("git references", &provenance.references),
                ("commits", &provenance.commits),
            ] {
                if let Some((first, other)) = differing(places) {
                    let said = format!(
                        "the {what} differ: `{}` and at {} `{}`",
                        first.value, other.at, other.value
                    );
                    flaw(&first.at, said);
                }
            }
            let mut sources = provenance.sources.iter();
            if let Some(first) = sources.next()
                && let Some(other) =
                    sources.find(|other| other.parsed.repository() != first.parsed.repository())
            {
                let said = format!(
                    "the sources differ: `{}` and at {} `{}`",
                    first.uri.value, other.uri.at, other.uri.value
                );
                flaw(&first.uri.at, said);
            }
            Predicate::Provenance(Box::new(provenance))
        }
        None if predicate_type == PUBLISH => Predicate::Publication(Publication {
            name: Field::text_at(root, "/predicate/name"),
            version: Field::text_at(root, "/predicate/version"),
            registry: Field::text_at(root, "/predicate/registry"),
        }),
        None => Predicate::Other(predicate_type.to_owned()),
    };
    Statement {
        subjects: Resource::list(subjects, "name"),
        predicate,
        faults,
    }
}

/// The first of `places`, and one that says another thing.
fn differing(places: &[Field]) -> Option<(&Field, &Field)> {
    let first = places.first()?;
    places
        .iter()
        .find(|other| other.value != first.value)
        .map(|other| (first, other))
}
