//! Given choices, by their word or by their title in either language.

use super::{Read, is_blank, key, plain};
use crate::questionnaire::Choice;

/// What stands between several choices.
const SEPARATORS: [char; 7] = ['、', ',', ';', '/', '\n', '・', '，'];

/// The chosen words in the order of the choices.
pub(super) fn read(choices: &[Choice], many: bool, text: &str) -> Read<Vec<String>> {
    if is_blank(&plain(text)) {
        return Read::Blank;
    }
    if let Some((choice, expected)) = one(choices, text) {
        let form = format!("`{}`", choice.id);
        return Read::As(vec![choice.id.clone()]).noted(!expected, |_| form);
    }
    let parts: Vec<_> = text
        .split(SEPARATORS)
        .filter(|part| !plain(part).is_empty())
        .collect();
    let found: Option<Vec<_>> = parts.iter().map(|part| one(choices, part)).collect();
    match found {
        Some(found) if !many && parts.len() > 1 => Read::Ambiguous(format!(
            "{} choices stand there, and one is asked for",
            found.len()
        )),
        Some(found) if !found.is_empty() => {
            let expected = found.iter().all(|(_, expected)| *expected);
            let words: Vec<_> = choices
                .iter()
                .filter(|choice| found.iter().any(|(one, _)| one.id == choice.id))
                .map(|choice| choice.id.clone())
                .collect();
            let form = format!("`{}`", words.join(", "));
            Read::As(words).noted(!expected, |_| form)
        }
        _ => match super::near(text.trim(), choices.iter().map(|one| one.id.as_str())) {
            Some(near) => Read::fault(
                "answer-unreadable",
                format!("it is near to the choice `{near}`, which is not taken for granted"),
            ),
            None => Read::Unknown,
        },
    }
}

/// One choice, and whether it is written as expected.
fn one<'c>(choices: &'c [Choice], text: &str) -> Option<(&'c Choice, bool)> {
    let text = text.trim();
    let exact = |choice: &&Choice| {
        [&choice.id, &choice.title.ja, &choice.title.en]
            .iter()
            .any(|one| *one == text)
    };
    if let Some(found) = choices.iter().find(exact) {
        return Some((found, true));
    }
    let word = key(text);
    let mut like = choices.iter().filter(|choice| {
        let names = [&choice.id, &choice.title.ja, &choice.title.en];
        // What a title explains in parentheses need not be repeated.
        names
            .iter()
            .any(|one| key(one) == word || key(one).split('(').next() == Some(word.as_str()))
    });
    match (like.next(), like.next()) {
        (Some(found), None) => Some((found, false)),
        _ => None,
    }
}
