//! Answers in rows and columns: the header is found by the names of its columns, wherever they stand.

use std::collections::BTreeMap;

use regex::Regex;

use super::{ForeignSheet, Map, Role, yes_no};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{self, Sheet, SheetCell, SheetValue, Workbook};
use crate::questionnaire::response::{Answer, Response};
use crate::questionnaire::wording::{self, Reading, key};
use crate::questionnaire::{Column, ColumnType, Questionnaire};
use crate::text::Text;
use crate::time::Date;

/// So many rows of a sheet are looked at for a header.
pub(super) const HEADER_ROWS: u32 = 40;

/// Where the columns of a map stand in a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) header: u32,
    pub(super) columns: BTreeMap<Role, u32>,
}

/// How well a map fits a file: how many of its columns are there, of all sheets the best; `None` where the
/// identifier or the answer is missing in each, or the file is no table.
pub fn fit(bytes: &[u8], map: &Map) -> Option<usize> {
    let workbook = spreadsheet::read(bytes).ok()?;
    let layouts = sheets(&workbook, map).filter_map(|sheet| locate(sheet, map));
    layouts.map(|layout| layout.columns.len()).max()
}

fn sheets<'w>(workbook: &'w Workbook, map: &'w Map) -> impl Iterator<Item = &'w Sheet> {
    let named = move |sheet: &Sheet| {
        map.sheets.is_empty()
            || sheet.name == "CSV"
            || map.sheets.iter().any(|name| key(name) == key(&sheet.name))
    };
    workbook
        .sheets
        .iter()
        .filter(move |sheet| !sheet.hidden && named(sheet))
}

/// The row in which most columns of a map are named, the first one of several.
pub(super) fn locate(sheet: &Sheet, map: &Map) -> Option<Layout> {
    let names: Vec<(Role, Vec<String>)> = map
        .columns
        .iter()
        .map(|(role, names)| (*role, names.iter().map(|name| key(name)).collect()))
        .collect();
    let mut best: Option<Layout> = None;
    for (row, cells) in sheet.rows.range(..HEADER_ROWS) {
        let mut columns = BTreeMap::new();
        for (role, names) in &names {
            // The likelier names stand first.
            let found = names.iter().find_map(|name| {
                let is_it = |(_, cell): &(&u32, &SheetCell)| {
                    let header = key(&cell.text);
                    header == *name || header.split('(').next() == Some(name)
                };
                cells.iter().find(is_it).map(|(column, _)| *column)
            });
            if let Some(column) = found
                && !columns.values().any(|taken| *taken == column)
            {
                columns.insert(*role, column);
            }
        }
        let is_whole = columns.contains_key(&Role::Id) && columns.contains_key(&Role::Answer);
        let is_better = best
            .as_ref()
            .is_none_or(|best| best.columns.len() < columns.len());
        if is_whole && is_better {
            best = Some(Layout {
                header: *row,
                columns,
            });
        }
    }
    best
}

pub(super) fn read(
    bytes: &[u8],
    map: &Map,
    ours: Option<&Questionnaire>,
) -> Result<ForeignSheet, Diagnostic> {
    let workbook = spreadsheet::read(bytes)?;
    let mut read = ForeignSheet::new(map);
    let mut days = Vec::new();
    let mut is_found = false;
    for sheet in sheets(&workbook, map) {
        let Some(layout) = locate(sheet, map) else {
            continue;
        };
        is_found = true;
        read.set.version = read
            .set
            .version
            .or_else(|| stated_version(sheet, layout.header));
        let rows = Rows {
            sheet,
            layout,
            map,
            ours,
        };
        rows.read(&mut read, &mut days);
    }
    read.set.remarks.extend(workbook.remarks.iter().cloned());
    if !is_found {
        let name = |role| {
            map.columns
                .get(&role)
                .and_then(|names| names.first())
                .map_or("", String::as_str)
        };
        return Err(Diagnostic::error(
            "questionnaire-columns",
            Place::whole(),
            format!(
                "no sheet has the columns `{}` and `{}`",
                name(Role::Id),
                name(Role::Answer)
            ),
        )
        .help("`mekiki questionnaire map suggest` shows which columns there are"));
    }
    // The oldest day holds for all: what was answered later is no worse for it.
    read.set.answered_on = days.into_iter().min();
    Ok(read)
}

/// A version that is stated above the header, such as `v4.0.3`.
fn stated_version(sheet: &Sheet, header: u32) -> Option<String> {
    let pattern =
        Regex::new(r"(?i)\b(?:v|ver|version)[. :]?\s*([0-9]+(?:\.[0-9]+)+|[0-9]+)\b").ok()?;
    let above = sheet
        .rows
        .range(..header)
        .flat_map(|(_, cells)| cells.values());
    let mut found =
        above.filter_map(|cell| Some(pattern.captures(&cell.text)?.get(1)?.as_str().to_owned()));
    found.next()
}

struct Rows<'a> {
    sheet: &'a Sheet,
    layout: Layout,
    map: &'a Map,
    ours: Option<&'a Questionnaire>,
}

impl Rows<'_> {
    fn read(&self, read: &mut ForeignSheet, days: &mut Vec<Date>) {
        let Some((&id_column, &answer_column)) = self
            .layout
            .columns
            .get(&Role::Id)
            .zip(self.layout.columns.get(&Role::Answer))
        else {
            return;
        };
        for (&row, cells) in self.sheet.rows.range(self.layout.header + 1..) {
            // A merged identifier belongs to its first row alone.
            let id = cells
                .get(&id_column)
                .map_or("", |cell| cell.text.trim())
                .to_owned();
            let at = self.sheet.place(row, answer_column);
            let blank = SheetCell {
                value: SheetValue::Empty,
                ..SheetCell::of_text("")
            };
            let cell = self.sheet.cell(row, answer_column).unwrap_or(&blank);
            let has_answer = !cell.text.trim().is_empty();
            if id.is_empty() {
                if has_answer && cells.contains_key(&answer_column) {
                    let message = "an answer stands in a row without an identifier; it is left out";
                    read.set.remarks.push(
                        Diagnostic::warning("answer-without-id", at, message)
                            .help("keep the identifier of each question in its row"),
                    );
                }
                continue;
            }
            let question = self.ours.and_then(|ours| ours.lookup(&id));
            let fits = question.is_some()
                || self
                    .map
                    .id_pattern
                    .as_ref()
                    .is_none_or(|one| one.is_match(&id));
            if !fits && !has_answer {
                // A heading between the questions.
                continue;
            }
            let (response, note, mut remarks) = match question {
                Some(question) => wording::read(question, cell, &at),
                None => self.answer(&id, cell, &at),
            };
            if !fits {
                remarks.push(
                    Diagnostic::warning(
                        "question-id-form",
                        self.sheet.place(row, id_column),
                        format!(
                            "`{id}` does not look like an identifier of {}",
                            self.map.questionnaire
                        ),
                    )
                    .help("check that the map is the one for this questionnaire"),
                );
            }
            if has_answer && !cells.contains_key(&answer_column) {
                remarks.push(
                    Diagnostic::note(
                        "answer-merged",
                        at.clone(),
                        "the answer stands in a merged range and is read for each of its rows",
                    )
                    .help("answer each question in its own cell"),
                );
            }
            days.extend(self.day(row, &mut remarks));
            if let Some(owner) = self.text(row, Role::Ownership) {
                read.ownership.insert(read.set.answers.len(), owner);
            }
            let mut answer = Answer {
                question: id,
                response,
                raw: cell.text.clone(),
                at,
                remarks,
                ..Answer::default()
            };
            answer.note = joined(note, self.text(row, Role::Note));
            answer.documents = self.documents(row);
            read.set.answers.push(answer);
        }
    }

    /// What a cell answers to a question that is not ours.
    fn answer(&self, id: &str, cell: &SheetCell, at: &Place) -> Reading {
        let written = cell.text.trim();
        let known = self.map.words.iter().find(|(word, _)| word == written);
        if let Some((_, response)) = known
            && cell.formula.is_none()
        {
            return (Some(response.clone()), cell.comment.clone(), Vec::new());
        }
        let (response, note, remarks) = wording::read(&yes_no(id), cell, at);
        let is_text = self.map.free_text
            && cell.value != SheetValue::Error
            && remarks.iter().any(|one| one.code == "answer-unreadable");
        if is_text {
            return (
                Some(Response::Text(written.to_owned())),
                cell.comment.clone(),
                Vec::new(),
            );
        }
        // A word of ours that is none of theirs is read, and said.
        let remarks = match (&response, remarks.is_empty(), self.map.words.is_empty()) {
            (Some(_), true, false) => vec![self.foreign_word(written, at)],
            _ => remarks,
        };
        (response, note, remarks)
    }

    fn foreign_word(&self, written: &str, at: &Place) -> Diagnostic {
        let words: Vec<_> = self
            .map
            .words
            .iter()
            .map(|(word, _)| format!("`{word}`"))
            .collect();
        Diagnostic::note(
            "answer-normalised",
            at.clone(),
            format!(
                "`{}` is none of the words of {}, and was read by its sense",
                crate::text::printable(written),
                self.map.questionnaire
            ),
        )
        .help(format!("write one of {}", words.join(", ")))
    }

    fn cell(&self, row: u32, role: Role) -> Option<(u32, &SheetCell)> {
        let column = *self.layout.columns.get(&role)?;
        Some((column, self.sheet.cell(row, column)?))
    }

    fn text(&self, row: u32, role: Role) -> Option<String> {
        let (_, cell) = self.cell(row, role)?;
        let text = cell.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn documents(&self, row: u32) -> Vec<(String, Place)> {
        let Some((column, cell)) = self.cell(row, Role::Evidence) else {
            return Vec::new();
        };
        let at = self.sheet.place(row, column);
        let names = cell
            .text
            .lines()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(|name| (name.to_owned(), at.clone())).collect()
    }

    fn day(&self, row: u32, remarks: &mut Vec<Diagnostic>) -> Option<Date> {
        let (column, cell) = self.cell(row, Role::Date)?;
        let of_day = Column {
            id: String::new(),
            title: Text::default(),
            kind: ColumnType::Date,
            required: false,
        };
        let (found, odd) = wording::read_cell(&of_day, cell, &self.sheet.place(row, column));
        remarks.extend(odd);
        match found {
            Some(crate::questionnaire::response::Cell::Date(day)) => Some(day),
            _ => None,
        }
    }
}

fn joined(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}\n{second}")),
        (first, second) => first.or(second),
    }
}
