//! Writes a tape, for readers that put another encoding into the shape of JSON.

use std::sync::OnceLock;

use super::node::{Node, Payload};
use super::{Addressing, MAXIMUM_DEPTH, MAXIMUM_NODES, NOWHERE, Span, Tape, Texts};

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
    pub(super) tape: Tape<'a>,
    pub(super) open: Vec<u32>,
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

    pub(super) fn open(
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

    pub(super) fn push(
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

    pub(super) fn push_node(&mut self, key: Span, payload: Payload) -> Result<u32, Full> {
        let index = self.tape.nodes.len();
        if index >= MAXIMUM_NODES {
            return Err(Full::Nodes);
        }
        self.tape
            .nodes
            .push(Node::new(key, payload).ok_or(Full::Text)?);
        u32::try_from(index).map_err(|_| Full::Nodes)
    }

    pub(super) fn span(&mut self, text: &str) -> Result<Span, Full> {
        self.tape.texts.span(text)
    }

    pub(super) fn close_at(&mut self, index: u32, end: usize) {
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
