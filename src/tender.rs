//! Tenders: bids with their evidence and prices, evaluated into a ranking by exact arithmetic.
//!
//! Every number on this path is a rational; rounding happens only where the published procedure says so,
//! and every step is printed in the derivation.

pub mod evaluate;
pub mod parse;
pub mod proceeding;
pub mod procedure;
pub mod record;
pub mod report;

use std::collections::BTreeMap;

use crate::assessment::Decisions;
use crate::classification::{Classes, Marking};
use crate::criteria::case::Case;
use crate::exact::Exact;
use crate::fact::dossier::Offering;
use crate::id::{AgencyId, BidId, ClauseId, TenderId};
use crate::tender::procedure::Procedure;
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
    /// The criteria that bids are judged by; absent when the tender scores marks only.
    pub catalog: Option<String>,
    /// What is procured.
    pub case: Case,
    /// The information that the supplier will handle.
    pub information: Vec<InformationItem>,
    /// How bids are evaluated.
    pub procedure: Procedure,
    /// The planned price (予定価格) in yen without tax.
    pub ceiling_yen: i64,
    /// Points for the price.
    pub price_allotment: Exact,
    /// The blocks of technical points, in published order.
    pub blocks: Vec<Block>,
    /// The bids, sorted by identifier.
    pub bids: Vec<Bid>,
    /// Exceptions and confirmed non-applicability.
    pub decisions: Decisions,
    /// Parameter values of clauses.
    pub clause_parameters: BTreeMap<ClauseId, BTreeMap<String, ParameterValue>>,
    /// The order in which lots were drawn outside of the tool, if they were.
    pub lots: Vec<BidId>,
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

fn marking(information: &[InformationItem]) -> Marking {
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// How the points of a block come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Base points (基礎点): all, when every mandatory item is met; a bid that misses one is excluded.
    Base,
    /// Bonus points (加点) from the scored criteria, scaled to the block.
    Criteria,
    /// Bonus points that the review committee marked.
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
    /// The price in yen without tax.
    pub price_yen: i64,
    /// Marks by block.
    pub marks: BTreeMap<String, Exact>,
    /// Mandatory items beside the criteria that the committee found not met.
    pub mandatory_unmet: Vec<String>,
    /// Why the contracting officer excluded the bid, if so.
    pub declared_excluded: Option<Text>,
}
