//! The criteria of a report by group, with the measures of its pictures.

use std::collections::BTreeMap;

use super::criterion::{CriterionPart, part};
use super::{Wording, score_words};
use crate::assessment::verdict::VerdictKind;
use crate::document::report::bars::{Bar, fitted};
use crate::exact::Exact;
use crate::tender::report::{ScoreView, VerdictView};
use crate::text::messages::{message, message_with};

/// Left edge and width of the bars in the pictures.
const LEFT: i64 = 250;
const WIDTH: i64 = 270;
/// Height of a row.
const ROW: i64 = 24;
/// Columns of a label.
const LABEL: usize = 38;

/// One group of the catalog.
#[derive(Debug)]
pub(in crate::document::report) struct GroupPart {
    /// Its letter.
    pub letter: String,
    /// Its title.
    pub title: String,
    /// Points in words; empty where nothing is scored.
    pub points: String,
    /// Gates in words; empty where there are none.
    pub gates: String,
    /// What the pictures say, for those who do not see them.
    pub described: String,
    /// Its row in the picture of all groups.
    pub bar: Bar,
    /// Vertical place of that row.
    pub y: i64,
    /// Its gates, counted by what came out.
    pub counts: GateCount,
    /// The rows of its own picture.
    pub rows: Vec<PictureRow>,
    /// The height of its own picture.
    pub height: i64,
    /// The criteria that apply.
    pub criteria: Vec<CriterionPart>,
    /// The criteria outside of the case.
    pub outside: Vec<CriterionPart>,
}

/// The gates of a group by what came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::document::report) struct GateCount {
    /// Open gates.
    pub open: usize,
    /// Gates that were not met.
    pub failed: usize,
    /// Gates that nothing settles yet.
    pub unsettled: usize,
}

impl GateCount {
    /// How many there are.
    pub(in crate::document::report) fn all(self) -> usize {
        self.open + self.failed + self.unsettled
    }
}

/// A criterion in the picture of its group.
#[derive(Debug)]
pub(in crate::document::report) struct PictureRow {
    /// Its anchor.
    pub id: String,
    /// The title, cut to fit.
    pub label: String,
    /// Vertical place.
    pub y: i64,
    /// Its points; absent for a gate.
    pub bar: Option<Bar>,
    /// Sign and words of the verdict.
    pub verdict: super::Worded,
    /// Points in words, or that it is a gate.
    pub text: String,
}

/// The groups that have criteria, by letter.
pub(super) fn groups(words: &Wording<'_>) -> Vec<GroupPart> {
    let mut by_letter: BTreeMap<&str, Vec<&VerdictView>> = BTreeMap::new();
    for verdict in &words.report.assessment.verdicts {
        if let Some(criterion) = words.report.catalog.criteria.get(&verdict.criterion) {
            by_letter.entry(&criterion.group).or_default().push(verdict);
        }
    }
    let scores: Vec<_> = by_letter.values().map(|all| sum(all)).collect();
    let most = scores.iter().map(|score| score.of.clone()).max();
    let most = most.unwrap_or_else(Exact::zero);
    let rows = (0_i64..).zip(by_letter).zip(scores);
    rows.map(|((index, (letter, verdicts)), score)| {
        group(words, letter, &verdicts, &score, &most, index)
    })
    .collect()
}

fn group(
    words: &Wording<'_>,
    letter: &str,
    verdicts: &[&VerdictView],
    score: &ScoreView,
    most: &Exact,
    index: i64,
) -> GroupPart {
    let lang = words.lang;
    let parts = verdicts.iter().filter_map(|verdict| {
        let criterion = words.report.catalog.criteria.get(&verdict.criterion)?;
        Some(part(words, criterion, verdict))
    });
    let (outside, criteria): (Vec<_>, Vec<_>) = parts.partition(|one| one.outside);
    let counts = count(verdicts);
    let heaviest = verdicts
        .iter()
        .filter_map(|verdict| Some(verdict.points.as_ref()?.of.clone()))
        .max()
        .unwrap_or_else(Exact::zero);
    let rows: Vec<_> = (0_i64..)
        .zip(&criteria)
        .map(|(index, one)| PictureRow {
            id: one.id.clone(),
            label: fitted(&one.title, LABEL),
            y: index * ROW,
            bar: one
                .score
                .as_ref()
                .map(|score| Bar::new(score, &heaviest, LEFT, WIDTH)),
            verdict: one.verdict.clone(),
            text: if one.score.is_some() {
                one.points.clone()
            } else {
                one.kind.clone()
            },
        })
        .collect();
    let points = if score.of.is_zero() {
        String::new()
    } else {
        score_words(score)
    };
    let title = title(letter, lang);
    let gates = if counts.all() == 0 {
        String::new()
    } else {
        let (open, all) = (counts.open.to_string(), counts.all().to_string());
        message_with(lang, "report-gates-count", &[("open", &open), ("of", &all)])
    };
    GroupPart {
        described: [title.as_str(), &points, &gates]
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect::<Vec<_>>()
            .join(": "),
        letter: letter.to_owned(),
        title,
        points,
        gates,
        bar: Bar::new(score, most, LEFT, WIDTH),
        y: index * ROW,
        counts,
        height: i64::try_from(rows.len()).unwrap_or(0) * ROW + 6,
        rows,
        criteria,
        outside,
    }
}

/// The title of a group; its letter where an overlay brought one that has no title.
fn title(letter: &str, lang: crate::text::Lang) -> String {
    let key = format!("report-group-{letter}");
    let title = message(lang, &key);
    if title == key {
        letter.to_owned()
    } else {
        title
    }
}

fn sum(verdicts: &[&VerdictView]) -> ScoreView {
    let total = |part: fn(&ScoreView) -> &Exact| {
        let scored = verdicts.iter().filter_map(|one| one.points.as_ref());
        scored.map(part).cloned().sum()
    };
    ScoreView {
        low: total(|score| &score.low),
        high: total(|score| &score.high),
        of: total(|score| &score.of),
    }
}

fn count(verdicts: &[&VerdictView]) -> GateCount {
    let gates = verdicts.iter().filter(|one| one.stage.is_some());
    gates.fold(GateCount::default(), |mut counts, one| {
        match one.verdict.kind {
            VerdictKind::NotApplicable => {}
            VerdictKind::Fail => counts.failed += 1,
            kind if kind.opens_gate() => counts.open += 1,
            _ => counts.unsettled += 1,
        }
        counts
    })
}
