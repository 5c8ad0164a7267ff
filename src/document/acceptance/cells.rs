//! Lines of a known width on a terminal, with colours that hold no meaning of their own.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::acceptance::Verdict;

/// The most bytes of a word that moves to the next line as a whole.
const WORD: usize = 24;

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

/// A text in lines of `limit` columns, `lines` of them at most; the last one is cut off where there is more.
pub(super) fn wrapped(text: &str, limit: usize, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if out.len() + 1 >= lines || columns(rest) <= limit {
            out.push(fitting(rest, limit));
            break;
        }
        let mut used = 0;
        let fits = rest.char_indices().take_while(|(_, one)| {
            used += one.width().unwrap_or(0);
            used <= limit
        });
        let end = fits
            .last()
            .map_or(rest.len(), |(at, one)| at + one.len_utf8());
        let head = rest.get(..end).unwrap_or(rest);
        // Words stay whole where there are words; Japanese breaks anywhere.
        let is_inside = |at: &usize| {
            let is_broken = rest.get(end..).is_some_and(|next| !next.starts_with(' '));
            is_broken && end - *at <= WORD
        };
        let end = head.rfind(' ').filter(is_inside).unwrap_or(end);
        let (line, next) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push(line.trim_end().to_owned());
        rest = next.trim_start();
    }
    out
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

    #[test]
    fn words_stay_whole_and_the_last_line_is_cut() {
        assert_eq!(wrapped("one two three", 8, 3), ["one two", "three"]);
        assert_eq!(wrapped("one two three four", 8, 2), ["one two", "three f…"]);
        assert_eq!(wrapped("納入物の検査", 6, 2), ["納入物", "の検査"]);
        assert_eq!(wrapped("abcdefghij", 4, 3), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("", 4, 3), [] as [String; 0]);
    }
}
