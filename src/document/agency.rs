//! An agency's registers for people: systems with their classes, exceptions, the self-check, and what does not agree.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::table::{Look, Sheet, heading};
use super::{marking, words};
use crate::criteria::Catalog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::governance::Registers;
use crate::governance::exception::{ExceptionLine, ExceptionState};
use crate::governance::self_check::SelfCheck;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// Every finding with its file and place, errors first.
pub fn findings(findings: &[Diagnostic], lang: Lang) -> String {
    if findings.is_empty() {
        return message(lang, "agency-sound") + "\n";
    }
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by(|left, right| {
        right
            .severity
            .cmp(&left.severity)
            .then_with(|| left.cmp(right))
    });
    let mut out = String::new();
    for finding in sorted {
        _ = writeln!(out, "{finding}");
    }
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let arguments = [
        ("errors", errors.to_string()),
        ("others", (findings.len() - errors).to_string()),
    ];
    _ = writeln!(out, "{}", message_with(lang, "agency-findings", &arguments));
    out
}

/// The systems of the inventory, for machines.
pub fn systems_view(registers: &Registers) -> Vec<Value> {
    registers
        .systems
        .iter()
        .map(|system| {
            let entry = &system.entry;
            let contracts: Vec<_> = entry
                .contracts
                .iter()
                .map(|one| {
                    json!({"case": one.case, "supplier": one.supplier, "product": one.product, "version": one.version,
                        "service": one.service, "from": one.from.to_string(), "until": one.until.map(|day| day.to_string())})
                })
                .collect();
            json!({"id": entry.id, "name": entry.name, "owner": entry.owner, "officer": entry.officer, "marking": entry.marking(),
                "reviewed_on": entry.reviewed_on.to_string(), "contracts": contracts, "sboms": entry.sboms, "file": system.file})
        })
        .collect()
}

/// The systems of the inventory as a table.
pub fn systems(registers: &Registers, lang: Lang, width: u16) -> String {
    if registers.systems.is_empty() {
        return message(lang, "agency-no-systems") + "\n";
    }
    let titles = [
        "agency-system",
        "agency-owner",
        "agency-marking",
        "agency-contracts",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for system in &registers.systems {
        let entry = &system.entry;
        let contracts: Vec<_> = entry
            .contracts
            .iter()
            .map(|one| {
                let what = one.product.as_ref().or(one.service.as_ref());
                let what = what.map_or_else(String::new, |what| printable(what));
                let version = one.version.as_deref().map(printable).unwrap_or_default();
                format!("{what} {version} ({})", printable(&one.case))
            })
            .collect();
        sheet.row([
            (
                format!("{} {}", entry.id, printable(entry.name.of(lang))),
                Look::Plain,
            ),
            (
                format!(
                    "{} / {}",
                    printable(&entry.owner),
                    printable(&entry.officer)
                ),
                Look::Plain,
            ),
            (marking::line(&entry.marking(), lang), Look::Plain),
            (contracts.join("\n"), Look::Faint),
        ]);
    }
    sheet.render()
}

/// The register of exceptions as a table.
pub fn exceptions(lines: &[ExceptionLine], lang: Lang, width: u16) -> String {
    if lines.is_empty() {
        return message(lang, "agency-no-exceptions") + "\n";
    }
    let titles = [
        "agency-exception",
        "agency-system",
        "agency-marking",
        "criterion",
        "agency-state",
        "agency-age",
        "agency-left",
        "agency-renewals",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for line in lines {
        let look = match line.state {
            ExceptionState::InForce => Look::Open,
            ExceptionState::Expired | ExceptionState::Revoked => Look::Bad,
            ExceptionState::Refused | ExceptionState::NotBegun => Look::Faint,
        };
        let days = |days: i64| message_with(lang, "agency-days", &[("count", &days.to_string())]);
        sheet.row([
            (printable(&line.id), Look::Plain),
            (
                line.system.as_deref().map(printable).unwrap_or_default(),
                Look::Plain,
            ),
            (
                line.classes
                    .map(|one| marking::classes(one, lang))
                    .unwrap_or_default(),
                Look::Faint,
            ),
            (printable(&line.criterion), Look::Plain),
            (
                message(
                    lang,
                    &format!("exception-{}", line.state.word().replace('_', "-")),
                ),
                look,
            ),
            (days(line.age_days), Look::Number),
            (days(line.days_left), Look::Number),
            (line.renewals.to_string(), Look::Number),
        ]);
    }
    sheet.render()
}

/// The self-check: a line a contract, and what each lacks.
pub fn self_check(check: &SelfCheck, catalog: &Catalog, lang: Lang) -> String {
    let mut out = String::new();
    let numbers = [
        ("whole", check.whole.to_string()),
        ("all", check.contracts.len().to_string()),
    ];
    _ = writeln!(
        out,
        "{}",
        message_with(lang, "self-check-contracts", &numbers)
    );
    for contract in &check.contracts {
        let title = format!("{} · {}", printable(&contract.case), contract.bid);
        out.push_str(&heading(&title));
        let numbers = [
            ("evidenced", contract.evidenced.to_string()),
            ("requirements", contract.requirements.to_string()),
            ("failed", contract.failed.len().to_string()),
            ("waived", contract.waived.len().to_string()),
        ];
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "self-check-contract", &numbers)
        );
        for lacking in &contract.lacking {
            let title = catalog
                .criteria
                .get(&lacking.criterion)
                .map_or("", |criterion| criterion.title.of(lang));
            let verdict = words::verdict(lang, &lacking.verdict);
            _ = writeln!(out, "  {} {title}: {verdict}", lacking.criterion);
        }
    }
    out
}
