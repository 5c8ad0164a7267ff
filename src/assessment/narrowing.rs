//! Which evidence would narrow the interval of the score most.
//!
//! Nothing is guessed: for each fact that a scored criterion with an open interval names, the criterion is
//! evaluated again with each value that can make a difference, taken as proven by a machine.

mod probe;

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::{Bounds, Evaluation, per_mille_of};
use super::{Assessment, FactIndex};
use crate::criteria::case::Case;
use crate::criteria::rule::Rule;
use crate::criteria::{Catalog, Criterion, Decision, Grade};
use crate::exact::Exact;
use crate::fact::{Establishment, FactValue, ProofRank};
use crate::id::{CriterionId, FactKey};

/// How much a proof of one fact at the strongest rank could do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowing {
    /// The fact.
    pub fact: FactKey,
    /// The most points of the interval's width that its proof could remove, whichever value is proven.
    pub removes: Exact,
    /// The most points that its proof could add to what is proven.
    pub raises: Exact,
    /// The criteria whose intervals that narrowest proof touches.
    pub criteria: Vec<NarrowedCriterion>,
}

/// The part of one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrowedCriterion {
    /// The criterion.
    pub criterion: CriterionId,
    /// Its width now, in points.
    pub width: Exact,
    /// The points of this width that the proof could remove.
    pub removes: Exact,
}

/// A scored criterion whose interval is open.
struct Open<'a> {
    criterion: &'a Criterion,
    grades: &'a [(Grade, Rule)],
    caps: &'a [i64; 7],
    now: Bounds,
}

/// Lists the facts whose proof could narrow the interval, by how much, from much to little.
pub fn narrow(
    catalog: &Catalog,
    case: &Case,
    found: &Establishment,
    assessment: &Assessment,
) -> Vec<Narrowing> {
    let index = FactIndex::new(catalog, found, assessment.as_of);
    let mut open = Vec::new();
    for judgment in assessment.judgments.values() {
        let criterion = catalog.criteria.get(&judgment.criterion);
        if let Some(criterion) = criterion.filter(|_| judgment.low < judgment.high)
            && let Decision::Score { grades, .. } = &criterion.decision
        {
            let caps = criterion.caps.as_ref().unwrap_or(&catalog.caps);
            let now = Evaluation::new(criterion, case, &index).bounds(grades, caps);
            open.push(Open {
                criterion,
                grades,
                caps,
                now,
            });
        }
    }
    let mut keys: BTreeMap<&FactKey, Vec<&Open<'_>>> = BTreeMap::new();
    for one in &open {
        let evaluation = Evaluation::new(one.criterion, case, &index);
        let named: BTreeSet<_> = one
            .grades
            .iter()
            .flat_map(|(_, rule)| rule.keys())
            .collect();
        for key in named {
            let is_fact = !key.as_str().starts_with("case.");
            if is_fact && evaluation.rank_of(key) < ProofRank::MACHINE {
                keys.entry(key).or_default().push(one);
            }
        }
    }
    let mut narrowing: Vec<_> = keys
        .into_iter()
        .filter_map(|(key, open)| of_fact(catalog, case, &index, key, &open))
        .collect();
    narrowing.sort_by(|left, right| {
        (&right.removes, &right.raises, &left.fact).cmp(&(&left.removes, &left.raises, &right.fact))
    });
    narrowing
}

fn of_fact(
    catalog: &Catalog,
    case: &Case,
    index: &FactIndex<'_>,
    key: &FactKey,
    open: &[&Open<'_>],
) -> Option<Narrowing> {
    let rules = open
        .iter()
        .flat_map(|one| one.grades.iter().map(|(_, rule)| rule));
    let definition = catalog.vocabulary.lookup(key.as_str())?;
    // A rule may hold one fact against another, so that what is known of the others makes a difference too.
    let named: BTreeSet<_> = open
        .iter()
        .flat_map(|one| one.grades.iter().flat_map(|(_, rule)| rule.keys()))
        .collect();
    let held = named.iter().filter_map(|named| index.facts.get(*named));
    let held: Vec<_> = held.flatten().map(|fact| &fact.value).collect();
    let mut best: Option<Narrowing> = None;
    let mut raises = Exact::zero();
    for value in probe::values(definition, rules, case, &held) {
        let (one, gained) = under(case, index, key, &value, open);
        raises = raises.max(gained);
        if best.as_ref().is_none_or(|held| one.removes > held.removes) {
            best = Some(one);
        }
    }
    let best = best.filter(|one| !one.removes.is_zero())?;
    Some(Narrowing { raises, ..best })
}

/// What the proof of one value would do: the narrowing, and the points that it would add to what is proven.
fn under(
    case: &Case,
    index: &FactIndex<'_>,
    key: &FactKey,
    value: &FactValue,
    open: &[&Open<'_>],
) -> (Narrowing, Exact) {
    let mut criteria = Vec::new();
    let mut gained = Exact::zero();
    for one in open {
        let points = one.criterion.points();
        let evaluation = Evaluation::new(one.criterion, case, index);
        let then = evaluation.assuming(key, value).bounds(one.grades, one.caps);
        gained = gained.plus(&per_mille_of(points, (then.low - one.now.low).max(0)));
        let width = one.now.high - one.now.low;
        let removes = (width - (then.high - then.low)).max(0);
        if removes > 0 {
            criteria.push(NarrowedCriterion {
                criterion: one.criterion.id.clone(),
                width: per_mille_of(points, width),
                removes: per_mille_of(points, removes),
            });
        }
    }
    let narrowing = Narrowing {
        fact: key.clone(),
        removes: criteria.iter().map(|one| one.removes.clone()).sum(),
        raises: Exact::zero(),
        criteria,
    };
    (narrowing, gained)
}
