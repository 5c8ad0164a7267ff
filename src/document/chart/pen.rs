//! Writes the parts of a picture. Every length is in tenths of a unit.

use std::fmt::Write as _;

use super::Picture;
use crate::text::{Lang, printable};

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Collects the parts of a picture.
#[derive(Debug, Default)]
pub(super) struct Pen {
    body: String,
}

/// Units as tenths.
pub(super) const fn units(units: i64) -> i64 {
    units * 10
}

/// Tenths of a unit as SVG writes them.
fn at(tenths: i64) -> String {
    let (sign, size) = if tenths < 0 {
        ("-", -tenths)
    } else {
        ("", tenths)
    };
    if size % 10 == 0 {
        format!("{sign}{}", size / 10)
    } else {
        format!("{sign}{}.{}", size / 10, size % 10)
    }
}

/// A text that is nothing but text: no markup, no control or direction-changing characters.
pub(super) fn escaped(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

impl Pen {
    /// A rectangle from its upper left corner.
    pub(super) fn rect(&mut self, class: &str, (x, y): (i64, i64), (width, height): (i64, i64)) {
        _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            at(x),
            at(y),
            at(width),
            at(height)
        );
    }

    /// A line.
    pub(super) fn line(&mut self, class: &str, (x1, y1): (i64, i64), (x2, y2): (i64, i64)) {
        _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            at(x1),
            at(y1),
            at(x2),
            at(y2)
        );
    }

    /// A line through several points.
    pub(super) fn polyline(&mut self, class: &str, points: &[(i64, i64)]) {
        let points: Vec<_> = points
            .iter()
            .map(|(x, y)| format!("{},{}", at(*x), at(*y)))
            .collect();
        _ = write!(
            self.body,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            points.join(" ")
        );
    }

    /// A circle.
    pub(super) fn circle(&mut self, class: &str, (x, y): (i64, i64), radius: i64) {
        _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            at(x),
            at(y),
            at(radius)
        );
    }

    /// A square that stands on a corner.
    pub(super) fn diamond(&mut self, class: &str, (x, y): (i64, i64), radius: i64) {
        let corners = [
            (x, y - radius),
            (x + radius, y),
            (x, y + radius),
            (x - radius, y),
        ];
        let corners = corners.map(|(x, y)| format!("{},{}", at(x), at(y)));
        _ = write!(
            self.body,
            "<polygon class=\"{class}\" points=\"{}\"/>",
            corners.join(" ")
        );
    }

    /// A text at its base line.
    pub(super) fn text(&mut self, class: &str, (x, y): (i64, i64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let class = if class.is_empty() {
            String::new()
        } else {
            format!(" class=\"{class}\"")
        };
        _ = write!(
            self.body,
            "<text{class} x=\"{}\" y=\"{}\"{anchor}>{}</text>",
            at(x),
            at(y),
            escaped(text)
        );
    }

    /// The picture, `height` units high.
    pub(super) fn finish(
        self,
        lang: Lang,
        title: String,
        description: String,
        height: i64,
    ) -> Picture {
        Picture {
            title,
            description,
            lang,
            height,
            body: self.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_tenths() {
        for (tenths, expected) in [
            (0, "0"),
            (10, "1"),
            (125, "12.5"),
            (-5, "-0.5"),
            (-30, "-3"),
        ] {
            assert_eq!(at(tenths), expected);
        }
    }

    #[test]
    fn a_text_is_only_text() {
        let mut pen = Pen::default();
        pen.text("", (0, 0), Anchor::Start, "</text><script>\u{202e}\"&");
        assert_eq!(
            pen.body,
            "<text x=\"0\" y=\"0\">&lt;/text&gt;&lt;script&gt;\u{fffd}&quot;&amp;</text>"
        );
    }
}
