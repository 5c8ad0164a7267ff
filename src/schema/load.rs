//! Reads a table that `examples/schema_tables` wrote.
//!
//! A table is a JSON object: `names` are the texts, which are meant by their position; `nodes` are the
//! demands, which name each other by their position; `root` is the node of the whole document. Node 0
//! is met by everything, node 1 by nothing. A node has, each only where it demands something:
//!
//! | member | means |
//! |---|---|
//! | `shapes` | sum of 1 null, 2 boolean, 4 integer, 8 other number, 16 text, 32 list, 64 object |
//! | `members`, `other` | name and node of each member, in turn; the node of any other member |
//! | `also` | pairs of a regular expression and the node of the members whose names match it |
//! | `required`, `size` | names that an object must have; fewest and most members, or null |
//! | `by` | a member, then words and nodes in turn, then a node: the word of the member chooses the node |
//! | `first`, `each` | nodes of the first items; the node of all others |
//! | `count`, `unique` | fewest and most items, or null; whether no two may be equal |
//! | `words`, `licenses`, `flag` | the only words; whether these are the shared license ids; the only truth value |
//! | `length`, `patterns`, `formats` | fewest and most characters, or null; regular expressions; formats |
//! | `range`, `tenths` | smallest and largest number, or null; whether one digit behind the point is the most |
//! | `any`, `one`, `not`, `if` | lists of nodes of which one or more, or exactly one, must be met; nodes that must not; triples |

use std::collections::BTreeSet;

use crate::tape::{Item, Shape, parse_json};

use super::format::Format;
use super::index::Index;
use super::pattern::Pattern;
use super::{
    ANYTHING, Bounds, By, Choice, Id, ListRule, Node, Schema, Shapes, TableRule, TextRule, Words,
};

/// A table is not what the generator writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schema table is malformed at `{0}`")]
pub struct Malformed(String);

type Result<T> = std::result::Result<T, Malformed>;

impl Schema {
    /// Reads a table. `licenses` is the shared list of license ids; a table that names none of them may
    /// be read with an empty one.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when either is not what the generator writes.
    pub fn load(table: &[u8], licenses: &[u8]) -> Result<Self> {
        let licenses = if licenses.is_empty() {
            Index::default()
        } else {
            with_root(licenses, |root| {
                let words = root.items().map(|item| item.text().map(Into::into));
                words
                    .collect::<Option<_>>()
                    .and_then(Index::new)
                    .ok_or_else(|| malformed(root))
            })?
        };
        with_root(table, |root| {
            let names: Vec<&str> = texts(get(root, "names")?)?;
            let list = get(root, "nodes")?;
            let reader = Reader {
                names,
                count: list.items().count(),
            };
            let nodes: Result<Vec<Node>> = list.items().map(|item| reader.node(item)).collect();
            Ok(Self {
                nodes: nodes?,
                root: reader.id(get(root, "root")?)?,
                licenses,
            })
        })
    }
}

fn with_root<T>(bytes: &[u8], read: impl FnOnce(Item<'_>) -> Result<T>) -> Result<T> {
    let tape = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| parse_json(text).ok())
        .ok_or_else(|| Malformed(String::new()))?;
    read(tape.root())
}

fn malformed(item: Item<'_>) -> Malformed {
    Malformed(item.pointer())
}

fn get<'t>(item: Item<'t>, key: &str) -> Result<Item<'t>> {
    item.get(key).ok_or_else(|| malformed(item))
}

fn texts(list: Item<'_>) -> Result<Vec<&str>> {
    list.items()
        .map(|item| item.text().ok_or_else(|| malformed(item)))
        .collect()
}

fn number(item: Item<'_>) -> Result<usize> {
    item.integer()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| malformed(item))
}

/// Two values of which each may be null.
fn pair(list: Item<'_>) -> Result<(Option<i64>, Option<i64>)> {
    let mut items = list.items();
    match (items.next(), items.next(), items.next()) {
        (Some(left), Some(right), None) => Ok((left.integer(), right.integer())),
        _ => Err(malformed(list)),
    }
}

/// Two numbers of which each may be null.
fn range(list: Item<'_>) -> Result<Bounds> {
    let mut items = list.items();
    match (items.next(), items.next(), items.next()) {
        (Some(left), Some(right), None) => Ok((left.magnitude(), right.magnitude())),
        _ => Err(malformed(list)),
    }
}

fn bounds(list: Item<'_>) -> Result<(usize, Option<usize>)> {
    let (least, most) = pair(list)?;
    let whole = |value: i64| usize::try_from(value).map_err(|_| malformed(list));
    Ok((whole(least.unwrap_or(0))?, most.map(whole).transpose()?))
}

struct Reader<'t> {
    names: Vec<&'t str>,
    /// How many nodes there are.
    count: usize,
}

impl Reader<'_> {
    fn id(&self, item: Item<'_>) -> Result<Id> {
        let position = number(item)?;
        Id::try_from(position)
            .ok()
            .filter(|_| position < self.count)
            .ok_or_else(|| malformed(item))
    }

    fn ids(&self, list: Item<'_>) -> Result<Vec<Id>> {
        list.items().map(|item| self.id(item)).collect()
    }

    fn name(&self, item: Item<'_>) -> Result<Box<str>> {
        let name = self.names.get(number(item)?).copied();
        name.map(Into::into).ok_or_else(|| malformed(item))
    }

    fn names(&self, list: Item<'_>) -> Result<Vec<Box<str>>> {
        list.items().map(|item| self.name(item)).collect()
    }

    /// Names and nodes in turn.
    fn named(&self, list: Item<'_>) -> Result<(Vec<Box<str>>, Vec<Id>)> {
        let (mut names, mut ids) = (Vec::new(), Vec::new());
        let mut items = list.items();
        while let Some(name) = items.next() {
            names.push(self.name(name)?);
            ids.push(self.id(items.next().ok_or_else(|| malformed(list))?)?);
        }
        Ok((names, ids))
    }

    fn node(&self, item: Item<'_>) -> Result<Node> {
        if item.shape() != Shape::Table {
            return Err(malformed(item));
        }
        let mut node = Node {
            table: self.table(item)?,
            list: self.list(item)?,
            ..Node::default()
        };
        let mut text = TextRule::default();
        let mut any_text = false;
        for member in item.children() {
            let key = member.key().unwrap_or_default();
            any_text |= ["words", "licenses", "length", "patterns", "formats"].contains(&key);
            match key {
                "shapes" => {
                    let bits = u8::try_from(number(member)?).map_err(|_| malformed(member))?;
                    node.shapes = Shapes(bits);
                }
                "members" | "required" | "size" | "other" | "also" | "first" | "each" | "count"
                | "unique" => {}
                "by" => node.by = Some(self.by(member)?),
                "words" => {
                    let words = Index::new(self.names(member)?);
                    text.words = Some(Words::Own(words.ok_or_else(|| malformed(member))?));
                }
                "licenses" => text.words = Some(Words::Licenses),
                "flag" => node.flag = member.bool(),
                "length" => (text.least, text.most) = bounds(member)?,
                "patterns" => {
                    text.patterns = texts(member)?.into_iter().map(Pattern::new).collect();
                }
                "formats" => {
                    let formats = texts(member)?.into_iter().map(Format::new).collect();
                    text.formats = Option::ok_or_else(formats, || malformed(member))?;
                }
                "range" => node.range = Some(range(member)?),
                "tenths" => node.tenths = member.bool() == Some(true),
                "any" | "one" | "not" | "if" => {
                    for group in member.items() {
                        node.choices.push(self.choice(key, group)?);
                    }
                }
                _ => return Err(malformed(member)),
            }
        }
        node.text = any_text.then_some(text);
        Ok(node)
    }

    fn choice(&self, key: &str, item: Item<'_>) -> Result<Choice> {
        Ok(match key {
            "any" => Choice::Any(self.ids(item)?),
            "one" => Choice::One(self.ids(item)?),
            "not" => Choice::Not(self.id(item)?),
            _ => match *self.ids(item)? {
                [when, then, otherwise] => Choice::If {
                    when,
                    then,
                    otherwise,
                },
                _ => return Err(malformed(item)),
            },
        })
    }

    fn by(&self, item: Item<'_>) -> Result<By> {
        let mut items = item.items();
        let mut next = || items.next().ok_or_else(|| malformed(item));
        let member = self.name(next()?)?;
        let (words, nodes) = self.named(next()?)?;
        let other = self.id(next()?)?;
        Ok(By {
            member,
            cases: Index::new(words).ok_or_else(|| malformed(item))?,
            nodes,
            other,
        })
    }

    fn table(&self, item: Item<'_>) -> Result<Option<TableRule>> {
        let (members, required) = (item.get("members"), item.get("required"));
        let other = item.get("other").map_or(Ok(ANYTHING), |id| self.id(id))?;
        let size = item.get("size");
        let also = item.get("also").map_or(Ok(Vec::new()), |list| {
            list.items().map(|pair| self.by_pattern(pair)).collect()
        })?;
        let plain = members.is_none() && required.is_none() && size.is_none();
        if plain && also.is_empty() && other == ANYTHING {
            return Ok(None);
        }
        let (least, most) = size.map_or(Ok((0, None)), bounds)?;
        let mut names = required.map_or(Ok(Vec::new()), |list| self.names(list))?;
        let required = names.len();
        let (member_names, member_nodes) =
            members.map_or(Ok((Vec::new(), Vec::new())), |list| self.named(list))?;
        let mut nodes = vec![other; required];
        let known: BTreeSet<Box<str>> = names.iter().cloned().collect();
        for (name, id) in member_names.into_iter().zip(member_nodes) {
            if known.contains(&name) {
                let position = names.iter().position(|one| *one == name);
                if let Some(slot) = position.and_then(|position| nodes.get_mut(position)) {
                    *slot = id;
                }
            } else {
                names.push(name);
                nodes.push(id);
            }
        }
        let names = Index::new(names).filter(|_| required <= 64);
        Ok(Some(TableRule {
            names: names.ok_or_else(|| malformed(item))?,
            nodes,
            required,
            also,
            other,
            least,
            most,
        }))
    }

    /// A regular expression and a node.
    fn by_pattern(&self, pair: Item<'_>) -> Result<(Pattern, Id)> {
        let mut items = pair.items();
        match (
            items.next().and_then(Item::text),
            items.next(),
            items.next(),
        ) {
            (Some(pattern), Some(id), None) => Ok((Pattern::new(pattern), self.id(id)?)),
            _ => Err(malformed(pair)),
        }
    }

    fn list(&self, item: Item<'_>) -> Result<Option<ListRule>> {
        let keys = ["first", "each", "count", "unique"];
        if !item
            .children()
            .any(|member| member.key().is_some_and(|key| keys.contains(&key)))
        {
            return Ok(None);
        }
        let (least, most) = item.get("count").map_or(Ok((0, None)), bounds)?;
        Ok(Some(ListRule {
            first: item
                .get("first")
                .map_or(Ok(Vec::new()), |ids| self.ids(ids))?,
            each: item.get("each").map_or(Ok(ANYTHING), |id| self.id(id))?,
            least,
            most,
            unique: item.get("unique").and_then(Item::bool).unwrap_or(false),
        }))
    }
}
