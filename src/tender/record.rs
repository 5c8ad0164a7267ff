//! Records of what was judged: canonical JSON from which anybody can rebuild the outcome.
//!
//! There are three kinds: the evaluation of a tender (`mekiki/record/v1`), the assessment of one bid of it, or of an
//! offering without a tender (`mekiki/assessment-record/v1`), which names no other bidder's files, and the verification
//! of a delivery (`mekiki/verification-record/v1`).

pub mod statement;

use serde::Serialize;
use serde_json::{Value, json};

use super::report::{AssessmentView, CatalogView, TenderView};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::evidence::Evidence;
use crate::id::{BidId, TenderId};
use crate::time::{Date, parse_instant};

/// The schema of the record of a tender.
const SCHEMA: &str = "mekiki/record/v1";
/// The schema of the record of an assessment.
const ASSESSMENT_SCHEMA: &str = "mekiki/assessment-record/v1";
/// The schema of the record of a verification.
const VERIFICATION_SCHEMA: &str = "mekiki/verification-record/v1";

/// One input of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordInput {
    /// Path in the tender's folder.
    pub path: String,
    /// Digest of the bytes.
    pub sha256: Digest,
    /// Number of bytes.
    pub bytes: usize,
}

/// A table of data by which facts were established: a quality profile of SBOMs, the known builders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordTable {
    /// Identifier.
    pub id: String,
    /// Version of the standard.
    pub version: String,
    /// Digest of its file.
    pub digest: Digest,
}

/// What a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordSubject {
    /// All bids of a tender.
    Tender,
    /// One bid of a tender.
    Bid {
        /// The tender.
        tender: TenderId,
        /// The bid.
        bid: BidId,
    },
    /// An offering without a tender.
    Offering(BidId),
    /// What was delivered, by SHA-256 over the lines `HEX  PATH` of its files.
    Delivery(Digest),
}

impl RecordSubject {
    fn view(&self) -> Value {
        match self {
            Self::Tender => Value::Null,
            Self::Bid { tender, bid } => json!({"tender": tender, "bid": bid}),
            Self::Offering(offering) => json!({"offering": offering}),
            Self::Delivery(digest) => json!({"delivery": digest}),
        }
    }
}

/// The tables of data by which facts were established.
#[derive(Debug, Clone, Default)]
pub struct RecordTables {
    /// Quality profiles of SBOMs.
    pub profiles: Vec<RecordTable>,
    /// The known builders; absent where no criteria were judged.
    pub builders: Option<RecordTable>,
}

/// A record, as read back.
#[derive(Debug, Clone)]
pub struct TenderRecord {
    /// What it is about.
    pub subject: RecordSubject,
    /// The inputs, sorted by path.
    pub inputs: Vec<RecordInput>,
    /// The day of evaluation.
    pub as_of: Date,
    /// The catalog's digest, when criteria were judged.
    pub catalog_digest: Option<Digest>,
    /// The whole record.
    pub document: Value,
}

/// Writes the record of an evaluation, canonically.
pub fn write(
    evidence: &[Evidence],
    catalog: Option<&CatalogView>,
    tables: &RecordTables,
    view: &TenderView,
) -> String {
    let record = json!({
        "schema": SCHEMA,
        "as_of": view.as_of,
        "catalog": catalog,
        "procedure": view.procedure,
        "profiles": tables.profiles,
        "builders": tables.builders,
        "inputs": inputs(evidence),
        "tender": view,
    });
    canonical_json(&record) + "\n"
}

/// Writes the record of the assessment of one bid or offering, canonically. `evidence` is what the assessment rests on.
pub fn write_assessment(
    evidence: &[Evidence],
    tables: &RecordTables,
    subject: &RecordSubject,
    view: &AssessmentView,
) -> String {
    let record = json!({
        "schema": ASSESSMENT_SCHEMA,
        "as_of": view.as_of,
        "catalog": view.catalog,
        "profiles": tables.profiles,
        "builders": tables.builders,
        "inputs": inputs(evidence),
        "subject": subject.view(),
        "assessment": view,
    });
    canonical_json(&record) + "\n"
}

/// What the record of a verification holds beside the report.
#[derive(Debug)]
pub struct VerificationParts<'a> {
    /// The day of judgment, as an instant.
    pub as_of: &'a str,
    /// The catalog whose criteria the checks settle.
    pub catalog: &'a CatalogView,
    /// The table of checks.
    pub checks: Digest,
    /// The tables by which facts were established.
    pub tables: &'a RecordTables,
    /// The manifest by name and digest; none where it was guessed.
    pub manifest: Option<(&'a str, Digest)>,
    /// What a command line said beside it, as a document; none where it said nothing.
    pub flags: Option<&'a str>,
    /// What was delivered.
    pub delivered: Digest,
    /// The files that the verdict rests on.
    pub inputs: Vec<RecordInput>,
}

/// Writes the record of a verification, canonically. `report` is its report.
pub fn write_verification(parts: VerificationParts<'_>, report: &impl Serialize) -> String {
    let mut inputs = parts.inputs;
    inputs.sort_by(|left, right| (&left.path, left.sha256).cmp(&(&right.path, right.sha256)));
    inputs.dedup();
    let manifest = parts.manifest;
    let record = json!({
        "schema": VERIFICATION_SCHEMA,
        "as_of": parts.as_of,
        "catalog": parts.catalog,
        "checks": parts.checks,
        "profiles": parts.tables.profiles,
        "builders": parts.tables.builders,
        "manifest": manifest.map(|(file, sha256)| json!({"file": file, "sha256": sha256})),
        "flags": parts.flags,
        "inputs": inputs,
        "subject": RecordSubject::Delivery(parts.delivered).view(),
        "verification": report,
    });
    canonical_json(&record) + "\n"
}

fn inputs(evidence: &[Evidence]) -> Vec<RecordInput> {
    let mut inputs: Vec<_> = evidence
        .iter()
        .map(|one| RecordInput {
            path: one.path.clone(),
            sha256: one.digest,
            bytes: one.bytes.len(),
        })
        .collect();
    inputs.sort_by(|left, right| left.path.cmp(&right.path));
    inputs
}

/// Reads a record.
///
/// # Errors
///
/// `record-malformed` or a JSON diagnostic.
pub fn read(bytes: &[u8]) -> Result<TenderRecord, Diagnostic> {
    crate::tree::parse_json(bytes)?;
    let malformed = |pointer: &str, what: &str| {
        Diagnostic::error(
            "record-malformed",
            Place::pointer(pointer),
            format!("the record {what}"),
        )
        .help("use the file that --record wrote, unchanged")
    };
    let document: Value =
        serde_json::from_slice(bytes).map_err(|_| malformed("", "cannot be read"))?;
    let named = |key: &str| {
        let pointer = format!("/subject/{key}");
        document
            .pointer(&pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let subject = match document.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => RecordSubject::Tender,
        Some(ASSESSMENT_SCHEMA) => match (named("tender"), named("bid"), named("offering")) {
            (Some(tender), Some(bid), None) => RecordSubject::Bid {
                tender: TenderId(tender),
                bid: BidId(bid),
            },
            (None, None, Some(offering)) => RecordSubject::Offering(BidId(offering)),
            _ => return Err(malformed("/subject", "names neither a bid nor an offering")),
        },
        Some(VERIFICATION_SCHEMA) => {
            let digest = named("delivery").and_then(|digits| digits.parse().ok());
            let digest = digest.ok_or_else(|| malformed("/subject", "names no delivery"))?;
            RecordSubject::Delivery(digest)
        }
        _ => {
            let what = format!(
                "is of none of the schemas {SCHEMA}, {ASSESSMENT_SCHEMA} and {VERIFICATION_SCHEMA}"
            );
            return Err(malformed("/schema", &what));
        }
    };
    let inputs = document
        .get("inputs")
        .and_then(Value::as_array)
        .ok_or_else(|| malformed("/inputs", "lists no inputs"))?;
    let inputs = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| {
            let text = |key: &str| input.get(key).and_then(Value::as_str);
            let bytes = input
                .get("bytes")
                .and_then(Value::as_u64)
                .and_then(|bytes| usize::try_from(bytes).ok());
            match (
                text("path"),
                text("sha256").and_then(|digest| digest.parse().ok()),
                bytes,
            ) {
                (Some(path), Some(sha256), Some(bytes)) => Ok(RecordInput {
                    path: path.to_owned(),
                    sha256,
                    bytes,
                }),
                _ => Err(malformed(
                    &format!("/inputs/{index}"),
                    "has an input without path, sha256 and bytes",
                )),
            }
        })
        .collect::<Result<_, _>>()?;
    let as_of = document
        .get("as_of")
        .and_then(Value::as_str)
        .and_then(parse_instant);
    let as_of = as_of.ok_or_else(|| malformed("/as_of", "names no day of evaluation"))?;
    let catalog_digest = document
        .pointer("/catalog/digest")
        .and_then(Value::as_str)
        .and_then(|digest| digest.parse().ok());
    Ok(TenderRecord {
        subject,
        inputs,
        as_of,
        catalog_digest,
        document,
    })
}

/// The first difference between two documents: its JSON pointer and both values.
pub fn first_difference(left: &Value, right: &Value) -> Option<(String, String, String)> {
    difference(left, right, String::new())
}

fn difference(left: &Value, right: &Value, pointer: String) -> Option<(String, String, String)> {
    match (left, right) {
        (Value::Object(first), Value::Object(second)) => {
            let mut keys: Vec<_> = first.keys().chain(second.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.into_iter().find_map(|key| {
                let step = format!("{pointer}/{}", crate::tree::pointer_step(key));
                difference(
                    first.get(key).unwrap_or(&Value::Null),
                    second.get(key).unwrap_or(&Value::Null),
                    step,
                )
            })
        }
        (Value::Array(first), Value::Array(second)) => {
            (0..first.len().max(second.len())).find_map(|index| {
                difference(
                    first.get(index).unwrap_or(&Value::Null),
                    second.get(index).unwrap_or(&Value::Null),
                    format!("{pointer}/{index}"),
                )
            })
        }
        _ if left == right => None,
        _ => Some((pointer, short(left), short(right))),
    }
}

fn short(value: &Value) -> String {
    crate::text::shortened(&value.to_string(), 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_has_a_pointer() {
        let left = json!({"a": [1, {"b": "x"}], "c": 1});
        let right = json!({"a": [1, {"b": "y"}], "c": 2});
        assert_eq!(
            first_difference(&left, &right),
            Some(("/a/1/b".into(), "\"x\"".into(), "\"y\"".into()))
        );
        assert_eq!(first_difference(&left, &left), None);
    }

    #[test]
    fn a_document_that_is_no_record_is_refused() {
        for bytes in [
            &b"{}"[..],
            b"[",
            b"{\"schema\":\"mekiki/record/v1\",\"inputs\":[{}]}",
        ] {
            assert!(read(bytes).is_err());
        }
    }
}
