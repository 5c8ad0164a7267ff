//! The smallest change under the published rounding, of one number that moves.
//!
//! Rounded points are steps of the number that moves. A rounded total lies within the units of rounding of the
//! unrounded one, so that the order of two bids can change only while their unrounded lead is within these units of
//! zero. There every step is looked at, and the middle of each stretch between two steps. Where that would be more than
//! [`MOST_STEPS`] the answer is left out, never approximated.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ground::Ground;
use super::linear::{Model, ModelBid, Tie, TotalRounding, WeightKind};
use crate::exact::Exact;
use crate::id::BidId;
use crate::tender::procedure::Rounding;

/// The most steps that are looked at for one answer.
pub const MOST_STEPS: usize = 1_000;

/// The smallest change that changes the winner under the published rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedChange {
    /// The distance.
    pub change: Exact,
    /// Whether the winner changes at this distance itself; else just beyond it.
    pub reached: bool,
    /// Who wins then.
    pub winner: Vec<BidId>,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Search {
    /// The smallest change.
    Found(PublishedChange),
    /// No change changes the winner.
    None,
    /// It would take too many steps, or the rounding is not known.
    LeftOut,
}

/// How the parts of one bid move with the number: the rate at which each grows, before rounding.
#[derive(Debug, Clone)]
pub(super) struct Rates {
    /// Technical points.
    pub(super) technical: Exact,
    /// Price points.
    pub(super) price: Exact,
    /// The points under the weight that moves, for tie rules that look at single weights: its place and rate.
    pub(super) weight: Option<(usize, Exact)>,
    /// The price in yen.
    pub(super) yen: Exact,
}

impl Rates {
    /// A bid that stays as it is.
    pub(super) fn still() -> Self {
        Self {
            technical: Exact::zero(),
            price: Exact::zero(),
            weight: None,
            yen: Exact::zero(),
        }
    }

    /// A bid of which the points under one weight move.
    pub(super) fn of_weight(model: &Model, weight: usize, rate: Exact) -> Self {
        let is_price = model
            .weights
            .get(weight)
            .is_some_and(|one| one.kind == WeightKind::Price);
        let (technical, price) = if is_price {
            (Exact::zero(), rate.clone())
        } else {
            (rate.clone(), Exact::zero())
        };
        Self {
            technical,
            price,
            weight: Some((weight, rate)),
            yen: Exact::zero(),
        }
    }
}

/// One bid, made ready for rounding.
struct Line<'m> {
    place: usize,
    bid: &'m ModelBid,
    technical: Exact,
    price: Exact,
    rates: Rates,
}

/// The winners under the published rounding as the bids stand; none when the rounding is not known.
pub(super) fn published_winners(ground: &Ground<'_>) -> Option<Vec<usize>> {
    let rounding = ground.model.rounding?;
    let lines = lines(ground, |_| Rates::still());
    let lines: Vec<_> = lines.iter().collect();
    Some(winners(ground.model, rounding, &lines, &Exact::zero()))
}

/// The total of a bid under the published rounding, from its technical points and its price points.
pub(super) fn round_total(
    rounding: TotalRounding,
    bid: &ModelBid,
    technical: &Exact,
    price: &Exact,
) -> Exact {
    let technical = apply(rounding.technical, technical);
    let total = bid
        .factor
        .times(&technical)
        .plus(&apply(rounding.price, price));
    apply(rounding.total, &total)
}

/// The price points of a bid before rounding.
pub(super) fn price_points(ground: &Ground<'_>, bid: &ModelBid) -> Exact {
    let weights = ground.model.weights.iter().zip(&bid.shares);
    let points: Exact = weights
        .filter(|(weight, _)| weight.kind == WeightKind::Price)
        .map(|(weight, share)| weight.points.times(share))
        .sum();
    points.plus(&bid.constant)
}

/// Searches the smallest change from zero up to `most`.
pub(super) fn search(
    ground: &Ground<'_>,
    most: Option<&Exact>,
    rates: impl Fn(&ModelBid, usize) -> Rates,
) -> Search {
    let published = published_places(ground);
    let (Some(rounding), [winner]) = (ground.model.rounding, published.as_slice()) else {
        return Search::LeftOut;
    };
    let lines = lines(ground, |place| {
        ground
            .stands
            .get(place)
            .map_or_else(Rates::still, |stand| rates(stand.bid, place))
    });
    let Some(ours) = lines.iter().find(|line| line.place == *winner) else {
        return Search::LeftOut;
    };
    let mut pairs: Vec<_> = lines
        .iter()
        .filter(|line| line.place != *winner)
        .filter_map(|line| Some((window(rounding, ours, line, most)?, line)))
        .collect();
    pairs.sort_by(|left, right| left.0.0.cmp(&right.0.0));
    let mut best: Option<(Exact, bool, Exact)> = None;
    let mut takers: Vec<&Line<'_>> = Vec::new();
    let mut steps = 0;
    for ((from, to), line) in &pairs {
        if best.as_ref().is_some_and(|(change, _, _)| from > change) {
            break;
        }
        // Nothing beyond the best so far is of interest.
        let to = match (&best, to) {
            (Some((change, _, sample)), Some(to)) => Some(to.min(change.max(sample)).clone()),
            (Some((change, _, sample)), None) => Some(change.max(sample).clone()),
            (None, to) => to.clone(),
        };
        let Some(points) = to
            .and_then(|to| step_points(ground.model, ours, line, (from, &to), MOST_STEPS - steps))
        else {
            return Search::LeftOut;
        };
        steps += points.len();
        let pair = [ours, *line];
        let changes = |at: &Exact| winners(ground.model, rounding, &pair, at) != [ours.place];
        if let Some(hit) = first_hit(&points, changes) {
            let order = |hit: &(Exact, bool, Exact)| (hit.0.clone(), !hit.1);
            match best.as_ref().map(|best| order(&hit).cmp(&order(best))) {
                Some(std::cmp::Ordering::Greater) => {}
                Some(std::cmp::Ordering::Equal) => {
                    if let Some((_, _, sample)) = &mut best {
                        *sample = hit.2.min(sample.clone());
                    }
                    takers.push(line);
                }
                Some(std::cmp::Ordering::Less) | None => {
                    best = Some(hit);
                    takers = vec![line];
                }
            }
        }
    }
    let Some((change, reached, sample)) = best else {
        return Search::None;
    };
    // Bids that stay behind the winner can still be part of a tie for the first rank.
    let taken: BTreeSet<_> = takers.iter().map(|line| line.place).collect();
    let behind = |line: &&Line<'_>| {
        line.place == ours.place
            || taken.contains(&line.place)
            || winners(ground.model, rounding, &[ours, *line], &sample) == [ours.place]
    };
    let present: Vec<_> = lines.iter().filter(behind).collect();
    let after = winners(ground.model, rounding, &present, &sample);
    Search::Found(PublishedChange {
        change,
        reached,
        winner: ground.ids(&after),
    })
}

/// The places of the published winners.
pub(super) fn published_places(ground: &Ground<'_>) -> Vec<usize> {
    let published = &ground.model.published;
    let stands = ground.stands.iter();
    stands
        .filter(|stand| published.contains(&stand.bid.id))
        .map(|stand| stand.place)
        .collect()
}

/// The first point at which the winner changes: where, whether there itself, and a point at which it has changed.
fn first_hit(points: &[Exact], changes: impl Fn(&Exact) -> bool) -> Option<(Exact, bool, Exact)> {
    let mut points = points.iter().peekable();
    while let Some(point) = points.next() {
        if changes(point) {
            return Some((point.clone(), true, point.clone()));
        }
        if let Some(next) = points.peek() {
            let middle = point.plus(next).half();
            if changes(&middle) {
                return Some((point.clone(), false, middle));
            }
        }
    }
    None
}

fn lines<'m>(ground: &Ground<'m>, rates: impl Fn(usize) -> Rates) -> Vec<Line<'m>> {
    let stands = ground.stands.iter();
    stands
        .map(|stand| Line {
            place: stand.place,
            bid: stand.bid,
            technical: stand.technical.clone(),
            price: price_points(ground, stand.bid),
            rates: rates(stand.place),
        })
        .collect()
}

impl Line<'_> {
    fn technical_at(&self, at: &Exact) -> Exact {
        self.technical.plus(&self.rates.technical.times(at))
    }

    fn price_at(&self, at: &Exact) -> Exact {
        self.price.plus(&self.rates.price.times(at))
    }

    fn total_rate(&self) -> Exact {
        let technical = self.bid.factor.times(&self.rates.technical);
        technical.plus(&self.rates.price)
    }

    /// The points under some weights, and their rate.
    fn points_under(&self, model: &Model, places: &[usize]) -> (Exact, Exact) {
        let weighed = model.weights.iter().zip(&self.bid.shares).enumerate();
        let now = weighed
            .filter(|(place, _)| places.contains(place))
            .map(|(_, (weight, share))| weight.points.times(share))
            .sum();
        let rate = match &self.rates.weight {
            Some((weight, rate)) if places.contains(weight) => rate.clone(),
            _ => Exact::zero(),
        };
        (now, rate)
    }

    fn total(&self) -> Exact {
        self.bid.factor.times(&self.technical).plus(&self.price)
    }
}

fn winners(model: &Model, rounding: TotalRounding, lines: &[&Line<'_>], at: &Exact) -> Vec<usize> {
    let total = |line: &Line<'_>| {
        round_total(
            rounding,
            line.bid,
            &line.technical_at(at),
            &line.price_at(at),
        )
    };
    let totals: Vec<_> = lines.iter().map(|line| (total(line), *line)).collect();
    let best = totals.iter().map(|(total, _)| total).max();
    let mut group: Vec<_> = totals
        .iter()
        .filter(|(total, _)| Some(total) == best)
        .map(|(_, line)| *line)
        .collect();
    for tie in &model.ties {
        if *tie == Tie::Lots {
            if group.iter().all(|line| line.bid.lot.is_some()) {
                let best = group.iter().map(|line| line.bid.lot).min();
                group.retain(|line| Some(line.bid.lot) == best);
            }
            continue;
        }
        let key = |line: &Line<'_>| match tie {
            Tie::Technical => apply(rounding.technical, &line.technical_at(at)),
            Tie::Points(places) => {
                let (points, rate) = line.points_under(model, places);
                points.plus(&rate.times(at))
            }
            Tie::Price | Tie::Lots => Exact::from_integer(line.bid.price_yen)
                .plus(&line.rates.yen.times(at))
                .negated(),
        };
        let best = group.iter().map(|line| key(line)).max();
        group.retain(|line| Some(key(line)) == best);
    }
    let mut places: Vec<_> = group.iter().map(|line| line.place).collect();
    places.sort_unstable();
    places
}

/// The range of changes in which the order of two bids can change; its end is none where it does not end.
fn window(
    rounding: TotalRounding,
    ours: &Line<'_>,
    theirs: &Line<'_>,
    most: Option<&Exact>,
) -> Option<(Exact, Option<Exact>)> {
    let units = |line: &Line<'_>| {
        let technical = line.bid.factor.times(&unit(rounding.technical));
        technical
            .plus(&unit(rounding.price))
            .plus(&unit(rounding.total))
    };
    let slack = units(ours).plus(&units(theirs));
    let lead = ours.total().minus(&theirs.total());
    let rate = ours.total_rate().minus(&theirs.total_rate());
    // The lead is within the slack from `from` to `to`.
    let zero = Exact::zero();
    let (from, to) = if rate.is_zero() {
        if lead > slack {
            return None;
        }
        (zero, period(rounding, ours, theirs))
    } else if rate.is_negative() {
        let falling = rate.negated();
        let from = lead.minus(&slack).over(&falling)?.max(zero);
        // Without any rounding the window is the crossing itself; what lies just beyond it counts too.
        let beyond = if slack.is_zero() {
            Exact::one()
        } else {
            Exact::zero()
        };
        let to = lead.plus(&slack).over(&falling)?;
        (from, Some(to.plus(&beyond)))
    } else {
        if lead > slack {
            return None;
        }
        (zero, slack.minus(&lead).over(&rate))
    };
    if most.is_some_and(|most| from > *most) {
        return None;
    }
    let to = match (to, most) {
        (Some(to), Some(most)) => Some(to.min(most.clone())),
        (Some(to), None) => Some(to),
        (None, most) => most.cloned(),
    };
    Some((from, to))
}

/// After how much change two bids that move alike have the same rounded lead again: twice the coarsest unit (twice for
/// rounding to even digits). None where they do not move alike.
fn period(rounding: TotalRounding, ours: &Line<'_>, theirs: &Line<'_>) -> Option<Exact> {
    let alike = ours.bid.factor == theirs.bid.factor
        && ours.bid.factor == Exact::one()
        && ours.rates.technical == theirs.rates.technical
        && ours.rates.price == theirs.rates.price;
    if !alike {
        return None;
    }
    let rate = ours.total_rate().abs();
    if rate.is_zero() {
        return Some(Exact::zero());
    }
    let units = [rounding.technical, rounding.price, rounding.total].map(unit);
    let coarsest = units.into_iter().max()?;
    coarsest.plus(&coarsest).over(&rate)
}

/// Every change in a range at which a rounded number of one of the two bids may step, the ends of the range, and where
/// numbers that are not rounded cross; none where they are more than `room`.
fn step_points(
    model: &Model,
    ours: &Line<'_>,
    theirs: &Line<'_>,
    (from, to): (&Exact, &Exact),
    room: usize,
) -> Option<Vec<Exact>> {
    let rounding = model.rounding?;
    let mut points = BTreeSet::from([from.clone(), to.clone()]);
    let add =
        |points: &mut BTreeSet<Exact>, value: &Exact, rate: &Exact, rule: Option<Rounding>| {
            let Some(rule) = rule.filter(|_| !rate.is_zero()) else {
                return Some(());
            };
            let half = unit(Some(rule)).half();
            let value_at = |at: &Exact| value.plus(&rate.times(at));
            let (low, high) = (
                value_at(from).min(value_at(to)),
                value_at(from).max(value_at(to)),
            );
            let mut step = low.over(&half)?.ceil();
            let last = high.over(&half)?.floor();
            if last.minus(&step) > Exact::from_integer(i64::try_from(room).ok()?) {
                return None;
            }
            while step <= last {
                points.insert(step.times(&half).minus(value).over(rate)?);
                step = step.plus(&Exact::one());
            }
            (points.len() <= room).then_some(())
        };
    for line in [ours, theirs] {
        let rates = &line.rates;
        add(
            &mut points,
            &line.technical,
            &rates.technical,
            rounding.technical,
        )?;
        add(&mut points, &line.price, &rates.price, rounding.price)?;
        // The total steps by itself only where the part that moves is not rounded before.
        let factor = &line.bid.factor;
        if rounding.technical.is_none() && !rates.technical.is_zero() {
            let fixed = apply(rounding.price, &line.price);
            let value = factor.times(&line.technical).plus(&fixed);
            add(
                &mut points,
                &value,
                &factor.times(&rates.technical),
                rounding.total,
            )?;
        }
        if rounding.price.is_none() && !rates.price.is_zero() {
            let fixed = factor.times(&apply(rounding.technical, &line.technical));
            let value = fixed.plus(&line.price);
            add(&mut points, &value, &rates.price, rounding.total)?;
        }
    }
    let mut cross = |lead: Exact, rate: Exact| {
        if let Some(at) = lead.negated().over(&rate)
            && *from <= at
            && at <= *to
        {
            points.insert(at);
        }
    };
    let half_rounded = |line: &Line<'_>| {
        let technical = if line.rates.technical.is_zero() {
            apply(rounding.technical, &line.technical)
        } else {
            line.technical.clone()
        };
        let price = if line.rates.price.is_zero() {
            apply(rounding.price, &line.price)
        } else {
            line.price.clone()
        };
        line.bid.factor.times(&technical).plus(&price)
    };
    cross(
        half_rounded(ours).minus(&half_rounded(theirs)),
        ours.total_rate().minus(&theirs.total_rate()),
    );
    cross(
        ours.technical.minus(&theirs.technical),
        ours.rates.technical.minus(&theirs.rates.technical),
    );
    for tie in &model.ties {
        if let Tie::Points(places) = tie {
            let (ours, theirs) = (
                ours.points_under(model, places),
                theirs.points_under(model, places),
            );
            cross(ours.0.minus(&theirs.0), ours.1.minus(&theirs.1));
        }
    }
    let price = |line: &Line<'_>| Exact::from_integer(line.bid.price_yen);
    cross(
        price(ours).minus(&price(theirs)),
        ours.rates.yen.minus(&theirs.rates.yen),
    );
    (points.len() <= room).then(|| points.into_iter().collect())
}

/// One in the last digit that is kept; zero without a rule.
fn unit(rule: Option<Rounding>) -> Exact {
    rule.and_then(|rule| Exact::ratio(1, 10_i64.checked_pow(rule.digits)?))
        .unwrap_or_else(Exact::zero)
}

fn apply(rule: Option<Rounding>, number: &Exact) -> Exact {
    rule.map_or_else(|| number.clone(), |rule| rule.apply(number))
}
