//! What is said of a product and what is to be done about it (6.1.6, 6.1.29, 6.1.32, 6.1.33, 6.1.35, 6.1.36).

use std::collections::{HashMap, HashSet};

use super::Report;
use super::reference::{list_texts, statuses};
use crate::evidence::csaf::document::{Document, items};
use crate::tape::Item;

/// What a list of the product status says; two kinds contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Affected,
    NotAffected,
    Fixed,
    UnderInvestigation,
    Unknown,
}

impl Kind {
    /// The kind of a list (CSAF 2.0, section 6.1.6). What is recommended contradicts nothing.
    fn of(list: &str) -> Option<Self> {
        Some(match list {
            "first_affected" | "known_affected" | "last_affected" => Self::Affected,
            "known_not_affected" => Self::NotAffected,
            "first_fixed" | "fixed" => Self::Fixed,
            "under_investigation" => Self::UnderInvestigation,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::NotAffected => "not affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under investigation",
            Self::Unknown => "of unknown status",
        }
    }

    /// Whether a remediation contradicts this status (CSAF 2.1, section 3.2.4.14.1).
    fn forbids(self, category: &str) -> bool {
        match self {
            Self::Affected => category == "optional_patch",
            Self::NotAffected => matches!(
                category,
                "workaround" | "mitigation" | "vendor_fix" | "none_available"
            ),
            Self::Fixed => matches!(
                category,
                "workaround"
                    | "mitigation"
                    | "vendor_fix"
                    | "none_available"
                    | "fix_planned"
                    | "no_fix_planned"
            ),
            Self::UnderInvestigation | Self::Unknown => false,
        }
    }
}

/// 6.1.6: no product has two statuses that contradict each other, within one vulnerability.
pub(super) fn contradicting(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        let mut known: HashMap<&str, Kind> = HashMap::new();
        for (kind, id, item) in kinds(*vulnerability) {
            let first = *known.entry(id).or_insert(kind);
            if first != kind {
                report.at(item, || {
                    format!(
                        "the product `{id}` is {} and {}",
                        first.words(),
                        kind.words()
                    )
                });
            }
        }
    }
}

fn kinds(vulnerability: Item<'_>) -> impl Iterator<Item = (Kind, &str, Item<'_>)> {
    statuses(vulnerability)
        .filter_map(|(name, list)| Some((Kind::of(name)?, list)))
        .flat_map(|(kind, list)| list_texts(list).map(move |(id, item)| (kind, id, item)))
}

/// 6.1.29: a remediation names products or groups.
pub(super) fn remediation_without_product(document: &Document<'_>, report: &mut Report<'_>) {
    without_product(document, "remediations", "remediation", report);
}

/// 6.1.32: a flag names products or groups.
pub(super) fn flag_without_product(document: &Document<'_>, report: &mut Report<'_>) {
    without_product(document, "flags", "flag", report);
}

fn without_product(document: &Document<'_>, key: &str, word: &str, report: &mut Report<'_>) {
    let vulnerabilities = document.vulnerabilities.iter();
    for item in vulnerabilities.flat_map(|one| items(*one, key)) {
        if item.get("product_ids").is_none() && item.get("group_ids").is_none() {
            report.at(item, || format!("the {word} names no product and no group"));
        }
    }
}

/// 6.1.33: no product has two flags that say why it is not affected, within one vulnerability.
pub(super) fn several_flags(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        let mut known: HashMap<&str, (u32, &str)> = HashMap::new();
        for flag in items(*vulnerability, "flags") {
            let label = flag.get_text("label").unwrap_or_default();
            for (id, item) in document.products(flag) {
                let (first, other) = *known.entry(id).or_insert((flag.index(), label));
                if first != flag.index() {
                    report.at(item, || {
                        format!("the product `{id}` has the flags `{other}` and `{label}`")
                    });
                }
            }
        }
    }
}

/// Remediations of one product that contradict each other (CSAF 2.1, section 3.2.4.14.1): where none is
/// available there is no other; an optional patch is for what needs none; and a fix is there, planned or
/// not planned.
fn contradict(one: &str, other: &str) -> bool {
    const FIXES: [&str; 3] = ["vendor_fix", "fix_planned", "no_fix_planned"];
    const ALONE: [&str; 2] = ["none_available", "optional_patch"];
    one != other
        && (ALONE.contains(&one)
            || ALONE.contains(&other)
            || (FIXES.contains(&one) && FIXES.contains(&other)))
}

/// 6.1.35: no product has remediations that contradict each other, within one vulnerability (2.1).
pub(super) fn contradicting_remediations(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
        for remediation in items(*vulnerability, "remediations") {
            let category = remediation.get_text("category").unwrap_or_default();
            for (id, item) in document.products(remediation) {
                let categories = known.entry(id).or_default();
                // There are seven categories, so the list is short.
                if let Some(other) = categories.iter().find(|other| contradict(category, other)) {
                    report.at(item, || {
                        format!("the remediations `{other}` and `{category}` of the product `{id}` contradict each other")
                    });
                }
                if !categories.contains(&category) && categories.len() < 16 {
                    categories.push(category);
                }
            }
        }
    }
}

/// 6.1.36: no product has a remediation that contradicts its status, within one vulnerability (2.1).
pub(super) fn contradicting_status(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        let mut known: HashMap<&str, Kind> = HashMap::new();
        for (kind, id, _) in kinds(*vulnerability) {
            known.entry(id).or_insert(kind);
        }
        for remediation in items(*vulnerability, "remediations") {
            let category = remediation.get_text("category").unwrap_or_default();
            let mut said = HashSet::new();
            for (id, item) in document.products(remediation) {
                let Some(kind) = known.get(id).filter(|kind| kind.forbids(category)) else {
                    continue;
                };
                if said.insert(id) {
                    report.at(item, || {
                        format!(
                            "the product `{id}` is {} and has the remediation `{category}`",
                            kind.words()
                        )
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn statuses_agree() {
        let status =
            |lists: &str| format!(r#""vulnerabilities":[{{"product_status":{{{lists}}}}}]"#);
        check(
            "6.1.6",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &status(r#""known_affected":["A"],"last_affected":["A"],"recommended":["A"]"#),
                    None,
                ),
                (
                    "",
                    &status(r#""known_affected":["A"],"fixed":["B","A"]"#),
                    Some(
                        "/vulnerabilities/0/product_status/fixed/1: the product `A` is affected and fixed",
                    ),
                ),
            ],
        );
        check(
            "6.1.6",
            "2.1",
            &[(
                "",
                &status(r#""unknown":["A"],"under_investigation":["A"]"#),
                Some(
                    "/vulnerabilities/0/product_status/under_investigation/0: the product `A` is of unknown status and under investigation",
                ),
            )],
        );
    }

    #[test]
    fn products_are_named() {
        for (number, key, word) in [
            ("6.1.29", "remediations", "remediation"),
            ("6.1.32", "flags", "flag"),
        ] {
            let of = |item: &str| format!(r#""vulnerabilities":[{{"{key}":[{item}]}}]"#);
            let expected =
                format!("/vulnerabilities/0/{key}/0: the {word} names no product and no group");
            check(
                number,
                "2.0",
                &[
                    ("", "", None),
                    ("", &of(r#"{"group_ids":["G"]}"#), None),
                    ("", &of("{}"), Some(&expected)),
                ],
            );
        }
    }

    #[test]
    fn flags_are_single() {
        let flags = |items: &str| {
            format!(
                r#""product_tree":{{"product_groups":[{{"group_id":"G","product_ids":["A","B"]}}]}},"vulnerabilities":[{{"flags":[{items}]}}]"#
            )
        };
        check(
            "6.1.33",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &flags(r#"{"label":"x","group_ids":["G"]},{"label":"y","product_ids":["C"]}"#),
                    None,
                ),
                (
                    "",
                    &flags(r#"{"label":"x","group_ids":["G"]},{"label":"y","product_ids":["B"]}"#),
                    Some(
                        "/vulnerabilities/0/flags/1/product_ids/0: the product `B` has the flags `x` and `y`",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn remediations_agree() {
        let of = |status: &str, categories: &[&str]| {
            let items: Vec<String> = categories
                .iter()
                .map(|one| format!(r#"{{"category":"{one}","product_ids":["A"]}}"#))
                .collect();
            format!(
                r#""vulnerabilities":[{{"product_status":{{"{status}":["A"]}},"remediations":[{}]}}]"#,
                items.join(",")
            )
        };
        check(
            "6.1.35",
            "2.1",
            &[
                ("", "", None),
                (
                    "",
                    &of(
                        "recommended",
                        &["workaround", "mitigation", "vendor_fix", "vendor_fix"],
                    ),
                    None,
                ),
                (
                    "",
                    &of("recommended", &["vendor_fix", "no_fix_planned"]),
                    Some(
                        "/vulnerabilities/0/remediations/1/product_ids/0: the remediations `vendor_fix` and `no_fix_planned` of the product `A` contradict each other",
                    ),
                ),
                (
                    "",
                    &of("recommended", &["none_available", "mitigation"]),
                    Some(
                        "/vulnerabilities/0/remediations/1/product_ids/0: the remediations `none_available` and `mitigation` of the product `A` contradict each other",
                    ),
                ),
            ],
        );
        check(
            "6.1.36",
            "2.1",
            &[
                ("", "", None),
                ("", &of("known_affected", &["vendor_fix"]), None),
                ("", &of("fixed", &["optional_patch"]), None),
                ("", &of("known_not_affected", &["fix_planned"]), None),
                ("", &of("under_investigation", &["vendor_fix"]), None),
                (
                    "",
                    &of("known_affected", &["optional_patch"]),
                    Some(
                        "/vulnerabilities/0/remediations/0/product_ids/0: the product `A` is affected and has the remediation `optional_patch`",
                    ),
                ),
                (
                    "",
                    &of("fixed", &["vendor_fix"]),
                    Some(
                        "/vulnerabilities/0/remediations/0/product_ids/0: the product `A` is fixed and has the remediation `vendor_fix`",
                    ),
                ),
            ],
        );
    }
}
