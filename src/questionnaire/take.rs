//! What an answer says in the terms of the facts that it feeds.

use std::collections::BTreeMap;

use super::response::{Cell, Response};
use super::{Column, Feed, Question, QuestionType, Take};
use crate::time::Date;

/// What a fact takes from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A day.
    Date(Date),
    /// Words: one where the fact is a text, any number where it is a list.
    Words(Vec<String>),
    /// Nothing that settles the fact: the supplier met it in part, says that it does not apply, or left cells open.
    Open(Openness),
}

/// Why an answer settles nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Openness {
    /// The supplier says that it is met in part.
    Partial,
    /// The supplier says that it does not apply; only the agency can confirm that.
    NotApplicable,
    /// Cells of the table are empty or cannot be read.
    Incomplete,
}

/// What one feed of a question takes from a response.
pub fn take(question: &Question, feed: &Feed, response: &Response) -> Taken {
    match response {
        Response::Yes => Taken::Bool(true),
        Response::No => Taken::Bool(false),
        Response::Partial => Taken::Open(Openness::Partial),
        Response::NotApplicable => Taken::Open(Openness::NotApplicable),
        Response::Number(number) => Taken::Integer(*number),
        Response::Date(date) => Taken::Date(*date),
        Response::Choice(words) | Response::Places(words) | Response::Files(words) => {
            Taken::Words(words.clone())
        }
        Response::Text(text) => Taken::Words(vec![text.clone()]),
        Response::Rows(rows) => {
            let columns = match &question.kind {
                QuestionType::Table { columns } => columns.as_slice(),
                _ => &[],
            };
            take_rows(columns, feed, rows)
        }
    }
}

fn take_rows(columns: &[Column], feed: &Feed, rows: &[BTreeMap<String, Cell>]) -> Taken {
    let whole = |column: &str| rows.iter().all(|row| row.contains_key(column));
    let says_yes =
        |row: &BTreeMap<String, Cell>, column: &str| row.get(column) == Some(&Cell::YesNo(true));
    match &feed.take {
        Take::Count => {
            i64::try_from(rows.len()).map_or(Taken::Open(Openness::Incomplete), Taken::Integer)
        }
        Take::Complete => {
            let required = columns.iter().filter(|column| column.required);
            Taken::Bool(required.into_iter().all(|column| whole(&column.id)))
        }
        Take::Values(column) if whole(column) => {
            let mut words: Vec<_> = rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(word)
                .collect();
            words.sort();
            words.dedup();
            Taken::Words(words)
        }
        Take::Any(column) if rows.iter().any(|row| says_yes(row, column)) => Taken::Bool(true),
        Take::Any(column) if whole(column) => Taken::Bool(false),
        Take::All(column) if whole(column) => {
            Taken::Bool(rows.iter().all(|row| says_yes(row, column)))
        }
        _ => Taken::Open(Openness::Incomplete),
    }
}

fn word(cell: &Cell) -> String {
    match cell {
        Cell::YesNo(yes) => yes.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Text(text) => text.clone(),
    }
}
