//! The lines around a cited place, for people who follow a citation; safe to show, whatever the evidence holds.

use std::cell::OnceCell;

use crate::diagnostic::Place;
use crate::text::{printable, shortened};
use crate::tree::parse_json;

/// Lines shown on either side of a cited line.
const AROUND: usize = 1;
/// Lines shown of a value in a JSON document.
const OF_VALUE: usize = 12;
/// Characters shown of one line.
const WIDTH: usize = 160;
/// Bytes of the largest document whose lines are shown: 16 MiB.
const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;

/// One line of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcerptLine {
    /// Its number from 1; absent for a value that was taken out of its lines.
    pub number: Option<usize>,
    /// The text, with control and direction-changing characters replaced, and cut to a width.
    pub text: String,
    /// Whether it is the cited line.
    pub cited: bool,
}

/// Reads excerpts of one piece of evidence.
#[derive(Debug)]
pub struct Excerpts<'a> {
    text: Option<&'a str>,
    lines: OnceCell<Vec<&'a str>>,
    json: OnceCell<Option<serde_json::Value>>,
}

impl<'a> Excerpts<'a> {
    /// Takes the bytes of a piece of evidence. What is no UTF-8 text has no excerpts.
    pub fn new(bytes: &'a [u8]) -> Self {
        let text = (bytes.len() <= MAXIMUM_BYTES)
            .then(|| std::str::from_utf8(bytes).ok())
            .flatten()
            .filter(|text| !text.contains('\0'));
        Self {
            text,
            lines: OnceCell::new(),
            json: OnceCell::new(),
        }
    }

    /// The lines around a place; none where the place names neither a line nor a value, or cannot be found.
    pub fn at(&self, place: &Place) -> Vec<ExcerptLine> {
        if place.sheet.is_some() {
            return Vec::new();
        }
        match (place.line, place.pointer.as_deref()) {
            (Some(line), _) => self.around(line, place.column),
            (None, Some(pointer)) if !pointer.is_empty() => self.value(pointer),
            _ => Vec::new(),
        }
    }

    fn around(&self, line: u32, column: Option<u32>) -> Vec<ExcerptLine> {
        let lines = self
            .lines
            .get_or_init(|| self.text.unwrap_or_default().lines().collect());
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        let first = line.saturating_sub(AROUND + 1);
        let shown = lines.iter().enumerate().skip(first);
        shown
            .take_while(|(index, _)| *index < line.saturating_add(AROUND))
            .map(|(index, text)| {
                let cited = index + 1 == line;
                let column = column.filter(|_| cited).unwrap_or(1);
                ExcerptLine {
                    number: Some(index + 1),
                    text: cut(text, usize::try_from(column).unwrap_or(1)),
                    cited,
                }
            })
            .collect()
    }

    fn value(&self, pointer: &str) -> Vec<ExcerptLine> {
        let document = self.json.get_or_init(|| {
            let text = self.text?.trim_start_matches('\u{feff}');
            // The strict reader bounds the depth.
            parse_json(text.as_bytes()).ok()?;
            serde_json::from_str(text).ok()
        });
        let value = document.as_ref().and_then(|one| one.pointer(pointer));
        let text = value.and_then(|value| serde_json::to_string_pretty(value).ok());
        let text = text.unwrap_or_default();
        let mut lines = text.lines();
        let mut shown: Vec<_> = lines
            .by_ref()
            .take(OF_VALUE)
            .map(|line| ExcerptLine {
                number: None,
                text: cut(line, 1),
                cited: true,
            })
            .collect();
        if lines.next().is_some() {
            shown.push(ExcerptLine {
                number: None,
                text: "…".to_owned(),
                cited: false,
            });
        }
        shown
    }
}

/// The part of a line around a column from 1, made printable.
fn cut(line: &str, column: usize) -> String {
    let before = column.saturating_sub(WIDTH / 2);
    let start = if before > WIDTH / 4 { before } else { 0 };
    // A line may be the whole of a large document; no more of it is looked at than is shown.
    let part: String = line.chars().skip(start).take(WIDTH + 1).collect();
    let part = shortened(&printable(&part), WIDTH);
    if start > 0 {
        format!("…{part}")
    } else {
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[ExcerptLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn the_lines_around_a_line_are_shown() {
        let text: String = (1..=9).map(|number| format!("line {number}\n")).collect();
        let excerpts = Excerpts::new(text.as_bytes());
        let lines = excerpts.at(&Place::line(5, 1));
        assert_eq!(texts(&lines), ["line 4", "line 5", "line 6"]);
        let cited: Vec<_> = lines.iter().filter(|line| line.cited).collect();
        assert_eq!(cited.len(), 1);
        assert_eq!(cited[0].number, Some(5));
        assert_eq!(excerpts.at(&Place::line(1, 1)).len(), 2);
        assert_eq!(
            texts(&excerpts.at(&Place::line(9, 1))),
            ["line 8", "line 9"]
        );
        // A line that is not there is not made up.
        assert!(excerpts.at(&Place::line(99, 1)).is_empty());
        assert!(excerpts.at(&Place::whole()).is_empty());
        assert!(excerpts.at(&Place::cell("Sheet", 1, 1)).is_empty());
    }

    #[test]
    fn the_value_at_a_pointer_is_shown() {
        let bytes = br#"{"a":[{"b":1}],"long":[1,2,3,4,5,6,7,8,9,10,11,12,13]}"#;
        let excerpts = Excerpts::new(bytes);
        let lines = excerpts.at(&Place::pointer("/a/0"));
        assert_eq!(texts(&lines), ["{", "  \"b\": 1", "}"]);
        let lines = excerpts.at(&Place::pointer("/long"));
        assert_eq!(lines.len(), OF_VALUE + 1);
        assert_eq!(lines.last().unwrap().text, "…");
        assert!(excerpts.at(&Place::pointer("/nothing")).is_empty());
        assert!(Excerpts::new(b"{").at(&Place::pointer("/a")).is_empty());
    }

    #[test]
    fn hostile_bytes_give_short_and_printable_lines_or_none() {
        let long = format!(
            "a\u{202e}\u{1b}[2J{}MARK{}",
            "x".repeat(5000),
            "y".repeat(5000)
        );
        let excerpts = Excerpts::new(long.as_bytes());
        let lines = excerpts.at(&Place::line(1, 5005));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].text.contains("MARK"));
        assert!(lines[0].text.chars().count() <= WIDTH + 1);
        let lines = excerpts.at(&Place::line(1, 1));
        assert!(lines[0].text.starts_with("a\u{fffd}\u{fffd}[2J"));
        for bytes in [&b"\xff\xfe"[..], b"a\0b", b""] {
            assert!(Excerpts::new(bytes).at(&Place::line(1, 1)).is_empty());
        }
    }
}
