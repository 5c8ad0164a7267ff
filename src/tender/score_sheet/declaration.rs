//! Reads the declaration of no conflict of interest (利害関係の申告) from the cover.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::grid::{Grid, says};
use super::{Column, both, declaration_words};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{Sheet, SheetCell, SheetValue};
use crate::id::BidId;
use crate::time::{Date, parse_day};

/// What an evaluator declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The name under it.
    pub by: String,
    /// The day.
    pub on: Date,
}

/// What the cover says.
#[derive(Debug, Default)]
pub(super) struct Cover {
    pub(super) by: Option<String>,
    pub(super) on: Option<Date>,
    /// Whether there is a conflict, by bid, with the place.
    pub(super) conflicts: BTreeMap<BidId, (bool, Place)>,
    pub(super) faults: Vec<Diagnostic>,
}

impl Cover {
    /// The declaration, where it is whole.
    pub(super) fn declaration(&self) -> Option<Declaration> {
        Some(Declaration {
            by: self.by.clone()?,
            on: self.on?,
        })
    }
}

fn missing(at: Place, what: &str) -> Diagnostic {
    Diagnostic::error("declaration-missing", at, format!("{what} is missing"))
        .help("the evaluator declares for every bid whether there is a conflict of interest, with name and day, before any mark counts")
}

fn unreadable(at: Place, text: &str, help: &str) -> Diagnostic {
    let shown = crate::text::shortened(&crate::text::printable(text), 40);
    let message = format!("`{shown}` is no part of a declaration");
    Diagnostic::error("declaration-unreadable", at, message).help(help)
}

pub(super) fn read(sheet: &Sheet) -> Cover {
    let mut cover = Cover::default();
    let (by, by_at) = entry(sheet, "score-declared-by");
    match by {
        Some(cell) if cell.formula.is_none() && !cell.text.trim().is_empty() => {
            cover.by = Some(cell.text.trim().to_owned());
        }
        Some(cell) if cell.formula.is_some() => {
            let help = "enter the name itself";
            cover.faults.push(unreadable(by_at, &cell.text, help));
        }
        _ => cover
            .faults
            .push(missing(by_at, "the name under the declaration")),
    }
    let (on, on_at) = entry(sheet, "score-declared-on");
    match on {
        Some(cell) if !cell.text.trim().is_empty() => {
            cover.on = day(cell);
            if cover.on.is_none() {
                let help = "enter the day as YYYY-MM-DD";
                cover.faults.push(unreadable(on_at, &cell.text, help));
            }
        }
        _ => cover
            .faults
            .push(missing(on_at, "the day of the declaration")),
    }
    match Grid::find(sheet, &[Column::Bid, Column::Declaration]) {
        Ok(Some(grid)) => bids(&grid, &mut cover),
        Ok(None) => cover
            .faults
            .push(missing(sheet.place(0, 0), "the table of the declaration")),
        Err(fault) => cover.faults.push(fault),
    }
    cover
}

fn bids(grid: &Grid<'_>, cover: &mut Cover) {
    let words = declaration_words();
    for row in grid.rows() {
        let bid = grid.text(row, Column::Bid);
        let at = grid.place(row, Column::Declaration);
        if !crate::id::is_plain(bid) {
            continue;
        }
        let said = grid.cell(row, Column::Declaration);
        let text = said.map_or("", |cell| cell.text.trim());
        let found = words.iter().find(|(_, word)| says(text, word));
        match found {
            _ if text.is_empty() => {
                let what = format!("the declaration about `{bid}`");
                cover.faults.push(missing(at, &what));
            }
            Some((conflict, _))
                if said.is_some_and(|cell| cell.formula.is_none())
                    && !grid.is_merged_down(row, Column::Declaration) =>
            {
                let bid = BidId(bid.to_owned());
                if cover
                    .conflicts
                    .insert(bid.clone(), (*conflict, at.clone()))
                    .is_some()
                {
                    let message = format!("`{bid}` stands twice in the declaration");
                    cover.faults.push(
                        Diagnostic::error("declaration-unreadable", at, message)
                            .help("keep the rows of the cover as they were sent"),
                    );
                }
            }
            _ => {
                let [(_, free), (_, conflict)] = &words;
                let help = format!(
                    "choose {} ({}) or {} ({})",
                    free.ja, free.en, conflict.ja, conflict.en
                );
                let mut fault = unreadable(at, text, &help);
                fault.message = format!("{} about `{bid}`", fault.message);
                cover.faults.push(fault);
            }
        }
    }
}

/// The cell right of a label, with its place; the first cell of the sheet where the label is gone.
fn entry<'a>(sheet: &'a Sheet, key: &str) -> (Option<&'a SheetCell>, Place) {
    let label = both(key);
    for (row, cells) in &sheet.rows {
        for (column, cell) in cells {
            if says(&cell.text, &label) {
                let last = sheet
                    .merged_at(*row, *column)
                    .map(|range| range.last_column);
                let next = last.unwrap_or(*column).saturating_add(1);
                return (sheet.cell(*row, next), sheet.place(*row, next));
            }
        }
    }
    (None, sheet.place(0, 0))
}

fn day(cell: &SheetCell) -> Option<Date> {
    if cell.formula.is_some() {
        return None;
    }
    match &cell.value {
        SheetValue::Date(day) => Some(*day),
        SheetValue::Text => {
            let text: String = cell.text.trim().nfkc().collect();
            parse_day(&text.replace('/', "-"))
        }
        _ => None,
    }
}
