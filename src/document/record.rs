//! A record that was verified, for people and machines: three answers, each told apart.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::signature;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::signature::Verification;
use crate::tender::record::{RecordInput, RecordSubject, TenderRecord};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

const SCHEMA: &str = "mekiki/record-verify/v1";

/// Missing inputs that are named in a text.
const NAMED: usize = 20;

/// What was asked about a record, and what was found; what nobody asked about is `None`.
#[derive(Debug)]
pub struct RecordAnswers<'a> {
    /// The record.
    pub record: &'a TenderRecord,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Who signed.
    pub verification: Option<&'a Verification>,
    /// The inputs that no file has the digest of.
    pub missing: Option<&'a [RecordInput]>,
    /// Whether the rebuilt record is equal.
    pub rebuilt: Option<RebuiltAnswer<'a>>,
    /// Why it could not be rebuilt, where that was asked.
    pub unbuildable: Option<&'a Diagnostic>,
}

/// How a rebuilt record compares.
#[derive(Debug, Clone, Copy)]
pub enum RebuiltAnswer<'a> {
    /// Equal to the byte.
    Equal,
    /// The first difference: where, what the record says, what was rebuilt.
    Different(&'a str, &'a str, &'a str),
}

impl RecordAnswers<'_> {
    fn signature(&self) -> &'static str {
        match self.verification {
            None => "not_checked",
            Some(verification) if verification.verified => "verified",
            Some(_) => "failed",
        }
    }

    fn inputs(&self) -> &'static str {
        match self.missing {
            None => "not_checked",
            Some([]) => "all_present",
            Some(_) => "missing",
        }
    }

    fn rebuilt(&self) -> &'static str {
        match self.rebuilt {
            None => "not_checked",
            Some(RebuiltAnswer::Equal) => "equal",
            Some(RebuiltAnswer::Different(..)) => "different",
        }
    }
}

/// The answers as JSON, schema `mekiki/record-verify/v1`: where the signature was judged, the fields of its
/// verification; the record's digest, its day and the digest of the catalog that it was judged by; and the three answers
/// `signature`, `inputs` and `rebuilt`.
pub fn view(answers: &RecordAnswers<'_>) -> Value {
    let mut fields = match answers.verification.map(signature::view) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let RecordAnswers { record, digest, .. } = answers;
    let kind = match record.subject {
        RecordSubject::Tender => "tender",
        RecordSubject::Bid { .. } | RecordSubject::Offering(_) => "assessment",
        RecordSubject::Delivery(_) => "verification",
    };
    let mut enter = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    enter("schema", json!(SCHEMA));
    enter(
        "record",
        json!({
            "kind": kind,
            "sha256": digest,
            "as_of": record.as_of.to_string(),
            "catalog_digest": record.catalog_digest,
            "inputs": record.inputs.len(),
        }),
    );
    enter("signature", json!(answers.signature()));
    enter("inputs", json!(answers.inputs()));
    enter("rebuilt", json!(answers.rebuilt()));
    if let Some(missing) = answers.missing.filter(|missing| !missing.is_empty()) {
        enter("missing_inputs", json!(missing));
    }
    if let Some(RebuiltAnswer::Different(pointer, recorded, rebuilt)) = answers.rebuilt {
        let difference = json!({"pointer": pointer, "recorded": recorded, "rebuilt": rebuilt});
        enter("first_difference", difference);
    }
    if let Some(reason) = answers.unbuildable {
        enter("not_rebuilt", json!(reason));
    }
    Value::Object(fields)
}

/// The answers as text.
pub fn text(answers: &RecordAnswers<'_>, lang: Lang) -> String {
    let mut out = answers
        .verification
        .map_or_else(String::new, |verification| {
            signature::text(verification, lang)
        });
    let RecordAnswers { record, digest, .. } = answers;
    let catalog = record.catalog_digest.map(|catalog| catalog.hex());
    let rows = [
        ("record-digest", format!("sha256:{}", digest.hex())),
        ("record-day", record.as_of.to_string()),
        (
            "record-catalog",
            catalog.map_or_else(|| "—".to_owned(), |catalog| format!("sha256:{catalog}")),
        ),
    ];
    for (label, value) in rows {
        _ = writeln!(out, "  {}: {value}", message(lang, label));
    }
    out.push('\n');
    let signature = match answers.signature() {
        "verified" => message(lang, "record-signature-verified"),
        "failed" => message(lang, "record-signature-failed"),
        _ => message(lang, "record-signature-unchecked"),
    };
    let count = record.inputs.len().to_string();
    let missing = answers.missing.unwrap_or_default();
    let lacking = missing.len().to_string();
    let inputs = match answers.inputs() {
        "all_present" => message_with(lang, "record-inputs-present", &[("count", &count)]),
        "missing" => message_with(
            lang,
            "record-inputs-missing",
            &[("count", &lacking), ("of", &count)],
        ),
        _ => message(lang, "record-inputs-unchecked"),
    };
    let rebuilt = match (answers.rebuilt, answers.unbuildable) {
        (Some(RebuiltAnswer::Equal), _) => message(lang, "record-rebuilt-equal"),
        (Some(RebuiltAnswer::Different(pointer, recorded, rebuilt)), _) => message_with(
            lang,
            "record-rebuilt-different",
            &[
                ("pointer", &printable(pointer)),
                ("recorded", &printable(recorded)),
                ("rebuilt", &printable(rebuilt)),
            ],
        ),
        (None, Some(reason)) => message_with(
            lang,
            "record-rebuilt-impossible",
            &[("reason", &printable(&reason.message))],
        ),
        (None, None) => message(lang, "record-rebuilt-unchecked"),
    };
    for (label, answer) in [
        ("record-signature", signature),
        ("record-inputs", inputs),
        ("record-rebuilt", rebuilt),
    ] {
        _ = writeln!(out, "{}: {answer}", message(lang, label));
        if label == "record-inputs" {
            for input in missing.iter().take(NAMED) {
                _ = writeln!(
                    out,
                    "  {} sha256:{}",
                    printable(&input.path),
                    input.sha256.hex()
                );
            }
            if missing.len() > NAMED {
                let rest = (missing.len() - NAMED).to_string();
                let more = message_with(lang, "attestation-more", &[("count", &rest)]);
                _ = writeln!(out, "  {more}");
            }
        }
    }
    out
}
