//! `share`, `open-technical`, `papers` and `open-prices`.

use super::super::super::Verdict;
use super::super::super::output::{Output, remark};
use super::{Acting, head, key, show, write_out};
use crate::app::library::Library;
use crate::app::proceeding::assemble::papers as papers_of;
use crate::app::proceeding::{Case, open, share as shares};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShareArguments {
    #[command(flatten)]
    acting: Acting,
    /// The opener's secret key
    #[arg(long, value_name = "FILE")]
    key: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PapersArguments {
    /// The case folder
    case: String,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    into: String,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

pub(super) fn share(arguments: &ShareArguments, output: &Output) -> anyhow::Result<Verdict> {
    let done = shares::hand_in_share(&arguments.acting.doing()?, &key(&arguments.key)?)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn open_technical(
    acting: &Acting,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    show(
        &open::open_technical(library, &acting.doing()?)?,
        &acting.case,
        output,
    )
}

pub(super) fn open_prices(
    acting: &Acting,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    show(
        &open::open_prices(library, &acting.doing()?)?,
        &acting.case,
        output,
    )
}

pub(super) fn papers(arguments: &PapersArguments, output: &Output) -> anyhow::Result<Verdict> {
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    let files = papers_of(&case)?;
    write_out(&arguments.into, &files)?;
    let paths: Vec<_> = files.iter().map(|one| one.path.as_str()).collect();
    remark(&format!("{} files: {}\n", paths.len(), arguments.into));
    let view = serde_json::json!({"schema": "mekiki/tender-case-files/v1", "into": arguments.into, "files": paths});
    output.either(&view, String::new)?;
    Ok(Verdict::Acceptable)
}
