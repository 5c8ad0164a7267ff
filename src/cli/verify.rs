//! `mekiki verify DIR`

mod agreement;

use super::Verdict;
use super::output::Output;
use crate::acceptance::manifest::manifest_text;
use crate::acceptance::report::Ending;
use crate::app::library::Library;
use crate::app::verify::{Request, verify};
use crate::clock;
use crate::document::acceptance::text;
use crate::time::Date;
use agreement::AgreementArguments;

/// Verify a delivery, offline, before it is accepted
///
/// Every group of checks is told: files, signatures and provenance, SBOM, contents, changes, advisories, products,
/// own rules, requirements. What cannot be checked is never a pass: without a finding against it the exit code is 3.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of what was delivered; with a delivery.toml in it, the folder that the manifest tells its paths from
    dir: String,
    /// The day of the judgment, YYYY-MM-DD; else the manifest's, else today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    agreement: AgreementArguments,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let agreement = arguments.agreement.read(&arguments.dir)?;
    let manifest = &agreement.manifest;
    if arguments.agreement.print_manifest {
        output.text(&manifest_text(manifest))?;
        return Ok(Verdict::Acceptable);
    }
    let report = verify(&Request {
        library,
        manifest,
        manifest_file: agreement.file(),
        root: agreement.root.clone(),
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
