//! `mekiki sbom inspect FILE…`

use std::fmt::Write as _;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::app::Refused;
use crate::app::inspect::{InspectedFile, SbomInspection, inspect_sbom, inspect_sbom_in_lines};
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::{Verdict, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::sarif::{Report, sarif};
use crate::document::table::{Look, Sheet};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// How many findings of a file are shown; JSON and SARIF have them all.
const SHOWN: usize = 50;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The SBOMs; `-` is standard input
    #[arg(required = true)]
    files: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let inspect = if output.is_sarif() {
        inspect_sbom_in_lines
    } else {
        inspect_sbom
    };
    let progress = Progress::of(arguments.files.len());
    let inspected: Vec<_> = arguments
        .files
        .par_iter()
        .map(|path| {
            let inspection = read(path).and_then(|bytes| inspect(&bytes));
            progress.advance();
            inspection.map_err(|mut refused| {
                for diagnostic in &mut refused.0 {
                    diagnostic.file = Some(path.clone());
                }
                refused
            })
        })
        .collect();
    drop(progress);
    if output.is_sarif() {
        return write_sarif(arguments, inspected, output);
    }
    match (
        arguments.files.as_slice(),
        <[Result<SbomInspection, Refused>; 1]>::try_from(inspected),
    ) {
        ([path], Ok([inspection])) => {
            let inspection = inspection?;
            output.either(&inspection, || text(path, &inspection, output.lang()))?;
            Ok(Verdict::of(inspection.valid))
        }
        (_, Ok([inspection])) => write_many(arguments, vec![inspection], output),
        (_, Err(inspected)) => write_many(arguments, inspected, output),
    }
}

fn write_many(
    arguments: &Arguments,
    inspected: Vec<Result<SbomInspection, Refused>>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let acceptable = inspected
        .iter()
        .all(|one| one.as_ref().is_ok_and(|one| one.valid));
    let files: Vec<_> = arguments
        .files
        .iter()
        .zip(&inspected)
        .map(|(path, outcome)| InspectedFile::new(path, outcome.as_ref()))
        .collect();
    output.either(
        &serde_json::json!({"schema": "mekiki/sbom-inspections/v1", "files": files}),
        || many_text(&arguments.files, &inspected, output),
    )?;
    let refused: Vec<Diagnostic> = inspected
        .into_iter()
        .filter_map(Result::err)
        .flat_map(|refused| refused.0)
        .collect();
    if refused.is_empty() {
        Ok(Verdict::of(acceptable))
    } else {
        Err(Refused(refused).into())
    }
}

fn write_sarif(
    arguments: &Arguments,
    inspected: Vec<Result<SbomInspection, Refused>>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::Acceptable;
    let mut reports = Vec::new();
    let mut refused = Vec::new();
    for (path, outcome) in arguments.files.iter().zip(inspected) {
        let findings = match outcome {
            Ok(inspection) => {
                if !inspection.valid {
                    verdict = Verdict::NotAcceptable;
                }
                inspection.findings
            }
            Err(faults) => {
                refused.extend(faults.0.clone());
                faults.0
            }
        };
        reports.push(Report {
            path: path.clone(),
            findings,
        });
    }
    output.json(&sarif(&reports))?;
    if refused.is_empty() {
        Ok(verdict)
    } else {
        Err(Refused(refused).into())
    }
}

fn many_text(
    paths: &[String],
    inspected: &[Result<SbomInspection, Refused>],
    output: &Output,
) -> String {
    let lang = output.lang();
    let header = [
        "sbom-verdict",
        "sbom-count",
        "sbom-edges",
        "sbom-format",
        "sbom-file",
    ];
    let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
    let mut below = String::new();
    for (path, outcome) in paths.iter().zip(inspected) {
        match outcome {
            Ok(inspection) => {
                let look = if inspection.valid {
                    Look::Good
                } else {
                    Look::Bad
                };
                sheet.row([
                    (verdict(inspection, lang), look),
                    (inspection.components.to_string(), Look::Number),
                    (inspection.relationships.to_string(), Look::Number),
                    (format_of(inspection), Look::Plain),
                    (path.clone(), Look::Plain),
                ]);
                below.push_str(&findings(path, inspection, lang));
            }
            Err(_) => sheet.row([
                (message(lang, "sbom-unreadable"), Look::Bad),
                (String::new(), Look::Plain),
                (String::new(), Look::Plain),
                (String::new(), Look::Plain),
                (path.clone(), Look::Plain),
            ]),
        }
    }
    let mut out = sheet.render();
    if !below.is_empty() {
        out.push('\n');
        out.push_str(&below);
    }
    out
}

fn text(path: &str, inspection: &SbomInspection, lang: Lang) -> String {
    let count = inspection.components.to_string();
    let relationships = inspection.relationships.to_string();
    let size = message_with(
        lang,
        "sbom-components",
        &[("count", &count), ("relationships", &relationships)],
    );
    let mut out = String::new();
    _ = writeln!(
        out,
        "{}: {size}; {}",
        format_of(inspection),
        verdict(inspection, lang)
    );
    if !inspection.findings.is_empty() {
        out.push('\n');
        out.push_str(&findings(path, inspection, lang));
    }
    out
}

fn format_of(inspection: &SbomInspection) -> String {
    format!(
        "{} {} ({})",
        inspection.format,
        printable(&inspection.spec_version),
        inspection.encoding
    )
}

fn verdict(inspection: &SbomInspection, lang: Lang) -> String {
    let errors = inspection
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    if errors == 0 {
        message(lang, "sbom-valid")
    } else {
        message_with(lang, "sbom-invalid", &[("count", &errors.to_string())])
    }
}

/// The findings, the most serious first, cut to what a screen holds.
fn findings(path: &str, inspection: &SbomInspection, lang: Lang) -> String {
    let mut out = String::new();
    let mut sorted: Vec<_> = inspection.findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted.iter().take(SHOWN) {
        let finding = (*finding).clone().in_file(path);
        _ = writeln!(out, "{}", printable(&finding.to_string()));
    }
    if let Some(more) = sorted.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "findings-more", &[("count", &more.to_string())])
        );
    }
    out
}
