//! Reads a tender file without its prices.

use std::collections::{BTreeMap, BTreeSet};

use super::bid::{read_lot, read_offering};
use super::case::{read_case, read_information};
use super::decision::read_decisions;
use super::evaluation::{Evaluation, read_evaluation};
use super::sheet::{read_evaluators, read_outlier_reasons, read_sheets};
use super::timetable::read_timetable;
use super::{Reading, check_schema, plain};
use crate::evidence::Evidence;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{BidId, TenderId};
use crate::tender::Bid;
use crate::tender::procedure::Procedure;
use crate::tender::technical::{Technical, TechnicalBid};
use crate::tree::Fields;

pub(super) fn read(
    fields: &Fields<'_>,
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Option<Technical> {
    check_schema(fields);
    let information = read_information(fields);
    let agency = fields.table("agency");
    let agency_name = agency
        .as_ref()
        .map(|agency| agency.both("name"))
        .unwrap_or_default();
    let id = fields.text("id");
    plain(fields, "id", &id);
    let title = fields.both("title");
    let evaluation = read_evaluation(fields, &title, procedures, Reading::Technical);
    let case = read_case(fields, &information, vocabulary);
    let evaluators = read_evaluators(fields);
    let mut bids = read_bids(fields, file, evaluation.as_ref());
    bids.sort_by(|left, right| left.id.cmp(&right.id));
    if let Some(evaluation) = &evaluation {
        read_sheets(
            fields,
            evaluation,
            &evaluators,
            &mut bids,
            Reading::Technical,
        );
    }
    let items = evaluation.as_ref().map_or(&[][..], |one| &one.items);
    let outlier_reasons = read_outlier_reasons(fields, items, &evaluators, &bids);
    let decisions = read_decisions(fields, file);
    let as_of = fields.day("as_of");
    let bid_deadline = fields.day("bid_deadline");
    read_timetable(fields, bid_deadline);
    let catalog = fields.optional_text("catalog");
    // What comes after the marks is read by the evaluation.
    for later in [
        "opening",
        "confirmation",
        "draw",
        "lots",
        "clause",
        "clocks",
    ] {
        fields.node(later);
    }
    fields.finish();
    let evaluation = evaluation?;
    let lots = evaluation.lots.into_iter();
    Some(Technical {
        id: TenderId(id),
        title,
        agency: agency_name,
        marking: crate::tender::marking(&information),
        as_of,
        bid_deadline,
        catalog,
        case,
        decisions,
        procedure: evaluation.procedure,
        blocks: evaluation.blocks,
        items: evaluation.items,
        lots: lots.map(|lot| (lot.id, lot.title)).collect(),
        evaluators,
        bids: bids.into_iter().map(without_price).collect(),
        outlier_reasons,
    })
}

fn without_price(bid: Bid) -> TechnicalBid {
    TechnicalBid {
        id: bid.id,
        offering: bid.offering,
        lot: bid.lot,
        is_out: (bid.declared_excluded.is_some() && !bid.excluded_after_ranking)
            || !bid.mandatory_unmet.is_empty(),
        sheets: bid.sheets,
    }
}

fn read_bids(fields: &Fields<'_>, file: &Evidence, evaluation: Option<&Evaluation>) -> Vec<Bid> {
    let mut ids = BTreeSet::new();
    let tables = fields.tables("bid");
    let read = tables.iter().map(|table| {
        let id = table.text("id");
        plain(table, "id", &id);
        if !ids.insert(id.clone()) {
            table.complain(
                "bid-duplicate",
                "id",
                format!("the bid `{id}` stands twice"),
                "give every bid its own id",
            );
        }
        let folder = table.optional_text("directory").unwrap_or_default();
        let bid = Bid {
            id: BidId(id.clone()),
            offering: read_offering(table, file, id, folder),
            lot: read_lot(table, evaluation),
            // NOTE: the price is not read; this stand-in does not leave this file.
            price_yen: 0,
            marks: BTreeMap::new(),
            sheets: Vec::new(),
            mandatory_unmet: table.texts("mandatory_unmet"),
            declared_excluded: table.optional_both("excluded"),
            excluded_after_ranking: table
                .optional_bool("excluded_after_ranking")
                .unwrap_or(false),
        };
        for later in ["price_yen", "marks"] {
            table.node(later);
        }
        table.finish();
        bid
    });
    read.collect()
}
