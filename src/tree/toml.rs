//! TOML 1.1 into the tree, with byte offsets.

use toml::de::{DeTable, DeValue};

use super::{Document, Node, Value};
use crate::diagnostic::{Diagnostic, Place};

/// The largest TOML document that is read: 16 MiB, far above any that people write.
const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;

/// The most syntax faults that are named; each place is found by counting lines from the beginning.
const MAXIMUM_FAULTS: usize = 10;

/// Parses TOML bytes.
///
/// # Errors
///
/// The syntax faults of the document, at most 100, each `toml-syntax` with line and column, or one `toml-encoding`,
/// `toml-depth` or `toml-too-large`. Nesting is limited to 80 levels.
pub fn parse_toml(bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let place = Place::of_offset(&String::from_utf8_lossy(valid), usize::MAX);
        vec![
            Diagnostic::error("toml-encoding", place, "the text is not UTF-8")
                .help("save the file as UTF-8"),
        ]
    })?;
    if bytes.len() > MAXIMUM_BYTES {
        let message = format!(
            "the document has {} bytes, more than {MAXIMUM_BYTES}",
            bytes.len()
        );
        let fault = Diagnostic::error("toml-too-large", Place::whole(), message);
        return Err(vec![fault.help("split it")]);
    }
    let (table, errors) = DeTable::parse_recoverable(source);
    // Behind the limit, every level that was opened counts as one more fault, which says nothing new.
    if let Some(error) = errors.iter().find(|error| is_depth(error)) {
        let message = "the document is nested deeper than 80 levels";
        let fault = Diagnostic::error("toml-depth", place(source, error), message);
        return Err(vec![fault.help("no file of ours needs that depth")]);
    }
    if !errors.is_empty() {
        let mut faults: Vec<_> = errors
            .iter()
            .take(MAXIMUM_FAULTS)
            .map(|error| syntax(source, error))
            .collect();
        faults.sort_by_key(|fault| (fault.at.line, fault.at.column));
        return Err(faults);
    }
    let offset = Some(table.span().start);
    let root = Node {
        value: table_value(table.into_inner()),
        offset,
    };
    Ok(Document::new(root, source.to_owned(), true))
}

fn is_depth(error: &toml::de::Error) -> bool {
    let message = error.message();
    message.contains("recursion") || message.contains("recurse")
}

fn place(source: &str, error: &toml::de::Error) -> Place {
    error
        .span()
        .map_or_else(Place::whole, |span| Place::of_offset(source, span.start))
}

fn syntax(source: &str, error: &toml::de::Error) -> Diagnostic {
    let place = place(source, error);
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
    fn a_text_full_of_faults_names_the_first_hundred() {
        let text = "= \n".repeat(100_000);
        assert_eq!(
            parse_toml(text.as_bytes()).unwrap_err().len(),
            MAXIMUM_FAULTS
        );
    }

    #[test]
    fn every_syntax_fault_is_named() {
        let faults = parse_toml(b"a = \nb = 1\nc = [1,\nd = = 2\n").unwrap_err();
        assert!(faults.len() >= 2, "{faults:?}");
        assert_eq!(faults[0].at.line, Some(1));
    }

    #[test]
    fn a_bomb_is_refused_by_one_fault() {
        let dotted = format!("a{} = 1", ".a".repeat(100_000));
        for (text, expected) in [
            (
                format!("a = 1\nb = {}", "[".repeat(1_000_000)),
                "2:85: error[toml-depth]",
            ),
            (
                format!("a = {}", "{a=".repeat(300_000)),
                "1:245: error[toml-depth]",
            ),
            (dotted, "error[toml-depth]"),
            (
                format!("#{}", " ".repeat(MAXIMUM_BYTES)),
                "error[toml-too-large]",
            ),
        ] {
            let faults = parse_toml(text.as_bytes()).unwrap_err();
            assert_eq!(faults.len(), 1);
            assert!(faults[0].to_string().starts_with(expected), "{}", faults[0]);
        }
    }
}
