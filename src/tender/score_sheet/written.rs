//! Writes what was read as the tables of a tender file.

use std::fmt::Write as _;

use super::read::ScoreSheet;
use crate::tender::consolidation::view::MarkWord;
use crate::tender::technical::Technical;
use crate::text::printable;

/// Writes `[[evaluator]]`, where the tender names none yet, and `[[sheet]]`, as the reader of the tender file takes them.
pub fn written(technical: &Technical, sheet: &ScoreSheet) -> String {
    let mut out = String::new();
    _ = writeln!(
        out,
        "# Score sheet of {} for {}, rules sha256:{}",
        sheet.evaluator,
        technical.id,
        technical.procedure.digest.hex()
    );
    if let Some(declaration) = &sheet.declaration {
        _ = writeln!(
            out,
            "# Conflicts of interest declared on {} by {}",
            declaration.on,
            printable(&declaration.by)
        );
    }
    let is_known = technical
        .evaluators
        .iter()
        .any(|one| one.id == sheet.evaluator);
    if !is_known {
        _ = writeln!(out, "[[evaluator]]\nid = {}", quoted(&sheet.evaluator));
        if let Some(declaration) = &sheet.declaration {
            let name = quoted(&declaration.by);
            _ = writeln!(out, "name = {{ ja = {name}, en = {name} }}");
        }
        if !sheet.conflicts.is_empty() {
            let bids: Vec<_> = sheet
                .conflicts
                .iter()
                .map(|bid| quoted(bid.as_str()))
                .collect();
            _ = writeln!(out, "conflicts = [{}]", bids.join(", "));
        }
    }
    for bid in &sheet.bids {
        _ = writeln!(
            out,
            "\n[[sheet]]\nevaluator = {}\nbid = {}\n\n[sheet.marks]",
            quoted(&sheet.evaluator),
            quoted(bid.bid.as_str())
        );
        for (item, mark) in technical.items.iter().zip(&bid.marks) {
            let Some(mark) = mark else { continue };
            let mark = match MarkWord::of(&technical.procedure, item, mark) {
                MarkWord::Met(met) => met.to_string(),
                MarkWord::Word(word) => quoted(&word),
            };
            _ = writeln!(out, "{} = {mark}", quoted(&item.id));
        }
        if !bid.comments.is_empty() {
            _ = writeln!(out, "\n[sheet.comments]");
            let items = technical.items.iter();
            for (item, comment) in
                items.filter_map(|item| Some((item, bid.comments.get(&item.id)?)))
            {
                _ = writeln!(out, "{} = {}", quoted(&item.id), quoted(comment));
            }
        }
    }
    out
}

/// A basic string of TOML 1.0: quotes, backslashes and control characters are escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() => _ = write!(out, "\\u{:04X}", u32::from(other)),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
