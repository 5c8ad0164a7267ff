//! JSON text, written front to back: nothing of the document is held but its text.

use crate::tape::{Item, Shape};

/// Writes one JSON document, two spaces a level.
///
/// Inside an object every value takes a key; inside a list and for the root it takes none. What is opened
/// must be closed.
#[derive(Debug, Default)]
pub(super) struct Json {
    text: String,
    /// What closes each open object and list.
    open: Vec<char>,
    /// Whether nothing stands yet in what was opened last.
    is_empty: bool,
}

impl Json {
    /// Opens an object.
    pub(super) fn table(&mut self, key: Option<&str>) {
        self.begin(key);
        self.text.push('{');
        self.open.push('}');
        self.is_empty = true;
    }

    /// Opens a list.
    pub(super) fn list(&mut self, key: Option<&str>) {
        self.begin(key);
        self.text.push('[');
        self.open.push(']');
        self.is_empty = true;
    }

    /// Closes what was opened last.
    pub(super) fn end(&mut self) {
        let Some(closer) = self.open.pop() else {
            return;
        };
        if !self.is_empty {
            self.indent();
        }
        self.text.push(closer);
        self.is_empty = false;
    }

    /// Writes a text.
    pub(super) fn text(&mut self, key: Option<&str>, value: &str) {
        self.begin(key);
        quote(&mut self.text, value);
    }

    /// Writes a member of an object.
    pub(super) fn member(&mut self, key: &str, value: &str) {
        self.text(Some(key), value);
    }

    /// Writes a member where there is a value.
    pub(super) fn option(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.member(key, value);
        }
    }

    /// Writes anything that has no parts and whose text is JSON already.
    pub(super) fn raw(&mut self, key: Option<&str>, value: &str) {
        self.begin(key);
        self.text.push_str(value);
    }

    /// Writes the list of what an iterator gives; nothing where it gives nothing.
    pub(super) fn each<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return;
        }
        self.list(Some(key));
        for item in items {
            write(self, item);
        }
        self.end();
    }

    /// Copies a node that has no parts.
    pub(super) fn scalar(&mut self, key: Option<&str>, item: Item<'_>) {
        match item.shape() {
            Shape::Text => self.text(key, item.text().unwrap_or_default()),
            Shape::Bool => {
                let value = item.bool().unwrap_or_default();
                self.raw(key, if value { "true" } else { "false" });
            }
            Shape::Integer => self.raw(key, &item.integer().unwrap_or_default().to_string()),
            Shape::Number => {
                let is_finite = item.magnitude().is_some_and(f64::is_finite);
                let number = item.number().filter(|_| is_finite);
                self.raw(key, number.as_deref().unwrap_or("null"));
            }
            Shape::Null | Shape::List | Shape::Table => self.raw(key, "null"),
        }
    }

    /// Copies a node with all its parts.
    pub(super) fn copy(&mut self, key: Option<&str>, item: Item<'_>) {
        match item.shape() {
            Shape::Table => self.table(key),
            Shape::List => self.list(key),
            _ => return self.scalar(key, item),
        }
        for child in item.children() {
            self.copy(child.key(), child);
        }
        self.end();
    }

    /// The text, closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text.push('\n');
        self.text
    }

    fn begin(&mut self, key: Option<&str>) {
        if !self.open.is_empty() {
            if !self.is_empty {
                self.text.push(',');
            }
            self.indent();
        }
        self.is_empty = false;
        if let Some(key) = key {
            quote(&mut self.text, key);
            self.text.push_str(": ");
        }
    }

    fn indent(&mut self) {
        self.text.push('\n');
        for _ in &self.open {
            self.text.push_str("  ");
        }
    }
}

/// Writes a text in quotes (RFC 8259, section 7).
fn quote(out: &mut String, text: &str) {
    use std::fmt::Write as _;
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|one: char| one == '"' || one == '\\' || one < ' ') {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => _ = write!(out, "\\u{:04x}", u32::from(other)),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    #[test]
    fn what_is_copied_is_the_same_document() {
        let source = r#"{"a":[1,-2.5,true,null,"x\"\\\n\u0001目",{}],"b":{"c":[]},"d":1e300}"#;
        let tape = parse_json(source).unwrap();
        let mut json = Json::default();
        json.copy(None, tape.root());
        let text = json.finish();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&text), value(source));
        assert!(
            text.starts_with("{\n  \"a\": [\n    1,\n    -2.5,"),
            "{text}"
        );
        assert!(text.ends_with("}\n"));
    }
}
