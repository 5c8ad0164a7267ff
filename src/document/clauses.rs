//! Drafted clauses as Markdown. The same inputs give the same bytes; no date of rendering stands in it.

use std::fmt::Write as _;

use crate::clause::draft::{ClauseGap, DraftedClause};
use crate::tender::Tender;
use crate::text::Lang;
use crate::text::messages::message;

/// Renders drafted clauses in one or both languages.
pub fn markdown(tender: &Tender, clauses: &[DraftedClause], langs: &[Lang]) -> String {
    let mut out = String::new();
    let both = |key: &str| {
        langs
            .iter()
            .map(|lang| message(*lang, key))
            .collect::<Vec<_>>()
            .join(" / ")
    };
    let titles: Vec<_> = langs
        .iter()
        .map(|lang| escaped(tender.title.of(*lang)))
        .collect();
    _ = writeln!(out, "# {}\n", both("clauses-title"));
    _ = writeln!(out, "{} ({})\n", titles.join(" / "), tender.id);
    for lang in langs {
        _ = writeln!(out, "> {}\n", message(*lang, "clauses-note"));
    }
    for clause in clauses {
        let titles: Vec<_> = langs
            .iter()
            .map(|lang| escaped(clause.title.of(*lang)))
            .collect();
        _ = writeln!(out, "## {} {}\n", clause.id, titles.join(" / "));
        for lang in langs {
            _ = writeln!(out, "{}\n", escaped(clause.text.of(*lang)));
        }
        if !clause.parameters.is_empty() {
            let shown = |name: &String, value: &crate::text::Text| {
                let values: Vec<_> = langs.iter().map(|lang| escaped(value.of(*lang))).collect();
                let same = values.iter().all(|value| Some(value) == values.first());
                format!(
                    "`{name}` = {}",
                    if same {
                        values.first().cloned().unwrap_or_default()
                    } else {
                        values.join(" / ")
                    }
                )
            };
            let parameters: Vec<_> = clause
                .parameters
                .iter()
                .map(|(name, value)| shown(name, value))
                .collect();
            _ = writeln!(
                out,
                "{}: {}\n",
                both("clause-parameters"),
                parameters.join("; ")
            );
        }
        _ = writeln!(out, "{}:\n", both("clause-serves"));
        for (criterion, title) in &clause.serves {
            let titles: Vec<_> = langs.iter().map(|lang| escaped(title.of(*lang))).collect();
            _ = writeln!(out, "- `{criterion}` {}", titles.join(" / "));
        }
        out.push('\n');
    }
    out
}

/// Writes a gap as one sentence.
pub fn gap(gap: &ClauseGap) -> String {
    match gap {
        ClauseGap::NoClause { criterion } => format!(
            "the criterion `{criterion}` stands under A19-2 and has no clause; help: name a clause in its file"
        ),
        ClauseGap::UnknownClause { criterion, clause } => format!(
            "the criterion `{criterion}` names the clause `{clause}`, which the library lacks"
        ),
        ClauseGap::Unset {
            clause,
            parameter,
            description,
        } => {
            format!(
                "{clause}: the parameter `{parameter}` is not set ({}); help: add it under [clause.\"{clause}\"] in tender.toml",
                description.en
            )
        }
        ClauseGap::Unfit {
            clause,
            parameter,
            expected,
        } => format!("{clause}: the parameter `{parameter}` must be {expected}"),
        ClauseGap::UnknownParameter { clause, parameter } => {
            format!("{clause}: there is no parameter `{parameter}`")
        }
    }
}

/// Escapes what Markdown or HTML would act upon.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in crate::text::printable(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_act_as_markup() {
        assert_eq!(
            escaped("a<b> *c* [x](y)\u{1b}"),
            "a&lt;b> \\*c\\* \\[x\\](y)\u{fffd}"
        );
    }
}
