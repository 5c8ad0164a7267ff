//! Transcriptions of third-party audit reports, in TOML or JSON.

use super::scope::StatedScope;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::agency_record::read_established;
use crate::evidence::questionnaire::parse_either;
use crate::id::BidId;
use crate::time::{Date, add_months};
use crate::tree::{Complaints, Fields, Value};

/// For how many months after its period an audit report is relied on.
///
/// Source: practice of relying on a service auditor's report until the next one is due, a year after its period
/// ends (recalled; no legal text).
const MONTHS_AFTER_PERIOD: i32 = 12;

/// What somebody copied out of an audit report.
#[derive(Debug, Clone)]
pub struct AuditReport {
    /// Identifier.
    pub id: String,
    /// Who audited.
    pub auditor: String,
    /// The standard, such as `soc-2`.
    pub standard: String,
    /// The type within the standard, such as `type-2`.
    pub kind: Option<String>,
    /// The first day of the audited period; the only day for a report on a point in time.
    pub period_from: Date,
    /// The last day of the audited period.
    pub period_to: Date,
    /// The day on which the report was issued.
    pub issued: Option<Date>,
    /// The digest of the report's file.
    pub report: Digest,
    /// The bid it was copied for; `None` for every bid that its scope covers.
    pub bid: Option<BidId>,
    /// What it is about.
    pub scope: StatedScope,
    /// The facts it establishes: key, value and place of the value.
    pub establishes: Vec<(String, Value, Place)>,
}

impl AuditReport {
    /// The last day on which the report is relied on: a year after its period.
    pub fn last_valid_day(&self) -> Date {
        add_months(self.period_to, MONTHS_AFTER_PERIOD)
    }
}

/// Reads a transcription.
///
/// # Errors
///
/// All complaints about a record that cannot be used.
pub fn read_audit_report(bytes: &[u8]) -> Result<AuditReport, Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != "mekiki/audit-report/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no audit report",
            "write schema = \"mekiki/audit-report/v1\"",
        );
    }
    let period = fields.table("period");
    let (period_from, period_to) = period.as_ref().map_or((Date::MIN, Date::MIN), |period| {
        let read = (period.day("from"), period.day("to"));
        if read.1 < read.0 {
            period.complain(
                "out-of-range",
                "to",
                "the period ends before it begins",
                "for a report on a point in time write the same day twice",
            );
        }
        period.finish();
        read
    });
    let scope = StatedScope::read(&fields);
    if scope
        .as_ref()
        .is_none_or(|scope| scope.corporate_number.is_none())
    {
        fields.complain(
            "scope-missing",
            "scope",
            "the report names no legal entity by its corporate number",
            "add [scope] with `corporate_number`, and the service or product that was audited",
        );
    }
    let digest = fields.text("report_sha256");
    let report = digest.parse::<Digest>().ok();
    if report.is_none() && !digest.is_empty() {
        fields.complain(
            "digest-malformed",
            "report_sha256",
            "`report_sha256` is no SHA-256 digest",
            "write 64 hexadecimal digits, as `sha256sum` prints them",
        );
    }
    let record = AuditReport {
        id: fields.text("id"),
        auditor: fields.text("auditor"),
        standard: fields.text("standard"),
        kind: fields.optional_text("type"),
        period_from,
        period_to,
        issued: fields.optional_day("issued"),
        report: report.unwrap_or_else(|| Digest::of(b"")),
        bid: fields.optional_text("bid").map(BidId),
        scope: scope.unwrap_or_default(),
        establishes: read_established(&fields),
    };
    // Free text for people; kept in the bytes.
    fields.optional_text("transcribed_by");
    fields.optional_day("transcribed_on");
    fields.optional_text("note");
    fields.finish();
    if complaints.has_errors() {
        Err(complaints.into_sorted())
    } else {
        Ok(record)
    }
}
