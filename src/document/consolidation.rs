//! The marks of all evaluators together, as text: what needs talk first, then a table a bid.

mod workbook;

use std::fmt::Write as _;

use super::table::{Look, Sheet, heading};
use super::words;
use crate::tender::consolidation::view::{
    BidMarksView, ConsolidationView, ItemMarksView, MarkView, MarkWord,
};
use crate::tender::consolidation::{Consolidation, Need};
use crate::tender::technical::Technical;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

pub use workbook::workbook;

/// Renders a consolidation.
pub fn text(
    technical: &Technical,
    consolidation: &Consolidation,
    lang: Lang,
    width: u16,
) -> String {
    let view = ConsolidationView::new(technical, consolidation);
    let mut out = String::new();
    _ = writeln!(
        out,
        "\u{1b}[1m{}\u{1b}[0m ({}) · {}",
        printable(view.title.of(lang)),
        view.tender,
        message(lang, "consolidation-heading"),
    );
    let arguments = [
        ("id", view.procedure.id.clone()),
        ("digest", view.procedure.digest.short()),
    ];
    let share = match &view.outlier_share {
        Some(share) => message_with(lang, "consolidation-share", &[("share", share.to_string())]),
        None => message(lang, "consolidation-no-share"),
    };
    _ = writeln!(
        out,
        "{} · {share}",
        message_with(lang, "consolidation-rules", &arguments)
    );
    out.push_str(&reasons(&view, lang, width));
    out.push_str(&missing(&view, lang));
    for (bid, marks) in view.bids.iter().zip(&consolidation.bids) {
        let order: Vec<_> = marks
            .by_need(technical)
            .iter()
            .map(|one| one.item)
            .collect();
        out.push_str(&table(&view, bid, &order, lang, width));
    }
    if !view.remarks.is_empty() {
        out.push_str(&heading(&message(lang, "consolidation-remarks")));
        for remark in &view.remarks {
            _ = writeln!(out, "{}", printable(&remark.to_string()));
        }
    }
    out.push('\n');
    out.push_str(&last_line(&view, lang));
    out.push('\n');
    out
}

fn last_line(view: &ConsolidationView, lang: Lang) -> String {
    if view.settled {
        return message(lang, "consolidation-settled");
    }
    let arguments = [
        ("reasons", view.reasons_missing.len().to_string()),
        ("marks", view.marks_missing.to_string()),
    ];
    message_with(lang, "consolidation-open", &arguments)
}

/// The outliers without a reason.
fn reasons(view: &ConsolidationView, lang: Lang, width: u16) -> String {
    if view.reasons_missing.is_empty() {
        return String::new();
    }
    let header = [
        "score-bid",
        "score-item",
        "score-title",
        "score-evaluator",
        "score-value",
        "consolidation-median",
        "consolidation-distance",
        "consolidation-limit",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in &view.reasons_missing {
        let bid = view.bids.iter().find(|bid| bid.id == one.bid);
        let item = bid.and_then(|bid| bid.items.iter().find(|item| item.item == one.item));
        let title = item.map_or_else(String::new, |item| item.title.of(lang).to_owned());
        sheet.row([
            (one.bid.to_string(), Look::Plain),
            (one.item.clone(), Look::Plain),
            (title, Look::Plain),
            (one.evaluator.clone(), Look::Bad),
            (one.points.to_string(), Look::Number),
            (one.median.to_string(), Look::Number),
            (one.distance.to_string(), Look::Number),
            (one.limit.to_string(), Look::Number),
        ]);
    }
    let count = view.reasons_missing.len().to_string();
    heading(&message_with(
        lang,
        "consolidation-reasons",
        &[("count", count)],
    )) + &sheet.render()
}

fn missing(view: &ConsolidationView, lang: Lang) -> String {
    if view.marks_missing == 0 {
        return String::new();
    }
    let count = view.marks_missing.to_string();
    let mut out = heading(&message_with(
        lang,
        "consolidation-missing",
        &[("count", count)],
    ));
    for bid in &view.bids {
        for one in &bid.missing {
            let mut items: Vec<_> = one.items.iter().take(5).cloned().collect();
            if one.items.len() > items.len() {
                items.push("…".to_owned());
            }
            let arguments = [
                ("bid", bid.id.to_string()),
                ("evaluator", one.evaluator.clone()),
                ("count", one.items.len().to_string()),
                ("items", items.join(", ")),
            ];
            out.push_str(&message_with(
                lang,
                "consolidation-missing-line",
                &arguments,
            ));
            out.push('\n');
        }
    }
    out
}

/// The marks of a bid, the items that need talk first.
fn table(
    view: &ConsolidationView,
    bid: &BidMarksView,
    order: &[usize],
    lang: Lang,
    width: u16,
) -> String {
    let mut title = format!("{}  {}", bid.id, printable(bid.supplier.of(lang)));
    if bid.out {
        _ = write!(title, " ({})", message(lang, "consolidation-out"));
    }
    let marking: Vec<_> = view
        .evaluators
        .iter()
        .filter(|one| !one.conflicts.contains(&bid.id))
        .map(|one| one.id.clone())
        .collect();
    let before = ["score-item", "score-title", "score-points"];
    let after = [
        "consolidation-range",
        "consolidation-median",
        "consolidation-need",
    ];
    let header = before.iter().map(|key| message(lang, key));
    let header = header.chain(marking.iter().cloned());
    let header = header.chain(after.iter().map(|key| message(lang, key)));
    let mut sheet = Sheet::new(width, header);
    for item in order.iter().filter_map(|place| bid.items.get(*place)) {
        let mut row = vec![
            (item.item.clone(), Look::Plain),
            (item.title.of(lang).to_owned(), Look::Plain),
            (points(item), Look::Number),
        ];
        for evaluator in &marking {
            let mark = item.marks.iter().find(|one| one.evaluator == *evaluator);
            row.push(mark.map_or(("·".to_owned(), Look::Open), |mark| cell(mark, lang)));
        }
        let range = match (&item.lowest, &item.highest) {
            (Some(low), Some(high)) if low == high => words::shown(low),
            (Some(low), Some(high)) => format!("{}–{}", words::shown(low), words::shown(high)),
            _ => String::new(),
        };
        let median = item.median.as_ref().map_or_else(String::new, words::shown);
        let is_without = item.points.is_zero();
        row.push((if is_without { String::new() } else { range }, Look::Plain));
        row.push((
            if is_without { String::new() } else { median },
            Look::Number,
        ));
        row.push(need(item, lang));
        sheet.row(row);
    }
    heading(&title) + &sheet.render()
}

fn points(item: &ItemMarksView) -> String {
    if item.points.is_zero() {
        "—".to_owned()
    } else {
        words::shown(&item.points)
    }
}

/// A mark as people say it; a grade with its points.
pub(super) fn said(mark: &MarkView, lang: Lang) -> String {
    match &mark.mark {
        MarkWord::Met(true) => message(lang, "score-met"),
        MarkWord::Met(false) => message(lang, "score-unmet"),
        MarkWord::Word(word) if *word == mark.points.to_string() => words::shown(&mark.points),
        MarkWord::Word(word) => format!("{word} ({})", words::shown(&mark.points)),
    }
}

fn cell(mark: &MarkView, lang: Lang) -> (String, Look) {
    let said = said(mark, lang);
    match (mark.outlier, &mark.reason) {
        (true, None) => (format!("{said} !"), Look::Bad),
        (true, Some(_)) => (format!("{said} *"), Look::Open),
        _ => (said, Look::Plain),
    }
}

fn need(item: &ItemMarksView, lang: Lang) -> (String, Look) {
    let word = message(lang, &format!("consolidation-need-{}", item.need));
    let is = |need: Need| item.need == need.word();
    let look = if is(Need::Reason) {
        Look::Bad
    } else if is(Need::Split) {
        Look::Open
    } else if is(Need::Agreed) {
        Look::Faint
    } else {
        Look::Plain
    };
    (
        if item.marks.is_empty() {
            String::new()
        } else {
            word
        },
        look,
    )
}
