//! What people write into a cell, read into the type of the question.
//!
//! Nothing is guessed in silence. What stands there in another form than the expected one is read with a note that
//! says as what it was read (`answer-normalised`). What may mean two things, what is qualified by words beside it,
//! and what no rule knows is not read: the remark says what may stand there, and the words are kept as a note.
//!
//! To add a word: a line in a table here. To add a type: a file in `wording/`.

mod choice;
mod corporate_number;
mod day;
mod note;
mod number;
mod place;
mod yes_no;

use unicode_normalization::UnicodeNormalization as _;

use super::response::{Cell, Response};
use super::{Column, ColumnType, Question, QuestionType};
use note::Notes;

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::evidence::spreadsheet::{SheetCell, SheetValue};

pub use corporate_number::corporate_number;
pub use yes_no::WORDS as YES_NO_WORDS;

/// What a cell says: the response, what was added to it, and what is odd.
pub type Reading = (Option<Response>, Option<String>, Vec<Diagnostic>);

/// What a rule makes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Read<T> {
    /// It says this, in the form that is expected.
    As(T),
    /// It says this in another form; what it was read as.
    Normalised(T, String),
    /// Nothing stands there, or a dash.
    Blank,
    /// It may mean several things.
    Ambiguous(String),
    /// It is qualified: about, more than, planned.
    Qualified,
    /// It is a number or code of the right form that cannot be right, and why.
    Wrong(&'static str, String),
    /// No rule knows it.
    Unknown,
}

impl<T> Read<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::As(value) => Read::As(change(value)),
            Self::Normalised(value, form) => Read::Normalised(change(value), form),
            Self::Blank => Read::Blank,
            Self::Ambiguous(why) => Read::Ambiguous(why),
            Self::Qualified => Read::Qualified,
            Self::Wrong(code, why) => Read::Wrong(code, why),
            Self::Unknown => Read::Unknown,
        }
    }

    /// Says that the text was written in another form than the expected one.
    fn noted(self, changed: bool, form: impl FnOnce(&T) -> String) -> Self {
        match self {
            Self::As(value) if changed => {
                let form = form(&value);
                Self::Normalised(value, form)
            }
            other => other,
        }
    }

    fn fault(code: &'static str, why: impl Into<String>) -> Self {
        Self::Wrong(code, why.into())
    }

    fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// Reads a cell as the answer to a question.
///
/// A formula is not taken for an answer: what a program once made of it is not what another one shows.
pub fn read(question: &Question, cell: &SheetCell, at: &Place) -> Reading {
    let (response, note, remarks) = match formula_remark(cell, at) {
        Some(remark) => (None, None, vec![remark]),
        None => read_value(question, cell, at),
    };
    let comment = cell
        .comment
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let note = match (note, comment) {
        (Some(note), Some(comment)) => Some(format!("{note}\n{comment}")),
        (note, comment) => note.or_else(|| comment.map(str::to_owned)),
    };
    (response, note, remarks)
}

/// Reads a text as the answer to a question.
pub fn read_text(question: &Question, text: &str, at: &Place) -> Reading {
    read(question, &SheetCell::of_text(text), at)
}

/// The longest answer that is looked at for words, numbers, days and places: 4,096 bytes. What is longer is a text.
const MAXIMUM_BYTES: usize = 4096;

fn read_value(question: &Question, cell: &SheetCell, at: &Place) -> Reading {
    let wanted = || wanted(&question.kind);
    let is_text = matches!(question.kind, QuestionType::Text | QuestionType::File);
    if !is_text && cell.text.len() > MAXIMUM_BYTES {
        return tell(Read::Unknown, None, cell, at, wanted);
    }
    let form = plain(&cell.text);
    match &question.kind {
        QuestionType::Date if let SheetValue::Date(day) = cell.value => {
            (Some(Response::Date(day)), None, Vec::new())
        }
        QuestionType::Text | QuestionType::File if is_blank(&form) => {
            tell(Read::Blank, None, cell, at, wanted)
        }
        QuestionType::Text => (
            Some(Response::Text(cell.text.trim().to_owned())),
            None,
            Vec::new(),
        ),
        QuestionType::File => {
            let files = cell
                .text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty());
            (
                Some(Response::Files(files.map(str::to_owned).collect())),
                None,
                Vec::new(),
            )
        }
        kind => {
            let rule = |text: &str| by_type(kind, text);
            let notes = match kind {
                QuestionType::YesNo => Notes::Free,
                _ => Notes::Bracketed,
            };
            let (reading, note) = note::apart(&cell.text, notes, rule);
            tell(reading, note, cell, at, wanted)
        }
    }
}

/// What one text without additions says under a type.
fn by_type(kind: &QuestionType, text: &str) -> Read<Response> {
    let own = match kind {
        QuestionType::YesNo => return yes_no::read(text),
        QuestionType::Choice { choices, many } => {
            choice::read(choices, *many, text).map(Response::Choice)
        }
        QuestionType::Number { unit, min, max } => {
            number::read(unit, *min, *max, text).map(Response::Number)
        }
        QuestionType::Date => day::read(text).map(Response::Date),
        QuestionType::Place => place::read(text).map(Response::Places),
        QuestionType::Table { .. } | QuestionType::Text | QuestionType::File => Read::Unknown,
    };
    // "Not applicable" answers every question; a choice of that name comes first.
    match (own, yes_no::read(text)) {
        (Read::Unknown, Read::As(Response::NotApplicable)) => Read::As(Response::NotApplicable),
        (Read::Unknown, Read::Normalised(Response::NotApplicable, form)) => {
            Read::Normalised(Response::NotApplicable, form)
        }
        (own, _) => own,
    }
}

/// Reads a cell of a table under its column. An empty one is `None` without a remark: whether the column is
/// required, the table knows.
pub fn read_cell(column: &Column, cell: &SheetCell, at: &Place) -> (Option<Cell>, Vec<Diagnostic>) {
    if let Some(remark) = formula_remark(cell, at) {
        return (None, vec![remark]);
    }
    if column.kind != ColumnType::Text && cell.text.len() > MAXIMUM_BYTES {
        let (value, _, remarks) = tell(Read::Unknown, None, cell, at, || wanted_cell(&column.kind));
        return (value, remarks);
    }
    if is_blank(&plain(&cell.text)) {
        return (None, Vec::new());
    }
    let rule = |text: &str| match &column.kind {
        ColumnType::Text => Read::Unknown,
        ColumnType::Number => number::read_bare(text).map(Cell::Number),
        ColumnType::Date => day::read(text).map(Cell::Date),
        ColumnType::Place => place::read_one(text).map(Cell::Text),
        ColumnType::CorporateNumber => corporate_number::read(text).map(Cell::Text),
        ColumnType::Choice { choices } => choice::read(choices, false, text)
            .map(|words| Cell::Text(words.into_iter().next().unwrap_or_default())),
        ColumnType::YesNo => match yes_no::read(text) {
            Read::As(Response::Yes) => Read::As(Cell::YesNo(true)),
            Read::As(Response::No) => Read::As(Cell::YesNo(false)),
            Read::Normalised(Response::Yes, form) => Read::Normalised(Cell::YesNo(true), form),
            Read::Normalised(Response::No, form) => Read::Normalised(Cell::YesNo(false), form),
            Read::As(_) | Read::Normalised(..) => Read::Qualified,
            other => other.map(|_| Cell::YesNo(false)),
        },
    };
    match (&column.kind, &cell.value) {
        (ColumnType::Text, _) => (Some(Cell::Text(cell.text.trim().to_owned())), Vec::new()),
        (ColumnType::Date, SheetValue::Date(day)) => (Some(Cell::Date(*day)), Vec::new()),
        _ => {
            let (reading, note) = note::apart(&cell.text, Notes::Bracketed, rule);
            let (value, _, remarks) = tell(reading, note, cell, at, || wanted_cell(&column.kind));
            (value, remarks)
        }
    }
}

/// Turns what a rule found into a response with remarks.
fn tell<T>(
    reading: Read<T>,
    note: Option<String>,
    cell: &SheetCell,
    at: &Place,
    wanted: impl Fn() -> String,
) -> (Option<T>, Option<String>, Vec<Diagnostic>) {
    let shown = shown(&cell.text);
    let whole = || Some(cell.text.trim().to_owned());
    match reading {
        Read::As(value) => {
            let remark = note.as_ref().map(|_| {
                Diagnostic::note(
                    "answer-note",
                    at.clone(),
                    format!("words stand beside the answer in `{shown}`"),
                )
                .help("they are kept as the note of the answer; write them into the remarks")
            });
            (Some(value), note, remark.into_iter().collect())
        }
        Read::Normalised(value, form) => {
            let remark = Diagnostic::note(
                "answer-normalised",
                at.clone(),
                format!("`{shown}` was read as {form}"),
            )
            .help(format!("write {}", wanted()));
            (Some(value), note, vec![remark])
        }
        Read::Blank => {
            let remark =
                Diagnostic::warning("answer-blank", at.clone(), "nothing is answered here")
                    .help(format!("write {}", wanted()));
            (None, note, vec![remark])
        }
        Read::Ambiguous(why) => {
            let remark = Diagnostic::warning(
                "answer-ambiguous",
                at.clone(),
                format!("`{shown}` may mean several things: {why}"),
            )
            .help(format!("write {}", wanted()));
            (None, whole(), vec![remark])
        }
        Read::Qualified => {
            let remark = Diagnostic::warning("answer-qualified", at.clone(), format!("`{shown}` is an answer with a reservation"))
                .help("answer what holds now, or in part with the reservation in the remarks; the words are kept as a note");
            (None, whole(), vec![remark])
        }
        Read::Wrong(code, why) => {
            let remark =
                Diagnostic::error(code, at.clone(), format!("`{shown}` cannot be used: {why}"))
                    .help(format!("write {}", wanted()));
            (None, whole(), vec![remark])
        }
        Read::Unknown => {
            let remark = Diagnostic::error(
                "answer-unreadable",
                at.clone(),
                format!("`{shown}` is no answer to the question"),
            )
            .help(format!("write {}", wanted()));
            (None, whole(), vec![remark])
        }
    }
}

fn formula_remark(cell: &SheetCell, at: &Place) -> Option<Diagnostic> {
    let shown = shown(&cell.text);
    if cell.formula.is_some() {
        let message = format!(
            "a formula stands here, which last gave `{shown}`; it is not taken for an answer"
        );
        return Some(
            Diagnostic::warning("answer-formula", at.clone(), message)
                .help("write the answer itself in place of the formula"),
        );
    }
    (cell.value == SheetValue::Error).then(|| {
        Diagnostic::error(
            "answer-unreadable",
            at.clone(),
            format!("the cell shows the error `{shown}`"),
        )
        .help("write the answer itself in place of the formula")
    })
}

/// What may stand in a cell.
fn wanted(kind: &QuestionType) -> String {
    match kind {
        QuestionType::YesNo => {
            "`はい`, `いいえ`, `一部` or `該当なし`; in English Yes, No, Partial or Not applicable"
                .to_owned()
        }
        QuestionType::Choice { choices, .. } => {
            let all: Vec<_> = choices.iter().map(|one| format!("`{}`", one.id)).collect();
            format!("one of {}", all.join(", "))
        }
        QuestionType::Number { unit, min, max } => {
            format!(
                "a whole number from {min} to {max} in {} ({})",
                unit.en, unit.ja
            )
        }
        QuestionType::Date => "a day as YYYY-MM-DD".to_owned(),
        QuestionType::Place => "countries by code or name, such as `JP, SG`".to_owned(),
        QuestionType::Table { .. } => {
            "one row for each entry into the table of the question".to_owned()
        }
        QuestionType::Text => "a text".to_owned(),
        QuestionType::File => "the names of the files, one a line".to_owned(),
    }
}

fn wanted_cell(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Text => "a text".to_owned(),
        ColumnType::Number => "a whole number".to_owned(),
        ColumnType::Date => "a day as YYYY-MM-DD".to_owned(),
        ColumnType::Place => "one country by code or name, such as `JP`".to_owned(),
        ColumnType::CorporateNumber => "the 13 digits of the corporate number".to_owned(),
        ColumnType::YesNo => "`はい` or `いいえ`; in English Yes or No".to_owned(),
        ColumnType::Choice { choices } => {
            let all: Vec<_> = choices.iter().map(|one| format!("`{}`", one.id)).collect();
            format!("one of {}", all.join(", "))
        }
    }
}

/// A text in its compatibility form (Unicode NFKC), with single spaces and without those at its ends.
fn plain(text: &str) -> String {
    let folded: String = text.nfkc().collect();
    let words: Vec<_> = folded.split_whitespace().collect();
    words.join(" ")
}

/// A text in its compatibility form, in small letters and without spaces: for comparing with a table.
pub(super) fn key(text: &str) -> String {
    let folded = plain(text).to_lowercase();
    folded.chars().filter(|one| !one.is_whitespace()).collect()
}

/// Whether a text, in its compatibility form, says nothing: empty, or dashes alone.
fn is_blank(text: &str) -> bool {
    text.chars().all(|one| {
        one.is_whitespace()
            || matches!(
                one,
                '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | '─' | '_'
            )
    })
}

/// The beginning of a text, for a remark.
fn shown(text: &str) -> String {
    const LETTERS: usize = 60;
    let flat = crate::text::printable(text.trim());
    match flat.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", flat.get(..end).unwrap_or_default()),
        None => flat,
    }
}

/// The nearest of some words, as a question.
fn near<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, words).map(str::to_owned)
}

#[cfg(test)]
mod tests;
