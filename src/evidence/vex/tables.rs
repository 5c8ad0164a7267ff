//! The published schema of OpenVEX, as the table in `tables/`.

use std::sync::OnceLock;

use crate::schema::Schema;

/// OpenVEX 0.2.0 (<https://github.com/openvex/spec>, `openvex_json_schema.json`).
static OPENVEX: &[u8] = include_bytes!("tables/openvex-0.2.0.json");

/// The schema of OpenVEX 0.2.0, the only version that has one.
pub(super) fn openvex() -> Option<&'static Schema> {
    static SCHEMA: OnceLock<Option<Schema>> = OnceLock::new();
    SCHEMA
        .get_or_init(|| Schema::load(OPENVEX, &[]).ok())
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let schema = Schema::load(OPENVEX, &[]);
        assert!(schema.is_ok(), "{:?}", schema.err());
        assert!(openvex().is_some());
    }
}
