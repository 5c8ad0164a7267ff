//! Versions and ranges of versions in the branches (6.1.31, 6.1.50, 6.1.57 to 6.1.59).

use super::Report;
use crate::evidence::csaf::document::Document;
use crate::evidence::csaf::product_tree::Branch;
use crate::evidence::csaf::vers::Vers;

fn of_category<'d, 't>(
    document: &'d Document<'t>,
    category: &'static str,
) -> impl Iterator<Item = &'d Branch<'t>> {
    document
        .tree
        .branches
        .iter()
        .filter(move |branch| branch.category == category)
}

/// 6.1.31: a version is no range: it has no sign of a comparison and none of these words.
pub(super) fn range_as_version(document: &Document<'_>, report: &mut Report<'_>) {
    const WORDS: [&str; 7] = [
        "after", "all", "before", "earlier", "later", "prior", "versions",
    ];
    for branch in of_category(document, "product_version") {
        let name = branch.name.to_lowercase();
        let is_range = name.contains(['<', '>'])
            || name
                .split(|one: char| !one.is_alphanumeric() && !"-_.+".contains(one))
                .any(|word| WORDS.contains(&word));
        if is_range {
            report.at(branch.item, || {
                format!("the version `{}` is a range", branch.name)
            });
        }
    }
}

/// 6.1.50: a range of versions is a `vers` or the constraints of one (2.1).
pub(super) fn malformed_range(document: &Document<'_>, report: &mut Report<'_>) {
    for branch in of_category(document, "product_version_range") {
        if let Err(fault) = range(branch.name) {
            report.at(branch.item, || {
                format!("`{}` is no range of versions: {fault}", branch.name)
            });
        }
    }
}

fn range(name: &str) -> Result<Vers<'_>, &'static str> {
    if name.starts_with("vers:") {
        Vers::parse(name)
    } else {
        Vers::like(name)
    }
}

/// 6.1.57: no category but `product_family` comes twice on the way to a product (2.1).
pub(super) fn stacked(document: &Document<'_>, report: &mut Report<'_>) {
    for branch in &document.tree.branches {
        let mut above = document.tree.up(branch.parent);
        if branch.category != "product_family" && above.any(|one| one.category == branch.category) {
            report.at(branch.item, || {
                format!(
                    "the branch `{}` lies below another of the category `{}`",
                    branch.name, branch.category
                )
            });
        }
    }
}

/// 6.1.58: no way to a product has both a version and a range of versions (2.1).
pub(super) fn version_and_range(document: &Document<'_>, report: &mut Report<'_>) {
    for branch in &document.tree.branches {
        let other = match branch.category {
            "product_version" => "product_version_range",
            "product_version_range" => "product_version",
            _ => continue,
        };
        if document
            .tree
            .up(branch.parent)
            .any(|one| one.category == other)
        {
            report.at(branch.item, || {
                format!(
                    "the branch `{}` lies below one of the category `{other}`",
                    branch.name
                )
            });
        }
    }
}

/// 6.1.59: a range of versions is no single version (2.1).
pub(super) fn single_version(document: &Document<'_>, report: &mut Report<'_>) {
    for branch in of_category(document, "product_version_range") {
        if let Ok(range) = range(branch.name)
            && let Some(version) = range.single()
        {
            report.at(branch.item, || {
                format!("the range is the version `{version}` only")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn branches(parts: &[(&str, &str)]) -> String {
        let inner = parts
            .iter()
            .rev()
            .fold(String::new(), |inner, (category, name)| {
                let inner = if inner.is_empty() {
                    inner
                } else {
                    format!(r#","branches":[{inner}]"#)
                };
                format!(r#"{{"category":"{category}","name":"{name}"{inner}}}"#)
            });
        format!(r#""product_tree":{{"branches":[{inner}]}}"#)
    }

    #[test]
    fn versions_and_ranges_are_told_apart() {
        for (number, parts, expected) in [
            (
                "6.1.31",
                &[("product_version", "4.2")] as &[(&str, &str)],
                None,
            ),
            ("6.1.31", &[("product_version", "after-eight")], None),
            ("6.1.31", &[("product_version_range", "<4.2")], None),
            (
                "6.1.31",
                &[("product_version", "<4.2")],
                Some("/product_tree/branches/0: the version `<4.2` is a range"),
            ),
            (
                "6.1.31",
                &[("product_version", "4.2 and Later")],
                Some("/product_tree/branches/0: the version `4.2 and Later` is a range"),
            ),
            (
                "6.1.50",
                &[("product_version_range", "vers:intdot/<4.2.0")],
                None,
            ),
            ("6.1.50", &[("product_version_range", "<V3.1|>5")], None),
            (
                "6.1.50",
                &[("product_version_range", "prior to 4")],
                Some(
                    "/product_tree/branches/0: `prior to 4` is no range of versions: a version has blanks or signs of a comparison",
                ),
            ),
            (
                "6.1.57",
                &[
                    ("vendor", "a"),
                    ("product_family", "b"),
                    ("product_family", "c"),
                ],
                None,
            ),
            (
                "6.1.57",
                &[("vendor", "a"), ("product_name", "b"), ("vendor", "c")],
                Some(
                    "/product_tree/branches/0/branches/0/branches/0: the branch `c` lies below another of the category `vendor`",
                ),
            ),
            (
                "6.1.58",
                &[("product_name", "a"), ("product_version", "1")],
                None,
            ),
            (
                "6.1.58",
                &[
                    ("product_version", "1"),
                    ("patch_level", "x"),
                    ("product_version_range", "<2"),
                ],
                Some(
                    "/product_tree/branches/0/branches/0/branches/0: the branch `<2` lies below one of the category `product_version`",
                ),
            ),
            ("6.1.59", &[("product_version_range", "<2")], None),
            (
                "6.1.59",
                &[("product_version_range", "vers:semver/2.0.0")],
                Some("/product_tree/branches/0: the range is the version `2.0.0` only"),
            ),
        ] {
            check(
                number,
                "2.1",
                &[("", "", None), ("", &branches(parts), expected)],
            );
        }
    }
}
