//! Spreadsheets as people exchange them: XLSX and CSV, read into cells with their places.
//!
//! Nothing of a workbook is run, fetched or recalculated. A package is looked through before a part of it is read;
//! macros, links and embedded objects are left where they are and named. A formula is kept as a text beside the
//! value that the program which saved the file wrote for it. What a file may unfold to is limited by the constants
//! of this module, so that time and memory are bounded whatever a file claims.
//!
//! XLSX is read on [`crate::markup`], which expands no entity and knows no network.

mod cell;
mod csv;
mod package;
mod xlsx;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::time::Date;

pub use cell::{cell_name, parse_cell_name};
pub use csv::is_formula;

/// The largest file that is read as a spreadsheet: 64 MiB.
pub const MAXIMUM_FILE_BYTES: usize = 64 << 20;

/// The most members of a workbook's package; a workbook with a hundred sheets has some four hundred.
pub const MAXIMUM_MEMBERS: usize = 2_000;

/// The most unpacked bytes of one part: 64 MiB.
pub const MAXIMUM_PART_BYTES: u64 = 64 << 20;

/// The most unpacked bytes of all parts that are read, and of all members as the package declares them: 256 MiB.
pub const MAXIMUM_BYTES: u64 = 256 << 20;

/// How many times its packed size a package may declare to unfold to, from 16 MiB on.
pub const MAXIMUM_RATIO: u64 = 200;

/// The most cells that hold anything, in all sheets together.
pub const MAXIMUM_CELLS: usize = 500_000;

/// The most bytes of text in all cells together: 64 MiB. Many cells may share one long text in the file.
pub const MAXIMUM_TEXT_BYTES: usize = 64 << 20;

/// The most characters of a cell, as Excel has it (Excel specifications and limits).
pub const MAXIMUM_CELL_CHARACTERS: usize = 32_767;

/// The most rows of a sheet (Excel specifications and limits).
pub const MAXIMUM_ROWS: u32 = 1_048_576;

/// The most columns of a sheet (Excel specifications and limits).
pub const MAXIMUM_COLUMNS: u32 = 16_384;

/// The most sheets of a workbook.
pub const MAXIMUM_SHEETS: usize = 256;

/// The most merged ranges of a sheet.
pub const MAXIMUM_MERGED: usize = 10_000;

/// A workbook, or a table that stands alone.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// How it was written down.
    pub encoding: Encoding,
    /// The sheets in order.
    pub sheets: Vec<Sheet>,
    /// What is odd about the file, in the order in which it was found.
    pub remarks: Vec<Diagnostic>,
}

/// How a workbook was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Office Open XML (ECMA-376).
    Xlsx,
    /// Delimited text (RFC 4180 and its relatives).
    Csv,
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name; `CSV` for a table that stands alone.
    pub name: String,
    /// Whether a reader of the workbook does not see it.
    pub hidden: bool,
    /// The cells that hold anything, by row and column, both from 0.
    pub rows: BTreeMap<u32, BTreeMap<u32, SheetCell>>,
    /// The merged ranges, in the order of the file.
    pub merged: Vec<MergedRange>,
    /// Which merged ranges touch a row, for those of at most [`LOW`] rows.
    low: BTreeMap<u32, Vec<usize>>,
    /// The other merged ranges.
    tall: Vec<usize>,
    /// Where cells stand in the text, where the file is one: line and column from 1.
    text_places: Option<BTreeMap<(u32, u32), (usize, usize)>>,
}

/// A merged range of this many rows is found by its rows.
const LOW: u32 = 64;

/// The most merged ranges of more than [`LOW`] rows in a sheet.
const MAXIMUM_TALL: usize = 500;

/// Cells that are shown as one; rows and columns from 0, the last ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MergedRange {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u32,
}

/// A cell that holds anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCell {
    /// What a reader sees: a text as written, a number without its format, a day as `YYYY-MM-DD`.
    pub text: String,
    /// What it is.
    pub value: SheetValue,
    /// The formula without its equals sign; `text` is then what the saving program last wrote for it.
    pub formula: Option<String>,
    /// The comment or note attached to it.
    pub comment: Option<String>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetValue {
    /// A text.
    Text,
    /// A number: its shortest exact decimal form, without exponent.
    Number(String),
    /// A number that is shown as a day.
    Date(Date),
    /// True or false.
    Bool(bool),
    /// An error of the program that saved it, such as `#REF!`.
    Error,
    /// Nothing but a comment or a formula.
    Empty,
}

impl SheetCell {
    /// A cell of text.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: SheetValue::Text,
            formula: None,
            comment: None,
        }
    }
}

impl MergedRange {
    /// Whether a cell lies in it.
    pub fn contains(&self, row: u32, column: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row)
            && (self.first_column..=self.last_column).contains(&column)
    }
}

impl Sheet {
    /// The cell at a place, both from 0; within a merged range, its first cell.
    pub fn cell(&self, row: u32, column: u32) -> Option<&SheetCell> {
        self.own_cell(row, column).or_else(|| {
            let range = self.merged_at(row, column)?;
            self.own_cell(range.first_row, range.first_column)
        })
    }

    /// The text of a cell; empty where there is none.
    pub fn text(&self, row: u32, column: u32) -> &str {
        self.cell(row, column).map_or("", |cell| cell.text.as_str())
    }

    /// The merged range in which a cell lies.
    pub fn merged_at(&self, row: u32, column: u32) -> Option<MergedRange> {
        let low = self.low.get(&row).into_iter().flatten();
        low.chain(&self.tall)
            .filter_map(|index| self.merged.get(*index))
            .find(|range| range.contains(row, column))
            .copied()
    }

    /// Where a cell stands: by sheet and cell in a workbook; by line, column and cell in a text.
    pub fn place(&self, row: u32, column: u32) -> Place {
        let place = Place::cell(self.name.clone(), row, column);
        let Some(text_places) = &self.text_places else {
            return place;
        };
        let (line, start) = text_places
            .get(&(row, column))
            .or_else(|| text_places.range((row, 0)..).next().map(|(_, at)| at))
            .copied()
            .unwrap_or((1, 1));
        Place {
            cell: place.cell,
            ..Place::line(line, start)
        }
    }

    fn own_cell(&self, row: u32, column: u32) -> Option<&SheetCell> {
        self.rows.get(&row)?.get(&column)
    }

    /// Takes merged ranges in.
    fn merge(&mut self, ranges: Vec<MergedRange>) -> Result<(), Diagnostic> {
        self.merged = ranges;
        for (index, range) in self.merged.iter().enumerate() {
            if range.last_row.saturating_sub(range.first_row) < LOW {
                for row in range.first_row..=range.last_row {
                    self.low.entry(row).or_default().push(index);
                }
            } else {
                self.tall.push(index);
            }
        }
        if self.merged.len() > MAXIMUM_MERGED || self.tall.len() > MAXIMUM_TALL {
            return Err(too_large(format!(
                "the sheet `{}` has more than {MAXIMUM_MERGED} merged ranges, or more than {MAXIMUM_TALL} tall ones",
                self.name
            )));
        }
        Ok(())
    }
}

/// Reads a spreadsheet, whatever it is, by its bytes.
///
/// # Errors
///
/// `sheet-unsupported` for what is neither XLSX nor text, `sheet-encrypted`, `sheet-too-large`, `sheet-malformed`,
/// `sheet-path-escape`, `sheet-entities`, `sheet-encoding`, and the faults of [`crate::markup`] in a part.
pub fn read(bytes: &[u8]) -> Result<Workbook, Diagnostic> {
    if bytes.len() > MAXIMUM_FILE_BYTES {
        return Err(too_large(format!(
            "the file has {} bytes; at most {MAXIMUM_FILE_BYTES} are read as a spreadsheet",
            bytes.len()
        )));
    }
    if package::is_package(bytes) {
        xlsx::read(bytes)
    } else {
        csv::read(bytes)
    }
}

/// Whether bytes are those of a ZIP package or of an older binary workbook, and no text.
pub fn is_workbook(bytes: &[u8]) -> bool {
    package::is_package(bytes)
}

fn too_large(message: String) -> Diagnostic {
    Diagnostic::error("sheet-too-large", Place::whole(), message)
        .help("hand in the questionnaire alone, without pictures and copied data")
}

fn malformed(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("sheet-malformed", Place::whole(), message)
        .help("open it in the program that it was made with, save it again, and hand that in")
}

#[cfg(test)]
mod tests;
