//! `mekiki questionnaire map …`

use crate::app::library::Library;
use crate::app::questionnaire_import::{list_maps, suggest_map, suggestion_view};
use crate::cli::output::Output;
use crate::cli::{Verdict, read};
use crate::document::answers::{maps, suggested};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Show which columns of a file would be taken, why, and a map to start from
    Suggest(Suggest),
    /// List the maps
    List,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Suggest {
    /// The file; `-` is standard input
    file: String,
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::List => {
            output.either(&list_maps(library), || {
                maps(&library.maps, output.lang(), output.width())
            })?;
        }
        Command::Suggest(arguments) => {
            let suggestion = suggest_map(&read(&arguments.file)?, library)
                .map_err(|refused| refused.in_file_if_unnamed(&arguments.file))?;
            output.either(&suggestion_view(&suggestion), || {
                suggested(&suggestion, output.lang(), output.width())
            })?;
        }
    }
    Ok(Verdict::Acceptable)
}
