//! JSON (RFC 8259) into the tree, with duplicate members named.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Document, Node, Value, pointer_step};
use crate::diagnostic::{Diagnostic, Place};

/// Parses JSON bytes.
///
/// A byte order mark is passed over. Of a repeated member the last one counts, as most readers do,
/// and a warning names it, since two readers may see two documents.
///
/// # Errors
///
/// A diagnostic `json-encoding`, `json-syntax`, `json-truncated` or `json-depth` with line and column.
/// Nesting is limited to 127 levels.
pub fn parse_json(bytes: &[u8]) -> Result<(Document, Vec<Diagnostic>), Diagnostic> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let place = Place::of_offset(&String::from_utf8_lossy(valid), usize::MAX);
        Diagnostic::error("json-encoding", place, "the text is not UTF-8")
            .help("save the file as UTF-8")
    })?;
    let warnings = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(source);
    let seed = Seed {
        pointer: String::new(),
        warnings: &warnings,
    };
    let root = seed
        .deserialize(&mut deserializer)
        .and_then(|root| deserializer.end().map(|()| root))
        .map_err(|error| syntax(&error))?;
    Ok((
        Document::new(root, source.to_owned(), false),
        warnings.into_inner(),
    ))
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

struct Seed<'a> {
    pointer: String,
    warnings: &'a RefCell<Vec<Diagnostic>>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self).map(|value| Node {
            value,
            offset: None,
        })
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Bool(boolean))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Value, E> {
        Ok(Value::Integer(integer))
    }

    fn visit_u64<E>(self, integer: u64) -> Result<Value, E> {
        Ok(i64::try_from(integer)
            .map_or_else(|_| Value::Number(integer.to_string()), Value::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let pointer = format!("{}/{}", self.pointer, items.len());
            match sequence.next_element_seed(Seed {
                pointer,
                warnings: self.warnings,
            })? {
                Some(item) => items.push(item),
                None => return Ok(Value::List(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let pointer = format!("{}/{}", self.pointer, pointer_step(&key));
            let place = Place::pointer(pointer.clone());
            let node = map.next_value_seed(Seed {
                pointer,
                warnings: self.warnings,
            })?;
            if let Some(slot) = seen
                .get(&key)
                .and_then(|index: &usize| entries.get_mut(*index))
            {
                let message = format!("the member `{key}` is given twice; the last one is read");
                self.warnings.borrow_mut().push(
                    Diagnostic::warning("json-duplicate-member", place, message)
                        .help("keep one of the two; readers differ in which one they see"),
                );
                slot.1 = node;
            } else {
                seen.insert(key.clone(), entries.len());
                entries.push((key, node));
            }
        }
        Ok(Value::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_place_and_order() {
        let (document, warnings) =
            parse_json(b"\xef\xbb\xbf{\"b\":[1,{\"a/~\":\"x\"}],\"a\":1.5}").unwrap();
        assert!(warnings.is_empty());
        assert_eq!(
            document.root.at("/b/1/a~1~0").and_then(Node::text),
            Some("x")
        );
        assert_eq!(
            document.root.get("a").map(|node| &node.value),
            Some(&Value::Number("1.5".into()))
        );
    }

    #[test]
    fn faults_have_a_code_and_a_place() {
        let deep = "[".repeat(5_000_000);
        for (bytes, expected) in [
            (
                &b"{\"a\":1,}"[..],
                "1:8: error[json-syntax]: the text is not JSON: trailing comma",
            ),
            (
                b"{\"a\":",
                "1:5: error[json-truncated]: the document ends before it is complete",
            ),
            (
                b"{} {}",
                "1:4: error[json-syntax]: the text is not JSON: trailing characters",
            ),
            (
                b"{\"a\":\"\xff\"}",
                "1:7: error[json-encoding]: the text is not UTF-8",
            ),
            (
                deep.as_bytes(),
                "1:128: error[json-depth]: the document is nested deeper than 127 levels",
            ),
        ] {
            let mut diagnostic = parse_json(bytes).unwrap_err();
            diagnostic.help = None;
            assert_eq!(diagnostic.to_string(), expected);
        }
    }

    #[test]
    fn a_repeated_member_is_named() {
        let (document, warnings) = parse_json(b"{\"a\":{\"v\":1,\"v\":2}}").unwrap();
        assert_eq!(
            document.root.at("/a/v").map(|node| &node.value),
            Some(&Value::Integer(2))
        );
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].at, Place::pointer("/a/v"));
    }
}
