//! `mekiki reassess RECORD --evidence DIR --as-of DATE`

use std::fmt::Write as _;

use super::output::Output;
use super::{Verdict, in_record, read};
use crate::app::library::Library;
use crate::app::reassess::reassess;
use crate::document::table::{Look, Sheet, heading};
use crate::folder::read_folder;
use crate::reevaluation::{Cause, Reassessment};
use crate::text::Lang;
use crate::text::messages::{message, message_with};
use crate::time::{Date, parse_instant};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The record of an earlier evaluation
    record: String,
    /// The tender's folder as it is today
    #[arg(long, value_name = "DIR")]
    evidence: String,
    /// The day of judgment, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = |text: &str| parse_instant(text).ok_or("write a day as YYYY-MM-DD"))]
    as_of: Date,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let found = reassess(
        library,
        &read(&arguments.record)?,
        read_folder(&arguments.evidence)?,
        arguments.as_of,
    )
    .map_err(|refused| in_record(refused, &arguments.record))?;
    output.either(&found, || text(&found, output.lang(), output.width()))?;
    Ok(Verdict::of(
        found.changes.is_empty() && found.stale.is_empty(),
    ))
}

fn cause(lang: Lang, cause: Cause) -> String {
    message(
        lang,
        match cause {
            Cause::Time => "cause-time",
            Cause::Evidence => "cause-evidence",
            Cause::Catalog => "cause-catalog",
        },
    )
}

fn text(found: &Reassessment, lang: Lang, width: u16) -> String {
    let mut out = String::new();
    let day = |instant: &str| instant.split('T').next().unwrap_or_default().to_owned();
    _ = writeln!(
        out,
        "{}",
        message_with(
            lang,
            "from-to",
            &[("from", &day(&found.from)), ("to", &day(&found.as_of))]
        )
    );
    out.push_str(&heading(&message(lang, "changes")));
    if found.changes.is_empty() {
        _ = writeln!(out, "{}", message(lang, "no-changes"));
    } else {
        let mut sheet = Sheet::new(
            width,
            ["bid", "criterion", "verdicts", "cause", "evidence"].map(|key| message(lang, key)),
        );
        for change in &found.changes {
            let side = |word: &Option<String>, points: Option<&String>| {
                let word = word.clone().unwrap_or_else(|| "-".to_owned());
                points
                    .filter(|points| !points.is_empty())
                    .map_or(word.clone(), |points| format!("{word} ({points})"))
            };
            let points = change.points.as_ref();
            let from = side(&change.from, points.map(|(from, _)| from));
            let to = side(&change.to, points.map(|(_, to)| to));
            let causes: Vec<_> = change.causes.iter().map(|one| cause(lang, *one)).collect();
            let short = |digest: &String| digest.chars().take(12).collect::<String>();
            let evidence: Vec<_> = change
                .evidence_added
                .iter()
                .map(|one| format!("+{}", short(one)))
                .chain(
                    change
                        .evidence_removed
                        .iter()
                        .map(|one| format!("-{}", short(one))),
                )
                .collect();
            sheet.row([
                (change.bid.clone(), Look::Plain),
                (change.criterion.clone(), Look::Plain),
                (
                    message_with(lang, "from-to", &[("from", &from), ("to", &to)]),
                    Look::Plain,
                ),
                (causes.join(", "), Look::Open),
                (evidence.join(" "), Look::Faint),
            ]);
        }
        out.push_str(&sheet.render());
    }
    out.push_str(&heading(&message(lang, "stale-now")));
    for (bid, criterion) in &found.stale {
        _ = writeln!(out, "  {bid} {criterion}");
    }
    out.push_str(&heading(&message(lang, "next-due")));
    for due in found.next_due.iter().take(10) {
        _ = writeln!(out, "  {} {} {}", day(&due.due), due.bid, due.criterion);
    }
    out
}
