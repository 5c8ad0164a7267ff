//! The ranking of a tender, in front of the reports on its bids.

use super::bars::Bar;
use super::{Report, shown_text};
use crate::document::marking;
use crate::document::words;
use crate::exact::Exact;
use crate::id::CriterionId;
use crate::tender::report::{BidView, ScoreView, TenderView};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

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
    /// Who wins, in words.
    pub result: String,
    /// The bids in the ranking, the best first.
    pub ranked: Vec<RankRow>,
    /// What excluded the others.
    pub excluded: Vec<ExcludedRow>,
    /// Every step of the arithmetic.
    pub steps: Vec<[String; 6]>,
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
    /// Price, technical points, price points, total, and what the total may still become.
    pub numbers: [String; 5],
    /// The total to scale.
    pub bar: Bar,
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
    /// Puts a ranking into words. `prefix_of` gives the prefix of the anchors of a bid's report.
    pub(super) fn new(
        view: &TenderView,
        reports: &[Report<'_>],
        lang: Lang,
        prefix_of: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let first = reports.first();
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
        head.extend(ceiling.map(|yen| ("report-ceiling", yen)));
        let top = |bid: &BidView| {
            prefix_of(bid.id.as_str()).map_or_else(String::new, |prefix| format!("{prefix}top"))
        };
        let mut ranked: Vec<_> = view.bids.iter().filter(|bid| bid.rank.is_some()).collect();
        ranked.sort_by_key(|bid| (bid.rank, bid.id.clone()));
        let most = ranked
            .iter()
            .filter_map(|bid| Some(bid.interval.as_ref()?.high.clone()));
        let most = most.max().unwrap_or_else(Exact::one);
        let known = |id: &str| {
            let catalog = first.map(|report| report.catalog)?;
            catalog.criteria.get(&CriterionId(id.to_owned()))
        };
        let excluded = view.bids.iter().flat_map(|bid| {
            let prefix = prefix_of(bid.id.as_str());
            let top = top(bid);
            bid.exclusions.iter().map(move |exclusion| {
                let criterion = known(&exclusion.by);
                ExcludedRow {
                    supplier: shown_text(bid.supplier.of(lang)),
                    bid: bid.id.to_string(),
                    anchor: match (&prefix, criterion) {
                        (Some(prefix), Some(one)) => format!("{prefix}c-{}", one.id),
                        _ => top.clone(),
                    },
                    title: criterion.map_or_else(String::new, |one| one.title.of(lang).to_owned()),
                    detail: shown_text(exclusion.detail.of(lang)),
                }
            })
        });
        Self {
            lang,
            title: message(lang, "report-tender-title"),
            marking: first
                .and_then(|report| report.head.marking.as_ref())
                .map_or_else(String::new, |marking| marking::line(marking, lang)),
            head: head
                .into_iter()
                .map(|(label, value)| (message(lang, label), shown_text(&value)))
                .collect(),
            result: result(view, lang),
            excluded: excluded.collect(),
            ranked: ranked
                .iter()
                .map(|bid| RankRow {
                    rank: bid.rank.map_or_else(String::new, |rank| rank.to_string()),
                    supplier: shown_text(bid.supplier.of(lang)),
                    bid: bid.id.to_string(),
                    anchor: top(bid),
                    numbers: numbers(bid),
                    bar: bar(bid, &most),
                })
                .collect(),
            steps: view
                .derivation
                .iter()
                .map(|step| {
                    [
                        step.bid.to_string(),
                        step.name.clone(),
                        shown_text(&step.formula),
                        step.exact.to_string(),
                        step.rounding.clone().unwrap_or_default(),
                        step.value.to_string(),
                    ]
                })
                .collect(),
        }
    }

    /// A message, for templates.
    pub(super) fn say(&self, key: &str) -> String {
        message(self.lang, key)
    }
}

fn result(view: &TenderView, lang: Lang) -> String {
    let winners: Vec<_> = view
        .winner
        .iter()
        .filter_map(|id| view.bids.iter().find(|bid| bid.id == *id))
        .map(|bid| shown_text(bid.supplier.of(lang)))
        .collect();
    match winners.as_slice() {
        [] => message(lang, "no-valid-bid"),
        [winner] => message_with(lang, "winner", &[("winner", winner)]),
        several => message_with(
            lang,
            "winner-tie",
            &[("winner", &several.join(", ")), ("rules", &view.tie_rule)],
        ),
    }
}

fn numbers(bid: &BidView) -> [String; 5] {
    let shown = |number: Option<&Exact>| number.map_or_else(String::new, words::shown);
    [
        words::grouped(&bid.price_yen),
        shown(bid.technical.as_ref()),
        shown(bid.price_points.as_ref()),
        shown(bid.total.as_ref()),
        shown(bid.interval.as_ref().map(|interval| &interval.high)),
    ]
}

fn bar(bid: &BidView, most: &Exact) -> Bar {
    let (Some(total), Some(interval)) = (&bid.total, &bid.interval) else {
        return Bar::default();
    };
    let score = ScoreView {
        low: total.clone(),
        high: interval.high.clone(),
        of: most.clone(),
    };
    Bar::new(&score, most, 0, 720)
}
