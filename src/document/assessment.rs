//! One assessed offering as text: every verdict down to its citation, contradictions, what is open, what would narrow
//! the score and what to repair first.

use std::fmt::Write as _;

use super::table::{Look, heading};
use super::tender::{contradiction, explain_verdict};
use super::words;
use crate::criteria::{Catalog, Stage};
use crate::tender::report::{AssessmentView, CompletenessView, NarrowingView, RepairView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// How many facts and repairs are listed; machine output lists all.
const LISTED: usize = 10;

/// Renders an assessment.
pub fn render_assessment(view: &AssessmentView, catalog: &Catalog, lang: Lang) -> String {
    let mut out = String::new();
    for verdict in view
        .verdicts
        .iter()
        .filter(|verdict| words::look(verdict.verdict.kind) != Look::Faint)
    {
        out.push_str(&explain_verdict(verdict, Some(catalog), lang));
    }
    if !view.contradictions.is_empty() {
        out.push_str(&heading(&message(lang, "contradictions")));
        for one in &view.contradictions {
            out.push_str(&contradiction(one, None, catalog, lang));
        }
    }
    if let Some(narrowing) = view.narrowing.as_deref().filter(|list| !list.is_empty()) {
        out.push_str(&heading(&message(lang, "assess-narrowing")));
        for one in narrowing.iter().take(LISTED) {
            narrowed(&mut out, one, catalog, lang);
        }
        more(&mut out, narrowing.len(), lang);
    }
    if !view.repairs.is_empty() {
        out.push_str(&heading(&message(lang, "assess-repairs")));
        for (index, one) in view.repairs.iter().take(LISTED).enumerate() {
            repair(&mut out, index + 1, one, catalog, lang);
        }
        more(&mut out, view.repairs.len(), lang);
    }
    out.push_str(&heading(&message(lang, "assess-result")));
    let gates = view.gates.iter().filter(|gate| gate.stage == Stage::Bid);
    let (open, shut): (Vec<_>, Vec<_>) = gates.partition(|gate| gate.verdict.kind.opens_gate());
    let arguments = [
        ("open", open.len().to_string()),
        ("of", (open.len() + shut.len()).to_string()),
    ];
    line(&mut out, lang, "assess-gates", &arguments);
    let score = &view.score;
    let arguments = [
        ("low", score.low.to_string()),
        ("high", score.high.to_string()),
        ("of", score.of.to_string()),
    ];
    line(&mut out, lang, "score-interval", &arguments);
    completeness(&mut out, &view.completeness, lang);
    out
}

fn completeness(out: &mut String, completeness: &CompletenessView, lang: Lang) {
    let arguments = [
        ("criteria", completeness.criteria.to_string()),
        ("unanswered", completeness.unanswered.to_string()),
        ("unverifiable", completeness.unverifiable.to_string()),
        ("stale", completeness.stale.to_string()),
    ];
    line(out, lang, "assess-completeness", &arguments);
    if let (Some(low), Some(high)) = (&completeness.low_per_mille, &completeness.high_per_mille) {
        let arguments = [("low", words::shown(low)), ("high", words::shown(high))];
        line(out, lang, "assess-per-mille", &arguments);
    }
}

fn narrowed(out: &mut String, one: &NarrowingView, catalog: &Catalog, lang: Lang) {
    let title = catalog
        .vocabulary
        .lookup(one.fact.as_str())
        .map_or("", |fact| fact.title.of(lang));
    let arguments = [
        ("fact", one.fact.to_string()),
        ("title", title.to_owned()),
        ("removes", words::shown(&one.removes)),
        ("raises", words::shown(&one.raises)),
    ];
    line(out, lang, "assess-narrowing-line", &arguments);
}

fn repair(out: &mut String, number: usize, one: &RepairView, catalog: &Catalog, lang: Lang) {
    let title = catalog
        .criteria
        .get(&one.criterion)
        .map_or("", |criterion| criterion.title.of(lang));
    let what = match (&one.stage, &one.lost) {
        (Some(stage), _) => {
            message_with(lang, "gate-at", &[("stage", &words::stage(lang, *stage))])
        }
        (None, Some(lost)) => message_with(lang, "assess-lost", &[("points", &words::shown(lost))]),
        (None, None) => String::new(),
    };
    let verdict = words::verdict(lang, &one.verdict);
    _ = writeln!(
        out,
        "  {number}. {} {title} [{what}, {verdict}]",
        one.criterion
    );
    _ = writeln!(out, "     {}", printable(one.ask.of(lang)));
}

fn more(out: &mut String, all: usize, lang: Lang) {
    if let Some(rest) = all.checked_sub(LISTED).filter(|rest| *rest > 0) {
        line(out, lang, "assess-more", &[("count", rest.to_string())]);
    }
}

fn line(out: &mut String, lang: Lang, key: &str, arguments: &[(&str, String)]) {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    _ = writeln!(out, "  {}", message_with(lang, key, &arguments));
}
