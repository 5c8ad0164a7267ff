//! `mekiki criteria pack DIR|built-in --key KEY -o FILE` and `mekiki criteria verify FILE --criteria-key KEY`

use std::fmt::Write as _;

use serde_json::json;

use super::super::output::{Output, remark};
use super::super::{Common, Verdict, read};
use crate::app::criteria_package::{PackageSignature, open_package, pack as pack_files};
use crate::evidence::signature::Material;
use crate::folder::read_delivered;
use crate::text::messages::{message, message_with};
use crate::text::printable;

#[derive(Debug, clap::Args)]
pub(in super::super) struct PackArguments {
    /// A folder of criteria or of an overlay, or `built-in`
    source: String,
    /// The private key that signs: Ed25519, or ECDSA on P-256 or P-384, in PEM and not encrypted
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in super::super) struct VerifyArguments {
    /// The package
    file: String,
}

pub(super) fn pack(arguments: &PackArguments, output: &Output) -> anyhow::Result<Verdict> {
    let key = arguments
        .key
        .as_ref()
        .map(|path| Ok::<_, crate::app::Refused>((path, read(path)?)))
        .transpose()?;
    let key = key.as_ref().map(|(name, bytes)| Material { name, bytes });
    let unsigned = key.is_none();
    let package = pack_files(&arguments.source, key)?;
    output.bytes(&package)?;
    if unsigned {
        remark(&(message(output.lang(), "package-unsigned") + "\n"));
    }
    Ok(Verdict::Acceptable)
}

pub(super) fn verify(
    arguments: &VerifyArguments,
    common: &Common,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let package = open_package(&arguments.file, &read_delivered(&arguments.file)?)?;
    let trust = common.package_trust()?;
    let signature = package.signature(&trust)?;
    let findings = package.faults(&trust)?;
    let view = json!({
        "schema": "mekiki/criteria-verify/v1",
        "verified": findings.is_empty(),
        "signature": signature.word(),
        "kind": package.kind,
        "id": package.id,
        "version": package.version,
        "digest": package.digest,
        "files": package.files.len(),
        "findings": findings,
    });
    output.either(&view, || {
        let lang = output.lang();
        let mut out = String::new();
        let key = match &signature {
            PackageSignature::Verified(key) => key.as_str(),
            _ => "",
        };
        if findings.is_empty() {
            let parameters = [
                ("id", package.id.as_str()),
                ("version", &package.version),
                ("files", &package.files.len().to_string()),
                ("key", key),
            ];
            _ = writeln!(
                out,
                "\u{1b}[32m✓\u{1b}[0m {}",
                message_with(lang, "package-verified", &parameters)
            );
        } else {
            _ = writeln!(
                out,
                "\u{1b}[31m✗\u{1b}[0m {}",
                message(lang, "package-refused")
            );
        }
        for finding in &findings {
            _ = writeln!(out, "  {}", printable(&finding.to_string()));
        }
        out
    })?;
    Ok(Verdict::of(findings.is_empty()))
}
