//! The canonical JSON that TUF signatures are made over.
//!
//! Source: TUF specification 1.0.33, section 4.2 ("Canonical JSON"). Members are ordered by their code
//! points, only `"` and `\` are escaped, numbers are integers, and there is no white space.

use crate::tree::{Node, Value};

/// The canonical form; `None` where the value holds a number that is no integer of 64 bits.
pub(super) fn canonical(node: &Node) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    write(node, &mut out)?;
    Some(out)
}

fn write(node: &Node, out: &mut Vec<u8>) -> Option<()> {
    match &node.value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Integer(integer) => out.extend_from_slice(integer.to_string().as_bytes()),
        Value::Number(_) => return None,
        Value::Text(text) => write_text(text, out),
        Value::List(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Table(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            // The order of UTF-8 is that of code points.
            sorted.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
            out.push(b'{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
    }
    Some(())
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_json;

    fn form(json: &str) -> Option<String> {
        let (document, _) = parse_json(json.as_bytes()).unwrap();
        canonical(&document.root).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn members_are_sorted_and_little_is_escaped() {
        for (json, expected) in [
            (
                r#"{ "b": 1, "a": [true, null] }"#,
                Some(r#"{"a":[true,null],"b":1}"#),
            ),
            (
                r#""line\nnext \u00e9 \"\\ \/""#,
                Some("\"line\nnext é \\\"\\\\ /\""),
            ),
            (
                r#"{"\ud83d\ude00":1,"\ufb33":2}"#,
                Some("{\"\u{fb33}\":2,\"\u{1f600}\":1}"),
            ),
            ("-7", Some("-7")),
            ("1.5", None),
            ("1e2", None),
            ("18446744073709551615", None),
        ] {
            assert_eq!(form(json).as_deref(), expected, "{json}");
        }
    }
}
