//! Reads a map.

use std::collections::BTreeMap;

use regex::Regex;

use super::{Link, Map, Role, Shape};
use crate::questionnaire::response::Response;
use crate::tree::{Complaints, Document, Fields};

/// Reads a map from its file.
pub fn read_map(document: &Document, complaints: &Complaints) -> Map {
    let fields = Fields::root(document, complaints);
    let shape = fields
        .word(
            "shape",
            &[
                ("table", Shape::Table),
                ("vsaq", Shape::Vsaq),
                ("oscal", Shape::Oscal),
            ],
        )
        .unwrap_or(Shape::Table);
    let map = Map {
        id: fields.text("id"),
        version: fields.text("version"),
        title: fields.both("title"),
        format: fields.optional_text("format").unwrap_or_default(),
        shape,
        questionnaire: fields.text("questionnaire"),
        questionnaire_version: fields.optional_text("questionnaire_version"),
        sheets: optional_texts(&fields, "sheets"),
        id_pattern: pattern(&fields),
        free_text: fields.optional_bool("free_text").unwrap_or(false),
        columns: columns(&fields, shape),
        words: words(&fields),
        links: fields.tables("link").iter().map(link).collect(),
    };
    fields.finish();
    map
}

fn optional_texts(fields: &Fields<'_>, key: &'static str) -> Vec<String> {
    match fields.node(key) {
        Some(_) => fields.texts(key),
        None => Vec::new(),
    }
}

fn pattern(fields: &Fields<'_>) -> Option<Regex> {
    let text = fields.optional_text("id_pattern")?;
    match Regex::new(&format!("^(?:{text})$")) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            fields.complain(
                "map-pattern",
                "id_pattern",
                format!(
                    "the pattern cannot be used: {}",
                    error.to_string().replace('\n', " ")
                ),
                "write a regular expression without look-around, such as [A-Z]{3}-[0-9]{2}",
            );
            None
        }
    }
}

fn columns(fields: &Fields<'_>, shape: Shape) -> BTreeMap<Role, Vec<String>> {
    let Some(table) = fields.optional_table("columns") else {
        if shape == Shape::Table {
            fields.complain(
                "missing-field",
                "columns",
                "a map of a table names its columns",
                "name at least the columns `id` and `answer`",
            );
        }
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for (word, role) in Role::WORDS {
        let names = optional_texts(&table, word);
        if !names.is_empty() {
            found.insert(role, names);
        } else if matches!(role, Role::Id | Role::Answer) {
            table.complain(
                "missing-field",
                word,
                format!("the column `{word}` has no name"),
                "list the names that the header may have",
            );
        }
    }
    table.finish();
    found
}

fn words(fields: &Fields<'_>) -> Vec<(String, Response)> {
    let Some(table) = fields.optional_table("words") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, response) in [
        ("yes", Response::Yes),
        ("no", Response::No),
        ("partial", Response::Partial),
        ("not_applicable", Response::NotApplicable),
    ] {
        let words = optional_texts(&table, key);
        found.extend(words.into_iter().map(|word| (word, response.clone())));
    }
    table.finish();
    found
}

fn link(fields: &Fields<'_>) -> Link {
    let link = Link {
        id: fields.text("id"),
        questionnaire: fields.text("questionnaire"),
        question: fields.text("question"),
        verified: fields.word("mark", &[("recalled", false), ("verified", true)]) == Some(true),
        reason: fields.both("reason"),
    };
    fields.finish();
    link
}
