//! `mekiki provenance check --attestation FILE --subject sha256:HEX`

use super::output::Output;
use super::trust_material::{self, material};
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::criteria_origin::Origin;
use crate::app::library::builders;
use crate::app::provenance::{ProvenanceRequest, check_provenance};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Algorithm;
use crate::document::provenance::{text, view};
use crate::evidence::signature::Artifact;
use crate::provenance::{BuilderId, Expectation, VersionedTag};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Hold the SLSA provenance of an artifact against what was agreed
    Check(Box<Arguments>),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The provenance: an envelope, lines of envelopes or bundles, a bundle, npm attestations or Cloud Build's JSON
    #[arg(long, value_name = "FILE")]
    attestation: String,
    /// The artifact's digest as sha256:HEX, sha384:HEX or sha512:HEX; several name one artifact
    #[arg(long, value_name = "DIGEST", required = true)]
    subject: Vec<String>,
    /// The repository that it must be built from, such as github.com/owner/name
    #[arg(long, value_name = "URI")]
    source_uri: Option<String>,
    /// The tag that it must be built from
    #[arg(long, value_name = "TAG")]
    source_tag: Option<String>,
    /// The branch that it must be built from
    #[arg(long, value_name = "BRANCH")]
    source_branch: Option<String>,
    /// The version of the tag that it must be built from; v1 and v1.2 leave the rest open
    #[arg(long, value_name = "VERSION")]
    source_versioned_tag: Option<String>,
    /// The builder that must have built it, with a version behind @ where one was agreed
    #[arg(long, value_name = "ID")]
    builder_id: Option<String>,
    /// The build type that the provenance must be of
    #[arg(long, value_name = "URI")]
    build_type: Option<String>,
    /// An input that must have been given to the workflow; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    workflow_input: Vec<String>,
    /// The package that it must be
    #[arg(long, value_name = "NAME")]
    package_name: Option<String>,
    /// The version of the package that it must be
    #[arg(long, value_name = "VERSION")]
    package_version: Option<String>,
    /// Leave signatures unchecked, because somebody else checks them
    #[arg(long)]
    policy_only: bool,
    #[command(flatten)]
    trust: trust_material::TrustArguments,
}

pub(super) fn run(
    command: &Command,
    criteria: &Origin,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let Command::Check(arguments) = command;
    let expectation = arguments.expectation()?;
    let trust = arguments.trust.read()?;
    let builders = builders(criteria)?;
    let attestation = (arguments.attestation.clone(), read(&arguments.attestation)?);
    let outcome = check_provenance(&ProvenanceRequest {
        attestation: material(&attestation),
        expectation,
        builders: &builders,
        policy_only: arguments.policy_only,
        trust: trust.request(Artifact::default()),
        register: None,
    })?;
    output.either(&view(&outcome), || text(&outcome, output.lang()))?;
    Ok(if outcome.is_unverifiable() {
        Verdict::Unverifiable
    } else {
        Verdict::of(outcome.passed)
    })
}

impl Arguments {
    fn expectation(&self) -> Result<Expectation, Refused> {
        Ok(Expectation {
            // What is not verified is not agreed either: then the certificate only claims a name.
            signer_is_agreed: !self.policy_only && self.trust.names_signer(),
            subject: digests(&self.subject)?,
            source_uri: self
                .source_uri
                .as_deref()
                .map(Expectation::source)
                .transpose()?,
            source_tag: self.source_tag.clone(),
            source_branch: self.source_branch.clone(),
            source_versioned_tag: self
                .source_versioned_tag
                .as_deref()
                .map(VersionedTag::parse)
                .transpose()?,
            builder: self.builder_id.as_deref().map(BuilderId::parse),
            build_type: self.build_type.clone(),
            parameters: self
                .workflow_input
                .iter()
                .map(|input| Expectation::parameter(input))
                .collect::<Result<_, _>>()?,
            package_name: self.package_name.clone(),
            package_version: self.package_version.clone(),
        })
    }
}

fn digests(arguments: &[String]) -> Result<Vec<(Algorithm, String)>, Diagnostic> {
    let mut digests: Vec<(Algorithm, String)> = Vec::new();
    for argument in arguments {
        let malformed = |message: String| {
            Diagnostic::error("digest-malformed", Place::whole(), message).help(
                "write sha256: and 64 hexadecimal digits, sha384: and 96, or sha512: and 128, each at most once",
            )
        };
        let artifact = Artifact::parse_digest(argument)
            .ok_or_else(|| malformed(format!("`{argument}` is no digest")))?;
        for algorithm in Artifact::ALGORITHMS {
            let Some(digits) = artifact.digest_hex(algorithm) else {
                continue;
            };
            if digests.iter().any(|(known, _)| *known == algorithm) {
                return Err(malformed(format!("`{argument}` is the second of its kind")));
            }
            digests.push((algorithm, digits));
        }
    }
    Ok(digests)
}
