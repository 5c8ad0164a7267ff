//! How a tender is evaluated: its procedure, its points and its lots.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::item::read_items;
use super::{Reading, plain};
use crate::diagnostic::nearest;
use crate::digest::{Digest, canonical_json};
use crate::exact::Exact;
use crate::tender::item::{Item, ItemKind};
use crate::tender::procedure::{Method, Procedure, Scaling, TieRule, read_form, read_ties};
use crate::tender::{Block, BlockKind, Lot, TaxBasis};
use crate::text::Text;
use crate::tree::{Fields, Node, Value};

/// What a tender file says about its evaluation.
pub(super) struct Evaluation {
    pub procedure: Procedure,
    pub lots: Vec<Lot>,
    pub amounts_in_rules: bool,
    pub tax_basis: TaxBasis,
    pub technical_points: Exact,
    pub technical_minimum: Option<Exact>,
    pub parameters: BTreeMap<String, Exact>,
    pub blocks: Vec<Block>,
    pub items: Vec<Item>,
    pub confirms_verdicts: bool,
}

impl Evaluation {
    /// Whether a block is marked item by item.
    pub(super) fn has_items(&self, block: &str) -> bool {
        let place = self.blocks.iter().position(|one| one.id == block);
        place.is_some() && self.items.iter().any(|item| item.block == place)
    }
}

pub(super) fn read_evaluation(
    root: &Fields<'_>,
    title: &Text,
    procedures: &BTreeMap<String, Procedure>,
    reading: Reading,
) -> Option<Evaluation> {
    let lot_tables = root.tables("lot");
    let opening = root
        .optional_table("opening")
        .filter(|_| reading == Reading::Opened);
    let fields = root.table("procedure")?;
    let form = read_procedure(&fields, procedures);
    let tie = read_ties(&fields);
    let blocks = read_blocks(&fields);
    let items = read_items(&fields, &blocks, form.as_ref());
    let sum: Exact = blocks.iter().map(|block| block.points.clone()).sum();
    let allotted = positive(&fields, "technical_points");
    let technical_minimum = fields.optional_exact("technical_minimum");
    let confirms_verdicts = fields.optional_bool("confirm_verdicts").unwrap_or(false);
    let tax_basis = fields
        .optional_word("tax_basis", &TaxBasis::WORDS)
        .unwrap_or(TaxBasis::Excluded);
    let whole = read_lot(&fields, None, title.clone());
    let mut lots: Vec<Lot> = lot_tables
        .iter()
        .map(|table| {
            let id = table.text("id");
            plain(table, "id", &id);
            let lot = read_lot(table, Some(id), table.both("title"));
            table.finish();
            lot
        })
        .collect();
    let parameters = form
        .as_ref()
        .map(|form| read_parameters(&fields, form))
        .unwrap_or_default();
    fields.finish();
    let mut procedure = form?;
    settle_lots(root, &fields, &procedure, &mut lots, whole);
    // What is read as published is public.
    let amounts_in_rules = reading == Reading::Opened && lots.iter().any(Lot::has_amounts);
    if let Some(opening) = &opening {
        read_opening(opening, &mut lots);
    }
    check_ceilings(root, &fields, &procedure, &lots, reading);
    check_scaling(
        &fields,
        &procedure,
        allotted.as_ref(),
        &sum,
        &blocks,
        &items,
    );
    if !tie.is_empty() {
        procedure.tie_rules = tie;
    }
    check_ties(&fields, &procedure, &blocks);
    procedure.digest = frozen(root, &procedure);
    Some(Evaluation {
        procedure,
        lots,
        amounts_in_rules,
        tax_basis,
        technical_points: allotted.unwrap_or(sum),
        technical_minimum,
        parameters,
        blocks,
        items,
        confirms_verdicts,
    })
}

/// The digest of the published rules: the procedure's file with everything that the tender sets beside it.
fn frozen(root: &Fields<'_>, procedure: &Procedure) -> Digest {
    let part = |key| root.node(key).map_or(Json::Null, plain_json);
    let rules = serde_json::json!({
        "form": procedure.digest,
        "procedure": part("procedure"),
        "lot": part("lot"),
    });
    Digest::of(canonical_json(&rules).as_bytes())
}

fn plain_json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Integer(integer) => Json::from(*integer),
        Value::Number(text) | Value::Text(text) => Json::from(text.clone()),
        Value::List(items) => items.iter().map(plain_json).collect(),
        Value::Table(entries) => entries
            .iter()
            .map(|(key, node)| (key.clone(), plain_json(node)))
            .collect(),
    }
}

/// The procedure by its id, or written out in the tender file as `[procedure.form]`.
fn read_procedure(
    fields: &Fields<'_>,
    procedures: &BTreeMap<String, Procedure>,
) -> Option<Procedure> {
    if let Some(form) = fields.optional_table("form") {
        if fields.node("id").is_some() {
            fields.complain(
                "procedure-contradictory",
                "id",
                "the procedure is named and written out",
                "keep `id` or [procedure.form]",
            );
        }
        let digest = Digest::of(
            canonical_json(&fields.node("form").map_or(Json::Null, plain_json)).as_bytes(),
        );
        return read_form(&form, digest);
    }
    let id = fields.text("id");
    let procedure = procedures.get(&id).cloned();
    if procedure.is_none() {
        let help = nearest(&id, procedures.keys().map(String::as_str)).map_or_else(
            || {
                let known: Vec<_> = procedures.keys().cloned().collect();
                format!("the procedures are {}", known.join(", "))
            },
            |near| format!("did you mean `{near}`?"),
        );
        fields.complain(
            "procedure-unknown",
            "id",
            format!("there is no evaluation procedure `{id}`"),
            &help,
        );
    }
    procedure
}

fn read_blocks(fields: &Fields<'_>) -> Vec<Block> {
    let blocks: Vec<_> = fields
        .tables("block")
        .iter()
        .map(|block| {
            let read = Block {
                id: block.text("id"),
                title: block.both("title"),
                kind: block
                    .word("kind", &BlockKind::WORDS)
                    .unwrap_or(BlockKind::Marks),
                points: block.exact("points"),
                minimum: block.optional_exact("minimum"),
                scaling: block.optional_word("scaling", &Scaling::WORDS),
            };
            above_zero(block, "points", &read.points);
            if read.scaling.is_some() && read.kind != BlockKind::Marks {
                block.complain(
                    "procedure-contradictory",
                    "scaling",
                    "only a block of marks is scaled; base points are all or nothing, points of criteria are scaled anyway",
                    "leave out `scaling`",
                );
            }
            block.finish();
            read
        })
        .collect();
    let ids: BTreeSet<_> = blocks.iter().map(|block| &block.id).collect();
    let duplicate = |message: &str, help: &str| {
        fields.complain("block-duplicate", "block", message, help);
    };
    if ids.len() != blocks.len() {
        duplicate("two blocks have the same id", "rename one of them");
    }
    let of_criteria = blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Criteria);
    if of_criteria.count() > 1 {
        duplicate(
            "two blocks take the criteria's points",
            "keep one block of kind `criteria`",
        );
    }
    if blocks.is_empty() {
        fields.complain(
            "missing-field",
            "block",
            "the procedure has no block of technical points",
            "add [[procedure.block]]",
        );
    }
    blocks
}

/// The prices and points of a lot; of the tender itself when it is not parted.
fn read_lot(fields: &Fields<'_>, id: Option<String>, title: Text) -> Lot {
    let yen = |key| fields.node(key).map(|_| fields.integer(key, 1..=i64::MAX));
    Lot {
        id,
        title,
        ceiling_yen: yen("ceiling_yen"),
        price_allotment: positive(fields, "price_points"),
        investigation_price_yen: yen("investigation_price_yen"),
        minimum_price_yen: yen("minimum_price_yen"),
    }
}

/// Brings lots and what the tender says for all of them together.
fn settle_lots(
    root: &Fields<'_>,
    fields: &Fields<'_>,
    procedure: &Procedure,
    lots: &mut Vec<Lot>,
    whole: Lot,
) {
    let ids: BTreeSet<_> = lots.iter().map(|lot| &lot.id).collect();
    if ids.len() != lots.len() {
        root.complain(
            "lot-duplicate",
            "lot",
            "two lots have the same id",
            "rename one of them",
        );
    }
    if lots.is_empty() {
        lots.push(whole);
    } else {
        if whole.ceiling_yen.is_some()
            || whole.investigation_price_yen.is_some()
            || whole.minimum_price_yen.is_some()
        {
            fields.complain(
                "procedure-contradictory",
                "ceiling_yen",
                "the tender is parted into lots, and prices stand beside them",
                "give every [[lot]] its own prices",
            );
        }
        for lot in lots.iter_mut() {
            if lot.price_allotment.is_none() {
                lot.price_allotment.clone_from(&whole.price_allotment);
            }
        }
    }
    let needs = procedure.price.is_some();
    let has = lots.iter().all(|lot| lot.price_allotment.is_some());
    if needs && !has {
        fields.complain(
            "missing-field",
            "price_points",
            "`price_points` is missing",
            "give the points allotted to the price",
        );
    }
    // The addition method lacks its formula only where that has a fault of its own.
    let needs_none = !needs && procedure.method != Method::Addition;
    if needs_none && lots.iter().any(|lot| lot.price_allotment.is_some()) {
        fields.complain(
            "procedure-contradictory",
            "price_points",
            format!(
                "the method `{}` has no price points",
                procedure.method.word()
            ),
            "leave out `price_points`",
        );
    }
}

/// What is known when the bids are opened: `[opening]` with the planned price, or one a lot.
fn read_opening(opening: &Fields<'_>, lots: &mut [Lot]) {
    let single = opening
        .node("ceiling_yen")
        .map(|_| opening.integer("ceiling_yen", 1..=i64::MAX));
    let mut given: Vec<(Option<String>, i64)> = single.into_iter().map(|yen| (None, yen)).collect();
    for (id, node, _) in opening.members("ceilings") {
        match node.value {
            Value::Integer(yen) if yen > 0 => given.push((Some(id), yen)),
            _ => opening.complain(
                "wrong-type",
                "ceilings",
                format!("the planned price of `{id}` must be a whole number of yen above zero"),
                "",
            ),
        }
    }
    opening.optional_text("by");
    opening.optional_day("on");
    opening.finish();
    for (id, yen) in given {
        match lots.iter_mut().find(|lot| lot.id == id) {
            Some(lot) if lot.ceiling_yen.is_none_or(|known| known == yen) => {
                lot.ceiling_yen = Some(yen);
            }
            Some(_) => opening.complain(
                "procedure-contradictory",
                "ceiling_yen",
                "the planned price at the opening differs from the one published",
                "keep one of them",
            ),
            None => opening.complain(
                "lot-unknown",
                "ceilings",
                "the planned price is given for a lot that the tender does not have",
                "use ceiling_yen for a tender that is not parted, and the lots' ids in `ceilings` else",
            ),
        }
    }
}

fn check_ceilings(
    root: &Fields<'_>,
    fields: &Fields<'_>,
    procedure: &Procedure,
    lots: &[Lot],
    reading: Reading,
) {
    for lot in lots {
        let place = if lot.id.is_some() { root } else { fields };
        match (procedure.has_ceiling, lot.ceiling_yen) {
            (true, None) if reading == Reading::Opened => place.complain(
                "missing-field",
                "ceiling_yen",
                "`ceiling_yen` is missing",
                "give the planned price, here or in [opening]",
            ),
            (false, Some(_)) => place.complain(
                "procedure-contradictory",
                "ceiling_yen",
                "the procedure has no planned price",
                "leave out `ceiling_yen`, or ceiling = \"none\" in the procedure",
            ),
            _ => {}
        }
    }
}

/// Points of items, blocks and the allotment must add up, unless something is scaled.
fn check_scaling(
    fields: &Fields<'_>,
    procedure: &Procedure,
    allotted: Option<&Exact>,
    sum: &Exact,
    blocks: &[Block],
    items: &[Item],
) {
    if procedure.technical_scaling.is_none() && allotted.is_some_and(|allotted| allotted != sum) {
        fields.complain(
            "points-differ",
            "technical_points",
            format!("the blocks have {sum} points together, and nothing scales them"),
            "mend the points, or use a procedure with [technical] scaling",
        );
    }
    for (place, block) in blocks.iter().enumerate() {
        let own: Vec<_> = items
            .iter()
            .filter(|item| item.block == Some(place))
            .collect();
        if own.is_empty() {
            continue;
        }
        let points: Exact = own.iter().map(|item| item.points.clone()).sum();
        let kinds_fit = match block.kind {
            BlockKind::Base => own.iter().all(|item| item.kind == ItemKind::Mandatory),
            BlockKind::Marks => own.iter().all(|item| item.kind == ItemKind::Optional),
            BlockKind::Criteria => false,
        };
        if !kinds_fit {
            fields.complain(
                "item-misplaced",
                "item",
                format!("an item does not fit into the block `{}`", block.id),
                "put mandatory items into a block of kind `base`, optional ones into one of kind `marks`",
            );
        } else if block.scaling.is_none() && points != block.points {
            fields.complain(
                "points-differ",
                "item",
                format!(
                    "the items of the block `{}` have {points} points together, the block has {}",
                    block.id, block.points
                ),
                "mend the points, or scale the block",
            );
        }
    }
}

fn check_ties(fields: &Fields<'_>, procedure: &Procedure, blocks: &[Block]) {
    for rule in &procedure.tie_rules {
        if let TieRule::Block(id) = rule
            && !blocks.iter().any(|block| block.id == *id)
        {
            fields.complain(
                "unknown-word",
                "tie",
                format!(
                    "the tie rule `{}` names no block of this tender",
                    rule.word()
                ),
                "name a block, or give the tender its own `tie`",
            );
        }
    }
    if procedure.method == Method::LowestPrice && procedure.tie_rules.contains(&TieRule::Price) {
        fields.complain(
            "procedure-contradictory",
            "tie",
            "bids that tie on the price cannot be told apart by the price",
            "leave out `price`",
        );
    }
}

fn read_parameters(fields: &Fields<'_>, procedure: &Procedure) -> BTreeMap<String, Exact> {
    let mut values = BTreeMap::new();
    for (name, node, _) in fields.members("parameters") {
        match node.exact() {
            _ if !procedure.parameters.contains_key(&name) => fields.complain(
                "parameter-malformed",
                "parameters",
                format!("the procedure has no parameter `{name}`"),
                "leave it out, or mend its name",
            ),
            Some(value) => {
                values.insert(name, value);
            }
            None => fields.complain(
                "wrong-type",
                "parameters",
                format!(
                    "the parameter `{name}` must be a whole number or an exact number in quotes"
                ),
                "write it like \"1/2\" or \"0.5\"",
            ),
        }
    }
    for name in procedure.parameters.keys() {
        if fields
            .node("parameters")
            .is_none_or(|node| node.get(name).is_none())
        {
            fields.complain(
                "missing-field",
                "parameters",
                format!("the procedure's parameter `{name}` is not set"),
                "add it to [procedure.parameters]",
            );
        }
    }
    values
}

/// A number above zero, if the field is there.
fn positive(fields: &Fields<'_>, key: &'static str) -> Option<Exact> {
    let number = fields.optional_exact(key)?;
    above_zero(fields, key, &number);
    Some(number)
}

pub(super) fn above_zero(fields: &Fields<'_>, key: &str, number: &Exact) {
    if number.is_negative() || number.is_zero() {
        fields.complain(
            "out-of-range",
            key,
            format!("`{key}` must be above zero"),
            "",
        );
    }
}
