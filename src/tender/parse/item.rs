//! The evaluation items of a tender file.

use std::collections::BTreeSet;

use super::evaluation::above_zero;
use super::plain;
use crate::exact::Exact;
use crate::id::CriterionId;
use crate::tender::Block;
use crate::tender::item::{Item, ItemKind, Scale};
use crate::tender::procedure::Procedure;
use crate::tree::Fields;

/// The most evaluation items that one tender may have.
const MAXIMUM_ITEMS: usize = 1_000;

pub(super) fn read_items(
    fields: &Fields<'_>,
    blocks: &[Block],
    procedure: Option<&Procedure>,
) -> Vec<Item> {
    let tables = fields.tables("item");
    if tables.len() > MAXIMUM_ITEMS {
        fields.complain(
            "out-of-range",
            "item",
            format!("the tender has {} evaluation items", tables.len()),
            &format!("up to {MAXIMUM_ITEMS} items can be evaluated"),
        );
        return Vec::new();
    }
    let mut ids = BTreeSet::new();
    tables
        .iter()
        .map(|table| {
            let item = read_item(table, blocks, procedure);
            if !ids.insert(item.id.clone()) {
                table.complain(
                    "item-duplicate",
                    "id",
                    format!("the item `{}` stands twice", item.id),
                    "give every item its own id",
                );
            }
            item
        })
        .collect()
}

fn read_item(table: &Fields<'_>, blocks: &[Block], procedure: Option<&Procedure>) -> Item {
    let id = table.text("id");
    plain(table, "id", &id);
    let kind = table
        .optional_word("kind", &ItemKind::WORDS)
        .unwrap_or(ItemKind::Optional);
    let block = table.optional_text("block");
    let place = block
        .as_ref()
        .and_then(|id| blocks.iter().position(|block| block.id == *id));
    if place.is_none() && (block.is_some() || kind == ItemKind::Optional) {
        let known: Vec<_> = blocks.iter().map(|block| block.id.as_str()).collect();
        let message = block.map_or_else(
            || format!("the item `{id}` belongs to no block"),
            |block| format!("there is no block `{block}`"),
        );
        table.complain(
            "block-unknown",
            "block",
            message,
            &format!("the blocks are {}", known.join(", ")),
        );
    }
    let points = if kind == ItemKind::Mandatory && table.node("points").is_none() {
        if place.is_some() {
            table.complain(
                "missing-field",
                "points",
                "an item of a block needs points",
                "add points, or leave out `block`",
            );
        }
        Exact::zero()
    } else {
        let points = table.exact("points");
        above_zero(table, "points", &points);
        if place.is_none() && kind == ItemKind::Mandatory {
            table.complain(
                "block-unknown",
                "block",
                "a mandatory item with points belongs to a block of base points",
                "add block, or leave out `points`",
            );
        }
        points
    };
    let weight = table.optional_exact("weight");
    if let Some(weight) = &weight {
        above_zero(table, "weight", weight);
    }
    let item = Item {
        scale: read_scale(table, kind, procedure),
        weight: weight
            .filter(|weight| !weight.is_negative() && !weight.is_zero())
            .unwrap_or_else(Exact::one),
        title: table.both("title"),
        criterion: table.optional_text("criterion").map(CriterionId),
        minimum: table.optional_exact("minimum"),
        block: place,
        id,
        kind,
        points,
    };
    check_steps(table, &item);
    table.finish();
    item
}

fn read_scale(table: &Fields<'_>, kind: ItemKind, procedure: Option<&Procedure>) -> Scale {
    let grades = table.optional_text("grades");
    let steps = table.node("steps").map(|node| {
        let read: Option<Vec<Exact>> = node.items().iter().map(crate::tree::Node::exact).collect();
        read.unwrap_or_default()
    });
    let contradict = |key: &str, message: &str, help: &str| {
        table.complain("item-contradictory", key, message, help);
    };
    match (kind, grades, steps) {
        (ItemKind::Mandatory, None, None) => Scale::Met,
        (ItemKind::Mandatory, ..) => {
            contradict(
                "kind",
                "a mandatory item is met or not; it has no grades and no steps",
                "leave them out, or make the item optional",
            );
            Scale::Met
        }
        (_, Some(_), Some(_)) => {
            contradict("steps", "the item has grades and steps", "keep one of them");
            Scale::Points
        }
        (_, Some(name), None) => {
            if table.node("weight").is_some() {
                contradict(
                    "weight",
                    "a grade gives a share of the item's points; a weight does nothing",
                    "leave out `weight`",
                );
            }
            if procedure.is_some_and(|form| !form.grades.contains_key(&name)) {
                table.complain(
                    "grades-unknown",
                    "grades",
                    format!("the procedure has no grade table `{name}`"),
                    "use a table of the procedure's [grades]",
                );
            }
            Scale::Grades(name)
        }
        (_, None, Some(steps)) => {
            let rising = steps
                .windows(2)
                .all(|pair| matches!(pair, [low, high] if low < high));
            if steps.is_empty() || !rising || steps.first().is_some_and(Exact::is_negative) {
                contradict(
                    "steps",
                    "the steps are no rising list of exact numbers from 0 on",
                    "write them like [0, 5, \"7.5\", 10]",
                );
            }
            Scale::Steps(steps)
        }
        (_, None, None) => Scale::Points,
    }
}

/// The highest step is what gives all points.
fn check_steps(table: &Fields<'_>, item: &Item) {
    if let Scale::Steps(steps) = &item.scale
        && let Some(highest) = steps.last()
        && *highest != item.highest_mark()
    {
        table.complain(
            "points-differ",
            "steps",
            format!(
                "the highest step is {highest}, but {} are needed for all {} points",
                item.highest_mark(),
                item.points
            ),
            "mend the steps, the points or the weight",
        );
    }
}
