//! A look at one node of a tape, and the walk over its children.

use std::fmt;

use super::node::Payload;
use super::{Addressing, NOWHERE, Shape, Span, Tape};
use crate::diagnostic::Place;

/// A node of a tape.
#[derive(Clone, Copy)]
pub struct Item<'t> {
    pub(super) tape: &'t Tape<'t>,
    pub(super) index: u32,
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Item({}: {:?})", self.index, self.shape())
    }
}

impl<'t> Item<'t> {
    /// The position on the tape, which [`Tape::item`] takes.
    #[inline]
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
    #[inline]
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
    #[inline]
    pub fn key(self) -> Option<&'t str> {
        let key = self.tape.node(self.index).key();
        (key != Span::NONE).then(|| self.tape.text_of(key))
    }

    /// The text, if it is one.
    #[inline]
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
    #[inline]
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
    #[inline]
    pub fn items(self) -> Children<'t> {
        let mut children = self.children();
        if self.shape() != Shape::List {
            children.end = children.next;
        }
        children
    }

    /// The member `key` of an object.
    #[inline]
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
    #[inline]
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

    #[inline]
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
