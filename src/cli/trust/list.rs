//! `mekiki trust list`

use serde_json::json;

use super::PolicyArgument;
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::clock;
use crate::document::trust::table;
use crate::text::messages::message;
use crate::time::{Date, instant};
use crate::trust::{Standing, list};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Only the grants of this supplier
    #[arg(long, value_name = "NAME")]
    supplier: Option<String>,
    /// Only the grants that are in force
    #[arg(long)]
    in_force: bool,
    /// As of this day instead of today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let policy = arguments.policy.read()?;
    let day = arguments.as_of.unwrap_or_else(clock::today);
    let mut grants = list(&policy, arguments.supplier.as_deref(), day);
    if arguments.in_force {
        grants.retain(|grant| grant.standing == Standing::InForce);
    }
    let view = json!({
        "schema": "mekiki/trust-list/v1",
        "policy": {"file": arguments.policy.policy, "sha256": policy.digest},
        "as_of": instant(day),
        "grants": grants,
    });
    let lang = output.lang();
    output.either(&view, || {
        if grants.is_empty() {
            message(lang, "trust-nobody") + "\n"
        } else {
            table(&grants, lang, output.width())
        }
    })?;
    Ok(Verdict::Acceptable)
}
