//! Answers that came in, schema `mekiki/questionnaire/v1`, and the maps through which they were read, as tables.

use std::collections::BTreeMap;

use serde::Serialize;

use super::table::{Look, Sheet, heading};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::questionnaire::foreign::{Confidence, Maps, Suggestion};
use crate::questionnaire::response::{Cell, Response};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// Answers that were read, schema `mekiki/questionnaire/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedAnswers {
    /// The schema.
    pub schema: &'static str,
    /// The format as `detect` names it.
    pub format: String,
    /// The map through which the file was read; absent for files of ours.
    pub map: Option<UsedMap>,
    /// The questionnaire that was answered.
    pub questionnaire: String,
    /// Its version, where the file states one.
    pub version: Option<String>,
    /// The day of the answers, where the file states one.
    pub answered_on: Option<String>,
    /// How many answers there are, and how they could be read.
    pub counts: AnswerCounts,
    /// The answers in the order of the file.
    pub answers: Vec<ImportedAnswer>,
    /// What is odd about the file as a whole.
    pub remarks: Vec<Diagnostic>,
}

/// A map that was used.
#[derive(Debug, Clone, Serialize)]
pub struct UsedMap {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
}

/// How many answers could be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AnswerCounts {
    /// All of them.
    pub answers: usize,
    /// Those that were read.
    pub read: usize,
    /// Those with a remark.
    pub remarked: usize,
    /// Those that are blank or could not be read.
    pub unread: usize,
}

/// One answer that was read.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedAnswer {
    /// The question's identifier.
    pub question: String,
    /// What was answered; absent where it is blank or cannot be read.
    pub value: Option<Response>,
    /// What stands there, as written.
    pub raw: String,
    /// Where it stands.
    pub at: Place,
    /// What the supplier adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who bears the responsibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
    /// Documents that are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
    /// What is odd about it.
    pub remarks: Vec<Diagnostic>,
}

/// The answers as a table: first what is odd, then the rest.
pub fn imported(answers: &ImportedAnswers, lang: Lang, width: u16) -> String {
    let number = |count: usize| count.to_string();
    let version = answers
        .version
        .clone()
        .unwrap_or_else(|| message(lang, "answers-unstated"));
    let day = answers
        .answered_on
        .clone()
        .unwrap_or_else(|| message(lang, "answers-unstated"));
    let map = answers.map.as_ref().map_or_else(
        || message(lang, "answers-no-map"),
        |map| format!("{} {}", map.id, map.version),
    );
    let mut text = message_with(
        lang,
        "answers-head",
        &[
            ("questionnaire", &answers.questionnaire),
            ("version", &version),
            ("day", &day),
            ("format", &answers.format),
            ("map", &map),
        ],
    ) + "\n";
    text += &message_with(
        lang,
        "answers-counts",
        &[
            ("answers", &number(answers.counts.answers)),
            ("read", &number(answers.counts.read)),
            ("remarked", &number(answers.counts.remarked)),
            ("unread", &number(answers.counts.unread)),
        ],
    );
    text += "\n";
    if !answers.remarks.is_empty() {
        text += &heading(&message(lang, "answers-of-file"));
        let mut sheet = Sheet::bare(width);
        let mut groups: BTreeMap<(&str, &str), Vec<&Diagnostic>> = BTreeMap::new();
        for one in &answers.remarks {
            groups
                .entry((one.code, &one.message))
                .or_default()
                .push(one);
        }
        for group in groups.values() {
            let places = group.iter().take(PLACES).map(|one| place(&one.at));
            let mut places = places.collect::<Vec<_>>().join(", ");
            if group.len() > PLACES {
                places += " …";
            }
            let count = match group.len() {
                1 => String::new(),
                several => format!("×{several}"),
            };
            if let Some(first) = group.first() {
                sheet.row([said(first), (count, Look::Number), (places, Look::Faint)]);
            }
        }
        text += &sheet.render();
    }
    let is_odd = |one: &&ImportedAnswer| one.value.is_none() || !one.remarks.is_empty();
    let (odd, plain): (Vec<_>, Vec<_>) = answers.answers.iter().partition(is_odd);
    for (key, group, with_remarks) in [("answers-odd", odd, true), ("answers-plain", plain, false)]
    {
        if group.is_empty() {
            continue;
        }
        text += &heading(&message(lang, key));
        let mut titles = vec!["answers-question", "answers-value", "answers-place"];
        titles.push(if with_remarks {
            "answers-remark"
        } else {
            "answers-note"
        });
        let mut sheet =
            Sheet::new(width, titles.into_iter().map(|key| message(lang, key))).unbroken(1);
        for one in group {
            let (value, look) = match &one.value {
                Some(value) => (shown(value, lang), Look::Plain),
                None => (message(lang, "answers-none"), Look::Open),
            };
            let remarks: Vec<_> = one.remarks.iter().map(said).collect();
            let worst = one.remarks.iter().map(|one| one.severity).max();
            let last = if with_remarks {
                let lines: Vec<_> = remarks.into_iter().map(|(text, _)| text).collect();
                (lines.join("; "), worst.map_or(Look::Plain, look_of))
            } else {
                (
                    shortened(one.note.as_deref().unwrap_or_default()),
                    Look::Faint,
                )
            };
            sheet.row([
                (one.question.clone(), Look::Plain),
                (value, look),
                (place(&one.at), Look::Faint),
                last,
            ]);
        }
        text += &sheet.render();
    }
    text
}

/// So many places of one remark are shown.
const PLACES: usize = 3;

/// The most characters of a free text.
const CHARACTERS: usize = 80;

/// Where something stands: its cell where it has one, since that is what a reader looks for.
fn place(at: &Place) -> String {
    match (&at.sheet, &at.cell, at.line) {
        (None, Some(cell), Some(line)) => format!("{cell} ({line})"),
        _ if at.is_whole() => String::new(),
        _ => at.to_string(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn said(remark: &Diagnostic) -> (String, Look) {
    let text = format!("[{}] {}", remark.code, remark.message);
    (text, look_of(remark.severity))
}

fn look_of(severity: Severity) -> Look {
    match severity {
        Severity::Note => Look::Plain,
        Severity::Warning => Look::Open,
        Severity::Error => Look::Bad,
    }
}

/// A response for a reader.
fn shown(response: &Response, lang: Lang) -> String {
    let word = |key: &str| message(lang, key);
    match response {
        Response::Yes => word("answers-yes"),
        Response::No => word("answers-no"),
        Response::Partial => word("answers-partial"),
        Response::NotApplicable => word("answers-not-applicable"),
        Response::Choice(words) | Response::Places(words) | Response::Files(words) => {
            words.join(", ")
        }
        Response::Number(number) => number.to_string(),
        Response::Date(day) => day.to_string(),
        Response::Text(text) => shortened(text),
        Response::Rows(rows) => {
            let lines = rows
                .iter()
                .map(|row| row.values().map(cell).collect::<Vec<_>>().join(" | "));
            lines.collect::<Vec<_>>().join("; ")
        }
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::YesNo(yes) => yes.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Text(text) => text.clone(),
    }
}

/// The maps as a table.
pub fn maps(maps: &Maps, lang: Lang, width: u16) -> String {
    let titles = [
        "answers-map",
        "answers-version",
        "answers-title",
        "answers-format",
        "answers-links",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key))).unbroken(1);
    for map in maps.values() {
        sheet.row([
            (map.id.clone(), Look::Plain),
            (map.version.clone(), Look::Plain),
            (map.title.of(lang).to_owned(), Look::Plain),
            (map.format.clone(), Look::Faint),
            (map.links.len().to_string(), Look::Number),
        ]);
    }
    sheet.render()
}

/// What would be read of a table, and a map to start from.
pub fn suggested(suggestion: &Suggestion, lang: Lang, width: u16) -> String {
    let row = suggestion.header_row.to_string();
    let mut text = message_with(
        lang,
        "answers-header-row",
        &[("sheet", &suggestion.sheet), ("row", &row)],
    ) + "\n\n";
    let titles = [
        "answers-column",
        "answers-header",
        "answers-place",
        "answers-confidence",
        "answers-reason",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for one in &suggestion.columns {
        let look = match one.confidence {
            Confidence::Sure => Look::Good,
            Confidence::Likely => Look::Plain,
            Confidence::Possible => Look::Open,
        };
        let word = message(lang, &format!("answers-{}", one.confidence.word()));
        sheet.row([
            (
                message(lang, &format!("answers-role-{}", one.role.word())),
                Look::Plain,
            ),
            (one.header.clone(), Look::Plain),
            (place(&one.at), Look::Faint),
            (word, look),
            (one.reason.clone(), Look::Faint),
        ]);
    }
    text += &sheet.render();
    let fitting: Vec<_> = suggestion
        .maps
        .iter()
        .map(|(id, columns)| format!("{id} ({columns})"))
        .collect();
    text += "\n";
    text += &if fitting.is_empty() {
        message(lang, "answers-no-fit")
    } else {
        message_with(lang, "answers-fit", &[("maps", &fitting.join(", "))])
    };
    text += "\n";
    text += &heading(&message(lang, "answers-draft"));
    text + &suggestion.draft
}
