//! `mekiki questionnaire export|packet|sign|receive`

mod receive;
mod send;

use super::output::Output;
use super::{LangArgument, Verdict};
use crate::app::library::Library;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write a questionnaire as a workbook, in the languages of --lang
    Export(send::SendArguments),
    /// Write the packet that goes to a supplier: workbook, form and manifest in one ZIP file
    Packet(send::PacketArguments),
    /// Sign answers with a private key, in a DSSE envelope
    Sign(send::SignArguments),
    /// Check answers that came back against what was sent
    Receive(receive::Arguments),
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Export(arguments) => {
            send::workbook(arguments, send::languages(lang), library, output)
        }
        Command::Packet(arguments) => {
            send::packet(arguments, send::languages(lang), library, output)
        }
        Command::Sign(arguments) => send::sign(arguments, output),
        Command::Receive(arguments) => receive::run(arguments, library, output),
    }
}
