//! Writes a sheet row by row, each row as high as its texts need.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use super::{Looks, cell, decimal, dress};
use crate::document::report::paper::Paper;
use crate::exact::Exact;

/// The height of one line in points, and of the highest row that the format allows.
const LINE: u32 = 15;
const HIGHEST: u32 = 400;

/// A sheet and the row that is written.
pub(super) struct Cursor<'s> {
    sheet: &'s mut Worksheet,
    looks: &'s Looks,
    widths: &'s [u16],
    row: u32,
    /// Lines that the highest cell of the row needs.
    lines: u32,
}

impl<'s> Cursor<'s> {
    /// Dresses a sheet and stands on its first row; `widths` are in columns of a terminal.
    pub(super) fn new(
        paper: &Paper,
        looks: &'s Looks,
        sheet: &'s mut Worksheet,
        name: &str,
        widths: &'s [u16],
    ) -> Result<Self, XlsxError> {
        dress(paper, sheet, name, widths)?;
        Ok(Self {
            sheet,
            looks,
            widths,
            row: 0,
            lines: 1,
        })
    }

    /// The sheet itself.
    pub(super) fn sheet(self) -> &'s mut Worksheet {
        self.sheet
    }

    /// The last row that was written.
    pub(super) fn last_row(&self) -> u32 {
        self.row.saturating_sub(1)
    }

    /// Goes on to the next row.
    pub(super) fn next(&mut self) -> Result<(), XlsxError> {
        let height = (LINE * self.lines + 1).min(HIGHEST);
        self.sheet.set_row_height(self.row, height)?;
        self.row += 1;
        self.lines = 1;
        Ok(())
    }

    /// Makes the row as high as a text needs in a column. Programs differ in how they measure; a little is added.
    fn fit(&mut self, column: u16, text: &str) {
        let width = self.widths.get(usize::from(column)).copied().unwrap_or(10);
        let columns = text.chars().map(|one| if one.is_ascii() { 1 } else { 2 });
        let lines = columns
            .sum::<u32>()
            .div_ceil(u32::from(width).saturating_sub(2).max(1));
        self.lines = self.lines.max(lines);
    }

    /// Writes a text; nothing for an empty one.
    pub(super) fn text(&mut self, column: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.fit(column, text);
            self.sheet
                .write_string_with_format(self.row, column, cell(text), look)?;
        }
        Ok(())
    }

    /// Writes a row of a label and a value.
    pub(super) fn pair(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        let looks = self.looks;
        self.text(0, label, &looks.label)?;
        self.text(1, value, &looks.text)?;
        self.next()
    }

    /// Writes a row of titles.
    pub(super) fn header(&mut self, titles: &[String]) -> Result<(), XlsxError> {
        let looks = self.looks;
        for (column, title) in (0_u16..).zip(titles) {
            self.text(column, title, &looks.heading)?;
        }
        self.next()
    }

    /// Writes a number, as a text where its decimal form is not exact.
    pub(super) fn number(&mut self, column: u16, number: &Exact) -> Result<(), XlsxError> {
        let looks = self.looks;
        match decimal(number) {
            Some(value) => {
                self.sheet
                    .write_number_with_format(self.row, column, value, &looks.number)?;
                Ok(())
            }
            None => self.text(column, &number.to_string(), &looks.text),
        }
    }

    /// A text that leads to a row of another sheet.
    pub(super) fn link(
        &mut self,
        column: u16,
        text: &str,
        sheet: &str,
        row: u32,
    ) -> Result<(), XlsxError> {
        self.fit(column, text);
        let url = Url::new(format!("internal:'{sheet}'!A{}", row + 1)).set_text(cell(text));
        self.sheet
            .write_url_with_format(self.row, column, url, &self.looks.link)?;
        Ok(())
    }
}
