//! Reads a score sheet that came back: our workbook, whatever program saved it, or a table of bid, item, mark and comment.
//!
//! Nothing is guessed: what is odd has its cell, and only a sheet without an error is written on.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::{self, Cover, Declaration};
use super::grid::{Grid, marker};
use super::owner::whose;
use super::{Column, Marker, SheetPart};
use crate::assessment::Assessment;
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::evidence::spreadsheet::{Sheet, Workbook};
use crate::id::BidId;
use crate::tender::item::{ItemKind, Mark};
use crate::tender::technical::Technical;

/// What is known of a score sheet before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Whose it is; a table without our markers does not say it.
    pub evaluator: Option<&'a str>,
    /// Whether the evaluator's declaration of no conflict is at hand elsewhere, for a table that has no place for it.
    pub declared: bool,
    /// The assessments of the bids, where their evidence is at hand: a mark against a verdict needs a comment.
    pub assessed: &'a BTreeMap<BidId, Assessment>,
}

/// A score sheet as it was read.
#[derive(Debug, Clone)]
pub struct ScoreSheet {
    /// The evaluator.
    pub evaluator: String,
    /// The declaration on its cover; none where it is at hand elsewhere.
    pub declaration: Option<Declaration>,
    /// The bids on which the evaluator declared a conflict of interest.
    pub conflicts: Vec<BidId>,
    /// The bids that were marked, sorted.
    pub bids: Vec<ReadBid>,
    /// What is odd, in the order of the places. One error is enough to refuse the sheet.
    pub remarks: Vec<Diagnostic>,
}

/// The marks of one bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBid {
    /// The bid.
    pub bid: BidId,
    /// The marks, by the place of the item in the tender.
    pub marks: Vec<Option<Mark>>,
    /// Comments by item.
    pub comments: BTreeMap<String, String>,
}

impl ScoreSheet {
    /// Whether it may be used: nothing is missing, and nothing is wrong.
    pub fn is_acceptable(&self) -> bool {
        self.remarks
            .iter()
            .all(|one| one.severity != Severity::Error)
    }
}

/// Whether a workbook is a score sheet of ours, or a table that can be read as one.
pub fn is_score_sheet(workbook: &Workbook) -> bool {
    workbook
        .sheets
        .iter()
        .any(|sheet| marker(sheet).is_some() || is_table(sheet))
}

fn is_table(sheet: &Sheet) -> bool {
    let needed = [Column::Bid, Column::Item, Column::Mark];
    !matches!(Grid::find(sheet, &needed), Ok(None))
}

/// Reads a score sheet.
///
/// # Errors
///
/// `score-sheet-unreadable` when it is none, `score-sheet-layout`, `score-sheet-other-tender`, `score-sheet-other-rules` and
/// `score-sheet-other-evaluator` when it belongs to another tender, other rules or somebody else, `evaluator-unnamed` and
/// `evaluator-unknown`.
pub fn read(
    workbook: &Workbook,
    technical: &Technical,
    expected: &Expected<'_>,
) -> Result<ScoreSheet, Vec<Diagnostic>> {
    let marked: Vec<_> = workbook
        .sheets
        .iter()
        .filter_map(|sheet| marker(sheet).map(|(marker, at)| (sheet, marker, at)))
        .collect();
    let evaluator = whose(&marked, technical, expected)?;
    let tables: Vec<_> = if marked.is_empty() {
        workbook
            .sheets
            .iter()
            .filter(|sheet| is_table(sheet))
            .collect()
    } else {
        Vec::new()
    };
    if marked.is_empty() && tables.is_empty() {
        let message = "the file is no score sheet";
        return Err(vec![
            Diagnostic::error("score-sheet-unreadable", Place::whole(), message)
                .help("hand in the workbook that `tender sheet export` wrote, or a table with the columns bid, item, mark and comment"),
        ]);
    }
    let mut reader = Reader {
        technical,
        expected,
        bids: BTreeMap::new(),
        remarks: workbook.remarks.clone(),
    };
    let cover = marked
        .iter()
        .find(|(_, marker, _)| marker.part == SheetPart::Cover);
    let cover = cover.map(|(sheet, ..)| declaration::read(sheet));
    if cover.is_none() && !expected.declared {
        reader.remarks.push(
            Diagnostic::error(
                "declaration-missing",
                Place::whole(),
                "nothing declares that there is no conflict of interest",
            )
            .help("hand in the workbook with its cover, or say with --declared that the declaration is at hand"),
        );
    }
    for (sheet, marker, at) in &marked {
        match &marker.part {
            SheetPart::Bid(bid) => reader.sheet(sheet, bid, at),
            SheetPart::Machine => reader.sent_out(sheet, &marked),
            SheetPart::Cover => {}
        }
    }
    for sheet in tables {
        reader.table(sheet);
    }
    Ok(reader.finish(evaluator, cover))
}

/// The marks of one bid while they are read.
pub(super) struct Open {
    pub(super) marks: Vec<Option<Mark>>,
    pub(super) comments: BTreeMap<String, String>,
    /// Where the mark of an item stands, by its place in the tender.
    pub(super) places: BTreeMap<usize, Place>,
    /// Where what is missing would stand.
    at: Place,
    pub(super) faulty: BTreeSet<usize>,
}

/// Reads sheet after sheet.
pub(super) struct Reader<'a> {
    pub(super) technical: &'a Technical,
    pub(super) expected: &'a Expected<'a>,
    pub(super) bids: BTreeMap<BidId, Open>,
    pub(super) remarks: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads a sheet of one bid.
    fn sheet(&mut self, sheet: &Sheet, bid: &BidId, marker_at: &Place) {
        if self.bids.contains_key(bid) {
            let message = format!("`{bid}` has two sheets");
            self.remarks.push(
                Diagnostic::error("sheet-duplicate", marker_at.clone(), message)
                    .help("keep the one that counts"),
            );
            return;
        }
        match Grid::find(sheet, &[Column::Item, Column::Mark]) {
            Ok(Some(grid)) => {
                let at = grid.header(Column::Mark);
                if self.open(bid, at, marker_at) {
                    for row in grid.rows() {
                        self.row(&grid, row, bid);
                    }
                }
            }
            Ok(None) => self.remarks.push(
                Diagnostic::error(
                    "sheet-columns-missing",
                    marker_at.clone(),
                    format!("the sheet of `{bid}` has no columns of items and marks"),
                )
                .help("keep the words of the header as they were sent"),
            ),
            Err(fault) => self.remarks.push(fault),
        }
    }

    /// Reads a table of bid, item, mark and comment.
    fn table(&mut self, sheet: &Sheet) {
        let grid = match Grid::find(sheet, &[Column::Bid, Column::Item, Column::Mark]) {
            Ok(Some(grid)) => grid,
            Ok(None) => return,
            Err(fault) => {
                self.remarks.push(fault);
                return;
            }
        };
        let mut unknown = BTreeSet::new();
        for row in grid.rows() {
            let bid = BidId(grid.text(row, Column::Bid).to_owned());
            let at = grid.place(row, Column::Bid);
            let is_known = self.bids.contains_key(&bid);
            let opened = is_known || self.open_row(&grid, row, &bid, &at, &mut unknown);
            if opened {
                self.row(&grid, row, &bid);
            }
        }
    }

    fn open_row(
        &mut self,
        grid: &Grid<'_>,
        row: u32,
        bid: &BidId,
        at: &Place,
        unknown: &mut BTreeSet<BidId>,
    ) -> bool {
        let is_blank = [Column::Item, Column::Mark, Column::Comment]
            .iter()
            .all(|column| grid.text(row, *column).is_empty());
        if bid.as_str().is_empty() && is_blank {
            return false;
        }
        unknown.insert(bid.clone()) && self.open(bid, grid.header(Column::Mark), at)
    }

    /// Begins the marks of a bid; says why where that cannot be.
    fn open(&mut self, bid: &BidId, at: Place, named_at: &Place) -> bool {
        if self.technical.bid(bid).is_none() {
            let near = nearest(
                bid.as_str(),
                self.technical.bids.iter().map(|one| one.id.as_str()),
            );
            let help = near.map_or_else(
                || "name a bid of this tender".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no bid `{bid}`");
            self.remarks
                .push(Diagnostic::error("bid-unknown", named_at.clone(), message).help(help));
            return false;
        }
        self.bids.insert(
            bid.clone(),
            Open {
                marks: vec![None; self.technical.items.len()],
                comments: BTreeMap::new(),
                places: BTreeMap::new(),
                at,
                faulty: BTreeSet::new(),
            },
        );
        true
    }

    /// Every bid that went out must have its sheet.
    fn sent_out(&mut self, machine: &Sheet, marked: &[(&Sheet, Marker, Place)]) {
        for row in machine.rows.keys() {
            if machine.text(*row, 0) != "bid" {
                continue;
            }
            let bid = machine.text(*row, 1).trim();
            let is_there = marked.iter().any(
                |(_, marker, _)| matches!(&marker.part, SheetPart::Bid(one) if one.as_str() == bid),
            );
            if !is_there {
                let message = format!("the sheet of `{bid}` is missing");
                self.remarks.push(
                    Diagnostic::error("score-sheet-bid-missing", machine.place(*row, 1), message)
                        .help("hand in the workbook whole, with the hidden cells of every sheet"),
                );
            }
        }
    }

    fn finish(mut self, evaluator: String, cover: Option<Cover>) -> ScoreSheet {
        let mut conflicts = Vec::new();
        let cover_at_hand = cover.is_some();
        let mut cover = cover.unwrap_or_default();
        self.remarks.append(&mut cover.faults);
        let known = self
            .technical
            .evaluators
            .iter()
            .find(|one| one.id == evaluator);
        for (bid, (conflict, at)) in &cover.conflicts {
            if !conflict {
                continue;
            }
            conflicts.push(bid.clone());
            if known.is_some_and(|one| !one.conflicts.contains(bid)) {
                let message = format!(
                    "`{evaluator}` declares a conflict of interest on `{bid}`, which the tender file does not know"
                );
                self.remarks.push(
                    Diagnostic::error("conflict-new", at.clone(), message).help(
                        "add the bid to the evaluator's `conflicts` in the tender file, then read the sheet again",
                    ),
                );
            }
        }
        let mut bids = Vec::new();
        for (bid, open) in std::mem::take(&mut self.bids) {
            let first = open.marks.iter().position(Option::is_some);
            let first = first.and_then(|place| open.places.get(&place)).cloned();
            if known.is_some_and(|one| one.conflicts.contains(&bid)) {
                let message = format!(
                    "`{evaluator}` declared a conflict of interest on `{bid}` and must not mark it"
                );
                let at = first.unwrap_or(open.at);
                self.remarks.push(
                    Diagnostic::error("evaluator-conflict", at, message)
                        .help("leave out the sheet"),
                );
                continue;
            }
            if conflicts.contains(&bid) {
                if let Some(at) = first {
                    let message =
                        format!("`{bid}` is marked, though a conflict of interest is declared");
                    self.remarks.push(
                        Diagnostic::error("conflict-marked", at, message)
                            .help("take the marks out, or mend the declaration"),
                    );
                }
                continue;
            }
            if cover_at_hand && !cover.conflicts.contains_key(&bid) {
                let is_told = self.remarks.iter().any(|one| {
                    one.code.starts_with("declaration-")
                        && one.message.contains(&format!("`{bid}`"))
                });
                if !is_told {
                    let message = format!("the declaration says nothing of `{bid}`");
                    self.remarks.push(
                        Diagnostic::error("declaration-missing", open.at.clone(), message)
                            .help("hand in the workbook with its cover as it was sent"),
                    );
                }
            }
            self.missing(&bid, &open);
            bids.push(ReadBid {
                bid,
                marks: open.marks,
                comments: open.comments,
            });
        }
        self.remarks.sort();
        self.remarks.dedup();
        ScoreSheet {
            evaluator,
            declaration: cover.declaration(),
            conflicts,
            bids,
            remarks: self.remarks,
        }
    }

    /// Names every mark that is missing, at its cell. Where the evaluator found a mandatory item not met, the bid may be
    /// out; whether it is, the marks of the others decide.
    fn missing(&mut self, bid: &BidId, open: &Open) {
        let is_unmet = open.marks.contains(&Some(Mark::Met(false)));
        for (place, item) in self.technical.items.iter().enumerate() {
            let is_there = matches!(open.marks.get(place), Some(Some(_)));
            if is_there || open.faulty.contains(&place) {
                continue;
            }
            let at = open.places.get(&place).unwrap_or(&open.at).clone();
            let message = format!("the mark for `{}` of `{bid}` is missing", item.id);
            self.remarks
                .push(if is_unmet && item.kind == ItemKind::Optional {
                    Diagnostic::warning("mark-missing", at, message).help(
                    "the bid may be out by a mandatory item; where it is not, every mark is needed",
                )
                } else {
                    Diagnostic::error("mark-missing", at, message)
                        .help("enter every mark, 0 included; a mark that is missing is not zero")
                });
        }
    }
}
