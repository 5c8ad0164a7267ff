//! Re-evaluating a recorded tender at another instant or with other evidence.

use super::Refused;
use super::library::Library;
use super::tender::{judge_tender, open_tender};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::reevaluation::{Reassessment, compare};
use crate::tender::record::{self, RecordSubject};
use crate::time::Date;

/// Holds a record against the evidence of today, as of a day.
///
/// # Errors
///
/// When the record or the tender cannot be read.
pub fn reassess(
    library: &Library,
    record_bytes: &[u8],
    evidence: Vec<Evidence>,
    as_of: Date,
) -> Result<Reassessment, Refused> {
    let record = record::read(record_bytes)?;
    if record.subject != RecordSubject::Tender {
        let message = "the record is of one bid, and a tender is judged again as a whole";
        return Err(
            Diagnostic::error("record-malformed", Place::pointer("/schema"), message)
                .help("use the record that `tender evaluate --record` wrote")
                .into(),
        );
    }
    let open = open_tender(library, evidence)?;
    let view = |day| {
        judge_tender(library, &open, Some(day))
            .map(|judged| serde_json::to_value(&judged.view).unwrap_or_default())
    };
    let then = view(record.as_of)?;
    let now = view(as_of)?;
    Ok(compare(&record, &then, &now))
}
