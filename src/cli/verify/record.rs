//! What of a verdict is kept and signed: the record, and the verification summary.

use super::super::output::remark;
use super::super::read;
use crate::acceptance::report::Report;
use crate::app::Refused;
use crate::app::record::{Payload, sign_record, sign_statement};
use crate::app::verify::{Request, write_verification_record};
use crate::document::acceptance::vsa;
use crate::evidence::signature::Material;
use crate::folder::write_file;

/// What is kept of the verdict.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is kept of the verdict, and signed")]
pub(super) struct RecordArguments {
    /// Also write the canonical record of the verification, which `mekiki record` signs, verifies and replays
    #[arg(long, value_name = "FILE")]
    record: Option<String>,
    /// Also write the verification summary (VSA), an in-toto statement about the artifacts
    #[arg(long, value_name = "FILE")]
    vsa: Option<String>,
    /// Who verifies, as a URI in the verification summary; else this program
    #[arg(long, value_name = "URI", requires = "vsa")]
    verifier_id: Option<String>,
    /// Sign both with a private key (Ed25519, or ECDSA on P-256 or P-384, in PEM), each in FILE.dsse.json
    #[arg(long, value_name = "FILE")]
    sign_key: Option<String>,
}

impl RecordArguments {
    /// Writes what is asked for.
    pub(super) fn write(&self, request: &Request<'_>, report: &Report) -> anyhow::Result<()> {
        let key = match &self.sign_key {
            Some(path) => Some((path.as_str(), read(path)?)),
            None => None,
        };
        let key = key.as_ref().map(|(name, bytes)| Material { name, bytes });
        if let Some(file) = &self.record {
            let record = write_verification_record(request, report);
            let material = Material {
                name: file,
                bytes: record.as_bytes(),
            };
            let sign = |key| sign_record(material, key, Payload::Statement);
            keep("record", file, &record, key.map(sign))?;
        }
        if let Some(file) = &self.vsa {
            let summary = vsa(report, self.verifier_id.as_deref());
            let sign = |key| sign_statement(summary.as_bytes(), key);
            keep("summary", file, &summary, key.map(sign))?;
        }
        Ok(())
    }
}

/// Writes a file, and its envelope beside it.
fn keep(
    what: &str,
    file: &str,
    text: &str,
    signed: Option<Result<String, Refused>>,
) -> anyhow::Result<()> {
    write_file(file, text.as_bytes())?;
    remark(&format!("{what}: {file}\n"));
    if let Some(signed) = signed {
        let beside = format!("{file}.dsse.json");
        write_file(&beside, signed?.as_bytes())?;
        remark(&format!("{what}: {beside}\n"));
    }
    Ok(())
}
