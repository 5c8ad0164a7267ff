//! `mekiki self-check`

use std::fmt::Write as _;

use super::output::Output;
use super::{Verdict, read};
use crate::app::library::Library;
use crate::app::self_check::{FeedView, Request, RootView, SelfCheck, self_check};
use crate::clock;
use crate::document::table::{Look, Sheet};
use crate::matching::MAXIMUM_AGE_DAYS;
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};
use crate::time::{Date, end_of_day, parse_instant};

/// Say whether this machine is fit to verify deliveries, and what it judges by
///
/// Tells version, catalog, the table of checks, the snapshot of advisories with the age of every ecosystem, and the trusted
/// root, each with its digest. The exit code is 0 where all that is needed is there and fresh, and 3 where something is
/// missing or too old, which is named with what to do.
///
/// Not to be confused with `mekiki agency self-check`, which tells how many contracts of an agency carry evidence
/// (Article 11, 自己点検).
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of snapshots, or one snapshot; else the variable `MEKIKI_FEED`, else the user's data folder
    #[arg(long, value_name = "FOLDER")]
    feed: Option<String>,
    /// A trusted root (`trusted_root.json`); else the one that is kept
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<String>,
    /// How many days old the knowledge of an ecosystem may be
    #[arg(long, value_name = "DAYS", default_value_t = MAXIMUM_AGE_DAYS)]
    max_feed_age: i64,
    /// What your deliveries need not be held to; may be repeated
    #[arg(long, value_enum, value_name = "WHAT")]
    without: Vec<Without>,
    /// The day on which it is asked, instead of today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Without {
    /// No advisories
    Feed,
    /// No trusted root, because signers are known by keys or certificates
    TrustedRoot,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let root = arguments.trusted_root.as_deref();
    let root = root
        .map(|path| read(path).map(|bytes| (path, bytes)))
        .transpose()?;
    let check = self_check(&Request {
        library,
        feed: arguments.feed.as_deref(),
        needs_feed: !arguments.without.contains(&Without::Feed),
        trusted_root: root.as_ref().map(|(path, bytes)| (*path, bytes.as_slice())),
        needs_trusted_root: !arguments.without.contains(&Without::TrustedRoot),
        maximum_feed_age_days: arguments.max_feed_age,
        at: arguments.as_of.map_or_else(clock::now, end_of_day),
    });
    output.either(&check, || text(&check, output.lang(), output.width()))?;
    Ok(if check.fit {
        Verdict::Acceptable
    } else {
        Verdict::Unverifiable
    })
}

fn text(check: &SelfCheck, lang: Lang, width: u16) -> String {
    let say = |key: &str| message(lang, key);
    let key = if check.fit {
        "self-check-fit"
    } else {
        "self-check-unfit"
    };
    let mut out = say(key) + "\n";
    for want in &check.wanting {
        _ = writeln!(out, "! {}", want.message.of(lang));
        _ = writeln!(out, "  {}", want.help.of(lang));
    }
    out.push('\n');
    let mut sheet = Sheet::bare(width);
    let mut row = |label: &str, value: String| {
        sheet.row([(say(label), Look::Faint), (value, Look::Plain)]);
    };
    let features = check.features.join(", ");
    row("self-check-version", format!("mekiki {}", check.version));
    row("self-check-target", check.target.clone());
    row("self-check-features", features);
    let catalog = &check.catalog;
    row(
        "self-check-catalog",
        format!("{} {}", catalog.id, catalog.version),
    );
    row("self-check-digest", catalog.digest.hex());
    row("self-check-checks", check.checks.count.to_string());
    row("self-check-digest", check.checks.digest.hex());
    if let Some(root) = &check.trusted_root {
        root_rows(root, lang, &mut row);
    }
    if let Some(feed) = &check.feed {
        feed_rows(feed, lang, &mut row);
    }
    out += &sheet.render();
    if let Some(feed) = check.feed.as_ref().filter(|one| !one.ecosystems.is_empty()) {
        out.push('\n');
        out += &ecosystems(feed, lang, width);
    }
    out
}

fn root_rows(root: &RootView, lang: Lang, row: &mut impl FnMut(&str, String)) {
    let from = ("from", printable(&root.from));
    let origin = format!("self-check-root-{}", root.origin.word().replace('_', "-"));
    row("self-check-root", message_with(lang, &origin, &[from]));
    row("self-check-digest", root.sha256.hex());
    if let Some(version) = root.version {
        row("self-check-root-version", version.to_string());
    }
    row(
        "self-check-age",
        age(root.age_days, root.refreshed.as_deref(), lang),
    );
    if let Some(expires) = &root.expires {
        row("self-check-root-expires", printable(expires));
    }
    let counts = [
        ("force", root.in_force.to_string()),
        ("all", root.entries.to_string()),
    ];
    row(
        "self-check-root-entries",
        message_with(lang, "self-check-root-in-force", &counts),
    );
}

fn feed_rows(feed: &FeedView, lang: Lang, row: &mut impl FnMut(&str, String)) {
    let counts = [
        ("advisories", feed.advisories.to_string()),
        ("kev", feed.kev.to_string()),
    ];
    row(
        "self-check-feed",
        message_with(lang, "self-check-feed-holds", &counts),
    );
    row("self-check-digest", feed.digest.hex());
    row(
        "self-check-age",
        age(feed.age_days, feed.as_of.as_deref(), lang),
    );
}

fn ecosystems(feed: &FeedView, lang: Lang, width: u16) -> String {
    let header = [
        "self-check-ecosystem",
        "self-check-records",
        "self-check-age",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for one in &feed.ecosystems {
        let look = if one.fresh { Look::Good } else { Look::Bad };
        sheet.row([
            (one.name.clone(), Look::Plain),
            (one.records.to_string(), Look::Number),
            (age(one.age_days, one.as_of.as_deref(), lang), look),
        ]);
    }
    sheet.render()
}

/// `3 days (2026-11-23)`, or that it is not known.
fn age(days: Option<i64>, day: Option<&str>, lang: Lang) -> String {
    let Some(days) = days else {
        return message(lang, "self-check-age-unknown");
    };
    let day = day.unwrap_or_default();
    let day = parse_instant(day).map_or_else(|| printable(day), |day| day.to_string());
    let arguments = [("days", days.to_string()), ("day", day)];
    message_with(lang, "self-check-age-days", &arguments)
}
