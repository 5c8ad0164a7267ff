//! A document tree with places: JSON and TOML read into one shape, so that every value can be cited.
//!
//! Readers of typed documents walk the tree through [`Fields`], which collects every complaint of a
//! document at once instead of stopping at the first.

mod fields;
mod files;
mod json;
mod toml;

pub use fields::{Complaints, Fields};
pub use files::{Files, read_file};
pub use json::parse_json;
pub use toml::parse_toml;

use std::sync::OnceLock;

use crate::diagnostic::Place;
use crate::exact::Exact;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Byte offset in the source where it is known (TOML).
    pub offset: Option<usize>,
}

/// The shapes that a value may have.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON null.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number in 64 bits.
    Integer(i64),
    /// Any other number, as written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object or table, in the order of the document.
    Table(Vec<(String, Node)>),
}

impl Value {
    /// Names the shape in the words of the formats.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "an object",
        }
    }
}

impl Node {
    /// The exact number: a whole number, or a text such as `74.5` or `317/3`. Floating-point numbers are none.
    pub fn exact(&self) -> Option<Exact> {
        match &self.value {
            Value::Integer(integer) => Some(Exact::from_integer(*integer)),
            Value::Text(text) => Exact::parse(text),
            _ => None,
        }
    }

    /// Returns the member `key` of a table.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// Returns the text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items of a list; nothing for any other shape.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the entries of a table; nothing for any other shape.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// Follows a JSON pointer (RFC 6901).
    pub fn at(&self, pointer: &str) -> Option<&Node> {
        pointer.split('/').skip(1).try_fold(self, |node, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::List(items) => items.get(step.parse::<usize>().ok()?),
                _ => node.get(&step),
            }
        })
    }
}

/// A parsed document with its source text, which turns offsets into lines.
#[derive(Debug, Clone)]
pub struct Document {
    /// The root.
    pub root: Node,
    /// The text it was read from.
    pub source: String,
    /// Whether the source is TOML, whose places carry lines.
    pub is_toml: bool,
    /// Where each line begins, once a place was asked for.
    lines: OnceLock<Vec<usize>>,
}

impl Document {
    /// A document with its source.
    fn new(root: Node, source: String, is_toml: bool) -> Self {
        Self {
            root,
            source,
            is_toml,
            lines: OnceLock::new(),
        }
    }

    /// The place of `node` reached by `pointer`.
    pub fn place(&self, node: &Node, pointer: &str) -> Place {
        let mut place = node
            .offset
            .map_or_else(Place::whole, |offset| self.place_of_offset(offset));
        place.pointer = Some(pointer.to_owned());
        place
    }

    /// As [`Place::of_offset`], without counting the lines anew for each place.
    fn place_of_offset(&self, offset: usize) -> Place {
        let lines = self.lines.get_or_init(|| {
            let ends = self.source.match_indices('\n').map(|(end, _)| end + 1);
            std::iter::once(0).chain(ends).collect()
        });
        let offset = self.source.floor_char_boundary(offset);
        let line = lines.partition_point(|begin| *begin <= offset);
        let begin = lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.source.get(begin..offset).unwrap_or_default();
        Place::line(line, before.chars().count() + 1)
    }
}

/// Escapes one step of a JSON pointer (RFC 6901, section 3).
pub fn pointer_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_by_the_index_of_lines_is_the_place_by_counting() {
        let source = "あ = 1\r\n\nb = \"二\"\n  c = 3";
        let root = Node {
            value: Value::Null,
            offset: None,
        };
        let document = Document::new(root, source.to_owned(), true);
        for offset in 0..source.len() + 3 {
            let counted = Place::of_offset(source, offset);
            assert_eq!(document.place_of_offset(offset), counted, "{offset}");
        }
        let empty = Document::new(document.root.clone(), String::new(), true);
        assert_eq!(empty.place_of_offset(0), Place::of_offset("", 0));
    }
}
