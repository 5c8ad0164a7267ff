//! Assessing one offering: a bid of a tender's folder, or the folder of an offering without a tender.

use super::Refused;
use super::agency::registered_exceptions;
use super::examination::Examination;
use super::library::Library;
use super::tender::{
    OpenTender, TENDER_FILE, exceptions_in_force, is_agency, open_bid, open_tender, stray, tables,
};
use crate::assessment::narrowing::narrow;
use crate::assessment::{Assessment, assess};
use crate::classification::Marking;
use crate::criteria::Stage;
use crate::criteria::case::Case;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::fact::Establishment;
use crate::fact::dossier::Offering;
use crate::id::BidId;
use crate::tender::parse::{check_decisions, read_offering_file};
use crate::tender::record::{RecordSubject, write_assessment};
use crate::tender::report::{AssessmentView, NarrowingView};
use crate::tender::{Bid, OfferingFile};
use crate::text::Text;
use crate::time::Date;

/// The offering file of a folder without a tender.
pub const OFFERING_FILE: &str = "offering.toml";

/// One assessed offering.
#[derive(Debug)]
pub struct AssessedOffering {
    /// The bid of a tender, or the offering.
    pub subject: RecordSubject,
    /// The title of the tender or offering, where it has one.
    pub title: Option<Text>,
    /// The agency's name; empty where no tender is behind the assessment.
    pub agency: Text,
    /// What is offered, and by whom.
    pub offering: Offering,
    /// What every paper about it must show.
    pub marking: Marking,
    /// What the assessment rests on: the agency's file and evidence, and what the supplier handed in.
    pub evidence: Vec<Evidence>,
    /// The assessment for machines.
    pub view: AssessmentView,
}

impl AssessedOffering {
    /// Whether every gate of the bid is open.
    pub fn is_acceptable(&self) -> bool {
        let mut gates = self.view.gates.iter();
        gates.all(|gate| gate.stage != Stage::Bid || gate.verdict.kind.opens_gate())
    }
}

/// Assesses one offering of a folder, as of a day or the file's own.
///
/// # Errors
///
/// Every fault of the folder's file; `bid-unnamed` or `bid-unknown` where a tender has no such single bid.
pub fn assess_folder(
    library: &Library,
    evidence: Vec<Evidence>,
    bid: Option<&str>,
    as_of: Option<Date>,
) -> Result<AssessedOffering, Refused> {
    let has = |name: &str| evidence.iter().any(|one| one.path == name);
    match (has(TENDER_FILE), has(OFFERING_FILE)) {
        (false, true) => assess_alone(library, evidence, bid, as_of),
        (true, true) => {
            let message = format!("the folder holds both `{TENDER_FILE}` and `{OFFERING_FILE}`");
            Err(
                Diagnostic::error("offering-ambiguous", Place::whole(), message)
                    .help("keep one of them: a tender with its bids, or one offering")
                    .into(),
            )
        }
        (true, false) => assess_bid(library, evidence, bid, as_of),
        (false, false) => {
            let message = format!("there is neither `{TENDER_FILE}` nor `{OFFERING_FILE}`");
            Err(Diagnostic::error("tender-missing", Place::whole(), message)
                .help("name the folder that holds one of them")
                .into())
        }
    }
}

fn assess_bid(
    library: &Library,
    evidence: Vec<Evidence>,
    bid: Option<&str>,
    as_of: Option<Date>,
) -> Result<AssessedOffering, Refused> {
    let open = open_tender(library, evidence)?;
    let ids: Vec<&str> = open.tender.bids.iter().map(|bid| bid.id.as_str()).collect();
    let chosen = match (bid, ids.as_slice()) {
        (Some(bid), _) => bid.to_owned(),
        (None, [only]) => (*only).to_owned(),
        (None, _) => {
            return Err(Diagnostic::error(
                "bid-unnamed",
                Place::whole(),
                "the tender has several bids",
            )
            .help(format!("add --bid with one of {}", ids.join(", ")))
            .into());
        }
    };
    assess_open(library, open, &BidId::from(chosen.as_str()), as_of)
}

/// Assesses one bid of an open tender alone.
fn assess_open(
    library: &Library,
    open: OpenTender,
    bid: &BidId,
    as_of: Option<Date>,
) -> Result<AssessedOffering, Refused> {
    let OpenTender {
        tender,
        mut evidence,
    } = open;
    let as_of = as_of.unwrap_or(tender.as_of);
    let with_evidence = |one: &&Bid| one.id == *bid && !one.offering.folder.is_empty();
    let found = tender.bids.iter().find(with_evidence);
    let Some(chosen) = found.filter(|_| tender.catalog.is_some()) else {
        let message = "there is no such bid with evidence";
        return Err(Diagnostic::error("bid-unknown", Place::whole(), message)
            .help("see the bids in tender.toml")
            .into());
    };
    exceptions_in_force(library, as_of)?;
    let folder = format!("{}/", chosen.offering.folder);
    evidence
        .retain(|one| one.path == TENDER_FILE || is_agency(one) || one.path.starts_with(&folder));
    let found = Examination::new(library, &evidence, &tender.case, as_of)
        .received(tender.bid_deadline)
        .of(&chosen.offering);
    let decisions = tender.decisions.of_bid(bid);
    let assessment = assess(&library.catalog, &tender.case, &decisions, &found, as_of);
    Ok(AssessedOffering {
        subject: RecordSubject::Bid {
            tender: tender.id.clone(),
            bid: bid.clone(),
        },
        marking: tender.marking(),
        view: view(library, &tender.case, &assessment, &found),
        offering: chosen.offering.clone(),
        title: Some(tender.title),
        agency: tender.agency_name,
        evidence,
    })
}

/// Assesses again what a record is about, from its inputs alone.
///
/// # Errors
///
/// As [`assess_folder`].
pub(super) fn assess_again(
    library: &Library,
    evidence: Vec<Evidence>,
    subject: &RecordSubject,
    as_of: Date,
) -> Result<AssessedOffering, Refused> {
    match subject {
        RecordSubject::Bid { bid, .. } => {
            let open = open_bid(library, evidence, bid)?;
            assess_open(library, open, bid, Some(as_of))
        }
        _ => assess_alone(library, evidence, None, Some(as_of)),
    }
}

/// Writes the record of an assessment. Its inputs are the agency's file and evidence and the offering's own; no other
/// bidder's.
pub fn write_assessment_record(library: &Library, assessed: &AssessedOffering) -> String {
    let tables = tables(library);
    write_assessment(
        &assessed.evidence,
        &tables,
        &assessed.subject,
        &assessed.view,
    )
}

fn assess_alone(
    library: &Library,
    evidence: Vec<Evidence>,
    bid: Option<&str>,
    as_of: Option<Date>,
) -> Result<AssessedOffering, Refused> {
    let (file, evidence) = open_offering(library, evidence)?;
    let id = &file.offering.id;
    if bid.is_some_and(|bid| bid != id.as_str()) {
        let message = format!("the folder holds the offering `{id}` and no tender");
        return Err(Diagnostic::error("bid-unknown", Place::whole(), message)
            .help("leave --bid out")
            .into());
    }
    let as_of = as_of.unwrap_or(file.as_of);
    exceptions_in_force(library, as_of)?;
    let found = Examination::new(library, &evidence, &file.case, as_of).of(&file.offering);
    let assessment = assess(&library.catalog, &file.case, &file.decisions, &found, as_of);
    Ok(AssessedOffering {
        subject: RecordSubject::Offering(id.clone()),
        marking: file.marking(),
        view: view(library, &file.case, &assessment, &found),
        title: file.title,
        agency: Text::default(),
        offering: file.offering,
        evidence,
    })
}

/// Opens an offering from its evidence, in any order.
///
/// # Errors
///
/// Every fault of the offering file, unknown criteria and stray files included.
fn open_offering(
    library: &Library,
    mut evidence: Vec<Evidence>,
) -> Result<(OfferingFile, Vec<Evidence>), Refused> {
    evidence.retain(|one| one.path.contains('/') || one.path == OFFERING_FILE);
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    let Some(file) = evidence.iter().find(|one| one.path == OFFERING_FILE) else {
        let message = format!("there is no `{OFFERING_FILE}`");
        return Err(Diagnostic::error("tender-missing", Place::whole(), message)
            .help("name the folder that holds it")
            .into());
    };
    let mut read = read_offering_file(file, &library.catalog.vocabulary)?;
    let id = read.offering.id.as_str();
    let mut faults = registered_exceptions(id, &mut read.decisions, &evidence);
    if let Some(id) = read
        .catalog
        .as_ref()
        .filter(|id| **id != library.catalog.id)
    {
        let message = format!("there is no catalog `{id}`");
        faults.push(
            Diagnostic::error("catalog-unknown", Place::pointer("/catalog"), message)
                .help(format!("use `{}`", library.catalog.id))
                .in_file(OFFERING_FILE),
        );
    }
    let is_own = |id: &BidId| *id == read.offering.id;
    faults.extend(check_decisions(&read.decisions, is_own, &library.catalog));
    faults.extend(stray(OFFERING_FILE, &[&read.offering.folder], &evidence));
    if faults.is_empty() {
        Ok((read, evidence))
    } else {
        Err(Refused(faults))
    }
}

/// The view with what would narrow the interval.
fn view(
    library: &Library,
    case: &Case,
    assessment: &Assessment,
    found: &Establishment,
) -> AssessmentView {
    let catalog = &library.catalog;
    let narrowing = narrow(catalog, case, found, assessment);
    let mut view = AssessmentView::new(catalog, assessment, &found.remarks);
    view.narrowing = Some(narrowing.into_iter().map(NarrowingView::new).collect());
    view
}
