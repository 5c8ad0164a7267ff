//! Tables for a terminal, aligned by display width so that Japanese lines up.

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table,
};

use crate::text::printable;

/// The width that is assumed when the terminal does not say.
pub const DEFAULT_WIDTH: u16 = 120;

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// As it comes.
    #[default]
    Plain,
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// Open or doubtful.
    Open,
    /// Of little weight.
    Faint,
    /// A number, aligned right.
    Number,
}

/// Builds a table.
#[derive(Debug)]
pub struct Sheet {
    table: Table,
}

impl Sheet {
    /// Starts a table with a header row; `width` is the terminal's width in columns.
    pub fn new(width: u16, header: impl IntoIterator<Item = String>) -> Self {
        let mut sheet = Self::bare(width);
        sheet.table.set_header(
            header
                .into_iter()
                .map(|title| Cell::new(title).add_attribute(Attribute::Underlined)),
        );
        sheet
    }

    /// Starts a table without a header.
    pub fn bare(width: u16) -> Self {
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width)
            .enforce_styling()
            .style_text_only();
        Self { table }
    }

    /// Keeps the first `columns` columns unbroken, however wide they are.
    #[must_use]
    pub fn unbroken(mut self, columns: usize) -> Self {
        self.table
            .set_constraints(vec![ColumnConstraint::ContentWidth; columns]);
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = (String, Look)>) {
        self.table.add_row(cells.into_iter().map(|(text, look)| {
            let cell = Cell::new(printable(&text));
            match look {
                Look::Plain => cell,
                Look::Good => cell.fg(Color::Green),
                Look::Bad => cell.fg(Color::Red),
                Look::Open => cell.fg(Color::Yellow),
                Look::Faint => cell.fg(Color::DarkGrey),
                Look::Number => cell.set_alignment(CellAlignment::Right),
            }
        }));
    }

    /// Writes the table with a line break behind it.
    pub fn render(&self) -> String {
        let lines: Vec<_> = self
            .table
            .to_string()
            .lines()
            .map(str::trim_end)
            .map(str::to_owned)
            .collect();
        lines.join("\n") + "\n"
    }
}

/// A heading between tables.
pub fn heading(text: &str) -> String {
    format!("\n\u{1b}[1m{}\u{1b}[0m\n", printable(text))
}
