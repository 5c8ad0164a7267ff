//! `mekiki facts [--doc]`

use serde_json::json;

use super::Verdict;
use super::output::Output;
use crate::app::library::Library;
use crate::document::facts as page;
use crate::document::table::{Look, Sheet};
use crate::text::messages::message;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Tell all of each fact: unit, words, ranks, criteria and questions; and the functions of rules
    #[arg(long)]
    doc: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let lang = output.lang();
    if arguments.doc {
        let view = page::view(&library.catalog, &library.questionnaires);
        output.either(&view, || page::render(&view, lang))?;
        return Ok(Verdict::Acceptable);
    }
    let definitions: Vec<_> = library.catalog.vocabulary.list().collect();
    let facts: Vec<_> = definitions
        .iter()
        .map(|one| {
            let producers: Vec<_> = one.producers.iter().map(|producer| producer.word()).collect();
            json!({"key": one.key, "type": one.kind.word(), "producers": producers, "parameter": one.is_parameter, "title": one.title})
        })
        .collect();
    output.either(
        &json!({"schema": "mekiki/facts/v1", "facts": facts}),
        || {
            let mut sheet = Sheet::new(
                output.width(),
                ["fact", "type", "producers", "title"].map(|key| message(lang, key)),
            );
            for one in &definitions {
                let producers: Vec<_> = one
                    .producers
                    .iter()
                    .map(|producer| producer.word())
                    .collect();
                let from = if one.is_parameter {
                    message(lang, "parameter")
                } else {
                    producers.join(", ")
                };
                sheet.row([
                    (one.key.to_string(), Look::Plain),
                    (one.kind.word().to_owned(), Look::Faint),
                    (from, Look::Faint),
                    (one.title.of(lang).to_owned(), Look::Plain),
                ]);
            }
            sheet.render()
        },
    )?;
    Ok(Verdict::Acceptable)
}
