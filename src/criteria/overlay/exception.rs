//! Exceptions of an overlay, under Article 8 of the Common Model: without one, nothing of a base is loosened.

use std::collections::BTreeSet;

use super::{Layer, Relief, below};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::id::CriterionId;
use crate::time::Date;
use crate::tree::{Complaints, Document, Fields, Files, read_file};

/// The record of an exception.
pub(super) struct ExceptionRecord {
    pub(super) id: String,
    criterion: CriterionId,
    start: Date,
    expiry: Date,
    file: String,
}

impl ExceptionRecord {
    fn read(document: &Document, complaints: &Complaints, name: &str, file: &str) -> Self {
        let fields = Fields::root(document, complaints);
        let people = ["requester", "examiner", "approver"].map(|role| fields.text(role));
        let distinct: BTreeSet<_> = people.iter().map(|one| one.trim()).collect();
        if distinct.len() != people.len() {
            fields.complain(
                "exception-people",
                "approver",
                "requester, examiner and approver must be three people",
                "see Article 8 of the Common Model",
            );
        }
        fields.both("reason");
        fields.both("compensating_measure");
        let record = Self {
            id: fields.text("id"),
            criterion: CriterionId(fields.text("criterion")),
            start: fields.day("start"),
            expiry: fields.day("expiry"),
            file: file.to_owned(),
        };
        if record.expiry < record.start {
            fields.complain(
                "exception-expiry",
                "expiry",
                "the exception ends before it begins",
                "set an expiry after the start",
            );
        }
        if !record.id.is_empty() && record.id != name {
            fields.complain(
                "id-malformed",
                "id",
                format!("the file holds `{}`", record.id),
                "name the file after the exception",
            );
        }
        fields.finish();
        record
    }

    /// Complains that nothing rests on the exception.
    pub(super) fn unused(&self) -> Diagnostic {
        let message = format!("nothing rests on the exception `{}`", self.id);
        Diagnostic::error("overlay-exception-unused", Place::whole(), message)
            .help("name it in a file below loosen/ or drop/, or remove it")
            .in_file(self.file.clone())
    }
}

pub(super) fn read_exceptions(
    files: &Files<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<ExceptionRecord> {
    let mut records = Vec::new();
    for (path, name) in below(files, "exceptions/") {
        records.extend(read_file(files, path, faults, |document, complaints| {
            ExceptionRecord::read(document, complaints, &name, path)
        }));
    }
    records
}

/// What an exception allows for a criterion.
///
/// # Errors
///
/// `overlay-exception-missing` where there is no such exception, or it is one for another criterion.
pub(super) fn relief(
    records: &[ExceptionRecord],
    id: &str,
    criterion: &CriterionId,
    layer: &Layer,
) -> Result<Relief, Diagnostic> {
    let missing = |message: String, help: String| {
        Diagnostic::error(
            "overlay-exception-missing",
            Place::pointer("/exception"),
            message,
        )
        .help(help)
    };
    let Some(record) = records.iter().find(|record| record.id == id) else {
        let help = nearest(id, records.iter().map(|record| record.id.as_str())).map_or_else(
            || format!("add exceptions/{id}.toml with requester, examiner, approver, reason, compensating_measure, start and expiry"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("the overlay `{}` has no exception `{id}`", layer.id);
        return Err(missing(message, help));
    };
    if record.criterion != *criterion {
        let message = format!(
            "the exception `{id}` is granted for `{}`, not for `{criterion}`",
            record.criterion
        );
        let help = "have an exception granted for this criterion (Article 8)".to_owned();
        return Err(missing(message, help));
    }
    Ok(Relief {
        criterion: criterion.clone(),
        exception: record.id.clone(),
        start: record.start,
        expiry: record.expiry,
    })
}
