//! `mekiki questionnaire export ID -o FILE.xlsx`, `packet ID --tender DIR -o FILE.zip`, `sign ANSWERS --key KEY`

use super::super::output::{self, Output};
use super::super::{LangArgument, Verdict, read, tender};
use crate::app::library::Library;
use crate::app::questionnaire_send::{SendRequest, export, prepare, sign_answers, write_packet};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::evidence::signature::Material;
use crate::questionnaire::sending::{Languages, Sending};
use crate::time::{Date, day_of_instant};

/// What every way of sending takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SendArguments {
    /// The questionnaire, such as article-19-bid
    id: String,
    /// The tender that it is sent for: gives the agency, the deadline, the classes and the handling restrictions
    #[arg(long, value_name = "DIR")]
    tender: Option<String>,
    /// Answers of an earlier round, filled in where question and validity allow it
    #[arg(long, value_name = "ANSWERS")]
    previous: Option<String>,
    /// The day on which earlier answers must still hold, instead of the tender's deadline or today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PacketArguments {
    #[command(flatten)]
    send: SendArguments,
    /// Sign the manifest with the agency's private key (PEM, not encrypted)
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SignArguments {
    /// The answers file or workbook; one that is signed already gets one more signature
    answers: String,
    /// The private key: Ed25519, or ECDSA on P-256 or P-384, in PEM and not encrypted
    #[arg(long, value_name = "FILE")]
    key: String,
}

pub(in crate::cli) fn languages(argument: LangArgument) -> Languages {
    match argument {
        LangArgument::Ja => Languages::Ja,
        LangArgument::En => Languages::En,
        LangArgument::Both => Languages::Both,
    }
}

pub(in crate::cli) fn workbook(
    arguments: &SendArguments,
    languages: Languages,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let sent = with(arguments, languages, library, |sending| {
        Ok(export(sending)?)
    })?;
    output.bytes(&sent)?;
    Ok(Verdict::Acceptable)
}

pub(in crate::cli) fn packet(
    arguments: &PacketArguments,
    languages: Languages,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let key = arguments.key.as_ref().map(|path| read(path)).transpose()?;
    let material = arguments
        .key
        .as_ref()
        .zip(key.as_ref())
        .map(|(name, bytes)| Material { name, bytes });
    let sent = with(&arguments.send, languages, library, |sending| {
        Ok(write_packet(sending, material)?)
    })?;
    output.bytes(&sent)?;
    Ok(Verdict::Acceptable)
}

pub(in crate::cli) fn sign(arguments: &SignArguments, output: &Output) -> anyhow::Result<Verdict> {
    let (answers, key) = (read(&arguments.answers)?, read(&arguments.key)?);
    let answers = Material {
        name: &arguments.answers,
        bytes: &answers,
    };
    let key = Material {
        name: &arguments.key,
        bytes: &key,
    };
    output.bytes(sign_answers(answers, key)?.as_bytes())?;
    Ok(Verdict::Acceptable)
}

fn with(
    arguments: &SendArguments,
    languages: Languages,
    library: &Library,
    write: impl FnOnce(&Sending<'_>) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Vec<u8>> {
    let open = arguments
        .tender
        .as_ref()
        .map(|path| tender::open(path, library))
        .transpose()?;
    let previous = arguments
        .previous
        .as_ref()
        .map(|path| read(path))
        .transpose()?;
    let previous = arguments
        .previous
        .as_ref()
        .zip(previous.as_ref())
        .map(|(name, bytes)| Material { name, bytes });
    let request = SendRequest {
        id: &arguments.id,
        languages,
        tender: open.as_ref(),
        previous,
        as_of: arguments
            .as_of
            .unwrap_or_else(|| day_of_instant(clock::now())),
    };
    let (sending, remarks) = prepare(library, &request)?;
    tell(&remarks);
    write(&sending)
}

/// Tells remarks on standard error.
pub(super) fn tell(remarks: &[Diagnostic]) {
    let text: String = remarks
        .iter()
        .map(|one| crate::text::printable(&one.to_string()) + "\n")
        .collect();
    output::remark(&text);
}
