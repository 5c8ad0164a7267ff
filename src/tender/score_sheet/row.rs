//! Reads the row of an item: its mark and its comment.

use super::Column;
use super::grid::{Grid, says};
use super::mark::read_mark;
use super::read::Reader;
use crate::diagnostic::{Diagnostic, Place, Severity, nearest};
use crate::id::BidId;
use crate::tender::evaluate::agrees_with;
use crate::tender::item::{Item, Mark};

impl Reader<'_> {
    pub(super) fn row(&mut self, grid: &Grid<'_>, row: u32, bid: &BidId) {
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
