//! The smallest change of one weight, the others held, that changes the winner; and the same as the ratio of technical
//! points to price points.

use rayon::prelude::*;
use serde::Serialize;

use super::ground::{Edge, Ground, Moved, Moving, first};
use super::linear::{ModelMethod, Weight, WeightKind};
use super::published::PublishedChange;
use crate::exact::{Exact, Whole};
use crate::id::BidId;
use crate::text::Text;

/// Which way a number moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Down.
    Decrease,
    /// Up.
    Increase,
}

/// The smallest change of one weight in one direction that changes the winner, before rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SingleChange {
    /// The weight.
    pub weight: String,
    /// Its title.
    pub title: Text,
    /// What it is.
    pub kind: WeightKind,
    /// The direction.
    pub direction: Direction,
    /// Its points now.
    pub from: Exact,
    /// Its points at the threshold: there the totals are equal.
    pub to: Exact,
    /// The distance from `from` to `to`; zero when any change, however small, is enough.
    pub change: Exact,
    /// Who wins then: beyond the threshold, or at it when nothing lies beyond; the first of several.
    pub winner: BidId,
    /// Who wins at the threshold itself, by the tie rules.
    pub at_threshold: Vec<BidId>,
    /// Who wins just beyond it; empty when nothing lies beyond, the weight being zero.
    pub beyond: Vec<BidId>,
    /// The same under the published rounding; none where it was left out or nothing within reach changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedChange>,
}

/// The smallest change of technical points : price points in one direction that changes the winner, before rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatioChange {
    /// What happens to the price's allotment against the technical points.
    pub direction: Direction,
    /// The technical points for one price point, now; none when the price has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Exact>,
    /// The technical points for one price point at the threshold; none when the price has none left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Exact>,
    /// The price's allotment at the threshold while the technical points stay.
    pub price_points: Exact,
    /// The price's allotment at the threshold while the sum of all points stays.
    pub price_points_of_same_sum: Exact,
    /// Who wins then, as for a single weight.
    pub winner: BidId,
    /// Who wins at the threshold itself, by the tie rules.
    pub at_threshold: Vec<BidId>,
    /// Who wins just beyond it.
    pub beyond: Vec<BidId>,
}

/// Where one direction of one weight changes the winner.
struct Crossing {
    /// By how much the weight moves, zero or more.
    change: Exact,
    /// The bids whose totals equal the winner's there, without the winner.
    tied: Vec<usize>,
    /// Whether the weight can move on.
    goes_on: bool,
}

/// Every weight and direction that changes the winner, in the order of the weights.
pub(super) fn single_changes(ground: &Ground<'_>) -> Vec<SingleChange> {
    let weights: Vec<_> = ground.model.weights.iter().zip(&ground.weights).collect();
    weights
        .par_iter()
        .enumerate()
        .flat_map_iter(|(place, (weight, points))| {
            [Direction::Decrease, Direction::Increase]
                .into_iter()
                .filter_map(move |direction| change_of(ground, place, weight, points, direction))
        })
        .collect()
}

/// The price's allotment against the technical points, from the changes of the single weights; empty where the price
/// has no allotment.
pub(super) fn ratio_changes(ground: &Ground<'_>, single: &[SingleChange]) -> Vec<RatioChange> {
    if ground.model.method != ModelMethod::Addition {
        return Vec::new();
    }
    let technical: Exact = ground
        .model
        .weights
        .iter()
        .filter(|weight| weight.kind != WeightKind::Price)
        .map(|weight| weight.points.clone())
        .sum();
    single
        .iter()
        .filter(|change| change.kind == WeightKind::Price)
        .map(|change| {
            let sum = technical.plus(&change.from);
            let scaled = sum.times(&change.to).over(&technical.plus(&change.to));
            RatioChange {
                direction: change.direction,
                from: technical.over(&change.from),
                to: technical.over(&change.to),
                price_points: change.to.clone(),
                price_points_of_same_sum: scaled.unwrap_or_else(Exact::zero),
                winner: change.winner.clone(),
                at_threshold: change.at_threshold.clone(),
                beyond: change.beyond.clone(),
            }
        })
        .collect()
}

fn change_of(
    ground: &Ground<'_>,
    place: usize,
    weight: &Weight,
    points: &Whole,
    direction: Direction,
) -> Option<SingleChange> {
    let crossing = crossing(ground, place, points, direction)?;
    let signed = |number: &Exact| match direction {
        Direction::Decrease => number.negated(),
        Direction::Increase => number.clone(),
    };
    let winners = |onward: Exact| {
        let moved = [Moved {
            weight: place,
            by: Moving {
                value: signed(&crossing.change),
                onward: signed(&onward),
            },
        }];
        let bids = ground.winner().map(|winner| winner.place).into_iter();
        let contenders: Vec<_> = bids
            .chain(crossing.tied.iter().copied())
            .filter_map(|place| ground.stands.get(place))
            .map(|stand| ground.contender(stand, &moved))
            .collect();
        first(&contenders)
    };
    let at_threshold = winners(Exact::zero());
    let beyond = if crossing.goes_on {
        winners(Exact::one())
    } else {
        Vec::new()
    };
    let after = if crossing.goes_on {
        &beyond
    } else {
        &at_threshold
    };
    if *after == ground.winners && at_threshold == ground.winners {
        return None;
    }
    let winner = newcomer(ground, after)?;
    Some(SingleChange {
        weight: weight.id.clone(),
        title: weight.title.clone(),
        kind: weight.kind,
        direction,
        from: weight.points.clone(),
        to: weight.points.plus(&signed(&crossing.change)),
        change: crossing.change,
        winner,
        at_threshold: ground.ids(&at_threshold),
        beyond: ground.ids(&beyond),
        published: None,
    })
}

/// The first of the bids that win after a change and did not before; the first of all where each did.
pub(super) fn newcomer(ground: &Ground<'_>, after: &[usize]) -> Option<BidId> {
    let new = after.iter().find(|place| !ground.winners.contains(place));
    let place = new.or(after.first())?;
    Some(ground.stands.get(*place)?.bid.id.clone())
}

fn crossing(
    ground: &Ground<'_>,
    place: usize,
    points: &Whole,
    direction: Direction,
) -> Option<Crossing> {
    let rate = |edge: &Edge| {
        let slope = edge.slopes.get(place);
        slope.map_or_else(Whole::zero, |slope| match direction {
            Direction::Decrease => slope.clone(),
            Direction::Increase => -slope,
        })
    };
    // The change at an edge is gap / rate; the smallest is found by cross multiplication.
    let mut best: Option<(Whole, Whole)> = None;
    for edge in &ground.edges {
        let rate = rate(edge);
        let nearer = |gap: &Whole, rate: &Whole| {
            best.as_ref()
                .is_none_or(|(best_gap, best_rate)| gap * best_rate < best_gap * rate)
        };
        if rate.is_positive() && nearer(&edge.gap, &rate) {
            best = Some((edge.gap.clone(), rate));
        } else if rate.is_negative() && ground.winners.contains(&edge.challenger) {
            // An open tie: a winner that falls behind at once.
            best = Some((Whole::zero(), Whole::one()));
        }
    }
    let (gap, best_rate) = best?;
    let room = points * &best_rate;
    if direction == Direction::Decrease && gap > room {
        return None;
    }
    let tied = ground
        .edges
        .iter()
        .filter(|edge| &edge.gap * &best_rate == &gap * &rate(edge))
        .map(|edge| edge.challenger)
        .collect();
    Some(Crossing {
        change: Exact::quotient(&gap, &(&best_rate * &ground.weight_scale))?,
        tied,
        goes_on: direction == Direction::Increase || gap < room,
    })
}
