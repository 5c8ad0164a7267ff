//! The totals of a model on whole numbers, the edges from the winner to each challenger, and the order of equal totals.

use rayon::prelude::*;

use super::linear::{Model, ModelBid, Tie, WeightKind};
use crate::exact::{Exact, Whole};
use crate::id::BidId;

/// A model made ready: totals before rounding, winners, edges.
pub(super) struct Ground<'m> {
    /// The model.
    pub(super) model: &'m Model,
    /// The points of each weight, times `weight_scale`.
    pub(super) weights: Vec<Whole>,
    /// The common denominator of the weights.
    pub(super) weight_scale: Whole,
    /// One a bid, in the order of the model.
    pub(super) stands: Vec<Stand<'m>>,
    /// The winners before rounding, by place.
    pub(super) winners: Vec<usize>,
    /// One for each bid but the first winner, in the order of the model.
    pub(super) edges: Vec<Edge>,
}

/// Where one bid stands before rounding.
pub(super) struct Stand<'m> {
    /// The place in the model.
    pub(super) place: usize,
    /// The bid.
    pub(super) bid: &'m ModelBid,
    /// The total.
    pub(super) total: Exact,
    /// The technical points.
    pub(super) technical: Exact,
    /// What one point of each weight adds to the total, times `scale`.
    slopes: Vec<Whole>,
    scale: Whole,
    /// The total, times `scale` and the weights' scale.
    scaled_total: Whole,
}

/// What separates a challenger from the winner.
///
/// When the weights move by `d` (times the weights' scale), the winner's lead becomes `gap + Σ slopes × d`, in a unit of
/// the edge's own.
pub(super) struct Edge {
    /// The challenger, by place.
    pub(super) challenger: usize,
    /// The lead of the winner, zero or more.
    pub(super) gap: Whole,
    /// By how much the lead grows with one point more of each weight.
    pub(super) slopes: Vec<Whole>,
}

/// A number that is about to move: its value, and how fast it moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moving {
    pub(super) value: Exact,
    pub(super) onward: Exact,
}

/// One weight that is moved, by how much, and how fast it moves on from there.
pub(super) struct Moved {
    pub(super) weight: usize,
    pub(super) by: Moving,
}

/// A bid in the order of totals.
pub(super) struct Contender {
    pub(super) place: usize,
    pub(super) total: Moving,
    keys: Vec<Key>,
}

enum Key {
    Higher(Moving),
    Lot(Option<usize>),
}

impl Moving {
    pub(super) fn still(value: Exact) -> Self {
        Self {
            value,
            onward: Exact::zero(),
        }
    }

    pub(super) fn none() -> Self {
        Self::still(Exact::zero())
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            value: self.value.plus(&other.value),
            onward: self.onward.plus(&other.onward),
        }
    }

    pub(super) fn times(&self, by: &Exact) -> Self {
        Self {
            value: self.value.times(by),
            onward: self.onward.times(by),
        }
    }
}

impl<'m> Ground<'m> {
    /// Reckons the totals. The model must have been checked.
    pub(super) fn new(model: &'m Model) -> Self {
        let weight_scale = common(model.weights.iter().map(|weight| &weight.points));
        let weights: Vec<_> = model
            .weights
            .iter()
            .map(|weight| weight.points.scaled_by(&weight_scale))
            .collect();
        let stands: Vec<_> = model
            .bids
            .par_iter()
            .enumerate()
            .map(|(place, bid)| Stand::new(model, &weights, &weight_scale, place, bid))
            .collect();
        let mut ground = Self {
            model,
            weights,
            weight_scale,
            stands,
            winners: Vec::new(),
            edges: Vec::new(),
        };
        let best = ground.stands.iter().map(|stand| &stand.total).max();
        let leaders: Vec<_> = ground
            .stands
            .iter()
            .filter(|stand| Some(&stand.total) == best)
            .map(|stand| ground.contender(stand, &[]))
            .collect();
        ground.winners = first(&leaders);
        if let Some(winner) = ground.winner() {
            let others = ground.stands.par_iter();
            ground.edges = others
                .filter(|stand| stand.place != winner.place)
                .map(|stand| Edge::new(winner, stand))
                .collect();
        }
        ground
    }

    /// The first of the winners.
    pub(super) fn winner(&self) -> Option<&Stand<'m>> {
        self.stands.get(*self.winners.first()?)
    }

    /// The identifiers of bids.
    pub(super) fn ids(&self, places: &[usize]) -> Vec<BidId> {
        places
            .iter()
            .filter_map(|place| self.stands.get(*place))
            .map(|stand| stand.bid.id.clone())
            .collect()
    }

    /// By how much the winner leads a bid, in points of the total.
    pub(super) fn lead(&self, stand: &Stand<'_>) -> Exact {
        self.winner()
            .map_or_else(Exact::zero, |winner| winner.total.minus(&stand.total))
    }

    /// The challengers that lack least in their own technical points, nearest first.
    pub(super) fn nearest(&self) -> Vec<(&Stand<'m>, Exact)> {
        let lack = |stand: &Stand<'_>| {
            self.lead(stand)
                .over(&stand.bid.factor)
                .unwrap_or_else(Exact::zero)
        };
        let mut nearest: Vec<_> = self
            .edges
            .iter()
            .filter_map(|edge| self.stands.get(edge.challenger))
            .map(|stand| (stand, lack(stand)))
            .collect();
        nearest.sort_by(|left, right| {
            left.1
                .cmp(&right.1)
                .then_with(|| left.0.bid.id.cmp(&right.0.bid.id))
        });
        nearest
    }

    /// A bid after weights have moved.
    pub(super) fn contender(&self, stand: &Stand<'_>, moved: &[Moved]) -> Contender {
        let share = |moved: &Moved| {
            let share = stand.bid.shares.get(moved.weight);
            share.map_or_else(Moving::none, |share| moved.by.times(share))
        };
        let sum = |counts: &dyn Fn(usize) -> bool| {
            moved
                .iter()
                .filter(|one| counts(one.weight))
                .fold(Moving::none(), |sum, one| sum.plus(&share(one)))
        };
        let added = sum(&|_| true).times(&stand.bid.factor);
        self.shifted(stand, &added, &Exact::zero(), sum)
    }

    /// A bid whose points under one weight have moved by themselves, as by a mark.
    pub(super) fn marked(&self, stand: &Stand<'_>, weight: usize, by: &Moving) -> Contender {
        let added = by.times(&stand.bid.factor);
        self.shifted(stand, &added, &Exact::zero(), |counts| {
            if counts(weight) {
                by.clone()
            } else {
                Moving::none()
            }
        })
    }

    /// A bid with everything that is still open taken as met.
    pub(super) fn opened(&self, stand: &Stand<'_>) -> Contender {
        let sum = |counts: &dyn Fn(usize) -> bool| {
            let open = stand.bid.possible.iter().zip(&stand.bid.shares);
            let open = self.model.weights.iter().zip(open).enumerate();
            let added = open
                .filter(|(place, (_, (possible, share)))| counts(*place) && possible != share)
                .map(|(_, (weight, (possible, share)))| weight.points.times(&possible.minus(share)))
                .sum();
            Moving::still(added)
        };
        let added = sum(&|_| true).times(&stand.bid.factor);
        self.shifted(stand, &added, &Exact::zero(), sum)
    }

    /// A bid whose price and total are others than they were.
    pub(super) fn repriced(&self, stand: &Stand<'_>, total: Moving, cut_yen: &Exact) -> Contender {
        let mut contender = self.shifted(stand, &Moving::none(), cut_yen, |_| Moving::none());
        contender.total = total;
        contender
    }

    fn shifted(
        &self,
        stand: &Stand<'_>,
        added: &Moving,
        cut_yen: &Exact,
        moved: impl Fn(&dyn Fn(usize) -> bool) -> Moving,
    ) -> Contender {
        let model = self.model;
        let technical = |weight: usize| {
            let weight = model.weights.get(weight);
            weight.is_some_and(|weight| weight.kind != WeightKind::Price)
        };
        let key = |tie: &Tie| match tie {
            Tie::Technical => {
                let now = Moving::still(stand.technical.clone());
                Key::Higher(now.plus(&moved(&technical)))
            }
            Tie::Points(places) => {
                let weighed = model.weights.iter().zip(&stand.bid.shares).enumerate();
                let now = weighed
                    .filter(|(place, _)| places.contains(place))
                    .map(|(_, (weight, share))| weight.points.times(share))
                    .sum();
                Key::Higher(Moving::still(now).plus(&moved(&|weight| places.contains(&weight))))
            }
            Tie::Price => {
                let price = Exact::from_integer(stand.bid.price_yen).minus(cut_yen);
                Key::Higher(Moving::still(price.negated()))
            }
            Tie::Lots => Key::Lot(stand.bid.lot),
        };
        Contender {
            place: stand.place,
            total: Moving::still(stand.total.clone()).plus(added),
            keys: model.ties.iter().map(key).collect(),
        }
    }
}

impl<'m> Stand<'m> {
    fn new(
        model: &Model,
        weights: &[Whole],
        weight_scale: &Whole,
        place: usize,
        bid: &'m ModelBid,
    ) -> Self {
        let share_scale = common(&bid.shares);
        let shares: Vec<_> = bid
            .shares
            .iter()
            .map(|share| share.scaled_by(&share_scale))
            .collect();
        let (factor, factor_scale) = bid.factor.terms();
        let own_scale = &share_scale * &factor_scale;
        let scale = own_scale.common_multiple(&bid.constant.denominator());
        let grown = &factor * &scale.parts_of(&own_scale);
        let slopes: Vec<_> = shares.iter().map(|share| share * &grown).collect();
        let mut scaled_total = &bid.constant.scaled_by(&scale) * weight_scale;
        let mut technical = Whole::zero();
        for (((weight, points), share), slope) in
            model.weights.iter().zip(weights).zip(&shares).zip(&slopes)
        {
            scaled_total += &(points * slope);
            if weight.kind != WeightKind::Price {
                technical += &(points * share);
            }
        }
        let over = |numerator: &Whole, denominator: &Whole| {
            Exact::quotient(numerator, &(denominator * weight_scale)).unwrap_or_else(Exact::zero)
        };
        Self {
            place,
            bid,
            total: over(&scaled_total, &scale),
            technical: over(&technical, &share_scale),
            slopes,
            scale,
            scaled_total,
        }
    }

    /// What one point of each weight adds to the total, times the second number.
    pub(super) fn slopes(&self) -> (&[Whole], &Whole) {
        (&self.slopes, &self.scale)
    }
}

impl Edge {
    fn new(winner: &Stand<'_>, challenger: &Stand<'_>) -> Self {
        let scale = winner.scale.common_multiple(&challenger.scale);
        let ours = scale.parts_of(&winner.scale);
        let theirs = scale.parts_of(&challenger.scale);
        let lead = |of_winner: &Whole, of_challenger: &Whole| {
            &(of_winner * &ours) - &(of_challenger * &theirs)
        };
        Self {
            challenger: challenger.place,
            gap: lead(&winner.scaled_total, &challenger.scaled_total),
            slopes: winner
                .slopes
                .iter()
                .zip(&challenger.slopes)
                .map(|(ours, theirs)| lead(ours, theirs))
                .collect(),
        }
    }
}

/// The winners among bids: the highest total, and what the tie rules leave of equal ones. Sorted by place.
///
/// The order holds just beyond the point at which the bids stand, in the direction in which they move; where nothing
/// moves, at the point itself.
pub(super) fn first(contenders: &[Contender]) -> Vec<usize> {
    let Some(best) = contenders.iter().map(|one| &one.total).max() else {
        return Vec::new();
    };
    let mut group: Vec<_> = contenders.iter().filter(|one| one.total == *best).collect();
    let rules = contenders.first().map_or(0, |one| one.keys.len());
    for rule in 0..rules {
        let higher = |one: &&Contender| match one.keys.get(rule) {
            Some(Key::Higher(value)) => Some(value.clone()),
            _ => None,
        };
        let lot = |one: &&Contender| match one.keys.get(rule) {
            Some(Key::Lot(lot)) => *lot,
            _ => None,
        };
        if let Some(best) = group.iter().filter_map(higher).max() {
            group.retain(|one| higher(one).as_ref() == Some(&best));
        } else if group.iter().all(|one| lot(one).is_some()) {
            // Lots decide among those who drew: one bid without a lot leaves the whole tie open.
            let best = group.iter().filter_map(lot).min();
            group.retain(|one| lot(one) == best);
        }
    }
    let mut places: Vec<_> = group.iter().map(|one| one.place).collect();
    places.sort_unstable();
    places
}

fn common<'a>(numbers: impl IntoIterator<Item = &'a Exact>) -> Whole {
    numbers.into_iter().fold(Whole::one(), |scale, number| {
        scale.common_multiple(&number.denominator())
    })
}
