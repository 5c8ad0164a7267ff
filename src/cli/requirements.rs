//! `mekiki requirements list TENDER`

use super::Verdict;
use super::output::Output;
use crate::app::library::Library;
use crate::app::tender::propose_requirements;
use crate::contract::register::RegisterView;
use crate::contract::requirement::replay;
use crate::document::table::{Look, Sheet};
use crate::text::messages::message;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the requirements of a tender with their state
    List {
        /// A tender's folder or file
        tender: String,
    },
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let Command::List { tender } = command;
    let lang = output.lang();
    let open = super::tender::open(tender, library)?;
    crate::app::tender::exceptions_in_force(library, open.tender.as_of)?;
    let log = propose_requirements(library, &open);
    let states = replay(&log)?;
    let view = RegisterView::new(&open.tender.id, &states);
    output.either(&view, || {
        let mut sheet = Sheet::new(
            output.width(),
            ["criterion", "title", "clause", "state"].map(|key| message(lang, key)),
        );
        for (first, state) in &states {
            let criterion = &first.requirement.criterion;
            let title = library
                .catalog
                .criteria
                .get(criterion)
                .map_or("", |criterion| criterion.title.of(lang));
            let clause = first
                .requirement
                .clause
                .as_ref()
                .map_or_else(|| message(lang, "agency-duty"), ToString::to_string);
            sheet.row([
                (criterion.to_string(), Look::Plain),
                (title.to_owned(), Look::Plain),
                (clause, Look::Plain),
                (state.word().to_owned(), Look::Faint),
            ]);
        }
        sheet.render()
    })?;
    Ok(Verdict::Acceptable)
}
