//! `mekiki attestation verify --attestation FILE ARTIFACT|sha256:HEX`

use super::output::Output;
use super::signature::ArtifactArgument;
use super::trust_material::{self, material};
use super::{Verdict, read};
use crate::app::attestation::verify_attestation;
use crate::document::attestation::{text, view};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Verify a signed statement about an artifact, and tell what it says
    Verify(Box<Arguments>),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The artifact, or its digest as sha256:HEX, sha384:HEX or sha512:HEX
    artifact: String,
    /// A DSSE envelope or a Sigstore bundle; several of them, one on each line
    #[arg(long, value_name = "FILE")]
    attestation: String,
    /// Ask only statements whose predicate is of this type
    #[arg(long = "type", value_name = "URI")]
    predicate_type: Option<String>,
    #[command(flatten)]
    trust: trust_material::TrustArguments,
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    let Command::Verify(arguments) = command;
    let trust = arguments.trust.read()?;
    let attestation = (arguments.attestation.clone(), read(&arguments.attestation)?);
    let artifact = ArtifactArgument::read(&arguments.artifact)?;
    let attested = verify_attestation(
        &trust.request(artifact.artifact()),
        material(&attestation),
        arguments.predicate_type.as_deref(),
    )
    .map_err(|refused| refused.in_file_if_unnamed(&arguments.artifact))?;
    let said = attested
        .said
        .as_ref()
        .map(|said| (&said.statement, said.findings.as_slice(), &said.predicate));
    let verification = &attested.verification;
    output.either(&view(verification, said), || {
        text(verification, said, output.lang())
    })?;
    Ok(Verdict::of(verification.verified))
}
