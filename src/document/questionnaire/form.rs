//! A questionnaire as one HTML file that works from disk: no network, nothing from elsewhere, and a script of ours that its
//! own policy (Content Security Policy Level 3, `script-src` by digest) admits by digest alone.
//!
//! The form saves an answers file (`mekiki/answers/v1`) whose digests bind each answer to the questionnaire that was sent
//! ([`crate::evidence::questionnaire::seal`]).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::digest::{Digest, canonical_json};
use crate::document::marking;
use crate::questionnaire::carry::CarriedAnswer;
use crate::questionnaire::change::fingerprints;
use crate::questionnaire::layout::{both, condition_words, numbered};
use crate::questionnaire::response::{Cell, Response};
use crate::questionnaire::sending::Sending;
use crate::text::{Lang, Text};

use super::workbook::told;

const PAGE: &str = include_str!("form/form.html");
const STYLE: &str = include_str!("form/form.css");
const SCRIPT: &str = include_str!("form/form.js");

/// The messages that the script shows.
const MESSAGES: [&str; 52] = [
    "sheet-progress",
    "sheet-remarks",
    "sheet-documents",
    "sheet-reason",
    "sheet-yes",
    "sheet-no",
    "sheet-partial",
    "sheet-not-applicable",
    "sheet-rows-none",
    "sheet-form-number-short",
    "sheet-place-hint",
    "sheet-file-hint",
    "cover-agency",
    "cover-tender",
    "cover-deadline",
    "cover-classes",
    "cover-restrictions",
    "cover-questionnaire",
    "cover-supplier",
    "cover-answered-on",
    "cover-how-blank",
    "cover-how-carried",
    "form-toolbar",
    "form-save",
    "form-load",
    "form-export",
    "form-print",
    "form-clear",
    "form-add-row",
    "form-remove-row",
    "form-row",
    "form-evidence",
    "form-confirm",
    "form-how",
    "form-bound",
    "form-not-asked",
    "form-open",
    "form-saved",
    "form-loaded",
    "form-no-draft",
    "form-other-questionnaire",
    "form-exported",
    "form-left",
    "form-errors",
    "form-error-number",
    "form-error-date",
    "form-error-place",
    "form-error-corporate-number",
    "form-error-required",
    "form-error-note",
    "form-error-reason",
    "form-noscript",
];

/// Writes the form.
pub fn write(sending: &Sending<'_>) -> String {
    let lang = sending.languages.all().first().copied().unwrap_or(Lang::Ja);
    let source = |text: &str| {
        let digest = Digest::of(text.as_bytes());
        format!("sha256-{}", STANDARD.encode(digest.bytes()))
    };
    let title = sending.questionnaire.title.of(lang);
    // A text of the questionnaire must not end the element that holds it.
    let data = canonical_json(&data(sending, lang)).replace('<', "\\u003c");
    let noscript = sending.languages.lines(&both("form-noscript"));
    PAGE.replace("@LANG@", lang.code())
        .replace("@TITLE@", &escaped(title))
        .replace("@NOSCRIPT@", &escaped(&noscript))
        .replace("@SCRIPT_DIGEST@", &source(SCRIPT))
        .replace("@STYLE_DIGEST@", &source(STYLE))
        .replace("@STYLE@", STYLE)
        .replace("@SCRIPT@", SCRIPT)
        .replace("@DATA@", &data)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What the script reads.
fn data(sending: &Sending<'_>, lang: Lang) -> Value {
    let questionnaire = sending.questionnaire;
    let in_both = |say: &dyn Fn(Lang) -> String| {
        json!(Text {
            ja: say(Lang::Ja),
            en: say(Lang::En),
        })
    };
    let mut numbers = Map::new();
    let mut conditions = Map::new();
    for (number, question) in numbered(questionnaire) {
        numbers.insert(question.id.clone(), json!(number));
        if question.when.is_some() {
            let words = |lang| condition_words(questionnaire, question, lang).unwrap_or_default();
            conditions.insert(question.id.clone(), in_both(&words));
        }
    }
    let mut carried = Map::new();
    for one in &sending.carried {
        let Some(question) = questionnaire.lookup(&one.question) else {
            continue;
        };
        let told = in_both(&|lang| told(question, one, lang));
        carried.insert(one.question.clone(), carried_value(one, &told));
    }
    let tender = sending.tender.as_ref().map(|tender| {
        json!({
            "id": tender.id,
            "title": tender.title,
            "agency": tender.agency,
            "deadline": tender.deadline,
            "marking": in_both(&|lang| marking::line(&tender.marking, lang)),
            "classes": in_both(&|lang| marking::classes(tender.marking.classes, lang)),
            "restrictions": in_both(&|lang| marking::restrictions(&tender.marking, lang)),
        })
    });
    let text: Map<_, _> = MESSAGES
        .iter()
        .map(|key| ((*key).to_owned(), json!(both(key))))
        .collect();
    json!({
        "questionnaire": questionnaire.published(),
        "digest": format!("sha256:{}", questionnaire.digest.hex()),
        "language": lang.code(),
        "fingerprints": fingerprints(questionnaire),
        "numbers": numbers,
        "conditions": conditions,
        "carried": carried,
        "tender": tender,
        "text": text,
    })
}

fn carried_value(one: &CarriedAnswer, told: &Value) -> Value {
    json!({
        "holds": one.holds(),
        "value": answer_value(&one.response),
        "note": one.note,
        "documents": one.documents,
        "given_on": one.given_on,
        "told": told,
    })
}

/// A response in the form in which an answers file holds it.
pub fn answer_value(response: &Response) -> Value {
    match response {
        Response::Rows(rows) => rows
            .iter()
            .map(|row| {
                let cells = row.iter().map(|(column, cell)| {
                    let value = match cell {
                        Cell::YesNo(yes) => json!(yes),
                        other => json!(other),
                    };
                    (column.clone(), value)
                });
                Value::Object(cells.collect())
            })
            .collect(),
        other => json!(other),
    }
}
