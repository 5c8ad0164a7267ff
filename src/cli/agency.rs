//! `mekiki agency …`: the registers of the agency, held against its running cases.

use serde_json::json;

use super::Verdict;
use super::output::Output;
use crate::app::agency::{Agency, write_audit_bundle};
use crate::app::library::Library;
use crate::clock::today;
use crate::document::agency as page;
use crate::time::{Date, instant, parse_instant};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Name everything that does not agree: systems, cases, SBOMs, risk evaluations, continuity, exceptions
    Check(Arguments),
    /// List the systems of the inventory with their classes
    Systems(Arguments),
    /// List the exceptions by system, class, age and renewals (Article 8)
    Exceptions(Arguments),
    /// Tell how many contracts carry evidence for every requirement (Article 11)
    ///
    /// Not to be confused with `mekiki self-check`, which looks at the program itself before a delivery is verified.
    SelfCheck(Arguments),
    /// Write one file for an auditor: every file, its digest, each record rebuilt (Article 12)
    Audit(Arguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The agency's folder: registers and, below any folder, cases with a tender.toml
    dir: String,
    /// The day of judgment, YYYY-MM-DD; today when left out
    #[arg(long, value_name = "DATE", value_parser = |text: &str| parse_instant(text).ok_or("write a day as YYYY-MM-DD"))]
    as_of: Option<Date>,
}

pub(super) fn run(
    command: &Command,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let (Command::Check(arguments)
    | Command::Systems(arguments)
    | Command::Exceptions(arguments)
    | Command::SelfCheck(arguments)
    | Command::Audit(arguments)) = command;
    let as_of = arguments.as_of.unwrap_or_else(today);
    let agency = Agency::open(library, &arguments.dir, as_of)?;
    let report = agency.report(library);
    let (lang, width) = (output.lang(), output.width());
    let day = instant(as_of);
    match command {
        Command::Check(_) => {
            let view = json!({"schema": "mekiki/agency-check/v1", "as_of": day, "sound": report.is_sound(), "findings": report.findings});
            output.either(&view, || page::findings(&report.findings, lang))?;
        }
        Command::Systems(_) => {
            let view = json!({"schema": "mekiki/agency-systems/v1", "as_of": day, "systems": page::systems_view(&agency.registers)});
            output.either(&view, || page::systems(&agency.registers, lang, width))?;
            return Ok(Verdict::Acceptable);
        }
        Command::Exceptions(_) => {
            let view = json!({"schema": "mekiki/agency-exceptions/v1", "as_of": day, "exceptions": report.exceptions});
            output.either(&view, || page::exceptions(&report.exceptions, lang, width))?;
            return Ok(Verdict::Acceptable);
        }
        Command::SelfCheck(_) => {
            let whole = report.self_check.whole == report.self_check.contracts.len();
            let view = json!({"schema": "mekiki/self-check/v1", "as_of": day, "whole": report.self_check.whole, "contracts": report.self_check.contracts});
            output.either(&view, || {
                page::self_check(&report.self_check, &library.catalog, lang)
            })?;
            return Ok(Verdict::of(whole));
        }
        Command::Audit(_) => {
            let (bundle, audit) = write_audit_bundle(library, &agency, &arguments.dir)?;
            if output.file().is_some() {
                output.bytes(&bundle)?;
            } else {
                output.json(&audit)?;
            }
        }
    }
    Ok(Verdict::of(report.is_sound()))
}
