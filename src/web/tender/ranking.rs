//! The ranking on a tender's page, lot by lot.

use serde_json::Value;

use super::super::{Chrome, list, number, string};
use crate::document::words;
use crate::exact::Exact;

/// One lot with its ranking; the tender itself where it is not parted.
pub(super) struct RankedLot {
    /// Empty where the tender is not parted.
    pub(super) title: String,
    pub(super) columns: Vec<String>,
    /// Whether the total is a sum whose parts can be drawn.
    pub(super) has_bars: bool,
    pub(super) ranked: Vec<Ranked>,
}

/// A bid in the ranking.
pub(super) struct Ranked {
    pub(super) rank: String,
    pub(super) bid: String,
    pub(super) supplier: String,
    pub(super) numbers: Vec<String>,
    pub(super) label: String,
    /// Widths of a bar of 600 units: technical points, price points, what is still possible.
    pub(super) bar: [i64; 3],
}

/// The evaluation items with their points by bid.
pub(super) struct Items {
    pub(super) bids: Vec<String>,
    pub(super) rows: Vec<(String, String, Vec<String>)>,
}

/// A number that a record holds as text; a total with the digits that count.
fn exact(value: &Value, key: &str) -> Option<Exact> {
    Exact::parse(&string(value, key))
}

struct Form {
    method: String,
    /// Records from before methods had names know the addition method alone.
    has_price_points: bool,
    tax_basis: String,
}

fn form(view: &Value) -> Form {
    let procedure = view.get("procedure").cloned().unwrap_or_default();
    Form {
        method: string(&procedure, "method"),
        has_price_points: procedure
            .get("price_points")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        tax_basis: string(&procedure, "tax_basis"),
    }
}

fn supplier(chrome: &Chrome, bid: &Value) -> String {
    chrome.text(bid.get("supplier").unwrap_or(&Value::Null))
}

pub(super) fn ceilings(chrome: &Chrome, view: &Value) -> Vec<String> {
    let basis = form(view).tax_basis;
    let whole = string(view, "ceiling_yen");
    let said = |yen: &str| words::ceiling(chrome.lang, &basis, yen);
    let mut ceilings: Vec<_> = (!whole.is_empty())
        .then(|| said(&whole))
        .into_iter()
        .collect();
    for lot in list(view, "lots") {
        let yen = string(lot, "ceiling_yen");
        if !yen.is_empty() {
            ceilings.push(format!("{}: {}", string(lot, "id"), said(&yen)));
        }
    }
    ceilings
}

pub(super) fn results(chrome: &Chrome, view: &Value) -> Vec<String> {
    let bids = list(view, "bids");
    let result = |holder: &Value, lot: &str| -> Vec<String> {
        let winners: Vec<_> = list(holder, "winner")
            .iter()
            .filter_map(Value::as_str)
            .filter_map(|id| bids.iter().find(|bid| string(bid, "id") == id))
            .collect();
        match winners.as_slice() {
            [] => vec![format!("{lot}{}", chrome.say("no-valid-bid"))],
            [one] => {
                let name = supplier(chrome, one);
                let mut lines = vec![format!(
                    "{lot}{}",
                    chrome.say_with("winner", &[("winner", &name)])
                )];
                let yen = words::grouped(&string(one, "contract_price_yen"));
                if !yen.is_empty() {
                    lines.push(chrome.say_with("contract-price", &[("yen", &yen)]));
                }
                lines
            }
            several => {
                let names: Vec<_> = several.iter().map(|bid| supplier(chrome, bid)).collect();
                let (names, rules) = (names.join(", "), string(view, "tie_rule"));
                let arguments = [("winner", names.as_str()), ("rules", rules.as_str())];
                vec![format!(
                    "{lot}{}",
                    chrome.say_with("winner-tie", &arguments)
                )]
            }
        }
    };
    let mut results = Vec::new();
    if view.get("provisional") == Some(&Value::Bool(true)) {
        results.push(chrome.say("paper-provisional"));
    }
    let lots = list(view, "lots");
    if lots.is_empty() {
        results.extend(result(view, ""));
    }
    for lot in lots {
        let title = format!("{}: ", title(chrome, lot));
        results.extend(result(lot, &title));
    }
    results
}

fn title(chrome: &Chrome, lot: &Value) -> String {
    let title = chrome.text(lot.get("title").unwrap_or(&Value::Null));
    format!("{title} ({})", string(lot, "id"))
}

pub(super) fn notices(chrome: &Chrome, view: &Value) -> Vec<String> {
    let mut notices = Vec::new();
    for holder in [view].into_iter().chain(list(view, "lots")) {
        let rule = string(holder, "tie_broken_by");
        if !rule.is_empty() {
            notices.push(chrome.say_with("winner-by", &[("rule", &rule)]));
        }
    }
    let low = list(view, "bids")
        .iter()
        .filter(|bid| bid.get("low_bid_investigation") == Some(&Value::Bool(true)));
    notices.extend(low.map(|bid| {
        let id = string(bid, "id");
        chrome.say_with("low-bid", &[("bid", &id)])
    }));
    notices
}

pub(super) fn lots(chrome: &Chrome, view: &Value) -> Vec<RankedLot> {
    let form = form(view);
    let lots = list(view, "lots");
    let parts: Vec<(String, String)> = if lots.is_empty() {
        vec![(String::new(), String::new())]
    } else {
        let named = |lot| (string(lot, "id"), title(chrome, lot));
        lots.iter().map(named).collect()
    };
    parts
        .into_iter()
        .map(|(id, title)| RankedLot {
            title,
            columns: columns(chrome, &form),
            has_bars: form.has_price_points && form.method != "formula",
            ranked: ranked(chrome, view, &id, &form),
        })
        .filter(|lot| !lot.ranked.is_empty())
        .collect()
}

fn columns(chrome: &Chrome, form: &Form) -> Vec<String> {
    let price = if form.tax_basis == "included" {
        "price-yen-with-tax"
    } else {
        "price-yen"
    };
    let mut columns = vec![chrome.say(price), chrome.say("technical")];
    if form.has_price_points {
        columns.push(chrome.say("price-points"));
    }
    if form.method != "lowest-price" {
        columns.push(chrome.say(words::total_key(&form.method)));
        columns.push(chrome.say("possible"));
    }
    columns
}

fn ranked(chrome: &Chrome, view: &Value, lot: &str, form: &Form) -> Vec<Ranked> {
    let mut ranked: Vec<_> = list(view, "bids")
        .iter()
        .filter(|bid| bid.get("rank").is_some_and(Value::is_u64) && string(bid, "lot") == lot)
        .collect();
    ranked.sort_by_key(|bid| (bid.get("rank").and_then(Value::as_u64), string(bid, "id")));
    let interval = |bid: &Value| bid.get("interval").cloned().unwrap_or_default();
    let most = ranked
        .iter()
        .filter_map(|bid| exact(&interval(bid), "high"))
        .max()
        .unwrap_or_else(Exact::one);
    let width = |points: Option<Exact>| {
        let points = points.unwrap_or_else(Exact::zero);
        points
            .times(&Exact::from_integer(600))
            .over(&most)
            .and_then(|width| width.to_i64())
            .unwrap_or(0)
    };
    let total = |value: &Value, key: &str| match exact(value, key) {
        Some(total) if !matches!(form.method.as_str(), "addition" | "") => words::value(&total),
        _ => number(value, key),
    };
    ranked
        .into_iter()
        .map(|bid| {
            let mut numbers = vec![
                words::grouped(&string(bid, "price_yen")),
                number(bid, "technical"),
            ];
            if form.has_price_points {
                numbers.push(number(bid, "price_points"));
            }
            if form.method != "lowest-price" {
                numbers.push(total(bid, "total"));
                numbers.push(total(&interval(bid), "high"));
            }
            let open = exact(&interval(bid), "high")
                .zip(exact(bid, "total"))
                .map(|(high, total)| high.minus(&total));
            Ranked {
                rank: string(bid, "rank"),
                bid: string(bid, "id"),
                supplier: supplier(chrome, bid),
                label: numbers.join(", "),
                numbers,
                bar: [
                    width(exact(bid, "technical")),
                    width(exact(bid, "price_points")),
                    width(open),
                ],
            }
        })
        .collect()
}

pub(super) fn recomputations(chrome: &Chrome, view: &Value) -> Vec<String> {
    let joined = |values: &[Value]| {
        let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        texts.join(", ")
    };
    let mut lines = Vec::new();
    for one in list(view, "recomputations") {
        let before: Vec<_> = list(one, "before")
            .iter()
            .map(|row| {
                let total =
                    exact(row, "total").map_or_else(String::new, |total| words::value(&total));
                format!("{} {} ({total})", string(row, "rank"), string(row, "bid"))
            })
            .collect();
        let bids = joined(list(one, "excluded"));
        let reason = chrome.say(&format!("recomputed-{}", string(one, "by")));
        let before = before.join(", ");
        lines.push(chrome.say_with(
            "recomputed-line",
            &[("bids", &bids), ("reason", &reason), ("before", &before)],
        ));
        let changed = joined(list(one, "changed"));
        if !changed.is_empty() {
            let through = joined(list(one, "through"));
            lines.push(chrome.say_with(
                "recomputed-through",
                &[("changed", &changed), ("through", &through)],
            ));
        }
    }
    lines
}

pub(super) fn people(chrome: &Chrome, view: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for bid in list(view, "bids") {
        let id = string(bid, "id");
        for one in list(bid, "confirmations") {
            let share = exact(one, "share");
            let decision = words::decision(&string(one, "decision"), share.as_ref(), chrome.lang);
            let reason = chrome.text(one.get("reason").unwrap_or(&Value::Null));
            lines.push(format!(
                "{id} {}: {decision} {reason}",
                string(one, "criterion")
            ));
        }
        let differing = list(bid, "proposals").iter();
        for one in differing.filter(|one| one.get("agrees") == Some(&Value::Bool(false))) {
            let decision = chrome.say("decision-otherwise");
            let (item, criterion) = (string(one, "item"), string(one, "criterion"));
            lines.push(format!("{id} {criterion} ({item}): {decision}"));
        }
        let waiting: Vec<_> = list(bid, "unconfirmed")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if !waiting.is_empty() {
            let said = chrome.say("paper-unconfirmed");
            lines.push(format!("{said}: {id} {}", waiting.join(", ")));
        }
    }
    lines
}

/// The combined points of every item; none where there are no items, or more bids than fit beside each other.
pub(super) fn items(view: &Value) -> Option<Items> {
    let marked: Vec<_> = list(view, "bids")
        .iter()
        .filter(|bid| !list(bid, "items").is_empty())
        .collect();
    let first = marked.first()?;
    if marked.len() > 10 {
        return None;
    }
    let rows = list(first, "items")
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let points = marked.iter().map(|bid| {
                let own = list(bid, "items").get(place);
                own.map(|own| number(own, "points")).unwrap_or_default()
            });
            (string(item, "item"), number(item, "of"), points.collect())
        });
    Some(Items {
        bids: marked.iter().map(|bid| string(bid, "id")).collect(),
        rows: rows.collect(),
    })
}
