//! Makes the tables by which CycloneDX XML is validated, from the official XML schemas.
//!
//! ```text
//! cargo run --example markup_tables -- FOLDER
//! ```
//!
//! FOLDER holds `bom-1.0.xsd` to `bom-1.7.xsd` and `spdx.xsd`, as in the folder `schema` of the
//! repository of the CycloneDX specification. The tables are written to `src/evidence/sbom/tables/`;
//! a test holds them against the schemas of the corpus.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

#[expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared with the tests; a schema that is not understood stops the generator"
)]
#[path = "../tests/it/markup_tables.rs"]
mod markup_tables;

fn main() -> Result<()> {
    let folder: PathBuf = std::env::args()
        .nth(1)
        .context("name the folder of the schemas")?
        .into();
    for name in markup_tables::VERSIONS.map(|version| format!("bom-{version}.xsd")) {
        anyhow::ensure!(folder.join(&name).is_file(), "there is no {name}");
    }
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/evidence/sbom/tables");
    fs::create_dir_all(&out)?;
    for (name, text) in
        markup_tables::tables(|name| fs::read_to_string(folder.join(name)).unwrap_or_default())
    {
        fs::write(out.join(&name), text).with_context(|| format!("write {name}"))?;
    }
    Ok(())
}
