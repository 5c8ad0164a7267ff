//! `mekiki feed import|update|export|list|show|verify|use|prune`

mod carry;
#[cfg(feature = "retrieve")]
mod update;

use std::fmt::Write as _;

use serde_json::json;

use super::Verdict;
use super::output::{Output, remark};
use super::progress::Counter;
use crate::app::Refused;
use crate::app::feed_import::{FeedImport, Input, Request, Told, import};
use crate::app::feed_open::{folder_of, open};
use crate::clock;
use crate::digest::Digest;
use crate::document::table::{Look, Sheet};
use crate::feed::{FeedFolder, Listed, verify};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};
use crate::time::Date;

/// How many remarks are shown to people; machine output has more.
const SHOWN: usize = 20;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a snapshot out of files and folders of advisories
    ///
    /// Takes OSV (JSON, YAML), GitHub advisories, RustSec, RubySec, CSAF, the KEV list, EPSS scores and
    /// dates of support, as files, folders, zip or tar archives, told apart by their bytes. What the
    /// snapshot in use holds is kept, unless a newer record replaces it.
    ///
    /// A single file that `feed export` wrote is taken over as it is: its snapshot is checked to the byte,
    /// kept under its digest and put in use, and nothing is merged.
    Import(ImportArguments),
    /// Fetch what is new from the configured sources and make a snapshot of it
    ///
    /// Reads the sources of feeds.toml in the folder of snapshots, or of --config; without either, the
    /// built-in ones. What has not changed is not fetched again, an interrupted download is taken up where
    /// it stopped, and only a whole, checked file is imported.
    #[cfg(feature = "retrieve")]
    Update(update::UpdateArguments),
    /// Write a snapshot into one file that carries it across an air gap
    ///
    /// Tell the receiver the digest on another way; `feed import --expect` holds the file to it.
    Export(carry::ExportArguments),
    /// List the snapshots of a folder
    List(FolderArguments),
    /// Show what a snapshot holds
    Show(SnapshotArguments),
    /// Check every byte of a snapshot
    Verify(SnapshotArguments),
    /// Put another snapshot of the folder in use
    Use(UseArguments),
    /// Remove old snapshots; the one in use stays
    Prune(carry::PruneArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// Files and folders of records
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// The folder of snapshots; made where there is none
    #[arg(long, value_name = "FOLDER")]
    into: Option<String>,
    /// The day on which the files were fetched; else it is today
    #[arg(long, value_name = "DATE")]
    retrieved: Option<Date>,
    /// Ecosystems of which CSAF documents hold every advisory, such as `Red Hat`; else they cover only the
    /// products that they name
    #[arg(long, value_name = "ECOSYSTEM")]
    covers: Vec<String>,
    /// Begin from nothing instead of from the snapshot in use
    #[arg(long)]
    fresh: bool,
    /// Keep nothing when a file or a part of one cannot be used
    #[arg(long)]
    strict: bool,
    /// The digest that the snapshot of an export must have
    #[arg(long, value_name = "DIGEST", conflicts_with_all = ["retrieved", "fresh"])]
    expect: Option<Digest>,
}

#[derive(Debug, clap::Args)]
pub(super) struct FolderArguments {
    /// The folder of snapshots
    #[arg(value_name = "FOLDER")]
    folder: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct SnapshotArguments {
    /// The folder of snapshots, or one snapshot
    #[arg(value_name = "FOLDER")]
    feed: Option<String>,
    /// The snapshot that was known on this day
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[derive(Debug, clap::Args)]
pub(super) struct UseArguments {
    /// The snapshot's digest, as `feed list` shows it
    digest: Digest,
    /// The folder of snapshots
    #[arg(value_name = "FOLDER")]
    folder: Option<String>,
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Verdict> {
    match command {
        Command::Import(arguments) => run_import(arguments, output),
        #[cfg(feature = "retrieve")]
        Command::Update(arguments) => update::run(arguments, output),
        Command::Export(arguments) => carry::run_export(arguments, output),
        Command::List(arguments) => run_list(arguments, output),
        Command::Show(arguments) => run_show(arguments, output),
        Command::Verify(arguments) => run_verify(arguments, output),
        Command::Use(arguments) => run_use(arguments, output),
        Command::Prune(arguments) => carry::run_prune(arguments, output),
    }
}

fn run_import(arguments: &ImportArguments, output: &Output) -> anyhow::Result<Verdict> {
    let into = folder_of(arguments.into.as_deref())?.display().to_string();
    if let Some(restored) = carry::restore(&arguments.paths, &into, arguments.expect)? {
        output.either(&restored, || import_text(&restored, output))?;
        return Ok(Verdict::Acceptable);
    }
    let input = |path| Input {
        covers: arguments.covers.clone(),
        ..Input::of(path)
    };
    let inputs: Vec<_> = arguments.paths.iter().map(input).collect();
    let counter = Counter::new(&message(output.lang(), "feed-reading"));
    let imported = import(
        &Request {
            inputs: &inputs,
            confirmed: &[],
            into: &into,
            retrieved: arguments.retrieved,
            today: clock::today(),
            fresh: arguments.fresh,
            strict: arguments.strict,
            keep_going: false,
        },
        &|read| counter.set(read),
    );
    drop(counter);
    let imported = imported?;
    output.either(&imported, || import_text(&imported, output))?;
    Ok(Verdict::of(imported.snapshot.is_some()))
}

fn import_text(imported: &FeedImport, output: &Output) -> String {
    let lang = output.lang();
    let mut out = String::new();
    match imported.snapshot {
        Some(digest) => {
            let key = if imported.unchanged {
                "feed-unchanged"
            } else {
                "feed-made"
            };
            let arguments = [
                ("digest", digest.hex()),
                ("records", imported.records.to_string()),
                ("advisories", imported.advisories.to_string()),
                ("day", day_text(imported.as_of.as_deref(), lang)),
            ];
            _ = writeln!(out, "{}", message_with(lang, key, &arguments));
        }
        None => _ = writeln!(out, "{}", message(lang, "feed-strict")),
    }
    let others = [
        ("feed-kev", imported.kev),
        ("feed-epss", imported.epss),
        ("feed-lifecycles", imported.lifecycles),
    ];
    for (key, count) in others.into_iter().filter(|(_, count)| *count > 0) {
        _ = writeln!(
            out,
            "{}",
            message_with(lang, key, &[("count", count.to_string())])
        );
    }
    let mut sheet = Sheet::new(
        output.width(),
        ["feed-ecosystem", "feed-records"].map(|key| message(lang, key)),
    );
    for (name, count) in &imported.ecosystems {
        sheet.row([
            (name.clone(), Look::Plain),
            (count.to_string(), Look::Number),
        ]);
    }
    _ = write!(out, "\n{}", sheet.render());
    for (key, told, count) in [
        ("feed-skipped", &imported.skipped, imported.skipped_count),
        ("feed-remarks", &imported.remarks, imported.remark_count),
    ] {
        if count > 0 {
            _ = writeln!(
                out,
                "\n{}",
                message_with(lang, key, &[("count", count.to_string())])
            );
            out.push_str(&told_text(told, count, lang));
        }
    }
    if !imported.quiet.is_empty() {
        _ = writeln!(out, "\n{}", message(lang, "feed-quiet"));
        for one in &imported.quiet {
            let line = format!("  {}: {}", one.path, one.message);
            _ = writeln!(out, "{}", printable(&line));
        }
    }
    if imported.passed_over > 0 {
        let count = [("count", imported.passed_over.to_string())];
        _ = writeln!(out, "\n{}", message_with(lang, "feed-passed-over", &count));
    }
    out
}

fn told_text(told: &[Told], count: usize, lang: Lang) -> String {
    let mut out = String::new();
    for one in told.iter().take(SHOWN) {
        let place = if one.at.is_whole() {
            String::new()
        } else {
            format!(":{}", one.at)
        };
        let line = format!(
            "  {}{place}: {}[{}]: {}",
            one.path,
            one.severity.word(),
            one.code,
            one.message
        );
        _ = writeln!(out, "{}", printable(&line));
    }
    if count > SHOWN {
        let more = [("count", (count - SHOWN.min(told.len())).to_string())];
        _ = writeln!(out, "  {}", message_with(lang, "feed-more", &more));
    }
    out
}

fn run_list(arguments: &FolderArguments, output: &Output) -> anyhow::Result<Verdict> {
    let folder = FeedFolder::new(folder_of(arguments.folder.as_deref())?);
    let listing = folder.list_all().map_err(|fault| Refused(vec![fault]))?;
    let listed = &listing.snapshots;
    let lang = output.lang();
    for (_, fault) in &listing.damaged {
        remark(&format!("{fault}\n"));
    }
    let snapshots: Vec<_> = listed
        .iter()
        .map(|one| {
            json!({
                "digest": one.digest,
                "current": one.current,
                "as_of": one.day().map(crate::time::instant),
                "advisories": one.manifest.advisories,
                "kev": one.manifest.kev,
                "epss": one.manifest.epss,
                "bytes": folder.bytes_of(&one.digest),
                "sources": one.manifest.sources.iter().map(|source| &source.name).collect::<Vec<_>>(),
            })
        })
        .collect();
    let damaged: Vec<_> = listing
        .damaged
        .iter()
        .map(|(digest, fault)| json!({"digest": digest, "code": fault.code, "message": fault.message}))
        .collect();
    let document = json!({
        "schema": "mekiki/feed-list/v1",
        "snapshots": snapshots,
        "damaged": damaged,
    });
    output.either(&document, || {
        list_text(&folder, listed, lang, output.width())
    })?;
    Ok(Verdict::Acceptable)
}

fn list_text(folder: &FeedFolder, listed: &[Listed], lang: Lang, width: u16) -> String {
    if listed.is_empty() {
        let path = folder.root().display().to_string();
        return message_with(lang, "feed-none", &[("folder", path)]) + "\n";
    }
    let header = [
        "feed-in-use",
        "feed-known",
        "feed-advisories",
        "feed-digest",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in listed {
        let mark = if one.current { "*" } else { "" };
        sheet.row([
            (mark.to_owned(), Look::Good),
            (
                one.day().map(|day| day.to_string()).unwrap_or_default(),
                Look::Plain,
            ),
            (one.manifest.advisories.to_string(), Look::Number),
            (one.digest.hex(), Look::Plain),
        ]);
    }
    sheet.render()
}

fn run_show(arguments: &SnapshotArguments, output: &Output) -> anyhow::Result<Verdict> {
    let feed = open(arguments.feed.as_deref(), arguments.as_of)?;
    for one in &feed.remarks {
        remark(&format!("{one}\n"));
    }
    let manifest = feed.snapshot.manifest();
    let document = json!({
        "schema": "mekiki/feed-show/v1",
        "digest": feed.snapshot.digest(),
        "as_of": manifest.as_of,
        "advisories": manifest.advisories,
        "kev": manifest.kev,
        "epss": manifest.epss,
        "lifecycles": manifest.lifecycles,
        "sources": manifest.sources,
        "ecosystems": manifest.ecosystems,
    });
    output.either(&document, || {
        let lang = output.lang();
        let arguments = [
            ("digest", feed.snapshot.digest().hex()),
            ("advisories", manifest.advisories.to_string()),
            (
                "day",
                manifest
                    .as_of
                    .clone()
                    .unwrap_or_else(|| message(lang, "feed-day-unknown")),
            ),
        ];
        let mut out = message_with(lang, "feed-holds", &arguments) + "\n";
        for (key, count) in [
            ("feed-kev", manifest.kev),
            ("feed-epss", manifest.epss),
            ("feed-lifecycles", manifest.lifecycles),
        ] {
            if count > 0 {
                _ = writeln!(
                    out,
                    "{}",
                    message_with(lang, key, &[("count", count.to_string())])
                );
            }
        }
        let header = [
            "feed-ecosystem",
            "feed-records",
            "feed-known",
            "feed-releases",
        ];
        let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
        for (name, coverage) in &manifest.ecosystems {
            sheet.row([
                (name.clone(), Look::Plain),
                (coverage.records.to_string(), Look::Number),
                (coverage.as_of.clone().unwrap_or_default(), Look::Plain),
                (coverage.releases.join(", "), Look::Faint),
            ]);
        }
        _ = write!(out, "\n{}", sheet.render());
        let header = ["feed-source", "feed-records", "feed-known", "feed-digest"];
        let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
        for source in &manifest.sources {
            sheet.row([
                (source.name.clone(), Look::Plain),
                (source.records.to_string(), Look::Number),
                (source.as_of.clone().unwrap_or_default(), Look::Plain),
                (source.sha256.short(), Look::Faint),
            ]);
        }
        _ = write!(out, "\n{}", sheet.render());
        out
    })?;
    Ok(Verdict::Acceptable)
}

fn run_verify(arguments: &SnapshotArguments, output: &Output) -> anyhow::Result<Verdict> {
    let feed = open(arguments.feed.as_deref(), arguments.as_of)?;
    let digest = feed.snapshot.digest();
    let fault = verify(&feed.path, &feed.snapshot).err();
    let document = json!({
        "schema": "mekiki/feed-verify/v1",
        "digest": digest,
        "whole": fault.is_none(),
        "fault": fault,
    });
    output.either(&document, || match &fault {
        None => message_with(output.lang(), "feed-whole", &[("digest", digest.hex())]) + "\n",
        Some(fault) => format!("{fault}\n"),
    })?;
    Ok(Verdict::of(fault.is_none()))
}

fn run_use(arguments: &UseArguments, output: &Output) -> anyhow::Result<Verdict> {
    let folder = FeedFolder::new(folder_of(arguments.folder.as_deref())?);
    let used = folder
        .open(&arguments.digest)
        .and_then(|_| folder.lock())
        .and_then(|lock| folder.use_snapshot(&lock, &arguments.digest));
    used.map_err(|fault| Refused(vec![fault]))?;
    let document = json!({"schema": "mekiki/feed-use/v1", "digest": arguments.digest});
    output.either(&document, || {
        message_with(
            output.lang(),
            "feed-used",
            &[("digest", arguments.digest.hex())],
        ) + "\n"
    })?;
    Ok(Verdict::Acceptable)
}

fn day_text(instant: Option<&str>, lang: Lang) -> String {
    let day = instant.and_then(crate::time::parse_instant);
    day.map_or_else(|| message(lang, "feed-day-unknown"), |day| day.to_string())
}
