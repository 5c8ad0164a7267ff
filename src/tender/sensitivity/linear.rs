//! The neutral model on which sensitivities are computed: totals that are linear in the weights.

use serde::Serialize;

use crate::exact::Exact;
use crate::id::BidId;
use crate::tender::procedure::Rounding;
use crate::text::Text;

/// A tender as far as its sensitivities need it: valid bids only, their totals linear in the weights.
///
/// `total = factor × Σ points × shares + constant`, with one share a weight. In the addition method the allotment of
/// the price is one of the weights; in the division method the factor is scale / bid.
#[derive(Debug, Clone)]
pub struct Model {
    /// How technical points and price become a total.
    pub method: ModelMethod,
    /// The weights, in published order.
    pub weights: Vec<Weight>,
    /// The valid bids.
    pub bids: Vec<ModelBid>,
    /// How equal totals are ordered, the first rule first.
    pub ties: Vec<Tie>,
    /// The winners as published, after rounding; several on an unbroken tie.
    pub published: Vec<BidId>,
    /// The published rounding; none when the procedure rounds elsewhere too, and thresholds under it are left out.
    pub rounding: Option<TotalRounding>,
    /// How points follow the price.
    pub price: PriceRule,
    /// Marks that may change, of the bids that are looked at for it.
    pub marks: Vec<ModelMark>,
    /// Below this price in yen a bid is investigated as too low.
    pub investigation_below_yen: Option<Exact>,
    /// Whether the rank acceptability is taken over blocks instead of single weights.
    pub acceptability: Level,
    /// Whether the possible shares hold all that is open.
    pub open_is_known: bool,
    /// What the model leaves out or treats as one, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// How technical points and price become a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelMethod {
    /// Technical points plus price points (加算方式).
    Addition,
    /// Technical points over the price (除算方式).
    Division,
    /// The lowest price (最低価格落札方式): no weights, and the total is the price below zero.
    LowestPrice,
    /// A formula of its own that is linear in the technical points; the price is part of the constant.
    Formula,
}

/// One weight: an allotment of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// Identifier: of the item or the block, or `price`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The points, zero or more.
    pub points: Exact,
    /// What it is.
    pub kind: WeightKind,
    /// The block that it belongs to, or itself.
    pub block: String,
}

/// What a weight is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightKind {
    /// An evaluation item.
    Item,
    /// A block of technical points.
    Block,
    /// The allotment of the price.
    Price,
}

/// A valid bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelBid {
    /// The bid.
    pub id: BidId,
    /// The price in yen, above zero.
    pub price_yen: i64,
    /// What of each weight's points the bid has, normally 0 to 1.
    pub shares: Vec<Exact>,
    /// The same with everything that is still open.
    pub possible: Vec<Exact>,
    /// By what the sum of points is multiplied, above zero: one in the addition method, scale / bid in the division
    /// method.
    pub factor: Exact,
    /// What is added.
    pub constant: Exact,
    /// The place in the order of the lots drawn, if the bid drew.
    pub lot: Option<usize>,
}

/// A rule that orders equal totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tie {
    /// The higher technical points: all weights but the price.
    Technical,
    /// The higher points of these weights, by place.
    Points(Vec<usize>),
    /// The lower price.
    Price,
    /// The lots drawn; they decide only among bids that all drew.
    Lots,
}

/// The published rounding of technical points, price points and total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TotalRounding {
    /// Of the technical points.
    pub technical: Option<Rounding>,
    /// Of the price points.
    pub price: Option<Rounding>,
    /// Of the total.
    pub total: Option<Rounding>,
}

/// How the points of a bid follow its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceRule {
    /// Price points by straight pieces that depend on no other bid, such as allotment × (1 − bid / planned price).
    Pieces(Vec<PricePiece>),
    /// allotment × (lowest valid bid / bid).
    LowestOverBid {
        /// The allotment.
        allotment: Exact,
    },
    /// scale × technical / bid.
    Division,
    /// Another formula: what a point is worth in yen is not computed.
    Other,
}

/// Price points over a range of prices: `intercept + slope × price`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePiece {
    /// From this price in yen.
    pub from_yen: Exact,
    /// Up to this price in yen.
    pub to_yen: Exact,
    /// Points at a price of zero, were the piece to reach there.
    pub intercept: Exact,
    /// Points a yen, zero or below.
    pub slope: Exact,
}

/// A mark of one bid that may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelMark {
    /// The bid, by place.
    pub bid: usize,
    /// The weight whose points it is part of, by place.
    pub weight: usize,
    /// The item's identifier.
    pub item: String,
    /// The item's title.
    pub title: Text,
    /// The item's points now, as they enter the sum.
    pub points: Exact,
    /// The fewest points the item can have.
    pub lowest: Exact,
    /// The most points the item can have.
    pub highest: Exact,
    /// The marks of the single evaluators.
    pub evaluators: Vec<EvaluatorMark>,
}

/// One evaluator's mark, and how the item's points follow it while the other evaluators' marks stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluatorMark {
    /// The evaluator.
    pub evaluator: String,
    /// The mark now.
    pub mark: Exact,
    /// Pairs of a mark and the item's points under it, rising in both; straight lines lie between them.
    pub response: Vec<(Exact, Exact)>,
    /// Whether only the marks that stand in `response` may be given, such as grades.
    pub stepped: bool,
}

/// Over what the rank acceptability is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Every weight moves by itself.
    Weights,
    /// The weights of a block keep their proportion, and the blocks move.
    Blocks,
}

/// What is left out, or treated as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// A measure, a weight or a block.
    pub what: String,
    /// Why.
    pub why: Text,
}

/// Why a model cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
    /// No valid bid.
    #[error("there is no valid bid")]
    NoBid,
    /// A bid has more or fewer shares than there are weights.
    #[error("the bid `{0}` does not have one share a weight")]
    Shares(BidId),
    /// A factor that is not above zero, or a price that is not.
    #[error("the bid `{0}` has a factor or a price that is not above zero")]
    NotAboveZero(BidId),
    /// A weight below zero.
    #[error("the weight `{0}` is below zero")]
    NegativeWeight(String),
    /// The published winners are not bids of the model, or differ from those that the published rounding gives.
    #[error("the published winner is not the one that the model gives")]
    Published,
}

impl Model {
    /// Checks what the computations rely on.
    ///
    /// # Errors
    ///
    /// The first [`ModelFault`].
    pub fn check(&self) -> Result<(), ModelFault> {
        if self.bids.is_empty() {
            return Err(ModelFault::NoBid);
        }
        if let Some(weight) = self.weights.iter().find(|one| one.points.is_negative()) {
            return Err(ModelFault::NegativeWeight(weight.id.clone()));
        }
        for bid in &self.bids {
            let count = self.weights.len();
            if bid.shares.len() != count || bid.possible.len() != count {
                return Err(ModelFault::Shares(bid.id.clone()));
            }
            if bid.factor <= Exact::zero() || bid.price_yen <= 0 {
                return Err(ModelFault::NotAboveZero(bid.id.clone()));
            }
        }
        let known = |id: &BidId| self.bids.iter().any(|bid| bid.id == *id);
        if self.published.is_empty() || !self.published.iter().all(known) {
            return Err(ModelFault::Published);
        }
        Ok(())
    }
}
