//! From an evaluated tender to the model of its sensitivities.

use std::collections::BTreeMap;

use super::linear::{
    EvaluatorMark, LeftOut, Level, Model, ModelBid, ModelFault, ModelMark, ModelMethod, PricePiece,
    PriceRule, Tie, TotalRounding, Weight, WeightKind,
};
use super::published::round_total;
use super::{leave_out, near_bids};
use crate::exact::Exact;
use crate::tender::evaluate::{
    BidOutcome, Outcome, Standing, criteria_points, names_of_all, points_of,
};
use crate::tender::formula::Formula;
use crate::tender::item::{Item, ItemKind, Mark, Scale};
use crate::tender::procedure::{Combination, CombinationLevel, Method, PRICE_FORMULAS, TieRule};
use crate::tender::{Block, BlockKind, Lot, Tender};
use crate::text::Text;

/// Above this many weights the rank acceptability moves blocks, not items.
const MOST_SINGLE_WEIGHTS: usize = 12;

/// What one weight stands for.
enum Source<'t> {
    /// Base points: every valid bid has all.
    Base(&'t Block),
    /// An evaluation item, by its place.
    Item(usize, &'t Item),
    /// A block by its place: the committee's mark, the criteria, or a block that is treated as one.
    Block(usize, &'t Block),
    /// The technical points as a whole, where they are scaled.
    Technical,
    /// The allotment of the price.
    Price,
}

/// The valid bids of a lot with what the formulas know of them.
struct Reader<'t> {
    tender: &'t Tender,
    lot: &'t Lot,
    bids: Vec<(&'t BidOutcome, &'t Standing)>,
    names: BTreeMap<&'static str, Exact>,
    left_out: Vec<LeftOut>,
}

/// Makes the model of one lot.
///
/// # Errors
///
/// Why there is no model: no valid bid, a total that is not linear in the technical points, or totals that the model
/// does not reproduce.
pub fn model_of(tender: &Tender, outcome: &Outcome, lot: usize) -> Result<Model, Text> {
    let no_bid = || reason("有効な入札がない", "there is no valid bid");
    let (Some(of_lot), Some(settled)) = (tender.lots.get(lot), outcome.lots.get(lot)) else {
        return Err(no_bid());
    };
    let bids: Vec<_> = outcome
        .bids
        .iter()
        .filter(|one| one.bid.lot == lot)
        .filter_map(|one| Some((one, one.standing.as_ref()?)))
        .collect();
    if bids.is_empty() {
        return Err(no_bid());
    }
    let prices: Vec<_> = bids
        .iter()
        .map(|(one, _)| Exact::from_integer(one.bid.price_yen))
        .collect();
    let mut reader = Reader {
        names: names_of_all(tender, of_lot, &prices),
        tender,
        lot: of_lot,
        bids,
        left_out: Vec::new(),
    };
    let mut model = reader.model()?;
    model.published.clone_from(&settled.winner);
    if !reproduces(&model, &reader.bids) {
        return Err(reason(
            "評価の総合点をモデルで再現できない",
            "the model does not give the totals of the evaluation",
        ));
    }
    let near = near_bids(&model).map_err(|fault| of_fault(&fault))?;
    let sources = reader.sources();
    model.marks = near
        .iter()
        .flat_map(|place| reader.marks(*place, &sources))
        .collect();
    model.left_out = reader.left_out;
    Ok(model)
}

/// Whether the model gives the published totals, where it knows the rounding.
fn reproduces(model: &Model, bids: &[(&BidOutcome, &Standing)]) -> bool {
    let Some(rounding) = model.rounding else {
        return true;
    };
    let total = |bid: &ModelBid| {
        let part = |price: bool| -> Exact {
            let weights = model.weights.iter().zip(&bid.shares);
            weights
                .filter(|(weight, _)| (weight.kind == WeightKind::Price) == price)
                .map(|(weight, share)| weight.points.times(share))
                .sum()
        };
        round_total(rounding, bid, &part(false), &part(true).plus(&bid.constant))
    };
    let lowest = model.method == ModelMethod::LowestPrice;
    model.bids.iter().zip(bids).all(|(bid, (_, standing))| {
        let published = &standing.total;
        let published = if lowest {
            published.negated()
        } else {
            published.clone()
        };
        total(bid) == published
    })
}

/// Says in both languages why a model cannot be computed.
pub(super) fn of_fault(fault: &ModelFault) -> Text {
    match fault {
        ModelFault::NoBid => reason("有効な入札がない", "there is no valid bid"),
        ModelFault::Published => reason(
            "公表の端数処理による落札者をモデルで再現できない",
            "the model does not give the published winner",
        ),
        other => Text {
            ja: format!("評価の結果を配点の一次式で表せない({other})"),
            en: format!("the outcome cannot be written as linear in the weights: {other}"),
        },
    }
}

fn reason(ja: &str, en: &str) -> Text {
    Text {
        ja: ja.to_owned(),
        en: en.to_owned(),
    }
}

impl<'t> Reader<'t> {
    fn model(&mut self) -> Result<Model, Text> {
        let procedure = &self.tender.procedure;
        let lowest_price = procedure.method == Method::LowestPrice;
        let price_is_weight = self.price_is_weight()?;
        let sources = if lowest_price {
            Vec::new()
        } else {
            self.note_sources();
            let mut sources = self.sources();
            if price_is_weight {
                sources.push(Source::Price);
            }
            sources
        };
        let weights: Vec<_> = sources.iter().map(|source| self.weight(source)).collect();
        let bids = (0..self.bids.len())
            .filter_map(|place| self.bids.get(place))
            .map(|(one, standing)| self.bid(one, standing, &sources, price_is_weight))
            .collect::<Result<Vec<_>, _>>()?;
        let method = match procedure.method {
            Method::Addition => ModelMethod::Addition,
            Method::Division => ModelMethod::Division,
            Method::LowestPrice => ModelMethod::LowestPrice,
            Method::Formula => ModelMethod::Formula,
        };
        let items = sources
            .iter()
            .any(|source| matches!(source, Source::Item(..)));
        let rounding = &procedure.rounding;
        let earlier = [rounding.mark, rounding.item, rounding.raw, rounding.block];
        let simple = earlier.iter().all(Option::is_none)
            && procedure.technical_scaling.is_none()
            && procedure.method != Method::Formula;
        Ok(Model {
            method,
            acceptability: if items && weights.len() > MOST_SINGLE_WEIGHTS {
                Level::Blocks
            } else {
                Level::Weights
            },
            ties: self.ties(&sources)?,
            published: Vec::new(),
            rounding: if lowest_price {
                Some(TotalRounding::default())
            } else {
                simple.then_some(TotalRounding {
                    technical: rounding.technical,
                    price: rounding.price,
                    total: rounding.total,
                })
            },
            price: self.price_rule(&bids),
            marks: Vec::new(),
            investigation_below_yen: self.tender.investigation_price(self.lot),
            open_is_known: self.open_is_known(),
            left_out: Vec::new(),
            weights,
            bids,
        })
    }

    /// The value of a name of the formulas for one bid.
    fn lookup(&self, one: &BidOutcome, price: Option<&Exact>, name: &str) -> Option<Exact> {
        match name {
            "bid" => Some(Exact::from_integer(one.bid.price_yen)),
            "price" => price.cloned(),
            _ => self
                .names
                .get(name)
                .or_else(|| self.tender.parameters.get(name))
                .cloned(),
        }
    }

    /// The price points of a bid before rounding.
    fn price_points(&self, one: &BidOutcome) -> Result<Option<Exact>, Text> {
        let Some(formula) = &self.tender.procedure.price else {
            return Ok(None);
        };
        let points = formula.evaluate(&|name: &str| self.lookup(one, None, name));
        points.map(Some).map_err(|fault| Text {
            ja: format!("価格点を計算できない({fault})"),
            en: format!("the price points cannot be computed: {fault}"),
        })
    }

    /// Whether the price points are in proportion to the allotment, so that it is a weight like the others.
    fn price_is_weight(&mut self) -> Result<bool, Text> {
        let procedure = &self.tender.procedure;
        let (Some(formula), Method::Addition) = (&procedure.price, procedure.method) else {
            return Ok(false);
        };
        for (one, _) in &self.bids {
            let lookup = |name: &str| self.lookup(one, None, name);
            let allotment = self.lot.price_allotment.as_ref();
            let linear = formula.affine_in("allotment", &lookup);
            let points = self.price_points(one)?;
            let proportional = linear.is_some_and(|(factor, constant)| {
                constant.is_zero()
                    && allotment.is_some_and(|allotment| {
                        allotment.is_positive() && Some(factor.times(allotment)) == points
                    })
            });
            if !proportional {
                self.left_out.push(leave_out(
                    "price",
                    "価格点が配点に比例しないため、価格の配点は動かさない",
                    "the price points are not in proportion to their allotment, which is held",
                ));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The technical weights.
    fn sources(&self) -> Vec<Source<'t>> {
        if self.tender.procedure.method == Method::LowestPrice {
            return Vec::new();
        }
        if self.tender.procedure.technical_scaling.is_some() {
            return vec![Source::Technical];
        }
        let blocks = self.tender.blocks.iter().enumerate();
        blocks
            .flat_map(|(place, block)| {
                if block.kind == BlockKind::Base {
                    return vec![Source::Base(block)];
                }
                let items = self.items(place);
                if items.is_empty() || block.scaling.is_some() || !self.adds_up() {
                    return vec![Source::Block(place, block)];
                }
                let items = items.into_iter();
                items.map(|(at, item)| Source::Item(at, item)).collect()
            })
            .collect()
    }

    /// The items of a block that have points.
    fn items(&self, block: usize) -> Vec<(usize, &'t Item)> {
        let items = self.tender.items.iter().enumerate();
        items
            .filter(|(_, item)| item.block == Some(block) && item.points.is_positive())
            .collect()
    }

    /// Whether the points of a block are the sum of its items: combined item by item, or by a rule that gives the same.
    fn adds_up(&self) -> bool {
        let rule = &self.tender.procedure.evaluators;
        rule.level == CombinationLevel::Item
            || matches!(rule.combination, Combination::Mean | Combination::Sum)
    }

    /// Says which blocks are treated as one.
    fn note_sources(&mut self) {
        if self.tender.procedure.technical_scaling.is_some() {
            self.left_out.push(leave_out(
                "technical",
                "技術点の全体が換算されるため、一つの配点として扱う",
                "the technical points are scaled as a whole and treated as one weight",
            ));
            return;
        }
        for (place, block) in self.tender.blocks.iter().enumerate() {
            let has_items = !self.items(place).is_empty();
            if block.scaling.is_some() {
                self.left_out.push(leave_out(
                    &block.id,
                    "この区分の得点は換算されるため、一つの配点として扱い、個々の採点は動かさない",
                    "the points of the block are scaled; it is treated as one weight and its marks are held",
                ));
            } else if has_items && block.kind == BlockKind::Marks && !self.adds_up() {
                self.left_out.push(leave_out(
                    &block.id,
                    "委員ごとの区分の合計をまとめる方式のため、この区分は一つの配点として扱い、個々の採点は動かさない",
                    "the evaluators' sums of the block are combined; it is treated as one weight and its marks are held",
                ));
            }
        }
    }

    fn weight(&self, source: &Source<'_>) -> Weight {
        let of_block = |block: &Block| Weight {
            id: block.id.clone(),
            title: block.title.clone(),
            points: block.points.clone(),
            kind: WeightKind::Block,
            block: block.id.clone(),
        };
        let titled = |id: &str, title: Text, points: Exact, kind| Weight {
            id: id.to_owned(),
            title,
            points,
            kind,
            block: id.to_owned(),
        };
        match source {
            Source::Base(block) | Source::Block(_, block) => of_block(block),
            Source::Item(_, item) => {
                let blocks = &self.tender.blocks;
                let block = item.block.and_then(|block| blocks.get(block));
                Weight {
                    block: block.map_or_else(|| item.id.clone(), |block| block.id.clone()),
                    ..titled(
                        &item.id,
                        item.title.clone(),
                        item.points.clone(),
                        WeightKind::Item,
                    )
                }
            }
            Source::Technical => titled(
                "technical",
                reason("技術点", "Technical points"),
                self.tender.technical_points.clone(),
                WeightKind::Block,
            ),
            Source::Price => titled(
                "price",
                reason("価格点", "Price points"),
                self.lot.price_allotment.clone().unwrap_or_else(Exact::zero),
                WeightKind::Price,
            ),
        }
    }

    fn bid(
        &self,
        one: &BidOutcome,
        standing: &Standing,
        sources: &[Source<'_>],
        price_is_weight: bool,
    ) -> Result<ModelBid, Text> {
        let procedure = &self.tender.procedure;
        let price = self.price_points(one)?;
        let lookup = |name: &str| self.lookup(one, price.as_ref(), name);
        let (factor, constant) = if procedure.method == Method::LowestPrice {
            let price = Exact::from_integer(one.bid.price_yen);
            (Exact::one(), price.negated())
        } else {
            let line = procedure.total.affine_in("technical", &lookup);
            line.ok_or_else(|| {
                reason(
                    "総合点の算式が技術点の一次式ではない",
                    "the formula of the total is not linear in the technical points",
                )
            })?
        };
        let mut shares = Vec::new();
        let mut possible = Vec::new();
        for source in sources {
            let (low, high, of) = self.points(one, standing, source, price.as_ref());
            let share = |points: &Exact| points.over(&of).unwrap_or_else(Exact::zero);
            shares.push(share(&low));
            possible.push(share(&high));
        }
        let drawn = self.tender.draw.iter();
        Ok(ModelBid {
            id: one.bid.id.clone(),
            price_yen: one.bid.price_yen,
            shares,
            possible,
            factor,
            constant: if price_is_weight {
                Exact::zero()
            } else {
                constant
            },
            lot: drawn.clone().position(|bid| *bid == one.bid.id),
        })
    }

    /// The points of a bid under one weight, proven and possible, and the points at most.
    fn points(
        &self,
        one: &BidOutcome,
        standing: &Standing,
        source: &Source<'_>,
        price: Option<&Exact>,
    ) -> (Exact, Exact, Exact) {
        let same = |points: Exact, of: &Exact| (points.clone(), points, of.clone());
        match source {
            Source::Base(block) => same(block.points.clone(), &block.points),
            Source::Item(place, item) => {
                let points = one.items.get(*place).map(|item| item.exact.clone());
                same(points.unwrap_or_else(Exact::zero), &item.points)
            }
            Source::Block(place, block) => {
                let scaled = block.scaling.is_some();
                let criteria = criteria_points(self.tender, one, block)
                    .filter(|_| block.kind == BlockKind::Criteria && !scaled);
                if let Some((low, high)) = criteria {
                    return (low, high, block.points.clone());
                }
                let points = match one.bid.marks.get(&block.id) {
                    Some(mark) if !scaled => mark.clone(),
                    _ => standing
                        .blocks
                        .get(*place)
                        .cloned()
                        .unwrap_or_else(Exact::zero),
                };
                same(points, &block.points)
            }
            Source::Technical => same(standing.technical.clone(), &self.tender.technical_points),
            Source::Price => same(
                price.cloned().unwrap_or_else(Exact::zero),
                self.lot.price_allotment.as_ref().unwrap_or(&Exact::zero()),
            ),
        }
    }

    /// Whether what is open is part of the model: not where a block with open points is scaled.
    fn open_is_known(&mut self) -> bool {
        let tender = self.tender;
        let criteria = tender.blocks.iter();
        let hidden = criteria
            .filter(|block| block.kind == BlockKind::Criteria)
            .any(|block| block.scaling.is_some() || tender.procedure.technical_scaling.is_some());
        if hidden {
            self.left_out.push(leave_out(
                "open",
                "未確認の項目を含む区分が換算されるため、未確認の項目の影響は求めていない。得点の幅は順位表に示す",
                "a block with open items is scaled, so what they could do is not computed; the ranking shows the intervals",
            ));
        }
        !hidden
    }

    fn ties(&self, sources: &[Source<'_>]) -> Result<Vec<Tie>, Text> {
        let procedure = &self.tender.procedure;
        let whole = procedure.technical_scaling.is_some();
        let by_price = procedure.method == Method::LowestPrice;
        procedure
            .tie_rules
            .iter()
            .map(|rule| match rule {
                TieRule::Technical | TieRule::Block(_) if by_price => Err(reason(
                    "最低価格落札方式で同点を技術点により決める場合は対象としていない",
                    "ties by technical points in the lowest-price method are not modelled",
                )),
                TieRule::Technical => Ok(Tie::Technical),
                TieRule::Block(_) if whole => Err(reason(
                    "技術点の全体が換算され、区分の得点で同点を決める場合は対象としていない",
                    "ties by the points of a block are not modelled where the technical points are scaled",
                )),
                TieRule::Block(id) => {
                    let belongs = |source: &Source<'_>| self.weight(source).block == *id;
                    let places = sources.iter().enumerate();
                    let places = places.filter(|(_, source)| belongs(source));
                    Ok(Tie::Points(places.map(|(place, _)| place).collect()))
                }
                TieRule::Price => Ok(Tie::Price),
                TieRule::Lots => Ok(Tie::Lots),
            })
            .collect()
    }

    fn price_rule(&self, bids: &[ModelBid]) -> PriceRule {
        let procedure = &self.tender.procedure;
        let prices = self.bids.iter().map(|(one, _)| one.bid.price_yen);
        let highest = Exact::from_integer(prices.max().unwrap_or(0));
        match (procedure.method, &procedure.price) {
            (Method::LowestPrice, _) => PriceRule::Pieces(vec![PricePiece {
                from_yen: Exact::zero(),
                to_yen: highest,
                intercept: Exact::zero(),
                slope: Exact::one().negated(),
            }]),
            (Method::Division, _) => {
                let scale = |bid: &ModelBid| bid.factor.times(&Exact::from_integer(bid.price_yen));
                let first = bids.first().map(scale);
                let same = |bid: &ModelBid| Some(scale(bid)) == first && bid.constant.is_zero();
                if bids.iter().all(same) {
                    PriceRule::Division
                } else {
                    PriceRule::Other
                }
            }
            (Method::Addition, Some(formula)) => self.formula_rule(formula, highest),
            _ => PriceRule::Other,
        }
    }

    fn formula_rule(&self, formula: &Formula, highest: Exact) -> PriceRule {
        let lowest_over_bid = PRICE_FORMULAS
            .iter()
            .any(|(word, source, _)| *word == "lowest-over-bid" && formula.source() == *source);
        if lowest_over_bid {
            let allotment = self.lot.price_allotment.clone();
            return allotment.map_or(PriceRule::Other, |allotment| PriceRule::LowestOverBid {
                allotment,
            });
        }
        let of_others = ["count", "highest", "lowest", "mean", "median"];
        if of_others.iter().any(|name| formula.uses(name)) {
            return PriceRule::Other;
        }
        let lookup = |name: &str| {
            let names = self.names.get(name);
            names.or_else(|| self.tender.parameters.get(name)).cloned()
        };
        match formula.affine_in("bid", &lookup) {
            Some((slope, intercept)) if slope.is_negative() => {
                PriceRule::Pieces(vec![PricePiece {
                    from_yen: Exact::zero(),
                    to_yen: highest,
                    intercept,
                    slope,
                }])
            }
            _ => PriceRule::Other,
        }
    }

    /// The marks of a bid that may change.
    fn marks(&self, place: usize, sources: &[Source<'_>]) -> Vec<ModelMark> {
        let Some((one, _)) = self.bids.get(place) else {
            return Vec::new();
        };
        let sources = sources.iter().enumerate();
        sources
            .filter_map(|(weight, source)| match source {
                Source::Item(at, item) if item.kind == ItemKind::Optional => {
                    self.item_mark(place, one, weight, (*at, item))
                }
                Source::Block(_, block)
                    if block.kind == BlockKind::Marks && block.scaling.is_none() =>
                {
                    Some(ModelMark {
                        bid: place,
                        weight,
                        item: block.id.clone(),
                        title: block.title.clone(),
                        points: one.bid.marks.get(&block.id)?.clone(),
                        lowest: Exact::zero(),
                        highest: block.points.clone(),
                        evaluators: Vec::new(),
                    })
                }
                _ => None,
            })
            .collect()
    }

    fn item_mark(
        &self,
        bid: usize,
        one: &BidOutcome,
        weight: usize,
        (place, item): (usize, &Item),
    ) -> Option<ModelMark> {
        let outcome = one.items.get(place)?;
        let combination = self.tender.procedure.evaluators.combination;
        let allowed = self.allowed(item);
        let (least, most) = (allowed.first()?, allowed.last()?);
        let points: Vec<_> = outcome
            .marks
            .iter()
            .map(|(_, points)| points.clone())
            .collect();
        let all = |mark: &Exact| combination.of(&vec![mark.clone(); points.len()]);
        let stepped = item.scale != Scale::Points;
        let evaluators = outcome
            .marks
            .iter()
            .enumerate()
            .filter_map(|(at, (evaluator, mark))| {
                // Between the marks of the others the combined points follow a mark in a straight line.
                let mut knots = if stepped {
                    allowed.clone()
                } else {
                    let mut knots = vec![least.clone(), most.clone()];
                    knots.extend(points.iter().cloned());
                    knots
                };
                knots.sort();
                knots.dedup();
                let response = knots
                    .into_iter()
                    .filter_map(|knot| {
                        let mut points = points.clone();
                        *points.get_mut(at)? = knot.clone();
                        Some((knot, combination.of(&points)?))
                    })
                    .collect();
                Some(EvaluatorMark {
                    evaluator: self.tender.evaluators.get(*evaluator)?.id.clone(),
                    mark: mark.clone(),
                    response,
                    stepped,
                })
            })
            .collect();
        Some(ModelMark {
            bid,
            weight,
            item: item.id.clone(),
            title: item.title.clone(),
            points: outcome.exact.clone(),
            lowest: all(least)?,
            highest: all(most)?,
            evaluators,
        })
    }

    /// The points that one evaluator's mark may be worth, rising; the ends alone where any points may be given.
    fn allowed(&self, item: &Item) -> Vec<Exact> {
        let marks = match &item.scale {
            Scale::Met => vec![Mark::Met(false), Mark::Met(true)],
            Scale::Points => vec![
                Mark::Number(Exact::zero()),
                Mark::Number(item.highest_mark()),
            ],
            Scale::Steps(steps) => steps.iter().cloned().map(Mark::Number).collect(),
            Scale::Grades(name) => {
                let table = self.tender.procedure.grades.get(name);
                let grades = table.map_or(0, |table| table.grades.len());
                (0..grades).map(Mark::Grade).collect()
            }
        };
        let mut points: Vec<_> = marks
            .iter()
            .map(|mark| points_of(&self.tender.procedure, item, mark))
            .collect();
        points.sort();
        points.dedup();
        points
    }
}
