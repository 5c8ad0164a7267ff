//! `mekiki signature verify ARTIFACT|sha256:HEX`

use std::fmt::Write as _;

use serde_json::json;

use super::output::Output;
use super::trust_material::{self, material};
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::oci::{ImageVerification, verify_image};
use crate::app::signature::{SignatureRequest, verify_signature};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::signature::{text, view};
use crate::evidence::signature::{Artifact, Kind, Verification};
use crate::folder::read_delivered;
use crate::text::messages::message;
use crate::text::{Lang, printable};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Verify one signature over one artifact
    Verify(Box<Arguments>),
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The signed file, or its digest as sha256:HEX, sha384:HEX or sha512:HEX
    artifact: String,
    /// A Sigstore bundle
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    bundle: Option<String>,
    /// A signature in a file of its own; without one, it must stand inside the artifact
    #[arg(long, value_name = "FILE")]
    signature: Option<String>,
    /// An image layout, of which the signatures that are attached to the image sha256:HEX are verified
    #[arg(long, value_name = "DIR", conflicts_with_all = ["bundle", "signature", "kind"])]
    oci_layout: Option<String>,
    /// The kind of signature
    #[arg(long, value_enum, default_value = "auto")]
    kind: KindArgument,
    #[command(flatten)]
    trust: trust_material::TrustArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum KindArgument {
    /// Told from the bytes
    Auto,
    /// A Sigstore bundle
    Sigstore,
    /// A bare signature under a key or a certificate, as `cosign sign-blob` writes it
    Cosign,
    /// A signed envelope around a statement
    Dsse,
    /// OpenPGP, detached or in clear text
    Openpgp,
    /// minisign or signify
    Minisign,
    /// CMS (PKCS #7), detached or around the artifact
    Cms,
    /// An XML signature inside the artifact
    Xmldsig,
    /// A JSON signature (JSF) inside the artifact
    Jsf,
    /// An SSH signature
    Sshsig,
}

impl KindArgument {
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Self::Auto => None,
            Self::Sigstore => Some(Kind::Sigstore),
            Self::Cosign => Some(Kind::Cosign),
            Self::Dsse => Some(Kind::Dsse),
            Self::Openpgp => Some(Kind::Openpgp),
            Self::Minisign => Some(Kind::Minisign),
            Self::Cms => Some(Kind::Cms),
            Self::Xmldsig => Some(Kind::Xmldsig),
            Self::Jsf => Some(Kind::Jsf),
            Self::Sshsig => Some(Kind::Sshsig),
        }
    }
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    let Command::Verify(arguments) = command;
    let trust = arguments.trust.read()?;
    if let Some(layout) = &arguments.oci_layout {
        return run_layout(layout, &arguments.artifact, &trust, output);
    }
    let path = arguments.bundle.as_ref().or(arguments.signature.as_ref());
    let signature = path
        .map(|path| Ok::<_, Refused>((path.clone(), read(path)?)))
        .transpose()?;
    let kind = match arguments.bundle {
        Some(_) => Some(arguments.kind.kind().unwrap_or(Kind::Sigstore)),
        None => arguments.kind.kind(),
    };
    let artifact = ArtifactArgument::read(&arguments.artifact)?;
    let verification = verify_signature(&SignatureRequest {
        signature: signature.as_ref().map(material),
        kind,
        ..trust.request(artifact.artifact())
    })
    .map_err(|refused| refused.in_file_if_unnamed(&arguments.artifact))?;
    output.either(&view(&verification), || text(&verification, output.lang()))?;
    Ok(Verdict::of(verification.verified))
}

fn run_layout(
    layout: &str,
    image: &str,
    trust: &trust_material::TrustMaterial<'_>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let digest = image
        .strip_prefix("sha256:")
        .and_then(|_| image.parse().ok());
    let Some(digest) = digest else {
        let message = format!("`{image}` is no SHA-256 digest of an image");
        let fault = Diagnostic::error("digest-malformed", Place::whole(), message)
            .help("write sha256: and the 64 hexadecimal digits of the image's manifest");
        return Err(Refused::from(fault).into());
    };
    let request = trust.request(Artifact::of_digests([]));
    let judged = verify_image(layout, &digest, &request)
        .map_err(|refused| refused.in_file_if_unnamed(layout))?;
    output.either(&image_view(&judged), || image_text(&judged, output.lang()))?;
    Ok(Verdict::of(judged.verification.verified))
}

fn image_view(judged: &ImageVerification) -> serde_json::Value {
    let mut view = view(&judged.verification);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("layers".to_owned(), json!(judged.layers));
    }
    view
}

fn image_text(judged: &ImageVerification, lang: Lang) -> String {
    let mut out = text(&judged.verification, lang);
    _ = writeln!(out, "  {}", message(lang, "signature-attached"));
    for layer in &judged.layers {
        let verified = layer.verification.as_ref().is_some_and(|one| one.verified);
        let mark = if verified {
            "\u{1b}[32m✓\u{1b}[0m"
        } else {
            "\u{1b}[31m✗\u{1b}[0m"
        };
        let refusal = layer.verification.as_ref().and_then(Verification::refusal);
        let why = match (refusal, &layer.error) {
            (Some(check), _) => format!(": {}: {}", check.name.word(), check.detail),
            (None, Some(fault)) => format!(": {}: {}", fault.code, fault.message),
            (None, None) => String::new(),
        };
        let place = format!(
            "sha256:{} ({}){why}",
            layer.attached.layer.short(),
            layer.attached.found_by
        );
        _ = writeln!(out, "  {mark} {}", printable(&place));
    }
    out
}

/// An artifact that a command names: a file in memory, or a digest.
pub(super) enum ArtifactArgument {
    Bytes(Vec<u8>),
    Digest(Artifact<'static>),
}

impl ArtifactArgument {
    pub(super) fn read(argument: &str) -> Result<Self, Refused> {
        let is_digest = Artifact::ALGORITHMS.iter().any(|algorithm| {
            let name = algorithm.name().replace('-', "").to_ascii_lowercase();
            argument
                .strip_prefix(&name)
                .is_some_and(|rest| rest.starts_with(':'))
        });
        if !is_digest {
            let bytes = if argument == "-" {
                read(argument)?
            } else {
                read_delivered(argument)?
            };
            return Ok(Self::Bytes(bytes));
        }
        Artifact::parse_digest(argument)
            .map(Self::Digest)
            .ok_or_else(|| {
                let message = format!("`{argument}` is no digest");
                Diagnostic::error("digest-malformed", Place::whole(), message)
                .help("write sha256: and 64 hexadecimal digits, sha384: and 96, or sha512: and 128")
                .into()
            })
    }

    pub(super) fn artifact(&self) -> Artifact<'_> {
        match self {
            Self::Bytes(bytes) => Artifact::of_bytes(bytes),
            Self::Digest(artifact) => artifact.clone(),
        }
    }
}
