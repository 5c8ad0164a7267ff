//! `mekiki questionnaire …`: answers that come in, and the maps through which those of others are read.

mod import;
mod map;

use super::Verdict;
use super::output::Output;
use crate::app::library::Library;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read the answers of a file: our sheets, XLSX, CSV, VSAQ and OSCAL
    Import(import::Arguments),
    /// Look at the maps through which questionnaires of others are read
    #[command(subcommand)]
    Map(map::Command),
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Import(arguments) => import::run(arguments, library, output),
        Command::Map(command) => map::run(command, library, output),
    }
}
