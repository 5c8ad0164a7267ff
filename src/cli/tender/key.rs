//! `mekiki tender key new --out FILE`: a key that bids or marks can be sealed to.

use super::super::Verdict;
use super::super::output::Output;
use crate::app::proceeding::key::new_key;
use crate::document::proceeding::key_text;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Make a key: the secret goes to a file that only you can read, the public half is printed
    New(NewArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NewArguments {
    /// The file for the secret key; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: String,
}

pub(in crate::cli) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    let Command::New(arguments) = command;
    let key = new_key(&arguments.out)?;
    output.either(&key, || key_text(&key.recipient, &key.file, output.lang()))?;
    Ok(Verdict::Acceptable)
}
