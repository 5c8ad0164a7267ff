//! The report of one assessment: a page to print, a workbook, and a short text for a terminal.
//!
//! Three forms of one thing: [`paper`] puts an assessment into the words of a language, with every point tied to the
//! place in the evidence that it rests on; the forms only lay it out. What documents say is shown as text and nothing
//! else: escaped in the page, as text cells in the workbook, with control and direction-changing characters replaced.

mod appendix;
mod bars;
mod page;
mod paper;
mod ranking;
mod terminal;
mod workbook;

pub use page::{PageError, page, tender_page};
pub(in crate::document) use page::{margins, style_hash};
pub use terminal::{criterion_text, text};
pub(in crate::document) use workbook::decimal;
pub use workbook::{WorkbookError, workbook};

use crate::classification::Marking;
use crate::criteria::Catalog;
use crate::evidence::Evidence;
use crate::exact::Exact;
use crate::id::{CriterionId, FactKey};
use crate::tender::report::AssessmentView;
use crate::text::{Text, printable, shortened};

/// For what and for whom was assessed.
#[derive(Debug, Clone, Default)]
pub struct ReportHead {
    /// The agency's name; empty where none is behind the assessment.
    pub agency: Text,
    /// The procurement or, where none is behind it, the offering: identifier and title.
    pub subject: (String, Text),
    /// The bid or offering.
    pub offering: String,
    /// The supplier's name.
    pub supplier: Text,
    /// Product with version, and cloud service, as far as they are named.
    pub names: Vec<String>,
    /// Classes and handling restrictions (Common Model, articles 15 and 16); they stand on every printed page.
    pub marking: Option<Marking>,
}

/// One thing that is advised: what to hand in, or what to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The criteria that it bears on, the one that matters most first.
    pub criteria: Vec<CriterionId>,
    /// The fact that is to be proven, where the advice is about one.
    pub fact: Option<FactKey>,
    /// What to do.
    pub what: Text,
    /// Points that hang on it; absent for a gate.
    pub points: Option<Exact>,
}

/// Everything that a report shows.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// For what and for whom.
    pub head: ReportHead,
    /// The assessment.
    pub assessment: &'a AssessmentView,
    /// The catalog that judged.
    pub catalog: &'a Catalog,
    /// The evidence of the offering: what the supplier handed in and what the agency holds.
    pub evidence: Vec<&'a Evidence>,
    /// What would narrow the interval most, the most first.
    pub narrowing: Vec<Advice>,
    /// What the supplier must repair, the first first.
    pub repairs: Vec<Advice>,
}

/// The most characters of a text of a document that are shown.
const SHOWN: usize = 300;

/// A text of a document as it may be shown.
fn shown_text(text: &str) -> String {
    shortened(&printable(text), SHOWN)
}
