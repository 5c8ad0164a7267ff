//! What a security advisory says of the products that are affected (6.1.27.12, 6.1.27.13).

use std::collections::HashSet;

use super::is;
use crate::evidence::csaf::document::Document;
use crate::evidence::csaf::product_tree::ProductTree;
use crate::evidence::csaf::test::Report;
use crate::evidence::csaf::test::reference::{list_texts, statuses};
use crate::tape::Item;

const ADVISORY: &[&str] = &["csaf_security_advisory"];

/// Parts within parts are looked at this deep.
const DEEPEST: usize = 8;

fn is_affected(status: &str) -> bool {
    matches!(
        status,
        "first_affected" | "known_affected" | "last_affected"
    )
}

fn is_fixed(status: &str) -> bool {
    matches!(status, "first_fixed" | "fixed")
}

fn of_status(
    vulnerability: Item<'_>,
    is_status: fn(&str) -> bool,
) -> impl Iterator<Item = (&str, Item<'_>)> {
    statuses(vulnerability)
        .filter(move |(name, _)| is_status(name))
        .flat_map(|(_, list)| list_texts(list))
}

/// 6.1.27.12: every vulnerability affects a product (2.1).
pub(in crate::evidence::csaf::test) fn affected(document: &Document<'_>, report: &mut Report<'_>) {
    let vulnerabilities = document.vulnerabilities.iter();
    for vulnerability in vulnerabilities.filter(|_| is(document, ADVISORY)) {
        if of_status(*vulnerability, is_affected).next().is_none() {
            report.at(*vulnerability, || "no product is affected".to_owned());
        }
    }
}

/// 6.1.27.13: for a product that is fixed another version of it is affected, by the same vulnerability (2.1).
///
/// Two products are versions of one where the branches above their versions are the same, or where one is
/// related to the other. A product outside of the branches may be a version of any.
pub(in crate::evidence::csaf::test) fn corresponding(
    document: &Document<'_>,
    report: &mut Report<'_>,
) {
    let definitions = document.tree.definitions.iter();
    let related: Vec<_> = definitions.filter(|one| !one.path.is_empty()).collect();
    let vulnerabilities = document.vulnerabilities.iter();
    for vulnerability in vulnerabilities.filter(|_| is(document, ADVISORY)) {
        if of_status(*vulnerability, is_fixed).next().is_none() {
            continue;
        }
        let mut known = HashSet::new();
        for (id, _) in of_status(*vulnerability, is_affected) {
            collect(&document.tree, id, &mut known, 0);
        }
        // What is related to an affected product.
        for definition in &related {
            let mut steps = definition.path.iter();
            if steps.any(|step| known.contains(&Key::Product(step.id))) {
                for step in &definition.path {
                    known.insert(Key::Product(step.id));
                }
                known.insert(Key::Product(definition.id));
            }
        }
        for (id, item) in of_status(*vulnerability, is_fixed) {
            let mut own = HashSet::new();
            collect(&document.tree, id, &mut own, 0);
            let matches = !known.is_empty()
                && (own.contains(&Key::Any)
                    || known.contains(&Key::Any)
                    || !own.is_disjoint(&known));
            if !matches {
                report.at(item, || {
                    format!("no version of the fixed product `{id}` is affected")
                });
            }
        }
    }
}

/// What two versions of a product have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'t> {
    /// The branch above the versions, by its position in the document.
    Branch(u32),
    /// The product itself.
    Product(&'t str),
    /// A product of which nothing is known but its name.
    Any,
}

fn collect<'t>(tree: &ProductTree<'t>, id: &'t str, keys: &mut HashSet<Key<'t>>, depth: usize) {
    if !keys.insert(Key::Product(id)) || depth > DEEPEST {
        return;
    }
    let Some(definition) = tree.lookup(id) else {
        return;
    };
    if definition.branch.is_none() && definition.path.is_empty() {
        keys.insert(Key::Any);
    }
    let above = tree.up(definition.branch).find(|branch| {
        !matches!(
            branch.category,
            "product_version" | "product_version_range" | "patch_level" | "service_pack"
        )
    });
    if let Some(branch) = above {
        keys.insert(Key::Branch(branch.item.index()));
    }
    let family = tree
        .up(definition.branch)
        .find(|branch| branch.category == "product_family");
    if let Some(branch) = family {
        keys.insert(Key::Branch(branch.item.index()));
    }
    for step in &definition.path {
        collect(tree, step.id, keys, depth + 1);
    }
}
