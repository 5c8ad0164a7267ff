//! Facts that a record of somebody's examination establishes: an audit report, a measurement.

use super::dossier::Dossier;
use super::vocabulary::{FactDefinition, Producer, Vocabulary};
use super::{Establishment, Fact, ProofRank, Scope, audit, certification, measurement};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::audit_report::read_audit_report;
use crate::evidence::certification::{Standing, read_certification};
use crate::evidence::detect::Kind;
use crate::evidence::measurement::read_measurement;
use crate::evidence::{Citation, Evidence};
use crate::text::Text;
use crate::time::Date;
use crate::tree::Value;

/// One record on its way to facts.
pub(super) struct Recorded<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) producer: Producer,
    pub(super) establishes: &'a [(String, Value, Place)],
    pub(super) rank: ProofRank,
    pub(super) established: Date,
    pub(super) valid_until: Option<Date>,
    /// Why it proves nothing here, if it does not.
    pub(super) refused: Option<Text>,
    /// What it rests on beside itself.
    pub(super) beside: Vec<Citation>,
}

/// Whether a producer may establish a fact.
///
/// An auditor or a measurement may establish what the supplier may answer, unless a machine, a register or a contract
/// speaks for it; else the declaration must name them.
fn may_establish(definition: &FactDefinition, producer: Producer) -> bool {
    definition.producers.contains(&producer)
        || (definition.producers.contains(&Producer::Answer)
            && definition.producers.iter().all(|one| {
                matches!(
                    one,
                    Producer::Answer | Producer::Agency | Producer::Audit | Producer::Measurement
                )
            }))
}

/// Adds what a record establishes; what it cannot is remarked on.
pub(super) fn establish(
    dossier: &Dossier<'_>,
    vocabulary: &Vocabulary,
    recorded: &Recorded<'_>,
    found: &mut Establishment,
) {
    let path = &recorded.evidence.path;
    if let Some(reason) = &recorded.refused {
        let message = format!("the record proves nothing for this offering: {}", reason.en);
        found.remarks.push(
            Diagnostic::warning("record-out-of-scope", Place::whole(), message)
                .help("ask for a record whose scope and period cover what is offered")
                .in_file(path.clone()),
        );
    }
    for (key, value, at) in recorded.establishes {
        let definition = vocabulary.lookup(key);
        if definition.is_some_and(|one| !may_establish(one, recorded.producer)) {
            let message = format!(
                "a record of this kind (`{}`) cannot establish `{key}`",
                recorded.producer.word()
            );
            found.remarks.push(
                Diagnostic::error("fact-not-for-record", at.clone(), message)
                    .help("`mekiki facts` says who may establish what")
                    .in_file(path.clone()),
            );
            continue;
        }
        let mut citations = vec![recorded.evidence.cite(at.clone())];
        citations.extend(recorded.beside.iter().cloned());
        match (vocabulary.typed(key, value, at.clone()), &recorded.refused) {
            (Err(fault), _) => found.remarks.push(fault.in_file(path.clone())),
            (Ok(_), Some(reason)) => found.gap(key, reason.en.clone(), citations),
            (Ok(value), None) => found.facts.push(Fact {
                key: key.as_str().into(),
                scope: Scope::Offering(dossier.offering.id.clone()),
                value,
                rank: recorded.rank,
                established: recorded.established,
                valid_until: recorded.valid_until,
                citations,
            }),
        }
    }
}

/// A record that cannot be read.
pub(super) fn unreadable(evidence: &Evidence, faults: Vec<Diagnostic>, found: &mut Establishment) {
    let in_file = faults
        .into_iter()
        .map(|one| one.in_file(evidence.path.clone()));
    found.remarks.extend(in_file);
}

/// Why a document behind an answer is none: a record of ours that is about something else or has run out.
pub(super) fn weak_document(dossier: &Dossier<'_>, document: &Evidence) -> Option<String> {
    let mut all = dossier.handed_in.iter();
    let sorted = all.find(|one| one.evidence.path == document.path)?;
    let (refused, last) = match sorted.detection.kind {
        Kind::Certification => {
            let record = read_certification(&document.bytes).ok()?;
            let refused = certification::other_subject(dossier, &record);
            let last = match record.standing(dossier.as_of) {
                Standing::InForce | Standing::UnderRenewal => None,
                Standing::Lapsed { last } => Some(last),
                Standing::Suspended { since } | Standing::Withdrawn { since } => Some(since),
                Standing::NotYet { from } => return Some(format!("it holds from {from} on only")),
            };
            (refused, last)
        }
        Kind::AuditReport => {
            let report = read_audit_report(&document.bytes).ok()?;
            (
                audit::refused(&report, dossier),
                Some(report.last_valid_day()),
            )
        }
        Kind::Measurement => {
            let measurement = read_measurement(&document.bytes).ok()?;
            (
                measurement::refused(&measurement, dossier),
                measurement.valid_until,
            )
        }
        _ => return None,
    };
    let over = last.filter(|last| *last < dossier.as_of);
    refused
        .map(|reason| reason.en)
        .or_else(|| over.map(|last| format!("it ran out on {last}")))
}
