//! Records of the agency: rank 5, or rank 3 for what a contract clause says.

use super::dossier::Dossier;
use super::vocabulary::{Producer, Vocabulary};
use super::{Establishment, Fact, ProofRank, Scope};
use crate::diagnostic::Diagnostic;
use crate::evidence::agency_record::read_agency_record;
use crate::evidence::detect::Kind;

pub(super) fn establish(dossier: &Dossier<'_>, vocabulary: &Vocabulary, found: &mut Establishment) {
    for sorted in dossier.agency_of(Kind::AgencyRecord) {
        let evidence = sorted.evidence;
        let in_file = |one: Diagnostic| one.in_file(evidence.path.clone());
        let record = match read_agency_record(&evidence.bytes) {
            Ok(record) => record,
            Err(faults) => {
                found.remarks.extend(faults.into_iter().map(in_file));
                continue;
            }
        };
        if record
            .bid
            .as_ref()
            .is_some_and(|bid| *bid != dossier.offering.id)
        {
            continue;
        }
        for (key, value, at) in &record.establishes {
            let definition = vocabulary.lookup(key);
            let producers = definition.map_or(&[][..], |definition| &definition.producers);
            let rank = if producers.contains(&Producer::Agency) {
                ProofRank::REGISTRY
            } else if producers.contains(&Producer::Contract) {
                ProofRank::CLAUSE
            } else if definition.is_none() {
                // `typed` below names the unknown key and the nearest one.
                ProofRank::NONE
            } else {
                let message = format!("an agency record cannot establish `{key}`");
                found.remarks.push(in_file(
                    Diagnostic::error("fact-not-for-agency", at.clone(), message).help(
                        "this fact comes from the supplier's answers or from a machine check",
                    ),
                ));
                continue;
            };
            match vocabulary.typed(key, value, at.clone()) {
                Err(fault) => found.remarks.push(in_file(fault)),
                Ok(value) => found.facts.push(Fact {
                    key: key.as_str().into(),
                    scope: record
                        .bid
                        .clone()
                        .map_or(Scope::Procurement, Scope::Offering),
                    value,
                    rank,
                    established: record.recorded_on,
                    valid_until: None,
                    citations: vec![evidence.cite(at.clone())],
                }),
            }
        }
    }
    for sorted in dossier.handed_in_of(Kind::AgencyRecord) {
        found.remarks.push(
            Diagnostic::error(
                "record-from-supplier",
                crate::diagnostic::Place::whole(),
                "a supplier cannot hand in a record of the agency",
            )
            .help("the record is not used")
            .in_file(sorted.evidence.path.clone()),
        );
    }
}
