//! Coverage over the period of use: the records of one scheme chained by their days, and the days between them.

use super::Held;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::certification::{Scheme, Standing};
use crate::fact::dossier::Dossier;
use crate::fact::{Establishment, Fact, FactValue, ProofRank, Scope};
use crate::time::{Date, add_days, days_between};

/// One record as a stretch of days.
struct Link<'a, 'e> {
    held: &'a Held<'e>,
    first: Date,
    /// The last day; `None` while it has no end.
    last: Option<Date>,
}

pub(super) fn establish(dossier: &Dossier<'_>, fitting: &[Held<'_>], found: &mut Establishment) {
    let Some(scheme) = fitting.first().map(|held| held.record.scheme) else {
        return;
    };
    let (until_key, gap_key) = match scheme {
        Scheme::Ismap | Scheme::IsmapLiu => {
            ("cloud.ismap.in_force_until", Some("cloud.ismap.gap_days"))
        }
        Scheme::Iso27001 => (
            "organisation.isms.in_force_until",
            Some("organisation.isms.gap_days"),
        ),
        Scheme::JcStar => ("product.jc_star.in_force_until", None),
        _ => return,
    };
    times(dossier, fitting, until_key, found);
    let Some(gap_key) = gap_key else { return };
    let mut links: Vec<_> = fitting
        .iter()
        .filter_map(|held| {
            Some(Link {
                first: held.record.first_day()?,
                last: end(held, dossier.as_of),
                held,
            })
        })
        .collect();
    links.sort_by_key(|link| (link.first, link.last.is_none(), link.last));
    gaps(dossier, gap_key, &links, found);
}

/// The last day of coverage that a record gives; `None` while it has no end.
fn end(held: &Held<'_>, as_of: Date) -> Option<Date> {
    match held.record.standing(as_of) {
        Standing::Withdrawn { since } | Standing::Suspended { since } => Some(add_days(since, -1)),
        _ => held.record.last_valid_day(),
    }
}

/// Finds the days of use that no record covers, up to the day of judgment or the latest record.
fn gaps(dossier: &Dossier<'_>, key: &str, links: &[Link<'_, '_>], found: &mut Establishment) {
    let (Some(first), Some(latest)) = (links.first(), links.iter().map(|link| link.first).max())
    else {
        return;
    };
    let start = dossier.usage.start.unwrap_or(first.first);
    let until = latest.max(dossier.as_of);
    let until = dossier.usage.end.map_or(until, |end| until.min(end));
    let mut total = 0;
    let mut covered = Some(add_days(start, -1));
    let mut before: Option<&Held<'_>> = None;
    for link in links {
        let Some(last) = covered else { break };
        let missing = days_between(last, link.first.min(add_days(until, 1))) - 1;
        if missing > 0 {
            total += missing;
            remark(last, link, before, found);
        }
        if link.last.is_none_or(|end| end > last) {
            covered = link.last;
            before = Some(link.held);
        }
    }
    total += covered.map_or(0, |last| days_between(last, until).max(0));
    let ranks = links.iter().map(|link| link.held.rank);
    let cited = links
        .iter()
        .map(|link| link.held.evidence.cite(Place::whole()));
    found.facts.push(Fact {
        key: key.into(),
        scope: Scope::Offering(dossier.offering.id.clone()),
        value: FactValue::Integer(total),
        rank: ranks.min().unwrap_or(ProofRank::NONE),
        established: links
            .iter()
            .map(|link| link.held.established)
            .min()
            .unwrap_or(dossier.as_of),
        valid_until: None,
        citations: cited.collect(),
    });
}

fn remark(last: Date, link: &Link<'_, '_>, before: Option<&Held<'_>>, found: &mut Establishment) {
    let (from, to) = (add_days(last, 1), add_days(link.first, -1));
    let days = days_between(from, to) + 1;
    let after = link.held.name();
    let message = match before {
        Some(before) => format!(
            "{days} days from {from} to {to} are covered neither by `{}` ({}) nor by `{after}`",
            before.name(),
            before.evidence.path
        ),
        None => format!("{days} days from {from} to {to} lie before `{after}`"),
    };
    found.remarks.push(
        Diagnostic::warning("certificate-gap", Place::whole(), message)
            .help("ask the supplier what held on these days")
            .in_file(link.held.evidence.path.clone()),
    );
}

/// Until when the latest certificate is in force, and what became of the renewal of a registration. Where both the
/// register and a paper of the supplier speak of that certificate, both say it.
fn times(dossier: &Dossier<'_>, fitting: &[Held<'_>], key: &str, found: &mut Establishment) {
    let end = |held: &&Held<'_>| {
        let last = held.record.last_day();
        (last.is_none(), last, held.from_agency, held.evidence.digest)
    };
    let Some(latest) = fitting.iter().max_by_key(end) else {
        return;
    };
    let number = |held: &Held<'_>| held.record.number.clone();
    let same = |held: &&Held<'_>| {
        held.from_agency != latest.from_agency
            && (number(held) == number(latest)
                || number(held).is_none()
                || number(latest).is_none())
    };
    let other = fitting.iter().filter(same).max_by_key(end);
    let mut add = |held: &Held<'_>, key: &str, value: FactValue| {
        found.facts.push(Fact {
            key: key.into(),
            scope: Scope::Offering(dossier.offering.id.clone()),
            value,
            rank: held.rank,
            established: held.established,
            valid_until: None,
            citations: vec![held.evidence.cite(Place::whole())],
        });
    };
    for held in std::iter::once(latest).chain(other) {
        if let Some(last) = held.record.last_day() {
            add(held, key, FactValue::Date(last));
        }
    }
    if matches!(latest.record.scheme, Scheme::Ismap | Scheme::IsmapLiu) {
        let strongest = other.filter(|other| other.from_agency).unwrap_or(latest);
        let renewal = strongest.record.renewal(dossier.as_of).word();
        let value = FactValue::Text(renewal.to_owned());
        add(strongest, "cloud.ismap.renewal", value);
    }
}
