//! The field tables of CycloneDX in Protobuf, which the example program `protobuf_tables` makes.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

/// What a field of one number is called in JSON and how it is read.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) form: Form,
    pub(super) is_list: bool,
    /// Whether its zero counts where it is absent.
    pub(super) has_default: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    Int,
    Float,
    Double,
    Time,
    Date,
    Tools,
    Refs,
    Message(usize),
    Enumeration(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    /// Its members become members of the parent.
    Merged,
    /// Its only member stands for it.
    Transparent,
    /// Only the first one is read.
    First,
}

/// A message: its name, its fields, and the position of each field by number.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) fields: Vec<Field>,
    numbers: Vec<Option<usize>>,
}

impl Message {
    /// The position among `fields` of a field number.
    pub(super) fn position(&self, number: u32) -> Option<usize> {
        *self.numbers.get(usize::try_from(number).ok()?)?
    }

    /// The position of a member.
    pub(super) fn position_of(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key == key)
    }
}

/// The table of one version of the specification.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) version: &'static str,
    /// The text of the table, of which all keys and words are parts.
    pub(super) text: &'static str,
    messages: Vec<Message>,
    enumerations: Vec<HashMap<u64, &'static str>>,
    pub(super) bom: usize,
    pub(super) tool: usize,
    pub(super) dependency: usize,
}

impl Table {
    /// The table of a version of the specification.
    pub(super) fn of(version: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.version == version)
    }

    pub(super) fn message(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)
    }

    /// The word of a number of an enumeration.
    pub(super) fn word(&self, enumeration: usize, number: u64) -> Option<&'static str> {
        self.enumerations.get(enumeration)?.get(&number).copied()
    }
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let texts = [
        ("1.3", include_str!("../../tables/cyclonedx-1.3.proto.json")),
        ("1.4", include_str!("../../tables/cyclonedx-1.4.proto.json")),
        ("1.5", include_str!("../../tables/cyclonedx-1.5.proto.json")),
        ("1.6", include_str!("../../tables/cyclonedx-1.6.proto.json")),
        ("1.7", include_str!("../../tables/cyclonedx-1.7.proto.json")),
    ];
    let read = |(version, text)| table(version, text);
    texts.into_iter().filter_map(read).collect()
});

#[derive(Deserialize)]
struct Raw {
    #[serde(borrow)]
    messages: BTreeMap<&'static str, Vec<(u32, &'static str, &'static str)>>,
    enums: BTreeMap<&'static str, HashMap<u64, &'static str>>,
}

/// `None` for a text that is no table; a test reads all of them.
fn table(version: &'static str, text: &'static str) -> Option<Table> {
    let raw: Raw = serde_json::from_str(text).ok()?;
    let message = |name: &str| raw.messages.keys().position(|one| *one == name);
    let enumeration = |name: &str| raw.enums.keys().position(|one| *one == name);
    let mut messages = Vec::new();
    for (name, rows) in &raw.messages {
        let mut fields = Vec::new();
        let mut numbers = Vec::new();
        for (position, (number, key, kind)) in rows.iter().enumerate() {
            let number = usize::try_from(*number).ok()?;
            if numbers.len() <= number {
                numbers.resize(number + 1, None);
            }
            *numbers.get_mut(number)? = Some(position);
            let marked = kind.trim_start_matches(['~', '!', '^']);
            let base = marked.trim_end_matches(['*', '+']);
            fields.push(Field {
                key,
                kind: match base {
                    "text" => Kind::Text,
                    "bool" => Kind::Bool,
                    "int" => Kind::Int,
                    "float" => Kind::Float,
                    "double" => Kind::Double,
                    "time" => Kind::Time,
                    "date" => Kind::Date,
                    "tools" => Kind::Tools,
                    "refs" => Kind::Refs,
                    name => match name.strip_prefix('=') {
                        Some(name) => Kind::Enumeration(enumeration(name)?),
                        None => Kind::Message(message(name)?),
                    },
                },
                form: match kind.get(..1) {
                    Some("~") => Form::Merged,
                    Some("!") => Form::Transparent,
                    Some("^") => Form::First,
                    _ => Form::Plain,
                },
                is_list: marked.ends_with('*'),
                has_default: marked.ends_with('+'),
            });
        }
        messages.push(Message {
            name,
            fields,
            numbers,
        });
    }
    Some(Table {
        version,
        text,
        bom: message("Bom")?,
        tool: message("Tool")?,
        dependency: message("Dependency")?,
        messages,
        enumerations: raw.enums.into_values().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read() {
        assert_eq!(TABLES.len(), 5);
        for table in TABLES.iter() {
            // The presence of the fields of a message is kept in 64 bits.
            assert!(table.messages.iter().all(|one| one.fields.len() <= 64));
        }
    }
}
