//! In what forms each command can write its result.

use clap::ValueEnum;

use super::Command;
use super::sbom::Command as Sbom;
use super::tender::Command as Tender;
use crate::diagnostic::{Diagnostic, Place};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For machines
    Json,
    /// Markdown, for clauses and for `verify`
    Md,
    /// SARIF 2.1.0, for findings in files
    Sarif,
    /// CycloneDX 1.6 with vulnerabilities, for `scan` and `verify`
    CyclonedxVdr,
    /// OpenVEX 0.2.0, for `scan`
    Openvex,
    /// A page to print, for `assess`, `tender evaluate` and `verify`
    Html,
    /// A workbook, for `assess` and `tender consolidate`
    Xlsx,
    /// A calendar (RFC 5545), for `tender timetable`
    Ics,
    /// `JUnit` XML, for `verify`
    Junit,
    /// Code Quality report of GitLab, for `verify`
    GitlabCodequality,
}

impl Format {
    pub(super) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What every command writes that has no findings in files.
const PLAIN: &[Format] = &[Format::Text, Format::Json];
const WITH_SARIF: &[Format] = &[Format::Text, Format::Json, Format::Sarif];

/// What a verdict on a delivery is written in, on standard output and to the files of `--report`.
pub(super) const VERDICT: &[Format] = &[
    Format::Text,
    Format::Json,
    Format::Sarif,
    Format::Junit,
    Format::Md,
    Format::Html,
    Format::CyclonedxVdr,
    Format::GitlabCodequality,
];

impl Command {
    /// The forms that the command can write, the first one for people.
    fn formats(&self) -> &'static [Format] {
        match self {
            Self::Scan(_) => &[
                Format::Text,
                Format::Json,
                Format::Sarif,
                Format::CyclonedxVdr,
                Format::Openvex,
            ],
            Self::Verify(_) => VERDICT,
            Self::Assess(_) => &[Format::Text, Format::Json, Format::Html, Format::Xlsx],
            Self::Tender(Tender::Evaluate(_)) => &[Format::Text, Format::Json, Format::Html],
            Self::Tender(Tender::Chart(_)) => &[Format::Text],
            Self::Tender(Tender::Paper(_)) => &[Format::Text, Format::Html],
            Self::Tender(Tender::Consolidate(_)) => &[Format::Text, Format::Json, Format::Xlsx],
            Self::Tender(Tender::Timetable(_)) => &[Format::Text, Format::Json, Format::Ics],
            Self::Clauses(_) => &[Format::Text, Format::Json, Format::Md],
            Self::Vex(_)
            | Self::Sbom(Sbom::Inspect(_) | Sbom::Check(_) | Sbom::Diff(_) | Sbom::Match(_)) => {
                WITH_SARIF
            }
            _ => PLAIN,
        }
    }

    /// Whether the command can write a form.
    ///
    /// # Errors
    ///
    /// `format-unsupported`, which names what it can write. `name` is what the user calls the command.
    pub(super) fn check(&self, format: Format, name: &str) -> Result<(), Diagnostic> {
        let formats = self.formats();
        if formats.contains(&format) {
            return match self {
                Self::Verify(arguments) => arguments.check(format),
                _ => Ok(()),
            };
        }
        let names: Vec<_> = formats.iter().map(|one| one.name()).collect();
        let message = format!("`{name}` cannot write {}", format.name());
        Err(
            Diagnostic::error("format-unsupported", Place::whole(), message)
                .help(format!("it writes {}", names.join(", "))),
        )
    }
}
