//! The published schemas of CSAF, and those of CVSS that they refer to, as the tables in `tables/`.

use std::sync::OnceLock;

use crate::schema::Schema;

/// A table and the schema that is read from it when it is first asked for.
struct Table {
    version: &'static str,
    bytes: &'static [u8],
    schema: OnceLock<Option<Schema>>,
}

impl Table {
    const fn new(version: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            version,
            bytes,
            schema: OnceLock::new(),
        }
    }
}

static CSAF: [Table; 2] = [
    Table::new("2.0", include_bytes!("tables/csaf-2.0.json")),
    Table::new("2.1", include_bytes!("tables/csaf-2.1.json")),
];

static CVSS: [Table; 4] = [
    Table::new("2.0", include_bytes!("tables/cvss-2.0.json")),
    Table::new("3.0", include_bytes!("tables/cvss-3.0.json")),
    Table::new("3.1", include_bytes!("tables/cvss-3.1.json")),
    Table::new("4.0", include_bytes!("tables/cvss-4.0.json")),
];

static PARTS: [Table; 2] = [
    Table::new(
        "extension",
        include_bytes!("tables/csaf-2.1-extension.json"),
    ),
    Table::new("ssvc", include_bytes!("tables/ssvc-2.0.json")),
];

/// What CSAF 2.1 demands of an extension, apart from the extension's own schema.
pub fn extension() -> Option<&'static Schema> {
    find(&PARTS, "extension")
}

/// The JSON schema of a selection of SSVC decision points, version 2.0.0, as CERT/CC publishes it.
pub fn ssvc() -> Option<&'static Schema> {
    find(&PARTS, "ssvc")
}

/// The JSON schema of a version of CSAF: `2.0` or `2.1`.
pub fn csaf(version: &str) -> Option<&'static Schema> {
    find(&CSAF, version)
}

/// The JSON schema of a version of CVSS such as `3.1`, as FIRST publishes it.
pub fn cvss(version: &str) -> Option<&'static Schema> {
    find(&CVSS, version)
}

fn find(tables: &'static [Table], version: &str) -> Option<&'static Schema> {
    let table = tables.iter().find(|table| table.version == version)?;
    table
        .schema
        .get_or_init(|| Schema::load(table.bytes, b"").ok())
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read() {
        for table in CSAF.iter().chain(&CVSS).chain(&PARTS) {
            let schema = Schema::load(table.bytes, b"");
            assert_eq!(
                schema.map(|schema| schema.broken_patterns()),
                Ok(Vec::new()),
                "{}",
                table.version
            );
        }
        assert!(csaf("2.1").is_some() && cvss("4.0").is_some());
        assert!(extension().is_some() && ssvc().is_some());
        assert!(csaf("1.2").is_none() && cvss("1.0").is_none());
    }
}
