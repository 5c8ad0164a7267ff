//! Scores and ratings: one of a kind for a product, of the form that their standard asks for
//! (6.1.7, 6.1.8, 6.1.56).

use std::collections::{HashMap, HashSet};

use super::Report;
use super::reference::list_texts;
use crate::evidence::csaf::document::{Document, Metric};
use crate::evidence::csaf::tables;

/// The members that hold a CVSS object, each with the versions that it may be of.
const CVSS: [(&str, &[&str]); 3] = [
    ("cvss_v2", &["2.0"]),
    ("cvss_v3", &["3.1", "3.0"]),
    ("cvss_v4", &["4.0"]),
];

/// 6.1.7: no product has two scores of the same version of CVSS, within one vulnerability; in 2.1, none
/// from the same source.
pub(super) fn repeated(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        let mut seen = HashSet::new();
        for metric in document.metrics(*vulnerability) {
            for (key, score) in metric.cvss() {
                let version = score.get_text("version").unwrap_or_default();
                for (id, item) in metric.products.into_iter().flat_map(list_texts) {
                    if !seen.insert((id, key, version, metric.source)) {
                        report.at(item, || {
                            format!("the product `{id}` has more than one score of CVSS {version}")
                        });
                    }
                }
            }
        }
    }
}

/// 6.1.8: a CVSS object conforms to the schema of its version.
pub(super) fn malformed(document: &Document<'_>, report: &mut Report<'_>) {
    let metrics = document
        .vulnerabilities
        .iter()
        .flat_map(|one| document.metrics(*one));
    for (key, score) in metrics.flat_map(Metric::cvss) {
        let versions = CVSS.iter().find(|(one, _)| *one == key);
        let versions = versions.map_or(&[] as &[&str], |(_, versions)| versions);
        let stated = score.get_text("version").unwrap_or_default();
        let version = versions.iter().find(|one| **one == stated);
        let Some(version) = version.or(versions.first()) else {
            continue;
        };
        let Some(schema) = tables::cvss(version) else {
            continue;
        };
        if let Some(fault) = schema.check(score, 1).into_iter().next() {
            report.at(score, || {
                format!(
                    "the score breaks the schema of CVSS {version}: {}",
                    fault.message
                )
            });
        }
    }
}

/// 6.1.56: no product has a score and a qualitative rating from the same source, within one vulnerability
/// (2.1).
pub(super) fn score_and_word(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        // Whether the first metric of a product from a source is a score.
        let mut scored: HashMap<(&str, Option<&str>), (bool, bool)> = HashMap::new();
        for metric in document.metrics(*vulnerability) {
            let is_score = metric.cvss().next().is_some();
            let is_word = metric.content.get("qualitative_severity_rating").is_some();
            if !is_score && !is_word {
                continue;
            }
            for (id, item) in metric.products.into_iter().flat_map(list_texts) {
                let known = scored.entry((id, metric.source)).or_default();
                known.0 |= is_score;
                known.1 |= is_word;
                if known.0 && known.1 {
                    report.at(item, || {
                        format!("the product `{id}` has a CVSS score and a qualitative rating")
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn metrics(items: &str) -> String {
        format!(r#""vulnerabilities":[{{"metrics":[{items}]}}]"#)
    }

    #[test]
    fn scores_are_single() {
        let scores = |items: &str| format!(r#""vulnerabilities":[{{"scores":[{items}]}}]"#);
        check(
            "6.1.7",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &scores(
                        r#"{"products":["A"],"cvss_v3":{"version":"3.0"}},{"products":["A"],"cvss_v3":{"version":"3.1"}}"#,
                    ),
                    None,
                ),
                (
                    "",
                    &scores(
                        r#"{"products":["A"],"cvss_v2":{"version":"2.0"}},{"products":["B","A"],"cvss_v2":{"version":"2.0"}}"#,
                    ),
                    Some(
                        "/vulnerabilities/0/scores/1/products/1: the product `A` has more than one score of CVSS 2.0",
                    ),
                ),
            ],
        );
        let of = |source: &str| {
            format!(
                r#"{{"products":["A"],"source":"{source}","content":{{"cvss_v4":{{"version":"4.0"}}}}}}"#
            )
        };
        check(
            "6.1.7",
            "2.1",
            &[
                ("", &metrics(&format!("{},{}", of("a:b"), of("a:c"))), None),
                (
                    "",
                    &metrics(&format!("{},{}", of("a:b"), of("a:b"))),
                    Some(
                        "/vulnerabilities/0/metrics/1/products/0: the product `A` has more than one score of CVSS 4.0",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn scores_are_formed_well() {
        let scores =
            |score: &str| format!(r#""vulnerabilities":[{{"scores":[{{"cvss_v3":{score}}}]}}]"#);
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
        check(
            "6.1.8",
            "2.0",
            &[
                ("", "", None),
                (
                    "",
                    &scores(&format!(
                        r#"{{"version":"3.1","vectorString":"{vector}","baseScore":10,"baseSeverity":"CRITICAL"}}"#
                    )),
                    None,
                ),
                (
                    "",
                    &scores(&format!(
                        r#"{{"version":"3.1","vectorString":"{vector}","baseScore":10}}"#
                    )),
                    Some(
                        "/vulnerabilities/0/scores/0/cvss_v3: the score breaks the schema of CVSS 3.1: the member `baseSeverity` is missing",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn a_score_and_a_word_do_not_stand_together() {
        let score = r#"{"products":["A"],"content":{"cvss_v2":{}}}"#;
        let word = r#"{"products":["A"],"content":{"qualitative_severity_rating":"low"}}"#;
        let other =
            r#"{"products":["A"],"source":"a:b","content":{"qualitative_severity_rating":"low"}}"#;
        check(
            "6.1.56",
            "2.1",
            &[
                ("", "", None),
                ("", &metrics(&format!("{score},{other}")), None),
                (
                    "",
                    &metrics(&format!("{word},{score}")),
                    Some(
                        "/vulnerabilities/0/metrics/1/products/0: the product `A` has a CVSS score and a qualitative rating",
                    ),
                ),
            ],
        );
    }
}
