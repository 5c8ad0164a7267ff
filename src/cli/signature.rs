//! `mekiki signature verify ARTIFACT|sha256:HEX`

use std::fmt::Write as _;

use serde_json::json;

use super::output::Output;
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::inspect::{BUNDLE, KEY, SignatureRequest, TRUSTED_ROOT, verify_signature};
use crate::digest::Digest;
use crate::evidence::signature::Verification;
use crate::text::messages::message;
use crate::text::{Lang, printable};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Verify one signature over one artifact
    Verify(Arguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The signed file, or its digest as sha256:HEX
    artifact: String,
    /// A Sigstore bundle
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "signature",
        required_unless_present = "signature"
    )]
    bundle: Option<String>,
    /// A detached signature in base64, as `cosign sign-blob` writes it
    #[arg(long, value_name = "FILE")]
    signature: Option<String>,
    /// The trusted root for a bundle (`trusted_root.json`)
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<String>,
    /// The identity that must have signed
    #[arg(
        long,
        value_name = "ID",
        requires = "certificate_oidc_issuer",
        conflicts_with = "key"
    )]
    certificate_identity: Option<String>,
    /// The issuer of that identity
    #[arg(long, value_name = "URL", requires = "certificate_identity")]
    certificate_oidc_issuer: Option<String>,
    /// The public key that must have signed (PEM)
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    let Command::Verify(arguments) = command;
    let file = |path: &Option<String>| path.as_deref().map(read).transpose();
    let digest = arguments
        .artifact
        .starts_with("sha256:")
        .then(|| arguments.artifact.parse::<Digest>())
        .transpose()
        .map_err(|error| {
            Refused::from(
                crate::diagnostic::Diagnostic::error(
                    "digest-malformed",
                    crate::diagnostic::Place::whole(),
                    error.to_string(),
                )
                .help("write sha256: and 64 hexadecimal digits"),
            )
        })?;
    let artifact = if digest.is_some() {
        None
    } else {
        Some(read(&arguments.artifact)?)
    };
    let (bundle, signature) = (file(&arguments.bundle)?, file(&arguments.signature)?);
    let (trusted_root, key) = (file(&arguments.trusted_root)?, file(&arguments.key)?);
    let request = SignatureRequest {
        artifact: artifact.as_deref(),
        digest,
        bundle: bundle.as_deref(),
        signature: signature.as_deref(),
        trusted_root: trusted_root.as_deref(),
        identity: arguments
            .certificate_identity
            .as_deref()
            .zip(arguments.certificate_oidc_issuer.as_deref()),
        key: key.as_deref(),
    };
    let verification = verify_signature(&request).map_err(|mut refused| {
        for fault in &mut refused.0 {
            match fault.file.as_deref() {
                Some(BUNDLE) => fault.file.clone_from(&arguments.bundle),
                Some(TRUSTED_ROOT) => fault.file.clone_from(&arguments.trusted_root),
                Some(KEY) => fault.file.clone_from(&arguments.key),
                _ => {}
            }
        }
        refused
    })?;
    let mut view = json!(verification);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("schema".to_owned(), json!("mekiki/signature-verify/v1"));
    }
    output.either(&view, || text(&verification, output.lang()))?;
    Ok(Verdict::of(verification.verified))
}

fn text(verification: &Verification, lang: Lang) -> String {
    let mut out = String::new();
    let key = if verification.verified {
        "signature-verified"
    } else {
        "signature-refused"
    };
    _ = writeln!(out, "{} ({})", message(lang, key), verification.kind);
    for check in &verification.checks {
        let mark = if check.passed {
            "\u{1b}[32m✓\u{1b}[0m"
        } else {
            "\u{1b}[31m✗\u{1b}[0m"
        };
        _ = writeln!(out, "  {mark} {}: {}", check.name, printable(&check.detail));
    }
    for time in &verification.signer.times {
        _ = writeln!(out, "    {time}");
    }
    for warning in &verification.warnings {
        _ = writeln!(out, "  ! {}", printable(warning));
    }
    out
}
