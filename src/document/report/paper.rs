//! An assessment in the words of one language, laid out by nothing yet.

mod criterion;
mod group;

pub(super) use criterion::{CriterionPart, Valued};
pub(super) use group::GroupPart;

use super::appendix::{Appendix, Cited, Filed};
use super::bars::{Bar, Tick, ticks};
use super::{Advice, Report};
use crate::assessment::verdict::VerdictKind;
use crate::criteria::Stage;
use crate::document::marking;
use crate::document::table::Look;
use crate::document::words;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::fact::FactValue;
use crate::id::{CriterionId, FactKey};
use crate::tender::report::{ScoreView, VerdictView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// The most characters of a value that are shown.
const VALUE: usize = 300;

/// The most places that are linked from one value.
const LINKS: usize = 40;

/// A report in one language.
#[derive(Debug)]
pub(super) struct Paper {
    /// The language.
    pub lang: Lang,
    /// Put in front of every anchor, so that two languages fit into one page.
    pub prefix: String,
    /// The title.
    pub title: String,
    /// What stands at the head: label and value.
    pub head: Vec<(String, String)>,
    /// Classes and restrictions in words; empty where there are none.
    pub marking: String,
    /// The score in one sentence.
    pub score: String,
    /// The score as exact numbers: proven, possible, at most.
    pub exact: ScoreView,
    /// The score to scale.
    pub interval: Bar,
    /// The marks of its axis.
    pub ticks: Vec<Tick>,
    /// What is open, in sentences.
    pub completeness: Vec<String>,
    /// The gates by stage.
    pub stages: Vec<StagePart>,
    /// What contradicts.
    pub contradictions: Vec<Dispute>,
    /// What would narrow the interval.
    pub narrowing: Vec<AdviceRow>,
    /// What to repair first.
    pub repairs: Vec<AdviceRow>,
    /// The criteria by group.
    pub groups: Vec<GroupPart>,
    /// The evidence.
    pub files: Vec<Filed>,
    /// Remarks about the evidence.
    pub remarks: Vec<String>,
}

/// The gates of one stage.
#[derive(Debug)]
pub(super) struct StagePart {
    /// The stage in words.
    pub name: String,
    /// Whether every gate is open, in words.
    pub word: String,
    /// How it looks.
    pub class: &'static str,
    /// The gates.
    pub gates: Vec<GateRow>,
    /// How many do not apply.
    pub outside: String,
}

/// One gate.
#[derive(Debug)]
pub(super) struct GateRow {
    /// The criterion.
    pub criterion: String,
    /// Its title.
    pub title: String,
    /// The verdict.
    pub verdict: Worded,
    /// The number of places that it rests on.
    pub places: usize,
}

/// A verdict in words, with a sign that needs no colour.
#[derive(Debug, Clone)]
pub(super) struct Worded {
    /// The sign.
    pub sign: &'static str,
    /// The words.
    pub word: String,
    /// The class of its look.
    pub class: &'static str,
}

/// A link to a place in the evidence.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// The anchor of the place.
    pub anchor: String,
    /// File and place.
    pub label: String,
}

/// Facts that contradict.
#[derive(Debug)]
pub(super) struct Dispute {
    /// The fact's key.
    pub fact: String,
    /// Its title.
    pub title: String,
    /// Why one side counts, or what refutes the claim.
    pub because: String,
    /// What each side says, the strongest proof first.
    pub sides: Vec<SidePart>,
}

/// One side of a contradiction.
#[derive(Debug)]
pub(super) struct SidePart {
    /// What it says.
    pub value: String,
    /// How strongly it is proven.
    pub rank: String,
    /// Whether it counts.
    pub counted: bool,
    /// Where it stands.
    pub links: Vec<Link>,
    /// The first cited place, whose lines are shown.
    pub lines: Vec<crate::evidence::excerpt::ExcerptLine>,
}

/// One piece of advice.
#[derive(Debug)]
pub(super) struct AdviceRow {
    /// What it is about: the title of the fact or of the criterion.
    pub title: String,
    /// The fact; empty where it is about a criterion.
    pub fact: String,
    /// The criteria.
    pub criteria: Vec<String>,
    /// What to do.
    pub what: String,
    /// Points that hang on it; empty for a gate.
    pub points: String,
}

impl Paper {
    /// Puts a report into words. `prefix` keeps the anchors of several languages apart.
    pub(super) fn new(report: &Report<'_>, lang: Lang, prefix: &str) -> Self {
        let appendix = Appendix::new(report);
        let words = Wording {
            report,
            lang,
            appendix: &appendix,
        };
        let view = report.assessment;
        let score = &view.score;
        let arguments = [
            ("low", words::shown(&score.low)),
            ("high", words::shown(&score.high)),
            ("of", words::shown(&score.of)),
        ];
        let mut remarks: Vec<_> = view.remarks.iter().map(ToString::to_string).collect();
        remarks.sort();
        remarks.dedup();
        Self {
            lang,
            prefix: prefix.to_owned(),
            title: message(lang, "report-title"),
            head: words.head(),
            marking: report
                .head
                .marking
                .as_ref()
                .map_or_else(String::new, |marking| marking::line(marking, lang)),
            score: message_with(lang, "report-score", &arguments),
            exact: score.clone(),
            interval: Bar::new(score, &score.of, 20, 680),
            ticks: ticks(&score.of, 20, 680),
            completeness: words.completeness(),
            stages: words.stages(),
            contradictions: words.contradictions(),
            narrowing: words.advice(&report.narrowing),
            repairs: words.advice(&report.repairs),
            groups: group::groups(&words),
            remarks: remarks
                .iter()
                .map(|one| shortened(&printable(one), VALUE))
                .collect(),
            files: appendix.files,
        }
    }

    /// A message, for templates.
    pub(super) fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }

    /// A message with one argument, for templates.
    pub(super) fn say_one(&self, key: &str, name: &str, value: &str) -> String {
        message_with(self.lang, key, &[(name, value)])
    }

    /// Whether a group has criteria that apply.
    pub(super) fn has_points(&self) -> bool {
        !self.exact.of.is_zero()
    }
}

/// What the parts of a paper share.
struct Wording<'r> {
    report: &'r Report<'r>,
    lang: Lang,
    appendix: &'r Appendix,
}

impl Wording<'_> {
    fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }

    fn head(&self) -> Vec<(String, String)> {
        let (head, catalog) = (&self.report.head, &self.report.assessment.catalog);
        let (id, title) = &head.subject;
        let day = self.report.assessment.as_of.split('T').next();
        let rows = [
            ("report-agency", head.agency.of(self.lang).to_owned()),
            ("report-subject", join(title.of(self.lang), id)),
            (
                "report-supplier",
                join(head.supplier.of(self.lang), &head.offering),
            ),
            ("report-names", head.names.join(" / ")),
            ("report-day", day.unwrap_or_default().to_owned()),
            (
                "report-catalog",
                format!(
                    "{} — {} {}",
                    self.report.catalog.title.of(self.lang),
                    catalog.id,
                    catalog.version
                ),
            ),
            (
                "report-catalog-digest",
                format!("sha256:{}", catalog.digest.hex()),
            ),
        ];
        rows.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| (self.say(label), shortened(&printable(&value), VALUE)))
            .collect()
    }

    fn verdict(&self, verdict: &VerdictView) -> Worded {
        let kind = verdict.verdict.kind;
        let sign = match (kind, self.lang) {
            (VerdictKind::Pass, Lang::Ja) => "○",
            (VerdictKind::Pass, Lang::En) => "✓",
            (VerdictKind::Fail, _) => "×",
            (VerdictKind::Partial, _) => "△",
            (VerdictKind::NotApplicable, _) => "–",
            (VerdictKind::Waived, _) => "※",
            (VerdictKind::Stale, _) => "!",
            (VerdictKind::Unanswered | VerdictKind::Unverifiable, _) => "?",
        };
        Worded {
            sign,
            word: words::verdict(self.lang, &verdict.verdict),
            class: class(kind),
        }
    }

    /// The title of a criterion; empty where the catalog at hand does not know it.
    fn title(&self, verdict: &VerdictView) -> String {
        self.report
            .catalog
            .criteria
            .get(&verdict.criterion)
            .map_or_else(String::new, |one| one.title.of(self.lang).to_owned())
    }

    fn fact_title(&self, fact: &FactKey) -> String {
        let definition = self.report.catalog.vocabulary.lookup(fact.as_str());
        definition.map_or_else(String::new, |one| one.title.of(self.lang).to_owned())
    }

    /// A value in words, with its unit.
    fn value(&self, fact: &FactKey, value: &FactValue) -> String {
        let unit = self
            .report
            .catalog
            .vocabulary
            .lookup(fact.as_str())
            .and_then(|one| one.unit.as_ref());
        match (value, unit) {
            (FactValue::Bool(true), _) => self.say("report-yes"),
            (FactValue::Bool(false), _) => self.say("report-no"),
            (FactValue::List(words), _) if words.is_empty() => self.say("report-empty-list"),
            (FactValue::Integer(number), Some(unit)) => match self.lang {
                Lang::Ja => format!("{number}{}", unit.of(self.lang)),
                Lang::En => format!("{number} {}", unit.of(self.lang)),
            },
            (other, _) => shortened(&printable(&other.to_string()), VALUE),
        }
    }

    fn rank(&self, rank: u8) -> String {
        message_with(self.lang, "report-rank", &[("rank", &rank.to_string())])
    }

    fn cited(&self, citation: &Citation) -> Option<(&Filed, &Cited)> {
        self.appendix.lookup(citation)
    }

    /// Links to what is cited; where there are very many, the last one leads to the list of all.
    fn links<'c>(&self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<Link> {
        let links = citations.into_iter().filter_map(|citation| {
            let (file, place) = self.cited(citation)?;
            Some(Link {
                anchor: place.anchor.clone(),
                label: format!("{} {}", file.path, place.place)
                    .trim_end()
                    .to_owned(),
            })
        });
        let mut links: Vec<_> = links.collect();
        if links.len() > LINKS {
            let more = (links.len() - LINKS).to_string();
            links.truncate(LINKS);
            links.push(Link {
                anchor: "evidence".to_owned(),
                label: message_with(self.lang, "attestation-more", &[("count", &more)]),
            });
        }
        links
    }

    fn said(&self, key: &str, arguments: &[(&str, String)]) -> String {
        message_with(self.lang, key, arguments)
    }

    fn completeness(&self) -> Vec<String> {
        let view = self.report.assessment;
        let applies = |one: &&VerdictView| one.verdict.kind != VerdictKind::NotApplicable;
        let applying = view.verdicts.iter().filter(applies).count();
        let complete = &view.completeness;
        let mut sentences = vec![self.said(
            "assess-completeness",
            &[
                ("criteria", complete.criteria.to_string()),
                ("unanswered", complete.unanswered.to_string()),
                ("unverifiable", complete.unverifiable.to_string()),
                ("stale", complete.stale.to_string()),
            ],
        )];
        if let (Some(low), Some(high)) = (&complete.low_per_mille, &complete.high_per_mille) {
            let arguments = [("low", words::shown(low)), ("high", words::shown(high))];
            sentences.push(self.said("assess-per-mille", &arguments));
        }
        let outside = (view.verdicts.len() - applying).to_string();
        if outside != "0" {
            sentences.push(message_with(
                self.lang,
                "offering-outside",
                &[("count", &outside)],
            ));
        }
        sentences
    }

    fn stages(&self) -> Vec<StagePart> {
        Stage::WORDS
            .iter()
            .filter_map(|(_, stage)| {
                let all = self.report.assessment.verdicts.iter();
                let at: Vec<_> = all.filter(|one| one.stage == Some(*stage)).collect();
                let gates: Vec<_> = at
                    .iter()
                    .filter(|one| one.verdict.kind != VerdictKind::NotApplicable)
                    .collect();
                if at.is_empty() {
                    return None;
                }
                let closed = gates.iter().filter(|one| !one.verdict.kind.opens_gate());
                let closed = closed.count();
                let failed = gates
                    .iter()
                    .any(|one| one.verdict.kind == VerdictKind::Fail);
                let outside = at.len() - gates.len();
                Some(StagePart {
                    name: words::stage(self.lang, *stage),
                    word: match closed {
                        0 if gates.is_empty() => self.say("report-no-gates"),
                        0 => self.say("report-gates-open"),
                        closed => message_with(
                            self.lang,
                            "report-gates-closed",
                            &[
                                ("closed", &closed.to_string()),
                                ("of", &gates.len().to_string()),
                            ],
                        ),
                    },
                    class: match (closed, failed) {
                        (0, _) => "good",
                        (_, true) => "bad",
                        (_, false) => "open",
                    },
                    gates: gates
                        .iter()
                        .map(|one| GateRow {
                            criterion: one.criterion.to_string(),
                            title: self.title(one),
                            verdict: self.verdict(one),
                            places: one.citations.len(),
                        })
                        .collect(),
                    outside: if outside > 0 {
                        let count = outside.to_string();
                        message_with(self.lang, "report-gates-outside", &[("count", &count)])
                    } else {
                        String::new()
                    },
                })
            })
            .collect()
    }

    fn contradictions(&self) -> Vec<Dispute> {
        let all = self.report.assessment.contradictions.iter();
        all.map(|one| Dispute {
            fact: one.fact.to_string(),
            title: self.fact_title(&one.fact),
            because: shortened(&printable(one.because.of(self.lang)), VALUE),
            sides: one
                .sides
                .iter()
                .map(|side| SidePart {
                    value: self.value(&one.fact, &side.value),
                    rank: self.rank(side.proof_rank),
                    counted: side.counted,
                    links: self.links(&side.citations),
                    lines: side
                        .citations
                        .iter()
                        .filter_map(|citation| self.cited(citation))
                        .map(|(_, place)| place.lines.clone())
                        .find(|lines| !lines.is_empty())
                        .unwrap_or_default(),
                })
                .collect(),
        })
        .collect()
    }

    fn advice(&self, all: &[Advice]) -> Vec<AdviceRow> {
        let criterion = |id: &CriterionId| self.report.catalog.criteria.get(id);
        let title = |one: &Advice| match (&one.fact, one.criteria.first()) {
            (Some(fact), _) => self.fact_title(fact),
            (None, first) => first
                .and_then(criterion)
                .map_or_else(String::new, |one| one.title.of(self.lang).to_owned()),
        };
        all.iter()
            .map(|one| AdviceRow {
                title: title(one),
                fact: one.fact.iter().map(ToString::to_string).collect(),
                criteria: one.criteria.iter().map(ToString::to_string).collect(),
                what: one.what.of(self.lang).to_owned(),
                points: one.points.as_ref().map_or_else(String::new, words::shown),
            })
            .collect()
    }
}

/// The class of a verdict's look.
fn class(kind: VerdictKind) -> &'static str {
    match words::look(kind) {
        Look::Good => "good",
        Look::Bad => "bad",
        Look::Open => "open",
        Look::Faint => "faint",
        Look::Plain | Look::Number => "plain",
    }
}

/// `title (id)`, or what there is of the two.
fn join(title: &str, id: &str) -> String {
    match (title.is_empty(), id.is_empty()) {
        (false, false) => format!("{title} ({id})"),
        (false, true) => title.to_owned(),
        (true, _) => id.to_owned(),
    }
}

/// A score in words: `3 – 5 / 5`, or `5 / 5` where it is a point.
fn score_words(score: &ScoreView) -> String {
    let shown = |number: &Exact| words::shown(number);
    if score.low == score.high {
        format!("{} / {}", shown(&score.low), shown(&score.of))
    } else {
        format!(
            "{}–{} / {}",
            shown(&score.low),
            shown(&score.high),
            shown(&score.of)
        )
    }
}
