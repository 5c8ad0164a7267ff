//! `mekiki assess DIR --bid ID`

use super::format::Format;
use super::output::{Output, remark};
use super::{LangArgument, Verdict};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::report::report_on;
use crate::app::tender::{OpenTender, judge_tender, open_tender, write_assessment_record};
use crate::criteria::Stage;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::document::report::{Report, criterion_text, page, text, workbook};
use crate::folder::{read_folder, write_file};
use crate::tender::report::{AssessmentView, TenderView};
use crate::time::parse_instant;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A tender's folder
    dir: String,
    /// The bid to assess; may be left out when there is only one
    #[arg(long, value_name = "ID")]
    bid: Option<String>,
    /// The day of judgment, YYYY-MM-DD; the tender's own when left out
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
    let open = open_tender(library, read_folder(&arguments.dir)?)?;
    let judged = judge_tender(library, &open, arguments.as_of)?;
    let (bid, assessment) = chosen(&open, &judged.view, arguments.bid.as_deref())?;
    if let Some(file) = &arguments.record {
        let record = write_assessment_record(library, &open, &bid.id, assessment)?;
        write_file(file, record.as_bytes())?;
        remark(&format!("record: {file}\n"));
    }
    let report = report_on(library, &open, bid, assessment);
    match &arguments.criterion {
        Some(id) => one_criterion(&report, id, output)?,
        None => write_report(&report, output, lang)?,
    }
    let open_gates = assessment
        .gates
        .iter()
        .filter(|gate| gate.stage == Stage::Bid)
        .all(|gate| gate.verdict.kind.opens_gate());
    Ok(Verdict::of(open_gates))
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

/// The bid that is meant, with its assessment.
fn chosen<'a>(
    open: &'a OpenTender,
    view: &'a TenderView,
    id: Option<&str>,
) -> Result<(&'a crate::tender::Bid, &'a AssessmentView), Refused> {
    let mut bids = view
        .bids
        .iter()
        .filter(|bid| id.is_none_or(|id| bid.id.as_str() == id));
    let bid = match (bids.next(), bids.next()) {
        (bid, None) => bid,
        (_, Some(_)) => {
            let all: Vec<_> = view.bids.iter().map(|bid| bid.id.as_str()).collect();
            return Err(Diagnostic::error(
                "bid-unnamed",
                Place::whole(),
                "the tender has several bids",
            )
            .help(format!("add --bid with one of {}", all.join(", ")))
            .into());
        }
    };
    let found = bid.and_then(|bid| {
        let assessment = bid.assessment.as_ref()?;
        let all = &open.tender.bids;
        Some((all.iter().find(|one| one.id == bid.id)?, assessment))
    });
    found.ok_or_else(|| {
        Diagnostic::error(
            "bid-unknown",
            Place::whole(),
            "there is no such bid with evidence",
        )
        .help("see the bids in tender.toml")
        .into()
    })
}
