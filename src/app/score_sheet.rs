//! Score sheets out to evaluators and back, and the marks of all of them together. No price is read on the way.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Refused;
use super::agency::registered_exceptions;
use super::examination::Examination;
use super::library::Library;
use super::tender::{TENDER_FILE, exceptions_in_force};
use crate::assessment::{Assessment, assess};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::score_sheet::{Order, write};
use crate::evidence::Evidence;
use crate::evidence::spreadsheet;
use crate::id::BidId;
use crate::questionnaire::sending::Languages;
use crate::tender::consolidation::{Consolidation, consolidate};
use crate::tender::parse::read_technical;
use crate::tender::score_sheet::{
    Expected, ScoreSheet, check_evaluator, is_score_sheet, read, written,
};
use crate::tender::technical::Technical;

/// The technical side of a tender, with the evidence beside it.
#[derive(Debug)]
pub struct OpenTechnical {
    /// The tender without its prices.
    pub technical: Technical,
    /// The evidence, sorted by path.
    pub evidence: Vec<Evidence>,
}

/// Opens the technical side of a tender from its files, in any order; what evidence is missing is not asked for.
///
/// # Errors
///
/// Every fault of the tender file, missing marks and prices apart.
pub fn open_technical(
    library: &Library,
    mut evidence: Vec<Evidence>,
) -> Result<OpenTechnical, Refused> {
    evidence.retain(|one| one.path.contains('/') || one.path == TENDER_FILE);
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    let Some(file) = evidence.iter().find(|one| one.path == TENDER_FILE) else {
        return Err(Diagnostic::error(
            "tender-missing",
            Place::whole(),
            format!("there is no `{TENDER_FILE}`"),
        )
        .help("name the folder that holds tender.toml, or the file itself")
        .into());
    };
    let mut technical = read_technical(file, &library.procedures, &library.catalog.vocabulary)?;
    let id = technical.id.clone();
    let mut faults = registered_exceptions(id.as_str(), &mut technical.decisions, &evidence);
    if let Some(id) = technical
        .catalog
        .as_ref()
        .filter(|id| !library.catalog.is_called(id))
    {
        let message = format!("there is no catalog `{id}`");
        faults.push(
            Diagnostic::error("catalog-unknown", Place::pointer("/catalog"), message)
                .help(format!("use `{}`", library.catalog.id))
                .in_file(TENDER_FILE),
        );
    }
    if faults.is_empty() {
        Ok(OpenTechnical {
            technical,
            evidence,
        })
    } else {
        Err(Refused(faults))
    }
}

impl OpenTechnical {
    /// Whether there is anything to mark.
    fn has_items(&self) -> Result<(), Refused> {
        if !self.technical.items.is_empty() {
            return Ok(());
        }
        let message = "the tender has no evaluation items";
        Err(
            Diagnostic::error("score-sheet-empty", Place::whole(), message)
                .help("add [[procedure.item]] to the tender file")
                .into(),
        )
    }

    /// Brings the marks of all evaluators together.
    ///
    /// # Errors
    ///
    /// `score-sheet-empty` when the tender has no evaluation items.
    pub fn consolidated(&self) -> Result<Consolidation, Refused> {
        self.has_items()?;
        Ok(consolidate(&self.technical))
    }

    /// Assesses the bids whose verdicts are proposals: those that have files here, where an item names a criterion.
    ///
    /// # Errors
    ///
    /// `overlay-exception-lapsed`.
    pub fn assessments(
        &self,
        library: &Library,
        bids: &[BidId],
    ) -> Result<BTreeMap<BidId, Assessment>, Refused> {
        let technical = &self.technical;
        let mut assessed = BTreeMap::new();
        let proposes = technical.items.iter().any(|item| item.criterion.is_some());
        if technical.catalog.is_none() || !proposes {
            return Ok(assessed);
        }
        exceptions_in_force(library, technical.as_of)?;
        let examination =
            Examination::new(library, &self.evidence, &technical.case, technical.as_of)
                .received(technical.bid_deadline);
        for bid in technical.bids.iter().filter(|bid| bids.contains(&bid.id)) {
            let folder = format!("{}/", bid.offering.folder);
            let has_files = self
                .evidence
                .iter()
                .any(|one| one.path.starts_with(&folder));
            if bid.offering.folder.is_empty() || !has_files {
                continue;
            }
            let found = examination.of(&bid.offering);
            let decisions = technical.decisions.of_bid(&bid.id);
            let catalog = &library.catalog;
            let assessment = assess(
                catalog,
                &technical.case,
                &decisions,
                &found,
                technical.as_of,
            );
            assessed.insert(bid.id.clone(), assessment);
        }
        Ok(assessed)
    }
}

/// What is written for an evaluator.
#[derive(Debug, Clone)]
pub struct ExportRequest<'a> {
    /// The evaluator.
    pub evaluator: &'a str,
    /// The bids; all that this person is to mark when empty.
    pub bids: Vec<BidId>,
    /// The languages.
    pub languages: Languages,
}

/// Writes an evaluator's workbook; the remarks name the bids that are left out.
///
/// # Errors
///
/// `score-sheet-empty` when there is nothing to mark, `evaluator-unknown`, `evaluator-conflict`, `bid-unknown`, and
/// `workbook-unwritable`.
pub fn export(
    library: &Library,
    open: &OpenTechnical,
    request: &ExportRequest<'_>,
) -> Result<(Vec<u8>, Vec<Diagnostic>), Refused> {
    let technical = &open.technical;
    check_evaluator(technical, request.evaluator, Place::whole())?;
    let (bids, remarks) = chosen(technical, request)?;
    open.has_items()?;
    if bids.is_empty() {
        let message = format!("there is no bid that `{}` is to mark", request.evaluator);
        return Err(
            Diagnostic::error("score-sheet-empty", Place::whole(), message)
                .help("list the bids as [[bid]] in the tender file; a price is not needed")
                .into(),
        );
    }
    let assessed = open.assessments(library, &bids)?;
    let order = Order {
        technical,
        evaluator: request.evaluator,
        bids: bids.iter().filter_map(|id| technical.bid(id)).collect(),
        assessed: &assessed,
        languages: request.languages,
    };
    Ok((write(&order)?, remarks))
}

/// The bids that an evaluator is to mark.
fn chosen(
    technical: &Technical,
    request: &ExportRequest<'_>,
) -> Result<(Vec<BidId>, Vec<Diagnostic>), Refused> {
    let evaluator = technical
        .evaluators
        .iter()
        .find(|one| one.id == request.evaluator);
    let has_conflict = |bid: &BidId| evaluator.is_some_and(|one| one.conflicts.contains(bid));
    let conflict = |bid: &BidId| {
        format!(
            "`{}` declared a conflict of interest on `{bid}` and must not mark it",
            request.evaluator
        )
    };
    let mut faults = Vec::new();
    let mut remarks = Vec::new();
    for id in &request.bids {
        if technical.bid(id).is_none() {
            let message = format!("there is no bid `{id}`");
            faults.push(
                Diagnostic::error("bid-unknown", Place::whole(), message)
                    .help("name a bid of this tender"),
            );
        } else if has_conflict(id) {
            faults.push(
                Diagnostic::error("evaluator-conflict", Place::whole(), conflict(id))
                    .help("leave out the bid"),
            );
        }
    }
    if !faults.is_empty() {
        return Err(Refused(faults));
    }
    let mut bids = Vec::new();
    for bid in &technical.bids {
        let is_named = request.bids.contains(&bid.id);
        if is_named {
            bids.push(bid.id.clone());
        } else if request.bids.is_empty() && has_conflict(&bid.id) {
            remarks.push(
                Diagnostic::note("evaluator-conflict", Place::whole(), conflict(&bid.id))
                    .help("the bid is left out of the workbook"),
            );
        } else if request.bids.is_empty() && bid.is_out {
            let message = format!("`{}` is out before anybody marks it", bid.id);
            remarks.push(
                Diagnostic::note("bid-out", Place::whole(), message)
                    .help("the bid is left out of the workbook; name it with --bid to have it marked all the same"),
            );
        } else if request.bids.is_empty() {
            bids.push(bid.id.clone());
        }
    }
    Ok((bids, remarks))
}

/// A sheet that comes back.
#[derive(Debug, Clone, Copy)]
pub struct ImportRequest<'a> {
    /// The name of the file.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whose it is, where that is known or the file does not say it.
    pub evaluator: Option<&'a str>,
    /// Whether the declaration of no conflict is at hand elsewhere.
    pub declared: bool,
}

/// Reads a sheet that came back.
///
/// # Errors
///
/// The faults of a spreadsheet that cannot be read, and those of [`read`].
pub fn import(
    library: &Library,
    open: &OpenTechnical,
    request: &ImportRequest<'_>,
) -> Result<ScoreSheet, Refused> {
    let in_file = |faults: Vec<Diagnostic>| {
        let faults = faults.into_iter().map(|one| one.in_file(request.name));
        Refused(faults.collect())
    };
    let workbook = spreadsheet::read(request.bytes).map_err(|fault| in_file(vec![fault]))?;
    let bids: Vec<_> = open
        .technical
        .bids
        .iter()
        .map(|bid| bid.id.clone())
        .collect();
    let assessed = if is_score_sheet(&workbook) {
        open.assessments(library, &bids)?
    } else {
        BTreeMap::new()
    };
    let expected = Expected {
        evaluator: request.evaluator,
        declared: request.declared,
        assessed: &assessed,
    };
    let mut sheet = read(&workbook, &open.technical, &expected).map_err(in_file)?;
    for remark in &mut sheet.remarks {
        remark.file = Some(request.name.to_owned());
    }
    Ok(sheet)
}

/// What machines read of a sheet that came back: schema `mekiki/score-sheet/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreSheetView {
    /// `mekiki/score-sheet/v1`.
    pub schema: &'static str,
    /// The tender.
    pub tender: String,
    /// The evaluator.
    pub evaluator: String,
    /// The day of the declaration on the cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_on: Option<String>,
    /// The bids on which a conflict of interest is declared.
    pub conflicts: Vec<BidId>,
    /// The bids that were marked.
    pub bids: Vec<BidId>,
    /// Whether it may be used.
    pub acceptable: bool,
    /// What is odd.
    pub findings: Vec<Diagnostic>,
    /// The tables for the tender file; absent where the sheet may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toml: Option<String>,
}

impl ScoreSheetView {
    /// The view of a sheet.
    pub fn new(technical: &Technical, sheet: &ScoreSheet) -> Self {
        let is_acceptable = sheet.is_acceptable();
        let declaration = sheet.declaration.as_ref();
        Self {
            schema: "mekiki/score-sheet/v1",
            tender: technical.id.to_string(),
            evaluator: sheet.evaluator.clone(),
            declared_on: declaration.map(|one| one.on.to_string()),
            conflicts: sheet.conflicts.clone(),
            bids: sheet.bids.iter().map(|one| one.bid.clone()).collect(),
            acceptable: is_acceptable,
            findings: sheet.remarks.clone(),
            toml: is_acceptable.then(|| written(technical, sheet)),
        }
    }
}
