//! The rows of table questions, which stand on sheets of their own.

use std::collections::BTreeMap;

use super::super::layout::{ROWS_ENTERED, ROWS_NONE};
use super::super::{Column, Question, QuestionType, Questionnaire, wording};
use super::{Cell, Response, Sheet, SheetKind, Workbook, markers};
use crate::diagnostic::{Diagnostic, Place};

/// The rows of one table question.
#[derive(Debug, Clone, Default)]
pub(super) struct TableRows {
    pub(super) rows: Vec<BTreeMap<String, Cell>>,
    pub(super) at: Place,
    pub(super) remarks: Vec<Diagnostic>,
}

/// The rows in which a header is looked for.
const HEADER_ROWS: usize = 60;

/// Reads the rows of every table question.
pub(super) fn read_all(
    workbook: &Workbook,
    questionnaire: &Questionnaire,
    remarks: &mut Vec<Diagnostic>,
) -> BTreeMap<String, TableRows> {
    let markers = markers(workbook);
    let mut tables: BTreeMap<String, TableRows> = BTreeMap::new();
    for sheet in &workbook.sheets {
        let kind = markers
            .iter()
            .find(|(name, _)| *name == sheet.name)
            .map(|(_, marker)| &marker.kind);
        let question = match kind {
            Some(SheetKind::Table(id)) => {
                questionnaire.lookup(id).map(|question| (question, false))
            }
            Some(_) => None,
            None => by_header(sheet, questionnaire).map(|question| (question, true)),
        };
        let Some((question, by_wording)) = question else {
            if let Some(SheetKind::Table(id)) = kind {
                remarks.push(super::super::structured::unknown_question(
                    questionnaire,
                    id,
                    sheet.place(0, 0),
                ));
            }
            continue;
        };
        let QuestionType::Table { columns } = &question.kind else {
            continue;
        };
        let mut read = read(sheet, question, columns);
        if by_wording {
            let message = format!(
                "the sheet was taken for the table of `{}` by the titles of its columns",
                question.id
            );
            read.remarks.push(
                Diagnostic::note("question-by-wording", sheet.place(0, 0), message)
                    .help("keep the hidden cells of the workbook"),
            );
        }
        if let Some(earlier) = tables.get_mut(&question.id) {
            if !read.rows.is_empty() && !earlier.rows.is_empty() {
                let message = format!(
                    "the rows of `{}` stand on two sheets; those of both are read",
                    question.id
                );
                earlier.remarks.push(
                    Diagnostic::warning("answer-rows-twice", read.at.clone(), message)
                        .help("keep them on one sheet"),
                );
            }
            earlier.rows.extend(read.rows);
            earlier.remarks.extend(read.remarks);
        } else {
            tables.insert(question.id.clone(), read);
        }
    }
    tables
}

/// The table question whose columns a sheet has.
fn by_header<'q>(sheet: &Sheet, questionnaire: &'q Questionnaire) -> Option<&'q Question> {
    let mut fitting = questionnaire
        .questions()
        .map(|(_, question)| question)
        .filter(|question| match &question.kind {
            QuestionType::Table { columns } => {
                header(sheet, columns).is_some_and(|(_, found)| found.len() == columns.len())
            }
            _ => false,
        });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// The last row of the header, and the columns by identifier: by the hidden identifiers, else by their titles.
fn header(sheet: &Sheet, columns: &[Column]) -> Option<(u32, BTreeMap<String, u32>)> {
    let by = |names: &dyn Fn(&Column, &str) -> bool| {
        sheet
            .rows
            .iter()
            .take(HEADER_ROWS)
            .find_map(|(row, cells)| {
                let mut found = BTreeMap::new();
                for column in columns {
                    let place = cells.iter().find(|(_, cell)| names(column, &cell.text));
                    if let Some((index, _)) = place {
                        found.insert(column.id.clone(), *index);
                    }
                }
                (found.len() * 2 > columns.len()).then_some((*row, found))
            })
    };
    by(&|column, text| text.trim() == column.id).or_else(|| {
        by(&|column, text| {
            let text = wording::key(text.trim().trim_end_matches('*'));
            let title = &column.title;
            [
                wording::key(&title.ja),
                wording::key(&title.en),
                wording::key(&format!("{}{}", title.ja, title.en)),
            ]
            .contains(&text)
        })
    })
}

fn read(sheet: &Sheet, question: &Question, columns: &[Column]) -> TableRows {
    let mut read = TableRows {
        at: sheet.place(0, 0),
        ..TableRows::default()
    };
    let Some((header_row, places)) = header(sheet, columns) else {
        let message = format!(
            "the columns of the table of `{}` are not found",
            question.id
        );
        read.remarks.push(
            Diagnostic::error("sheet-columns-missing", read.at.clone(), message)
                .help("keep the titles of the columns"),
        );
        return read;
    };
    for column in columns
        .iter()
        .filter(|column| !places.contains_key(&column.id))
    {
        let message = format!(
            "the column `{}` of the table of `{}` is not found",
            column.id, question.id
        );
        read.remarks.push(
            Diagnostic::error("sheet-columns-missing", sheet.place(header_row, 0), message)
                .help("keep the titles of the columns"),
        );
    }
    for row in sheet
        .rows
        .range(header_row.saturating_add(1)..)
        .map(|(row, _)| *row)
    {
        let mut cells = BTreeMap::new();
        let mut said = false;
        let mut remarks = Vec::new();
        let mut missing = Vec::new();
        for column in columns {
            let Some(index) = places.get(&column.id) else {
                continue;
            };
            let at = sheet.place(row, *index);
            let cell = sheet
                .cell(row, *index)
                .filter(|cell| !cell.text.trim().is_empty() || cell.formula.is_some());
            let Some(cell) = cell else {
                missing.extend(column.required.then_some((column, at)));
                continue;
            };
            said = true;
            let value = own_choice(column, &cell.text).map_or_else(
                || wording::read_cell(column, cell, &at),
                |value| (Some(value), Vec::new()),
            );
            remarks.extend(value.1);
            if let Some(value) = value.0 {
                cells.insert(column.id.clone(), value);
            }
        }
        if !said {
            continue;
        }
        for (column, at) in missing {
            let message = format!("the row lacks `{}`, which is required", column.title.en);
            remarks.push(
                Diagnostic::warning("answer-row-incomplete", at, message).help("fill in the cell"),
            );
        }
        read.rows.push(cells);
        read.remarks.extend(remarks);
    }
    read
}

/// A word that a drop-down of ours offers, as we write it.
fn own_choice(column: &Column, text: &str) -> Option<Cell> {
    use super::super::ColumnType;
    match &column.kind {
        ColumnType::YesNo => {
            let is = |key: &str| super::is_word(&super::super::layout::both(key), text);
            [("sheet-yes", true), ("sheet-no", false)]
                .iter()
                .find(|(key, _)| is(key))
                .map(|(_, yes)| Cell::YesNo(*yes))
        }
        ColumnType::Choice { choices } => {
            let choice = choices
                .iter()
                .find(|choice| super::is_word(&choice.title, text))?;
            Some(Cell::Text(choice.id.clone()))
        }
        _ => None,
    }
}

/// What a table question is answered by: the word in its row and the rows on their sheet.
pub(super) fn settle(
    question: &Question,
    rows: &TableRows,
    said: Option<&str>,
    response: &mut Option<Response>,
    remarks: &mut Vec<Diagnostic>,
    at: &Place,
) {
    remarks.extend(rows.remarks.iter().cloned());
    let contradiction = |what: &str| {
        let message = format!(
            "`{}` has rows in its table, and its own row says {what}",
            question.id
        );
        Diagnostic::error("answer-contradicts-rows", at.clone(), message)
            .help("empty the table, or choose that it is filled in")
    };
    let has_rows = !rows.rows.is_empty();
    match (said, has_rows) {
        (Some(ROWS_NONE), true) => {
            remarks.push(contradiction("that there are none"));
            *response = None;
        }
        (Some(ROWS_NONE), false) => *response = Some(Response::Rows(Vec::new())),
        (Some("not_applicable"), true) => {
            remarks.push(contradiction("that it does not apply"));
            *response = None;
        }
        (Some("not_applicable"), false) => *response = Some(Response::NotApplicable),
        (Some(ROWS_ENTERED), false) => {
            let message = format!(
                "`{}` is said to be answered in its table, which is empty",
                question.id
            );
            remarks.push(
                Diagnostic::warning("answer-rows-missing", at.clone(), message)
                    .help("fill in the table, or choose that there are no rows"),
            );
            *response = None;
        }
        (_, true) => *response = Some(Response::Rows(rows.rows.clone())),
        (_, false) => {}
    }
}
