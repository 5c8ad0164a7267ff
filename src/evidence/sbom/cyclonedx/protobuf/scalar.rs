//! Texts, numbers, times and words of enumerations as JSON writes them.

use super::read::{Found, Reader, Stop};
use super::table::{Field, Kind};
use super::wire::{Cursor, Malformed, Stretch, Value, malformed};
use crate::diagnostic::Severity;

impl Reader<'_> {
    pub(super) fn scalar(
        &mut self,
        key: Option<&str>,
        field: &Field,
        found: Found,
    ) -> Result<(), Stop> {
        let offset = Some(found.offset);
        match (field.kind, found.value) {
            (Kind::Text, Value::Bytes(stretch)) => {
                let text = text(self.bytes, stretch)?;
                self.builder.text(key, text, offset)?;
            }
            (Kind::Bool, Value::Varint(value)) => self.builder.bool(key, value != 0, offset)?,
            (Kind::Int, Value::Varint(value)) => {
                self.builder.integer(key, value.cast_signed(), offset)?;
            }
            (Kind::Float, Value::Fixed32(bits)) => {
                self.number(key, &f32::from_bits(bits).to_string(), found.offset)?;
            }
            (Kind::Double, Value::Fixed64(bits)) => {
                self.number(key, &f64::from_bits(bits).to_string(), found.offset)?;
            }
            (Kind::Enumeration(enumeration), Value::Varint(number)) => {
                if let Some(word) = self.table.word(enumeration, number) {
                    self.builder.text(key, word, offset)?;
                } else if number != 0 {
                    let what = format!("the value {number} of `{}`", field.key);
                    let why = "the specification of this version does not know it";
                    self.left_out
                        .add(Severity::Warning, &what, why, found.offset);
                }
            }
            (Kind::Time | Kind::Date, Value::Bytes(stretch)) => {
                let time = self.time(stretch)?.to_string();
                let date = time.split('T').next().unwrap_or(&time);
                let shown = if field.kind == Kind::Date {
                    date
                } else {
                    &time
                };
                self.builder.text(key, shown, offset)?;
            }
            _ => {
                let what = "a field has another wire type than its kind";
                return Err(malformed(found.offset, what).into());
            }
        }
        Ok(())
    }

    /// A number as its shortest text, so that 0.1 of 32 bits is 0.1 and 2.0 is 2.
    fn number(&mut self, key: Option<&str>, text: &str, offset: usize) -> Result<(), Stop> {
        if let Ok(whole) = text.parse() {
            self.builder.integer(key, whole, Some(offset))?;
        } else if let Some(value) = text.parse().ok().filter(|value: &f64| value.is_finite()) {
            self.builder.number(key, value, Some(offset))?;
        } else {
            let what = "a number that is infinite or none";
            let why = "JSON cannot write it";
            self.left_out.add(Severity::Warning, what, why, offset);
        }
        Ok(())
    }

    /// A `google.protobuf.Timestamp`: seconds since 1970 and nanoseconds.
    fn time(&self, stretch: Stretch) -> Result<jiff::Timestamp, Malformed> {
        let (mut seconds, mut nanoseconds) = (0i64, 0i64);
        let mut cursor = Cursor::new(self.bytes, stretch);
        while let Some(field) = cursor.next()? {
            match (field.number, field.value) {
                (1, Value::Varint(value)) => seconds = value.cast_signed(),
                (2, Value::Varint(value)) => nanoseconds = value.cast_signed(),
                _ => {}
            }
        }
        let nanoseconds = i32::try_from(nanoseconds).ok();
        nanoseconds
            .and_then(|nanoseconds| jiff::Timestamp::new(seconds, nanoseconds).ok())
            .ok_or(malformed(stretch.start, "a time is out of range"))
    }
}

/// The text that stands in a stretch of the bytes.
pub(super) fn text(bytes: &[u8], stretch: Stretch) -> Result<&str, Malformed> {
    let bytes = bytes.get(stretch.start..stretch.end).unwrap_or_default();
    std::str::from_utf8(bytes)
        .map_err(|error| malformed(stretch.start + error.valid_up_to(), "a text is not UTF-8"))
}
