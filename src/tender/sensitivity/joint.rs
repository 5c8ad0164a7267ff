//! The smallest change of all weights together, their sum kept and none below zero, that changes the winner.
//!
//! For one challenger, with `g` the growth of the winner's lead by one point of each weight:
//! - L1: taking one point from weight `i` and giving it to the weight of the smallest `g` costs a distance of 2 and
//!   shrinks the lead by `g(i) − min g`. So the weights of the largest `g` give first, each what it holds: a knapsack
//!   of divisible goods.
//! - L∞: with no weight moved by more than `e`, the lead shrinks at most by the minimum over `m` of
//!   `Σ max(0, g(i) − m) × min(e, weight(i)) + Σ max(0, m − g(i)) × e` (linear programming duality; `m` is one of the
//!   `g`). The smallest `e` is found by raising `e` until the bound of the current `m` allows it, and taking the `m`
//!   that binds there, until none binds harder.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use super::ground::{Contender, Edge, Ground, Moved, Moving, first};
use super::single::newcomer;
use crate::exact::{Exact, Whole};
use crate::id::BidId;

/// The smallest joint changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Joint {
    /// By the sum of the changes, without sign.
    pub l1: Option<JointChange>,
    /// By the largest change.
    pub linf: Option<JointChange>,
}

/// One smallest joint change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JointChange {
    /// The distance at which the totals are equal; zero when any change, however small, is enough.
    pub distance: Exact,
    /// Who wins then: beyond these weights, or at them when nothing lies beyond.
    pub winner: BidId,
    /// Who wins at these weights themselves, by the tie rules.
    pub at_threshold: Vec<BidId>,
    /// Who wins just beyond, on the way to all points on the weight that favors the challenger most; empty when
    /// nothing lies beyond.
    pub beyond: Vec<BidId>,
    /// The weights that attain it; those that stay are left out.
    pub weights: Vec<MovedWeight>,
}

/// One weight that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedWeight {
    /// The weight.
    pub weight: String,
    /// Its points now.
    pub from: Exact,
    /// Its points then.
    pub to: Exact,
}

/// How the weights move for one challenger.
struct Reach {
    /// In points.
    distance: Exact,
    /// By place.
    moves: Vec<Exact>,
    /// Whether the lead can go on that way.
    goes_on: bool,
    towards: Towards,
}

/// Whose favor the weights move in.
enum Towards {
    Challenger,
    Winner,
}

/// Computes both.
pub(super) fn joint(ground: &Ground<'_>) -> Joint {
    Joint {
        l1: nearest(ground, knapsack),
        linf: nearest(ground, box_bound),
    }
}

fn nearest(
    ground: &Ground<'_>,
    reach: impl Fn(&Ground<'_>, &Edge, Option<&Exact>) -> Option<Reach> + Sync,
) -> Option<JointChange> {
    // The challenger that a crude bound finds nearest bounds the search for the rest.
    let bounds: Vec<_> = ground.edges.iter().map(crude_bound).collect();
    let nearest = ground
        .edges
        .iter()
        .zip(&bounds)
        .filter_map(|(edge, bound)| Some((edge, bound.as_ref()?)))
        .min_by(|left, right| left.1.cmp(right.1))
        .map(|(edge, _)| edge)?;
    let limit = reach(ground, nearest, None)
        .filter(|reach| reach.goes_on)
        .map(|reach| reach.distance);
    let mut found: Vec<_> = ground
        .edges
        .par_iter()
        .filter_map(|edge| Some((edge.challenger, reach(ground, edge, limit.as_ref())?)))
        .collect();
    found.extend(
        ground
            .edges
            .iter()
            .filter_map(|edge| Some((edge.challenger, settled(ground, edge)?))),
    );
    found.sort_by(|left, right| {
        (left.1.distance.cmp(&right.1.distance))
            .then_with(|| right.1.goes_on.cmp(&left.1.goes_on))
            .then_with(|| left.0.cmp(&right.0))
    });
    found.iter().find_map(|(challenger, reach)| {
        // Whoever is equal to the winner at these weights can be so no later, or always is.
        let equal = found
            .iter()
            .filter(|(_, other)| other.distance <= reach.distance)
            .map(|(place, _)| *place);
        let always = ground.edges.iter().filter(|edge| edge.gap.is_zero());
        let rivals = equal.chain(always.map(|edge| edge.challenger));
        change(ground, *challenger, reach, &rivals.collect())
    })
}

/// A lower bound of a distance up to a common factor: the lead over the widest difference of growths.
fn crude_bound(edge: &Edge) -> Option<Exact> {
    let widest = edge.slopes.iter().max()? - edge.slopes.iter().min()?;
    Exact::quotient(&edge.gap, &widest)
}

fn change(
    ground: &Ground<'_>,
    challenger: usize,
    reach: &Reach,
    rivals: &BTreeSet<usize>,
) -> Option<JointChange> {
    let edge = ground
        .edges
        .iter()
        .find(|edge| edge.challenger == challenger)?;
    let at_threshold = winners(ground, rivals, &reach.moves, None);
    let beyond = if reach.goes_on {
        let growths = edge.slopes.iter().enumerate();
        let corner = match reach.towards {
            Towards::Challenger => growths.min_by_key(|(_, growth)| *growth),
            Towards::Winner => growths.max_by_key(|(_, growth)| *growth),
        };
        winners(ground, rivals, &reach.moves, Some(corner?.0))
    } else {
        Vec::new()
    };
    let after = if reach.goes_on {
        &beyond
    } else {
        &at_threshold
    };
    if *after == ground.winners {
        return None;
    }
    let weights = ground.model.weights.iter().zip(&reach.moves);
    Some(JointChange {
        distance: reach.distance.clone(),
        winner: newcomer(ground, after)?,
        at_threshold: ground.ids(&at_threshold),
        beyond: ground.ids(&beyond),
        weights: weights
            .filter(|(_, by)| !by.is_zero())
            .map(|(weight, by)| MovedWeight {
                weight: weight.id.clone(),
                from: weight.points.clone(),
                to: weight.points.plus(by),
            })
            .collect(),
    })
}

/// By how much the lead shrinks when all points go to the weight of the smallest growth; none when no change of the
/// weights changes it.
fn most(ground: &Ground<'_>, edge: &Edge) -> Option<Whole> {
    let least = edge.slopes.iter().min()?;
    if edge.slopes.iter().all(|slope| slope == least) {
        return None;
    }
    let mut most = Whole::zero();
    for (slope, weight) in edge.slopes.iter().zip(&ground.weights) {
        most += &(&(slope - least) * weight);
    }
    Some(most)
}

/// The winners after weights have moved, and move on to all points on one weight where one is named.
/// Only the winner and its rivals can win.
fn winners(
    ground: &Ground<'_>,
    rivals: &BTreeSet<usize>,
    moves: &[Exact],
    corner: Option<usize>,
) -> Vec<usize> {
    let points = ground.model.weights.iter().map(|weight| &weight.points);
    let sum: Exact = points.clone().cloned().sum();
    let moved: Vec<_> = moves
        .iter()
        .zip(points)
        .enumerate()
        .map(|(weight, (by, points))| {
            let onward = match corner {
                Some(corner) if corner == weight => sum.minus(points).minus(by),
                Some(_) => points.plus(by).negated(),
                None => Exact::zero(),
            };
            Moved {
                weight,
                by: Moving {
                    value: by.clone(),
                    onward,
                },
            }
        })
        .filter(|moved| !moved.by.value.is_zero() || !moved.by.onward.is_zero())
        .collect();
    let rivals = rivals.iter().filter_map(|place| ground.stands.get(*place));
    let contenders: Vec<Contender> = ground
        .winner()
        .into_iter()
        .chain(rivals)
        .map(|stand| ground.contender(stand, &moved))
        .collect();
    first(&contenders)
}

/// An open tie is settled by any change that lets the first winner's lead over another grow.
fn settled(ground: &Ground<'_>, edge: &Edge) -> Option<Reach> {
    if !ground.winners.contains(&edge.challenger) {
        return None;
    }
    let largest = edge.slopes.iter().max()?;
    let mut weights = edge.slopes.iter().zip(&ground.weights);
    weights
        .any(|(growth, weight)| growth < largest && weight.is_positive())
        .then(|| Reach {
            distance: Exact::zero(),
            moves: vec![Exact::zero(); edge.slopes.len()],
            goes_on: true,
            towards: Towards::Winner,
        })
}

fn knapsack(ground: &Ground<'_>, edge: &Edge, limit: Option<&Exact>) -> Option<Reach> {
    let mut order: Vec<_> = edge
        .slopes
        .iter()
        .zip(&ground.weights)
        .enumerate()
        .collect();
    order.sort_by(|left, right| right.1.0.cmp(left.1.0));
    let (taker, (least, _)) = *order.last()?;
    let most = most(ground, edge)?;
    if edge.gap > most {
        return None;
    }
    let mut rest = edge.gap.clone();
    let mut gives: Vec<(usize, Exact)> = Vec::new();
    for (place, (slope, weight)) in &order {
        let rate = *slope - least;
        if !rate.is_positive() {
            break;
        }
        let whole = *weight * &rate;
        if whole > rest {
            gives.push((
                *place,
                Exact::quotient(&rest, &(&rate * &ground.weight_scale))?,
            ));
            break;
        }
        gives.push((*place, Exact::quotient(weight, &ground.weight_scale)?));
        rest -= &whole;
    }
    let given: Exact = gives.iter().map(|(_, points)| points.clone()).sum();
    let distance = given.plus(&given);
    if limit.is_some_and(|limit| distance > *limit) {
        return None;
    }
    let mut moves = vec![Exact::zero(); edge.slopes.len()];
    for (place, points) in gives {
        if let Some(slot) = moves.get_mut(place) {
            *slot = points.negated();
        }
    }
    if let Some(slot) = moves.get_mut(taker) {
        *slot = slot.plus(&given);
    }
    Some(Reach {
        distance,
        moves,
        goes_on: edge.gap < most,
        towards: Towards::Challenger,
    })
}

fn box_bound(ground: &Ground<'_>, edge: &Edge, limit: Option<&Exact>) -> Option<Reach> {
    // By weight, for the bound of one `m`; by growth, for the `m` that binds.
    let mut by_weight: Vec<_> = ground.weights.iter().zip(&edge.slopes).collect();
    by_weight.sort();
    let mut by_growth: Vec<_> = edge.slopes.iter().zip(&ground.weights).collect();
    by_growth.sort();
    if edge.gap > most(ground, edge)? {
        return None;
    }
    let scaled_limit = limit.map(|limit| limit.terms());
    let mut bound = by_growth
        .get(by_growth.len() / 2)
        .map(|(growth, _)| *growth)?;
    let distance = loop {
        let (numerator, denominator) = smallest_box(&by_weight, bound, &edge.gap)?;
        if let Some((limit, limit_scale)) = &scaled_limit
            && &numerator * limit_scale > &(limit * &denominator) * &ground.weight_scale
        {
            return None;
        }
        let binding = binding(&by_growth, &numerator, &denominator)?;
        if binding == bound {
            break (numerator, denominator);
        }
        // The bound of the binding `m` at this distance may reach the gap too: then it is the distance.
        if allowed(&by_weight, binding, &numerator, &denominator) >= &edge.gap * &denominator {
            bound = binding;
            break (numerator, denominator);
        }
        bound = binding;
    };
    let (numerator, denominator) = distance;
    let box_size = Exact::quotient(&numerator, &(&denominator * &ground.weight_scale))?;
    let down = |weight: &Whole| {
        let weight = Exact::quotient(weight, &ground.weight_scale);
        weight.map_or_else(Exact::zero, |weight| weight.min(box_size.clone()).negated())
    };
    let mut rest = Exact::zero();
    let mut moves = Vec::new();
    for (slope, weight) in edge.slopes.iter().zip(&ground.weights) {
        let by = if slope < bound {
            box_size.clone()
        } else {
            down(weight)
        };
        rest = rest.minus(&by);
        moves.push(by);
    }
    // What the others leave over goes to the weights on the bound itself, which do not change the lead.
    for (by, slope) in moves.iter_mut().zip(&edge.slopes) {
        if slope == bound {
            let more = box_size.minus(by).min(rest.clone());
            *by = by.plus(&more);
            rest = rest.minus(&more);
        }
    }
    Some(Reach {
        distance: box_size,
        moves,
        goes_on: edge.gap < most(ground, edge)?,
        towards: Towards::Challenger,
    })
}

/// The smallest distance (numerator and denominator, in scaled points) at which the bound of `m` reaches the gap.
fn smallest_box(by_weight: &[(&Whole, &Whole)], m: &Whole, gap: &Whole) -> Option<(Whole, Whole)> {
    let mut rate = Whole::zero();
    for (_, growth) in by_weight {
        let away = *growth - m;
        if away.is_negative() {
            rate -= &away;
        } else {
            rate += &away;
        }
    }
    let mut fixed = Whole::zero();
    for (weight, growth) in by_weight {
        let away = *growth - m;
        if away.is_positive() {
            if &fixed + &(&rate * weight) >= *gap {
                break;
            }
            fixed += &(&away * weight);
            rate -= &away;
        }
    }
    rate.is_positive().then(|| (gap - &fixed, rate))
}

/// What the bound of `m` allows at a distance, times the distance's denominator.
fn allowed(
    by_weight: &[(&Whole, &Whole)],
    m: &Whole,
    numerator: &Whole,
    denominator: &Whole,
) -> Whole {
    let mut sum = Whole::zero();
    for (weight, growth) in by_weight {
        let away = *growth - m;
        if away.is_positive() {
            let held = *weight * denominator;
            sum += &(&away * (&held).min(numerator));
        } else {
            sum -= &(&away * numerator);
        }
    }
    sum
}

/// The `m` that binds at a distance: the smallest growth at which what may be added reaches what may be taken.
fn binding<'a>(
    by_growth: &[(&'a Whole, &Whole)],
    numerator: &Whole,
    denominator: &Whole,
) -> Option<&'a Whole> {
    let takes = |weight: &Whole| (weight * denominator).min(numerator.clone());
    let mut above = Whole::zero();
    for (_, weight) in by_growth {
        above += &takes(weight);
    }
    let mut below = Whole::zero();
    for (growth, weight) in by_growth {
        above -= &takes(weight);
        below += numerator;
        if below >= above {
            return Some(growth);
        }
    }
    None
}
