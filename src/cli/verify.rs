//! `mekiki verify DIR`

use std::path::Path;

use super::Verdict;
use super::output::Output;
use crate::acceptance::manifest::{MANIFEST_FILE, read_manifest};
use crate::acceptance::report::Ending;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::verify::{Request, guess, verify};
use crate::clock;
use crate::document::acceptance::text;
use crate::time::Date;

/// Verify a delivery, offline, before it is accepted
///
/// Every group of checks is told: files, signatures and provenance, SBOM, contents, changes, advisories, products,
/// own rules, requirements. What cannot be checked is never a pass: without a finding against it the exit code is 3.
///
/// Example: mekiki verify delivered --manifest agency/delivery.toml --report sarif=verify.sarif
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the delivery, with its delivery.toml
    dir: String,
    /// The manifest of the delivery, where it does not lie in the folder
    #[arg(long, value_name = "FILE")]
    manifest: Option<String>,
    /// The day of the judgment
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let root = Path::new(&arguments.dir);
    let own = root.join(MANIFEST_FILE);
    let (manifest, file) = if own.is_file() {
        let bytes = super::read(&own.display().to_string())?;
        let manifest = read_manifest(&bytes, MANIFEST_FILE, false).map_err(Refused)?;
        (manifest, Some(bytes))
    } else {
        (guess(root)?, None)
    };
    let report = verify(&Request {
        library,
        manifest: &manifest,
        manifest_file: file.as_deref().map(|bytes| (MANIFEST_FILE, bytes)),
        root: root.to_path_buf(),
        as_of: arguments
            .as_of
            .or(manifest.as_of)
            .unwrap_or_else(clock::today),
        progress: &|_| (),
    })?;
    output.either(&report, || text(&report, output.lang()))?;
    Ok(match report.verdict {
        Ending::Acceptable => Verdict::Acceptable,
        Ending::NotAcceptable => Verdict::NotAcceptable,
        Ending::Unverifiable => Verdict::Unverifiable,
    })
}
