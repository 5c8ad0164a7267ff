//! Decisions by the Stakeholder-Specific Vulnerability Categorization (6.1.46 to 6.1.48).

use super::Report;
use crate::evidence::csaf::document::{Document, items, texts};
use crate::evidence::csaf::tables;
use crate::tape::Item;

/// The decision points of the namespace `ssvc` by key and version, each with the keys of its values in
/// order (SSVC documentation of CERT/CC, "Decision Points", as of 2026-10).
const POINTS: &[(&str, &str, &str)] = &[
    ("A", "2.0.0", "N Y"),
    ("COORDINATE", "1.0.0", "D T C"),
    ("COORDINATE", "1.0.1", "D T C"),
    ("CS", "1.0.0", "N Y"),
    ("DSOI", "1.0.0", "D S O I"),
    ("E", "1.0.0", "N P A"),
    ("E", "1.1.0", "N P A"),
    ("EXP", "1.0.0", "S C U"),
    ("EXP", "1.0.1", "S C O"),
    ("HI", "2.0.0", "L M H VH"),
    ("HI", "2.0.1", "L M H VH"),
    ("HI", "2.0.2", "L M H VH"),
    ("HVA", "1.0.0", "N Y"),
    ("MI", "1.0.0", "N NED MSC MEF MF"),
    ("MI", "2.0.0", "D MSC MEF MF"),
    ("MWI", "1.0.0", "L M H"),
    ("PSI", "2.0.0", "M S"),
    ("PSI", "2.0.1", "M S"),
    ("PUBLISH", "1.0.0", "N P"),
    ("PVA", "1.0.0", "L A P"),
    ("PWI", "1.1.0", "M MA I"),
    ("RC", "1.0.0", "NC C"),
    ("RP", "1.0.0", "Y N"),
    ("SC", "1.0.0", "O M"),
    ("SCON", "1.0.0", "N Y"),
    ("SE", "1.0.0", "A U"),
    ("SI", "1.0.0", "N M J H C"),
    ("SI", "2.0.0", "N M R C"),
    ("SI", "2.0.1", "N M R C"),
    ("SINV", "1.0.0", "FR C UU"),
    ("TI", "1.0.0", "P T"),
    ("U", "1.0.0", "L E S"),
    ("U", "1.0.1", "L E S"),
    ("V", "1.0.0", "S R"),
    ("VD", "1.0.0", "D C"),
];

/// The values of the metrics of CVSS, of whatever version; `X` and `ND` go with each.
const METRICS: &[(&str, &str)] = &[
    ("AV", "P L A N"),
    ("AC", "H M L"),
    ("AT", "P N"),
    ("AU", "N Y"),
    ("Au", "M S N"),
    ("PR", "H L N"),
    ("UI", "A P R N"),
    ("C", "N P C L H"),
    ("I", "N P C L H"),
    ("A", "N P C L H"),
    ("S", "U C N P"),
    ("SC", "N L H"),
    ("SI", "N L H S"),
    ("SA", "N L H S"),
    ("VC", "N L H"),
    ("VI", "N L H"),
    ("VA", "N L H"),
];

/// The SSVC objects, each with its vulnerability.
fn decisions<'t>(document: &Document<'t>) -> impl Iterator<Item = (Item<'t>, Item<'t>)> {
    document.vulnerabilities.iter().flat_map(|one| {
        document
            .metrics(*one)
            .filter_map(|metric| Some((*one, metric.content.get("ssvc_v2")?)))
    })
}

/// 6.1.46: an SSVC object conforms to its schema (2.1).
pub(super) fn malformed(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(schema) = tables::ssvc() else {
        return;
    };
    for (_, decision) in decisions(document) {
        if let Some(fault) = schema.check(decision, 1).into_iter().next() {
            report.at(decision, || {
                format!("the decision breaks the schema of SSVC: {}", fault.message)
            });
        }
    }
}

/// 6.1.47: a decision names its own vulnerability, and not by the id of a document that holds several (2.1).
pub(super) fn targets(document: &Document<'_>, report: &mut Report<'_>) {
    let tracking = document.head_text(&["tracking", "id"]);
    for (vulnerability, decision) in decisions(document) {
        for (target, item) in texts(decision, "target_ids") {
            let mut ids = items(vulnerability, "ids").filter_map(|one| one.get_text("text"));
            if vulnerability.get_text("cve") != Some(target) && !ids.any(|id| id == target) {
                report.at(item, || {
                    format!("`{target}` is no id of this vulnerability")
                });
            } else if target == tracking && document.vulnerabilities.len() > 1 {
                report.at(item, || {
                    format!("`{target}` is the id of the document, which has more than one vulnerability")
                });
            }
        }
    }
}

/// 6.1.48: a decision point of the namespaces `ssvc` and `cvss` exists and has the values that it is defined
/// with, in their order (2.1). Of `cvss` it is only asked whether the values exist.
///
/// The order is judged in English only: a translation is defined elsewhere.
pub(super) fn points(document: &Document<'_>, report: &mut Report<'_>) {
    for selection in decisions(document).flat_map(|(_, one)| items(one, "selections")) {
        let namespace = selection.get_text("namespace").unwrap_or_default();
        let key = selection.get_text("key").unwrap_or_default();
        let version = selection.get_text("version").unwrap_or_default();
        let values: Vec<&str> = items(selection, "values")
            .filter_map(|value| value.get_text("key"))
            .collect();
        let (base, extension) = namespace.split_once('/').unwrap_or((namespace, ""));
        let is_good = match base {
            "ssvc" => {
                let mut known = POINTS
                    .iter()
                    .filter(|(one, its, _)| *one == key && *its == version)
                    .map(|(_, _, values)| *values);
                let in_order = is_english(extension);
                known.any(|known| fits(&values, known, in_order))
            }
            "cvss" => METRICS
                .iter()
                .find(|(one, _)| *one == key)
                .is_none_or(|(_, known)| {
                    let is_known = |value: &&str| {
                        matches!(*value, "X" | "ND") || known.split(' ').any(|one| one == *value)
                    };
                    values.iter().all(is_known)
                }),
            _ => true,
        };
        if !is_good {
            report.at(selection, || {
                format!(
                    "the values `{}` are not those of `{key}` {version} in `{namespace}`, in order",
                    values.join("`, `")
                )
            });
        }
    }
}

/// Whether an extension of a namespace names no other language than English.
fn is_english(extension: &str) -> bool {
    let after = extension.rsplit_once('$').map(|(_, language)| language);
    let before = extension.split('/').next().unwrap_or_default();
    let language = after.unwrap_or(before).to_ascii_lowercase();
    language.is_empty() || language == "en" || language.starts_with("en-")
}

/// Whether all values are known ones, and, if asked, each comes after the one before.
fn fits(values: &[&str], known: &str, in_order: bool) -> bool {
    let mut least = 0;
    values.iter().all(|value| {
        let position = known.split(' ').position(|one| one == *value);
        let fits = position.is_some_and(|position| !in_order || position >= least);
        least = position.map_or(least, |position| position + 1);
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn decision(members: &str, rest: &str) -> String {
        format!(
            r#""vulnerabilities":[{{"cve":"CVE-2024-0001","metrics":[{{"content":{{"ssvc_v2":{{{members}}}}}}}]}}{rest}]"#
        )
    }

    const AT: &str = "/vulnerabilities/0/metrics/0/content/ssvc_v2";

    #[test]
    fn decisions_are_formed_well() {
        let good = r#""schemaVersion":"2.0.0","timestamp":"2024-01-01T00:00:00Z","selections":[{"namespace":"ssvc","key":"E","version":"1.1.0","values":[{"key":"N"}]}]"#;
        check(
            "6.1.46",
            "2.1",
            &[
                ("", "", None),
                ("", &decision(good, ""), None),
                (
                    "",
                    &decision(&good.replace("2.0.0", "1"), ""),
                    Some(&format!(
                        "{AT}: the decision breaks the schema of SSVC: `1` is none of the words that may stand here"
                    )),
                ),
            ],
        );
    }

    #[test]
    fn decisions_name_their_vulnerability() {
        let other = r#",{"ids":[{"text":"Bug 1"}]}"#;
        check(
            "6.1.47",
            "2.1",
            &[
                ("", "", None),
                ("", &decision("", ""), None),
                (
                    "",
                    &decision(r#""target_ids":["CVE-2024-0001"]"#, other),
                    None,
                ),
                (
                    "",
                    &decision(r#""target_ids":["CVE-2024-0001","Bug 1"]"#, other),
                    Some(&format!(
                        "{AT}/target_ids/1: `Bug 1` is no id of this vulnerability"
                    )),
                ),
                (
                    r#""tracking":{"id":"CVE-2024-0001"}"#,
                    &decision(r#""target_ids":["CVE-2024-0001"]"#, ""),
                    None,
                ),
                (
                    r#""tracking":{"id":"CVE-2024-0001"}"#,
                    &decision(r#""target_ids":["CVE-2024-0001"]"#, other),
                    Some(&format!(
                        "{AT}/target_ids/0: `CVE-2024-0001` is the id of the document, which has more than one vulnerability"
                    )),
                ),
            ],
        );
    }

    #[test]
    fn decision_points_are_those_that_are_defined() {
        for (namespace, key, version, values, expected) in [
            ("ssvc", "E", "1.1.0", &["N", "P"] as &[&str], true),
            ("ssvc", "E", "1.1.0", &["P", "N"], false),
            ("ssvc", "E", "1.1.0", &["N", "N"], false),
            ("ssvc", "SINV", "1.0.0", &["FR", "UU"], true),
            ("ssvc", "MI", "1.0.0", &["D"], false),
            ("ssvc", "ZZ", "1.0.0", &["D"], false),
            ("ssvc", "E", "9.0.0", &["N"], false),
            ("cisa", "KEV", "1.0.0", &["N"], true),
            ("ssvc//.example.test#x", "E", "1.1.0", &["Q"], false),
            ("ssvc//.example.test$de-DE", "E", "1.1.0", &["P", "N"], true),
            ("ssvc/de-DE", "E", "1.1.0", &["P", "N"], true),
            ("x_example.test#y", "E", "1.1.0", &["Q"], true),
            ("cvss", "AC", "3.0.1", &["L"], true),
            ("cvss", "AC", "3.0.1", &["E"], false),
        ] {
            let list: Vec<String> = values
                .iter()
                .map(|one| format!(r#"{{"key":"{one}"}}"#))
                .collect();
            let rest = decision(
                &format!(
                    r#""selections":[{{"namespace":"{namespace}","key":"{key}","version":"{version}","values":[{}]}}]"#,
                    list.join(",")
                ),
                "",
            );
            let finding = format!(
                "{AT}/selections/0: the values `{}` are not those of `{key}` {version} in `{namespace}`, in order",
                values.join("`, `")
            );
            check(
                "6.1.48",
                "2.1",
                &[("", "", None), ("", &rest, (!expected).then_some(&finding))],
            );
        }
    }
}
