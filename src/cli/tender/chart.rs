//! `mekiki tender chart DIR --kind ranking|plane|tornado -o FILE.svg`

use super::open;
use crate::app::library::Library;
use crate::app::tender::judge_tender;
use crate::app::tender_paper::{ChartKind, chart};
use crate::cli::Verdict;
use crate::cli::output::Output;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// The ranking with intervals
    Ranking,
    /// Price against technical points, with lines of equal totals
    Plane,
    /// The smallest changes that change the winner
    Tornado,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A tender's folder, or a tender file that needs no evidence
    path: String,
    /// Which picture
    #[arg(long, value_enum)]
    kind: Kind,
    /// Which lot, where the tender is parted
    #[arg(long, value_name = "ID")]
    lot: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let open = open(&arguments.path, library)?;
    let judged = judge_tender(library, &open, None)?;
    let kind = match arguments.kind {
        Kind::Ranking => ChartKind::Ranking,
        Kind::Plane => ChartKind::Plane,
        Kind::Tornado => ChartKind::Tornado,
    };
    let picture = chart(
        &open,
        &judged,
        kind,
        arguments.lot.as_deref(),
        output.lang(),
    )?;
    output.bytes(picture.file().as_bytes())?;
    Ok(Verdict::Acceptable)
}
