//! Signs files for fixtures, with a Sigstore-like authority that exists for this run only.
//!
//! ```text
//! cargo run --example sign_fixture -- --trusted-root OUT.json \
//!     --identity ID --issuer URL --at RFC3339 [--provenance builder=URL,source=URI] FILE...
//! cargo run --example sign_fixture -- --plan PLAN.json
//! ```
//!
//! Writes `FILE.sigstore.json` beside each file and, with provenance, also
//! `FILE.provenance.sigstore.json`, and writes the trusted root that they verify against. A plan
//! lets several signers share one trusted root; its paths are relative to the working directory:
//!
//! ```json
//! {
//!   "trusted_root": "trusted_root.json",
//!   "signatures": [{
//!     "identity": "https://example.com/release.yml@refs/tags/v1",
//!     "issuer": "https://accounts.example.com",
//!     "at": "2026-11-10T03:00:00Z",
//!     "files": ["app.tar.gz"],
//!     "provenance": { "builder": "https://example.com/builder", "source": "git+https://..." }
//!   }]
//! }
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::Deserialize;

#[expect(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "written for the tests, which want faulty bundles too and may panic"
)]
#[path = "../tests/it/authority.rs"]
mod authority;

use authority::Authority;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    trusted_root: PathBuf,
    signatures: Vec<Signing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signing {
    identity: String,
    issuer: String,
    at: Timestamp,
    files: Vec<PathBuf>,
    provenance: Option<Provenance>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provenance {
    builder: String,
    source: String,
}

fn main() -> Result<()> {
    let plan = plan(std::env::args().skip(1))?;
    let authority = Authority::new();
    write(&plan.trusted_root, &authority.trusted_root())?;
    for signing in &plan.signatures {
        sign(&authority, signing)?;
    }
    Ok(())
}

fn sign(authority: &Authority, signing: &Signing) -> Result<()> {
    let signer = authority.signer(&signing.identity, &signing.issuer, signing.at.as_second());
    for file in &signing.files {
        let artifact = fs::read(file).with_context(|| format!("read {}", file.display()))?;
        write(
            &beside(file, ".sigstore.json"),
            &signer.sign_blob(&artifact),
        )?;
        if let Some(Provenance { builder, source }) = &signing.provenance {
            let name = file
                .file_name()
                .context("a file has a name")?
                .to_string_lossy();
            let statement = authority::provenance(&name, &artifact, builder, source);
            let bundle = signer.sign_statement(&statement);
            write(&beside(file, ".provenance.sigstore.json"), &bundle)?;
        }
    }
    Ok(())
}

/// The plan that the command line names, or the one with a single signer that it spells out.
fn plan(mut args: impl Iterator<Item = String>) -> Result<Plan> {
    let (mut trusted_root, mut identity, mut issuer, mut at) = (None, None, None, None);
    let (mut provenance, mut files) = (None, Vec::new());
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--plan" => {
                let path = value()?;
                let plan = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
                return serde_json::from_str(&plan).with_context(|| format!("parse {path}"));
            }
            "--trusted-root" => trusted_root = Some(value()?.into()),
            "--identity" => identity = Some(value()?),
            "--issuer" => issuer = Some(value()?),
            "--at" => at = Some(value()?.parse().context("--at is an RFC 3339 time")?),
            "--provenance" => {
                let value = value()?;
                let (builder, source) = value
                    .strip_prefix("builder=")
                    .and_then(|value| value.split_once(",source="))
                    .context("--provenance is builder=URL,source=URI")?;
                provenance = Some(Provenance {
                    builder: builder.into(),
                    source: source.into(),
                });
            }
            flag if flag.starts_with('-') => bail!("unknown option {flag}"),
            file => files.push(file.into()),
        }
    }
    Ok(Plan {
        trusted_root: trusted_root.context("--trusted-root is missing")?,
        signatures: vec![Signing {
            identity: identity.context("--identity is missing")?,
            issuer: issuer.context("--issuer is missing")?,
            at: at.context("--at is missing")?,
            files,
            provenance,
        }],
    })
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("write {}", path.display()))
}
