//! Finds tables on a sheet by the words of their headers, after whatever was moved, added or taken out.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::{Column, Marker};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{Sheet, SheetCell};
use crate::text::Text;

/// The rows in which a header is looked for, from the first that holds anything.
const HEADER_ROWS: usize = 60;

/// The first cells in which a marker is looked for: columns and rows may have been put before it.
const MARKER_CELLS: usize = 60;

/// A text in its compatibility form (Unicode NFKC), in small letters and without spaces.
pub(super) fn key(text: &str) -> String {
    let folded: String = text.nfkc().collect::<String>().to_lowercase();
    folded.chars().filter(|one| !one.is_whitespace()).collect()
}

/// Whether a cell says a text of ours: in Japanese, in English, or in both as we write it.
pub(super) fn says(cell: &str, text: &Text) -> bool {
    let cell = key(cell);
    let (ja, en) = (key(&text.ja), key(&text.en));
    cell == ja || cell == en || cell == format!("{ja}/{en}") || cell == format!("{ja}{en}")
}

/// What the first cells of a sheet say that it is.
pub(super) fn marker(sheet: &Sheet) -> Option<(Marker, Place)> {
    let cells = sheet.rows.iter().flat_map(|(row, cells)| {
        cells
            .iter()
            .map(move |(column, cell)| (*row, *column, cell))
    });
    cells.take(MARKER_CELLS).find_map(|(row, column, cell)| {
        Some((Marker::parse(&cell.text)?, sheet.place(row, column)))
    })
}

/// A table on a sheet.
pub(super) struct Grid<'a> {
    sheet: &'a Sheet,
    header_row: u32,
    columns: BTreeMap<Column, u32>,
}

impl<'a> Grid<'a> {
    /// Finds the table that has all of `needed` in its header.
    ///
    /// # Errors
    ///
    /// `sheet-column-twice` where a needed column, or that of comments, stands there twice.
    pub(super) fn find(sheet: &'a Sheet, needed: &[Column]) -> Result<Option<Self>, Diagnostic> {
        let titles: Vec<_> = Column::ALL.iter().map(|one| (*one, one.title())).collect();
        for (row, cells) in sheet.rows.iter().take(HEADER_ROWS) {
            let mut columns = BTreeMap::new();
            let mut twice = None;
            for (index, cell) in cells {
                let found = titles.iter().find(|(_, title)| says(&cell.text, title));
                let Some((column, _)) = found else { continue };
                if let Some(first) = columns.get(column) {
                    twice = twice.or(Some((*column, *first, *index)));
                } else {
                    columns.insert(*column, *index);
                }
            }
            if !needed.iter().all(|one| columns.contains_key(one)) {
                continue;
            }
            if let Some((column, first, second)) = twice {
                let message = format!(
                    "the column `{}` stands twice, in {} and here",
                    column.title().en,
                    sheet.place(*row, first)
                );
                return Err(Diagnostic::error(
                    "sheet-column-twice",
                    sheet.place(*row, second),
                    message,
                )
                .help("keep one of the columns"));
            }
            return Ok(Some(Self {
                sheet,
                header_row: *row,
                columns,
            }));
        }
        Ok(None)
    }

    /// The rows below the header that hold anything.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        let rows = self.sheet.rows.range(self.header_row.saturating_add(1)..);
        rows.map(|(row, _)| *row)
    }

    pub(super) fn cell(&self, row: u32, column: Column) -> Option<&'a SheetCell> {
        self.sheet.cell(row, *self.columns.get(&column)?)
    }

    pub(super) fn text(&self, row: u32, column: Column) -> &'a str {
        self.cell(row, column).map_or("", |cell| cell.text.trim())
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains_key(&column)
    }

    pub(super) fn place(&self, row: u32, column: Column) -> Place {
        let column = self.columns.get(&column).copied().unwrap_or_default();
        self.sheet.place(row, column)
    }

    /// Where the cell spans other rows too: what stands there is said of several items at once.
    pub(super) fn is_merged_down(&self, row: u32, column: Column) -> bool {
        let column = self.columns.get(&column);
        let range = column.and_then(|column| self.sheet.merged_at(row, *column));
        range.is_some_and(|range| range.last_row > range.first_row)
    }

    /// The place of the header.
    pub(super) fn header(&self, column: Column) -> Place {
        self.place(self.header_row, column)
    }
}
