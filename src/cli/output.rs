//! Where results and remarks go.

use std::io::{IsTerminal, Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Common, Format};
use crate::app::Refused;
use crate::diagnostic::Diagnostic;
use crate::document::table::DEFAULT_WIDTH;
use crate::folder::write_file;
use crate::text::Lang;

/// Writes results in the form that was asked for.
pub(super) struct Output {
    format: Format,
    lang: Lang,
    file: Option<String>,
}

impl Output {
    pub(super) fn new(common: &Common) -> Self {
        Self {
            format: common.format,
            lang: common.lang.lang(),
            file: common.output.clone(),
        }
    }

    pub(super) fn lang(&self) -> Lang {
        self.lang
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(super) fn is_sarif(&self) -> bool {
        self.format == Format::Sarif
    }

    /// The width for tables.
    pub(super) fn width(&self) -> u16 {
        let terminal = self.file.is_none() && std::io::stdout().is_terminal();
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let asked = if terminal {
            comfy_table::Table::new().width()
        } else {
            None
        };
        columns.or(asked).unwrap_or(DEFAULT_WIDTH).max(60)
    }

    /// Writes text for people. Colours are kept on a terminal only.
    pub(super) fn text(&self, text: &str) -> anyhow::Result<()> {
        if let Some(file) = &self.file {
            return Ok(write_file(
                file,
                anstream::adapter::strip_str(text).to_string().as_bytes(),
            )?);
        }
        ignore_closed_pipe(anstream::stdout().lock().write_all(text.as_bytes()))
    }

    /// Writes one JSON document.
    pub(super) fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value)? + "\n";
        self.bytes(text.as_bytes())
    }

    /// The file that the result goes to.
    pub(super) fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        if let Some(file) = &self.file {
            return Ok(write_file(file, bytes)?);
        }
        ignore_closed_pipe(std::io::stdout().lock().write_all(bytes))
    }

    /// Writes a result piece by piece, as it comes into being.
    pub(super) fn stream(
        &self,
        write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        if let Some(file) = &self.file {
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            return Ok(write_file(file, &bytes)?);
        }
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        ignore_closed_pipe(write(&mut out).and_then(|()| out.flush()))
    }

    /// Writes JSON when asked for, else the text.
    pub(super) fn either(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        if self.is_json() {
            self.json(value)
        } else {
            self.text(&text())
        }
    }

    /// Tells why nothing was judged, on standard error, in the form that was asked for.
    pub(super) fn refuse(&self, error: &anyhow::Error) {
        let diagnostics = match error.downcast_ref::<Refused>() {
            Some(Refused(diagnostics)) => diagnostics.clone(),
            None => match error.downcast_ref::<crate::folder::FolderError>() {
                Some(error) => vec![error.diagnostic()],
                None => vec![Diagnostic::error(
                    "failed",
                    crate::diagnostic::Place::whole(),
                    format!("{error:#}"),
                )],
            },
        };
        let text = if self.is_json() {
            let mut errors = diagnostics.iter().map(error_json);
            let first = errors.next().unwrap_or(Value::Null);
            let mut document = json!({"schema": "mekiki/error/v1", "error": first});
            let also: Vec<_> = errors.collect();
            if let (false, Some(fields)) = (also.is_empty(), document.as_object_mut()) {
                fields.insert("also".to_owned(), also.into());
            }
            document.to_string() + "\n"
        } else {
            diagnostics
                .iter()
                .map(|diagnostic| crate::text::printable(&diagnostic.to_string()) + "\n")
                .collect()
        };
        remark(&text);
    }
}

fn error_json(diagnostic: &Diagnostic) -> Value {
    let mut error = json!({"code": diagnostic.code, "message": diagnostic.message});
    if let Some(fields) = error.as_object_mut() {
        if !diagnostic.at.is_whole() {
            fields.insert("at".to_owned(), json!(diagnostic.at));
        }
        if let Some(file) = &diagnostic.file {
            fields.insert("file".to_owned(), json!(file));
        }
        if let Some(help) = &diagnostic.help {
            fields.insert("help".to_owned(), json!(help));
        }
    }
    error
}

/// Writes one JSON document to standard output, though the result itself goes to a file.
pub(super) fn report(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    ignore_closed_pipe(std::io::stdout().lock().write_all(text.as_bytes()))
}

/// Writes diagnostics to standard error, a line each.
pub(super) fn remarks(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        remark(&(crate::text::printable(&diagnostic.to_string()) + "\n"));
    }
}

/// Writes a remark to standard error. A closed standard error cannot be told of anywhere.
pub(super) fn remark(text: &str) {
    drop(anstream::stderr().lock().write_all(text.as_bytes()));
}

/// A reader that has seen enough, such as `head`, is no failure.
fn ignore_closed_pipe(written: std::io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
