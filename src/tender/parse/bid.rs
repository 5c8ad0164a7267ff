//! The bids of a tender file.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Evaluation;
use super::plain;
use crate::evidence::Evidence;
use crate::exact::Exact;
use crate::fact::dossier::{AgreedBuild, Offering};
use crate::id::BidId;
use crate::provenance::Expectation;
use crate::tender::{AGENCY_FOLDERS, Bid, BlockKind};
use crate::tree::Fields;

/// The most bids that one tender may have.
const MAXIMUM_BIDS: usize = 10_000;

pub(super) fn read_bids(
    fields: &Fields<'_>,
    file: &Evidence,
    evaluation: Option<&Evaluation>,
) -> Vec<Bid> {
    let tables = fields.tables("bid");
    if tables.is_empty() || tables.len() > MAXIMUM_BIDS {
        fields.complain(
            "bid-count",
            "bid",
            format!("the tender has {} bids", tables.len()),
            &format!("1 to {MAXIMUM_BIDS} bids can be evaluated"),
        );
    }
    let mut ids = BTreeSet::new();
    let mut folders = BTreeSet::new();
    tables
        .iter()
        .map(|table| {
            let bid = read_bid(table, file, evaluation);
            if !ids.insert(bid.id.clone()) {
                table.complain(
                    "bid-duplicate",
                    "id",
                    format!("the bid `{}` stands twice", bid.id),
                    "give every bid its own id",
                );
            }
            let folder = &bid.offering.folder;
            let inside = |inner: &str, outer: &str| {
                inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let shared = folders
                .iter()
                .any(|other: &String| inside(folder, other) || inside(other, folder));
            if !folder.is_empty() && (shared || !folders.insert(folder.clone())) {
                table.complain(
                    "bid-duplicate",
                    "directory",
                    format!("the folder `{folder}` is, holds or lies in another bid's folder"),
                    "give every bid its own folder",
                );
            }
            bid
        })
        .collect()
}

fn read_bid(table: &Fields<'_>, file: &Evidence, evaluation: Option<&Evaluation>) -> Bid {
    let id = table.text("id");
    plain(table, "id", &id);
    let folder = table.optional_text("directory").unwrap_or_default();
    let escapes = folder
        .split('/')
        .any(|step| matches!(step, ".." | "." | ""))
        || folder.contains('\\');
    let of_agency = folder
        .split('/')
        .next()
        .is_some_and(|first| AGENCY_FOLDERS.contains(&first));
    if of_agency {
        let message = format!("`{folder}` lies in a folder of the agency");
        table.complain(
            "path-escapes",
            "directory",
            message,
            "put bids below a folder such as bids",
        );
    }
    if !folder.is_empty() && escapes {
        table.complain(
            "path-escapes",
            "directory",
            format!("`{folder}` is no path below the tender's folder"),
            "write a relative path such as bids/aoba",
        );
    }
    let bid = Bid {
        id: BidId(id.clone()),
        offering: read_offering(table, file, id, folder),
        lot: read_lot(table, evaluation),
        price_yen: table.integer("price_yen", 1..=i64::MAX),
        marks: read_marks(table, evaluation),
        sheets: Vec::new(),
        mandatory_unmet: table.texts("mandatory_unmet"),
        declared_excluded: table.optional_both("excluded"),
        excluded_after_ranking: table
            .optional_bool("excluded_after_ranking")
            .unwrap_or(false),
    };
    if bid.excluded_after_ranking && bid.declared_excluded.is_none() {
        table.complain(
            "missing-field",
            "excluded_after_ranking",
            "the bid is excluded after the ranking, but no reason is given",
            "add excluded = { ja = \"…\", en = \"…\" }",
        );
    }
    table.finish();
    bid
}

/// What is offered, and by whom: the same in a bid and in an offering file.
pub(super) fn read_offering(
    table: &Fields<'_>,
    file: &Evidence,
    id: String,
    folder: String,
) -> Offering {
    let signer = table.optional_table("signer").map(|signer| {
        let read = (signer.text("identity"), signer.text("issuer"));
        signer.finish();
        read
    });
    let (product, service) = read_product(table);
    Offering {
        id: BidId(id),
        folder,
        supplier: table.both("supplier"),
        corporate_number: table.optional_text("corporate_number"),
        product,
        service,
        signer,
        provenance: read_build(table),
        named_at: file.cite(table.place()),
    }
}

/// The delivered product's name and version, and the service's registered name; a service alone names no product.
fn read_product(table: &Fields<'_>) -> (Option<(String, String)>, Option<String>) {
    let Some(product) = table.optional_table("product") else {
        return (None, None);
    };
    let service = product.optional_text("service");
    let nameless = product.node("name").is_none() && product.node("version").is_none();
    let named =
        (!nameless || service.is_none()).then(|| (product.text("name"), product.text("version")));
    product.finish();
    (named, service)
}

fn read_build(table: &Fields<'_>) -> Option<AgreedBuild> {
    let build = table.optional_table("provenance")?;
    let agreed = AgreedBuild {
        builder: build.text("builder"),
        source: build.text("source"),
        source_tag: build.optional_text("source_tag"),
        build_type: build.optional_text("build_type"),
    };
    if let Err(fault) = Expectation::source(&agreed.source) {
        let help = fault.help.clone().unwrap_or_default();
        build.complain(fault.code, "source", fault.message, &help);
    }
    build.finish();
    Some(agreed)
}

fn read_marks(table: &Fields<'_>, evaluation: Option<&Evaluation>) -> BTreeMap<String, Exact> {
    let mut marks = BTreeMap::new();
    let blocks = evaluation.map_or(&[][..], |evaluation| &evaluation.blocks);
    for (name, node, _) in table.members("marks") {
        let mark = node.exact();
        let block = blocks
            .iter()
            .find(|block| block.id == name && block.kind == BlockKind::Marks);
        let has_items = evaluation.is_some_and(|evaluation| evaluation.has_items(&name));
        match (mark, block) {
            (None, _) => table.complain(
                "wrong-type",
                "marks",
                format!("the mark `{name}` must be a whole number or an exact number in quotes"),
                "write it like \"74.5\"",
            ),
            (Some(_), Some(_)) if has_items => table.complain(
                "mark-unknown",
                "marks",
                format!("the block `{name}` is marked item by item"),
                "enter the marks in [[sheet]]",
            ),
            (Some(mark), Some(block)) if mark.is_negative() || mark > block.points => {
                table.complain(
                    "out-of-range",
                    "marks",
                    format!("the mark `{name}` is {mark}, outside 0 to {}", block.points),
                    "",
                );
            }
            (Some(_), None) if evaluation.is_some() => table.complain(
                "mark-unknown",
                "marks",
                format!("there is no block of marks `{name}`"),
                "name a block of kind `marks`",
            ),
            (Some(mark), _) => {
                marks.insert(name, mark);
            }
        }
    }
    for block in blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Marks && !marks.contains_key(&block.id))
        .filter(|block| evaluation.is_none_or(|evaluation| !evaluation.has_items(&block.id)))
    {
        if table
            .node("marks")
            .is_none_or(|node| node.get(&block.id).is_none())
            && (table.node("excluded").is_none() || table.node("excluded_after_ranking").is_some())
            && table.node("mandatory_unmet").is_none()
        {
            table.complain(
                "mark-missing",
                "marks",
                format!("the block `{}` has no mark", block.id),
                "enter the committee's mark, 0 included",
            );
        }
    }
    marks
}

/// The lot that a bid is for: needed where the tender has several.
pub(super) fn read_lot(table: &Fields<'_>, evaluation: Option<&Evaluation>) -> usize {
    let named = table.optional_text("lot");
    let Some(evaluation) = evaluation else {
        return 0;
    };
    let parted = evaluation.lots.iter().any(|lot| lot.id.is_some());
    let ids = || {
        let ids = evaluation.lots.iter().filter_map(|lot| lot.id.as_deref());
        ids.collect::<Vec<_>>().join(", ")
    };
    match named {
        Some(named) => {
            let found = evaluation
                .lots
                .iter()
                .position(|lot| lot.id.as_ref() == Some(&named));
            if found.is_none() {
                let help = format!("the lots are {}", ids());
                let help = if parted {
                    help
                } else {
                    "leave out `lot`".to_owned()
                };
                table.complain(
                    "lot-unknown",
                    "lot",
                    format!("there is no lot `{named}`"),
                    &help,
                );
            }
            found.unwrap_or(0)
        }
        None if parted => {
            let help = format!("add lot = one of {}", ids());
            table.complain("missing-field", "lot", "the bid names no lot", &help);
            0
        }
        None => 0,
    }
}

/// The order in which lots were drawn: `draw.order`, or what the bidders' numbers give, or `lots` for short.
pub(super) fn read_draw(fields: &Fields<'_>, bids: &[Bid]) -> Vec<BidId> {
    let short = fields.texts("lots");
    let Some(draw) = fields.optional_table("draw") else {
        return check_draw(fields, "lots", short, bids);
    };
    // Who drew, when and before whom is for the record; the order is what decides.
    for key in ["by", "witness"] {
        draw.optional_text(key);
    }
    draw.optional_day("on");
    let order = draw.texts("order");
    let numbers = draw.members("numbers");
    if usize::from(!short.is_empty())
        + usize::from(!order.is_empty())
        + usize::from(!numbers.is_empty())
        > 1
    {
        draw.complain(
            "lots-malformed",
            "order",
            "the lots are given in two ways",
            "give `draw.order` or `draw.numbers`",
        );
    }
    let order = if numbers.is_empty() {
        order
    } else {
        let read: Vec<_> = numbers
            .into_iter()
            .map(|(bid, node, _)| (bid, node.exact().and_then(|number| number.to_i64())))
            .collect();
        drawn_by_numbers(&draw, read)
    };
    let order = check_draw(&draw, "order", order, bids);
    draw.finish();
    order
}

/// The published way without chance in the tool (S27l): the bidders stand in the order of the register and each wrote a
/// number in advance; the sum over the number of bidders leaves the place of the first, the others follow in a circle.
fn drawn_by_numbers(draw: &Fields<'_>, numbers: Vec<(String, Option<i64>)>) -> Vec<String> {
    let mut sum = 0_i64;
    let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
    for (bid, number) in &numbers {
        match number.filter(|number| (0..=999_999).contains(number)) {
            Some(number) => sum = (sum + number) % count,
            None => draw.complain(
                "lots-malformed",
                "numbers",
                format!("the number of `{bid}` must be a whole number from 0 to 999999"),
                "write what the bidder wrote, such as 123",
            ),
        }
    }
    let first = usize::try_from(sum).unwrap_or(0);
    let mut bids: Vec<_> = numbers.into_iter().map(|(bid, _)| bid).collect();
    bids.rotate_left(first);
    bids
}

fn check_draw(fields: &Fields<'_>, key: &str, order: Vec<String>, bids: &[Bid]) -> Vec<BidId> {
    let known: BTreeSet<_> = bids.iter().map(|bid| bid.id.as_str()).collect();
    let mut drawn = BTreeSet::new();
    for lot in &order {
        if !known.contains(lot.as_str()) || !drawn.insert(lot) {
            fields.complain(
                "lots-malformed",
                key,
                format!("the lots name `{lot}`, which is no bid or stands there twice"),
                "list the bids that drew, each once, in the order of the lots",
            );
        }
    }
    order.into_iter().map(BidId).collect()
}
