//! `mekiki criteria diff OLD NEW` and `mekiki criteria impact OLD NEW --cases DIR`

use super::super::output::Output;
use super::super::{Common, Verdict};
use crate::app::criteria_diff::Editions;
use crate::app::criteria_impact::{BidImpact, CaseImpact, Impact, Reach, VerdictChange, impact};
use crate::document::criteria::{difference, impact as page};
use crate::text::Lang;
use crate::text::messages::{message, message_with};
use crate::time::Date;

#[derive(Debug, clap::Args)]
pub(in super::super) struct DiffArguments {
    /// The old edition or parent: a folder, a package, `built-in`, or layers joined by `+` from the base up
    old: String,
    /// The new edition or child; an overlay lies over OLD
    new: String,
}

#[derive(Debug, clap::Args)]
pub(in super::super) struct ImpactArguments {
    /// The edition of now: a folder, a package, `built-in`, or layers joined by `+` from the base up
    old: String,
    /// The new edition; an overlay lies over OLD
    new: String,
    /// The folder below which the cases lie, each a folder with tender.toml
    #[arg(long, value_name = "DIR")]
    cases: String,
    /// Judge as of this day instead of each case's own
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(super) fn diff(
    arguments: &DiffArguments,
    common: &Common,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let editions = open(&arguments.old, &arguments.new, common)?;
    let found = editions.difference();
    output.either(&found, || difference::text(&found, output.lang()))?;
    Ok(Verdict::of(found.is_empty()))
}

pub(super) fn impact_on(
    arguments: &ImpactArguments,
    common: &Common,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let editions = open(&arguments.old, &arguments.new, common)?;
    let found = impact(&editions, &arguments.cases, arguments.as_of)?;
    let lang = output.lang();
    output.either(&found, || {
        let cases: Vec<_> = found.cases.iter().map(|case| lines(case, lang)).collect();
        page::text(&found.old, &found.new, &cases, lang)
    })?;
    Ok(verdict(&found))
}

/// Acceptable where nothing comes out otherwise; a case that cannot be judged leaves it open.
fn verdict(found: &Impact) -> Verdict {
    if found.count(Reach::Unjudged) > 0 {
        Verdict::Unverifiable
    } else {
        Verdict::of(found.count(Reach::Changed) == 0)
    }
}

fn open(old: &str, new: &str, common: &Common) -> anyhow::Result<Editions> {
    let editions = Editions::open(old, new, &common.package_trust()?)?;
    super::super::output::remarks(&editions.old.catalog.remarks);
    super::super::output::remarks(&editions.new.catalog.remarks);
    Ok(editions)
}

fn lines(case: &CaseImpact, lang: Lang) -> page::CaseLines {
    let folder = if case.case.is_empty() {
        "."
    } else {
        &case.case
    };
    let tender = case.tender.as_deref().unwrap_or_default();
    let mut lines: Vec<String> = case.faults.iter().map(ToString::to_string).collect();
    for record in &case.decided_under {
        let version = record.version.as_deref().unwrap_or("?");
        let parameters = [("record", record.record.as_str()), ("version", version)];
        lines.push(message_with(lang, "impact-decided-under", &parameters));
    }
    if let Some(winner) = &case.winner {
        let (from, to) = (winner.from.join(", "), winner.to.join(", "));
        lines.push(changed("impact-winner", &from, &to, lang));
    }
    for bid in &case.bids {
        lines.extend(bid_lines(bid, lang));
    }
    for (key, clauses) in [
        ("impact-clauses-added", &case.clauses_added),
        ("impact-clauses-removed", &case.clauses_removed),
        ("impact-clauses-changed", &case.clauses_changed),
    ] {
        if !clauses.is_empty() {
            lines.push(format!("{}: {}", message(lang, key), clauses.join(", ")));
        }
    }
    if let Some(gaps) = &case.clause_gaps {
        let (from, to) = (gaps.from.to_string(), gaps.to.to_string());
        lines.push(changed("impact-clause-gaps", &from, &to, lang));
    }
    page::CaseLines {
        heading: format!("{folder} {tender}").trim_end().to_owned(),
        reach: match case.reach {
            Reach::Untouched => "reach-untouched",
            Reach::Touched => "reach-touched",
            Reach::Changed => "reach-changed",
            Reach::Unjudged => "reach-unjudged",
        },
        lines,
    }
}

fn changed(key: &str, from: &str, to: &str, lang: Lang) -> String {
    let shown = |text: &str| {
        if text.is_empty() {
            message(lang, "editions-nothing")
        } else {
            text.to_owned()
        }
    };
    format!("{}: {} → {}", message(lang, key), shown(from), shown(to))
}

fn bid_lines(bid: &BidImpact, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |line: String| lines.push(format!("{}: {line}", bid.bid));
    let text = |number: Option<usize>| number.map_or_else(String::new, |one| one.to_string());
    if let Some(rank) = &bid.rank {
        say(changed("rank", &text(rank.from), &text(rank.to), lang));
    }
    if let Some(total) = &bid.total {
        let text = |total: &Option<String>| total.clone().unwrap_or_default();
        say(changed("total", &text(&total.from), &text(&total.to), lang));
    }
    if let Some(out) = &bid.excluded_by {
        let (from, to) = (out.from.join(", "), out.to.join(", "));
        say(changed("impact-excluded-by", &from, &to, lang));
    }
    for change in &bid.changed {
        say(verdict_line(change, lang));
    }
    if !bid.touched.is_empty() {
        let ids: Vec<_> = bid.touched.iter().map(ToString::to_string).collect();
        say(format!(
            "{}: {}",
            message(lang, "impact-touched"),
            ids.join(", ")
        ));
    }
    lines
}

fn verdict_line(change: &VerdictChange, lang: Lang) -> String {
    let word = |word: &Option<String>| {
        word.clone()
            .unwrap_or_else(|| message(lang, "editions-nothing"))
    };
    let (from, to) = (word(&change.from), word(&change.to));
    let mut line = if from == to {
        format!("{}: {to}", change.criterion)
    } else {
        format!("{}: {from} → {to}", change.criterion)
    };
    if let Some((from, to)) = &change.points {
        let points = |view: &Option<crate::tender::report::ScoreView>| {
            view.as_ref().map_or_else(
                || message(lang, "editions-nothing"),
                |one| format!("{}–{} / {}", one.low, one.high, one.of),
            )
        };
        line = format!("{line}; {} → {}", points(from), points(to));
    }
    if change.closes {
        line = format!("{line} ({})", message(lang, "impact-gate-closes"));
    }
    if change.opens {
        line = format!("{line} ({})", message(lang, "impact-gate-opens"));
    }
    line
}
