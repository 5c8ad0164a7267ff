//! The measures of the pictures, in whole units of a drawing 720 units wide.
//!
//! A bar shows three things: points proven (solid), points still possible (hatched), and points lost or out of
//! reach (empty up to the outline). They differ by pattern, so that no colour is needed to tell them apart.

use crate::exact::Exact;
use crate::tender::report::ScoreView;

/// One bar: where it begins and how wide its parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bar {
    /// Left edge.
    pub x: i64,
    /// Width of the points proven.
    pub proven: i64,
    /// Left edge of the points still possible.
    pub from: i64,
    /// Their width.
    pub possible: i64,
    /// Width of all points.
    pub all: i64,
}

impl Bar {
    /// Draws a score to the scale at which `most` points are `width` units. What is there at all is never thinner
    /// than two units.
    pub(super) fn new(score: &ScoreView, most: &Exact, x: i64, width: i64) -> Self {
        let at = |points: &Exact| {
            points
                .times(&Exact::from_integer(width))
                .over(most)
                .and_then(|units| units.to_i64())
                .unwrap_or(0)
        };
        let (low, high) = (at(&score.low), at(&score.high));
        let visible = |width: i64, points: bool| if points { width.max(2) } else { 0 };
        Self {
            x,
            proven: visible(low, !score.low.is_zero()),
            from: x + low,
            possible: visible(high - low, score.high > score.low),
            all: at(&score.of),
        }
    }
}

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tick {
    /// Where it stands.
    pub x: i64,
    /// What is written at it.
    pub label: String,
}

/// The marks of an axis from nothing to `most`: quarters, each with its exact points.
pub(super) fn ticks(most: &Exact, x: i64, width: i64) -> Vec<Tick> {
    let quarter = |part: i64| {
        most.times(&Exact::from_integer(part))
            .over(&Exact::from_integer(4))
    };
    (0..=4)
        .filter_map(|part| {
            Some(Tick {
                x: x + width * part / 4,
                label: crate::document::words::shown(&quarter(part)?),
            })
        })
        .collect()
}

/// Cuts a label to `columns` columns, counting everything but ASCII as two.
pub(super) fn fitted(label: &str, columns: usize) -> String {
    let width = |character: char| if character.is_ascii() { 1 } else { 2 };
    if label.chars().map(width).sum::<usize>() <= columns {
        return label.to_owned();
    }
    let mut left = columns.saturating_sub(2);
    let kept = label.chars().take_while(|character| {
        let fits = width(*character) <= left;
        left = left.saturating_sub(width(*character));
        fits
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(low: &str, high: &str, of: &str) -> ScoreView {
        let exact = |text| Exact::parse(text).unwrap();
        ScoreView {
            low: exact(low),
            high: exact(high),
            of: exact(of),
        }
    }

    #[test]
    fn a_bar_is_drawn_to_scale() {
        let most = Exact::from_integer(10);
        let bar = Bar::new(&score("2.5", "5", "10"), &most, 20, 400);
        let expected = Bar {
            x: 20,
            proven: 100,
            from: 120,
            possible: 100,
            all: 400,
        };
        assert_eq!(bar, expected);
        // A little is visible, nothing is not.
        let bar = Bar::new(&score("0", "0.01", "5"), &most, 0, 400);
        assert_eq!((bar.proven, bar.possible, bar.all), (0, 2, 200));
        let bar = Bar::new(&score("5", "5", "5"), &most, 0, 400);
        assert_eq!((bar.proven, bar.possible, bar.all), (200, 0, 200));
        // A catalog without points divides by nothing.
        assert_eq!(
            Bar::new(&score("0", "0", "0"), &Exact::zero(), 0, 400),
            Bar::default()
        );
    }

    #[test]
    fn a_label_is_cut_by_width() {
        assert_eq!(fitted("abcdef", 6), "abcdef");
        assert_eq!(fitted("abcdefg", 6), "abcd…");
        assert_eq!(fitted("委託先の管理", 8), "委託先…");
    }

    #[test]
    fn an_axis_has_exact_marks() {
        let labels: Vec<_> = ticks(&Exact::from_integer(50), 0, 400)
            .into_iter()
            .map(|tick| (tick.x, tick.label))
            .collect();
        let expected = [
            (0, "0"),
            (100, "12.5"),
            (200, "25"),
            (300, "37.5"),
            (400, "50"),
        ];
        assert_eq!(labels, expected.map(|(x, label)| (x, label.to_owned())));
    }
}
