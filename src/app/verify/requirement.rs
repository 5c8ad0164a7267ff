//! The contractual requirements: what the checks settle, and what is left to the inspector.

use std::collections::BTreeMap;

use super::gather::Gathered;
use super::telling::shown;
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::{Evidence, MANIFEST_FILE};
use crate::acceptance::report::Input;
use crate::acceptance::requirement::{Requirement, Settled, Settlement, settle as settle_all};
use crate::acceptance::terms::{Conflict, Terms};
use crate::acceptance::{Group, Verdict};
use crate::contract::register::{Register, read_register};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::text::messages::both;
use crate::text::{Text, printable};

/// The register of requirements as it was read.
pub(super) struct ReadRegister {
    /// Its file, as the manifest names it.
    path: String,
    digest: Option<Digest>,
    /// The register, or why it cannot be used.
    read: Result<Register, Vec<Diagnostic>>,
}

/// What the contract asks, as far as it could be read.
#[derive(Default)]
pub(super) struct Contract {
    register: Option<ReadRegister>,
    /// The terms.
    pub(super) terms: Terms,
    conflicts: Vec<Conflict>,
}

impl Contract {
    /// Reads the register that the manifest names; `read` reads a file and notes it among the inputs.
    pub(super) fn read(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Self {
        let manifest = gathered.request.manifest;
        let Some(named) = &manifest.requirements else {
            return Self {
                terms: manifest.terms.clone(),
                ..Self::default()
            };
        };
        let (digest, read) = match gathered.read_named(named, "requirements", inputs) {
            Ok(bytes) => (Some(Digest::of(&bytes)), read_register(&bytes)),
            Err(fault) => (None, Err(vec![fault])),
        };
        let register = ReadRegister {
            path: named.path.clone(),
            digest,
            read,
        };
        let of_register = match &register.read {
            Ok(read) => Terms::of_register(read, |at| register.cite(at)),
            Err(_) => Terms::default(),
        };
        let (terms, conflicts) = of_register.completed_by(&manifest.terms);
        Self {
            register: Some(register),
            terms,
            conflicts,
        }
    }

    fn requirements(&self) -> Vec<Requirement> {
        let register = self.register.iter();
        let read = register.filter_map(|one| Some((one, one.read.as_ref().ok()?)));
        read.flat_map(|(register, read)| {
            read.requirements.iter().map(|line| Requirement {
                criterion: line.criterion.clone(),
                clause: line.clause.clone(),
                cited: register.cite(&line.at),
            })
        })
        .collect()
    }
}

impl ReadRegister {
    fn cite(&self, at: &Place) -> Citation {
        Citation {
            sha256: self.digest.unwrap_or_else(|| Digest::of(b"")),
            file: self.path.clone(),
            at: at.clone(),
        }
    }
}

/// Settles every requirement of the register by the outcomes of the checks.
pub(super) fn settle(
    gathered: &Gathered<'_>,
    groups: &[(Group, Vec<Outcome>)],
) -> (Vec<Settled>, Vec<Outcome>) {
    let library = gathered.request.library;
    let outcomes: BTreeMap<&str, &Outcome> = groups
        .iter()
        .flat_map(|(_, list)| list)
        .map(|one| (one.check.as_str(), one))
        .collect();
    let settled = settle_all(
        &gathered.contract.requirements(),
        &outcomes,
        gathered.request.manifest,
        &library.acceptance_checks,
        &library.catalog,
    );
    let told = vec![register(gathered), met(gathered, &settled)];
    (settled, told)
}

/// Whether there is a register that can be held to.
fn register(gathered: &Gathered<'_>) -> Outcome {
    const ID: &str = "requirement.register";
    let check = gathered.check(ID);
    let manifest = gathered.request.manifest;
    let Some(register) = &gathered.contract.register else {
        if let Some(left_out) = gathered.left_out(Evidence::Requirements) {
            return Outcome::not_applicable(&check, left_out.reason.clone());
        }
        let said = both("verify-register-unnamed", &[]);
        let finding = Finding::new(ID, Effect::Unverifiable, MANIFEST_FILE, said.clone());
        return Outcome::new(&check, said).with([finding]);
    };
    let read = match &register.read {
        Ok(read) => read,
        Err(faults) => {
            let findings = faults.iter().map(|fault| {
                let why = shown(&fault.message);
                let said = both("verify-register-unreadable", &[("why", &why)]);
                let mut finding = Finding::new(ID, Effect::Unverifiable, &register.path, said)
                    .cite(register.cite(&fault.at));
                finding.code = Some(fault.code.to_owned());
                finding
            });
            let findings: Vec<_> = findings.collect();
            return Outcome::new(&check, both("verify-register-unread", &[])).with(findings);
        }
    };
    let mut findings = Vec::new();
    let tender = read.tender.as_str();
    if let Some(case) = manifest.case.as_deref().filter(|case| *case != tender) {
        let said = both(
            "verify-register-other-case",
            &[("register", &printable(tender)), ("case", &printable(case))],
        );
        let at = Place::pointer("/tender");
        findings
            .push(Finding::new(ID, Effect::Unverifiable, tender, said).cite(register.cite(&at)));
    }
    for conflict in &gathered.contract.conflicts {
        let said = both("verify-term-conflict", &[("term", conflict.term)]);
        let finding = Finding::new(ID, Effect::Warns, conflict.term, said);
        let finding = finding.cite(conflict.manifest.clone());
        findings.push(finding.cite(conflict.contract.clone()));
    }
    for line in &read.requirements {
        let catalog = &gathered.request.library.catalog;
        if !catalog.criteria.contains_key(&line.criterion) {
            let criterion = printable(line.criterion.as_str());
            let said = both("verify-register-criterion", &[("criterion", &criterion)]);
            let finding = Finding::new(ID, Effect::Warns, criterion, said);
            findings.push(finding.cite(register.cite(&line.at)));
        }
    }
    if read.requirements.is_empty() {
        let said = both("verify-register-empty", &[]);
        let finding = Finding::new(ID, Effect::Unverifiable, &register.path, said);
        findings.push(finding.cite(register.cite(&Place::whole())));
    }
    let count = read.requirements.len().to_string();
    Outcome::new(&check, both("verify-register-read", &[("count", &count)]))
        .resting_on([register.cite(&Place::whole())])
        .with(findings)
}

/// Whether the requirements that a machine settles are met. The findings behind it stand with their checks.
fn met(gathered: &Gathered<'_>, settled: &[Settled]) -> Outcome {
    let check = gathered.check("requirement.met");
    let count = |verdict| {
        let those = settled.iter().filter(|one| one.verdict == verdict);
        those.count().to_string()
    };
    let said = both(
        "verify-requirements-settled",
        &[
            ("pass", &count(Settlement::Pass)),
            ("fail", &count(Settlement::Fail)),
            ("unverifiable", &count(Settlement::Unverifiable)),
            ("waived", &count(Settlement::Waived)),
            ("inspector", &count(Settlement::Inspector)),
        ],
    );
    let mut outcome = Outcome::new(&check, said);
    outcome.verdict = Verdict::over(settled.iter().map(|one| one.verdict.verdict()));
    outcome.findings = settled
        .iter()
        .filter(|one| one.verdict == Settlement::Unverifiable)
        .filter_map(|one| left_out(gathered, one))
        .collect();
    outcome
}

/// A requirement that the manifest leaves without evidence: no other check tells it.
fn left_out(gathered: &Gathered<'_>, settled: &Settled) -> Option<Finding> {
    let is_told = settled
        .checks
        .iter()
        .any(|one| one.verdict == Verdict::Unverifiable);
    if is_told {
        return None;
    }
    let said: Text = both(
        "verify-requirement-left-out",
        &[("requirement", &settled.id)],
    );
    let finding = Finding::new("requirement.met", Effect::Unverifiable, &settled.id, said);
    let cited = settled.citations.first().cloned();
    let named = gathered
        .request
        .manifest_file
        .map(|(file, bytes)| Citation {
            sha256: Digest::of(bytes),
            file: file.to_owned(),
            at: Place::whole(),
        });
    Some(cited.into_iter().chain(named).fold(finding, Finding::cite))
}
