//! The lines of a tag-value document: `Tag: value`, where a value in `<text>` may run over lines.
//!
//! Source: SPDX 2.3, 4.4 and annex "tag:value" conventions: `#` begins a comment line.

/// The marks around a text of several lines.
const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

/// A line that is no comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A tag with its value.
    Entry {
        /// The tag.
        tag: &'a str,
        /// The value, without `<text>` and white space around it.
        value: &'a str,
        /// Whether a text was opened and never closed; the value is the rest of the line.
        is_open: bool,
    },
    /// Anything else.
    Other(&'a str),
}

/// Goes over the lines of a document.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    source: &'a str,
    at: usize,
    /// Whether there is no further `</text>`.
    is_closed: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            at: 0,
            is_closed: false,
        }
    }

    /// The value in `<text>` at the beginning of `rest`, with the offset behind it.
    fn text(&mut self, rest: &'a str, start: usize) -> Option<(&'a str, usize)> {
        if self.is_closed {
            return None;
        }
        let body = rest.strip_prefix(OPEN)?;
        let Some(length) = body.find(CLOSE) else {
            self.is_closed = true;
            return None;
        };
        let end = start + OPEN.len() + length + CLOSE.len();
        Some((body.get(..length).unwrap_or_default(), end))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, Line<'a>);

    fn next(&mut self) -> Option<(usize, Line<'a>)> {
        loop {
            let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
            let line = rest.split('\n').next().unwrap_or(rest);
            let start = self.at;
            self.at += line.len() + 1;
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let offset = start + (line.len() - line.trim_start().len());
            let Some((tag, value)) = content
                .split_once(':')
                .filter(|(tag, _)| is_tag(tag.trim_end()))
            else {
                return Some((offset, Line::Other(content)));
            };
            let tag = tag.trim_end();
            let value = value.trim_start();
            if !value.starts_with(OPEN) {
                let is_open = false;
                return Some((
                    offset,
                    Line::Entry {
                        tag,
                        value,
                        is_open,
                    },
                ));
            }
            let begin = (value.as_ptr() as usize) - (self.source.as_ptr() as usize);
            let behind = self.source.get(begin..).unwrap_or_default();
            let Some((text, end)) = self.text(behind, begin) else {
                let value = value.get(OPEN.len()..).unwrap_or_default();
                let is_open = true;
                return Some((
                    offset,
                    Line::Entry {
                        tag,
                        value,
                        is_open,
                    },
                ));
            };
            // What stands behind the closing mark on its line is passed over.
            let behind = self.source.get(end..).unwrap_or_default();
            self.at = end + behind.find('\n').map_or(behind.len(), |at| at + 1);
            let is_open = false;
            return Some((
                offset,
                Line::Entry {
                    tag,
                    value: text,
                    is_open,
                },
            ));
        }
    }
}

fn is_tag(tag: &str) -> bool {
    tag.starts_with(|one: char| one.is_ascii_alphabetic())
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_run_over_lines() {
        let source = "\n# remark\r\nA: b: c \r\n  B:<text>x\n# y\nC: z</text> rest\nno tag\nD: <text>q\nE:\n";
        let entry = |tag, value, is_open| Line::Entry {
            tag,
            value,
            is_open,
        };
        let lines: Vec<_> = Lines::new(source).collect();
        assert_eq!(
            lines,
            [
                (11, entry("A", "b: c", false)),
                (23, entry("B", "x\n# y\nC: z", false)),
                (54, Line::Other("no tag")),
                (61, entry("D", "q", true)),
                (72, entry("E", "", false)),
            ]
        );
    }
}
