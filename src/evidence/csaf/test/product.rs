//! Product ids and groups: defined once, used only where defined, in no circle (6.1.1 to 6.1.5, 6.1.34).

use std::collections::{HashMap, HashSet};

use super::Report;
use super::reference::{group_references, product_references};
use crate::evidence::csaf::document::Document;

/// The deepest nesting of branches (CSAF 2.1, section 3.1.2).
const DEEPEST: usize = 30;

/// 6.1.1: every product id that is used is defined, in the tree or by a critical extension.
pub(super) fn missing_product(document: &Document<'_>, report: &mut Report<'_>) {
    product_references(document, |id, item| {
        if document.tree.lookup(id).is_none() && !document.extended.contains(id) {
            report.at(item, || format!("the product id `{id}` is defined nowhere"));
        }
    });
}

/// 6.1.2: no product id is defined twice.
pub(super) fn repeated_product(document: &Document<'_>, report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for definition in &document.tree.definitions {
        if !seen.insert(definition.id) {
            report.at(
                definition.item.get("product_id").unwrap_or(definition.item),
                || {
                    format!(
                        "the product id `{}` is defined more than once",
                        definition.id
                    )
                },
            );
        }
    }
}

/// 6.1.3: no product is made of itself, be it through others.
pub(super) fn circular_product(document: &Document<'_>, report: &mut Report<'_>) {
    // Made of: by id, since an id stands for all of its definitions.
    let mut parts: HashMap<&str, Vec<&str>> = HashMap::new();
    for definition in &document.tree.definitions {
        if !definition.path.is_empty() {
            let ids = definition.path.iter().map(|step| step.id);
            parts.entry(definition.id).or_default().extend(ids);
        }
    }
    let ids = document.tree.definitions.iter().map(|one| one.id);
    let circular = circular(ids, &parts);
    for definition in &document.tree.definitions {
        if !definition.path.is_empty() && circular.contains(definition.id) {
            report.at(
                definition.item.get("product_id").unwrap_or(definition.item),
                || format!("the product `{}` is defined by itself", definition.id),
            );
        }
    }
}

/// The ids that lead back to themselves, found without recursion: a document may chain any number of them.
fn circular<'a>(
    starts: impl Iterator<Item = &'a str>,
    parts: &HashMap<&'a str, Vec<&'a str>>,
) -> HashSet<&'a str> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Open,
        Done,
    }
    let mut seen: HashMap<&str, Seen> = HashMap::new();
    let mut circular = HashSet::new();
    for start in starts {
        if seen.contains_key(start) {
            continue;
        }
        let mut stack = vec![(start, 0usize)];
        seen.insert(start, Seen::Open);
        while let Some((id, next)) = stack.last_mut() {
            let (id, position) = (*id, *next);
            *next += 1;
            let Some(part) = parts.get(id).and_then(|all| all.get(position)).copied() else {
                seen.insert(id, Seen::Done);
                stack.pop();
                continue;
            };
            match seen.get(part) {
                Some(Seen::Open) => {
                    // One finding a circle is enough: the product that closes it.
                    circular.insert(id);
                }
                None if parts.contains_key(part) => {
                    seen.insert(part, Seen::Open);
                    stack.push((part, 0));
                }
                _ => {}
            }
        }
    }
    circular
}

/// 6.1.4: every group id that is used is defined.
pub(super) fn missing_group(document: &Document<'_>, report: &mut Report<'_>) {
    group_references(document, |id, item| {
        if document.tree.group(id).is_none() {
            report.at(item, || {
                format!("the product group `{id}` is defined nowhere")
            });
        }
    });
}

/// 6.1.5: no group id is defined twice.
pub(super) fn repeated_group(document: &Document<'_>, report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for group in &document.tree.groups {
        if !seen.insert(group.id) {
            report.at(group.item.get("group_id").unwrap_or(group.item), || {
                format!("the product group `{}` is defined more than once", group.id)
            });
        }
    }
}

/// 6.1.34: branches are nested 30 deep at the most (2.1).
pub(super) fn deep_branches(document: &Document<'_>, report: &mut Report<'_>) {
    let deep = document.tree.branches.iter();
    for branch in deep.filter(|branch| branch.depth == DEEPEST + 1) {
        report.at(branch.item, || {
            format!("the branch `{}` lies more than {DEEPEST} deep", branch.name)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn products_are_defined_once() {
        const NAMES: &str = r#""product_tree":{"full_product_names":[{"product_id":"A","name":"a"},{"product_id":"B","name":"b"}]}"#;
        let used = |ids: &str| {
            format!(r#"{NAMES},"vulnerabilities":[{{"product_status":{{"fixed":[{ids}]}}}}]"#)
        };
        check(
            "6.1.1",
            "2.0",
            &[
                ("", "", None),
                ("", &used(r#""A","B""#), None),
                (
                    "",
                    &used(r#""A","C""#),
                    Some(
                        "/vulnerabilities/0/product_status/fixed/1: the product id `C` is defined nowhere",
                    ),
                ),
                (
                    "",
                    r#""vulnerabilities":[{"scores":[{"products":["A"]}]}]"#,
                    Some(
                        "/vulnerabilities/0/scores/0/products/0: the product id `A` is defined nowhere",
                    ),
                ),
            ],
        );
        check(
            "6.1.1",
            "2.1",
            &[
                (
                    r#""notes":[{"product_ids":["A"]}]"#,
                    "",
                    Some("/document/notes/0/product_ids/0: the product id `A` is defined nowhere"),
                ),
                (r#""notes":[{"product_ids":["A"]}]"#, NAMES, None),
            ],
        );
        let extended = format!(
            r#""x_extensions":[{{"critical":true,"content":{{"product_id":"C"}}}}],{}"#,
            used(r#""C""#)
        );
        check("6.1.1", "2.1", &[("", &extended, None)]);
        check(
            "6.1.2",
            "2.0",
            &[
                ("", "", None),
                ("", NAMES, None),
                (
                    "",
                    r#""product_tree":{"full_product_names":[{"product_id":"A","name":"a"}],"branches":[{"product":{"product_id":"A","name":"b"}}]}"#,
                    Some(
                        "/product_tree/full_product_names/0/product_id: the product id `A` is defined more than once",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn circles_are_found() {
        let relation = |id: &str, part: &str, whole: &str| {
            format!(
                r#"{{"product_reference":"{part}","relates_to_product_reference":"{whole}","full_product_name":{{"product_id":"{id}","name":"n"}}}}"#
            )
        };
        let tree = |relations: &[String]| {
            format!(
                r#""product_tree":{{"relationships":[{}]}}"#,
                relations.join(",")
            )
        };
        check(
            "6.1.3",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &tree(&[relation("C", "A", "B"), relation("D", "C", "B")]),
                    None,
                ),
                (
                    "",
                    &tree(&[relation("A", "A", "B")]),
                    Some(
                        "/product_tree/relationships/0/full_product_name/product_id: the product `A` is defined by itself",
                    ),
                ),
            ],
        );
        let long: Vec<String> = (0..3000)
            .map(|one| relation(&format!("{one}"), &format!("{}", (one + 1) % 3000), "x"))
            .collect();
        assert_eq!(
            super::super::findings("6.1.3", "2.0", "", &tree(&long)).len(),
            1
        );
        check(
            "6.1.3",
            "2.1",
            &[(
                "",
                r#""product_tree":{"product_paths":[{"beginning_product_reference":"A","subpaths":[{"next_product_reference":"B"}],"full_product_name":{"product_id":"B","name":"b"}}]}"#,
                Some(
                    "/product_tree/product_paths/0/full_product_name/product_id: the product `B` is defined by itself",
                ),
            )],
        );
    }

    #[test]
    fn groups_are_defined_once() {
        const GROUPS: &str =
            r#""product_tree":{"product_groups":[{"group_id":"G","product_ids":[]}]}"#;
        let used =
            format!(r#"{GROUPS},"vulnerabilities":[{{"threats":[{{"group_ids":["G","H"]}}]}}]"#);
        check(
            "6.1.4",
            "2.0",
            &[
                ("", "", None),
                ("", GROUPS, None),
                (
                    "",
                    &used,
                    Some(
                        "/vulnerabilities/0/threats/0/group_ids/1: the product group `H` is defined nowhere",
                    ),
                ),
            ],
        );
        check(
            "6.1.5",
            "2.0",
            &[
                ("", "", None),
                ("", GROUPS, None),
                (
                    "",
                    r#""product_tree":{"product_groups":[{"group_id":"G"},{"group_id":"G"}]}"#,
                    Some(
                        "/product_tree/product_groups/1/group_id: the product group `G` is defined more than once",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn branches_end_somewhere() {
        let tree = |depth: usize| {
            let inner = (1..depth).fold(r#"{"name":"x"}"#.to_owned(), |inner, _| {
                format!(r#"{{"name":"y","branches":[{inner}]}}"#)
            });
            format!(r#""product_tree":{{"branches":[{inner}]}}"#)
        };
        let place = "/branches/0".repeat(31);
        let expected = format!("/product_tree{place}: the branch `y` lies more than 30 deep");
        check(
            "6.1.34",
            "2.1",
            &[
                ("", "", None),
                ("", &tree(30), None),
                ("", &tree(32), Some(&expected)),
            ],
        );
    }
}
