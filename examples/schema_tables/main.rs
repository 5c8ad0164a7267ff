//! Writes the tables that say what the published JSON schemas of CycloneDX, SPDX, CSAF, OpenVEX and OCDS demand.
//!
//! ```text
//! cargo run --example schema_tables -- FOLDER [OUT]
//! ```
//!
//! `FOLDER` holds the official schemas as their projects publish them: `cyclonedx/bom-1.6.schema.json`,
//! `cyclonedx/spdx.schema.json`, `spdx/spdx-schema-v2.3.json`, `csaf/2.0/csaf_json_schema.json` and so
//! on. For CycloneDX 1.2 and 1.3 the
//! strict schemas are read; those of OCDS, `ocds/1.1/…`, may be left out. `OUT` is `src/evidence` unless given. Nothing is fetched.
//!
//! A table keeps what a schema demands and nothing that it tells people: no title, description or
//! example. Sub-schemas that demand the same are one node; `allOf` and `$ref` are merged into the node
//! that names them; `unevaluatedProperties` becomes a plain list of the members that may stand there;
//! and the alternatives of SPDX 3, which exclude each other by `type`, become a choice by that word.
//! A keyword that the tables cannot express ends the run. `src/schema/load.rs` describes the format.

use std::path::Path;

use anyhow::{Context as _, Result};

#[path = "generate.rs"]
mod generate;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("name the folder of the schemas")?;
    let out = arguments
        .next()
        .unwrap_or_else(|| "src/evidence".to_owned());
    for (name, content) in generate::tables(Path::new(&folder))? {
        let file = Path::new(&out).join(name);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("create {}", folder.display()))?;
        }
        std::fs::write(&file, content).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}
