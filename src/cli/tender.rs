//! `mekiki tender evaluate DIR|FILE`, and `mekiki tender add DIR` into the store of the service.

mod case;
mod chart;
mod paper;
mod consolidate;
mod key;
mod ocds;
mod sheet;
mod timetable;

use std::path::Path;

use super::format::Format;
use super::output::{Output, remark};
use super::{LangArgument, Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::report::reports_on;
use crate::app::score_sheet;
use crate::app::tender::{
    OpenTender, TENDER_FILE, add_sensitivity, judge_tender, open_tender, write_record,
};
use crate::document::report::tender_page;
use crate::document::sensitivity::render as sensitivity_text;
use crate::document::tender::{Layout, render};
use crate::evidence::Evidence;
use crate::folder::{read_folder, write_file};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Judge the bids of a tender and rank them
    Evaluate(Arguments),
    /// Run a tender step by step: sealed bids, sealed marks, an order that is proven by a log
    #[command(subcommand)]
    Case(Box<case::Command>),
    /// Make keys that bids and marks are sealed to
    #[command(subcommand)]
    Key(key::Command),
    /// Draw a tender as a picture (SVG)
    Chart(chart::Arguments),
    /// Write a paper of a tender as a page to print
    Paper(paper::Arguments),
    /// Bring the marks of all evaluators together: how far they lie apart, and which need a reason
    Consolidate(consolidate::Arguments),
    /// Write score sheets for evaluators, and read them back
    #[command(subcommand)]
    Sheet(sheet::Command),
    /// What falls when: what is next, how many days are left, what has passed
    Timetable(timetable::Arguments),
    /// Write OCDS packages of a tender, or check one
    Ocds(ocds::Arguments),
    /// Put a tender with its evidence into the store of the service
    #[cfg(feature = "server")]
    Add(super::serve::AddArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A tender's folder, or a tender file that needs no evidence
    path: String,
    /// Follow every point down to its citation
    #[arg(long)]
    explain: bool,
    /// Add how little would have to change for another bidder to win
    #[arg(long)]
    sensitivity: bool,
    /// Also write the canonical record of the evaluation
    #[arg(long, value_name = "FILE")]
    record: Option<String>,
}

pub(super) fn run(
    command: &Command,
    library: &dyn Fn() -> Result<Library, Refused>,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Evaluate(arguments) => evaluate(arguments, &library()?, output, lang),
        Command::Case(command) => case::run(command, library, output),
        Command::Key(command) => key::run(command, output),
        Command::Consolidate(arguments) => consolidate::run(arguments, &library()?, output),
        Command::Sheet(command) => sheet::run(command, &library()?, output, lang),
        Command::Timetable(arguments) => timetable::run(arguments, &library()?, output, lang),
        Command::Ocds(arguments) => ocds::run(arguments, &library()?, output),
        Command::Chart(arguments) => chart::run(arguments, &library()?, output),
        Command::Paper(arguments) => paper::run(arguments, &library()?, output, lang),
        #[cfg(feature = "server")]
        Command::Add(arguments) => super::serve::add(arguments, &library()?),
    }
}

/// Opens a tender from a folder, or from a tender file; where its bids have folders, those beside it.
pub(super) fn open(path: &str, library: &Library) -> Result<OpenTender, Refused> {
    if !Path::new(path).is_file() {
        return open_tender(library, read_folder(path)?);
    }
    let file = Evidence::new(TENDER_FILE, read(path)?);
    let alone = open_tender(library, vec![file.clone()]);
    let needs_folders =
        |refused: &Refused| refused.0.iter().all(|one| one.code == "bid-folder-missing");
    match (alone, Path::new(path).parent().and_then(Path::to_str)) {
        (Err(refused), Some(folder)) if needs_folders(&refused) => {
            let mut evidence = read_folder(if folder.is_empty() { "." } else { folder })?;
            evidence.retain(|one| one.digest != file.digest && one.path != TENDER_FILE);
            evidence.push(file);
            open_tender(library, evidence)
        }
        (opened, _) => opened,
    }
}

/// Opens the technical side of a tender from a folder, or from a tender file with the folders beside it; where bids have
/// none there, no evidence is read.
fn open_technical(path: &str, library: &Library) -> Result<score_sheet::OpenTechnical, Refused> {
    if !Path::new(path).is_file() {
        return score_sheet::open_technical(library, read_folder(path)?);
    }
    let file = Evidence::new(TENDER_FILE, read(path)?);
    let alone = score_sheet::open_technical(library, vec![file.clone()])?;
    let folder = Path::new(path)
        .parent()
        .and_then(Path::to_str)
        .unwrap_or_default();
    let folder = if folder.is_empty() { "." } else { folder };
    let bids = alone
        .technical
        .bids
        .iter()
        .map(|bid| bid.offering.folder.as_str());
    let mut with_files = bids.filter(|bid| !bid.is_empty());
    let has_files = with_files.any(|bid| Path::new(folder).join(bid).is_dir());
    if !has_files {
        return Ok(alone);
    }
    let mut evidence = read_folder(folder)?;
    evidence.retain(|one| one.digest != file.digest && one.path != TENDER_FILE);
    evidence.push(file);
    score_sheet::open_technical(library, evidence)
}

fn evaluate(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let open = open(&arguments.path, library)?;
    let mut judged = judge_tender(library, &open, None)?;
    if let Some(file) = &arguments.record {
        write_file(file, write_record(library, &open, &judged).as_bytes())?;
        remark(&format!("record: {file}\n"));
    }
    if arguments.sensitivity {
        add_sensitivity(&open, &mut judged);
    }
    if output.format() == Format::Html {
        let reports = reports_on(library, &open, &judged.view);
        output.bytes(tender_page(&open.tender, &judged.view, &reports, lang.all())?.as_bytes())?;
        return Ok(Verdict::of(!judged.view.winner.is_empty()));
    }
    let catalog = open.tender.catalog.as_ref().map(|_| &library.catalog);
    output.either(&judged.view, || {
        let layout = Layout {
            lang: output.lang(),
            width: output.width(),
            explain: arguments.explain,
        };
        let sensitivity = judged.view.sensitivity.as_ref();
        render(&judged.view, catalog, layout)
            + &sensitivity.map_or_else(String::new, |view| {
                sensitivity_text(view, layout.lang, layout.width)
            })
    })?;
    Ok(Verdict::of(!judged.view.winner.is_empty()))
}
