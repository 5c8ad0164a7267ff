//! The tornado: for each number, by how much it would have to fall or rise for another bidder to win.

use super::pen::{Anchor, Pen, units};
use super::scale::Scale;
use super::{Picture, WIDTH};
use crate::document::words;
use crate::exact::Exact;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// The smallest changes of one number that make another bidder win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swing {
    /// What is changed.
    pub label: String,
    /// By how much it must fall, as a size; none when no fall makes another win.
    pub down: Option<Exact>,
    /// By how much it must rise; none when no rise makes another win.
    pub up: Option<Exact>,
}

impl Swing {
    fn least(&self) -> Option<&Exact> {
        match (&self.down, &self.up) {
            (Some(down), Some(up)) => Some(down.min(up)),
            (one, other) => one.as_ref().or(other.as_ref()),
        }
    }
}

/// The most numbers that are drawn.
const DRAWN: usize = 20;
const TOP: i64 = 66;
const ROW: i64 = 40;
/// Room for the numbers at both ends.
const MARGIN: i64 = 96;

/// Draws the smallest changes, the smallest first; `unit` names what the changes are counted in. What no change turns
/// comes last and says so.
pub fn tornado(swings: &[Swing], unit: &str, lang: Lang) -> Picture {
    let mut sorted: Vec<_> = swings.iter().collect();
    sorted.sort_by(|left, right| match (left.least(), right.least()) {
        (Some(one), Some(other)) => one.cmp(other),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => std::cmp::Ordering::Equal,
    });
    let left_out = sorted.len().saturating_sub(DRAWN);
    sorted.truncate(DRAWN);
    let ends = sorted
        .iter()
        .flat_map(|swing| swing.down.iter().chain(&swing.up));
    let most = ends.max().cloned().unwrap_or_else(Exact::one);
    let scale = Scale::around(
        &most.negated(),
        &most,
        6,
        units(MARGIN),
        units(WIDTH - MARGIN),
    );
    let mut pen = Pen::default();
    let title = message(lang, "chart-tornado");
    pen.text("k-title", (units(24), units(22)), Anchor::Start, &title);
    pen.rect("k-possible", (units(24), units(34)), (units(24), units(10)));
    let down = message(lang, "chart-down");
    pen.text("k-soft", (units(54), units(43)), Anchor::Start, &down);
    let next = 54 + super::labels::width(&down) / 10 + 14;
    pen.rect("k-solid", (units(next), units(34)), (units(24), units(10)));
    let up = message(lang, "chart-up");
    pen.text("k-soft", (units(next + 30), units(43)), Anchor::Start, &up);
    pen.text("k-soft", (units(WIDTH - 24), units(43)), Anchor::End, unit);
    let count = i64::try_from(sorted.len()).unwrap_or(0);
    let bottom = TOP + count * ROW;
    for tick in scale.ticks(6) {
        let x = scale.place(&tick);
        pen.line("k-grid", (x, units(TOP - 6)), (x, units(bottom)));
        let label = words::value(&tick.abs());
        pen.text("k-soft", (x, units(bottom + 14)), Anchor::Middle, &label);
    }
    let middle = scale.place(&Exact::zero());
    pen.line("k-frame", (middle, units(TOP - 6)), (middle, units(bottom)));
    let mut told = Vec::new();
    for (row, swing) in (0..).zip(&sorted) {
        told.push(swing_row(&mut pen, swing, &scale, TOP + row * ROW, lang));
    }
    let mut height = bottom + 22;
    if left_out > 0 {
        height += 18;
        let arguments = [
            ("shown", DRAWN.to_string()),
            ("count", left_out.to_string()),
        ];
        let more = message_with(lang, "chart-more", &arguments);
        pen.text(
            "k-soft",
            (units(24), units(height - 8)),
            Anchor::Start,
            &more,
        );
        told.push(more);
    }
    let described = message_with(
        lang,
        "chart-tornado-description",
        &[("unit", unit), ("changes", &told.join(" "))],
    );
    pen.finish(lang, title, described, height)
}

fn swing_row(pen: &mut Pen, swing: &Swing, scale: &Scale, y: i64, lang: Lang) -> String {
    let label = shortened(&printable(&swing.label), 60);
    pen.text(
        "k-halo",
        (units(WIDTH / 2), units(y + 9)),
        Anchor::Middle,
        &label,
    );
    let middle = scale.place(&Exact::zero());
    let (top, height) = (units(y + 14), units(14));
    let none = message(lang, "chart-no-change");
    let text = |change: Option<&Exact>| change.map_or_else(|| none.clone(), words::value);
    if let Some(down) = &swing.down {
        let left = scale.place(&down.negated()).min(middle - 10);
        pen.rect("k-possible", (left, top), (middle - left, height));
        let label = format!("−{}", words::value(down));
        pen.text("", (left - units(5), top + 105), Anchor::End, &label);
    } else {
        pen.text("k-soft", (middle - units(6), top + 105), Anchor::End, &none);
    }
    if let Some(up) = &swing.up {
        let right = scale.place(up).max(middle + 10);
        pen.rect("k-solid", (middle, top), (right - middle, height));
        let label = format!("+{}", words::value(up));
        pen.text("", (right + units(5), top + 105), Anchor::Start, &label);
    } else {
        pen.text(
            "k-soft",
            (middle + units(6), top + 105),
            Anchor::Start,
            &none,
        );
    }
    message_with(
        lang,
        "chart-tornado-row",
        &[
            ("label", label.as_str()),
            ("down", &text(swing.down.as_ref())),
            ("up", &text(swing.up.as_ref())),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Option<Exact> {
        Exact::parse(text)
    }

    #[test]
    fn the_smallest_change_comes_first_and_none_comes_last() {
        let swing = |label: &str, down, up| Swing {
            label: label.to_owned(),
            down,
            up,
        };
        let swings = [
            swing("none", None, None),
            swing("wide", exact("8"), exact("5")),
            swing("narrow", exact("20"), exact("1/3")),
        ];
        let picture = tornado(&swings, "points", Lang::En).file();
        let at = |text: &str| picture.find(&format!(">{text}<")).unwrap();
        assert!(at("narrow") < at("wide") && at("wide") < at("none"));
        assert!(picture.contains(">+0.3333…<") && picture.contains(">−20<"));
        assert_eq!(picture, tornado(&swings, "points", Lang::En).file());
    }
}
