//! Whether what is still open could change the winner, and which bidders are within reach.

use serde::Serialize;

use super::ground::{Ground, Moving, Stand, first};
use super::linear::WeightKind;
use super::marks::MarkChanges;
use super::published::{price_points, round_total};
use super::yen::{PointsToYen, Shortfall};
use super::{LISTED, Listed};
use crate::exact::Exact;
use crate::id::BidId;

/// What the open items could do: each challenger with all that is possible against the winner with what is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// Whether no answer to an open item can change the winner, before rounding.
    pub winner_is_certain: bool,
    /// The same under the published rounding; none when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub winner_is_certain_as_published: Option<bool>,
    /// How many bids have open items.
    pub bids_with_open_items: usize,
    /// The challengers that could win or tie, the highest possible total first.
    pub challengers: Listed<OpenChallenger>,
}

/// A challenger that could win by what is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenChallenger {
    /// The bid.
    pub bid: BidId,
    /// Its total, proven.
    pub total: Exact,
    /// Its total when everything open is met.
    pub possible: Exact,
    /// Whether its possible total only equals the winner's, and the tie rules do not keep the winner.
    pub by_tie: bool,
    /// The weights of which the open part is enough by itself.
    pub single: Vec<String>,
}

/// A bidder within reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// The bid.
    pub bid: BidId,
    /// What it lacks, in points of the total.
    pub points: Exact,
    /// The item of which a higher mark is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_item: Option<String>,
    /// The item and the evaluator whose single mark is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_evaluator: Option<EvaluatorReach>,
    /// The lower price that is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_price: Option<Shortfall>,
    /// The weights of which the open part is enough by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_open: Vec<String>,
}

/// One evaluator's mark of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluatorReach {
    /// The item.
    pub item: String,
    /// The evaluator.
    pub evaluator: String,
}

/// Computes what the open items could do.
pub(super) fn open(ground: &Ground<'_>) -> Open {
    let stands = ground.stands.iter();
    let opened: Vec<_> = stands
        .filter(|stand| stand.bid.possible != stand.bid.shares)
        .collect();
    let challengers: Vec<_> = opened
        .iter()
        .filter_map(|stand| challenger(ground, stand))
        .collect();
    let mut listed = challengers;
    listed.sort_by(|left, right| {
        (right.possible.cmp(&left.possible)).then_with(|| left.bid.cmp(&right.bid))
    });
    Open {
        winner_is_certain: ground.winners.len() == 1 && listed.is_empty(),
        winner_is_certain_as_published: certain_as_published(ground),
        bids_with_open_items: opened.len(),
        challengers: Listed::of(listed, LISTED),
    }
}

fn challenger(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<OpenChallenger> {
    let winner = ground
        .winner()
        .filter(|winner| winner.place != stand.place)?;
    let possible = ground.opened(stand);
    let total = possible.total.value.clone();
    let by_tie = total == winner.total;
    let wins = |contender| first(&[ground.contender(winner, &[]), contender]) != [winner.place];
    if total < winner.total || !wins(possible) {
        return None;
    }
    let weights = ground.model.weights.iter().zip(&stand.bid.shares);
    let single = weights
        .zip(&stand.bid.possible)
        .enumerate()
        .filter(|(_, ((_, share), possible))| share != possible)
        .filter(|(place, ((weight, share), possible))| {
            let by = weight.points.times(&possible.minus(share));
            wins(ground.marked(stand, *place, &Moving::still(by)))
        })
        .map(|(_, ((weight, _), _))| weight.id.clone())
        .collect();
    Some(OpenChallenger {
        bid: stand.bid.id.clone(),
        total: stand.total.clone(),
        possible: total,
        by_tie,
        single,
    })
}

/// Under the published rounding a bid is a danger when its rounded possible total reaches the winner's rounded total;
/// equal totals count as a danger, for the tie rules may rest on rounded points too.
fn certain_as_published(ground: &Ground<'_>) -> Option<bool> {
    let rounding = ground.model.rounding?;
    let [published] = ground.model.published.as_slice() else {
        return Some(false);
    };
    let total = |stand: &Stand<'_>, shares: &[Exact]| {
        let weights = ground.model.weights.iter().zip(shares);
        let technical: Exact = weights
            .filter(|(weight, _)| weight.kind != WeightKind::Price)
            .map(|(weight, share)| weight.points.times(share))
            .sum();
        round_total(
            rounding,
            stand.bid,
            &technical,
            &price_points(ground, stand.bid),
        )
    };
    let winner = ground
        .stands
        .iter()
        .find(|stand| stand.bid.id == *published)?;
    let proven = total(winner, &winner.bid.shares);
    let danger = ground
        .stands
        .iter()
        .filter(|stand| stand.bid.id != *published && stand.bid.possible != stand.bid.shares)
        .any(|stand| total(stand, &stand.bid.possible) >= proven);
    Some(!danger)
}

/// The bidders for whom one mark, a lower price or the open part of one weight is enough, the nearest first.
pub(super) fn within_reach(
    ground: &Ground<'_>,
    marks: &MarkChanges,
    open: Option<&Open>,
    yen: Option<&PointsToYen>,
) -> Listed<Reach> {
    let nearest = ground.nearest();
    let reaches: Vec<_> = nearest
        .iter()
        .take(LISTED)
        .filter(|(stand, _)| !ground.winners.contains(&stand.place))
        .map(|(stand, _)| {
            let id = &stand.bid.id;
            let of_bid = |changes: &super::marks::MarkChange| changes.bid == *id;
            let item = marks.items.listed.iter().find(|one| of_bid(one));
            let evaluator = marks.evaluators.listed.iter().find(|one| of_bid(one));
            let open = open.into_iter().flat_map(|open| &open.challengers.listed);
            let open = open.into_iter().find(|one| one.bid == *id);
            let yen = yen.into_iter().flat_map(|yen| &yen.bids.listed);
            let yen = yen.into_iter().find(|one| one.bid == *id);
            Reach {
                bid: id.clone(),
                points: ground.lead(stand),
                by_item: item.map(|one| one.item.clone()),
                by_evaluator: evaluator.and_then(|one| {
                    Some(EvaluatorReach {
                        item: one.item.clone(),
                        evaluator: one.evaluator.clone()?,
                    })
                }),
                by_price: yen.and_then(|one| one.short.clone()),
                by_open: open.map_or_else(Vec::new, |one| one.single.clone()),
            }
        })
        .filter(|reach| {
            reach.by_item.is_some()
                || reach.by_evaluator.is_some()
                || reach.by_price.is_some()
                || !reach.by_open.is_empty()
        })
        .collect();
    Listed {
        count: reaches.len(),
        listed: reaches,
    }
}
