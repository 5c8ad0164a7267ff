//! `mekiki tender paper DIR --kind items|procedure|consolidated|award|losing [--bid ID] -o FILE.html`

use std::path::Path;

use super::open;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::tender::{TENDER_FILE, judge_tender};
use crate::app::tender_paper::{NoticeKind, ResultKind, notice_papers, result_papers};
use crate::cli::output::Output;
use crate::cli::{LangArgument, Verdict, read};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::paper::page;
use crate::evidence::Evidence;
use crate::id::BidId;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// The evaluation items, for the notice
    Items,
    /// The evaluation procedure in words, for the notice
    Procedure,
    /// Items, evaluators and bids in tables, for the committee
    Consolidated,
    /// What was decided, for the contracting officer
    Award,
    /// The reasons to one bidder who did not win
    Losing,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A tender's folder, or a tender file that needs no evidence; the first two papers need no bids
    path: String,
    /// Which paper
    #[arg(long, value_enum)]
    kind: Kind,
    /// To which bidder, for the reasons
    #[arg(long, value_name = "ID", required_if_eq("kind", "losing"))]
    bid: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
    lang: LangArgument,
) -> anyhow::Result<Verdict> {
    let bid = arguments.bid.as_ref().map(|id| BidId(id.clone()));
    let papers = match (arguments.kind, bid) {
        (Kind::Losing, Some(bid)) => of_result(arguments, library, &ResultKind::Losing(bid), lang)?,
        (Kind::Losing, None) => Vec::new(),
        (_, Some(_)) => {
            let message = "only the reasons to a bidder are about one bid";
            let fault = Diagnostic::error("paper-bid", Place::whole(), message)
                .help("leave out --bid, or write --kind losing");
            return Err(Refused(vec![fault]).into());
        }
        (Kind::Items, None) => of_notice(arguments, library, NoticeKind::Items, lang)?,
        (Kind::Procedure, None) => of_notice(arguments, library, NoticeKind::Procedure, lang)?,
        (Kind::Consolidated, None) => {
            of_result(arguments, library, &ResultKind::Consolidated, lang)?
        }
        (Kind::Award, None) => of_result(arguments, library, &ResultKind::Award, lang)?,
    };
    output.bytes(page(&papers)?.as_bytes())?;
    Ok(Verdict::Acceptable)
}

type Papers = Vec<crate::document::paper::Paper>;

fn of_notice(
    arguments: &Arguments,
    library: &Library,
    kind: NoticeKind,
    lang: LangArgument,
) -> Result<Papers, Refused> {
    let path = Path::new(&arguments.path);
    let path = if path.is_dir() {
        path.join(TENDER_FILE)
    } else {
        path.to_owned()
    };
    let bytes = read(&path.to_string_lossy())?;
    notice_papers(
        library,
        &Evidence::new(TENDER_FILE, bytes),
        kind,
        lang.all(),
    )
}

fn of_result(
    arguments: &Arguments,
    library: &Library,
    kind: &ResultKind,
    lang: LangArgument,
) -> Result<Papers, Refused> {
    let open = open(&arguments.path, library)?;
    let judged = judge_tender(library, &open, None)?;
    result_papers(library, &open, &judged, kind, lang.all())
}
