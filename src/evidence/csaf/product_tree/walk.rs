//! The walk over a product tree.

use super::{Branch, Definition, Group, ProductTree, Step, text};
use crate::tape::Item;

/// Resolves a tree. The nesting of a document is limited by its tape.
pub(super) fn tree(item: Item<'_>) -> ProductTree<'_> {
    let mut tree = ProductTree::default();
    if let Some(branches) = item.get("branches") {
        tree.walk(branches, None, 1);
    }
    for (position, name) in list(item, "full_product_names").enumerate() {
        let listed = Some(("full_product_names", position));
        tree.define(name, None, listed, Vec::new());
    }
    for (position, relation) in list(item, "relationships").enumerate() {
        let part = step(relation, "product_reference", "");
        let whole = step(
            relation,
            "relates_to_product_reference",
            text(relation, "category"),
        );
        if let Some(name) = relation.get("full_product_name") {
            let listed = Some(("relationships", position));
            tree.define(name, None, listed, part.into_iter().chain(whole).collect());
        }
    }
    for (position, path) in list(item, "product_paths").enumerate() {
        let first = step(path, "beginning_product_reference", "");
        let rest = list(path, "subpaths")
            .filter_map(|one| step(one, "next_product_reference", text(one, "category")));
        let steps = first.into_iter().chain(rest).collect();
        if let Some(name) = path.get("full_product_name") {
            tree.define(name, None, Some(("product_paths", position)), steps);
        }
    }
    for group in list(item, "product_groups") {
        if let Some(id) = group.get_text("group_id") {
            tree.group_by_id.entry(id).or_insert(tree.groups.len());
            tree.groups.push(Group { id, item: group });
        }
    }
    tree
}

fn list<'t>(item: Item<'t>, key: &str) -> impl Iterator<Item = Item<'t>> + use<'t> {
    item.get(key).into_iter().flat_map(Item::items)
}

fn step<'t>(item: Item<'t>, key: &str, category: &'t str) -> Option<Step<'t>> {
    let item = item.get(key)?;
    let id = item.text()?;
    Some(Step { id, category, item })
}

impl<'t> ProductTree<'t> {
    fn walk(&mut self, branches: Item<'t>, parent: Option<usize>, depth: usize) {
        for (position, item) in branches.items().enumerate() {
            let index = self.branches.len();
            self.depth = self.depth.max(depth);
            self.branches.push(Branch {
                category: text(item, "category"),
                name: text(item, "name"),
                parent,
                position,
                depth,
                item,
            });
            if let Some(product) = item.get("product") {
                self.define(product, Some(index), None, Vec::new());
            }
            if let Some(inner) = item.get("branches") {
                self.walk(inner, Some(index), depth + 1);
            }
        }
    }

    fn define(
        &mut self,
        item: Item<'t>,
        branch: Option<usize>,
        listed: Option<(&'static str, usize)>,
        path: Vec<Step<'t>>,
    ) {
        let Some(id) = item.get_text("product_id") else {
            return;
        };
        self.by_id.entry(id).or_insert(self.definitions.len());
        self.definitions.push(Definition {
            id,
            name: text(item, "name"),
            branch,
            listed,
            path,
            item,
        });
    }
}
