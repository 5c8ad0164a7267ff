//! `mekiki tender timetable DIR|FILE`

use std::path::Path;

use super::super::format::Format;
use super::super::output::Output;
use super::super::{LangArgument, Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::tender::TENDER_FILE;
use crate::app::timetable::timetable;
use crate::document::calendar::calendar;
use crate::document::timetable::render;
use crate::evidence::Evidence;
use crate::time::{Date, day_in_japan, parse_day};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A tender's folder, or a tender file
    path: String,
    /// The day from which is counted; today in Japan when left out
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<Date>,
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).ok_or_else(|| format!("`{text}` is no day; write it like 2026-11-20"))
}

/// The tender file that a path names.
pub(super) fn tender_file(path: &str) -> Result<Evidence, Refused> {
    let folder = Path::new(path);
    let file = if folder.is_dir() {
        folder.join(TENDER_FILE)
    } else {
        folder.to_owned()
    };
    let name = file.to_string_lossy();
    Ok(Evidence::new(TENDER_FILE, read(&name)?))
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let file = tender_file(&arguments.path)?;
    let as_of = arguments.as_of;
    let as_of = as_of.unwrap_or_else(|| day_in_japan(crate::clock::now()));
    let view = timetable(library, &file, as_of)?;
    if output.format() == Format::Ics {
        output.bytes(calendar(&view, lang.all()).as_bytes())?;
    } else {
        output.either(&view, || render(&view, output.lang(), output.width()))?;
    }
    Ok(Verdict::Acceptable)
}
