//! JSON (RFC 8259) onto a tape, by `serde_json` without copies.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Addressing, Builder, Full, Payload, Span, Tape};
use crate::diagnostic::{Diagnostic, Place};

/// Parses JSON text.
///
/// Of a repeated member the last one counts, as most readers do; [`Tape::repeated_members`] names them.
///
/// # Errors
///
/// A diagnostic `json-syntax`, `json-truncated`, `json-depth` or `document-values` with line and column.
pub fn parse_json(source: &str) -> Result<Tape<'_>, Diagnostic> {
    let mut builder = Builder::new(source, Addressing::Pointer);
    let mut deserializer = serde_json::Deserializer::from_str(source);
    Push {
        builder: &mut builder,
        key: Span::NONE,
    }
    .deserialize(&mut deserializer)
    .and_then(|()| deserializer.end())
    .map_err(|error| syntax(&error))?;
    Ok(builder.finish())
}

fn syntax(error: &serde_json::Error) -> Diagnostic {
    // At the end of a line that ends the text, the parser stands before the first column.
    let place = Place::line(error.line(), error.column().max(1));
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    if message.contains("recursion limit") {
        return Diagnostic::error(
            "json-depth",
            place,
            "the document is nested deeper than 127 levels",
        )
        .help("no SBOM or bundle needs that depth; ask the sender for a regular file");
    }
    if message == Full::Nodes.to_string() || message == Full::Text.to_string() {
        return Diagnostic::error(
            "document-values",
            place,
            format!("the document holds {message}"),
        )
        .help("split the document; one of this size is not read");
    }
    if error.is_eof() {
        return Diagnostic::error(
            "json-truncated",
            place,
            "the document ends before it is complete",
        )
        .help("the file was cut off; ask for it again and compare its digest");
    }
    Diagnostic::error(
        "json-syntax",
        place,
        format!("the text is not JSON: {message}"),
    )
    .help("repair the file with the tool that made it")
}

/// Pushes one value, with the key that was read before it.
struct Push<'b, 'a> {
    builder: &'b mut Builder<'a>,
    key: Span,
}

impl Push<'_, '_> {
    fn push<E: Error>(self, payload: Payload) -> Result<u32, E> {
        self.builder.push_node(self.key, payload).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Push<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Push<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.push(Payload::Null).map(drop)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.push(Payload::Bool(value)).map(drop)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.push(Payload::Integer(value)).map(drop)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a number past 64 bits with sign is a count of nothing; only its size matters"
        )]
        let payload =
            i64::try_from(value).map_or_else(|_| Payload::Number(value as f64), Payload::Integer);
        self.push(payload).map(drop)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.push(Payload::Number(value)).map(drop)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        let span = self.builder.span(text).map_err(E::custom)?;
        self.push(Payload::Text(span)).map(drop)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let span = self.builder.span(text).map_err(E::custom)?;
        self.push(Payload::Text(span)).map(drop)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let builder = self.builder;
        let index = Push {
            builder: &mut *builder,
            key: self.key,
        }
        .push(Payload::List(0))?;
        while sequence
            .next_element_seed(Push {
                builder: &mut *builder,
                key: Span::NONE,
            })?
            .is_some()
        {}
        builder.close_at(index, builder.tape.nodes.len());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let builder = self.builder;
        let index = Push {
            builder: &mut *builder,
            key: self.key,
        }
        .push(Payload::Table(0))?;
        while let Some(key) = map.next_key_seed(Key(&mut *builder))? {
            map.next_value_seed(Push {
                builder: &mut *builder,
                key,
            })?;
        }
        builder.close_at(index, builder.tape.nodes.len());
        Ok(())
    }
}

/// Reads a key.
struct Key<'b, 'a>(&'b mut Builder<'a>);

impl<'de> DeserializeSeed<'de> for Key<'_, 'de> {
    type Value = Span;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Span, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, 'de> {
    type Value = Span;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Span, E> {
        self.0.span(text).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
        self.0.span(text).map_err(E::custom)
    }
}

/// A text of JSON whose first lines may be remarks behind `//`, as VSAQ writes a license there: the remarks become
/// spaces, and texts that such a file joins by `+` become one, so that places stay what they are.
pub fn without_leading_remarks(text: &str) -> std::borrow::Cow<'_, str> {
    let is_remark = |line: &str| line.trim().is_empty() || line.trim_start().starts_with("//");
    let length: usize = text
        .split_inclusive('\n')
        .take_while(|line| is_remark(line))
        .map(str::len)
        .sum();
    let (remarks, rest) = text.split_at_checked(length).unwrap_or(("", text));
    if !remarks.contains("//") {
        return text.into();
    }
    let blank = remarks
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    (blank.collect::<String>() + &joined(rest)).into()
}

/// A text in which `"a" + "b"` is `"ab"`, as scripts write long texts. What stood between the parts follows the whole
/// as spaces and line ends, so that later places stay what they are.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // What was taken out of the present text.
    let mut taken = String::new();
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some((content, after)) = quoted(from) else {
            break;
        };
        out.push('"');
        out.push_str(content);
        rest = after;
        while let Some((gap, more)) = next_part(rest) {
            taken.extend(gap.chars().map(|one| if one == '\n' { one } else { ' ' }));
            let Some((content, after)) = quoted(more) else {
                break;
            };
            out.push_str(content);
            rest = after;
        }
        out.push('"');
        out.push_str(&std::mem::take(&mut taken));
    }
    out + rest
}

/// The content of the quoted text that a text begins with, and what follows its closing quote.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, one) in inside.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((inside.get(..at)?, inside.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// Where a quoted text is joined with another: what stands between, and the other.
fn next_part(text: &str) -> Option<(&str, &str)> {
    let other = text.trim_start().strip_prefix('+')?.trim_start();
    let gap = text.len().checked_sub(other.len())?;
    other.starts_with('"').then(|| text.split_at(gap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Item;

    #[test]
    fn remarks_and_joined_texts_of_a_script_are_read_and_lines_stay() {
        let script = "\n// license \"x\" + \"y\"\n{\"a\": \"b\\\" + \" +\n  \"c\",\n\"d\": 1}";
        let plain = without_leading_remarks(script);
        let tape = parse_json(&plain).unwrap();
        assert_eq!(tape.root().get("a").and_then(Item::text), Some("b\" + c"));
        assert_eq!(plain.lines().count(), script.lines().count());
        assert_eq!(plain.lines().last(), script.lines().last());
        // What does not begin with a remark is left as it is, joined texts and all.
        assert_eq!(
            without_leading_remarks("{\"a\": \"b\" + \"c\"}"),
            "{\"a\": \"b\" + \"c\"}"
        );
        for open in ["// x\n{\"a", "// x\n{\"a\" + ", "// x\n\"a\" + \"b"] {
            assert!(parse_json(&without_leading_remarks(open)).is_err());
        }
    }

    #[test]
    fn values_keep_their_place_and_order() {
        let tape = parse_json("{\"b\":[1,{\"a/~\":\"x\"}],\"a\":1.5,\"e\":\"\\u76ee\"}").unwrap();
        let root = tape.root();
        let item = root.at("/b/1/a~1~0").unwrap();
        assert_eq!(item.text(), Some("x"));
        assert_eq!(item.pointer(), "/b/1/a~1~0");
        assert_eq!(item.offset(), Some(9));
        assert_eq!(root.get("a").and_then(Item::number), Some("1.5".into()));
        assert_eq!(root.get_text("e"), Some("目"));
        assert_eq!(
            root.children()
                .map(|one| one.key().unwrap())
                .collect::<Vec<_>>(),
            ["b", "a", "e"]
        );
    }

    #[test]
    fn faults_have_a_code_and_a_place() {
        let deep = "[".repeat(5_000_000);
        for (text, expected) in [
            (
                "{\"a\":1,}",
                "1:8: error[json-syntax]: the text is not JSON: trailing comma",
            ),
            (
                "{\"a\":",
                "1:5: error[json-truncated]: the document ends before it is complete",
            ),
            (
                "{} {}",
                "1:4: error[json-syntax]: the text is not JSON: trailing characters",
            ),
            (
                deep.as_str(),
                "1:128: error[json-depth]: the document is nested deeper than 127 levels",
            ),
        ] {
            let mut diagnostic = parse_json(text).unwrap_err();
            diagnostic.help = None;
            assert_eq!(diagnostic.to_string(), expected);
        }
    }

    #[test]
    fn a_repeated_member_is_named_and_the_last_one_read() {
        let many: String = (0..40)
            .map(|one| format!("\"k{}\":{one},", one % 30))
            .collect();
        let text = format!("{{\"a\":{{\"v\":1,\"w\":0,\"v\":2}},{many}\"z\":0}}");
        let tape = parse_json(&text).unwrap();
        assert_eq!(tape.root().at("/a/v").and_then(Item::integer), Some(2));
        assert_eq!(tape.root().at("/k3").and_then(Item::integer), Some(33));
        let warnings = tape.repeated_members();
        assert_eq!(warnings.len(), 11);
        assert_eq!(warnings[0].at, Place::pointer("/a/v"));
    }
}
