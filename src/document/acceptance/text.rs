//! The verdict as one screen of text.

use std::fmt::Write as _;

use anstyle::Style;

use super::cells::{columns, fitting, fitting_end, padded, style, styled, wrapped};
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
struct Part {
    title: &'static str,
    all: usize,
    entries: Entries,
}

enum Entries {
    /// Findings, with what to do behind those of one check.
    Findings(Vec<Told>),
    /// Lines as they are.
    Lines(Vec<String>),
}

/// A finding in lines.
struct Told {
    /// The position of its check among those of the part.
    check: usize,
    /// How many findings of the check stand before it.
    rank: usize,
    lines: Vec<String>,
    /// What to do where the check is not met.
    help: Vec<String>,
}

impl Part {
    /// How many lines it takes, the title among them, where it may take `limit`.
    fn lines(&self, limit: usize) -> usize {
        let room = limit.saturating_sub(1);
        let lines = match &self.entries {
            Entries::Findings(all) => height(&chosen(all, room)),
            Entries::Lines(lines) => lines.len().min(room),
        };
        if lines == 0 { 0 } else { lines + 1 }
    }
}

impl Screen<'_> {
    fn write(&self) -> String {
        let mut out = first_line(self.report, self.lang);
        let mut used = columns(&shown(self.report.headline.of(self.lang))).div_ceil(self.width);
        let about = wrapped(&self.subject(), self.width, 2);
        let about = about
            .into_iter()
            .chain([fitting(&self.delivered(), self.width)]);
        for line in about {
            _ = writeln!(out, "{line}");
            used += 1;
        }
        out.push('\n');
        out.push_str(&self.groups());
        used += 1 + self.report.groups.len();
        // The lines on requirements and on where the rest is, and two empty ones.
        let mut left = LINES.saturating_sub(used + 4);
        // What to do is told in one line a check where there is no room for two.
        let mut parts = self.parts(2);
        if parts.iter().map(|part| part.lines(LINES)).sum::<usize>() > left {
            parts = self.parts(1);
        }
        if parts.iter().any(|part| part.all > 0) {
            out.push('\n');
        }
        // Each part may say at least one thing before the first ones take the rest.
        let floor = |part: &Part| part.lines(4);
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
        _ = writeln!(
            out,
            "{}",
            styled(Style::new().dimmed(), &fitting(&rest, self.width))
        );
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
            .map(|one| {
                (
                    one,
                    group(self.lang, one.name),
                    verdict(self.lang, one.verdict),
                )
            })
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

    fn parts(&self, helps: usize) -> Vec<Part> {
        let of = |title, effect, verdict, helps| {
            let findings = counting(self.report, effect);
            Part {
                title,
                all: findings.len(),
                entries: Entries::Findings(self.told(verdict, &findings, helps)),
            }
        };
        let lines = |title, lines: Vec<String>| Part {
            title,
            all: lines.len(),
            entries: Entries::Lines(lines),
        };
        vec![
            of("verify-fails", Effect::Fails, Verdict::Fail, helps),
            // The help speaks of a check that is not met; what could not be judged says itself what it lacks.
            of(
                "verify-unverifiable",
                Effect::Unverifiable,
                Verdict::Unverifiable,
                0,
            ),
            lines("verify-waived", self.waived()),
            lines("verify-left-out", self.left_out()),
            // The check stands, so there is nothing to do about it.
            of("verify-warns", Effect::Warns, Verdict::NotApplicable, 0),
        ]
    }

    /// What an exception or an earlier verdict keeps from counting, and exceptions that keep nothing any more.
    fn waived(&self) -> Vec<String> {
        let kept = findings(self.report).filter(|one| one.standing != Standing::Open);
        let kept = kept.map(|one| {
            let why = standing(self.lang, one).unwrap_or_default();
            format!("{why}: {}", shown(one.message.of(self.lang)))
        });
        let lapsed = self
            .report
            .exceptions
            .iter()
            .filter(|one| one.state != "in_force");
        let lapsed = lapsed.map(|one| {
            let state = message(self.lang, &format!("verify-exception-state-{}", one.state));
            format!(
                "{} ({}) {state} {}",
                shown(&one.id),
                shown(&one.criterion),
                shown(&one.until)
            )
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

    fn part(&self, part: &Part, limit: usize) -> String {
        let room = part.lines(limit).saturating_sub(1);
        if room == 0 {
            return String::new();
        }
        let (shown, lines) = match &part.entries {
            Entries::Findings(all) => {
                let chosen = chosen(all, room);
                (chosen.len(), written(&chosen))
            }
            Entries::Lines(lines) => {
                let lines = lines.iter().take(room);
                let lines = lines.map(|line| format!("  {}", fitting(line, self.width - 2)));
                (room, lines.collect())
            }
        };
        let count = if shown < part.all {
            let arguments = [
                ("count", grouped(part.all as u64)),
                ("shown", shown.to_string()),
            ];
            message_with(self.lang, "verify-the-first", &arguments)
        } else {
            format!("({})", part.all)
        };
        let title = format!("{} {count}", message(self.lang, part.title));
        format!(
            "{}\n{}\n",
            styled(Style::new().bold(), &title),
            lines.join("\n")
        )
    }

    /// The first findings of each check in lines.
    fn told(&self, verdict: Verdict, all: &[&Finding], helps: usize) -> Vec<Told> {
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut told = Vec::new();
        for finding in all {
            let known = seen.iter().position(|(check, _)| *check == finding.check);
            let check = known.unwrap_or(seen.len());
            if known.is_none() {
                seen.push((&finding.check, 0));
            }
            let rank = seen.get_mut(check).map_or(0, |(_, count)| {
                *count += 1;
                *count - 1
            });
            if rank < TOLD {
                told.push(Told {
                    check,
                    rank,
                    lines: self.entry(verdict, finding),
                    help: if helps == 0 {
                        Vec::new()
                    } else {
                        self.help(finding, helps)
                    },
                });
            }
        }
        told
    }

    /// A finding in a line with its place, or in two.
    fn entry(&self, verdict: Verdict, finding: &Finding) -> Vec<String> {
        let sign = if finding.effect == Effect::Warns {
            "!"
        } else {
            sign(self.lang, verdict)
        };
        let head = format!("  {sign} {}", shown(&finding.check));
        let said = shown(finding.message.of(self.lang));
        let place = first_place(finding).unwrap_or_default();
        let room = self.width.saturating_sub(columns(&head) + 2);
        let whole = if place.is_empty() {
            said.clone()
        } else {
            format!("{said} ({place})")
        };
        let head = styled(style(verdict), &head);
        if columns(&whole) <= room || place.is_empty() {
            return vec![format!("{head}  {}", fitting(&whole, room))];
        }
        let place = fitting_end(&place, self.width.saturating_sub(6));
        vec![
            format!("{head}  {}", fitting(&said, room)),
            format!("      {place}"),
        ]
    }

    fn help(&self, finding: &Finding, limit: usize) -> Vec<String> {
        let help = self.checks.named(&finding.check).help;
        let lines = wrapped(
            &shown(help.of(self.lang)),
            self.width.saturating_sub(8),
            limit,
        );
        let lines = lines.iter().enumerate();
        let lines = lines.map(|(index, line)| {
            let line = format!("      {} {line}", if index == 0 { "→" } else { " " });
            styled(Style::new().dimmed(), &line)
        });
        lines.collect()
    }
}

/// The findings that are told in `room` lines, those of one check together: of each check the first one, then of each the
/// second, so that many of one kind do not hide one of another.
fn chosen(all: &[Told], room: usize) -> Vec<&Told> {
    let mut order: Vec<&Told> = all.iter().collect();
    order.sort_by_key(|one| (one.rank, one.check));
    let mut kept: Vec<&Told> = Vec::new();
    for one in order.into_iter().take(TOLD) {
        kept.push(one);
        if height(&kept) > room {
            kept.pop();
            break;
        }
    }
    kept.sort_by_key(|one| (one.check, one.rank));
    kept
}

/// The lines that findings take with what to do.
fn height(told: &[&Told]) -> usize {
    let help = told
        .iter()
        .filter(|one| one.rank == 0)
        .map(|one| one.help.len());
    told.iter().map(|one| one.lines.len()).chain(help).sum()
}

/// Findings in their lines, with what to do behind the last one of each check.
fn written(told: &[&Told]) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, one) in told.iter().enumerate() {
        lines.extend(one.lines.iter().cloned());
        if told
            .get(index + 1)
            .is_none_or(|next| next.check != one.check)
        {
            lines.extend(one.help.iter().cloned());
        }
    }
    lines
}
