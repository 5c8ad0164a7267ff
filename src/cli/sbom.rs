//! `mekiki sbom …`

mod check;
mod diff;
mod convert;
mod inspect;
mod matching;
mod profiles;

use super::output::Output;
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::library::Library;
use crate::diagnostic::Diagnostic;
use crate::document::sarif::Report;
use crate::evidence::sbom::find_lines;
use crate::text::Lang;
use crate::text::messages::message_with;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read SBOMs and name every breach of their specification with its place
    Inspect(inspect::Arguments),
    /// Judge an SBOM by quality profiles, element by element
    Check(check::Arguments),
    /// List the quality profiles with their elements
    Profiles,
    /// Hold two SBOMs against each other, or three: as tendered, as delivered, as measured
    Diff(diff::Arguments),
    /// Hold an SBOM against what was delivered, both ways
    Match(matching::Arguments),
    /// Write an SBOM in another format and say what that cannot carry
    Convert(convert::Arguments),
}

pub(super) fn run(
    command: &Command,
    library: impl FnOnce() -> Result<Library, Refused>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Check(arguments) => check::run(arguments, &library()?, output),
        Command::Profiles => profiles::run(&library()?, output),
        Command::Diff(arguments) => diff::run(arguments, output),
        Command::Match(arguments) => matching::run(arguments, output),
        Command::Convert(arguments) => convert::run(arguments, output),
    }
}

/// The findings of a file for code hosts, with lines where a JSON pointer tells the place.
fn report(path: &str, mut findings: Vec<Diagnostic>) -> Report {
    if path != "-"
        && let Ok(bytes) = read(path)
    {
        find_lines(&bytes, &mut findings);
    }
    Report {
        path: path.to_owned(),
        findings,
    }
}

/// How many rows of a table are shown; machine output has them all.
const SHOWN: usize = 50;

/// Says how many rows were left out.
fn more(total: usize, lang: Lang, out: &mut String) {
    if let Some(more) = total.checked_sub(SHOWN).filter(|more| *more > 0) {
        let count = more.to_string();
        out.push_str(&message_with(lang, "rows-more", &[("count", &count)]));
        out.push('\n');
    }
}
