//! `mekiki questionnaire …`: questionnaires that go out, answers that come in, and the maps through which those of others are read.

mod import;
mod map;
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
    /// Read the answers of a file: our sheets and workbooks, XLSX, CSV, VSAQ and OSCAL
    Import(import::Arguments),
    /// Look at the maps through which questionnaires of others are read
    #[command(subcommand)]
    Map(map::Command),
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let languages = send::languages(lang);
    match command {
        Command::Export(arguments) => send::workbook(arguments, languages, library, output),
        Command::Packet(arguments) => send::packet(arguments, languages, library, output),
        Command::Sign(arguments) => send::sign(arguments, output),
        Command::Receive(arguments) => receive::run(arguments, library, output),
        Command::Import(arguments) => import::run(arguments, library, output),
        Command::Map(command) => map::run(command, library, output),
    }
}
