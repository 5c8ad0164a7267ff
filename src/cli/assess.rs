//! `mekiki assess DIR --bid ID`

use std::fmt::Write as _;

use super::Verdict;
use super::output::Output;
use crate::app::Refused;
use crate::app::library::Library;
use crate::app::tender::{judge_tender, open_tender};
use crate::criteria::Stage;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::tender::explain_verdict;
use crate::document::words;
use crate::folder::read_folder;
use crate::text::messages::message_with;
use crate::time::parse_instant;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A tender's folder
    dir: String,
    /// The bid to assess; may be left out when there is only one
    #[arg(long, value_name = "ID")]
    bid: Option<String>,
    /// The day of judgment, YYYY-MM-DD; the tender's own when left out
    #[arg(long, value_name = "DATE", value_parser = |text: &str| parse_instant(text).ok_or("write a day as YYYY-MM-DD"))]
    as_of: Option<crate::time::Date>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let open = open_tender(library, read_folder(&arguments.dir)?)?;
    let judged = judge_tender(library, &open, arguments.as_of)?;
    let mut bids = judged.view.bids.iter().filter(|bid| {
        arguments
            .bid
            .as_ref()
            .is_none_or(|id| bid.id.as_str() == id)
    });
    let chosen = match (bids.next(), bids.next()) {
        (Some(bid), None) => bid.assessment.as_ref(),
        (None, _) => None,
        (Some(_), Some(_)) => {
            let all: Vec<_> = judged.view.bids.iter().map(|bid| bid.id.as_str()).collect();
            return Err(Refused(vec![
                Diagnostic::error("bid-unnamed", Place::whole(), "the tender has several bids")
                    .help(format!("add --bid with one of {}", all.join(", "))),
            ])
            .into());
        }
    };
    let Some(assessment) = chosen else {
        return Err(Refused(vec![
            Diagnostic::error(
                "bid-unknown",
                Place::whole(),
                "there is no such bid with evidence",
            )
            .help("see the bids in tender.toml"),
        ])
        .into());
    };
    let lang = output.lang();
    output.either(assessment, || {
        let mut out = String::new();
        for verdict in assessment.verdicts.iter().filter(|verdict| {
            words::look(verdict.verdict.kind) != crate::document::table::Look::Faint
        }) {
            out.push_str(&explain_verdict(verdict, Some(&library.catalog), lang));
        }
        let score = &assessment.score;
        let arguments = [
            ("low", score.low.to_string()),
            ("high", score.high.to_string()),
            ("of", score.of.to_string()),
        ];
        let arguments: Vec<_> = arguments
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        _ = writeln!(out, "{}", message_with(lang, "score-interval", &arguments));
        out
    })?;
    let open_gates = assessment
        .gates
        .iter()
        .filter(|gate| gate.stage == Stage::Bid)
        .all(|gate| gate.verdict.kind.opens_gate());
    Ok(Verdict::of(open_gates))
}
