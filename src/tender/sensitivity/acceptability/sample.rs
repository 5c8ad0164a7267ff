//! Shares counted over a seeded sample of the weights.
//!
//! A draw takes sorted whole numbers of 32 bits, chosen uniformly, and their gaps: weights uniform on the simplex, in
//! steps of 2⁻³² of all points. Each draw has a stream of its own from the seed and its number, so that the order in
//! which draws are made changes nothing.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{Corners, Method, RANKS, compare};
use crate::exact::Exact;

/// The seed of the stream.
const SEED: u64 = 0x6d65_6b69_6b69_0007;

/// The most draws.
const MOST_DRAWS: usize = 10_000;

/// The fewest draws.
const FEWEST_DRAWS: usize = 1_000;

/// How many products of a weight and a total a sample may take.
const MOST_PRODUCTS: usize = 20_000_000;

/// How many draws one piece of work makes.
const DRAWS_A_PIECE: usize = 64;

/// The natural logarithm of 200, that is of 2 / (1 − 99 %), rounded up: 5.29831736… < 5.29832.
const LOGARITHM: (i64, i64) = (529_832, 100_000);

/// Counts the ranks.
pub(in super::super) fn shares(bids: &[Corners], weights: usize) -> (Method, Vec<Vec<Exact>>) {
    let products = bids.len().saturating_mul(weights).max(1);
    let draws = (MOST_PRODUCTS / products).clamp(FEWEST_DRAWS, MOST_DRAWS);
    let pieces = draws.div_ceil(DRAWS_A_PIECE);
    let none = || vec![[0_u32; RANKS]; bids.len()];
    let counts = (0..pieces)
        .into_par_iter()
        .map(|piece| {
            let mut counts = none();
            let from = piece * DRAWS_A_PIECE;
            for draw in from..draws.min(from + DRAWS_A_PIECE) {
                count(bids, &weights_of(draw, weights), &mut counts);
            }
            counts
        })
        .reduce(none, |mut all, piece| {
            for (all, piece) in all.iter_mut().zip(piece) {
                for (all, piece) in all.iter_mut().zip(piece) {
                    *all += piece;
                }
            }
            all
        });
    let samples = u32::try_from(draws).unwrap_or(u32::MAX);
    let share = |count: &u32| {
        Exact::ratio(i64::from(*count), i64::from(samples)).unwrap_or_else(Exact::zero)
    };
    let shares = counts
        .iter()
        .map(|ranks| ranks.iter().map(share).collect())
        .collect();
    let method = Method::Sampled {
        samples,
        seed: SEED,
        confidence: Exact::ratio(99, 100).unwrap_or_else(Exact::one),
        error: error(samples),
    };
    (method, shares)
}

/// The bound of the error with 99 % for each share: √(ln 200 / 2n), rounded up to six digits (Hoeffding's inequality:
/// a share over `n` draws is off by `e` or more with a probability of at most 2 exp(−2 n e²)).
fn error(samples: u32) -> Exact {
    const DIGITS: i64 = 1_000_000;
    let (logarithm, per) = LOGARITHM;
    let squared = logarithm * (DIGITS * DIGITS / per) / (2 * i64::from(samples).max(1)) + 1;
    Exact::ratio(squared.isqrt() + 1, DIGITS).unwrap_or_else(Exact::one)
}

/// The weights of a draw; their sum is 2³².
fn weights_of(draw: usize, weights: usize) -> Vec<i128> {
    const ALL: u64 = 1 << 32;
    let mut state = SEED ^ mixed(u64::try_from(draw).unwrap_or(u64::MAX));
    let mut marks: Vec<_> = (1..weights)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mixed(state) >> 32
        })
        .collect();
    marks.sort_unstable();
    marks.push(ALL);
    let mut before = 0;
    marks
        .into_iter()
        .map(|mark| {
            let gap = mark - before;
            before = mark;
            i128::from(gap)
        })
        .collect()
}

/// The output function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn count(bids: &[Corners], weights: &[i128], counts: &mut [[u32; RANKS]]) {
    let totals: Vec<_> = bids
        .iter()
        .map(|bid| {
            let products = bid.totals.iter().zip(weights);
            let total: i128 = products.map(|(total, weight)| total * weight).sum();
            (total, bid.scale)
        })
        .collect();
    // The best so far, the best first; one more is kept only where it equals the last.
    let mut best: Vec<usize> = Vec::with_capacity(RANKS + 1);
    let order = |left: usize, right: usize| match (totals.get(left), totals.get(right)) {
        (Some(left), Some(right)) => compare(*left, *right),
        _ => Ordering::Equal,
    };
    for place in 0..totals.len() {
        let full = best.len() >= RANKS;
        let last = best.last().copied();
        if full && last.is_some_and(|last| order(place, last) == Ordering::Less) {
            continue;
        }
        let at = best.partition_point(|one| order(*one, place) != Ordering::Less);
        best.insert(at, place);
        while best.len() > RANKS {
            let (last, limit) = (best.last().copied(), best.get(RANKS - 1).copied());
            match (last, limit) {
                (Some(last), Some(limit)) if order(last, limit) == Ordering::Less => {
                    best.pop();
                }
                _ => break,
            }
        }
    }
    let mut rank = 0;
    for (place, bid) in best.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| best.get(before));
        if before.is_some_and(|before| order(*before, *bid) != Ordering::Equal) {
            rank = place;
        }
        if let Some(count) = counts.get_mut(*bid).and_then(|counts| counts.get_mut(rank)) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_bounded_from_above_and_tightly() {
        // √(5.298317366… / 20000) = 0.016276236…
        assert_eq!(error(10_000).to_string(), "0.016277");
        assert_eq!(error(1_000).to_string(), "0.05147");
    }

    #[test]
    fn weights_sum_up_and_spread() {
        let mut sums = [0_i128; 4];
        for draw in 0..4_000 {
            let weights = weights_of(draw, 4);
            assert_eq!(weights.iter().sum::<i128>(), 1 << 32);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += weight;
            }
        }
        // Each holds a quarter on average; the standard deviation of the mean is 0.3 % of all points.
        for sum in sums {
            let per_mille = sum * 1_000 / (4_000 << 32);
            assert!((238..=262).contains(&per_mille), "{per_mille}");
        }
    }
}
