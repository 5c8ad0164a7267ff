//! Audit reports: rank 4 when the agency transcribed the report, rank 2 when the supplier did.
//!
//! A report is relied on for a year after its period; then it has expired and falls to rank 2. Out of scope it
//! proves nothing.

use super::dossier::Dossier;
use super::recorded::{Recorded, establish as establish_recorded, unreadable};
use super::scope::{is_related, misfit};
use super::vocabulary::{Producer, Vocabulary};
use super::{Establishment, ProofRank};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::audit_report::{AuditReport, read_audit_report};
use crate::evidence::detect::Kind;
use crate::text::Text;

pub(super) fn establish(dossier: &Dossier<'_>, vocabulary: &Vocabulary, found: &mut Establishment) {
    for (sorted, from_agency) in dossier.of_both(Kind::AuditReport) {
        let evidence = sorted.evidence;
        let report = match read_audit_report(&evidence.bytes) {
            Ok(report) => report,
            Err(faults) => {
                unreadable(evidence, faults, found);
                continue;
            }
        };
        if !dossier.speaks_of(report.bid.as_ref())
            || (from_agency && report.bid.is_none() && !is_related(&report.scope, dossier.offering))
        {
            continue;
        }
        let held = dossier.with_digest(&report.report);
        if held.is_none() {
            let message = "no file here has the digest of the report that was transcribed";
            found.remarks.push(
                Diagnostic::note("report-not-at-hand", Place::whole(), message)
                    .help("put the report beside its transcription, so that it can be checked")
                    .in_file(evidence.path.clone()),
            );
        }
        let recorded = Recorded {
            evidence,
            producer: Producer::Audit,
            establishes: &report.establishes,
            rank: if from_agency {
                ProofRank::AUDIT
            } else {
                ProofRank::DOCUMENT
            },
            established: report.period_to,
            valid_until: Some(report.last_valid_day()),
            refused: refused(&report, dossier),
            beside: held
                .map(|one| one.cite(Place::whole()))
                .into_iter()
                .collect(),
        };
        establish_recorded(dossier, vocabulary, &recorded, found);
    }
}

/// Why it proves nothing for the offering, if it does not.
pub(super) fn refused(report: &AuditReport, dossier: &Dossier<'_>) -> Option<Text> {
    if report.period_to > dossier.as_of {
        return Some(Text {
            ja: format!(
                "監査対象期間の末日({})が基準日より後である",
                report.period_to
            ),
            en: format!(
                "its period ends on {}, after the day of judgment",
                report.period_to
            ),
        });
    }
    misfit(&report.scope, dossier.offering, &dossier.usage)
}
