//! Asking a predicate for its members by JSON pointer, with a remark for each that is missing.

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::attestation::statement::{ResourceDescriptor, read_descriptor};
use crate::time::is_date_time;
use crate::tree::{Node, Value};

/// A predicate that is being asked. Pointers are relative to it, and begin with `/`.
pub(super) struct Outline<'a> {
    node: Option<&'a Node>,
    findings: &'a mut Findings,
}

impl<'a> Outline<'a> {
    pub(super) fn new(node: Option<&'a Node>, findings: &'a mut Findings) -> Self {
        Self { node, findings }
    }

    pub(super) fn node(&self) -> Option<&'a Node> {
        self.node
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&'a Node> {
        let node = self.node?.at(pointer)?;
        (node.value != Value::Null).then_some(node)
    }

    /// The remarks of the reader of an inner document.
    pub(super) fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }

    /// A text that is required and not empty.
    pub(super) fn text(&mut self, pointer: &str) -> Option<String> {
        match self.at(pointer).map(|node| &node.value) {
            Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
            Some(Value::Text(_)) => self.lacks(pointer, "is empty"),
            Some(_) => self.lacks(pointer, "is not a text"),
            None => self.lacks(pointer, "is missing"),
        }
    }

    /// A text that may be absent.
    pub(super) fn optional_text(&mut self, pointer: &str) -> Option<String> {
        self.at(pointer)?;
        self.text(pointer)
    }

    /// A time (RFC 3339) that is required.
    pub(super) fn time(&mut self, pointer: &str) -> Option<String> {
        let text = self.text(pointer)?;
        if is_date_time(&text) {
            return Some(text);
        }
        self.lacks(pointer, "is not a time in the form of RFC 3339")
    }

    /// A time that may be absent.
    pub(super) fn optional_time(&mut self, pointer: &str) -> Option<String> {
        self.at(pointer)?;
        self.time(pointer)
    }

    /// One of some words, required.
    pub(super) fn word(&mut self, pointer: &str, words: &[&str]) -> Option<String> {
        let text = self.text(pointer)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.lacks(pointer, &format!("is none of {}", words.join(", ")))
    }

    /// An object that is required.
    pub(super) fn object(&mut self, pointer: &str) {
        let is_object = |node: &Node| matches!(node.value, Value::Table(_));
        match self.at(pointer) {
            Some(node) if is_object(node) => {}
            Some(_) => _ = self.lacks::<()>(pointer, "is not an object"),
            None => _ = self.lacks::<()>(pointer, "is missing"),
        }
    }

    /// The items of a list that is required.
    pub(super) fn list(&mut self, pointer: &str) -> &'a [Node] {
        match self.at(pointer).map(|node| &node.value) {
            Some(Value::List(items)) => items,
            Some(_) => self.lacks(pointer, "is not a list").unwrap_or_default(),
            None => self.lacks(pointer, "is missing").unwrap_or_default(),
        }
    }

    /// The items of a list that may be absent.
    pub(super) fn optional_list(&mut self, pointer: &str) -> &'a [Node] {
        if self.at(pointer).is_none() {
            return &[];
        }
        self.list(pointer)
    }

    /// Texts in a list that is required.
    pub(super) fn texts(&mut self, pointer: &str) -> Vec<String> {
        let items = self.list(pointer);
        let texts = items.iter().enumerate().map(|(index, item)| {
            item.text()
                .map(str::to_owned)
                .or_else(|| self.lacks(&format!("{pointer}/{index}"), "is not a text"))
        });
        texts.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    /// Texts in a list that may be absent.
    pub(super) fn optional_texts(&mut self, pointer: &str) -> Vec<String> {
        if self.at(pointer).is_none() {
            return Vec::new();
        }
        self.texts(pointer)
    }

    /// The description of a resource that is required.
    pub(super) fn descriptor(&mut self, pointer: &str) -> Option<ResourceDescriptor> {
        let Some(node) = self.at(pointer) else {
            return self.lacks(pointer, "is missing");
        };
        Some(read_descriptor(
            node,
            &format!("/predicate{pointer}"),
            self.findings,
        ))
    }

    /// The descriptions of resources in a list that is required.
    pub(super) fn descriptors(&mut self, pointer: &str) -> Vec<ResourceDescriptor> {
        let count = self.list(pointer).len();
        let read = (0..count).filter_map(|index| self.descriptor(&format!("{pointer}/{index}")));
        read.collect()
    }

    /// The descriptions of resources in a list that may be absent.
    pub(super) fn optional_descriptors(&mut self, pointer: &str) -> Vec<ResourceDescriptor> {
        if self.at(pointer).is_none() {
            return Vec::new();
        }
        self.descriptors(pointer)
    }

    /// Remarks that a required member is missing or wrong, and gives nothing in its place.
    pub(super) fn lacks<T>(&mut self, pointer: &str, how: &str) -> Option<T> {
        let place = Place::pointer(format!("/predicate{pointer}"));
        let member = pointer.trim_start_matches('/').replace('/', ".");
        let message = format!("`{member}` {how}");
        self.findings.error(
            "predicate-incomplete",
            "ask the signer for a predicate as its type demands",
            || (place, message),
        );
        None
    }
}
