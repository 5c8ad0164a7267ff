//! `mekiki sbom match FILE --against DIR|ARCHIVE`

use std::fmt::Write as _;

use super::{SHOWN, more, report};
use crate::app::Refused;
use crate::app::sbom_diff::NamedBytes;
use crate::app::sbom_match::match_sbom;
use crate::cli::output::Output;
use crate::cli::{Verdict, read};
use crate::delivery::allowance::Allowance;
use crate::delivery::{Match, Named};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::sarif::{Report, sarif};
use crate::document::table::{Look, Sheet, heading};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// How many digits of a digest are shown.
const SHOWN_DIGITS: usize = 13;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOM; `-` is standard input
    file: String,
    /// What was delivered: a folder, an archive (zip, jar, whl, deb, tar and compressed tars) or an image
    /// in the OCI layout
    #[arg(long, value_name = "PATH")]
    against: String,
    /// A list of files that need no entry: TOML with `[[allow]]`, `pattern = "docs/**"` and `reason = "…"`, or
    /// text with one pattern a line
    #[arg(long, value_name = "FILE")]
    allow: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let bytes = read(&arguments.file)?;
    let allowance = match &arguments.allow {
        Some(path) => allowance(path)?,
        None => Allowance::default(),
    };
    let document = NamedBytes {
        path: &arguments.file,
        bytes: &bytes,
    };
    let matched = match_sbom(document, &arguments.against, &allowance)?;
    if output.is_sarif() {
        let (listed, delivered) = matched.findings();
        let mut reports = vec![report(&arguments.file, listed)];
        reports.extend(delivered.into_iter().map(|finding| Report {
            path: finding.file.clone().unwrap_or_default(),
            findings: vec![finding],
        }));
        output.json(&sarif(&reports))?;
    } else {
        output.either(&matched, || {
            text(&matched.outcome, output.lang(), output.width())
        })?;
    }
    Ok(Verdict::of(matched.outcome.agrees))
}

fn allowance(path: &str) -> Result<Allowance, Refused> {
    let bytes = read(path)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Refused::from(
            Diagnostic::error("allowance-malformed", Place::whole(), "it is no UTF-8 text")
                .in_file(path),
        )
    })?;
    Allowance::parse(&text).map_err(|faults| {
        let faults = faults.into_iter().map(|fault| fault.in_file(path));
        Refused(faults.collect())
    })
}

fn text(outcome: &Match, lang: Lang, width: u16) -> String {
    let count = |count: usize| count.to_string();
    let mut out = message_with(
        lang,
        "match-counts",
        &[
            ("matched", &count(outcome.matched)),
            ("altered", &count(outcome.altered.len())),
            ("sbom", &count(outcome.sbom_only.len())),
            ("delivery", &count(outcome.delivery_only.len())),
        ],
    );
    out.push('\n');
    _ = writeln!(
        out,
        "{}",
        message_with(
            lang,
            "match-files",
            &[
                ("files", &count(outcome.files)),
                ("covered", &count(outcome.covered)),
                ("allowed", &count(outcome.allowed)),
            ],
        )
    );
    if outcome.agrees {
        _ = writeln!(out, "{}", message(lang, "match-agrees"));
    }
    for (key, number) in [
        ("match-weak", outcome.matched_weakly),
        ("match-without-digest", outcome.without_digest),
    ] {
        if number > 0 {
            _ = writeln!(
                out,
                "{}",
                message_with(lang, key, &[("count", &count(number))])
            );
        }
    }
    altered(outcome, lang, width, &mut out);
    delivery_only(outcome, lang, width, &mut out);
    sbom_only(outcome, lang, width, &mut out);
    let unverified = outcome.unverified.iter();
    let unverified: Vec<_> = unverified
        .map(|one| (one.path.clone(), name_of(&one.component)))
        .collect();
    two_columns("match-unverified", &unverified, lang, width, &mut out);
    allowed(outcome, lang, width, &mut out);
    embedded(outcome, lang, width, &mut out);
    if !outcome.remarks.is_empty() {
        out.push_str(&heading(&message(lang, "match-remarks")));
        for remark in outcome.remarks.iter().take(SHOWN) {
            _ = writeln!(out, "{}", printable(&remark.to_string()));
        }
        more(outcome.remarks.len(), lang, &mut out);
    }
    out
}

/// A line that says how many rows are not shown.
fn name_of(named: &Named) -> String {
    match &named.version {
        Some(version) => format!("{} {version}", named.name),
        None => named.name.clone(),
    }
}

fn altered(outcome: &Match, lang: Lang, width: u16, out: &mut String) {
    if outcome.altered.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "match-altered")));
    let header = [
        "match-path",
        "diff-component",
        "match-expected",
        "match-actual",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in outcome.altered.iter().take(SHOWN) {
        sheet.row([
            (one.path.clone(), Look::Bad),
            (name_of(&one.component), Look::Plain),
            (
                format!(
                    "{} {}",
                    one.algorithm,
                    shortened(&one.expected, SHOWN_DIGITS)
                ),
                Look::Plain,
            ),
            (shortened(&one.actual, SHOWN_DIGITS), Look::Plain),
        ]);
    }
    out.push_str(&sheet.render());
    more(outcome.altered.len(), lang, out);
}

fn delivery_only(outcome: &Match, lang: Lang, width: u16, out: &mut String) {
    if outcome.delivery_only.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "match-delivery-only")));
    // Nobody needs a column for archives where there is none.
    let shown = || outcome.delivery_only.iter().take(SHOWN);
    let has_archives = shown().any(|one| one.files_inside.is_some());
    let header = ["match-path", "match-size", "match-digest", "match-inside"];
    let columns = if has_archives { 4 } else { 3 };
    let header = header.into_iter().take(columns);
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in shown() {
        let inside = one.files_inside.map(|count| count.to_string());
        let cells = [
            (one.path.clone(), Look::Open),
            (one.size.to_string(), Look::Number),
            (shortened(&one.sha256, SHOWN_DIGITS), Look::Faint),
            (inside.unwrap_or_default(), Look::Number),
        ];
        sheet.row(cells.into_iter().take(columns));
    }
    out.push_str(&sheet.render());
    more(outcome.delivery_only.len(), lang, out);
}

fn sbom_only(outcome: &Match, lang: Lang, width: u16, out: &mut String) {
    if outcome.sbom_only.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "match-sbom-only")));
    let header = ["diff-component", "match-path", "match-value"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in outcome.sbom_only.iter().take(SHOWN) {
        let expected = one.algorithm.zip(one.expected.as_deref());
        let expected = expected
            .map(|(algorithm, value)| format!("{algorithm} {}", shortened(value, SHOWN_DIGITS)));
        sheet.row([
            (name_of(&one.component), Look::Open),
            (one.path.clone().unwrap_or_default(), Look::Plain),
            (expected.unwrap_or_default(), Look::Faint),
        ]);
    }
    out.push_str(&sheet.render());
    more(outcome.sbom_only.len(), lang, out);
}

fn two_columns(title: &str, rows: &[(String, String)], lang: Lang, width: u16, out: &mut String) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, title)));
    let header = ["match-path", "diff-component"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for (path, name) in rows.iter().take(SHOWN) {
        sheet.row([(path.clone(), Look::Plain), (name.clone(), Look::Plain)]);
    }
    out.push_str(&sheet.render());
    more(rows.len(), lang, out);
}

/// The patterns with the reasons that the list gives; those that no file fits too, since they say something
/// of a delivery that was not made.
fn allowed(outcome: &Match, lang: Lang, width: u16, out: &mut String) {
    if outcome.allowed_by.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "match-allowed")));
    let header = ["match-pattern", "match-files-count", "match-reason"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in outcome.allowed_by.iter().take(SHOWN) {
        let look = match one.files {
            0 => Look::Faint,
            _ => Look::Plain,
        };
        sheet.row([
            (one.pattern.clone(), look),
            (one.files.to_string(), Look::Number),
            (one.reason.clone().unwrap_or_default(), look),
        ]);
    }
    out.push_str(&sheet.render());
    more(outcome.allowed_by.len(), lang, out);
}

fn embedded(outcome: &Match, lang: Lang, width: u16, out: &mut String) {
    for list in &outcome.embedded {
        let line = message_with(
            lang,
            "match-embedded",
            &[
                ("path", &printable(&list.path)),
                ("count", &list.crates.to_string()),
                ("missing", &list.not_in_sbom.len().to_string()),
            ],
        );
        _ = writeln!(out, "\n{line}");
        for one in list.not_in_sbom.iter().take(SHOWN) {
            _ = writeln!(
                out,
                "  {}",
                printable(&format!("{} {}", one.name, one.version))
            );
        }
        more(list.not_in_sbom.len(), lang, out);
    }
    let rows: Vec<_> = outcome
        .not_embedded
        .iter()
        .map(|one| (String::new(), name_of(one)))
        .collect();
    two_columns("match-not-embedded", &rows, lang, width, out);
}
