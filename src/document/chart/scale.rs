//! From numbers to places in a picture, and the marks of an axis.

use crate::exact::{Exact, RoundingMode};

/// A stretch of numbers on a stretch of the picture, in tenths of a unit. The picture's stretch may run backwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    /// The number at the beginning.
    pub low: Exact,
    /// The number at the end; above `low`.
    pub high: Exact,
    /// Where the beginning lies.
    pub from: i64,
    /// Where the end lies.
    pub to: i64,
}

impl Scale {
    /// A scale whose ends are whole steps below and above what it must show.
    pub(super) fn around(low: &Exact, high: &Exact, steps: i64, from: i64, to: i64) -> Self {
        let width = high.minus(low);
        let width = if width.is_zero() { Exact::one() } else { width };
        let step = step(&width, steps);
        let down = |number: &Exact| whole_steps(number, &step, false);
        let up = |number: &Exact| whole_steps(number, &step, true);
        let (low, high) = (down(low), up(high));
        let high = if high > low { high } else { low.plus(&step) };
        Self {
            low,
            high,
            from,
            to,
        }
    }

    /// Where a number lies, to the nearest tenth.
    pub(super) fn place(&self, number: &Exact) -> i64 {
        let share = number
            .minus(&self.low)
            .over(&self.high.minus(&self.low))
            .unwrap_or_else(Exact::zero);
        let along = share.times(&Exact::from_integer(self.to - self.from));
        self.from + along.round(RoundingMode::HalfUp, 0).to_i64().unwrap_or(0)
    }

    /// Whether a number lies on the scale.
    pub(super) fn holds(&self, number: &Exact) -> bool {
        *number >= self.low && *number <= self.high
    }

    /// The marks of the axis, about `steps` of them.
    pub(super) fn ticks(&self, steps: i64) -> Vec<Exact> {
        let step = step(&self.high.minus(&self.low), steps);
        let mut tick = whole_steps(&self.low, &step, true);
        let mut ticks = Vec::new();
        while tick <= self.high {
            ticks.push(tick.clone());
            tick = tick.plus(&step);
        }
        ticks
    }
}

/// The smallest of 1, 2 and 5 times a power of ten of which at most `steps` fit into a width.
fn step(width: &Exact, steps: i64) -> Exact {
    let fits = |step: &Exact| step.times(&Exact::from_integer(steps)) >= *width;
    let ten = Exact::from_integer(10);
    let mut power = Exact::one();
    while !fits(&power) {
        power = power.times(&ten);
    }
    // A width above zero is reached in the end; the limit holds for one of zero.
    for _ in 0..40 {
        match power.over(&ten) {
            Some(smaller) if fits(&smaller) => power = smaller,
            _ => break,
        }
    }
    // Now the power fits and its tenth does not.
    for (part, of) in [(1, 5), (1, 2)] {
        let smaller = Exact::ratio(part, of).map(|share| power.times(&share));
        if let Some(smaller) = smaller.filter(fits) {
            return smaller;
        }
    }
    power
}

fn whole_steps(number: &Exact, step: &Exact, up: bool) -> Exact {
    let count = number.over(step).unwrap_or_else(Exact::zero);
    // Rounding towards zero and away from it turn round below zero.
    let mode = if up == count.is_negative() {
        RoundingMode::Down
    } else {
        RoundingMode::Up
    };
    count.round(mode, 0).times(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn steps_are_round_numbers() {
        for (width, steps, expected) in [
            ("100", 5, "20"),
            ("7", 5, "2"),
            ("0.03", 4, "0.01"),
            ("42000000", 5, "10000000"),
            ("11", 10, "2"),
            ("10", 10, "1"),
        ] {
            assert_eq!(step(&exact(width), steps), exact(expected), "{width}");
        }
    }

    #[test]
    fn a_scale_begins_and_ends_on_steps() {
        let scale = Scale::around(&exact("58"), &exact("100"), 5, 0, 1000);
        assert_eq!(
            (scale.low.clone(), scale.high.clone()),
            (exact("50"), exact("100"))
        );
        assert_eq!(scale.place(&exact("75")), 500);
        let labels: Vec<_> = scale.ticks(5).iter().map(ToString::to_string).collect();
        assert_eq!(labels, ["50", "60", "70", "80", "90", "100"]);
        // The picture's stretch may run backwards, and numbers below zero have steps too.
        let scale = Scale::around(&exact("-3.5"), &exact("3.5"), 4, 1000, 0);
        assert_eq!(
            (scale.low.clone(), scale.high.clone()),
            (exact("-4"), exact("4"))
        );
        assert_eq!(scale.place(&exact("2")), 250);
        // One number alone has a scale.
        let scale = Scale::around(&exact("5"), &exact("5"), 4, 0, 10);
        assert!(scale.low < scale.high && scale.holds(&exact("5")));
    }
}
