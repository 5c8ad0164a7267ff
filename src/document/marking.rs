//! The classes and handling restrictions (格付、取扱制限) in the words that papers show.
//!
//! Source: Common Model, articles 15 and 16.

use crate::classification::{Classes, Marking};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// The classes in words.
pub fn classes(classes: Classes, lang: Lang) -> String {
    message_with(
        lang,
        "marking-classes",
        &[
            ("confidentiality", &classes.confidentiality.to_string()),
            ("integrity", &classes.integrity.to_string()),
            ("availability", &classes.availability.to_string()),
        ],
    )
}

/// The handling restrictions in words; one without a word of ours stands as it is.
pub fn restrictions(marking: &Marking, lang: Lang) -> String {
    if marking.restrictions.is_empty() {
        return message(lang, "marking-no-restrictions");
    }
    let words: Vec<_> = marking
        .restrictions
        .iter()
        .map(|one| match one.as_str() {
            "no-copy" => message(lang, "marking-no-copy"),
            "no-redisclosure" => message(lang, "marking-no-redisclosure"),
            "no-printing" => message(lang, "marking-no-printing"),
            "encrypt" => message(lang, "marking-encrypt"),
            "destroy-after-use" => message(lang, "marking-destroy-after-use"),
            other => shortened(&printable(other), 80),
        })
        .collect();
    words.join(match lang {
        Lang::Ja => "、",
        Lang::En => ", ",
    })
}

/// Both on one line.
pub fn line(marking: &Marking, lang: Lang) -> String {
    message_with(
        lang,
        "marking-line",
        &[
            ("classes", &classes(marking.classes, lang)),
            ("restrictions", &restrictions(marking, lang)),
        ],
    )
}
