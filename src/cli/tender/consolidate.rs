//! `mekiki tender consolidate DIR|FILE`

use super::super::Verdict;
use super::super::format::Format;
use super::super::output::Output;
use super::open_technical;
use crate::app::Refused;
use crate::app::library::Library;
use crate::document::consolidation;
use crate::tender::consolidation::view::ConsolidationView;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The tender's folder, or its tender file; prices are not read and need not be there
    path: String,
}

pub(in crate::cli) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let open = open_technical(&arguments.path, library)?;
    let consolidation = open.consolidated()?;
    if output.format() == Format::Xlsx {
        let lang = output.lang();
        let table = consolidation::workbook(&open.technical, &consolidation, lang);
        output.bytes(&table.map_err(Refused::from)?)?;
    } else {
        let view = ConsolidationView::new(&open.technical, &consolidation);
        output.either(&view, || {
            consolidation::text(
                &open.technical,
                &consolidation,
                output.lang(),
                output.width(),
            )
        })?;
    }
    Ok(Verdict::of(consolidation.is_settled()))
}
