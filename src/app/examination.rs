//! Examining offerings: what the agency holds is read once, then each offering's evidence is held against it.

use super::library::Library;
use super::tender::is_agency;
use crate::criteria::case::Case;
use crate::evidence::Evidence;
use crate::fact::advisory::{Feed, Knowledge};
use crate::fact::dossier::{Dossier, Offering, Use};
use crate::fact::{Establishment, FactValue, establish};
use crate::id::FactKey;
use crate::matching::MAXIMUM_AGE_DAYS;
use crate::time::Date;

/// What is needed to examine any offering of one case on one day.
pub(super) struct Examination<'a> {
    library: &'a Library,
    evidence: &'a [Evidence],
    feed: Feed,
    maximum_age_days: i64,
    usage: Use,
    as_of: Date,
    received_on: Option<Date>,
}

impl<'a> Examination<'a> {
    /// Reads what the agency holds.
    pub(super) fn new(
        library: &'a Library,
        evidence: &'a [Evidence],
        case: &Case,
        as_of: Date,
    ) -> Self {
        let feed = Feed::gather(evidence.iter().filter(|one| is_agency(one)), as_of);
        let maximum_age_days = match parameter(case, "case.advisory_maximum_age_days") {
            Some(FactValue::Integer(days)) => *days,
            _ => MAXIMUM_AGE_DAYS,
        };
        Self {
            library,
            evidence,
            feed,
            maximum_age_days,
            usage: usage(case),
            as_of,
            received_on: None,
        }
    }

    /// States the day on which the evidence was received at the latest.
    pub(super) fn received(self, day: Date) -> Self {
        Self {
            received_on: Some(day),
            ..self
        }
    }

    /// Establishes the facts of one offering.
    pub(super) fn of(&self, offering: &Offering) -> Establishment {
        let folder = format!("{}/", offering.folder);
        let handed_in = self
            .evidence
            .iter()
            .filter(|one| one.path.starts_with(&folder));
        let agency = self.evidence.iter().filter(|one| is_agency(one));
        let mut dossier =
            Dossier::new(offering, handed_in, agency, self.as_of).with_use(self.usage.clone());
        if let Some(day) = self.received_on {
            dossier = dossier.received(day);
        }
        let knowledge = Knowledge {
            feed: &self.feed,
            precedence: &self.library.precedence,
            maximum_age_days: self.maximum_age_days,
        };
        establish(
            &dossier,
            &self.library.catalog.vocabulary,
            &self.library.questionnaires,
            &self.library.profiles,
            &self.library.builders,
            knowledge,
        )
    }
}

fn parameter<'a>(case: &'a Case, key: &str) -> Option<&'a FactValue> {
    case.parameters.get(&FactKey::from(key))
}

/// The use that the case plans.
fn usage(case: &Case) -> Use {
    let list = |key| match parameter(case, key) {
        Some(FactValue::List(words)) => words.clone(),
        _ => Vec::new(),
    };
    let day = |key| match parameter(case, key) {
        Some(FactValue::Date(day)) => Some(*day),
        _ => None,
    };
    Use {
        regions: list("case.used_regions"),
        functions: list("case.used_functions"),
        start: day("case.start_of_use"),
        end: day("case.planned_end_of_use"),
    }
}
