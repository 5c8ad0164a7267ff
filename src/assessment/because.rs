//! Why a verdict is what it is: what the rules say, which conditions decided, and under which values.

use serde::Serialize;

use super::Judgment;
use super::evaluation::Evaluation;
use super::resolve::Resolved;
use super::verdict::VerdictKind;
use crate::criteria::case::Case;
use crate::criteria::rule::{Because, Lack, Rule, Truth};
use crate::criteria::{Criterion, Decision};
use crate::fact::{FactValue, ProofRank};
use crate::id::FactKey;

/// What one rule of a criterion says, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Which rule: `pass` of a gate, `A`, `B` or `C` of a score, or `when`, the condition for applying it.
    pub rule: &'static str,
    /// What it says.
    pub truth: Truth,
    /// The conditions that decided.
    pub because: Vec<Because>,
}

/// Why a criterion's own condition keeps it out of a case; empty where another reason does.
pub(super) fn out_of_scope(criterion: &Criterion, case: &Case) -> Vec<Explanation> {
    let explained = criterion
        .when
        .iter()
        .map(|rule| ("when", rule.explain(|key| case.parameters.get(key))));
    explained
        .filter(|(_, (truth, _))| *truth == Truth::False)
        .map(|(rule, (truth, because))| Explanation {
            rule,
            truth,
            because,
        })
        .collect()
}

/// How the evidence of a fact is weighed.
type RankOf<'a> = fn(&Resolved<'a>) -> ProofRank;

impl<'a> Evaluation<'a> {
    /// The value that a rule sees when only facts of a rank count.
    pub(super) fn value(
        &self,
        key: &FactKey,
        least: ProofRank,
        rank_of: impl Fn(&Resolved<'a>) -> ProofRank,
    ) -> Option<&'a FactValue> {
        let found = || {
            self.resolved(key)
                .filter(|one| rank_of(one) >= least)
                .and_then(Resolved::value)
        };
        let assumed = self.assumed.filter(|(assumed, _)| *assumed == key);
        assumed
            .map(|(_, value)| value)
            .or_else(|| self.case.parameters.get(key))
            .or_else(found)
    }

    fn resolved(&self, key: &FactKey) -> Option<&Resolved<'a>> {
        self.resolved.iter().find(|one| one.key == key)
    }

    /// Explains a verdict: of a gate what its rule says, of a score what the grades say down to the one that
    /// holds. Where the rule holds and the evidence does not carry it, the facts that are too weak or expired
    /// are told as missing.
    pub(super) fn explain(
        &self,
        criterion: &'a Criterion,
        judgment: &Judgment,
    ) -> Vec<Explanation> {
        match &criterion.decision {
            Decision::Gate {
                settled_by, pass, ..
            } => {
                let over_all = self.told("pass", pass, ProofRank::ANSWER, Resolved::rank);
                if over_all.truth == Truth::True {
                    let least = match judgment.note {
                        Some(_) => *settled_by,
                        None => (*settled_by).max(ProofRank::DOCUMENT),
                    };
                    vec![self.told("pass", pass, least, Resolved::rank_in_force)]
                } else {
                    vec![over_all]
                }
            }
            Decision::Score { grades, .. } => {
                let rank_of: RankOf<'a> = if judgment.verdict.kind == VerdictKind::Stale {
                    Resolved::rank_in_force
                } else {
                    Resolved::rank
                };
                let mut told = Vec::new();
                for (grade, rule) in grades {
                    let one = self.told(grade.word(), rule, ProofRank::ANSWER, rank_of);
                    let holds = one.truth == Truth::True;
                    told.push(one);
                    if holds {
                        break;
                    }
                }
                told
            }
        }
    }

    fn told(
        &self,
        name: &'static str,
        rule: &'a Rule,
        least: ProofRank,
        rank_of: RankOf<'a>,
    ) -> Explanation {
        let (truth, mut because) = rule.explain(|key| self.value(key, least, rank_of));
        for one in &mut because {
            self.weigh(one, least);
        }
        Explanation {
            rule: name,
            truth,
            because,
        }
    }

    /// Adds the ranks of the evidence, and why what is there does not count.
    fn weigh(&self, because: &mut Because, least: ProofRank) {
        let is_parameter = |key| self.case.parameters.contains_key(key);
        for seen in &mut because.values {
            seen.proof_rank = self
                .resolved(&seen.fact)
                .filter(|_| !is_parameter(&seen.fact))
                .map(|one| one.rank().number());
        }
        for missing in &mut because.missing {
            let Some(one) = self
                .resolved(&missing.fact)
                .filter(|_| missing.lack == Lack::Absent)
            else {
                continue;
            };
            missing.value = one.value().cloned();
            missing.lack = match &missing.value {
                None => Lack::Undecided,
                Some(_) if one.nominal_rank() >= least && one.rank_in_force() < least => {
                    Lack::Expired
                }
                Some(_) => Lack::TooWeak,
            };
            if missing.value.is_some() {
                missing.proof_rank = Some(one.rank().number());
            }
        }
        for inner in &mut because.because {
            self.weigh(inner, least);
        }
    }
}
