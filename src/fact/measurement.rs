//! Measurements: rank 6 when the agency measured, rank 2 when the supplier did.

use super::dossier::Dossier;
use super::recorded::{Recorded, establish as establish_recorded, unreadable};
use super::scope::{is_related, misfit};
use super::vocabulary::{Producer, Vocabulary};
use super::{Establishment, ProofRank};
use crate::evidence::detect::Kind;
use crate::evidence::measurement::{Measurement, read_measurement};
use crate::text::Text;

pub(super) fn establish(dossier: &Dossier<'_>, vocabulary: &Vocabulary, found: &mut Establishment) {
    for (sorted, from_agency) in dossier.of_both(Kind::Measurement) {
        let evidence = sorted.evidence;
        let measurement = match read_measurement(&evidence.bytes) {
            Ok(measurement) => measurement,
            Err(faults) => {
                unreadable(evidence, faults, found);
                continue;
            }
        };
        if !dossier.speaks_of(measurement.bid.as_ref())
            || (from_agency
                && measurement.bid.is_none()
                && !is_related(&measurement.scope, dossier.offering))
        {
            continue;
        }
        let recorded = Recorded {
            evidence,
            producer: Producer::Measurement,
            establishes: &measurement.establishes,
            rank: if from_agency {
                ProofRank::MACHINE
            } else {
                ProofRank::DOCUMENT
            },
            established: measurement.measured_on,
            valid_until: measurement.valid_until,
            refused: refused(&measurement, dossier),
            beside: Vec::new(),
        };
        establish_recorded(dossier, vocabulary, &recorded, found);
    }
}

/// Why it proves nothing for the offering, if it does not.
pub(super) fn refused(measurement: &Measurement, dossier: &Dossier<'_>) -> Option<Text> {
    if measurement.measured_on > dossier.as_of {
        return Some(Text {
            ja: format!("測定日({})が基準日より後である", measurement.measured_on),
            en: format!(
                "it was made on {}, after the day of judgment",
                measurement.measured_on
            ),
        });
    }
    misfit(&measurement.scope, dossier.offering, &dossier.usage)
}
