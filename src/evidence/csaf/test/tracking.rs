//! Versions and the revision history (6.1.14, 6.1.16 to 6.1.22, 6.1.30).

use std::cmp::Ordering;
use std::collections::HashSet;

use super::Report;
use crate::evidence::csaf::document::{Document, Number};
use crate::tape::Item;

/// The version of the document, with its place.
fn version<'t>(document: &Document<'t>) -> Option<(Number, Item<'t>)> {
    let item = document.head(&["tracking", "version"])?;
    Some((Number::parse(item.text()?)?, item))
}

/// 6.1.14: the numbers ascend with the dates.
pub(super) fn unsorted(document: &Document<'_>, report: &mut Report<'_>) {
    let mut last: Option<Number> = None;
    for (_, number, revision) in document.sorted_revisions() {
        if let Some(last) = &last
            && last.order(&number) == Ordering::Greater
        {
            report.at(revision.item, || {
                format!(
                    "the revision `{}` is younger than a higher one",
                    revision.text
                )
            });
        }
        last = Some(number);
    }
}

/// 6.1.16: the document has the version of its latest revision. Build metadata do not count, nor does the
/// part before a release while the document is a draft.
pub(super) fn latest(document: &Document<'_>, report: &mut Report<'_>) {
    let Some((version, item)) = version(document) else {
        return;
    };
    let is_draft = document.head_text(&["tracking", "status"]) == "draft";
    let bare = |number: &Number| match number {
        Number::Semantic(version) if is_draft => Number::Semantic(semver::Version::new(
            version.major,
            version.minor,
            version.patch,
        )),
        number => number.clone(),
    };
    if let Some((_, number, revision)) = document.sorted_revisions().last()
        && bare(number).order(&bare(&version)) != Ordering::Equal
    {
        report.at(item, || {
            format!(
                "the latest revision is `{}`, not this version",
                revision.text
            )
        });
    }
}

/// 6.1.17: a document before its first release, or of a pre-release, is a draft.
pub(super) fn draft(document: &Document<'_>, report: &mut Report<'_>) {
    if let Some((version, _)) = version(document)
        && (version.major() == 0 || version.is_prerelease())
        && let Some(status) = document.head(&["tracking", "status"])
        && status.text() != Some("draft")
    {
        report.at(status, || {
            "a version 0, 0.y.z or with a pre-release part asks for the status `draft`".to_owned()
        });
    }
}

/// 6.1.18: a released document has no revision 0 or 0.y.z.
pub(super) fn unreleased_revision(document: &Document<'_>, report: &mut Report<'_>) {
    for revision in document.revisions.iter().filter(|_| document.is_released()) {
        if revision.number.as_ref().is_some_and(|one| one.major() == 0) {
            report.at(revision.item, || {
                format!("the released document has the revision `{}`", revision.text)
            });
        }
    }
}

/// 6.1.19: no revision is a pre-release.
pub(super) fn prerelease_revision(document: &Document<'_>, report: &mut Report<'_>) {
    for revision in &document.revisions {
        if revision.number.as_ref().is_some_and(Number::is_prerelease) {
            report.at(revision.item, || {
                format!("the revision `{}` is a pre-release", revision.text)
            });
        }
    }
}

/// 6.1.20: a released document has no pre-release version.
pub(super) fn released_prerelease(document: &Document<'_>, report: &mut Report<'_>) {
    if document.is_released()
        && let Some((version, item)) = version(document)
        && version.is_prerelease()
    {
        report.at(item, || {
            format!(
                "the released document has the version `{}`",
                item.text().unwrap_or_default()
            )
        });
    }
}

/// 6.1.21: no number is left out, of semantic versions no major one, and the first is 0 or 1.
pub(super) fn gaps(document: &Document<'_>, report: &mut Report<'_>) {
    let mut last: Option<u64> = None;
    for (_, number, revision) in document.sorted_revisions() {
        let major = number.major();
        match last {
            None if major > 1 => report.at(revision.item, || {
                format!("the first revision is `{}`, not 0 or 1", revision.text)
            }),
            Some(last) if major > last.saturating_add(1) => report.at(revision.item, || {
                format!(
                    "no revision `{}` comes before `{}`",
                    last.saturating_add(1),
                    revision.text
                )
            }),
            _ => {}
        }
        last = Some(last.map_or(major, |last| last.max(major)));
    }
}

/// 6.1.22: no number is given twice.
pub(super) fn repeated(document: &Document<'_>, report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for revision in document.revisions.iter().filter(|one| !one.text.is_empty()) {
        if !seen.insert(revision.text) {
            report.at(revision.item, || {
                format!("the revision `{}` is listed more than once", revision.text)
            });
        }
    }
}

/// 6.1.30: all numbers are whole or all are semantic versions.
pub(super) fn mixed(document: &Document<'_>, report: &mut Report<'_>) {
    let revisions = document
        .revisions
        .iter()
        .filter_map(|one| Some((one.number.clone()?, one.item)));
    let mut first: Option<bool> = None;
    for (number, item) in version(document).into_iter().chain(revisions) {
        let is_whole = matches!(number, Number::Integer(_));
        if *first.get_or_insert(is_whole) != is_whole {
            report.at(item, || {
                "whole numbers and semantic versions are mixed".to_owned()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    /// Tracking with a status, a version and revisions as `number@hour`.
    fn tracking(status: &str, version: &str, revisions: &[&str]) -> String {
        let items: Vec<String> = revisions
            .iter()
            .map(|one| {
                let (number, hour) = one.split_once('@').unwrap();
                format!(r#"{{"number":"{number}","date":"2024-01-01T{hour}:00:00Z"}}"#)
            })
            .collect();
        format!(
            r#""tracking":{{"status":"{status}","version":"{version}","revision_history":[{}]}}"#,
            items.join(",")
        )
    }

    #[test]
    fn the_history_tells_a_story() {
        const HISTORY: &str = "/document/tracking/revision_history";
        for (number, status, version, revisions, expected) in [
            ("6.1.14", "final", "2", &["1@01", "2@02"] as &[&str], None),
            ("6.1.14", "final", "2", &["2@01", "1@01"], None),
            ("6.1.14", "final", "2", &["9@01", "10@02"], None),
            ("6.1.14", "final", "2", &["2@01", "1@02"], Some(format!("{HISTORY}/1: the revision `1` is younger than a higher one"))),
            ("6.1.16", "final", "2", &["2@01", "1@01"], None),
            ("6.1.16", "final", "1.0.0+a", &["1.0.0+b@01"], None),
            ("6.1.16", "draft", "1.0.0-a", &["1.0.0-b@01"], None),
            ("6.1.16", "final", "1", &["2@01", "1@01"], Some("/document/tracking/version: the latest revision is `2`, not this version".to_owned())),
            ("6.1.17", "draft", "0", &[], None),
            ("6.1.17", "final", "1", &[], None),
            ("6.1.17", "final", "0.9.0", &[], Some("/document/tracking/status: a version 0, 0.y.z or with a pre-release part asks for the status `draft`".to_owned())),
            ("6.1.17", "interim", "1.0.0-a", &[], Some("/document/tracking/status: a version 0, 0.y.z or with a pre-release part asks for the status `draft`".to_owned())),
            ("6.1.18", "draft", "0", &["0@01"], None),
            ("6.1.18", "final", "1", &["0@01", "1@02"], Some(format!("{HISTORY}/0: the released document has the revision `0`"))),
            ("6.1.19", "draft", "1", &["1.0.0@01"], None),
            ("6.1.19", "draft", "1", &["1.0.0-a@01"], Some(format!("{HISTORY}/0: the revision `1.0.0-a` is a pre-release"))),
            ("6.1.20", "draft", "1.0.0-a", &[], None),
            ("6.1.20", "interim", "1.0.0-a", &[], Some("/document/tracking/version: the released document has the version `1.0.0-a`".to_owned())),
            ("6.1.21", "final", "3", &["0@01", "1@02", "2@03"], None),
            ("6.1.21", "final", "3", &["1.0.0@01", "1.7.0@02", "2.0.0@03"], None),
            ("6.1.21", "final", "3", &["1@01", "3@02"], Some(format!("{HISTORY}/1: no revision `2` comes before `3`"))),
            ("6.1.21", "final", "3", &["2@01"], Some(format!("{HISTORY}/0: the first revision is `2`, not 0 or 1"))),
            ("6.1.22", "final", "2", &["1@01", "2@01"], None),
            ("6.1.22", "final", "2", &["1@01", "1@02"], Some(format!("{HISTORY}/1: the revision `1` is listed more than once"))),
            ("6.1.30", "final", "2", &["1@01", "2@01"], None),
            ("6.1.30", "final", "2", &["1.0.0@01"], Some(format!("{HISTORY}/0: whole numbers and semantic versions are mixed"))),
        ] {
            check(number, "2.0", &[("", "", None), (&tracking(status, version, revisions), "", expected.as_deref())]);
        }
    }
}
