//! `mekiki feed export|prune`, and the import of an export.

use std::fmt::Write as _;
use std::path::Path;

use crate::app::Refused;
use crate::app::feed_carry;
use crate::app::feed_import::FeedImport;
use crate::app::feed_open::{folder_of, open_chosen};
use crate::cli::Verdict;
use crate::cli::output::{Output, remark};
use crate::clock;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::feed::{FeedFolder, is_export};
use crate::text::messages::message_with;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportArguments {
    /// The folder of snapshots, or one snapshot
    #[arg(value_name = "FOLDER")]
    feed: Option<String>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    to: String,
    /// The snapshot; else the one in use
    #[arg(long, value_name = "DIGEST")]
    snapshot: Option<Digest>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PruneArguments {
    /// The folder of snapshots
    #[arg(value_name = "FOLDER")]
    folder: Option<String>,
    /// How many snapshots to keep, those with the newest knowledge; the one in use counts
    #[arg(long, value_name = "COUNT", default_value_t = 7)]
    keep: usize,
}

/// Takes over the export that is named, where one is.
pub(super) fn restore(
    paths: &[String],
    into: &str,
    expected: Option<Digest>,
) -> Result<Option<FeedImport>, Refused> {
    let export = paths.iter().find(|path| is_export(Path::new(path)));
    let alone = |message: &str, help: &str| {
        let refused = Diagnostic::error("feed-export-alone", Place::whole(), message).help(help);
        Err(Refused::from(refused))
    };
    match (export, paths) {
        (Some(_), [only]) => feed_carry::restore(only, into, expected, clock::today()).map(Some),
        (Some(export), _) => alone(
            &format!("`{export}` is an export, which cannot be merged with other files"),
            "import it alone, then the others in an import of their own",
        ),
        (None, _) if expected.is_some() => alone(
            "a digest is expected, but what is named is no export of a snapshot",
            "name the one file that `mekiki feed export` wrote, or leave --expect out",
        ),
        (None, _) => Ok(None),
    }
}

pub(super) fn run_export(arguments: &ExportArguments, output: &Output) -> anyhow::Result<Verdict> {
    let feed = open_chosen(arguments.feed.as_deref(), None, arguments.snapshot)?;
    for one in &feed.remarks {
        remark(&format!("{one}\n"));
    }
    let exported = feed_carry::export(&feed, &arguments.to)?;
    output.either(&exported, || {
        let named = [
            ("digest", exported.digest.hex()),
            ("file", exported.file.clone()),
            ("bytes", exported.bytes.to_string()),
        ];
        message_with(output.lang(), "feed-exported", &named) + "\n"
    })?;
    Ok(Verdict::Acceptable)
}

pub(super) fn run_prune(arguments: &PruneArguments, output: &Output) -> anyhow::Result<Verdict> {
    let folder = FeedFolder::new(folder_of(arguments.folder.as_deref())?);
    let pruned = feed_carry::prune(&folder, arguments.keep)?;
    output.either(&pruned, || {
        let counts = [
            ("removed", pruned.removed.len().to_string()),
            ("kept", pruned.kept.len().to_string()),
            ("bytes", pruned.freed.to_string()),
        ];
        let mut out = message_with(output.lang(), "feed-pruned", &counts) + "\n";
        for digest in &pruned.removed {
            _ = writeln!(out, "  {digest}");
        }
        out
    })?;
    Ok(Verdict::Acceptable)
}
