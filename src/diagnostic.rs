//! What is told to a reader about their document: a stable code, a severity, a place and a help.
//!
//! A diagnostic is not an error: it does not end an operation. Modules that stop work return an
//! error enum of their own, whose variants carry diagnostics where a document is the cause.

use std::fmt;

use serde::Serialize;

/// How bad a diagnostic is for the document it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the document stands.
    Note,
    /// Against good practice or ambiguous; the document stands.
    Warning,
    /// A breach of the document's own specification.
    Error,
}

impl Severity {
    /// Returns the lower-case English word, as printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place inside a document. Every part that is known is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// JSON pointer (RFC 6901), also used for TOML. The empty string is the whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cell of a sheet, such as `C7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

impl Place {
    /// The document as a whole.
    pub fn whole() -> Self {
        Self::default()
    }

    /// A JSON pointer.
    pub fn pointer(pointer: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            ..Self::default()
        }
    }

    /// A line and column, both from 1.
    pub fn line(line: usize, column: usize) -> Self {
        Self {
            line: u32::try_from(line).ok(),
            column: u32::try_from(column).ok(),
            ..Self::default()
        }
    }

    /// A cell of a workbook; `row` and `column` count from 0.
    pub fn cell(sheet: impl Into<String>, row: u32, column: u32) -> Self {
        Self {
            sheet: Some(sheet.into()),
            cell: Some(format!(
                "{}{}",
                column_letters(column),
                row.saturating_add(1)
            )),
            ..Self::default()
        }
    }

    /// The place of a byte offset in `text`; an offset past the end is the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count())
            + 1;
        Self::line(line, column)
    }

    /// Whether nothing but the document itself is meant.
    pub fn is_whole(&self) -> bool {
        self.line.is_none()
            && self.sheet.is_none()
            && self.pointer.as_deref().is_none_or(str::is_empty)
    }
}

/// The letters of a column that counts from 0: `A` to `Z`, then `AA`.
fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            return match &self.cell {
                Some(cell) => write!(formatter, "{sheet}!{cell}"),
                None => formatter.write_str(sheet),
            };
        }
        match (self.line, self.column, self.pointer.as_deref()) {
            (Some(line), Some(column), _) => write!(formatter, "{line}:{column}"),
            (Some(line), None, _) => write!(formatter, "{line}"),
            (None, _, Some(pointer)) if !pointer.is_empty() => formatter.write_str(pointer),
            _ => formatter.write_str("whole document"),
        }
    }
}

/// One remark about a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file as the caller named it; absent when the caller gave bytes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the document.
    pub at: Place,
    /// How bad.
    pub severity: Severity,
    /// Stable kebab-case code, documented in `docs/diagnostics.md`.
    pub code: &'static str,
    /// One lower-case sentence; what the document says stands in backticks.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// A breach of the document's specification.
    pub fn error(code: &'static str, at: Place, message: impl Into<String>) -> Self {
        Self {
            file: None,
            at,
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
        }
    }

    /// Something doubtful.
    pub fn warning(code: &'static str, at: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, at, message)
        }
    }

    /// Something worth knowing.
    pub fn note(code: &'static str, at: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::error(code, at, message)
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(formatter, "{file}:")?;
        }
        if !self.at.is_whole() {
            write!(formatter, "{}:", self.at)?;
        }
        if self.file.is_some() || !self.at.is_whole() {
            formatter.write_str(" ")?;
        }
        write!(
            formatter,
            "{}[{}]: {}",
            self.severity.word(),
            self.code,
            self.message
        )?;
        if let Some(help) = &self.help {
            write!(formatter, "; help: {help}")?;
        }
        Ok(())
    }
}

/// The remarks of one document, at most [`Findings::PER_CODE`] of a code; what is left out is counted.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    kept: Vec<Diagnostic>,
    counts: Vec<(&'static str, Severity, usize)>,
}

impl Findings {
    /// The most remarks of one code: a document with more faults of a kind has one cause.
    pub const PER_CODE: usize = 1000;

    /// Starts with none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether one more of this code is kept. Counts it; what makes the remark need not run otherwise.
    pub fn admits(&mut self, code: &'static str, severity: Severity) -> bool {
        if let Some((.., count)) = self
            .counts
            .iter_mut()
            .find(|(known, level, _)| *known == code && *level == severity)
        {
            *count += 1;
            return *count <= Self::PER_CODE;
        }
        self.counts.push((code, severity, 1));
        true
    }

    /// Adds a remark.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.admits(diagnostic.code, diagnostic.severity) {
            self.kept.push(diagnostic);
        }
    }

    /// Adds a remark that is made only if it is kept; it must carry `code` and `severity`.
    pub fn push_with(
        &mut self,
        code: &'static str,
        severity: Severity,
        make: impl FnOnce() -> Diagnostic,
    ) {
        if self.admits(code, severity) {
            self.kept.push(make());
        }
    }

    /// Adds a breach of the document's specification; `say` gives the place and the message.
    pub fn error(&mut self, code: &'static str, help: &str, say: impl FnOnce() -> (Place, String)) {
        self.say(code, Severity::Error, help, say);
    }

    /// Adds something doubtful.
    pub fn warning(
        &mut self,
        code: &'static str,
        help: &str,
        say: impl FnOnce() -> (Place, String),
    ) {
        self.say(code, Severity::Warning, help, say);
    }

    /// Adds something worth knowing.
    pub fn note(&mut self, code: &'static str, help: &str, say: impl FnOnce() -> (Place, String)) {
        self.say(code, Severity::Note, help, say);
    }

    fn say(
        &mut self,
        code: &'static str,
        severity: Severity,
        help: &str,
        say: impl FnOnce() -> (Place, String),
    ) {
        self.push_with(code, severity, || {
            let (at, message) = say();
            Diagnostic {
                severity,
                ..Diagnostic::error(code, at, message)
            }
            .help(help)
        });
    }

    /// Adds many.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// Gives the remarks in the order in which they were made, with a last one for each code of which
    /// some were left out.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        for (code, severity, count) in self.counts {
            if count > Self::PER_CODE {
                let left = count - Self::PER_CODE;
                self.kept.push(Diagnostic {
                    severity,
                    ..Diagnostic::note(
                        "findings-more",
                        Place::whole(),
                        format!("{left} more findings of the code `{code}` are not listed"),
                    )
                });
            }
        }
        self.kept
    }
}

/// Returns the candidate nearest to `word`, for "did you mean".
///
/// Nearness is the normalized Damerau-Levenshtein similarity; below 0.7 nothing is offered.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Words are as far apart as their lengths differ at the least; a document may hold very long ones.
    let length = word.chars().count();
    let is_of_size = |candidate: &&str| {
        let other = candidate.chars().count();
        length.min(other) * 10 >= length.max(other) * 7
    };
    candidates
        .into_iter()
        .filter(is_of_size)
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(word, candidate),
                candidate,
            )
        })
        .filter(|(similarity, _)| *similarity >= 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns() {
        for (offset, expected) in [
            (0, "1:1"),
            (3, "2:1"),
            (4, "2:1"),
            (6, "2:2"),
            (7, "2:3"),
            (99, "2:3"),
        ] {
            assert_eq!(
                Place::of_offset("ab\n目b", offset).to_string(),
                expected,
                "{offset}"
            );
        }
    }

    #[test]
    fn the_rest_of_a_kind_is_counted() {
        let mut findings = Findings::new();
        let mut said = 0;
        for _ in 0..Findings::PER_CODE + 30 {
            findings.warning("spdx-id", "y", || {
                said += 1;
                (Place::whole(), "x".into())
            });
        }
        findings.error("spdx-id", "y", || (Place::whole(), "x".into()));
        let kept = findings.finish();
        assert_eq!((said, kept.len()), (Findings::PER_CODE, said + 2));
        let last = kept.last().unwrap();
        assert_eq!(
            last.message,
            "30 more findings of the code `spdx-id` are not listed"
        );
    }

    #[test]
    fn a_typo_is_answered_with_the_nearest_word() {
        assert_eq!(
            nearest("sbom.deliverd", ["sbom.delivered", "cloud.keys"]),
            Some("sbom.delivered")
        );
        assert_eq!(nearest("xyz", ["sbom.delivered"]), None);
        assert_eq!(nearest("abcdefg", ["abcdefghij"]), Some("abcdefghij"));
        assert_eq!(nearest("abcdef", ["abcdefghij"]), None);
    }
}
