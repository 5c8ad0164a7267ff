//! Small tenders in whole numbers, and their winners by a second, plain reckoning.

use std::cmp::Ordering;

use crate::exact::{Exact, RoundingMode};
use crate::id::BidId;
use crate::tender::procedure::Rounding;
use crate::tender::sensitivity::{
    Level, Model, ModelBid, ModelMethod, PricePiece, PriceRule, Tie, TotalRounding, Weight,
    WeightKind,
};
use crate::text::Text;

/// Numbers by chance, the same in every run.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 to below `bound`.
    pub(super) fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from((self.0 >> 11) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// The planned price of the tenders with price points.
pub(super) const CEILING: i64 = 12;

/// Points move in steps of one by this on the grid. All thresholds of single weights lie on every second step.
pub(super) const GRID: i64 = 24;

/// A tender in whole numbers.
#[derive(Debug, Clone)]
pub(super) struct Small {
    pub(super) division: bool,
    /// Points of each weight; in the addition method the last is the price.
    pub(super) points: Vec<i64>,
    /// Shares of each bid, over `per`.
    pub(super) shares: Vec<Vec<i64>>,
    pub(super) possible: Vec<Vec<i64>>,
    pub(super) per: i64,
    pub(super) prices: Vec<i64>,
    pub(super) lots: Vec<Option<usize>>,
    pub(super) ties: Vec<Tie>,
    pub(super) rounding: TotalRounding,
}

impl Small {
    pub(super) fn draw(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let division = chance.below(4) == 0;
        let per = if division { 2 } else { 4 };
        let weights = if division { 3 } else { 2 + chance.below(2) };
        let bids = 2 + chance.below(3);
        let points: Vec<_> = (0..weights)
            .map(|place| chance.below(4) + i64::from(place == 0 || place + 1 == weights))
            .collect();
        let mut shares = Vec::new();
        let mut possible = Vec::new();
        let mut prices = Vec::new();
        for _ in 0..bids {
            let price = if division {
                1 + chance.below(2)
            } else {
                3 * (1 + chance.below(4))
            };
            let mut own: Vec<_> = (0..weights).map(|_| chance.below(per + 1)).collect();
            if !division {
                // The price's share follows from the price: (1 − price / 12), in quarters.
                *own.last_mut().unwrap() = (CEILING - price) / 3;
            }
            let mut open: Vec<_> = own
                .iter()
                .map(|share| (share + i64::from(chance.below(3) == 0)).min(per))
                .collect();
            if !division {
                *open.last_mut().unwrap() = *own.last().unwrap();
            }
            shares.push(own);
            possible.push(open);
            prices.push(price);
        }
        let lots = (0..usize::try_from(bids).unwrap())
            .map(|place| (chance.below(4) > 0).then_some((place * 7 + 3) % 11))
            .collect();
        let mut ties = Vec::new();
        for _ in 0..chance.below(4) {
            ties.push(match chance.below(4) {
                0 => Tie::Technical,
                1 => Tie::Price,
                2 if !division => Tie::Points(vec![0]),
                _ => Tie::Lots,
            });
        }
        let mut rule = |none: i64| {
            let modes = [
                RoundingMode::Down,
                RoundingMode::HalfUp,
                RoundingMode::HalfEven,
            ];
            let mode = modes[usize::try_from(chance.below(3)).unwrap()];
            (chance.below(none) == 0).then_some(Rounding { mode, digits: 0 })
        };
        let rounding = TotalRounding {
            technical: rule(2),
            price: rule(2),
            total: rule(3),
        };
        Self {
            division,
            points,
            shares,
            possible,
            per,
            prices,
            lots,
            ties,
            rounding,
        }
    }

    pub(super) fn without_rounding(&self) -> Self {
        Self {
            rounding: TotalRounding::default(),
            ..self.clone()
        }
    }

    pub(super) fn is_price(&self, weight: usize) -> bool {
        !self.division && weight + 1 == self.points.len()
    }

    /// The weights on the grid.
    pub(super) fn grid(&self) -> Vec<i64> {
        self.points.iter().map(|points| points * GRID).collect()
    }

    /// The winners before rounding under weights on a grid, by whole numbers alone.
    pub(super) fn winners(&self, weights: &[i64]) -> Vec<usize> {
        self.winners_with(weights, &self.shares)
    }

    pub(super) fn winners_with(&self, weights: &[i64], shares: &[Vec<i64>]) -> Vec<usize> {
        let sum = |bid: usize, counts: &dyn Fn(usize) -> bool| -> i64 {
            (0..weights.len())
                .filter(|weight| counts(*weight))
                .map(|weight| weights[weight] * shares[bid][weight])
                .sum()
        };
        let total = |bid: usize| sum(bid, &|_| true);
        // In the division method totals are fractions over the price.
        let better = |one: usize, other: usize| {
            let by = |bid: usize| if self.division { self.prices[bid] } else { 1 };
            (total(one) * by(other)).cmp(&(total(other) * by(one)))
        };
        let all: Vec<_> = (0..shares.len()).collect();
        let mut left: Vec<_> = all
            .iter()
            .copied()
            .filter(|one| {
                all.iter()
                    .all(|other| better(*one, *other) != Ordering::Less)
            })
            .collect();
        for tie in &self.ties {
            let key = |bid: usize| match tie {
                Tie::Technical => sum(bid, &|weight| !self.is_price(weight)),
                Tie::Points(places) => sum(bid, &|weight| places.contains(&weight)),
                Tie::Price => -self.prices[bid],
                Tie::Lots => self.lots[bid].map_or(0, |lot| -i64::try_from(lot).unwrap()),
            };
            if *tie == Tie::Lots && left.iter().any(|bid| self.lots[*bid].is_none()) {
                continue;
            }
            let best = left.iter().map(|bid| key(*bid)).max().unwrap();
            left.retain(|bid| key(*bid) == best);
        }
        left
    }

    /// The winners under the published rounding, with the weights on the grid.
    pub(super) fn published(&self, weights: &[i64]) -> Vec<usize> {
        let weights: Vec<_> = weights
            .iter()
            .map(|weight| Exact::ratio(*weight, GRID).unwrap())
            .collect();
        let model = self.model_of(&weights);
        winners_of(&model)
    }

    pub(super) fn model(&self) -> Model {
        let points: Vec<_> = self
            .points
            .iter()
            .map(|one| Exact::from_integer(*one))
            .collect();
        self.model_of(&points)
    }

    pub(super) fn model_of(&self, points: &[Exact]) -> Model {
        let weight = |place: usize| Weight {
            id: format!("w{place}"),
            title: Text::default(),
            points: points[place].clone(),
            kind: if self.is_price(place) {
                WeightKind::Price
            } else {
                WeightKind::Item
            },
            block: format!("w{place}"),
        };
        let share = |share: &i64| Exact::ratio(*share, self.per).unwrap();
        let bid = |place: usize| ModelBid {
            id: id(place),
            price_yen: self.prices[place],
            shares: self.shares[place].iter().map(share).collect(),
            possible: self.possible[place].iter().map(share).collect(),
            factor: Exact::ratio(1, if self.division { self.prices[place] } else { 1 }).unwrap(),
            constant: Exact::zero(),
            lot: self.lots[place],
        };
        let mut model = Model {
            method: if self.division {
                ModelMethod::Division
            } else {
                ModelMethod::Addition
            },
            weights: (0..points.len()).map(weight).collect(),
            bids: (0..self.shares.len()).map(bid).collect(),
            ties: self.ties.clone(),
            published: Vec::new(),
            rounding: Some(self.rounding),
            price: if self.division {
                PriceRule::Division
            } else {
                PriceRule::Pieces(vec![PricePiece {
                    from_yen: Exact::zero(),
                    to_yen: Exact::from_integer(CEILING),
                    intercept: points.last().unwrap().clone(),
                    slope: points
                        .last()
                        .unwrap()
                        .over(&Exact::from_integer(-CEILING))
                        .unwrap(),
                }])
            },
            marks: Vec::new(),
            investigation_below_yen: None,
            acceptability: Level::Weights,
            open_is_known: true,
            left_out: Vec::new(),
        };
        model.published = ids(&winners_of(&model));
        model
    }
}

pub(super) fn id(place: usize) -> BidId {
    BidId(format!("b{place}"))
}

/// The published winners of any model, reckoned step by step as the procedure says.
pub(super) fn winners_of(model: &Model) -> Vec<usize> {
    let rounding = model.rounding.unwrap_or_default();
    let apply = |rule: Option<Rounding>, number: Exact| match rule {
        Some(rule) => number.round(rule.mode, rule.digits),
        None => number,
    };
    let part = |bid: &ModelBid, counts: &dyn Fn(usize, &Weight) -> bool| -> Exact {
        let mut sum = Exact::zero();
        for (place, weight) in model.weights.iter().enumerate() {
            if counts(place, weight) {
                sum = sum.plus(&weight.points.times(&bid.shares[place]));
            }
        }
        sum
    };
    let technical = |bid: &ModelBid| {
        apply(
            rounding.technical,
            part(bid, &|_, weight| weight.kind != WeightKind::Price),
        )
    };
    let total = |bid: &ModelBid| {
        let price = part(bid, &|_, weight| weight.kind == WeightKind::Price).plus(&bid.constant);
        let sum = bid
            .factor
            .times(&technical(bid))
            .plus(&apply(rounding.price, price));
        apply(rounding.total, sum)
    };
    let best = model.bids.iter().map(total).max().unwrap();
    let mut left: Vec<_> = (0..model.bids.len())
        .filter(|place| total(&model.bids[*place]) == best)
        .collect();
    for tie in &model.ties {
        let key = |place: &usize| {
            let bid = &model.bids[*place];
            match tie {
                Tie::Technical => technical(bid),
                Tie::Points(places) => part(bid, &|place, _| places.contains(&place)),
                Tie::Price => Exact::from_integer(-bid.price_yen),
                Tie::Lots => Exact::from_integer(-i64::try_from(bid.lot.unwrap_or(0)).unwrap()),
            }
        };
        if *tie == Tie::Lots && left.iter().any(|place| model.bids[*place].lot.is_none()) {
            continue;
        }
        let best = left.iter().map(key).max().unwrap();
        left.retain(|place| key(place) == best);
    }
    left
}

/// The identifiers of bids at their places.
pub(super) fn ids(places: &[usize]) -> Vec<BidId> {
    places.iter().map(|place| id(*place)).collect()
}

/// The place that an identifier of one letter and a number names.
pub(super) fn place_in(id: &str) -> usize {
    id.trim_start_matches(char::is_alphabetic).parse().unwrap()
}
