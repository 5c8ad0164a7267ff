//! `mekiki record replay FILE --evidence DIR`

use serde_json::json;

use super::output::Output;
use super::{Verdict, in_record, read};
use crate::app::library::Library;
use crate::app::tender::{Replay, replay_record};
use crate::folder::read_folder;
use crate::text::messages::{message, message_with};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Rebuild a record from its evidence and say whether it is equal
    Replay {
        /// The record
        file: String,
        /// A folder that holds the evidence, under any names
        #[arg(long, value_name = "DIR")]
        evidence: String,
    },
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let Command::Replay { file, evidence } = command;
    let replay = replay_record(library, &read(file)?, &read_folder(evidence)?)
        .map_err(|refused| in_record(refused, file))?;
    let lang = output.lang();
    let view = match &replay {
        Replay::Equal => json!({"schema": "mekiki/replay/v1", "equal": true}),
        Replay::Different {
            pointer,
            recorded,
            rebuilt,
        } => {
            json!({"schema": "mekiki/replay/v1", "equal": false, "first_difference": {"pointer": pointer, "recorded": recorded, "rebuilt": rebuilt}})
        }
    };
    output.either(&view, || match &replay {
        Replay::Equal => message(lang, "replay-equal") + "\n",
        Replay::Different {
            pointer,
            recorded,
            rebuilt,
        } => {
            message_with(
                lang,
                "replay-different",
                &[
                    ("pointer", pointer),
                    ("recorded", recorded),
                    ("rebuilt", rebuilt),
                ],
            ) + "\n"
        }
    })?;
    Ok(Verdict::of(replay == Replay::Equal))
}
