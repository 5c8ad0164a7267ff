//! Tenders: bids with their evidence and prices, evaluated into a ranking by exact arithmetic.
//!
//! Every number on this path is a rational; rounding happens only where the published procedure says so,
//! and every step is printed in the derivation.

pub mod consolidation;
pub mod evaluate;
pub mod formula;
pub mod illustration;
pub mod item;
pub mod ocds;
pub mod parse;
pub mod proceeding;
pub mod procedure;
pub mod record;
pub mod report;
pub mod surface;
pub mod score_sheet;
pub mod technical;
pub mod sensitivity;
pub mod timetable;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assessment::Decisions;
use crate::classification::{Classes, Marking};
use crate::criteria::case::Case;
use crate::exact::Exact;
use crate::fact::dossier::Offering;
use crate::id::{AgencyId, BidId, ClauseId, TenderId};
use crate::tender::item::{Confirmation, Evaluator, Item, Mark, OutlierReason, Sheet};
use crate::tender::procedure::{Procedure, Scaling};
use crate::tender::timetable::Timetable;
use crate::text::Text;
use crate::time::Date;

/// The folders of a tender that hold the agency's own evidence.
pub const AGENCY_FOLDERS: [&str; 4] = ["advisories", "agency", "registry", "trust"];

/// The folder of an offering without a tender that holds what its supplier handed in.
pub const EVIDENCE_FOLDER: &str = "evidence";

/// One tender.
#[derive(Debug, Clone)]
pub struct Tender {
    /// Identifier.
    pub id: TenderId,
    /// Title.
    pub title: Text,
    /// The procuring agency.
    pub agency: AgencyId,
    /// The agency's name.
    pub agency_name: Text,
    /// The day of evaluation.
    pub as_of: Date,
    /// The last day on which bids are taken.
    pub bid_deadline: Date,
    /// What falls when, the deadline for bids included.
    pub timetable: Timetable,
    /// The criteria that bids are judged by; absent when the tender scores marks only.
    pub catalog: Option<String>,
    /// What is procured.
    pub case: Case,
    /// The information that the supplier will handle.
    pub information: Vec<InformationItem>,
    /// How bids are evaluated.
    pub procedure: Procedure,
    /// The lots into which the tender is parted (分割); one without an id when it is not. Each is ranked by itself.
    pub lots: Vec<Lot>,
    /// Whether amounts such as the planned price stand among the rules, which the procedure's digest covers, without having
    /// been published with them for sure.
    pub amounts_in_rules: bool,
    /// Whether prices are with tax.
    pub tax_basis: TaxBasis,
    /// The technical points allotted; the sum of the blocks unless the procedure scales them.
    pub technical_points: Exact,
    /// Technical points below this exclude a bid (S27g), where the tender sets it.
    pub technical_minimum: Option<Exact>,
    /// The values of the procedure's parameters.
    pub parameters: BTreeMap<String, Exact>,
    /// The blocks of technical points, in published order.
    pub blocks: Vec<Block>,
    /// The evaluation items (評価項目), in published order.
    pub items: Vec<Item>,
    /// The evaluators, sorted by identifier.
    pub evaluators: Vec<Evaluator>,
    /// Whether every verdict of the machine that counts must be confirmed or overruled by a person.
    pub confirms_verdicts: bool,
    /// What people said of the verdicts of the machine.
    pub confirmations: Vec<Confirmation>,
    /// Why marks that lie far from the others stand.
    pub outlier_reasons: Vec<OutlierReason>,
    /// The bids, sorted by identifier.
    pub bids: Vec<Bid>,
    /// Exceptions and confirmed non-applicability.
    pub decisions: Decisions,
    /// Parameter values of clauses.
    pub clause_parameters: BTreeMap<ClauseId, BTreeMap<String, ParameterValue>>,
    /// The order of the lots drawn (くじ) outside of the tool, if they were.
    pub draw: Vec<BidId>,
}

/// One lot of a tender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Identifier; none when the tender is not parted.
    pub id: Option<String>,
    /// Title; the tender's when it is not parted.
    pub title: Text,
    /// The planned price (予定価格) in yen; none where the procedure has none, or before it is opened.
    pub ceiling_yen: Option<i64>,
    /// Points for the price; none where the procedure has none.
    pub price_allotment: Option<Exact>,
    /// Below this price in yen a bid is investigated (調査基準価格), where it is set as an amount.
    pub investigation_price_yen: Option<i64>,
    /// Below this price in yen a bid is excluded (最低制限価格), where there is one.
    pub minimum_price_yen: Option<i64>,
}

impl Lot {
    /// Whether any amount is set.
    pub(crate) fn has_amounts(&self) -> bool {
        let amounts = [
            self.ceiling_yen,
            self.investigation_price_yen,
            self.minimum_price_yen,
        ];
        amounts.iter().any(Option::is_some)
    }
}

/// Whether prices are with consumption tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxBasis {
    /// Bids and planned price are without tax.
    Excluded,
    /// Bids are without tax, the planned price is with tax; it is compared without.
    CeilingIncluded,
    /// Bids and planned price are with tax.
    Included,
}

impl TaxBasis {
    /// Every basis with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("excluded", Self::Excluded),
        ("ceiling-included", Self::CeilingIncluded),
        ("included", Self::Included),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, basis)| *basis == self)
            .map_or("", |(word, _)| word)
    }
}

/// One offering that is assessed without a tender.
#[derive(Debug, Clone)]
pub struct OfferingFile {
    /// Title.
    pub title: Option<Text>,
    /// The day of judgment.
    pub as_of: Date,
    /// The criteria that it is judged by; the library's when left out.
    pub catalog: Option<String>,
    /// What is procured.
    pub case: Case,
    /// The information that the supplier will handle.
    pub information: Vec<InformationItem>,
    /// What is offered.
    pub offering: Offering,
    /// Exceptions, confirmed non-applicability and notes.
    pub decisions: Decisions,
}

impl OfferingFile {
    /// What every paper about this offering must show.
    pub fn marking(&self) -> Marking {
        marking(&self.information)
    }
}

/// One item of information with its classes (Common Model, articles 15 and 16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationItem {
    /// What it is.
    pub name: Text,
    /// Confidentiality class, 1 to 3.
    pub confidentiality: i64,
    /// Integrity class, 1 or 2.
    pub integrity: i64,
    /// Availability class, 1 or 2.
    pub availability: i64,
    /// Handling restrictions.
    pub restrictions: Vec<String>,
}

impl Tender {
    /// What every paper about this tender must show: the highest classes and all restrictions of its information.
    pub fn marking(&self) -> Marking {
        marking(&self.information)
    }
}

pub(crate) fn marking(information: &[InformationItem]) -> Marking {
    let items = information.iter().filter_map(InformationItem::marking);
    items.fold(Marking::lowest(), |whole, part| whole.with(&part))
}

impl InformationItem {
    fn marking(&self) -> Option<Marking> {
        Some(Marking {
            classes: Classes::new(self.confidentiality, self.integrity, self.availability)?,
            restrictions: self.restrictions.clone(),
        })
    }
}

/// The value of a clause parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// A block of technical points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// How its points come about.
    pub kind: BlockKind,
    /// The points at most.
    pub points: Exact,
    /// Raw points below this exclude a bid, where the tender sets it.
    pub minimum: Option<Exact>,
    /// Whether the raw points are brought to the block's points.
    pub scaling: Option<Scaling>,
}

/// How the points of a block come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Base points (基礎点): all, when every mandatory item is met; a bid that misses one is excluded.
    Base,
    /// Bonus points (加点) from the scored criteria, scaled to the block.
    Criteria,
    /// Bonus points that the review committee marked, item by item or as one mark.
    Marks,
}

impl BlockKind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("base", Self::Base),
        ("criteria", Self::Criteria),
        ("marks", Self::Marks),
    ];
}

/// One bid.
#[derive(Debug, Clone)]
pub struct Bid {
    /// Identifier.
    pub id: BidId,
    /// What is offered, and where its evidence lies; evidence is read only when `folder` is not empty.
    pub offering: Offering,
    /// The lot that it is for, by its place in the tender.
    pub lot: usize,
    /// The price in yen, with or without tax as the tender says.
    pub price_yen: i64,
    /// The committee's marks, by block that has no items.
    pub marks: BTreeMap<String, Exact>,
    /// The evaluators' sheets, sorted by evaluator.
    pub sheets: Vec<Sheet>,
    /// Mandatory items beside the criteria that the committee found not met.
    pub mandatory_unmet: Vec<String>,
    /// Why the contracting officer excluded the bid, if so.
    pub declared_excluded: Option<Text>,
    /// Whether it was excluded after the bids had been ranked, such as after a low-bid investigation; the ranking
    /// before is then kept beside the one after.
    pub excluded_after_ranking: bool,
}

impl Bid {
    /// How many evaluators found a mandatory item, by its place in the tender, not met.
    pub fn found_unmet(&self, item: usize) -> usize {
        let unmet = |sheet: &&Sheet| sheet.marks.get(item) == Some(&Some(Mark::Met(false)));
        self.sheets.iter().filter(unmet).count()
    }
}

impl Tender {
    /// What of other bids the points of a bid depend on: names of the formulas, and the best bid where it scales.
    pub fn depends_on_others(&self) -> Vec<String> {
        let mut names = self.procedure.depends_on();
        let scaled = self
            .blocks
            .iter()
            .filter(|block| block.scaling == Some(Scaling::Best));
        names.extend(scaled.map(|block| format!("best:{}", block.id)));
        names
    }

    /// The planned price of a lot as bids are compared with it; none where there is none.
    pub fn comparison_ceiling(&self, lot: &Lot) -> Option<Exact> {
        let ceiling = Exact::from_integer(lot.ceiling_yen?);
        Some(match self.tax_basis {
            TaxBasis::CeilingIncluded => self.procedure.tax.without_tax(&ceiling),
            TaxBasis::Excluded | TaxBasis::Included => ceiling,
        })
    }

    /// The contract price of a bid with tax, in yen.
    pub fn contract_price(&self, price_yen: i64) -> Exact {
        let price = Exact::from_integer(price_yen);
        match self.tax_basis {
            TaxBasis::Included => price,
            TaxBasis::Excluded | TaxBasis::CeilingIncluded => self.procedure.tax.with_tax(&price),
        }
    }

    /// Below what price in yen a bid to a lot is investigated; none where no rule applies.
    pub fn investigation_price(&self, lot: &Lot) -> Option<Exact> {
        if let Some(yen) = lot.investigation_price_yen {
            return Some(Exact::from_integer(yen));
        }
        let share = self.procedure.low_bid_share.as_ref()?;
        let applies = lot.ceiling_yen? > self.procedure.low_bid_from_yen;
        applies.then(|| Some(share.times(&self.comparison_ceiling(lot)?)))?
    }
}
