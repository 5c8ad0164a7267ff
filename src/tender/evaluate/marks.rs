//! From evaluators' marks to the points of an item.

use super::ItemOutcome;
use crate::exact::Exact;
use crate::tender::item::{Item, ItemKind, Mark, Scale};
use crate::tender::procedure::Procedure;
use crate::tender::{Bid, Tender};

/// What the evaluators marked of a bid, item by item.
pub(super) fn items(tender: &Tender, bid: &Bid) -> Vec<ItemOutcome> {
    tender
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| outcome(tender, bid, place, item))
        .collect()
}

fn outcome(tender: &Tender, bid: &Bid, place: usize, item: &Item) -> ItemOutcome {
    let marks: Vec<_> = bid
        .sheets
        .iter()
        .filter_map(|sheet| {
            let mark = sheet.marks.get(place)?.as_ref()?;
            Some((sheet.evaluator, points_of(&tender.procedure, item, mark)))
        })
        .collect();
    let rule = &tender.procedure.evaluators;
    let exact = match item.kind {
        // A bid that is in meets every mandatory item by the published rule, and has all its points.
        ItemKind::Mandatory => item.points.clone(),
        ItemKind::Optional => {
            let points: Vec<_> = marks.iter().map(|(_, points)| points.clone()).collect();
            // The reader of the tender file lets no bid through with too few marks.
            rule.combination.of(&points).unwrap_or_else(Exact::zero)
        }
    };
    let rounding = tender.procedure.rounding.item;
    let value = rounding.map_or_else(|| exact.clone(), |rounding| rounding.apply(&exact));
    ItemOutcome {
        marks,
        exact,
        value,
    }
}

/// The points that one evaluator's mark is worth.
pub(crate) fn points_of(procedure: &Procedure, item: &Item, mark: &Mark) -> Exact {
    let points = match mark {
        Mark::Met(true) => item.points.clone(),
        Mark::Met(false) => Exact::zero(),
        Mark::Number(number) => number.times(&item.weight),
        Mark::Grade(place) => {
            let table = match &item.scale {
                Scale::Grades(name) => procedure.grades.get(name),
                _ => None,
            };
            let share = table.and_then(|table| table.grades.get(*place));
            share.map_or_else(Exact::zero, |(_, share)| share.times(&item.points))
        }
    };
    let rounding = procedure.rounding.mark;
    rounding.map_or_else(|| points.clone(), |rounding| rounding.apply(&points))
}
