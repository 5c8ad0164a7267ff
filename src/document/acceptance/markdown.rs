//! The verdict as Markdown for the summary of a job: GitHub Flavored Markdown 0.29, with HTML for what folds.
//!
//! Every text of a document is made inert: no sign of it formats, opens a tag, ends a cell, links or calls anybody.

use std::fmt::Write as _;

use super::wording::{
    Counts, counting, delivered, effect, evidence, findings, group, more, place, settled,
    settled_sign, shown, sign, standing, subject, verdict,
};
use crate::acceptance::Verdict;
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Effect, Finding, Standing};
use crate::acceptance::report::{Ending, Report};
use crate::text::Lang;
use crate::text::messages::message;

/// The most findings that are told of one kind.
pub const LISTED: usize = 50;
/// The most requirements and exceptions that are told: a summary of a job is refused above one mebibyte (GitHub Docs,
/// "Workflow commands", "Job summaries").
const REQUIREMENTS: usize = 300;

/// Writes a verdict as Markdown.
pub fn markdown(report: &Report, checks: &Checks, lang: Lang) -> String {
    let say = |key: &str| message(lang, key);
    let sign_of = match report.verdict {
        Ending::Acceptable => "✅",
        Ending::NotAcceptable => "❌",
        Ending::Unverifiable => "⚠️",
    };
    let mut out = format!("## {sign_of} {}\n\n", inert(report.headline.of(lang)));
    let rows = subject(report, lang);
    let rows = rows
        .iter()
        .map(|(label, value)| format!("{} {}", inert(label), code(value)));
    _ = writeln!(out, "{}  ", rows.collect::<Vec<_>>().join(" · "));
    let digest = report.delivered.sha256.hex();
    _ = writeln!(out, "{}\n", inert(&delivered(report, lang, &digest)));
    table(
        &mut out,
        &[
            "",
            "verify-group",
            "verify-verdict",
            "verify-checks",
            "verify-findings",
        ],
        lang,
    );
    for view in &report.groups {
        let open = view.findings.iter().filter(|one| one.counts()).count();
        row(
            &mut out,
            &[
                sign(lang, view.verdict).to_owned(),
                inert(&group(lang, view.name)),
                inert(&verdict(lang, view.verdict)),
                inert(&Counts::of_checks(&view.checks).words(lang)),
                if open == 0 {
                    String::new()
                } else {
                    open.to_string()
                },
            ],
        );
    }
    for (title, kind) in [
        ("verify-fails", Effect::Fails),
        ("verify-unverifiable", Effect::Unverifiable),
    ] {
        let all = counting(report, kind);
        if all.is_empty() {
            continue;
        }
        _ = writeln!(out, "\n### {} ({})\n", inert(&say(title)), all.len());
        list(&mut out, &all, checks, lang);
    }
    let warns = counting(report, Effect::Warns);
    let kept: Vec<_> = findings(report)
        .filter(|one| one.standing != Standing::Open)
        .collect();
    for (title, all) in [("verify-waived", kept), ("verify-warns", warns)] {
        if all.is_empty() {
            continue;
        }
        folded(
            &mut out,
            &format!("{} ({})", say(title), all.len()),
            |out| {
                list(out, &all, checks, lang);
            },
        );
    }
    requirements(&mut out, report, lang);
    exceptions(&mut out, report, lang);
    if !report.left_out.is_empty() {
        _ = writeln!(out, "\n### {}\n", inert(&say("verify-left-out")));
        for one in &report.left_out {
            let reason = inert(one.reason.of(lang));
            _ = writeln!(out, "- {}: {reason}", inert(&evidence(lang, one.what)));
        }
    }
    _ = writeln!(out, "\n{} {}", report.tool.name, inert(report.tool.version));
    out
}

fn list(out: &mut String, all: &[&Finding], checks: &Checks, lang: Lang) {
    table(out, &["verify-check", "verify-found", "verify-place"], lang);
    let mut told: Vec<&str> = Vec::new();
    for finding in all.iter().take(LISTED) {
        let mut said = inert(finding.message.of(lang));
        if finding.effect == Effect::Warns || finding.standing != Standing::Open {
            let why = standing(lang, finding).unwrap_or_else(|| effect(lang, finding));
            _ = write!(said, " ({})", inert(&why));
        }
        if finding.verdict() == Verdict::Fail && !told.contains(&finding.check.as_str()) {
            told.push(&finding.check);
            let help = checks.named(&finding.check).help;
            let help = inert(help.of(lang));
            if !help.is_empty() {
                _ = write!(said, "<br>→ {help}");
            }
        }
        let places = finding
            .citations
            .iter()
            .take(3)
            .map(|one| code(&place(one)));
        let places = places.collect::<Vec<_>>().join("<br>");
        row(out, &[code(&finding.check), said, places]);
    }
    if let Some(more) = more(lang, all.len(), LISTED) {
        _ = writeln!(out, "\n{}", inert(&more));
    }
}

fn requirements(out: &mut String, report: &Report, lang: Lang) {
    let title = message(lang, "verify-requirements-title");
    if report.requirements.is_empty() {
        let none = inert(&message(lang, "verify-requirements-none"));
        _ = writeln!(out, "\n### {}\n\n{none}", inert(&title));
        return;
    }
    let counts = Counts::of_requirements(report).words(lang);
    folded(out, &format!("{title}: {counts}"), |out| {
        table(
            out,
            &["", "verify-requirement", "verify-verdict", "verify-checks"],
            lang,
        );
        for one in report.requirements.iter().take(REQUIREMENTS) {
            let checks = one.checks.iter();
            let checks =
                checks.map(|one| format!("{} {}", sign(lang, one.verdict), code(&one.check)));
            let about = match &one.asks {
                Some(asks) => format!("{}<br>{}", inert(one.title.of(lang)), inert(asks.of(lang))),
                None => inert(one.title.of(lang)),
            };
            row(
                out,
                &[
                    settled_sign(lang, one.verdict).to_owned(),
                    format!("{} {about}", code(&one.id)),
                    inert(&settled(lang, one.verdict)),
                    checks.collect::<Vec<_>>().join("<br>"),
                ],
            );
        }
        if let Some(more) = more(lang, report.requirements.len(), REQUIREMENTS) {
            _ = writeln!(out, "\n{}", inert(&more));
        }
    });
}

fn exceptions(out: &mut String, report: &Report, lang: Lang) {
    if report.exceptions.is_empty() {
        return;
    }
    _ = writeln!(
        out,
        "\n### {}\n",
        inert(&message(lang, "verify-exceptions"))
    );
    let titles = [
        "verify-exception",
        "verify-state",
        "verify-until",
        "verify-reason",
        "verify-instead",
    ];
    table(out, &titles, lang);
    for one in report.exceptions.iter().take(REQUIREMENTS) {
        let state = message(lang, &format!("verify-exception-state-{}", one.state));
        row(
            out,
            &[
                format!("{} {}", code(&one.id), code(&one.criterion)),
                inert(&state),
                inert(&one.until),
                inert(one.reason.of(lang)),
                inert(one.compensating_measure.of(lang)),
            ],
        );
    }
    if let Some(more) = more(lang, report.exceptions.len(), REQUIREMENTS) {
        _ = writeln!(out, "\n{}", inert(&more));
    }
}

fn table(out: &mut String, titles: &[&str], lang: Lang) {
    let cells = titles.iter().map(|key| match *key {
        "" => String::new(),
        key => inert(&message(lang, key)),
    });
    _ = writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "));
    _ = writeln!(out, "|{}", " --- |".repeat(titles.len()));
}

fn row<const N: usize>(out: &mut String, cells: &[String; N]) {
    _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// A part that is folded up. The title, which stands in HTML, is made of our own words and of numbers.
fn folded(out: &mut String, title: &str, write: impl FnOnce(&mut String)) {
    _ = write!(out, "\n<details>\n<summary>{title}</summary>\n\n");
    write(out);
    out.push_str("\n</details>\n");
}

/// A text as text and nothing else: signs that format are escaped, `<`, `>` and `&` are references, and a word joiner
/// keeps hosts from making links, mentions and references of what looks like one.
pub(super) fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in shown(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            '@' | '#' => {
                out.push('\\');
                out.push(character);
                out.push('\u{2060}');
            }
            ':' | '.' if out.ends_with(|before: char| before.is_ascii_alphanumeric()) => {
                // `https:` and `www.` begin links.
                let is_link = character == ':' && is_scheme(&out)
                    || out.ends_with("www")
                    || out.ends_with("WWW");
                out.push(character);
                if is_link {
                    out.push('\u{2060}');
                }
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '+' | '-' | '!' | '~'
            | '$' => {
                out.push('\\');
                out.push(character);
            }
            character => out.push(character),
        }
    }
    out
}

/// Whether a text ends in the name of a scheme that hosts make links of.
fn is_scheme(text: &str) -> bool {
    let end: String = text
        .chars()
        .rev()
        .take(6)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let end = end.to_ascii_lowercase();
    ["http", "https", "ftp", "mailto", "xmpp"]
        .iter()
        .any(|scheme| end.ends_with(scheme))
}

/// A text as code. What would end the code or the cell is shown by signs that look alike.
fn code(text: &str) -> String {
    let text = shown(text).replace('|', "¦").replace('`', "ˋ");
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    format!("`{text}`")
}
