//! Records of the agency's own decisions, in TOML or JSON.

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::questionnaire::parse_either;
use crate::id::BidId;
use crate::text::Text;
use crate::time::Date;
use crate::tree::{Complaints, Fields, Value};

/// What an agency decided and put on record.
#[derive(Debug, Clone)]
pub struct AgencyRecord {
    /// Identifier within the tender.
    pub id: String,
    /// The day of the record.
    pub recorded_on: Date,
    /// The role that recorded it.
    pub recorded_by: String,
    /// The bid it speaks about; `None` for the procurement as a whole.
    pub bid: Option<BidId>,
    /// What it is.
    pub title: Text,
    /// The facts it establishes: key, value and place of the value.
    pub establishes: Vec<(String, Value, Place)>,
}

/// Reads a record.
///
/// # Errors
///
/// All complaints about a record that cannot be used.
pub fn read_agency_record(bytes: &[u8]) -> Result<AgencyRecord, Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != "mekiki/agency-record/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no agency record",
            "write schema = \"mekiki/agency-record/v1\"",
        );
    }
    let record = AgencyRecord {
        id: fields.text("id"),
        recorded_on: fields.day("recorded_on"),
        recorded_by: fields.text("recorded_by"),
        bid: fields.optional_text("bid").map(BidId),
        title: fields.both("title"),
        establishes: read_established(&fields),
    };
    fields.finish();
    if complaints.has_errors() {
        Err(complaints.into_sorted())
    } else {
        Ok(record)
    }
}

/// Reads the list `establishes`: key, value and place of the value.
pub(super) fn read_established(fields: &Fields<'_>) -> Vec<(String, Value, Place)> {
    fields
        .tables("establishes")
        .iter()
        .map(|one| {
            let value = one
                .node("value")
                .map_or(Value::Null, |node| node.value.clone());
            // Where in a report it stands, for people.
            one.optional_text("section");
            let established = (one.text("key"), value, one.place_of("value"));
            one.finish();
            established
        })
        .collect()
}
