//! What the cover and the machine sheet say.

use std::collections::BTreeMap;

use super::super::change::{Change, Fingerprint, Fingerprints};
use super::super::layout::both;
use super::super::response::Response;
use super::super::{Question, QuestionType, wording};
use super::{SheetKind, Workbook, markers};
use crate::diagnostic::Diagnostic;
use crate::text::Text;
use crate::time::Date;

/// The day that the cover states; a remark where there is none.
pub(super) fn answered_on(workbook: &Workbook, remarks: &mut Vec<Diagnostic>) -> Option<Date> {
    let label = both("cover-answered-on");
    let labels =
        [&label.ja, &label.en, &format!("{}{}", label.ja, label.en)].map(|text| wording::key(text));
    for sheet in &workbook.sheets {
        for (row, cells) in &sheet.rows {
            let Some((column, _)) = cells
                .iter()
                .find(|(_, cell)| labels.contains(&wording::key(&cell.text)))
            else {
                continue;
            };
            let beside = cells
                .range(column.saturating_add(1)..)
                .find(|(_, cell)| !cell.text.trim().is_empty());
            let Some((index, cell)) = beside else {
                remarks.push(undated(sheet.place(*row, column.saturating_add(1))));
                return None;
            };
            let (response, _, found) =
                wording::read(&day_question(), cell, &sheet.place(*row, *index));
            remarks.extend(found);
            return match response {
                Some(Response::Date(day)) => Some(day),
                _ => None,
            };
        }
    }
    remarks.push(undated(crate::diagnostic::Place::whole()));
    None
}

fn undated(at: crate::diagnostic::Place) -> Diagnostic {
    Diagnostic::warning(
        "answers-undated",
        at,
        "the day of the answers is not stated",
    )
    .help("enter it on the cover; without it the answers count from the day on which they were received at the latest")
}

/// The day as a question, so that it is read like one.
fn day_question() -> Question {
    Question {
        id: "answered-on".to_owned(),
        kind: QuestionType::Date,
        text: Text::default(),
        guidance: None,
        evidence: None,
        when: None,
        valid_months: None,
        feeds: Vec::new(),
    }
}

/// The fingerprints that the machine sheet states; empty where it is gone.
pub(super) fn fingerprints(workbook: &Workbook) -> Fingerprints {
    let mut found = Fingerprints::new();
    let markers = markers(workbook);
    let Some((name, _)) = markers
        .iter()
        .find(|(_, marker)| marker.kind == SheetKind::Machine)
    else {
        return found;
    };
    let Some(sheet) = workbook.sheets.iter().find(|sheet| sheet.name == *name) else {
        return found;
    };
    let mut columns: BTreeMap<&str, u32> = BTreeMap::new();
    for (row, cells) in &sheet.rows {
        if columns.is_empty() {
            let titles: BTreeMap<_, _> = cells
                .iter()
                .map(|(index, cell)| (cell.text.as_str(), *index))
                .collect();
            if titles.contains_key("id") && titles.contains_key("condition") {
                columns = titles;
            }
            continue;
        }
        let text = |title: &str| {
            columns
                .get(title)
                .map_or("", |column| sheet.text(*row, *column))
                .trim()
                .to_owned()
        };
        let id = text("id");
        let parts = [
            Change::Text,
            Change::Type,
            Change::Choices,
            Change::Condition,
        ]
        .map(|change| (change.word().to_owned(), text(change.word())));
        if let Some(print) = Fingerprint::from_parts(&parts.into()).filter(|_| !id.is_empty()) {
            found.insert(id, print);
        }
    }
    found
}
