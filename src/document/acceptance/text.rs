//! The verdict as one screen of text.

use std::fmt::Write as _;

use anstyle::Style;

use super::cells::{columns, fitting, fitting_end, padded, style, styled};
use super::wording::{
    Counts, counting, delivered, evidence, findings, first_place, group, grouped, shown, sign,
    standing, subject, verdict,
};
use crate::acceptance::Verdict;
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Effect, Finding, Standing};
use crate::acceptance::report::{Ending, Report};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// The most lines of the screen, at 100 columns.
pub const LINES: usize = 40;
/// The most findings that are told of one kind.
const TOLD: usize = 10;
/// The most columns of a place.
const PLACE: usize = 44;

/// The first line alone: the verdict, and what is wrong and where.
pub fn first_line(report: &Report, lang: Lang) -> String {
    styled(look(report).bold(), &shown(report.headline.of(lang))) + "\n"
}

/// Writes the verdict as one screen; its first line says what is wrong and where, its last one where the rest is.
pub fn text(report: &Report, checks: &Checks, lang: Lang, width: u16) -> String {
    let screen = Screen {
        report,
        checks,
        lang,
        width: usize::from(width).max(40),
    };
    screen.write()
}

fn look(report: &Report) -> Style {
    style(match report.verdict {
        Ending::Acceptable => Verdict::Pass,
        Ending::NotAcceptable => Verdict::Fail,
        Ending::Unverifiable => Verdict::Unverifiable,
    })
}

struct Screen<'r> {
    report: &'r Report,
    checks: &'r Checks,
    lang: Lang,
    width: usize,
}

/// A part of the screen that is told as far as there is room: its title and its lines.
struct Part<'r> {
    title: &'static str,
    all: usize,
    entries: Entries<'r>,
}

enum Entries<'r> {
    /// Findings, with what to do behind those of one check.
    Findings(Verdict, Vec<&'r Finding>),
    /// Lines as they are.
    Lines(Vec<String>),
}

impl Part<'_> {
    /// How many lines it takes, the title among them, where it may take `limit`.
    fn lines(&self, limit: usize) -> usize {
        let entries = match &self.entries {
            Entries::Findings(_, all) => {
                let (told, checks) = chosen(all, limit.saturating_sub(1));
                told.len() + checks
            }
            Entries::Lines(lines) => lines.len().min(limit.saturating_sub(1)),
        };
        if entries == 0 { 0 } else { entries + 1 }
    }
}

impl Screen<'_> {
    fn write(&self) -> String {
        let mut out = first_line(self.report, self.lang);
        let mut used = columns(&shown(self.report.headline.of(self.lang))).div_ceil(self.width);
        for line in [self.subject(), self.delivered()] {
            out.push_str(&(fitting(&line, self.width) + "\n"));
        }
        out.push('\n');
        out.push_str(&self.groups());
        used += 3 + self.report.groups.len();
        // The lines on requirements and on where the rest is, and two empty ones.
        let mut left = LINES.saturating_sub(used + 4);
        let parts = self.parts();
        if parts.iter().any(|part| part.all > 0) {
            out.push('\n');
        }
        // Each part may say at least one thing before the first ones take the rest.
        let floor = |part: &Part<'_>| part.lines(TOLD).min(3);
        let mut reserved: usize = parts.iter().map(floor).sum();
        for part in &parts {
            reserved = reserved.saturating_sub(floor(part));
            let limit = left.saturating_sub(reserved);
            left = left.saturating_sub(part.lines(limit));
            out.push_str(&self.part(part, limit));
        }
        out.push('\n');
        let counts = Counts::of_requirements(self.report);
        let requirements = if self.report.requirements.is_empty() {
            message(self.lang, "verify-requirements-none")
        } else {
            let counts = [("counts", counts.words(self.lang))];
            message_with(self.lang, "verify-requirements", &counts)
        };
        _ = writeln!(out, "{}", fitting(&requirements, self.width));
        let rest = message(self.lang, "verify-rest");
        _ = writeln!(out, "{}", styled(Style::new().dimmed(), &fitting(&rest, self.width)));
        out
    }

    fn subject(&self) -> String {
        let rows = subject(self.report, self.lang);
        let rows = rows.iter().map(|(label, value)| match self.lang {
            Lang::Ja => format!("{label}:{value}"),
            Lang::En => format!("{label} {value}"),
        });
        rows.collect::<Vec<_>>().join(" · ")
    }

    fn delivered(&self) -> String {
        let digest = self.report.delivered.sha256.short();
        delivered(self.report, self.lang, &digest)
    }

    /// A line a group: sign, name, verdict, counts.
    fn groups(&self) -> String {
        let rows: Vec<_> = self
            .report
            .groups
            .iter()
            .map(|one| (one, group(self.lang, one.name), verdict(self.lang, one.verdict)))
            .collect();
        let widest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| columns(text)).max().unwrap_or(0)
        };
        let name = widest(&mut rows.iter().map(|(_, name, _)| name));
        let word = widest(&mut rows.iter().map(|(_, _, word)| word));
        let mut out = String::new();
        for (view, group, verdict) in &rows {
            let mut counts = Counts::of_checks(&view.checks).words(self.lang);
            let open = view.findings.iter().filter(|one| one.counts()).count();
            if open > 0 {
                let open = [("count", grouped(open as u64))];
                let findings = message_with(self.lang, "verify-findings-count", &open);
                counts = format!("{counts}; {findings}");
            }
            let head = format!(
                "  {} {}  {}",
                sign(self.lang, view.verdict),
                padded(group, name),
                padded(verdict, word)
            );
            let rest = fitting(&counts, self.width.saturating_sub(columns(&head) + 2));
            let head = styled(style(view.verdict), &head);
            let line = format!("{head}  {}", styled(Style::new().dimmed(), &rest));
            _ = writeln!(out, "{}", if rest.is_empty() { head } else { line });
        }
        out
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let of = |title, effect, verdict| {
            let findings = counting(self.report, effect);
            Part {
                title,
                all: findings.len(),
                entries: Entries::Findings(verdict, findings),
            }
        };
        let lines = |title, lines: Vec<String>| Part {
            title,
            all: lines.len(),
            entries: Entries::Lines(lines),
        };
        vec![
            of("verify-fails", Effect::Fails, Verdict::Fail),
            of("verify-unverifiable", Effect::Unverifiable, Verdict::Unverifiable),
            lines("verify-waived", self.waived()),
            lines("verify-left-out", self.left_out()),
            of("verify-warns", Effect::Warns, Verdict::NotApplicable),
        ]
    }

    /// What an exception or an earlier verdict keeps from counting, and exceptions that keep nothing any more.
    fn waived(&self) -> Vec<String> {
        let kept = findings(self.report).filter(|one| one.standing != Standing::Open);
        let kept = kept.map(|one| {
            let why = standing(self.lang, one).unwrap_or_default();
            format!("{why}: {}", shown(one.message.of(self.lang)))
        });
        let lapsed = self.report.exceptions.iter().filter(|one| one.state != "in_force");
        let lapsed = lapsed.map(|one| {
            let state = message(self.lang, &format!("verify-exception-{}", one.state));
            format!("{} ({}) {state} {}", shown(&one.id), shown(&one.criterion), shown(&one.until))
        });
        kept.chain(lapsed).collect()
    }

    fn left_out(&self) -> Vec<String> {
        let all = self.report.left_out.iter();
        all.map(|one| {
            let what = evidence(self.lang, one.what);
            format!("{what}: {}", shown(one.reason.of(self.lang)))
        })
        .collect()
    }

    fn part(&self, part: &Part<'_>, limit: usize) -> String {
        if part.lines(limit) == 0 {
            return String::new();
        }
        let (mut out, told) = (String::new(), part.lines(limit) - 1);
        let body = match &part.entries {
            Entries::Findings(verdict, all) => self.told(*verdict, all, told),
            Entries::Lines(lines) => {
                let lines = lines.iter().take(told);
                (lines.map(|line| format!("  {}\n", fitting(line, self.width - 2))).collect(), told)
            }
        };
        let (body, shown) = body;
        let count = if shown < part.all {
            let arguments = [("count", grouped(part.all as u64)), ("shown", shown.to_string())];
            message_with(self.lang, "verify-the-first", &arguments)
        } else {
            format!("({})", part.all)
        };
        let title = format!("{} {count}", message(self.lang, part.title));
        _ = writeln!(out, "{}", styled(Style::new().bold(), &title));
        out + &body
    }

    /// Findings of one kind in `room` lines, and how many of them are told.
    fn told(&self, verdict: Verdict, all: &[&Finding], room: usize) -> (String, usize) {
        let (told, _) = chosen(all, room);
        let mut out = String::new();
        for (index, finding) in told.iter().enumerate() {
            let head = format!("  {} {}", sign(self.lang, verdict), shown(&finding.check));
            let place = first_place(finding).unwrap_or_default();
            let place = fitting_end(&place, PLACE);
            let place = if place.is_empty() { place } else { format!(" ({place})") };
            let room = self.width.saturating_sub(columns(&head) + columns(&place) + 2);
            let said = fitting(&shown(finding.message.of(self.lang)), room);
            let head = styled(style(verdict), &head);
            _ = writeln!(out, "{head}  {said}{place}");
            let is_last = told.get(index + 1).is_none_or(|next| next.check != finding.check);
            if is_last {
                let help = self.checks.named(&finding.check).help;
                let line = format!("      → {}", shown(help.of(self.lang)));
                let line = fitting(line.trim_end(), self.width);
                _ = writeln!(out, "{}", styled(Style::new().dimmed(), &line));
            }
        }
        (out, told.len())
    }
}

/// The findings that are told in `room` lines, in their order, and of how many checks they are: of each check the first
/// one, then of each the second, so that many of one kind do not hide one of another.
fn chosen<'r>(all: &[&'r Finding], room: usize) -> (Vec<&'r Finding>, usize) {
    let mut order: Vec<(usize, usize)> = Vec::new();
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for (index, finding) in all.iter().enumerate() {
        let rank = match seen.iter_mut().find(|(check, _)| *check == finding.check) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                seen.push((&finding.check, 0));
                0
            }
        };
        if rank < TOLD {
            order.push((rank, index));
        }
    }
    order.sort_unstable();
    let (mut kept, mut checks, mut used) = (Vec::new(), 0, 0);
    for (rank, index) in order.into_iter().take(TOLD) {
        let lines = if rank == 0 { 2 } else { 1 };
        if used + lines > room {
            break;
        }
        used += lines;
        checks += usize::from(rank == 0);
        kept.push(index);
    }
    kept.sort_unstable();
    let kept = kept.into_iter().filter_map(|index| all.get(index).copied());
    let mut kept: Vec<_> = kept.collect();
    // The order of the checks is that of their first findings; within a group findings of several checks may mix.
    kept.sort_by_key(|one| seen.iter().position(|(check, _)| *check == one.check));
    (kept, checks)
}
