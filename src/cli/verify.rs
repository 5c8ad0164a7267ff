//! `mekiki verify DIR`

mod agreement;
mod forms;
mod record;

use super::format::Format;
use super::output::Output;
use super::progress::Steps;
use super::{LangArgument, Verdict};
use crate::acceptance::report::Ending;
use crate::app::library::Library;
use crate::app::verify::{Request, Verified, verify_with_scan};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::text::messages::{message, message_with};
use crate::time::Date;
use agreement::AgreementArguments;
use forms::{Forms, Written};
use record::RecordArguments;

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
    #[command(flatten)]
    record: RecordArguments,
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
    let agreement = arguments
        .agreement
        .read(&arguments.dir, arguments.forms.is_quiet())?;
    let manifest = &agreement.manifest;
    if arguments.agreement.print_manifest {
        output.text(&agreement.document())?;
        return Ok(Verdict::Acceptable);
    }
    let steps = Steps::new(!arguments.forms.is_quiet());
    let request = Request {
        library,
        manifest,
        manifest_file: agreement.file(),
        flags: agreement.flags(),
        root: agreement.root.clone(),
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
    let Verified { report, scan } = verify_with_scan(&request)?;
    steps.finish();
    arguments.record.write(&request, &report)?;
    arguments.forms.write(
        &Written {
            report: &report,
            scan: scan.as_ref(),
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
