//! Whether the shape of a document is what its version of the standard demands: the tables, each loaded
//! when it is first asked.
//!
//! `examples/schema_tables.rs` and `examples/markup_tables.rs` make the tables from the published schemas.

use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom::model::Format;
use crate::markup::Element;
use crate::schema::markup::MarkupSchema;

/// The identifiers of the SPDX license list, as the XML schemas import them.
const MARKUP_LICENSES: &[u8] = include_bytes!("tables/cyclonedx-licenses.xsd.json");

/// A table with the version that it is for, loaded once.
struct Slot<T> {
    version: &'static str,
    table: &'static [u8],
    loaded: OnceLock<Option<T>>,
}

impl<T> Slot<T> {
    const fn new(version: &'static str, table: &'static [u8]) -> Self {
        Self {
            version,
            table,
            loaded: OnceLock::new(),
        }
    }

    fn get(&self, load: impl FnOnce(&[u8]) -> Option<T>) -> Option<&T> {
        self.loaded.get_or_init(|| load(self.table)).as_ref()
    }
}

static CYCLONEDX_MARKUP: [Slot<MarkupSchema>; 8] = [
    Slot::new("1.0", include_bytes!("tables/cyclonedx-1.0.xsd.json")),
    Slot::new("1.1", include_bytes!("tables/cyclonedx-1.1.xsd.json")),
    Slot::new("1.2", include_bytes!("tables/cyclonedx-1.2.xsd.json")),
    Slot::new("1.3", include_bytes!("tables/cyclonedx-1.3.xsd.json")),
    Slot::new("1.4", include_bytes!("tables/cyclonedx-1.4.xsd.json")),
    Slot::new("1.5", include_bytes!("tables/cyclonedx-1.5.xsd.json")),
    Slot::new("1.6", include_bytes!("tables/cyclonedx-1.6.xsd.json")),
    Slot::new("1.7", include_bytes!("tables/cyclonedx-1.7.xsd.json")),
];

/// Holds an XML document of CycloneDX against the tables of its version.
pub(super) fn of_markup(version: &str, root: Element<'_>) -> Vec<Diagnostic> {
    let slot = CYCLONEDX_MARKUP.iter().find(|slot| slot.version == version);
    let load = |table: &[u8]| MarkupSchema::load(table, MARKUP_LICENSES).ok();
    match slot.and_then(|slot| slot.get(load)) {
        Some(schema) => schema.check(root, Findings::PER_CODE),
        None => vec![unknown(Format::CycloneDx, version)],
    }
}

/// A version without tables is no version that can be called valid.
fn unknown(format: Format, version: &str) -> Diagnostic {
    Diagnostic::error(
        "schema-missing",
        Place::whole(),
        format!("no tables are at hand for {} `{version}`", format.name()),
    )
    .help("state a published version of the specification")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_loads() {
        for slot in &CYCLONEDX_MARKUP {
            let load = |table: &[u8]| MarkupSchema::load(table, MARKUP_LICENSES).ok();
            assert!(slot.get(load).is_some(), "{}", slot.version);
        }
    }
}
