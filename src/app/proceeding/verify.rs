//! Verifying a case: its chain, its objects, and whatever is open by now.

use std::collections::BTreeSet;

use super::rank::judge;
use super::{Case, Refused, laid_open};
use crate::app::library::Library;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::seal::Key;
use crate::tender::proceeding::view::Verified;
use crate::tender::proceeding::{Event, SealedPart};

/// Verifies a case. `agency` is the agency's own evidence, with which the bids were ranked.
///
/// # Errors
///
/// As [`Case::open`]: a fault of the chain, with the number of the entry.
pub fn verify(
    library: &Library,
    path: &str,
    head: Option<&Digest>,
    agency: &[Evidence],
) -> Result<Verified, Refused> {
    let case = Case::open(path, head)?;
    let mut findings = Vec::new();
    let mut named = BTreeSet::new();
    for entry in &case.entries {
        for object in entry.event.objects() {
            named.insert(object.hex());
            if let Err(fault) = case.folder.get(&object) {
                let message = format!("entry {}: {}", entry.sequence, fault.message);
                findings.push(Diagnostic {
                    at: Place::line(usize::try_from(entry.sequence).unwrap_or(0), 1),
                    message,
                    ..fault
                });
            }
        }
    }
    for name in case.folder.objects()? {
        if !named.contains(&name) {
            findings.push(
                Diagnostic::note(
                    "case-stray",
                    Place::whole(),
                    format!("no entry names the object `{}`", crate::text::printable(&name)),
                )
                .help("a step that was cut off leaves such objects; they mean nothing and may be removed"),
            );
        }
    }
    let opened = open_all(&case, &mut findings);
    let ranking = case.state.ranking.as_ref().map(|ranking| {
        let again = judge(library, &case, agency);
        match again {
            Ok(again) if Digest::of(again.record.as_bytes()) == ranking.record => true,
            Ok(_) => {
                findings.push(
                    Diagnostic::error(
                        "case-ranking",
                        Place::whole(),
                        "the bids, ranked again, do not give the record in the log",
                    )
                    .help("give the agency's evidence with --agency as at the ranking, and use the criteria of that time"),
                );
                false
            }
            Err(Refused(faults)) => {
                findings.extend(faults);
                false
            }
        }
    });
    let is_error = |one: &Diagnostic| one.severity == crate::diagnostic::Severity::Error;
    Ok(Verified {
        schema: "mekiki/tender-case-verify/v1",
        verified: !findings.iter().any(is_error),
        entries: case.state.entries,
        head: case.state.head,
        proven: case.proven,
        objects: named.len(),
        opened,
        ranking,
        findings,
    })
}

/// Opens every envelope to which a key is laid open, and holds it to its commitment.
pub(super) fn open_all(case: &Case, findings: &mut Vec<Diagnostic>) -> usize {
    let state = &case.state;
    let technical = laid_open(state.technical_secret.as_ref());
    let committee = laid_open(state.committee_secret.as_ref());
    let prices = laid_open(state.prices_secret.as_ref());
    let mut opened = 0;
    let mut check = |key: Option<&Key>, part: &SealedPart, entry: u64, is_known: bool| {
        let Some(key) = key else {
            return;
        };
        match case.open_part(key, part) {
            Ok(_) => opened += 1,
            Err(_) if is_known => {}
            Err(fault) => findings.push(Diagnostic {
                message: format!("entry {entry}: {}", fault.message),
                at: Place::line(usize::try_from(entry).unwrap_or(0), 1),
                ..fault
            }),
        }
    };
    for entry in &case.entries {
        match &entry.event {
            Event::BidReceived {
                bid,
                price,
                technical: rest,
            } => {
                // That a bid cannot be read was found at the opening, and stands in the log.
                let received = state
                    .bids
                    .get(bid)
                    .filter(|one| one.sequence == entry.sequence);
                if received.is_none() {
                    // It was replaced after an amendment, and is never opened.
                    continue;
                }
                let is_known = received.is_some_and(|one| one.is_unreadable);
                let is_price_known = received.is_some_and(|one| one.has_unreadable_price);
                check(technical.as_ref(), rest, entry.sequence, is_known);
                check(prices.as_ref(), price, entry.sequence, is_price_known);
            }
            Event::SheetRevealed { sheet, .. }
                if state.evaluators.contains_key(&entry.actor.id) =>
            {
                check(committee.as_ref(), sheet, entry.sequence, false);
            }
            Event::ReasonSealed { reason: part, .. }
            | Event::VerdictConfirmed { decision: part, .. } => {
                check(committee.as_ref(), part, entry.sequence, false);
            }
            Event::Published { publication, .. } | Event::Amended { publication, .. } => {
                if let Some(ceiling) = &publication.ceiling {
                    check(prices.as_ref(), ceiling, entry.sequence, false);
                }
            }
            _ => {}
        }
    }
    opened
}
