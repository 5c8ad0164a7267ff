//! Rank acceptability: over all weights of the same sum, each as likely as any other, how often each bid has each rank.
//!
//! A bid's total is linear in the weights; so all that counts is its total at the corners of the simplex, where one
//! weight holds all points. With up to three weights that matter the shares are exact: lengths and areas. With more
//! they are counted over a seeded sample, in exact numbers too, with a bound on the error of the share.

pub(super) mod area;
pub(super) mod sample;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::ground::Ground;
use super::linear::{LeftOut, Level};
use super::{LISTED, Listed};
use crate::exact::{Exact, Whole};
use crate::id::BidId;
use crate::text::Text;

/// The ranks that are counted: the first to this one.
pub(super) const RANKS: usize = 5;

/// Up to how many bids the areas over three weights are computed.
const MOST_FOR_AREAS: usize = 12;

/// Up to how many bids the lengths over two weights are computed.
const MOST_FOR_LENGTHS: usize = 30;

/// How many of the best bids are asked whether they are ahead of a bid under all weights.
const RULERS: usize = 40;

/// How often each bid has each rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acceptability {
    /// Whether single weights move, or blocks as a whole.
    pub level: Level,
    /// The weights or blocks that move; those of which every bid has the same share do not matter and stay.
    pub moving: Vec<String>,
    /// How the shares came about.
    pub method: Method,
    /// The bids that have any of the counted ranks, the most often first before the others.
    pub bids: Listed<BidAcceptability>,
}

/// How shares came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Method {
    /// Lengths or areas.
    Exact,
    /// Counted over a sample.
    Sampled {
        /// How many weights were drawn.
        samples: u32,
        /// The seed.
        seed: u64,
        /// With this probability each single share is off by at most `error`.
        confidence: Exact,
        /// The bound of the error, either way (Hoeffding's inequality).
        error: Exact,
    },
}

/// How often one bid has each rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidAcceptability {
    /// The bid.
    pub bid: BidId,
    /// The share of the weights under which it has the first rank, the second, and so on to the fifth. Equal totals
    /// share the better rank.
    pub ranks: Vec<Exact>,
}

/// A bid's totals at the corners, over a denominator above zero.
#[derive(Clone)]
pub(super) struct Corners {
    pub(super) place: usize,
    pub(super) totals: Vec<i128>,
    pub(super) scale: i128,
}

/// What came of it.
pub(super) enum Outcome {
    /// Shares.
    Found(Acceptability),
    /// Why there are none.
    LeftOut(LeftOut),
    /// There are no weights.
    Nothing,
}

/// Computes the shares.
pub(super) fn acceptability(ground: &Ground<'_>) -> Outcome {
    let groups = groups(ground);
    if groups.is_empty() || ground.weights.iter().all(Whole::is_zero) {
        return Outcome::Nothing;
    }
    let Some(corners) = corners(ground, &groups) else {
        return Outcome::LeftOut(LeftOut {
            what: "acceptability".to_owned(),
            why: Text {
                ja: "数の桁が大きすぎるため、順位の生じやすさは求めていない".to_owned(),
                en: "the numbers have too many digits to compute the rank acceptability".to_owned(),
            },
        });
    };
    let (moving, corners) = that_matter(ground, &groups, &corners);
    let corners = contenders(ground, corners);
    let (method, shares) = match moving.len() {
        0 | 1 => (Method::Exact, area::at_a_point(&corners)),
        2 if corners.len() <= MOST_FOR_LENGTHS => (Method::Exact, area::lengths(&corners)),
        3 if corners.len() <= MOST_FOR_AREAS => (Method::Exact, area::areas(&corners)),
        _ => sample::shares(&corners, moving.len()),
    };
    let mut bids: Vec<_> = corners
        .iter()
        .zip(shares)
        .filter(|(_, ranks)| ranks.iter().any(|share| !share.is_zero()))
        .filter_map(|(bid, ranks)| {
            let stand = ground.stands.get(bid.place)?;
            Some(BidAcceptability {
                bid: stand.bid.id.clone(),
                ranks,
            })
        })
        .collect();
    bids.sort_by(|left, right| {
        right
            .ranks
            .cmp(&left.ranks)
            .then_with(|| left.bid.cmp(&right.bid))
    });
    Outcome::Found(Acceptability {
        level: ground.model.acceptability,
        moving,
        method,
        bids: Listed::of(bids, LISTED),
    })
}

/// The weights, by place, that move together, in the order of the weights.
fn groups(ground: &Ground<'_>) -> Vec<(String, Vec<usize>)> {
    let weights = ground.model.weights.iter().enumerate();
    match ground.model.acceptability {
        Level::Weights => weights
            .map(|(place, weight)| (weight.id.clone(), vec![place]))
            .collect(),
        Level::Blocks => {
            let mut order: Vec<(String, Vec<usize>)> = Vec::new();
            let mut at: BTreeMap<&str, usize> = BTreeMap::new();
            // A weight without points has no proportion to keep in its block.
            for (place, weight) in weights.filter(|(_, weight)| !weight.points.is_zero()) {
                let slot = *at.entry(&weight.block).or_insert_with(|| {
                    order.push((weight.block.clone(), Vec::new()));
                    order.len() - 1
                });
                if let Some((_, places)) = order.get_mut(slot) {
                    places.push(place);
                }
            }
            order
        }
    }
}

/// The totals of every bid at every corner, divided by the sum of all points; none when they do not fit.
fn corners(ground: &Ground<'_>, groups: &[(String, Vec<usize>)]) -> Option<Vec<Corners>> {
    let sum_of = |places: &[usize]| {
        let weights = places.iter().filter_map(|place| ground.weights.get(*place));
        weights.fold(Whole::zero(), |sum, weight| &sum + weight)
    };
    let sums: Vec<_> = groups.iter().map(|(_, places)| sum_of(places)).collect();
    let all = sums.iter().fold(Whole::zero(), |all, sum| &all + sum);
    let alone = groups.iter().all(|(_, places)| places.len() == 1);
    let common = if alone {
        Whole::one()
    } else {
        sums.iter()
            .fold(Whole::one(), |common, sum| common.common_multiple(sum))
    };
    let constants = ground
        .stands
        .iter()
        .any(|stand| !stand.bid.constant.is_zero());
    let per_sum = if constants { all } else { Whole::one() };
    let raw: Vec<_> = ground
        .stands
        .iter()
        .map(|stand| {
            let (slopes, scale) = stand.slopes();
            let constant = &(&stand.bid.constant.scaled_by(scale) * &ground.weight_scale) * &common;
            let totals: Vec<_> = groups
                .iter()
                .zip(&sums)
                .map(|((_, places), sum)| {
                    let of_group = if alone {
                        let place = places.first();
                        place.and_then(|place| slopes.get(*place)).cloned()
                    } else {
                        let share = common.parts_of(sum);
                        let both = places.iter().filter_map(|place| {
                            Some((slopes.get(*place)?, ground.weights.get(*place)?))
                        });
                        let sum = both.fold(Whole::zero(), |sum, (slope, weight)| {
                            &sum + &(slope * weight)
                        });
                        Some(&sum * &share)
                    };
                    &(&of_group.unwrap_or_else(Whole::zero) * &per_sum) + &constant
                })
                .collect();
            (stand.place, totals, &(scale * &common) * &per_sum)
        })
        .collect();
    // One denominator for all makes comparing cheap; it is given up where it grows too large.
    let shared = raw.iter().try_fold(Whole::one(), |shared, (_, _, scale)| {
        let shared = shared.common_multiple(scale);
        fits(&shared).map(|_| shared)
    });
    let shared = shared.and_then(|shared| {
        raw.iter()
            .map(|(place, totals, scale)| {
                let by = shared.parts_of(scale);
                let totals = totals.iter().map(|total| fits(&(total * &by)));
                Some(Corners {
                    place: *place,
                    totals: totals.collect::<Option<_>>()?,
                    scale: 1,
                })
            })
            .collect()
    });
    shared.or_else(|| {
        raw.iter()
            .map(|(place, totals, scale)| {
                Some(Corners {
                    place: *place,
                    totals: totals.iter().map(fits).collect::<Option<_>>()?,
                    scale: fits(scale)?,
                })
            })
            .collect()
    })
}

/// The number, where a sum of shares of 32 bits of it fits into 127 bits.
fn fits(number: &Whole) -> Option<i128> {
    const LIMIT: i128 = 1 << 94;
    number
        .to_i128()
        .filter(|number| (-LIMIT..LIMIT).contains(number))
}

/// Leaves out the corners at which every bid has the same total: how many points they hold does not change the order,
/// and the rest is spread uniformly as before.
fn that_matter(
    ground: &Ground<'_>,
    groups: &[(String, Vec<usize>)],
    corners: &[Corners],
) -> (Vec<String>, Vec<Corners>) {
    let mut constants = ground.stands.iter().map(|stand| &stand.bid.constant);
    let first = constants.next();
    let same_constant = constants.all(|constant| Some(constant) == first);
    let corner = |bid: &Corners, group: usize| bid.totals.get(group).copied().unwrap_or_default();
    let matters = |group: &usize| {
        let Some(first) = corners.first() else {
            return true;
        };
        !same_constant
            || corners.iter().any(|bid| {
                compare(
                    (corner(bid, *group), bid.scale),
                    (corner(first, *group), first.scale),
                ) != Ordering::Equal
            })
    };
    let kept: Vec<_> = (0..groups.len()).filter(matters).collect();
    let names = kept.iter().filter_map(|group| groups.get(*group));
    let names = names.map(|(name, _)| name.clone()).collect();
    let corners = corners
        .iter()
        .map(|bid| Corners {
            totals: kept.iter().map(|group| corner(bid, *group)).collect(),
            ..bid.clone()
        })
        .collect();
    (names, corners)
}

/// Leaves out the bids that are behind so many others under all weights that they have none of the counted ranks. Nor
/// do they push a bid out of these ranks that is not behind these others itself.
fn contenders(ground: &Ground<'_>, corners: Vec<Corners>) -> Vec<Corners> {
    let nearest = ground.nearest();
    let rulers: Vec<_> = ground
        .winner()
        .into_iter()
        .map(|winner| winner.place)
        .chain(nearest.iter().map(|(stand, _)| stand.place))
        .take(RULERS)
        .filter_map(|place| corners.iter().find(|bid| bid.place == place))
        .cloned()
        .collect();
    let is_behind = |ruler: &Corners, bid: &Corners| {
        let pairs = ruler.totals.iter().zip(&bid.totals);
        !bid.totals.is_empty()
            && pairs.into_iter().all(|(ours, theirs)| {
                compare((*ours, ruler.scale), (*theirs, bid.scale)) == Ordering::Greater
            })
    };
    let mut corners = corners;
    corners.retain(|bid| rulers.iter().filter(|ruler| is_behind(ruler, bid)).count() < RANKS);
    corners
}

/// Compares two fractions with denominators above zero, exactly.
fn compare(left: (i128, i128), right: (i128, i128)) -> Ordering {
    if left.1 == right.1 {
        return left.0.cmp(&right.0);
    }
    let signs = left.0.signum().cmp(&right.0.signum());
    if signs != Ordering::Equal {
        return signs;
    }
    let size = wide_product(left.0.unsigned_abs(), right.1.unsigned_abs())
        .cmp(&wide_product(right.0.unsigned_abs(), left.1.unsigned_abs()));
    if left.0.is_negative() {
        size.reverse()
    } else {
        size
    }
}

/// The product of two numbers as its upper and lower 128 bits.
fn wide_product(left: u128, right: u128) -> (u128, u128) {
    const LOW: u128 = (1 << 64) - 1;
    let (left_high, left_low) = (left >> 64, left & LOW);
    let (right_high, right_low) = (right >> 64, right & LOW);
    let low = left_low * right_low;
    let middle = left_high * right_low + (low >> 64);
    let (other, carried) = (left_low * right_high).overflowing_add(middle);
    let carry = u128::from(carried) << 64;
    let high = left_high * right_high + (other >> 64) + carry;
    (high, ((other & LOW) << 64) | (low & LOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_products_are_whole() {
        for (left, right) in [
            (0, 7),
            (u128::MAX, u128::MAX),
            (1 << 64, (1 << 64) + 1),
            (
                0x0123_4567_89ab_cdef_0011_2233_4455_6677,
                0xfedc_ba98_7654_3210_8899_aabb_ccdd_eeff,
            ),
        ] {
            // Schoolbook on 32 bits.
            let digits = |number: u128| -> Vec<u128> {
                (0..4)
                    .map(|place| (number >> (32 * place)) & 0xffff_ffff)
                    .collect()
            };
            let mut product = [0_u128; 9];
            for (at, one) in digits(left).iter().enumerate() {
                for (more, two) in digits(right).iter().enumerate() {
                    let mut carry = one * two;
                    let mut place = at + more;
                    while carry > 0 {
                        carry += product[place];
                        product[place] = carry & 0xffff_ffff;
                        carry >>= 32;
                        place += 1;
                    }
                }
            }
            let join = |part: &[u128]| part.iter().rev().fold(0, |sum, digit| (sum << 32) | digit);
            assert_eq!(
                wide_product(left, right),
                (join(&product[4..8]), join(&product[..4]))
            );
        }
        assert_eq!(compare((-1, 3), (-2, 5)), Ordering::Greater);
        assert_eq!(compare((1, 3), (2, 6)), Ordering::Equal);
        assert_eq!(compare((-1, 3), (0, 5)), Ordering::Less);
    }
}
