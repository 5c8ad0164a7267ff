//! Ranking the bids of a case whose prices are open.

use serde_json::json;

use super::assemble::assemble_case;
use super::{Case, Doing, Done, Refused, Writing};
use crate::app::library::Library;
use crate::app::tender::{JudgedTender, judge_tender, open_tender, write_record};
use crate::evidence::Evidence;
use crate::id::BidId;
use crate::tender::proceeding::Event;
use crate::tender::proceeding::event::{LotWinners, Ranked};
use crate::text::Text;

/// A ranking with its record.
#[derive(Debug)]
pub struct RankedCase {
    /// The judged tender.
    pub judged: JudgedTender,
    /// The record of the evaluation.
    pub record: String,
    /// Whether criteria were judged.
    pub has_catalog: bool,
}

/// Judges the tender that a case comes to, as `mekiki tender evaluate` does. `agency` is the agency's own evidence.
///
/// # Errors
///
/// As [`assemble_case`], and whatever keeps the tender from being judged.
pub fn judge(library: &Library, case: &Case, agency: &[Evidence]) -> Result<RankedCase, Refused> {
    let mut evidence = assemble_case(case)?;
    evidence.extend_from_slice(agency);
    let open = open_tender(library, evidence)?;
    let judged = judge_tender(library, &open, None)?;
    let record = write_record(library, &open, &judged);
    Ok(RankedCase {
        judged,
        record,
        has_catalog: open.tender.catalog.is_some(),
    })
}

/// Ranks the bids and keeps the record of it in the case.
///
/// # Errors
///
/// As [`judge`], and what the guards say.
pub fn rank(
    library: &Library,
    doing: &Doing<'_>,
    agency: &[Evidence],
) -> Result<(Done, RankedCase), Refused> {
    let mut writing = Writing::begin(doing)?;
    writing.admit(&Event::Ranked {
        record: crate::digest::Digest::of(b""),
        order: Vec::new(),
        lots: Vec::new(),
    })?;
    let ranked = judge(library, &writing.case, agency)?;
    let (order, lots) = outcome(&ranked.judged);
    let record = writing.put(ranked.record.clone().into_bytes());
    let details = json!({"record": record, "order": order, "lots": lots});
    let seen = agency.iter().map(|one| one.digest).collect();
    writing.add(
        Event::Ranked {
            record,
            order,
            lots,
        },
        seen,
    )?;
    Ok((writing.finish(details)?, ranked))
}

fn outcome(judged: &JudgedTender) -> (Vec<Ranked>, Vec<LotWinners>) {
    let view = &judged.view;
    let order = view
        .bids
        .iter()
        .map(|bid| Ranked {
            bid: bid.id.to_string(),
            rank: bid.rank.and_then(|rank| u64::try_from(rank).ok()),
        })
        .collect();
    let ids = |winners: &[BidId]| winners.iter().map(ToString::to_string).collect();
    let mut lots: Vec<_> = view
        .lots
        .iter()
        .map(|lot| LotWinners {
            lot: Some(lot.id.clone()),
            winners: ids(&lot.winner),
        })
        .collect();
    if lots.is_empty() {
        lots.push(LotWinners {
            lot: None,
            winners: ids(&view.winner),
        });
    }
    (order, lots)
}

/// Excludes a bid after the opening; the bids are ranked anew after it.
///
/// # Errors
///
/// What the guards say.
pub fn exclude(doing: &Doing<'_>, bid: &str, reason: &Text) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let seen = writing.case.state.ranking.as_ref().map(|one| one.record);
    writing.add(
        Event::Excluded {
            bid: bid.to_owned(),
            reason: reason.clone(),
        },
        seen.into_iter().collect(),
    )?;
    writing.finish(json!({"bid": bid}))
}

/// Notes in which order lots were drawn; the bids are ranked anew after it.
///
/// # Errors
///
/// What the guards say.
pub fn note_lots(doing: &Doing<'_>, order: &[String]) -> Result<Done, Refused> {
    let mut writing = Writing::begin(doing)?;
    let seen = writing.case.state.ranking.as_ref().map(|one| one.record);
    let order = order.to_vec();
    let details = json!({"order": order});
    writing.add(Event::LotsDrawn { order }, seen.into_iter().collect())?;
    writing.finish(details)
}
