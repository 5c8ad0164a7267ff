//! `mekiki detect FILE…`

use serde_json::json;

use super::output::Output;
use super::{Verdict, read};
use crate::app::inspect::detect_file;
use crate::document::table::{Look, Sheet};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files to look at; `-` is standard input
    #[arg(required = true)]
    files: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let files: Vec<_> = arguments
        .files
        .iter()
        .map(|path| Ok(detect_file(path, &read(path)?)))
        .collect::<anyhow::Result<_>>()?;
    output.either(
        &json!({"schema": "mekiki/detect/v1", "files": files}),
        || {
            let mut sheet = Sheet::new(
                output.width(),
                ["file", "kind", "format", "version", "encoding", "sha256"].map(str::to_owned),
            );
            for file in &files {
                let kind = json!(file.detection.kind)
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                sheet.row([
                    (file.path.clone(), Look::Plain),
                    (kind, Look::Plain),
                    (file.detection.format.to_owned(), Look::Plain),
                    (
                        file.detection.spec_version.clone().unwrap_or_default(),
                        Look::Plain,
                    ),
                    (file.detection.encoding.to_owned(), Look::Plain),
                    (file.sha256.short(), Look::Faint),
                ]);
            }
            sheet.render()
        },
    )?;
    Ok(Verdict::Acceptable)
}
