//! What one schema demands, as a form, and the graph of forms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The position of a form in the graph.
pub(crate) type Id = usize;

/// The form that everything meets.
pub(crate) const ANYTHING: Id = 0;

/// The form that nothing meets.
pub(crate) const NOTHING: Id = 1;

/// The bits of the shapes, as `src/schema/load.rs` reads them.
pub(crate) const SHAPES: [(&str, u8); 7] = [
    ("null", 1),
    ("boolean", 2),
    ("integer", 4),
    ("number", 8 | 4),
    ("string", 16),
    ("array", 32),
    ("object", 64),
];

pub(crate) const TEXT: u8 = 16;
pub(crate) const TABLE: u8 = 64;
pub(crate) const EVERY: u8 = 127;

/// A choice among forms by the word of one member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct By {
    pub(crate) member: String,
    pub(crate) cases: BTreeMap<String, Id>,
    pub(crate) other: Id,
}

/// What one schema demands. A group holds for its own shape only, as in JSON Schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    pub(crate) shapes: u8,
    pub(crate) members: BTreeMap<String, Id>,
    pub(crate) required: BTreeSet<String>,
    /// Fewest and most members.
    pub(crate) size: (u64, Option<u64>),
    pub(crate) other: Id,
    /// What members must be whose names match a pattern.
    pub(crate) also: BTreeMap<String, Id>,
    pub(crate) by: Option<By>,
    pub(crate) first: Vec<Id>,
    pub(crate) each: Id,
    pub(crate) count: (u64, Option<u64>),
    pub(crate) unique: bool,
    pub(crate) words: Option<BTreeSet<String>>,
    /// The words are the shared license ids.
    pub(crate) licenses: bool,
    pub(crate) flag: Option<bool>,
    pub(crate) length: (u64, Option<u64>),
    pub(crate) patterns: BTreeSet<String>,
    pub(crate) formats: BTreeSet<String>,
    /// Smallest and largest number, in tenths.
    pub(crate) range: (Option<i64>, Option<i64>),
    /// A number has one digit behind the point at most.
    pub(crate) tenths: bool,
    pub(crate) any: Vec<Vec<Id>>,
    pub(crate) one: Vec<Vec<Id>>,
    pub(crate) not: Vec<Id>,
    pub(crate) ifs: Vec<[Id; 3]>,
    /// Forms that must hold too; merged away before a table is written.
    pub(crate) all: Vec<Id>,
    /// `unevaluatedProperties`; resolved before a table is written.
    pub(crate) unevaluated: Option<bool>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            shapes: EVERY,
            members: BTreeMap::new(),
            required: BTreeSet::new(),
            size: (0, None),
            other: ANYTHING,
            also: BTreeMap::new(),
            by: None,
            first: Vec::new(),
            each: ANYTHING,
            count: (0, None),
            unique: false,
            words: None,
            licenses: false,
            flag: None,
            length: (0, None),
            patterns: BTreeSet::new(),
            formats: BTreeSet::new(),
            range: (None, None),
            tenths: false,
            any: Vec::new(),
            one: Vec::new(),
            not: Vec::new(),
            ifs: Vec::new(),
            all: Vec::new(),
            unevaluated: None,
        }
    }
}

impl Form {
    /// A form that demands all of `ids`.
    pub(crate) fn all(ids: impl IntoIterator<Item = Id>) -> Self {
        Self {
            all: ids.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The only word it allows.
    pub(crate) fn only_word(&self) -> Option<&str> {
        let words = self.words.as_ref().filter(|words| words.len() == 1)?;
        words.first().map(String::as_str)
    }

    /// Every place where it names another form, in the order of the table.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Id> {
        let mut ids: Vec<&mut Id> = self.members.values_mut().collect();
        ids.push(&mut self.other);
        ids.extend(self.also.values_mut());
        if let Some(by) = &mut self.by {
            ids.extend(by.cases.values_mut());
            ids.push(&mut by.other);
        }
        ids.extend(&mut self.first);
        ids.push(&mut self.each);
        ids.extend(self.any.iter_mut().flatten());
        ids.extend(self.one.iter_mut().flatten());
        ids.extend(&mut self.not);
        ids.extend(self.ifs.iter_mut().flatten());
        ids.extend(&mut self.all);
        ids
    }
}

/// Forms that name each other.
pub(crate) struct Graph {
    pub(crate) forms: Vec<Form>,
    /// What is left of a form when all that it refers to is merged into it.
    pub(crate) flat: HashMap<Id, Form>,
    /// The forms that demand several others and nothing else.
    joined: HashMap<BTreeSet<Id>, Id>,
}

impl Graph {
    pub(crate) fn new() -> Self {
        let nothing = Form {
            shapes: 0,
            ..Form::default()
        };
        Self {
            forms: vec![Form::default(), nothing],
            flat: HashMap::new(),
            joined: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, form: Form) -> Id {
        self.forms.push(form);
        self.forms.len() - 1
    }

    /// The form that demands both; the same one for the same two.
    pub(crate) fn both(&mut self, left: Id, right: Id) -> Id {
        if left == right || right == ANYTHING {
            return left;
        }
        if left == ANYTHING {
            return right;
        }
        if left == NOTHING || right == NOTHING {
            return NOTHING;
        }
        let mut parts = BTreeSet::new();
        for id in [left, right] {
            match self.joined.iter().find(|(_, joined)| **joined == id) {
                Some((of, _)) => parts.extend(of),
                None => _ = parts.insert(id),
            }
        }
        if let Some(id) = self.joined.get(&parts) {
            return *id;
        }
        let id = self.add(Form::all(parts.iter().copied()));
        self.joined.insert(parts, id);
        id
    }
}
