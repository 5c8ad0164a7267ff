//! What was given to a supplier, and what the supplier says it erased (Common Model, article 17).

use super::{marking, read};
use crate::classification::Marking;
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Text;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of a disclosure log.
pub const LOG_SCHEMA: &str = "mekiki/disclosure-log/v1";
/// The schema of an erasure certificate.
pub const CERTIFICATE_SCHEMA: &str = "mekiki/erasure-certificate/v1";

/// The agency's log of what went to one supplier.
#[derive(Debug, Clone)]
pub struct DisclosureLog {
    /// The tender or offering.
    pub case: String,
    /// The bid, where the case has several.
    pub bid: Option<String>,
    /// The day on which the confidentiality agreement was signed.
    pub agreement_signed_on: Option<Date>,
    /// The day on which the task ended.
    pub ended_on: Option<Date>,
    /// Days after the end within which everything is returned or erased.
    pub erasure_days: Option<i64>,
    /// What was given, in the order of the log.
    pub disclosures: Vec<Disclosure>,
    /// Where the agreement is dated.
    pub agreement_at: Place,
}

/// One item that was given.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// Identifier, by which the erasure certificate names it.
    pub id: String,
    /// What it is.
    pub name: Text,
    /// Its classes and restrictions.
    pub marking: Marking,
    /// The day.
    pub given_on: Date,
    /// How it was given, such as a medium or a service.
    pub medium: String,
    /// Where it stands.
    pub at: Place,
}

/// The supplier's statement of what it returned or erased.
#[derive(Debug, Clone)]
pub struct ErasureCertificate {
    /// The tender or offering.
    pub case: String,
    /// Who signs for it.
    pub certified_by: String,
    /// What was returned or erased.
    pub items: Vec<ErasedItem>,
}

/// One item that was returned or erased.
#[derive(Debug, Clone)]
pub struct ErasedItem {
    /// The identifier of the disclosure log.
    pub id: String,
    /// The method, such as overwriting, destruction of the key, return.
    pub method: String,
    /// The medium.
    pub medium: String,
    /// The day.
    pub on: Date,
    /// Where it stands.
    pub at: Place,
}

/// Reads a log.
///
/// # Errors
///
/// All complaints about a log that cannot be used; `disclosure-repeated` where two items have one identifier.
pub fn read_log(bytes: &[u8]) -> Result<DisclosureLog, Vec<Diagnostic>> {
    read(bytes, LOG_SCHEMA, |fields| {
        let log = DisclosureLog {
            case: fields.text("case"),
            bid: fields.optional_text("bid"),
            agreement_signed_on: fields.optional_day("agreement_signed_on"),
            ended_on: fields.optional_day("ended_on"),
            erasure_days: fields
                .node("erasure_days")
                .map(|_| fields.integer("erasure_days", 0..=3650)),
            disclosures: fields
                .tables("disclosure")
                .iter()
                .map(read_disclosure)
                .collect(),
            agreement_at: fields.place_of("agreement_signed_on"),
        };
        let ids: std::collections::BTreeSet<_> =
            log.disclosures.iter().map(|one| &one.id).collect();
        if ids.len() != log.disclosures.len() {
            fields.complain(
                "disclosure-repeated",
                "disclosure",
                "two items of the log have one identifier",
                "give every item an identifier of its own",
            );
        }
        log
    })
}

fn read_disclosure(fields: &Fields<'_>) -> Disclosure {
    let read = Disclosure {
        id: fields.text("id"),
        name: fields.both("name"),
        marking: marking(fields),
        given_on: fields.day("given_on"),
        medium: fields.text("medium"),
        at: fields.place(),
    };
    fields.finish();
    read
}

/// Reads a certificate.
///
/// # Errors
///
/// All complaints about a certificate that cannot be used.
pub fn read_certificate(bytes: &[u8]) -> Result<ErasureCertificate, Vec<Diagnostic>> {
    read(bytes, CERTIFICATE_SCHEMA, |fields| ErasureCertificate {
        case: fields.text("case"),
        certified_by: fields.text("certified_by"),
        items: fields
            .tables("item")
            .iter()
            .map(|item| {
                let read = ErasedItem {
                    id: item.text("id"),
                    method: item.text("method"),
                    medium: item.text("medium"),
                    on: item.day("on"),
                    at: item.place(),
                };
                item.finish();
                read
            })
            .collect(),
    })
}
