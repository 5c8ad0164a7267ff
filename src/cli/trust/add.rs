//! `mekiki trust add`

use serde_json::json;

use super::{PolicyArgument, PurposeArgument};
use crate::app::Refused;
use crate::app::trust::{competing, readable_material};
use crate::cli::output::Output;
use crate::cli::signature::KindArgument;
use crate::cli::trust_material::SignerArguments;
use crate::cli::{Verdict, read};
use crate::clock;
use crate::document::trust::table;
use crate::evidence::signature::{Kind, Material};
use crate::time::Date;
use crate::trust::{NewGrant, Purpose, grant_text, list};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Whose signer it is: the bid, or the supplier's corporate number
    #[arg(long, value_name = "NAME")]
    supplier: String,
    /// What may be signed; may be repeated
    #[arg(long = "for", value_name = "WHAT", required = true)]
    purposes: Vec<PurposeArgument>,
    /// By which kind of signature; may be repeated
    #[arg(long = "kind", value_name = "KIND", required = true)]
    kinds: Vec<KindArgument>,
    #[command(flatten)]
    signer: SignerArguments,
    /// The first day on which it may sign
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The clause of the contract in which it is agreed
    #[arg(long, value_name = "CLAUSE")]
    clause: String,
    /// The contract
    #[arg(long, value_name = "NUMBER")]
    contract: Option<String>,
    /// Who approved it
    #[arg(long, value_name = "WHO")]
    approved_by: String,
    /// The grant whose signer this one replaces
    #[arg(long, value_name = "GRANT")]
    replaces: Option<String>,
    /// Let it stand beside the signers that are approved already
    #[arg(long, conflicts_with = "replaces")]
    beside: bool,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let (before, policy) = arguments.policy.read_or_new()?;
    let purposes: Vec<Purpose> = arguments.purposes.iter().map(|one| one.purpose()).collect();
    let kinds: Vec<Kind> = arguments
        .kinds
        .iter()
        .filter_map(|one| one.kind())
        .collect();
    let id = policy
        .as_ref()
        .map_or_else(|| "T-0001".to_owned(), crate::trust::TrustPolicy::next_id);
    if let Some(policy) = &policy
        && arguments.replaces.is_none()
        && !arguments.beside
    {
        competing(policy, &arguments.supplier, &purposes, arguments.from).map_err(Refused::from)?;
    }
    let materials = [
        ("keys", texts(&arguments.signer.key)?),
        ("certificates", texts(&arguments.signer.certificate)?),
        ("anchors", texts(&arguments.signer.certificate_chain)?),
    ];
    let given = |pairs: &[(&'static str, Option<&String>)]| -> Vec<(&'static str, String)> {
        let given = pairs
            .iter()
            .filter_map(|(key, text)| Some((*key, (*text)?.clone())));
        given.collect()
    };
    let text = grant_text(
        &before,
        &NewGrant {
            id: &id,
            supplier: &arguments.supplier,
            purposes: &purposes,
            kinds: &kinds,
            signer: &given(&[
                ("identity", arguments.signer.certificate_identity.as_ref()),
                (
                    "identity_pattern",
                    arguments.signer.certificate_identity_regexp.as_ref(),
                ),
                ("issuer", arguments.signer.certificate_oidc_issuer.as_ref()),
                (
                    "issuer_pattern",
                    arguments.signer.certificate_oidc_issuer_regexp.as_ref(),
                ),
            ]),
            materials: &materials,
            threshold: arguments.signer.threshold,
            from: arguments.from,
            until: arguments.until,
            texts: &given(&[
                ("namespace", arguments.signer.namespace.as_ref()),
                ("clause", Some(&arguments.clause)),
                ("contract", arguments.contract.as_ref()),
                ("approved_by", Some(&arguments.approved_by)),
                ("replaces", arguments.replaces.as_ref()),
                ("note", arguments.note.as_ref()),
            ]),
            added: clock::today(),
        },
    );
    let policy = arguments.policy.write(&before, &text)?;
    let grants = list(&policy, Some(&arguments.supplier), clock::today());
    let view = json!({
        "schema": "mekiki/trust-add/v1",
        "policy": {"file": arguments.policy.policy, "sha256": policy.digest},
        "added": id,
        "grants": grants,
    });
    output.either(&view, || table(&grants, output.lang(), output.width()))?;
    Ok(Verdict::Acceptable)
}

/// The files as texts that can stand in the register.
fn texts(paths: &[String]) -> Result<Vec<String>, Refused> {
    let texts = paths.iter().map(|path| {
        let bytes = read(path)?;
        Ok(readable_material(Material {
            name: path,
            bytes: &bytes,
        })?)
    });
    texts.collect()
}
