//! The tables behind a ranking: evaluation items, rankings computed again, and what people said of verdicts.

use super::super::shown_text;
use super::recomputed;
use crate::document::words;
use crate::tender::Tender;
use crate::tender::report::TenderView;
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// The most bids beside each other in a table.
const BESIDE: usize = 10;

/// A table.
#[derive(Debug, Default)]
pub(in crate::document::report) struct Grid {
    /// The heads, and whether a column holds numbers.
    pub head: Vec<(String, bool)>,
    /// The rows.
    pub rows: Vec<GridRow>,
}

/// A row: its cells with whether each is a number.
pub(in crate::document::report) type GridRow = Vec<(String, bool)>;

impl Grid {
    fn row(&mut self, cells: Vec<String>) {
        let numbers = self.head.iter().map(|(_, number)| *number);
        self.rows.push(cells.into_iter().zip(numbers).collect());
    }
}

/// The combined points of every item, bid by bid; none where there are no items, or more bids than fit beside each other.
pub(super) fn items(tender: &Tender, view: &TenderView, lang: Lang) -> Option<Grid> {
    let marked: Vec<_> = view
        .bids
        .iter()
        .filter(|bid| !bid.items.is_empty())
        .collect();
    if marked.is_empty() || marked.len() > BESIDE {
        return None;
    }
    let mut head = vec![
        (message(lang, "paper-item"), false),
        (message(lang, "paper-points"), true),
    ];
    head.extend(marked.iter().map(|bid| (bid.id.to_string(), true)));
    let mut grid = Grid {
        head,
        rows: Vec::new(),
    };
    for (place, item) in tender.items.iter().enumerate() {
        let title = format!("{} ({})", shown_text(item.title.of(lang)), item.id);
        let mut row = vec![title, words::shown(&item.points)];
        row.extend(marked.iter().map(|bid| {
            let points = bid.items.get(place).map(|one| words::shown(&one.points));
            points.unwrap_or_default()
        }));
        grid.row(row);
    }
    Some(grid)
}

/// Each ranking that was computed again: what happened, and the ranking before.
pub(super) fn recomputations(view: &TenderView, lang: Lang) -> Vec<(String, Grid)> {
    let total = message(lang, words::total_key(view.procedure.method));
    let after = |row: &crate::tender::evaluate::RankedRow| {
        let bid = view.bids.iter().find(|bid| bid.id == row.bid)?;
        Some((bid.rank?.to_string(), words::value(bid.total.as_ref()?)))
    };
    view.recomputations
        .iter()
        .map(|one| {
            let head = vec![
                (message(lang, "bid"), false),
                (message(lang, "paper-rank-before"), true),
                (
                    message_with(lang, "paper-total-before", &[("what", &total)]),
                    true,
                ),
                (message(lang, "chart-rank-now"), true),
                (
                    message_with(lang, "chart-total-now", &[("what", &total)]),
                    true,
                ),
            ];
            let mut grid = Grid {
                head,
                rows: Vec::new(),
            };
            for row in &one.before {
                let (rank, now) =
                    after(row).unwrap_or_else(|| (message(lang, "paper-out"), "—".to_owned()));
                grid.row(vec![
                    row.bid.to_string(),
                    row.rank.to_string(),
                    words::value(&row.total),
                    rank,
                    now,
                ]);
            }
            (shown_text(&recomputed(view, one, lang)), grid)
        })
        .collect()
}

/// What people said of the machine's verdicts; none where nobody said anything.
pub(super) fn people(view: &TenderView, lang: Lang) -> Option<Grid> {
    let head = ["bid", "criterion", "paper-people", "paper-by", "reason"];
    let mut grid = Grid {
        head: head.map(|key| (message(lang, key), false)).into(),
        rows: Vec::new(),
    };
    for bid in &view.bids {
        for one in &bid.confirmations {
            grid.row(vec![
                bid.id.to_string(),
                one.criterion.to_string(),
                words::decision(one.decision, one.share.as_ref(), lang),
                shown_text(&one.by),
                one.reason
                    .as_ref()
                    .map_or_else(String::new, |reason| shown_text(reason.of(lang))),
            ]);
        }
        for one in bid.proposals.iter().filter(|one| !one.agrees) {
            grid.row(vec![
                bid.id.to_string(),
                format!("{} ({})", one.criterion, one.item),
                message(lang, "decision-otherwise"),
                message(lang, "paper-evaluators-title"),
                shown_text(&one.reasons.join(" / ")),
            ]);
        }
    }
    (!grid.rows.is_empty()).then_some(grid)
}
