//! One criterion of a report.

use super::{Link, VALUE, Worded, Wording, score_words};
use crate::assessment::UsedValue;
use crate::criteria::{Criterion, Mark};
use crate::document::because::render;
use crate::document::words;
use crate::tender::report::{ScoreView, VerdictView};
use crate::text::messages::{message, message_with};
use crate::text::{printable, shortened};

/// The most lines that tell why a rule decided so.
const BECAUSE: usize = 24;

/// One criterion with everything that its verdict rests on.
#[derive(Debug)]
pub(in crate::document::report) struct CriterionPart {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is required.
    pub requirement: String,
    /// Gate with its stage, or the weight.
    pub kind: String,
    /// The verdict.
    pub verdict: Worded,
    /// Whether it lies outside of the case.
    pub outside: bool,
    /// Points in words; empty for a gate.
    pub points: String,
    /// The anchor of the place that the points rest on; empty where nothing is cited.
    pub rests_on: String,
    /// Points as exact numbers.
    pub score: Option<ScoreView>,
    /// The rank at which the verdict holds, in words.
    pub rank: String,
    /// The same as a number.
    pub rank_number: String,
    /// Why it does not apply, or why evidence could not be used.
    pub reasons: Vec<String>,
    /// Why the rule decided so.
    pub because: Vec<String>,
    /// The values that decided.
    pub values: Vec<Valued>,
    /// Places that took part beside those of the values.
    pub links: Vec<Link>,
    /// What to ask for, where nothing is established.
    pub ask: String,
    /// The rules.
    pub rules: Vec<String>,
    /// The sources, each with whether it was read or remembered.
    pub sources: Vec<SourceLine>,
    /// The last day on which it holds; empty where there is none.
    pub due: String,
}

/// A source of a criterion.
#[derive(Debug)]
pub(in crate::document::report) struct SourceLine {
    /// The document's title with its edition.
    pub document: String,
    /// Paragraphs or items.
    pub item: String,
    /// Verified or recalled, in words.
    pub mark: String,
    /// Whether the text was at hand.
    pub verified: bool,
}

/// A value that took part in a verdict.
#[derive(Debug)]
pub(in crate::document::report) struct Valued {
    /// The fact's key.
    pub fact: String,
    /// Its title.
    pub title: String,
    /// The value in words.
    pub value: String,
    /// The rank of its evidence, in words.
    pub rank: String,
    /// Whether it counted.
    pub counted: bool,
    /// Where it stands.
    pub links: Vec<Link>,
}

/// Puts one verdict into words.
pub(super) fn part(
    words: &Wording<'_>,
    criterion: &Criterion,
    verdict: &VerdictView,
) -> CriterionPart {
    let lang = words.lang;
    let outside = verdict.not_applicable.iter();
    let outside = outside.map(|reason| reason.of(lang).to_owned());
    let exception = verdict.exception.iter().map(|id| {
        let id = shortened(&printable(id), VALUE);
        message_with(lang, "report-exception", &[("id", &id)])
    });
    let reasons = verdict.reasons.iter();
    let reasons = reasons.map(|reason| shortened(&printable(reason), VALUE));
    let of_values = |citation: &&crate::evidence::Citation| {
        let mut all = verdict.values.iter();
        !all.any(|value| value.citations.contains(citation))
    };
    let day = verdict.due.as_deref().and_then(|due| due.split('T').next());
    CriterionPart {
        id: criterion.id.to_string(),
        title: criterion.title.of(lang).to_owned(),
        requirement: criterion.requirement.of(lang).to_owned(),
        kind: match criterion.stage() {
            Some(stage) => message_with(lang, "gate-at", &[("stage", &words::stage(lang, stage))]),
            None => message_with(
                lang,
                "weight",
                &[("points", &criterion.points().to_string())],
            ),
        },
        verdict: words.verdict(verdict),
        outside: verdict.verdict.kind == crate::assessment::verdict::VerdictKind::NotApplicable,
        points: verdict
            .points
            .as_ref()
            .map_or_else(String::new, score_words),
        rests_on: verdict
            .values
            .iter()
            .filter(|value| value.counted)
            .flat_map(|value| &value.citations)
            .chain(&verdict.citations)
            .find_map(|citation| words.cited(citation))
            .map_or_else(String::new, |(_, place)| place.anchor.clone()),
        score: verdict.points.clone(),
        rank: words.rank(verdict.proof_rank),
        rank_number: verdict.proof_rank.to_string(),
        reasons: outside.chain(exception).chain(reasons).collect(),
        because: because(words, verdict),
        values: verdict
            .values
            .iter()
            .map(|value| valued(words, value))
            .collect(),
        links: words.links(verdict.citations.iter().filter(of_values)),
        ask: criterion.ask.of(lang).to_owned(),
        rules: criterion
            .rules()
            .into_iter()
            .map(|rule| rule.source().to_owned())
            .collect(),
        sources: sources(words, criterion),
        due: day.unwrap_or_default().to_owned(),
    }
}

/// Why the rules decided so, and the officer's note where a gate passed on the supplier's word.
fn because(words: &Wording<'_>, verdict: &VerdictView) -> Vec<String> {
    let lang = words.lang;
    let rules = render(&verdict.because, "", lang);
    let note = verdict.note.iter().map(|note| {
        let (by, reason) = (printable(&note.by), printable(note.reason.of(lang)));
        let day = note.on.split('T').next().unwrap_or_default();
        message_with(
            lang,
            "report-note",
            &[("by", &*by), ("day", day), ("reason", &*reason)],
        )
    });
    // Conditions inside of others stand behind blanks, which a page does not show.
    let lines = rules.lines().map(|line| {
        let inner = line.trim_start();
        let depth = line.len().saturating_sub(inner.len()) / 2;
        let inner = shortened(&printable(inner), VALUE);
        format!("{}{inner}", "→ ".repeat(depth.saturating_sub(1)))
    });
    note.chain(lines.take(BECAUSE)).collect()
}

fn valued(words: &Wording<'_>, value: &UsedValue) -> Valued {
    Valued {
        fact: value.fact.to_string(),
        title: words.fact_title(&value.fact),
        value: words.value(&value.fact, &value.value),
        rank: words.rank(value.proof_rank),
        counted: value.counted,
        links: words.links(&value.citations),
    }
}

fn sources(words: &Wording<'_>, criterion: &Criterion) -> Vec<SourceLine> {
    let lang = words.lang;
    let line = |document: &str, edition: Option<&str>, item: String, mark: Mark| {
        let mut known = words.report.catalog.documents.iter();
        let known = known.find(|one| one.id == document);
        let title = known.map_or(document, |one| one.title.of(lang));
        let edition = edition.or(known.map(|one| one.edition.as_str()));
        SourceLine {
            document: format!("{title} ({})", edition.unwrap_or_default()),
            item,
            mark: match mark {
                Mark::Verified => message(lang, "mark-verified"),
                Mark::Recalled => message(lang, "mark-recalled"),
            },
            verified: mark == Mark::Verified,
        }
    };
    let source = &criterion.source;
    let articles: Vec<_> = source
        .paragraphs
        .iter()
        .chain(&source.articles)
        .map(String::as_str)
        .collect();
    let first = line("common-model", None, articles.join(", "), source.mark);
    let rest = source.standards.iter();
    let rest = rest.map(|one| {
        line(
            &one.document,
            Some(&one.edition),
            one.item.clone(),
            one.mark,
        )
    });
    std::iter::once(first).chain(rest).collect()
}
