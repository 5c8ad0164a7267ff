//! How little would have to change for another bidder to win.
//!
//! Every measure is exact and computed on the totals before the rounding of technical points, price points and total;
//! [`Sensitivity::rounding_decides`] says when the published rounding makes another winner. Thresholds under the
//! published rounding stand beside some measures. Nothing here excludes a bid: a change that would take a bid below a
//! minimum, or above the planned price, is not followed there.
//!
//! The measures read a neutral [`Model`]. To add a measure, add a file below this one that reads the model's totals, and a
//! field of [`Sensitivity`].

mod acceptability;
mod ground;
mod joint;
mod linear;
mod marks;
mod model;
mod open;
mod published;
mod single;
#[cfg(test)]
mod tests;
mod view;
mod yen;

pub use acceptability::{Acceptability, BidAcceptability, Method as AcceptabilityMethod};
pub use joint::{Joint, JointChange, MovedWeight};
pub use linear::{
    EvaluatorMark, LeftOut, Level, Model, ModelBid, ModelFault, ModelMark, ModelMethod, PricePiece,
    PriceRule, Tie, TotalRounding, Weight, WeightKind,
};
pub use marks::{MarkChange, MarkChanges};
pub use model::model_of;
pub use open::{EvaluatorReach, Open, OpenChallenger, Reach};
pub use published::{MOST_STEPS, PublishedChange};
pub use single::{Direction, RatioChange, SingleChange};
pub use view::{LotSensitivity, SensitivityView};
pub use yen::{BidYen, PointsToYen, Shortfall};

use rayon::prelude::*;
use serde::Serialize;

use crate::exact::Exact;
use crate::id::BidId;
use crate::text::Text;
use ground::Ground;
use published::{Rates, Search, published_winners, search};

/// The most entries that a list shows.
pub const LISTED: usize = 20;

/// Up to how many bids times weights the thresholds under the published rounding are searched.
const MOST_PUBLISHED: usize = 10_000;

/// How little would have to change for another bidder to win.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sensitivity {
    /// How technical points and price become a total.
    pub method: ModelMethod,
    /// The winner before rounding; several on an unbroken tie.
    pub winner: Vec<BidId>,
    /// The lead over the next bid, in points of the total before rounding; none when there is no other bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Exact>,
    /// Both winners, when the published rounding makes another than the exact totals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding_decides: Option<RoundingDecides>,
    /// For each weight and direction, the smallest change that changes the winner; those that cannot are absent.
    pub single: Vec<SingleChange>,
    /// The smallest change of all weights together.
    pub joint: Joint,
    /// The smallest change of technical points : price points, both ways.
    pub price_ratio: Vec<RatioChange>,
    /// The smallest change of one mark.
    pub marks: MarkChanges,
    /// The value of a point in yen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_to_yen: Option<PointsToYen>,
    /// The bidders within reach among the nearest.
    pub within_reach: Listed<Reach>,
    /// What the open items could do; none where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
    /// How often each bid has each rank when the weights are drawn at random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptability: Option<Acceptability>,
    /// What is left out or treated as one, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// The two winners when the published rounding decides the award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundingDecides {
    /// As published.
    pub published: Vec<BidId>,
    /// By the exact totals.
    pub exact: Vec<BidId>,
}

/// A list of which at most some are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed<T> {
    /// How many there are.
    pub count: usize,
    /// Those shown.
    pub listed: Vec<T>,
}

impl<T> Listed<T> {
    fn of(mut all: Vec<T>, most: usize) -> Self {
        let count = all.len();
        all.truncate(most);
        Self { count, listed: all }
    }
}

/// The bids whose marks are worth giving to a model: the winner before rounding, and the challengers that lack least.
///
/// # Errors
///
/// As [`Model::check`].
pub fn near_bids(model: &Model) -> Result<Vec<usize>, ModelFault> {
    model.check()?;
    let ground = Ground::new(model);
    let winner = ground.winner().map(|winner| winner.place);
    let nearest = ground.nearest().into_iter().take(LISTED);
    Ok(winner
        .into_iter()
        .chain(nearest.map(|(stand, _)| stand.place))
        .collect())
}

/// Computes every measure.
///
/// # Errors
///
/// A [`ModelFault`] when the model is not consistent, or the winner that it gives under the published rounding is not
/// the published one.
pub fn sensitivity(model: &Model) -> Result<Sensitivity, ModelFault> {
    model.check()?;
    let ground = Ground::new(model);
    let published = published::published_places(&ground);
    if published_winners(&ground).is_some_and(|winners| winners != published) {
        return Err(ModelFault::Published);
    }
    let mut left_out = model.left_out.clone();
    if model.price == PriceRule::Other {
        left_out.push(leave_out(
            "points_to_yen",
            "価格点の算式から、得点の円換算は求めていない",
            "the formula of the price points does not allow to say what a point is worth in yen",
        ));
    }
    let block_ties = model.ties.iter().any(|tie| matches!(tie, Tie::Points(_)));
    if model.method == ModelMethod::Division
        && block_ties
        && ground.edges.iter().any(|edge| edge.gap.is_zero())
    {
        left_out.push(leave_out(
            "ties",
            "同点の入札があり、区分の得点で順位を定めるが、同点のまま区分の得点の順が入れ替わる変化は調べていない",
            "bids are equal and ordered by the points of a block; changes that keep them equal and turn that order are not looked for",
        ));
    }
    let ((mut single, joint), (marks, acceptability)) = rayon::join(
        || (single::single_changes(&ground), joint::joint(&ground)),
        || {
            (
                marks::mark_changes(&ground),
                acceptability::acceptability(&ground),
            )
        },
    );
    let acceptability = match acceptability {
        acceptability::Outcome::Found(found) => Some(found),
        acceptability::Outcome::LeftOut(why) => {
            left_out.push(why);
            None
        }
        acceptability::Outcome::Nothing => None,
    };
    add_published(&ground, &mut single, &mut left_out);
    let points_to_yen = yen::points_to_yen(&ground);
    let open = model.open_is_known.then(|| open::open(&ground));
    Ok(Sensitivity {
        method: model.method,
        winner: ground.ids(&ground.winners),
        lead: ground
            .edges
            .iter()
            .filter_map(|edge| ground.stands.get(edge.challenger))
            .map(|stand| ground.lead(stand))
            .min(),
        rounding_decides: (published != ground.winners).then(|| RoundingDecides {
            published: model.published.clone(),
            exact: ground.ids(&ground.winners),
        }),
        price_ratio: single::ratio_changes(&ground, &single),
        single,
        joint,
        within_reach: open::within_reach(&ground, &marks, open.as_ref(), points_to_yen.as_ref()),
        points_to_yen,
        marks,
        open,
        acceptability,
        left_out,
    })
}

/// Adds the thresholds under the published rounding to the changes of single weights.
fn add_published(ground: &Ground<'_>, single: &mut [SingleChange], left_out: &mut Vec<LeftOut>) {
    let model = ground.model;
    if model.rounding.is_none() {
        left_out.push(leave_out(
            "published",
            "技術点・価格点・総合点以外にも端数処理があるため、公表の端数処理による限界値は求めていない",
            "the procedure rounds at other steps than technical points, price points and total, so thresholds under the published rounding are not computed",
        ));
        return;
    }
    if model.published.len() != 1 {
        return;
    }
    if model.bids.len().saturating_mul(model.weights.len()) > MOST_PUBLISHED {
        left_out.push(leave_out(
            "published",
            "入札と配点の数が多いため、公表の端数処理による限界値は求めていない",
            "there are too many bids and weights to compute thresholds under the published rounding",
        ));
        return;
    }
    let places: std::collections::BTreeMap<_, _> = model
        .weights
        .iter()
        .enumerate()
        .map(|(place, weight)| (weight.id.as_str(), place))
        .collect();
    let searches: Vec<_> = single
        .par_iter()
        .map(|change| {
            let Some(weight) = places.get(change.weight.as_str()) else {
                return Search::LeftOut;
            };
            let down = change.direction == Direction::Decrease;
            search(ground, down.then_some(&change.from), |bid, _| {
                let share = bid.shares.get(*weight).cloned();
                let share = share.unwrap_or_else(Exact::zero);
                let rate = if down { share.negated() } else { share };
                Rates::of_weight(model, *weight, rate)
            })
        })
        .collect();
    for (change, search) in single.iter_mut().zip(searches) {
        match search {
            Search::Found(found) => change.published = Some(found),
            Search::None => {}
            Search::LeftOut => left_out.push(leave_out(
                &change.weight,
                "公表の端数処理による限界値は、調べる段の数が多いため求めていない",
                "the threshold under the published rounding takes too many steps and is not computed",
            )),
        }
    }
}

fn leave_out(what: &str, ja: &str, en: &str) -> LeftOut {
    LeftOut {
        what: what.to_owned(),
        why: Text {
            ja: ja.to_owned(),
            en: en.to_owned(),
        },
    }
}
