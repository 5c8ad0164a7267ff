//! Canonical XML: the one form of a document that a signature is made over.
//!
//! Sources: Canonical XML 1.0 (W3C, 15 March 2001), Canonical XML 1.1 (W3C, 2 May 2008), Exclusive XML
//! Canonicalization 1.0 (W3C, 18 July 2002). Only a whole document or a whole element is put into this form,
//! with at most one element left out: the signature itself.

use std::rc::Rc;

use super::nodes::{Node, NodeAttribute, Nodes, Tag};

/// Which canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variant {
    /// Canonical XML 1.0: an element takes the namespaces in scope and all `xml:` attributes along.
    Inclusive,
    /// Canonical XML 1.1: of the `xml:` attributes only those that are inherited.
    Inclusive11,
    /// Exclusive canonicalization: an element takes along what it uses, and the prefixes in this list (empty
    /// for the default namespace).
    Exclusive(Vec<String>),
}

/// How a document is put into canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// Which form.
    pub variant: Variant,
    /// Whether comments are kept.
    pub comments: bool,
}

/// A document that has no canonical form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncanonical {
    /// An ancestor has `xml:base`, which version 1.1 would join to others (section 2.4).
    #[error("`xml:base` above the canonicalized element is not supported under Canonical XML 1.1")]
    Base,
    /// There is no element at the index that was named.
    #[error("there is no such element")]
    NoElement,
}

impl Canonical {
    /// The canonical form of the whole document without the element that starts at `without`.
    pub fn document(&self, nodes: &Nodes, without: Option<usize>) -> Vec<u8> {
        let mut writer = Writer::new(self, nodes);
        writer.walk(0, nodes.len(), without);
        writer.out
    }

    /// The canonical form of the element that starts at `apex`, without the one that starts at `without`.
    ///
    /// # Errors
    ///
    /// [`Uncanonical`] where there is no such element, or `xml:base` above it under version 1.1.
    pub fn element(
        &self,
        nodes: &Nodes,
        apex: usize,
        without: Option<usize>,
    ) -> Result<Vec<u8>, Uncanonical> {
        let tag = nodes.tag(apex).ok_or(Uncanonical::NoElement)?;
        let mut writer = Writer::new(self, nodes);
        writer.inherit(tag)?;
        writer.walk(apex, tag.end() + 1, without);
        Ok(writer.out)
    }
}

/// A prefix with its namespace.
type Binding = (String, Rc<str>);

struct Writer<'a> {
    canonical: &'a Canonical,
    nodes: &'a Nodes,
    out: Vec<u8>,
    /// Declarations of the elements that are open, innermost last.
    scope: Vec<Binding>,
    /// Those that have been written.
    written: Vec<Binding>,
    /// For each open element its tag and the lengths of both before it.
    open: Vec<(&'a Tag, usize, usize)>,
    /// `xml:` attributes that the first element takes from those above it.
    inherited: Vec<&'a NodeAttribute>,
}

impl<'a> Writer<'a> {
    fn new(canonical: &'a Canonical, nodes: &'a Nodes) -> Self {
        Self {
            canonical,
            nodes,
            out: Vec::new(),
            scope: Vec::new(),
            written: Vec::new(),
            open: Vec::new(),
            inherited: Vec::new(),
        }
    }

    /// Takes what the elements above `tag` hand down.
    fn inherit(&mut self, tag: &Tag) -> Result<(), Uncanonical> {
        let mut above = tag.parent;
        let mut declarations = Vec::new();
        while let Some(ancestor) = above.and_then(|index| self.nodes.tag(index)) {
            declarations.push(&ancestor.declared);
            for attribute in ancestor.attributes.iter().filter(|one| one.is_of_xml()) {
                let is_taken = match self.canonical.variant {
                    Variant::Inclusive => true,
                    Variant::Inclusive11 if attribute.local == "base" => {
                        return Err(Uncanonical::Base);
                    }
                    Variant::Inclusive11 => matches!(&*attribute.local, "lang" | "space"),
                    Variant::Exclusive(_) => false,
                };
                let mut nearer = tag.attributes.iter().chain(self.inherited.iter().copied());
                let is_hidden = nearer.any(|one| one.is_of_xml() && one.local == attribute.local);
                if is_taken && !is_hidden {
                    self.inherited.push(attribute);
                }
            }
            above = ancestor.parent;
        }
        for declared in declarations.into_iter().rev() {
            self.scope.extend(declared.iter().cloned());
        }
        Ok(())
    }

    fn walk(&mut self, from: usize, to: usize, without: Option<usize>) {
        let mut index = from;
        let mut is_past_root = false;
        while index < to {
            if Some(index) == without {
                index = self.nodes.tag(index).map_or(index, Tag::end) + 1;
                continue;
            }
            match self.nodes.get(index) {
                Some(Node::Start(tag)) => self.start(tag),
                Some(Node::End) => {
                    self.end();
                    is_past_root = self.open.is_empty();
                }
                Some(Node::Text(text)) => escape(&mut self.out, text, false),
                Some(Node::Comment(text)) if self.canonical.comments => {
                    self.beside(is_past_root, &["<!--", text, "-->"]);
                }
                Some(Node::Instruction(target, content)) => {
                    let space = if content.is_empty() { "" } else { " " };
                    self.beside(is_past_root, &["<?", target, space, content, "?>"]);
                }
                Some(Node::Comment(_)) | None => {}
            }
            index += 1;
        }
    }

    /// Writes what may stand outside of the document element, where a line feed parts it from that.
    fn beside(&mut self, is_past_root: bool, pieces: &[&str]) {
        let is_outside = self.open.is_empty();
        if is_outside && is_past_root {
            self.out.push(b'\n');
        }
        for piece in pieces {
            // Line ends are line feeds already, and no reference is resolved here: nothing is to be escaped.
            self.out.extend_from_slice(piece.as_bytes());
        }
        if is_outside && !is_past_root {
            self.out.push(b'\n');
        }
    }

    fn start(&mut self, tag: &'a Tag) {
        let is_apex = self.open.is_empty();
        self.open.push((tag, self.scope.len(), self.written.len()));
        self.scope.extend(tag.declared.iter().cloned());
        let mut shown = match &self.canonical.variant {
            Variant::Exclusive(prefixes) => self.used(tag, prefixes),
            _ if is_apex => self.in_scope(),
            _ => tag.declared.clone(),
        };
        shown.retain(|(prefix, namespace)| prefix != "xml" && self.is_news(prefix, namespace));
        shown.sort();
        self.out.push(b'<');
        self.name(&tag.prefix, &tag.local);
        for (prefix, namespace) in &shown {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.value(namespace);
        }
        self.written.extend(shown);
        let mut attributes: Vec<&NodeAttribute> = tag.attributes.iter().collect();
        if is_apex {
            attributes.append(&mut self.inherited);
        }
        attributes.sort_by(|a, b| (&*a.namespace, &*a.local).cmp(&(&*b.namespace, &*b.local)));
        for attribute in attributes {
            self.out.push(b' ');
            self.name(&attribute.prefix, &attribute.local);
            self.value(&attribute.value);
        }
        self.out.push(b'>');
    }

    fn end(&mut self) {
        let Some((tag, scope, written)) = self.open.pop() else {
            return;
        };
        self.scope.truncate(scope);
        self.written.truncate(written);
        self.out.extend_from_slice(b"</");
        self.name(&tag.prefix, &tag.local);
        self.out.push(b'>');
    }

    /// Whether no element around says so already. That there is no default namespace is news only inside of
    /// one (Canonical XML 1.0, section 2.3).
    fn is_news(&self, prefix: &str, namespace: &str) -> bool {
        let known = self.written.iter().rev().find(|(one, _)| one == prefix);
        known.map_or("", |(_, known)| &**known) != namespace
    }

    /// The binding of `prefix`; for the default namespace there is always one.
    fn bound(&self, prefix: &str) -> Option<Binding> {
        let binding = self.scope.iter().rev().find(|(one, _)| one == prefix);
        match binding {
            None if prefix.is_empty() => Some((String::new(), Rc::from(""))),
            binding => binding.cloned(),
        }
    }

    /// Every binding in scope.
    fn in_scope(&self) -> Vec<Binding> {
        let mut bindings: Vec<Binding> = Vec::new();
        for binding in self.scope.iter().rev() {
            if !bindings.iter().any(|(prefix, _)| *prefix == binding.0) {
                bindings.push(binding.clone());
            }
        }
        bindings
    }

    /// The bindings that an element uses visibly, and those of `prefixes` (exclusive canonicalization,
    /// section 3).
    fn used(&self, tag: &Tag, prefixes: &[String]) -> Vec<Binding> {
        let of_attributes = tag.attributes.iter().map(|attribute| &attribute.prefix);
        let mut used: Vec<&String> = std::iter::once(&tag.prefix)
            .chain(of_attributes.filter(|prefix| !prefix.is_empty()))
            .chain(prefixes)
            .collect();
        used.sort();
        used.dedup();
        used.into_iter()
            .filter_map(|prefix| self.bound(prefix))
            .collect()
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    fn value(&mut self, value: &str) {
        self.out.extend_from_slice(b"=\"");
        escape(&mut self.out, value, true);
        self.out.push(b'"');
    }
}

/// Writes text, or the value of an attribute (Canonical XML 1.0, section 2.3).
fn escape(out: &mut Vec<u8>, text: &str, is_value: bool) {
    for byte in text.bytes() {
        let reference: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' if !is_value => b"&gt;",
            b'"' if is_value => b"&quot;",
            b'\t' if is_value => b"&#x9;",
            b'\n' if is_value => b"&#xA;",
            b'\r' => b"&#xD;",
            byte => {
                out.push(byte);
                continue;
            }
        };
        out.extend_from_slice(reference);
    }
}
