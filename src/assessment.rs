//! The assessment of one offering: a verdict for every criterion, gates apart from scores, and the score
//! as an interval from what is proven to what is still possible.
//!
//! A pure function of facts, case, catalog and day. No floating point, no clock, no order of input.

pub mod because;
pub mod completeness;
pub mod contradiction;
pub mod decision;
mod evaluation;
pub mod example;
pub mod narrowing;
pub mod repair;
pub mod resolve;
pub mod verdict;

pub use decision::{Decisions, Exception, NotApplicable, Note};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assessment::because::Explanation;
use crate::assessment::completeness::Completeness;
use crate::assessment::contradiction::Contradiction;
use crate::assessment::evaluation::Evaluation;
use crate::assessment::verdict::{Verdict, VerdictKind};
use crate::criteria::case::Case;
use crate::criteria::rule::Truth;
use crate::criteria::{Catalog, Criterion, Decision, Stage};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::fact::{Establishment, Fact, FactValue, Gap, ProofRank};
use crate::id::{CriterionId, FactKey};
use crate::text::Text;
use crate::time::{Date, add_months};

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
    /// The officer's note without which the gate would not have passed on the supplier's word.
    pub note: Option<Note>,
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
    /// How much is answered, and where the score lies in per mille.
    pub completeness: Completeness,
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
    let sum =
        |part: fn(&Judgment) -> &Exact| -> Exact { judgments.values().map(part).cloned().sum() };
    let (low, high, of) = (
        sum(|one| &one.low),
        sum(|one| &one.high),
        sum(|one| &one.of),
    );
    Assessment {
        as_of,
        completeness: Completeness::new(&judgments, &low, &high, &of),
        low,
        high,
        of,
        judgments,
        contradictions: contradiction::find(&catalog.vocabulary, found, as_of),
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
pub(crate) struct FactIndex<'a> {
    catalog: &'a Catalog,
    facts: BTreeMap<&'a FactKey, Vec<&'a Fact>>,
    gaps: BTreeMap<&'a FactKey, Vec<&'a Gap>>,
    as_of: Date,
}

impl<'a> FactIndex<'a> {
    pub(crate) fn new(catalog: &'a Catalog, found: &'a Establishment, as_of: Date) -> Self {
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
        note: None,
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
        } => {
            let note = decisions.note(&criterion.id, index.as_of);
            evaluation.gate(pass, *settled_by, note, &mut judgment);
        }
        Decision::Score { grades, .. } => {
            let caps = criterion.caps.as_ref().unwrap_or(&catalog.caps);
            evaluation.score(grades, caps, criterion.points(), &mut judgment);
        }
    }
    judgment.because = evaluation.explain(criterion, &judgment);
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

/// The day on which evidence that was made on `established` is due again under a period of months.
pub(crate) fn due_after(established: Date, months: Option<i32>) -> Option<Date> {
    months.map(|months| add_months(established, months))
}
