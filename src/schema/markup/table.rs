//! The table of a schema in memory.

use std::collections::HashMap;

use regex::Regex;
use serde::Deserialize;

use super::TableError;
use super::value::Base;

/// A schema.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) namespace: String,
    names: HashMap<String, Name, foldhash::fast::RandomState>,
    roots: Vec<(String, usize)>,
    types: Vec<Type>,
    /// Attributes that are unique below a root.
    unique: Vec<String>,
}

/// An interned name of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(u32);

#[derive(Debug)]
pub(super) enum Type {
    /// `xs:anyType`.
    Anything,
    Simple(Simple),
    Complex(Complex),
}

/// What a text must be.
#[derive(Debug)]
pub(super) struct Simple {
    pub(super) name: Option<String>,
    pub(super) base: Base,
    /// Sorted; empty where every word is allowed.
    pub(super) words: Vec<String>,
    pub(super) patterns: Vec<Regex>,
    pub(super) length: (usize, usize),
    pub(super) minimum: Option<String>,
    pub(super) maximum: Option<String>,
    /// The types of which one must accept the text; empty if this is no union.
    pub(super) union: Vec<usize>,
}

/// What an element with attributes or children must be.
#[derive(Debug)]
pub(super) struct Complex {
    pub(super) name: Option<String>,
    pub(super) attributes: Vec<AttributeRule>,
    pub(super) others: Others,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) struct AttributeRule {
    pub(super) name: String,
    pub(super) kind: usize,
    pub(super) required: bool,
    /// Whether no two elements below a root may have the same value.
    pub(super) is_unique: bool,
}

/// Which attributes may stand beside those that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Others {
    #[default]
    None,
    /// Those of other namespaces.
    Other,
    Any,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Neither text nor elements.
    Nothing,
    /// A text of a simple type.
    Text(usize),
    Elements(Automaton),
}

/// A content model. State 0 is the beginning; every other state is the position just passed.
#[derive(Debug)]
pub(super) struct Automaton {
    /// Whether text may stand between the elements.
    pub(super) mixed: bool,
    pub(super) positions: Vec<Position>,
    pub(super) states: Vec<State>,
}

#[derive(Debug)]
pub(super) struct Position {
    pub(super) name: String,
    pub(super) kind: usize,
    /// Whether an empty element stands for a default.
    pub(super) has_default: bool,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// Sorted by name.
    next: Vec<(Name, usize)>,
    /// The state after an element of another namespace.
    pub(super) wildcard: Option<usize>,
    pub(super) is_end: bool,
}

impl State {
    /// The state after an element of a name.
    pub(super) fn after(&self, name: Name) -> Option<usize> {
        let index = self.next.binary_search_by_key(&name, |next| next.0).ok()?;
        self.next.get(index).map(|next| next.1)
    }

    /// All states after one named element, in the order of the schema.
    pub(super) fn followers(&self) -> Vec<usize> {
        let mut followers: Vec<_> = self.next.iter().map(|next| next.1).collect();
        followers.sort_unstable();
        followers
    }
}

impl Automaton {
    /// The position by which a state was entered; `None` for the beginning.
    pub(super) fn position(&self, state: usize) -> Option<&Position> {
        self.positions.get(state.checked_sub(1)?)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    namespace: String,
    elements: HashMap<String, usize>,
    unique: Vec<String>,
    types: Vec<RawType>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct RawType {
    name: Option<String>,
    anything: bool,
    imported: Option<String>,
    base: Option<Base>,
    words: Vec<String>,
    patterns: Vec<String>,
    #[serde(rename = "minLength")]
    minimum_length: usize,
    #[serde(rename = "maxLength")]
    maximum_length: Option<usize>,
    #[serde(rename = "minInclusive")]
    minimum: Option<String>,
    #[serde(rename = "maxInclusive")]
    maximum: Option<String>,
    union: Vec<usize>,
    attributes: Vec<(String, usize, u8)>,
    others: Others,
    text: Option<usize>,
    mixed: bool,
    elements: Vec<(String, usize, u8)>,
    next: Vec<Vec<usize>>,
    ends: Vec<usize>,
}

impl Table {
    pub(super) fn load(table: &[u8], imported: &[u8]) -> Result<Self, TableError> {
        let raw: RawTable = serde_json::from_slice(table)?;
        let mut imports = None;
        let mut loaded = Self {
            namespace: raw.namespace,
            names: HashMap::default(),
            roots: raw.elements.into_iter().collect(),
            types: Vec::with_capacity(raw.types.len()),
            unique: raw.unique,
        };
        for mut kind in raw.types {
            if let Some(name) = kind.imported.take() {
                if imports.is_none() {
                    imports = Some(serde_json::from_slice::<RawTable>(imported)?.types);
                }
                kind = imports
                    .iter_mut()
                    .flatten()
                    .find(|one| one.name.as_ref() == Some(&name))
                    .map(std::mem::take)
                    .ok_or(TableError::Dangling(name))?;
            }
            let kind = loaded.kind(kind)?;
            loaded.types.push(kind);
        }
        loaded.complete()?;
        Ok(loaded)
    }

    pub(super) fn kind_of(&self, index: usize) -> &Type {
        self.types.get(index).unwrap_or(&Type::Anything)
    }

    /// The type of a root element.
    pub(super) fn root(&self, name: &str) -> Option<usize> {
        let root = self.roots.iter().find(|root| root.0 == name)?;
        Some(root.1)
    }

    /// The names of the root elements.
    pub(super) fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().map(|root| root.0.as_str())
    }

    /// The type of a name, for `xsi:type`.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.types.iter().position(|kind| match kind {
            Type::Anything => false,
            Type::Simple(simple) => simple.name.as_deref() == Some(name),
            Type::Complex(complex) => complex.name.as_deref() == Some(name),
        })
    }

    /// The interned name of an element; `None` where the schema has no element of that name.
    pub(super) fn name(&self, name: &str) -> Option<Name> {
        self.names.get(name).copied()
    }

    fn intern(&mut self, name: &str) -> Name {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let next = Name(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.insert(name.to_owned(), next);
        next
    }

    fn kind(&mut self, raw: RawType) -> Result<Type, TableError> {
        if raw.anything {
            return Ok(Type::Anything);
        }
        if raw.base.is_some() || !raw.union.is_empty() {
            return simple(raw).map(Type::Simple);
        }
        let rule = |(name, kind, required): (String, usize, u8)| AttributeRule {
            is_unique: self.unique.contains(&name),
            name,
            kind,
            required: required != 0,
        };
        let attributes = raw.attributes.into_iter().map(rule).collect();
        let content = if let Some(text) = raw.text {
            Content::Text(text)
        } else if raw.elements.is_empty() {
            Content::Nothing
        } else {
            Content::Elements(self.automaton(raw.mixed, raw.elements, &raw.next, &raw.ends)?)
        };
        Ok(Type::Complex(Complex {
            name: raw.name,
            attributes,
            others: raw.others,
            content,
        }))
    }

    fn automaton(
        &mut self,
        mixed: bool,
        elements: Vec<(String, usize, u8)>,
        next: &[Vec<usize>],
        ends: &[usize],
    ) -> Result<Automaton, TableError> {
        let mut states = Vec::with_capacity(next.len());
        for followers in next {
            let mut state = State::default();
            for position in followers {
                let element = position.checked_sub(1).and_then(|at| elements.get(at));
                let Some((name, ..)) = element else {
                    return Err(TableError::Dangling(format!("position {position}")));
                };
                if name == "*" {
                    state.wildcard = Some(*position);
                } else {
                    state.next.push((self.intern(name), *position));
                }
            }
            state.next.sort_unstable();
            state.is_end = ends.contains(&states.len());
            states.push(state);
        }
        if states.len() != elements.len() + 1 {
            return Err(TableError::Dangling(format!("state {}", elements.len())));
        }
        let position = |(name, kind, has_default): (String, usize, u8)| Position {
            name,
            kind,
            has_default: has_default != 0,
        };
        Ok(Automaton {
            mixed,
            positions: elements.into_iter().map(position).collect(),
            states,
        })
    }

    /// Checks that no part refers to a type that does not exist, and no text to one with elements.
    fn complete(&self) -> Result<(), TableError> {
        let any = |index: usize| match self.types.get(index) {
            Some(_) => Ok(()),
            None => Err(TableError::Dangling(format!("type {index}"))),
        };
        let simple = |index: usize, is_member: bool| match self.types.get(index) {
            Some(Type::Simple(one)) if one.union.is_empty() || !is_member => Ok(()),
            _ => Err(TableError::Dangling(format!("simple type {index}"))),
        };
        self.roots.iter().try_for_each(|root| any(root.1))?;
        for kind in &self.types {
            match kind {
                Type::Anything => {}
                Type::Simple(one) => {
                    for member in &one.union {
                        simple(*member, true)?;
                    }
                }
                Type::Complex(complex) => {
                    for attribute in &complex.attributes {
                        simple(attribute.kind, false)?;
                    }
                    match &complex.content {
                        Content::Nothing => {}
                        Content::Text(text) => simple(*text, false)?,
                        Content::Elements(automaton) => {
                            for position in &automaton.positions {
                                any(position.kind)?;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn simple(raw: RawType) -> Result<Simple, TableError> {
    let mut words = raw.words;
    words.sort_unstable();
    let patterns = raw
        .patterns
        .iter()
        .map(|pattern| Regex::new(&format!(r"\A(?:{pattern})\z")).map_err(Box::new))
        .collect::<Result<_, _>>()?;
    Ok(Simple {
        name: raw.name,
        base: raw.base.unwrap_or(Base::String),
        words,
        patterns,
        length: (raw.minimum_length, raw.maximum_length.unwrap_or(usize::MAX)),
        minimum: raw.minimum,
        maximum: raw.maximum,
        union: raw.union,
    })
}
