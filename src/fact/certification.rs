//! Certificates and registry entries: rank 5 when the agency fetched them, rank 2 from the supplier.
//!
//! A record about another legal entity, service, product or version proves nothing here. One whose time has passed
//! falls to rank 2; what a register itself shows to have ended, to be suspended or to be withdrawn is a fact of its
//! own, and refutes who says otherwise.

mod chain;

use std::collections::BTreeMap;

use super::dossier::Dossier;
use super::scope::{entity, other_version, subject};
use super::{Establishment, Fact, FactValue, ProofRank, Refutation, RefutationKind, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::evidence::certification::{
    CertificationRecord, Scheme, Standing, corporate_number_is_valid, read_certification,
};
use crate::evidence::detect::Kind;
use crate::text::Text;
use crate::time::Date;

/// A record with where it comes from.
struct Held<'a> {
    record: CertificationRecord,
    evidence: &'a Evidence,
    from_agency: bool,
    rank: ProofRank,
    established: Date,
}

impl Held<'_> {
    /// How people call it.
    fn name(&self) -> &str {
        let number = self.record.number.as_deref();
        number.unwrap_or(self.evidence.path.as_str())
    }

    /// Whether this record can stand in for another: a paper of the supplier does not stand against the register's entry
    /// for the same certificate, and one without a number not against any entry.
    fn stands_in_for(&self, other: &Self) -> bool {
        self.from_agency
            || !other.from_agency
            || (self.record.number.is_some() && self.record.number != other.record.number)
    }

    /// Whether a register that was read after the end shows the end.
    fn shows_end(&self, last: Date) -> bool {
        self.from_agency && self.established > last
    }
}

pub(super) fn establish(dossier: &Dossier<'_>, found: &mut Establishment) {
    if let Some(number) = &dossier.offering.corporate_number {
        found.machine_fact(
            dossier,
            "supplier.corporate_number.check_digit_valid",
            FactValue::Bool(corporate_number_is_valid(number)),
            vec![dossier.offering.named_at.clone()],
        );
    }
    // Schemes that say the same thing, such as the two ISMAP lists, are weighed together.
    let mut groups: BTreeMap<&str, Vec<Held<'_>>> = BTreeMap::new();
    for held in read(dossier, found) {
        let scheme = held.record.scheme;
        let group = headline(scheme).map_or(scheme.word(), |(key, _)| key);
        groups.entry(group).or_default().push(held);
    }
    for group in groups.into_values() {
        weigh(dossier, group, found);
    }
}

/// What a scheme's record says when it holds nothing any more: key and value.
fn headline(scheme: Scheme) -> Option<(&'static str, FactValue)> {
    match scheme {
        Scheme::Ismap | Scheme::IsmapLiu => Some(("cloud.ismap.listed", FactValue::Bool(false))),
        Scheme::Iso27001 => Some(("organisation.isms.certified", FactValue::Bool(false))),
        Scheme::JcStar => Some(("product.jc_star.level", FactValue::Integer(0))),
        Scheme::Scs => Some(("organisation.scs.stars", FactValue::Integer(0))),
        Scheme::CsaStar => Some(("cloud.csa_star.level", FactValue::Integer(0))),
        Scheme::CorporateRegister => Some((
            "supplier.corporate_number.registered",
            FactValue::Bool(false),
        )),
        Scheme::SuspensionList | Scheme::Lifecycle => None,
    }
}

/// Reads every record; what cannot be used is remarked on.
fn read<'a>(dossier: &Dossier<'a>, found: &mut Establishment) -> Vec<Held<'a>> {
    let mut read = Vec::new();
    for (sorted, from_agency) in dossier.of_both(Kind::Certification) {
        let evidence = sorted.evidence;
        let in_file = |one: Diagnostic| one.in_file(evidence.path.clone());
        let record = match read_certification(&evidence.bytes) {
            Ok(record) => record,
            Err(faults) => {
                found.remarks.extend(faults.into_iter().map(in_file));
                continue;
            }
        };
        let (rank, established) = match (from_agency, record.fetched_at) {
            (true, Some(fetched)) => (ProofRank::REGISTRY, fetched),
            (true, None) => {
                let message = "the registry entry does not say when and from where it was fetched";
                found.remarks.push(in_file(
                    Diagnostic::error("registry-undated", Place::whole(), message)
                        .help("add [fetched] with `from` and `at`"),
                ));
                continue;
            }
            (false, _) => (ProofRank::DOCUMENT, record.issued.unwrap_or(dossier.as_of)),
        };
        if let Some(last) = record.last_day().filter(|_| record.overstates_validity()) {
            let message = format!(
                "the record states an end that its scheme does not allow; {last} is the last day"
            );
            found.remarks.push(in_file(
                Diagnostic::warning("validity-overstated", Place::whole(), message)
                    .help("the earlier day counts; check the entry against the list"),
            ));
        }
        read.push(Held {
            record,
            evidence,
            from_agency,
            rank,
            established,
        });
    }
    read
}

/// Weighs the records of one kind.
fn weigh(dossier: &Dossier<'_>, group: Vec<Held<'_>>, found: &mut Establishment) {
    let (mut fitting, mut misfitting) = (Vec::new(), Vec::new());
    for held in group {
        match other_subject(dossier, &held.record) {
            Some(reason) => misfitting.push((held, reason)),
            None => fitting.push(held),
        }
    }
    let holds = |held: &Held<'_>| held.record.standing(dossier.as_of).holds();
    let supported = fitting.iter().any(holds);
    for (held, reason) in &misfitting {
        // NOTE: a registry folder holds the entries of all bidders; one that names neither the legal entity nor what is
        // offered is another bidder's, and one beside an entry that fits is another service of the same bidder.
        if held.from_agency && (supported || !is_related(dossier, &held.record)) {
            continue;
        }
        out_of_scope(held, reason, supported, found);
    }
    for held in &fitting {
        let standing = held.record.standing(dossier.as_of);
        match standing {
            Standing::NotYet { from } => not_yet(held, from, found),
            Standing::Lapsed { last } => {
                facts(dossier, held, found);
                let later = |other: &Held<'_>| match other.record.standing(dossier.as_of) {
                    Standing::Lapsed { last: end } => end > last,
                    standing => standing.holds(),
                };
                let mut others = fitting.iter().filter(|other| other.stands_in_for(held));
                if !others.any(later) {
                    lapsed(dossier, held, last, found);
                }
            }
            Standing::Suspended { since } | Standing::Withdrawn { since } => {
                let mut others = fitting.iter().filter(|other| other.stands_in_for(held));
                if !others.any(holds) {
                    negative(dossier, held, since, found);
                }
            }
            Standing::InForce | Standing::UnderRenewal => facts(dossier, held, found),
        }
    }
    chain::establish(dossier, &fitting, found);
}

fn is_related(dossier: &Dossier<'_>, record: &CertificationRecord) -> bool {
    let offering = dossier.offering;
    let same_holder = record.holder_corporate_number.is_some()
        && record.holder_corporate_number == offering.corporate_number;
    let offered = offered(dossier, record.scheme);
    same_holder || (record.subject.is_some() && record.subject.as_deref() == offered)
}

/// What a scheme's record must be about, beside its holder.
fn offered<'a>(dossier: &Dossier<'a>, scheme: Scheme) -> Option<&'a str> {
    let offering = dossier.offering;
    match scheme {
        Scheme::Ismap | Scheme::IsmapLiu | Scheme::CsaStar => offering.service.as_deref(),
        Scheme::JcStar | Scheme::Lifecycle => {
            offering.product.as_ref().map(|(name, _)| name.as_str())
        }
        _ => None,
    }
}

/// Why a record is not about what is offered, if it is not.
pub(super) fn other_subject(dossier: &Dossier<'_>, record: &CertificationRecord) -> Option<Text> {
    let offering = dossier.offering;
    if record.scheme == Scheme::SuspensionList {
        return None;
    }
    if record.scheme != Scheme::Lifecycle
        && let Some(reason) = entity(record.holder_corporate_number.as_deref(), offering)
    {
        return Some(reason);
    }
    let by_subject = matches!(
        record.scheme,
        Scheme::Ismap | Scheme::IsmapLiu | Scheme::CsaStar | Scheme::JcStar | Scheme::Lifecycle
    );
    if !by_subject {
        return None;
    }
    let version = offering
        .product
        .as_ref()
        .map(|(_, version)| version.as_str());
    // An entry that names no subject is about nothing that is offered.
    subject(
        Some(record.subject.as_deref().unwrap_or_default()),
        offered(dossier, record.scheme),
    )
    .or_else(|| other_version(record.subject_version.as_deref(), version))
}

fn out_of_scope(held: &Held<'_>, reason: &Text, supported: bool, found: &mut Establishment) {
    let path = &held.evidence.path;
    let message = format!(
        "the record `{}` proves nothing here: {}",
        held.name(),
        reason.en
    );
    found.remarks.push(
        Diagnostic::warning("certification-of-another", Place::whole(), message)
            .help("ask for a record about what is offered, held by who offers it")
            .in_file(path.clone()),
    );
    let Some((key, says)) = headline(held.record.scheme).filter(|_| !supported) else {
        return;
    };
    let citations = vec![held.evidence.cite(Place::whole())];
    found.gap(key, reason.en.clone(), citations.clone());
    found.refutations.push(Refutation {
        key: key.into(),
        kind: RefutationKind::OtherScope,
        says,
        rank: ProofRank::NONE,
        since: None,
        reason: Text {
            ja: format!("示された証明「{}」は、{}", held.name(), reason.ja),
            en: format!(
                "the record `{}` proves nothing here: {}",
                held.name(),
                reason.en
            ),
        },
        citations,
    });
}

fn not_yet(held: &Held<'_>, from: Date, found: &mut Establishment) {
    let message = format!("the record `{}` holds from {from} on only", held.name());
    if let Some((key, _)) = headline(held.record.scheme) {
        found.gap(key, &message, vec![held.evidence.cite(Place::whole())]);
    }
    found.remarks.push(
        Diagnostic::note("certification-not-yet", Place::whole(), message)
            .help("it proves nothing before that day")
            .in_file(held.evidence.path.clone()),
    );
}

/// Nothing holds any more: a register that was read after the end shows that; another record refutes whoever claims
/// later than its end that it holds.
fn lapsed(dossier: &Dossier<'_>, held: &Held<'_>, last: Date, found: &mut Establishment) {
    if held.shows_end(last) {
        negative(dossier, held, last, found);
        return;
    }
    let Some((key, says)) = headline(held.record.scheme).filter(|_| !held.from_agency) else {
        return;
    };
    found.refutations.push(Refutation {
        key: key.into(),
        kind: RefutationKind::Lapsed,
        says,
        rank: ProofRank::DOCUMENT,
        since: Some(last),
        reason: Text {
            ja: format!("示された証明「{}」は、{last}に失効している", held.name()),
            en: format!("the record `{}` ran out on {last}", held.name()),
        },
        citations: vec![held.evidence.cite(Place::whole())],
    });
}

/// Says that nothing is held, from a day on.
fn negative(dossier: &Dossier<'_>, held: &Held<'_>, since: Date, found: &mut Establishment) {
    let Some((key, says)) = headline(held.record.scheme) else {
        return;
    };
    found.facts.push(Fact {
        key: key.into(),
        scope: Scope::Offering(dossier.offering.id.clone()),
        value: says,
        rank: held.rank,
        established: if held.from_agency {
            held.established
        } else {
            since
        },
        valid_until: None,
        citations: vec![held.evidence.cite(Place::whole())],
    });
}

fn facts(dossier: &Dossier<'_>, held: &Held<'_>, found: &mut Establishment) {
    let record = &held.record;
    let mut add = |key: &str, value: FactValue| {
        found.facts.push(Fact {
            key: key.into(),
            scope: Scope::Offering(dossier.offering.id.clone()),
            value,
            rank: held.rank,
            established: held.established,
            valid_until: record.last_valid_day(),
            citations: vec![held.evidence.cite(Place::whole())],
        });
    };
    let list = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words.dedup();
        FactValue::List(words)
    };
    let level = record.level.map(FactValue::Integer);
    match record.scheme {
        Scheme::Ismap | Scheme::IsmapLiu => {
            add("cloud.ismap.listed", FactValue::Bool(true));
            add(
                "cloud.ismap.list",
                FactValue::Text(record.scheme.word().to_owned()),
            );
            add("cloud.ismap.regions", list(&record.regions));
            add("cloud.ismap.functions", list(&record.functions));
            if let Some(countries) = &record.countries {
                add("cloud.data.countries", list(countries));
            }
        }
        Scheme::Iso27001 => {
            add("organisation.isms.certified", FactValue::Bool(true));
            if let Some(covers) = record.covers_task {
                add("organisation.isms.covers_task", FactValue::Bool(covers));
            }
        }
        Scheme::JcStar => level
            .into_iter()
            .for_each(|level| add("product.jc_star.level", level)),
        Scheme::Scs => level
            .into_iter()
            .for_each(|level| add("organisation.scs.stars", level)),
        Scheme::CsaStar => level
            .into_iter()
            .for_each(|level| add("cloud.csa_star.level", level)),
        Scheme::Lifecycle => record
            .support_ends_on
            .into_iter()
            .for_each(|day| add("product.support.ends_on", FactValue::Date(day))),
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
