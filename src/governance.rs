//! The agency's house: its registers held against each other and against the running cases.
//!
//! Articles 4 (inventory), 5 (risk evaluation), 8 (exceptions), 11 (self-check), 17 (disclosures) and 21 (continuity) of the
//! Common Model, as behaviour. Nothing here changes a register; it says what does not agree.

pub mod exception;
pub mod inventory;
pub mod self_check;

use std::collections::BTreeSet;

use crate::assessment::Assessment;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::evidence::detect::detect;
use crate::evidence::register::disclosure::{DisclosureLog, read_log};
use crate::evidence::register::exception::{ExceptionEntry, read_exception};
use crate::evidence::register::incident::{IncidentEntry, read_incident};
use crate::evidence::register::risk::{RiskEvaluation, read_risk};
use crate::evidence::register::system::{SystemEntry, read_system};
use crate::id::BidId;
use crate::tender::Tender;

/// An entry with the file that it stands in.
#[derive(Debug, Clone)]
pub struct Filed<T> {
    /// The path of the file.
    pub file: String,
    /// The entry.
    pub entry: T,
}

/// Every register of an agency.
#[derive(Debug, Clone, Default)]
pub struct Registers {
    /// The inventory of information systems.
    pub systems: Vec<Filed<SystemEntry>>,
    /// The register of exceptional actions.
    pub exceptions: Vec<Filed<ExceptionEntry>>,
    /// The disclosure logs.
    pub logs: Vec<Filed<DisclosureLog>>,
    /// The incidents.
    pub incidents: Vec<Filed<IncidentEntry>>,
    /// The risk evaluations.
    pub risks: Vec<Filed<RiskEvaluation>>,
}

/// A bill of materials that was handed in for a bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSbom {
    /// The bid.
    pub bid: BidId,
    /// Its path.
    pub file: String,
    /// Its digest.
    pub sha256: Digest,
    /// The name of what it describes, where it says so.
    pub name: Option<String>,
    /// The version of what it describes.
    pub version: Option<String>,
}

/// A running case: a tender with what is judged of its bids.
#[derive(Debug, Clone)]
pub struct RunningCase {
    /// Its folder.
    pub folder: String,
    /// The tender.
    pub tender: Tender,
    /// The bids that are contracted or would win.
    pub winner: Vec<BidId>,
    /// The assessments by bid, in the order of the bids.
    pub assessed: Vec<(BidId, Assessment)>,
    /// The bills of materials that were handed in.
    pub sboms: Vec<HeldSbom>,
}

impl Registers {
    /// Reads the registers among files; other files are left alone.
    ///
    /// The second part holds the faults of entries that cannot be used, and two entries of one identifier.
    pub fn read(files: &[Evidence]) -> (Self, Vec<Diagnostic>) {
        let mut registers = Self::default();
        let mut faults = Vec::new();
        for file in files {
            let read = match detect(&file.bytes).format {
                "mekiki-system" => keep(file, read_system, &mut registers.systems),
                "mekiki-exception" => keep(file, read_exception, &mut registers.exceptions),
                "mekiki-disclosure-log" => keep(file, read_log, &mut registers.logs),
                "mekiki-incident" => keep(file, read_incident, &mut registers.incidents),
                "mekiki-risk-evaluation" => keep(file, read_risk, &mut registers.risks),
                _ => Vec::new(),
            };
            faults.extend(read);
        }
        faults.extend(repeated(&registers.systems, |entry| &entry.id));
        faults.extend(repeated(&registers.exceptions, |entry| &entry.id));
        faults.extend(repeated(&registers.incidents, |entry| &entry.id));
        (registers, faults)
    }

    /// Whether there is no entry at all.
    pub fn is_empty(&self) -> bool {
        self.systems.is_empty()
            && self.exceptions.is_empty()
            && self.logs.is_empty()
            && self.incidents.is_empty()
            && self.risks.is_empty()
    }

    /// The system whose entry names a case.
    pub fn system_of(&self, case: &str) -> Option<&Filed<SystemEntry>> {
        let names = |system: &&Filed<SystemEntry>| {
            let contracts = &system.entry.contracts;
            contracts.iter().any(|contract| contract.case == case)
        };
        self.systems.iter().find(names)
    }
}

impl RunningCase {
    /// The bids under contract: those of suppliers that the system's entry names, else the winner.
    pub fn contracted(&self, registers: &Registers) -> Vec<&BidId> {
        let case = self.tender.id.as_str();
        let suppliers: BTreeSet<&str> = registers
            .systems
            .iter()
            .flat_map(|system| &system.entry.contracts)
            .filter(|contract| contract.case == case)
            .map(|contract| contract.supplier.as_str())
            .collect();
        let named: Vec<_> = self
            .tender
            .bids
            .iter()
            .filter(|bid| {
                let number = bid.offering.corporate_number.as_deref();
                number.is_some_and(|number| suppliers.contains(number))
            })
            .map(|bid| &bid.id)
            .collect();
        if named.is_empty() {
            self.winner.iter().collect()
        } else {
            named
        }
    }
}

fn keep<T>(
    file: &Evidence,
    read: impl Fn(&[u8]) -> Result<T, Vec<Diagnostic>>,
    into: &mut Vec<Filed<T>>,
) -> Vec<Diagnostic> {
    match read(&file.bytes) {
        Ok(entry) => {
            into.push(Filed {
                file: file.path.clone(),
                entry,
            });
            Vec::new()
        }
        Err(faults) => faults
            .into_iter()
            .map(|one| one.in_file(file.path.clone()))
            .collect(),
    }
}

fn repeated<T>(entries: &[Filed<T>], id: impl Fn(&T) -> &String) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    entries
        .iter()
        .filter(|one| !seen.insert(id(&one.entry)))
        .map(|one| {
            let message = format!(
                "the identifier `{}` stands in another entry too",
                id(&one.entry)
            );
            Diagnostic::error("register-repeated", Place::pointer("/id"), message)
                .help("give every entry an identifier of its own")
                .in_file(one.file.clone())
        })
        .collect()
}
