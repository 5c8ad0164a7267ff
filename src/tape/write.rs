//! A tape, or a part of one, as JSON text (RFC 8259).

use std::fmt::Write as _;

use super::{Item, Shape};

/// Writes a value as JSON, on one line or, if `pretty`, with an indentation of two spaces.
///
/// Members keep their order. Numbers are written in their shortest form, and no character is escaped
/// that need not be.
pub fn write_json(item: Item<'_>, pretty: bool) -> String {
    let mut text = String::new();
    write_value(&mut text, item, pretty.then_some(0));
    if pretty {
        text.push('\n');
    }
    text
}

/// Writes one value; `indent` is the depth where lines are broken. A tape is of limited depth.
fn write_value(text: &mut String, item: Item<'_>, indent: Option<usize>) {
    match item.shape() {
        Shape::Null => text.push_str("null"),
        Shape::Bool => text.push_str(if item.bool() == Some(true) {
            "true"
        } else {
            "false"
        }),
        Shape::Integer | Shape::Number => text.push_str(&item.number().unwrap_or_default()),
        Shape::Text => write_text(text, item.text().unwrap_or_default()),
        Shape::List => write_children(text, item, indent, '[', ']'),
        Shape::Table => write_children(text, item, indent, '{', '}'),
    }
}

fn write_children(
    text: &mut String,
    item: Item<'_>,
    indent: Option<usize>,
    open: char,
    close: char,
) {
    text.push(open);
    let mut is_first = true;
    let inner = indent.map(|depth| depth + 1);
    for child in item.children() {
        if !is_first {
            text.push(',');
        }
        is_first = false;
        break_line(text, inner);
        if let Some(key) = child.key() {
            write_text(text, key);
            text.push(':');
            if indent.is_some() {
                text.push(' ');
            }
        }
        write_value(text, child, inner);
    }
    if !is_first {
        break_line(text, indent);
    }
    text.push(close);
}

fn break_line(text: &mut String, indent: Option<usize>) {
    if let Some(depth) = indent {
        text.push('\n');
        for _ in 0..depth {
            text.push_str("  ");
        }
    }
}

/// Writes a text in quotes. Section 7 demands an escape for the quote, the backslash and what lies
/// below U+0020.
fn write_text(text: &mut String, value: &str) {
    text.push('"');
    let mut rest = value;
    while let Some(at) = rest.find(|one| one == '"' || one == '\\' || one < ' ') {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        let mut characters = behind.chars();
        match characters.next() {
            Some('"') => text.push_str("\\\""),
            Some('\\') => text.push_str("\\\\"),
            Some('\n') => text.push_str("\\n"),
            Some('\r') => text.push_str("\\r"),
            Some('\t') => text.push_str("\\t"),
            Some(control) => _ = write!(text, "\\u{:04x}", u32::from(control)),
            None => {}
        }
        rest = characters.as_str();
    }
    text.push_str(rest);
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tape::parse_json;

    #[test]
    fn what_is_written_is_what_was_read() {
        let source = "{\"a\":[1,-2.5,1e300,true,null,\"\\u0001\\\"\\\\\\n/é\"],\"b\":{},\"c\":[]}";
        let tape = parse_json(source).unwrap();
        let plain = write_json(tape.root(), false);
        let pretty = write_json(tape.root(), true);
        let value: serde_json::Value = serde_json::from_str(source).unwrap();
        for text in [&plain, &pretty] {
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(text).unwrap(),
                value
            );
        }
        assert!(
            pretty.starts_with("{\n  \"a\": [\n    1,\n    -2.5,\n"),
            "{pretty}"
        );
        assert!(plain.ends_with("\"b\":{},\"c\":[]}"), "{plain}");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let value = serde_json::json!({ text.clone(): [text] });
            let source = value.to_string();
            let written = write_json(parse_json(&source).unwrap().root(), false);
            prop_assert_eq!(written, source);
        }
    }
}
