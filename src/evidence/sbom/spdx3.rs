//! SPDX 3.0.1 as JSON-LD into the model; 3.0.0 is read with a remark.
//!
//! A document is a graph: elements that name each other, in any order, some of them written inside of
//! another. The first pass names them all; the second reads them. Names of properties and classes are
//! read with the prefix of their profile, without it and as IRIs, since documents hold all three; what
//! of it breaks the form is said by the checks of the schema, not here.
//!
//! Source: SPDX 3.0.1, Model and "Serialization in JSON-LD".

mod artifact;
mod class;
mod document;
mod graph;
mod license;
mod party;
mod relationship;
mod security;
pub(crate) mod vocabulary;

pub(crate) use self::document::instant;

use std::collections::HashMap;

use foldhash::fast::FixedState;

use self::class::Class;
use self::graph::{Graph, entries, plain};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom::model::{Format, License, Parties, Party, Ref, Sbom, Target};
use crate::evidence::sbom::semantics::Licenses;
use crate::tape::{Item, Tape};

/// Reads a document of SPDX 3 from its tape, with every remark on it.
pub fn build(tape: &Tape<'_>) -> (Sbom, Vec<Diagnostic>) {
    let graph = Graph::read(tape);
    let mut reader = Reader {
        sbom: Sbom::new(Format::Spdx, String::new()),
        licenses: HashMap::default(),
        parties: HashMap::default(),
        shared: Parties::default(),
        creation: None,
        namespaces: Vec::new(),
        expressions: Licenses::default(),
        findings: Findings::new(),
        graph,
    };
    reader.read_version(tape.root());
    reader.read_imports();
    reader.check_repeated();
    reader.read_elements();
    reader.read_relationships();
    reader.read_assessments();
    reader.read_document();
    reader.check_collections();
    reader.sbom.references = reader.graph.references;
    (reader.sbom, reader.findings.finish())
}

/// What the second pass works on.
struct Reader<'t> {
    graph: Graph<'t>,
    sbom: Sbom,
    /// The licenses that were read, by the name of their element.
    licenses: HashMap<Ref, License, FixedState>,
    /// The parties that were read, by the name of their element.
    parties: HashMap<Ref, Option<Party>, FixedState>,
    /// One copy of each.
    shared: Parties,
    /// The name of a creation information that is there, as most elements name the same.
    creation: Option<&'t str>,
    /// Namespaces that the document imports elements of.
    namespaces: Vec<String>,
    expressions: Licenses<'t>,
    findings: Findings,
}

impl<'t> Reader<'t> {
    /// Reads every element but relationships, which speak of elements that may stand behind them.
    fn read_elements(&mut self) {
        let root = self.root();
        let count = |is_it: fn(Class) -> bool| {
            let elements = self.graph.elements.iter();
            elements.filter(|one| one.class.is_some_and(is_it)).count()
        };
        let packages = count(Class::is_package);
        self.sbom
            .files
            .reserve_exact(count(Class::is_artifact) - packages);
        self.sbom.components.reserve_exact(packages);
        self.sbom
            .relationships
            .reserve(count(Class::is_relationship) / 2);
        for index in 0..self.graph.elements.len() {
            let Some(element) = self.graph.elements.get(index) else {
                break;
            };
            let (reference, class) = (element.reference, element.class);
            let target = match class {
                Some(class) if class.is_artifact() => self.read_artifact(index, class, root),
                Some(Class::SpdxDocument | Class::Bom) => Target::Document,
                Some(Class::Vulnerability) => {
                    self.read_vulnerability(index);
                    Target::Element
                }
                _ => Target::Element,
            };
            if let Some(reference) = reference {
                self.graph.references.define(reference, target);
            }
            self.check_creation(index, class);
        }
    }

    /// Whether a creation information belongs to the element that it names.
    fn check_creation(&mut self, index: usize, class: Option<Class>) {
        let Some(item) = self.item(index) else { return };
        if class.is_none() || class == Some(Class::CreationInfo) {
            return;
        }
        let Some(value) = item.get("creationInfo") else {
            return;
        };
        let name = value.text();
        if name.is_some() && name == self.creation {
            return;
        }
        let found = self.graph.find(value).and_then(|found| self.class(found));
        if found == Some(Class::CreationInfo) {
            self.creation = name;
            return;
        }
        let name = plain(value).unwrap_or("an object without a type");
        let graph = &self.graph;
        let pointer = || graph.pointer(index, "creationInfo");
        self.findings.warning(
            "spdx-dangling-reference",
            "write the creation information of that name into the document",
            || {
                (
                    Place::pointer(pointer()),
                    format!("`{name}` is no creation information of the document"),
                )
            },
        );
    }

    /// Names that several elements have.
    fn check_repeated(&mut self) {
        let graph = &self.graph;
        for &(later, first) in &graph.repeated {
            let (Some(later), Some(first)) = (graph.elements.get(later), graph.elements.get(first))
            else {
                continue;
            };
            let of_relationship = member_text(later.item, "spdxId").unwrap_or_default();
            let name = later
                .reference
                .map_or(of_relationship, |one| graph.references.name(one));
            let differs = |key| {
                let text = |item: Item<'t>| item.get(key).and_then(plain);
                text(later.item)
                    .zip(text(first.item))
                    .is_some_and(|(one, other)| one != other)
            };
            let say = || {
                let first = first.pointer();
                let message = format!("`{name}` is the name of the element at `{first}` already");
                (Place::pointer(later.pointer()), message)
            };
            // In JSON-LD one name is one node, so that two objects may share it as long as they agree.
            let help = "give every element a name of its own";
            if later.class != first.class || differs("name") || differs("from") {
                self.findings.error("spdx-duplicate-id", help, say);
            } else {
                self.findings.warning("spdx-duplicate-id", help, say);
            }
        }
    }

    /// Whether all that the collections list is there.
    fn check_collections(&mut self) {
        for index in 0..self.graph.elements.len() {
            if !self.class(index).is_some_and(Class::is_collection) {
                continue;
            }
            let Some(item) = self.item(index) else {
                continue;
            };
            for key in ["rootElement", "element"] {
                let Some(list) = item.get(key) else { continue };
                for (position, value) in entries(list).enumerate() {
                    if let Some(reference) = self.graph.reference(value) {
                        self.check_known(reference, || (index, key, Some(position)));
                    }
                }
            }
            let lists = |key| {
                item.get(key)
                    .is_some_and(|list| entries(list).next().is_some())
            };
            if lists("element") && !lists("rootElement") {
                let graph = &self.graph;
                let pointer = || graph.pointer(index, "");
                self.findings.warning(
                    "spdx-root",
                    "name what the collection is about in `rootElement`",
                    || {
                        (
                            Place::pointer(pointer()),
                            "the collection lists elements and no root".into(),
                        )
                    },
                );
            }
        }
    }

    /// Remarks on a reference that leads nowhere; returns whether it leads somewhere.
    fn check_known(
        &mut self,
        reference: Ref,
        place: impl FnOnce() -> (usize, &'static str, Option<usize>),
    ) -> bool {
        if self.is_known(reference) {
            return true;
        }
        let name = self.graph.references.name(reference);
        let graph = &self.graph;
        self.findings.warning(
            "spdx-dangling-reference",
            "write the element into the document, or import it from the document that holds it",
            || {
                let (index, key, position) = place();
                let inside = position.map_or(String::new(), |one| format!("/{one}"));
                let pointer = graph.pointer(index, &format!("{key}{inside}"));
                (
                    Place::pointer(pointer),
                    format!("`{name}` is no element of the document and none that it imports"),
                )
            },
        );
        false
    }

    fn is_known(&mut self, reference: Ref) -> bool {
        if self.graph.element_of(reference).is_some()
            || self.graph.references.target(reference) != Target::Missing
        {
            return true;
        }
        let name = self.graph.references.name(reference);
        let is_external = license::listed(name).is_some()
            || party::is_spdx_organization(name)
            || namespace(name).is_some_and(|one| {
                self.namespaces
                    .binary_search_by(|known| known.as_str().cmp(one))
                    .is_ok()
            });
        if is_external {
            self.graph.references.define(reference, Target::External);
        }
        is_external
    }

    fn item(&self, index: usize) -> Option<Item<'t>> {
        self.graph.elements.get(index).map(|element| element.item)
    }

    fn class(&self, index: usize) -> Option<Class> {
        self.graph.elements.get(index)?.class
    }

    fn pointer(&self, index: usize, key: &str) -> String {
        self.graph.pointer(index, key)
    }
}

/// What stands before the last `#` or `/` of a name, with that sign.
fn namespace(name: &str) -> Option<&str> {
    let end = name.rfind('#').or_else(|| name.rfind('/'))?;
    name.get(..=end)
}

/// The member of an object under any of the ways to write its name.
fn member<'t>(item: Item<'t>, name: &str) -> Option<Item<'t>> {
    item.children().find(|child| {
        child
            .key()
            .is_some_and(|key| class::local_name(key) == name)
    })
}

/// The text of such a member.
fn member_text<'t>(item: Item<'t>, name: &str) -> Option<&'t str> {
    member(item, name).and_then(plain)
}
