//! A node of a tape in 16 bytes.

use super::Span;

#[derive(Debug, Clone, Copy)]
pub(super) enum Payload {
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
pub(super) struct Node {
    key_start: u32,
    shape_and_key_length: u32,
    value: u64,
}

impl Node {
    const SHAPE: u32 = 24;
    const KEY_LENGTH: u32 = (1 << Self::SHAPE) - 1;

    /// `None` for a key of 16 MiB or more.
    pub(super) fn new(key: Span, payload: Payload) -> Option<Self> {
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

    #[inline]
    pub(super) fn key(self) -> Span {
        let length = self.shape_and_key_length & Self::KEY_LENGTH;
        if length == Self::KEY_LENGTH {
            return Span::NONE;
        }
        Span::new(self.key_start, length)
    }

    #[inline]
    pub(super) fn payload(self) -> Payload {
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

    pub(super) fn set(&mut self, payload: Payload) {
        if let Some(changed) = Self::new(self.key(), payload) {
            *self = changed;
        }
    }
}

/// What stands behind the last node: nothing.
pub(super) const NOTHING: Node = Node {
    key_start: u32::MAX,
    shape_and_key_length: Node::KEY_LENGTH,
    value: 0,
};
