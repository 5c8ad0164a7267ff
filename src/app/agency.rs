//! The agency's house as a folder: its registers, its running cases one at a time, and what both say together.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::Refused;
use super::library::Library;
use super::tender::{
    JudgedTender, OpenTender, Replay, TENDER_FILE, is_agency, judge_tender, open_tender,
    replay_record,
};
use crate::assessment::{Decisions, Exception};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::{Digest, canonical_json};
use crate::evidence::archive::write::deflated_zip;
use crate::evidence::detect::{Kind, detect};
use crate::evidence::register::exception::ExceptionDecision;
use crate::evidence::{Evidence, sbom};
use crate::folder::{list_folder, read_file, read_folder};
use crate::governance::exception::{self, ExceptionLine};
use crate::governance::inventory::reconcile;
use crate::governance::self_check::{SelfCheck, self_check};
use crate::governance::{HeldSbom, Registers, RunningCase};
use crate::id::{BidId, CriterionId};
use crate::time::Date;

/// The largest file that is looked at as a register entry; registers are small files that people write: 1 MiB.
const MAXIMUM_ENTRY_BYTES: u64 = 1024 * 1024;

/// An agency's house, read and judged.
#[derive(Debug)]
pub struct Agency {
    /// The registers.
    pub registers: Registers,
    /// The running cases, sorted by folder.
    pub cases: Vec<RunningCase>,
    /// The digests of all files.
    pub held: BTreeSet<Digest>,
    /// What is wrong with entries and cases that could not be read, sorted.
    pub faults: Vec<Diagnostic>,
    /// The day.
    pub as_of: Date,
}

/// What the house says of itself.
#[derive(Debug, Serialize)]
pub struct AgencyReport {
    /// Every finding, sorted by file.
    pub findings: Vec<Diagnostic>,
    /// The register of exceptions.
    pub exceptions: Vec<ExceptionLine>,
    /// The self-check.
    pub self_check: SelfCheck,
}

impl Agency {
    /// Reads a house: every folder with a tender file is a case, everything else may be a register entry.
    ///
    /// Cases are read and judged one at a time, each as of `as_of`. A case that cannot be judged is a fault and hides no other.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed, or holds neither a register entry nor a case.
    pub fn open(library: &Library, folder: &str, as_of: Date) -> Result<Self, Refused> {
        let listing = list_folder(folder)?;
        let case_folders: Vec<String> = listing
            .files
            .iter()
            .filter_map(|path| path.strip_suffix(TENDER_FILE)?.strip_suffix('/'))
            .map(str::to_owned)
            .collect();
        let in_case = |path: &str| {
            case_folders.iter().any(|case| {
                path.strip_prefix(case.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let mut entries = Vec::new();
        let mut held = BTreeSet::new();
        for path in listing.files.iter().filter(|path| !in_case(path)) {
            let bytes = read_file(&format!("{folder}/{path}"))?;
            held.insert(Digest::of(&bytes));
            if u64::try_from(bytes.len()).is_ok_and(|bytes| bytes <= MAXIMUM_ENTRY_BYTES) {
                entries.push(Evidence::new(path.clone(), bytes));
            }
        }
        let (registers, mut faults) = Registers::read(&entries);
        let mut cases = Vec::new();
        for case in &case_folders {
            match read_case(library, folder, case, as_of, &mut held) {
                Ok(running) => cases.push(running),
                Err(refused) => faults.extend(refused.0.into_iter().map(|fault| {
                    let file = fault.file.clone().unwrap_or_else(|| TENDER_FILE.to_owned());
                    fault.in_file(format!("{case}/{file}"))
                })),
            }
        }
        if case_folders.is_empty() && registers.is_empty() && faults.is_empty() {
            let message = "the folder holds no register entry and no case";
            return Err(Diagnostic::error("agency-empty", Place::whole(), message)
                .help("name the folder with the agency's `systems`, `exceptions` and `cases`")
                .in_file(folder)
                .into());
        }
        faults.sort();
        Ok(Self {
            registers,
            cases,
            held,
            faults,
            as_of,
        })
    }

    /// Everything that does not agree, the exceptions and the self-check.
    pub fn report(&self, library: &Library) -> AgencyReport {
        let known = |id: &str| {
            library
                .catalog
                .criteria
                .contains_key(&CriterionId::from(id))
        };
        let mut findings = self.faults.clone();
        findings.extend(reconcile(
            &self.registers,
            &self.cases,
            &self.held,
            self.as_of,
        ));
        findings.extend(exception::findings(
            &self.registers,
            &self.cases,
            known,
            self.as_of,
        ));
        findings.sort();
        findings.dedup();
        AgencyReport {
            findings,
            exceptions: exception::report(&self.registers, self.as_of),
            self_check: self_check(&self.registers, &self.cases),
        }
    }
}

impl AgencyReport {
    /// Whether nothing is wrong but what is worth a warning.
    pub fn is_sound(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

fn read_case(
    library: &Library,
    root: &str,
    case: &str,
    as_of: Date,
    held: &mut BTreeSet<Digest>,
) -> Result<RunningCase, Refused> {
    let evidence = read_folder(&format!("{root}/{case}"))?;
    held.extend(evidence.iter().map(|one| one.digest));
    let open = open_tender(library, evidence)?;
    let judged = judge_tender(library, &open, Some(as_of))?;
    Ok(running(case, open, judged))
}

fn running(case: &str, open: OpenTender, judged: JudgedTender) -> RunningCase {
    let mut sboms = Vec::new();
    for bid in &open.tender.bids {
        let folder = format!("{}/", bid.offering.folder);
        let own = open
            .evidence
            .iter()
            .filter(|one| !bid.offering.folder.is_empty() && one.path.starts_with(&folder))
            .filter(|one| detect(&one.bytes).kind == Kind::Sbom);
        for evidence in own {
            let root = sbom::read(&evidence.bytes)
                .ok()
                .and_then(|(_, reading)| reading.sbom.root);
            sboms.push(HeldSbom {
                bid: bid.id.clone(),
                file: evidence.path.clone(),
                sha256: evidence.digest,
                name: root.as_ref().map(|root| root.name.to_string()),
                version: root.and_then(|root| root.version.map(|version| version.to_string())),
            });
        }
    }
    RunningCase {
        folder: case.to_owned(),
        tender: open.tender,
        winner: judged.outcome.winner(),
        assessed: judged
            .outcome
            .bids
            .into_iter()
            .filter_map(|bid| Some((bid.bid.id, bid.assessment?)))
            .collect(),
        sboms,
    }
}

/// How the replay of one record in the house came out.
#[derive(Debug, Serialize)]
pub struct ReplayedRecord {
    /// The record.
    pub file: String,
    /// Its digest.
    pub sha256: Digest,
    /// `equal`, `different` or `not_judged`.
    pub rebuilt: &'static str,
    /// Where the first difference is, or why it could not be rebuilt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Writes the bundle for an auditor (Common Model, article 12): every file of the house, a manifest of digests and what the
/// house says of itself on the day, each record rebuilt.
///
/// The same house and day give the same bytes.
///
/// # Errors
///
/// When a file cannot be read; `bundle-write` when the archive cannot be written.
pub fn write_audit_bundle(
    library: &Library,
    agency: &Agency,
    folder: &str,
) -> Result<(Vec<u8>, Value), Refused> {
    let files = read_folder(folder)?;
    let manifest: Vec<_> = files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.digest, "bytes": file.bytes.len()}))
        .collect();
    let records = replayed(library, &files);
    let catalog = &library.catalog;
    let audit = json!({
        "schema": "mekiki/agency-audit/v1",
        "as_of": crate::time::instant(agency.as_of),
        "catalog": {"id": catalog.id, "version": catalog.version.to_string(), "digest": catalog.digest},
        "records": records,
        "report": agency.report(library),
        "files": manifest,
    });
    let audit_text = canonical_json(&audit) + "\n";
    let paths: Vec<String> = files
        .iter()
        .map(|file| format!("files/{}", file.path))
        .collect();
    let members = paths
        .iter()
        .map(String::as_str)
        .zip(files.iter().map(|file| &*file.bytes));
    let members = std::iter::once(("audit.json", audit_text.as_bytes())).chain(members);
    let bytes = deflated_zip(members).map_err(|error| {
        let message = format!("the bundle cannot be written: {error}");
        Diagnostic::error("bundle-write", Place::whole(), message)
            .help("leave large files out of the agency's folder")
    })?;
    Ok((bytes, audit))
}

fn replayed(library: &Library, files: &[Evidence]) -> Vec<ReplayedRecord> {
    files
        .iter()
        .filter(|file| detect(&file.bytes).format == "mekiki-record")
        .map(|record| {
            let (rebuilt, detail) = match replay_record(library, &record.bytes, files) {
                Ok(Replay::Equal) => ("equal", None),
                Ok(Replay::Different { pointer, .. }) => ("different", Some(pointer)),
                Err(refused) => ("not_judged", Some(refused.to_string())),
            };
            ReplayedRecord {
                file: record.path.clone(),
                sha256: record.digest,
                rebuilt,
                detail,
            }
        })
        .collect()
}

/// Adds the exceptions of the agency's register that lie beside a case to those that its own file states.
///
/// # Errors
///
/// The faults of entries that cannot be used.
pub(super) fn registered_exceptions(
    case: &str,
    decisions: &mut Decisions,
    evidence: &[Evidence],
) -> Vec<Diagnostic> {
    let own: Vec<_> = evidence
        .iter()
        .filter(|one| is_agency(one) && detect(&one.bytes).format == "mekiki-exception")
        .cloned()
        .collect();
    let (registers, faults) = Registers::read(&own);
    for filed in registers.exceptions {
        let entry = filed.entry;
        let file = own.iter().find(|one| one.path == filed.file);
        let granted = entry.decision == ExceptionDecision::Approved;
        if let (Some(file), true) = (file, granted && entry.case == case) {
            decisions.exceptions.push(Exception {
                id: entry.id,
                criterion: CriterionId(entry.criterion),
                bid: entry.bid.map(BidId),
                start: entry.start,
                expiry: entry.expiry,
                citation: file.cite(entry.at),
            });
        }
    }
    faults
}
