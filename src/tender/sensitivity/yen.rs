//! What a point is worth in yen, and by how many yen each loser was short.

use serde::Serialize;

use super::ground::{Ground, Moving, Stand, first};
use super::linear::{ModelMethod, PricePiece, PriceRule};
use super::published::price_points;
use super::{LISTED, Listed};
use crate::exact::Exact;
use crate::id::BidId;

/// The value of a point in yen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PointsToYen {
    /// The yen of one point where it is the same at every price, such as planned price / allotment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yen_per_point: Option<Exact>,
    /// At each bid: the winner, then the losers that lack least.
    pub bids: Listed<BidYen>,
}

/// The value of a point at one bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidYen {
    /// The bid.
    pub bid: BidId,
    /// Its price.
    pub price_yen: i64,
    /// How many yen weigh as much as one technical point at this price, for very small changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yen_per_point: Option<Exact>,
    /// By how many yen the price would have to be lower to gain as much as one technical point more; none where no
    /// price does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_point_yen: Option<Exact>,
    /// By how much a loser was short; none for the winner, and where no price would have won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<Shortfall>,
}

/// By how much a loser was short, before rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortfall {
    /// In points of the total.
    pub points: Exact,
    /// In yen: at a price lower by this the totals are equal.
    pub yen: Exact,
    /// The highest price in whole yen at which it wins alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub winning_price_yen: Option<Exact>,
    /// Whether that price would be investigated as too low.
    pub investigated: bool,
}

/// Computes the values; none where the formula of the price does not allow it.
pub(super) fn points_to_yen(ground: &Ground<'_>) -> Option<PointsToYen> {
    if ground.model.price == PriceRule::Other {
        return None;
    }
    let winner = ground.winner()?;
    let nearest = ground.nearest();
    let count = nearest.len() + 1;
    let losers = nearest.iter().map(|(stand, _)| *stand);
    let bids = std::iter::once(winner)
        .chain(losers)
        .take(LISTED + 1)
        .map(|stand| bid_yen(ground, stand))
        .collect();
    Some(PointsToYen {
        yen_per_point: same_everywhere(ground),
        bids: Listed {
            count,
            listed: bids,
        },
    })
}

fn same_everywhere(ground: &Ground<'_>) -> Option<Exact> {
    match (&ground.model.price, ground.model.method) {
        (PriceRule::Pieces(pieces), ModelMethod::Addition) => match pieces.as_slice() {
            [piece] => Exact::one().over(&piece.slope.negated()),
            _ => None,
        },
        _ => None,
    }
}

fn bid_yen(ground: &Ground<'_>, stand: &Stand<'_>) -> BidYen {
    let is_winner = ground.winners.contains(&stand.place);
    let points = ground.model.method != ModelMethod::LowestPrice;
    BidYen {
        bid: stand.bid.id.clone(),
        price_yen: stand.bid.price_yen,
        yen_per_point: points.then(|| yen_per_point(ground, stand)).flatten(),
        one_point_yen: points.then(|| one_point(ground, stand)).flatten(),
        short: (!is_winner).then(|| shortfall(ground, stand)).flatten(),
    }
}

fn price(stand: &Stand<'_>) -> Exact {
    Exact::from_integer(stand.bid.price_yen)
}

fn lowest_of_others(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Exact> {
    let others = ground.stands.iter();
    others
        .filter(|other| other.place != stand.place)
        .map(|other| other.bid.price_yen)
        .min()
        .map(Exact::from_integer)
}

/// The derivative at the bid, seen towards lower prices.
fn yen_per_point(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Exact> {
    let price = price(stand);
    match &ground.model.price {
        PriceRule::Pieces(pieces) => {
            let piece = pieces
                .iter()
                .find(|piece| piece.from_yen < price && price <= piece.to_yen)?;
            Exact::one().over(&piece.slope.negated())
        }
        PriceRule::LowestOverBid { allotment } => {
            let lowest = lowest_of_others(ground, stand).filter(|lowest| *lowest < price)?;
            price.times(&price).over(&allotment.times(&lowest))
        }
        PriceRule::Division => price.over(&stand.technical),
        PriceRule::Other => None,
    }
}

/// By how much lower the price must be to gain as much as one technical point more; it stays above zero.
fn one_point(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Exact> {
    one_point_cut(ground, stand).filter(|cut| *cut < price(stand))
}

fn one_point_cut(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Exact> {
    let now = price(stand);
    let target = price_points(ground, stand.bid).plus(&Exact::one());
    match &ground.model.price {
        PriceRule::Pieces(pieces) => {
            let at = price_of_points(pieces, &now, &target)?;
            Some(now.minus(&at))
        }
        PriceRule::LowestOverBid { allotment } => {
            let lowest = lowest_of_others(ground, stand).filter(|lowest| *lowest < now)?;
            let at = allotment.times(&lowest).over(&target)?;
            (at >= lowest).then(|| now.minus(&at))
        }
        // technical / (bid − cut) = (technical + 1) / bid.
        PriceRule::Division => now.over(&stand.technical.plus(&Exact::one())),
        PriceRule::Other => None,
    }
}

/// By how much a loser was short; none when no price above zero wins.
fn shortfall(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Shortfall> {
    let points = ground.lead(stand);
    let now = price(stand);
    let at = threshold_price(ground, stand)?;
    let cut = now.minus(&at);
    let wins_at = |price: &Exact| wins_at(ground, stand, price);
    let whole = at.floor();
    let below = whole.minus(&Exact::one());
    let winning = [whole, below]
        .into_iter()
        .find(|price| *price > Exact::zero() && wins_at(price));
    let line = ground.model.investigation_below_yen.as_ref();
    Some(Shortfall {
        points,
        yen: cut,
        investigated: line.is_some_and(|line| winning.as_ref().unwrap_or(&at) < line),
        winning_price_yen: winning,
    })
}

/// The highest price at which a loser's total equals the best of the others.
fn threshold_price(ground: &Ground<'_>, stand: &Stand<'_>) -> Option<Exact> {
    let winner = ground.winner()?;
    let now = price(stand);
    let at = match &ground.model.price {
        PriceRule::Pieces(pieces) => {
            let target = price_points(ground, stand.bid).plus(&ground.lead(stand));
            price_of_points(pieces, &now, &target)?
        }
        PriceRule::LowestOverBid { allotment } => {
            lowest_over_bid_threshold(ground, stand, winner, allotment)?
        }
        PriceRule::Division => now.times(&stand.total).over(&winner.total)?,
        PriceRule::Other => return None,
    };
    (at > Exact::zero()).then_some(at)
}

/// Above the lowest price of the others they keep their points; below it the loser has the whole allotment and the
/// others lose points.
fn lowest_over_bid_threshold(
    ground: &Ground<'_>,
    stand: &Stand<'_>,
    winner: &Stand<'_>,
    allotment: &Exact,
) -> Option<Exact> {
    let now = price(stand);
    let lowest = lowest_of_others(ground, stand)?;
    if lowest <= now {
        let needed = winner.total.minus(&stand.technical);
        let at = allotment.times(&lowest).over(&needed);
        if let Some(at) = at.filter(|at| !at.is_negative() && *at >= lowest) {
            return Some(at.min(now));
        }
    }
    let full = stand.technical.plus(allotment);
    ground
        .stands
        .iter()
        .filter(|other| other.place != stand.place)
        .filter_map(|other| {
            let room = full.minus(&other.technical);
            room.times(&price(other)).over(allotment)
        })
        .min()
        .map(|at| at.min(lowest).min(now))
}

/// Whether a loser would win alone at another price.
fn wins_at(ground: &Ground<'_>, stand: &Stand<'_>, at: &Exact) -> bool {
    let cut = price(stand).minus(at);
    let lowest = lowest_of_others(ground, stand).map(|lowest| lowest.min(at.clone()));
    let total = |other: &Stand<'_>| -> Option<Exact> {
        let own = other.place == stand.place;
        match &ground.model.price {
            PriceRule::Pieces(pieces) if own => {
                let now = price_points(ground, other.bid);
                let then = points_at(pieces, at)?;
                Some(other.total.plus(&then.minus(&now)))
            }
            PriceRule::Division if own => other.total.times(&price(other)).over(at),
            PriceRule::LowestOverBid { allotment } => {
                let bid = if own { at.clone() } else { price(other) };
                let points = allotment.times(lowest.as_ref()?).over(&bid)?;
                Some(other.technical.plus(&points))
            }
            _ => Some(other.total.clone()),
        }
    };
    // Where no other bid's points follow the price, only those that lead now can keep the loser from winning.
    let all_move = matches!(ground.model.price, PriceRule::LowestOverBid { .. });
    let best = ground.winner().map(|winner| &winner.total);
    let contenders: Option<Vec<_>> = ground
        .stands
        .iter()
        .filter(|other| all_move || other.place == stand.place || Some(&other.total) == best)
        .map(|other| {
            let cut = if other.place == stand.place {
                cut.clone()
            } else {
                Exact::zero()
            };
            Some(ground.repriced(other, Moving::still(total(other)?), &cut))
        })
        .collect();
    contenders.is_some_and(|contenders| first(&contenders) == [stand.place])
}

/// The points at a price.
fn points_at(pieces: &[PricePiece], price: &Exact) -> Option<Exact> {
    let piece = pieces
        .iter()
        .find(|piece| piece.from_yen <= *price && *price <= piece.to_yen)?;
    Some(piece.intercept.plus(&piece.slope.times(price)))
}

/// The highest price up to `now` at which the points reach `target`.
fn price_of_points(pieces: &[PricePiece], now: &Exact, target: &Exact) -> Option<Exact> {
    let mut falling: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.from_yen <= *now)
        .collect();
    falling.sort_by(|left, right| right.to_yen.cmp(&left.to_yen));
    falling.into_iter().find_map(|piece| {
        let points = |price: &Exact| piece.intercept.plus(&piece.slope.times(price));
        let high = piece.to_yen.clone().min(now.clone());
        if points(&high) >= *target {
            return Some(high);
        }
        if points(&piece.from_yen) < *target {
            return None;
        }
        target.minus(&piece.intercept).over(&piece.slope)
    })
}
