//! The plane of price and quality: bids as points, and the lines on which a total stays the same.

use super::Picture;
use super::labels::{HEIGHT, fitted, place, width};
use super::pen::{Anchor, Pen, units};
use super::scale::Scale;
use crate::document::words;
use crate::exact::Exact;
use crate::tender::report::{BidView, TenderView};
use crate::tender::surface::Surface;
use crate::tender::{Lot, Tender};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

const LEFT: i64 = 70;
const RIGHT: i64 = 672;
const TOP: i64 = 92;
const BOTTOM: i64 = 420;
/// Up to how many bids every point has a label; above it the ten best have one.
const ALL_LABELLED: usize = 30;
const BEST_LABELLED: usize = 10;
/// The most columns of a name beside a point.
const COLUMNS: usize = 26;
/// Half the width of a point, in tenths of a unit.
const RADIUS: i64 = 60;
/// Into how many parts a curve is cut.
const PARTS: i64 = 64;

/// A bid on the plane.
struct Dot<'a> {
    bid: &'a BidView,
    price: Exact,
    /// None for a bid that was excluded before it had points.
    technical: Option<Exact>,
}

/// Draws the bids of a lot, by its place in the tender. None where there is no bid.
pub fn plane(
    tender: &Tender,
    view: &TenderView,
    place_of_lot: usize,
    lang: Lang,
) -> Option<Picture> {
    let lot = tender.lots.get(place_of_lot)?;
    let dots = dots(view, lot);
    let ceiling = tender.comparison_ceiling(lot);
    let prices = dots.iter().map(|dot| &dot.price).chain(&ceiling);
    let (lowest, highest) = (prices.clone().min()?.clone(), prices.max()?.clone());
    let known = dots.iter().filter_map(|dot| dot.technical.as_ref());
    let least = known.min().cloned().unwrap_or_else(Exact::zero);
    let x = Scale::around(&lowest, &highest, 6, units(LEFT), units(RIGHT));
    let y = Scale::around(
        &least,
        &tender.technical_points,
        5,
        units(BOTTOM),
        units(TOP),
    );
    let mut pen = Pen::default();
    let title = match &lot.id {
        Some(_) => message_with(
            lang,
            "chart-plane-lot",
            &[("lot", &printable(lot.title.of(lang)))],
        ),
        None => message(lang, "chart-plane"),
    };
    pen.text("k-title", (units(24), units(22)), Anchor::Start, &title);
    axes(&mut pen, &x, &y, lang);
    let mut keys: Vec<(&str, String)> = Vec::new();
    if let Some(ceiling) = ceiling.as_ref().filter(|ceiling| x.holds(ceiling)) {
        let at = x.place(ceiling);
        pen.line("k-limit", (at, units(TOP)), (at, units(BOTTOM)));
        let text = message_with(
            lang,
            "chart-ceiling",
            &[(
                "yen",
                &words::grouped(
                    &ceiling
                        .round(crate::exact::RoundingMode::Down, 0)
                        .to_string(),
                ),
            )],
        );
        keys.push(("k-limit", text));
    }
    keys.extend(lines(&mut pen, tender, view, lot, &dots, (&x, &y), lang));
    legend(&mut pen, &keys, lang);
    let more = points(&mut pen, view, &dots, (&x, &y), lang);
    let note = note(tender, view, lang);
    let mut height = BOTTOM + 46;
    for line in more.iter().chain(&note) {
        pen.text("k-soft", (units(24), units(height)), Anchor::Start, line);
        height += 15;
    }
    let mut told: Vec<_> = keys.into_iter().map(|(_, text)| text).collect();
    told.extend(dots.iter().map(|dot| describe(dot, lang)));
    told.extend(note);
    let described = message_with(
        lang,
        "chart-plane-description",
        &[("parts", &told.join(" "))],
    );
    Some(pen.finish(lang, title, described, height))
}

/// The bids of a lot: the ranked ones first, by rank.
fn dots<'a>(view: &'a TenderView, lot: &Lot) -> Vec<Dot<'a>> {
    let before = |bid: &BidView| {
        let rows = view.recomputations.iter().flat_map(|one| &one.before);
        let mut rows = rows.filter(|row| row.bid == bid.id);
        rows.next_back().map(|row| row.technical.clone())
    };
    let own = view.bids.iter().filter(|bid| bid.lot == lot.id);
    let mut dots: Vec<_> = own
        .filter_map(|bid| {
            Some(Dot {
                price: Exact::parse(&bid.price_yen)?,
                technical: bid.technical.clone().or_else(|| before(bid)),
                bid,
            })
        })
        .collect();
    dots.sort_by_key(|dot| (dot.bid.rank.is_none(), dot.bid.rank, dot.bid.id.clone()));
    dots
}

fn axes(pen: &mut Pen, x: &Scale, y: &Scale, lang: Lang) {
    for tick in x.ticks(6) {
        let at = x.place(&tick);
        pen.line("k-grid", (at, units(TOP)), (at, units(BOTTOM)));
        let label = words::grouped(&tick.to_string());
        pen.text("k-soft", (at, units(BOTTOM + 14)), Anchor::Middle, &label);
    }
    for tick in y.ticks(5) {
        let at = y.place(&tick);
        pen.line("k-grid", (units(LEFT), at), (units(RIGHT), at));
        let label = words::value(&tick);
        pen.text("k-soft", (units(LEFT - 6), at + 40), Anchor::End, &label);
    }
    pen.rect(
        "k-frame",
        (units(LEFT), units(TOP)),
        (units(RIGHT - LEFT), units(BOTTOM - TOP)),
    );
    let price = message(lang, "chart-price-axis");
    pen.text(
        "k-soft",
        (units(RIGHT), units(BOTTOM + 29)),
        Anchor::End,
        &price,
    );
    let technical = message(lang, "chart-technical-axis");
    pen.text(
        "k-soft",
        (units(24), units(TOP - 8)),
        Anchor::Start,
        &technical,
    );
}

/// Draws the lines of the totals of the first two bids, and tells what they are.
fn lines(
    pen: &mut Pen,
    tender: &Tender,
    view: &TenderView,
    lot: &Lot,
    dots: &[Dot<'_>],
    scales: (&Scale, &Scale),
    lang: Lang,
) -> Vec<(&'static str, String)> {
    let ranked: Vec<_> = dots.iter().filter(|dot| dot.bid.rank.is_some()).collect();
    let prices: Vec<_> = ranked.iter().map(|dot| dot.price.clone()).collect();
    let Some(surface) = Surface::new(tender, lot, &prices) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    let of_both = ranked.iter().zip([
        ("k-curve", "chart-line-first"),
        ("k-second", "chart-line-second"),
    ]);
    for (dot, (class, key)) in of_both {
        let total = dot
            .technical
            .as_ref()
            .and_then(|technical| surface.total(&dot.price, technical));
        let Some(total) = total else { continue };
        for part in line(&surface, &total, scales) {
            pen.polyline(class, &part);
        }
        let kind = message(lang, words::total_key(view.procedure.method));
        let arguments = [("total", kind), ("value", words::value(&total))];
        told.push((class, message_with(lang, key, &arguments)));
    }
    told
}

/// The parts inside the frame of the line on which the total stays the same.
fn line(surface: &Surface<'_>, total: &Exact, (x, y): (&Scale, &Scale)) -> Vec<Vec<(i64, i64)>> {
    let width = x.high.minus(&x.low);
    let samples: Vec<_> = (0..=PARTS)
        .filter_map(|part| {
            let price = x.low.plus(&width.times(&Exact::ratio(part, PARTS)?));
            let technical = surface.technical_for(total, &price);
            Some((price, technical))
        })
        .collect();
    let mut parts: Vec<Vec<(Exact, Exact)>> = Vec::new();
    let mut open = false;
    for pair in samples.windows(2) {
        let [(price, Some(technical)), (next_price, Some(next))] = pair else {
            open = false;
            continue;
        };
        let Some((from, to)) = cut((price, technical), (next_price, next), y) else {
            open = false;
            continue;
        };
        match parts
            .last_mut()
            .filter(|part| open && part.last() == Some(&from))
        {
            Some(part) => part.push(to),
            None => parts.push(vec![from, to]),
        }
        open = true;
    }
    let placed = |part: Vec<(Exact, Exact)>| {
        straightened(part)
            .iter()
            .map(|(price, technical)| (x.place(price), y.place(technical)))
            .collect()
    };
    parts.into_iter().map(placed).collect()
}

type Spot = (Exact, Exact);

/// The part of a stretch whose technical points lie on the scale.
fn cut(from: (&Exact, &Exact), to: (&Exact, &Exact), y: &Scale) -> Option<(Spot, Spot)> {
    let owned = |(price, technical): (&Exact, &Exact)| (price.clone(), technical.clone());
    let (mut from, mut to) = (owned(from), owned(to));
    for (edge, beyond) in [
        (
            &y.low,
            (|one, edge| one < edge) as fn(&Exact, &Exact) -> bool,
        ),
        (&y.high, |one, edge| one > edge),
    ] {
        match (beyond(&from.1, edge), beyond(&to.1, edge)) {
            (true, true) => return None,
            (true, false) => from = crossing(&from, &to, edge)?,
            (false, true) => to = crossing(&from, &to, edge)?,
            (false, false) => {}
        }
    }
    Some((from, to))
}

/// Where the stretch between two spots has `edge` technical points.
fn crossing(from: &Spot, to: &Spot, edge: &Exact) -> Option<Spot> {
    let share = edge.minus(&from.1).over(&to.1.minus(&from.1))?;
    let price = from.0.plus(&to.0.minus(&from.0).times(&share));
    Some((price, edge.clone()))
}

/// Leaves out spots that lie on the straight line between their neighbours.
fn straightened(part: Vec<Spot>) -> Vec<Spot> {
    let mut kept: Vec<Spot> = Vec::new();
    for spot in part {
        if let [.., first, second] = kept.as_slice() {
            let rise = |from: &Spot, to: &Spot| to.1.minus(&from.1).over(&to.0.minus(&from.0));
            let along = rise(first, second);
            if along.is_some() && along == rise(second, &spot) {
                kept.pop();
            }
        }
        kept.push(spot);
    }
    kept
}

/// The key to the signs of points and, below it, to the lines.
fn legend(pen: &mut Pen, keys: &[(&str, String)], lang: Lang) {
    let signs = [
        ("k-winner", message(lang, "chart-sign-winner")),
        ("k-point", message(lang, "chart-sign-valid")),
        ("k-hollow", message(lang, "chart-sign-excluded")),
    ];
    // Small print is a tenth smaller than a label.
    let small = |text: &str| width(text) * 9 / 100;
    let mut x = 24;
    for (class, text) in signs {
        sign(pen, class, (units(x + 6), units(38)));
        pen.text("k-soft", (units(x + 16), units(42)), Anchor::Start, &text);
        x += 16 + small(&text) + 8;
    }
    let mut below = 24;
    for (class, text) in keys {
        // The planned price goes beside the signs, where there is room.
        let beside = *class == "k-limit" && x + 28 + small(text) < RIGHT;
        let (at, y) = if beside { (x, 42) } else { (below, 61) };
        pen.line(
            class,
            (units(at), units(y - 4)),
            (units(at + 22), units(y - 4)),
        );
        pen.text("k-soft", (units(at + 28), units(y)), Anchor::Start, text);
        let width = 28 + small(text) + 10;
        if beside {
            x += width;
        } else {
            below += width;
        }
    }
}

fn sign(pen: &mut Pen, class: &str, at: (i64, i64)) {
    if class == "k-winner" {
        pen.diamond(class, at, RADIUS + 15);
    } else {
        pen.circle(
            class,
            at,
            if class == "k-point" {
                RADIUS - 20
            } else {
                RADIUS - 10
            },
        );
    }
}

/// Draws the points with their labels, and says when some have none.
fn points(
    pen: &mut Pen,
    view: &TenderView,
    dots: &[Dot<'_>],
    (x, y): (&Scale, &Scale),
    lang: Lang,
) -> Option<String> {
    let places: Vec<_> = dots
        .iter()
        .map(|dot| {
            let technical = dot.technical.as_ref().filter(|points| y.holds(points));
            (
                x.place(&dot.price),
                technical.map_or(y.from, |points| y.place(points)),
            )
        })
        .collect();
    let labelled = if dots.len() > ALL_LABELLED {
        BEST_LABELLED
    } else {
        dots.len()
    };
    let labels: Vec<_> = dots
        .iter()
        .take(labelled)
        .map(|dot| label(dot, lang))
        .collect();
    let wanted: Vec<_> = places
        .iter()
        .zip(&labels)
        .map(|(place, label)| (*place, width(label)))
        .collect();
    let frame = (units(LEFT), units(TOP), units(RIGHT), units(BOTTOM));
    let spots = place(frame, &wanted, RADIUS);
    for (spot, at) in spots.iter().zip(&places) {
        if let Some(one) = spot.filter(|one| one.led) {
            let end = (
                at.0.clamp(one.area.0, one.area.2),
                at.1.clamp(one.area.1, one.area.3),
            );
            pen.line("k-leader", *at, end);
        }
    }
    for (dot, at) in dots.iter().zip(&places) {
        let class = if view.winner.contains(&dot.bid.id) {
            "k-winner"
        } else if dot.bid.rank.is_some() {
            "k-point"
        } else {
            "k-hollow"
        };
        sign(pen, class, *at);
    }
    for (spot, label) in spots.iter().zip(&labels) {
        if let Some(one) = spot {
            let at = (one.area.0 + 20, one.area.1 + HEIGHT - 40);
            pen.text("k-halo", at, Anchor::Start, label);
        }
    }
    (labelled < dots.len()).then(|| {
        let arguments = [
            ("shown", labelled.to_string()),
            ("count", dots.len().to_string()),
        ];
        message_with(lang, "chart-labelled", &arguments)
    })
}

fn label(dot: &Dot<'_>, lang: Lang) -> String {
    let supplier = fitted(&printable(dot.bid.supplier.of(lang)), COLUMNS);
    match dot.bid.rank {
        Some(rank) => format!("{rank} {supplier}"),
        None => supplier,
    }
}

fn describe(dot: &Dot<'_>, lang: Lang) -> String {
    let supplier = printable(dot.bid.supplier.of(lang));
    let price = words::grouped(&dot.bid.price_yen);
    let technical = dot
        .technical
        .as_ref()
        .map_or_else(|| message(lang, "chart-no-technical"), words::value);
    let arguments = [
        ("supplier", supplier),
        ("price", price),
        ("technical", technical),
    ];
    let key = if dot.bid.rank.is_some() {
        "chart-plane-bid"
    } else {
        "chart-plane-excluded"
    };
    message_with(lang, key, &arguments)
}

/// What a reader must know of the lines.
fn note(tender: &Tender, view: &TenderView, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    let rounding = &tender.procedure.rounding;
    if view.procedure.method != "lowest-price"
        && (rounding.price.is_some() || rounding.total.is_some())
    {
        notes.push(message(lang, "chart-before-rounding"));
    }
    if !tender.depends_on_others().is_empty() {
        notes.push(message(lang, "chart-others-held"));
    }
    notes
}
