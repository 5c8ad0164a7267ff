//! The ranking of a tender, in front of the reports on its bids.

mod tables;

use super::{Report, shown_text};
use crate::document::chart;
use crate::document::marking;
use crate::document::words;
use crate::id::CriterionId;
use crate::tender::Tender;
use crate::tender::report::{BidView, TenderView};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

pub(super) use tables::Grid;

/// The ranking in one language.
#[derive(Debug)]
pub(super) struct Ranking {
    /// The language.
    pub lang: Lang,
    /// The title.
    pub title: String,
    /// Classes and restrictions in words.
    pub marking: String,
    /// What stands at the head: label and value.
    pub head: Vec<(String, String)>,
    /// Who wins, in words, and what a reader must know of it.
    pub results: Vec<String>,
    /// What else must be known: investigations, ties broken.
    pub notices: Vec<String>,
    /// The lots with their bids in the ranking.
    pub lots: Vec<RankedLot>,
    /// What excluded the others.
    pub excluded: Vec<ExcludedRow>,
    /// The evaluation items by bid.
    pub items: Option<Grid>,
    /// Rankings that were computed again.
    pub recomputations: Vec<(String, Grid)>,
    /// What people said of the machine's verdicts.
    pub people: Option<Grid>,
    /// Verdicts that wait for a person, by bid.
    pub unconfirmed: Vec<String>,
    /// Every step of the arithmetic.
    pub steps: Vec<[String; 6]>,
}

/// One lot with the bids in its ranking; the tender itself where it is not parted.
#[derive(Debug)]
pub(super) struct RankedLot {
    /// The title; empty where the tender is not parted.
    pub title: String,
    /// The heads of the numbers.
    pub columns: Vec<String>,
    /// The bids, the best first.
    pub ranked: Vec<RankRow>,
    /// The pictures.
    pub pictures: Vec<String>,
}

/// A bid in the ranking.
#[derive(Debug)]
pub(super) struct RankRow {
    /// Its rank.
    pub rank: String,
    /// The supplier.
    pub supplier: String,
    /// The bid.
    pub bid: String,
    /// The anchor of its report; empty where it has none.
    pub anchor: String,
    /// The numbers, column by column.
    pub numbers: Vec<String>,
}

/// One reason for which a bid is out.
#[derive(Debug)]
pub(super) struct ExcludedRow {
    /// The supplier.
    pub supplier: String,
    /// The bid.
    pub bid: String,
    /// The anchor of the criterion, or of the bid's report; empty where it has none.
    pub anchor: String,
    /// The criterion's title; empty for another rule.
    pub title: String,
    /// What happened.
    pub detail: String,
}

impl Ranking {
    /// Puts a ranking into words. `prefix` keeps its anchors apart, `prefix_of` gives the prefix of the anchors of a bid's
    /// report.
    pub(super) fn new(
        tender: &Tender,
        view: &TenderView,
        reports: &[Report<'_>],
        (lang, prefix): (Lang, &str),
        prefix_of: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let first = reports.first();
        let top = |bid: &BidView| {
            prefix_of(bid.id.as_str()).map_or_else(String::new, |prefix| format!("{prefix}top"))
        };
        let lots = tender.lots.iter().enumerate().map(|(place, lot)| {
            let pictures = [
                ("ranking", chart::ranking(view, lot.id.as_deref(), lang)),
                ("plane", chart::plane(tender, view, place, lang)),
            ];
            let pictures = pictures.into_iter().filter_map(|(kind, picture)| {
                Some(picture?.inline(&format!("{prefix}{kind}-{place}")))
            });
            RankedLot {
                title: lot.id.as_ref().map_or_else(String::new, |id| {
                    format!("{} ({id})", shown_text(lot.title.of(lang)))
                }),
                columns: words::ranking_columns(view, lang),
                ranked: ranked(view, lot.id.as_deref(), lang, top),
                pictures: pictures.collect(),
            }
        });
        Self {
            lang,
            title: message(lang, "report-tender-title"),
            marking: first
                .and_then(|report| report.head.marking.as_ref())
                .map_or_else(
                    || marking::line(&tender.marking(), lang),
                    |marking| marking::line(marking, lang),
                ),
            head: head(view, lang),
            results: words::results(view, lang)
                .iter()
                .map(|one| shown_text(one))
                .collect(),
            notices: words::notices(view, lang)
                .iter()
                .map(|one| shown_text(one))
                .collect(),
            excluded: excluded(view, reports, lang, &prefix_of),
            lots: lots.collect(),
            items: tables::items(tender, view, lang),
            recomputations: tables::recomputations(view, lang),
            people: tables::people(view, lang),
            unconfirmed: words::unconfirmed(view, lang),
            steps: steps(view, lang),
        }
    }

    /// A message, for templates.
    pub(super) fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }
}

fn head(view: &TenderView, lang: Lang) -> Vec<(String, String)> {
    let day = view.as_of.split('T').next().unwrap_or_default();
    let mut head = vec![
        ("report-agency", view.agency.of(lang).to_owned()),
        (
            "report-subject",
            format!("{} ({})", view.title.of(lang), view.id),
        ),
        ("report-day", day.to_owned()),
        ("report-procedure", view.procedure.id.clone()),
    ];
    let ceiling = view.ceiling_yen.as_deref().map(words::grouped);
    let label = if view.procedure.tax_basis == "excluded" {
        "report-ceiling"
    } else {
        "report-ceiling-with-tax"
    };
    head.extend(ceiling.map(|yen| (label, yen)));
    let mut head: Vec<_> = head
        .into_iter()
        .map(|(label, value)| (message(lang, label), shown_text(&value)))
        .collect();
    for lot in &view.lots {
        if let Some(yen) = &lot.ceiling_yen {
            let label = message(lang, label);
            head.push((label, format!("{} {}", lot.id, words::grouped(yen))));
        }
    }
    head
}

fn ranked(
    view: &TenderView,
    lot: Option<&str>,
    lang: Lang,
    top: impl Fn(&BidView) -> String,
) -> Vec<RankRow> {
    words::ranked(view, lot)
        .into_iter()
        .map(|bid| RankRow {
            rank: bid.rank.map_or_else(String::new, |rank| rank.to_string()),
            supplier: shown_text(bid.supplier.of(lang)),
            bid: bid.id.to_string(),
            anchor: top(bid),
            numbers: words::ranking_numbers(view, bid),
        })
        .collect()
}

fn excluded(
    view: &TenderView,
    reports: &[Report<'_>],
    lang: Lang,
    prefix_of: &impl Fn(&str) -> Option<String>,
) -> Vec<ExcludedRow> {
    let known = |id: &str| {
        let catalog = reports.first().map(|report| report.catalog)?;
        catalog.criteria.get(&CriterionId(id.to_owned()))
    };
    let rows = view.bids.iter().flat_map(|bid| {
        let prefix = prefix_of(bid.id.as_str());
        bid.exclusions.iter().map(move |exclusion| {
            let criterion = known(&exclusion.by);
            ExcludedRow {
                supplier: shown_text(bid.supplier.of(lang)),
                bid: bid.id.to_string(),
                anchor: match (&prefix, criterion) {
                    (Some(prefix), Some(one)) => format!("{prefix}c-{}", one.id),
                    (Some(prefix), None) => format!("{prefix}top"),
                    _ => String::new(),
                },
                title: criterion.map_or_else(String::new, |one| one.title.of(lang).to_owned()),
                detail: shown_text(exclusion.detail.of(lang)),
            }
        })
    });
    rows.collect()
}

fn steps(view: &TenderView, lang: Lang) -> Vec<[String; 6]> {
    let steps = view.derivation.iter().map(|step| {
        [
            step.bid.to_string(),
            step.name.clone(),
            shown_text(&words::formula(lang, &step.formula)),
            step.exact.to_string(),
            step.rounding
                .as_deref()
                .map_or_else(String::new, |rule| words::rounding(lang, rule)),
            step.value.to_string(),
        ]
    });
    steps.collect()
}

/// Says that a ranking was computed again, why, and whom it changed.
fn recomputed(
    view: &TenderView,
    one: &crate::tender::evaluate::Recomputation,
    lang: Lang,
) -> String {
    let named = |ids: &[crate::id::BidId]| {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        ids.join(", ")
    };
    let bids = named(&one.excluded);
    let reason = message(lang, &format!("recomputed-{}", one.by));
    let lot = one
        .lot
        .as_ref()
        .and_then(|id| view.lots.iter().find(|lot| lot.id == *id));
    let said = if one.changed.is_empty() {
        let arguments = [("bids", bids.as_str()), ("reason", &reason)];
        message_with(lang, "paper-recomputed-none", &arguments)
    } else {
        let (changed, through) = (named(&one.changed), one.through.join(", "));
        let arguments = [
            ("bids", bids.as_str()),
            ("reason", &reason),
            ("changed", &changed),
            ("through", &through),
        ];
        message_with(lang, "paper-recomputed-changed", &arguments)
    };
    match lot {
        Some(lot) => format!("{}: {said}", shown_text(lot.title.of(lang))),
        None => said,
    }
}
