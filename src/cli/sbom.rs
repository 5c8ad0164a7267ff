//! `mekiki sbom …`

mod diff;
mod inspect;
mod matching;

use super::Verdict;
use super::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read SBOMs and name every breach of their specification with its place
    Inspect(inspect::Arguments),
    /// Hold two SBOMs against each other, or three: as tendered, as delivered, as measured
    Diff(diff::Arguments),
    /// Hold an SBOM against what was delivered, both ways
    Match(matching::Arguments),
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Diff(arguments) => diff::run(arguments, output),
        Command::Match(arguments) => matching::run(arguments, output),
    }
}
