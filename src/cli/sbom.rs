//! `mekiki sbom inspect|check|profiles`

mod check;
mod profiles;

use std::fmt::Write as _;

use super::output::Output;
use super::{Verdict, read};
use crate::app::Refused;
use crate::app::inspect::{SbomInspection, inspect_sbom};
use crate::app::library::Library;
use crate::diagnostic::Severity;
use crate::document::table::{Look, Sheet};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read an SBOM and name every breach with its place
    Inspect {
        /// The SBOM; `-` is standard input
        file: String,
    },
    /// Judge an SBOM by quality profiles, element by element
    Check(check::Arguments),
    /// List the quality profiles with their elements
    Profiles,
}

pub(super) fn run(
    command: &Command,
    library: impl FnOnce() -> Result<Library, Refused>,
    output: &Output,
) -> anyhow::Result<Verdict> {
    match command {
        Command::Inspect { file } => inspect(file, output),
        Command::Check(arguments) => check::run(arguments, &library()?, output),
        Command::Profiles => profiles::run(&library()?, output),
    }
}

fn inspect(file: &str, output: &Output) -> anyhow::Result<Verdict> {
    let mut inspection = inspect_sbom(&read(file)?).map_err(|mut refused| {
        for diagnostic in &mut refused.0 {
            diagnostic.file = Some(file.to_owned());
        }
        refused
    })?;
    output.either(&inspection.clone(), || {
        for finding in &mut inspection.findings {
            finding.file = Some(file.to_owned());
        }
        text(&inspection, output.lang(), output.width())
    })?;
    Ok(Verdict::of(inspection.valid))
}

fn text(inspection: &SbomInspection, lang: Lang, width: u16) -> String {
    let mut out = String::new();
    let count = inspection.components.to_string();
    let relationships = inspection.relationships.to_string();
    let size = message_with(
        lang,
        "sbom-components",
        &[("count", &count), ("relationships", &relationships)],
    );
    let errors = inspection
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let verdict = if errors == 0 {
        message(lang, "sbom-valid")
    } else {
        message_with(lang, "sbom-invalid", &[("count", &errors.to_string())])
    };
    _ = writeln!(
        out,
        "{} {} ({}): {size}; {verdict}",
        inspection.format,
        printable(&inspection.spec_version),
        inspection.encoding
    );
    let mut sheet = Sheet::new(
        width,
        ["minimum-element", "share"].map(|key| message(lang, key)),
    );
    for share in &inspection.minimum_elements {
        let look = if share.have == share.of {
            Look::Good
        } else {
            Look::Open
        };
        sheet.row([
            (share.element.to_owned(), Look::Plain),
            (format!("{}/{}", share.have, share.of), look),
        ]);
    }
    out.push_str(&sheet.render());
    for finding in &inspection.findings {
        _ = writeln!(out, "{}", printable(&finding.to_string()));
    }
    out
}
