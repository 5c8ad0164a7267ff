//! Evaluators, their sheets, and what people said of the machine's verdicts.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Evaluation;
use super::{Reading, plain};
use crate::evidence::Evidence;
use crate::exact::Exact;
use crate::id::{BidId, CriterionId};
use crate::tender::Bid;
use crate::tender::item::{
    Confirmation, ConfirmationDecision, Evaluator, Item, ItemKind, Mark, OutlierReason, Scale,
    Sheet,
};
use crate::tender::procedure::{Combination, Procedure};
use crate::tree::{Fields, Node, Value};

/// The most evaluators that one tender may have.
const MAXIMUM_EVALUATORS: usize = 100;

pub(super) fn read_evaluators(fields: &Fields<'_>) -> Vec<Evaluator> {
    let mut evaluators: Vec<_> = fields
        .tables("evaluator")
        .iter()
        .map(|table| {
            let id = table.text("id");
            plain(table, "id", &id);
            let evaluator = Evaluator {
                id,
                name: table.optional_both("name"),
                conflicts: table.texts("conflicts").into_iter().map(BidId).collect(),
            };
            table.finish();
            evaluator
        })
        .collect();
    evaluators.sort_by(|left, right| left.id.cmp(&right.id));
    let ids: BTreeSet<_> = evaluators.iter().map(|one| &one.id).collect();
    if ids.len() != evaluators.len() || evaluators.len() > MAXIMUM_EVALUATORS {
        fields.complain(
            "evaluator-duplicate",
            "evaluator",
            format!(
                "the {} evaluators are too many, or two have the same id",
                evaluators.len()
            ),
            &format!("give each of up to {MAXIMUM_EVALUATORS} evaluators an id"),
        );
    }
    evaluators
}

/// Reads the sheets into their bids. Every evaluator without a conflict marks every item of every bid, unless a
/// mandatory item keeps the bid out.
pub(super) fn read_sheets(
    fields: &Fields<'_>,
    evaluation: &Evaluation,
    evaluators: &[Evaluator],
    bids: &mut [Bid],
    reading: Reading,
) {
    let tables = fields.tables("sheet");
    if evaluation.items.is_empty() {
        if !tables.is_empty() {
            fields.complain(
                "sheet-unexpected",
                "sheet",
                "there are sheets, but the tender has no evaluation items",
                "add [[procedure.item]], or leave out the sheets",
            );
        }
        return;
    }
    let is_due = reading == Reading::Opened || !tables.is_empty();
    if evaluators.is_empty() && !bids.is_empty() && is_due {
        fields.complain(
            "evaluator-missing",
            "evaluator",
            "the tender has evaluation items, but no evaluator",
            "add [[evaluator]] with an id, one for the whole committee where it marks together",
        );
        return;
    }
    let places: BTreeMap<_, _> = bids
        .iter()
        .zip(0..)
        .map(|(bid, place)| (bid.id.clone(), place))
        .collect();
    let by_item: BTreeMap<_, _> = evaluation
        .items
        .iter()
        .zip(0_usize..)
        .map(|(item, place)| (item.id.as_str(), place))
        .collect();
    for table in &tables {
        let named = BidId(table.text("bid"));
        let place: Option<usize> = places.get(&named).copied();
        let evaluator_id = table.text("evaluator");
        let evaluator = evaluators.iter().position(|one| one.id == evaluator_id);
        let sheet = read_sheet(table, evaluator.unwrap_or(0), evaluation, &by_item);
        let Some(bid) = place.and_then(|place| bids.get_mut(place)) else {
            table.complain(
                "bid-unknown",
                "bid",
                format!("there is no bid `{named}`"),
                "name a bid of this tender",
            );
            continue;
        };
        match evaluator.and_then(|place| evaluators.get(place)) {
            None => table.complain(
                "evaluator-unknown",
                "evaluator",
                format!("there is no evaluator `{evaluator_id}`"),
                "add the evaluator, or mend the name",
            ),
            Some(one) if one.conflicts.contains(&named) => table.complain(
                "evaluator-conflict",
                "evaluator",
                format!("`{evaluator_id}` declared a conflict of interest on `{named}` and must not mark it"),
                "leave out the sheet",
            ),
            Some(_) if bid.sheets.iter().any(|other| other.evaluator == sheet.evaluator) => table.complain(
                "sheet-duplicate",
                "evaluator",
                format!("`{evaluator_id}` marked `{named}` twice"),
                "keep one sheet an evaluator and a bid",
            ),
            Some(_) => bid.sheets.push(sheet),
        }
    }
    for bid in bids.iter_mut() {
        bid.sheets.sort_by_key(|sheet| sheet.evaluator);
    }
    if reading != Reading::Opened {
        return;
    }
    for bid in bids.iter() {
        check_complete(fields, evaluation, evaluators, bid);
    }
}

fn read_sheet(
    table: &Fields<'_>,
    evaluator: usize,
    evaluation: &Evaluation,
    by_item: &BTreeMap<&str, usize>,
) -> Sheet {
    let mut marks = vec![None; evaluation.items.len()];
    for (id, node, _) in table.members("marks") {
        let Some((item, slot)) = by_item
            .get(id.as_str())
            .and_then(|place| Some((evaluation.items.get(*place)?, marks.get_mut(*place)?)))
        else {
            table.complain(
                "mark-unknown",
                "marks",
                format!("there is no evaluation item `{id}`"),
                "mend its id, or leave it out",
            );
            continue;
        };
        match read_mark(node, item, &evaluation.procedure) {
            Ok(mark) => *slot = Some(mark),
            Err(expected) => table.complain(
                "mark-out-of-scale",
                "marks",
                format!("the mark for `{id}` is not one that the item allows"),
                &expected,
            ),
        }
    }
    let comments = table
        .members("comments")
        .into_iter()
        .filter_map(|(id, node, _)| {
            let text = node.text().map(str::to_owned);
            if text.is_none() || !by_item.contains_key(id.as_str()) {
                table.complain(
                    "mark-unknown",
                    "comments",
                    format!("`{id}` is no comment on an evaluation item"),
                    "write a text under an item's id",
                );
            }
            text.map(|text| (id, text))
        })
        .collect();
    table.finish();
    Sheet {
        evaluator,
        marks,
        comments,
    }
}

/// Reads a mark on an item's scale.
///
/// # Errors
///
/// What the scale allows.
pub(crate) fn read_mark(node: &Node, item: &Item, procedure: &Procedure) -> Result<Mark, String> {
    match (&item.scale, &node.value) {
        (Scale::Met, Value::Bool(met)) => Ok(Mark::Met(*met)),
        (Scale::Met, _) => Err("write true or false".to_owned()),
        (Scale::Grades(name), value) => {
            let table = procedure.grades.get(name);
            let grade = match value {
                Value::Text(word) => table.and_then(|table| table.position(word)),
                _ => None,
            };
            grade.map(Mark::Grade).ok_or_else(|| {
                let words = table.into_iter().flat_map(|table| &table.grades);
                let words: Vec<_> = words.map(|(word, _)| format!("\"{word}\"")).collect();
                format!("write one of {}", words.join(", "))
            })
        }
        (Scale::Points, _) => node
            .exact()
            .filter(|mark| !mark.is_negative() && *mark <= item.highest_mark())
            .map(Mark::Number)
            .ok_or_else(|| format!("write an exact number from 0 to {}", item.highest_mark())),
        (Scale::Steps(steps), _) => node
            .exact()
            .filter(|mark| steps.contains(mark))
            .map(Mark::Number)
            .ok_or_else(|| {
                let steps: Vec<_> = steps.iter().map(Exact::to_string).collect();
                format!("write one of {}", steps.join(", "))
            }),
    }
}

/// Every evaluator without a conflict marks every item; only where the published rule fails a mandatory item are the
/// mandatory items enough.
fn check_complete(
    fields: &Fields<'_>,
    evaluation: &Evaluation,
    evaluators: &[Evaluator],
    bid: &Bid,
) {
    let out_before = bid.declared_excluded.is_some() && !bid.excluded_after_ranking;
    if out_before || !bid.mandatory_unmet.is_empty() {
        return;
    }
    let marking: Vec<_> = evaluators
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.conflicts.contains(&bid.id))
        .collect();
    let rule = &evaluation.procedure.evaluators;
    let fails = evaluation.items.iter().enumerate().any(|(place, item)| {
        item.kind == ItemKind::Mandatory
            && rule.mandatory.fails(bid.found_unmet(place), marking.len())
    });
    let too_few = match rule.combination {
        Combination::Sum => marking.len() != evaluators.len(),
        Combination::TrimmedMean(drop) => marking.len() <= drop * 2,
        _ => marking.is_empty(),
    };
    if too_few && !fails {
        let word = rule.combination.word();
        fields.complain(
            "evaluator-conflict",
            "evaluator",
            format!(
                "{} evaluators may mark `{}`, too few for the combination `{word}`",
                marking.len(),
                bid.id
            ),
            "name more evaluators without a conflict; a sum of fewer marks cannot be compared",
        );
    }
    for (place, evaluator) in marking {
        let sheet = bid.sheets.iter().find(|sheet| sheet.evaluator == place);
        let unmarked =
            |item: usize| sheet.is_none_or(|sheet| !matches!(sheet.marks.get(item), Some(Some(_))));
        let missing: Vec<_> = evaluation
            .items
            .iter()
            .enumerate()
            .filter(|(item, one)| unmarked(*item) && (one.kind == ItemKind::Mandatory || !fails))
            .map(|(_, item)| item.id.as_str())
            .collect();
        complain_missing(fields, &evaluator.id, bid, &missing);
    }
}

fn complain_missing(fields: &Fields<'_>, evaluator: &str, bid: &Bid, missing: &[&str]) {
    if missing.is_empty() {
        return;
    }
    let shown: Vec<_> = missing.iter().take(5).copied().collect();
    let more = if missing.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    fields.complain(
        "mark-missing",
        "sheet",
        format!(
            "`{evaluator}` has no mark for {} of `{}`: {}{more}",
            missing.len(),
            bid.id,
            shown.join(", ")
        ),
        "enter every mark, 0 included; a mark that is missing is not zero",
    );
}

pub(super) fn read_confirmations(
    fields: &Fields<'_>,
    file: &Evidence,
    bids: &[Bid],
) -> Vec<Confirmation> {
    let mut seen = BTreeSet::new();
    fields
        .tables("confirmation")
        .iter()
        .filter_map(|table| {
            let confirmation = read_confirmation(table, file)?;
            if !bids.iter().any(|bid| bid.id == confirmation.bid) {
                table.complain(
                    "bid-unknown",
                    "bid",
                    format!("there is no bid `{}`", confirmation.bid),
                    "name a bid of this tender",
                );
            }
            if !seen.insert((confirmation.bid.clone(), confirmation.criterion.clone())) {
                table.complain(
                    "confirmation-duplicate",
                    "criterion",
                    "the verdict is confirmed or overruled twice",
                    "keep the decision that the committee took",
                );
            }
            Some(confirmation)
        })
        .collect()
}

fn read_confirmation(table: &Fields<'_>, file: &Evidence) -> Option<Confirmation> {
    let overruled = table.word("decision", &[("confirmed", false), ("overruled", true)]);
    let share = table.optional_exact("share");
    let met = table.optional_bool("met");
    let reason = table.optional_both("reason");
    let decision = match (overruled?, share, met) {
        (false, None, None) => Some(ConfirmationDecision::Confirmed),
        (true, Some(share), None) if !share.is_negative() && share <= Exact::one() => {
            Some(ConfirmationDecision::Overruled(share))
        }
        (true, None, Some(met)) => Some(ConfirmationDecision::Overruled(if met {
            Exact::one()
        } else {
            Exact::zero()
        })),
        _ => None,
    };
    if decision.is_none() {
        table.complain(
            "confirmation-malformed",
            "decision",
            "the decision does not say what counts",
            "a confirmed verdict has neither `share` nor `met`; an overruled one has `met`, or a `share` from 0 to 1",
        );
    }
    if overruled == Some(true) && reason.is_none() {
        table.complain(
            "missing-field",
            "reason",
            "a verdict is overruled without a reason",
            "add reason = { ja = \"…\", en = \"…\" }",
        );
    }
    let confirmation = Confirmation {
        bid: BidId(table.text("bid")),
        criterion: CriterionId(table.text("criterion")),
        by: table.text("by"),
        on: table.optional_day("on"),
        decision: decision.unwrap_or(ConfirmationDecision::Confirmed),
        reason,
        citation: file.cite(table.place()),
    };
    table.finish();
    Some(confirmation)
}

/// Reads why marks that lie far from the others stand: each reason belongs to one mark of the tender.
pub(super) fn read_outlier_reasons(
    fields: &Fields<'_>,
    items: &[Item],
    evaluators: &[Evaluator],
    bids: &[Bid],
) -> Vec<OutlierReason> {
    let mut seen = BTreeSet::new();
    fields
        .tables("outlier")
        .iter()
        .map(|table| {
            let reason = OutlierReason {
                evaluator: table.text("evaluator"),
                bid: BidId(table.text("bid")),
                item: table.text("item"),
                reason: table.text("reason"),
            };
            check_outlier(table, &reason, items, evaluators, bids);
            let mark = (
                reason.evaluator.clone(),
                reason.bid.clone(),
                reason.item.clone(),
            );
            if !seen.insert(mark) {
                table.complain(
                    "outlier-duplicate",
                    "item",
                    "the mark has two reasons",
                    "keep the reason that the evaluator gave",
                );
            }
            table.finish();
            reason
        })
        .collect()
}

fn check_outlier(
    table: &Fields<'_>,
    reason: &OutlierReason,
    items: &[Item],
    evaluators: &[Evaluator],
    bids: &[Bid],
) {
    if !evaluators.iter().any(|one| one.id == reason.evaluator) {
        table.complain(
            "evaluator-unknown",
            "evaluator",
            format!("there is no evaluator `{}`", reason.evaluator),
            "add the evaluator, or mend the name",
        );
    }
    if !bids.iter().any(|bid| bid.id == reason.bid) {
        table.complain(
            "bid-unknown",
            "bid",
            format!("there is no bid `{}`", reason.bid),
            "name a bid of this tender",
        );
    }
    if !items.iter().any(|item| item.id == reason.item) {
        table.complain(
            "mark-unknown",
            "item",
            format!("there is no evaluation item `{}`", reason.item),
            "mend its id, or leave the reason out",
        );
    }
}
