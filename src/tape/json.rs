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

/// A text that is JSON but for remarks behind `//` in front of it and texts that are joined by `+`, as programs write
/// who take it for a script: the remarks become spaces, the texts one. `None` where it has neither.
///
/// Its length and its lines stay, so that places behind a joined text are what they were.
pub fn relaxed_json(text: &str) -> Option<String> {
    let is_remark = |line: &str| line.trim().is_empty() || line.trim_start().starts_with("//");
    let length: usize = text
        .split_inclusive('\n')
        .take_while(|line| is_remark(line))
        .map(str::len)
        .sum();
    let (remarks, rest) = text.split_at_checked(length)?;
    let mut is_relaxed = remarks.contains("//");
    let mut out: String = remarks
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    let (mut in_text, mut escaped) = (false, false);
    // What stood between joined texts, as white space behind the whole.
    let mut between = String::new();
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        if !in_text || letter != '"' || escaped {
            in_text |= letter == '"';
            escaped = in_text && letter == '\\' && !escaped;
            out.push(letter);
            continue;
        }
        let behind = rest.get(at + 1..).unwrap_or_default();
        let joined = behind
            .trim_start()
            .strip_prefix('+')
            .and_then(|behind| behind.trim_start().strip_prefix('"'));
        if let Some(next) = joined {
            is_relaxed = true;
            let passed = behind.len() - next.len();
            let skipped = behind.get(..passed).unwrap_or_default();
            between.push(' ');
            between.extend(
                skipped
                    .bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
            for _ in skipped.chars() {
                letters.next();
            }
        } else {
            in_text = false;
            out.push('"');
            out.push_str(&between);
            between.clear();
        }
    }
    is_relaxed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Item;

    #[test]
    fn a_script_that_is_nearly_json_is_told_apart() {
        let text = "// a\n{\"a\": \"x\\\"\" +\n \"y\", \"b\": 1}";
        let relaxed = relaxed_json(text).unwrap();
        assert_eq!(relaxed.len(), text.len());
        assert_eq!(relaxed.lines().count(), text.lines().count());
        let tape = parse_json(&relaxed).unwrap();
        assert_eq!(tape.root().get_text("a"), Some("x\"y"));
        assert_eq!(relaxed_json("{\"a\": \"b + c\"}"), None);
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
