//! Lines of a known width on a terminal, with colours that hold no meaning of their own.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::acceptance::Verdict;

/// The style of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Fail => AnsiColor::Red.on_default(),
        Verdict::Unverifiable => AnsiColor::Yellow.on_default(),
        Verdict::NotApplicable => Style::new().dimmed(),
    }
}

/// A text in a style.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The columns that a text takes; characters of East Asia take two (UAX #11).
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// A text within `limit` columns, its end cut off where it is longer.
pub(super) fn fitting(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut left = limit.saturating_sub(1);
    let kept = text.chars().take_while(|one| {
        let next = left.checked_sub(one.width().unwrap_or(0));
        left = next.unwrap_or(0);
        next.is_some()
    });
    kept.chain(['…']).collect()
}

/// A text within `limit` columns, its beginning cut off where it is longer: of a path the end tells more.
pub(super) fn fitting_end(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let turned: String = text.chars().rev().collect();
    fitting(&turned, limit).chars().rev().collect()
}

/// A text filled up with spaces to `limit` columns.
pub(super) fn padded(text: &str, limit: usize) -> String {
    let missing = limit.saturating_sub(columns(text));
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_columns_and_not_at_characters() {
        assert_eq!(fitting("納入物検査", 10), "納入物検査");
        assert_eq!(fitting("納入物検査", 9), "納入物検…");
        assert_eq!(fitting("納入物検査", 8), "納入物…");
        assert_eq!(fitting_end("a/long/path.json", 10), "…path.json");
        assert_eq!(columns(&padded("検査", 8)), 8);
    }
}
