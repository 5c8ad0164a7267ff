//! The inventory held against the running cases, their bills of materials, risk evaluations and the continuity plan.

use std::collections::BTreeSet;

use super::{Filed, Registers, RunningCase};
use crate::classification::Classes;
use crate::criteria::case::Case;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::register::system::SystemEntry;
use crate::fact::FactValue;
use crate::fact::register::REVIEW_MONTHS;
use crate::id::FactKey;
use crate::time::{Date, add_months};

/// A part of the continuity plan, the case parameter beside it, and whether the case must ask for no more than the plan
/// allows (time to recover), or for no less than it needs (time to fetch the data when a supplier is left).
const CONTINUITY: [(&str, &str, Limit); 3] = [
    (
        "recovery_time_hours",
        "case.recovery_time_hours",
        Limit::AtMost,
    ),
    (
        "recovery_point_hours",
        "case.recovery_point_hours",
        Limit::AtMost,
    ),
    ("exit_days", "case.retrieval_days", Limit::AtLeast),
];

/// On which side of the plan a case must lie.
#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost,
    AtLeast,
}

/// Says what does not agree, sorted by file. `held` are the digests of all files of the agency.
pub fn reconcile(
    registers: &Registers,
    cases: &[RunningCase],
    held: &BTreeSet<Digest>,
    as_of: Date,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for case in cases {
        case_findings(registers, case, &mut findings);
    }
    for system in &registers.systems {
        system_findings(registers, system, cases, as_of, &mut findings);
    }
    for risk in &registers.risks {
        let known = registers
            .systems
            .iter()
            .any(|system| system.entry.id == risk.entry.system);
        if !known {
            let message = format!("there is no system `{}`", risk.entry.system);
            findings.push(
                Diagnostic::error("system-unknown", Place::pointer("/system"), message)
                    .help("name a system of the inventory")
                    .in_file(risk.file.clone()),
            );
        }
        for input in &risk.entry.inputs {
            if !held.contains(&input.sha256) {
                let message = format!("no file of the agency has the digest {}", input.sha256);
                findings.push(
                    Diagnostic::error("risk-input-missing", input.at.clone(), message)
                        .help("file the input beside the evaluation, as it was")
                        .in_file(risk.file.clone()),
                );
            }
        }
    }
    findings.sort();
    findings
}

/// A case without a system, and a bill of materials without one.
fn case_findings(registers: &Registers, case: &RunningCase, findings: &mut Vec<Diagnostic>) {
    let file = format!("{}/tender.toml", case.folder);
    let Some(system) = registers.system_of(case.tender.id.as_str()) else {
        let message = format!(
            "no system of the inventory names the case `{}`",
            case.tender.id
        );
        findings.push(
            Diagnostic::error("case-without-system", Place::pointer("/id"), message)
                .help("enter the system in the inventory, with this case among its contracts")
                .in_file(file),
        );
        return;
    };
    let contracted = case.contracted(registers);
    for sbom in case
        .sboms
        .iter()
        .filter(|sbom| contracted.contains(&&sbom.bid))
    {
        let listed = system.entry.sboms.contains(&sbom.sha256);
        let of_contract = system.entry.contracts.iter().any(|contract| {
            contract.product == sbom.name
                && (sbom.version.is_none() || contract.version == sbom.version)
        });
        if !listed && !of_contract {
            let what = sbom.name.as_deref().unwrap_or("something unnamed");
            let version = sbom.version.as_deref().unwrap_or("-");
            let message = format!(
                "the bill of materials of `{what}` {version} belongs to no contract of the system `{}`",
                system.entry.id
            );
            findings.push(
                Diagnostic::error("sbom-without-system", Place::whole(), message)
                    .help("bring the entry's product and version into agreement with what was delivered, or list the digest under `sboms`")
                    .in_file(format!("{}/{}", case.folder, sbom.file)),
            );
        }
    }
    let classes = case.tender.marking().classes;
    let entered = system.entry.marking().classes;
    if entered != entered.high_water(classes) {
        let message = format!(
            "the entry has {}, and the case `{}` handles {}",
            words(entered),
            case.tender.id,
            words(classes)
        );
        findings.push(
            Diagnostic::error(
                "system-class-lower",
                Place::pointer("/information"),
                message,
            )
            .help("a system takes the highest class of its information on each axis")
            .in_file(system.file.clone()),
        );
    }
    continuity(system, &case.tender.case, &file, findings);
}

fn words(classes: Classes) -> String {
    format!(
        "confidentiality {}, integrity {}, availability {}",
        classes.confidentiality, classes.integrity, classes.availability
    )
}

/// What a case asks of its supplier must be no weaker than the agency's own continuity plan.
fn continuity(
    system: &Filed<SystemEntry>,
    case: &Case,
    file: &str,
    findings: &mut Vec<Diagnostic>,
) {
    let plan = system.entry.continuity;
    let asked = [
        plan.recovery_time_hours,
        plan.recovery_point_hours,
        plan.exit_days,
    ];
    for ((name, key, limit), planned) in CONTINUITY.into_iter().zip(asked) {
        let value = case.parameters.get(&FactKey::from(key));
        let (Some(planned), Some(FactValue::Integer(asked))) = (planned, value) else {
            continue;
        };
        let is_weaker = match limit {
            Limit::AtMost => *asked > planned,
            Limit::AtLeast => *asked < planned,
        };
        if is_weaker {
            let message = format!(
                "the case asks for {key} = {asked}, and the continuity plan of the system `{}` needs {name} = {planned}",
                system.entry.id
            );
            findings.push(
                Diagnostic::error("continuity-weaker", Place::whole(), message)
                    .help("ask the supplier for what the plan needs, or change the plan")
                    .in_file(file.to_owned()),
            );
        }
    }
}

/// An entry that is not current, has no risk evaluation, or names a case that is not there.
fn system_findings(
    registers: &Registers,
    system: &Filed<SystemEntry>,
    cases: &[RunningCase],
    as_of: Date,
    findings: &mut Vec<Diagnostic>,
) {
    let entry = &system.entry;
    let mut add = |finding: Diagnostic| findings.push(finding.in_file(system.file.clone()));
    if add_months(entry.reviewed_on, REVIEW_MONTHS) < as_of {
        let message = format!("the entry was last looked at on {}", entry.reviewed_on);
        add(Diagnostic::warning(
            "register-not-current",
            Place::pointer("/reviewed_on"),
            message,
        )
        .help("look at the entry, and write the day"));
    }
    let latest = registers
        .risks
        .iter()
        .filter(|risk| risk.entry.system == entry.id)
        .map(|risk| risk.entry.evaluated_on)
        .max();
    match latest {
        None => add(Diagnostic::warning(
            "risk-not-evaluated",
            Place::pointer("/id"),
            format!("no risk evaluation speaks of the system `{}`", entry.id),
        )
        .help("evaluate its risk; scores of assessments are inputs, not the evaluation")),
        Some(day) if add_months(day, REVIEW_MONTHS) < as_of => add(Diagnostic::warning(
            "risk-not-current",
            Place::pointer("/id"),
            format!(
                "the risk of the system `{}` was last evaluated on {day}",
                entry.id
            ),
        )
        .help("evaluate it again")),
        Some(_) => {}
    }
    for contract in &entry.contracts {
        let runs = contract.until.is_none_or(|until| until >= as_of);
        let held = cases
            .iter()
            .any(|case| case.tender.id.as_str() == contract.case);
        if runs && !held {
            let message = format!(
                "the case `{}` is not among the agency's cases",
                contract.case
            );
            add(
                Diagnostic::warning("contract-without-case", contract.at.clone(), message)
                    .help("file the case's folder below `cases`, or mend the name"),
            );
        }
    }
}
