//! The nodes of an RDF/XML document, with their properties.
//!
//! Source: W3C, RDF 1.1 XML Syntax, 2 and 7: node elements and property elements in turn. A node may be
//! described in several places; what refers to it need not stand near.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::markup::{Element, Markup};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A node with a name, and every element that describes it.
#[derive(Debug)]
struct Named<'m> {
    first: Element<'m>,
    more: Vec<Element<'m>>,
    /// Whether it stands among the nodes of a type.
    is_listed: bool,
}

/// A node: one with a name, by its index, or one that nothing else can refer to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'m> {
    Named(u32),
    Anonymous(Element<'m>),
}

/// The value of a property.
#[derive(Debug, Clone)]
pub(super) enum Value<'m> {
    Text(&'m str),
    /// The name of a node, which need not be described.
    Name(Cow<'m, str>),
    Node(Node<'m>),
    /// The nodes in this element.
    Collection(Element<'m>),
}

/// A property of a node.
#[derive(Debug, Clone)]
pub(super) struct Property<'m> {
    pub(super) name: &'m str,
    pub(super) value: Value<'m>,
    pub(super) offset: usize,
}

/// A document as nodes.
#[derive(Debug, Default)]
pub(super) struct Graph<'m> {
    base: &'m str,
    names: HashMap<Cow<'m, str>, u32, foldhash::fast::FixedState>,
    named: Vec<Named<'m>>,
    /// The nodes that may be elements of SPDX, in the order of the document, each with its type.
    typed: Vec<(&'m str, Node<'m>)>,
}

/// The types of nodes that are looked for.
const TYPES: [&str; 5] = [
    "SpdxDocument",
    "Package",
    "File",
    "Snippet",
    "ExtractedLicensingInfo",
];

impl<'m> Graph<'m> {
    pub(super) fn read(markup: &'m Markup<'m>) -> Self {
        let root = markup.root();
        let base = root
            .attributes()
            .find(|one| one.name == "base" && one.namespace == XML);
        let mut graph = Self {
            base: base.map_or("", |base| base.value),
            ..Self::default()
        };
        if root.name() == "RDF" && root.namespace() == RDF {
            for element in root.children() {
                graph.walk(element);
            }
        } else {
            graph.walk(root);
        }
        graph
    }

    /// Takes a node element in, with all that stands inside of it. The parser bounds the depth.
    fn walk(&mut self, element: Element<'m>) {
        let node = match self.name_of(element) {
            None => Node::Anonymous(element),
            Some(name) => {
                let next = u32::try_from(self.named.len()).unwrap_or(u32::MAX);
                let index = *self.names.entry(name).or_insert(next);
                match self.named.get_mut(index as usize) {
                    Some(known) => known.more.push(element),
                    None => self.named.push(Named {
                        first: element,
                        more: Vec::new(),
                        is_listed: false,
                    }),
                }
                Node::Named(index)
            }
        };
        let kind = type_of(element);
        if TYPES.contains(&kind) {
            let is_listed = match node {
                Node::Anonymous(_) => false,
                Node::Named(index) => self
                    .named
                    .get_mut(index as usize)
                    .is_some_and(|named| std::mem::replace(&mut named.is_listed, true)),
            };
            if !is_listed {
                self.typed.push((kind, node));
            }
        }
        for property in element.children() {
            match property.attribute("parseType") {
                Some("Resource") => {
                    for inner in property.children().flat_map(Element::children) {
                        self.walk(inner);
                    }
                }
                Some("Literal") => {}
                _ => {
                    for inner in property.children() {
                        self.walk(inner);
                    }
                }
            }
        }
    }

    /// The name of a node element; `None` where it has none.
    fn name_of(&self, element: Element<'m>) -> Option<Cow<'m, str>> {
        element.attributes().find_map(|one| {
            if one.namespace != RDF {
                return None;
            }
            match one.name {
                "about" => Some(self.resolved(one.value)),
                "ID" => Some(format!("{}#{}", self.base, one.value).into()),
                "nodeID" => Some(format!("_:{}", one.value).into()),
                _ => None,
            }
        })
    }

    /// An address, with the base before it where it is only a fragment.
    fn resolved(&self, address: &'m str) -> Cow<'m, str> {
        if address.starts_with('#') && !self.base.is_empty() {
            return format!("{}{address}", self.base).into();
        }
        Cow::Borrowed(address)
    }

    /// The nodes of a type.
    pub(super) fn of_type(&self, kind: &str) -> impl Iterator<Item = Node<'m>> {
        self.typed
            .iter()
            .filter(move |(other, _)| *other == kind)
            .map(|(_, node)| *node)
    }

    /// The node of a name, where it is described.
    pub(super) fn lookup(&self, name: &str) -> Option<Node<'m>> {
        self.names.get(name).map(|index| Node::Named(*index))
    }

    fn elements(&self, node: Node<'m>) -> impl Iterator<Item = Element<'m>> {
        let (first, more) = match node {
            Node::Anonymous(element) => (Some(element), &[][..]),
            Node::Named(index) => self
                .named
                .get(index as usize)
                .map_or((None, &[][..]), |one| (Some(one.first), &one.more[..])),
        };
        first.into_iter().chain(more.iter().copied())
    }

    /// The name of a node, where it has one.
    pub(super) fn name(&self, node: Node<'m>) -> Option<Cow<'m, str>> {
        self.elements(node).next().and_then(|one| self.name_of(one))
    }

    /// The type of a node; empty where it states none.
    pub(super) fn kind(&self, node: Node<'m>) -> &'m str {
        let mut kinds = self.elements(node).map(type_of);
        kinds.find(|kind| !kind.is_empty()).unwrap_or_default()
    }

    /// Where a node is described first.
    pub(super) fn offset(&self, node: Node<'m>) -> usize {
        self.elements(node).next().map_or(0, Element::offset)
    }

    /// The properties of a node, in the order of the document.
    pub(super) fn properties(&self, node: Node<'m>) -> impl Iterator<Item = Property<'m>> {
        self.elements(node).flat_map(move |element| {
            let offset = element.offset();
            let attributes = element.attributes().filter(is_property);
            let attributes = attributes.map(move |one| Property {
                name: one.name,
                value: Value::Text(one.value),
                offset,
            });
            let elements = element.children().map(move |child| Property {
                name: child.name(),
                value: self.value(child),
                offset: child.offset(),
            });
            attributes.chain(elements)
        })
    }

    /// The first value of a property.
    pub(super) fn property(&self, node: Node<'m>, name: &str) -> Option<Value<'m>> {
        self.properties(node)
            .find(|property| property.name == name)
            .map(|property| property.value)
    }

    fn value(&self, property: Element<'m>) -> Value<'m> {
        for one in property.attributes().filter(|one| one.namespace == RDF) {
            match (one.name, one.value) {
                ("resource", address) => return Value::Name(self.resolved(address)),
                ("nodeID", id) => return Value::Name(format!("_:{id}").into()),
                ("parseType", "Resource") => return Value::Node(Node::Anonymous(property)),
                ("parseType", "Collection") => return Value::Collection(property),
                _ => {}
            }
        }
        if let Some(inner) = property.children().next() {
            return Value::Node(self.node(inner));
        }
        if property.text().trim().is_empty() && property.attributes().any(|one| is_property(&one)) {
            return Value::Node(Node::Anonymous(property));
        }
        Value::Text(property.text())
    }

    /// The node that a node element describes.
    pub(super) fn node(&self, element: Element<'m>) -> Node<'m> {
        self.name_of(element)
            .and_then(|name| self.lookup(&name))
            .unwrap_or(Node::Anonymous(element))
    }
}

/// Whether an attribute states a property.
fn is_property(attribute: &crate::markup::Attribute<'_>) -> bool {
    !matches!(attribute.namespace, "" | RDF | XML)
}

/// The type that an element states: its own name, or what `rdf:type` says.
fn type_of(element: Element<'_>) -> &str {
    if element.name() != "Description" || element.namespace() != RDF {
        return element.name();
    }
    let stated = element
        .child("type")
        .and_then(|kind| kind.attribute("resource"));
    stated.map_or("", |address| {
        address.rsplit(['#', '/']).next().unwrap_or(address)
    })
}
