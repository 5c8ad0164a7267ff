//! What a report on one bid shows: its assessment, its evidence and what the agency marked.

use super::library::Library;
use super::tender::{OpenTender, is_agency};
use crate::document::report::{Report, ReportHead};
use crate::evidence::Evidence;
use crate::tender::Bid;
use crate::tender::report::{AssessmentView, TenderView};

/// Gathers the report on a bid of an open tender.
///
/// The evidence is that of the bid and the agency's own; what other bidders handed in is left out.
pub fn report_on<'a>(
    library: &'a Library,
    open: &'a OpenTender,
    bid: &'a Bid,
    assessment: &'a AssessmentView,
) -> Report<'a> {
    let offering = &bid.offering;
    let folder = format!("{}/", offering.folder);
    let belongs = |one: &&Evidence| {
        !one.path.contains('/') || is_agency(one) || one.path.starts_with(&folder)
    };
    let tender = &open.tender;
    let product = offering.product.iter();
    let product = product.map(|(name, version)| format!("{name} {version}"));
    Report {
        head: ReportHead {
            agency: tender.agency_name.clone(),
            subject: (tender.id.to_string(), tender.title.clone()),
            offering: bid.id.to_string(),
            supplier: offering.supplier.clone(),
            names: offering.service.iter().cloned().chain(product).collect(),
            marking: Some(tender.marking()),
        },
        assessment,
        catalog: &library.catalog,
        evidence: open.evidence.iter().filter(belongs).collect(),
        narrowing: Vec::new(),
        repairs: Vec::new(),
    }
}

/// Gathers the reports on all bids of a judged tender that were assessed, in the order of the view.
pub fn reports_on<'a>(
    library: &'a Library,
    open: &'a OpenTender,
    view: &'a TenderView,
) -> Vec<Report<'a>> {
    let reports = view.bids.iter().filter_map(|judged| {
        let assessment = judged.assessment.as_ref()?;
        let bid = open.tender.bids.iter().find(|bid| bid.id == judged.id)?;
        Some(report_on(library, open, bid, assessment))
    });
    reports.collect()
}
