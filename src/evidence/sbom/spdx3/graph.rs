//! The elements of a document by their names: the first of the two passes.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::class::{Class, local_name};
use crate::evidence::sbom::model::{Ref, References, Target};
use crate::tape::{Item, Shape, Step, Tape, push_step};

/// How deep elements are looked for inside of each other.
const MAXIMUM_NESTING: usize = 16;

/// Where an element stands.
#[derive(Debug, Clone)]
pub(super) enum Stand {
    /// In the list `@graph`, by index.
    Graph(u32),
    /// Inside of another element or as the root itself, by its JSON pointer; with the index in
    /// `@graph` of what it stands in.
    Elsewhere(Box<str>, u32),
}

/// An element, or a `CreationInfo`, which is none but has a name like one.
#[derive(Debug, Clone)]
pub(super) struct Element<'t> {
    pub(super) item: Item<'t>,
    pub(super) class: Option<Class>,
    pub(super) reference: Option<Ref>,
    pub(super) stand: Stand,
}

impl Element<'_> {
    /// Its JSON pointer.
    pub(super) fn pointer(&self) -> String {
        match &self.stand {
            Stand::Graph(index) => format!("/@graph/{index}"),
            Stand::Elsewhere(pointer, _) => pointer.to_string(),
        }
    }

    /// The index in `@graph` of what it stands in.
    pub(super) fn entry(&self) -> u32 {
        match &self.stand {
            Stand::Graph(index) | Stand::Elsewhere(_, index) => *index,
        }
    }
}

/// A document as elements that name each other.
pub(super) struct Graph<'t> {
    /// In the order of the tape.
    pub(super) elements: Vec<Element<'t>>,
    pub(super) references: References,
    /// Where a reference leads, by [`Ref`]: the index of the element plus one; 0 for none.
    by_reference: Vec<u32>,
    /// Relationships by name. They are half of a document and hardly ever spoken of, so that their
    /// names are not copied into the references.
    relationships: HashMap<&'t str, u32, FixedState>,
    /// Elements whose name another one had before: index of the later and of the first.
    pub(super) repeated: Vec<(usize, usize)>,
    /// Prefixes of compact IRIs with what they stand for.
    prefixes: Vec<(&'t str, &'t str)>,
    /// The names of the elements as written, until all prefixes are known.
    names: Vec<Option<&'t str>>,
}

impl<'t> Graph<'t> {
    pub(super) fn read(tape: &'t Tape<'t>) -> Self {
        let root = tape.root();
        let mut graph = Self {
            // An element has a dozen nodes or so.
            elements: Vec::with_capacity(tape.len() / 16),
            references: References::default(),
            by_reference: Vec::new(),
            relationships: HashMap::default(),
            repeated: Vec::new(),
            prefixes: prefixes(root),
            names: Vec::new(),
        };
        if let Some(list) = root.get("@graph") {
            for (index, item) in entries(list).enumerate() {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                graph.add(item, Stand::Graph(index), 0);
            }
        } else if root.shape() == Shape::Table {
            graph.add(root, Stand::Elsewhere("".into(), 0), 0);
        }
        graph.name_all();
        graph
    }

    fn name_all(&mut self) {
        self.prefixes.sort_unstable();
        let relationships = self.elements.iter();
        let relationships =
            relationships.filter(|one| one.class.is_some_and(Class::is_relationship));
        self.relationships.reserve(relationships.count());
        for (index, name) in std::mem::take(&mut self.names).into_iter().enumerate() {
            let Some(name) = name else { continue };
            let class = self.elements.get(index).and_then(|one| one.class);
            if self.prefixes.is_empty() && class.is_some_and(Class::is_relationship) {
                let position = u32::try_from(index).unwrap_or(u32::MAX);
                if let Some(first) = self.relationships.insert(name, position) {
                    self.repeated.push((index, first as usize));
                }
                continue;
            }
            let reference = self.intern(name);
            if let Some(element) = self.elements.get_mut(index) {
                element.reference = Some(reference);
            }
            self.note(reference, index);
        }
    }

    fn add(&mut self, item: Item<'t>, stand: Stand, depth: usize) {
        let index = self.elements.len();
        let (mut class, mut name, mut nested) = (None, None, false);
        for child in item.children() {
            let shape = child.shape();
            match child.key() {
                Some("type" | "@type") => class = plain(child).and_then(Class::from_word),
                Some("spdxId" | "@id") => name = plain(child),
                _ if !matches!(shape, Shape::Table | Shape::List) => {}
                Some("@context" | "verifiedUsing" | "externalIdentifier" | "externalRef") => {}
                Some("namespaceMap") => self.prefixes.extend(declared(child)),
                _ => {
                    let is_table = |one: Item<'t>| one.shape() == Shape::Table;
                    nested |= shape == Shape::Table || child.items().any(is_table);
                }
            }
        }
        self.elements.push(Element {
            item,
            class,
            reference: None,
            stand,
        });
        self.names.push(name);
        if nested && depth < MAXIMUM_NESTING {
            self.add_nested(index, depth);
        }
    }

    fn note(&mut self, reference: Ref, index: usize) {
        let slot = reference.0 as usize;
        if self.by_reference.len() <= slot {
            self.by_reference.resize(slot + 1, 0);
        }
        if let Some(known) = self.by_reference.get_mut(slot) {
            if *known == 0 {
                *known = u32::try_from(index + 1).unwrap_or(0);
            } else {
                self.repeated.push((index, *known as usize - 1));
            }
        }
    }

    /// Adds what is written inside of an element where its name would do.
    fn add_nested(&mut self, outer: usize, depth: usize) {
        let Some(element) = self.elements.get(outer) else {
            return;
        };
        let (item, entry) = (element.item, element.entry());
        for child in item.children() {
            let Some(key) = child.key() else { continue };
            if key == "@context" || key == "@graph" {
                continue;
            }
            for (index, value) in entries(child).enumerate() {
                let is_element = || {
                    let word = value.get("type").or_else(|| value.get("@type"));
                    word.and_then(plain).and_then(Class::from_word).is_some()
                };
                if value.shape() != Shape::Table || !is_element() {
                    continue;
                }
                let mut pointer = self
                    .elements
                    .get(outer)
                    .map_or_else(String::new, Element::pointer);
                push_step(&mut pointer, Step::Key(key));
                if child.shape() == Shape::List {
                    push_step(&mut pointer, Step::Position(index));
                }
                let stand = Stand::Elsewhere(pointer.into_boxed_str(), entry);
                self.add(value, stand, depth + 1);
            }
        }
    }

    /// The reference of a name, with its prefix written out.
    fn intern(&mut self, name: &str) -> Ref {
        if let Some(individual) = individual(name) {
            let reference = self.references.intern(individual);
            let target = if individual == "NONE" {
                Target::Nothing
            } else {
                Target::NoAssertion
            };
            self.references.define(reference, target);
            return reference;
        }
        match self.expand(name) {
            Cow::Borrowed(name) => self.references.intern(name),
            Cow::Owned(name) => self.references.intern(&name),
        }
    }

    /// A name with its prefix written out.
    pub(super) fn expanded(&self, name: &str) -> String {
        self.expand(name).into_owned()
    }

    fn expand<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.prefixes.is_empty() || name.starts_with("_:") {
            return Cow::Borrowed(name);
        }
        let Some((prefix, rest)) = name.split_once(':') else {
            return Cow::Borrowed(name);
        };
        self.prefix(prefix).map_or(Cow::Borrowed(name), |iri| {
            // What is behind a prefix may be a compact IRI itself, as in converted documents.
            let rest = self.expand_once(rest);
            if rest.contains("://") {
                rest
            } else {
                Cow::Owned(format!("{iri}{rest}"))
            }
        })
    }

    fn prefix(&self, prefix: &str) -> Option<&'t str> {
        let found = self
            .prefixes
            .binary_search_by(|(known, _)| (*known).cmp(prefix));
        self.prefixes.get(found.ok()?).map(|(_, iri)| *iri)
    }

    fn expand_once<'a>(&self, name: &'a str) -> Cow<'a, str> {
        name.split_once(':')
            .and_then(|(prefix, rest)| {
                let iri = self.prefix(prefix)?;
                Some(Cow::Owned(format!("{iri}{rest}")))
            })
            .unwrap_or(Cow::Borrowed(name))
    }

    /// The reference that a value is: a name, an object that holds one, or an element without a name.
    pub(super) fn reference(&mut self, value: Item<'t>) -> Option<Ref> {
        if let Some(name) = name_of(value) {
            return Some(self.intern(name));
        }
        let index = self.position(value)?;
        let reference = self.references.intern(&format!("_:{}", value.index()));
        self.note(reference, index);
        if let Some(element) = self.elements.get_mut(index) {
            element.reference = Some(reference);
        }
        Some(reference)
    }

    /// The JSON pointer of what lies inside of an element; of the element itself for an empty path.
    ///
    /// The steps of `path` are plain names and positions, which the document may write otherwise: a name
    /// with its prefix or as an IRI, and a list of one as the one. Where a member is absent, the pointer
    /// ends at what should hold it.
    pub(super) fn pointer(&self, index: usize, path: &str) -> String {
        let Some(element) = self.elements.get(index) else {
            return String::new();
        };
        let mut pointer = element.pointer();
        let mut item = element.item;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            if item.shape() == Shape::List {
                let inner = step.parse().ok().and_then(|at| item.items().nth(at));
                let (Some(inner), Ok(position)) = (inner, step.parse()) else {
                    break;
                };
                push_step(&mut pointer, Step::Position(position));
                item = inner;
            } else if step.parse::<usize>().is_err() {
                let Some((inner, key)) = item
                    .children()
                    .filter_map(|child| Some((child, child.key()?)))
                    .find(|(_, key)| local_name(key) == local_name(step))
                else {
                    break;
                };
                push_step(&mut pointer, Step::Key(key));
                item = inner;
            }
        }
        pointer
    }

    /// The index of the element that a value names or is.
    pub(super) fn find(&self, value: Item<'t>) -> Option<usize> {
        if let Some(name) = name_of(value) {
            let name = self.expand(name);
            let reference = self.references.lookup(&name);
            let found = reference.and_then(|reference| self.element_of(reference));
            return found.or_else(|| {
                self.relationships
                    .get(name.as_ref())
                    .map(|one| *one as usize)
            });
        }
        self.position(value)
    }

    /// The index of the element behind a reference.
    pub(super) fn element_of(&self, reference: Ref) -> Option<usize> {
        let known = self.by_reference.get(reference.0 as usize);
        let known = known.and_then(|known| (*known as usize).checked_sub(1));
        known.or_else(|| {
            let name = self.references.name(reference);
            self.relationships.get(name).map(|one| *one as usize)
        })
    }

    fn position(&self, value: Item<'t>) -> Option<usize> {
        if value.shape() != Shape::Table {
            return None;
        }
        let key = |element: &Element<'t>| element.item.index();
        self.elements.binary_search_by_key(&value.index(), key).ok()
    }
}

/// The values of a property: the items of a list, or the one value that stands without a list.
pub(super) fn entries(value: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    let is_list = value.shape() == Shape::List;
    let one = (!is_list && value.shape() != Shape::Null).then_some(value);
    value.items().chain(one)
}

/// The text of a value, whether it is plain, alone in a list or a JSON-LD value object.
pub(super) fn plain(value: Item<'_>) -> Option<&str> {
    match value.shape() {
        Shape::Text => value.text(),
        Shape::List => value.items().next().and_then(plain_of_one),
        _ => plain_of_one(value),
    }
}

fn plain_of_one(value: Item<'_>) -> Option<&str> {
    match value.shape() {
        Shape::Table => value.get_text("@value").or_else(|| value.get_text("@id")),
        _ => value.text(),
    }
}

fn name_of(value: Item<'_>) -> Option<&str> {
    match value.shape() {
        Shape::Text => value.text(),
        Shape::Table => value.get_text("spdxId").or_else(|| value.get_text("@id")),
        _ => None,
    }
}

/// The SPDX 2 word of the individuals that say "none" and "no assertion".
///
/// Source: SPDX 3.0.1, Core: Individuals `NoneElement` and `NoAssertionElement`; Expanded Licensing:
/// `NoneLicense` and `NoAssertionLicense`.
pub(super) fn individual(name: &str) -> Option<&'static str> {
    let ends = ["Element", "License", "NONE", "NOASSERTION"];
    if !ends.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    match local_name(name) {
        "NoneElement" | "NoneLicense" | "NONE" => Some("NONE"),
        "NoAssertionElement" | "NoAssertionLicense" | "NOASSERTION" => Some("NOASSERTION"),
        _ => None,
    }
}

/// The prefixes that the context declares.
fn prefixes(root: Item<'_>) -> Vec<(&str, &str)> {
    let context = root.get("@context").into_iter().flat_map(entries);
    context
        .filter(|one| one.shape() == Shape::Table)
        .flat_map(Item::children)
        .filter_map(|one| one.key().zip(one.text()))
        .collect()
}

/// The prefixes that a document declares for its serializations.
fn declared(maps: Item<'_>) -> impl Iterator<Item = (&str, &str)> {
    entries(maps)
        .filter_map(|map| map.get_text("prefix").zip(map.get_text("namespace")))
        .filter(|(prefix, _)| !prefix.is_empty())
}
