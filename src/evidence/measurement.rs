//! What a tool measured of a running service or a product, as a record in TOML or JSON.

use super::scope::StatedScope;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::agency_record::read_established;
use crate::evidence::questionnaire::parse_either;
use crate::id::BidId;
use crate::time::{Date, Timestamp, day_of_instant, parse_day};
use crate::tree::{Complaints, Fields, Value};

/// One measurement.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// Identifier.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// The tool's version.
    pub tool_version: String,
    /// The day of the measurement.
    pub measured_on: Date,
    /// What was measured, such as an address.
    pub target: String,
    /// Who measured.
    pub measured_by: String,
    /// The bid it was made for; `None` for every bid that its scope covers.
    pub bid: Option<BidId>,
    /// What the target is; a measurement for one bid may leave it out.
    pub scope: StatedScope,
    /// The last day on which it may be used, where it says one.
    pub valid_until: Option<Date>,
    /// The facts it establishes: key, value and place of the value.
    pub establishes: Vec<(String, Value, Place)>,
}

/// Reads a measurement.
///
/// # Errors
///
/// All complaints about a record that cannot be used.
pub fn read_measurement(bytes: &[u8]) -> Result<Measurement, Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != "mekiki/measurement/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no measurement",
            "write schema = \"mekiki/measurement/v1\"",
        );
    }
    let measured_at = fields.text("measured_at");
    let measured_on = parse_day(&measured_at)
        .or_else(|| measured_at.parse::<Timestamp>().ok().map(day_of_instant));
    if measured_on.is_none() && !measured_at.is_empty() {
        fields.complain(
            "wrong-type",
            "measured_at",
            "`measured_at` is neither a day nor a time in UTC",
            "write it like \"2026-11-20\" or \"2026-11-20T03:00:00Z\"",
        );
    }
    let scope = StatedScope::read(&fields);
    let bid = fields.optional_text("bid").map(BidId);
    if scope.is_none() && bid.is_none() {
        fields.complain(
            "scope-missing",
            "scope",
            "the measurement says neither for which bid nor of what it was made",
            "add `bid`, or [scope] with `corporate_number`, `service` or `product`",
        );
    }
    let record = Measurement {
        id: fields.text("id"),
        tool: fields.text("tool"),
        tool_version: fields.text("tool_version"),
        measured_on: measured_on.unwrap_or(Date::MIN),
        target: fields.text("target"),
        measured_by: fields.text("measured_by"),
        bid,
        scope: scope.unwrap_or_default(),
        valid_until: fields.optional_day("valid_until"),
        establishes: read_established(&fields),
    };
    fields.optional_text("note");
    fields.finish();
    if complaints.has_errors() {
        Err(complaints.into_sorted())
    } else {
        Ok(record)
    }
}
