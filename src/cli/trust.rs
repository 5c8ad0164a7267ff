//! `mekiki trust root …`

mod root;

use super::Verdict;
use super::output::Output;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Keep the trusted root of a Sigstore infrastructure
    #[command(subcommand)]
    Root(root::Command),
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Root(command) => root::run(command, output),
    }
}
