//! An XML document as a flat sequence of elements with their places, by `quick-xml`.
//!
//! Namespaces are resolved. Comments and processing instructions are passed over. No entity but the five
//! of XML itself is expanded, nothing outside is loaded: a document that needs more is refused.

mod canonical;
mod lexical;
mod nodes;

use std::borrow::Cow;

pub use canonical::{Canonical, Uncanonical, Variant};
pub use nodes::{Node, NodeAttribute, Nodes, Tag, parse_nodes};

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
use quick_xml::{Reader, XmlVersion};

use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Full, MAXIMUM_DEPTH, MAXIMUM_NODES, Span, Texts};

/// A parsed XML document.
#[derive(Debug, Clone)]
pub struct Markup<'a> {
    texts: Texts<'a>,
    elements: Vec<RawElement>,
    attributes: Vec<RawAttribute>,
    namespaces: Vec<String>,
    has_doctype: bool,
}

#[derive(Debug, Clone, Copy)]
struct RawElement {
    name: Span,
    text: Span,
    offset: u32,
    end: u32,
    first_attribute: u32,
    attributes: u16,
    namespace: u16,
}

#[derive(Debug, Clone, Copy)]
struct RawAttribute {
    name: Span,
    value: Span,
    namespace: u16,
}

impl<'a> Markup<'a> {
    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element {
            markup: self,
            index: 0,
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &'a str {
        self.texts.source()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there is no element; never for a parsed document.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Whether it has a document type declaration, which is not followed.
    pub fn has_doctype(&self) -> bool {
        self.has_doctype
    }

    fn raw(&self, index: u32) -> RawElement {
        self.elements
            .get(index as usize)
            .copied()
            .unwrap_or(RawElement {
                name: Span::NONE,
                text: Span::NONE,
                offset: 0,
                end: u32::MAX,
                first_attribute: 0,
                attributes: 0,
                namespace: 0,
            })
    }

    fn namespace_of(&self, index: u16) -> &str {
        self.namespaces
            .get(usize::from(index))
            .map_or("", String::as_str)
    }
}

/// An element.
#[derive(Clone, Copy)]
pub struct Element<'m> {
    markup: &'m Markup<'m>,
    index: u32,
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "<{}>", self.name())
    }
}

impl<'m> Element<'m> {
    /// The local name.
    pub fn name(self) -> &'m str {
        self.markup.texts.get(self.markup.raw(self.index).name)
    }

    /// The namespace; empty where it has none.
    pub fn namespace(self) -> &'m str {
        self.markup
            .namespace_of(self.markup.raw(self.index).namespace)
    }

    /// Its own text, that of CDATA sections included, white space as written. What is white space only
    /// is left out behind a child element, and where all of the text beside child elements is.
    pub fn text(self) -> &'m str {
        self.markup.texts.get(self.markup.raw(self.index).text)
    }

    /// The child elements.
    pub fn children(self) -> impl Iterator<Item = Element<'m>> + Clone {
        let markup = self.markup;
        let end = markup.raw(self.index).end;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let element = Element {
                    markup,
                    index: next,
                };
                next = markup.raw(next).end;
                element
            })
        })
    }

    /// The first child of a local name.
    pub fn child(self, name: &str) -> Option<Element<'m>> {
        self.children().find(|child| child.name() == name)
    }

    /// The attributes, without declarations of namespaces.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'m>> {
        let raw = self.markup.raw(self.index);
        let start = raw.first_attribute as usize;
        let attributes = self
            .markup
            .attributes
            .get(start..start + usize::from(raw.attributes))
            .unwrap_or_default();
        attributes.iter().map(|attribute| Attribute {
            name: self.markup.texts.get(attribute.name),
            value: self.markup.texts.get(attribute.value),
            namespace: self.markup.namespace_of(attribute.namespace),
        })
    }

    /// The value of an attribute by local name.
    pub fn attribute(self, name: &str) -> Option<&'m str> {
        self.attributes()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value)
    }

    /// The text that the document was read from.
    pub fn source(self) -> &'m str {
        self.markup.source()
    }

    /// The byte offset of its start tag.
    pub fn offset(self) -> usize {
        self.markup.raw(self.index).offset as usize
    }

    /// Line and column of its start tag, counted from the beginning of the document: for remarks, not
    /// for every element.
    pub fn place(self) -> Place {
        Place::of_offset(self.markup.source(), self.offset())
    }
}

/// An attribute of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'m> {
    /// The local name.
    pub name: &'m str,
    /// The value with its references resolved.
    pub value: &'m str,
    /// The namespace; empty where it has none, as usual.
    pub namespace: &'m str,
}

/// Parses XML text.
///
/// # Errors
///
/// A diagnostic `xml-syntax`, `xml-truncated`, `xml-depth`, `xml-entity` or `document-values` with line
/// and column.
pub fn parse_xml(source: &str) -> Result<Markup<'_>, Diagnostic> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_end_names = true;
    let mut parser = Parser {
        markup: Markup {
            texts: Texts::new(source),
            elements: Vec::new(),
            attributes: Vec::new(),
            namespaces: vec![String::new()],
            has_doctype: false,
        },
        open: Vec::new(),
        resolver: NamespaceResolver::default(),
        default: None,
    };
    // Line ends need a look at every text only where there are any but line feeds (XML 1.0, 2.11).
    let has_returns = source.contains('\r');
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(start);
                return Err(syntax(source, at, &error));
            }
        };
        let fault = |full: Full| full_diagnostic(source, start, full);
        match event {
            Event::Start(tag) => parser
                .start(&tag, start)
                .map_err(|one| one.at(source, start))?,
            Event::Empty(tag) => {
                parser
                    .start(&tag, start)
                    .map_err(|one| one.at(source, start))?;
                parser.end().map_err(fault)?;
            }
            Event::End(_) => parser.end().map_err(fault)?,
            Event::Text(text) => {
                let content = if has_returns {
                    text.xml10_content()
                } else {
                    Cow::Borrowed(&*text)
                };
                if !parser.text(&content) && !content.trim().is_empty() {
                    return Err(outside(source, start));
                }
            }
            Event::CData(text) => {
                if !parser.text(&text.xml10_content()) {
                    return Err(outside(source, start));
                }
            }
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&reference),
                    Err(_) => None,
                };
                let Some(character) = character else {
                    return Err(entity(source, start, &reference));
                };
                if !parser.text(character.encode_utf8(&mut [0; 4])) {
                    return Err(outside(source, start));
                }
            }
            Event::DocType(_) => parser.markup.has_doctype = true,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !parser.open.is_empty() || parser.markup.elements.is_empty() {
        return Err(Diagnostic::error(
            "xml-truncated",
            Place::of_offset(source, source.len()),
            "the document ends before it is complete",
        )
        .help("the file was cut off; ask for it again and compare its digest"));
    }
    Ok(parser.markup)
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

fn syntax(source: &str, at: usize, error: &quick_xml::Error) -> Diagnostic {
    let place = Place::of_offset(source, at);
    let message = error.to_string();
    if message.contains("EOF") || message.contains("missing") && at >= source.len() {
        return Diagnostic::error(
            "xml-truncated",
            place,
            "the document ends before it is complete",
        )
        .help("the file was cut off; ask for it again and compare its digest");
    }
    Diagnostic::error(
        "xml-syntax",
        place,
        format!("the text is not well-formed XML: {message}"),
    )
    .help("repair the file with the tool that made it")
}

fn outside(source: &str, at: usize) -> Diagnostic {
    Diagnostic::error(
        "xml-syntax",
        Place::of_offset(source, at),
        "the text is not well-formed XML: there is text outside of the root element",
    )
    .help("repair the file with the tool that made it")
}

fn entity(source: &str, at: usize, name: &str) -> Diagnostic {
    Diagnostic::error(
        "xml-entity",
        Place::of_offset(source, at),
        format!("the entity `&{name};` is not one of the five of XML; no other is expanded"),
    )
    .help("write the text itself in place of the entity")
}

fn full_diagnostic(source: &str, at: usize, full: Full) -> Diagnostic {
    let place = Place::of_offset(source, at);
    if full == Full::Depth {
        return Diagnostic::error(
            "xml-depth",
            place,
            format!("the document is nested deeper than {MAXIMUM_DEPTH} levels"),
        )
        .help("no SBOM needs that depth; ask the sender for a regular file");
    }
    Diagnostic::error(
        "document-values",
        place,
        format!("the document holds {full}"),
    )
    .help("split the document; one of this size is not read")
}

/// Why a start tag is refused.
enum Refusal {
    Full(Full),
    Xml(String),
    Entity(String),
}

impl Refusal {
    fn at(self, source: &str, offset: usize) -> Diagnostic {
        match self {
            Self::Full(full) => full_diagnostic(source, offset, full),
            Self::Xml(message) => Diagnostic::error(
                "xml-syntax",
                Place::of_offset(source, offset),
                format!("the text is not well-formed XML: {message}"),
            )
            .help("repair the file with the tool that made it"),
            Self::Entity(name) => entity(source, offset, &name),
        }
    }
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}

/// The text of an open element as it grows.
enum Growing {
    Empty,
    One(Span),
    Many(String),
}

/// An element whose end has not been seen.
struct Open {
    index: u32,
    text: Growing,
    declares: bool,
}

struct Parser<'a> {
    markup: Markup<'a>,
    open: Vec<Open>,
    /// Knows the declarations of the open elements; told of those that have any.
    resolver: NamespaceResolver,
    /// The namespace of names without a prefix, while no declaration changes it.
    default: Option<u16>,
}

impl<'a> Parser<'a> {
    fn start(&mut self, tag: &BytesStart<'a>, offset: usize) -> Result<(), Refusal> {
        if self.open.len() >= MAXIMUM_DEPTH {
            return Err(Full::Depth.into());
        }
        if self.open.is_empty() && !self.markup.elements.is_empty() {
            return Err(Refusal::Xml("there is a second root element".to_owned()));
        }
        let index = self.markup.elements.len();
        if index + self.markup.attributes.len() >= MAXIMUM_NODES {
            return Err(Full::Nodes.into());
        }
        let index = u32::try_from(index).map_err(|_| Full::Nodes)?;
        let declares = tag.attributes_raw().contains("xmlns");
        if declares {
            self.change_scope();
            self.resolver
                .push(tag)
                .map_err(|error| Refusal::Xml(error.to_string()))?;
        }
        let (namespace, local) = self.element_name(tag.name())?;
        let name = self.markup.texts.span(local)?;
        let first_attribute =
            u32::try_from(self.markup.attributes.len()).map_err(|_| Full::Nodes)?;
        let attributes = self.attributes(tag)?;
        self.markup.elements.push(RawElement {
            name,
            text: Span::NONE,
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            end: index + 1,
            first_attribute,
            attributes,
            namespace,
        });
        self.open.push(Open {
            index,
            text: Growing::Empty,
            declares,
        });
        Ok(())
    }

    /// Adds the attributes of a start tag and counts them.
    fn attributes(&mut self, tag: &BytesStart<'a>) -> Result<u16, Refusal> {
        let mut attributes = 0u16;
        if tag.attributes_raw().is_empty() {
            return Ok(attributes);
        }
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| Refusal::Xml(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| match error {
                    quick_xml::Error::Escape(
                        quick_xml::escape::EscapeError::UnrecognizedEntity(_, name),
                    ) => Refusal::Entity(name),
                    error => Refusal::Xml(error.to_string()),
                })?;
            let (resolved, local) = self.resolver.resolve_attribute(attribute.key);
            let namespace = number_of(&mut self.markup.namespaces, &resolved)?;
            let name = self.markup.texts.span(local.into_inner())?;
            let value = self.markup.texts.span(&value)?;
            self.markup.attributes.push(RawAttribute {
                name,
                value,
                namespace,
            });
            attributes = attributes.checked_add(1).ok_or(Full::Nodes)?;
        }
        Ok(attributes)
    }

    /// The namespace of an element and its local name.
    fn element_name<'n>(&mut self, name: QName<'n>) -> Result<(u16, &'n str), Refusal> {
        let has_prefix = name.into_inner().bytes().any(|byte| byte == b':');
        if let Some(default) = self.default.filter(|_| !has_prefix) {
            return Ok((default, name.into_inner()));
        }
        let (resolved, local) = self.resolver.resolve_element(name);
        let number = number_of(&mut self.markup.namespaces, &resolved)?;
        if !has_prefix {
            self.default = Some(number);
        }
        Ok((number, local.into_inner()))
    }

    /// Lets only the declarations of the open elements count.
    fn change_scope(&mut self) {
        let level = u16::try_from(self.open.len()).unwrap_or(u16::MAX);
        self.resolver.set_level(level);
        self.default = None;
    }

    /// Adds text to the open element; `false` where none is open.
    fn text(&mut self, text: &str) -> bool {
        let Some(open) = self.open.last_mut() else {
            return false;
        };
        let has_children = self.markup.elements.len() > open.index as usize + 1;
        if has_children && is_blank(text) {
            return true;
        }
        let growing = &mut open.text;
        match growing {
            Growing::Empty => match self.markup.texts.span(text) {
                Ok(span) => *growing = Growing::One(span),
                Err(_) => *growing = Growing::Many(text.to_owned()),
            },
            Growing::One(span) => {
                *growing = Growing::Many(self.markup.texts.get(*span).to_owned() + text);
            }
            Growing::Many(all) => all.push_str(text),
        }
        true
    }

    fn end(&mut self) -> Result<(), Full> {
        let Some(Open {
            index,
            text,
            declares,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        if declares {
            self.change_scope();
        }
        let end = u32::try_from(self.markup.elements.len()).map_err(|_| Full::Nodes)?;
        let span = match text {
            Growing::Empty => Span::NONE,
            Growing::One(span) => span,
            Growing::Many(all) => self.markup.texts.span(&all)?,
        };
        let blank = end > index + 1 && is_blank(self.markup.texts.get(span));
        if let Some(element) = self.markup.elements.get_mut(index as usize) {
            element.end = end;
            element.text = if blank { Span::NONE } else { span };
        }
        Ok(())
    }
}

/// The number of a namespace among those of the document.
fn number_of(namespaces: &mut Vec<String>, resolved: &ResolveResult<'_>) -> Result<u16, Refusal> {
    let name = match resolved {
        ResolveResult::Unbound => return Ok(0),
        ResolveResult::Bound(namespace) => namespace.into_inner(),
        ResolveResult::Unknown(prefix) => {
            return Err(Refusal::Xml(format!(
                "the prefix `{prefix}` is not declared"
            )));
        }
    };
    let known = namespaces.iter().position(|known| known == name);
    let index = known.unwrap_or_else(|| {
        namespaces.push(name.to_owned());
        namespaces.len() - 1
    });
    u16::try_from(index).map_err(|_| Full::Nodes.into())
}

/// White space as XML knows it (XML 1.0, 2.3).
fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_counts_in_its_element_and_not_behind_it() {
        let source = "<a xmlns='urn:1'><b xmlns='urn:2'><c/></b><d/><p:e xmlns:p='urn:3'><f/></p:e><g xmlns=''><h/></g><i/></a>";
        let markup = parse_xml(source).unwrap();
        let mut told = String::new();
        tell(markup.root(), &mut told);
        assert_eq!(
            told,
            "a=urn:1 b=urn:2 c=urn:2 d=urn:1 e=urn:3 f=urn:1 g= h= i=urn:1 "
        );
        for late in [
            "<a><b xmlns:p='urn:1'/><p:c/></a>",
            "<a><p:c/><b xmlns:p='urn:1'/></a>",
        ] {
            assert_eq!(parse_xml(late).unwrap_err().code, "xml-syntax", "{late}");
        }
    }

    fn tell(element: Element<'_>, told: &mut String) {
        use std::fmt::Write as _;
        write!(told, "{}={} ", element.name(), element.namespace()).unwrap();
        element.children().for_each(|child| tell(child, told));
    }

    #[test]
    fn elements_keep_their_place_text_and_namespace() {
        let source = "<?xml version=\"1.0\"?>\n<bom xmlns=\"urn:a\" xmlns:b=\"urn:b\" version=\"1\">\n  <c b:x=\"&lt;1\">a&amp;<![CDATA[<b>]]></c><b:d/>\n</bom>\n";
        let markup = parse_xml(source).unwrap();
        let root = markup.root();
        assert_eq!(
            (root.name(), root.namespace(), root.text()),
            ("bom", "urn:a", "")
        );
        assert_eq!(root.attribute("version"), Some("1"));
        let children: Vec<_> = root.children().collect();
        assert_eq!(children.len(), 2);
        assert_eq!(children[0].text(), "a&<b>");
        assert_eq!(children[0].attribute("x"), Some("<1"));
        assert_eq!(children[0].attributes().next().unwrap().namespace, "urn:b");
        assert_eq!(children[0].place(), Place::line(3, 3));
        assert_eq!(children[1].namespace(), "urn:b");
    }

    #[test]
    fn faults_have_a_code_and_a_place() {
        let deep = "<a>".repeat(1000);
        for (text, code) in [
            ("<a><b></a>", "xml-syntax"),
            ("<a>", "xml-truncated"),
            ("", "xml-truncated"),
            ("<a/><b/>", "xml-syntax"),
            ("<a/>text", "xml-syntax"),
            ("<a x='1' x='2'/>", "xml-syntax"),
            ("<a>&b;</a>", "xml-entity"),
            ("<a x='&b;'/>", "xml-entity"),
            ("<x:a/>", "xml-syntax"),
            (deep.as_str(), "xml-depth"),
        ] {
            assert_eq!(parse_xml(text).unwrap_err().code, code, "{text:.20}");
        }
    }
}
