//! `mekiki sbom check FILE --profile ID…`

use std::fmt::Write as _;

use crate::app::library::Library;
use crate::app::sbom_check::{SbomCheck, named_profiles};
use crate::app::{Refused, sbom_check};
use crate::cli::output::Output;
use crate::cli::{Verdict as Ending, read};
use crate::document::sarif::{Report, sarif};
use crate::document::table::{Look, Sheet, heading};
use crate::evidence::sbom;
use crate::profile::judgment::{Coverage, Finding, Judgment, Verdict};
use crate::profile::survey::Survey;
use crate::profile::{Level, Reading};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, shortened};

/// How many components that lack an element are shown to people; machine output has them all.
const SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOM; `-` is standard input
    file: String,
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
    let bytes = read(&arguments.file)?;
    let (_, reading) = sbom::read(&bytes).map_err(|faults| {
        let named = faults
            .into_iter()
            .map(|fault| fault.in_file(arguments.file.clone()));
        Refused(named.collect())
    })?;
    let survey = Survey::of(&reading.sbom);
    let check = SbomCheck::of(&survey, &profiles);
    if output.is_sarif() {
        let report = Report {
            path: arguments.file.clone(),
            findings: check.diagnostics(),
        };
        output.json(&sarif(&[report]))?;
        return Ok(Ending::of(check.verdict() == Verdict::Pass));
    }
    output.either(&check, || text(&check, output.lang(), output.width()))?;
    Ok(Ending::of(check.verdict() == Verdict::Pass))
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
    let required = || {
        judgment
            .findings
            .iter()
            .filter(|one| one.element.level == Level::Required)
    };
    let met = required()
        .filter(|one| matches!(one.coverage.verdict, Verdict::Pass | Verdict::NotApplicable))
        .count();
    let counts = message_with(
        lang,
        "profile-met",
        &[
            ("met", &met.to_string()),
            ("of", &required().count().to_string()),
        ],
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
            let name = if lacking.name.trim().is_empty() {
                lacking.reference
            } else {
                lacking.name
            };
            sheet.row([
                (shortened(name, 60), Look::Plain),
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
