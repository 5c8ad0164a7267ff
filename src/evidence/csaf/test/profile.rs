//! What each profile asks for (6.1.27).

mod product;

use std::collections::HashSet;

use super::Report;
use super::reference::{list_texts, statuses};
use crate::evidence::csaf::document::{Document, Version, items};
use crate::tape::Item;

pub(super) use product::{affected, corresponding};

/// The profiles besides `csaf_base` (CSAF 2.0, section 4; CSAF 2.1, section 4), and the version that alone
/// has them.
pub(super) const PROFILES: &[(&str, Option<Version>)] = &[
    ("csaf_security_incident_response", None),
    ("csaf_informational_advisory", None),
    ("csaf_security_advisory", None),
    ("csaf_vex", None),
    ("csaf_deprecated_security_advisory", Some(Version::TwoOne)),
    ("csaf_withdrawn", Some(Version::TwoOne)),
    ("csaf_superseded", Some(Version::TwoOne)),
];

/// Whether the document is of one of these profiles.
fn is(document: &Document<'_>, profiles: &[&str]) -> bool {
    let category = document.category();
    profiles.contains(&category)
        && PROFILES.iter().any(|(name, only_in)| {
            *name == category && only_in.is_none_or(|version| version == document.version)
        })
}

const INFORMING: &[&str] = &[
    "csaf_security_incident_response",
    "csaf_informational_advisory",
];

const ENDED: &[&str] = &["csaf_withdrawn", "csaf_superseded"];

const ADVISING: &[&str] = &[
    "csaf_security_advisory",
    "csaf_vex",
    "csaf_deprecated_security_advisory",
];

const VEX: &[&str] = &["csaf_vex"];

fn notes<'t>(document: &Document<'t>) -> impl Iterator<Item = Item<'t>> + use<'t> {
    document.head(&["notes"]).into_iter().flat_map(Item::items)
}

/// The notes of the document with a title.
pub(super) fn notes_titled<'t>(document: &Document<'t>, title: &str) -> Vec<Item<'t>> {
    notes(document)
        .filter(|note| note.get_text("title") == Some(title))
        .collect()
}

/// 6.1.27.1: a note tells what happened.
pub(super) fn informing_note(document: &Document<'_>, report: &mut Report<'_>) {
    telling_note(document, INFORMING, report);
}

fn telling_note(document: &Document<'_>, profiles: &[&str], report: &mut Report<'_>) {
    const TELLING: [&str; 4] = ["description", "details", "general", "summary"];
    let tells = |note: Item<'_>| {
        note.get_text("category")
            .is_some_and(|category| TELLING.contains(&category))
    };
    if is(document, profiles) && !notes(document).any(tells) {
        report.missing("/document/notes", || {
            "no note is of the category `description`, `details`, `general` or `summary`".to_owned()
        });
    }
}

/// 6.1.27.2: a reference leads to more.
pub(super) fn external_reference(document: &Document<'_>, report: &mut Report<'_>) {
    let references = document.head(&["references"]);
    let mut references = references.into_iter().flat_map(Item::items);
    if is(document, INFORMING)
        && !references.any(|one| one.get_text("category") == Some("external"))
    {
        report.missing("/document/references", || {
            "no reference is of the category `external`".to_owned()
        });
    }
}

/// 6.1.27.3: there are no vulnerabilities.
pub(super) fn no_vulnerabilities(document: &Document<'_>, report: &mut Report<'_>) {
    if (is(document, &["csaf_informational_advisory"]) || is(document, ENDED))
        && let Some(item) = document.root.get("vulnerabilities")
    {
        report.at(item, || {
            format!(
                "the profile `{}` has no vulnerabilities",
                document.category()
            )
        });
    }
}

/// 6.1.27.4: there are products.
pub(super) fn product_tree(document: &Document<'_>, report: &mut Report<'_>) {
    if is(document, ADVISING) && document.root.get("product_tree").is_none() {
        report.missing("", || {
            format!("the profile `{}` has a product tree", document.category())
        });
    }
}

/// 6.1.27.5: every vulnerability has notes.
pub(super) fn vulnerability_notes(document: &Document<'_>, report: &mut Report<'_>) {
    lacks(document, ADVISING, "notes", "notes", report);
}

/// 6.1.27.6: every vulnerability has a product status.
pub(super) fn product_status(document: &Document<'_>, report: &mut Report<'_>) {
    let profiles = &[
        "csaf_security_advisory",
        "csaf_deprecated_security_advisory",
    ];
    lacks(
        document,
        profiles,
        "product_status",
        "product status",
        report,
    );
}

fn lacks(
    document: &Document<'_>,
    profiles: &[&str],
    key: &str,
    words: &str,
    report: &mut Report<'_>,
) {
    if is(document, profiles) {
        for vulnerability in &document.vulnerabilities {
            if vulnerability.get(key).is_none() {
                report.at(*vulnerability, || {
                    format!("the vulnerability has no {words}")
                });
            }
        }
    }
}

/// 6.1.27.7: every vulnerability has one of the statuses of VEX.
pub(super) fn vex_status(document: &Document<'_>, report: &mut Report<'_>) {
    const KNOWN: [&str; 4] = [
        "fixed",
        "known_affected",
        "known_not_affected",
        "under_investigation",
    ];
    if !is(document, VEX) {
        return;
    }
    for vulnerability in &document.vulnerabilities {
        if !statuses(*vulnerability).any(|(name, _)| KNOWN.contains(&name)) {
            report.at(*vulnerability, || {
                "no product is fixed, affected, not affected or under investigation".to_owned()
            });
        }
    }
}

/// 6.1.27.8: every vulnerability has an id, in 2.1 one that holds for each of the products.
pub(super) fn vulnerability_id(document: &Document<'_>, report: &mut Report<'_>) {
    for vulnerability in document
        .vulnerabilities
        .iter()
        .filter(|_| is(document, VEX))
    {
        let mut ids = items(*vulnerability, "ids").peekable();
        if vulnerability.get("cve").is_some() {
            continue;
        }
        if ids.peek().is_none() {
            report.at(*vulnerability, || {
                "the vulnerability has neither a CVE nor another id".to_owned()
            });
            continue;
        }
        let mut named = HashSet::new();
        let mut is_general = false;
        for id in ids {
            is_general |= id.get("product_ids").is_none() && id.get("group_ids").is_none();
            named.extend(document.products(id).into_iter().map(|(id, _)| id));
        }
        if is_general {
            continue;
        }
        for (id, item) in statuses(*vulnerability).flat_map(|(_, list)| list_texts(list)) {
            if !named.contains(id) {
                report.at(item, || {
                    format!("no id of the vulnerability holds for the product `{id}`")
                });
            }
        }
    }
}

/// 6.1.27.9: what is not affected has a flag or a statement on the impact.
pub(super) fn impact(document: &Document<'_>, report: &mut Report<'_>) {
    explained(document, "known_not_affected", report, |vulnerability| {
        let threats = items(vulnerability, "threats")
            .filter(|threat| threat.get_text("category") == Some("impact"));
        items(vulnerability, "flags").chain(threats).collect()
    });
}

/// 6.1.27.10: what is affected has a remediation.
pub(super) fn action(document: &Document<'_>, report: &mut Report<'_>) {
    explained(document, "known_affected", report, |vulnerability| {
        items(vulnerability, "remediations").collect()
    });
}

fn explained<'t>(
    document: &Document<'t>,
    status: &str,
    report: &mut Report<'_>,
    by: impl Fn(Item<'t>) -> Vec<Item<'t>>,
) {
    let word = match status {
        "known_affected" => "remediation",
        _ => "flag or impact statement",
    };
    for vulnerability in document
        .vulnerabilities
        .iter()
        .filter(|_| is(document, VEX))
    {
        let mut named = HashSet::new();
        for item in by(*vulnerability) {
            named.extend(document.products(item).into_iter().map(|(id, _)| id));
        }
        let lists = statuses(*vulnerability).filter(|(name, _)| *name == status);
        for (id, item) in lists.flat_map(|(_, list)| list_texts(list)) {
            if !named.contains(id) {
                report.at(item, || format!("no {word} speaks of the product `{id}`"));
            }
        }
    }
}

/// 6.1.27.11: there are vulnerabilities.
pub(super) fn vulnerabilities(document: &Document<'_>, report: &mut Report<'_>) {
    if is(document, ADVISING) && document.root.get("vulnerabilities").is_none() {
        report.missing("", || {
            format!("the profile `{}` has vulnerabilities", document.category())
        });
    }
}

/// 6.1.27.14: a note tells why the document ended (2.1).
pub(super) fn describing_note(document: &Document<'_>, report: &mut Report<'_>) {
    telling_note(document, ENDED, report);
}

/// 6.1.27.15: there are no products (2.1).
pub(super) fn no_product_tree(document: &Document<'_>, report: &mut Report<'_>) {
    if is(document, ENDED)
        && let Some(item) = document.root.get("product_tree")
    {
        report.at(item, || {
            format!("the profile `{}` has no product tree", document.category())
        });
    }
}

/// 6.1.27.16: something was there before it ended: the history has two revisions at least (2.1).
pub(super) fn history(document: &Document<'_>, report: &mut Report<'_>) {
    if is(document, ENDED) && document.revisions.len() < 2 {
        report.missing("/document/tracking/revision_history", || {
            "the history has fewer than two revisions".to_owned()
        });
    }
}

/// 6.1.27.17: exactly one note tells why it was withdrawn (2.1).
pub(super) fn withdrawal(document: &Document<'_>, report: &mut Report<'_>) {
    reasoning(
        document,
        "csaf_withdrawn",
        "Reasoning for Withdrawal",
        report,
    );
}

/// 6.1.27.18: exactly one note tells why it was superseded (2.1).
pub(super) fn supersession(document: &Document<'_>, report: &mut Report<'_>) {
    reasoning(
        document,
        "csaf_superseded",
        "Reasoning for Supersession",
        report,
    );
}

/// Documents that are not in English have other titles, which are not known.
fn reasoning(document: &Document<'_>, profile: &str, title: &str, report: &mut Report<'_>) {
    if !is(document, &[profile]) || !document.is_english() {
        return;
    }
    match notes_titled(document, title).as_slice() {
        [only] if only.get_text("category") == Some("description") => {}
        [only] => report.at(*only, || {
            format!("the note `{title}` is not of the category `description`")
        }),
        notes => report.missing("/document/notes", || {
            format!("{} notes have the title `{title}`, not 1", notes.len())
        }),
    }
}

/// 6.1.27.19: a reference leads to the document that supersedes this one (2.1).
pub(super) fn superseding(document: &Document<'_>, report: &mut Report<'_>) {
    let references = document.head(&["references"]);
    let mut references = references.into_iter().flat_map(Item::items);
    let leads = |one: Item<'_>| {
        one.get_text("category") == Some("external")
            && one
                .get_text("summary")
                .is_some_and(|summary| summary.starts_with("Superseding Document"))
    };
    if is(document, &["csaf_superseded"]) && document.is_english() && !references.any(leads) {
        report.missing("/document/references", || {
            "no reference of the category `external` has a summary that begins with `Superseding Document`"
                .to_owned()
        });
    }
}

#[cfg(test)]
mod tests;
