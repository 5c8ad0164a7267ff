//! The remarks on one document, so many of each kind and no more.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Severity};

/// Of each code so many remarks are told; the rest is counted.
const TOLD: usize = 100;

/// The remarks on one document.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    remarks: Vec<Diagnostic>,
    counts: BTreeMap<(&'static str, Severity), usize>,
}

impl Remarks {
    /// A breach of the specification. The place and the message are only made where they are told.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        tell: impl FnOnce() -> (Place, String),
        help: &str,
    ) {
        self.add(code, Severity::Error, tell, help);
    }

    /// Something doubtful.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        tell: impl FnOnce() -> (Place, String),
        help: &str,
    ) {
        self.add(code, Severity::Warning, tell, help);
    }

    /// Something worth knowing.
    pub(super) fn note(
        &mut self,
        code: &'static str,
        tell: impl FnOnce() -> (Place, String),
        help: &str,
    ) {
        self.add(code, Severity::Note, tell, help);
    }

    /// Whether one more of a kind is told, for what is costly to say.
    pub(super) fn tells(&self, code: &'static str, severity: Severity) -> bool {
        let count = self.counts.get(&(code, severity));
        count.is_none_or(|count| *count < TOLD)
    }

    fn add(
        &mut self,
        code: &'static str,
        severity: Severity,
        tell: impl FnOnce() -> (Place, String),
        help: &str,
    ) {
        let count = self.counts.entry((code, severity)).or_default();
        *count += 1;
        if *count <= TOLD {
            let (at, message) = tell();
            self.remarks.push(
                Diagnostic {
                    severity,
                    ..Diagnostic::error(code, at, message)
                }
                .help(help),
            );
        }
    }

    /// Every remark, and of each kind with more than is told their number.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        for ((code, severity), count) in self.counts {
            if count > TOLD {
                let message = format!("{} more remarks of this kind are not told", count - TOLD);
                self.remarks.push(Diagnostic {
                    severity,
                    ..Diagnostic::error(code, Place::whole(), message)
                });
            }
        }
        self.remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_counted() {
        let mut remarks = Remarks::default();
        for _ in 0..130 {
            remarks.warning("spdx-id", || (Place::whole(), "x".into()), "y");
        }
        let told = remarks.finish();
        assert_eq!(told.len(), 101);
        assert_eq!(
            told[100].message,
            "30 more remarks of this kind are not told"
        );
    }
}
