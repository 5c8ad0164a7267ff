//! What identifies a product outside of the document (6.1.13, 6.1.25, 6.1.42 to 6.1.44, 6.1.61).

use std::collections::HashSet;
use std::str::FromStr as _;

use packageurl::PackageUrl;

use super::Report;
use crate::evidence::csaf::document::{Document, items, texts};
use crate::purl::Purl;
use crate::tape::Item;

/// Types of package URLs without a name unless there is a namespace too (ECMA-427, type definitions).
const WITH_NAMESPACE: [&str; 5] = ["bitbucket", "composer", "github", "maven", "swift"];

/// The identification helper of every product.
fn helpers<'t>(document: &Document<'t>) -> impl Iterator<Item = Item<'t>> {
    document
        .tree
        .definitions
        .iter()
        .filter_map(|one| one.item.get("product_identification_helper"))
}

/// 6.1.13: package URLs are well formed.
pub(super) fn purls(document: &Document<'_>, report: &mut Report<'_>) {
    for helper in helpers(document) {
        let purls = helper.get("purl").into_iter().chain(items(helper, "purls"));
        for (text, item) in purls.filter_map(|item| Some((item.text()?, item))) {
            if !is_purl(text) {
                report.at(item, || format!("`{text}` is no package URL"));
            }
        }
    }
}

fn is_purl(text: &str) -> bool {
    let Some(purl) = Purl::parse(text) else {
        return false;
    };
    PackageUrl::from_str(text).is_ok()
        && !purl.name.starts_with('@')
        && !(WITH_NAMESPACE.contains(&purl.kind.as_str()) && purl.namespace.is_empty())
}

/// 6.1.25: no file has two hashes by the same algorithm.
pub(super) fn repeated_hashes(document: &Document<'_>, report: &mut Report<'_>) {
    for file in helpers(document).flat_map(|helper| items(helper, "hashes")) {
        let mut seen = HashSet::new();
        for hash in items(file, "file_hashes") {
            if let Some(algorithm) = hash.get_text("algorithm")
                && !seen.insert(algorithm)
            {
                report.at(hash, || {
                    format!("the file has more than one hash by `{algorithm}`")
                });
            }
        }
    }
}

/// 6.1.42: the package URLs of a product differ in their qualifiers only (2.1).
pub(super) fn different_purls(document: &Document<'_>, report: &mut Report<'_>) {
    for helper in helpers(document) {
        let mut first: Option<Purl> = None;
        for (text, item) in texts(helper, "purls") {
            let Some(mut purl) = Purl::parse(text) else {
                continue;
            };
            purl.qualifiers.clear();
            match &first {
                None => first = Some(purl),
                Some(first) if *first != purl => {
                    report.at(item, || {
                        format!(
                            "`{text}` differs from the first package URL in more than qualifiers"
                        )
                    });
                }
                Some(_) => {}
            }
        }
    }
}

/// 6.1.43: a model number has one star at the most that stands for anything (2.1).
pub(super) fn model_stars(document: &Document<'_>, report: &mut Report<'_>) {
    stars(document, "model_numbers", report);
}

/// 6.1.44: so has a serial number (2.1).
pub(super) fn serial_stars(document: &Document<'_>, report: &mut Report<'_>) {
    stars(document, "serial_numbers", report);
}

/// 6.1.61: so has a stock keeping unit (2.1).
pub(super) fn sku_stars(document: &Document<'_>, report: &mut Report<'_>) {
    stars(document, "skus", report);
}

fn stars(document: &Document<'_>, key: &str, report: &mut Report<'_>) {
    for (text, item) in helpers(document).flat_map(|helper| texts(helper, key)) {
        if unescaped_stars(text) > 1 {
            report.at(item, || format!("`{text}` has more than one star"));
        }
    }
}

/// How many stars have no backslash before them that is not itself behind one.
fn unescaped_stars(text: &str) -> usize {
    let mut count = 0;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            '*' => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn product(helper: &str) -> String {
        format!(
            r#""product_tree":{{"full_product_names":[{{"product_id":"A","product_identification_helper":{{{helper}}}}}]}}"#
        )
    }

    const AT: &str = "/product_tree/full_product_names/0/product_identification_helper";

    #[test]
    fn package_urls_are_well_formed() {
        for (purl, expected) in [
            ("pkg:maven/a/b@1", true),
            ("pkg:npm/%40a/b@1?x=y", true),
            ("pkg:rpm/redhat/a@1?arch=x86_64", true),
            ("pkg:maven/@1.3.4", false),
            ("pkg:maven/b@1", false),
            ("pkg:npm", false),
            ("npm/a", false),
        ] {
            let finding = format!("{AT}/purl: `{purl}` is no package URL");
            check(
                "6.1.13",
                "2.0",
                &[(
                    "",
                    &product(&format!(r#""purl":"{purl}""#)),
                    (!expected).then_some(&finding),
                )],
            );
        }
        check(
            "6.1.13",
            "2.1",
            &[
                ("", "", None),
                (
                    "",
                    &product(r#""purls":["pkg:npm/a","x"]"#),
                    Some(&format!("{AT}/purls/1: `x` is no package URL")),
                ),
            ],
        );
    }

    #[test]
    fn package_urls_differ_in_qualifiers_only() {
        check(
            "6.1.42",
            "2.1",
            &[
                ("", "", None),
                (
                    "",
                    &product(r#""purls":["pkg:npm/a@1","pkg:npm/a@1?x=y"]"#),
                    None,
                ),
                (
                    "",
                    &product(r#""purls":["pkg:npm/a@1","pkg:npm/a@2"]"#),
                    Some(&format!(
                        "{AT}/purls/1: `pkg:npm/a@2` differs from the first package URL in more than qualifiers"
                    )),
                ),
            ],
        );
    }

    #[test]
    fn hashes_are_single() {
        let hashes = |items: &str| product(&format!(r#""hashes":[{{"file_hashes":[{items}]}}]"#));
        check(
            "6.1.25",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &hashes(r#"{"algorithm":"sha256"},{"algorithm":"sha512"}"#),
                    None,
                ),
                (
                    "",
                    &hashes(r#"{"algorithm":"sha256"},{"algorithm":"sha256"}"#),
                    Some(&format!(
                        "{AT}/hashes/0/file_hashes/1: the file has more than one hash by `sha256`"
                    )),
                ),
            ],
        );
    }

    #[test]
    fn stars_are_counted() {
        for (number, key) in [
            ("6.1.43", "model_numbers"),
            ("6.1.44", "serial_numbers"),
            ("6.1.61", "skus"),
        ] {
            let finding = format!("{AT}/{key}/0: `*a*` has more than one star");
            check(
                number,
                "2.1",
                &[
                    ("", "", None),
                    (
                        "",
                        &product(&format!(r#""{key}":["*a\\*?","\\\\\\*\\*"]"#)),
                        None,
                    ),
                    ("", &product(&format!(r#""{key}":["*a*"]"#)), Some(&finding)),
                ],
            );
        }
    }
}
