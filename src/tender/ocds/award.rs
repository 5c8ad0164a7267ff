//! The award: bids with their status, statistics, and who is awarded.

use serde_json::{Value, json};

use super::{Publication, extend, object, party, yen};
use crate::diagnostic::{Diagnostic, Place};
use crate::tender::evaluate::{BidOutcome, Outcome};
use crate::tender::timetable::Moment;
use crate::tender::{Bid, Lot, TaxBasis, Tender};
use crate::text::Text;

/// Why no award can be published yet.
pub(super) fn undecided(outcome: &Outcome) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let unconfirmed = outcome
        .bids
        .iter()
        .filter(|bid| !bid.unconfirmed.is_empty())
        .count();
    if unconfirmed > 0 {
        faults.push(
            Diagnostic::error(
                "ocds-not-decided",
                Place::pointer("/confirmation"),
                format!("verdicts of the machine on {unconfirmed} bids wait for a person"),
            )
            .help("confirm or overrule them first"),
        );
    }
    let tied = outcome.lots.iter().filter(|lot| lot.winner.len() > 1);
    let tied = tied.count();
    if tied > 0 {
        faults.push(
            Diagnostic::error(
                "ocds-not-decided",
                Place::pointer("/draw"),
                format!("{tied} rankings are headed by a tie"),
            )
            .help("draw lots, and enter them into the tender file"),
        );
    }
    faults
}

/// Whether a bid is awarded.
pub(super) fn wins(outcome: &Outcome, bid: &Bid) -> bool {
    let lot = outcome.lots.get(bid.lot);
    lot.is_some_and(|lot| lot.winner.contains(&bid.id))
}

/// Brings section `tender` to the stage of the award.
pub(super) fn close(
    section: &mut Value,
    tender: &Tender,
    outcome: &Outcome,
    publication: &Publication<'_>,
) {
    let bidders = party::bidders(tender);
    let awarded = outcome.lots.iter().any(|lot| !lot.winner.is_empty());
    extend(
        section,
        [
            ("status", json!(status(awarded))),
            ("numberOfTenderers", json!(bidders.len())),
            ("tenderers", json!(bidders)),
        ],
    );
    let planned = |lot: &Lot| {
        let shown = publication.with_planned_price;
        lot.ceiling_yen.filter(|_| shown).map(yen)
    };
    let whole = tender.lots.iter().find(|lot| lot.id.is_none());
    extend(section, [("value", json!(whole.and_then(planned)))]);
    let Some(Value::Array(lots)) = section.get_mut("lots") else {
        return;
    };
    let parts = tender.lots.iter().filter(|lot| lot.id.is_some());
    for ((value, lot), outcome) in lots.iter_mut().zip(parts).zip(&outcome.lots) {
        let awarded = !outcome.winner.is_empty();
        extend(
            value,
            [
                ("status", json!(status(awarded))),
                ("value", json!(planned(lot))),
            ],
        );
    }
}

fn status(awarded: bool) -> &'static str {
    if awarded { "complete" } else { "unsuccessful" }
}

/// Section `bids`.
pub(super) fn bids(tender: &Tender, outcome: &Outcome, publication: &Publication<'_>) -> Value {
    let details = outcome.bids.iter().map(|one| {
        let valid = one.standing.is_some();
        let price = publication.with_prices.then(|| yen(one.bid.price_yen));
        object([
            ("id", json!(one.bid.id)),
            (
                "status",
                json!(if valid { "valid" } else { "disqualified" }),
            ),
            ("tenderers", json!([party::bidder(tender, &one.bid)])),
            ("value", json!(price)),
            ("relatedLots", json!(lot_ids(tender, one.bid.lot))),
        ])
    });
    let details: Vec<_> = details.collect();
    json!({"statistics": statistics(tender, outcome, publication), "details": details})
}

fn lot_ids(tender: &Tender, lot: usize) -> Vec<&String> {
    let lot = tender.lots.get(lot);
    lot.and_then(|lot| lot.id.as_ref()).into_iter().collect()
}

fn statistics(tender: &Tender, outcome: &Outcome, publication: &Publication<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let parted = tender.lots.iter().any(|lot| lot.id.is_some());
    if parted {
        add_statistics(
            &mut all,
            None,
            &outcome.bids.iter().collect::<Vec<_>>(),
            false,
        );
    }
    for (place, lot) in tender.lots.iter().enumerate() {
        let bids = outcome.bids.iter().filter(|one| one.bid.lot == place);
        let bids: Vec<_> = bids.collect();
        add_statistics(&mut all, lot.id.as_deref(), &bids, publication.with_prices);
    }
    all
}

fn add_statistics(all: &mut Vec<Value>, lot: Option<&str>, bids: &[&BidOutcome], prices: bool) {
    let valid = || bids.iter().filter(|one| one.standing.is_some());
    let mut add = |measure: &str, value: Value, currency: Option<&str>| {
        let id = lot.map_or_else(|| measure.to_owned(), |lot| format!("{measure}-{lot}"));
        all.push(object([
            ("id", json!(id)),
            ("measure", json!(measure)),
            ("value", value),
            ("currency", json!(currency)),
            ("relatedLot", json!(lot)),
        ]));
    };
    add("bids", json!(bids.len()), None);
    add("validBids", json!(valid().count()), None);
    add(
        "disqualifiedBids",
        json!(bids.len() - valid().count()),
        None,
    );
    if prices {
        let lowest = valid().map(|one| one.bid.price_yen).min();
        let highest = valid().map(|one| one.bid.price_yen).max();
        for (measure, price) in [
            ("lowestValidBidValue", lowest),
            ("highestValidBidValue", highest),
        ] {
            if let Some(price) = price {
                add(measure, json!(price), Some("JPY"));
            }
        }
    }
}

/// Section `awards`: one for each lot with a winner, at the contract price.
pub(super) fn awards(
    tender: &Tender,
    outcome: &Outcome,
    publication: &Publication<'_>,
) -> Vec<Value> {
    let documents = publication.documents.iter();
    let documents: Vec<_> = documents
        .filter(|document| document.is_of_award())
        .map(super::PublishedDocument::json)
        .collect();
    let lots = tender.lots.iter().zip(&outcome.lots);
    lots.filter_map(|(lot, decided)| {
        let [winner] = decided.winner.as_slice() else {
            return None;
        };
        let bid = tender.bids.iter().find(|bid| bid.id == *winner)?;
        let id = lot.id.as_ref().map_or_else(
            || format!("{}-award", tender.id),
            |lot| format!("{}-{lot}-award", tender.id),
        );
        let basis = price_basis(tender.tax_basis);
        Some(object([
            ("id", json!(id)),
            ("title", json!(lot.title.ja)),
            ("title_en", json!(lot.title.en)),
            ("description", json!(basis.ja)),
            ("description_en", json!(basis.en)),
            ("status", json!("active")),
            ("date", json!(Moment::Day(tender.as_of).instant(false))),
            ("value", json!(contract_value(tender, bid))),
            ("suppliers", json!([party::bidder(tender, bid)])),
            ("documents", json!(documents)),
            ("relatedLots", json!(lot.id.iter().collect::<Vec<_>>())),
            ("relatedBid", json!(bid.id)),
        ]))
    })
    .collect()
}

/// The contract price with tax, in whole yen; none where the rule of the tax leaves a fraction.
fn contract_value(tender: &Tender, bid: &Bid) -> Option<Value> {
    tender.contract_price(bid.price_yen).to_i64().map(yen)
}

fn price_basis(basis: TaxBasis) -> Text {
    super::notice::both(match basis {
        TaxBasis::Included => "ocds-award-as-bid",
        TaxBasis::Excluded | TaxBasis::CeilingIncluded => "ocds-award-with-tax",
    })
}
