//! The JSON of VSAQ: templates of questions in nested blocks, and answers by identifier.

use super::{ForeignSheet, Map, yes_no};
use crate::diagnostic::{Diagnostic, Place};
use crate::questionnaire::response::{Answer, Response};
use crate::questionnaire::wording;
use crate::tape::{Item, Shape, Tape};

/// The types of items that take an answer (VSAQ, `questionnaires/README`): the others are texts for the reader.
const ANSWERED: [&str; 8] = [
    "check",
    "yesno",
    "line",
    "box",
    "radio",
    "checkgroup",
    "radiogroup",
    "upload",
];

/// The deepest nesting of blocks.
const MAXIMUM_DEPTH: usize = 32;

pub(super) fn read(tape: &Tape<'_>, map: &Map) -> Result<ForeignSheet, Diagnostic> {
    let root = tape.root();
    let mut read = ForeignSheet::new(map);
    read.set.remarks.extend(tape.repeated_members());
    let lists = ["questionnaire", "extensions"].map(|key| root.get(key));
    if lists.iter().any(Option::is_some) {
        for list in lists.into_iter().flatten() {
            items(list, 0, &mut read)?;
        }
        read.set.remarks.push(
            Diagnostic::note(
                "questionnaire-without-answers",
                Place::whole(),
                "the file holds the questions and no answers",
            )
            .help("import the file in which the answers were saved"),
        );
        return Ok(read);
    }
    let answers = root.get("answers").unwrap_or(root);
    if answers.shape() != Shape::Table {
        return Err(unreadable(
            "the file is neither a VSAQ template nor answers by identifier",
        ));
    }
    for item in answers.children() {
        let id = item.key().unwrap_or_default();
        read.set.answers.push(answer(id, item));
    }
    if read.set.answers.is_empty() {
        return Err(unreadable("the file holds no answer"));
    }
    Ok(read)
}

fn unreadable(message: &str) -> Diagnostic {
    Diagnostic::error("questionnaire-unreadable", Place::whole(), message)
        .help("export the answers of the questionnaire as JSON again")
}

/// Takes the questions out of blocks. A choice in a group is a question of its own, with the identifier of the choice.
fn items(list: Item<'_>, depth: usize, read: &mut ForeignSheet) -> Result<(), Diagnostic> {
    if depth > MAXIMUM_DEPTH {
        return Err(unreadable("blocks stand in one another too deep"));
    }
    for item in list.items() {
        let kind = item.get_text("type").unwrap_or_default();
        if let Some(inner) = item.get("items") {
            items(inner, depth + 1, read)?;
        }
        if !ANSWERED.contains(&kind) {
            continue;
        }
        let condition = item
            .get_text("cond")
            .map(|cond| format!("asked when {cond}"));
        let choices: Vec<_> = item
            .get("choices")
            .into_iter()
            .flat_map(Item::items)
            .flat_map(Item::children)
            .filter(|_| kind == "checkgroup")
            .collect();
        for choice in &choices {
            read.set.answers.push(open(
                choice.key().unwrap_or_default(),
                *choice,
                condition.clone(),
            ));
        }
        match item.get_text("id") {
            Some(id) if choices.is_empty() => read.set.answers.push(open(id, item, condition)),
            None if choices.is_empty() => read.set.remarks.push(
                Diagnostic::warning(
                    "question-without-id",
                    item.place(),
                    format!("a question of the type `{kind}` has no identifier"),
                )
                .help("give it one; an answer to it cannot be told from others"),
            ),
            _ => {}
        }
    }
    Ok(())
}

/// A question that is not answered yet.
fn open(id: &str, item: Item<'_>, note: Option<String>) -> Answer {
    Answer {
        question: id.to_owned(),
        at: item.place(),
        note,
        ..Answer::default()
    }
}

fn answer(id: &str, item: Item<'_>) -> Answer {
    let at = item.place();
    let (response, raw, note, remarks) = match (item.shape(), item.text()) {
        (Shape::Bool, _) => {
            let yes = item.bool() == Some(true);
            let response = if yes { Response::Yes } else { Response::No };
            (Some(response), yes.to_string(), None, Vec::new())
        }
        // What is ticked is said; an empty box says nothing.
        (_, Some("checked")) => (Some(Response::Yes), "checked".to_owned(), None, Vec::new()),
        (_, Some("yes")) => (Some(Response::Yes), "yes".to_owned(), None, Vec::new()),
        (_, Some("no")) => (Some(Response::No), "no".to_owned(), None, Vec::new()),
        (_, Some(text)) => {
            let (response, note, remarks) = wording::read_text(&yes_no(id), text, &at);
            let is_text = remarks.iter().any(|one| one.code == "answer-unreadable");
            if is_text {
                (
                    Some(Response::Text(text.trim().to_owned())),
                    text.to_owned(),
                    None,
                    Vec::new(),
                )
            } else {
                (response, text.to_owned(), note, remarks)
            }
        }
        (shape, None) => {
            let message = format!("the answer to `{id}` is {}, and no text", shape.name());
            let remark = Diagnostic::error("answer-unreadable", at.clone(), message)
                .help("VSAQ saves each answer as a text");
            (None, String::new(), None, vec![remark])
        }
    };
    Answer {
        question: id.to_owned(),
        response,
        raw,
        at,
        note,
        remarks,
        ..Answer::default()
    }
}
