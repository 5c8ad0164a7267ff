//! The published schemas of CycloneDX and SPDX, as the tables in `tables/`.

use std::sync::OnceLock;

use crate::schema::Schema;

static LICENSES: &[u8] = include_bytes!("tables/licenses.json");

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

static CYCLONEDX: [Table; 6] = [
    Table::new("1.2", include_bytes!("tables/cyclonedx-1.2.json")),
    Table::new("1.3", include_bytes!("tables/cyclonedx-1.3.json")),
    Table::new("1.4", include_bytes!("tables/cyclonedx-1.4.json")),
    Table::new("1.5", include_bytes!("tables/cyclonedx-1.5.json")),
    Table::new("1.6", include_bytes!("tables/cyclonedx-1.6.json")),
    Table::new("1.7", include_bytes!("tables/cyclonedx-1.7.json")),
];

static SPDX: [Table; 4] = [
    Table::new("2.2", include_bytes!("tables/spdx-2.2.json")),
    Table::new("2.3", include_bytes!("tables/spdx-2.3.json")),
    Table::new("3.0.0", include_bytes!("tables/spdx-3.0.0.json")),
    Table::new("3.0.1", include_bytes!("tables/spdx-3.0.1.json")),
];

/// The JSON schema of a version of CycloneDX such as `1.6`: for 1.2 and 1.3 the strict one.
pub fn cyclonedx(version: &str) -> Option<&'static Schema> {
    find(&CYCLONEDX, version)
}

/// The JSON schema of a version of SPDX such as `2.3` or `3.0.1`.
pub fn spdx(version: &str) -> Option<&'static Schema> {
    find(&SPDX, version)
}

/// The versions whose schemas are at hand: of CycloneDX, then of SPDX.
pub fn versions() -> (Vec<&'static str>, Vec<&'static str>) {
    let names = |tables: &'static [Table]| tables.iter().map(|table| table.version).collect();
    (names(&CYCLONEDX), names(&SPDX))
}

fn find(tables: &'static [Table], version: &str) -> Option<&'static Schema> {
    let table = tables.iter().find(|table| table.version == version)?;
    table
        .schema
        .get_or_init(|| Schema::load(table.bytes, LICENSES).ok())
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read() {
        for table in CYCLONEDX.iter().chain(&SPDX) {
            let schema = Schema::load(table.bytes, LICENSES);
            assert!(schema.is_ok(), "{}: {:?}", table.version, schema.err());
            assert_eq!(
                schema.map(|schema| schema.broken_patterns()),
                Ok(Vec::new())
            );
        }
        assert!(cyclonedx("1.6").is_some() && spdx("3.0.1").is_some());
        assert!(cyclonedx("1.1").is_none() && spdx("2.1").is_none());
    }
}
