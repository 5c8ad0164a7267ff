//! `mekiki trust withdraw GRANT`

use serde_json::json;

use super::PolicyArgument;
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::clock;
use crate::document::trust::table;
use crate::time::Date;
use crate::trust::{NewWithdrawal, list, withdrawal_text};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The grant, such as T-0001
    grant: String,
    #[command(flatten)]
    policy: PolicyArgument,
    /// The first day on which its signer may not sign any more; today where none is named
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The key is in strange hands: no signature counts any more, not even an earlier one
    #[arg(long)]
    compromised: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who approved it
    #[arg(long, value_name = "WHO")]
    approved_by: String,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    // A register that is not there is an error: there is nothing to withdraw.
    arguments.policy.read()?;
    let (before, _) = arguments.policy.read_or_new()?;
    let text = withdrawal_text(
        &before,
        &NewWithdrawal {
            grant: &arguments.grant,
            from: arguments.from.unwrap_or_else(clock::today),
            compromised: arguments.compromised,
            reason: &arguments.reason,
            approved_by: &arguments.approved_by,
            added: clock::today(),
        },
    );
    let policy = arguments.policy.write(&before, &text)?;
    let mut grants = list(&policy, None, clock::today());
    grants.retain(|grant| grant.id == arguments.grant);
    let view = json!({
        "schema": "mekiki/trust-withdraw/v1",
        "policy": {"file": arguments.policy.policy, "sha256": policy.digest},
        "grants": grants,
    });
    output.either(&view, || table(&grants, output.lang(), output.width()))?;
    Ok(Verdict::Acceptable)
}
