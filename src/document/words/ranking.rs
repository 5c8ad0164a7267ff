//! A ranking in words: columns, numbers, results and what else a reader must know.

use super::{grouped, shown, total_key, value};
use crate::exact::Exact;
use crate::tender::report::{BidView, TenderView};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// The bids in the ranking of a lot, the best first; of the tender where it is not parted.
pub fn ranked<'a>(view: &'a TenderView, lot: Option<&str>) -> Vec<&'a BidView> {
    let mut ranked: Vec<_> = view
        .bids
        .iter()
        .filter(|bid| bid.rank.is_some() && bid.lot.as_deref() == lot)
        .collect();
    ranked.sort_by_key(|bid| (bid.rank, bid.id.clone()));
    ranked
}

/// The lots of a ranking: their identifiers, or none for the tender itself.
pub fn lots(view: &TenderView) -> Vec<Option<&str>> {
    if view.lots.is_empty() {
        vec![None]
    } else {
        view.lots.iter().map(|lot| Some(lot.id.as_str())).collect()
    }
}

/// The heads of the numbers of a ranking, as far as the method has them.
pub fn ranking_columns(view: &TenderView, lang: Lang) -> Vec<String> {
    let price = if view.procedure.tax_basis == "included" {
        "price-yen-with-tax"
    } else {
        "price-yen"
    };
    let mut columns = vec![message(lang, price), message(lang, "technical")];
    if view.procedure.price_points {
        columns.push(message(lang, "price-points"));
    }
    if view.procedure.method != "lowest-price" {
        columns.push(message(lang, total_key(view.procedure.method)));
        columns.push(message(lang, "possible"));
    }
    columns
}

/// The numbers of a bid, column by column.
pub fn ranking_numbers(view: &TenderView, bid: &BidView) -> Vec<String> {
    let points = |number: Option<&Exact>| number.map_or_else(String::new, shown);
    let is_value = view.procedure.method != "addition";
    let total = |number: Option<&Exact>| {
        number.map_or_else(
            String::new,
            |one| if is_value { value(one) } else { shown(one) },
        )
    };
    let mut numbers = vec![grouped(&bid.price_yen), points(bid.technical.as_ref())];
    if view.procedure.price_points {
        numbers.push(points(bid.price_points.as_ref()));
    }
    if view.procedure.method != "lowest-price" {
        numbers.push(total(bid.total.as_ref()));
        numbers.push(total(bid.interval.as_ref().map(|interval| &interval.high)));
    }
    numbers
}

/// Who wins each lot, at which contract price.
pub fn results(view: &TenderView, lang: Lang) -> Vec<String> {
    let mut results = Vec::new();
    if view.provisional {
        results.push(message(lang, "paper-provisional"));
    }
    if view.lots.is_empty() {
        results.extend(result(view, &view.winner, "", lang));
    }
    for lot in &view.lots {
        let title = format!("{} ({}): ", lot.title.of(lang), lot.id);
        results.extend(result(view, &lot.winner, &title, lang));
    }
    results
}

fn result(view: &TenderView, winner: &[crate::id::BidId], lot: &str, lang: Lang) -> Vec<String> {
    let bids: Vec<_> = winner
        .iter()
        .filter_map(|id| view.bids.iter().find(|bid| bid.id == *id))
        .collect();
    let named = |bid: &BidView| bid.supplier.of(lang).to_owned();
    match bids.as_slice() {
        [] => vec![format!("{lot}{}", message(lang, "no-valid-bid"))],
        [one] => {
            let winner = message_with(lang, "winner", &[("winner", named(one))]);
            let contract = message_with(
                lang,
                "contract-price",
                &[("yen", grouped(&one.contract_price_yen))],
            );
            vec![format!("{lot}{winner}"), contract]
        }
        several => {
            let winners: Vec<_> = several.iter().map(|bid| named(bid)).collect();
            let winners = winners.join(", ");
            let arguments = [("winner", winners.as_str()), ("rules", &view.tie_rule)];
            vec![format!(
                "{lot}{}",
                message_with(lang, "winner-tie", &arguments)
            )]
        }
    }
}

/// Ties that a rule broke, and bids whose price is low enough to be investigated.
pub fn notices(view: &TenderView, lang: Lang) -> Vec<String> {
    let of_lots = view.lots.iter().filter_map(|lot| {
        let rule = lot.tie_broken_by.as_deref()?;
        Some(format!(
            "{}: {}",
            lot.id,
            message_with(lang, "winner-by", &[("rule", rule)])
        ))
    });
    let whole = view.tie_broken_by.iter().filter(|_| view.lots.is_empty());
    let whole = whole.map(|rule| message_with(lang, "winner-by", &[("rule", rule)]));
    let low = view
        .bids
        .iter()
        .filter(|bid| bid.low_bid_investigation)
        .map(|bid| message_with(lang, "low-bid", &[("bid", bid.id.as_str())]));
    whole.chain(of_lots).chain(low).collect()
}

/// The verdicts that wait for a person, a line a bid.
pub fn unconfirmed(view: &TenderView, lang: Lang) -> Vec<String> {
    let waiting = view.bids.iter().filter(|bid| !bid.unconfirmed.is_empty());
    waiting
        .map(|bid| {
            let criteria: Vec<_> = bid.unconfirmed.iter().map(ToString::to_string).collect();
            let separator = match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            };
            format!("{}: {}", bid.id, criteria.join(separator))
        })
        .collect()
}

/// What a person decided on a verdict, in words.
pub fn decision(decision: &str, share: Option<&Exact>, lang: Lang) -> String {
    match share {
        Some(share) if decision == "overruled" => {
            let percent = share.times(&Exact::from_integer(100));
            let share = format!("{}%", shown(&percent));
            message_with(lang, "decision-overruled", &[("share", share)])
        }
        _ => message(lang, "decision-confirmed"),
    }
}

/// The planned price in words, with or without tax as the tender has it.
pub fn ceiling(lang: Lang, tax_basis: &str, yen: &str) -> String {
    let key = if tax_basis == "excluded" || tax_basis.is_empty() {
        "planned-price"
    } else {
        "planned-price-with-tax"
    };
    message_with(lang, key, &[("yen", grouped(yen))])
}
