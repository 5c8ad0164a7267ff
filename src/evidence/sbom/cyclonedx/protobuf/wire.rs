//! The wire format of Protocol Buffers ("Encoding", protobuf.dev): fields with their byte offsets.
//!
//! The functions of `prost` for this are no part of its documented interface and tell no offsets.

/// The deepest nesting of messages and groups, as the official readers set it.
pub(super) const MAXIMUM_DEPTH: usize = 100;

/// Where and how bytes are no Protocol Buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// The value of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// A stretch of the bytes: a text, a message or packed numbers.
    Bytes(Stretch),
    /// A group, which was passed over.
    Group,
}

/// From one byte offset to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One field as it stands in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) value: Value,
    pub(super) offset: usize,
}

/// Reads the fields of one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    /// Starts at a stretch; offsets count from the beginning of `bytes`.
    pub(super) fn new(bytes: &'b [u8], stretch: Stretch) -> Self {
        Self {
            bytes: bytes.get(..stretch.end).unwrap_or(bytes),
            at: stretch.start,
        }
    }

    /// The next field, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Field>, Malformed> {
        if self.is_at_end() {
            return Ok(None);
        }
        let offset = self.at;
        let (number, wire_type) = self.key()?;
        let value = self.value(number, wire_type, offset, 0)?;
        Ok(Some(Field {
            number,
            value,
            offset,
        }))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// A number of up to ten bytes, seven bits in each, the lowest first.
    pub(super) fn varint(&mut self) -> Result<u64, Malformed> {
        let offset = self.at;
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let Some(byte) = self.bytes.get(self.at) else {
                return Err(malformed(offset, "a number is cut off"));
            };
            self.at += 1;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(malformed(offset, "a number is longer than 64 bits"))
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let found = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk);
        let chunk = found.ok_or(malformed(self.at, "a number is cut off"))?;
        self.at += N;
        Ok(*chunk)
    }

    fn key(&mut self) -> Result<(u32, u8), Malformed> {
        let offset = self.at;
        let key = u32::try_from(self.varint()?)
            .map_err(|_| malformed(offset, "a field number is too large"))?;
        let wire_type = u8::try_from(key & 7).unwrap_or_default();
        if key >> 3 == 0 {
            return Err(malformed(offset, "there is no field number 0"));
        }
        Ok((key >> 3, wire_type))
    }

    fn value(
        &mut self,
        number: u32,
        wire_type: u8,
        offset: usize,
        depth: usize,
    ) -> Result<Value, Malformed> {
        Ok(match wire_type {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => {
                let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
                let start = self.at;
                let end = start.checked_add(length);
                let Some(end) = end.filter(|end| *end <= self.bytes.len()) else {
                    return Err(malformed(offset, "a field ends behind its message"));
                };
                self.at = end;
                Value::Bytes(Stretch { start, end })
            }
            3 => {
                self.group(number, offset, depth + 1)?;
                Value::Group
            }
            4 => return Err(malformed(offset, "a group ends that did not begin")),
            5 => Value::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => return Err(malformed(offset, "there is no wire type 6 or 7")),
        })
    }

    fn group(&mut self, number: u32, offset: usize, depth: usize) -> Result<(), Malformed> {
        if depth > MAXIMUM_DEPTH {
            return Err(malformed(offset, "groups are nested too deep"));
        }
        while !self.is_at_end() {
            let at = self.at;
            match self.key()? {
                (end, 4) if end == number => return Ok(()),
                (inner, wire_type) => self.value(inner, wire_type, at, depth)?,
            };
        }
        Err(malformed(offset, "a group does not end"))
    }
}

pub(super) fn malformed(at: usize, what: &'static str) -> Malformed {
    Malformed { at, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<Field>, Malformed> {
        let stretch = Stretch {
            start: 0,
            end: bytes.len(),
        };
        let mut cursor = Cursor::new(bytes, stretch);
        let mut fields = Vec::new();
        while let Some(field) = cursor.next()? {
            fields.push(field);
        }
        Ok(fields)
    }

    #[test]
    fn every_wire_type_is_read() {
        // Field 1: 150; field 2: "ab"; field 3: 4 bytes; field 4: 8 bytes; field 5: a group.
        let bytes = [
            8, 0x96, 1, 0x12, 2, b'a', b'b', 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0, 0x2b,
            8, 1, 0x2c,
        ];
        let values: Vec<_> = fields(&bytes)
            .unwrap()
            .iter()
            .map(|one| one.value)
            .collect();
        let expected = [
            Value::Varint(150),
            Value::Bytes(Stretch { start: 5, end: 7 }),
            Value::Fixed32(1),
            Value::Fixed64(2),
            Value::Group,
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn what_is_malformed_is_told_with_its_offset() {
        let fault = |bytes: &[u8]| fields(bytes).unwrap_err();
        assert_eq!(fault(&[8]).at, 1);
        assert_eq!(fault(&[8, 1, 0x12, 9, b'a']).at, 2);
        assert_eq!(fault(&[0]).what, "there is no field number 0");
        assert_eq!(fault(&[0x0c]).what, "a group ends that did not begin");
        assert_eq!(fault(&[0x0b, 8, 1]).what, "a group does not end");
        assert_eq!(fault(&[0x0e]).what, "there is no wire type 6 or 7");
        let mut long = vec![8];
        long.extend([0xff; 11]);
        assert_eq!(fault(&long).what, "a number is longer than 64 bits");
        assert_eq!(fault(&[0x0b; 300]).what, "groups are nested too deep");
    }
}
