//! The consolidated table (集計表): items, evaluators and bids, with every rounding.
//!
//! Who reads it: the review committee and the auditor. It names evaluators and shows every bidder's marks, so it stays
//! inside the agency. The sums of what it prints are the totals that it prints.

use super::part::{Paper, Table};
use super::procedure::steps;
use super::voice::Voice;
use crate::document::words;
use crate::exact::Exact;
use crate::tender::Tender;
use crate::tender::consolidation::{BidMarks, EvaluatorMark, Outlier, consolidate};
use crate::tender::evaluate::{BidOutcome, Outcome};
use crate::tender::item::{Mark, Scale};
use crate::tender::procedure::CombinationLevel;
use crate::tender::technical::Technical;
use crate::text::Lang;

/// Writes the table in a language.
pub fn consolidated(tender: &Tender, outcome: &Outcome, lang: Lang) -> Paper {
    let voice = Voice { lang };
    let mut paper = Paper::new(tender, &voice.say("paper-consolidated"), voice);
    paper.is_wide = true;
    super::items::procedure_labels(&mut paper, tender, None, voice);
    paper.section(&voice.say("paper-summary"));
    for place in 0..tender.lots.len() {
        lot_title(&mut paper, tender, place, voice);
        paper.table(summary(tender, outcome, place, voice));
    }
    if !tender.items.is_empty() {
        evaluators(&mut paper, tender, voice);
    }
    let all = consolidate(&Technical::from(tender));
    for bid in &outcome.bids {
        let own = all.bids.iter().find(|one| one.bid == bid.bid.id);
        paper.section(&format!(
            "{} ({})",
            bid.bid.offering.supplier.of(lang),
            bid.bid.id
        ));
        if !bid.exclusions.is_empty() {
            let reasons = bid
                .exclusions
                .iter()
                .map(|one| one.detail.of(lang).to_owned());
            let reasons = voice.joined(&reasons.collect::<Vec<_>>());
            paper.text(&voice.say_with("paper-excluded-by", &[("reasons", &reasons)]));
        }
        paper.table(marks(tender, bid, own, &By::Named(voice)));
        outliers(&mut paper, tender, own, voice);
        comments(&mut paper, tender, bid, &By::Named(voice), |text| {
            Some(text.to_owned())
        });
        let own = outcome
            .derivation
            .iter()
            .filter(|step| step.bid == bid.bid.id && !step.name.starts_with("item:"));
        paper.table(steps(tender, own, voice));
    }
    paper
}

/// The title of a lot, where the tender is parted.
pub(super) fn lot_title(paper: &mut Paper, tender: &Tender, place: usize, voice: Voice) {
    if let Some(lot) = tender.lots.get(place)
        && let Some(id) = &lot.id
    {
        paper.subsection(&format!("{} ({id})", lot.title.of(voice.lang)));
    }
}

/// The bids of a lot with their blocks, price and total.
pub(super) fn summary(tender: &Tender, outcome: &Outcome, lot: usize, voice: Voice) -> Table {
    let lang = voice.lang;
    let form = &tender.procedure;
    let mut head = vec![(voice.say("rank"), true), (voice.say("supplier"), false)];
    head.extend(
        tender
            .blocks
            .iter()
            .map(|block| (block.title.of(lang).to_owned(), true)),
    );
    head.push((voice.say("technical"), true));
    head.push((voice.say("price-yen"), true));
    if form.price.is_some() {
        head.push((voice.say("price-points"), true));
    }
    if !form.method.lowest_first() {
        head.push((voice.total(form.method), true));
    }
    let mut table = Table::new(head.iter().map(|(text, number)| (text.as_str(), *number)));
    for (bid, standing) in outcome.ranking(lot) {
        let mut row = vec![standing.rank.to_string(), named(bid, lang)];
        row.extend(standing.blocks.iter().map(|points| voice.exact(points)));
        row.push(voice.exact(&standing.technical));
        row.push(words::grouped(&bid.bid.price_yen.to_string()));
        if form.price.is_some() {
            row.push(
                standing
                    .price_points
                    .as_ref()
                    .map_or_else(String::new, |one| voice.exact(one)),
            );
        }
        if !form.method.lowest_first() {
            row.push(voice.exact(&standing.total));
        }
        table.row(row);
    }
    let out = outcome
        .bids
        .iter()
        .filter(|bid| bid.bid.lot == lot && bid.standing.is_none());
    for bid in out {
        let mut row = vec![voice.say("paper-out"), named(bid, lang)];
        row.extend(tender.blocks.iter().map(|_| "—".to_owned()));
        row.push("—".to_owned());
        row.push(words::grouped(&bid.bid.price_yen.to_string()));
        row.resize(table.head.len(), "—".to_owned());
        table.row(row);
    }
    table
}

fn named(bid: &BidOutcome, lang: Lang) -> String {
    format!("{} ({})", bid.bid.offering.supplier.of(lang), bid.bid.id)
}

fn evaluators(paper: &mut Paper, tender: &Tender, voice: Voice) {
    paper.section(&voice.say("paper-evaluators-title"));
    let mut table = Table::new([
        (voice.say("paper-evaluator").as_str(), false),
        (voice.say("paper-conflicts").as_str(), false),
    ]);
    for (place, evaluator) in tender.evaluators.iter().enumerate() {
        let conflicts: Vec<_> = evaluator
            .conflicts
            .iter()
            .map(ToString::to_string)
            .collect();
        let conflicts = if conflicts.is_empty() {
            voice.say("paper-none")
        } else {
            voice.joined(&conflicts)
        };
        table.row([By::Named(voice).name(tender, place), conflicts]);
    }
    paper.table(table);
}

/// How evaluators are called in a paper.
pub(super) enum By {
    /// By name, or identifier.
    Named(Voice),
    /// By letters in their order.
    Lettered(Voice),
}

impl By {
    fn voice(&self) -> Voice {
        match self {
            Self::Named(voice) | Self::Lettered(voice) => *voice,
        }
    }

    /// What an evaluator is called.
    pub(super) fn name(&self, tender: &Tender, place: usize) -> String {
        match self {
            Self::Named(voice) => tender
                .evaluators
                .get(place)
                .map_or_else(String::new, |one| {
                    let name = one.name.as_ref().map(|name| name.of(voice.lang).to_owned());
                    name.unwrap_or_else(|| one.id.clone())
                }),
            Self::Lettered(voice) => {
                voice.say_with("paper-evaluator-letter", &[("letter", &letter(place))])
            }
        }
    }
}

/// `A`, `B`, …, `Z`, `A2`, …
fn letter(place: usize) -> String {
    let letter = ('A'..='Z').nth(place % 26).unwrap_or('A');
    match place / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

/// What every evaluator marked of a bid, item by item, with how far the marks lie apart where evaluators are named.
pub(super) fn marks(tender: &Tender, bid: &BidOutcome, own: Option<&BidMarks>, by: &By) -> Table {
    let voice = by.voice();
    let is_by_item = tender.procedure.evaluators.level == CombinationLevel::Item;
    let is_named = matches!(by, By::Named(_));
    let far = own.map_or_else(Vec::new, far_marks);
    let mut head = vec![
        (voice.say("paper-item"), false),
        (voice.say("paper-points"), true),
    ];
    let marking = bid.bid.sheets.iter();
    head.extend(marking.map(|sheet| (by.name(tender, sheet.evaluator), true)));
    if is_named {
        head.push((voice.say("paper-spread"), true));
    }
    if is_by_item {
        head.push((voice.say("paper-combined"), true));
        head.push((voice.say("paper-after-rounding"), true));
    }
    let mut table = Table::new(head.iter().map(|(text, number)| (text.as_str(), *number)));
    let mut last = None;
    for (place, item) in tender.items.iter().enumerate() {
        if item.block != last {
            last = item.block;
            if let Some(block) = item.block.and_then(|place| tender.blocks.get(place)) {
                table.title(block.title.of(voice.lang));
            }
        }
        let marked = own.and_then(|own| own.items.get(place));
        let has_points = !item.points.is_zero();
        let number = |points: Option<&Exact>| {
            let points = points.filter(|_| has_points);
            points.map_or_else(|| "—".to_owned(), |one| voice.exact(one))
        };
        let mut row = vec![
            format!("{} ({})", item.title.of(voice.lang), item.id),
            number(Some(&item.points)),
        ];
        for sheet in &bid.bid.sheets {
            let marks = marked.iter().flat_map(|one| &one.marks);
            let mark = marks
                .into_iter()
                .find(|one| one.evaluator == sheet.evaluator);
            let shown = mark.map_or_else(
                || "—".to_owned(),
                |mark| shown_mark(tender, &item.scale, mark, voice),
            );
            let number = far
                .iter()
                .position(|(item, mark, _)| *item == place && mark.evaluator == sheet.evaluator);
            row.push(match number.filter(|_| is_named) {
                Some(number) => format!("{shown} ※{}", number + 1),
                None => shown,
            });
        }
        if is_named {
            let range = marked.and_then(|one| one.range.as_ref());
            let is_met = item.scale == Scale::Met;
            let spread = range.filter(|_| !is_met).map(|range| &range.spread);
            row.push(number(spread));
        }
        if is_by_item {
            let outcome = bid.items.get(place);
            row.push(number(outcome.map(|one| &one.exact)));
            row.push(number(outcome.map(|one| &one.value)));
        }
        table.row(row);
    }
    table
}

/// A mark as it was given, with the points that it is worth where they differ from it.
fn shown_mark(tender: &Tender, scale: &Scale, mark: &EvaluatorMark, voice: Voice) -> String {
    let worth = voice.exact(&mark.points);
    match &mark.mark {
        Mark::Met(true) => voice.say("mark-met"),
        Mark::Met(false) => voice.say("mark-unmet"),
        Mark::Number(number) if *number == mark.points => worth,
        Mark::Number(number) => format!("{} → {worth}", voice.exact(number)),
        Mark::Grade(place) => {
            let table = match scale {
                Scale::Grades(name) => tender.procedure.grades.get(name),
                _ => None,
            };
            let grade = table.and_then(|table| table.grades.get(*place));
            format!(
                "{} ({worth})",
                grade.map_or("", |(grade, _)| grade.as_str())
            )
        }
    }
}

/// The marks of a bid that lie far from the others, in the order of the items, with the place of the item.
fn far_marks(own: &BidMarks) -> Vec<(usize, &EvaluatorMark, &Outlier)> {
    let marks = own.items.iter().flat_map(|item| {
        let marks = item.marks.iter();
        marks.filter_map(|mark| Some((item.item, mark, mark.outlier.as_ref()?)))
    });
    marks.collect()
}

/// Why marks that lie far from the others stand.
fn outliers(paper: &mut Paper, tender: &Tender, own: Option<&BidMarks>, voice: Voice) {
    let far = own.map_or_else(Vec::new, far_marks);
    let reasons: Vec<_> = (1..)
        .zip(&far)
        .map(|(number, (place, mark, outlier))| {
            let item = tender.items.get(*place).map_or("", |item| item.id.as_str());
            let name = By::Named(voice).name(tender, mark.evaluator);
            let reason = outlier.reason.clone();
            let reason = reason.unwrap_or_else(|| voice.say("paper-outlier-unexplained"));
            format!("※{number} {name} ({item}): {reason}")
        })
        .collect();
    if !reasons.is_empty() {
        paper.text(&voice.say("paper-outliers"));
        paper.list(&reasons);
    }
}

/// The comments on a bid, each as `clean` lets it through.
pub(super) fn comments(
    paper: &mut Paper,
    tender: &Tender,
    bid: &BidOutcome,
    by: &By,
    clean: impl Fn(&str) -> Option<String>,
) {
    let voice = by.voice();
    let mut said = Vec::new();
    for item in &tender.items {
        for sheet in &bid.bid.sheets {
            let Some(comment) = sheet.comments.get(&item.id) else {
                continue;
            };
            let comment = clean(comment).unwrap_or_else(|| voice.say("paper-withheld"));
            let name = by.name(tender, sheet.evaluator);
            said.push(format!(
                "{} ({}) {name}: {comment}",
                item.title.of(voice.lang),
                item.id
            ));
        }
    }
    if !said.is_empty() {
        paper.text(&voice.say("paper-comments"));
        paper.list(&said);
    }
}
