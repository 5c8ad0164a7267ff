//! How the XML of CycloneDX and its JSON correspond, read from `tables/cyclonedx-xml.txt`.
//!
//! Compared from the XML schemas and the JSON schemas of all versions. The elements of every version
//! stand in the order of 1.7, so one table serves all; a number behind a line is the minor version that
//! brought it. A record is a line without indentation; its members follow, attributes first, then its text:
//!
//! - `@xml:json KIND` an attribute, `#json KIND` the text of the element itself, `xml:json KIND` a child
//!   element. The JSON member is left out where it has the same name.
//! - Kinds of values: `text`, `filled` (a text that is absent where it is empty), `word` (without white space around it), `int`, `num`, `bool`, `@ref` (the
//!   attribute `ref` of an empty element) or a record.
//! - `KIND*` an element for each item of a list; `(a KIND, b KIND)` a list whose items are child elements
//!   of one; `<a KIND, b KIND>` an element around one of several.
//! - `^KIND` an object around the value, with the name of the element for its member; `~Record` members
//!   that belong to the parent in JSON; `%Record` a record or a text.
//! - `lower`, `method` and `affects` turn what the extension for vulnerabilities of 1.0 to 1.3 says into
//!   what 1.4 says in its place. Its elements are read only.
//! - `TOOLS` is a list of tools or, since 1.5, a record; `IDENTITY` a list since 1.6, one before.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind of element with its members.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) fields: Vec<Field>,
    /// The positions of child elements by name.
    elements: HashMap<&'static str, usize, foldhash::fast::RandomState>,
    /// The positions of JSON members, those of merged records included.
    members: HashMap<&'static str, usize, foldhash::fast::RandomState>,
}

impl Record {
    /// The child element of a name. The order of a valid document is that of the table, so the one
    /// behind the last one found is tried first.
    pub(super) fn element(&self, name: &str, after: usize) -> Option<(usize, &Field)> {
        for near in [after, after + 1] {
            if let Some(field) = self.fields.get(near)
                && field.place == Place::Element
                && field.name == name
            {
                return Some((near, field));
            }
        }
        let position = *self.elements.get(name)?;
        Some((position, self.fields.get(position)?))
    }

    /// The attribute of a name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Field> {
        let mut attributes = self
            .fields
            .iter()
            .take_while(|field| field.place == Place::Attribute);
        attributes.find(|field| field.name == name)
    }

    /// The text of the element itself.
    pub(super) fn content(&self) -> Option<&Field> {
        let mut own = self
            .fields
            .iter()
            .take_while(|field| field.place != Place::Element);
        own.find(|field| field.place == Place::Content)
    }

    /// The position of a JSON member.
    pub(super) fn member(&self, key: &str) -> Option<usize> {
        self.members.get(key).copied()
    }
}

/// Where a member stands in XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Attribute,
    Content,
    Element,
}

/// A member of a record.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) place: Place,
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) since: u8,
}

#[derive(Debug)]
pub(super) enum Kind {
    One(Type),
    Many(Type),
    Wrapped(Vec<Alternative>),
    Choice(Vec<Alternative>),
    ManyChoices(Vec<Alternative>),
    Tools,
    Identity,
}

/// One of the elements that may stand for an item.
#[derive(Debug)]
pub(super) struct Alternative {
    pub(super) name: &'static str,
    pub(super) of: Type,
    pub(super) since: u8,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) base: Base,
    pub(super) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Text,
    /// A text that is absent where it is empty.
    Filled,
    Word,
    Int,
    Number,
    Bool,
    Reference,
    /// Words of the extension of 1.0 for vulnerabilities, as 1.4 has them.
    Lower,
    Method,
    Affects,
    Record(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Tagged,
    Merged,
    Mixed,
}

/// All records.
#[derive(Debug, Default)]
pub(super) struct Table {
    records: Vec<Record>,
    pub(super) bom: usize,
    pub(super) tool: usize,
    pub(super) tool_set: usize,
    pub(super) identity: usize,
    pub(super) dependency: usize,
    pub(super) extension_vulnerability: usize,
}

impl Table {
    /// The table, read once.
    pub(super) fn get() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            let text = include_str!("../../tables/cyclonedx-xml.txt");
            // A test reads the table that is built in.
            parse(text).unwrap_or_default()
        });
        &TABLE
    }

    pub(super) fn record(&self, index: usize) -> Option<&Record> {
        self.records.get(index)
    }
}

fn parse(text: &'static str) -> Option<Table> {
    let lines = || text.lines().filter(|line| !line.is_empty());
    let names: Vec<_> = lines().filter(|line| !line.starts_with(' ')).collect();
    let index = |name: &str| names.iter().position(|one| *one == name);
    let mut records: Vec<Record> = Vec::with_capacity(names.len());
    for line in lines() {
        if let Some(member) = line.strip_prefix("  ") {
            let record = records.last_mut()?;
            let field = field(member, &index)?;
            let position = record.fields.len();
            record.members.insert(field.key, position);
            if field.place == Place::Element {
                record.elements.insert(field.name, position);
            }
            record.fields.push(field);
        } else {
            records.push(Record {
                fields: Vec::new(),
                elements: HashMap::default(),
                members: HashMap::default(),
            });
        }
    }
    add_merged(&mut records);
    Some(Table {
        bom: index("Bom")?,
        tool: index("Tool")?,
        tool_set: index("ToolSet")?,
        identity: index("Identity")?,
        dependency: index("Dependency")?,
        extension_vulnerability: index("ExtensionVulnerability")?,
        records,
    })
}

/// Lets the members of merged records be found in the parent.
fn add_merged(records: &mut [Record]) {
    let mut merged = Vec::new();
    for (parent, record) in records.iter().enumerate() {
        for (position, field) in record.fields.iter().enumerate() {
            if let Kind::One(Type {
                base: Base::Record(inner),
                form: Form::Merged,
            }) = field.kind
            {
                let members = records.get(inner).map(|record| record.members.keys());
                let keys: Vec<_> = members.into_iter().flatten().copied().collect();
                merged.push((parent, position, keys));
            }
        }
    }
    for (parent, position, keys) in merged {
        if let Some(record) = records.get_mut(parent) {
            record
                .members
                .extend(keys.into_iter().map(|key| (key, position)));
        }
    }
}

fn field(line: &'static str, index: &impl Fn(&str) -> Option<usize>) -> Option<Field> {
    let (name, rest) = line.split_once(' ')?;
    let place = match name.get(..1)? {
        "@" => Place::Attribute,
        "#" => Place::Content,
        _ => Place::Element,
    };
    let name = name.trim_start_matches(['@', '#']);
    let (name, key) = name.split_once(':').unwrap_or((name, name));
    let (kind, since) = match rest.rsplit_once(' ') {
        Some((kind, since)) => minor(since).map_or((rest, 0), |since| (kind, since)),
        None => (rest, 0),
    };
    let alternatives = |text: &'static str| {
        let each = |text: &'static str| alternative(text.trim(), index);
        text.split(',').map(each).collect::<Option<Vec<_>>>()
    };
    let between = |open: char, close: &str| kind.strip_prefix(open)?.strip_suffix(close);
    let kind = if kind == "TOOLS" {
        Kind::Tools
    } else if kind == "IDENTITY" {
        Kind::Identity
    } else if let Some(list) = between('(', ")") {
        Kind::Wrapped(alternatives(list)?)
    } else if let Some(list) = between('<', ">*") {
        Kind::ManyChoices(alternatives(list)?)
    } else if let Some(list) = between('<', ">") {
        Kind::Choice(alternatives(list)?)
    } else if let Some(one) = kind.strip_suffix('*') {
        Kind::Many(type_of(one, index)?)
    } else {
        Kind::One(type_of(kind, index)?)
    };
    Some(Field {
        place,
        name,
        key,
        kind,
        since,
    })
}

fn alternative(text: &'static str, index: &impl Fn(&str) -> Option<usize>) -> Option<Alternative> {
    let mut words = text.split(' ');
    Some(Alternative {
        name: words.next()?,
        of: type_of(words.next()?, index)?,
        since: words.next().map_or(Some(0), minor)?,
    })
}

fn type_of(text: &str, index: &impl Fn(&str) -> Option<usize>) -> Option<Type> {
    let form = match text.get(..1)? {
        "^" => Form::Tagged,
        "~" => Form::Merged,
        "%" => Form::Mixed,
        _ => Form::Plain,
    };
    let base = match text.trim_start_matches(['^', '~', '%']) {
        "text" => Base::Text,
        "filled" => Base::Filled,
        "word" => Base::Word,
        "int" => Base::Int,
        "num" => Base::Number,
        "bool" => Base::Bool,
        "@ref" => Base::Reference,
        "lower" => Base::Lower,
        "method" => Base::Method,
        "affects" => Base::Affects,
        record => Base::Record(index(record)?),
    };
    Some(Type { base, form })
}

/// The number behind the dot of a version.
pub(super) fn minor(version: &str) -> Option<u8> {
    version.strip_prefix("1.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let table = Table::get();
        assert!(table.records.len() > 100);
        // The presence of the members of a record is kept in 64 bits.
        assert!(table.records.iter().all(|one| one.fields.len() <= 64));
    }
}
