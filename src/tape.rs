//! A document as a flat tape of nodes: JSON, YAML and whatever is put into the shape of JSON.
//!
//! A tape is read once, front to back, and borrows its texts from the source. Every node knows its key,
//! where its subtree ends and, as far as the encoding tells, where it stands in the source. Checks and
//! models walk the tape; nothing of it is copied. A document of 250 MB makes a tape of about 150 MB.
//!
//! [`crate::tree`] is for small files of ours that people write by hand; a tape is for what strangers
//! send. To add an encoding: a file in `tape/` that feeds a [`Builder`].

mod json;
mod lines;
mod texts;
mod write;
mod yaml;

pub use json::parse_json;
pub use lines::Lines;
pub(crate) use texts::{Span, Texts};
pub use write::write_json;
pub use yaml::{parse_yaml, parse_yaml_texts};

use std::fmt;
use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Place};

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

#[derive(Debug, Clone, Copy)]
enum Payload {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(Span),
    /// The index behind the last node of the subtree.
    List(u32),
    Table(u32),
    /// A member that a later one of the same key hides. Holds the end of its subtree.
    Hidden(u32),
}

/// A key and a payload in 16 bytes: the shape stands in the upper byte of the key's length.
#[derive(Debug, Clone, Copy)]
struct Node {
    key_start: u32,
    shape_and_key_length: u32,
    value: u64,
}

impl Node {
    const SHAPE: u32 = 24;
    const KEY_LENGTH: u32 = (1 << Self::SHAPE) - 1;

    /// `None` for a key of 16 MiB or more.
    fn new(key: Span, payload: Payload) -> Option<Self> {
        let (shape, value) = match payload {
            Payload::Null => (0, 0),
            Payload::Bool(value) => (1, u64::from(value)),
            Payload::Integer(value) => (2, value.cast_unsigned()),
            Payload::Number(value) => (3, value.to_bits()),
            Payload::Text(span) => (4, span.pack()),
            Payload::List(end) => (5, u64::from(end)),
            Payload::Table(end) => (6, u64::from(end)),
            Payload::Hidden(end) => (7, u64::from(end)),
        };
        let (start, length) = if key == Span::NONE {
            (u32::MAX, Self::KEY_LENGTH)
        } else {
            let length = u32::try_from(key.length()).ok()?;
            (key.start(), (length < Self::KEY_LENGTH).then_some(length)?)
        };
        Some(Self {
            key_start: start,
            shape_and_key_length: shape << Self::SHAPE | length,
            value,
        })
    }

    fn key(self) -> Span {
        let length = self.shape_and_key_length & Self::KEY_LENGTH;
        if length == Self::KEY_LENGTH {
            return Span::NONE;
        }
        Span::new(self.key_start, length)
    }

    fn payload(self) -> Payload {
        let small = || u32::try_from(self.value).unwrap_or(u32::MAX);
        match self.shape_and_key_length >> Self::SHAPE {
            1 => Payload::Bool(self.value != 0),
            2 => Payload::Integer(self.value.cast_signed()),
            3 => Payload::Number(f64::from_bits(self.value)),
            4 => Payload::Text(Span::unpack(self.value)),
            5 => Payload::List(small()),
            6 => Payload::Table(small()),
            7 => Payload::Hidden(small()),
            _ => Payload::Null,
        }
    }

    fn set(&mut self, payload: Payload) {
        if let Some(changed) = Self::new(self.key(), payload) {
            *self = changed;
        }
    }
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

    fn text_of(&self, span: Span) -> &str {
        self.texts.get(span)
    }

    fn node(&self, index: u32) -> Node {
        const NOTHING: Node = Node {
            key_start: u32::MAX,
            shape_and_key_length: Node::KEY_LENGTH,
            value: 0,
        };
        self.nodes.get(index as usize).copied().unwrap_or(NOTHING)
    }

    fn end(&self, index: u32) -> u32 {
        match self.node(index).payload() {
            Payload::List(end) | Payload::Table(end) | Payload::Hidden(end) => end,
            _ => index + 1,
        }
    }
}

/// A node of a tape.
#[derive(Clone, Copy)]
pub struct Item<'t> {
    tape: &'t Tape<'t>,
    index: u32,
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Item({}: {:?})", self.index, self.shape())
    }
}

impl<'t> Item<'t> {
    /// The position on the tape, which [`Tape::item`] takes.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The tape it stands on.
    pub fn tape(self) -> &'t Tape<'t> {
        self.tape
    }

    /// Whether `other` is this node or stands inside of it.
    pub fn encloses(self, other: Item<'_>) -> bool {
        (self.index..self.tape.end(self.index)).contains(&other.index)
    }

    /// The shape.
    pub fn shape(self) -> Shape {
        match self.tape.node(self.index).payload() {
            Payload::Null | Payload::Hidden(_) => Shape::Null,
            Payload::Bool(_) => Shape::Bool,
            Payload::Integer(_) => Shape::Integer,
            Payload::Number(_) => Shape::Number,
            Payload::Text(_) => Shape::Text,
            Payload::List(_) => Shape::List,
            Payload::Table(_) => Shape::Table,
        }
    }

    /// The key under which it stands in an object.
    pub fn key(self) -> Option<&'t str> {
        let key = self.tape.node(self.index).key();
        (key != Span::NONE).then(|| self.tape.text_of(key))
    }

    /// The text, if it is one.
    pub fn text(self) -> Option<&'t str> {
        match self.tape.node(self.index).payload() {
            Payload::Text(span) => Some(self.tape.text_of(span)),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn bool(self) -> Option<bool> {
        match self.tape.node(self.index).payload() {
            Payload::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The whole number, if it is one in 64 bits.
    pub fn integer(self) -> Option<i64> {
        match self.tape.node(self.index).payload() {
            Payload::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// Any number as written in its shortest form; what is not a number is `None`.
    pub fn number(self) -> Option<String> {
        match self.tape.node(self.index).payload() {
            Payload::Integer(value) => Some(value.to_string()),
            Payload::Number(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// A number for comparisons with bounds, possibly rounded.
    pub fn magnitude(self) -> Option<f64> {
        match self.tape.node(self.index).payload() {
            #[expect(
                clippy::cast_precision_loss,
                reason = "bounds of the schemas are small whole numbers"
            )]
            Payload::Integer(value) => Some(value as f64),
            Payload::Number(value) => Some(value),
            _ => None,
        }
    }

    /// The children: members of an object in the order of the document, or items of a list. Members
    /// that a later one of the same key hides are left out.
    pub fn children(self) -> Children<'t> {
        let end = match self.tape.node(self.index).payload() {
            Payload::List(end) | Payload::Table(end) => end,
            _ => self.index + 1,
        };
        Children {
            tape: self.tape,
            next: self.index + 1,
            end,
        }
    }

    /// The items of a list; nothing for any other shape.
    pub fn items(self) -> Children<'t> {
        let mut children = self.children();
        if self.shape() != Shape::List {
            children.end = children.next;
        }
        children
    }

    /// The member `key` of an object.
    pub fn get(self, key: &str) -> Option<Item<'t>> {
        if self.shape() != Shape::Table {
            return None;
        }
        self.children().find(|child| {
            let own = self.tape.node(child.index).key();
            own.length() == key.len() && self.tape.text_of(own) == key
        })
    }

    /// The text of the member `key` of an object.
    pub fn get_text(self, key: &str) -> Option<&'t str> {
        self.get(key)?.text()
    }

    /// Follows a JSON pointer (RFC 6901).
    pub fn at(self, pointer: &str) -> Option<Item<'t>> {
        pointer.split('/').skip(1).try_fold(self, |item, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            if item.shape() == Shape::List {
                item.items().nth(step.parse().ok()?)
            } else {
                item.get(&step)
            }
        })
    }

    /// The byte offset in the source, as near as is known.
    pub fn offset(self) -> Option<usize> {
        if let Some(offset) = self.tape.offsets.get(self.index as usize) {
            return (*offset != NOWHERE).then_some(*offset as usize);
        }
        let node = self.tape.node(self.index);
        let in_source = |span: Span| span.offset().map(|offset| offset.saturating_sub(1));
        in_source(node.key())
            .or(match node.payload() {
                Payload::Text(span) => in_source(span),
                _ => None,
            })
            .or_else(|| self.children().next().and_then(Item::offset))
    }

    /// The JSON pointer, found by a walk from the root.
    pub fn pointer(self) -> String {
        let mut pointer = String::new();
        let mut at = 0;
        while at != self.index {
            let is_list = matches!(self.tape.node(at).payload(), Payload::List(_));
            let (mut child, mut position) = (at + 1, 0usize);
            while self.tape.end(child) <= self.index {
                child = self.tape.end(child);
                position += 1;
            }
            push_step(
                &mut pointer,
                if is_list {
                    Step::Position(position)
                } else {
                    Step::Key(self.tape.text_of(self.tape.node(child).key()))
                },
            );
            at = child;
        }
        pointer
    }

    /// The place, found by a walk from the root: for the remarks of a document, not for every node.
    pub fn place(self) -> Place {
        match self.tape.addressing {
            Addressing::Pointer => Place::pointer(self.pointer()),
            Addressing::Line => self
                .offset()
                .map_or_else(Place::whole, |offset| self.tape.line_of(offset)),
        }
    }
}

/// One step of a JSON pointer.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// A member of an object.
    Key(&'a str),
    /// An item of a list.
    Position(usize),
}

/// Writes a step behind a JSON pointer (RFC 6901, section 3).
pub fn push_step(pointer: &mut String, step: Step<'_>) {
    use fmt::Write as _;
    pointer.push('/');
    match step {
        Step::Position(position) => _ = write!(pointer, "{position}"),
        Step::Key(key) if key.contains(['~', '/']) => {
            pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        }
        Step::Key(key) => pointer.push_str(key),
    }
}

/// The children of a node.
#[derive(Clone)]
pub struct Children<'t> {
    tape: &'t Tape<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Item<'t>;

    fn next(&mut self) -> Option<Item<'t>> {
        while self.next < self.end {
            let item = Item {
                tape: self.tape,
                index: self.next,
            };
            self.next = self.tape.end(self.next);
            if !matches!(self.tape.node(item.index).payload(), Payload::Hidden(_)) {
                return Some(item);
            }
        }
        None
    }
}

/// Why a tape cannot grow any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// More nodes than [`MAXIMUM_NODES`].
    #[error("more than {MAXIMUM_NODES} values")]
    Nodes,
    /// More decoded text than 2 GiB.
    #[error("more than 2 GiB of text")]
    Text,
    /// Deeper than [`MAXIMUM_DEPTH`].
    #[error("nested deeper than {MAXIMUM_DEPTH} levels")]
    Depth,
}

/// Writes a tape, for readers that put another encoding into the shape of JSON.
///
/// Inside an object every value takes a key; inside a list and for the root it takes none. `offset` is
/// the byte offset in the source. What is opened must be closed; [`Builder::finish`] closes the rest.
#[derive(Debug)]
pub struct Builder<'a> {
    tape: Tape<'a>,
    open: Vec<u32>,
}

impl<'a> Builder<'a> {
    /// Starts a tape over `source`, which may be empty for a binary encoding.
    pub fn new(source: &'a str, addressing: Addressing) -> Self {
        Self {
            tape: Tape {
                texts: Texts::new(source),
                nodes: Vec::with_capacity((source.len() / 40).min(MAXIMUM_NODES)),
                offsets: Vec::new(),
                addressing,
                hidden: Vec::new(),
                lines: OnceLock::new(),
            },
            open: Vec::new(),
        }
    }

    /// Opens an object.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit, as for every other value.
    pub fn open_table(&mut self, key: Option<&str>, offset: Option<usize>) -> Result<(), Full> {
        self.open(key, offset, Payload::Table(0))
    }

    /// Opens a list.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn open_list(&mut self, key: Option<&str>, offset: Option<usize>) -> Result<(), Full> {
        self.open(key, offset, Payload::List(0))
    }

    /// Closes what was opened last.
    pub fn close(&mut self) {
        let end = self.tape.nodes.len();
        if let Some(index) = self.open.pop() {
            self.close_at(index, end);
        }
    }

    /// Adds a text.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn text(
        &mut self,
        key: Option<&str>,
        text: &str,
        offset: Option<usize>,
    ) -> Result<(), Full> {
        let span = self.span(text)?;
        self.push(key, offset, Payload::Text(span))
    }

    /// Adds a whole number.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn integer(
        &mut self,
        key: Option<&str>,
        value: i64,
        offset: Option<usize>,
    ) -> Result<(), Full> {
        self.push(key, offset, Payload::Integer(value))
    }

    /// Adds any other number.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn number(
        &mut self,
        key: Option<&str>,
        value: f64,
        offset: Option<usize>,
    ) -> Result<(), Full> {
        self.push(key, offset, Payload::Number(value))
    }

    /// Adds a truth value.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn bool(
        &mut self,
        key: Option<&str>,
        value: bool,
        offset: Option<usize>,
    ) -> Result<(), Full> {
        self.push(key, offset, Payload::Bool(value))
    }

    /// Adds a null.
    ///
    /// # Errors
    ///
    /// [`Full`] past a limit.
    pub fn null(&mut self, key: Option<&str>, offset: Option<usize>) -> Result<(), Full> {
        self.push(key, offset, Payload::Null)
    }

    /// Closes everything and gives the tape.
    pub fn finish(mut self) -> Tape<'a> {
        while !self.open.is_empty() {
            self.close();
        }
        self.tape
    }

    fn open(
        &mut self,
        key: Option<&str>,
        offset: Option<usize>,
        payload: Payload,
    ) -> Result<(), Full> {
        if self.open.len() >= MAXIMUM_DEPTH {
            return Err(Full::Depth);
        }
        let index = self.tape.nodes.len();
        self.push(key, offset, payload)?;
        self.open
            .push(u32::try_from(index).map_err(|_| Full::Nodes)?);
        Ok(())
    }

    fn push(
        &mut self,
        key: Option<&str>,
        offset: Option<usize>,
        payload: Payload,
    ) -> Result<(), Full> {
        let key = match key {
            Some(key) => self.span(key)?,
            None => Span::NONE,
        };
        self.push_node(key, payload)?;
        let offset = offset.and_then(|offset| u32::try_from(offset).ok());
        self.tape.offsets.push(offset.unwrap_or(NOWHERE));
        Ok(())
    }

    fn push_node(&mut self, key: Span, payload: Payload) -> Result<u32, Full> {
        let index = self.tape.nodes.len();
        if index >= MAXIMUM_NODES {
            return Err(Full::Nodes);
        }
        self.tape
            .nodes
            .push(Node::new(key, payload).ok_or(Full::Text)?);
        u32::try_from(index).map_err(|_| Full::Nodes)
    }

    fn span(&mut self, text: &str) -> Result<Span, Full> {
        self.tape.texts.span(text)
    }

    fn close_at(&mut self, index: u32, end: usize) {
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let Some(node) = self.tape.nodes.get_mut(index as usize) else {
            return;
        };
        match node.payload() {
            Payload::List(_) => node.set(Payload::List(end)),
            Payload::Table(_) => {
                node.set(Payload::Table(end));
                self.hide_repeated(index);
            }
            _ => {}
        }
    }

    /// Hides every member of an object that a later one repeats.
    fn hide_repeated(&mut self, table: u32) {
        /// Below this many members a comparison of each pair is faster than a set.
        const FEW: usize = 16;
        let end = self.tape.end(table);
        let mut keys = [(Span::NONE, 0u32); FEW];
        let mut count = 0;
        let mut child = table + 1;
        let mut repeated = Vec::new();
        while child < end {
            let key = self.tape.node(child).key();
            if count == FEW {
                repeated = self.repeated_of_many(table, end);
                break;
            }
            for (other, index) in keys.iter().take(count) {
                if other.length() == key.length()
                    && self.tape.text_of(*other) == self.tape.text_of(key)
                {
                    repeated.push(*index);
                }
            }
            if let Some(slot) = keys.get_mut(count) {
                *slot = (key, child);
            }
            count += 1;
            child = self.tape.end(child);
        }
        for index in repeated {
            let end = self.tape.end(index);
            if let Some(node) = self.tape.nodes.get_mut(index as usize) {
                node.set(Payload::Hidden(end));
            }
            self.tape.hidden.push(index);
        }
    }

    fn repeated_of_many(&self, table: u32, end: u32) -> Vec<u32> {
        let mut seen: std::collections::HashMap<&str, u32, foldhash::fast::RandomState> =
            std::collections::HashMap::default();
        let mut repeated = Vec::new();
        let mut child = table + 1;
        while child < end {
            let key = self.tape.text_of(self.tape.node(child).key());
            repeated.extend(seen.insert(key, child));
            child = self.tape.end(child);
        }
        repeated
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
