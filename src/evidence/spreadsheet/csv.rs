//! Delimited text (RFC 4180), in the encodings and with the delimiters that programs write.

use std::collections::BTreeMap;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use encoding_rs::{EUC_JP, SHIFT_JIS};

use super::xlsx::{long_cell, shortened};
use super::{
    Encoding, MAXIMUM_CELLS, MAXIMUM_COLUMNS, MAXIMUM_ROWS, Sheet, SheetCell, Workbook, malformed,
    too_large,
};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::unpack;

/// The delimiters that programs write, the likelier first. Excel takes `;` where the comma is a decimal sign.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// Reads a table.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Diagnostic> {
    let mut remarks = Findings::new();
    let text = decode(bytes, &mut remarks)?;
    if let Some(at) = text.find('\0') {
        return Err(Diagnostic::error(
            "sheet-malformed",
            Place::of_offset(&text, at),
            "a text has no zero bytes",
        )
        .help("save the table as CSV in UTF-8"));
    }
    let (delimiter, start) = delimiter(&text);
    if delimiter != b',' {
        let name = match delimiter {
            b'\t' => "tabulator".to_owned(),
            other => format!("`{}`", char::from(other)),
        };
        remarks.note(
            "sheet-delimiter",
            "nothing needs to be done if the columns are right",
            || {
                (
                    Place::whole(),
                    format!("the columns are told apart by {name}"),
                )
            },
        );
    }
    let sheet = table(&text, start, delimiter, &mut remarks)?;
    Ok(Workbook {
        encoding: Encoding::Csv,
        sheets: vec![sheet],
        remarks: remarks.finish(),
    })
}

/// The text of a table: UTF-8 or UTF-16 by its mark, strict UTF-8, and Windows-31J with a remark.
pub(crate) fn decode(bytes: &[u8], remarks: &mut Findings) -> Result<String, Diagnostic> {
    let fault = match unpack::decode(bytes) {
        Ok(text) => return Ok(text.into_owned()),
        Err(fault) => fault,
    };
    let no_text = |message: &str| {
        Diagnostic::error("sheet-encoding", fault.at.clone(), message)
            .help("save the table as CSV in UTF-8")
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(no_text("the text is not sound UTF-16"));
    }
    let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) else {
        return Err(no_text("the text is neither UTF-8 nor Shift_JIS"));
    };
    // EUC-JP, read as Shift_JIS, is a text of halfwidth katakana.
    let (mut foreign, mut halfwidth) = (0_usize, 0_usize);
    for letter in text.chars().filter(|letter| !letter.is_ascii()) {
        foreign += 1;
        halfwidth += usize::from(('\u{ff61}'..='\u{ff9f}').contains(&letter));
    }
    let is_euc = EUC_JP
        .decode_without_bom_handling_and_without_replacement(bytes)
        .is_some();
    if is_euc && halfwidth * 2 > foreign {
        return Err(no_text(
            "the text is not UTF-8, and may be EUC-JP or Shift_JIS",
        ));
    }
    remarks.push(
        Diagnostic::warning(
            "sheet-encoding",
            fault.at,
            "the text is not UTF-8; it was read as Shift_JIS (Windows-31J), in which it has no fault",
        )
        .help("check that the names are readable, and save the table as CSV in UTF-8"),
    );
    Ok(text.into_owned())
}

/// The delimiter of a table and where the table begins: behind a line such as `sep=;`, which Excel writes.
fn delimiter(text: &str) -> (u8, usize) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(&[one]) = first.strip_prefix("sep=").map(str::as_bytes)
        && (one.is_ascii_punctuation() || one == b'\t')
    {
        let behind = text.find('\n').map_or(text.len(), |at| at + 1);
        return (one, behind);
    }
    let header = text.lines().find(|line| !line.trim().is_empty());
    let outside: String = header.unwrap_or_default().split('"').step_by(2).collect();
    let count = |one: u8| outside.bytes().filter(|byte| *byte == one).count();
    let best = DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|one| count(*one))
        .unwrap_or(b',');
    (best, 0)
}

/// A field with where it begins and ends in the text.
struct Field {
    start: usize,
    end: usize,
    text: String,
    /// Whether the record ends behind it.
    last: bool,
}

/// Reads the fields of a text one by one.
struct Fields<'t> {
    reader: Reader,
    text: &'t str,
    at: usize,
    buffer: Vec<u8>,
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let (start, mut written) = (self.at, 0);
        loop {
            let input = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let output = self.buffer.get_mut(written..).unwrap_or_default();
            let (result, read, wrote) = self.reader.read_field(input, output);
            self.at += read;
            written += wrote;
            let last = match result {
                ReadFieldResult::OutputFull => {
                    let length = self.buffer.len();
                    self.buffer.resize(length * 2, 0);
                    continue;
                }
                // All of the input is given; what is left of it is nothing.
                ReadFieldResult::InputEmpty => continue,
                ReadFieldResult::Field { record_end } => record_end,
                ReadFieldResult::End => return None,
            };
            let bytes = self.buffer.get(..written).unwrap_or_default();
            return Some(Field {
                start,
                end: self.at,
                text: String::from_utf8_lossy(bytes).into_owned(),
                last,
            });
        }
    }
}

fn table(
    text: &str,
    start: usize,
    delimiter: u8,
    remarks: &mut Findings,
) -> Result<Sheet, Diagnostic> {
    let mut sheet = Sheet {
        name: "CSV".to_owned(),
        ..Sheet::default()
    };
    let mut places = BTreeMap::new();
    let fields = Fields {
        reader: ReaderBuilder::new().delimiter(delimiter).build(),
        text,
        at: start,
        buffer: vec![0; 4096],
    };
    let mut counter = Counter {
        text,
        at: 0,
        line: 1,
        line_start: 0,
    };
    let (mut row, mut column, mut cells) = (0, 0, 0);
    let mut widths: Vec<u32> = Vec::new();
    for field in fields {
        // Line ends in front of a record belong to no field.
        let raw = text.get(field.start..field.end).unwrap_or_default();
        let lead = if column == 0 {
            raw.len() - raw.trim_start_matches(['\r', '\n']).len()
        } else {
            0
        };
        let place = counter.place(field.start + lead);
        places.insert((row, column), place);
        if row >= MAXIMUM_ROWS || column >= MAXIMUM_COLUMNS || places.len() > MAXIMUM_CELLS * 4 {
            return Err(too_large(format!(
                "the table has more than {MAXIMUM_ROWS} rows or {MAXIMUM_COLUMNS} columns"
            )));
        }
        let at = Place {
            cell: Place::cell("", row, column).cell,
            ..Place::line(place.0, place.1)
        };
        let written = raw.trim_start_matches(['\r', '\n']);
        if field.end == text.len() && is_open(written) {
            return Err(Diagnostic::error(
                "sheet-malformed",
                at,
                "a quotation mark is opened and never closed",
            )
            .help("close it; inside of a quoted text a quotation mark is written twice"));
        }
        if !field.text.is_empty() {
            let mut kept = field.text.replace("\r\n", "\n");
            if let Some(short) = shortened(&kept) {
                kept = short;
                remarks.push(long_cell(at.clone()));
            }
            if is_formula(&kept) {
                remarks.note(
                    "sheet-formula-text",
                    "it stays a text; do not open the table in a program that runs formulas",
                    || (at, "the cell begins as a formula does".to_owned()),
                );
            }
            cells += 1;
            if cells > MAXIMUM_CELLS {
                return Err(too_large(format!(
                    "the table has more than {MAXIMUM_CELLS} cells"
                )));
            }
            sheet
                .rows
                .entry(row)
                .or_default()
                .insert(column, SheetCell::of_text(kept));
        }
        column += 1;
        if field.last {
            widths.push(column);
            row += 1;
            column = 0;
        }
    }
    if sheet.rows.is_empty() {
        return Err(malformed("the table is empty"));
    }
    sheet.text_places = Some(places);
    ragged(&widths, &sheet, remarks);
    Ok(sheet)
}

/// Remarks the rows that are longer than most rows are: a delimiter stands in a text there.
fn ragged(widths: &[u32], sheet: &Sheet, remarks: &mut Findings) {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for width in widths {
        *counts.entry(*width).or_default() += 1;
    }
    // Of several widths that are as common, the greatest.
    let usual = counts.iter().max_by_key(|(_, count)| **count);
    let usual = usual.map_or(0, |(width, _)| *width);
    for (row, cells) in &sheet.rows {
        let Some((column, _)) = cells.range(usual..).next() else {
            continue;
        };
        remarks.warning(
            "sheet-ragged",
            "put a text that holds the delimiter into quotation marks",
            || {
                let message = format!("the row is longer than the {usual} cells of most rows");
                (sheet.place(*row, *column), message)
            },
        );
    }
}

/// Whether a field that reaches the end of the text lacks its closing quotation mark.
fn is_open(raw: &str) -> bool {
    let marks = raw.bytes().filter(|byte| *byte == b'"').count();
    raw.starts_with('"') && marks % 2 == 1
}

/// Whether a program that opens a table would run the text of a cell.
pub fn is_formula(text: &str) -> bool {
    let is_number = |rest: &str| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || b".,% ".contains(&byte))
    };
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !is_number(text.get(1..).unwrap_or_default()),
        _ => false,
    }
}

/// Counts lines and columns in characters on the way through a text.
struct Counter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    line_start: usize,
}

impl Counter<'_> {
    /// The line and column, both from 1, of an offset that lies behind the last one.
    fn place(&mut self, offset: usize) -> (usize, usize) {
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        for (at, _) in passed.match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + at + 1;
        }
        self.at = offset;
        let before = self.text.get(self.line_start..offset).unwrap_or_default();
        (self.line, before.chars().count() + 1)
    }
}
