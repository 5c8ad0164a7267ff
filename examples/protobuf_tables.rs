//! Writes the field tables of CycloneDX in Protobuf, from the official schemas.
//!
//! ```text
//! cargo run --example protobuf_tables -- SCHEMAS OUT
//! ```
//!
//! `SCHEMAS` is a folder with `bom-1.x.proto` and `bom-1.x.schema.json` of CycloneDX 1.3 to 1.7; the
//! tables are written to `OUT`, which is `src/evidence/sbom/tables` in this repository.

#[path = "protobuf_tables/generator.rs"]
mod generator;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(schemas), Some(out)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: protobuf_tables SCHEMAS OUT");
    };
    for version in generator::VERSIONS {
        let table = generator::table(&schemas, version)?;
        let file = out.join(format!("cyclonedx-{version}.proto.json"));
        std::fs::write(&file, table).with_context(|| file.display().to_string())?;
    }
    Ok(())
}
