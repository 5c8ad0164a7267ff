//! Reads a score sheet that came back: our workbook, whatever program saved it, or a table of bid, item, mark and comment.
//!
//! Nothing is guessed: what is odd has its cell, and only a sheet without an error is written on.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::{self, Cover, Declaration};
use super::grid::{Grid, marker, says};
use super::mark::read_mark;
use super::{Column, LAYOUT, Marker, SheetPart};
use crate::assessment::Assessment;
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::evidence::spreadsheet::{Sheet, Workbook};
use crate::id::{BidId, is_plain};
use crate::tender::evaluate::agrees_with;
use crate::tender::item::{Item, ItemKind, Mark};
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

/// Whose sheet it is, once it is known to belong to this tender and its rules.
fn whose(
    marked: &[(&Sheet, Marker, Place)],
    technical: &Technical,
    expected: &Expected<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let rules = format!("sha256:{}", technical.procedure.digest.hex());
    let mut faults = Vec::new();
    let named = expected.evaluator.map(str::to_owned);
    let first = marked
        .first()
        .map(|(_, marker, _)| marker.evaluator.clone());
    let evaluator = named.clone().or(first);
    for (_, marker, at) in marked {
        if marker.layout != LAYOUT {
            let message = format!("the layout `{}` of the sheet is not known", marker.layout);
            faults.push(
                Diagnostic::error("score-sheet-layout", at.clone(), message)
                    .help("write the score sheets again with this version"),
            );
        } else if marker.tender != technical.id.as_str() {
            let message = format!(
                "the sheet belongs to the tender `{}`, not to `{}`",
                marker.tender, technical.id
            );
            faults.push(
                Diagnostic::error("score-sheet-other-tender", at.clone(), message)
                    .help("name the tender that the sheet was written for"),
            );
        } else if marker.rules != rules {
            let message = format!(
                "the sheet was written for the rules {}; in force are {rules}",
                marker.rules
            );
            faults.push(
                Diagnostic::error("score-sheet-other-rules", at.clone(), message).help(
                    "the published rules changed since: write new sheets, and let them be marked anew",
                ),
            );
        } else if evaluator.as_ref() != Some(&marker.evaluator) {
            let whose = evaluator.as_deref().unwrap_or_default();
            let message = format!(
                "the sheet is that of `{}`, not of `{whose}`",
                marker.evaluator
            );
            faults.push(
                Diagnostic::error("score-sheet-other-evaluator", at.clone(), message)
                    .help("hand in one evaluator's workbook as it was sent"),
            );
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let at = marked
        .first()
        .map_or_else(Place::whole, |(.., at)| at.clone());
    let Some(evaluator) = evaluator else {
        return Err(vec![
            Diagnostic::error(
                "evaluator-unnamed",
                at,
                "nothing says whose marks these are",
            )
            .help("name the evaluator with --evaluator"),
        ]);
    };
    check_evaluator(technical, &evaluator, at)?;
    Ok(evaluator)
}

/// Whether somebody may mark in a tender: one of its evaluators, or anybody where it names none yet.
pub(crate) fn check_evaluator(
    technical: &Technical,
    evaluator: &str,
    at: Place,
) -> Result<(), Vec<Diagnostic>> {
    let known = &technical.evaluators;
    if !is_plain(evaluator) {
        let message = format!("`{evaluator}` cannot be an identifier");
        return Err(vec![
            Diagnostic::error("id-malformed", at, message)
                .help("use up to 64 letters, digits, `-`, `_` and `.`"),
        ]);
    }
    if known.is_empty() || known.iter().any(|one| one.id == evaluator) {
        return Ok(());
    }
    let near = nearest(evaluator, known.iter().map(|one| one.id.as_str()));
    let help = near.map_or_else(
        || "add [[evaluator]] to the tender file".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("there is no evaluator `{evaluator}`");
    Err(vec![
        Diagnostic::error("evaluator-unknown", at, message).help(help),
    ])
}

/// The marks of one bid while they are read.
struct Open {
    marks: Vec<Option<Mark>>,
    comments: BTreeMap<String, String>,
    /// Where the mark of an item stands, by its place in the tender.
    places: BTreeMap<usize, Place>,
    /// Where what is missing would stand.
    at: Place,
    faulty: BTreeSet<usize>,
}

struct Reader<'a> {
    technical: &'a Technical,
    expected: &'a Expected<'a>,
    bids: BTreeMap<BidId, Open>,
    remarks: Vec<Diagnostic>,
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

    fn row(&mut self, grid: &Grid<'_>, row: u32, bid: &BidId) {
        let id = grid.text(row, Column::Item);
        let at = grid.place(row, Column::Mark);
        let entered = [Column::Mark, Column::Comment]
            .iter()
            .any(|column| !grid.text(row, *column).is_empty());
        if id.is_empty() {
            if entered {
                let message = "a mark or a comment stands in a row without an item";
                self.remarks.push(
                    Diagnostic::error("mark-unknown", at, message)
                        .help("write it into the row of its item"),
                );
            }
            return;
        }
        let technical = self.technical;
        let found = technical
            .item(id)
            .and_then(|place| Some((place, technical.items.get(place)?)));
        let Some((place, item)) = found else {
            let near = nearest(id, technical.items.iter().map(|one| one.id.as_str()));
            let help = near.map_or_else(
                || "keep the identifiers of the items as they were sent".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let shown = crate::text::shortened(&crate::text::printable(id), 40);
            let message = format!("there is no evaluation item `{shown}`");
            let at = grid.place(row, Column::Item);
            self.remarks
                .push(Diagnostic::error("mark-unknown", at, message).help(help));
            return;
        };
        let mut remarks = Vec::new();
        let mark = self.mark(grid, row, item, &mut remarks);
        let comment = comment(grid, row, &mut remarks);
        let has_fault = remarks.iter().any(|one| one.severity == Severity::Error);
        if let (Some(mark), None) = (&mark, &comment) {
            remarks.extend(self.overruled(bid, item, mark, &grid.place(row, Column::Comment)));
        }
        self.remarks.append(&mut remarks);
        let Some(open) = self.bids.get_mut(bid) else {
            return;
        };
        if open.places.contains_key(&place) {
            let message = format!("the item `{id}` of `{bid}` stands twice");
            self.remarks.push(
                Diagnostic::error("mark-twice", at, message).help("keep one row of the item"),
            );
            return;
        }
        open.places.insert(place, at);
        if has_fault {
            open.faulty.insert(place);
        }
        if let Some(slot) = open.marks.get_mut(place) {
            *slot = mark;
        }
        if let Some(comment) = comment {
            open.comments.insert(item.id.clone(), comment);
        }
    }

    fn mark(
        &self,
        grid: &Grid<'_>,
        row: u32,
        item: &Item,
        remarks: &mut Vec<Diagnostic>,
    ) -> Option<Mark> {
        let at = grid.place(row, Column::Mark);
        if grid.has(Column::Title) && !says(grid.text(row, Column::Title), &item.title) {
            let title = crate::text::printable(grid.text(row, Column::Title));
            let message = format!(
                "the title of `{}` was changed to `{}`; it cannot be known which item was marked",
                item.id,
                crate::text::shortened(&title, 60)
            );
            remarks.push(
                Diagnostic::error(
                    "item-title-changed",
                    grid.place(row, Column::Title),
                    message,
                )
                .help("hand in the sheet with identifiers and titles as they were sent"),
            );
        }
        if grid.is_merged_down(row, Column::Mark) {
            let message = "one cell spans the marks of several items";
            remarks.push(
                Diagnostic::error("mark-merged", at, message)
                    .help("split the cell, and mark every item"),
            );
            return None;
        }
        let cell = grid.cell(row, Column::Mark)?;
        if cell.comment.is_some() {
            let message = format!(
                "a note is attached to the mark for `{}`; it is not read",
                item.id
            );
            remarks.push(
                Diagnostic::warning("mark-note", at.clone(), message)
                    .help("write what matters into the column of comments"),
            );
        }
        match read_mark(cell, item, &self.technical.procedure, &at) {
            Ok(Some((mark, remark))) => {
                remarks.extend(remark);
                Some(mark)
            }
            Ok(None) => None,
            Err(fault) => {
                remarks.push(fault);
                None
            }
        }
    }

    /// A mark against the machine's verdict needs a comment.
    fn overruled(&self, bid: &BidId, item: &Item, mark: &Mark, at: &Place) -> Option<Diagnostic> {
        let criterion = item.criterion.as_ref()?;
        let judgment = self.expected.assessed.get(bid)?.judgments.get(criterion)?;
        (!agrees_with(&self.technical.procedure, item, mark, judgment)).then(|| {
            let message = format!(
                "the mark for `{}` of `{bid}` differs from the verdict `{}` on {criterion}, without a comment",
                item.id,
                judgment.verdict.kind.word()
            );
            Diagnostic::error("overruled-without-reason", at.clone(), message)
                .help("write the reason into the column of comments")
        })
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

fn comment(grid: &Grid<'_>, row: u32, remarks: &mut Vec<Diagnostic>) -> Option<String> {
    let cell = grid.cell(row, Column::Comment)?;
    let at = grid.place(row, Column::Comment);
    if cell.formula.is_some() {
        let message = "the comment is a formula; another program may make something else of it";
        remarks
            .push(Diagnostic::error("mark-formula", at, message).help("enter the comment itself"));
        return None;
    }
    let text = cell.text.trim();
    if text.is_empty() {
        return None;
    }
    if grid.is_merged_down(row, Column::Comment) {
        let message = "one comment spans several items; it was read for each";
        remarks.push(Diagnostic::warning("mark-merged", at, message).help("split the cell"));
    }
    Some(text.to_owned())
}
