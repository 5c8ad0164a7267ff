//! The report as a short text for a terminal; one criterion is told in full when asked for.

use std::fmt::Write as _;

use super::Report;
use super::paper::{CriterionPart, Paper, Valued};
use crate::document::table::{Look, Sheet, heading};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// Steps of the score's bar.
const STEPS: i64 = 50;

/// Writes a report as text `width` columns wide.
pub fn text(report: &Report<'_>, lang: Lang, width: u16) -> String {
    let paper = Paper::new(report, lang, "");
    let mut out = String::new();
    for (label, value) in &paper.head {
        _ = writeln!(out, "{label}: {value}");
    }
    if !paper.marking.is_empty() {
        _ = writeln!(out, "{}: {}", paper.say("report-marking"), paper.marking);
    }
    out.push_str(&heading(&paper.say("report-score-title")));
    if paper.has_points() {
        _ = writeln!(out, "  {}", paper.score);
        _ = writeln!(out, "  {}", bar(&paper));
    }
    for sentence in &paper.completeness {
        _ = writeln!(out, "  {sentence}");
    }
    out.push_str(&groups(&paper, width));
    out.push_str(&gates(&paper));
    out.push_str(&contradictions(&paper));
    for (title, advice) in [
        ("report-narrowing", &paper.narrowing),
        ("report-repairs", &paper.repairs),
    ] {
        if advice.is_empty() {
            continue;
        }
        out.push_str(&heading(&message(lang, title)));
        for one in advice.iter().take(5) {
            let criteria = one.criteria.join(", ");
            _ = writeln!(out, "  {} ({criteria}): {}", one.title, one.what);
        }
    }
    if !paper.remarks.is_empty() {
        out.push_str(&heading(&paper.say("remarks")));
        for remark in &paper.remarks {
            _ = writeln!(out, "  {remark}");
        }
    }
    _ = writeln!(out, "\n{}", paper.say("report-hint"));
    out
}

/// `[####::::....]`: proven, possible, lost.
fn bar(paper: &Paper) -> String {
    let of = &paper.exact.of;
    let at = |points: &crate::exact::Exact| {
        let steps = points.times(&crate::exact::Exact::from_integer(STEPS));
        steps.over(of).and_then(|steps| steps.to_i64()).unwrap_or(0)
    };
    let (low, high) = (at(&paper.exact.low), at(&paper.exact.high));
    let step = |index: i64| match index {
        index if index < low => '#',
        index if index < high => ':',
        _ => '.',
    };
    let steps: String = (0..STEPS).map(step).collect();
    let legend = [
        ("#", paper.say("report-proven")),
        (":", paper.say("report-possible")),
        (".", paper.say("report-lost")),
    ];
    let legend = legend.map(|(sign, word)| format!("{sign} {word}"));
    format!("[{steps}]  {}", legend.join("  "))
}

fn groups(paper: &Paper, width: u16) -> String {
    let header = ["report-group", "report-points", "report-gates"];
    let mut sheet = Sheet::new(width, header.map(|key| message(paper.lang, key)));
    for group in &paper.groups {
        let look = match (group.counts.failed, group.counts.unsettled) {
            (0, 0) => Look::Good,
            (0, _) => Look::Open,
            _ => Look::Bad,
        };
        let gates = if group.counts.all() == 0 {
            (String::new(), Look::Plain)
        } else {
            (group.gates.clone(), look)
        };
        sheet.row([
            (format!("({}) {}", group.letter, group.title), Look::Plain),
            (group.points.clone(), Look::Number),
            gates,
        ]);
    }
    heading(&paper.say("report-overview")) + &sheet.render()
}

fn gates(paper: &Paper) -> String {
    let mut out = heading(&paper.say("report-gates"));
    for stage in &paper.stages {
        _ = writeln!(out, "  {}: {}", stage.name, stage.word);
        for gate in stage
            .gates
            .iter()
            .filter(|gate| gate.verdict.class != "good")
        {
            _ = writeln!(
                out,
                "    {} {} {} {}",
                gate.verdict.sign, gate.verdict.word, gate.criterion, gate.title
            );
        }
    }
    out
}

fn contradictions(paper: &Paper) -> String {
    let mut out = heading(&paper.say("contradictions"));
    if paper.contradictions.is_empty() {
        _ = writeln!(out, "  {}", paper.say("no-contradictions"));
    }
    for dispute in &paper.contradictions {
        _ = writeln!(out, "  {} ({})", dispute.title, dispute.fact);
        for side in &dispute.sides {
            _ = writeln!(out, "    {} — {}", side.value, side.rank);
            for link in &side.links {
                _ = writeln!(out, "      {}", link.label);
            }
        }
    }
    out
}

/// One criterion of a report in full; `None` where the report does not judge it.
pub fn criterion_text(report: &Report<'_>, id: &str, lang: Lang) -> Option<String> {
    let paper = Paper::new(report, lang, "");
    let mut all = paper
        .groups
        .iter()
        .flat_map(|group| group.criteria.iter().chain(&group.outside));
    Some(explained(all.find(|one| one.id == id)?, lang))
}

fn explained(one: &CriterionPart, lang: Lang) -> String {
    let mut out = heading(&format!("{} {}", one.id, one.title));
    _ = writeln!(out, "  {}", one.requirement);
    _ = writeln!(out, "  {}", one.kind);
    let points = if one.points.is_empty() {
        String::new()
    } else {
        format!("  {}", one.points)
    };
    _ = writeln!(
        out,
        "\n  {} {}{points}  {}",
        one.verdict.sign, one.verdict.word, one.rank
    );
    for reason in one.because.iter().chain(&one.reasons) {
        _ = writeln!(out, "  {reason}");
    }
    if !one.due.is_empty() {
        _ = writeln!(out, "  {}", message_with(lang, "due", &[("day", &one.due)]));
    }
    if one.values.is_empty() {
        _ = writeln!(out, "  {}", message(lang, "nothing-established"));
        _ = writeln!(out, "  {}: {}", message(lang, "ask"), one.ask);
    }
    for value in &one.values {
        out.push_str(&valued(value, lang));
    }
    for link in &one.links {
        _ = writeln!(out, "    {} {}", message(lang, "rests-on"), link.label);
    }
    for rule in &one.rules {
        _ = writeln!(out, "  {}: {}", message(lang, "rule"), printable(rule));
    }
    for source in &one.sources {
        _ = writeln!(
            out,
            "  {}: {} {} — {}",
            message(lang, "source"),
            source.document,
            source.item,
            source.mark
        );
    }
    out
}

fn valued(value: &Valued, lang: Lang) -> String {
    let uncounted = if value.counted {
        String::new()
    } else {
        format!(" {}", message(lang, "not-counted"))
    };
    let mut out = format!(
        "  {} = {}{uncounted} ({})\n",
        if value.title.is_empty() {
            &value.fact
        } else {
            &value.title
        },
        value.value,
        value.rank
    );
    for link in &value.links {
        _ = writeln!(out, "    {} {}", message(lang, "rests-on"), link.label);
    }
    out
}
