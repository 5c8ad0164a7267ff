//! From fields to the members of JSON, as the tables say.

use std::ops::Range;

use super::super::left_out::LeftOut;
use super::scalar::text;
use super::table::{Field, Form, Kind, Table};
use super::wire::{Cursor, MAXIMUM_DEPTH, Malformed, Stretch, Value, malformed};
use crate::diagnostic::Severity;
use crate::tape::{Builder, Full};

/// Why reading ends early.
pub(super) enum Stop {
    Malformed(Malformed),
    Full(Full),
}

impl From<Malformed> for Stop {
    fn from(fault: Malformed) -> Self {
        Self::Malformed(fault)
    }
}

impl From<Full> for Stop {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

/// A field of a message that is being read, by its position in the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) position: usize,
    pub(super) value: Value,
    pub(super) offset: usize,
}

/// Walks the fields and writes the tape.
pub(super) struct Reader<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) table: &'static Table,
    pub(super) builder: Builder<'static>,
    /// The fields of all messages that are open, those of the innermost last.
    pub(super) fields: Vec<Found>,
    /// Dependencies inside of dependencies, which JSON lists beside each other.
    pub(super) nested: Vec<Stretch>,
    pub(super) depth: usize,
    pub(super) left_out: LeftOut,
}

impl Reader<'_> {
    /// Writes the whole document.
    pub(super) fn document(&mut self, whole: Stretch, has_bom_version: bool) -> Result<(), Stop> {
        self.builder.open_table(None, Some(0))?;
        self.builder.text(Some("bomFormat"), "CycloneDX", Some(0))?;
        let version = self.table.version;
        self.builder.text(Some("specVersion"), version, Some(0))?;
        // JSON of 1.3 demands a version of the document; 1 is what is meant without one.
        if version == "1.3" && !has_bom_version {
            self.builder.integer(Some("version"), 1, Some(0))?;
        }
        self.members(&[whole], self.table.bom)?;
        self.builder.close();
        Ok(())
    }

    /// Finds the fields of a message, in the order of the table, and gives where they are kept.
    fn find(&mut self, stretches: &[Stretch], message: usize) -> Result<Range<usize>, Stop> {
        let start = self.fields.len();
        let Some(table) = self.table.message(message) else {
            return Ok(start..start);
        };
        for stretch in stretches {
            let mut cursor = Cursor::new(self.bytes, *stretch);
            while let Some(field) = cursor.next()? {
                if let Some(position) = table.position(field.number) {
                    self.fields.push(Found {
                        position,
                        value: field.value,
                        offset: field.offset,
                    });
                } else if message != self.table.bom || field.number != 1 {
                    let what = format!("field {} of `{}`", field.number, table.name);
                    self.left_out.add(
                        Severity::Warning,
                        &what,
                        "the specification of this version does not know it",
                        field.offset,
                    );
                }
            }
        }
        if let Some(fields) = self.fields.get_mut(start..) {
            fields.sort_by_key(|field| field.position);
        }
        Ok(start..self.fields.len())
    }

    /// Writes the members of a message into the object that is open.
    fn members(&mut self, stretches: &[Stretch], message: usize) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAXIMUM_DEPTH {
            return Err(Full::Depth.into());
        }
        let range = self.find(stretches, message)?;
        let table = self.table;
        let Some(message) = table.message(message) else {
            return Ok(());
        };
        let mut present = 0u64;
        let mut last_key = "";
        let mut at = range.start;
        while let Some(first) = self.fields.get(at).copied() {
            let end = self.end_of_run(at, range.end);
            present |= 1u64
                .checked_shl(u32::try_from(first.position).unwrap_or(64))
                .unwrap_or(0);
            if let Some(field) = message.fields.get(first.position)
                && field.key != last_key
            {
                self.member(Some(field.key), field, at..end)?;
                last_key = field.key;
            }
            at = end;
        }
        let offset = stretches.first().map(|stretch| stretch.start);
        for (position, field) in message.fields.iter().enumerate() {
            if field.has_default && present >> position & 1 == 0 {
                self.default(field, offset)?;
            }
        }
        self.fields.truncate(range.start);
        self.depth -= 1;
        Ok(())
    }

    /// The end of the run of fields of one position that begins at `at`.
    fn end_of_run(&self, at: usize, end: usize) -> usize {
        let fields = self.fields.get(at..end).unwrap_or_default();
        let position = fields.first().map(|field| field.position);
        let run = fields
            .iter()
            .take_while(|field| Some(field.position) == position);
        at + run.count().max(1)
    }

    fn default(&mut self, field: &Field, offset: Option<usize>) -> Result<(), Stop> {
        match field.kind {
            Kind::Text => self.builder.text(Some(field.key), "", offset)?,
            Kind::Enumeration(enumeration) => {
                if let Some(word) = self.table.word(enumeration, 0) {
                    self.builder.text(Some(field.key), word, offset)?;
                }
            }
            _ => self.builder.integer(Some(field.key), 0, offset)?,
        }
        Ok(())
    }

    /// Writes all fields of one position as one member, or as one item where there is no key.
    fn member(
        &mut self,
        key: Option<&str>,
        field: &Field,
        range: Range<usize>,
    ) -> Result<(), Stop> {
        let offset = self.fields.get(range.start).map(|found| found.offset);
        match field.kind {
            Kind::Tools => self.tools(key, range, offset),
            Kind::Refs => self.references(key, range, offset),
            _ if field.is_list => {
                self.builder.open_list(key, offset)?;
                for index in range {
                    self.item(field, index)?;
                }
                if field.kind == Kind::Message(self.table.dependency) {
                    while let Some(stretch) = self.nested.pop() {
                        self.object(None, &[stretch], self.table.dependency, offset)?;
                    }
                }
                self.builder.close();
                Ok(())
            }
            Kind::Message(message) => {
                let mut stretches = self.stretches(range)?;
                if field.form == Form::First && stretches.len() > 1 {
                    stretches.truncate(1);
                    let what = format!("what follows the first `{}`", field.key);
                    let why = "the JSON of this version has room for one";
                    let at = offset.unwrap_or_default();
                    self.left_out.add(Severity::Note, &what, why, at);
                }
                match field.form {
                    Form::Plain | Form::First => self.object(key, &stretches, message, offset),
                    Form::Merged => self.members(&stretches, message),
                    Form::Transparent => self.only_member(key, &stretches, message),
                }
            }
            // Of several values the last one counts. An empty address is none: in JSON it would have to
            // be one.
            _ => match self.fields.get(range.end.saturating_sub(1)).copied() {
                Some(Found {
                    value: Value::Bytes(stretch),
                    ..
                }) if field.key == "email" && stretch.start == stretch.end => Ok(()),
                Some(last) => self.scalar(key, field, last),
                None => Ok(()),
            },
        }
    }

    fn item(&mut self, field: &Field, index: usize) -> Result<(), Stop> {
        let Some(found) = self.fields.get(index).copied() else {
            return Ok(());
        };
        match (field.kind, found.value) {
            (Kind::Message(message), Value::Bytes(stretch)) => match field.form {
                Form::Transparent => self.only_member(None, &[stretch], message),
                _ => self.object(None, &[stretch], message, Some(found.offset)),
            },
            (
                Kind::Bool | Kind::Int | Kind::Float | Kind::Double | Kind::Enumeration(_),
                Value::Bytes(stretch),
            ) => self.packed(field, stretch),
            _ => self.scalar(None, field, found),
        }
    }

    /// Numbers that a writer packed into one field.
    fn packed(&mut self, field: &Field, stretch: Stretch) -> Result<(), Stop> {
        let mut cursor = Cursor::new(self.bytes, stretch);
        while !cursor.is_at_end() {
            let value = match field.kind {
                Kind::Float => Value::Fixed32(u32::from_le_bytes(cursor.fixed()?)),
                Kind::Double => Value::Fixed64(u64::from_le_bytes(cursor.fixed()?)),
                _ => Value::Varint(cursor.varint()?),
            };
            let found = Found {
                position: 0,
                value,
                offset: stretch.start,
            };
            self.scalar(None, field, found)?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        key: Option<&str>,
        stretches: &[Stretch],
        message: usize,
        offset: Option<usize>,
    ) -> Result<(), Stop> {
        self.builder.open_table(key, offset)?;
        self.members(stretches, message)?;
        self.builder.close();
        Ok(())
    }

    /// Writes the only member of a message in place of the message.
    fn only_member(
        &mut self,
        key: Option<&str>,
        stretches: &[Stretch],
        message: usize,
    ) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAXIMUM_DEPTH {
            return Err(Full::Depth.into());
        }
        let range = self.find(stretches, message)?;
        let first = self.fields.get(range.start).copied();
        let table = self.table.message(message);
        if let (Some(first), Some(table)) = (first, table)
            && let Some(field) = table.fields.get(first.position)
        {
            let end = self.end_of_run(range.start, range.end);
            self.member(key, field, range.start..end)?;
        }
        self.fields.truncate(range.start);
        self.depth -= 1;
        Ok(())
    }

    /// Tools: an object of components and services since 1.5, a list of tools before.
    fn tools(
        &mut self,
        key: Option<&str>,
        range: Range<usize>,
        offset: Option<usize>,
    ) -> Result<(), Stop> {
        let stretches = self.stretches(range)?;
        let tool = self.table.tool;
        let found = self.find(&stretches, tool)?;
        let message = self.table.message(tool);
        let position = |key| message.and_then(|message| message.position_of(key));
        let (components, services) = (position("components"), position("services"));
        let is_new =
            |found: &Found| Some(found.position) == components || Some(found.position) == services;
        let fields = self.fields.get(found.clone()).unwrap_or_default();
        let any_new = fields.iter().any(is_new);
        let any_old = fields.iter().any(|found| !is_new(found));
        self.fields.truncate(found.start);
        if any_new {
            self.builder.open_table(key, offset)?;
            let found = self.find(&stretches, tool)?;
            let mut at = found.start;
            while let Some(first) = self.fields.get(at).copied() {
                let end = self.end_of_run(at, found.end);
                let field = message.and_then(|message| message.fields.get(first.position));
                if let Some(field) = field.filter(|_| is_new(&first)) {
                    self.member(Some(field.key), field, at..end)?;
                }
                at = end;
            }
            self.fields.truncate(found.start);
            if any_old {
                let why = "JSON has room for tools of the old or of the new kind only";
                let at = offset.unwrap_or_default();
                let what = "a tool of the kind before 1.5";
                self.left_out.add(Severity::Note, what, why, at);
            }
        } else {
            self.builder.open_list(key, offset)?;
            for stretch in stretches {
                self.object(None, &[stretch], tool, Some(stretch.start))?;
            }
        }
        self.builder.close();
        Ok(())
    }

    /// The references of the dependencies inside of a dependency.
    fn references(
        &mut self,
        key: Option<&str>,
        range: Range<usize>,
        offset: Option<usize>,
    ) -> Result<(), Stop> {
        self.builder.open_list(key, offset)?;
        for stretch in self.stretches(range)? {
            let mut cursor = Cursor::new(self.bytes, stretch);
            let (mut reference, mut has_more) = ("", false);
            while let Some(field) = cursor.next()? {
                match (field.number, field.value) {
                    (1, Value::Bytes(stretch)) => reference = text(self.bytes, stretch)?,
                    _ => has_more = true,
                }
            }
            self.builder.text(None, reference, Some(stretch.start))?;
            if has_more {
                self.nested.push(stretch);
            }
        }
        self.builder.close();
        Ok(())
    }

    fn stretches(&self, range: Range<usize>) -> Result<Vec<Stretch>, Malformed> {
        let fields = self.fields.get(range).unwrap_or_default();
        let stretch = |found: &Found| match found.value {
            Value::Bytes(stretch) => Ok(stretch),
            _ => Err(malformed(
                found.offset,
                "a message has the wire type of a number",
            )),
        };
        fields.iter().map(stretch).collect()
    }
}
