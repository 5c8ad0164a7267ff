//! The assessment of one offering: a verdict for every criterion, gates apart from scores, and the score
//! as an interval from what is proven to what is still possible.
//!
//! A pure function of facts, case, catalog and day. No floating point, no clock, no order of input.

pub mod because;
pub mod contradiction;
pub mod example;
pub mod resolve;
pub mod verdict;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assessment::because::Explanation;
use crate::assessment::contradiction::Contradiction;
use crate::assessment::resolve::Resolved;
use crate::assessment::verdict::{Verdict, VerdictKind};
use crate::criteria::case::Case;
use crate::criteria::rule::{Rule, Truth};
use crate::criteria::{Catalog, Criterion, Decision, Grade, Stage};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::fact::{Establishment, Fact, FactValue, Gap, ProofRank};
use crate::id::{BidId, CriterionId, FactKey};
use crate::text::Text;
use crate::time::{Date, add_months};

/// An exceptional action under Article 8 of the Common Model, as far as it bears on a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Identifier in the agency's register of exceptions.
    pub id: String,
    /// The criterion that is waived.
    pub criterion: CriterionId,
    /// The bid it is granted to; `None` for the procurement as a whole.
    pub bid: Option<BidId>,
    /// First day.
    pub start: Date,
    /// Last day.
    pub expiry: Date,
    /// Where it stands.
    pub citation: Citation,
}

/// The agency's confirmed statement that a criterion does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplicable {
    /// The criterion.
    pub criterion: CriterionId,
    /// Why.
    pub reason: Text,
    /// The role that confirmed it; never the supplier.
    pub confirmed_by: String,
    /// Where it stands.
    pub citation: Citation,
}

/// What the agency decided about single criteria.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Exceptions.
    pub exceptions: Vec<Exception>,
    /// Criteria that do not apply.
    pub not_applicable: Vec<NotApplicable>,
}

/// A value that took part in a verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UsedValue {
    /// The fact.
    pub fact: FactKey,
    /// Its value.
    pub value: FactValue,
    /// The rank that its evidence has on the day of judgment.
    pub proof_rank: u8,
    /// Whether this value counted; a weaker or contradicted one did not.
    pub counted: bool,
    /// Where it stands.
    pub citations: Vec<Citation>,
}

/// The judgment of one criterion.
#[derive(Debug, Clone)]
pub struct Judgment {
    /// Which criterion.
    pub criterion: CriterionId,
    /// The digest of the criterion's file.
    pub criterion_digest: Digest,
    /// The stage, for a gate.
    pub stage: Option<Stage>,
    /// The verdict.
    pub verdict: Verdict,
    /// The strongest rank at which the verdict holds; 0 where nothing supports it.
    pub proof_rank: ProofRank,
    /// Every place that took part, sorted.
    pub citations: Vec<Citation>,
    /// Every value that took part, sorted.
    pub values: Vec<UsedValue>,
    /// Why evidence could not be used.
    pub reasons: Vec<String>,
    /// What the rules say, and which conditions decided.
    pub because: Vec<Explanation>,
    /// Points proven.
    pub low: Exact,
    /// Points still possible.
    pub high: Exact,
    /// Points at most; zero for a gate and for what does not apply.
    pub of: Exact,
    /// The day after which the verdict is due again.
    pub due: Option<Date>,
}

/// The assessment of one offering.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The day of judgment.
    pub as_of: Date,
    /// Judgments by criterion.
    pub judgments: BTreeMap<CriterionId, Judgment>,
    /// Facts that contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// Points proven over all scored criteria.
    pub low: Exact,
    /// Points still possible.
    pub high: Exact,
    /// Points of all scored criteria that apply.
    pub of: Exact,
}

impl Assessment {
    /// The gates of a stage, in order of their criteria.
    pub fn gates(&self, stage: Stage) -> impl Iterator<Item = &Judgment> {
        self.judgments
            .values()
            .filter(move |judgment| judgment.stage == Some(stage))
    }
}

/// Assesses one offering.
pub fn assess(
    catalog: &Catalog,
    case: &Case,
    decisions: &Decisions,
    found: &Establishment,
    as_of: Date,
) -> Assessment {
    let index = FactIndex::new(catalog, found, as_of);
    let judgments: BTreeMap<_, _> = catalog
        .criteria
        .values()
        .map(|criterion| {
            (
                criterion.id.clone(),
                judge(catalog, criterion, case, decisions, &index),
            )
        })
        .collect();
    let sum = |part: fn(&Judgment) -> &Exact| judgments.values().map(part).cloned().sum();
    Assessment {
        as_of,
        low: sum(|one| &one.low),
        high: sum(|one| &one.high),
        of: sum(|one| &one.of),
        judgments,
        contradictions: contradiction::find(&catalog.vocabulary, &found.facts, as_of),
    }
}

/// Judges one criterion alone, exactly as [`assess`] would.
pub fn assess_criterion(
    catalog: &Catalog,
    criterion: &Criterion,
    case: &Case,
    decisions: &Decisions,
    found: &Establishment,
    as_of: Date,
) -> Judgment {
    judge(
        catalog,
        criterion,
        case,
        decisions,
        &FactIndex::new(catalog, found, as_of),
    )
}

/// The facts and gaps of one offering by key.
struct FactIndex<'a> {
    catalog: &'a Catalog,
    facts: BTreeMap<&'a FactKey, Vec<&'a Fact>>,
    gaps: BTreeMap<&'a FactKey, Vec<&'a Gap>>,
    as_of: Date,
}

impl<'a> FactIndex<'a> {
    fn new(catalog: &'a Catalog, found: &'a Establishment, as_of: Date) -> Self {
        let mut facts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for fact in &found.facts {
            facts.entry(&fact.key).or_default().push(fact);
        }
        let mut gaps: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for gap in &found.gaps {
            gaps.entry(&gap.key).or_default().push(gap);
        }
        Self {
            catalog,
            facts,
            gaps,
            as_of,
        }
    }
}

fn judge(
    catalog: &Catalog,
    criterion: &Criterion,
    case: &Case,
    decisions: &Decisions,
    index: &FactIndex<'_>,
) -> Judgment {
    let mut judgment = Judgment {
        criterion: criterion.id.clone(),
        criterion_digest: criterion.digest,
        stage: criterion.stage(),
        verdict: Verdict::of(VerdictKind::Unanswered),
        proof_rank: ProofRank::NONE,
        citations: Vec::new(),
        values: Vec::new(),
        reasons: Vec::new(),
        because: Vec::new(),
        low: Exact::zero(),
        high: Exact::zero(),
        of: Exact::zero(),
        due: None,
    };
    if let Some(reason) = out_of_scope(criterion, case) {
        judgment.verdict = Verdict::not_applicable(reason);
        judgment.because = because::out_of_scope(criterion, case);
        return judgment;
    }
    if let Some(decision) = decisions
        .not_applicable
        .iter()
        .find(|one| one.criterion == criterion.id)
    {
        judgment.verdict = Verdict::not_applicable(decision.reason.clone());
        judgment.citations.push(decision.citation.clone());
        return judgment;
    }
    let evaluation = Evaluation::new(criterion, case, index);
    evaluation.record_inputs(&mut judgment);
    match &criterion.decision {
        Decision::Gate {
            settled_by, pass, ..
        } => evaluation.gate(pass, *settled_by, &mut judgment),
        Decision::Score { grades, .. } => {
            let caps = criterion.caps.as_ref().unwrap_or(&catalog.caps);
            evaluation.score(grades, caps, criterion.points(), &mut judgment);
        }
    }
    judgment.because = evaluation.explain(criterion, judgment.verdict.kind);
    let exception = decisions.exceptions.iter().find(|one| {
        one.criterion == criterion.id && one.start <= index.as_of && index.as_of <= one.expiry
    });
    if let Some(exception) = exception
        && judgment.verdict.kind != VerdictKind::Pass
    {
        judgment.verdict = Verdict::waived(exception.id.clone());
        judgment.citations.push(exception.citation.clone());
        judgment.citations.sort();
        judgment.due = Some(exception.expiry);
    }
    judgment
}

/// Why a criterion lies outside of a case, if it does. The agency's own parameters decide, so the reason
/// is confirmed.
fn out_of_scope(criterion: &Criterion, case: &Case) -> Option<Text> {
    if !criterion
        .offerings
        .iter()
        .any(|kind| case.offering_types.contains(kind))
    {
        return Some(Text {
            ja: "調達の区分が対象外".to_owned(),
            en: "the procurement is of another type".to_owned(),
        });
    }
    if case.confidentiality < criterion.confidentiality {
        return Some(Text {
            ja: format!(
                "機密性{}以上の情報を取り扱わない",
                criterion.confidentiality
            ),
            en: format!(
                "no information of confidentiality class {} or higher is handled",
                criterion.confidentiality
            ),
        });
    }
    let known: BTreeMap<_, _> = case.parameters.iter().collect();
    let when = criterion.when.as_ref()?;
    (when.evaluate(&known) == Truth::False).then(|| Text {
        ja: "適用条件を満たさない".to_owned(),
        en: "the condition for applying it is not met".to_owned(),
    })
}

/// The resolved facts of one criterion, ready to be evaluated at any rank.
struct Evaluation<'a> {
    case: &'a Case,
    resolved: Vec<Resolved<'a>>,
    gaps: Vec<&'a Gap>,
    due: Option<Date>,
}

impl<'a> Evaluation<'a> {
    fn new(criterion: &Criterion, case: &'a Case, index: &FactIndex<'a>) -> Self {
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
        Self {
            case,
            resolved,
            gaps,
            due,
        }
    }

    fn record_inputs(&self, judgment: &mut Judgment) {
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

    fn open(&self) -> VerdictKind {
        if self.gaps.is_empty() {
            VerdictKind::Unanswered
        } else {
            VerdictKind::Unverifiable
        }
    }

    fn gate(&self, pass: &Rule, settled_by: ProofRank, judgment: &mut Judgment) {
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
        judgment.proof_rank = ProofRank::strongest_first()
            .find(|rank| self.at(pass, *rank, Resolved::rank) == decided)
            .unwrap_or(ProofRank::NONE);
        if kind == VerdictKind::Unverifiable && self.gaps.is_empty() {
            judgment.reasons.push(format!(
                "the evidence has rank {}, and rank {} is needed",
                judgment.proof_rank.number(),
                settled_by.number()
            ));
        }
        judgment.verdict = Verdict::of(kind);
    }

    fn score(
        &self,
        grades: &[(Grade, Rule)],
        caps: &[i64; 7],
        points: i64,
        judgment: &mut Judgment,
    ) {
        let best = |truth: fn(Truth) -> bool,
                    least: ProofRank,
                    rank_of: fn(&Resolved<'a>) -> ProofRank| {
            grades
                .iter()
                .find(|(_, rule)| truth(self.at(rule, least, rank_of)))
                .map(|(grade, _)| *grade)
        };
        let is_true = |truth| truth == Truth::True;
        let is_open = |truth| truth != Truth::False;
        let proven = best(is_true, ProofRank::ANSWER, Resolved::rank);
        let possible = best(is_open, ProofRank::ANSWER, Resolved::rank);
        let level = |grade: Option<Grade>| grade.map_or(0, Grade::per_mille);

        let kind = match (proven, possible) {
            (None, None) => VerdictKind::Fail,
            (None, Some(_)) => self.open(),
            (Some(grade), _)
                if best(is_true, ProofRank::ANSWER, Resolved::rank_in_force) != Some(grade) =>
            {
                VerdictKind::Stale
            }
            (Some(Grade::A), _) => VerdictKind::Pass,
            (Some(_), _) => VerdictKind::Partial,
        };
        judgment.verdict = Verdict {
            level_per_mille: level(proven),
            ..Verdict::of(kind)
        };

        let capped = ProofRank::strongest_first()
            .map(|rank| {
                let cap = caps.get(usize::from(rank.number())).copied().unwrap_or(0);
                level(best(is_true, rank, Resolved::rank)).min(cap)
            })
            .max()
            .unwrap_or(0);
        let ceiling = level(possible).min(caps.iter().copied().max().unwrap_or(0));
        judgment.low = per_mille_of(points, capped);
        judgment.high = per_mille_of(points, ceiling);
        judgment.of = Exact::from_integer(points);
        let decided = ProofRank::strongest_first().find(|rank| match proven {
            Some(grade) => best(is_true, *rank, Resolved::rank) == Some(grade),
            None => possible.is_none() && best(is_open, *rank, Resolved::rank).is_none(),
        });
        judgment.proof_rank = decided.unwrap_or(ProofRank::NONE);
    }
}

fn per_mille_of(points: i64, per_mille: i64) -> Exact {
    Exact::ratio(per_mille, 1000)
        .unwrap_or_else(Exact::zero)
        .times(&Exact::from_integer(points))
}

/// The day on which evidence that was made on `established` is due again under a period of months.
pub(crate) fn due_after(established: Date, months: Option<i32>) -> Option<Date> {
    months.map(|months| add_months(established, months))
}
