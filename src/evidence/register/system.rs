//! An entry of the inventory of information systems (情報システム台帳; Common Model, article 4).

use super::{MarkedItem, marked_items, read, whole};
use crate::classification::Marking;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::text::Text;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of an entry.
pub const SCHEMA: &str = "mekiki/system/v1";

/// One information system of the agency, with what it rests on.
#[derive(Debug, Clone)]
pub struct SystemEntry {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: Text,
    /// The section that owns it.
    pub owner: String,
    /// The role that answers for its security.
    pub officer: String,
    /// The day on which the entry was last found current.
    pub reviewed_on: Date,
    /// The last planned day of use.
    pub planned_end_of_use: Option<Date>,
    /// The information that it handles.
    pub information: Vec<MarkedItem>,
    /// The contracts, services and devices that it rests on.
    pub contracts: Vec<ContractEntry>,
    /// The bills of materials of what runs in it.
    pub sboms: Vec<Digest>,
    /// Its recovery objectives and exit duration in the agency's operational continuity plan (article 21).
    pub continuity: Continuity,
    /// Where it stands.
    pub at: Place,
}

/// One contract of a system.
#[derive(Debug, Clone)]
pub struct ContractEntry {
    /// The tender or offering that it came from.
    pub case: String,
    /// The supplier's 13-digit corporate number.
    pub supplier: String,
    /// The product's name.
    pub product: Option<String>,
    /// The version in use.
    pub version: Option<String>,
    /// The cloud service's registered name.
    pub service: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Where it stands.
    pub at: Place,
}

/// What the operational continuity plan asks of a system; absent where it asks nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Continuity {
    /// Recovery time objective, in hours.
    pub recovery_time_hours: Option<i64>,
    /// Recovery point objective, in hours.
    pub recovery_point_hours: Option<i64>,
    /// Days within which the system must be able to leave its supplier.
    pub exit_days: Option<i64>,
}

impl SystemEntry {
    /// The highest classes and all restrictions of its information.
    pub fn marking(&self) -> Marking {
        let items = self.information.iter().map(|item| &item.marking);
        items.fold(Marking::lowest(), |whole, part| whole.with(part))
    }
}

/// Reads an entry.
///
/// # Errors
///
/// All complaints about an entry that cannot be used.
pub fn read_system(bytes: &[u8]) -> Result<SystemEntry, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| {
        let entry = SystemEntry {
            id: fields.text("id"),
            name: fields.both("name"),
            owner: fields.text("owner"),
            officer: fields.text("officer"),
            reviewed_on: fields.day("reviewed_on"),
            planned_end_of_use: fields.optional_day("planned_end_of_use"),
            information: marked_items(fields),
            contracts: fields
                .tables("contract")
                .iter()
                .map(read_contract)
                .collect(),
            sboms: digests(fields),
            continuity: fields.optional_table("continuity").map_or_else(
                Continuity::default,
                |table| {
                    let hours = |key| table.node(key).map(|_| table.integer(key, 0..=100_000));
                    let read = Continuity {
                        recovery_time_hours: hours("recovery_time_hours"),
                        recovery_point_hours: hours("recovery_point_hours"),
                        exit_days: hours("exit_days"),
                    };
                    table.finish();
                    read
                },
            ),
            at: whole(fields),
        };
        if entry.information.is_empty() {
            fields.complain(
                "missing-field",
                "information",
                "the entry lists no item of information",
                "list what the system handles, with its classes",
            );
        }
        entry
    })
}

fn read_contract(fields: &Fields<'_>) -> ContractEntry {
    let read = ContractEntry {
        case: fields.text("case"),
        supplier: fields.text("supplier"),
        product: fields.optional_text("product"),
        version: fields.optional_text("version"),
        service: fields.optional_text("service"),
        from: fields.day("from"),
        until: fields.optional_day("until"),
        at: fields.place(),
    };
    if read.product.is_none() && read.service.is_none() {
        fields.complain(
            "missing-field",
            "product",
            "the contract names neither a product nor a service",
            "name what was contracted, as the tender names it",
        );
    }
    fields.finish();
    read
}

fn digests(fields: &Fields<'_>) -> Vec<Digest> {
    let texts = fields.texts("sboms");
    let mut digests = Vec::new();
    for text in texts {
        match text.strip_prefix("sha256:").unwrap_or(&text).parse() {
            Ok(digest) => digests.push(digest),
            Err(_) => fields.complain(
                "digest-malformed",
                "sboms",
                format!("`{text}` is no SHA-256 digest"),
                "write 64 hexadecimal digits",
            ),
        }
    }
    digests
}
