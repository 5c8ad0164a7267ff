//! `mekiki trust …`: who may sign what, and what vouches for signers.

mod add;
mod check;
mod list;
mod root;
mod withdraw;

use super::Verdict;
use super::output::Output;
use crate::app::Refused;
use crate::app::criteria_origin::Origin;
use crate::app::trust::read_policy;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::signature::Material;
use crate::trust::{Purpose, TrustPolicy};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List who may sign what, and how each grant stands
    List(list::Arguments),
    /// Add a signer to the policy
    Add(Box<add::Arguments>),
    /// End a grant, for the future or, where the key is in strange hands, altogether
    Withdraw(withdraw::Arguments),
    /// Verify a signature under what the policy grants a supplier
    Check(Box<check::Arguments>),
    /// Keep the trusted root of a Sigstore infrastructure
    #[command(subcommand)]
    Root(root::Command),
}

pub(super) fn run(
    command: &Command,
    criteria: &Origin,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::List(arguments) => list::run(arguments, output),
        Command::Add(arguments) => add::run(arguments, output),
        Command::Withdraw(arguments) => withdraw::run(arguments, output),
        Command::Check(arguments) => check::run(arguments, output),
        Command::Root(command) => root::run(command, criteria, output),
    }
}

/// The file of a policy.
#[derive(Debug, clap::Args)]
struct PolicyArgument {
    /// The trust policy
    #[arg(
        long,
        value_name = "FILE",
        env = "MEKIKI_TRUST_POLICY",
        default_value = "trust-policy.toml"
    )]
    policy: String,
}

impl PolicyArgument {
    fn read(&self) -> Result<TrustPolicy, Refused> {
        parsed(&self.policy, &super::read(&self.policy)?)
    }

    /// The text of the register, empty where there is none yet; with what it says.
    fn read_or_new(&self) -> anyhow::Result<(String, Option<TrustPolicy>)> {
        if !std::path::Path::new(&self.policy).exists() {
            return Ok((String::new(), None));
        }
        let bytes = super::read(&self.policy)?;
        let policy = parsed(&self.policy, &bytes)?;
        Ok((String::from_utf8(bytes)?, Some(policy)))
    }

    /// Writes the register, once it reads as what was meant, and unless somebody else added to it since `before`.
    fn write(&self, before: &str, text: &str) -> anyhow::Result<TrustPolicy> {
        let policy = parsed(&self.policy, text.as_bytes())?;
        if self.read_or_new()?.0 != before {
            let message = "somebody else has changed the register meanwhile";
            let fault = Diagnostic::error("trust-policy-changed", Place::whole(), message)
                .help("run the command again")
                .in_file(self.policy.clone());
            return Err(Refused::from(fault).into());
        }
        crate::folder::write_file(&self.policy, text.as_bytes())?;
        Ok(policy)
    }
}

fn parsed(name: &str, bytes: &[u8]) -> Result<TrustPolicy, Refused> {
    read_policy(Material { name, bytes })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PurposeArgument {
    /// Delivered artifacts
    Artifact,
    /// Software bills of materials
    Sbom,
    /// Statements on how artifacts were built
    Provenance,
    /// Statements on vulnerabilities
    Vex,
    /// Records of evaluations
    Record,
}

impl PurposeArgument {
    fn purpose(self) -> Purpose {
        match self {
            Self::Artifact => Purpose::Artifact,
            Self::Sbom => Purpose::Sbom,
            Self::Provenance => Purpose::Provenance,
            Self::Vex => Purpose::Vex,
            Self::Record => Purpose::Record,
        }
    }
}
