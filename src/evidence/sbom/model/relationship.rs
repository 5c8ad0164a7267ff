//! How elements refer to each other.

use compact_str::CompactString;
use indexmap::IndexMap;

use super::Site;

/// A name by which elements of a document refer to each other: an index into [`References`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref(pub u32);

/// What a reference leads to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The document itself.
    Document,
    /// What the document describes: [`Sbom::root`].
    Root,
    /// A component by index.
    Component(u32),
    /// A file by index.
    File(u32),
    /// A service by index.
    Service(u32),
    /// An element that the model holds in another way or not at all, such as a vulnerability or a snippet.
    Element,
    /// An element of another document.
    External,
    /// SPDX `NONE`: there is none.
    Nothing,
    /// SPDX `NOASSERTION`: no claim is made.
    NoAssertion,
    /// Nothing: the reference dangles.
    #[default]
    Missing,
}

/// The names by which elements refer to each other, each once.
#[derive(Debug, Clone, Default)]
pub struct References(IndexMap<CompactString, Target, foldhash::fast::FixedState>);

impl References {
    /// The reference of a name, made where it is new.
    pub fn intern(&mut self, name: &str) -> Ref {
        let index = match self.0.get_index_of(name) {
            Some(known) => known,
            None => self.0.insert_full(name.into(), Target::Missing).0,
        };
        Ref(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Says where a reference leads. The first word holds; returns whether this was it.
    pub fn define(&mut self, reference: Ref, target: Target) -> bool {
        match self.0.get_index_mut(reference.0 as usize) {
            Some((_, slot)) if *slot == Target::Missing => {
                *slot = target;
                true
            }
            _ => false,
        }
    }

    /// Says anew where a reference leads, as when a component becomes the root.
    pub fn redefine(&mut self, reference: Ref, target: Target) {
        if let Some((_, slot)) = self.0.get_index_mut(reference.0 as usize) {
            *slot = target;
        }
    }

    /// Looks a name up.
    pub fn lookup(&self, name: &str) -> Option<Ref> {
        let index = self.0.get_index_of(name)?;
        u32::try_from(index).ok().map(Ref)
    }

    /// The name.
    pub fn name(&self, reference: Ref) -> &str {
        self.0
            .get_index(reference.0 as usize)
            .map_or("", |(name, _)| name.as_str())
    }

    /// Where it leads.
    pub fn target(&self, reference: Ref) -> Target {
        self.0
            .get_index(reference.0 as usize)
            .map_or(Target::Missing, |(_, target)| *target)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A directed relationship between two elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// The depending or describing element.
    pub from: Ref,
    /// The other element.
    pub to: Ref,
    /// The relationship in SPDX 2 words; a CycloneDX dependency is `DEPENDS_ON`, `provides` is `PROVIDES`.
    pub kind: CompactString,
    /// Its place, in parts: see [`Sbom::relationship_place`].
    pub position: Position,
}

/// Where a relationship stands, in few bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Index of the entry in the document's list of relationships.
    pub entry: u32,
    /// Index of the target in the entry, where an entry names several; `u32::MAX` where it is the only one.
    pub item: u32,
    /// Line from 1; 0 where a pointer tells the place.
    pub line: u32,
    /// Column from 1; 0 where a pointer tells the place.
    pub column: u32,
}

/// How complete the list of something is (CycloneDX compositions; SPDX 3 `completeness`; SPDX 2
/// `NONE` and `NOASSERTION` as targets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    /// The word of CycloneDX: `complete`, `incomplete`, `incomplete_first_party_only`, `unknown`, `not_specified`, …
    pub aggregate: CompactString,
    /// Whose parts (assemblies) are spoken of; empty for the document as a whole.
    pub assemblies: Vec<Ref>,
    /// Whose dependencies are spoken of.
    pub dependencies: Vec<Ref>,
    /// Its place.
    pub at: Site,
}
