//! `mekiki sbom …`

mod convert;
mod inspect;

use super::Verdict;
use super::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read SBOMs and name every breach of their specification with its place
    Inspect(inspect::Arguments),
    /// Write an SBOM in another format and say what that cannot carry
    Convert(convert::Arguments),
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Convert(arguments) => convert::run(arguments, output),
    }
}
