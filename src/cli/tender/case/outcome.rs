//! What follows the opening of the prices.

use super::super::super::Verdict;
use super::super::super::output::{Output, remark};
use super::{Acting, agency, head, show, write_out};
use crate::app::library::Library;
use crate::app::proceeding::assemble::assemble_case;
use crate::app::proceeding::{Case, award as ends, rank as ranks};
use crate::document::tender::{Layout, render};
use crate::text::Text;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExcludeArguments {
    #[command(flatten)]
    acting: Acting,
    /// The bid
    #[arg(long)]
    bid: String,
    /// Why, in Japanese
    #[arg(long)]
    reason_ja: String,
    /// Why, in English
    #[arg(long)]
    reason_en: String,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LotsArguments {
    #[command(flatten)]
    acting: Acting,
    /// The bids in the order of the lots
    #[arg(long, value_name = "BID,BID", value_delimiter = ',', required = true)]
    order: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AssembleArguments {
    /// The case folder
    case: String,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    into: String,
    /// A folder with the agency's own evidence, which is written too
    #[arg(long, value_name = "DIR")]
    agency: Option<String>,
    /// The head of the log that you remember
    #[arg(long, value_name = "DIGEST")]
    head: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RankArguments {
    #[command(flatten)]
    acting: Acting,
    /// A folder with the agency's own evidence
    #[arg(long, value_name = "DIR")]
    agency: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AwardArguments {
    #[command(flatten)]
    acting: Acting,
    /// The winner; one for each lot that has one
    #[arg(long, required = true)]
    bid: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CancelArguments {
    #[command(flatten)]
    acting: Acting,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) fn exclude(arguments: &ExcludeArguments, output: &Output) -> anyhow::Result<Verdict> {
    let reason = Text {
        ja: arguments.reason_ja.clone(),
        en: arguments.reason_en.clone(),
    };
    let done = ranks::exclude(&arguments.acting.doing()?, &arguments.bid, &reason)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn lots(arguments: &LotsArguments, output: &Output) -> anyhow::Result<Verdict> {
    let done = ranks::note_lots(&arguments.acting.doing()?, &arguments.order)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn assemble(arguments: &AssembleArguments, output: &Output) -> anyhow::Result<Verdict> {
    let case = Case::open(&arguments.case, head(arguments.head.as_deref())?.as_ref())?;
    let mut files = assemble_case(&case)?;
    files.extend(agency(arguments.agency.as_deref())?);
    files.sort_by(|left, right| left.path.cmp(&right.path));
    write_out(&arguments.into, &files)?;
    let paths: Vec<_> = files.iter().map(|one| one.path.as_str()).collect();
    remark(&format!("{} files: {}\n", paths.len(), arguments.into));
    let view = serde_json::json!({"schema": "mekiki/tender-case-files/v1", "into": arguments.into, "files": paths});
    output.either(&view, || {
        format!("mekiki tender evaluate {}\n", arguments.into)
    })?;
    Ok(Verdict::Acceptable)
}

pub(super) fn rank(
    arguments: &RankArguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let agency = agency(arguments.agency.as_deref())?;
    let (done, ranked) = ranks::rank(library, &arguments.acting.doing()?, &agency)?;
    if !output.is_json() {
        let layout = Layout {
            lang: output.lang(),
            width: output.width(),
            explain: false,
        };
        let catalog = ranked.has_catalog.then_some(&library.catalog);
        output.text(&render(&ranked.judged.view, catalog, layout))?;
    }
    show(&done, &arguments.acting.case, output)
}

pub(super) fn award(arguments: &AwardArguments, output: &Output) -> anyhow::Result<Verdict> {
    let done = ends::award(&arguments.acting.doing()?, &arguments.bid)?;
    show(&done, &arguments.acting.case, output)
}

pub(super) fn cancel(arguments: &CancelArguments, output: &Output) -> anyhow::Result<Verdict> {
    let done = ends::cancel(&arguments.acting.doing()?, &arguments.reason)?;
    show(&done, &arguments.acting.case, output)
}
