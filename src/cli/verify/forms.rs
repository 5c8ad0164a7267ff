//! In what forms a verdict is written, and to where.

use std::path::{Component, Path, PathBuf};

use clap::ValueEnum as _;

use super::super::LangArgument;
use super::super::format::{Format, VERDICT};
use super::super::output::Output;
use crate::acceptance::check::Checks;
use crate::acceptance::report::Report;
use crate::app::verify::find_lines;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::document::acceptance::codequality::code_quality;
use crate::document::acceptance::cyclonedx::cyclonedx;
use crate::document::acceptance::junit::junit;
use crate::document::acceptance::markdown::markdown;
use crate::document::acceptance::sarif::sarif;
use crate::document::acceptance::{explained, first_line, page, text};
use crate::document::scan::ScanView;
use crate::folder::write_files;

/// The width of text in a file.
const WIDTH: u16 = 100;

#[derive(Debug, clap::Args)]
pub(super) struct Forms {
    /// Also write the verdict to a file; may be repeated. Forms: text, json, sarif, junit, md, html, cyclonedx-vdr,
    /// gitlab-codequality; `-` is standard output, in place of the text
    #[arg(long, value_name = "FORM=FILE", value_parser = target)]
    report: Vec<Target>,
    /// Tell every check, every finding and every requirement with its places
    #[arg(long, conflicts_with = "quiet")]
    explain: bool,
    /// Tell the first line only, and nothing on standard error but errors
    #[arg(long, short)]
    quiet: bool,
    /// Where the delivery lies in the repository, for the paths in SARIF and Code Quality reports; else DIR as given
    #[arg(long, value_name = "PATH")]
    path_prefix: Option<String>,
}

/// A form and the file that it goes to.
#[derive(Debug, Clone)]
struct Target {
    format: Format,
    file: String,
}

impl Target {
    fn is_standard_output(&self) -> bool {
        self.file == "-"
    }
}

fn target(text: &str) -> Result<Target, String> {
    let Some((word, file)) = text.split_once('=') else {
        return Err("write FORM=FILE, such as sarif=verify.sarif".to_owned());
    };
    if file.is_empty() {
        return Err(format!("name a file behind `{word}=`"));
    }
    let known = Format::from_str(word, false).ok();
    if let Some(format) = known.filter(|format| VERDICT.contains(format)) {
        return Ok(Target {
            format,
            file: file.to_owned(),
        });
    }
    let names: Vec<_> = VERDICT.iter().map(|one| one.name()).collect();
    let help = match nearest(word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the forms are {}", names.join(", ")),
    };
    Err(format!("a verdict is not written as `{word}`; {help}"))
}

/// A verdict with what its forms need.
pub(super) struct Written<'a> {
    pub(super) report: &'a Report,
    /// The scan behind the group of advisories, where there was one.
    pub(super) scan: Option<&'a ScanView>,
    pub(super) checks: &'a Checks,
    /// The folder of what was delivered.
    pub(super) delivered: &'a Path,
    /// The folder that the manifest's paths are told from.
    pub(super) root: &'a Path,
}

impl Forms {
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether every result has a place of its own.
    ///
    /// # Errors
    ///
    /// `report-repeated`.
    pub(super) fn check(&self, format: Format) -> Result<(), Diagnostic> {
        let repeated = |message: String, help: &str| {
            Err(Diagnostic::error("report-repeated", Place::whole(), message).help(help))
        };
        let mut files: Vec<&str> = Vec::new();
        for one in &self.report {
            if files.contains(&one.file.as_str()) {
                let message = format!("two reports would go to `{}`", one.file);
                return repeated(message, "give each --report a file of its own");
            }
            if one.is_standard_output() && format != Format::Text {
                let message = "two results would go to standard output".to_owned();
                return repeated(
                    message,
                    "give either --format or a --report that ends in =-",
                );
            }
            files.push(&one.file);
        }
        Ok(())
    }

    /// Writes the verdict in every form that was asked for. Files are written together, and before anything goes to
    /// standard output.
    pub(super) fn write(
        &self,
        written: &Written<'_>,
        output: &Output,
        lang: LangArgument,
    ) -> anyhow::Result<()> {
        let mut to_output = None;
        let mut files = Vec::new();
        for one in &self.report {
            let rendered = self.render(written, one.format, WIDTH, lang)?;
            if one.is_standard_output() {
                to_output = Some((one.format, rendered));
            } else {
                files.push((one.file.as_str(), without_colour(one.format, rendered)));
            }
        }
        let (format, rendered) = if let Some(one) = to_output {
            one
        } else {
            let format = output.format();
            (format, self.render(written, format, output.width(), lang)?)
        };
        let files: Vec<_> = files
            .iter()
            .map(|(file, text)| (*file, text.as_bytes()))
            .collect();
        write_files(&files)?;
        match format {
            Format::Text => output.text(&rendered),
            _ => output.bytes(rendered.as_bytes()),
        }
    }

    fn render(
        &self,
        written: &Written<'_>,
        format: Format,
        width: u16,
        lang: LangArgument,
    ) -> anyhow::Result<String> {
        let Written { report, checks, .. } = *written;
        let all = lang.all();
        let lang = lang.lang();
        let path = |file: &str| self.path_of(written, file);
        let lined = || {
            let mut report = report.clone();
            find_lines(&mut report, written.delivered);
            report
        };
        Ok(match format {
            Format::Text if self.quiet => first_line(report, lang),
            Format::Text if self.explain => explained(report, checks, lang),
            Format::Sarif => pretty(&sarif(&lined(), checks, lang, &path))?,
            Format::GitlabCodequality => pretty(&code_quality(&lined(), lang, &path))?,
            Format::Junit => junit(report, checks, lang)?,
            Format::Md => markdown(report, checks, lang),
            Format::Html => page(report, checks, all)?,
            Format::CyclonedxVdr => pretty(&cyclonedx(report, written.scan))?,
            Format::Json => pretty(report)?,
            _ => text(report, checks, lang, width),
        })
    }

    /// The path of a cited file from where the command runs, which in a CI job is the root of the repository. Nothing
    /// outside of it is named in full.
    fn path_of(&self, written: &Written<'_>, file: &str) -> String {
        let is_delivered =
            written.delivered.join(file).exists() || !written.root.join(file).exists();
        let folder = if is_delivered {
            written.delivered
        } else {
            written.root
        };
        let folder = match &self.path_prefix {
            Some(prefix) if is_delivered => PathBuf::from(prefix),
            _ => from_here(folder),
        };
        let path = folder.join(file.trim_start_matches('/'));
        let steps = path.components().filter(|step| *step != Component::CurDir);
        let steps: Vec<_> = steps
            .map(|step| step.as_os_str().to_string_lossy())
            .collect();
        steps.join("/").trim_start_matches('/').to_owned()
    }
}

/// A folder as seen from the working folder; the empty path for one that lies elsewhere.
fn from_here(folder: &Path) -> PathBuf {
    if folder.is_relative() {
        return folder.to_path_buf();
    }
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| folder.strip_prefix(here).ok().map(Path::to_path_buf));
    inside.unwrap_or_default()
}

fn pretty(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Colours belong on a terminal; in other forms an escape would be text.
fn without_colour(format: Format, text: String) -> String {
    match format {
        Format::Text => anstream::adapter::strip_str(&text).to_string(),
        _ => text,
    }
}
