//! The rules of one criterion over the facts that count, at every rank.

use super::resolve::Resolved;
use super::verdict::{Verdict, VerdictKind};
use super::{FactIndex, Judgment, Note};
use crate::criteria::case::Case;
use crate::criteria::rule::{Rule, Truth};
use crate::criteria::{Criterion, Grade};
use crate::exact::Exact;
use crate::fact::{FactValue, Gap, ProofRank};
use crate::id::FactKey;
use crate::time::Date;

/// The resolved facts of one criterion, ready to be evaluated at any rank.
pub(super) struct Evaluation<'a> {
    pub(super) case: &'a Case,
    pub(super) resolved: Vec<Resolved<'a>>,
    gaps: Vec<&'a Gap>,
    due: Option<Date>,
    /// A value that is taken as proven by a machine, whatever the evidence says.
    pub(super) assumed: Option<(&'a FactKey, &'a FactValue)>,
    /// The ranks at which a rule can come out differently, strongest first.
    ranks: Vec<ProofRank>,
}

/// What a scored criterion proves and leaves open, in per mille of its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Proven.
    pub(super) low: i64,
    /// Still possible.
    pub(super) high: i64,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(criterion: &Criterion, case: &'a Case, index: &FactIndex<'a>) -> Self {
        let mut keys: Vec<&FactKey> = criterion.rules().into_iter().flat_map(Rule::keys).collect();
        keys.sort();
        keys.dedup();
        let mut resolved = Vec::new();
        let mut gaps = Vec::new();
        let mut due: Option<Date> = None;
        for key in keys {
            if let Some((key, facts)) = index.facts.get_key_value(key) {
                let adverse = index
                    .catalog
                    .vocabulary
                    .lookup(key.as_str())
                    .map(|definition| definition.adverse);
                let one = Resolved::new(
                    key,
                    facts,
                    adverse,
                    criterion.reevaluation_months,
                    index.as_of,
                );
                due = one.due.into_iter().chain(due).min();
                resolved.push(one);
            }
            gaps.extend(index.gaps.get(key).into_iter().flatten());
        }
        let mut evaluation = Self {
            case,
            resolved,
            gaps,
            due,
            assumed: None,
            ranks: Vec::new(),
        };
        evaluation.ranks = evaluation.distinct_ranks();
        evaluation
    }

    pub(super) fn record_inputs(&self, judgment: &mut Judgment) {
        judgment.values = self
            .resolved
            .iter()
            .flat_map(Resolved::used_values)
            .collect();
        judgment.values.sort();
        judgment.citations = judgment
            .values
            .iter()
            .flat_map(|value| value.citations.iter().cloned())
            .chain(
                self.gaps
                    .iter()
                    .flat_map(|gap| gap.citations.iter().cloned()),
            )
            .collect();
        judgment.citations.sort();
        judgment.citations.dedup();
        judgment.reasons = self.gaps.iter().map(|gap| gap.reason.clone()).collect();
        judgment.reasons.sort();
        judgment.reasons.dedup();
        judgment.due = self.due;
    }

    /// Evaluates a rule with only the facts whose rank, as `rank_of` sees it, is at least `least`.
    fn at(
        &self,
        rule: &Rule,
        least: ProofRank,
        rank_of: impl Fn(&Resolved<'a>) -> ProofRank,
    ) -> Truth {
        rule.evaluate_by(|key| self.value(key, least, &rank_of))
    }

    fn in_force(&self, rule: &Rule, least: ProofRank) -> Truth {
        self.at(rule, least, Resolved::rank_in_force)
    }

    /// What an undecided rule is: unverifiable where a fact is open for which evidence was handed in, else unanswered.
    fn open(&self) -> VerdictKind {
        let is_known = |key: &FactKey| {
            let mut resolved = self.resolved.iter();
            resolved.any(|one| one.key == key && one.value().is_some())
        };
        if self.gaps.iter().all(|gap| is_known(&gap.key)) {
            VerdictKind::Unanswered
        } else {
            VerdictKind::Unverifiable
        }
    }

    /// Judges a gate. The supplier's word alone (rank 1) settles it only where the criterion allows that and
    /// the responsible officer noted it.
    pub(super) fn gate(
        &self,
        pass: &Rule,
        settled_by: ProofRank,
        note: Option<&Note>,
        judgment: &mut Judgment,
    ) {
        let unnoted = settled_by.max(ProofRank::DOCUMENT);
        let settled_by = if note.is_some() { settled_by } else { unnoted };
        let kind = match self.at(pass, ProofRank::ANSWER, Resolved::rank) {
            Truth::False => VerdictKind::Fail,
            Truth::Unknown => self.open(),
            Truth::True if self.in_force(pass, settled_by) == Truth::True => VerdictKind::Pass,
            Truth::True if self.at(pass, settled_by, Resolved::nominal_rank) == Truth::True => {
                VerdictKind::Stale
            }
            Truth::True => VerdictKind::Unverifiable,
        };
        let decided = if kind == VerdictKind::Fail {
            Truth::False
        } else {
            Truth::True
        };
        judgment.proof_rank = self
            .ranks
            .iter()
            .copied()
            .find(|rank| self.at(pass, *rank, Resolved::rank) == decided)
            .unwrap_or(ProofRank::NONE);
        if kind == VerdictKind::Unverifiable && self.gaps.is_empty() {
            judgment.reasons.push(format!(
                "the evidence has rank {}, and rank {} is needed",
                judgment.proof_rank.number(),
                settled_by.number()
            ));
        }
        let rests_on_note =
            kind == VerdictKind::Pass && self.in_force(pass, unnoted) != Truth::True;
        if let Some(note) = note.filter(|_| rests_on_note) {
            judgment.citations.push(note.citation.clone());
            judgment.citations.sort();
            judgment.note = Some(note.clone());
        }
        judgment.verdict = Verdict::of(kind);
    }

    /// The best grade for which `truth` holds of its rule.
    fn best(
        &self,
        grades: &[(Grade, Rule)],
        truth: fn(Truth) -> bool,
        least: ProofRank,
        rank_of: fn(&Resolved<'a>) -> ProofRank,
    ) -> Option<Grade> {
        grades
            .iter()
            .find(|(_, rule)| truth(self.at(rule, least, rank_of)))
            .map(|(grade, _)| *grade)
    }

    /// Proven and possible level, each under its cap.
    ///
    /// Proven is the best, over all ranks, of the level that facts of this rank or higher prove, under the
    /// rank's cap; possible is the best level that is not refuted, under the highest cap.
    pub(super) fn bounds(&self, grades: &[(Grade, Rule)], caps: &[i64; 7]) -> Bounds {
        let capped = self.ranks.iter().map(|rank| {
            let cap = caps.get(usize::from(rank.number())).copied().unwrap_or(0);
            level(self.best(grades, is_true, *rank, Resolved::rank)).min(cap)
        });
        let possible = self.best(grades, is_open, ProofRank::ANSWER, Resolved::rank);
        Bounds {
            low: capped.max().unwrap_or(0),
            high: level(possible).min(caps.iter().copied().max().unwrap_or(0)),
        }
    }

    /// Every rank that some fact has, and the highest, at which what needs no fact holds.
    fn distinct_ranks(&self) -> Vec<ProofRank> {
        let mut ranks: Vec<_> = self
            .resolved
            .iter()
            .map(Resolved::rank)
            .filter(|rank| *rank > ProofRank::NONE)
            .chain([ProofRank::MACHINE])
            .collect();
        ranks.sort_unstable_by(|left, right| right.cmp(left));
        ranks.dedup();
        ranks
    }

    /// The same evaluation with one value taken as proven by a machine.
    pub(super) fn assuming(self, key: &'a FactKey, value: &'a FactValue) -> Self {
        Self {
            assumed: Some((key, value)),
            ..self
        }
    }

    /// The rank in force of one fact.
    pub(super) fn rank_of(&self, key: &FactKey) -> ProofRank {
        let found = self.resolved.iter().find(|one| one.key == key);
        found.map_or(ProofRank::NONE, Resolved::rank_in_force)
    }

    pub(super) fn score(
        &self,
        grades: &[(Grade, Rule)],
        caps: &[i64; 7],
        points: i64,
        judgment: &mut Judgment,
    ) {
        let proven = self.best(grades, is_true, ProofRank::ANSWER, Resolved::rank);
        let possible = self.best(grades, is_open, ProofRank::ANSWER, Resolved::rank);
        let in_force = || self.best(grades, is_true, ProofRank::ANSWER, Resolved::rank_in_force);
        let kind = match (proven, possible) {
            (None, None) => VerdictKind::Fail,
            (None, Some(_)) => self.open(),
            (Some(grade), _) if in_force() != Some(grade) => VerdictKind::Stale,
            (Some(Grade::A), _) => VerdictKind::Pass,
            (Some(_), _) => VerdictKind::Partial,
        };
        judgment.verdict = Verdict {
            level_per_mille: level(proven),
            ..Verdict::of(kind)
        };
        let bounds = self.bounds(grades, caps);
        judgment.low = per_mille_of(points, bounds.low);
        judgment.high = per_mille_of(points, bounds.high);
        judgment.of = Exact::from_integer(points);
        let decided = self.ranks.iter().copied().find(|rank| match proven {
            Some(grade) => self.best(grades, is_true, *rank, Resolved::rank) == Some(grade),
            None => {
                possible.is_none() && self.best(grades, is_open, *rank, Resolved::rank).is_none()
            }
        });
        judgment.proof_rank = decided.unwrap_or(ProofRank::NONE);
    }
}

fn is_true(truth: Truth) -> bool {
    truth == Truth::True
}

fn is_open(truth: Truth) -> bool {
    truth != Truth::False
}

fn level(grade: Option<Grade>) -> i64 {
    grade.map_or(0, Grade::per_mille)
}

pub(super) fn per_mille_of(points: i64, per_mille: i64) -> Exact {
    Exact::ratio(per_mille, 1000)
        .unwrap_or_else(Exact::zero)
        .times(&Exact::from_integer(points))
}
