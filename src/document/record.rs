//! A record whose signature was judged, for people and machines.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::signature;
use crate::digest::Digest;
use crate::evidence::signature::Verification;
use crate::tender::record::TenderRecord;
use crate::text::Lang;
use crate::text::messages::message;

const SCHEMA: &str = "mekiki/record-verify/v1";

/// The outcome as JSON, schema `mekiki/record-verify/v1`: the fields of a signature's verification, and of the
/// record its digest, its day and the digest of the catalog that it was judged by.
pub fn view(verification: &Verification, record: &TenderRecord, digest: Digest) -> Value {
    let mut view = signature::view(verification);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("schema".to_owned(), json!(SCHEMA));
        let record = json!({
            "sha256": digest,
            "as_of": record.as_of.to_string(),
            "catalog_digest": record.catalog_digest,
        });
        fields.insert("record".to_owned(), record);
    }
    view
}

/// The outcome as text.
pub fn text(
    verification: &Verification,
    record: &TenderRecord,
    digest: Digest,
    lang: Lang,
) -> String {
    let mut out = signature::text(verification, lang);
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
    out
}
