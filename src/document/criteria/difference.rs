//! The difference of two editions as text: the report from parent to child as well.

use std::fmt::Write as _;

use serde_json::Value;

use super::relief_line;
use crate::criteria::diff::{CatalogDiff, Direction, Edition, FieldChange, Items, OneSided};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// Renders a difference.
pub fn text(difference: &CatalogDiff, lang: Lang) -> String {
    let mut out = editions(&difference.old, &difference.new, lang);
    if difference.is_empty() {
        _ = writeln!(out, "{}", message(lang, "editions-same"));
        return out;
    }
    for change in &difference.catalog {
        out.push_str(&field(change, lang, ""));
    }
    for (heading, list) in [
        ("editions-added", &difference.added),
        ("editions-removed", &difference.removed),
    ] {
        if list.is_empty() {
            continue;
        }
        _ = writeln!(out, "\u{1b}[1m{}\u{1b}[0m", message(lang, heading));
        for one in list {
            out.push_str(&sided(one, lang));
        }
    }
    if !difference.changed.is_empty() {
        _ = writeln!(
            out,
            "\u{1b}[1m{}\u{1b}[0m",
            message(lang, "editions-changed")
        );
    }
    for one in &difference.changed {
        _ = writeln!(out, "  {} {}", one.id, one.title.of(lang));
        for change in &one.changes {
            out.push_str(&field(change, lang, "    "));
        }
        for relief in &one.exceptions {
            _ = writeln!(out, "    {}", relief_line("relief-loosened", relief, lang));
        }
    }
    out.push_str(&items("editions-facts", &difference.facts, lang));
    out.push_str(&items("editions-questions", &difference.questions, lang));
    let count = |direction| difference.count(direction).to_string();
    let closing = message_with(
        lang,
        "editions-closing",
        &[
            ("tighter", &count(Direction::Tighter)),
            ("looser", &count(Direction::Looser)),
            ("other", &count(Direction::Other)),
        ],
    );
    _ = writeln!(out, "{closing}");
    out
}

/// Both editions, by version and digest.
pub(super) fn editions(old: &Edition, new: &Edition, lang: Lang) -> String {
    let mut out = String::new();
    for (key, edition) in [("edition-old", old), ("edition-new", new)] {
        let digest = edition.digest.to_string();
        _ = writeln!(
            out,
            "{}: {} {} (sha256:{digest})",
            message(lang, key),
            edition.id,
            edition.version
        );
    }
    out
}

fn sided(one: &OneSided, lang: Lang) -> String {
    let mark = direction(one.direction, lang);
    let layer = one
        .layer
        .as_ref()
        .map_or_else(String::new, |layer| format!(" ({layer})"));
    let mut out = format!("  {} {}: {mark}{layer}\n", one.id, one.title.of(lang));
    if let Some(relief) = &one.exception {
        _ = writeln!(out, "    {}", relief_line("relief-dropped", relief, lang));
    }
    out
}

fn field(change: &FieldChange, lang: Lang, indent: &str) -> String {
    let mark = direction(change.direction, lang);
    let (old, new) = (value(&change.old, lang), value(&change.new, lang));
    format!(
        "{indent}{}: {mark}\n{indent}  - {old}\n{indent}  + {new}\n",
        change.field
    )
}

fn direction(direction: Direction, lang: Lang) -> String {
    let (key, color) = match direction {
        Direction::Tighter => ("direction-tighter", "\u{1b}[32m"),
        Direction::Looser => ("direction-looser", "\u{1b}[31m"),
        Direction::Other => ("direction-other", ""),
    };
    let word = message(lang, key);
    if color.is_empty() {
        word
    } else {
        format!("{color}{word}\u{1b}[0m")
    }
}

/// A value for people: a text in its language, a list with commas.
fn value(value: &Value, lang: Lang) -> String {
    let text = match value {
        Value::Null => message(lang, "editions-nothing"),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|one| self::value(one, lang)).collect();
            if items.is_empty() {
                message(lang, "editions-nothing")
            } else {
                items.join(", ")
            }
        }
        Value::Object(fields) => match fields.get(lang.code()) {
            Some(Value::String(text)) => text.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    };
    printable(&text)
}

fn items(heading: &str, items: &Items, lang: Lang) -> String {
    let mut out = String::new();
    for (sign, list) in [("+", &items.added), ("-", &items.removed)] {
        for one in list {
            _ = writeln!(out, "  {sign} {one}");
        }
    }
    for one in &items.changed {
        _ = writeln!(out, "  ~ {}", one.id);
        for change in &one.changes {
            out.push_str(&field(change, lang, "    "));
        }
    }
    if out.is_empty() {
        out
    } else {
        format!("\u{1b}[1m{}\u{1b}[0m\n{out}", message(lang, heading))
    }
}
