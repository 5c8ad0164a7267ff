//! Registers of the agency: systems, exceptions, disclosures, incidents, risk evaluations, notices of changes and checked
//! lists of products, one file an entry, in TOML or JSON.
//!
//! To add a register: one file here, and its schema in [`detect`](super::detect).

pub mod change_notice;
pub mod disclosure;
pub mod exception;
pub mod incident;
pub mod product_list;
pub mod risk;
pub mod system;

use crate::classification::{Classes, Marking};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::questionnaire::parse_either;
use crate::text::Text;
use crate::tree::{Complaints, Fields};

/// An item of information with its classes and restrictions (Common Model, articles 15 and 16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedItem {
    /// What it is.
    pub name: Text,
    /// Its marking.
    pub marking: Marking,
}

/// Reads a document of ours under its schema.
///
/// # Errors
///
/// All complaints about a document that cannot be used.
fn read<T>(
    bytes: &[u8],
    schema: &'static str,
    read: impl FnOnce(&Fields<'_>) -> T,
) -> Result<T, Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != schema {
        fields.complain(
            "schema-unknown",
            "schema",
            format!("the document is not of the schema {schema}"),
            "name the schema that it follows",
        );
    }
    let value = read(&fields);
    fields.finish();
    if complaints.has_errors() {
        Err(complaints.into_sorted())
    } else {
        Ok(value)
    }
}

/// Reads the items of information under `information`.
pub(crate) fn marked_items(fields: &Fields<'_>) -> Vec<MarkedItem> {
    fields
        .tables("information")
        .iter()
        .map(|item| {
            let read = MarkedItem {
                name: item.both("name"),
                marking: marking(item),
            };
            item.finish();
            read
        })
        .collect()
}

/// Reads the classes and restrictions that stand in a table.
fn marking(fields: &Fields<'_>) -> Marking {
    let classes = Classes::new(
        fields.integer("confidentiality", 1..=3),
        fields.integer("integrity", 1..=2),
        fields.integer("availability", 1..=2),
    );
    let mut restrictions = fields.texts("restrictions");
    restrictions.sort();
    restrictions.dedup();
    Marking {
        classes: classes.unwrap_or(Classes::LOWEST),
        restrictions,
    }
}

/// The place of an entry as a whole.
fn whole(fields: &Fields<'_>) -> Place {
    fields.place()
}
