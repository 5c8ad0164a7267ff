//! From the folder of official schemas to the tables, each with its file name.

use std::path::Path;

use anyhow::{Context as _, Result};

#[path = "close.rs"]
mod close;
#[path = "form.rs"]
mod form;
#[path = "merge.rs"]
mod merge;
#[path = "read.rs"]
mod read;
#[path = "write.rs"]
mod write;

use form::Graph;
use read::Reader;

/// The name of a table and the schema that it is made from.
const TABLES: &[(&str, &str)] = &[
    ("cyclonedx-1.2.json", "cyclonedx/bom-1.2-strict.schema.json"),
    ("cyclonedx-1.3.json", "cyclonedx/bom-1.3-strict.schema.json"),
    ("cyclonedx-1.4.json", "cyclonedx/bom-1.4.schema.json"),
    ("cyclonedx-1.5.json", "cyclonedx/bom-1.5.schema.json"),
    ("cyclonedx-1.6.json", "cyclonedx/bom-1.6.schema.json"),
    ("cyclonedx-1.7.json", "cyclonedx/bom-1.7.schema.json"),
    ("spdx-2.2.json", "spdx/spdx-schema-v2.2.json"),
    ("spdx-2.3.json", "spdx/spdx-schema-v2.3.json"),
    ("spdx-3.0.0.json", "spdx/spdx-schema-v3.0.0.json"),
    ("spdx-3.0.1.json", "spdx/spdx-schema-v3.0.1.json"),
    ("csaf-2.0.json", "csaf/2.0/csaf_json_schema.json"),
    ("csaf-2.1.json", "csaf/2.1/csaf.json"),
    ("csaf-2.1-extension.json", "csaf/2.1/extension-content.json"),
    ("ssvc-2.0.json", "csaf/2.1/SelectionList_2_0_0.schema.json"),
    ("cvss-2.0.json", "csaf/2.0/cvss-v2.0.json"),
    ("cvss-3.0.json", "csaf/2.0/cvss-v3.0.json"),
    ("cvss-3.1.json", "csaf/2.0/cvss-v3.1.json"),
    ("cvss-4.0.json", "csaf/2.1/cvss-v4.0.json"),
    ("openvex-0.2.0.json", "openvex/openvex_json_schema.json"),
];

/// The license ids of CycloneDX, which all its tables share.
const LICENSES: (&str, &str) = ("licenses.json", "cyclonedx/spdx.schema.json");

/// The tables of OCDS, made where its schemas lie in the folder too: `ocds/1.1/`.
const OCDS: &[(&str, &str)] = &[
    (
        "release-package-1.1.json",
        "ocds/1.1/release-package-schema.json",
    ),
    (
        "record-package-1.1.json",
        "ocds/1.1/record-package-schema.json",
    ),
];

/// Where a table lies below `src/evidence`.
fn folder_of(schema: &str) -> &'static str {
    if schema.starts_with("csaf/") {
        "csaf/tables"
    } else if schema.starts_with("openvex/") {
        "vex/tables"
    } else if schema.starts_with("ocds/") {
        "ocds/tables"
    } else {
        "sbom/tables"
    }
}

/// Makes every table, and the shared list of license ids. They are named by their paths below
/// `src/evidence`.
pub(crate) fn tables(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut made = Vec::new();
    let ocds = OCDS
        .iter()
        .filter(|(_, schema)| folder.join(schema).exists());
    for (name, schema) in TABLES.iter().chain(ocds) {
        let mut graph = Graph::new();
        let root = Reader::new(folder, LICENSES.1)
            .read(&mut graph, schema)
            .with_context(|| (*schema).to_owned())?;
        let table = write::table(&mut graph, root).with_context(|| (*schema).to_owned())?;
        made.push((format!("{}/{name}", folder_of(schema)), table));
    }
    let licenses = read::words(folder, LICENSES.1)?;
    made.push((
        format!("{}/{}", folder_of(LICENSES.1), LICENSES.0),
        write::words(&licenses),
    ));
    Ok(made)
}
