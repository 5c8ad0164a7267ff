//! An XML document with everything that a canonical form keeps: prefixes, declarations of namespaces,
//! comments, processing instructions and white space.
//!
//! [`super::Markup`] is what content is read from; this is what signatures are checked over. It is stricter:
//! what is not well-formed is refused even where a reader would get by, since two readers may see two
//! documents. Sources: XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition).

use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::lexical::{declaration, is_character, is_name, is_parted, split};
use super::{entity, full_diagnostic, is_blank, outside, predefined, syntax};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Full, MAXIMUM_DEPTH, MAXIMUM_NODES};

/// The namespace that the prefix `xml` is bound to, always (Namespaces in XML 1.0, section 3).
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of declarations, to which nothing may be bound.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// One node, in the order of the document.
#[derive(Debug)]
pub enum Node {
    /// The start of an element.
    Start(Tag),
    /// The end of an element.
    End,
    /// Text, references resolved and line ends as line feeds; neighbours are one.
    Text(String),
    /// A comment.
    Comment(String),
    /// A processing instruction: its target and its content.
    Instruction(String, String),
}

/// The start of an element.
#[derive(Debug)]
pub struct Tag {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: Rc<str>,
    /// What it declares: prefix (empty for the default) and namespace (empty where it takes one back).
    pub(super) declared: Vec<(String, Rc<str>)>,
    pub(super) attributes: Vec<NodeAttribute>,
    /// The node at which the parent starts.
    pub(super) parent: Option<usize>,
    /// The node at which it ends.
    pub(super) end: usize,
}

impl Tag {
    /// The local name.
    pub fn name(&self) -> &str {
        &self.local
    }

    /// The namespace; empty where it has none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether it is the element `name` of `namespace`.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        &*self.namespace == namespace && self.local == name
    }

    /// The attributes, without declarations of namespaces.
    pub fn attributes(&self) -> &[NodeAttribute] {
        &self.attributes
    }

    /// The value of the attribute `name` without a namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.namespace.is_empty() && attribute.local == name)
            .map(|attribute| attribute.value.as_str())
    }

    /// Index of the node at which it ends.
    pub fn end(&self) -> usize {
        self.end
    }
}

/// An attribute.
#[derive(Debug)]
pub struct NodeAttribute {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: Rc<str>,
    pub(super) value: String,
}

impl NodeAttribute {
    /// The local name.
    pub fn name(&self) -> &str {
        &self.local
    }

    /// The namespace; empty where it has none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The value, normalized as text (XML 1.0, section 3.3.3).
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it belongs to XML itself (`xml:lang` and its like).
    pub fn is_of_xml(&self) -> bool {
        &*self.namespace == XML
    }
}

/// A document with all its nodes.
#[derive(Debug, Default)]
pub struct Nodes {
    pub(super) list: Vec<Node>,
    has_doctype: bool,
    encoding: Option<String>,
}

impl Nodes {
    /// The node at `index`.
    pub fn get(&self, index: usize) -> Option<&Node> {
        self.list.get(index)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none; never for a parsed document.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The element that starts at `index`.
    pub fn tag(&self, index: usize) -> Option<&Tag> {
        match self.list.get(index) {
            Some(Node::Start(tag)) => Some(tag),
            _ => None,
        }
    }

    /// The document element and where it starts.
    pub fn root(&self) -> Option<(usize, &Tag)> {
        self.elements().next()
    }

    /// Every element and where it starts, in the order of the document.
    pub fn elements(&self) -> impl Iterator<Item = (usize, &Tag)> {
        (0..self.list.len()).filter_map(|index| Some((index, self.tag(index)?)))
    }

    /// Indices of the nodes right below the element that starts at `index`.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.tag(index).map_or(index, Tag::end);
        let mut next = index + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.tag(child).map_or(child, Tag::end) + 1;
                child
            })
        })
    }

    /// Whether there is a document type declaration, which is not followed.
    pub fn has_doctype(&self) -> bool {
        self.has_doctype
    }

    /// The encoding that the XML declaration names.
    pub fn encoding(&self) -> Option<&str> {
        self.encoding.as_deref()
    }
}

/// Parses XML text into all its nodes.
///
/// # Errors
///
/// A diagnostic `xml-syntax`, `xml-truncated`, `xml-depth`, `xml-entity` or `document-values` with line and
/// column. XML 1.1 is `xml-syntax`: its line ends and characters are others.
pub fn parse_nodes(source: &str) -> Result<Nodes, Diagnostic> {
    if let Some((at, found)) = source.char_indices().find(|(_, one)| !is_character(*one)) {
        let reason = format!("the character U+{:04X} is not admitted", u32::from(found));
        return Err(malformed(source, at, &reason));
    }
    let mut reader = Reader::from_str(source);
    reader.config_mut().enable_all_checks(true);
    let mut parser = Parser {
        source,
        document: Nodes::default(),
        open: Vec::new(),
        scope: vec![("xml".to_owned(), Rc::from(XML))],
        nothing: Rc::from(""),
    };
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(start);
            syntax(source, at, &error)
        })?;
        match event {
            Event::Start(tag) => parser.start(&tag, start)?,
            Event::Empty(tag) => {
                parser.start(&tag, start)?;
                parser.end(start)?;
            }
            Event::End(_) => parser.end(start)?,
            Event::Text(text) => {
                if text.contains("]]>") {
                    return Err(malformed(source, start, "`]]>` stands in a text"));
                }
                parser.text(&text.xml10_content(), start)?;
            }
            Event::CData(text) => {
                if parser.open.is_empty() {
                    return Err(outside(source, start));
                }
                parser.text(&text.xml10_content(), start)?;
            }
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character).filter(|one| is_character(*one)),
                    Ok(None) => predefined(&reference),
                    Err(_) => None,
                };
                let character = character.ok_or_else(|| entity(source, start, &reference))?;
                if parser.open.is_empty() {
                    return Err(outside(source, start));
                }
                parser.text(character.encode_utf8(&mut [0; 4]), start)?;
            }
            Event::Comment(text) => {
                let text = text.xml10_content().into_owned();
                parser.push(Node::Comment(text), start)?;
            }
            Event::PI(instruction) => {
                let target = instruction.target().to_owned();
                if !is_name(&target) || target.eq_ignore_ascii_case("xml") {
                    let reason = "a processing instruction has a name that is not admitted";
                    return Err(malformed(source, start, reason));
                }
                let content = instruction
                    .content()
                    .trim_start_matches([' ', '\t', '\n', '\r']);
                let content = content.replace("\r\n", "\n").replace('\r', "\n");
                parser.push(Node::Instruction(target, content), start)?;
            }
            Event::Decl(content) => {
                let read = declaration(&content).filter(|_| start == 0);
                let read = read.ok_or_else(|| {
                    let reason = "the XML declaration is not one of XML 1.0 at the beginning";
                    malformed(source, start, reason)
                })?;
                parser.document.encoding = read.encoding;
            }
            Event::DocType(_) => parser.document.has_doctype = true,
            Event::Eof => break,
        }
    }
    if !parser.open.is_empty() || parser.document.root().is_none() {
        return Err(Diagnostic::error(
            "xml-truncated",
            Place::of_offset(source, source.len()),
            "the document ends before it is complete",
        )
        .help("the file was cut off; ask for it again and compare its digest"));
    }
    Ok(parser.document)
}

struct Parser<'a> {
    source: &'a str,
    document: Nodes,
    /// Where the open elements start, and how many bindings were in scope before each.
    open: Vec<(usize, usize)>,
    /// Prefixes with their namespaces, innermost last.
    scope: Vec<(String, Rc<str>)>,
    nothing: Rc<str>,
}

impl Parser<'_> {
    fn push(&mut self, node: Node, at: usize) -> Result<(), Diagnostic> {
        if self.document.list.len() >= MAXIMUM_NODES {
            return Err(full_diagnostic(self.source, at, Full::Nodes));
        }
        self.document.list.push(node);
        Ok(())
    }

    fn text(&mut self, text: &str, at: usize) -> Result<(), Diagnostic> {
        if self.open.is_empty() {
            return if is_blank(text) {
                Ok(())
            } else {
                Err(outside(self.source, at))
            };
        }
        if let Some(Node::Text(before)) = self.document.list.last_mut() {
            before.push_str(text);
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        self.push(Node::Text(text.to_owned()), at)
    }

    fn end(&mut self, at: usize) -> Result<(), Diagnostic> {
        let Some((start, bindings)) = self.open.pop() else {
            return Err(malformed(self.source, at, "an end tag closes nothing"));
        };
        self.scope.truncate(bindings);
        let end = self.document.list.len();
        if let Some(Node::Start(tag)) = self.document.list.get_mut(start) {
            tag.end = end;
        }
        self.push(Node::End, at)
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<(), Diagnostic> {
        let source = self.source;
        let malformed = |reason: &str| malformed(source, at, reason);
        if self.open.len() >= MAXIMUM_DEPTH {
            return Err(full_diagnostic(source, at, Full::Depth));
        }
        if self.open.is_empty() && self.document.root().is_some() {
            return Err(malformed("there is a second root element"));
        }
        if !is_parted(tag) {
            return Err(malformed("no white space stands between two attributes"));
        }
        let bindings = self.scope.len();
        let mut declared = Vec::new();
        let mut raw = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| malformed(&error.to_string()))?;
            if attribute.value.contains('<') {
                return Err(malformed("`<` stands in the value of an attribute"));
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| match error {
                    quick_xml::Error::Escape(
                        quick_xml::escape::EscapeError::UnrecognizedEntity(_, name),
                    ) => entity(source, at, &name),
                    error => malformed(&error.to_string()),
                })?;
            if !value.chars().all(is_character) {
                return Err(malformed(
                    "an attribute holds a character that is not admitted",
                ));
            }
            let name = attribute.key.into_inner();
            let (prefix, local) = split(name).ok_or_else(|| malformed("a name is not admitted"))?;
            if name == "xmlns" || prefix == "xmlns" {
                let bound = if prefix.is_empty() { "" } else { local };
                check_binding(bound, &value).map_err(malformed)?;
                let namespace: Rc<str> = Rc::from(&*value);
                self.scope.push((bound.to_owned(), Rc::clone(&namespace)));
                declared.push((bound.to_owned(), namespace));
            } else {
                raw.push((prefix.to_owned(), local.to_owned(), value.into_owned()));
            }
        }
        let mut attributes: Vec<NodeAttribute> = Vec::with_capacity(raw.len());
        for (prefix, local, value) in raw {
            let namespace = if prefix.is_empty() {
                Rc::clone(&self.nothing)
            } else {
                self.bound(&prefix)
                    .ok_or_else(|| malformed("a prefix is not declared"))?
            };
            let is_repeated = attributes
                .iter()
                .any(|other| other.local == local && other.namespace == namespace);
            if is_repeated {
                return Err(malformed("an attribute is given twice"));
            }
            attributes.push(NodeAttribute {
                prefix,
                local,
                namespace,
                value,
            });
        }
        let name = tag.name().into_inner();
        let (prefix, local) = split(name).ok_or_else(|| malformed("a name is not admitted"))?;
        let namespace = match self.bound(prefix) {
            Some(namespace) => namespace,
            None if prefix.is_empty() => Rc::clone(&self.nothing),
            None => return Err(malformed("a prefix is not declared")),
        };
        let start = self.document.list.len();
        let parent = self.open.last().map(|(parent, _)| *parent);
        self.open.push((start, bindings));
        let tag = Tag {
            prefix: prefix.to_owned(),
            local: local.to_owned(),
            namespace,
            declared,
            attributes,
            parent,
            end: start,
        };
        self.push(Node::Start(tag), at)
    }

    fn bound(&self, prefix: &str) -> Option<Rc<str>> {
        let binding = self.scope.iter().rev().find(|(one, _)| one == prefix);
        binding.map(|(_, namespace)| Rc::clone(namespace))
    }
}

/// Holds a declaration to Namespaces in XML 1.0, sections 2.2 and 3, and to Canonical XML, which knows no
/// relative namespace.
fn check_binding(prefix: &str, namespace: &str) -> Result<(), &'static str> {
    if (prefix == "xml") != (namespace == XML) {
        return Err("the prefix `xml` and its namespace belong together");
    }
    if prefix == "xmlns" || namespace == XMLNS {
        return Err("the prefix `xmlns` and its namespace cannot be declared");
    }
    if namespace.is_empty() {
        return if prefix.is_empty() {
            Ok(())
        } else {
            Err("the namespace of a prefix is taken back")
        };
    }
    let scheme = namespace
        .split([':', '/', '?', '#'])
        .next()
        .unwrap_or_default();
    if !namespace
        .get(scheme.len()..)
        .is_some_and(|rest| rest.starts_with(':'))
    {
        return Err("a namespace is a relative address");
    }
    Ok(())
}

fn malformed(source: &str, at: usize, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "xml-syntax",
        Place::of_offset(source, at),
        format!("the text is not well-formed XML: {reason}"),
    )
    .help("repair the file with the tool that made it")
}
