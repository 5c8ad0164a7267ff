//! `mekiki questionnaire import FILE`

use crate::app::library::Library;
use crate::app::questionnaire_import::{ImportRequest, import_answers};
use crate::cli::output::Output;
use crate::cli::{Verdict, read};
use crate::document::answers::imported;

/// Read the answers of a file, and say what is odd about each
///
/// Exit codes: 0 the file was read, 3 it could not be read. An answer that is blank or cannot be read has no value and a
/// remark with its place; nothing is guessed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The file with the answers; `-` is standard input
    file: String,
    /// The map to read it through: its identifier, or a file that ends in .toml
    #[arg(long, value_name = "MAP")]
    map: Option<String>,
    /// Tell the answers in the terms of this questionnaire of ours
    #[arg(long, value_name = "ID")]
    questionnaire: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let is_file = |map: &&String| {
        std::path::Path::new(map)
            .extension()
            .is_some_and(|one| one.eq_ignore_ascii_case("toml"))
    };
    let map_file = arguments
        .map
        .as_ref()
        .filter(is_file)
        .map(|path| read(path))
        .transpose()?;
    let request = ImportRequest {
        map: arguments.map.as_deref().filter(|_| map_file.is_none()),
        map_file: map_file.as_deref(),
        questionnaire: arguments.questionnaire.as_deref(),
    };
    let answers = import_answers(&read(&arguments.file)?, request, library)
        .map_err(|refused| refused.in_file_if_unnamed(&arguments.file))?;
    output.either(&answers, || {
        imported(&answers, output.lang(), output.width())
    })?;
    Ok(Verdict::Acceptable)
}
