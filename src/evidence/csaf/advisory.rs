//! A CSAF document as advisories: one for each vulnerability, with the products that it affects.

mod affected;

use std::collections::HashSet;

use super::document::{Document, Metric, items, timestamp};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::advisory::{Advisory, Nature, Rating};
use crate::tape::Item;

/// Makes the advisories of a document. The id is the CVE, or else the id of the document with `#` and the
/// position of the vulnerability.
///
/// A product is told by its package URL or CPE; where Red Hat says which of its products holds a package,
/// by the ecosystem of that product, since the same package has other versions in another. What is told by
/// nothing of these is counted in a remark. Affected are the products that the document says are affected;
/// where it lists fixed ones only, what is older than these, unless it lists several fixed versions, which
/// belong to lines that it does not tell apart.
///
/// # Errors
///
/// `csaf-unreadable` where the document states no version of CSAF that is read.
pub fn advisories(root: Item<'_>) -> Result<(Vec<Advisory>, Vec<Diagnostic>), Diagnostic> {
    let document = Document::read(root).ok_or_else(super::unreadable)?;
    let mut findings = Findings::new();
    let tracking = document.head_text(&["tracking", "id"]);
    let time = |key: &str| timestamp(document.head_text(&["tracking", key]));
    let mut made = Vec::new();
    for (position, vulnerability) in document.vulnerabilities.iter().enumerate() {
        let pointer = format!("/vulnerabilities/{position}");
        let id = match vulnerability.get_text("cve") {
            Some(cve) => cve.to_owned(),
            None => format!("{tracking}#{position}"),
        };
        let aliases: Vec<String> = items(*vulnerability, "ids")
            .filter_map(|one| one.get_text("text"))
            .filter(|text| is_identifier(text) && *text != id)
            .map(str::to_owned)
            .collect();
        let related = (!tracking.is_empty() && !aliases.iter().any(|one| one == tracking))
            .then(|| tracking.to_owned());
        let title = vulnerability.get_text("title");
        made.push(Advisory {
            id,
            aliases,
            related: related.into_iter().collect(),
            nature: Nature::Vulnerability,
            summary: title
                .unwrap_or_else(|| document.head_text(&["title"]))
                .to_owned(),
            published: time("initial_release_date"),
            modified: time("current_release_date"),
            ratings: ratings(&document, *vulnerability, &pointer),
            affected: affected::read(&document, *vulnerability, &pointer, &mut findings),
            url: own_url(&document),
            at: Place::pointer(pointer),
            ..Advisory::default()
        });
    }
    if document.is_cut() {
        findings.push(super::too_many());
    }
    Ok((made, findings.finish()))
}

/// Whether a text looks like the id of a database: capital letters, a hyphen and more. Bare numbers of bug
/// trackers would name other things elsewhere.
fn is_identifier(text: &str) -> bool {
    text.split_once('-').is_some_and(|(prefix, rest)| {
        prefix.len() >= 2
            && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
            && !rest.is_empty()
            && !text.contains(char::is_whitespace)
    })
}

/// The page of the document: its first reference to itself.
fn own_url(document: &Document<'_>) -> Option<String> {
    document
        .head(&["references"])
        .into_iter()
        .flat_map(Item::items)
        .find(|one| one.get_text("category") == Some("self"))
        .and_then(|one| one.get_text("url"))
        .map(str::to_owned)
}

/// Every vector and rating once, and the severity of the document as a whole.
fn ratings(document: &Document<'_>, vulnerability: Item<'_>, pointer: &str) -> Vec<Rating> {
    let key = match document.version {
        super::document::Version::Two => "scores",
        super::document::Version::TwoOne => "metrics",
    };
    let mut seen = HashSet::new();
    let mut ratings = Vec::new();
    for (position, metric) in document.metrics(vulnerability).enumerate() {
        for (value, step) in values(metric) {
            if seen.insert((value, metric.source)) {
                let inner = match document.version {
                    super::document::Version::Two => "",
                    super::document::Version::TwoOne => "/content",
                };
                ratings.push(Rating {
                    value: value.to_owned(),
                    source: metric.source.map(str::to_owned),
                    at: Place::pointer(format!("{pointer}/{key}/{position}{inner}/{step}")),
                });
            }
        }
    }
    if let Some(text) = document
        .head(&["aggregate_severity"])
        .and_then(|one| one.get_text("text"))
    {
        let namespace = document.head_text(&["aggregate_severity", "namespace"]);
        ratings.push(Rating {
            value: text.to_owned(),
            source: (!namespace.is_empty()).then(|| namespace.to_owned()),
            at: Place::pointer("/document/aggregate_severity/text"),
        });
    }
    ratings
}

/// The vectors and words of a metric, each with the rest of its place.
fn values(metric: Metric<'_>) -> impl Iterator<Item = (&str, String)> {
    let vectors = metric.cvss().filter_map(|(key, score)| {
        Some((
            score.get_text("vectorString")?,
            format!("{key}/vectorString"),
        ))
    });
    let word = metric.content.get_text("qualitative_severity_rating");
    vectors.chain(word.map(|word| (word, "qualitative_severity_rating".to_owned())))
}

#[cfg(test)]
mod tests;
