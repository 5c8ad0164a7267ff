//! `mekiki vex validate FILE…`

use std::fmt::Write as _;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::read;
use crate::app::Refused;
use crate::app::vex_validate::{ValidatedFile, VexValidation, validate_vex};
use crate::cli::Verdict;
use crate::cli::output::Output;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::sarif::{Report, sarif};
use crate::document::table::{Look, Sheet};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// How many findings of a file are shown; JSON and SARIF have them all.
const SHOWN: usize = 50;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The documents: OpenVEX, CSAF or CycloneDX; `-` is standard input
    #[arg(required = true)]
    files: Vec<String>,
}

type Outcome = Result<VexValidation, Refused>;

pub(super) fn run(arguments: &Arguments, output: &Output) -> anyhow::Result<Verdict> {
    let in_lines = output.is_sarif();
    let mut validated: Vec<Outcome> = arguments
        .files
        .par_iter()
        .map(|path| {
            let outcome = read(path).and_then(|bytes| validate_vex(path, &bytes, in_lines));
            outcome.map_err(|mut refused| {
                for diagnostic in &mut refused.0 {
                    diagnostic.file = Some(path.clone());
                }
                refused
            })
        })
        .collect();
    let acceptable = validated
        .iter()
        .all(|one| one.as_ref().is_ok_and(|one| one.valid));
    if output.is_sarif() {
        output.json(&sarif(&reports(&arguments.files, &validated)))?;
    } else if let ([path], Some(outcome)) = (
        arguments.files.as_slice(),
        validated.pop_if(|_| arguments.files.len() == 1),
    ) {
        let validation = outcome?;
        output.either(&validation, || text(path, &validation, output.lang()))?;
    } else {
        let files = arguments.files.iter().zip(&validated);
        let files: Vec<_> = files
            .map(|(path, outcome)| ValidatedFile::new(path, outcome.as_ref()))
            .collect();
        let all = serde_json::json!({"schema": "mekiki/vex-validations/v1", "files": files});
        output.either(&all, || many_text(&arguments.files, &validated, output))?;
    }
    let refused: Vec<Diagnostic> = validated
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

fn reports(paths: &[String], validated: &[Outcome]) -> Vec<Report> {
    let files = paths.iter().zip(validated);
    files
        .map(|(path, outcome)| Report {
            path: path.clone(),
            findings: match outcome {
                Ok(validation) => {
                    let findings = validation.findings.iter();
                    findings.map(|one| one.diagnostic.clone()).collect()
                }
                Err(refused) => refused.0.clone(),
            },
        })
        .collect()
}

fn many_text(paths: &[String], validated: &[Outcome], output: &Output) -> String {
    let lang = output.lang();
    let header = ["vex-verdict", "vex-statements", "vex-format", "vex-file"];
    let mut sheet = Sheet::new(output.width(), header.map(|key| message(lang, key)));
    let mut below = String::new();
    for (path, outcome) in paths.iter().zip(validated) {
        match outcome {
            Ok(validation) => {
                let look = if validation.valid {
                    Look::Good
                } else {
                    Look::Bad
                };
                sheet.row([
                    (verdict(validation, lang), look),
                    (validation.statements.to_string(), Look::Number),
                    (format_of(validation), Look::Plain),
                    (path.clone(), Look::Plain),
                ]);
                below.push_str(&findings(path, validation, lang));
            }
            Err(_) => sheet.row([
                (message(lang, "sbom-unreadable"), Look::Bad),
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

fn text(path: &str, validation: &VexValidation, lang: Lang) -> String {
    let count = validation.statements.to_string();
    let mut out = String::new();
    _ = writeln!(
        out,
        "{}: {}; {}",
        format_of(validation),
        message_with(lang, "vex-count", &[("count", &count)]),
        verdict(validation, lang)
    );
    if !validation.findings.is_empty() {
        out.push('\n');
        out.push_str(&findings(path, validation, lang));
    }
    out
}

fn format_of(validation: &VexValidation) -> String {
    let version = printable(&validation.spec_version);
    format!("{} {version}", validation.format)
        .trim_end()
        .to_owned()
}

fn verdict(validation: &VexValidation, lang: Lang) -> String {
    let errors = validation
        .findings
        .iter()
        .filter(|one| one.diagnostic.severity == Severity::Error)
        .count();
    if errors == 0 {
        message(lang, "sbom-valid")
    } else {
        message_with(lang, "sbom-invalid", &[("count", &errors.to_string())])
    }
}

/// The findings, the most serious first, cut to what a screen holds; the test of the standard in front.
fn findings(path: &str, validation: &VexValidation, lang: Lang) -> String {
    let mut out = String::new();
    let mut sorted: Vec<_> = validation.findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.diagnostic.severity));
    for finding in sorted.iter().take(SHOWN) {
        let said = finding.diagnostic.clone().in_file(path).to_string();
        let test = finding.test.unwrap_or_default();
        let line = format!("{test} {said}");
        _ = writeln!(out, "{}", printable(line.trim_start()));
    }
    if let Some(more) = sorted.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let count = more.to_string();
        let more = message_with(lang, "findings-more", &[("count", &count)]);
        _ = writeln!(out, "{more}");
    }
    out
}
