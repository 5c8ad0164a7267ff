//! The impact of an edition on running cases, as text.

use std::fmt::Write as _;

use super::difference::editions;
use crate::criteria::diff::Edition;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// What the page shows of one case.
pub struct CaseLines {
    /// The heading: folder and tender.
    pub heading: String,
    /// How far it is reached, as the key of a message.
    pub reach: &'static str,
    /// What comes out otherwise, a line each.
    pub lines: Vec<String>,
}

/// Renders the head of an impact report and its cases.
pub fn text(old: &Edition, new: &Edition, cases: &[CaseLines], lang: Lang) -> String {
    let mut out = editions(old, new, lang);
    for case in cases {
        let color = match case.reach {
            "reach-changed" => "\u{1b}[31m",
            "reach-touched" | "reach-unjudged" => "\u{1b}[33m",
            _ => "\u{1b}[32m",
        };
        let reach = message(lang, case.reach);
        let heading = printable(&case.heading);
        _ = writeln!(out, "{heading}: {color}{reach}\u{1b}[0m");
        for line in &case.lines {
            _ = writeln!(out, "  {}", printable(line));
        }
    }
    let count = |reach: &str| {
        let cases = cases.iter().filter(|case| case.reach == reach);
        cases.count().to_string()
    };
    let closing = message_with(
        lang,
        "impact-closing",
        &[
            ("changed", &count("reach-changed")),
            ("touched", &count("reach-touched")),
            ("untouched", &count("reach-untouched")),
            ("unjudged", &count("reach-unjudged")),
        ],
    );
    _ = writeln!(out, "{closing}");
    _ = writeln!(out, "{}", message(lang, "impact-records-stay"));
    out
}
