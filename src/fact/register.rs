//! Registers of the agency held against what was offered and handed in: the inventory entry, the disclosure log, incidents.
//!
//! A machine compares; so what it finds has rank 6, whatever it finds. The inventory entry is about articles 4, the log about
//! 17, the clock of incidents about 10 of the Common Model.

use std::collections::BTreeSet;

use super::dossier::{Dossier, Sorted};
use super::{Establishment, FactValue};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Citation;
use crate::evidence::detect::Kind;
use crate::evidence::register::disclosure::{
    DisclosureLog, ErasedItem, read_certificate, read_log,
};
use crate::evidence::register::incident::read_incident;
use crate::evidence::register::system::read_system;
use crate::time::{add_months, days_between};

/// Months after which an inventory entry or a risk evaluation that nobody looked at is no longer current.
///
/// Source: re-evaluation of the criterion `A19-1.scope.inventory`, a design recommendation.
pub const REVIEW_MONTHS: i32 = 12;

/// The fact of the clause on the first notice.
const NOTICE_HOURS: &str = "contract.incident.first_notice_hours";

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    inventory_entry(dossier, found);
    disclosures(dossier, found);
    incidents(dossier, found);
    for sorted in dossier
        .handed_in_of(Kind::Register)
        .filter(|one| one.detection.format != "mekiki-erasure-certificate")
    {
        found.remarks.push(
            Diagnostic::error(
                "record-from-supplier",
                Place::whole(),
                "a supplier cannot hand in a record of the agency",
            )
            .help("the record is not used")
            .in_file(sorted.evidence.path.clone()),
        );
    }
}

/// The documents of one register, each read; the faults of the others are remarks.
fn registered<'a, 'd, T>(
    files: impl Iterator<Item = &'a Sorted<'d>>,
    format: &str,
    read: impl Fn(&[u8]) -> Result<T, Vec<Diagnostic>>,
    found: &mut Establishment,
) -> Vec<(&'a Sorted<'d>, T)>
where
    'd: 'a,
{
    let mut all = Vec::new();
    for sorted in files.filter(|one| one.detection.format == format) {
        match read(&sorted.evidence.bytes) {
            Ok(entry) => all.push((sorted, entry)),
            Err(faults) => found.remarks.extend(
                faults
                    .into_iter()
                    .map(|one| one.in_file(sorted.evidence.path.clone())),
            ),
        }
    }
    all
}

fn inventory_entry(dossier: &Dossier<'_>, found: &mut Establishment) {
    let offering = dossier.offering;
    let systems = registered(
        dossier.agency_of(Kind::Register),
        "mekiki-system",
        read_system,
        found,
    );
    let mut lacks = BTreeSet::new();
    let mut current = true;
    let mut citations = Vec::new();
    for (sorted, system) in &systems {
        let of_supplier = system
            .contracts
            .iter()
            .filter(|contract| Some(&contract.supplier) == offering.corporate_number.as_ref());
        for contract in of_supplier {
            citations.push(sorted.evidence.cite(contract.at.clone()));
            let (product, version) = match &offering.product {
                Some((product, version)) => (Some(product), Some(version)),
                None => (None, None),
            };
            if contract.product.as_ref() != product {
                lacks.insert("the entry names another product");
            } else if contract.version.as_ref() != version {
                lacks.insert("the entry names another version");
            }
            if contract.service.as_ref() != offering.service.as_ref() {
                lacks.insert("the entry names another service");
            }
        }
        if !citations.is_empty() {
            current &= add_months(system.reviewed_on, REVIEW_MONTHS) >= dossier.as_of;
        }
    }
    if citations.is_empty() {
        return;
    }
    citations.push(offering.named_at.clone());
    for lack in &lacks {
        let first = citations.first().cloned();
        if let Some(citation) = first {
            found.remarks.push(
                Diagnostic::warning("inventory-entry-differs", citation.at.clone(), *lack)
                    .help("bring the inventory entry and the contract into agreement")
                    .in_file(citation.file.clone()),
            );
        }
    }
    found.machine_fact(
        dossier,
        "agency.inventory.entry_complete",
        FactValue::Bool(current),
        citations.clone(),
    );
    found.machine_fact(
        dossier,
        "agency.inventory.entry_reconciled",
        FactValue::Bool(lacks.is_empty()),
        citations,
    );
}

fn disclosures(dossier: &Dossier<'_>, found: &mut Establishment) {
    let of_bid = |bid: &Option<String>| {
        bid.as_ref()
            .is_none_or(|bid| *bid == dossier.offering.id.as_str())
    };
    let mut logs = registered(
        dossier.agency_of(Kind::Register),
        "mekiki-disclosure-log",
        read_log,
        found,
    );
    logs.retain(|(_, log)| of_bid(&log.bid));
    let certificates = registered(
        dossier.handed_in_of(Kind::Register),
        "mekiki-erasure-certificate",
        read_certificate,
        found,
    );
    let erased: Vec<(Citation, &ErasedItem)> = certificates
        .iter()
        .flat_map(|(sorted, certificate)| {
            let items = certificate.items.iter();
            items.map(|item| (sorted.evidence.cite(item.at.clone()), item))
        })
        .collect();
    for (sorted, log) in &logs {
        agreement(dossier, sorted, log, found);
        if !certificates.is_empty() {
            erasure(dossier, sorted, log, &erased, found);
        }
    }
}

/// Whether the confidentiality agreement was signed before the first disclosure of confidential information.
fn agreement(
    dossier: &Dossier<'_>,
    sorted: &Sorted<'_>,
    log: &DisclosureLog,
    found: &mut Establishment,
) {
    let confidential = log
        .disclosures
        .iter()
        .filter(|one| one.marking.classes.is_confidential());
    let Some(first) = confidential.min_by_key(|one| one.given_on) else {
        return;
    };
    let signed_before = log
        .agreement_signed_on
        .is_some_and(|signed| signed <= first.given_on);
    found.machine_fact(
        dossier,
        "contract.nda.signed_before_disclosure",
        FactValue::Bool(signed_before),
        vec![
            sorted.evidence.cite(log.agreement_at.clone()),
            sorted.evidence.cite(first.at.clone()),
        ],
    );
}

/// Whether the certificates name every disclosed item, and each in time.
fn erasure(
    dossier: &Dossier<'_>,
    sorted: &Sorted<'_>,
    log: &DisclosureLog,
    erased: &[(Citation, &ErasedItem)],
    found: &mut Establishment,
) {
    let mut missing = Vec::new();
    let mut late = Vec::new();
    let mut citations: Vec<_> = erased
        .iter()
        .map(|(citation, _)| citation.clone())
        .collect();
    for disclosure in &log.disclosures {
        let own = erased.iter().filter(|(_, item)| item.id == disclosure.id);
        let last = own.clone().map(|(_, item)| item.on).max();
        let at = sorted.evidence.cite(disclosure.at.clone());
        match (last, log.ended_on, log.erasure_days) {
            (None, _, _) => missing.push(at),
            (Some(last), Some(ended), Some(days)) if days_between(ended, last) > days => {
                late.push(at);
            }
            _ => {}
        }
    }
    for (citation, item) in erased {
        if !log.disclosures.iter().any(|one| one.id == item.id) {
            let message = format!(
                "`{}` was erased, but the disclosure log does not name it",
                item.id
            );
            found.remarks.push(
                Diagnostic::warning("erasure-unlisted", citation.at.clone(), message)
                    .help("ask the supplier what it is, or complete the log")
                    .in_file(citation.file.clone()),
            );
        }
    }
    let complete = missing.is_empty();
    // A certificate without a method, a medium and a day for every item cannot be read at all.
    found.machine_fact(
        dossier,
        "contract.erasure.method_stated",
        FactValue::Bool(!erased.is_empty()),
        citations.clone(),
    );
    let all_in_time = late.is_empty();
    let dated = log.ended_on.is_some() && log.erasure_days.is_some();
    let mut of_missing = citations.clone();
    of_missing.extend(missing);
    found.machine_fact(
        dossier,
        "contract.erasure.certificate_complete",
        FactValue::Bool(complete),
        of_missing,
    );
    if dated {
        citations.extend(late);
        found.machine_fact(
            dossier,
            "contract.erasure.within_days",
            FactValue::Bool(all_in_time),
            citations,
        );
    } else {
        let at = sorted.evidence.cite(Place::whole());
        found.gap(
            "contract.erasure.within_days",
            "the disclosure log states no end of the task or no days for erasure",
            vec![at],
        );
    }
}

/// An incident whose first notice took longer than the clause allows refutes the clause in practice.
fn incidents(dossier: &Dossier<'_>, found: &mut Establishment) {
    let mut incidents = registered(
        dossier.agency_of(Kind::Register),
        "mekiki-incident",
        read_incident,
        found,
    );
    incidents.retain(|(_, incident)| {
        incident
            .bid
            .as_ref()
            .is_none_or(|bid| *bid == dossier.offering.id.as_str())
    });
    let agreed = found
        .facts
        .iter()
        .filter(|fact| fact.key.as_str() == NOTICE_HOURS)
        .filter_map(|fact| match fact.value {
            FactValue::Integer(hours) => Some(hours),
            _ => None,
        })
        .min();
    for (sorted, incident) in &incidents {
        let citation = sorted.evidence.cite(incident.at.clone());
        match (incident.notice_hours(), agreed) {
            (Some(hours), Some(agreed)) if hours > agreed => {
                found.machine_fact(
                    dossier,
                    NOTICE_HOURS,
                    FactValue::Integer(hours),
                    vec![citation],
                );
            }
            (None, _) => {
                let message = format!(
                    "no first notice of the incident `{}` is recorded",
                    incident.id
                );
                found.remarks.push(
                    Diagnostic::warning("incident-without-notice", incident.at.clone(), message)
                        .help("record when the notice was received; the clock runs from the suspicion")
                        .in_file(sorted.evidence.path.clone()),
                );
            }
            _ => {}
        }
    }
}
