//! Certificates and registry entries: rank 5 when the agency fetched them, rank 2 from the supplier.
//!
//! A record about another legal entity, service or product proves nothing here.

use super::dossier::Dossier;
use super::{Establishment, Fact, FactValue, ProofRank, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Citation;
use crate::evidence::certification::{
    CertificationRecord, Scheme, corporate_number_is_valid, read_certification,
};
use crate::evidence::detect::Kind;
use crate::time::Date;

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    if let Some(number) = &dossier.offering.corporate_number {
        found.machine_fact(
            dossier,
            "supplier.corporate_number.check_digit_valid",
            FactValue::Bool(corporate_number_is_valid(number)),
            vec![dossier.offering.named_at.clone()],
        );
    }
    for (sorted, from_agency) in dossier
        .agency_of(Kind::Certification)
        .map(|sorted| (sorted, true))
        .chain(
            dossier
                .handed_in_of(Kind::Certification)
                .map(|sorted| (sorted, false)),
        )
    {
        let evidence = sorted.evidence;
        let record = match read_certification(&evidence.bytes) {
            Ok(record) => record,
            Err(faults) => {
                found.remarks.extend(
                    faults
                        .into_iter()
                        .map(|one| one.in_file(evidence.path.clone())),
                );
                continue;
            }
        };
        let (rank, established) = match (from_agency, record.fetched_at) {
            (true, Some(fetched)) => (ProofRank::REGISTRY, fetched),
            (true, None) => {
                let message = "the registry entry does not say when and from where it was fetched";
                found.remarks.push(
                    Diagnostic::error("registry-undated", Place::whole(), message)
                        .help("add [fetched] with `from` and `at`")
                        .in_file(evidence.path.clone()),
                );
                continue;
            }
            (false, _) => (ProofRank::DOCUMENT, record.issued.unwrap_or(dossier.as_of)),
        };
        if let Some(problem) = other_subject(dossier, &record) {
            // NOTE: a registry folder holds the entries of all bidders; only a supplier's own papers are remarked on.
            if !from_agency {
                found.remarks.push(
                    Diagnostic::warning("certification-of-another", Place::whole(), problem)
                        .help("the record proves nothing for this offering")
                        .in_file(evidence.path.clone()),
                );
            }
            continue;
        }
        let valid_until = record.last_valid_day();
        let citation = evidence.cite(Place::whole());
        let source = Source {
            rank,
            established,
            valid_until,
            citation,
        };
        facts(dossier, &record, &source, found);
    }
}

struct Source {
    rank: ProofRank,
    established: Date,
    valid_until: Option<Date>,
    citation: Citation,
}

fn other_subject(dossier: &Dossier<'_>, record: &CertificationRecord) -> Option<String> {
    let offering = dossier.offering;
    if record.scheme == Scheme::SuspensionList {
        return None;
    }
    if record.holder_corporate_number != offering.corporate_number {
        return Some("the record is about another legal entity".to_owned());
    }
    let expected = match record.scheme {
        Scheme::Ismap | Scheme::IsmapLiu => offering.service.as_ref(),
        Scheme::JcStar => offering.product.as_ref().map(|(name, _)| name),
        _ => return None,
    };
    (record.subject.as_ref() != expected).then(|| {
        let subject = record.subject.as_deref().unwrap_or_default();
        format!("the record is about `{subject}`, not about what is offered")
    })
}

fn facts(
    dossier: &Dossier<'_>,
    record: &CertificationRecord,
    source: &Source,
    found: &mut Establishment,
) {
    let mut add = |key: &str, value: FactValue| {
        found.facts.push(Fact {
            key: key.into(),
            scope: Scope::Offering(dossier.offering.id.clone()),
            value,
            rank: source.rank,
            established: source.established,
            valid_until: source.valid_until,
            citations: vec![source.citation.clone()],
        });
    };
    let list = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words.dedup();
        FactValue::List(words)
    };
    match record.scheme {
        Scheme::Ismap | Scheme::IsmapLiu => {
            add("cloud.ismap.listed", FactValue::Bool(true));
            add(
                "cloud.ismap.list",
                FactValue::Text(record.scheme.word().to_owned()),
            );
            add("cloud.ismap.regions", list(&record.regions));
            add("cloud.ismap.functions", list(&record.functions));
        }
        Scheme::Iso27001 => {
            add("organisation.isms.certified", FactValue::Bool(true));
            if let Some(covers) = record.covers_task {
                add("organisation.isms.covers_task", FactValue::Bool(covers));
            }
        }
        Scheme::JcStar => {
            if let Some(level) = record.level {
                add("product.jc_star.level", FactValue::Integer(level));
            }
        }
        Scheme::CorporateRegister => {
            let same_name = record.holder.as_deref() == Some(dossier.offering.supplier.ja.as_str());
            add(
                "supplier.corporate_number.registered",
                FactValue::Bool(same_name),
            );
        }
        Scheme::SuspensionList => {
            if let Some(number) = &dossier.offering.corporate_number {
                add(
                    "supplier.suspended",
                    FactValue::Bool(record.suspended.contains(number)),
                );
            }
        }
    }
}
