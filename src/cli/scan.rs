//! `mekiki scan SBOM…`

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::format::Format;
use super::output::{Output, remark};
use super::progress::Progress;
use super::vex::Documents;
use super::{Verdict as Ending, read};
use crate::app::criteria_origin::Origin;
use crate::app::feed_open::open;
use crate::app::library::precedence;
use crate::app::scan::{Request, Threshold, UnknownThreshold, find_lines, scan};
use crate::clock;
use crate::cvss::Severity;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::scan::openvex::openvex;
use crate::document::scan::sarif::sarif;
use crate::document::scan::vdr::vdr;
use crate::document::scan::{FindingView, ScanView, Verdict};
use crate::document::table::{Look, Sheet};
use crate::evidence::vex::Status;
use crate::matching::{MAXIMUM_AGE_DAYS, Policy};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable, shortened};
use crate::time::Date;

/// How many findings are listed for people, how many with their reasons, and how many components of a
/// reason; machine output has them all.
const LISTED: usize = 100;
const EXPLAINED: usize = 20;
const SAMPLES: usize = 3;

/// Scan SBOMs and lockfiles for known vulnerabilities, offline
///
/// A component that the snapshot cannot judge is never clean: it has no package URL, its ecosystem is not
/// in the snapshot, or what is known of it is too old. Then the exit code is 3, unless something was found
/// that fails the scan, which is 1.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// SBOMs and Cargo.lock files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// VEX documents: OpenVEX, CSAF or CycloneDX. A level of trust may stand in front, as in
    /// `agency=triage.json`; otherwise what the document says of its author decides
    #[arg(long, value_name = "[LEVEL=]FILE")]
    vex: Vec<String>,
    /// The folder of snapshots, or one snapshot; else the variable `MEKIKI_FEED`, else the user's data folder
    #[arg(long, value_name = "FOLDER")]
    feed: Option<String>,
    /// The day of the judgment: its snapshot, and nothing that was published later
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// How many days old the knowledge of an ecosystem may be
    #[arg(long, value_name = "DAYS", default_value_t = MAXIMUM_AGE_DAYS)]
    max_age: i64,
    /// What makes the result not acceptable: any, vulnerability, low, medium, high, critical, kev, cvss>=N,
    /// epss>=P, end-of-support or none; may be given several times
    #[arg(long, value_name = "CONDITION", value_delimiter = ',', default_value = "vulnerability", value_parser = threshold)]
    fail_on: Vec<Threshold>,
}

fn threshold(text: &str) -> Result<Threshold, UnknownThreshold> {
    text.parse()
}

pub(super) fn run(
    arguments: &Arguments,
    criteria: &Origin,
    output: &Output,
) -> anyhow::Result<Ending> {
    let feed = open(arguments.feed.as_deref(), arguments.as_of)?;
    let policy = Policy {
        as_of: arguments.as_of.unwrap_or_else(clock::today),
        maximum_age_days: arguments.max_age,
    };
    let load = |paths: &[String]| -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let mut files = Vec::new();
        for path in paths {
            files.push((path.clone(), read(path)?));
        }
        Ok(files)
    };
    let files = load(&arguments.files)?;
    let vex = Documents::read(&arguments.vex)?;
    let progress = Progress::of(files.len());
    let scanned = scan(
        &Request {
            files: &files,
            vex: &vex.files(),
            precedence: &precedence(criteria)?,
            feed: &feed,
            policy,
            thresholds: &arguments.fail_on,
        },
        &|| progress.advance(),
    );
    drop(progress);
    let mut scanned = scanned?;
    if output.format() == Format::Sarif {
        find_lines(&files, &mut scanned);
    }
    write(&scanned, output)?;
    let ending = match scanned.verdict {
        Verdict::Acceptable => Ending::Acceptable,
        Verdict::NotAcceptable => Ending::NotAcceptable,
        Verdict::Unverifiable => Ending::Unverifiable,
    };
    // The process ends here, and the system takes all of it back at once; page by page it would take longer
    // than the answer did.
    std::mem::forget((feed, scanned, files));
    Ok(ending)
}

/// Writes the result. What a form has no place for is told on standard error.
fn write(scan: &ScanView, output: &Output) -> anyhow::Result<()> {
    let lang = output.lang();
    match output.format() {
        Format::Sarif => return output.json(&sarif(scan)),
        Format::CyclonedxVdr => output.json(&vdr(scan))?,
        Format::Openvex => write_openvex(scan, output)?,
        _ => return output.either(scan, || text(scan, lang, output.width())),
    }
    remark(&headline(scan, lang));
    remarks(scan);
    Ok(())
}

fn write_openvex(scan: &ScanView, output: &Output) -> anyhow::Result<()> {
    if let Some(document) = openvex(scan) {
        return output.json(&document);
    }
    let empty = Diagnostic::note(
        "openvex-empty",
        Place::whole(),
        "there is nothing to state, and an OpenVEX document needs a statement, so none is written",
    );
    remark(&format!("{empty}\n"));
    // Nothing stays behind that an earlier scan wrote.
    output.bytes(b"")
}

fn remarks(scan: &ScanView) {
    for one in &scan.remarks {
        remark(&(printable(&one.to_string()) + "\n"));
    }
}

fn text(scan: &ScanView, lang: Lang, width: u16) -> String {
    let mut out = headline(scan, lang);
    if !scan.findings.is_empty() {
        _ = write!(out, "\n{}", table(scan, lang, width));
        out.push_str(&reasons(scan, lang));
    }
    out.push_str(&supports(scan, lang, width));
    out.push_str(&unjudged(scan, lang, width));
    out.push_str(&unbound(scan, lang));
    _ = write!(out, "\n{}", feed(scan, lang));
    remarks(scan);
    out
}

/// The first lines: how it ended, and why.
fn headline(scan: &ScanView, lang: Lang) -> String {
    let failing = scan.findings.iter().filter(|one| one.fails).count();
    let touched: usize = scan.files.iter().map(|file| file.touched).sum();
    let key = match scan.verdict {
        Verdict::Acceptable => "scan-acceptable",
        Verdict::NotAcceptable => "scan-not-acceptable",
        Verdict::Unverifiable if scan.is_empty() => "scan-empty",
        Verdict::Unverifiable => "scan-unverifiable",
    };
    let mut out = message_with(
        lang,
        key,
        &[
            ("components", scan.components.to_string()),
            ("failing", failing.to_string()),
            ("findings", scan.findings.len().to_string()),
            ("touched", touched.to_string()),
            ("unjudged", scan.unjudged.len().to_string()),
        ],
    );
    out.push('\n');
    if scan.verdict != Verdict::Unverifiable && !scan.unjudged.is_empty() {
        let count = [("unjudged", scan.unjudged.len().to_string())];
        _ = writeln!(out, "{}", message_with(lang, "scan-also-unjudged", &count));
    }
    if scan.later > 0 {
        let count = [("count", scan.later.to_string())];
        _ = writeln!(out, "{}", message_with(lang, "scan-later", &count));
    }
    out
}

/// Findings, the most severe first.
fn ordered(scan: &ScanView) -> Vec<&FindingView> {
    let mut findings: Vec<_> = scan.findings.iter().collect();
    findings.sort_by_key(|one| {
        let severity = (one.severity.band, one.severity.tenths);
        std::cmp::Reverse((one.fails, one.kev, severity))
    });
    findings
}

/// Findings that read alike: one vulnerability of one component and version, in all places.
fn grouped<'s>(findings: &[&'s FindingView], lang: Lang) -> Vec<(&'s FindingView, String, usize)> {
    let mut groups: Vec<(&FindingView, String, usize)> = Vec::new();
    let mut positions: HashMap<(&str, &str, Option<&str>, String), usize> = HashMap::new();
    for finding in findings {
        let state = state(finding, lang);
        let component = &finding.component;
        let key = (
            finding.id(),
            component.name.as_str(),
            component.version.as_deref(),
            state.clone(),
        );
        let position = *positions.entry(key).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.2 += 1,
            None => groups.push((finding, state, 1)),
        }
    }
    groups
}

fn table(scan: &ScanView, lang: Lang, width: u16) -> String {
    let header = [
        "scan-severity",
        "scan-id",
        "scan-component",
        "scan-version",
        "scan-fixed",
        "scan-state",
    ];
    let groups = grouped(&ordered(scan), lang);
    let mut sheet = Sheet::new(width, header.map(|key| message(lang, key)));
    for (finding, state, count) in groups.iter().take(LISTED) {
        let look = match finding.severity.band {
            _ if !finding.fails => Look::Faint,
            Some(Severity::Critical | Severity::High) => Look::Bad,
            _ => Look::Open,
        };
        let rating = message(lang, &format!("severity-{}", finding.severity.rating));
        let score = finding.severity.score.as_deref().unwrap_or_default();
        let mut name = shortened(&finding.component.name, 40);
        if *count > 1 {
            _ = write!(name, " ×{count}");
        }
        let version = finding.component.version.as_deref().unwrap_or_default();
        let fixed = finding.fixed.first().map_or("-", String::as_str);
        sheet.row([
            (format!("{rating} {score}").trim().to_owned(), look),
            (finding.id().to_owned(), Look::Plain),
            (name, Look::Plain),
            (shortened(version, 24), Look::Plain),
            (shortened(fixed, 24), Look::Plain),
            (state.clone(), look),
        ]);
    }
    let mut out = sheet.render();
    if let Some(more) = groups.len().checked_sub(LISTED).filter(|more| *more > 0) {
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "scan-more", &[("count", more.to_string())])
        );
    }
    out
}

/// What is known beyond the severity: exploitation, and what VEX statements say.
fn state(finding: &FindingView, lang: Lang) -> String {
    let mut words = Vec::new();
    if finding.kev {
        words.push(message(lang, "scan-kev"));
    }
    if let Some(vex) = &finding.vex {
        let status = match vex.status {
            Some(Status::NotAffected) => "scan-vex-not-affected",
            Some(Status::Affected) => "scan-vex-affected",
            Some(Status::Fixed) => "scan-vex-fixed",
            Some(Status::UnderInvestigation) => "scan-vex-under-investigation",
            None => "scan-vex-void",
        };
        words.push(message(lang, status));
        if vex.conflict {
            words.push(message(lang, "scan-vex-conflict"));
        }
    }
    let nature = serde_json::to_value(finding.nature).unwrap_or_default();
    match nature.as_str() {
        Some("vulnerability") | None => {}
        Some(nature) => words.push(message(lang, &format!("nature-{nature}"))),
    }
    words.join(", ")
}

/// Why each of the first findings is one.
fn reasons(scan: &ScanView, lang: Lang) -> String {
    let findings = grouped(&ordered(scan), lang);
    let mut out = format!("\n{}\n", message(lang, "scan-why"));
    for (finding, _, _) in findings.iter().take(EXPLAINED) {
        let component = &finding.component;
        let version = component.version.as_deref().unwrap_or_default();
        let mut lines = vec![
            format!("  {} {}", finding.id(), shortened(&finding.summary, 100)),
            format!(
                "      {} {version}  {}:{}",
                component.name, component.file, component.at
            ),
        ];
        for record in &finding.records {
            lines.push(format!(
                "      {} {}  {}:{} (sha256 {})",
                record.id,
                record.matched,
                record.file,
                record.matched_at,
                record.sha256.short()
            ));
        }
        if let Some(vex) = &finding.vex
            && let (Some(source), Some(at)) = (&vex.source, &vex.at)
        {
            let said = [&vex.justification, &vex.impact, &vex.action];
            let said = said.into_iter().flatten().next().map_or("", String::as_str);
            lines.push(format!("      VEX {}  {source}:{at}", shortened(said, 80)));
        }
        for line in lines {
            _ = writeln!(out, "{}", printable(line.trim_end()));
        }
    }
    if let Some(more) = findings
        .len()
        .checked_sub(EXPLAINED)
        .filter(|more| *more > 0)
    {
        let more = [("count", more.to_string())];
        _ = writeln!(out, "  {}", message_with(lang, "scan-more", &more));
    }
    out
}

/// Components whose support has ended.
fn supports(scan: &ScanView, lang: Lang, width: u16) -> String {
    let ended: Vec<_> = scan.supports.iter().filter(|one| one.is_ended()).collect();
    if ended.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", message(lang, "scan-support"));
    let mut sheet = Sheet::bare(width);
    for one in ended.iter().take(LISTED) {
        let look = if one.fails { Look::Bad } else { Look::Open };
        sheet.row([
            (shortened(&one.component.name, 40), Look::Plain),
            (
                one.component.version.clone().unwrap_or_default(),
                Look::Plain,
            ),
            (format!("{} {}", one.product, one.cycle), Look::Plain),
            (one.until.clone().unwrap_or_default(), look),
        ]);
    }
    out.push_str(&sheet.render());
    if let Some(more) = ended.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let more = [("count", more.to_string())];
        _ = writeln!(out, "{}", message_with(lang, "scan-more", &more));
    }
    out
}

/// What could not be judged, by reason and ecosystem.
fn unjudged(scan: &ScanView, lang: Lang, width: u16) -> String {
    if scan.unjudged.is_empty() {
        return String::new();
    }
    let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &scan.unjudged {
        let key = (one.reason, one.ecosystem.unwrap_or_default());
        groups.entry(key).or_default().push(&one.component.name);
    }
    let mut out = format!("\n{}\n", message(lang, "scan-unjudged"));
    let mut sheet = Sheet::bare(width);
    for ((reason, ecosystem), names) in groups {
        let mut samples = names
            .iter()
            .take(SAMPLES)
            .map(|name| shortened(name, 40))
            .collect::<Vec<_>>()
            .join(", ");
        if names.len() > SAMPLES {
            samples.push_str(", …");
        }
        sheet.row([
            (names.len().to_string(), Look::Number),
            (message(lang, &format!("unjudged-{reason}")), Look::Open),
            (ecosystem.to_owned(), Look::Plain),
            (samples, Look::Faint),
        ]);
    }
    out.push_str(&sheet.render());
    out
}

/// VEX statements that bind to nothing.
fn unbound(scan: &ScanView, lang: Lang) -> String {
    if scan.unbound.is_empty() {
        return String::new();
    }
    let count = [("count", scan.unbound.len().to_string())];
    let mut out = format!("\n{}\n", message_with(lang, "scan-unbound", &count));
    for one in scan.unbound.iter().take(EXPLAINED) {
        let name = one.vulnerability.first().map_or("", String::as_str);
        let line = format!("  {} {}: {name} ({})", one.source, one.at, one.reason);
        _ = writeln!(out, "{}", printable(&line));
    }
    out
}

fn feed(scan: &ScanView, lang: Lang) -> String {
    let known = scan
        .feed
        .as_of
        .as_deref()
        .and_then(crate::time::parse_instant);
    let arguments = [
        ("digest", scan.feed.digest.short()),
        ("advisories", scan.feed.advisories.to_string()),
        (
            "day",
            known.map_or_else(|| message(lang, "feed-day-unknown"), |day| day.to_string()),
        ),
        ("age", scan.feed.age_days.unwrap_or_default().to_string()),
    ];
    let is_later = scan.feed.age_days.is_some_and(|age| age < 0);
    let key = if is_later {
        "scan-feed-later"
    } else {
        "scan-feed"
    };
    let mut out = message_with(lang, key, &arguments) + "\n";
    for (name, known) in &scan.feed.ecosystems {
        if known.components > 0 {
            let arguments = [
                ("ecosystem", name.clone()),
                ("components", known.components.to_string()),
                ("records", known.records.to_string()),
            ];
            _ = writeln!(
                out,
                "  {}",
                message_with(lang, "scan-ecosystem", &arguments)
            );
        }
    }
    if scan.feed.kev == 0 {
        _ = writeln!(out, "{}", message(lang, "scan-without-kev"));
    }
    out
}
