//! What the cells of a question say.

use crate::questionnaire::carry::{CarriedAnswer, Standing};
use crate::questionnaire::layout::both;
use crate::questionnaire::response::Response;
use crate::questionnaire::{Question, QuestionType};
use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// A greatest number from which on the form of an answer does not name it: the default of a questionnaire.
const UNBOUNDED: i64 = 1_000_000_000;

/// How to answer, and the document asked for.
pub(super) fn guidance(question: &Question, lang: Lang) -> String {
    let mut lines = Vec::new();
    if let Some(guidance) = &question.guidance {
        lines.push(guidance.of(lang).to_owned());
    }
    if let Some(evidence) = &question.evidence {
        let document = evidence.of(lang);
        lines.push(message_with(
            lang,
            "sheet-evidence",
            &[("document", document)],
        ));
    }
    lines.join("\n")
}

/// The form of an answer in words.
pub(super) fn form(question: &Question, number: &str, table: &str, lang: Lang) -> String {
    match &question.kind {
        QuestionType::YesNo => message(lang, "sheet-form-yes-no"),
        QuestionType::Choice { choices, many } => {
            if *many {
                return message(lang, "sheet-form-many");
            }
            let titles: Vec<_> = choices
                .iter()
                .map(|one| format!("・{}", one.title.of(lang)))
                .collect();
            format!(
                "{}\n{}",
                message(lang, "sheet-form-choice"),
                titles.join("\n")
            )
        }
        QuestionType::Number { unit, min, max } if *max >= UNBOUNDED => message_with(
            lang,
            "sheet-form-number-open",
            &[("unit", unit.of(lang)), ("min", &min.to_string())],
        ),
        QuestionType::Number { unit, min, max } => message_with(
            lang,
            "sheet-form-number",
            &[
                ("unit", unit.of(lang)),
                ("min", &min.to_string()),
                ("max", &max.to_string()),
            ],
        ),
        QuestionType::Date => message(lang, "sheet-form-date"),
        QuestionType::Place => message(lang, "sheet-form-place"),
        QuestionType::Table { .. } => message_with(
            lang,
            "sheet-form-table",
            &[("sheet", table), ("number", number)],
        ),
        QuestionType::Text => message(lang, "sheet-form-text"),
        QuestionType::File => message(lang, "sheet-form-file"),
    }
}

/// What was answered before and why it is filled in or not.
pub(in crate::document::questionnaire) fn told(
    question: &Question,
    carried: &CarriedAnswer,
    lang: Lang,
) -> String {
    let day = carried
        .given_on
        .map_or_else(|| "—".to_owned(), |day| day.to_string());
    let state = match &carried.standing {
        Standing::Holds => message_with(lang, "carried-holds", &[("day", &day)]),
        Standing::Expired(until) => message_with(
            lang,
            "carried-expired",
            &[("day", &day), ("until", &until.to_string())],
        ),
        Standing::Changed(changes) => {
            let words: Vec<_> = changes
                .iter()
                .map(|change| message(lang, &format!("change-{}", change.word())))
                .collect();
            let between = match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            };
            message_with(
                lang,
                "carried-changed",
                &[("day", &day), ("changes", &words.join(between))],
            )
        }
        Standing::Unknown => message_with(lang, "carried-unknown", &[("day", &day)]),
    };
    if carried.holds() {
        return state;
    }
    let before = match &carried.response {
        Response::Rows(rows) => {
            message_with(lang, "carried-rows", &[("count", &rows.len().to_string())])
        }
        other => shown(question, other, |title| title.of(lang).to_owned()),
    };
    format!(
        "{state}\n{}",
        message_with(lang, "carried-before", &[("answer", &before)])
    )
}

/// A response as the answer cell shows it.
pub(super) fn shown(
    question: &Question,
    response: &Response,
    title: impl Fn(&crate::text::Text) -> String,
) -> String {
    let titles = crate::questionnaire::layout::titles(question);
    let word = |id: &str| {
        if id == "not_applicable" {
            return title(&both("sheet-not-applicable"));
        }
        let found = titles.iter().find(|(known, _)| known == id);
        found.map_or_else(|| id.to_owned(), |(_, text)| title(text))
    };
    match response {
        Response::Yes | Response::No | Response::Partial | Response::NotApplicable => {
            response.words().iter().map(|id| word(id)).collect()
        }
        Response::Choice(words) => {
            let words: Vec<_> = words.iter().map(|id| word(id)).collect();
            words.join("\n")
        }
        Response::Number(number) => number.to_string(),
        Response::Date(day) => day.to_string(),
        Response::Places(codes) => codes.join(", "),
        Response::Rows(rows) if rows.is_empty() => word(crate::questionnaire::layout::ROWS_NONE),
        Response::Rows(_) => word(crate::questionnaire::layout::ROWS_ENTERED),
        Response::Text(text) => text.clone(),
        Response::Files(paths) => paths.join("\n"),
    }
}
