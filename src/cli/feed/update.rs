//! `mekiki feed update`

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::import_text;
use crate::app::feed_open::folder_of;
use crate::app::feed_update::{FeedUpdate, Request, sources, update};
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::cli::progress::Counter;
use crate::clock;
use crate::config::feeds::Feeds;
use crate::document::table::{Look, Sheet};
use crate::retrieve::Manner;
use crate::text::messages::{message, message_with};
use crate::text::printable;

/// How long a server may be silent.
const TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct UpdateArguments {
    /// The folder of snapshots; made where there is none
    #[arg(long, value_name = "FOLDER")]
    into: Option<String>,
    /// The sources by name, also those that are fetched on demand only; else all others
    #[arg(long, value_name = "NAME", num_args = 1..)]
    from: Vec<String>,
    /// The file of the sources; else feeds.toml in the folder of snapshots, else the built-in one
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Keep nothing when a source fails, or a file or a part of one cannot be used
    #[arg(long)]
    strict: bool,
    /// Show the sources and fetch nothing
    #[arg(long)]
    list_sources: bool,
}

pub(super) fn run(arguments: &UpdateArguments, output: &Output) -> anyhow::Result<Verdict> {
    let into = folder_of(arguments.into.as_deref())?.display().to_string();
    if arguments.list_sources {
        let feeds = sources(&into, arguments.config.as_deref())?;
        return list_sources(&feeds, output);
    }
    let fetching = Counter::new(&message(output.lang(), "feed-fetching"));
    let updated = update(
        &Request {
            into: &into,
            config: arguments.config.as_deref(),
            from: &arguments.from,
            today: clock::today(),
            strict: arguments.strict,
        },
        &Manner {
            timeout: TIMEOUT,
            sleep: &std::thread::sleep,
            now: &clock::now,
            progress: &|bytes| fetching.set(bytes),
        },
        &|_| {},
    );
    drop(fetching);
    let updated = updated?;
    output.either(&updated, || update_text(&updated, output))?;
    let kept_nothing = updated
        .import
        .as_ref()
        .is_some_and(|import| import.snapshot.is_none());
    Ok(if updated.failed.is_empty() {
        Verdict::of(!kept_nothing)
    } else {
        Verdict::Unverifiable
    })
}

fn update_text(updated: &FeedUpdate, output: &Output) -> String {
    let lang = output.lang();
    let mut out = String::new();
    if updated.nothing_new {
        let count = [("count", updated.unchanged.len().to_string())];
        _ = writeln!(out, "{}", message_with(lang, "feed-nothing-new", &count));
    } else {
        for (key, names) in [
            ("feed-fetched", &updated.fetched),
            ("feed-as-before", &updated.unchanged),
        ] {
            if !names.is_empty() {
                let names = [("names", names.join(", "))];
                _ = writeln!(out, "{}", message_with(lang, key, &names));
            }
        }
    }
    if let Some(import) = &updated.import {
        out.push_str(&import_text(import, output));
    }
    if !updated.failed.is_empty() {
        let count = [("count", updated.failed.len().to_string())];
        _ = writeln!(out, "\n{}", message_with(lang, "feed-failed", &count));
        for told in &updated.failed {
            let line = format!("  {}: error[{}]: {}", told.path, told.code, told.message);
            _ = writeln!(out, "{}", printable(&line));
        }
    }
    out
}

fn list_sources(feeds: &Feeds, output: &Output) -> anyhow::Result<Verdict> {
    let listed: Vec<_> = feeds
        .sources
        .iter()
        .map(|source| {
            json!({
                "name": source.name,
                "url": source.url,
                "verified": source.is_verified,
                "only_when_named": source.only_when_named,
                "sha256": source.sha256,
                "checksum_url": source.checksum_url,
            })
        })
        .collect();
    let document = json!({"schema": "mekiki/feed-sources/v1", "sources": listed});
    output.either(&document, || {
        let lang = output.lang();
        let header = [
            "feed-source",
            "feed-fetched-when",
            "feed-mark",
            "feed-address",
        ];
        let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
        for source in &feeds.sources {
            let when = if source.only_when_named {
                "feed-when-named"
            } else {
                "feed-when-always"
            };
            let mark = if source.is_verified {
                "feed-mark-verified"
            } else {
                "feed-mark-recalled"
            };
            sheet.row([
                (source.name.clone(), Look::Plain),
                (message(lang, when), Look::Plain),
                (message(lang, mark), Look::Plain),
                (printable(&source.url), Look::Faint),
            ]);
        }
        sheet.render()
    })?;
    Ok(Verdict::Acceptable)
}
