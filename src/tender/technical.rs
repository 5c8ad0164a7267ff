//! The technical side of a tender: everything that evaluators mark by, and no price.
//!
//! **Invariant:** no field of this module can hold a bid's price or a planned price, so that nothing that is made of it,
//! such as a score sheet, can show one.

use crate::assessment::Decisions;
use crate::classification::Marking;
use crate::criteria::case::Case;
use crate::fact::dossier::Offering;
use crate::id::{BidId, TenderId};
use crate::tender::item::{Evaluator, Item, ItemKind, Mark, OutlierReason, Sheet};
use crate::tender::procedure::Procedure;
use crate::tender::{Block, Tender};
use crate::text::Text;
use crate::time::Date;

/// A tender without its prices.
#[derive(Debug, Clone)]
pub struct Technical {
    /// Identifier.
    pub id: TenderId,
    /// Title.
    pub title: Text,
    /// The agency's name.
    pub agency: Text,
    /// What every paper must show.
    pub marking: Marking,
    /// The day of evaluation.
    pub as_of: Date,
    /// The last day on which bids are taken.
    pub bid_deadline: Date,
    /// The criteria whose verdicts are proposals, if any.
    pub catalog: Option<String>,
    /// What is procured.
    pub case: Case,
    /// Exceptions and confirmed non-applicability.
    pub decisions: Decisions,
    /// How bids are evaluated.
    pub procedure: Procedure,
    /// The blocks of technical points, in published order.
    pub blocks: Vec<Block>,
    /// The evaluation items, in published order.
    pub items: Vec<Item>,
    /// The lots: identifier and title.
    pub lots: Vec<(Option<String>, Text)>,
    /// The evaluators, sorted by identifier.
    pub evaluators: Vec<Evaluator>,
    /// The bids, sorted by identifier.
    pub bids: Vec<TechnicalBid>,
    /// Why marks that lie far from the others stand.
    pub outlier_reasons: Vec<OutlierReason>,
}

/// The technical side of a bid.
#[derive(Debug, Clone)]
pub struct TechnicalBid {
    /// Identifier.
    pub id: BidId,
    /// What is offered, by whom, and where its evidence lies.
    pub offering: Offering,
    /// The lot that it is for, by its place in the tender.
    pub lot: usize,
    /// Whether it is out before anybody marks it.
    pub is_out: bool,
    /// The sheets that are in, sorted by evaluator.
    pub sheets: Vec<Sheet>,
}

impl TechnicalBid {
    /// Who marks it, by the place in the tender: every evaluator without a conflict.
    pub fn marked_by(&self, evaluators: &[Evaluator]) -> Vec<usize> {
        let free = |(_, one): &(usize, &Evaluator)| !one.conflicts.contains(&self.id);
        let marking = evaluators.iter().enumerate().filter(free);
        marking.map(|(place, _)| place).collect()
    }
}

impl Technical {
    /// The bid of an identifier.
    pub fn bid(&self, id: &BidId) -> Option<&TechnicalBid> {
        self.bids.iter().find(|bid| bid.id == *id)
    }

    /// The place of an item.
    pub fn item(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    /// Whether the published rule fails a mandatory item of a bid by the sheets that are in.
    pub fn fails_mandatory(&self, bid: &TechnicalBid) -> bool {
        let of = bid.marked_by(&self.evaluators).len();
        let rule = self.procedure.evaluators.mandatory;
        self.items.iter().enumerate().any(|(place, item)| {
            let unmet = |sheet: &&Sheet| sheet.marks.get(place) == Some(&Some(Mark::Met(false)));
            item.kind == ItemKind::Mandatory
                && rule.fails(bid.sheets.iter().filter(unmet).count(), of)
        })
    }
}

impl From<&Tender> for Technical {
    fn from(tender: &Tender) -> Self {
        let bids = tender.bids.iter().map(|bid| TechnicalBid {
            id: bid.id.clone(),
            offering: bid.offering.clone(),
            lot: bid.lot,
            is_out: (bid.declared_excluded.is_some() && !bid.excluded_after_ranking)
                || !bid.mandatory_unmet.is_empty(),
            sheets: bid.sheets.clone(),
        });
        let lots = tender.lots.iter();
        Self {
            id: tender.id.clone(),
            title: tender.title.clone(),
            agency: tender.agency_name.clone(),
            marking: tender.marking(),
            as_of: tender.as_of,
            bid_deadline: tender.bid_deadline,
            catalog: tender.catalog.clone(),
            case: tender.case.clone(),
            decisions: tender.decisions.clone(),
            procedure: tender.procedure.clone(),
            blocks: tender.blocks.clone(),
            items: tender.items.clone(),
            lots: lots
                .map(|lot| (lot.id.clone(), lot.title.clone()))
                .collect(),
            evaluators: tender.evaluators.clone(),
            bids: bids.collect(),
            outlier_reasons: tender.outlier_reasons.clone(),
        }
    }
}
