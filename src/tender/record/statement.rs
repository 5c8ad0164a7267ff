//! A record as an in-toto statement: about every input, by its SHA-256 digest, with the record as the predicate.
//!
//! Source: in-toto Attestation Framework v1, `spec/v1/statement.md`, `predicate.md` and `field_types.md` (`TypeURI`).

use serde_json::{Value, json};

use super::{TenderRecord, read};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::canonical_json;
use crate::evidence::attestation::statement::{self, Version};

/// The type of the predicate: a UUID that nobody else was given (RFC 9562), and behind it name and major version.
///
/// It needs no domain, names nobody and cannot be lost; see `docs/adr/0020-records-as-statements.md`.
pub const PREDICATE_TYPE: &str = "urn:uuid:5a6cbf72-8ce9-4705-a754-94a7cf05f72a#mekiki-record-v1";

/// Writes the statement of a record, canonically.
///
/// # Errors
///
/// `record-malformed` when the record is not written canonically, because the statement could not give it back to
/// the byte; and as [`read`].
pub fn write(record: &[u8]) -> Result<String, Diagnostic> {
    let read = read(record)?;
    if (canonical_json(&read.document) + "\n").as_bytes() != record {
        return Err(malformed("", "the record is not written canonically"));
    }
    Ok(canonical_json(&json!({
        "_type": Version::V1.type_uri(),
        "subject": subjects(&read),
        "predicateType": PREDICATE_TYPE,
        "predicate": read.document,
    })))
}

/// Gives the record in a statement back, byte for byte.
///
/// # Errors
///
/// `record-malformed` when it is no statement of a record, or when its subjects are not the record's inputs.
pub fn record_of(payload: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let (statement, _) = statement::read(payload).map_err(|fault| {
        malformed(
            "",
            &format!("what is signed is no record: {}", fault.message),
        )
    })?;
    if statement.predicate_type != PREDICATE_TYPE {
        return Err(malformed(
            "/predicateType",
            "the statement is not about a record",
        ));
    }
    let document: Value = serde_json::from_slice(payload)
        .map_err(|_| malformed("", "the statement cannot be read"))?;
    let predicate = document.get("predicate").unwrap_or(&Value::Null);
    let record = (canonical_json(predicate) + "\n").into_bytes();
    if document.get("subject") != Some(&subjects(&read(&record)?)) {
        return Err(malformed(
            "/subject",
            "the subjects are not the inputs of the record",
        ));
    }
    Ok(record)
}

fn subjects(record: &TenderRecord) -> Value {
    let inputs = record.inputs.iter();
    inputs
        .map(|input| json!({"name": input.path, "digest": {"sha256": input.sha256}}))
        .collect()
}

fn malformed(pointer: &str, message: &str) -> Diagnostic {
    Diagnostic::error("record-malformed", Place::pointer(pointer), message)
        .help("use the file that --record or `record sign` wrote, unchanged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn record() -> String {
        let digest = Digest::of(b"x").hex();
        format!(
            r#"{{"as_of":"2026-11-20T00:00:00Z","inputs":[{{"bytes":1,"path":"tender.toml","sha256":"{digest}"}}],"schema":"mekiki/record/v1"}}"#
        ) + "\n"
    }

    #[test]
    fn a_statement_gives_its_record_back_to_the_byte() {
        let record = record();
        let statement = write(record.as_bytes()).unwrap();
        let (read, findings) = statement::read(statement.as_bytes()).unwrap();
        assert_eq!(findings, []);
        assert_eq!(read.sha256_subjects(), [Digest::of(b"x")]);
        assert_eq!(record_of(statement.as_bytes()).unwrap(), record.as_bytes());
    }

    #[test]
    fn what_is_no_statement_of_a_record_is_refused() {
        let statement = write(record().as_bytes()).unwrap();
        let digest = Digest::of(b"x").hex();
        let other = Digest::of(b"y").hex();
        for altered in [
            "{}".to_owned(),
            statement.replace("record-v1", "record-v2"),
            statement
                .replace("tender.toml", "other.toml")
                .replacen("other.toml", "tender.toml", 1),
            statement.replacen(&digest, &other, 1),
            statement.replace("\"predicate\"", "\"predicates\""),
        ] {
            assert_ne!(altered, statement);
            assert_eq!(
                record_of(altered.as_bytes()).unwrap_err().code,
                "record-malformed",
                "{altered}"
            );
        }
        // A record that was laid out anew would not come back as it was.
        let spaced = record().replace(":[", ": [");
        assert_eq!(
            write(spaced.as_bytes()).unwrap_err().code,
            "record-malformed"
        );
    }
}
