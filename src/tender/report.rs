//! The views of an evaluation that machines read: schemas `mekiki/assessment/v1` and `mekiki/tender/v1`.
//!
//! A published contract: fields may be added, never renamed or dropped without a new schema version.

mod improvement;
mod marking;

pub use improvement::{CompletenessView, NarrowedView, NarrowingView, RepairView};
pub use marking::{BlockPoints, ConfirmationView, EvaluatorPoints, ItemPoints, LotView};
use marking::{block_points, confirmations, item_points, lots};
use serde::Serialize;

use super::Tender;
use super::evaluate::{BidOutcome, Exclusion, Interval, Outcome, Proposal, Recomputation, Step};
use super::procedure::TieRule;
use crate::assessment::because::Explanation;
use crate::assessment::contradiction::Contradiction;
use crate::assessment::repair::repairs;
use crate::assessment::verdict::Verdict;
use crate::assessment::{Assessment, Judgment, Note, UsedValue};
use crate::criteria::overlay::Layer;
use crate::criteria::{Catalog, Stage};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::id::{BidId, CriterionId, TenderId};
use crate::tender::sensitivity::SensitivityView;
use crate::text::Text;
use crate::time::{Date, instant};

/// Which catalog judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogView {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
    /// Digest over its files.
    pub digest: Digest,
    /// The overlays over the base, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layer>,
    /// What a reader should know about where it comes from, such as that nobody signed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Diagnostic>,
}

impl CatalogView {
    /// Names a catalog.
    pub fn new(catalog: &Catalog) -> Self {
        Self {
            id: catalog.id.clone(),
            version: catalog.version.to_string(),
            digest: catalog.digest,
            layers: catalog.layers.clone(),
            remarks: catalog.remarks.clone(),
        }
    }
}

/// A score from what is proven to what is possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoreView {
    /// Points proven.
    pub low: Exact,
    /// Points still possible.
    pub high: Exact,
    /// Points at most.
    pub of: Exact,
}

/// The judgment of one criterion.
#[derive(Debug, Clone, Serialize)]
pub struct VerdictView {
    /// The criterion.
    pub criterion: CriterionId,
    /// Digest of the criterion's file.
    pub criterion_digest: Digest,
    /// The verdict.
    pub verdict: Verdict,
    /// The strongest rank at which it holds.
    pub proof_rank: u8,
    /// The stage, for a gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Points, for a scored criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<ScoreView>,
    /// Where it rests.
    pub citations: Vec<Citation>,
    /// The values that decided.
    pub values: Vec<UsedValue>,
    /// Why evidence could not be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What the rules say, and which conditions decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Explanation>,
    /// Why it does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Text>,
    /// The exception that waives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    /// The last day on which it holds unless renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The officer's note, where the gate passed on the supplier's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteView>,
}

impl VerdictView {
    fn new(judgment: &Judgment) -> Self {
        let points = (!judgment.of.is_zero()).then(|| ScoreView {
            low: judgment.low.clone(),
            high: judgment.high.clone(),
            of: judgment.of.clone(),
        });
        Self {
            criterion: judgment.criterion.clone(),
            criterion_digest: judgment.criterion_digest,
            verdict: judgment.verdict.clone(),
            proof_rank: judgment.proof_rank.number(),
            stage: judgment.stage,
            points,
            citations: judgment.citations.clone(),
            values: judgment.values.clone(),
            reasons: judgment.reasons.clone(),
            because: judgment.because.clone(),
            not_applicable: judgment.verdict.reason.clone(),
            exception: judgment.verdict.exception.clone(),
            due: judgment.due.map(instant),
            note: judgment.note.as_ref().map(NoteView::new),
        }
    }
}

/// The officer's note on which a gate rests.
#[derive(Debug, Clone, Serialize)]
pub struct NoteView {
    /// The role or person that answers for it.
    pub by: String,
    /// Why nothing better than the supplier's word can exist.
    pub reason: Text,
    /// The day of the note.
    pub on: String,
    /// Where it stands.
    pub citation: Citation,
}

impl NoteView {
    fn new(note: &Note) -> Self {
        Self {
            by: note.by.clone(),
            reason: note.reason.clone(),
            on: instant(note.on),
            citation: note.citation.clone(),
        }
    }
}

/// A gate with its verdict.
#[derive(Debug, Clone, Serialize)]
pub struct GateView {
    /// The criterion.
    pub criterion: CriterionId,
    /// The stage.
    pub stage: Stage,
    /// The verdict.
    pub verdict: Verdict,
}

/// An assessment, schema `mekiki/assessment/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct AssessmentView {
    /// The schema.
    pub schema: &'static str,
    /// The catalog.
    pub catalog: CatalogView,
    /// The day of judgment.
    pub as_of: String,
    /// Every criterion.
    pub verdicts: Vec<VerdictView>,
    /// The score.
    pub score: ScoreView,
    /// The gates.
    pub gates: Vec<GateView>,
    /// Facts that contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// How much is answered, and where the score lies.
    pub completeness: CompletenessView,
    /// Which evidence would narrow the score's interval, most first; only where one offering is assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrowing: Option<Vec<NarrowingView>>,
    /// What the supplier must repair, first things first.
    pub repairs: Vec<RepairView>,
    /// Remarks about the evidence.
    pub remarks: Vec<Diagnostic>,
}

impl AssessmentView {
    /// Shows an assessment.
    pub fn new(catalog: &Catalog, assessment: &Assessment, remarks: &[Diagnostic]) -> Self {
        let gates = assessment.judgments.values().filter_map(|judgment| {
            let stage = judgment.stage?;
            Some(GateView {
                criterion: judgment.criterion.clone(),
                stage,
                verdict: judgment.verdict.clone(),
            })
        });
        Self {
            schema: "mekiki/assessment/v1",
            catalog: CatalogView::new(catalog),
            as_of: instant(assessment.as_of),
            verdicts: assessment
                .judgments
                .values()
                .map(VerdictView::new)
                .collect(),
            score: ScoreView {
                low: assessment.low.clone(),
                high: assessment.high.clone(),
                of: assessment.of.clone(),
            },
            gates: gates.collect(),
            contradictions: assessment.contradictions.clone(),
            completeness: CompletenessView::new(&assessment.completeness),
            narrowing: None,
            repairs: repairs(catalog, assessment)
                .into_iter()
                .map(|repair| RepairView::new(catalog, repair))
                .collect(),
            remarks: remarks.to_vec(),
        }
    }
}

/// Whether a bid is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BidStatus {
    /// In the ranking.
    Valid,
    /// Out.
    Excluded,
}

/// One bid of the report.
#[derive(Debug, Clone, Serialize)]
pub struct BidView {
    /// The bid.
    pub id: BidId,
    /// The supplier's name.
    pub supplier: Text,
    /// In or out.
    pub status: BidStatus,
    /// By what it is out: criteria or rule words.
    pub excluded_by: Vec<String>,
    /// The same with detail and citations.
    pub exclusions: Vec<Exclusion>,
    /// The lot, where the tender is parted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The price in yen, with or without tax as the tender says.
    pub price_yen: String,
    /// The contract price in yen with tax.
    pub contract_price_yen: String,
    /// Whether the price is low enough to be investigated.
    pub low_bid_investigation: bool,
    /// Technical points.
    pub technical: Option<Exact>,
    /// Price points.
    pub price_points: Option<Exact>,
    /// The total.
    pub total: Option<Exact>,
    /// The total from proven to possible.
    pub interval: Option<Interval>,
    /// The rank.
    pub rank: Option<usize>,
    /// The points of each block; empty for a bid that is out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockPoints>,
    /// The evaluation items with every evaluator's points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemPoints>,
    /// Verdicts of the machine on evaluation items, with what the evaluators decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
    /// What people said of the other verdicts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confirmations: Vec<ConfirmationView>,
    /// Verdicts that nobody confirmed or overruled yet, where the tender asks for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unconfirmed: Vec<CriterionId>,
    /// The assessment of its evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<AssessmentView>,
}

impl BidView {
    fn new(tender: &Tender, catalog: Option<&Catalog>, outcome: &BidOutcome) -> Self {
        let standing = outcome.standing.as_ref();
        let assessment = outcome
            .assessment
            .as_ref()
            .zip(catalog)
            .map(|(assessment, catalog)| {
                AssessmentView::new(catalog, assessment, &outcome.found.remarks)
            });
        Self {
            id: outcome.bid.id.clone(),
            supplier: outcome.bid.offering.supplier.clone(),
            status: if standing.is_some() {
                BidStatus::Valid
            } else {
                BidStatus::Excluded
            },
            excluded_by: outcome
                .exclusions
                .iter()
                .map(|exclusion| exclusion.by.clone())
                .collect(),
            exclusions: outcome.exclusions.clone(),
            lot: tender
                .lots
                .get(outcome.bid.lot)
                .and_then(|lot| lot.id.clone()),
            price_yen: outcome.bid.price_yen.to_string(),
            contract_price_yen: tender.contract_price(outcome.bid.price_yen).to_string(),
            low_bid_investigation: outcome.low_bid,
            technical: standing.map(|standing| standing.technical.clone()),
            price_points: standing.and_then(|standing| standing.price_points.clone()),
            total: standing.map(|standing| standing.total.clone()),
            interval: standing.map(|standing| standing.interval.clone()),
            rank: standing.map(|standing| standing.rank),
            blocks: block_points(tender, outcome),
            items: item_points(tender, outcome),
            proposals: outcome.proposals.clone(),
            confirmations: confirmations(tender, outcome),
            unconfirmed: outcome.unconfirmed.clone(),
            assessment,
        }
    }
}

/// Which procedure ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcedureView {
    /// Identifier.
    pub id: String,
    /// The method's word: `addition`, `division`, `lowest-price` or `formula`.
    pub method: &'static str,
    /// Whether bids have price points.
    pub price_points: bool,
    /// Whether prices are with tax: `excluded`, `ceiling-included` or `included`.
    pub tax_basis: &'static str,
    /// Digest over its file and what the tender sets.
    pub digest: Digest,
}

/// A tender, schema `mekiki/tender/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct TenderView {
    /// The schema.
    pub schema: &'static str,
    /// The tender.
    pub id: TenderId,
    /// Its title.
    pub title: Text,
    /// The agency's name.
    pub agency: Text,
    /// The day of evaluation.
    pub as_of: String,
    /// The procedure.
    pub procedure: ProcedureView,
    /// The planned price in yen, as the tender gives it; none where there is none, or one a lot.
    pub ceiling_yen: Option<String>,
    /// The lots, where the tender is parted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<LotView>,
    /// Whether verdicts of the machine still wait for a person, so that the ranking may change.
    pub provisional: bool,
    /// The bids by identifier.
    pub bids: Vec<BidView>,
    /// The winner; several on an unbroken tie.
    pub winner: Vec<BidId>,
    /// How ties are broken, in order.
    pub tie_rule: String,
    /// The rule that broke a tie for the first rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie_broken_by: Option<String>,
    /// Rankings before an exclusion, and whom it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recomputations: Vec<Recomputation>,
    /// Every step of the arithmetic.
    pub derivation: Vec<Step>,
    /// How little would change the winner, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<SensitivityView>,
}

impl TenderView {
    /// Shows the outcome of a tender.
    pub fn new(tender: &Tender, catalog: Option<&Catalog>, outcome: &Outcome, as_of: Date) -> Self {
        let words: Vec<_> = tender
            .procedure
            .tie_rules
            .iter()
            .map(TieRule::word)
            .collect();
        let whole = tender.lots.first().filter(|lot| lot.id.is_none());
        let single = match outcome.lots.as_slice() {
            [one] => one.tie_broken_by.as_ref(),
            _ => None,
        };
        Self {
            schema: "mekiki/tender/v1",
            id: tender.id.clone(),
            title: tender.title.clone(),
            agency: tender.agency_name.clone(),
            as_of: instant(as_of),
            procedure: ProcedureView {
                id: tender.procedure.id.clone(),
                method: tender.procedure.method.word(),
                price_points: tender.procedure.price.is_some(),
                tax_basis: tender.tax_basis.word(),
                digest: tender.procedure.digest,
            },
            ceiling_yen: whole
                .and_then(|lot| lot.ceiling_yen)
                .map(|yen| yen.to_string()),
            lots: lots(tender, outcome),
            provisional: outcome.bids.iter().any(|bid| !bid.unconfirmed.is_empty()),
            bids: outcome
                .bids
                .iter()
                .map(|bid| BidView::new(tender, catalog, bid))
                .collect(),
            winner: outcome.winner(),
            tie_rule: words.join(", then "),
            tie_broken_by: single.map(TieRule::word),
            recomputations: outcome.recomputations.clone(),
            derivation: outcome.derivation.clone(),
            sensitivity: None,
        }
    }
}
