//! `mekiki trust check ARTIFACT|sha256:HEX`

use super::{PolicyArgument, PurposeArgument};
use crate::app::Refused;
use crate::app::signature::SignatureRequest;
use crate::app::trust::check;
use crate::cli::output::Output;
use crate::cli::signature::{ArtifactArgument, KindArgument};
use crate::cli::trust_material::{material, trusted_root};
use crate::cli::{Verdict, read};
use crate::clock;
use crate::document::trust::{check_text, check_view};
use crate::time::{Date, end_of_day};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The signed file, or its digest as sha256:HEX, sha384:HEX or sha512:HEX
    artifact: String,
    #[command(flatten)]
    policy: PolicyArgument,
    /// The supplier, as the policy names it
    #[arg(long, value_name = "NAME")]
    supplier: String,
    /// What is signed
    #[arg(long = "for", value_name = "WHAT", default_value = "artifact")]
    purpose: PurposeArgument,
    /// A Sigstore bundle
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    bundle: Option<String>,
    /// A signature in a file of its own; without one, it must stand inside the artifact
    #[arg(long, value_name = "FILE")]
    signature: Option<String>,
    /// The kind of signature
    #[arg(long, value_enum, default_value = "auto")]
    kind: KindArgument,
    /// The trusted root for Sigstore bundles (`trusted_root.json`); else the one that `mekiki trust root` keeps
    #[arg(long, value_name = "FILE", env = "MEKIKI_TRUSTED_ROOT")]
    trusted_root: Option<String>,
    /// A list of revoked certificates (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    crl: Vec<String>,
    /// Judge as of the end of this day (UTC) instead of now
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let policy = arguments.policy.read()?;
    let file = |path: &String| Ok::<_, Refused>((path.clone(), read(path)?));
    let path = arguments.bundle.as_ref().or(arguments.signature.as_ref());
    let signature = path.map(file).transpose()?;
    let revocations = arguments
        .crl
        .iter()
        .map(file)
        .collect::<Result<Vec<_>, _>>()?;
    let artifact = ArtifactArgument::read(&arguments.artifact)?;
    let at = arguments.as_of.map_or_else(clock::now, end_of_day);
    let (trusted_root, root_cautions) = trusted_root(arguments.trusted_root.as_ref(), at)?;
    let request = SignatureRequest {
        signature: signature.as_ref().map(material),
        kind: arguments.kind.kind(),
        trusted_root: trusted_root.as_ref().map(material),
        root_cautions,
        revocations: revocations.iter().map(material).collect(),
        ..SignatureRequest::new(artifact.artifact(), at)
    };
    let checked = check(
        &policy,
        &arguments.policy.policy,
        &arguments.supplier,
        arguments.purpose.purpose(),
        &request,
    )
    .map_err(|refused| refused.in_file_if_unnamed(&arguments.artifact))?;
    let view = check_view(
        &checked.admission,
        &checked.approved,
        &arguments.policy.policy,
        &policy.digest,
    );
    output.either(&view, || {
        check_text(
            &checked.admission,
            &checked.approved,
            output.lang(),
            output.width(),
        )
    })?;
    Ok(Verdict::of(checked.admission.verification.verified))
}
