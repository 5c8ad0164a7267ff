//! A small evaluation with invented bids, so that readers of a published procedure see it compute.
//!
//! The evaluation itself is the one that ranks real bids; only bids and marks are invented, by fixed shares of what can be
//! had. Where the planned price is not published, one is invented too.

use std::collections::BTreeMap;

use super::evaluate::{Outcome, evaluate};
use super::item::{Evaluator, Item, Mark, Scale, Sheet};
use super::{Bid, BlockKind, Tender};
use crate::diagnostic::Place;
use crate::evidence::Evidence;
use crate::exact::{Exact, RoundingMode};
use crate::fact::dossier::Offering;
use crate::id::BidId;
use crate::text::Text;

/// An invented evaluation.
#[derive(Debug, Clone)]
pub struct Illustration {
    /// The tender with the invented bids.
    pub tender: Tender,
    /// How they come out.
    pub outcome: Outcome,
    /// Whether the planned price is invented as well.
    pub invents_ceiling: bool,
}

/// The planned price that is invented where none is published, in yen.
const CEILING_YEN: i64 = 100_000_000;
/// Evaluators that are invented where none is named.
const EVALUATORS: usize = 3;
/// Shares in percent of what can be had: quality of the first and of the second bid; the second set is for high minimums.
const QUALITY: [[i64; 2]; 2] = [[85, 65], [100, 95]];
/// Prices in percent of the planned price: the better bid is the dearer one.
const PRICES: [i64; 2] = [92, 78];

impl Tender {
    /// An evaluation of two invented bids to the first lot, named as given; none where no such bids can be evaluated.
    pub fn illustration(&self, names: &[Text; 2]) -> Option<Illustration> {
        QUALITY
            .iter()
            .find_map(|quality| invent(self, names, *quality))
    }
}

fn invent(published: &Tender, names: &[Text; 2], quality: [i64; 2]) -> Option<Illustration> {
    let mut tender = published.clone();
    tender.lots.truncate(1);
    let lot = tender.lots.first_mut()?;
    let invents_ceiling = tender.procedure.has_ceiling && lot.ceiling_yen.is_none();
    if invents_ceiling {
        lot.ceiling_yen = Some(CEILING_YEN);
    }
    let base = published.lots.first()?.ceiling_yen.unwrap_or(CEILING_YEN);
    let floor = lot.minimum_price_yen.unwrap_or(1);
    tender.catalog = None;
    tender.confirms_verdicts = false;
    tender.confirmations.clear();
    tender.draw.clear();
    let count = match tender.evaluators.len() {
        0 => EVALUATORS,
        count => count,
    };
    // Whoever is named in the tender takes no part in an example.
    tender.evaluators = (1..=count)
        .map(|number| Evaluator {
            id: number.to_string(),
            name: None,
            conflicts: Vec::new(),
        })
        .collect();
    for block in &mut tender.blocks {
        if block.kind == BlockKind::Criteria {
            block.kind = BlockKind::Marks;
        }
    }
    for item in &mut tender.items {
        item.criterion = None;
    }
    tender.bids = quality
        .iter()
        .zip(PRICES)
        .zip(["example-1", "example-2"])
        .zip(names)
        .map(|(((quality, price), id), name)| {
            let price = base.checked_mul(price)?.checked_div(100)?.max(floor);
            Some(bid(&tender, id, name, *quality, price))
        })
        .collect::<Option<_>>()?;
    let outcome = evaluate(&tender, BTreeMap::new()).ok()?;
    let all_in = outcome.bids.iter().all(|bid| bid.standing.is_some());
    all_in.then_some(Illustration {
        tender,
        outcome,
        invents_ceiling,
    })
}

fn bid(tender: &Tender, id: &str, name: &Text, quality: i64, price_yen: i64) -> Bid {
    let id = BidId(id.to_owned());
    let share = Exact::ratio(quality, 100).unwrap_or_else(Exact::one);
    let has_items = |place: usize| tender.items.iter().any(|item| item.block == Some(place));
    let marks = tender.blocks.iter().enumerate();
    let marks = marks
        .filter(|(place, block)| block.kind == BlockKind::Marks && !has_items(*place))
        .map(|(_, block)| {
            let mark = block.points.times(&share).round(RoundingMode::Down, 0);
            (block.id.clone(), mark)
        })
        .collect();
    let sheets = (0..tender.evaluators.len()).map(|evaluator| Sheet {
        evaluator,
        marks: tender
            .items
            .iter()
            .map(|item| Some(mark(tender, item, &share, evaluator % 2 == 1)))
            .collect(),
        comments: BTreeMap::new(),
    });
    Bid {
        offering: Offering {
            id: id.clone(),
            folder: String::new(),
            supplier: name.clone(),
            corporate_number: None,
            product: None,
            service: None,
            signer: None,
            provenance: None,
            named_at: Evidence::new("", Vec::new()).cite(Place::whole()),
        },
        id,
        lot: 0,
        price_yen,
        marks,
        sheets: if tender.items.is_empty() {
            Vec::new()
        } else {
            sheets.collect()
        },
        mandatory_unmet: Vec::new(),
        declared_excluded: None,
        excluded_after_ranking: false,
    }
}

/// The mark nearest below a share of what can be had; every second evaluator is one step stricter.
fn mark(tender: &Tender, item: &Item, share: &Exact, is_strict: bool) -> Mark {
    let most = item.highest_mark();
    match &item.scale {
        Scale::Met => Mark::Met(true),
        Scale::Points => {
            let wanted = most.times(share).round(RoundingMode::Down, 0);
            let wanted = if is_strict {
                wanted.minus(&Exact::one())
            } else {
                wanted
            };
            Mark::Number(if wanted.is_negative() {
                Exact::zero()
            } else {
                wanted
            })
        }
        Scale::Steps(steps) => {
            let wanted = most.times(share);
            let within = steps.iter().filter(|step| **step <= wanted).count();
            let place = within.saturating_sub(if is_strict { 2 } else { 1 });
            Mark::Number(steps.get(place).cloned().unwrap_or_else(Exact::zero))
        }
        Scale::Grades(name) => {
            let grades = tender.procedure.grades.get(name);
            let grades = grades.map_or(&[][..], |table| &table.grades);
            let last = grades.len().saturating_sub(1);
            let place = grades
                .iter()
                .position(|(_, worth)| worth <= share)
                .unwrap_or(last);
            Mark::Grade((place + usize::from(is_strict)).min(last))
        }
    }
}
