//! `mekiki assess DIR`: the folder of an offering, or of a tender with `--bid ID`

use super::Verdict;
use super::output::Output;
use crate::app::assess::assess_folder;
use crate::app::library::Library;
use crate::document::assessment::render_assessment;
use crate::folder::read_folder;
use crate::time::parse_instant;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of an offering (offering.toml) or of a tender (tender.toml)
    dir: String,
    /// The bid of a tender to assess; may be left out when there is only one
    #[arg(long, value_name = "ID")]
    bid: Option<String>,
    /// The day of judgment, YYYY-MM-DD; the file's own when left out
    #[arg(long, value_name = "DATE", value_parser = |text: &str| parse_instant(text).ok_or("write a day as YYYY-MM-DD"))]
    as_of: Option<crate::time::Date>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let evidence = read_folder(&arguments.dir)?;
    let bid = arguments.bid.as_deref();
    let assessed = assess_folder(library, evidence, bid, arguments.as_of)?;
    output.either(&assessed.view, || {
        render_assessment(&assessed.view, &library.catalog, output.lang())
    })?;
    Ok(Verdict::of(assessed.is_acceptable()))
}
