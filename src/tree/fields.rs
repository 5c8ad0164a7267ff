//! Reading a typed document from the tree, with all complaints at once.

use std::cell::RefCell;

use super::{Document, Node, Value, pointer_step};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::exact::Exact;
use crate::text::Text;
use crate::time::{Date, parse_day};

/// The complaints about one document.
#[derive(Debug, Default)]
pub struct Complaints(RefCell<Vec<Diagnostic>>);

impl Complaints {
    /// Adds one.
    pub fn push(&self, diagnostic: Diagnostic) {
        self.0.borrow_mut().push(diagnostic);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0
            .borrow()
            .iter()
            .any(|one| one.severity == crate::diagnostic::Severity::Error)
    }

    /// Returns them in the order of the document.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut all = self.0.into_inner();
        all.sort_by_key(|one| (one.at.line, one.at.column));
        all
    }
}

/// One table of a document, read field by field.
///
/// A missing or wrong field becomes a complaint and a harmless value, so that reading goes on; a field
/// that was never asked for becomes a complaint in [`Fields::finish`].
pub struct Fields<'a> {
    document: &'a Document,
    complaints: &'a Complaints,
    node: &'a Node,
    pointer: String,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// Opens the root of `document`.
    pub fn root(document: &'a Document, complaints: &'a Complaints) -> Self {
        Self::open(document, complaints, &document.root, String::new())
    }

    fn open(
        document: &'a Document,
        complaints: &'a Complaints,
        node: &'a Node,
        pointer: String,
    ) -> Self {
        if !matches!(node.value, Value::Table(_)) {
            let message = format!("expected an object, found {}", node.value.shape());
            complaints.push(Diagnostic::error(
                "wrong-type",
                document.place(node, &pointer),
                message,
            ));
        }
        Self {
            document,
            complaints,
            node,
            pointer,
            asked: RefCell::default(),
        }
    }

    /// The place of the table itself.
    pub fn place(&self) -> Place {
        self.document.place(self.node, &self.pointer)
    }

    /// The place of a field, or of the table when the field is absent.
    pub fn place_of(&self, key: &str) -> Place {
        self.node.get(key).map_or_else(
            || self.place(),
            |node| {
                self.document
                    .place(node, &format!("{}/{}", self.pointer, pointer_step(key)))
            },
        )
    }

    /// Complains about a field.
    pub fn complain(&self, code: &'static str, key: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(code, self.place_of(key), message);
        self.complaints.push(if help.is_empty() {
            diagnostic
        } else {
            diagnostic.help(help)
        });
    }

    /// Adds a complaint that was made elsewhere, with its place.
    pub fn complain_at(&self, fault: Diagnostic) {
        self.complaints.push(fault);
    }

    /// Returns the raw node of a field.
    pub fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.node.get(key).filter(|node| node.value != Value::Null)
    }

    fn wrong(&self, key: &str, expected: &str, node: &Node) {
        let message = format!("`{key}` must be {expected}, found {}", node.value.shape());
        self.complaints
            .push(Diagnostic::error("wrong-type", self.place_of(key), message));
    }

    fn missing(&self, key: &str) {
        let message = format!("the field `{key}` is missing");
        self.complaints
            .push(Diagnostic::error("missing-field", self.place(), message));
    }

    /// An optional text.
    pub fn optional_text(&self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        let text = node.text().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, "a text", node);
        }
        text
    }

    /// A text that must be there and not be empty.
    pub fn text(&self, key: &'static str) -> String {
        if self.node(key).is_none() {
            self.missing(key);
        }
        let text = self.optional_text(key).unwrap_or_default();
        if self
            .node
            .get(key)
            .and_then(Node::text)
            .is_some_and(|text| text.trim().is_empty())
        {
            self.complain("empty-field", key, format!("`{key}` must not be empty"), "");
        }
        text
    }

    /// An optional whole number.
    pub fn optional_integer(&self, key: &'static str) -> Option<i64> {
        let node = self.node(key)?;
        if let Value::Integer(integer) = node.value {
            return Some(integer);
        }
        self.wrong(key, "a whole number", node);
        None
    }

    /// A whole number within a range that must be there.
    pub fn integer(&self, key: &'static str, range: std::ops::RangeInclusive<i64>) -> i64 {
        if self.node(key).is_none() {
            self.missing(key);
        }
        let integer = self.optional_integer(key);
        if let Some(integer) = integer.filter(|integer| !range.contains(integer)) {
            let message = format!(
                "`{key}` is {integer}, outside {} to {}",
                range.start(),
                range.end()
            );
            self.complain("out-of-range", key, message, "");
        }
        integer.unwrap_or(*range.start())
    }

    /// An optional boolean.
    pub fn optional_bool(&self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        if let Value::Bool(boolean) = node.value {
            return Some(boolean);
        }
        self.wrong(key, "true or false", node);
        None
    }

    /// An optional day `YYYY-MM-DD`.
    pub fn optional_day(&self, key: &'static str) -> Option<Date> {
        let node = self.node(key)?;
        let day = node.text().and_then(parse_day);
        if day.is_none() {
            self.wrong(key, "a day written YYYY-MM-DD", node);
        }
        day
    }

    /// A day that must be there.
    pub fn day(&self, key: &'static str) -> Date {
        if self.node(key).is_none() {
            self.missing(key);
        }
        self.optional_day(key).unwrap_or(Date::MIN)
    }

    /// An exact number given as a whole number or as a text (`"74.5"`, `"317/3"`).
    pub fn optional_exact(&self, key: &'static str) -> Option<Exact> {
        let node = self.node(key)?;
        let exact = node.exact();
        if exact.is_none() {
            self.wrong(key, "a whole number or an exact number in quotes", node);
        }
        exact
    }

    /// An exact number that must be there.
    pub fn exact(&self, key: &'static str) -> Exact {
        if self.node(key).is_none() {
            self.missing(key);
        }
        self.optional_exact(key).unwrap_or_else(Exact::zero)
    }

    /// A list of texts; absent is empty.
    pub fn texts(&self, key: &'static str) -> Vec<String> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        if !matches!(node.value, Value::List(_))
            || node.items().iter().any(|item| item.text().is_none())
        {
            self.wrong(key, "a list of texts", node);
        }
        node.items()
            .iter()
            .filter_map(Node::text)
            .map(str::to_owned)
            .collect()
    }

    /// A text in both languages that must be there.
    pub fn both(&self, key: &'static str) -> Text {
        self.optional_both(key).unwrap_or_else(|| {
            self.missing(key);
            Text::default()
        })
    }

    /// A text in both languages.
    pub fn optional_both(&self, key: &'static str) -> Option<Text> {
        let fields = self.optional_table(key)?;
        let text = Text {
            ja: fields.text("ja"),
            en: fields.text("en"),
        };
        fields.finish();
        Some(text)
    }

    /// One word of a closed list, mapped to its value.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        if self.node(key).is_none() {
            self.missing(key);
        }
        self.optional_word(key, words)
    }

    /// One word of a closed list, if the field is there.
    pub fn optional_word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.optional_text(key)?;
        self.known(key, &text, words)
    }

    /// A list of words of a closed list.
    pub fn words<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Vec<T> {
        self.texts(key)
            .iter()
            .filter_map(|text| self.known(key, text, words))
            .collect()
    }

    fn known<T: Copy>(&self, key: &str, text: &str, words: &[(&'static str, T)]) -> Option<T> {
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let help = nearest(text, names.iter().copied()).map_or_else(
                || format!("use one of {}", names.join(", ")),
                |word| format!("did you mean `{word}`?"),
            );
            self.complain(
                "unknown-word",
                key,
                format!("`{key}` does not know `{text}`"),
                &help,
            );
        }
        found
    }

    /// A table that must be there.
    pub fn table(&self, key: &'static str) -> Option<Fields<'a>> {
        let table = self.optional_table(key);
        if table.is_none() {
            self.missing(key);
        }
        table
    }

    /// A table.
    pub fn optional_table(&self, key: &'static str) -> Option<Fields<'a>> {
        let node = self.node(key)?;
        let pointer = format!("{}/{}", self.pointer, pointer_step(key));
        Some(Self::open(self.document, self.complaints, node, pointer))
    }

    /// A list of tables; absent is empty.
    pub fn tables(&self, key: &'static str) -> Vec<Fields<'a>> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        if !matches!(node.value, Value::List(_)) {
            self.wrong(key, "a list of tables", node);
        }
        let step = pointer_step(key);
        node.items()
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let pointer = format!("{}/{step}/{index}", self.pointer);
                Self::open(self.document, self.complaints, item, pointer)
            })
            .collect()
    }

    /// The members of a table whose keys are free, each as a table.
    pub fn named_tables(&self, key: &'static str) -> Vec<(String, Fields<'a>)> {
        self.members(key)
            .into_iter()
            .map(|(name, node, pointer)| {
                (
                    name,
                    Self::open(self.document, self.complaints, node, pointer),
                )
            })
            .collect()
    }

    /// The members of a table whose keys are free, with node and pointer.
    pub fn members(&self, key: &'static str) -> Vec<(String, &'a Node, String)> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        if !matches!(node.value, Value::Table(_)) {
            self.wrong(key, "an object", node);
        }
        let step = pointer_step(key);
        node.entries()
            .iter()
            .map(|(name, node)| {
                (
                    name.clone(),
                    node,
                    format!("{}/{step}/{}", self.pointer, pointer_step(name)),
                )
            })
            .collect()
    }

    /// The members of this table itself, with node and pointer.
    pub fn own_members(&self) -> Vec<(String, &'a Node, String)> {
        self.node
            .entries()
            .iter()
            .map(|(name, node)| {
                (
                    name.clone(),
                    node,
                    format!("{}/{}", self.pointer, pointer_step(name)),
                )
            })
            .collect()
    }

    /// The place of a node of this document.
    pub fn place_at(&self, node: &Node, pointer: &str) -> Place {
        self.document.place(node, pointer)
    }

    /// Complains about every field that was never asked for.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.node.entries() {
            if asked.contains(&key.as_str()) {
                continue;
            }
            let help = nearest(key, asked.iter().copied()).map_or_else(
                || format!("the fields here are {}", asked.join(", ")),
                |field| format!("did you mean `{field}`?"),
            );
            self.complain(
                "unknown-field",
                key,
                format!("`{key}` is not a field here"),
                &help,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_toml;

    #[test]
    fn all_complaints_come_at_once_and_in_order() {
        let document = parse_toml(b"id = 3\nday = \"2026-13-01\"\nweigth = \"H\"\n").unwrap();
        let complaints = Complaints::default();
        let fields = Fields::root(&document, &complaints);
        fields.text("id");
        fields.day("day");
        fields.optional_word("weight", &[("H", 5)]);
        fields.both("title");
        fields.finish();
        let texts: Vec<_> = complaints
            .into_sorted()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            texts,
            [
                "1:1: error[missing-field]: the field `title` is missing",
                "1:6: error[wrong-type]: `id` must be a text, found a number",
                "2:7: error[wrong-type]: `day` must be a day written YYYY-MM-DD, found a text",
                "3:10: error[unknown-field]: `weigth` is not a field here; help: did you mean `weight`?",
            ]
        );
    }
}
