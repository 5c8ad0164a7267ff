//! Licenses in RDF, written back as expressions.
//!
//! Source: SPDX 2.3, annex D and clause 10; the ontology for sets and operators.

use super::graph::{Graph, Node, Value};
use super::word::{fragment, reserved};

/// So many nodes make one expression at most: sets may share members and even stand in a circle.
const MAXIMUM_NODES: usize = 4096;

/// The deepest nesting of sets.
const MAXIMUM_DEPTH: usize = 64;

/// Where the licenses of the SPDX list stand.
const LISTED: [&str; 2] = ["http://spdx.org/licenses/", "https://spdx.org/licenses/"];

/// Writes a license as an expression.
#[derive(Debug)]
pub(super) struct Expression<'g, 'm> {
    graph: &'g Graph<'m>,
    text: String,
    nodes: usize,
}

impl<'g, 'm> Expression<'g, 'm> {
    /// The expression for the value of a property.
    pub(super) fn of(graph: &'g Graph<'m>, value: &Value<'m>) -> String {
        let mut expression = Self {
            graph,
            text: String::new(),
            nodes: 0,
        };
        expression.value(value, 0);
        expression.text
    }

    fn value(&mut self, value: &Value<'m>, depth: usize) {
        self.nodes += 1;
        if self.nodes > MAXIMUM_NODES || depth > MAXIMUM_DEPTH {
            return;
        }
        match value {
            Value::Text(text) => self.text.push_str(text.trim()),
            Value::Collection(_) => {}
            Value::Node(node) => self.node(*node, depth),
            Value::Name(name) => match self.graph.lookup(name) {
                Some(node) if reserved(name).is_none() => self.node(node, depth),
                _ => self.text.push_str(&identifier(name)),
            },
        }
    }

    fn node(&mut self, node: Node<'m>, depth: usize) {
        match self.graph.kind(node) {
            "ConjunctiveLicenseSet" => self.members(node, " AND ", depth),
            "DisjunctiveLicenseSet" => self.members(node, " OR ", depth),
            "OrLaterOperator" => {
                self.member(node, "member", depth);
                self.text.push('+');
            }
            "WithExceptionOperator" => {
                self.member(node, "member", depth);
                self.text.push_str(" WITH ");
                self.member(node, "licenseException", depth);
            }
            "SpdxNoAssertionLicense" => self.text.push_str("NOASSERTION"),
            "SpdxNoneLicense" => self.text.push_str("NONE"),
            _ => {
                let stated = ["licenseId", "licenseExceptionId"];
                let stated =
                    stated
                        .iter()
                        .find_map(|key| match self.graph.property(node, key)? {
                            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
                            _ => None,
                        });
                match (stated, self.graph.name(node)) {
                    (Some(id), _) => self.text.push_str(id),
                    (None, Some(name)) => self.text.push_str(&identifier(&name)),
                    (None, None) => {}
                }
            }
        }
    }

    fn member(&mut self, node: Node<'m>, property: &str, depth: usize) {
        if let Some(value) = self.graph.property(node, property) {
            self.value(&value, depth + 1);
        }
    }

    fn members(&mut self, node: Node<'m>, operator: &str, depth: usize) {
        let graph = self.graph;
        let is_nested = depth > 0;
        if is_nested {
            self.text.push('(');
        }
        let start = self.text.len();
        let properties = graph.properties(node);
        for property in properties.filter(|property| property.name == "member") {
            if self.text.len() > start && self.nodes <= MAXIMUM_NODES {
                self.text.push_str(operator);
            }
            self.value(&property.value, depth + 1);
        }
        if is_nested {
            self.text.push(')');
        }
    }
}

/// The identifier in the address of a license.
fn identifier(name: &str) -> String {
    if let Some(word) = reserved(name) {
        return word.to_owned();
    }
    let listed = LISTED.iter().find_map(|start| name.strip_prefix(start));
    listed.map_or_else(
        || fragment(name).into_owned(),
        |id| id.trim_end_matches(".html").to_owned(),
    )
}
