//! An incident as the agency recorded it (Common Model, article 10): the clock begins with the suspicion.

use super::read;
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Text;
use crate::time::{Timestamp, is_date_time};
use crate::tree::Fields;

/// The schema of an entry.
pub const SCHEMA: &str = "mekiki/incident/v1";

/// One incident, or one suspicion of it.
#[derive(Debug, Clone)]
pub struct IncidentEntry {
    /// Identifier.
    pub id: String,
    /// The tender or offering.
    pub case: String,
    /// The bid, where the case has several.
    pub bid: Option<String>,
    /// What happened.
    pub title: Text,
    /// Whether it was a suspicion only when it was noticed.
    pub suspected: bool,
    /// When the supplier became aware, as it declares.
    pub aware_at: Timestamp,
    /// When the agency received the first notice.
    pub notice_received_at: Option<Timestamp>,
    /// When the agency received the final report.
    pub final_report_at: Option<Timestamp>,
    /// Where it stands.
    pub at: Place,
}

impl IncidentEntry {
    /// Whole hours from awareness to the first notice, begun hours counted; `None` without a notice.
    pub fn notice_hours(&self) -> Option<i64> {
        let received = self.notice_received_at?;
        let seconds = received
            .as_second()
            .saturating_sub(self.aware_at.as_second());
        Some(seconds.max(0).saturating_add(3599) / 3600)
    }
}

/// Reads an entry.
///
/// # Errors
///
/// All complaints about an entry that cannot be used; `instant-malformed` for an instant that is none.
pub fn read_incident(bytes: &[u8]) -> Result<IncidentEntry, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| {
        let aware_at = instant(fields, "aware_at");
        if aware_at.is_none() && fields.node("aware_at").is_none() {
            fields.complain(
                "missing-field",
                "aware_at",
                "the field `aware_at` is missing",
                "write it like \"2026-11-20T09:00:00Z\"",
            );
        }
        IncidentEntry {
            id: fields.text("id"),
            case: fields.text("case"),
            bid: fields.optional_text("bid"),
            title: fields.both("title"),
            suspected: fields.optional_bool("suspected").unwrap_or(false),
            aware_at: aware_at.unwrap_or(Timestamp::MIN),
            notice_received_at: instant(fields, "notice_received_at"),
            final_report_at: instant(fields, "final_report_at"),
            at: fields.place(),
        }
    })
}

fn instant(fields: &Fields<'_>, key: &'static str) -> Option<Timestamp> {
    let text = fields.optional_text(key)?;
    let instant: Option<Timestamp> = is_date_time(&text).then(|| text.parse().ok()).flatten();
    if instant.is_none() {
        fields.complain(
            "instant-malformed",
            key,
            format!("`{text}` is no instant"),
            "write it like \"2026-11-20T09:00:00Z\" or with an offset, \"2026-11-20T18:00:00+09:00\"",
        );
    }
    instant
}
