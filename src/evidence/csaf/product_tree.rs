//! The products of a document: what each id stands for, where it is defined, and which product is a part
//! of which (CSAF 2.0, section 3.2.2; CSAF 2.1, section 3.2.3).
//!
//! The tree is an index over the document and copies nothing. An id that is defined twice means the first
//! definition; the others are kept, so that a test can name them.

pub(super) mod identifiers;
mod walk;

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::diagnostic::Place;
use crate::tape::Item;

/// Parts within parts are followed this deep; deeper ones are left out.
const DEEPEST_PART: usize = 8;

/// The most parts of one product; relations beyond it are not followed.
const MOST_PARTS: usize = 64;

/// Every product that a document defines.
#[derive(Debug, Default)]
pub struct ProductTree<'t> {
    /// The branches, a parent before its children.
    pub branches: Vec<Branch<'t>>,
    /// The definitions, in the order of the document.
    pub definitions: Vec<Definition<'t>>,
    /// The groups, in the order of the document.
    pub groups: Vec<Group<'t>>,
    by_id: HashMap<&'t str, usize>,
    group_by_id: HashMap<&'t str, usize>,
    /// Every branch, also the ones that are only passed through, counts once; this is the deepest.
    pub depth: usize,
}

/// A branch of the tree.
#[derive(Debug, Clone, Copy)]
pub struct Branch<'t> {
    /// What its name means, such as `vendor` or `product_version`.
    pub category: &'t str,
    /// Its name.
    pub name: &'t str,
    /// The branch in which it stands.
    pub parent: Option<usize>,
    /// Which of its siblings it is, from 0.
    pub position: usize,
    /// How many branches lead to it, itself included.
    pub depth: usize,
    /// Where it stands.
    pub item: Item<'t>,
}

/// The definition of a product id.
#[derive(Debug, Clone)]
pub struct Definition<'t> {
    /// The id.
    pub id: &'t str,
    /// The full name.
    pub name: &'t str,
    /// The branch that it stands in, if any.
    pub branch: Option<usize>,
    /// The list that it stands in where that is no branch, and which item of it, from 0.
    pub listed: Option<(&'static str, usize)>,
    /// The products that it is made of, if it is a product in its relation to others: first the part,
    /// then what this is a part of, and so on.
    pub path: Vec<Step<'t>>,
    /// The object that defines it.
    pub item: Item<'t>,
}

/// A reference to another product from a relation.
#[derive(Debug, Clone, Copy)]
pub struct Step<'t> {
    /// The product.
    pub id: &'t str,
    /// How the product before it is related to it, such as `default_component_of`; empty for the first.
    pub category: &'t str,
    /// Where the reference stands.
    pub item: Item<'t>,
}

/// A group of products.
#[derive(Debug, Clone, Copy)]
pub struct Group<'t> {
    /// Its id.
    pub id: &'t str,
    /// Where it is defined.
    pub item: Item<'t>,
}

impl<'t> ProductTree<'t> {
    /// Resolves the `product_tree` of a document.
    pub fn new(item: Option<Item<'t>>) -> Self {
        item.map_or_else(Self::default, walk::tree)
    }

    /// The first definition of an id.
    pub fn lookup(&self, id: &str) -> Option<&Definition<'t>> {
        self.definitions.get(*self.by_id.get(id)?)
    }

    /// Whether this definition is the first one of its id.
    pub fn is_first(&self, definition: &Definition<'t>) -> bool {
        self.lookup(definition.id)
            .is_some_and(|first| first.item.index() == definition.item.index())
    }

    /// The first definition of a group.
    pub fn group(&self, id: &str) -> Option<Group<'t>> {
        self.groups.get(*self.group_by_id.get(id)?).copied()
    }

    /// Where a definition stands. [`Item::place`] tells the same, but walks over all that stands before.
    pub fn place(&self, definition: &Definition<'_>) -> Place {
        let mut pointer = String::from("/product_tree");
        match definition.listed {
            Some((list @ "full_product_names", position)) => {
                _ = write!(pointer, "/{list}/{position}");
            }
            Some((list, position)) => {
                _ = write!(pointer, "/{list}/{position}/full_product_name");
            }
            None => {
                let up: Vec<usize> = self.up(definition.branch).map(|one| one.position).collect();
                for position in up.iter().rev() {
                    _ = write!(pointer, "/branches/{position}");
                }
                pointer.push_str("/product");
            }
        }
        Place::pointer(pointer)
    }

    /// The branches that lead to a branch, from it to the root.
    pub fn up(&self, branch: Option<usize>) -> impl Iterator<Item = &Branch<'t>> {
        std::iter::successors(
            branch.and_then(|index| self.branches.get(index)),
            |branch| branch.parent.and_then(|index| self.branches.get(index)),
        )
    }
}

/// The text of the member `key`, empty where there is none.
fn text<'t>(item: Item<'t>, key: &str) -> &'t str {
    item.get_text(key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::vex::Identifier;
    use crate::tape::parse_json;

    const TREE: &str = r#"{
        "branches":[{"category":"vendor","name":"Acme","branches":[
            {"category":"product_name","name":"Box","branches":[
                {"category":"product_version","name":"1.2","product":{"product_id":"P1","name":"Acme Box 1.2",
                    "product_identification_helper":{"purl":"pkg:generic/box@1.2","cpe":"cpe:/a:acme:box:1.2",
                    "hashes":[{"filename":"a","file_hashes":[{"algorithm":"sha256","value":"AB"}]}]}}},
                {"category":"product_version_range","name":"vers:semver/<2","product":{"product_id":"P2","name":"old"}}
        ]}]}],
        "full_product_names":[{"product_id":"P3","name":"Other"},{"product_id":"P1","name":"again"}],
        "relationships":[{"category":"default_component_of","product_reference":"P1",
            "relates_to_product_reference":"P3","full_product_name":{"product_id":"P4","name":"Box in Other"}}],
        "product_groups":[{"group_id":"G","product_ids":["P1","P2"]}]}"#;

    #[test]
    fn ids_are_resolved() {
        let tape = parse_json(TREE).unwrap();
        let tree = ProductTree::new(Some(tape.root()));
        let ids: Vec<_> = tree.definitions.iter().map(|one| one.id).collect();
        assert_eq!(ids, ["P1", "P2", "P3", "P1", "P4"]);
        assert_eq!(tree.lookup("P1").map(|one| one.name), Some("Acme Box 1.2"));
        assert!(!tree.is_first(&tree.definitions[3]));
        assert_eq!(tree.depth, 3);
        assert!(tree.group("G").is_some() && tree.group("H").is_none());
        let product = tree.product("P4", Place::whole());
        assert_eq!(product.subcomponents.len(), 1);
        assert_eq!(
            product.identifiers,
            [Identifier::Named {
                vendor: None,
                name: "Other".to_owned(),
                version: None
            }]
        );
        let part = &product.subcomponents[0];
        assert_eq!(
            part.identifiers,
            [
                Identifier::Purl("pkg:generic/box@1.2".to_owned()),
                Identifier::Cpe("cpe:/a:acme:box:1.2".to_owned()),
                Identifier::Hash("sha-256".to_owned(), "ab".to_owned()),
                Identifier::Named {
                    vendor: Some("Acme".to_owned()),
                    name: "Box".to_owned(),
                    version: Some("1.2".to_owned())
                },
            ]
        );
        assert_eq!(
            part.at.to_string(),
            "/product_tree/branches/0/branches/0/branches/0/product"
        );
        let range = tree.product("P2", Place::whole());
        assert!(
            range
                .identifiers
                .contains(&Identifier::Vers("vers:semver/<2".to_owned()))
        );
    }

    #[test]
    fn circles_end() {
        let tape = parse_json(
            r#"{"relationships":[
            {"category":"installed_on","product_reference":"A","relates_to_product_reference":"B",
             "full_product_name":{"product_id":"A","name":"a"}},
            {"category":"installed_on","product_reference":"A","relates_to_product_reference":"A",
             "full_product_name":{"product_id":"B","name":"b"}}]}"#,
        )
        .unwrap();
        let tree = ProductTree::new(Some(tape.root()));
        assert_eq!(tree.definitions.len(), 2);
        tree.product("A", Place::whole());
    }

    #[test]
    fn what_is_absent_or_misshapen_is_left_out() {
        for text in [
            "{}",
            "[]",
            r#"{"branches":{},"full_product_names":[1,{}],"relationships":[{}],"product_groups":[null]}"#,
        ] {
            let tape = parse_json(text).unwrap();
            let tree = ProductTree::new(Some(tape.root()));
            assert!(tree.definitions.is_empty(), "{text}");
        }
        assert!(ProductTree::new(None).lookup("P").is_none());
    }
}
