//! `mekiki inventory add|remove|list|rescan`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Verdict as Ending;
use super::output::{Output, remark};
use super::progress::Progress;
use crate::app::feed_open::folder_of;
use crate::app::inventory::{
    Change, InventoryAdd, InventoryList, RescanRequest, RescanView, RescannedView, add, list,
    remove, rescan,
};
use crate::app::scan::Threshold;
use crate::clock;
use crate::cvss::Severity;
use crate::digest::Digest;
use crate::document::scan::Verdict;
use crate::document::table::{Look, Sheet};
use crate::matching::Policy;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};
use crate::time::Date;

/// How many rows of a table are shown to people; machine output has them all.
const SHOWN: usize = 100;

/// How many days old the knowledge of an ecosystem may be where nobody says otherwise; as for a scan.
const MAXIMUM_AGE_DAYS: i64 = 30;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Add SBOMs and lockfiles, each under its path
    ///
    /// One that has the path of another takes its place. What was added before is not read again.
    Add(AddArguments),
    /// Remove SBOMs by their names
    Remove(RemoveArguments),
    /// List the SBOMs
    List(ListArguments),
    /// Tell which SBOMs a change of advisories touches anew
    ///
    /// Compares two snapshots and judges again only what their differences can touch. Ends with 1 where
    /// something fails that did not before, and with 3 where the snapshot cannot judge components.
    Rescan(RescanArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArguments {
    /// SBOMs, lockfiles, and folders of them
    #[arg(required = true, value_name = "SBOM")]
    paths: Vec<String>,
    /// The folder of the inventory; made where there is none
    #[arg(long, value_name = "FOLDER")]
    into: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct RemoveArguments {
    /// The names, as `inventory list` shows them
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// The folder of the inventory
    #[arg(long, value_name = "FOLDER")]
    from: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// The folder of the inventory
    #[arg(value_name = "FOLDER")]
    folder: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct RescanArguments {
    /// The folder of the inventory
    #[arg(value_name = "FOLDER")]
    folder: String,
    /// The snapshot by which everything was judged before, as `feed list` shows its digest
    #[arg(long, value_name = "DIGEST")]
    from: Digest,
    /// The snapshot to judge by now; else the one in use
    #[arg(long, value_name = "DIGEST")]
    to: Option<Digest>,
    /// The folder of snapshots; else the variable `MEKIKI_FEED`, else the user's data folder
    #[arg(long, value_name = "FOLDER")]
    feed: Option<String>,
    /// The day of the judgment: nothing that was published later
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// How many days old the knowledge of an ecosystem may be
    #[arg(long, value_name = "DAYS", default_value_t = MAXIMUM_AGE_DAYS)]
    max_age: i64,
    /// What makes a finding that is new or worse not acceptable: any, vulnerability, low, medium, high,
    /// critical, kev, cvss>=N or none; may be given several times
    #[arg(long, value_name = "CONDITION", value_delimiter = ',', default_value = "vulnerability", value_parser = threshold)]
    fail_on: Vec<Threshold>,
}

/// Conditions that a change of advisories decides. Probabilities and dates of support change without one.
fn threshold(text: &str) -> Result<Threshold, String> {
    let parsed = text
        .parse::<Threshold>()
        .map_err(|error| error.to_string())?;
    match parsed {
        Threshold::Epss(_) | Threshold::EndOfSupport => Err(format!(
            "`{text}` is not watched by a rescan, since it changes without an advisory; ask `mekiki scan`"
        )),
        other => Ok(other),
    }
}

pub(super) fn run(command: &Command, output: &Output) -> anyhow::Result<Ending> {
    match command {
        Command::Add(arguments) => {
            let progress = Progress::of(arguments.paths.len());
            let added = add(&arguments.paths, &arguments.into, &|| progress.advance());
            drop(progress);
            let added = added?;
            output.either(&added, || add_text(&added, output.lang()))?;
            if !output.is_json() {
                for one in &added.refused {
                    remark(&(printable(&one.to_string()) + "\n"));
                }
            }
            Ok(if added.refused.is_empty() {
                Ending::Acceptable
            } else {
                Ending::Unverifiable
            })
        }
        Command::Remove(arguments) => {
            let removed = remove(&arguments.names, &arguments.from)?;
            output.either(&removed, || {
                let count = [("count", removed.removed.to_string())];
                message_with(output.lang(), "inventory-removed", &count) + "\n"
            })?;
            Ok(Ending::Acceptable)
        }
        Command::List(arguments) => {
            let listed = list(&arguments.folder)?;
            output.either(&listed, || {
                list_text(&listed, output.lang(), output.width())
            })?;
            Ok(Ending::Acceptable)
        }
        Command::Rescan(arguments) => run_rescan(arguments, output),
    }
}

fn add_text(added: &InventoryAdd, lang: Lang) -> String {
    let arguments = [
        ("added", added.added.to_string()),
        ("replaced", added.replaced.to_string()),
        ("unchanged", added.unchanged.to_string()),
        ("components", added.components.to_string()),
    ];
    let mut out = message_with(lang, "inventory-added", &arguments) + "\n";
    if !added.refused.is_empty() {
        let count = [("count", added.refused.len().to_string())];
        _ = writeln!(out, "{}", message_with(lang, "inventory-refused", &count));
    }
    out
}

fn list_text(listed: &InventoryList, lang: Lang, width: u16) -> String {
    let arguments = [
        ("sboms", listed.sboms.len().to_string()),
        ("components", listed.components.to_string()),
        ("digest", listed.inventory.short()),
    ];
    let mut out = message_with(lang, "inventory-holds", &arguments) + "\n\n";
    let header = [
        "inventory-sbom",
        "inventory-product",
        "inventory-version",
        "inventory-components",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in listed.sboms.iter().take(SHOWN) {
        sheet.row([
            (shortened(&one.name, 60), Look::Plain),
            (
                shortened(one.product.as_deref().unwrap_or_default(), 40),
                Look::Plain,
            ),
            (
                shortened(one.version.as_deref().unwrap_or_default(), 20),
                Look::Plain,
            ),
            (one.components.to_string(), Look::Number),
        ]);
    }
    out.push_str(&sheet.render());
    out.push_str(&more(listed.sboms.len(), lang));
    out
}

fn run_rescan(arguments: &RescanArguments, output: &Output) -> anyhow::Result<Ending> {
    let feed = folder_of(arguments.feed.as_deref())?.display().to_string();
    let view = rescan(&RescanRequest {
        inventory: &arguments.folder,
        feed: &feed,
        from: arguments.from,
        to: arguments.to,
        policy: Policy {
            as_of: arguments.as_of.unwrap_or_else(clock::today),
            maximum_age_days: arguments.max_age,
        },
        thresholds: &arguments.fail_on,
    })?;
    output.either(&view, || rescan_text(&view, output.lang(), output.width()))?;
    Ok(match view.verdict {
        Verdict::Acceptable => Ending::Acceptable,
        Verdict::NotAcceptable => Ending::NotAcceptable,
        Verdict::Unverifiable => Ending::Unverifiable,
    })
}

fn rescan_text(view: &RescanView, lang: Lang, width: u16) -> String {
    let failing = view.findings.iter().filter(|one| one.finding.fails).count();
    let key = match view.verdict {
        Verdict::Acceptable => "rescan-acceptable",
        Verdict::NotAcceptable => "rescan-not-acceptable",
        Verdict::Unverifiable => "rescan-unverifiable",
    };
    let arguments = [
        ("sboms", view.sboms.to_string()),
        ("components", view.components.to_string()),
        ("findings", view.findings.len().to_string()),
        ("failing", failing.to_string()),
        ("touched", view.failing_sboms.len().to_string()),
    ];
    let mut out = message_with(lang, key, &arguments) + "\n";
    out.push_str(&compared(view, lang));
    if !view.findings.is_empty() {
        _ = write!(out, "\n{}", findings(view, lang, width));
    }
    if !view.failing_sboms.is_empty() {
        _ = write!(out, "\n{}", systems(view, lang, width));
    }
    out.push_str(&open(view, lang, width));
    out
}

/// What was compared.
fn compared(view: &RescanView, lang: Lang) -> String {
    let known = view.known.as_deref().and_then(crate::time::parse_instant);
    let arguments = [
        ("from", view.from.short()),
        ("to", view.to.short()),
        (
            "day",
            known.map_or_else(|| message(lang, "feed-day-unknown"), |day| day.to_string()),
        ),
        (
            "advisories",
            view.advisories.values().sum::<usize>().to_string(),
        ),
        ("kev", view.kev.len().to_string()),
        ("packages", view.packages.to_string()),
        ("judged", view.judged.to_string()),
    ];
    message_with(lang, "rescan-compared", &arguments) + "\n"
}

/// Findings, those that fail and the most severe first.
fn findings(view: &RescanView, lang: Lang, width: u16) -> String {
    let mut ordered: Vec<&RescannedView> = view.findings.iter().collect();
    ordered.sort_by_key(|one| {
        let finding = &one.finding;
        let severity = (finding.severity.band, finding.severity.tenths);
        (
            std::cmp::Reverse((finding.fails, finding.kev, severity)),
            one.change,
        )
    });
    let header = [
        "rescan-change",
        "scan-severity",
        "scan-id",
        "scan-component",
        "scan-version",
        "scan-fixed",
        "rescan-sboms",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in ordered.iter().take(SHOWN) {
        let finding = &one.finding;
        let look = match finding.severity.band {
            _ if !finding.fails => Look::Faint,
            Some(Severity::Critical | Severity::High) => Look::Bad,
            _ => Look::Open,
        };
        let change = match one.change {
            Change::Appeared => "rescan-appeared",
            Change::Changed => "rescan-changed",
            Change::Disappeared => "rescan-disappeared",
        };
        let rating = message(lang, &format!("severity-{}", finding.severity.rating));
        let score = finding.severity.score.as_deref().unwrap_or_default();
        let mut severity = format!("{rating} {score}").trim().to_owned();
        if finding.kev {
            _ = write!(severity, ", {}", message(lang, "scan-kev"));
        }
        let version = finding.component.version.as_deref().unwrap_or_default();
        let fixed = finding.fixed.first().map_or("-", String::as_str);
        sheet.row([
            (message(lang, change), look),
            (severity, look),
            (finding.id().to_owned(), Look::Plain),
            (shortened(&finding.component.name, 40), Look::Plain),
            (shortened(version, 24), Look::Plain),
            (shortened(fixed, 24), Look::Plain),
            (one.occurrences.len().to_string(), Look::Number),
        ]);
    }
    sheet.render() + &more(ordered.len(), lang)
}

/// SBOMs in which something fails, those with the most of it first.
fn systems(view: &RescanView, lang: Lang, width: u16) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in view.findings.iter().filter(|one| one.finding.fails) {
        for place in &one.occurrences {
            *counts.entry(&place.sbom).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let header = ["inventory-sbom", "rescan-failing"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for (name, count) in counts.iter().take(SHOWN) {
        sheet.row([
            (shortened(name, 80), Look::Plain),
            (count.to_string(), Look::Number),
        ]);
    }
    sheet.render() + &more(counts.len(), lang)
}

/// What cannot be judged, and what an advisory leaves open.
fn open(view: &RescanView, lang: Lang, width: u16) -> String {
    if view.gaps.is_empty() && view.doubts.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", message(lang, "scan-unjudged"));
    let mut sheet = Sheet::bare(width);
    for gap in &view.gaps {
        let ecosystem = gap.ecosystem.as_deref().unwrap_or_default();
        let release = gap.release.as_deref().unwrap_or_default();
        sheet.row([
            (gap.components.to_string(), Look::Number),
            (
                message(lang, &format!("unjudged-{}", gap.reason)),
                Look::Open,
            ),
            (
                format!("{ecosystem} {release}").trim().to_owned(),
                Look::Plain,
            ),
        ]);
    }
    for doubt in view.doubts.iter().take(SHOWN) {
        let version = doubt.version.as_deref().unwrap_or_default();
        sheet.row([
            (doubt.occurrences.len().to_string(), Look::Number),
            (
                message(lang, &format!("unjudged-{}", doubt.reason)),
                Look::Open,
            ),
            (
                shortened(&format!("{} {version}", doubt.name), 60),
                Look::Plain,
            ),
        ]);
    }
    out.push_str(&sheet.render());
    out.push_str(&more(view.doubts.len(), lang));
    out
}

fn more(all: usize, lang: Lang) -> String {
    match all.checked_sub(SHOWN).filter(|more| *more > 0) {
        Some(more) => message_with(lang, "scan-more", &[("count", more.to_string())]) + "\n",
        None => String::new(),
    }
}
