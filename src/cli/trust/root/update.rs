//! `mekiki trust root update`

use std::fmt::Write as _;
use std::time::Duration;

use crate::app::criteria_origin::Origin;
use crate::app::library::repositories;
use crate::app::trust_update::{Request, RootUpdated, update};
use crate::cli::output::Output;
use crate::cli::{Verdict, read};
use crate::clock;
use crate::retrieve::Manner;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// How long a server may be silent.
const TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct UpdateArguments {
    /// The address of the repository; else that of the kept trusted root, else the first that is known,
    /// the public good instance of Sigstore
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// A root of the repository to begin from, got on a trusted way; else the one that is kept, else the one
    /// that is known by its keys
    #[arg(long, value_name = "FILE")]
    root: Option<String>,
    /// The folder of the kept trusted root; made where there is none
    #[arg(long, value_name = "DIR")]
    into: Option<String>,
}

pub(super) fn run(
    arguments: &UpdateArguments,
    criteria: &Origin,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let root = arguments.root.as_deref().map(read).transpose()?;
    let root = arguments.root.as_deref().zip(root.as_deref());
    let updated = update(
        &Request {
            repository: arguments.repository.as_deref(),
            root,
            known: &repositories(criteria)?,
            into: arguments.into.as_deref(),
            at: clock::now(),
        },
        &Manner {
            timeout: TIMEOUT,
            sleep: &std::thread::sleep,
            now: &clock::now,
            progress: &|_| {},
        },
    )?;
    output.either(&updated, || text(&updated, output.lang()))?;
    Ok(Verdict::Acceptable)
}

fn text(updated: &RootUpdated, lang: Lang) -> String {
    let key = if updated.changed {
        "trust-root-changed"
    } else {
        "trust-root-as-before"
    };
    let mut out = format!("{}\n", message(lang, key));
    let anchor = super::anchor_text(&updated.anchor, lang);
    let versions = message_with(
        lang,
        "trust-root-versions",
        &[
            ("root", &updated.root_version.to_string()),
            ("targets", &updated.version.to_string()),
        ],
    );
    for (label, value) in [
        ("trust-root-digest", format!("sha256:{}", updated.sha256)),
        ("trust-root-repository", printable(&updated.repository)),
        ("trust-root-began", anchor),
        ("trust-root-version", versions),
        ("trust-root-expires", updated.expires.clone()),
        ("trust-root-kept", printable(&updated.path)),
    ] {
        _ = writeln!(out, "  {}: {value}", message(lang, label));
    }
    out
}
