//! The RDF/XML encoding of SPDX 2, put into the shape of its JSON.
//!
//! The document is read as nodes with properties, in whatever order and nesting they stand; then each
//! element is written once. Nothing is followed further than an element's own properties, so circles
//! between elements do no harm.

mod expression;
mod graph;
mod rule;
mod word;

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::markup::Markup;
use crate::tape::{Addressing, Builder, Full, Tape};
use expression::Expression;
use graph::{Graph, Node, Value};
use rule::{Form, Rule};

/// Where the types of external references stand.
const REFERENCES: &str = "spdx.org/rdf/references/";

/// The deepest nesting of objects in one element: those of the JSON shape have three levels.
const MAXIMUM_DEPTH: usize = 8;

/// Puts an RDF/XML document into the shape of SPDX 2.3 JSON.
///
/// # Errors
///
/// `document-values` for a document that is too large.
pub fn to_tape<'a>(markup: &Markup<'a>) -> Result<Tape<'a>, Diagnostic> {
    let graph = Graph::read(markup);
    let document = graph.of_type("SpdxDocument").next();
    let address = document
        .and_then(|node| graph.name(node))
        .unwrap_or_default();
    let namespace = address.rsplit_once('#').map_or("", |(before, _)| before);
    let mut writer = Writer {
        builder: Builder::new(markup.source(), Addressing::Line),
        graph: &graph,
        namespace,
        version: match document.and_then(|node| graph.property(node, "specVersion")) {
            Some(Value::Text(version)) => version,
            _ => "",
        },
        documents: Vec::new(),
    };
    writer.write(document).map_err(super::too_large)?;
    Ok(writer.builder.finish())
}

struct Writer<'a, 'g, 'm> {
    builder: Builder<'a>,
    graph: &'g Graph<'m>,
    namespace: &'g str,
    /// The version that the document states.
    version: &'m str,
    /// The other documents that are referred to: address and name.
    documents: Vec<(Cow<'m, str>, String)>,
}

impl<'m> Writer<'_, '_, 'm> {
    fn write(&mut self, document: Option<Node<'m>>) -> Result<(), Full> {
        let offset = document.map(|node| self.graph.offset(node));
        self.builder.open_table(None, offset)?;
        if let Some(node) = document {
            self.other_documents(node);
            self.spdx_id(node)?;
            if !self.namespace.is_empty() {
                let namespace = self.namespace;
                self.builder
                    .text(Some("documentNamespace"), namespace, offset)?;
            }
            self.members(node, rule::DOCUMENT, 0)?;
        }
        for (key, kind, rules) in [
            ("packages", "Package", rule::PACKAGE),
            ("files", "File", rule::FILE),
            ("snippets", "Snippet", rule::SNIPPET),
            (
                "hasExtractedLicensingInfos",
                "ExtractedLicensingInfo",
                rule::LICENSING,
            ),
        ] {
            self.section(key, kind, rules)?;
        }
        self.relationships()?;
        self.builder.close();
        Ok(())
    }

    fn other_documents(&mut self, document: Node<'m>) {
        let graph = self.graph;
        let properties = graph.properties(document);
        for property in properties.filter(|one| one.name == "externalDocumentRef") {
            let Some(node) = self.described(&property.value) else {
                continue;
            };
            let address = match graph.property(node, "spdxDocument") {
                Some(Value::Text(text)) => text.trim().into(),
                Some(Value::Name(name)) => name,
                _ => continue,
            };
            if let Some(id) = self.document_id(node) {
                self.documents.push((address, id));
            }
        }
    }

    /// The name of another document: stated, or the name of the node that refers to it.
    fn document_id(&self, node: Node<'m>) -> Option<String> {
        if let Some(Value::Text(text)) = self.graph.property(node, "externalDocumentId") {
            return Some(text.trim().to_owned());
        }
        let name = self.graph.name(node)?;
        let id = word::fragment(&name);
        id.starts_with("DocumentRef-").then(|| id.into_owned())
    }

    fn section(&mut self, key: &str, kind: &str, rules: &'static [Rule]) -> Result<(), Full> {
        let graph = self.graph;
        let mut nodes = graph.of_type(kind).peekable();
        let Some(first) = nodes.peek() else {
            return Ok(());
        };
        self.builder
            .open_list(Some(key), Some(graph.offset(*first)))?;
        for node in nodes {
            self.builder.open_table(None, Some(graph.offset(node)))?;
            if kind == "ExtractedLicensingInfo" {
                self.license_id(node)?;
            } else {
                self.spdx_id(node)?;
            }
            self.members(node, rules, 0)?;
            self.builder.close();
        }
        self.builder.close();
        Ok(())
    }

    fn relationships(&mut self) -> Result<(), Full> {
        let graph = self.graph;
        self.builder.open_list(Some("relationships"), None)?;
        for kind in ["SpdxDocument", "Package", "File", "Snippet"] {
            for subject in graph.of_type(kind) {
                let Some(id) = graph.name(subject).and_then(|name| self.id(&name)) else {
                    continue;
                };
                let properties = graph.properties(subject);
                for property in properties.filter(|one| one.name == "relationship") {
                    let Some(node) = self.described(&property.value) else {
                        continue;
                    };
                    let offset = Some(property.offset);
                    self.builder.open_table(None, offset)?;
                    self.builder.text(Some("spdxElementId"), &id, offset)?;
                    self.members(node, rule::RELATIONSHIP, 0)?;
                    self.builder.close();
                }
            }
        }
        self.builder.close();
        Ok(())
    }

    fn spdx_id(&mut self, node: Node<'m>) -> Result<(), Full> {
        let Some(id) = self.graph.name(node).and_then(|name| self.id(&name)) else {
            return Ok(());
        };
        let offset = Some(self.graph.offset(node));
        self.builder.text(Some("SPDXID"), &id, offset)
    }

    /// Names a license by its address where it does not state its name.
    fn license_id(&mut self, node: Node<'m>) -> Result<(), Full> {
        let graph = self.graph;
        if graph.property(node, "licenseId").is_some() {
            return Ok(());
        }
        let name = graph.name(node).unwrap_or_default();
        let id = word::fragment(&name);
        if !id.starts_with("LicenseRef-") {
            return Ok(());
        }
        self.builder
            .text(Some("licenseId"), &id, Some(graph.offset(node)))
    }

    /// The node that a value describes or refers to.
    fn described(&self, value: &Value<'m>) -> Option<Node<'m>> {
        match value {
            Value::Node(node) => Some(*node),
            Value::Name(name) => self.graph.lookup(name),
            Value::Text(_) | Value::Collection(_) => None,
        }
    }

    /// The identifier of an element; `None` for a node without an address.
    fn id(&self, address: &str) -> Option<String> {
        if address.starts_with("_:") {
            return None;
        }
        if let Some(word) = word::reserved(address) {
            return Some(word.to_owned());
        }
        let id = word::fragment(address).into_owned();
        let namespace = address.rsplit_once('#').map_or("", |(before, _)| before);
        let other = self.documents.iter().find(|(other, _)| {
            namespace != self.namespace && other.trim_end_matches('#') == namespace
        });
        Some(match other {
            Some((_, document)) if !namespace.is_empty() => format!("{document}:{id}"),
            _ => id,
        })
    }

    /// Writes the properties of a node that the rules name. A list is written where its first item
    /// stands; of a property that may stand once, the first counts.
    fn members(
        &mut self,
        node: Node<'m>,
        rules: &'static [Rule],
        depth: usize,
    ) -> Result<(), Full> {
        if depth > MAXIMUM_DEPTH {
            return Ok(());
        }
        let graph = self.graph;
        let mut written: Vec<&str> = Vec::new();
        for property in graph.properties(node) {
            let Some(rule) = rules.iter().find(|rule| rule.property == property.name) else {
                continue;
            };
            if written.contains(&rule.key) {
                continue;
            }
            written.push(rule.key);
            if !rule.is_list {
                self.value(
                    Some(rule.key),
                    rule,
                    &property.value,
                    property.offset,
                    depth,
                )?;
                continue;
            }
            self.builder
                .open_list(Some(rule.key), Some(property.offset))?;
            let same = graph.properties(node);
            for property in same.filter(|one| one.name == rule.property) {
                if let Value::Collection(collection) = property.value {
                    for element in collection.children() {
                        let value = Value::Node(graph.node(element));
                        self.value(None, rule, &value, element.offset(), depth)?;
                    }
                } else {
                    self.value(None, rule, &property.value, property.offset, depth)?;
                }
            }
            self.builder.close();
        }
        Ok(())
    }

    fn value(
        &mut self,
        key: Option<&str>,
        rule: &Rule,
        value: &Value<'m>,
        offset: usize,
        depth: usize,
    ) -> Result<(), Full> {
        let at = Some(offset);
        // A word that is written out instead of named by its address.
        if let (Value::Text(text), false) = (value, matches!(rule.form, Form::Table(_))) {
            return super::xml::scalar(&mut self.builder, key, rule.key, text, offset);
        }
        let name = match value {
            Value::Name(name) => Some(name.clone()),
            Value::Node(node) => self.graph.name(*node),
            Value::Text(_) | Value::Collection(_) => None,
        };
        match rule.form {
            Form::License => {
                let expression = Expression::of(self.graph, value);
                if expression.is_empty() {
                    return Ok(());
                }
                self.builder.text(key, &expression, at)
            }
            Form::Table(rules) => {
                let Some(node) = self.described(value) else {
                    return Ok(());
                };
                self.builder
                    .open_table(key, Some(self.graph.offset(node)))?;
                if rule.property == "externalDocumentRef"
                    && self.graph.property(node, "externalDocumentId").is_none()
                    && let Some(id) = self.document_id(node)
                {
                    self.builder.text(Some("externalDocumentId"), &id, at)?;
                }
                self.members(node, rules, depth + 1)?;
                self.builder.close();
                Ok(())
            }
            Form::Id => match name.and_then(|name| self.id(&name)) {
                Some(id) => self.builder.text(key, &id, at),
                None => Ok(()),
            },
            Form::Word => {
                let version = self.version;
                self.named(key, name, at, |name| {
                    super::category(&word::word(name), version).to_owned()
                })
            }
            Form::Type => {
                let namespace = self.namespace;
                self.named(key, name, at, |name| match name.split_once(REFERENCES) {
                    Some((_, kind)) => kind.to_owned(),
                    None if !namespace.is_empty() && name.starts_with(namespace) => {
                        word::fragment(name).into_owned()
                    }
                    None => name.to_owned(),
                })
            }
            Form::Text | Form::Address => self.named(key, name, at, |name| {
                word::reserved(name).unwrap_or(name).to_owned()
            }),
        }
    }

    fn named(
        &mut self,
        key: Option<&str>,
        name: Option<Cow<'m, str>>,
        at: Option<usize>,
        word: impl Fn(&str) -> String,
    ) -> Result<(), Full> {
        match name.filter(|name| !name.starts_with("_:")) {
            Some(name) => self.builder.text(key, &word(&name), at),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
