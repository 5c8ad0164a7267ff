//! Publishing a tender as open contracting data, and checking packages of others.

use serde::Serialize;
use serde_json::Value;

use super::Refused;
use super::library::Library;
use super::tender::{OpenTender, TENDER_FILE, judge_tender};
use super::timetable::read_tender_file;
use crate::clause::draft::applicable;
use crate::criteria::Stage as CriterionStage;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::evidence::detect::detect;
use crate::evidence::ocds::{self, Checked, Package};
use crate::evidence::sbom::find_lines;
use crate::tender::Tender;
use crate::tender::ocds::{
    CriterionRequirement, Prefix, Publication, PublishedDocument, record_package, release_package,
};

/// What the agency chose to publish.
#[derive(Debug, Clone)]
pub struct Choices {
    /// What the package packs.
    pub package: Package,
    /// The prefix of identifiers.
    pub prefix: Prefix,
    /// Documents that are published beside it.
    pub documents: Vec<PublishedDocument>,
    /// Whether the prices of bids are published with the award.
    pub with_prices: bool,
    /// Whether the planned price is published with the award.
    pub with_planned_price: bool,
}

/// A package, and what a publisher should know about it.
#[derive(Debug, Clone)]
pub struct Published {
    /// The package.
    pub package: Value,
    /// What was asked for and left out, and what to think of before publishing.
    pub remarks: Vec<Diagnostic>,
}

/// Writes the package of a notice. The tender file may hold bids already; nothing of them is published.
///
/// # Errors
///
/// Every fault of the file, and that it does not say when the notice was published.
pub fn publish_notice(
    library: &Library,
    file: &Evidence,
    choices: &Choices,
) -> Result<Published, Refused> {
    let (tender, _) = read_tender_file(library, file)?;
    let requirements = requirements(library, &tender);
    let publication = choices.publication(&requirements);
    let package = match choices.package {
        Package::Release => release_package(&tender, None, &publication),
        Package::Record => record_package(&tender, None, &publication),
    };
    Ok(Published {
        package: package.map_err(in_tender_file)?,
        remarks: choices.for_later(),
    })
}

/// Judges a tender and writes the package of its award.
///
/// # Errors
///
/// When it cannot be judged, and when the award is not decided.
pub fn publish_award(
    library: &Library,
    open: &OpenTender,
    choices: &Choices,
) -> Result<Published, Refused> {
    let judged = judge_tender(library, open, None)?;
    let requirements = requirements(library, &open.tender);
    let publication = choices.publication(&requirements);
    let outcome = Some(&judged.outcome);
    let package = match choices.package {
        Package::Release => release_package(&open.tender, outcome, &publication),
        Package::Record => record_package(&open.tender, outcome, &publication),
    };
    let winners = judged.outcome.winner();
    let bids = judged.outcome.bids.iter();
    let low = bids.filter(|one| one.low_bid && winners.contains(&one.bid.id));
    let low = low.map(|one| {
        Diagnostic::warning(
            "ocds-low-bid",
            Place::whole(),
            format!(
                "the price of `{}`, which is awarded, is low enough to be investigated",
                one.bid.id
            ),
        )
        .help("publish the award when the investigation has ended")
        .in_file(TENDER_FILE)
    });
    Ok(Published {
        package: package.map_err(in_tender_file)?,
        remarks: low.collect(),
    })
}

fn in_tender_file(faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let faults = faults.into_iter();
    faults.map(|one| one.in_file(TENDER_FILE)).collect()
}

impl Choices {
    /// What was asked for and belongs to the award.
    fn for_later(&self) -> Vec<Diagnostic> {
        let documents = self.documents.iter().filter(|one| one.is_of_award());
        let mut later: Vec<_> = documents
            .map(|one| format!("the document `{}` ({})", one.title, one.kind))
            .collect();
        for (asked, what) in [
            (self.with_prices, "the prices of bids"),
            (self.with_planned_price, "the planned price"),
        ] {
            if asked {
                later.push(what.to_owned());
            }
        }
        let later = later.into_iter().map(|what| {
            let message = format!("left out of the notice, since it belongs to the award: {what}");
            Diagnostic::warning("ocds-later", Place::whole(), message)
                .help("publish it with the award: --stage award")
        });
        later.collect()
    }

    fn publication<'a>(&'a self, requirements: &'a [CriterionRequirement]) -> Publication<'a> {
        Publication {
            prefix: &self.prefix,
            requirements,
            documents: &self.documents,
            with_prices: self.with_prices,
            with_planned_price: self.with_planned_price,
        }
    }
}

/// What the criteria that apply ask of bids: gates of stage `bid`, and what is scored.
fn requirements(library: &Library, tender: &Tender) -> Vec<CriterionRequirement> {
    if tender.catalog.is_none() {
        return Vec::new();
    }
    let applicable = applicable(&library.catalog, tender).into_iter();
    applicable
        .filter_map(|criterion| {
            let mandatory = match criterion.stage() {
                Some(CriterionStage::Bid) => true,
                Some(_) => return None,
                None => false,
            };
            Some(CriterionRequirement {
                id: criterion.id.as_str().to_owned(),
                title: criterion.title.clone(),
                mandatory,
                points: criterion.points(),
            })
        })
        .collect()
}

/// Describes a document by its bytes: its digest, and its media type where it is one that is told from them.
pub fn describe_document(kind: &str, name: &str, bytes: &[u8]) -> PublishedDocument {
    let detected = detect(bytes);
    let by_bytes = match detected.encoding {
        _ if bytes.starts_with(b"%PDF-") => Some("application/pdf"),
        "json" => Some("application/json"),
        "xml" => Some("application/xml"),
        _ => None,
    };
    let workbook = detected.format == "xlsx" || name.to_ascii_lowercase().ends_with(".xlsx");
    let by_name =
        workbook.then_some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    PublishedDocument {
        kind: kind.to_owned(),
        title: name.to_owned(),
        format: by_bytes.or(by_name).map(str::to_owned),
        digest: Digest::of(bytes),
    }
}

/// A checked package, schema `mekiki/ocds-check/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct OcdsCheck {
    /// The schema.
    pub schema: &'static str,
    /// Whether no finding is an error.
    pub valid: bool,
    /// What was found, each finding with its line.
    #[serde(flatten)]
    pub checked: Checked,
}

/// Checks a package of anybody.
///
/// # Errors
///
/// When it is no JSON, or no package.
pub fn check_package(path: &str, bytes: &[u8]) -> Result<OcdsCheck, Refused> {
    let mut checked = ocds::check(bytes).map_err(|fault| fault.in_file(path))?;
    find_lines(bytes, &mut checked.findings);
    for finding in &mut checked.findings {
        finding.file = Some(path.to_owned());
    }
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    Ok(OcdsCheck {
        schema: "mekiki/ocds-check/v1",
        valid: !checked.findings.iter().any(is_error),
        checked,
    })
}
