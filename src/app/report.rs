//! What a report on one bid shows: its assessment, its evidence and what the agency marked.

use super::assess::AssessedOffering;
use super::library::Library;
use super::tender::{OpenTender, is_agency};
use crate::criteria::Catalog;
use crate::document::report::{Advice, Report, ReportHead};
use crate::evidence::Evidence;
use crate::fact::dossier::Offering;
use crate::tender::Bid;
use crate::tender::record::RecordSubject;
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
    Report {
        head: ReportHead {
            agency: tender.agency_name.clone(),
            subject: (tender.id.to_string(), tender.title.clone()),
            offering: bid.id.to_string(),
            supplier: offering.supplier.clone(),
            names: names(offering),
            marking: Some(tender.marking()),
        },
        assessment,
        catalog: &library.catalog,
        evidence: open.evidence.iter().filter(belongs).collect(),
        narrowing: narrowing(&library.catalog, assessment),
        repairs: repairs(assessment),
    }
}

/// Gathers the report on one assessed offering.
pub fn report_of<'a>(library: &'a Library, assessed: &'a AssessedOffering) -> Report<'a> {
    let offering = &assessed.offering;
    let id = match &assessed.subject {
        RecordSubject::Bid { tender, .. } => tender.to_string(),
        _ => offering.id.to_string(),
    };
    Report {
        head: ReportHead {
            agency: assessed.agency.clone(),
            subject: (id, assessed.title.clone().unwrap_or_default()),
            offering: offering.id.to_string(),
            supplier: offering.supplier.clone(),
            names: names(offering),
            marking: Some(assessed.marking.clone()),
        },
        assessment: &assessed.view,
        catalog: &library.catalog,
        evidence: assessed.evidence.iter().collect(),
        narrowing: narrowing(&library.catalog, &assessed.view),
        repairs: repairs(&assessed.view),
    }
}

/// What would narrow the score: by fact, with what its first criterion asks for.
fn narrowing(catalog: &Catalog, view: &AssessmentView) -> Vec<Advice> {
    let all = view.narrowing.iter().flatten();
    all.map(|one| {
        let criteria: Vec<_> = one
            .criteria
            .iter()
            .map(|part| part.criterion.clone())
            .collect();
        let first = criteria.first().and_then(|id| catalog.criteria.get(id));
        Advice {
            fact: Some(one.fact.clone()),
            what: first
                .map(|criterion| criterion.ask.clone())
                .unwrap_or_default(),
            points: Some(one.removes.clone()),
            criteria,
        }
    })
    .collect()
}

/// What to repair, in the order of the view.
fn repairs(view: &AssessmentView) -> Vec<Advice> {
    view.repairs
        .iter()
        .map(|one| Advice {
            criteria: vec![one.criterion.clone()],
            fact: None,
            what: one.ask.clone(),
            points: one.lost.clone(),
        })
        .collect()
}

/// Product with version, and cloud service, as far as they are named.
fn names(offering: &Offering) -> Vec<String> {
    let product = offering.product.iter();
    let product = product.map(|(name, version)| format!("{name} {version}"));
    offering.service.iter().cloned().chain(product).collect()
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
