//! `mekiki policy check|test`

use std::fmt::Write as _;

use serde_json::json;

use super::Verdict;
use super::output::Output;
use crate::app::Refused;
use crate::app::policy::{open_tested_pack, test_pack};
use crate::diagnostic::Diagnostic;
use crate::text::printable;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Name every fault of a pack of own rules at once
    ///
    /// Example: mekiki policy check fixtures/policies/example-agency
    Check {
        /// The folder of the pack, with its pack.toml
        dir: String,
    },
    /// Run every example of every rule of a pack
    ///
    /// Example: mekiki policy test fixtures/policies/example-agency
    Test {
        /// The folder of the pack, with its pack.toml
        dir: String,
    },
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Check { dir } => check(dir, output),
        Command::Test { dir } => test(dir, output),
    }
}

fn check(dir: &str, output: &Output) -> anyhow::Result<Verdict> {
    let faults = match open_tested_pack(dir) {
        Ok(_) => Vec::new(),
        // A folder that cannot be read holds no file with a fault: nothing was checked.
        Err(refused) if refused.0.iter().all(|fault| fault.file.is_none()) => {
            return Err(refused.into());
        }
        Err(Refused(faults)) => faults,
    };
    let view = json!({"schema": "mekiki/policy-check/v1", "findings": faults});
    output.either(&view, || {
        lines(&faults) + &format!("{} errors\n", faults.len())
    })?;
    Ok(Verdict::of(faults.is_empty()))
}

fn test(dir: &str, output: &Output) -> anyhow::Result<Verdict> {
    let tested = test_pack(dir)?;
    output.either(&tested, || {
        let mut out = String::new();
        for one in &tested.failures {
            _ = writeln!(
                out,
                "{}: {}",
                one.check,
                printable(&one.failure.to_string())
            );
        }
        _ = writeln!(out, "{} passed, {} failed", tested.passed, tested.failed);
        out
    })?;
    Ok(Verdict::of(tested.failed == 0))
}

fn lines(faults: &[Diagnostic]) -> String {
    faults
        .iter()
        .map(|fault| printable(&fault.to_string()) + "\n")
        .collect()
}
