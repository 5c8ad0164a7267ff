//! TOML 1.1 into the tree, with byte offsets.

use toml::de::{DeTable, DeValue};

use super::{Document, Node, Value};
use crate::diagnostic::{Diagnostic, Place};

/// Parses TOML bytes.
///
/// # Errors
///
/// Every syntax fault of the document, each `toml-syntax` with line and column, or one `toml-encoding`.
pub fn parse_toml(bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let place = Place::of_offset(&String::from_utf8_lossy(valid), usize::MAX);
        vec![
            Diagnostic::error("toml-encoding", place, "the text is not UTF-8")
                .help("save the file as UTF-8"),
        ]
    })?;
    let (table, errors) = DeTable::parse_recoverable(source);
    if !errors.is_empty() {
        let mut faults: Vec<_> = errors.iter().map(|error| syntax(source, error)).collect();
        faults.sort_by_key(|fault| (fault.at.line, fault.at.column));
        return Err(faults);
    }
    let offset = Some(table.span().start);
    let root = Node {
        value: table_value(table.into_inner()),
        offset,
    };
    Ok(Document {
        root,
        source: source.to_owned(),
        is_toml: true,
    })
}

fn syntax(source: &str, error: &toml::de::Error) -> Diagnostic {
    let place = error
        .span()
        .map_or_else(Place::whole, |span| Place::of_offset(source, span.start));
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    Diagnostic::error(
        "toml-syntax",
        place,
        format!("the text is not TOML: {message}"),
    )
    .help("see https://toml.io for the syntax")
}

fn table_value(table: DeTable<'_>) -> Value {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| {
            let offset = Some(value.span().start);
            (
                key.into_inner().into_owned(),
                Node {
                    value: node_value(value.into_inner()),
                    offset,
                },
            )
        })
        .collect();
    entries.sort_by_key(|(_, node)| node.offset);
    Value::Table(entries)
}

fn node_value(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or_else(
                |_| Value::Number(integer.as_str().to_owned()),
                Value::Integer,
            ),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(boolean) => Value::Bool(boolean),
        DeValue::Datetime(datetime) => Value::Text(datetime.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| {
                    let offset = Some(item.span().start);
                    Node {
                        value: node_value(item.into_inner()),
                        offset,
                    }
                })
                .collect(),
        ),
        DeValue::Table(table) => table_value(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_lines() {
        let document =
            parse_toml("a = 1\n[t]\nk = \"目\"\n[[l]]\nd = 2026-11-23\n".as_bytes()).unwrap();
        let node = document.root.at("/t/k").unwrap();
        assert_eq!(document.place(node, "/t/k").to_string(), "3:5");
        assert_eq!(
            document.root.at("/l/0/d").and_then(Node::text),
            Some("2026-11-23")
        );
    }

    #[test]
    fn every_syntax_fault_is_named() {
        let faults = parse_toml(b"a = \nb = 1\nc = [1,\nd = = 2\n").unwrap_err();
        assert!(faults.len() >= 2, "{faults:?}");
        assert_eq!(faults[0].at.line, Some(1));
    }
}
