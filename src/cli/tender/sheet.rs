//! `mekiki tender sheet export TENDER --evaluator E -o FILE.xlsx` and `mekiki tender sheet import FILE --tender TENDER`

use super::super::output::{self, Output};
use super::super::{LangArgument, Verdict, read};
use super::open_technical;
use crate::app::library::Library;
use crate::app::score_sheet::{ExportRequest, ImportRequest, ScoreSheetView, export, import};
use crate::diagnostic::Severity;
use crate::id::BidId;
use crate::questionnaire::sending::Languages;
use crate::text::messages::message_with;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Write the score sheets of one evaluator as a workbook, in the languages of --lang
    Export(ExportArguments),
    /// Read a score sheet that came back into tables of the tender file
    Import(ImportArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportArguments {
    /// The tender's folder, or its tender file; prices are not read and need not be there
    tender: String,
    /// Whose sheets these are
    #[arg(long, value_name = "ID")]
    evaluator: String,
    /// Only this bid; may be repeated
    #[arg(long, value_name = "ID")]
    bid: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ImportArguments {
    /// The workbook that came back, or CSV with the columns bid, item, mark and comment
    file: String,
    /// The tender's folder, or its tender file
    #[arg(long, value_name = "DIR|FILE")]
    tender: String,
    /// Whose sheet it must be; needed for CSV, which does not say it
    #[arg(long, value_name = "ID")]
    evaluator: Option<String>,
    /// The evaluator's declaration of no conflict of interest is at hand, for CSV, which has no place for it
    #[arg(long)]
    declared: bool,
}

pub(in crate::cli) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Export(arguments) => write(arguments, library, output, lang),
        Command::Import(arguments) => take(arguments, library, output),
    }
}

fn write(
    arguments: &ExportArguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let open = open_technical(&arguments.tender, library)?;
    let request = ExportRequest {
        evaluator: &arguments.evaluator,
        bids: arguments.bid.iter().cloned().map(BidId).collect(),
        languages: match lang {
            LangArgument::Ja => Languages::Ja,
            LangArgument::En => Languages::En,
            LangArgument::Both => Languages::Both,
        },
    };
    let (workbook, remarks) = export(library, &open, &request)?;
    output::remarks(&remarks);
    output.bytes(&workbook)?;
    Ok(Verdict::Acceptable)
}

fn take(
    arguments: &ImportArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let bytes = read(&arguments.file)?;
    let open = open_technical(&arguments.tender, library)?;
    let request = ImportRequest {
        name: &arguments.file,
        bytes: &bytes,
        evaluator: arguments.evaluator.as_deref(),
        declared: arguments.declared,
    };
    let sheet = import(library, &open, &request)?;
    let view = ScoreSheetView::new(&open.technical, &sheet);
    if let Some(toml) = &view.toml
        && (!output.is_json() || output.file().is_some())
    {
        output.bytes(toml.as_bytes())?;
    }
    if output.is_json() {
        output::report(&view)?;
        return Ok(Verdict::of(view.acceptable));
    }
    output::remarks(&sheet.remarks);
    let lang = output.lang();
    if view.acceptable {
        let marks = sheet
            .bids
            .iter()
            .flat_map(|bid| &bid.marks)
            .flatten()
            .count();
        let comments: usize = sheet.bids.iter().map(|bid| bid.comments.len()).sum();
        let arguments = [
            ("evaluator", sheet.evaluator.clone()),
            ("bids", sheet.bids.len().to_string()),
            ("marks", marks.to_string()),
            ("comments", comments.to_string()),
        ];
        output::remark(&(message_with(lang, "score-read", &arguments) + "\n"));
        if !sheet.conflicts.is_empty() {
            let bids: Vec<_> = sheet.conflicts.iter().map(BidId::as_str).collect();
            let line = message_with(lang, "score-read-conflicts", &[("bids", bids.join(", "))]);
            output::remark(&(line + "\n"));
        }
    } else {
        let errors = sheet
            .remarks
            .iter()
            .filter(|one| one.severity == Severity::Error);
        let count = errors.count().to_string();
        output::remark(&(message_with(lang, "score-refused", &[("errors", count)]) + "\n"));
    }
    Ok(Verdict::of(view.acceptable))
}
