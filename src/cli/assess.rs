//! `mekiki assess DIR`: the folder of an offering, or of a tender with `--bid ID`

use super::format::Format;
use super::output::{Output, remark};
use super::{LangArgument, Verdict};
use crate::app::Refused;
use crate::app::assess::{assess_folder, write_assessment_record};
use crate::app::library::Library;
use crate::app::report::report_of;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::document::report::{Report, criterion_text, page, text, workbook};
use crate::folder::{read_folder, write_file};
use crate::time::parse_instant;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of an offering (offering.toml) or of a tender (tender.toml)
    dir: String,
    /// The bid of a tender to assess; may be left out when there is only one
    #[arg(long, value_name = "ID")]
    bid: Option<String>,
    /// The day of judgment, YYYY-MM-DD; the file's own when left out
    #[arg(long, value_name = "DATE", value_parser = |text: &str| parse_instant(text).ok_or("write a day as YYYY-MM-DD"))]
    as_of: Option<crate::time::Date>,
    /// Tell one criterion in full, as text or JSON
    #[arg(long, value_name = "ID")]
    criterion: Option<String>,
    /// Also write the canonical record of the assessment
    #[arg(long, value_name = "FILE")]
    record: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let evidence = read_folder(&arguments.dir)?;
    let bid = arguments.bid.as_deref();
    let assessed = assess_folder(library, evidence, bid, arguments.as_of)?;
    if let Some(file) = &arguments.record {
        write_file(file, write_assessment_record(library, &assessed).as_bytes())?;
        remark(&format!("record: {file}\n"));
    }
    let report = report_of(library, &assessed);
    match &arguments.criterion {
        Some(id) => one_criterion(&report, id, output)?,
        None => write_report(&report, output, lang)?,
    }
    Ok(Verdict::of(assessed.is_acceptable()))
}

/// Writes a report in the form that was asked for.
pub(super) fn write_report(
    report: &Report<'_>,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<()> {
    match output.format() {
        Format::Html => output.bytes(page(report, lang.all())?.as_bytes()),
        Format::Xlsx => output.bytes(&workbook(report, lang.all())?),
        _ => output.either(report.assessment, || {
            text(report, output.lang(), output.width())
        }),
    }
}

fn one_criterion(report: &Report<'_>, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut all = report.assessment.verdicts.iter();
    let verdict = all.find(|verdict| verdict.criterion.as_str() == id);
    let text = criterion_text(report, id, output.lang());
    let (Some(verdict), Some(text)) = (verdict, text) else {
        let known = report.assessment.verdicts.iter();
        let near = nearest(id, known.map(|verdict| verdict.criterion.as_str()));
        let message = format!("there is no criterion `{id}` in this assessment");
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see `mekiki criteria list`".to_owned(),
        };
        let fault = Diagnostic::error("criterion-unknown", Place::whole(), message).help(help);
        return Err(Refused::from(fault).into());
    };
    if matches!(output.format(), Format::Html | Format::Xlsx) {
        let message = "one criterion is told as text or JSON only";
        let fault = Diagnostic::error("format-unsupported", Place::whole(), message)
            .help("leave --criterion out for the whole report");
        return Err(Refused::from(fault).into());
    }
    output.either(verdict, || text)
}
