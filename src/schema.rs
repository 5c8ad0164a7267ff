//! What a published schema demands of a document, as tables, and the checks that walk a document by them.
//!
//! A [`Schema`] is a graph of nodes; each says what one value must be. `examples/schema_tables` makes the
//! tables from the official JSON schemas. A check first asks only whether the document conforms: one walk
//! without allocation, by far the common case. Only when it does not, a second walk says why.
//!
//! The checks hold a document to its schema and to nothing else: what a specification says in prose
//! belongs to the reader of that format. To add a version: a line in the generator and in
//! `evidence::sbom::tables`.

mod email;
mod explain;
mod format;
mod holds;
mod index;
mod load;
pub mod markup;
mod pattern;
mod report;
mod unique;

pub use load::Malformed;

use crate::diagnostic::Diagnostic;
use crate::tape::{Item, Shape};

use format::Format;
use index::Index;
use pattern::Pattern;

/// The position of a node.
type Id = u32;

/// The smallest and the largest number.
type Bounds = (Option<f64>, Option<f64>);

/// The node that everything meets.
const ANYTHING: Id = 0;

/// The node that nothing meets.
const NOTHING: Id = 1;

/// What a published schema demands.
#[derive(Debug)]
pub struct Schema {
    nodes: Vec<Node>,
    root: Id,
    /// The license ids that the tables of CycloneDX share.
    licenses: Index,
}

impl Schema {
    /// Says what in the document does not conform, in the order of the document.
    ///
    /// At most `limit` findings; when there are more, a last note says so.
    pub fn check(&self, root: Item<'_>, limit: usize) -> Vec<Diagnostic> {
        if self.conforms(root) {
            return Vec::new();
        }
        self.findings(root, limit)
    }

    /// Whether the document conforms.
    pub fn conforms(&self, root: Item<'_>) -> bool {
        self.holds(self.root, root)
    }

    /// The patterns that nothing matches by.
    #[cfg(test)]
    pub(crate) fn broken_patterns(&self) -> Vec<String> {
        self.nodes
            .iter()
            .flat_map(|node| {
                let names = node.table.iter().flat_map(|rule| &rule.also);
                let texts = node.text.iter().flat_map(|rule| &rule.patterns);
                texts.chain(names.map(|(pattern, _)| pattern))
            })
            .filter(|pattern| !pattern.is_sound())
            .map(Pattern::words)
            .collect()
    }

    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    fn words<'s>(&'s self, words: &'s Words) -> &'s Index {
        match words {
            Words::Own(index) => index,
            Words::Licenses => &self.licenses,
        }
    }
}

/// What one value must be. A rule holds for values of its own shape only.
#[derive(Debug, Default)]
struct Node {
    shapes: Shapes,
    table: Option<TableRule>,
    by: Option<By>,
    list: Option<ListRule>,
    text: Option<TextRule>,
    range: Option<Bounds>,
    /// A number has one digit behind the point at most.
    tenths: bool,
    flag: Option<bool>,
    choices: Vec<Choice>,
}

#[derive(Debug)]
struct TableRule {
    /// The names of the members, the required ones first.
    names: Index,
    /// What each of them must be.
    nodes: Vec<Id>,
    /// How many are required; at most 64.
    required: usize,
    /// What members must be whose names match a pattern.
    also: Vec<(Pattern, Id)>,
    /// What any other member must be.
    other: Id,
    /// The fewest members.
    least: usize,
    /// The most members.
    most: Option<usize>,
}

impl TableRule {
    /// One bit for each required member.
    fn required_bits(&self) -> u64 {
        match self.required {
            0 => 0,
            count => u64::MAX >> (64 - count.min(64)),
        }
    }

    /// What a member must be that is none of the named ones.
    fn unnamed(&self, name: &str) -> Id {
        let also = self.also.iter().find(|(pattern, _)| pattern.matches(name));
        also.map_or(self.other, |(_, id)| *id)
    }

    fn required_names(&self) -> impl Iterator<Item = &str> {
        self.names.words().take(self.required)
    }
}

/// A choice among nodes by the word of one member.
#[derive(Debug)]
struct By {
    member: Box<str>,
    cases: Index,
    nodes: Vec<Id>,
    other: Id,
}

#[derive(Debug)]
struct ListRule {
    first: Vec<Id>,
    each: Id,
    least: usize,
    most: Option<usize>,
    unique: bool,
}

#[derive(Debug, Default)]
struct TextRule {
    words: Option<Words>,
    least: usize,
    most: Option<usize>,
    patterns: Vec<Pattern>,
    formats: Vec<Format>,
}

#[derive(Debug)]
enum Words {
    Own(Index),
    Licenses,
}

#[derive(Debug)]
enum Choice {
    Any(Vec<Id>),
    One(Vec<Id>),
    Not(Id),
    If { when: Id, then: Id, otherwise: Id },
}

/// A set of shapes, in the bits of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shapes(u8);

impl Default for Shapes {
    fn default() -> Self {
        Self(127)
    }
}

impl Shapes {
    const INTEGER: u8 = 4;
    const NUMBER: u8 = 8;

    /// The shapes with their bits and the words for them.
    const NAMES: [(u8, &'static str); 7] = [
        (1, "null"),
        (2, "true or false"),
        (Self::INTEGER, "a whole number"),
        (Self::NUMBER, "a number"),
        (16, "a text"),
        (32, "a list"),
        (64, "an object"),
    ];

    fn allow(self, item: Item<'_>) -> bool {
        let bits = match item.shape() {
            Shape::Null => 1,
            Shape::Bool => 2,
            Shape::Integer => Self::INTEGER,
            // A number without a fraction is an integer (JSON Schema Draft 7, validation, section 6.1.1).
            Shape::Number if item.magnitude().is_some_and(|value| value.fract() == 0.0) => {
                Self::NUMBER | Self::INTEGER
            }
            Shape::Number => Self::NUMBER,
            Shape::Text => 16,
            Shape::List => 32,
            Shape::Table => 64,
        };
        self.0 & bits != 0
    }
}
