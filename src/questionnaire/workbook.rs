//! Reads the answers out of a workbook of ours, or out of a sheet of it as delimited text, whatever was done to it on the way.
//!
//! Sheets are known by their markers and questions by their hidden identifiers; where those are gone, by the words of the
//! headers and of the questions. Where a reading rests on less than what was sent, a remark says so at its cell.

mod cover;
mod found;
mod grid;
mod table;

use std::collections::BTreeMap;

use super::carry::Stamp;
use super::change::{Fingerprint, Fingerprints};
use super::layout::{
    CHOICE_SEPARATOR, Marker, ROWS_ENTERED, ROWS_NONE, SheetColumn, SheetKind, options,
};
use super::response::{Answer, AnswerSet, Cell, Response};
use super::{Question, QuestionType, Questionnaire, wording};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{Sheet, SheetCell, SheetValue, Workbook};
use found::Found;
use grid::Grid;

pub use grid::{SentRow, markers, sent_rows};

/// Whether a workbook is one of ours: a sheet has a marker, or the header of a section's sheet.
pub fn recognises(workbook: &Workbook) -> bool {
    !markers(workbook).is_empty()
        || workbook
            .sheets
            .iter()
            .any(|sheet| Grid::find(sheet).is_some())
}

/// Reads the answers to `questionnaire`.
pub fn read(workbook: &Workbook, questionnaire: &Questionnaire) -> AnswerSet {
    let mut remarks = workbook.remarks.clone();
    let markers = markers(workbook);
    let sent = sent_as(&markers, questionnaire, &mut remarks);
    let fingerprints = cover::fingerprints(workbook);
    let mut reader = Reader {
        questionnaire,
        tables: table::read_all(workbook, questionnaire, &mut remarks),
        found: BTreeMap::new(),
        remarks,
    };
    for sheet in &workbook.sheets {
        let kind = markers
            .iter()
            .find(|(name, _)| *name == sheet.name)
            .map(|(_, marker)| &marker.kind);
        if matches!(kind, None | Some(SheetKind::Section(_)))
            && let Some(grid) = Grid::find(sheet)
        {
            reader.sheet(&grid);
        }
    }
    let Reader {
        found,
        tables,
        mut remarks,
        ..
    } = reader;
    for (question, rows) in tables {
        let at = rows.at.clone();
        let message = format!("the rows of `{question}` are not used: its own row is missing");
        if !found.contains_key(&question) && !rows.rows.is_empty() {
            remarks.push(
                Diagnostic::error("answer-rows-alone", at, message)
                    .help("hand in the sheet of the question's section too"),
            );
        }
    }
    let mut answers = Vec::new();
    for (_, question) in questionnaire.questions() {
        if let Some(read) = found.get(&question.id) {
            answers.extend(read.answer(question, &mut remarks));
        }
    }
    changed(
        questionnaire,
        sent.as_ref(),
        &fingerprints,
        &mut answers,
        &mut remarks,
    );
    let answered_on = cover::answered_on(workbook, &mut remarks);
    remarks.sort();
    remarks.dedup();
    AnswerSet {
        questionnaire: sent
            .as_ref()
            .map_or_else(|| questionnaire.id.clone(), |one| one.questionnaire.clone()),
        version: sent.as_ref().map(|one| one.version.clone()),
        digest: sent.map(|one| one.digest),
        answered_on,
        fingerprints,
        answers,
        remarks,
    }
}

/// What was sent, by the markers of the sheets.
fn sent_as(
    markers: &[(String, Marker)],
    questionnaire: &Questionnaire,
    remarks: &mut Vec<Diagnostic>,
) -> Option<Marker> {
    let Some((_, first)) = markers.first() else {
        let message = format!(
            "nothing in the file says which questionnaire was answered; it was read as `{}`",
            questionnaire.id
        );
        remarks.push(
            Diagnostic::warning("questionnaire-unnamed", Place::whole(), message)
                .help("keep the hidden cells of the workbook; check that the questions are those that were sent"),
        );
        return None;
    };
    for (sheet, marker) in markers {
        if marker.digest != first.digest {
            let message =
                "the sheets come from different questionnaires, or different versions of one";
            remarks.push(
                Diagnostic::error(
                    "questionnaire-mixed",
                    Place::cell(sheet.clone(), 0, 0),
                    message,
                )
                .help("hand in the workbook that was sent for this tender, whole"),
            );
            break;
        }
    }
    if first.questionnaire != questionnaire.id {
        let message = format!(
            "the workbook belongs to the questionnaire `{}`, not to `{}`",
            first.questionnaire, questionnaire.id
        );
        remarks.push(
            Diagnostic::error("questionnaire-other", Place::whole(), message)
                .help("name the questionnaire that was sent"),
        );
    }
    Some(first.clone())
}

/// Flags the answers to questions that changed since they were sent.
fn changed(
    questionnaire: &Questionnaire,
    sent: Option<&Marker>,
    fingerprints: &Fingerprints,
    answers: &mut [Answer],
    remarks: &mut Vec<Diagnostic>,
) {
    let Some(sent) = sent.filter(|sent| sent.digest != questionnaire.digest.hex()) else {
        return;
    };
    let same_version = sent.version == questionnaire.version;
    let message = format!(
        "version {} with the digest {} was answered; in force is version {} with the digest {}",
        sent.version,
        sent.digest.chars().take(12).collect::<String>(),
        questionnaire.version,
        questionnaire.digest.short()
    );
    let help = if fingerprints.is_empty() {
        "it is not known which questions changed; check every answer against its question"
    } else if same_version {
        "a questionnaire that changes takes a new version; each changed question is named"
    } else {
        "check the answers to questions that changed; each is named"
    };
    remarks.push(Diagnostic::warning("questionnaire-version", Place::whole(), message).help(help));
    for answer in answers {
        let print = fingerprints.get(&answer.question);
        let now = questionnaire.lookup(&answer.question).map(Fingerprint::of);
        if let (Some(print), Some(now)) = (print, now) {
            answer.remarks.extend(question_changed(
                &answer.question,
                &print.changes(&now),
                &answer.at,
            ));
            answer.remarks.sort();
        }
    }
}

/// What is said of an answer to a question that changed since; nothing where nothing changed.
pub fn question_changed(
    question: &str,
    changes: &[super::change::Change],
    at: &Place,
) -> Option<Diagnostic> {
    let words: Vec<_> = changes.iter().map(|change| change.word()).collect();
    (!words.is_empty()).then(|| {
        let message = format!(
            "the question `{question}` changed since it was sent: {}",
            words.join(", ")
        );
        Diagnostic::warning("question-changed", at.clone(), message)
            .help("check that the answer answers the question as it is now")
    })
}

/// Reads sheet after sheet.
struct Reader<'a> {
    questionnaire: &'a Questionnaire,
    tables: BTreeMap<String, table::TableRows>,
    found: BTreeMap<String, Found>,
    remarks: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn sheet(&mut self, grid: &Grid<'_>) {
        self.remarks.extend(grid.remarks.iter().cloned());
        for row in grid.rows() {
            let (id, by_wording) = match grid.question(row, self.questionnaire) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(remark) => {
                    self.remarks.push(remark);
                    continue;
                }
            };
            let (question_id, choice) = match id.split_once(CHOICE_SEPARATOR) {
                Some((question, choice)) => (question.to_owned(), Some(choice.to_owned())),
                None => (id.clone(), None),
            };
            let Some(question) = self.questionnaire.lookup(&question_id) else {
                self.remarks.push(super::structured::unknown_question(
                    self.questionnaire,
                    &question_id,
                    grid.place(row, SheetColumn::Answer),
                ));
                continue;
            };
            match choice {
                Some(choice) => self.choice(grid, row, question, choice),
                None => self.question(grid, row, question, by_wording),
            }
        }
    }

    fn question(&mut self, grid: &Grid<'_>, row: u32, question: &Question, by_wording: bool) {
        let mut found = self.read_row(grid, row, question);
        if by_wording {
            let message = format!(
                "the row was taken for `{}` by the words of its question",
                question.id
            );
            found.remarks.push(
                Diagnostic::note(
                    "question-by-wording",
                    grid.place(row, SheetColumn::Question),
                    message,
                )
                .help("keep the hidden column of identifiers"),
            );
        }
        if let Some(earlier) = self.found.get_mut(&question.id) {
            if !earlier.is_read() {
                // The rows of its choices came first.
                found.chosen = std::mem::take(&mut earlier.chosen);
                *earlier = found;
                return;
            }
            let blank = found.response.is_none() && found.raw.is_empty();
            if !blank && earlier.response != found.response {
                let message = format!(
                    "`{}` is answered twice, and differently: {} and here",
                    question.id, earlier.at
                );
                earlier.response = None;
                earlier.remarks.push(
                    Diagnostic::error("answer-twice", found.at, message)
                        .help("keep one row of the question"),
                );
            }
            return;
        }
        self.found.insert(question.id.clone(), found);
    }

    fn choice(&mut self, grid: &Grid<'_>, row: u32, question: &Question, choice: String) {
        let known = match &question.kind {
            QuestionType::Choice { choices, .. } => choices.iter().any(|one| one.id == choice),
            _ => false,
        };
        let at = grid.place(row, SheetColumn::Answer);
        if !known {
            let message = format!("`{choice}` is no choice of `{}` now", question.id);
            self.remarks.push(
                Diagnostic::warning("choice-unknown", at, message)
                    .help("answer the question as it is now"),
            );
            return;
        }
        let text = grid.text(row, SheetColumn::Answer);
        let found = self
            .found
            .entry(question.id.clone())
            .or_insert_with(|| Found::unread(at.clone()));
        if text.trim().is_empty() {
            found.chosen.entry(choice).or_insert((false, at));
            return;
        }
        let cell = grid
            .cell(row, SheetColumn::Answer)
            .cloned()
            .unwrap_or_else(|| SheetCell::of_text(text));
        let (response, note, mut remarks) = wording::read(&yes_no(question), &cell, &at);
        // A circle is what the row asks for.
        remarks.retain(|one| one.code != "answer-normalised");
        match response {
            Some(Response::Yes) => {
                found.chosen.insert(choice, (true, at));
            }
            Some(Response::No) => {
                found.chosen.entry(choice).or_insert((false, at));
            }
            _ => {
                let message = format!(
                    "`{}` says neither that `{choice}` applies nor that it does not",
                    text.trim()
                );
                found.remarks.push(
                    Diagnostic::error("answer-unreadable", at, message)
                        .help("put ○ beside what applies, and leave the rest blank"),
                );
            }
        }
        found.note = joined(found.note.take(), note);
        found.remarks.extend(remarks);
    }

    fn read_row(&mut self, grid: &Grid<'_>, row: u32, question: &Question) -> Found {
        let at = grid.place(row, SheetColumn::Answer);
        let raw = grid.text(row, SheetColumn::Answer).trim().to_owned();
        let mut found = Found {
            raw,
            ..Found::unread(at.clone())
        };
        if let Some(remark) = grid.merged(row, SheetColumn::Answer) {
            found.remarks.push(remark);
        }
        let blank = found.raw.is_empty();
        let cell = grid.cell(row, SheetColumn::Answer);
        let (response, note, remarks) = match cell {
            Some(cell) => own_word(question, cell).unwrap_or_else(|| {
                let reading = wording::read(question, cell, &at);
                if blank {
                    (None, reading.1, Vec::new())
                } else {
                    reading
                }
            }),
            None => (None, None, Vec::new()),
        };
        found.remarks.extend(remarks);
        found.response = response;
        if let QuestionType::Table { .. } = &question.kind {
            let rows = self.tables.remove(&question.id).unwrap_or_default();
            let said = cell.and_then(|cell| table_word(question, cell));
            table::settle(
                question,
                &rows,
                said.as_deref(),
                &mut found.response,
                &mut found.remarks,
                &at,
            );
        }
        found.note = joined(
            note,
            Some(grid.text(row, SheetColumn::Remarks).trim().to_owned()),
        );
        let named_at = grid.place(row, SheetColumn::Documents);
        let documents = grid.text(row, SheetColumn::Documents);
        let names = documents
            .split(['\n', '、', ';', '；'])
            .map(str::trim)
            .filter(|name| !name.is_empty());
        found.documents = names
            .map(|name| (name.to_owned(), named_at.clone()))
            .collect();
        found.stamp = Stamp::parse(grid.text(row, SheetColumn::Stamp));
        let confirmed = grid.text(row, SheetColumn::Confirmed).trim();
        found.confirmed = is_confirmed(confirmed);
        if !confirmed.is_empty() && !found.confirmed {
            let message = format!("`{confirmed}` does not confirm the answer");
            found.remarks.push(
                Diagnostic::warning(
                    "confirmation-unreadable",
                    grid.place(row, SheetColumn::Confirmed),
                    message,
                )
                .help("choose 確認済み (Confirmed), or leave it blank"),
            );
        }
        found.reason = Some(grid.text(row, SheetColumn::Reason).trim().to_owned())
            .filter(|reason| !reason.is_empty());
        found
    }
}

/// Reads one of the words that our own drop-downs offer, in any language, whatever the rules of free wording make of it.
fn own_word(question: &Question, cell: &SheetCell) -> Option<wording::Reading> {
    let plain = cell.formula.is_none() && cell.comment.is_none() && cell.value == SheetValue::Text;
    let (id, _) = options(question)
        .into_iter()
        .filter(|_| plain)
        .find(|(_, title)| is_word(title, &cell.text))?;
    let response = match (id.as_str(), &question.kind) {
        ("not_applicable", _) => Response::NotApplicable,
        ("yes", QuestionType::YesNo) => Response::Yes,
        ("no", QuestionType::YesNo) => Response::No,
        ("partial", QuestionType::YesNo) => Response::Partial,
        (ROWS_ENTERED | ROWS_NONE, QuestionType::Table { .. }) => {
            return Some((None, None, Vec::new()));
        }
        (_, QuestionType::Choice { .. }) => Response::Choice(vec![id]),
        _ => return None,
    };
    Some((Some(response), None, Vec::new()))
}

/// Which word of a table question its row says.
fn table_word(question: &Question, cell: &SheetCell) -> Option<String> {
    options(question)
        .into_iter()
        .find(|(_, title)| is_word(title, &cell.text))
        .map(|(id, _)| id)
}

/// Whether a cell says a text of ours: in Japanese, in English, or in both as we write it.
fn is_word(title: &crate::text::Text, cell: &str) -> bool {
    use super::sending::Languages;
    let cell = wording::key(cell);
    [Languages::Ja, Languages::En, Languages::Both]
        .iter()
        .any(|languages| wording::key(&languages.line(title)) == cell)
}

fn is_confirmed(text: &str) -> bool {
    let titles = [
        super::layout::both("sheet-confirmed-yes"),
        super::layout::both("sheet-yes"),
    ];
    titles.iter().any(|title| is_word(title, text))
        || matches!(text, "○" | "〇" | "◯" | "✓" | "✔" | "済" | "確認" | "TRUE")
}

/// The question of a row that asks whether one choice of several applies.
fn yes_no(question: &Question) -> Question {
    Question {
        kind: QuestionType::YesNo,
        ..question.clone()
    }
}

fn joined(first: Option<String>, second: Option<String>) -> Option<String> {
    let parts: Vec<_> = [first, second]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}
