//! Where the questions stand on a sheet, after whatever was moved, added or taken out.

use std::collections::BTreeMap;

use super::super::layout::{CHOICE_SEPARATOR, Marker, SheetColumn, numbered};
use super::super::{QuestionType, Questionnaire, wording};
use super::{Sheet, SheetCell, Workbook};
use crate::diagnostic::{Diagnostic, Place};

/// The rows in which a header is looked for, from the first that holds anything.
const HEADER_ROWS: usize = 60;

/// The first cells in which a marker is looked for: columns and rows may have been put before it.
const MARKER_CELLS: usize = 60;

/// The markers of a workbook by the names of their sheets, in the order of the sheets.
pub fn markers(workbook: &Workbook) -> Vec<(String, Marker)> {
    let marked = workbook.sheets.iter().filter_map(|sheet| {
        let mut cells = sheet
            .rows
            .values()
            .flat_map(BTreeMap::values)
            .take(MARKER_CELLS);
        let marker = cells.find_map(|cell| Marker::parse(&cell.text))?;
        Some((sheet.name.clone(), marker))
    });
    marked.collect()
}

/// A sheet with the columns of a section's sheet.
pub(super) struct Grid<'a> {
    sheet: &'a Sheet,
    header_row: u32,
    columns: BTreeMap<SheetColumn, u32>,
    pub(super) remarks: Vec<Diagnostic>,
}

impl<'a> Grid<'a> {
    /// Finds the header; `None` where the sheet has none.
    pub(super) fn find(sheet: &'a Sheet) -> Option<Self> {
        let titles: Vec<_> = SheetColumn::ALL
            .iter()
            .map(|column| {
                let title = column.title();
                (
                    *column,
                    [
                        wording::key(&title.ja),
                        wording::key(&title.en),
                        wording::key(&format!("{}{}", title.ja, title.en)),
                    ],
                )
            })
            .collect();
        for (row, cells) in sheet.rows.iter().take(HEADER_ROWS) {
            let mut columns = BTreeMap::new();
            let mut remarks = Vec::new();
            for (index, cell) in cells {
                let text = wording::key(&cell.text);
                let Some((column, _)) = titles.iter().find(|(_, titles)| titles.contains(&text))
                else {
                    continue;
                };
                if let Some(first) = columns.get(column) {
                    let message = format!(
                        "the column `{}` stands twice; that in {} is read",
                        cell.text.replace('\n', " "),
                        sheet.place(*row, *first)
                    );
                    remarks.push(
                        Diagnostic::warning(
                            "sheet-column-twice",
                            sheet.place(*row, *index),
                            message,
                        )
                        .help("keep the answers in one column"),
                    );
                } else {
                    columns.insert(*column, *index);
                }
            }
            let has = |column: SheetColumn| columns.contains_key(&column);
            if has(SheetColumn::Answer) && (has(SheetColumn::Id) || has(SheetColumn::Question)) {
                return Some(Self {
                    sheet,
                    header_row: *row,
                    columns,
                    remarks,
                });
            }
        }
        None
    }

    /// The rows below the header that hold anything.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        let rows = self.sheet.rows.range(self.header_row.saturating_add(1)..);
        rows.map(|(row, _)| *row)
    }

    pub(super) fn cell(&self, row: u32, column: SheetColumn) -> Option<&'a SheetCell> {
        self.sheet.cell(row, *self.columns.get(&column)?)
    }

    pub(super) fn text(&self, row: u32, column: SheetColumn) -> &'a str {
        self.cell(row, column).map_or("", |cell| cell.text.as_str())
    }

    pub(super) fn place(&self, row: u32, column: SheetColumn) -> Place {
        self.sheet
            .place(row, self.columns.get(&column).copied().unwrap_or_default())
    }

    /// What is odd about a cell that spans several rows.
    pub(super) fn merged(&self, row: u32, column: SheetColumn) -> Option<Diagnostic> {
        let range = self.sheet.merged_at(row, *self.columns.get(&column)?)?;
        (range.last_row > range.first_row).then(|| {
            let message = "one cell spans the answers of several questions; it was read as the answer to each";
            Diagnostic::warning("answer-merged", self.place(row, column), message).help("split the cell, and answer each question")
        })
    }

    /// The question of a row, and whether that rests on its words alone; `None` for a row that is no question's.
    pub(super) fn question(
        &self,
        row: u32,
        questionnaire: &Questionnaire,
    ) -> Result<Option<(String, bool)>, Diagnostic> {
        let id = self.text(row, SheetColumn::Id).trim();
        if !id.is_empty()
            && self
                .sheet
                .merged_at(
                    row,
                    self.columns
                        .get(&SheetColumn::Id)
                        .copied()
                        .unwrap_or(u32::MAX),
                )
                .is_none()
        {
            return Ok(Some((id.to_owned(), false)));
        }
        let words = wording::key(self.text(row, SheetColumn::Question));
        let answered = !self.text(row, SheetColumn::Answer).trim().is_empty();
        let place = || self.place(row, SheetColumn::Answer);
        if words.is_empty() {
            return if answered && self.text(row, SheetColumn::Number).trim().is_empty() {
                let message = "an answer stands in a row without a question";
                Err(
                    Diagnostic::warning("answer-without-question", place(), message)
                        .help("write it into the row of its question"),
                )
            } else {
                Ok(None)
            };
        }
        let found: Vec<_> = by_words(questionnaire, &words);
        match found.as_slice() {
            [one] => Ok(Some((one.clone(), true))),
            [] if answered => {
                let message = "the question of this row is not one of the questionnaire";
                Err(Diagnostic::error("question-unknown", place(), message)
                    .help("keep the questions and their hidden identifiers as they were sent"))
            }
            [] => Ok(None),
            several => {
                let number = wording::key(self.text(row, SheetColumn::Number));
                let by_number = numbered(questionnaire)
                    .find(|(one, question)| *one == number && several.contains(&question.id));
                match by_number {
                    Some((_, question)) => Ok(Some((question.id.clone(), true))),
                    None if answered => {
                        let message = format!(
                            "the words of this row fit several questions: {}",
                            several.join(", ")
                        );
                        Err(Diagnostic::error("question-ambiguous", place(), message)
                            .help("keep the hidden column of identifiers"))
                    }
                    None => Ok(None),
                }
            }
        }
    }
}

/// The questions, and the choices of several, whose words these are.
fn by_words(questionnaire: &Questionnaire, words: &str) -> Vec<String> {
    let is = |text: &crate::text::Text| {
        [
            wording::key(&text.ja),
            wording::key(&text.en),
            wording::key(&format!("{}{}", text.ja, text.en)),
        ]
        .iter()
        .any(|one| one == words)
    };
    let mut found = Vec::new();
    for (_, question) in questionnaire.questions() {
        if is(&question.text) {
            found.push(question.id.clone());
        }
        if let QuestionType::Choice {
            choices,
            many: true,
        } = &question.kind
        {
            let chosen = choices.iter().filter(|choice| is(&choice.title));
            found.extend(
                chosen.map(|choice| format!("{}{CHOICE_SEPARATOR}{}", question.id, choice.id)),
            );
        }
    }
    found
}

/// A row as it was sent: what a supplier has no business to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// The texts by column.
    pub texts: BTreeMap<SheetColumn, String>,
    /// Where it stands.
    pub at: Place,
}

/// The locked texts of every row that has an identifier, by identifier.
pub fn sent_rows(workbook: &Workbook) -> BTreeMap<String, SentRow> {
    let mut rows = BTreeMap::new();
    for sheet in &workbook.sheets {
        let Some(grid) = Grid::find(sheet) else {
            continue;
        };
        for row in grid.rows() {
            let id = grid.text(row, SheetColumn::Id).trim();
            if id.is_empty() {
                continue;
            }
            let kept = SheetColumn::ALL.into_iter().filter(|column| {
                !column.is_entered()
                    && !matches!(
                        column,
                        SheetColumn::Asked | SheetColumn::Answered | SheetColumn::Number
                    )
            });
            let texts = kept
                .map(|column| (column, grid.text(row, column).trim().to_owned()))
                .collect();
            rows.entry(id.to_owned()).or_insert_with(|| SentRow {
                texts,
                at: grid.place(row, SheetColumn::Question),
            });
        }
    }
    rows
}
