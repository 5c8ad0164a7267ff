//! `mekiki sbom diff A B [MEASURED]`

use std::fmt::Write as _;

use super::{SHOWN, more, report};
use crate::app::sbom_diff::{SbomDiff, diff_sboms};
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::comparison::drift::{Drift, Drifts, Row};
use crate::comparison::{ChangeKind, Comparison, Extent, Item, Pair};
use crate::document::sarif::sarif;
use crate::document::table::{Look, Sheet, heading};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};

/// How many characters of one side of a change are shown.
const SHOWN_CHARACTERS: usize = 60;
/// The same for a digest, with its algorithm.
const SHOWN_DIGEST: usize = 20;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The first SBOM, such as the one that was tendered; `-` is standard input
    a: String,
    /// The second SBOM, such as the one that was delivered
    b: String,
    /// A third SBOM, measured from what was delivered
    measured: Option<String>,
    /// List every pair, those that do not differ too
    #[arg(long)]
    all: bool,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let extent = if arguments.all {
        Extent::All
    } else {
        Extent::Changed
    };
    let diff = diff_sboms(
        &arguments.a,
        &arguments.b,
        arguments.measured.as_deref(),
        extent,
    )?;
    if output.is_sarif() {
        let (a, b) = diff.findings();
        let reports = [report(&arguments.a, a), report(&arguments.b, b)];
        output.json(&sarif(&reports))?;
    } else {
        output.either(&diff, || text(&diff, output.lang(), output.width()))?;
    }
    Ok(Verdict::of(diff.comparison.same))
}

fn text(diff: &SbomDiff, lang: Lang, width: u16) -> String {
    let comparison = &diff.comparison;
    let counts = &comparison.counts;
    let mut out = message_with(
        lang,
        "diff-counts",
        &[
            ("unchanged", &counts.unchanged.to_string()),
            ("changed", &counts.changed.to_string()),
            ("added", &counts.added.to_string()),
            ("removed", &counts.removed.to_string()),
        ],
    );
    out.push('\n');
    let kinds: Vec<_> = ChangeKind::ALL
        .iter()
        .filter_map(|kind| Some((kind, counts.changes.get(kind.word())?)))
        .map(|(kind, count)| format!("{} {count}", kind_text(*kind, lang)))
        .collect();
    if !kinds.is_empty() {
        _ = writeln!(out, "{}", kinds.join(" · "));
    }
    if comparison.same {
        _ = writeln!(out, "{}", message(lang, "diff-same"));
    }
    pairs(comparison, lang, width, &mut out);
    items("diff-added", &comparison.added, lang, width, &mut out);
    items("diff-removed", &comparison.removed, lang, width, &mut out);
    document(comparison, lang, width, &mut out);
    if let Some(drifts) = &diff.three_way {
        three_way(drifts, lang, width, &mut out);
    }
    out
}

/// A line that says how many rows are not shown.
fn kind_text(kind: ChangeKind, lang: Lang) -> String {
    let key = match kind {
        ChangeKind::HashChanged => "change-hash",
        ChangeKind::Downgraded => "change-downgraded",
        ChangeKind::LicenseChanged => "change-license",
        ChangeKind::SupplierChanged => "change-supplier",
        ChangeKind::VersionChanged => "change-version",
        ChangeKind::DependenciesChanged => "change-dependencies",
        ChangeKind::ScopeChanged => "change-scope",
        ChangeKind::KindChanged => "change-kind",
        ChangeKind::NameChanged => "change-name",
        ChangeKind::PurlChanged => "change-purl",
        ChangeKind::HashRemoved => "change-hash-removed",
        ChangeKind::Upgraded => "change-upgraded",
        ChangeKind::HashAdded => "change-hash-added",
        ChangeKind::SpellingChanged => "change-spelling",
    };
    message(lang, key)
}

fn look(kind: ChangeKind) -> Look {
    match kind {
        ChangeKind::HashChanged | ChangeKind::Downgraded => Look::Bad,
        ChangeKind::LicenseChanged
        | ChangeKind::SupplierChanged
        | ChangeKind::VersionChanged
        | ChangeKind::HashRemoved => Look::Open,
        ChangeKind::SpellingChanged => Look::Faint,
        _ => Look::Plain,
    }
}

fn pairs(comparison: &Comparison, lang: Lang, width: u16, out: &mut String) {
    // The most serious first: kinds are ordered that way.
    let mut pairs: Vec<&Pair> = comparison.pairs.iter().collect();
    pairs.sort_by(|one, other| {
        let first = |pair: &Pair| pair.change.first().copied();
        let key = |pair: &Pair| (first(pair).is_none(), first(pair));
        key(one).cmp(&key(other))
    });
    if pairs.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "diff-changed")));
    let header = ["diff-change", "diff-component", "diff-from", "diff-to"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for pair in pairs.iter().take(SHOWN) {
        let mut name = pair.b.full_name();
        if pair.details.is_empty() {
            let version = |item: &Item| item.version.clone().unwrap_or_default();
            sheet.row([
                (String::new(), Look::Plain),
                (name, Look::Plain),
                (version(&pair.a), Look::Plain),
                (version(&pair.b), Look::Plain),
            ]);
            continue;
        }
        for change in &pair.details {
            let limit = match change.kind {
                ChangeKind::HashChanged => SHOWN_DIGEST,
                _ => SHOWN_CHARACTERS,
            };
            let side = |text: Option<&str>, list: &[String]| match text {
                Some(text) => shortened(text, limit),
                None => shortened(&list.join(", "), limit),
            };
            sheet.row([
                (kind_text(change.kind, lang), look(change.kind)),
                (std::mem::take(&mut name), Look::Plain),
                (side(change.from.as_deref(), &change.removed), Look::Plain),
                (side(change.to.as_deref(), &change.added), Look::Plain),
            ]);
        }
    }
    out.push_str(&sheet.render());
    more(pairs.len(), lang, out);
}

fn items(title: &str, items: &[Item], lang: Lang, width: u16, out: &mut String) {
    if items.is_empty() {
        return;
    }
    let count = items.len().to_string();
    out.push_str(&heading(&message_with(lang, title, &[("count", &count)])));
    let header = ["diff-component", "diff-version", "diff-purl"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for item in items.iter().take(SHOWN) {
        sheet.row([
            (item.full_name(), Look::Plain),
            (item.version.clone().unwrap_or_default(), Look::Plain),
            (item.purl.clone().unwrap_or_default(), Look::Faint),
        ]);
    }
    out.push_str(&sheet.render());
    more(items.len(), lang, out);
}

fn document(comparison: &Comparison, lang: Lang, width: u16, out: &mut String) {
    if comparison.document.is_empty() {
        return;
    }
    out.push_str(&heading(&message(lang, "diff-document")));
    let header = ["diff-what", "diff-from", "diff-to"];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for change in &comparison.document {
        let side = |text: &Option<String>| {
            shortened(text.as_deref().unwrap_or_default(), SHOWN_CHARACTERS)
        };
        sheet.row([
            (document_text(change.what, lang), Look::Plain),
            (side(&change.from), Look::Plain),
            (side(&change.to), Look::Plain),
        ]);
    }
    out.push_str(&sheet.render());
}

/// What a document says of itself, in words for people.
fn document_text(what: &'static str, lang: Lang) -> String {
    let key = match what {
        "root" => "document-root",
        "dependencies" => "document-dependencies",
        "format" => "document-format",
        "spec-version" => "document-spec-version",
        "name" => "document-name",
        "identifier" => "document-identifier",
        "version" => "document-version",
        "timestamp" => "document-timestamp",
        "author" => "document-author",
        "tool" => "document-tool",
        "supplier" => "document-supplier",
        "manufacturer" => "document-manufacturer",
        other => return other.to_owned(),
    };
    message(lang, key)
}

fn drift_text(drift: Drift, lang: Lang) -> String {
    let key = match drift {
        Drift::Undeclared => "drift-undeclared",
        Drift::Untendered => "drift-untendered",
        Drift::Unlisted => "drift-unlisted",
        Drift::Undelivered => "drift-undelivered",
        Drift::Unmeasured => "drift-unmeasured",
        Drift::ChangedInDelivery => "drift-in-delivery",
        Drift::ChangedInMeasurement => "drift-in-measurement",
    };
    message(lang, key)
}

fn three_way(drifts: &Drifts, lang: Lang, width: u16, out: &mut String) {
    let unchanged = drifts.unchanged.to_string();
    let title = message_with(lang, "drift-title", &[("unchanged", &unchanged)]);
    out.push_str(&heading(&title));
    let counts: Vec<_> = Drift::ALL
        .iter()
        .map(|drift| {
            let rows = drifts.rows.iter().filter(|row| row.drift.contains(drift));
            (drift, rows.count())
        })
        .filter(|(_, count)| *count > 0)
        .map(|(drift, count)| format!("{} {count}", drift_text(*drift, lang)))
        .collect();
    _ = writeln!(out, "{}", printable(&counts.join(" · ")));
    if drifts.rows.is_empty() {
        return;
    }
    let header = [
        "drift-drift",
        "diff-component",
        "drift-tendered",
        "drift-delivered",
        "drift-measured",
    ];
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for row in drifts.rows.iter().take(SHOWN) {
        let version = |item: &Option<Item>| match item {
            Some(item) => item.version.clone().unwrap_or_else(|| "?".to_owned()),
            None => "–".to_owned(),
        };
        let words: Vec<_> = row
            .drift
            .iter()
            .map(|drift| drift_text(*drift, lang))
            .collect();
        let is_bad = matches!(
            row.drift.first(),
            Some(Drift::Undeclared | Drift::Untendered)
        );
        sheet.row([
            (
                words.join(", "),
                if is_bad { Look::Bad } else { Look::Open },
            ),
            (name_of(row), Look::Plain),
            (version(&row.tendered), Look::Plain),
            (version(&row.delivered), Look::Plain),
            (version(&row.measured), Look::Plain),
        ]);
    }
    out.push_str(&sheet.render());
    more(drifts.rows.len(), lang, out);
}

fn name_of(row: &Row) -> String {
    let item = row.delivered.as_ref().or(row.tendered.as_ref());
    item.or(row.measured.as_ref())
        .map(Item::full_name)
        .unwrap_or_default()
}
