//! What the standard asks for in prose: identifiers, and references that lead somewhere.

use std::collections::BTreeSet;

use super::Package;
use crate::diagnostic::Diagnostic;
use crate::tape::Item;

/// Where a release refers to organizations: one, or each of a list. `*` is every item of a list.
const ORGANIZATIONS: [&str; 7] = [
    "buyer",
    "tender/procuringEntity",
    "tender/tenderers/*",
    "bids/details/*/tenderers/*",
    "awards/*/suppliers/*",
    "contracts/*/implementation/transactions/*/payer",
    "contracts/*/implementation/transactions/*/payee",
];

/// Where it refers to lots.
const LOTS: [&str; 4] = [
    "tender/items/*/relatedLot",
    "bids/details/*/relatedLots/*",
    "bids/statistics/*/relatedLot",
    "awards/*/relatedLots/*",
];

/// Where it refers to bids.
const BIDS: [&str; 2] = ["awards/*/relatedBid", "awards/*/relatedBids/*"];

/// Adds what is wrong or odd about identifiers and references.
pub(super) fn check(root: Item<'_>, package: Package, findings: &mut Vec<Diagnostic>) {
    match package {
        Package::Release => {
            for release in all(root, "releases/*") {
                of_release(release, findings);
            }
        }
        Package::Record => {
            for record in all(root, "records/*") {
                of_record(record, findings);
            }
        }
    }
}

fn of_record(record: Item<'_>, findings: &mut Vec<Diagnostic>) {
    let ocid = record.get_text("ocid");
    let mut before: Option<&str> = None;
    let compiled = record.get("compiledRelease");
    for release in all(record, "releases/*").into_iter().chain(compiled) {
        // A linked release has an address instead.
        if let Some(own) = release.get("ocid") {
            if own.text() != ocid {
                findings.push(
                    Diagnostic::error(
                        "ocds-record-mixed",
                        own.place(),
                        "the release belongs to another contracting process than its record",
                    )
                    .help("put it into the record of its own `ocid`"),
                );
            }
            of_release(release, findings);
        }
        // RFC 3339 instants of one form sort as texts; others are not compared.
        let date = release.get_text("date");
        if let (Some(earlier), Some(date)) = (before, date)
            && earlier.get(19..) == date.get(19..)
            && date < earlier
        {
            findings.push(
                Diagnostic::error(
                    "ocds-record-order",
                    release.place(),
                    format!("the release of {date} stands behind one of {earlier}"),
                )
                .help("put the releases of a record in the order of their dates"),
            );
        }
        before = date.or(before);
    }
}

fn of_release(release: Item<'_>, findings: &mut Vec<Diagnostic>) {
    check_identifiers(release, findings);
    check_references(release, findings);
}

fn check_identifiers(release: Item<'_>, findings: &mut Vec<Diagnostic>) {
    if let Some(item) = release.get("ocid")
        && !item.text().is_some_and(is_ocid)
    {
        findings.push(
            Diagnostic::warning(
                "ocds-ocid",
                item.place(),
                "the `ocid` does not begin with a registered prefix, such as `ocds-213czf`",
            )
            .help("register a prefix with the Open Contracting Partnership, and begin with it"),
        );
    }
    if let Some(item) = release.get("id")
        && item.text().is_some_and(|id| id.contains('#'))
    {
        findings.push(
            Diagnostic::error(
                "ocds-release-id",
                item.place(),
                "the identifier of a release holds `#`, which parts an address from it",
            )
            .help("leave out the `#`"),
        );
    }
}

/// References that lead nowhere; no more of them than a check lists.
fn check_references(release: Item<'_>, findings: &mut Vec<Diagnostic>) {
    let room = super::MOST_FINDINGS.saturating_sub(findings.len());
    let mut dangling_ones = Vec::new();
    let ids = |path: &str| -> BTreeSet<String> {
        let items = all(release, path).into_iter();
        items
            .filter_map(|item| item.get("id").and_then(id_text))
            .collect()
    };
    let parties = ids("parties/*");
    for item in ORGANIZATIONS.iter().flat_map(|path| all(release, path)) {
        let id = item.get("id").and_then(id_text);
        if let Some(id) = id.filter(|id| !parties.contains(id)) {
            dangling_ones.push((item, "organization", id, "parties"));
        }
    }
    let lots = ids("tender/lots/*");
    for item in LOTS.iter().flat_map(|path| all(release, path)) {
        if let Some(id) = id_text(item).filter(|id| !lots.contains(id)) {
            dangling_ones.push((item, "lot", id, "tender/lots"));
        }
    }
    let bids = ids("bids/details/*");
    for item in BIDS.iter().flat_map(|path| all(release, path)) {
        // Bids need not be published.
        if let Some(id) = id_text(item).filter(|id| !bids.is_empty() && !bids.contains(id)) {
            dangling_ones.push((item, "bid", id, "bids/details"));
        }
    }
    let shown = dangling_ones.iter().take(room);
    findings.extend(shown.map(|(item, what, id, list)| dangling(*item, what, id, list)));
}

fn dangling(item: Item<'_>, what: &str, id: &str, list: &str) -> Diagnostic {
    Diagnostic::warning(
        "ocds-reference",
        item.place(),
        format!("there is no {what} `{id}` in `{list}`"),
    )
    .help("add it there, or mend the reference")
}

/// An identifier, which may be a number.
fn id_text(item: Item<'_>) -> Option<String> {
    let text = item.text().map(str::to_owned);
    text.or_else(|| item.integer().map(|number| number.to_string()))
}

/// A prefix of `ocds-` and six letters or digits, with more behind it.
fn is_ocid(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("ocds-") else {
        return false;
    };
    let prefix = rest.get(..6).unwrap_or_default();
    rest.len() > 6 && prefix.len() == 6 && prefix.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Every item at a path, in which `*` is every item of a list.
fn all<'t>(root: Item<'t>, path: &str) -> Vec<Item<'t>> {
    let mut items = vec![root];
    for step in path.split('/') {
        items = items
            .into_iter()
            .flat_map(|item| -> Vec<Item<'t>> {
                if step == "*" {
                    item.items().collect()
                } else {
                    item.get(step).into_iter().collect()
                }
            })
            .collect();
    }
    items
}
