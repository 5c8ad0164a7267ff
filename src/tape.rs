//! A document as a flat tape of nodes: JSON, YAML and whatever is put into the shape of JSON.
//!
//! A tape is read once, front to back, and borrows its texts from the source. Every node knows its key,
//! where its subtree ends and, as far as the encoding tells, where it stands in the source. Checks and
//! models walk the tape; nothing of it is copied. A document of 250 MB makes a tape of about 150 MB.
//!
//! [`crate::tree`] is for small files of ours that people write by hand; a tape is for what strangers
//! send. To add an encoding: a file in `tape/` that feeds a [`Builder`].

mod builder;
mod finder;
mod item;
mod json;
mod lines;
mod node;
mod texts;
mod write;
mod yaml;

pub use builder::{Builder, Full};
pub use finder::Finder;
pub use item::{Children, Item, Step, push_step};
pub use json::{parse_json, without_leading_remarks};
pub use lines::Lines;
pub(crate) use texts::{Span, Texts};
pub use write::write_json;
pub use yaml::{parse_yaml, parse_yaml_texts};

use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Place};
use node::{NOTHING, Node, Payload};

/// The most nodes of one document; each takes 16 bytes.
pub const MAXIMUM_NODES: usize = 32 << 20;

/// The deepest nesting of a document, as `serde_json` sets it.
pub const MAXIMUM_DEPTH: usize = 127;

/// The shape of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// JSON null.
    Null,
    /// True or false.
    Bool,
    /// A whole number in 64 bits.
    Integer,
    /// Any other number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Table,
}

impl Shape {
    /// Names the shape in the words of the formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Integer | Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Table => "an object",
        }
    }
}

/// How the places of a document are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// By JSON pointer: JSON, YAML and Protobuf.
    Pointer,
    /// By line and column: XML and tag-value, whose text a JSON pointer does not fit.
    Line,
}

/// Offset unknown.
const NOWHERE: u32 = u32::MAX;

/// A document, flat.
#[derive(Debug, Clone)]
pub struct Tape<'a> {
    texts: Texts<'a>,
    nodes: Vec<Node>,
    /// Offsets in the source, by node; empty where the texts themselves tell them (JSON).
    offsets: Vec<u32>,
    addressing: Addressing,
    /// Nodes that a later member of the same key hides.
    hidden: Vec<u32>,
    /// Where lines begin, found when the first line is asked for.
    lines: OnceLock<lines::Index>,
}

impl<'a> Tape<'a> {
    /// The root node.
    pub fn root(&self) -> Item<'_> {
        Item {
            tape: self,
            index: 0,
        }
    }

    /// The text it was read from; empty for binary encodings.
    pub fn source(&self) -> &'a str {
        self.texts.source()
    }

    fn line_of(&self, offset: usize) -> Place {
        let source = self.texts.source();
        let lines = self.lines.get_or_init(|| lines::Index::new(source));
        lines.place(source, offset)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// How places are told.
    pub fn addressing(&self) -> Addressing {
        self.addressing
    }

    /// The node at an index that [`Item::index`] gave.
    pub fn item(&self, index: u32) -> Option<Item<'_>> {
        ((index as usize) < self.nodes.len()).then_some(Item { tape: self, index })
    }

    /// Every value that stands under `key`, anywhere in the document, front to back. What a repeated
    /// member hides is left out, with all that is inside.
    pub fn under(&self, key: &str) -> impl Iterator<Item = Item<'_>> {
        let key = key.to_owned();
        let mut next = 0;
        std::iter::from_fn(move || {
            while let Some(node) = self.nodes.get(next as usize) {
                let index = next;
                if let Payload::Hidden(end) = node.payload() {
                    next = end;
                    continue;
                }
                next += 1;
                if node.key().length() == key.len() && self.text_of(node.key()) == key {
                    return Some(Item { tape: self, index });
                }
            }
            None
        })
    }

    /// Warnings on members that are given twice, at most 100.
    pub fn repeated_members(&self) -> Vec<Diagnostic> {
        let warn = |index: &u32| {
            let item = Item {
                tape: self,
                index: *index,
            };
            let key = item.key().unwrap_or_default();
            Diagnostic::warning(
                "json-duplicate-member",
                item.place(),
                format!("the member `{key}` is given twice; the last one is read"),
            )
            .help("keep one of the two; readers differ in which one they see")
        };
        self.hidden.iter().take(100).map(warn).collect()
    }

    #[inline]
    fn text_of(&self, span: Span) -> &str {
        self.texts.get(span)
    }

    #[inline]
    fn node(&self, index: u32) -> Node {
        self.nodes.get(index as usize).copied().unwrap_or(NOTHING)
    }

    #[inline]
    fn end(&self, index: u32) -> u32 {
        match self.node(index).payload() {
            Payload::List(end) | Payload::Table(end) | Payload::Hidden(end) => end,
            _ => index + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_found_again() {
        let source = "<a>text</a>";
        let mut builder = Builder::new(source, Addressing::Line);
        builder.open_table(None, Some(0)).unwrap();
        builder
            .text(Some("name"), source.get(3..7).unwrap(), Some(3))
            .unwrap();
        builder.open_list(Some("x/y"), None).unwrap();
        builder.integer(None, 1, None).unwrap();
        builder.text(None, "decoded", None).unwrap();
        builder.close();
        builder.bool(Some("last"), true, None).unwrap();
        let tape = builder.finish();
        let root = tape.root();
        assert_eq!(root.get_text("name"), Some("text"));
        assert_eq!(root.at("/x~1y/1").and_then(Item::text), Some("decoded"));
        assert_eq!(root.at("/x~1y/1").unwrap().pointer(), "/x~1y/1");
        assert_eq!(root.get("last").and_then(Item::bool), Some(true));
        assert_eq!(root.get("name").unwrap().place(), Place::line(1, 4));
        assert_eq!(root.children().count(), 3);
    }

    #[test]
    fn what_is_hidden_is_not_found_either() {
        let tape =
            parse_json(r#"{"a":{"id":1},"b":[{"id":2},{"id":3,"id":4}],"a":{"id":5}}"#).unwrap();
        let found: Vec<_> = tape.under("id").filter_map(Item::integer).collect();
        assert_eq!(found, [2, 4, 5]);
    }

    #[test]
    fn depth_ends_somewhere() {
        let mut builder = Builder::new("", Addressing::Pointer);
        let full = (0..1000).find_map(|_| builder.open_list(None, None).err());
        assert_eq!(full, Some(Full::Depth));
    }
}
