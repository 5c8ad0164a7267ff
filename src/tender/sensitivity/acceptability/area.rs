//! Exact shares over few weights.

use std::collections::BTreeSet;

use super::{Corners, RANKS};
use crate::exact::Exact;

/// A bid's totals at the corners.
type Totals = Vec<Exact>;

/// A point of the triangle by its first two coordinates; the third is what is left of one.
type Point = (Exact, Exact);

/// The ranks where at most one weight moves: there the weights cannot vary.
pub(in super::super) fn at_a_point(bids: &[Corners]) -> Vec<Vec<Exact>> {
    let bids = exact(bids);
    let first = |bid: &Totals| bid.first().cloned().unwrap_or_else(Exact::zero);
    let values: Vec<_> = bids.iter().map(first).collect();
    let mut shares = none(bids.len());
    add(&mut shares, &values, &Exact::one());
    shares
}

/// The lengths of the ranks over two weights.
pub(in super::super) fn lengths(bids: &[Corners]) -> Vec<Vec<Exact>> {
    let bids = exact(bids);
    let ends: Vec<_> = bids
        .iter()
        .filter_map(|bid| Some((bid.first()?.clone(), bid.get(1)?.clone())))
        .collect();
    // At t the first weight holds t of all points, the second the rest.
    let value =
        |(first, second): &(Exact, Exact), t: &Exact| second.plus(&first.minus(second).times(t));
    let mut cuts = BTreeSet::from([Exact::zero(), Exact::one()]);
    for (place, left) in ends.iter().enumerate() {
        for right in ends.iter().skip(place + 1) {
            let at_first = left.0.minus(&right.0);
            let at_second = left.1.minus(&right.1);
            if let Some(t) = at_second.over(&at_second.minus(&at_first))
                && t > Exact::zero()
                && t < Exact::one()
            {
                cuts.insert(t);
            }
        }
    }
    let mut shares = none(bids.len());
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let middle = from.plus(to).half();
        let values: Vec<_> = ends.iter().map(|bid| value(bid, &middle)).collect();
        add(&mut shares, &values, &to.minus(from));
    }
    shares
}

/// The areas of the ranks over three weights, as shares of the triangle.
pub(in super::super) fn areas(bids: &[Corners]) -> Vec<Vec<Exact>> {
    let bids = exact(bids);
    let (zero, one) = (Exact::zero(), Exact::one());
    let triangle = vec![
        (one.clone(), zero.clone()),
        (zero.clone(), one),
        (zero.clone(), zero),
    ];
    let mut shares = none(bids.len());
    for (place, (bid, ranks)) in bids.iter().zip(&mut shares).enumerate() {
        // Cells of the triangle, each with how many of the others so far are ahead in it.
        let mut cells = vec![(triangle.clone(), 0)];
        for (other_place, other) in bids.iter().enumerate() {
            if other_place == place {
                continue;
            }
            let lead: Vec<_> = other
                .iter()
                .zip(bid)
                .map(|(theirs, ours)| theirs.minus(ours))
                .collect();
            let mut parted = Vec::new();
            for (cell, ahead) in cells {
                let values: Vec<_> = cell.iter().map(|point| at(&lead, point)).collect();
                let behind = clip(&cell, &values, false);
                let before = clip(&cell, &values, true);
                if values.iter().any(|value| *value > Exact::zero()) && ahead + 1 < RANKS {
                    parted.push((before, ahead + 1));
                }
                // Where the two are equal everywhere, neither is ahead.
                let all_equal = values.iter().all(Exact::is_zero);
                if all_equal || values.iter().any(Exact::is_negative) {
                    parted.push((behind, ahead));
                }
            }
            cells = parted;
        }
        for (cell, ahead) in cells {
            if let Some(share) = ranks.get_mut(ahead) {
                *share = share.plus(&twice_area(&cell));
            }
        }
    }
    shares
}

fn none(bids: usize) -> Vec<Vec<Exact>> {
    vec![vec![Exact::zero(); RANKS]; bids]
}

fn exact(bids: &[Corners]) -> Vec<Totals> {
    let number = |number: i128| crate::exact::Whole::from(number);
    bids.iter()
        .map(|bid| {
            let totals = bid.totals.iter();
            totals
                .filter_map(|total| Exact::quotient(&number(*total), &number(bid.scale)))
                .collect()
        })
        .collect()
}

/// Adds a share to the rank that each bid has by its value; equal values have the better rank.
fn add(shares: &mut [Vec<Exact>], values: &[Exact], share: &Exact) {
    for (ranks, value) in shares.iter_mut().zip(values) {
        let ahead = values.iter().filter(|other| *other > value).count();
        if let Some(rank) = ranks.get_mut(ahead) {
            *rank = rank.plus(share);
        }
    }
}

/// The value of a linear function, given at the corners, at a point.
fn at(corners: &[Exact], (first, second): &Point) -> Exact {
    let third = Exact::one().minus(first).minus(second);
    corners
        .iter()
        .zip([first, second, &third])
        .map(|(corner, share)| corner.times(share))
        .sum()
}

/// The part of a convex cell in which a linear function, given at its points, is not below zero (or not above).
fn clip(cell: &[Point], values: &[Exact], above: bool) -> Vec<Point> {
    let inside = |value: &Exact| value.is_zero() || value.is_negative() != above;
    let mut clipped = Vec::new();
    let pairs = cell.iter().zip(values);
    for ((point, value), (next, next_value)) in pairs.clone().zip(pairs.cycle().skip(1)) {
        if inside(value) {
            clipped.push(point.clone());
        }
        let crosses = !value.is_zero()
            && !next_value.is_zero()
            && value.is_negative() != next_value.is_negative();
        if crosses && let Some(share) = value.over(&value.minus(next_value)) {
            let along = |from: &Exact, to: &Exact| from.plus(&to.minus(from).times(&share));
            clipped.push((along(&point.0, &next.0), along(&point.1, &next.1)));
        }
    }
    clipped
}

fn twice_area(cell: &[Point]) -> Exact {
    let next = cell.iter().cycle().skip(1);
    let area: Exact = cell
        .iter()
        .zip(next)
        .map(|(one, two)| one.0.times(&two.1).minus(&two.0.times(&one.1)))
        .sum();
    area.abs()
}
