//! Judging a tender: from a folder of evidence to ranking, record, clauses and requirements.

use std::collections::BTreeMap;

use super::Refused;
use super::agency::registered_exceptions;
use super::assess::{assess_again, write_assessment_record};
use super::examination::Examination;
use super::library::Library;
use crate::assessment::assess;
use crate::clause::draft::{ClauseGap, DraftedClause, applicable, draft};
use crate::contract::requirement::{LoggedEvent, propose};
use crate::criteria::Catalog;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::Evidence;
use crate::id::BidId;
use crate::tender::evaluate::{Outcome, evaluate};
use crate::tender::parse::{check_decisions, read_tender};
use crate::tender::record::{self, RecordSubject, RecordTable, RecordTables, first_difference};
use crate::tender::report::{CatalogView, TenderView};
use crate::tender::sensitivity::SensitivityView;
use crate::tender::{AGENCY_FOLDERS, BlockKind, Tender};
use crate::time::Date;

/// The tender file of a folder.
pub const TENDER_FILE: &str = "tender.toml";

/// A tender with its evidence.
#[derive(Debug)]
pub struct OpenTender {
    /// The tender.
    pub tender: Tender,
    /// All its evidence, sorted by path.
    pub evidence: Vec<Evidence>,
}

/// A judged tender.
#[derive(Debug)]
pub struct JudgedTender {
    /// The outcome.
    pub outcome: Outcome,
    /// The view for machines.
    pub view: TenderView,
}

/// Opens a tender from its evidence, in any order.
///
/// # Errors
///
/// Every fault of the tender file, unknown criteria included.
pub fn open_tender(library: &Library, evidence: Vec<Evidence>) -> Result<OpenTender, Refused> {
    open(library, evidence, None)
}

/// Opens a tender of which only one bid is to be judged; the files of the others may be missing.
///
/// # Errors
///
/// As [`open_tender`].
pub(super) fn open_bid(
    library: &Library,
    evidence: Vec<Evidence>,
    bid: &BidId,
) -> Result<OpenTender, Refused> {
    open(library, evidence, Some(bid))
}

fn open(
    library: &Library,
    mut evidence: Vec<Evidence>,
    only: Option<&BidId>,
) -> Result<OpenTender, Refused> {
    // What lies beside the tender file, such as a record of it, is no evidence and no input.
    evidence.retain(|one| one.path.contains('/') || one.path == TENDER_FILE);
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    let file = evidence.iter().find(|one| one.path == TENDER_FILE);
    let Some(file) = file else {
        return Err(Diagnostic::error(
            "tender-missing",
            Place::whole(),
            format!("there is no `{TENDER_FILE}`"),
        )
        .help("name the folder that holds tender.toml, or the file itself")
        .into());
    };
    let mut tender = read_tender(file, &library.procedures, &library.catalog.vocabulary)?;
    let mut faults = registered_exceptions(tender.id.as_str(), &mut tender.decisions, &evidence);
    let in_file = |fault: Diagnostic| fault.in_file(TENDER_FILE);
    let needs_catalog = tender
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Criteria);
    match &tender.catalog {
        Some(id) if !library.catalog.is_called(id) => {
            let message = format!("there is no catalog `{id}`");
            faults.push(in_file(
                Diagnostic::error("catalog-unknown", Place::pointer("/catalog"), message)
                    .help(format!("use `{}`", library.catalog.id)),
            ));
        }
        None if needs_catalog => {
            faults.push(in_file(
                Diagnostic::error(
                    "catalog-missing",
                    Place::whole(),
                    "a block takes its points from criteria, but no catalog is named",
                )
                .help("add catalog = \"article-19\""),
            ));
        }
        _ => {}
    }
    let is_bid = |id: &BidId| tender.bids.iter().any(|bid| bid.id == *id);
    faults.extend(check_decisions(&tender.decisions, is_bid, &library.catalog));
    for bid in tender
        .bids
        .iter()
        .filter(|bid| !bid.offering.folder.is_empty() && only.is_none_or(|only| *only == bid.id))
    {
        let folder = format!("{}/", bid.offering.folder);
        if !evidence.iter().any(|one| one.path.starts_with(&folder)) {
            let at = bid.offering.named_at.at.clone();
            faults.push(in_file(
                Diagnostic::error(
                    "bid-folder-missing",
                    at,
                    format!("the bid `{}` has no files below `{folder}`", bid.id),
                )
                .help("put the bid's evidence there, or mend `directory`"),
            ));
        }
    }
    let folders = tender.bids.iter().map(|bid| bid.offering.folder.as_str());
    let folders: Vec<_> = folders.filter(|folder| !folder.is_empty()).collect();
    faults.extend(stray(TENDER_FILE, &folders, &evidence));
    if faults.is_empty() {
        Ok(OpenTender { tender, evidence })
    } else {
        Err(Refused(faults))
    }
}

/// Files that lie in no folder with a meaning. They might be a bid that the file of the agency forgot, and must
/// neither be dropped in silence nor pass for the agency's own evidence.
pub(super) fn stray(file: &str, folders: &[&str], evidence: &[Evidence]) -> Vec<Diagnostic> {
    let lies_in = |path: &str, folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    evidence
        .iter()
        .filter(|one| one.path.contains('/') && !is_agency(one))
        .filter(|one| !folders.iter().any(|folder| lies_in(&one.path, folder)))
        .map(|one| {
            let message = "the file lies in no bid's folder and in no folder of the agency";
            let help = format!(
                "list the bid in {file}, or move the file below one of {}",
                AGENCY_FOLDERS.join(", ")
            );
            Diagnostic::error("evidence-stray", Place::whole(), message)
                .help(help)
                .in_file(one.path.clone())
        })
        .collect()
}

/// Whether a piece of evidence is the agency's own.
pub(super) fn is_agency(evidence: &Evidence) -> bool {
    evidence
        .path
        .split_once('/')
        .is_some_and(|(folder, _)| AGENCY_FOLDERS.contains(&folder))
}

/// Judges an open tender as of a day; the tender's own day when none is given.
///
/// # Errors
///
/// When the points cannot be computed, and `overlay-exception-lapsed` when an exception on which an overlay rests is not
/// in force on that day.
pub fn judge_tender(
    library: &Library,
    open: &OpenTender,
    as_of: Option<Date>,
) -> Result<JudgedTender, Refused> {
    let mut tender = open.tender.clone();
    tender.as_of = as_of.unwrap_or(tender.as_of);
    let catalog = tender.catalog.as_ref().map(|_| &library.catalog);
    if catalog.is_some() {
        exceptions_in_force(library, tender.as_of)?;
    }
    let mut assessed = BTreeMap::new();
    if let Some(catalog) = catalog {
        let examination = Examination::new(library, &open.evidence, &tender.case, tender.as_of)
            .received(tender.bid_deadline);
        for bid in tender
            .bids
            .iter()
            .filter(|bid| !bid.offering.folder.is_empty())
        {
            let found = examination.of(&bid.offering);
            let decisions = tender.decisions.of_bid(&bid.id);
            let assessment = assess(catalog, &tender.case, &decisions, &found, tender.as_of);
            assessed.insert(bid.id.clone(), (assessment, found));
        }
    }
    let outcome = evaluate(&tender, assessed)?;
    let view = TenderView::new(&tender, catalog, &outcome, tender.as_of);
    Ok(JudgedTender { outcome, view })
}

/// Adds to the view of a judged tender how little would change its winner. The record of a tender is written without.
pub fn add_sensitivity(open: &OpenTender, judged: &mut JudgedTender) {
    judged.view.sensitivity = Some(SensitivityView::new(&open.tender, &judged.outcome));
}

/// Checks that every exception on which an overlay rests is in force on a day.
///
/// # Errors
///
/// `overlay-exception-lapsed` for each that is not.
pub fn exceptions_in_force(library: &Library, as_of: Date) -> Result<(), Refused> {
    let lapsed = library.catalog.lapsed_exceptions(as_of);
    if lapsed.is_empty() {
        Ok(())
    } else {
        Err(Refused(lapsed))
    }
}

/// Writes the record of a judged tender.
pub fn write_record(library: &Library, open: &OpenTender, judged: &JudgedTender) -> String {
    let catalog = open
        .tender
        .catalog
        .as_ref()
        .map(|_| CatalogView::new(&library.catalog));
    let tables = if catalog.is_some() {
        tables(library)
    } else {
        // Where no criteria are judged, no table had a say.
        RecordTables::default()
    };
    record::write(&open.evidence, catalog.as_ref(), &tables, &judged.view)
}

/// The tables of a library by which facts are established.
pub(super) fn tables(library: &Library) -> RecordTables {
    let profiles = library.profiles.values();
    let profiles = profiles.map(|profile| RecordTable {
        id: profile.id.clone(),
        version: profile.version.clone(),
        digest: profile.digest,
    });
    RecordTables {
        profiles: profiles.collect(),
        builders: Some(RecordTable {
            id: library.builders.id.clone(),
            version: library.builders.version.clone(),
            digest: library.builders.digest,
        }),
    }
}

/// How a replay came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// The record was rebuilt to the byte.
    Equal,
    /// The first difference: JSON pointer, value in the record, value rebuilt.
    Different {
        /// Where.
        pointer: String,
        /// What the record says.
        recorded: String,
        /// What was rebuilt.
        rebuilt: String,
    },
}

/// Rebuilds a record from evidence that is found by digest, wherever it lies in the folder.
///
/// # Errors
///
/// When the record cannot be read or evidence is missing.
pub fn replay_record(
    library: &Library,
    record_bytes: &[u8],
    folder: &[Evidence],
) -> Result<Replay, Refused> {
    let record = record::read(record_bytes)?;
    let mut evidence = Vec::new();
    let mut missing = Vec::new();
    for input in &record.inputs {
        match folder.iter().find(|one| one.digest == input.sha256) {
            Some(found) => evidence.push(Evidence {
                path: input.path.clone(),
                ..found.clone()
            }),
            None => missing.push(
                Diagnostic::error(
                    "evidence-missing",
                    Place::pointer("/inputs"),
                    format!(
                        "no file has the digest of `{}` ({})",
                        input.path, input.sha256
                    ),
                )
                .help("add the file as it was; its name does not matter"),
            ),
        }
    }
    if !missing.is_empty() {
        return Err(Refused(missing));
    }
    let rebuilt = match &record.subject {
        RecordSubject::Delivery(_) => {
            let message = "a verification is rebuilt from the folder of the delivery as it was";
            return Err(
                Diagnostic::error("record-malformed", Place::pointer("/schema"), message)
                    .help("name the folder with --evidence")
                    .into(),
            );
        }
        RecordSubject::Tender => {
            let open = open_tender(library, evidence)?;
            let judged = judge_tender(library, &open, Some(record.as_of))?;
            write_record(library, &open, &judged)
        }
        subject => {
            let assessed = assess_again(library, evidence, subject, record.as_of)?;
            write_assessment_record(library, &assessed)
        }
    };
    Ok(compared(&record.document, record_bytes, &rebuilt))
}

/// Compares a rebuilt record with the one at hand, byte by byte.
pub(super) fn compared(document: &serde_json::Value, recorded: &[u8], rebuilt: &str) -> Replay {
    if rebuilt.as_bytes() == recorded {
        return Replay::Equal;
    }
    let value = serde_json::from_str(rebuilt).unwrap_or_default();
    let (pointer, recorded, rebuilt) = first_difference(document, &value).unwrap_or_else(|| {
        (
            String::new(),
            "another way of writing the same".to_owned(),
            "canonical JSON".to_owned(),
        )
    });
    Replay::Different {
        pointer,
        recorded,
        rebuilt,
    }
}

/// Drafts the security clauses of a tender.
///
/// # Errors
///
/// Every gap.
pub fn draft_clauses(
    library: &Library,
    open: &OpenTender,
) -> Result<Vec<DraftedClause>, Vec<ClauseGap>> {
    draft(&library.catalog, &library.clauses, &open.tender)
}

/// Draws up the requirement register of a tender as its log.
pub fn propose_requirements(library: &Library, open: &OpenTender) -> Vec<LoggedEvent> {
    let catalog: &Catalog = &library.catalog;
    let drafted = draft_clauses(library, open).unwrap_or_default();
    propose(
        catalog,
        &applicable(catalog, &open.tender),
        &drafted,
        &open.tender.id,
        open.tender.as_of,
    )
}
