//! What a score sheet says of an item: what a mark may be, and what the machine proposes.

use crate::assessment::Judgment;
use crate::document::words;
use crate::exact::Exact;
use crate::tender::item::{Item, Scale};
use crate::tender::procedure::Procedure;
use crate::tender::score_sheet::mark_words;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// How many places of evidence a proposal names.
const PLACES: usize = 3;

/// What a mark may be, in words.
pub(super) fn scale(procedure: &Procedure, item: &Item, lang: Lang) -> String {
    let weight = (item.weight != Exact::one()
        && !matches!(item.scale, Scale::Grades(_) | Scale::Met))
    .then(|| {
        message_with(
            lang,
            "score-scale-weight",
            &[("weight", item.weight.to_string())],
        )
    });
    let said = match &item.scale {
        Scale::Met => message(lang, "score-scale-met"),
        Scale::Points => {
            let highest = item.highest_mark().to_string();
            message_with(lang, "score-scale-points", &[("highest", highest)])
        }
        Scale::Steps(_) => {
            let steps: Vec<_> = mark_words(procedure, item)
                .into_iter()
                .map(|one| one.en)
                .collect();
            let between = match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            };
            message_with(lang, "score-scale-steps", &[("steps", steps.join(between))])
        }
        Scale::Grades(name) => {
            let grades = procedure
                .grades
                .get(name)
                .into_iter()
                .flat_map(|table| &table.grades);
            let lines: Vec<_> = grades
                .map(|(word, share)| {
                    let points = share.times(&item.points).to_string();
                    let percent = share.times(&Exact::from_integer(100)).to_string();
                    let arguments = [("grade", word), ("points", &points), ("percent", &percent)];
                    message_with(lang, "score-scale-grade", &arguments)
                })
                .collect();
            lines.join(match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            })
        }
    };
    match weight {
        Some(weight) => format!("{said}\n{weight}"),
        None => said,
    }
}

/// What the machine proposes, and where it rests.
pub(super) fn proposal(item: &Item, judgment: &Judgment, lang: Lang) -> String {
    let verdict = words::verdict(lang, &judgment.verdict);
    let share = |points: &Exact| points.times(&item.points).over(&judgment.of);
    let proposed = match (&item.scale, share(&judgment.low), share(&judgment.high)) {
        (Scale::Met, ..) => {
            let key = if judgment.verdict.kind.opens_gate() {
                "score-met"
            } else {
                "score-unmet"
            };
            message(lang, key)
        }
        (_, Some(low), Some(high)) if low == high => message_with(
            lang,
            "score-proposed-points",
            &[("points", low.to_string())],
        ),
        (_, Some(low), Some(high)) => {
            let arguments = [("low", low.to_string()), ("high", high.to_string())];
            message_with(lang, "score-proposed-range", &arguments)
        }
        _ => message(lang, "score-proposed-nothing"),
    };
    message_with(
        lang,
        "score-proposed",
        &[("proposed", proposed), ("verdict", verdict)],
    )
}

/// Where a proposal rests, a place a line, and how many more there are. The tender file is left out: evaluators have no
/// business with it while it holds prices.
pub(super) fn places(judgment: &Judgment, tender_file: &str) -> (Vec<String>, usize) {
    let mut places: Vec<String> = Vec::new();
    for citation in judgment
        .citations
        .iter()
        .filter(|one| one.file != tender_file)
    {
        let place = if citation.at.is_whole() {
            citation.file.clone()
        } else {
            format!("{} {}", citation.file, citation.at)
        };
        let place = shortened(&printable(&place), 120);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let more = places.len().saturating_sub(PLACES);
    places.truncate(PLACES);
    (places, more)
}
