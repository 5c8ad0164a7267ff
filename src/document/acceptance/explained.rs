//! The verdict in full as text: every check, every finding and every requirement with the places that it rests on.

use std::fmt::Write as _;

use super::cells::{style, styled};
use super::text::first_line;
use super::wording::{
    Counts, delivered, effect, evidence, group, place, role, settled, settled_sign, short, shown,
    sign, subject, verdict,
};
use crate::acceptance::Verdict;
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Finding, Outcome};
use crate::acceptance::report::Report;
use crate::document::table::heading;
use crate::evidence::Citation;
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// Writes the whole verdict as text; nothing is left out.
pub fn explained(report: &Report, checks: &Checks, lang: Lang) -> String {
    let writer = Writer {
        report,
        checks,
        lang,
    };
    let mut out = first_line(report, lang);
    for (label, value) in subject(report, lang) {
        _ = writeln!(out, "{label}: {value}");
    }
    let digest = report.delivered.sha256.hex();
    _ = writeln!(out, "{}", delivered(report, lang, &digest));
    for view in &report.groups {
        let title = format!(
            "{} — {}",
            group(lang, view.name),
            verdict(lang, view.verdict)
        );
        out.push_str(&heading(&title));
        for outcome in &view.checks {
            let own = view
                .findings
                .iter()
                .filter(|one| one.check == outcome.check);
            writer.check(&mut out, outcome, own);
        }
        if view.checks.is_empty() {
            _ = writeln!(out, "  {}", message(lang, "verify-nothing-asked"));
        }
    }
    writer.requirements(&mut out);
    writer.exceptions(&mut out);
    writer.rest(&mut out);
    out
}

struct Writer<'r> {
    report: &'r Report,
    checks: &'r Checks,
    lang: Lang,
}

impl Writer<'_> {
    fn check<'f>(
        &self,
        out: &mut String,
        outcome: &Outcome,
        findings: impl Iterator<Item = &'f Finding>,
    ) {
        let lang = self.lang;
        let head = format!(
            "  {} {}",
            sign(lang, outcome.verdict),
            shown(&outcome.check)
        );
        _ = writeln!(
            out,
            "{}  {} — {}",
            styled(style(outcome.verdict), &head),
            shown(outcome.title.of(lang)),
            verdict(lang, outcome.verdict)
        );
        _ = writeln!(out, "      {}", shown(outcome.said.of(lang)));
        self.places(out, "      ", &outcome.citations);
        for finding in findings {
            let said = shown(finding.message.of(lang));
            _ = writeln!(out, "    - {}: {said}", effect(lang, finding));
            self.places(out, "        ", &finding.citations);
            if let Some(weakness) = &finding.weakness {
                let ids: Vec<_> = weakness.ids.iter().map(|id| shown(id)).collect();
                let due = weakness.due.as_deref().map(|due| [("day", shown(due))]);
                let due = due.map_or_else(String::new, |due| message_with(lang, "due", &due));
                let line = format!(
                    "        {} {} {due}",
                    ids.join(", "),
                    shown(&weakness.rating)
                );
                _ = writeln!(out, "{}", line.trim_end());
            }
        }
        if outcome.verdict == Verdict::Fail {
            let help = self.checks.named(&outcome.check).help;
            _ = writeln!(out, "      → {}", shown(help.of(lang)));
        }
    }

    fn places(&self, out: &mut String, indent: &str, citations: &[Citation]) {
        for citation in citations {
            let rests = message(self.lang, "rests-on");
            _ = writeln!(
                out,
                "{indent}{rests} {} (sha256 {})",
                place(citation),
                short(citation)
            );
        }
    }

    fn requirements(&self, out: &mut String) {
        let lang = self.lang;
        out.push_str(&heading(&message(lang, "verify-requirements-title")));
        if self.report.requirements.is_empty() {
            _ = writeln!(out, "  {}", message(lang, "verify-requirements-none"));
            return;
        }
        _ = writeln!(
            out,
            "  {}",
            Counts::of_requirements(self.report).words(lang)
        );
        for one in &self.report.requirements {
            _ = writeln!(
                out,
                "  {} {}  {} — {}",
                settled_sign(lang, one.verdict),
                shown(&one.id),
                shown(one.title.of(lang)),
                settled(lang, one.verdict)
            );
            if let Some(asks) = &one.asks {
                _ = writeln!(out, "      {}", shown(asks.of(lang)));
            }
            for settling in &one.checks {
                _ = writeln!(
                    out,
                    "      {} {}",
                    sign(lang, settling.verdict),
                    shown(&settling.check)
                );
            }
            self.places(out, "      ", &one.citations);
        }
    }

    fn exceptions(&self, out: &mut String) {
        let lang = self.lang;
        if !self.report.exceptions.is_empty() {
            out.push_str(&heading(&message(lang, "verify-exceptions")));
        }
        for one in &self.report.exceptions {
            let state = message(lang, &format!("verify-exception-state-{}", one.state));
            let (id, criterion) = (shown(&one.id), shown(&one.criterion));
            _ = writeln!(out, "  {id} ({criterion}) {state} {}", shown(&one.until));
            for (label, text) in [
                ("verify-reason", one.reason.of(lang)),
                ("verify-instead", one.compensating_measure.of(lang)),
                ("verify-approver", one.approver.as_str()),
                ("verify-file", one.file.as_str()),
            ] {
                _ = writeln!(out, "      {}: {}", message(lang, label), shown(text));
            }
        }
    }

    fn rest(&self, out: &mut String) {
        let lang = self.lang;
        if !self.report.left_out.is_empty() {
            out.push_str(&heading(&message(lang, "verify-left-out")));
        }
        for one in &self.report.left_out {
            let reason = shown(one.reason.of(lang));
            _ = writeln!(out, "  {}: {reason}", evidence(lang, one.what));
        }
        out.push_str(&heading(&message(lang, "verify-inputs")));
        for one in &self.report.inputs {
            let (role, path) = (role(lang, one.role), shown(&one.path));
            _ = writeln!(out, "  {}  {path}  ({role})", one.sha256.hex());
        }
        let tool = &self.report.tool;
        _ = writeln!(out, "\n{} {}", tool.name, tool.version);
    }
}
