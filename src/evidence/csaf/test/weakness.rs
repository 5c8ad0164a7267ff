//! Weaknesses are named as the Common Weakness Enumeration names them (6.1.11).

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Report;
use crate::evidence::csaf::document::{Document, Version, items};
use crate::tape::Item;

/// The weaknesses of every version from 1.0 to 4.17, without categories and views.
static LIST: &str = include_str!("../tables/cwe.tsv");

/// The names of a weakness, each with the first and the last version that has it.
type Names = Vec<(usize, usize, &'static str)>;

#[derive(Debug, Default)]
struct Catalog {
    versions: Vec<&'static str>,
    weaknesses: HashMap<&'static str, Names>,
}

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let mut lines = LIST.lines().filter(|line| !line.starts_with('#'));
        let mut catalog = Catalog {
            versions: lines.next().unwrap_or_default().split(' ').collect(),
            weaknesses: HashMap::new(),
        };
        for line in lines {
            let mut cells = line.split('\t');
            if let (Some(id), Some(spans), Some(name)) = (cells.next(), cells.next(), cells.next())
            {
                let names = catalog.weaknesses.entry(id).or_default();
                for span in spans.split(',') {
                    if let Some((first, last)) = span.split_once('-')
                        && let (Ok(first), Ok(last)) = (first.parse(), last.parse())
                    {
                        names.push((first, last, name));
                    }
                }
            }
        }
        catalog
    })
}

/// 6.1.11: a weakness exists under its id and has this name: in 2.1 in the version that is stated, in 2.0,
/// which states none, in any version.
///
/// A version behind the last one at hand is not judged by its names.
pub(super) fn names(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in &document.vulnerabilities {
        match document.version {
            Version::Two => {
                if let Some(item) = vulnerability.get("cwe") {
                    judge(item, None, report);
                }
            }
            Version::TwoOne => {
                for item in items(*vulnerability, "cwes") {
                    judge(item, item.get_text("version"), report);
                }
            }
        }
    }
}

fn judge(item: Item<'_>, version: Option<&str>, report: &mut Report<'_>) {
    let (Some(id), Some(name)) = (item.get_text("id"), item.get_text("name")) else {
        return;
    };
    let catalog = catalog();
    let position = match version {
        None => None,
        Some(version) => match catalog.versions.iter().position(|one| *one == version) {
            Some(position) => Some(position),
            None if is_newer(version) => return,
            None => {
                report.at(item, || {
                    format!("there is no version `{version}` of the CWE")
                });
                return;
            }
        },
    };
    let known = id
        .strip_prefix("CWE-")
        .and_then(|number| catalog.weaknesses.get(number));
    let mut names = known
        .into_iter()
        .flatten()
        .filter(|(first, last, _)| position.is_none_or(|one| (*first..=*last).contains(&one)))
        .map(|(_, _, name)| *name)
        .peekable();
    let of_version = version.map_or_else(String::new, |version| format!(" of version {version}"));
    match names.peek().copied() {
        None => report.at(item, || format!("`{id}` is no weakness{of_version}")),
        Some(first) => {
            if !names.any(|one| one == name) {
                report.at(item, || {
                    format!("`{id}`{of_version} is named `{first}`, not `{name}`")
                });
            }
        }
    }
}

/// Whether a version comes after the last one at hand.
fn is_newer(version: &str) -> bool {
    let numbers =
        |text: &str| -> Option<Vec<u32>> { text.split('.').map(|one| one.parse().ok()).collect() };
    let last = catalog().versions.last().and_then(|last| numbers(last));
    numbers(version).is_some_and(|version| last.is_some_and(|last| version > last))
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn weaknesses_have_their_names() {
        let two = |id: &str, name: &str| {
            format!(r#""vulnerabilities":[{{"cwe":{{"id":"{id}","name":"{name}"}}}}]"#)
        };
        check(
            "6.1.11",
            "2.0",
            &[
                ("", "", None),
                ("", &two("CWE-20", "Improper Input Validation"), None),
                ("", &two("CWE-20", "Insufficient Input Validation"), None),
                (
                    "",
                    &two("CWE-20", "Validation"),
                    Some(
                        "/vulnerabilities/0/cwe: `CWE-20` is named `Insufficient Input Validation`, not `Validation`",
                    ),
                ),
                (
                    "",
                    &two("CWE-1000", "Research Concepts"),
                    Some("/vulnerabilities/0/cwe: `CWE-1000` is no weakness"),
                ),
            ],
        );
        let one = |id: &str, name: &str, version: &str| {
            format!(
                r#""vulnerabilities":[{{"cwes":[{{"id":"{id}","name":"{name}","version":"{version}"}}]}}]"#
            )
        };
        check(
            "6.1.11",
            "2.1",
            &[
                ("", "", None),
                ("", r#""vulnerabilities":[{"cwes":[{}]}]"#, None),
                (
                    "",
                    &one("CWE-20", "Improper Input Validation", "4.13"),
                    None,
                ),
                ("", &one("CWE-20", "Anything", "99.0"), None),
                (
                    "",
                    &one("CWE-20", "Insufficient Input Validation", "4.13"),
                    Some(
                        "/vulnerabilities/0/cwes/0: `CWE-20` of version 4.13 is named `Improper Input Validation`, not `Insufficient Input Validation`",
                    ),
                ),
                (
                    "",
                    &one("CWE-20", "Improper Input Validation", "2.99"),
                    Some("/vulnerabilities/0/cwes/0: there is no version `2.99` of the CWE"),
                ),
                (
                    "",
                    &one("CWE-1419", "Incorrect Initialization of Resource", "4.12"),
                    Some("/vulnerabilities/0/cwes/0: `CWE-1419` is no weakness of version 4.12"),
                ),
            ],
        );
    }
}
