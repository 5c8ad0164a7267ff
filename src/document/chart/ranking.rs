//! The ranking: a bar a bid, from what is proven to what is possible.

use super::pen::{Anchor, Pen, units};
use super::scale::Scale;
use super::{Picture, WIDTH};
use crate::document::words;
use crate::exact::Exact;
use crate::tender::report::{BidView, TenderView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// The most bids that are drawn.
const DRAWN: usize = 60;
const LEFT: i64 = 24;
const ROW: i64 = 46;
const TOP: i64 = 62;

/// Draws the ranking of a lot; of the tender where it is not parted. None where no bid is valid.
pub fn ranking(view: &TenderView, lot: Option<&str>, lang: Lang) -> Option<Picture> {
    let mut ranked: Vec<_> = view
        .bids
        .iter()
        .filter(|bid| bid.rank.is_some() && bid.lot.as_deref() == lot)
        .collect();
    ranked.sort_by_key(|bid| (bid.rank, bid.id.clone()));
    let left_out = ranked.len().saturating_sub(DRAWN);
    ranked.truncate(DRAWN);
    let ends = ranked.iter().filter_map(|bid| bid.interval.as_ref());
    let most = ends.map(|interval| interval.high.clone()).max()?;
    let scale = Scale::around(&Exact::zero(), &most, 5, units(LEFT), units(WIDTH - LEFT));
    let mut pen = Pen::default();
    let title = match lot.and_then(|id| view.lots.iter().find(|one| one.id == id)) {
        Some(lot) => message_with(
            lang,
            "chart-ranking-lot",
            &[("lot", &printable(lot.title.of(lang)))],
        ),
        None => message(lang, "chart-ranking"),
    };
    let count = i64::try_from(ranked.len()).unwrap_or(0);
    let bottom = TOP + count * ROW;
    pen.text("k-title", (units(LEFT), units(22)), Anchor::Start, &title);
    legend(&mut pen, view, lang);
    for tick in scale.ticks(5) {
        let x = scale.place(&tick);
        pen.line("k-grid", (x, units(TOP - 8)), (x, units(bottom)));
        let label = words::value(&tick);
        pen.text("k-soft", (x, units(bottom + 14)), Anchor::Middle, &label);
    }
    let mut told = Vec::new();
    // Whom an interval reaches past is seen against the proven total of the first.
    let first = ranked.first().and_then(|bid| bid.total.clone());
    for (row, bid) in (0..).zip(&ranked) {
        let y = TOP + row * ROW;
        told.push(bid_row(&mut pen, view, bid, &scale, y, lang));
        if let (Some(total), true) = (&first, ranked.len() > 1) {
            let x = scale.place(total);
            pen.line("k-limit", (x, units(y + 12)), (x, units(y + 32)));
        }
    }
    let mut height = bottom + 22;
    if left_out > 0 {
        height += 18;
        let more = message_with(
            lang,
            "chart-more",
            &[
                ("shown", &DRAWN.to_string()),
                ("count", &left_out.to_string()),
            ],
        );
        pen.text(
            "k-soft",
            (units(LEFT), units(height - 8)),
            Anchor::Start,
            &more,
        );
        told.push(more);
    }
    let label = message(lang, words::total_key(view.procedure.method));
    let described = message_with(
        lang,
        "chart-ranking-description",
        &[("total", label.as_str()), ("bids", &told.join(" "))],
    );
    Some(pen.finish(lang, title, described, height))
}

fn legend(pen: &mut Pen, view: &TenderView, lang: Lang) {
    let y = 34;
    let mut x = LEFT;
    let total = message(lang, words::total_key(view.procedure.method));
    for (class, text) in [
        (
            "k-solid",
            message_with(lang, "chart-proven", &[("total", total.as_str())]),
        ),
        ("k-possible", message(lang, "chart-possible")),
        ("k-limit", message(lang, "chart-first-proven")),
    ] {
        if class == "k-limit" {
            pen.line(
                class,
                (units(x + 12), units(y)),
                (units(x + 12), units(y + 10)),
            );
        } else {
            pen.rect(class, (units(x), units(y)), (units(24), units(10)));
        }
        pen.text(
            "k-soft",
            (units(x + 30), units(y + 9)),
            Anchor::Start,
            &text,
        );
        x += 30 + super::labels::width(&text) / 10 + 14;
    }
}

/// Draws a bid and tells it in words.
fn bid_row(
    pen: &mut Pen,
    view: &TenderView,
    bid: &BidView,
    scale: &Scale,
    y: i64,
    lang: Lang,
) -> String {
    let is_winner = view.winner.contains(&bid.id);
    let rank = bid.rank.map_or_else(String::new, |rank| rank.to_string());
    let supplier = printable(bid.supplier.of(lang));
    let price = words::grouped(&bid.price_yen);
    let (low, high) = bid
        .interval
        .as_ref()
        .map_or((Exact::zero(), Exact::zero()), |one| {
            (one.low.clone(), one.high.clone())
        });
    let range = if low == high {
        words::value(&low)
    } else {
        format!("{} – {}", words::value(&low), words::value(&high))
    };
    let name = message_with(
        lang,
        "chart-bid",
        &[
            ("rank", rank.as_str()),
            ("supplier", &shortened(&supplier, 34)),
            ("bid", bid.id.as_str()),
        ],
    );
    let mark = if is_winner {
        let key = if view.provisional {
            "chart-winner-provisional"
        } else {
            "chart-winner"
        };
        format!("★ {}", message(lang, key))
    } else {
        String::new()
    };
    let class = if is_winner {
        "k-halo k-strong"
    } else {
        "k-halo"
    };
    pen.text(class, (units(LEFT), units(y + 10)), Anchor::Start, &name);
    let after = units(LEFT) + super::labels::width(&name) + units(8);
    pen.text("k-strong", (after, units(y + 10)), Anchor::Start, &mark);
    let yen = message_with(lang, "chart-yen", &[("yen", price.as_str())]);
    let numbers = if view.procedure.method == "lowest-price" {
        yen.clone()
    } else {
        format!("{range} · {yen}")
    };
    pen.text(
        class,
        (units(WIDTH - LEFT), units(y + 10)),
        Anchor::End,
        &numbers,
    );
    let (top, height) = (units(y + 15), units(14));
    let visible = |width: i64, is_there: bool| if is_there { width.max(10) } else { 0 };
    let (from, middle, end) = (
        scale.place(&Exact::zero()),
        scale.place(&low),
        scale.place(&high),
    );
    let possible = visible(end - middle, high > low);
    if possible > 0 {
        pen.rect("k-possible", (middle, top), (possible, height));
    }
    let proven = visible(middle - from, !low.is_zero());
    if proven > 0 {
        pen.rect("k-solid", (from, top), (proven, height));
    }
    if is_winner {
        let whole = (end - from).max(proven) + 40;
        pen.rect("k-outline", (from - 20, top - 20), (whole, height + 40));
    }
    let told = message_with(
        lang,
        "chart-ranking-bid",
        &[
            ("name", name.as_str()),
            ("range", &range),
            ("price", &price),
        ],
    );
    if mark.is_empty() {
        told
    } else {
        format!("{told} {mark}")
    }
}
