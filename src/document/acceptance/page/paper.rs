//! A verdict in the words of one language, laid out by nothing yet.

use std::collections::BTreeMap;

use crate::acceptance::Verdict;
use crate::acceptance::check::Checks;
use crate::acceptance::finding::{Effect, Finding, Outcome, Standing};
use crate::acceptance::report::{Ending, GroupView, Report};
use crate::acceptance::requirement::{Settled, Settlement};
use crate::digest::Digest;
use crate::document::acceptance::wording::{
    Counts, counting, day, delivered, evidence, group, grouped, more, place, role, settled,
    settled_sign, shown, sign, standing, subject, verdict,
};
use crate::evidence::Citation;
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// The most findings that are told of one check, and of one kind at the head.
const LISTED: usize = 200;
/// The most places that are told of one thing.
const PLACES: usize = 20;

/// A verdict in one language.
pub(super) struct Paper {
    pub(super) lang: Lang,
    /// Put in front of every anchor, so that two languages fit into one page.
    pub(super) prefix: String,
    pub(super) title: String,
    /// What stands at the head of every printed page.
    pub(super) running: String,
    pub(super) verdict: Worded,
    pub(super) headline: String,
    pub(super) head: Vec<(String, String)>,
    pub(super) groups: Vec<GroupPart>,
    /// What fails, and what could not be judged.
    pub(super) counting: Vec<CountingPart>,
    pub(super) settled_counts: String,
    pub(super) settled: Vec<SettledRow>,
    pub(super) inspector: Vec<SettledRow>,
    pub(super) exceptions: Vec<ExceptionRow>,
    pub(super) left_out: Vec<(String, String)>,
    pub(super) files: Vec<FileRow>,
    pub(super) tool: String,
}

/// A verdict in words, with a sign that needs no colour.
pub(super) struct Worded {
    pub(super) sign: &'static str,
    pub(super) word: String,
    pub(super) class: &'static str,
}

/// A place, with the file among the inputs where it is one.
pub(super) struct Link {
    /// The number of the file in the list of files.
    pub(super) file: Option<usize>,
    pub(super) label: String,
    pub(super) digest: String,
}

pub(super) struct GroupPart {
    pub(super) word: &'static str,
    pub(super) title: String,
    pub(super) verdict: Worded,
    pub(super) counts: String,
    pub(super) open: String,
    pub(super) checks: Vec<CheckPart>,
}

pub(super) struct CheckPart {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) verdict: Worded,
    pub(super) said: String,
    pub(super) help: String,
    pub(super) links: Vec<Link>,
    pub(super) findings: Vec<FindingRow>,
    pub(super) more: String,
}

pub(super) struct FindingRow {
    pub(super) effect: Worded,
    pub(super) said: String,
    /// What keeps it from counting.
    pub(super) standing: String,
    /// Names, severity and due day of a vulnerability.
    pub(super) weakness: String,
    pub(super) links: Vec<Link>,
}

/// Findings of one kind at the head, by check, with what to do.
pub(super) struct CountingPart {
    pub(super) title: String,
    pub(super) checks: Vec<CheckPart>,
}

pub(super) struct SettledRow {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) asks: String,
    pub(super) verdict: Worded,
    pub(super) checks: Vec<(&'static str, String)>,
    pub(super) links: Vec<Link>,
}

pub(super) struct ExceptionRow {
    pub(super) id: String,
    pub(super) criterion: String,
    pub(super) state: Worded,
    pub(super) until: String,
    pub(super) reason: String,
    pub(super) instead: String,
    pub(super) approver: String,
    pub(super) waives: String,
}

pub(super) struct FileRow {
    pub(super) role: String,
    pub(super) path: String,
    pub(super) sha256: String,
}

impl Paper {
    /// Puts a verdict into words.
    pub(super) fn new(report: &Report, checks: &Checks, lang: Lang, prefix: &str) -> Self {
        let (files, positions) = files(report, lang);
        let words = Words {
            report,
            checks,
            lang,
            positions,
        };
        let (inspector, settled): (Vec<_>, Vec<_>) = report
            .requirements
            .iter()
            .partition(|one| one.verdict == Settlement::Inspector);
        let subject_rows = subject(report, lang);
        let running = [
            report.subject.contract.as_ref(),
            report.subject.case.as_ref(),
        ];
        let running = running
            .into_iter()
            .flatten()
            .next()
            .map_or("", String::as_str);
        Self {
            lang,
            prefix: prefix.to_owned(),
            title: message(lang, "verify-page-title"),
            running: format!("{} · {}", shown(running), day(report))
                .trim_start_matches(" · ")
                .to_owned(),
            verdict: words.ending(),
            headline: shown(report.headline.of(lang)),
            head: words.head(subject_rows),
            groups: report.groups.iter().map(|one| words.group(one)).collect(),
            counting: words.counting(),
            settled_counts: Counts::of_requirements(report).words(lang),
            settled: settled.into_iter().map(|one| words.settled(one)).collect(),
            inspector: inspector
                .into_iter()
                .map(|one| words.settled(one))
                .collect(),
            exceptions: words.exceptions(),
            left_out: words.left_out(),
            files,
            tool: format!("{} {}", report.tool.name, report.tool.version),
        }
    }

    /// A message, for the template.
    pub(super) fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }
}

/// The files that the verdict rests on, and by digest where each first stands.
fn files(report: &Report, lang: Lang) -> (Vec<FileRow>, BTreeMap<Digest, usize>) {
    let artifacts = report.artifacts.iter();
    let artifacts = artifacts.map(|one| ("artifact", one.path.as_str(), one.sha256));
    let inputs = report
        .inputs
        .iter()
        .map(|one| (one.role, one.path.as_str(), one.sha256));
    let mut seen = std::collections::BTreeSet::new();
    let all: Vec<_> = inputs
        .chain(artifacts)
        .filter(|one| seen.insert(*one))
        .collect();
    let mut positions = BTreeMap::new();
    for (index, (_, _, sha256)) in all.iter().enumerate() {
        positions.entry(*sha256).or_insert(index + 1);
    }
    let rows = all.into_iter().map(|(of, path, sha256)| FileRow {
        role: role(lang, of),
        path: shown(path),
        sha256: sha256.hex(),
    });
    (rows.collect(), positions)
}

struct Words<'r> {
    report: &'r Report,
    checks: &'r Checks,
    lang: Lang,
    positions: BTreeMap<Digest, usize>,
}

impl Words<'_> {
    fn ending(&self) -> Worded {
        let of = match self.report.verdict {
            Ending::Acceptable => Verdict::Pass,
            Ending::NotAcceptable => Verdict::Fail,
            Ending::Unverifiable => Verdict::Unverifiable,
        };
        Worded {
            word: message(
                self.lang,
                &format!("verify-ending-{}", self.report.verdict.word()),
            ),
            ..self.verdict(of)
        }
    }

    fn head(&self, mut rows: Vec<(String, String)>) -> Vec<(String, String)> {
        let summary = &self.report.delivered;
        let digest = summary.sha256.hex();
        let label = message(self.lang, "verify-delivery");
        rows.push((label, delivered(self.report, self.lang, &digest)));
        rows
    }

    fn verdict(&self, of: Verdict) -> Worded {
        Worded {
            sign: sign(self.lang, of),
            word: verdict(self.lang, of),
            class: match of {
                Verdict::Pass => "good",
                Verdict::Fail => "bad",
                Verdict::Unverifiable => "open",
                Verdict::NotApplicable => "faint",
            },
        }
    }

    fn group(&self, view: &GroupView) -> GroupPart {
        let open = view.findings.iter().filter(|one| one.counts()).count();
        GroupPart {
            word: view.name.word(),
            title: group(self.lang, view.name),
            verdict: self.verdict(view.verdict),
            counts: Counts::of_checks(&view.checks).words(self.lang),
            open: if open == 0 {
                String::new()
            } else {
                grouped(open as u64)
            },
            checks: view
                .checks
                .iter()
                .map(|one| {
                    let own = view
                        .findings
                        .iter()
                        .filter(|finding| finding.check == one.check);
                    self.check(one, &own.collect::<Vec<_>>())
                })
                .collect(),
        }
    }

    fn check(&self, outcome: &Outcome, own: &[&Finding]) -> CheckPart {
        CheckPart {
            id: shown(&outcome.check),
            title: shown(outcome.title.of(self.lang)),
            verdict: self.verdict(outcome.verdict),
            said: shown(outcome.said.of(self.lang)),
            help: if outcome.verdict == Verdict::Fail {
                shown(self.checks.named(&outcome.check).help.of(self.lang))
            } else {
                String::new()
            },
            links: self.links(&outcome.citations),
            findings: own
                .iter()
                .take(LISTED)
                .map(|one| self.finding(one))
                .collect(),
            more: more(self.lang, own.len(), LISTED).unwrap_or_default(),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingRow {
        let of = match (finding.effect, &finding.standing) {
            (Effect::Fails, Standing::Open) => Verdict::Fail,
            (Effect::Unverifiable, Standing::Open) => Verdict::Unverifiable,
            _ => Verdict::NotApplicable,
        };
        let sign = match (finding.effect, &finding.standing) {
            (_, Standing::Waived { .. } | Standing::Known { .. }) => "※",
            (Effect::Warns, _) => "!",
            (Effect::Notes, _) => "i",
            _ => sign(self.lang, of),
        };
        FindingRow {
            effect: Worded {
                sign,
                word: message(
                    self.lang,
                    &format!("verify-effect-{}", finding.effect.word()),
                ),
                ..self.verdict(of)
            },
            said: shown(finding.message.of(self.lang)),
            standing: standing(self.lang, finding).unwrap_or_default(),
            weakness: self.weakness(finding),
            links: self.links(&finding.citations),
        }
    }

    fn weakness(&self, finding: &Finding) -> String {
        let Some(weakness) = &finding.weakness else {
            return String::new();
        };
        let ids: Vec<_> = weakness.ids.iter().map(|id| shown(id)).collect();
        let mut words = vec![ids.join(", ")];
        let rating = message(self.lang, &format!("severity-{}", weakness.rating));
        words.push(match weakness.tenths {
            Some(tenths) => format!("{rating} {}.{}", tenths / 10, tenths % 10),
            None => rating,
        });
        if weakness.exploited {
            words.push(message(self.lang, "scan-kev"));
        }
        if let Some(due) = &weakness.due {
            words.push(message_with(self.lang, "due", &[("day", shown(due))]));
        }
        words.join(" · ")
    }

    fn links(&self, citations: &[Citation]) -> Vec<Link> {
        let links = citations.iter().take(PLACES).map(|one| Link {
            file: self.positions.get(&one.sha256).copied(),
            label: place(one),
            digest: one.sha256.short(),
        });
        let more = more(self.lang, citations.len(), PLACES).map(|label| Link {
            file: None,
            label,
            digest: String::new(),
        });
        links.chain(more).collect()
    }

    /// What fails and what could not be judged, each check once with its findings and what to do.
    fn counting(&self) -> Vec<CountingPart> {
        [
            ("verify-fails", Effect::Fails, Verdict::Fail),
            (
                "verify-unverifiable",
                Effect::Unverifiable,
                Verdict::Unverifiable,
            ),
        ]
        .into_iter()
        .filter_map(|(title, kind, of)| {
            let all = counting(self.report, kind);
            let mut parts: Vec<(CheckPart, usize)> = Vec::new();
            for finding in &all {
                let id = shown(&finding.check);
                let position = parts.iter().position(|(part, _)| part.id == id);
                if position.is_none() {
                    let check = self.checks.named(&finding.check);
                    let part = CheckPart {
                        id,
                        title: shown(check.title.of(self.lang)),
                        verdict: self.verdict(of),
                        said: String::new(),
                        help: if of == Verdict::Fail {
                            shown(check.help.of(self.lang))
                        } else {
                            String::new()
                        },
                        links: Vec::new(),
                        findings: Vec::new(),
                        more: String::new(),
                    };
                    parts.push((part, 0));
                }
                let position = position.unwrap_or(parts.len() - 1);
                if let Some((part, count)) = parts.get_mut(position) {
                    *count += 1;
                    if *count <= LISTED {
                        part.findings.push(self.finding(finding));
                    }
                    part.more = more(self.lang, *count, LISTED).unwrap_or_default();
                }
            }
            (!all.is_empty()).then(|| CountingPart {
                title: format!(
                    "{} ({})",
                    message(self.lang, title),
                    grouped(all.len() as u64)
                ),
                checks: parts.into_iter().map(|(part, _)| part).collect(),
            })
        })
        .collect()
    }

    fn settled(&self, one: &Settled) -> SettledRow {
        let class = match one.verdict {
            Settlement::Pass => "good",
            Settlement::Fail => "bad",
            Settlement::Unverifiable => "open",
            Settlement::NotApplicable => "faint",
            Settlement::Waived | Settlement::Inspector => "plain",
        };
        SettledRow {
            id: shown(&one.id),
            title: shown(one.title.of(self.lang)),
            asks: one
                .asks
                .as_ref()
                .map_or_else(String::new, |asks| shown(asks.of(self.lang))),
            verdict: Worded {
                sign: settled_sign(self.lang, one.verdict),
                word: settled(self.lang, one.verdict),
                class,
            },
            checks: one
                .checks
                .iter()
                .map(|one| (sign(self.lang, one.verdict), shown(&one.check)))
                .collect(),
            links: self.links(&one.citations),
        }
    }

    fn exceptions(&self) -> Vec<ExceptionRow> {
        let all = self.report.exceptions.iter();
        all.map(|one| ExceptionRow {
            id: shown(&one.id),
            criterion: shown(&one.criterion),
            state: Worded {
                word: message(self.lang, &format!("verify-exception-state-{}", one.state)),
                ..self.verdict(if one.state == "in_force" {
                    Verdict::Pass
                } else {
                    Verdict::Fail
                })
            },
            until: shown(&one.until),
            reason: shown(one.reason.of(self.lang)),
            instead: shown(one.compensating_measure.of(self.lang)),
            approver: shown(&one.approver),
            waives: one.waives.to_string(),
        })
        .collect()
    }

    fn left_out(&self) -> Vec<(String, String)> {
        let all = self.report.left_out.iter();
        all.map(|one| {
            (
                evidence(self.lang, one.what),
                shown(one.reason.of(self.lang)),
            )
        })
        .collect()
    }
}
