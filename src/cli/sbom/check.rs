//! `mekiki sbom check FILE… --profile ID…`

use std::fmt::Write as _;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::{Value, json};

use super::report;
use crate::app::library::Library;
use crate::app::sbom_check::{SbomCheck, named_profiles};
use crate::app::{Refused, sbom_check};
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::{Verdict as Ending, read};
use crate::diagnostic::Diagnostic;
use crate::document::sarif::sarif;
use crate::document::table::{Look, Sheet, heading};
use crate::evidence::sbom::{self, Sbom};
use crate::profile::judgment::{Coverage, Finding, Judgment, Verdict};
use crate::profile::survey::Survey;
use crate::profile::{Level, Profile, Reading};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, shortened};

/// How many components that lack an element are shown to people; machine output has them all.
const SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOMs; `-` is standard input
    #[arg(required = true)]
    files: Vec<String>,
    /// The profile to judge by; may be given several times
    #[arg(long, required = true, value_name = "ID")]
    profile: Vec<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    library: &Library,
    output: &Output,
) -> anyhow::Result<Ending> {
    let profiles = named_profiles(library, &arguments.profile)?;
    match arguments.files.as_slice() {
        [file] => one(file, &profiles, output),
        files => many(files, &profiles, output),
    }
}

fn one(file: &str, profiles: &[&Profile], output: &Output) -> anyhow::Result<Ending> {
    let sbom = sbom_of(file)?;
    let survey = Survey::of(&sbom);
    let check = SbomCheck::of(&survey, profiles);
    if output.is_sarif() {
        output.json(&sarif(&[report(file, check.diagnostics())]))?;
    } else {
        output.either(&check, || text(&check, output.lang(), output.width()))?;
    }
    Ok(Ending::of(check.verdict() == Verdict::Pass))
}

fn sbom_of(file: &str) -> Result<Sbom, Refused> {
    let bytes = read(file)?;
    match sbom::read(&bytes) {
        Ok((_, reading)) => Ok(reading.sbom),
        Err(faults) => {
            let named = faults.into_iter().map(|fault| fault.in_file(file));
            Err(Refused(named.collect()))
        }
    }
}

/// What is kept of one of many files: the document itself is dropped as soon as it is judged.
struct Checked {
    components: usize,
    verdict: Verdict,
    /// By profile the verdict and how many of the required elements are met.
    profiles: Vec<(Verdict, String)>,
    /// The report for machines, where it is asked for.
    document: Value,
    /// What is lacking, where it is asked for.
    lacking: Vec<Diagnostic>,
}

impl Checked {
    fn of(file: &str, profiles: &[&Profile], output: &Output) -> Result<Self, Refused> {
        let sbom = sbom_of(file)?;
        let survey = Survey::of(&sbom);
        let check = SbomCheck::of(&survey, profiles);
        let judgments = check.judgments.iter();
        Ok(Self {
            components: sbom.components.len(),
            verdict: check.verdict(),
            profiles: judgments
                .map(|one| {
                    let (met, of) = met(one);
                    (one.verdict, format!("{met}/{of}"))
                })
                .collect(),
            document: if output.is_json() {
                serde_json::to_value(&check).unwrap_or_default()
            } else {
                Value::Null
            },
            lacking: if output.is_sarif() {
                check.diagnostics()
            } else {
                Vec::new()
            },
        })
    }
}

fn many(files: &[String], profiles: &[&Profile], output: &Output) -> anyhow::Result<Ending> {
    let progress = Progress::of(files.len());
    let mut checked: Vec<_> = files
        .par_iter()
        .map(|file| {
            let checked = Checked::of(file, profiles, output);
            progress.advance();
            checked.map_err(|mut refused| {
                for fault in &mut refused.0 {
                    fault.file = Some(file.clone());
                }
                refused
            })
        })
        .collect();
    drop(progress);
    if output.is_sarif() {
        let reports: Vec<_> = files
            .iter()
            .zip(&mut checked)
            .map(|(file, outcome)| match outcome {
                Ok(checked) => report(file, std::mem::take(&mut checked.lacking)),
                Err(refused) => report(file, refused.0.clone()),
            })
            .collect();
        output.json(&sarif(&reports))?;
    } else if output.is_json() {
        let files: Vec<_> = files
            .iter()
            .zip(&mut checked)
            .map(|(file, outcome)| match outcome {
                Ok(checked) => json!({"path": file, "check": checked.document.take()}),
                Err(refused) => json!({"path": file, "refused": refused.0}),
            })
            .collect();
        output.json(&json!({"schema": "mekiki/sbom-checks/v1", "files": files}))?;
    } else {
        output.text(&summary(files, &checked, profiles, output))?;
    }
    let passes = checked
        .iter()
        .all(|one| one.as_ref().is_ok_and(|one| one.verdict == Verdict::Pass));
    let refused: Vec<_> = checked.into_iter().filter_map(Result::err).collect();
    if refused.is_empty() {
        Ok(Ending::of(passes))
    } else {
        Err(Refused(refused.into_iter().flat_map(|one| one.0).collect()).into())
    }
}

/// One line a file: its components, and by profile the verdict and how many required elements are met.
fn summary(
    files: &[String],
    checked: &[Result<Checked, Refused>],
    profiles: &[&Profile],
    output: &Output,
) -> String {
    let lang = output.lang();
    let mut header = vec![message(lang, "sbom-count")];
    for profile in profiles {
        header.push(profile.id.clone());
    }
    header.push(message(lang, "sbom-file"));
    let mut sheet = Sheet::new(output.width(), header);
    for (file, outcome) in files.iter().zip(checked) {
        let mut row = Vec::new();
        if let Ok(checked) = outcome {
            row.push((checked.components.to_string(), Look::Number));
            for (verdict, met) in &checked.profiles {
                row.push((format!("{} {met}", word(lang, *verdict)), look(*verdict)));
            }
        } else {
            row.push((String::new(), Look::Plain));
            let unreadable = message(lang, "sbom-unreadable");
            row.extend(profiles.iter().map(|_| (unreadable.clone(), Look::Bad)));
        }
        row.push((file.clone(), Look::Plain));
        sheet.row(row);
    }
    sheet.render()
}

fn text(check: &SbomCheck<'_>, lang: Lang, width: u16) -> String {
    let mut out = String::new();
    for (index, judgment) in check.judgments.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        profile(&mut out, check, judgment, lang, width);
    }
    out
}

fn profile(
    out: &mut String,
    check: &SbomCheck<'_>,
    judgment: &Judgment<'_>,
    lang: Lang,
    width: u16,
) {
    let (met, of) = met(judgment);
    let counts = message_with(
        lang,
        "profile-met",
        &[("met", &met.to_string()), ("of", &of.to_string())],
    );
    _ = writeln!(
        out,
        "{} {}: {counts}",
        colored(judgment.verdict, &word(lang, judgment.verdict)),
        judgment.profile.title.of(lang),
    );
    out.push('\n');
    out.push_str(&table(judgment, lang, width));
    let mut nothing = Vec::new();
    for finding in &judgment.findings {
        let verdict = finding.coverage.verdict;
        let is_open = matches!(verdict, Verdict::Fail | Verdict::Unknown);
        if finding.element.level == Level::Optional || !is_open {
            continue;
        }
        if finding.coverage.of == 0 {
            nothing.push(finding.element.title.of(lang));
        } else {
            lacking(out, check, finding, lang, width);
        }
    }
    if !nothing.is_empty() {
        let mut sheet = Sheet::bare(width);
        let elements = nothing.join(if lang == Lang::Ja { "、" } else { ", " });
        let sentence = message_with(lang, "profile-nothing", &[("elements", &elements)]);
        sheet.row([(sentence, Look::Open)]);
        out.push('\n');
        out.push_str(&sheet.render());
    }
}

/// How many required elements are met, and of how many.
fn met(judgment: &Judgment<'_>) -> (usize, usize) {
    let required = || {
        let findings = judgment.findings.iter();
        findings.filter(|one| one.element.level == Level::Required)
    };
    let is_met =
        |one: &&Finding<'_>| matches!(one.coverage.verdict, Verdict::Pass | Verdict::NotApplicable);
    (required().filter(is_met).count(), required().count())
}

fn table(judgment: &Judgment<'_>, lang: Lang, width: u16) -> String {
    let mut sheet = Sheet::new(
        width,
        [
            "profile-verdict",
            "profile-element",
            "profile-have",
            "profile-level",
            "profile-readings",
        ]
        .map(|key| message(lang, key)),
    )
    .unbroken(4);
    for finding in &judgment.findings {
        let verdict = finding.coverage.verdict;
        let readings: Vec<_> = finding
            .readings
            .iter()
            .filter(|(_, coverage)| *coverage != finding.coverage)
            .map(|(reading, coverage)| alternative(reading, *coverage, lang))
            .collect();
        let level = match finding.element.level {
            Level::Required => "profile-required",
            Level::Recommended => "profile-recommended",
            Level::Optional => "profile-optional",
        };
        let decides = finding.element.level == Level::Required;
        sheet.row([
            (
                word(lang, verdict),
                if decides { look(verdict) } else { Look::Faint },
            ),
            (finding.element.title.of(lang).to_owned(), Look::Plain),
            (share(finding.coverage), Look::Number),
            (message(lang, level), Look::Faint),
            (readings.join("; "), Look::Faint),
        ]);
    }
    sheet.render()
}

fn alternative(reading: &Reading, coverage: Coverage, lang: Lang) -> String {
    format!("{}: {}", reading.title.of(lang), share(coverage))
}

fn share(coverage: Coverage) -> String {
    if coverage.of == 0 {
        return "–".to_owned();
    }
    format!("{}/{}", coverage.have, coverage.of)
}

/// The components that lack an element, and what to send to the supplier.
fn lacking(out: &mut String, check: &SbomCheck<'_>, finding: &Finding<'_>, lang: Lang, width: u16) {
    out.push_str(&heading(&format!(
        "{} ({})",
        finding.element.title.of(lang),
        share(finding.coverage)
    )));
    if sbom_check::is_of_components(finding) && !finding.failing.is_empty() {
        let mut sheet = Sheet::new(
            width,
            ["profile-component", "version", "profile-place"].map(|key| message(lang, key)),
        );
        let shown = finding.failing.iter().take(SHOWN);
        for lacking in shown.filter_map(|subject| check.lacking(*subject)) {
            sheet.row([
                (shortened(&lacking.full_name(), 60), Look::Plain),
                (shortened(lacking.version.unwrap_or("–"), 30), Look::Plain),
                (lacking.at.to_string(), Look::Faint),
            ]);
        }
        out.push_str(&sheet.render());
        let more = finding.failing.len().saturating_sub(SHOWN);
        if more > 0 {
            _ = writeln!(
                out,
                "{}",
                message_with(lang, "profile-more", &[("count", &more.to_string())])
            );
        }
    }
    let mut repair = Sheet::bare(width).unbroken(1);
    repair.row([
        ("→".to_owned(), Look::Plain),
        (finding.element.repair.of(lang).to_owned(), Look::Plain),
    ]);
    out.push_str(&repair.render());
}

fn word(lang: Lang, verdict: Verdict) -> String {
    message(
        lang,
        match verdict {
            Verdict::Pass => "profile-pass",
            Verdict::Fail => "profile-fail",
            Verdict::NotApplicable => "profile-not-applicable",
            Verdict::Unknown => "profile-unknown",
        },
    )
}

fn look(verdict: Verdict) -> Look {
    match verdict {
        Verdict::Pass => Look::Good,
        Verdict::Fail => Look::Bad,
        Verdict::NotApplicable => Look::Faint,
        Verdict::Unknown => Look::Open,
    }
}

fn colored(verdict: Verdict, text: &str) -> String {
    let color = match verdict {
        Verdict::Pass => "32",
        Verdict::Fail => "31",
        Verdict::NotApplicable => "90",
        Verdict::Unknown => "33",
    };
    format!("\u{1b}[1;{color}m{text}\u{1b}[0m")
}
