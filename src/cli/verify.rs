//! `mekiki verify DIR`

mod forms;

use std::path::Path;

use super::format::Format;
use super::output::Output;
use super::progress::Steps;
use super::{LangArgument, Verdict};
use crate::acceptance::manifest::{MANIFEST_FILE, read_manifest};
use crate::acceptance::report::Ending;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::verify::{Request, guess, verify};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::text::messages::{message, message_with};
use crate::time::Date;
use forms::{Forms, Written};

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
    #[command(flatten)]
    forms: Forms,
}

impl Arguments {
    /// Whether what is asked for can be written side by side.
    ///
    /// # Errors
    ///
    /// Where two results would go to one place.
    pub(super) fn check(&self, format: Format) -> Result<(), Diagnostic> {
        self.forms.check(format)
    }
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
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
    let steps = Steps::new(!arguments.forms.is_quiet());
    let request = Request {
        library,
        manifest: &manifest,
        manifest_file: file.as_deref().map(|bytes| (MANIFEST_FILE, bytes)),
        root: root.to_path_buf(),
        as_of: arguments
            .as_of
            .or(manifest.as_of)
            .unwrap_or_else(clock::today),
        progress: &|group| {
            let lang = output.lang();
            let group = message(lang, &format!("verify-group-{}", group.word()));
            steps.step(message_with(lang, "verify-progress", &[("group", group)]));
        },
    };
    let report = verify(&request)?;
    steps.finish();
    arguments.forms.write(
        &Written {
            report: &report,
            scan: None,
            checks: &library.acceptance_checks,
            delivered: &request.delivered(),
            root: &request.root,
        },
        output,
        lang,
    )?;
    Ok(match report.verdict {
        Ending::Acceptable => Verdict::Acceptable,
        Ending::NotAcceptable => Verdict::NotAcceptable,
        Ending::Unverifiable => Verdict::Unverifiable,
    })
}
